# Mirror of 03_thresholds.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 3. 各级应从哪里开始？ Where should each level begin?
#
# 据经验，某项指标的Ⅰ、Ⅱ、Ⅲ级分别约有5 %、20 %、50 %的企业达到。本笔记本从样本中读出这样的基准值，说明样本能支撑到什么程度，并展示整套标准对同一批企业的结果。
#
# Recalled practice lets about 5 %, 20 % and 50 % of plants reach Level I, II and III of an indicator. This notebook reads such benchmark values off the sample, says how far the sample can carry them, and shows what the standard as a whole does with the same plants.
#
# **输入：** 可比样本、样本概况、权重、行业企业名录。**输出：** 两种承诺下的基准值及其区间、达标前沿，以及用于对照的各种取值。**用于：** 编制说明中“基准值”一章。
#
# **Comes in:** the comparable sample, what it is, weights, the register of the industry. **Goes out:** benchmark values under both promises with their intervals, the calibration frontier, and what they are compared with. **Serves:** the chapter *benchmark values* of the compilation explanation.

# %% tags=["parameters"]
# 指标体系 indicator system
system: str = "ironmaking"
# 结果文件夹 folder of the results
folder: str = "../runs/lab/ironmaking"
# 随机数种子 seed of all random numbers
seed: int = 20261122
# Ⅰ级企业比例 share of plants at Level I: > 0, < 1
share_I: float = 0.05
# Ⅱ级企业比例 share of plants at Level II: > 0, < 1
share_II: float = 0.2
# Ⅲ级企业比例 share of plants at Level III: > 0, < 1
share_III: float = 0.5
# 拟定点的确定方式 point that is proposed: "marginal" 单项承诺 each indicator alone | "joint" 整体承诺 the whole standard |
#   "strictness" 前沿上的严格度 a strictness on the frontier | "values" 直接给定的数值 values as given
promise: str = "joint"
# 选定的Ⅰ级严格度 strictness chosen for Level I: ≥ 0, < 1; 拟定点按严格度确定时填写 where the point is a strictness
strictness_I: float = 0.0
# 选定的Ⅱ级严格度 strictness chosen for Level II: ≥ 0, < 1; 拟定点按严格度确定时填写 where the point is a strictness
strictness_II: float = 0.0
# 选定的Ⅲ级严格度 strictness chosen for Level III: ≥ 0, < 1; 拟定点按严格度确定时填写 where the point is a strictness
strictness_III: float = 0.0
# 直接给定的基准值 values as given: [{"indicator": …, "I": …, "II": …, "III": …}, …]
given: list = []
# 选定该点的理由 reason of the point: 按严格度或数值确定时必填 mandatory for a strictness and for values
point_reason: str = ""
# 基准值估计方法 point estimate of a value: "attainment" 达标分位数 attainment quantile | "harrell-davis" Harrell-Davis |
#   "hyndman-fan-1" Hyndman-Fan第1型 Hyndman-Fan type 1 | "hyndman-fan-2" Hyndman-Fan第2型 Hyndman-Fan type 2 |
#   "hyndman-fan-3" Hyndman-Fan第3型 Hyndman-Fan type 3 | "hyndman-fan-4" Hyndman-Fan第4型 Hyndman-Fan type 4 |
#   "hyndman-fan-5" Hyndman-Fan第5型 Hyndman-Fan type 5 | "hyndman-fan-6" Hyndman-Fan第6型 Hyndman-Fan type 6 |
#   "hyndman-fan-7" Hyndman-Fan第7型 Hyndman-Fan type 7 | "hyndman-fan-8" Hyndman-Fan第8型 Hyndman-Fan type 8 |
#   "hyndman-fan-9" Hyndman-Fan第9型 Hyndman-Fan type 9 | "lognormal" 对数正态分布 lognormal | "normal" 正态分布 normal |
#   "gamma" 伽马分布 gamma | "weibull" 韦布尔分布 Weibull | "mean-of-best" 最优企业均值 mean of the best | "mact-floor"
#   美国下限（最优企业均值） US floor (mean of the best) | "bat-ael" 专家取值 expert's reading
method: str = "attainment"
# 专家取值理由 reason of an expert's reading: 专家取值时必填 mandatory for an expert's reading
expert_reason: str = ""
# 基准值区间方法 interval of a value: "order-statistic" 次序统计量 order statistics | "finite-population" 有限总体 finite
#   population | "interpolated" 插值 interpolated | "lognormal" 对数正态分布 lognormal | "normal" 正态分布 normal |
#   "bootstrap-percentile" 自助法（百分位） bootstrap, percentile | "bootstrap-bca" 自助法（BCa） bootstrap, BCa
interval: str = "order-statistic"
# 区间置信水平 confidence of an interval: > 0, < 1
confidence: float = 0.95
# 未检出值的处理 reading of values below a limit: "as-limit" 取检出限 at the limit | "lognormal-mle" 对数正态极大似然 lognormal,
#   maximum likelihood | "ros" 次序统计量回归 regression on order statistics | "kaplan-meier" Kaplan-Meier |
#   "half-limit" 取检出限的一半 half the limit
below_limit: str = "as-limit"

