# Mirror of 02_weights.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 2. 各项指标应占多大比重？ How much should each indicator count?
#
# 权重把一组指标合成一个得分。本笔记本由专家判断或由数据本身得出权重，检验每位专家的判断是否一致、专家之间分歧多大，并与其他赋权方法对照。
#
# Weights turn a list of indicators into one score. This notebook turns judgements of experts, or the data themselves, into weights, shows how consistent each expert was and how far they disagree, and sets the other methods beside the chosen one.
#
# **输入：** 专家判断、可比样本。**输出：** 权重（修约前后各一份）、换用其他权重后的级别、专家组概况。**用于：** 编制说明中“权重”一章。
#
# **Comes in:** judgements of experts, the comparable sample. **Goes out:** weights, before and after rounding, the levels under other weights, and who judged. **Serves:** the chapter *weights* of the compilation explanation.

# %% tags=["parameters"]
# 指标体系 indicator system
system: str = "ironmaking"
# 结果文件夹 folder of the results
folder: str = "../runs/lab/ironmaking"
# 专家判断 judgements of experts: 空：自己的专家，或该体系的专家 empty: own experts, or those of the system
source: str = ""
# 权重来源 source of the weights: "ahp" AHP | "best-worst" 最优最劣法 best-worst method | "budget" 分数分配法 points shared
#   out | "entropy" 熵权法 entropy | "critic" CRITIC | "pca" 主成分法 principal component | "equal" 等权 equal weights
#   | "given" 按给定 as given | "system" 按指标体系规定 as the system states
method: str = "ahp"
# 专家意见集结方式 aggregation of experts: "AIJ" 集结判断矩阵 matrices averaged | "AIP-arithmetic" 集结排序（算术平均） priorities
#   averaged | "AIP-geometric" 集结排序（几何平均） priorities averaged geometrically
aggregation: str = "AIJ"
# 判断矩阵的排序方法 priorities from a judgement matrix: "eigenvector" 主特征向量 principal eigenvector | "geometric-mean"
#   行几何平均 geometric mean of rows
priority: str = "eigenvector"
# 随机一致性指标表 table of random indices: "saaty-1980" Saaty 1980 | "saaty-2005" Saaty 2005 | "tummala-ling-1998"
#   Tummala & Ling 1998 | "donegan-dodd-1991" Donegan & Dodd 1991
random_index: str = "saaty-1980"
# 一致性比率上限 limit of the consistency ratio: ≥ 0, ≤ 1
consistency_limit: float = 0.1
# 组合的客观权重 weights from data blended in: "none" 无 none | "entropy" 熵权法 entropy | "critic" CRITIC | "pca" 主成分法
#   principal component | "equal" 等权 equal weights
combine_with: str = "none"
# 组合赋权方式 way of blending weights: "convex" 加权平均 weighted mean | "multiplicative" 乘积 product | "game" 博弈论组合
#   game-theoretic
combination: str = "convex"
# 专家权重所占比例 share of the experts in blended weights: ≥ 0, ≤ 1
expert_share: float = 1.0
# 权重小数位数 decimals of the weights: ≥ 2, ≤ 6
decimals: int = 3
# 直接给定的权重 weights as given: [{"indicator": …, "weight": …}, …]
given: list = []

# %%
from methodology import figures, tables
from methodology.chain import robustness
from methodology.forms import has_judgements, read_judgements
from methodology.parameters import Project, choices_of, recorded
from methodology.results import Results
from methodology.sample import describe_panel
from methodology.series import tables as series_tables
from methodology.weights import delphi, derive_weights, methods_side_by_side
project, results, choices = Project.around(), Results(folder), choices_of("weights", globals())
definitions = project.system(system)
sample, place = results.load("sample"), project.judgements_folder(source, system)
judgements = read_judgements(place, definitions) if has_judgements(place) else None

# %% [markdown]
# ## 自相矛盾的判断予以指明并剔除 Judgements that contradict themselves are named and left out
#
# 认为甲重于乙、乙重于丙、丙又重于甲的专家，并未真正权衡三者。一致性比率（Saaty 1980）在层次结构的每个节点上度量这种矛盾；超过限值的判断矩阵按此规则在该节点剔除，不由人挑选。
#
# An expert who prefers A to B, B to C and C to A has not weighed the three. The consistency ratio (Saaty 1980) measures it at every node of the hierarchy; a matrix above the limit is left out of that node, by this rule and not by hand.

# %%
figures.name_made_up(results.load("about"), describe_panel(place, judgements))
result = derive_weights(definitions, judgements, sample, choices)
figures.expert_consistency(result.consistency, definitions, limit=consistency_limit)

# %% [markdown]
# *读图：* 每点为一位专家（以代号表示）的一个判断矩阵；落在阴影带之外的点，自相矛盾过大。
#
# *How to read it.* Each dot is one judgement matrix of one expert, under a pseudonym; dots beyond the shaded band contradict themselves too much.

