# Mirror of series.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 系列标准彼此协调吗，与其他标准协调吗？ Do the standards of the series agree, with each other and with the others?
#
# 工作组制定的是一个系列，而不是一项标准。某项标准中的数值须与同系列的其他标准一致，各项标准又须与法规、规范和国外做法协调。本笔记本按各自的选项测算每项标准，并列比较，指出相互矛盾之处。
#
# The working group makes a series of standards, not one. A value in one must agree with its siblings, and each with law, norms and foreign practice. This notebook calibrates every member as its run does, puts them side by side, and says where they contradict each other.
#
# **输入：** 各项标准的选项、样本、专家判断、企业名录和参考数据。**输出：** 下列各表。**用于：** 编制说明中“与其他标准的协调”和“实施效果”两章。全部企业均为虚构：数字说明工作台能得出什么，不说明行业是什么样。
#
# **Comes in:** the choices of every standard, samples, judgements, registers and reference data. **Goes out:** the tables below. **Serves:** the chapters *coordination with other standards* and *effect* of the compilation explanation. All plants are synthetic: the numbers show what the workbench says, not what the industry is.

# %% tags=["parameters"]
# 系列中的各指标体系 indicator systems of the series
systems: list = ["sintering", "pelletizing", "coking", "ironmaking", "converter_steelmaking", "electric_steelmaking", "rolling", "integrated_works"]
# 其中的联合企业整体 the one of the works as a whole
whole: str = "integrated_works"
# 图中所用的承诺 promise shown in figures: "joint" 整体承诺 the whole standard | "marginal" 单项承诺 each alone
promise: str = "joint"
# 计算节约量所用的级 level that savings are counted for: "I" | "II" | "III"
level: str = "II"
# 区间的抽取次数 draws behind intervals: ≥ 1
draws: int = 2000
# 随机数种子 seed of all random numbers
seed: int = 20261122
# 现在的年份，用于判断标准是否过时 year from which the age of standards is counted
year: int = 2026
# 超过多少年视为过时 years after which a standard is aged
aged_after: int = 10
# 结果文件夹 folder of the results
folder: str = "../runs/lab/series"

# %%
from IPython.display import display

from methodology import figures, series, tables
from methodology.parameters import Project
from methodology.results import Results
from methodology.series import figures as series_figures, tables as series_tables
from methodology.series.reading import read_references, read_series

project = Project.around()
members, reference = read_series(project, systems), read_references(project)
definitions, names = [member.system for member in members], series.labels(members)
results = Results(folder)

# %% [markdown]
# ## 逐项设定数值的标准，没有企业能达到 Values set one by one make standards that nobody attains
#
# 每项标准测算两次：一次使每项数值单独兑现其企业比例（单项承诺），一次使整套标准兑现（整体承诺）。总体不单一的（矿种、流程），按各自选项分层测算。
#
# Every member is calibrated twice: so that each value alone keeps its share of plants (marginal promise), and so that the whole standard does (joint promise). Populations that are no single one (ores, routes) are calibrated by stratum, as their runs say.
#
# *读图：* 每项标准两个条形。表中将样本加权到全部已知企业，括号为因抽到哪些企业而异的区间（A-88）；只有虚构企业才能知道真实比例。
#
# *How to read it.* Two bars per standard. The table weights the plants of the sample up to all known plants; brackets are an interval over which plants were asked; the truth can be counted only because the plants are synthetic.

# %%
figures.name_made_up(*series.ingredients(members))
standards = series.calibrate_series(members)
chosen = standards[promise]
levels = series.levels_across([*standards["marginal"], *standards["joint"]])
now = series.plants_at_levels(chosen, draws=draws, seed=seed)
display(series_figures.series_levels(levels, names))
series_tables.industry_levels(now, names).fold()

# %% [markdown]
# ## 全部数值列于一表 All values stand in one table
#
# 均为修约并受法规约束之后的拟定值，两种承诺并列。名称后的符号表示其虚构企业的中心值凭记忆或属假设。
#
# Values as proposed, after rounding and law, under both promises. Signs behind a name tell that the centre of its synthetic plants is recalled or assumed.

# %%
values = {name: series.values_across(own) for name, own in standards.items()}
series_tables.series_values(values, definitions)