# %%
from IPython.display import display
from methodology import chain, figures, tables, thresholds
from methodology.parameters import Project, choices_of, recorded
from methodology.results import Results
from methodology.series.reading import read_industry, read_register
project, choices = Project.around(), choices_of("thresholds", globals())
definitions, shares = project.system(system), choices.shares
results, parameters = Results(folder), recorded(folder, system)
sample, weights, about = (results.load(name) for name in ("sample", "weights", "about"))
population = about["population"] or None
footing = chain.Footing.of(parameters, seed=seed, population=population)
basis = f"as calibrated, {promise} promise"

# %% [markdown]
# ## 严格程度的代价 What the choice of strictness costs
#
# 标准定得多严，是一种选择。达标前沿给出每种选择的结果：各项指标的达标率逐步降低时，整套标准有多大比例的企业达到各级（A-43）。取值始终可接受：不宽于法规；除有记录的决定外，不宽于被修订的指标体系；不宽于从最差一端数起的第k家企业；任何企业少填数据，都不会使基准值放宽（A-24）。
#
# How strict a standard is, is a choice. The frontier shows what each choice buys: the share of plants the whole standard puts at a level as every indicator lets through fewer of them. Values stay admissible: never looser than law, than the index that is revised unless a recorded decision says so, nor than the k-th plant from the dirty end; and nobody loosens a value by reporting less.
#
# *读图：* 越靠右越严。圆为单项承诺，十字为仅受法规约束的整体承诺，星为拟定点；高于曲线的标记，其取值不可接受。曲线平缓处收严无须代价，陡峭处稍加收严便牵动许多企业。浅色带力求以本次测算的置信水平，在各严格程度上同时包含由这类企业构成的无限总体的曲线；企业总数已知时，深色带力求包含这些企业自己的曲线，样本越接近全部企业越窄，普查时消失。
#
# *How to read it.* Further right is stricter. The circle is the promise kept by each indicator alone, the plus that kept by the whole standard within law alone, the star the point that is proposed; a mark above the line stands on values that are not admissible. A flat stretch costs nothing to tighten, on a steep one a little strictness decides over many plants. The light band is to hold the curve of an unlimited industry of such plants at every strictness at once, with the confidence of the run; where the number of plants is known, the darker one is to hold the curve of these plants, narrows as the sample nears the whole, and is gone in a census.

# %%
figures.name_made_up(about, results.load("weights/panel"))
definitions = chain.system_of_run(definitions, about)
industry = read_industry(project, definitions, parameters)
chosen = parameters.model_copy(update={"thresholds": choices})
setting = chain.Setting.of(chosen, industry=industry, population=population)
frontier = chain.frontier(sample, definitions, weights, seed=seed, setting=setting)
figures.calibration_frontier(frontier, frontier.points, basis="as calibrated")

# %%
costs = chain.bound_costs(sample, definitions, weights, choices, footing)
display(tables.bounds_overview(costs.to_dict("records"), shares).fold())
display(tables.along_overview(frontier, frontier.along, definitions).fold())
tables.frontier_overview(frontier.points).fold()