# %%
tables.notes_overview(result.notes, definitions)

# %% [markdown]
# ## 得分主要由哪些指标决定 Which indicators carry the score
#
# 公布的权重只修约一次，采用最大余数法（A-39）：一级指标内各指标之和恰为该一级指标的权重，各一级指标之和恰为1，所印即所用。组内权重为两者之商。单个判断如何合成一个权重，由所选方法决定。
#
# Published weights are rounded once, by largest remainder: the indicators of a group add up to exactly its weight, the groups to exactly one, and the number printed is the number used. The weight within a group is the quotient of the two. The chosen method decides how single judgements become one weight.

# %%
figures.weights_spread(result.published, definitions, result.expert_weights)

# %% [markdown]
# *读图：* 条形为所用权重，圆点为每位专家单独给出的权重；线越长，专家分歧越大。* 为限定性指标。表中另列逐一去掉一位专家时权重的变动范围。
#
# *How to read it.* Bars are the weights used; dots what each expert alone would give. A long line is an indicator the experts disagree about. * marks limiting indicators. The table adds how far each weight moves when one expert at a time is left out.

# %%
tables.weights_overview(result.published, definitions, result.expert_weights, result.stability)

# %% [markdown]
# ## 专家在哪些指标上有分歧 What experts disagree about

# %%
figures.disagreement_map(result.expert_weights, result.published, definitions)

# %% [markdown]
# *读图：* 每格为一位专家单独给出的权重减去所用权重；空格表示该专家没有可用的判断。同一行出现两种颜色的指标，值得在下一轮之前讨论。
#
# *How to read it.* Each cell is the weight one expert alone would give, minus the weight used; a cell is empty where that expert has no judgement that counts. A row with both colours is an indicator to talk about before the next round.

# %% [markdown]
# ## 各轮咨询之后意见是否收敛 Whether the panel settled over its rounds
#
# 专家按轮次分配分数；自第二轮起，每位专家先看到自己与全体的结果。意见收敛或已问三轮，即不再追问（A-37）。
#
# Experts share out points round by round; from the second on, each sees the own points beside the panel's first. Asking ends when the panel has settled, or after three rounds.

# %%
panel = delphi(judgements and judgements.budget)
tables.rounds_overview(panel, definitions)

# %% [markdown]
# ## 换用其他方法会得到什么权重 What other methods would give
#
# 数据赋权看重能拉开企业差距的指标，专家赋权看重专家认为要紧的指标。两类结果并列给出，除非本次计算明确选用组合赋权，否则不相混合。
#
# Weights from data reward what separates plants, weights from experts what matters to them. They are shown side by side, and never mixed unless a run says so.

# %%
others = methods_side_by_side(definitions, judgements, sample, choices)
figures.methods_side_by_side(others.weights, definitions, chosen=method)

# %% [markdown]
# *读图：* 每行一项指标，每种方法一个标记；标记相距越远，方法的影响越大。未能给出权重的方法列于下表，并说明理由。
#
# *How to read it.* One row per indicator, one mark per method; where the marks lie apart, the method matters. Methods that give no weights here are listed with the reason.

# %%
tables.refusals_overview(others.refused, definitions)

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 换用其他权重，企业的级别变动多少。基准值固定为按所选权重、以整体承诺测算的数值，只改变权重。“修约前”指所选方法公布前未经修约的权重。
#
# Other weights: how many plants they move. Benchmark values are held fixed, calibrated for the joint promise with the chosen weights; only the weights change. *Unrounded* is the chosen method before its weights were rounded for publishing.

# %%
record = recorded(folder, system, weights=choices)
everything = {"chosen": result.published, "unrounded": result.table, **others.tables}
moved = robustness.levels_by_weights(sample, definitions, everything, record, chosen="chosen")
figures.level_shares(moved, basis="plants of the sample, as calibrated, joint promise")

# %%
series_tables.changed_levels(moved, of="weights")

# %%
saved = results.save("weights", result.published)
saved = results.save("weights_unrounded", result.table)
saved = results.save("weights_methods", others.table)
saved = results.save("weights_levels", moved.reset_index())
saved = results.save("weights/panel", describe_panel(place, judgements))
saved = results.save("weights/experts", result.patterns)
saved = judgements and results.save("weights/judgements", judgements.origins)

# %% [markdown]
# 所用假设：A-30（权重，及其后各条）。参考文献：Saaty（1980），*The Analytic Hierarchy Process*；专家判断的集结见Aczél与Saaty（1983），doi:10.1016/0022-2496(83)90028-7。文献算例已编为程序包的检验。
#
# Assumptions used: A-30 and following (weights). Saaty (1980) *The Analytic Hierarchy Process*; aggregation of individual judgements: Aczél and Saaty (1983), doi:10.1016/0022-2496(83)90028-7. The published checks are tests of the package.