# %% [markdown]
# ## 同一个词只有一种含义，例外列于下表 One word means one thing, with exceptions
#
# 同时出现在几项标准中的指标，单位、方向、定义应当一致，也应同为或同不为限定性指标。下表每一行差异，工作组要么有意保留，要么消除。
#
# An indicator that occurs in several systems must have one unit, one direction, one description, and be limiting in all of them or in none. Each row below is a difference that the working group has to want, or to remove.

# %%
words = series.same_words(definitions)
series_tables.sibling_words(words, definitions)

# %% [markdown]
# ## 同一个量有不同的数值 One quantity gets different values
#
# 定义和边界相同的量（A-89）本应只有一个数值；各标准的企业不同，数值也就不同。末列说明样本能否区分这些数值，或者差异只是噪声，取统一数值即可消除。
#
# Quantities with one definition and one boundary should have one value. They do not, since each standard has its own plants; the last column says whether the samples can tell the values apart, or whether the difference is noise that a common value would remove.

# %%
same = series.same_values(chosen, reference["siblings"])
series_tables.sibling_values(same, names)

# %% [markdown]
# ## 整体的要求高于各部分之和 The whole asks for more than its parts together
#
# 各工序恰好都在某级的联合企业，作为整体也应能达到该级。按固定的产出比（A-75），条形越过竖线之处，各工序数值之和大于整体的数值，二者矛盾（A-89）。
#
# An integrated works whose processes all stand exactly at a level must be able to reach that level as a whole. With fixed output ratios the values of the processes add up to more than the value of the whole wherever the bar passes the line: such values contradict each other.
#
# *读图：* 竖线右侧，没有一个工序不达标，企业整体却不达标。二氧化碳自相矛盾，是因为工序边界不同：高炉外供的煤气在高炉不予扣除，在使用处又计一次。
#
# *How to read it.* Right of the line a works fails as a whole although no process fails. Carbon dioxide contradicts itself because process boundaries differ: gas that a furnace exports is not credited there and is counted again where it burns.

# %%
sums = {name: series.sums_of_parts(own, reference["siblings"]) for name, own in standards.items()}
display(series_figures.parts_against_whole(sums[promise]))
series_tables.room_left(sums).fold()

# %% [markdown]
# ## 企业整体的级别不等于各部分的级别 The level of a works is not the level of its parts
#
# 沿各样本追踪同一联合企业的各道工序：各部分都达到的级别，整体未必达到，反之亦然。“全部已知企业”为用同样的数值评判整个虚构行业。
#
# Works are followed through their processes: a works can be at the best level in all parts and not as a whole, or the other way round. *All known* judges the whole synthetic population under the same values.

# %%
works = series.works_levels(chosen, whole=whole)
known = series.works_levels(chosen, whole=whole, industry=True)
disagreement = {
    "sample": series.parts_and_whole(works, whole=whole),
    "all known": series.parts_and_whole(known, whole=whole),
}
series_tables.parts_and_whole(disagreement)

# %% [markdown]
# ## 样本对大企业的覆盖不如其他企业 The samples see large plants less well than others
#
# 覆盖情况按企业数和产能计，与各标准的名录对照。标记落在条形末端左侧的，缺的是大企业。
#
# Coverage is counted in plants and in capacity, against the register of each system. Where the mark lies left of the end of its bar, large plants are missing.

# %%
coverage = series.series_coverage(members)
totals = series.coverage_totals(coverage)
display(figures.strata_coverage(totals, names=names))
series_tables.strata_left_out(coverage, definitions).fold()

# %% [markdown]
# ## 实施能节约多少，取决于承诺 What adoption would save hangs on the promise
#
# 若全部已知企业在能源、碳、水和排放指标上都达到所选级别，可节约这么多。其前提见A-88：产量等于产能，企业恰好移到基准值，未填报的企业与其余相同，废气量已知者才计排放。区间只反映抽到哪些企业。
#
# If every known plant reached the chosen level on the indicators of energy, carbon, water and emissions, this much would be saved. It rests on A-88: output equals capacity, plants move exactly to the value, silent plants are like the others, and emissions are counted where a volume of waste gas is known. The interval covers which plants were asked, and nothing else.
#
# *读图：* 图中为所选承诺下的各工序；表中为两种承诺，并列联合企业整体，后者与各工序的能源重复，不得相加。
#
# *How to read it.* The figure shows processes under the chosen promise; the table both promises, and the works as a whole, which see the same energy again.