# %% [markdown]
# ## 各级在样本企业中的位置 Where each level begins among the plants of the sample
#
# 基准值取至少有规定比例的企业达到的最清洁值（Hyndman与Fan 1996，第1型），并列计入；企业数向上取整，实际达到的比例因而略高于承诺。单项承诺用承诺的比例本身；整体承诺用使整套标准兑现承诺的共同比例。企业不论产量，权重相等（A-03）。
#
# The value is the cleanest one that at least a stated share of plants reaches (Hyndman and Fan 1996, type 1), ties included; a share of few plants is rounded up to whole ones, so a little more of them reach the value than promised. The marginal promise takes the promised share itself, the joint one the common share at which the whole standard keeps the promise. Plants count equally, whatever their output.
#
# *读图：* 企业由清洁到不清洁排列；大标记为各级基准值，横条为区间，虚线箭头表示样本在该侧无法给出界限。上方的标记为同一口径的对标值，空心者凭记忆或属假设。
#
# *How to read it.* Plants are sorted from the cleanest; a large mark is a benchmark value, its bar the interval. A dashed arrow means that the sample cannot bound the value on that side. Ticks are comparators on the same basis, hollow where recalled or assumed.

# %%
calibrated = chain.calibrate_both(
    sample, definitions, weights, choices, footing=footing
)
values, marginal = calibrated[promise], calibrated["marginal"]
figures.thresholds_on_sample(sample, definitions, values, basis=basis)

# %% [markdown]
# ## 这样大小的样本能界定什么 What a sample of this size can bound
#
# 少数企业才达到的数值，小样本给不出不依赖分布的双侧区间。下表写明缺哪一侧界限，另一侧实际有多大把握。
#
# For a value that few plants reach, a small sample has no two-sided distribution-free interval. The table says which limit does not exist, and which confidence the other one really has.

# %%
tables.thresholds_overview(values, definitions)

# %% [markdown]
# ## 换用其他方法会得到什么 What other methods would give
#
# 按单项承诺的比例，将达标分位数与更平滑的读法、参数方法、最优企业均值（欧盟碳市场）和最优企业的预测上限（美国环保署）对照；截尾混合数据不作平滑拟合。企业有多个年份或多次测量时，分层模型把企业之间与各年之间分开，列于计数结果之旁（A-28）。
#
# At the shares of the marginal promise: the attainment quantile beside smoother and parametric readings, the mean of the best (EU ETS) and the prediction limit of the best (US EPA). A smooth fit is left out where the values are a censored mixture. Where plants have several years or runs, a hierarchical model keeps plants and years apart and stands beside the count.
#
# *读图：* 每行一项指标，每种方法一个标记，以所用方法的数值为零点，越靠右越宽。标记散开之处，起决定作用的是方法而不是数据。
#
# *How to read it.* One row per indicator, one mark per method, relative to the value of the chosen method; to the right is looser. Where marks lie apart, the method decides and not the data.

# %%
others = thresholds.methods_side_by_side(sample, definitions, shares)
by_year = {name: sample.yearly(name, definitions.strata) for name in definitions.ids}
yearly = thresholds.benchmarks_over_years(by_year, definitions, shares, seed=seed)
display(tables.over_years_overview(yearly, definitions))
estimates = others.query("kind == 'estimate' or method == @method")
alone = "as calibrated, marginal promise"
figures.threshold_methods(estimates, definitions, chosen=method, basis=alone)

# %% [markdown]
# ## 国外监管机构会把线划在哪里 Where regulators elsewhere would draw the line
#
# 欧盟取最优十分之一的均值，美国取带预测上限的最低要求，美国排水限值指南用变异系数。年度数据代替了逐次、逐日测量，故后两者比其本国做法偏窄；欧盟最佳可行技术的数值没有公式，须由专家给出。
#
# The EU's mean of the best tenth, the US floor with its prediction limit, the variability factor of the US effluent guidelines. Yearly values stand for runs and days, so the last two are narrower than at home; a BREF value has no formula and needs its expert.
#
# *读图：* 每个标记为样本企业中能达到该数值的比例。
#
# *How to read it.* Each mark is the share of these plants that would reach the value.

# %%
foreign = thresholds.regulators_side_by_side(sample, definitions)
figures.regulators_beside(foreign, values, definitions, basis=basis)

# %% [markdown]
# ## 企业之间是程度之差时，基准值可随协变量变化 Where plants differ by degree, a value can move with a covariate
#
# 按各级比例，对废钢比、铁水比等作分位数回归，各级共用一个斜率（A-26），与固定值并列：哪些企业因此受益、受损，斜率是否值得写入条款（A-27）。企业属于不同类别的，各层单独测算、全部企业按名录加权的数值另存于结果（A-18、A-19）。
#
# Quantile regression on scrap share, hot metal or the like, at the shares of all levels and with one slope for all, beside the flat value: the plants that gain and lose by it, and a test whether the slope is worth its clause. Where plants differ in kind, the values of each stratum by itself, and of all plants weighted to the register, are kept among the results.

