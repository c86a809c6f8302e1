# Mirror of scenarios.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 我们的哪些选择改变标准，改变多少？ Which choice of ours moves the standard, and how far?
#
# 标准所依据的选择，本可另作他选。每个情景只改变其中一项并说明理由；这里把各情景并列比较：数值、级别、承诺与兑现。
#
# A standard rests on choices that could have been made otherwise. Each scenario changes one of them and says why; all of them are put side by side here: values, levels, and what they promise and keep.
#
# **输入：** 一次计算的选项、各情景、样本、专家判断。**输出：** 下列各表。**用于：** 编制说明中“方法选择与分歧处理”一章。随程序提供的企业均为虚构。
#
# **Comes in:** the choices of a run, scenarios, samples, judgements. **Goes out:** the tables below. **Serves:** the chapter *choice of method and handling of disagreements* of the compilation explanation. Plants that come with the program are synthetic.

# %% tags=["parameters"]
# 作为起点的计算 run to start from: a file of params/runs/
run: str = "ironmaking"
# 要比较的情景；空：全部 scenarios to compare; empty: all of the run
scenarios: list = []
# 与之比较的计算或情景 run or scenario to compare with
against: str = "ironmaking"
# 结果文件夹 folder of the results
folder: str = "../runs/lab/scenarios"

# %%
from methodology import figures, tables
from methodology.series import scenarios as side_by_side
from methodology.parameters import Project, load_scenarios
from methodology.results import Results
from methodology.series import figures as series_figures, ingredients, tables as series_tables
from methodology.series.reading import scenario_members

project = Project.around()
stated = load_scenarios(project, run=run, names=scenarios)
definitions = project.system(stated[0].parameters.system)
results = Results(folder)

# %% [markdown]
# ## 每个情景只改一项选择，并说明理由 Each scenario changes one choice and says why
#
# 第一行为本次计算本身。情景以一次计算或另一情景为起点，只写不同之处；名称不识或类型不符的，计算之前即予拒绝。
#
# The first row is the run itself. A scenario starts from a run or from another scenario, and states only what differs; unknown names and wrong types are refused before anything is computed.

# %%
series_tables.scenarios_overview(stated)

# %% [markdown]
# ## 各情景使数值移动多少 How far each scenario moves the values
#
# 每个情景都按自己的选择测算、修约，并受法规约束。
#
# Every scenario is calibrated, rounded and held against the law as its choices say.
#
# *读图：* 每行一项指标，每级一幅小图，标记为某情景的数值偏离零点情景的程度。某情景的标记都在一侧，说明它整体更严或更宽。
#
# *How to read it.* One row per indicator, one panel per level: marks show how far the value of a scenario lies from the one at zero. Where all marks of a scenario lie on one side, it is stricter or looser as a whole.

# %%
members = scenario_members(project, stated)
figures.name_made_up(*ingredients(members.values()))
standards = side_by_side.scenario_standards(members)
values = side_by_side.scenario_values(standards, against=against)
series_figures.scenario_values(values, definitions, against=against)

# %%
series_tables.scenario_values(values, definitions)

# %% [markdown]
# ## 同一批企业得到什么级别 Which levels the same plants get
#
# 样本企业按各情景自己的数值评级。普查情景评判全部已知企业，其余评判样本。
#
# Levels of the plants of each sample under its own values. A census judges all known plants, the others the sample.

# %%
levels = side_by_side.scenario_levels(standards, against=against)
figures.level_shares(levels.set_index("scenario"), basis="plants and values of each scenario, as proposed")

# %% [markdown]
# ## 在样本上兑现的比例，到全行业是多少 What a share kept on the sample is in the industry
#
# 对整套标准承诺的比例，是在设定数值的那些企业上兑现的；在全部已知企业中有所不同，差距见标题：抽到的是另一些企业，有的未填报，有的填错。只有虚构企业才能让我们看到这一点。
#
# A share promised of the whole standard is kept on the plants that made the values. Among all known plants it differs, by as much as the title says: others were drawn, some were silent, some slipped. Only synthetic plants let us see it.
#
# *读图：* 竖线为承诺，实心标记为样本，空心标记为全行业，叉号为各单项数值的达标率。
#
# *How to read it.* The line is the promise; the filled mark the sample; the hollow mark the industry; the cross what a single value lets through.

# %%
attainment = side_by_side.scenario_attainment(standards)
series_figures.scenario_attainment(attainment)

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 情景的分量，在于它使多少企业改变级别。由变动的企业数可知，哪些分歧值得开会讨论，哪些可由秘书处处理。
#
# A scenario matters as far as it moves plants. The count of moved plants says which disagreements are worth a meeting, and which may be settled by the secretary.

# %%
series_tables.scenario_levels(levels, attainment, against=against)

# %%
for name, table in {"values": values, "levels": levels, "attainment": attainment}.items():
    saved = results.save(name, table)

# %% [markdown]
# 所用假设：A-20和A-21（修正）、A-51（整体承诺）、A-76（企业未填报）。权重：Rezaei（2015），doi:10.1016/j.omega.2014.11.009。
#
# Assumptions used: A-20 and A-21 (corrections), A-51 (joint promise), A-76 (silence of plants). Weights: Rezaei (2015), doi:10.1016/j.omega.2014.11.009.
