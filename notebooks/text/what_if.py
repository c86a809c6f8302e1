# Mirror of what_if.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 如果某个基准值、权重或分数线不同，会怎样？ What if one value, one weight or the cut were different?
#
# 供工作组成员使用。在“谁变动，立即可见”处拖动基准值，看哪些企业的级别改变。在JupyterLab中须先运行所有单元格（菜单“运行”Run），稍候再翻到该处；也可改动下一单元格中的数字，再运行一次。不重新测算：除所改之处外，建议的标准保持不变。
#
# For members of the working group. Drag a value at *Who moves is seen at once* to see which plants change their level. In JupyterLab run all cells first (menu *Run*), wait a little and scroll there; or change a number in the next cell and run again. Nothing is calibrated again: the proposed standard stays as it is, apart from what you change.
#
# **输入：** 一次计算的选项、样本、专家判断。**输出：** 下列各表。**用于：** 征求意见汇总处理表。
#
# **Comes in:** the choices of a run, the sample, judgements. **Goes out:** the tables below. **Serves:** the table of comments and their handling.

# %% tags=["parameters"]
# 指标体系 indicator system
system: str = "ironmaking"
# 该体系的一次运行，空：最近一次 run of the system, empty: the newest
run: str = ""
# 承诺 promise: "joint" 整体承诺 the whole standard | "marginal" 单项承诺 each indicator alone
promise: str = "joint"
# 要改动的指标，写其代号 indicator to change, by its id in the system
indicator: str = "process_energy"
# 要改动的级 level to change: "I" | "II" | "III"
level: str = "III"
# 新的基准值，以该指标的单位计 its new benchmark value, in the unit of the indicator
value: float = 380.0
# 该指标权重的倍数，其余按比例调整 factor on its weight, the others in proportion: > 0
weight_factor: float = 3.0
# Ⅰ、Ⅱ级所需综合评价指数 score that Levels I and II need: > 0, ≤ 100
cut: float = 75.0
# 结果文件夹 folder of the results
folder: str = "../runs/lab/what_if"

# %%
from methodology import figures, tables
from methodology.evidence.what_if import what_if_widget
from methodology.parameters import Project
from methodology.results import Results, session
from methodology.series import figures as series_figures, ingredients, tables as series_tables
from methodology.series.reading import read_standard
from methodology.series.what_if import level_counts, value_sweep, what_if

project, results = Project.around(), Results(folder)
definitions, of_run = project.system(system), session.named_run(results.folder, system, run)
standard = read_standard(project, system, promise=promise, run=of_run)

# %% [markdown]
# ## 谁变动，立即可见 Who moves is seen at once
#
# 选一项指标，拖动其基准值，或改权重、分数线，企业的级别随即更新；可撤销、可比较、可存为情景。无人值守地执行时，下面没有内容。
#
# Choose an indicator, drag its values, change its weight or the cut: the levels follow, and a change can be undone, compared and saved as a scenario. Where a notebook is executed unattended, nothing stands below.

# %%
what_if_widget(standard, of_run)

# %% [markdown]
# ## 企业的级别取决于三种数字 A plant's level hangs on three kinds of numbers
#
# 每项改动先单独进行，再全部一起进行：某项指标换一个基准值；换一个权重，其他权重按比例增减；综合评价指数换一条分数线。
#
# Each change is made alone, then all together: another benchmark value of one indicator; another weight of it, the other weights giving or taking in proportion; another cut of the composite index.
#
# *读图：* 每套标准一个条形，从最好的级别到未达级。
#
# *How to read it.* One bar per standard, from the best level to none.

# %%
figures.name_made_up(*ingredients([standard.member]))
wanted, factor = {(indicator, level): value}, {indicator: weight_factor}
changes = {
    "another value": what_if(standard, values=wanted),
    "another weight": what_if(standard, weight_factors=factor),
    "another cut": what_if(standard, cut=cut),
    "all three": what_if(standard, values=wanted, weight_factors=factor, cut=cut),
}
counts = level_counts(changes)
figures.level_shares(counts, basis="as proposed, and as changed")

# %%
series_tables.changed_levels(counts)

# %% [markdown]
# ## 哪些企业变动 Which plants move
#
# 企业以代号表示，列出全部改动之后的得分。
#
# Plants under their pseudonyms, with their scores after all changes together.

# %%
moved = changes["all three"].moved
series_tables.moved_plants(moved)

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 该数值在全部企业的范围内移动、其余均按建议时，各级有多少企业。曲线平坦处，该数值不起作用；每个台阶是一家企业。
#
# How many plants reach each level as this one value moves over the whole range of the plants, everything else as proposed. Where the lines are flat, the value does not decide; a step is a plant.

# %%
sweep = value_sweep(standard, indicator, level)
proposed = standard.value(indicator, level)
series_figures.value_sweep(sweep, definitions, indicator=indicator, level=level, proposed=proposed, asked=value)

# %%
saved = results.save("counts", counts.rename_axis("standard").reset_index())
saved = results.save("moved", moved)
saved = results.save("sweep", sweep)

# %% [markdown]
# 所用假设：A-01（精确判定）、A-02（低于限值的数据）、A-03（企业权重相等）。要按改变的选择重新测算，请作一次完整的计算；本笔记本只作评判。
#
# Assumptions used: A-01 (exact decisions), A-02 (cells below a limit), A-03 (plants count equally). A full run calibrates anew with changed choices; this notebook only judges.
