# Mirror of 01_sample.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 1. 哪些企业可以发言，它们填报了什么？ Which plants may speak, and what did they say?
#
# 基准值是否可靠，取决于它背后的企业。本笔记本读入一个工序的填报数据，按指标体系逐格核对；企业和数据或保留，或剔除，均写明理由。
#
# A benchmark value is only as good as the plants behind it. This notebook reads the questionnaire answers of one process, checks every cell against the indicator system, and keeps plants and cells or sets them aside, each with a reason.
#
# **输入：** 样本企业的填报表、指标体系、行业企业名录。**输出：** 可比样本、修正明细、剔除企业、单元格说明、行业覆盖情况、样本概况。**用于：** 编制说明中“样本与数据”一章。
#
# **Comes in:** the answers of the plants, the indicator system, the register of the industry. **Goes out:** the comparable sample, its corrections, the plants left out, notes on cells, the coverage of the industry, and what the sample is. **Serves:** the chapter *sample and data* of the compilation explanation.

# %% tags=["parameters"]
# 指标体系 indicator system
system: str = "ironmaking"
# 结果文件夹 folder of the results
folder: str = "../runs/lab/ironmaking"
# 企业样本 sample of plants: 空：自己的企业，或该体系的样本 empty: own plants, or the sample of the system
source: str = ""
# 超出物理界限的数值 values outside the physical bounds: "exclude" 剔除 set aside | "flag" 保留并标记 kept and flagged
bounds: str = "exclude"
# 剔除的企业 plants left out: [{"plant": …, "reason": …, "indicator": …, "by": …, "date": …}, …]
exclude: list = []
# 行业企业总数 number of plants in the industry: ≥ 0, ≤ 1 000 000; 0：按样本说明，或未知 0: as stated with the sample, or
#   unknown
population: int = 0
# 行业分层 stratum of the industry: 空：全部企业；否则写 属性=值 empty: all plants; otherwise attribute=value
stratum: str = ""
# 企业多年数据的取法 which of a plant's years count: "latest" 最近一年 the last year | "mean" 多年均值 the mean of the years
years: str = "latest"
# 企业最少填报年数 fewest years of a plant: ≥ 1, ≤ 50
least_years: int = 1
# 原料与工艺修正 corrections of raw materials and process: True | False
correction: bool = True
# 随协变量变化的基准值 values that move with a covariate: [{"indicator": …, "by": …, "form": …, "shares": …, "knots": …,
#   "reference": …}, …]
covariates: list = []

# %%
from methodology import chain, figures, tables
from methodology.parameters import Project, choices_of
from methodology.results import Results
from methodology.sample import account, check_sample, correct, describe, read_register, read_sample, years_spread

project = Project.around()
definitions = project.system(system)
choices = choices_of("sample", globals())
results = Results(folder)
place = project.sample_folder(source, system)

# %% [markdown]
# ## 每家企业或保留，或写明理由剔除 Every plant is kept, or left out with a reason
#
# 剔除企业必须点名，理由列于下表，不得无声无息地消失。超出指标物理界限的数值按未填报处理，并逐一列出。表中每个有内容的行，或是一家企业，或是点名跳过的行，否则即为错误。
#
# Plants are left out by name only, with a reason that is printed here; nobody drops out silently. A cell outside the physical bounds of its indicator is set aside as *not reported*, and listed. Every filled row of the table is a plant, a row that is named as skipped, or a fault.

# %%
sample = read_sample(place, definitions, choices=choices)
figures.name_made_up(describe(place, choices, sample))
tables.what_was_read(account(place, definitions))

# %%
tables.excluded_plants(sample)

# %%
tables.cell_notes(sample.notes, definitions)

# %% [markdown]
# ## 未填报、不适用与低于检出限是三回事 Silence, absence and a detection limit are three different things
#
# 每个单元格或为实测值，或低于所写限值，或未填报，或不适用。后文中，未填报视为未达到；不适用时，其权重让给其他指标；低于限值的，知其好而不知好到什么程度（A-02）。
#
# Each cell is measured, below a stated limit, not reported or not applicable. Not reported counts as not reached later on; not applicable gives its weight to the others; a value below a limit is known to be good, but not how good.

# %%
figures.sample_states(sample, definitions)

# %% [markdown]
# *读图：* 每行一项指标，每列一家企业（以代号表示）。某行空缺多，其基准值就偏向愿意填报的企业。
#
# *How to read it.* One row per indicator, one column per plant, under pseudonyms. Many unanswered cells in one row make its benchmark value lean toward plants that report.

# %%
tables.sample_overview(sample, definitions)

