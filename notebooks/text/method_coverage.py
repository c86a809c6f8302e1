# Mirror of method_coverage.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 置信区间是否名副其实？ Do our intervals hold what they promise?
#
# 声称在二十个样本中有十九个包含真实基准值的区间，就应当做到。本笔记本从真值已知的总体中，按各种方法和本行业常见的样本量抽样并计数，这正是评审者要的证明。
#
# An interval that promises to hold the true benchmark value in nineteen of twenty samples should do so. This notebook draws samples from populations whose truth is known, by each method and for the sample sizes of this field, and counts. It is the proof a reviewer asks for.
#
# **输入：** 随机种子、一个虚构行业的全部企业。**输出：** 各种区间的覆盖率。**用于：** 编制说明“基准值”一章中区间方法的选择。
#
# **Comes in:** a seed, and the made-up plants of one industry. **Goes out:** how often each kind of interval holds. **Serves:** the choice of the interval in the chapter *benchmark values* of the compilation explanation.

# %% tags=["parameters"]
# 结果文件夹 folder of the results
folder: str = "../runs/lab/method_coverage"
# 随机数种子 seed of all random numbers
seed: int = 20261122
# 每种情形的样本数 samples drawn in every case: ≥ 1
repetitions: int = 400
# 每个样本的自助重抽次数 bootstrap resamples of each: ≥ 1
resamples: int = 999
# 区间置信水平 confidence of the intervals: > 0, < 1
confidence: float = 0.95

# %%
from concurrent.futures import ThreadPoolExecutor

from methodology import chain, figures, tables
from methodology.parameters import Project
from methodology.results import Results
from methodology.series.reading import read_member
from methodology.thresholds import coverage_study

results = Results(folder)

# %% [markdown]
# ## 次序统计量说到做到，自助法救不了小样本 Order statistics keep their promise, the bootstrap does not rescue a small sample
#
# 三种总体：对数正态分布的企业；其中十分之一远为不清洁的企业；不放回抽样的已知有限总体。不存在界限的一侧按包含真值计，同时另计为开放。
#
# Lognormal plants; the same with a tenth of the plants far dirtier; and a known finite population drawn from without replacement. A side on which no limit exists counts as holding the truth, and is counted as open as well.

# %%
with ThreadPoolExecutor(2) as pool:
    study = coverage_study(repetitions=repetitions, resamples=resamples, confidence=confidence, seed=seed, mapper=pool.map)
figures.coverage_of_intervals(study, confidence=confidence)

# %% [markdown]
# *读图：* 每个总体和承诺比例一幅小图，每种区间一条线，横线为承诺。远低于横线的方法，所称超过了样本所能支撑。
#
# *How to read it.* One panel per population and promised share, one line per kind of interval; the line across is the promise. A line far below it is a method that claims more than its sample can carry.

# %%
tables.coverage_by_method(study)

# %% [markdown]
# ## 留有开口的好处：不存在的界限不去编造 What is gained by openness: the limit that does not exist is not invented
#
# 各方法声明严格一侧没有界限的样本比例。从不这样声明的方法，其界限另有来处：自助法取自手头的企业，模型取自其假设。这样的界限有多常成立，见上面的图和表；假设值多少，见下一节。
#
# The share of samples in which a method says that it has no limit on the strict side. A method that never says so takes its limit from elsewhere: a bootstrap from the plants it has, a model from its assumption. How often such a limit holds is in the figure and the table above; what the assumption is worth is the next section.

# %%
tables.study_by_size(study, "open_strict")

# %% [markdown]
# ## 模型的价值止于其假设 A model is worth its assumption, and no more
#
# 企业服从对数正态分布时，对数正态区间又短又准；数据混有异类时，两者皆失。
#
# The lognormal interval is short and right where plants are lognormal; on contaminated data it is neither.

# %%
tables.study_by_size(study.query("method == 'lognormal'"), "coverage", by="population")