# %%
register = read_register(project, system, stratum=parameters.sample.stratum, source=parameters.sample.source)
known = register if len(register) else None
strata = thresholds.strata_side_by_side(sample, definitions, shares, definitions.strata, register=known)
lines = chain.covariate_lines(sample, definitions, shares, confidence=confidence, seed=seed)
effects = chain.covariate_effects(sample, definitions, shares, seed=seed)
display(*figures.values_along_covariates(lines, sample, definitions, basis=alone))
tables.covariates_overview(effects, definitions)

# %% [markdown]
# ## 单项承诺不是对整套标准的承诺 A promise per indicator is not a promise about the whole standard
#
# 每家企业须同时达到多数指标，因此逐项设定数值的标准，达到的企业远少于其中任何一项。整体承诺逐级放宽共同比例，直到整套规则兑现承诺；下表说明未填报数据的各种读法会带来什么（A-24）。
#
# Every plant must reach most indicators at once, so a standard whose values are set one by one is attained by far fewer plants than each of its values. The joint promise raises one common share per level until the whole rule keeps it; the table shows what other readings of unreported cells would do.
#
# *读图：* 条形为期望的企业比例，圆点为整套标准兑现承诺时每项指标须有的达标率。空心十字表示在同一批企业上计数有多乐观。企业为虚构时，叉号统计全行业：它与条形的差距，来自未被抽到的企业和未填报的单元格，图中不加区分。
#
# *How to read it.* The bar is the wanted share of plants; the dot the share every indicator must let through so that the whole standard keeps its promise. The hollow plus says how optimistic a count on the same plants is. Where plants are synthetic, the cross counts the whole industry: its distance from the bar comes from plants that were not asked and cells that were not reported, which the figure does not tell apart.

# %%
both = chain.both_promises(
    calibrated, sample, definitions, weights, chosen=promise, industry=industry, footing=footing
)
joint = both.query("promise == 'joint'").rename(columns={"whole_share": "attainment"})
figures.promise_gap(joint, basis="as calibrated, joint promise")

# %%
tables.silence_overview(calibrated["joint"].silence).fold()

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 多少家企业才能支撑哪种表述。单个存疑数值、未填报的数据和未纳入的企业会带来什么变化，以及下一步应向哪些企业询问，见第5本笔记本。
#
# How many plants would carry which statement. What single doubtful values, silent cells and left-out plants would change, and which plants to ask next, stands in notebook 5.

# %%
sizes = dict.fromkeys([None, population])
tables.planning_overview(*(thresholds.planning_table(size, shares, confidence=confidence) for size in sizes))

# %%
everyone = max(about["population"], len(sample.plants))
worst = thresholds.worst_case_table(sample, definitions, shares, everyone)
grants = thresholds.level_grants(sample, definitions, values)

# %%
made = {"thresholds": values, "calibrated": chain.stacked(calibrated), "promises": both, "methods": others}
made |= {"frontier": frontier, "frontier_points": frontier.points, "frontier_values": frontier.along}
made |= {"worst_case": worst, "over_years": yearly, "covariates": effects, "covariate_lines": lines}
made |= {"strata": strata, "regulators": foreign, "level_grants": grants}
saved = [results.save(name, table) for name, table in made.items()]
tables.level_grants_overview(grants, definitions)

# %% [markdown]
# 最后一表：标准只在某些级别允许的修正，只在这些级别进行（A-22）；表中统计受益的企业，以及不作修正时的数值。
#
# The last table: a correction that a norm grants at some levels only is made at those levels alone; the table counts whom it helps and what the value would be without it.
#
# 参考文献：样本分位数的定义见Hyndman与Fan（1996），doi:10.1080/00031305.1996.10473566；不依赖分布的统计区间见Hahn与Meeker（1991）的专著。所用假设：A-03、A-10（及其后各条）。
#
# References: Hyndman and Fan (1996), doi:10.1080/00031305.1996.10473566; Hahn and Meeker (1991), *Statistical Intervals*. Assumptions used: and following.