# %% [markdown]
# ## 逐项指标看企业之间的差距 How far plants differ, indicator by indicator
#
# 圆点密集之处，基准值所区分的企业其实相差无几。
#
# Where dots crowd in one place, a benchmark value separates plants that hardly differ.

# %%
figures.sample_spread(sample, definitions)

# %% [markdown]
# *读图：* 每点一家企业，表示其与中位数的距离，以第10至第90百分位数之间的宽度为单位，越靠左越清洁。空心点为低于限值的数据。
#
# *How to read it.* Each dot is a plant: its distance from the median in units of the range between the 10 % and the 90 % quantile, cleaner to the left. A hollow mark is a value below its limit.

# %% [markdown]
# ## 同一企业各年之间相差多少 How far a plant's own years lie apart
#
# 样本含多个年份时，每家企业以一行数据为代表：取最近一年，或取各年平均，由本次计算的选项决定；年数不足的企业可不计入。年度数据能否把企业区分开，要看企业内部各年的离散程度与企业之间的离散程度孰大孰小（A-90）。
#
# Where a sample holds several years, one row speaks for each plant: its last year or the mean of its years, as the run chooses; plants with too few years can be left out. Whether years tell plants apart is the spread within plants beside the spread between them.
#
# *读表：* 企业内占比为一半，说明单个数值的方差有一半来自同一企业的年际变化。年变化为各企业逐年斜率的中位数。
#
# *How to read it.* A share within of one half says that half of the variance between single values comes from the years of one plant. Drift is the median change per year.

# %%
tables.years_spread(years_spread(sample, definitions, at_least=3), definitions)

# %% [markdown]
# ## 样本代表了行业的哪些部分 Which parts of the industry the sample stands for
#
# 将样本与全部已知企业的名录分层对照。某一层若无企业进入样本，它对基准值就没有发言权。
#
# Set beside the register of all known plants, stratum by stratum. A part of the industry without a plant in the sample has no voice in a benchmark value.

# %%
register = read_register(project.register(system, source))
coverage = chain.industry_coverage(sample, definitions, register)
figures.strata_coverage(coverage, definitions)

# %% [markdown]
# *读图：* 条形为样本占已知企业数的比例，标记为样本占其产能的比例。
#
# *How to read it.* Bars are the share of known plants that the sample holds, marks the share of their capacity.

# %%
tables.strata_covered(coverage, definitions)

# %% [markdown]
# ## 企业在同一基础上比较 Plants are compared on the same footing
#
# 有的标准按修正后的限值评判企业（入炉品位、废钢比、产品等），即把修正量加到限值上。测算基准值时则应从企业数值中减去修正量，否则比较的是原料差异而不是生产水平。两种做法给出的级别相同；修正前后的数值均予保留。未填报修正所需属性的企业，该指标按未填报处理（A-21）。
#
# A norm that judges plants after corrections (ore grade, scrap ratio, product) adds them to its threshold. A calibration has to subtract them from the plant's value, or it compares plants that differ in their ore and not in their practice. Both ways give every plant the same level; raw and corrected values are both kept. A plant that does not report the attribute a correction needs counts as not reported.

# %%
definitions = chain.with_covariates(definitions, sample, choices)
corrections = correct(sample, definitions)
compared = corrections.sample if correction else sample
figures.corrected_values(corrections, definitions, used=correction)

# %% [markdown]
# *读图：* 每条线连接一家企业的填报值与修正值。线条交叉之处，修正改变了企业之间的先后。
#
# *How to read it.* Each line joins the reported value of a plant with its corrected one. Where lines cross, the correction changes who is cleaner.

# %%
tables.corrections_overview(corrections, definitions, used=correction)

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 铁、碳、能量平衡等关系在任何企业都应成立，常见填报错误也各有迹象。下表每一行都是向企业提出的一个问题；企业若无法说明，应写明理由后剔除。
#
# Relations that must hold in every plant (balances of iron, carbon, energy) and the signs of usual reporting errors. Each line is a question to the plant; a plant that cannot answer it should be left out, with the reason.

# %%
problems, doubts = check_sample(place, definitions, choices=choices)
tables.doubts(doubts, definitions)

# %%
saved = results.save("sample", compared)
saved = results.save("corrections", corrections.terms)
saved = results.save("coverage", coverage)
calibrated = {"covariates": definitions.calibrated_record()}
saved = results.save("about", describe(place, choices, sample) | calibrated)

# %% [markdown]
# 所用假设：A-02（低于限值的数据）、A-90至A-94（读数、界限、披露）。各项中心值与界限的来源列于指标体系文件。
#
# Assumptions used: A-02 (cells below a limit), A-90 to A-94 (reading, bounds, disclosure). Sources of every anchor and bound stand in the file of the indicator system.