# %%
saved = series.savings_by_promise(standards, reference["effects"], level=level, draws=draws, seed=seed)
synthetic = any(member.industry is not None for member in members)
display(series_figures.savings(series.drawn_savings(saved, promise=promise), names, synthetic=synthetic))
series_tables.savings_overview(saved, names)

# %% [markdown]
# ## 前一版指标体系有的宽于法规，有的无人能及 The previous index is looser than the law in places, and out of reach in others
#
# 前一版指标体系评判联合企业的各行，如今分属几项标准。将其数值用于同样的企业（与其各工序相连），与相同指标的新数值并列（A-89）。
#
# The previous index judged integrated works by rows that now belong to several systems. Its values are put on the same works, joined with their processes, beside the new values of the same indicators.
#
# *读图：* 竖线右侧，旧值宽于现行强制性限值。能耗标准的数值指修正之前，表中注明。
#
# *How to read it.* Right of the line an old value is looser than a mandatory limit of today. Base values of energy norms are meant before corrections, and the table says so.

# %%
stale = series.staleness(chosen)
summary = series.previous_index(chosen, whole=whole).summary()
display(series_figures.staleness(series.held_against_law(stale, chosen)), series_tables.previous_levels(summary))
series_tables.staleness_overview(stale, definitions)

# %% [markdown]
# ## 国外数值与中国数值几乎没有相同的口径 Hardly any foreign value rests on the basis of a Chinese one
#
# 中国、欧盟、美国、日本的数值换算到同一单位；两者均注明时，换算到同一基准氧含量。平均时间从不换算：小时限值高出年均值多少，因企业而异（A-80）。无法比较的数值均注明原因。
#
# Values of China, the EU, the US and Japan are brought to one unit and one oxygen reference where both are stated. Averaging times are never converted: how far an hourly limit lies above a yearly mean depends on the plant. Each value that cannot be compared says why.

# %%
abroad = series.foreign_values(definitions, reference["bases"], reference["international"])
aspects = {"en": "energy", "wa": "water", "po": "air", "gh": "carbon"}
gaps = series.foreign_gaps(definitions, abroad, reference["international_gaps"], aspects)
display(series_figures.values_abroad(abroad, definitions), series_tables.values_abroad(abroad, definitions))
series_tables.gaps_abroad(gaps, names).fold()

# %% [markdown]
# ## 标准体系在覆盖充分的领域旁留有空白 The standards system has gaps next to well-covered fields
#
# 图中按工序列出清单内的中国标准文件；空白和过时之处列为立项建议。所谓缺失，是指清单中没有（A-86）。
#
# The map shows Chinese documents of our list, process by process; gaps and aged cells become items to propose. Missing means missing from our list.

# %%
fields = ["cleaner-production", "energy", "air", "water", "carbon", "monitoring", "management", "access"]
look = {"processes": systems, "aspects": fields, "year": year, "aged_after": aged_after}
cover = series.coverage_of_standards(reference["standards"], **look)
items = series.proposed_items(cover)
display(series_figures.standards_map(cover, processes=names, aspects=fields))
series_tables.proposed_items(items, names).fold()

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 整体与各部分的矛盾随承诺和产出比而变，产出比属假设：下表计算各比值偏差多大，结论才会反转。
#
# Contradictions between whole and parts move with the promise and with the output ratios, which are assumed: the table counts how far each ratio could be off before a finding turns.

# %%
series_tables.turning_ratios(sums[promise])

# %%
for name, table in {
    "levels": levels, "industry": now, "values": values[promise], "words": words, "same": same,
    "sums": sums[promise], "works": works.reset_index(), "coverage": coverage, "savings": saved, "stale": stale,
    "previous": summary.rename_axis("judged_by").reset_index(), "abroad": abroad, "gaps": gaps, "map": cover, "items": items,
}.items():
    saved_as = results.save(name, table)

# %% [markdown]
# 参考文献：Holt与Smith（1979），doi:10.2307/2344652；Booth、Butler与Hall（1994），doi:10.1080/01621459.1994.10476868。所用假设：A-54、A-75、A-80、A-81、A-86、A-88、A-89。各数值的来源和状态列于各指标体系和参考数据。
#
# References: Holt and Smith (1979), doi:10.2307/2344652; Booth, Butler and Hall (1994), doi:10.1080/01621459.1994.10476868. Assumptions used. Sources and status of every number stand in the systems and in the reference data.