# %% [markdown]
# ## 整体承诺数值的区间计入比例的选择 The interval of a joint value includes the choice of its share
#
# 整体承诺读取数值的比例，是在同一批企业上选出来的；把比例视为给定的区间，实际包含得比所称少。这里从虚构炼铁行业的全部企业中有放回地抽样，每次重新选择比例，再把区间与全行业的数值对照（A-43）。
#
# The joint promise reads a value at a share that it chose on the same plants; an interval that takes the share as given holds less than it states. Here samples are drawn with replacement from all plants of the made-up ironmaking industry, the share is chosen anew on each, and the interval is held against the value of the whole industry.
#
# *读表：* 实际覆盖率低于所称的幅度，不应超过旁列的抽样误差；高于所称偏于稳妥，多半源于不存在的界限。
#
# *How to read it.* Held should not lie below stated by more than the sampling error beside it; above is on the safe side, and most of it stems from limits that do not exist.

# %%
member = read_member(Project.around(), "ironmaking")
wanted = {"targets": member.parameters.thresholds.shares, "samples": repetitions}
joint = chain.joint_interval_coverage(
    member.industry, member.system, member.system.weights, confidence=confidence, seed=seed, **wanted
)
tables.chosen_share_coverage(joint, confidence=confidence)

# %% [markdown]
# ## 前沿的区间带包含整条曲线 The band of the frontier holds the whole curve
#
# 前沿上的点是看过曲线之后才选的，所以区间带针对整条曲线：名义上，二十个样本中有十九个在所有严格程度上同时包含全行业的曲线。这里从虚构行业的全部企业中有放回地抽样；随企业数而变的界限放开，否则样本与全行业所要求的数值不同。从小行业中无放回地抽样，包含得更多。
#
# A point on the frontier is chosen after looking at it, so its band is one for the whole curve: nominally nineteen of twenty samples hold the curve of the industry at every strictness at once. Samples are drawn with replacement from all plants of the made-up industry; bounds that hang on the number of plants are left open, for with them a sample and its industry are asked for different values. A sample drawn without replacement from a small industry holds it more often.
#
# *读表：* 整条曲线的包含率低于所称置信水平，不应超过旁列误差；单个严格程度上的包含率高于所称。
#
# *How to read it.* The whole curve held should not lie below stated by more than the error beside it; at one strictness alone the band holds more than is stated.

# %%
setting = chain.Setting.of(member.parameters)
bands = chain.frontier_band_coverage(
    member.industry, member.system, member.system.weights, setting=setting, samples=repetitions // 2, seed=seed
)
tables.band_coverage(bands)

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 各区间背后点估计的偏差，以与真值之比表示：偏差大时，围绕它的任何区间都无济于事。样本小而比例低时，达标分位数只依据最清洁的一两家企业，时而偏严，时而偏宽；这样的数值应与区间一同阅读，不宜单独引用。
#
# The bias of the point estimate behind each interval, as a ratio to the truth: where it is large, no interval around it helps. In a small sample and at a low share the attainment quantile rests on the one or two cleanest plants alone, and is now too strict and now too loose; such a value is to be read with its interval and never by itself.

# %%
tables.study_by_size(study, "bias")

# %%
made = {"coverage_study": study, "joint_coverage": joint, "frontier_coverage": bands}
saved = [results.save(name, table) for name, table in made.items()]

# %% [markdown]
# 参考文献：统计区间见Hahn与Meeker（1991）的专著；自助法区间见Efron（1987），doi:10.1080/01621459.1987.10478410；分位数的加权估计见Harrell与Davis（1982），doi:10.1093/biomet/69.3.635。所用假设：A-10（及其后各条）。
#
# References: Hahn and Meeker (1991), *Statistical Intervals*; Efron (1987), doi:10.1080/01621459.1987.10478410; Harrell and Davis (1982), doi:10.1093/biomet/69.3.635. Assumptions used: A-10 and following.
