# Mirror of 05_sensitivity.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 5. 哪些选择左右结论，变动多少级别才会翻转？ Which choice moves the result, and how far until a level flips?
#
# 评审者总会从标准所依赖的选择入手。本笔记本把有替代方案的选择逐一变动，再全部同时变动，未变动的选择逐条说明理由；换用其他企业、误差和权重重复整个测算过程；并尽可能精确地算出权重、基准值或分数线移动多少，企业的级别才会改变。
#
# Reviewers attack a standard where it hangs on a choice. This notebook varies the choices of the run that have alternatives, alone and all at once, and lists those that it does not vary, each with the reason; it repeats the whole chain with other plants, errors and weights, and computes, exactly where that is possible, how far a weight, a benchmark value or the cut can move before a plant changes its level.
#
# **输入：** 可比样本、样本概况、专家判断，以及每项选择的替代方案。**输出：** 各项选择、误差、企业和单个数据的影响，以及到翻转点的距离。**用于：** 编制说明中“验证”一章和重大分歧的处理。
#
# **Comes in:** the comparable sample, what it is, the judgements, and what to try instead of each choice. **Goes out:** what choices, errors, plants and single cells do, and distances to the tipping points. **Serves:** the chapter *verification* and the handling of disagreements in the compilation explanation.

# %% tags=["parameters"]
# 指标体系 indicator system
system: str = "ironmaking"
# 结果文件夹 folder of the results
folder: str = "../runs/lab/ironmaking"
# 随机数种子 seed of all random numbers
seed: int = 20261122
# 模拟次数 draws of the simulation: ≥ 100, ≤ 100 000 000
draws: int = 20000
# 抽取权重的集中度 concentration of drawn weights: > 0, ≤ 1 000 000 000
weight_concentration: float = 200.0
# 基准值噪声（企业间标准差的倍数） noise on benchmark values, in standard deviations between plants: ≥ 0, ≤ 1
threshold_cv: float = 0.2
# 测量误差（企业间标准差的倍数） errors of measurement, in standard deviations between plants: ≥ 0, ≤ 1
measurement_cv: float = 0.1
# 方差分解的样本量 sample behind estimated shares of the variance: ≥ 16, ≤ 65 536
sobol_n: int = 256

# %%
from IPython.display import display
from methodology import chain, evaluation, figures, sensitivity, tables
from methodology.chain import robustness
from methodology.forms import has_judgements, read_judgements
from methodology.parameters import Project, choices_of, recorded
from methodology.results import Results
from methodology.sample import describe_panel
project, results = Project.around(), Results(folder)
definitions, choices = project.system(system), choices_of("sensitivity", globals())
parameters, sample, about = recorded(folder, system, sensitivity=choices), results.load("sample"), results.load("about")
place = project.judgements_folder(parameters.weights.source, system)
judgements = read_judgements(place, definitions) if has_judgements(place) else None

# %% [markdown]
# ## 有条形的选择才左右结论 The result hangs on the choices that have a bar
#
# 每项有替代方案的选择单独变动，每次都重新得出权重、基准值和级别。
#
# Every choice that has alternatives is changed alone. Weights, benchmark values and levels are derived again each time.

# %%
figures.name_made_up(about, describe_panel(place, judgements))
alternatives = robustness.load_alternatives(project.place("params/alternatives.yaml"), parameters)
outcomes = robustness.Outcomes(sample, definitions, judgements)
weights = outcomes.weights(parameters.weights)
effects = robustness.one_at_a_time(parameters, alternatives, outcomes)
moves, base = robustness.tornado_table(effects, "mean_Y_II")
figures.tornado(moves, base=base, quantity="mean composite index Y_II, points", basis="plants of the sample, calibrated anew for each choice")

# %% [markdown]
# *读图：* 条形为一项选择取各替代方案时，企业Ⅱ级综合评价指数均值的变动范围，竖线为本次计算。不动得分的选择仍可能改变级别，例如分数线；下图统计在整体承诺的基准值下级别改变的企业数。两图中均无条形的选择，只说明所列替代方案没有影响。
#
# *How to read it.* Each bar is the range of the plants' mean composite index of Level II over the alternatives of one choice; the line is the run itself. A choice that moves no score may still move a level, as the cut does: the next figure counts the plants that change their level, for the values of the joint promise. A choice without a bar in either has no effect under the alternatives listed, which says nothing about others.

# %%
settled = robustness.settled(parameters)
others = {name: values for name, values in alternatives.items() if name != "thresholds.promise"}
alone, by_value = robustness.one_at_a_time(settled, others, outcomes), robustness.values_one_at_a_time(settled, others, outcomes)
figures.tornado(robustness.tornado_table(alone, "moved")[0], base=0, quantity="plants that change their level, joint promise", basis="plants of the sample, calibrated anew for each choice, joint promise")

# %% [markdown]
# ## 把最要紧的选择同时变动 The choices that matter most, all of them tried at once
#
# 全部选择同时变动，各替代方案等可能，有关权重的选择合为一个因素（A-65）：所得比例是相对于这份替代清单而言的，不是相对于行业。结果的方差按沙普利效应分摊，合计为一；能穷举全部组合时为精确值，否则为带区间的估计，标题会注明。分两次进行：一次变动全部选择，一次先定为整体承诺，因为在单项承诺下几乎没有企业达到任何一级，其他选择显不出作用。
#
# All choices at once, each alternative as probable as any other, all choices about weights as one factor: shares are shares of this list of alternatives, not of the industry. The variance of a result is split among the choices by Shapley effects, which sum to one. Where every combination can be counted they are exact, otherwise estimates with an interval; the title says which. It is done twice: over all choices, and once the joint promise is settled, because under the marginal promise hardly a plant reaches a level and the other choices cannot show what they do.

# %%
space = robustness.choice_space(parameters, alternatives, outcomes)
influence = robustness.choice_influence(space, n=max(choices.sobol_n // 8, 16), seed=seed)
narrowed = robustness.choice_space(settled, others, outcomes)
within = robustness.choice_influence(narrowed, n=choices.sobol_n // 2, seed=seed)
figures.sobol(within.loc["moved"], quantity="the number of plants that change their level, joint promise", basis="plants of the sample, calibrated anew for each choice, joint promise")

# %% [markdown]
# *读图：* 条形越长，该选择改变的级别越多。细线从该选择单独的作用画到它与其他选择共同的作用；线长者，通过其他选择起作用。表格依次为：每项结果的三个主导选择，每项选择主导的基准值个数，以及未变动的选择。
#
# *How to read it.* Long bar: plants change their level when this choice changes. The line begins at what the choice does alone and ends at what it does together with all others: where it is long, the choice acts through others. The tables name the three leading choices for each result, count the benchmark values that each choice leads, and list what is not varied.

# %%
leading = {"all": robustness.leading_choices(influence), "joint promise settled": robustness.leading_choices(within)}
tables.leading_choices(leading, dict.fromkeys([*space.same, *narrowed.same]))

# %%
value_shares = robustness.value_influence(narrowed, n=choices.sobol_n // 2, seed=seed)
tables.value_choices(value_shares)

# %%
tables.untried_choices(robustness.left_out(project.place("params/alternatives.yaml")))

# %% [markdown]
# ## 条形分裂的企业级别不稳 The fragile plants are those with a split bar
#
# 权重取以公布值为中心的狄利克雷分布，基准值和测量值带误差，均以该指标的企业间标准差计（A-57、A-58）；基准值为整体承诺下的测算值。每次抽取都重新定级。
#
# Weights from a Dirichlet distribution around the published ones, benchmark values and measured values with errors, each in standard deviations between the plants of its indicator; the values are those of the joint promise. The levels are decided anew in every draw.

# %%
footing = chain.Footing.of(parameters, seed=seed, folds=0)
wanted = (parameters.thresholds, settled.thresholds)
thresholds, joint = (chain.calibrate(sample, definitions, weights, one, footing=footing) for one in wanted)
rule = dict(parameters.evaluation)
bases = [evaluation.level_basis(sample, definitions, own, weights, **rule) for own in (thresholds, joint)]
basis = bases[1]
own, shaken = (robustness.level_draws(one, definitions, choices, seed=seed) for one in bases)
levels = robustness.levels_of(outcomes, settled)
figures.level_probabilities(shaken, levels=levels, basis="plants of the sample, as calibrated, joint promise")

# %% [markdown]
# *读图：* 每条一家企业，按其处于各级的次数分段，最不稳者在上，旁边为无误差时的级别。条形分裂的企业正处在分数线或限定性指标的边缘。由某企业读出的数值就是该企业自己的数值，半数抽取会使它达不到，因此许多企业更常落在原级别之下。第一张表按本次计算自己的承诺；第二张表把这些误差折合为各指标的单位。
#
# *How to read it.* One bar per plant, split by how often it stands at each level; the most fragile on top, the level without noise beside it. A split bar is a plant on the cliff of a cut or of a limiting indicator. A value read off a plant is that plant's own: noise takes it away in half of the draws, which is why many plants stand likelier below their level than at it. The first table is under the promise of this run; the second says how large these errors are in the unit of each indicator.

# %%
display(tables.fragile_plants(own, robustness.levels_of(outcomes, parameters), most=5))
tables.noise_overview(robustness.noise_in_units(basis, definitions, choices), definitions)

# %% [markdown]
# ## 换一个样本，比例和数值会变动多少 How far another sample would have moved shares and values
#
# 重复整个测算过程：换其他企业应答，带测量误差，权重随机抽取，重新测算、修约并逐一定级。若对全行业普查，则不会有此变动（A-54）。
#
# The whole chain is repeated: other plants answer, with errors of measurement and drawn weights; values are calibrated and rounded again, and every plant is decided again. A survey that asked every plant of the industry would not vary.

# %%
wanted = {"draws": robustness.repetitions(choices), "population": about["population"] or None}
wanted |= {"weight_concentration": choices.weight_concentration, "measurement_cv": choices.measurement_cv}
how = {"seed": seed, "footing": footing, "disturbance": robustness.Disturbance(**wanted)}
repeated = robustness.simulate_chain(sample, definitions, weights, settled.thresholds, **how)
figures.share_distribution(repeated.shares, promised=settled.thresholds.shares, basis="plants drawn anew, calibrated and rounded anew, joint promise")

# %%
tables.threshold_spreads(repeated.thresholds, definitions)

# %% [markdown]
# ## 仅凭权重能决定什么 What the weights alone decide
#
# 假定对权重一无所知。下表列出级别因此而定的企业，以及在全部可能权重中导致各级的比例（随机可接受度）。
#
# Suppose nothing at all were known about the weights. The table lists the plants whose level then depends on them, with the share of all possible weights that lead to each level (stochastic acceptability).

# %%
acceptability, central = robustness.level_acceptability(basis, definitions, choices, seed=seed)
tables.acceptability_overview(acceptability)

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 以下均为整体承诺下的精确计算，不靠抽样。依次为：基准值到翻转点的距离，以企业间标准差计，与单位和零点无关；各一级指标和指标的权重可变动的范围，其余按比例调整；分数线；哪些指标为限定性指标。由企业读出而其级别恰系于此的数值，收严余地可能为零，这类数值排在最上，没有条形。
#
# Exact, without draws, for the values of the joint promise. First how far benchmark values lie from their tipping points, in standard deviations between plants, which neither unit nor zero changes; then the room of the weight of each group and of each indicator, the others in proportion; then the cut, then which indicators are limiting. A value read off a plant whose level hangs on it may be tightened by nothing at all: such values stand on top, without a bar.
#
# 末三张表针对单个数据和参与者，均经整个测算过程：对数值影响最大的单元格和各存疑之处（作何处理会怎样，数值经得起几个错误）；下一步该问哪些企业；逐一去掉一家企业或一位专家。
#
# The last three tables are about single cells and those who took part, each through the calibration itself: the cells that move a value most and every open doubt resolved, with how many wrong cells the value stands; the plants to ask next; and each plant or expert left out.

# %%
tipping, stability = sensitivity.tipping_points(basis, definitions), sensitivity.weight_stability(basis)
figures.tipping_points(tipping, definitions, basis="plants of the sample, as calibrated, joint promise")

# %%
figures.weight_stability(stability, definitions, kind="both", basis="plants of the sample, as calibrated, joint promise")

# %%
cuts, limiting = sensitivity.cut_sweep(basis, range(50, 101)), sensitivity.limiting_sweep(basis)
figures.cut_sweep(cuts, cut=float(100 * basis.cuts[1]), basis="plants of the sample, as calibrated, joint promise")

# %%
tables.limiting_overview(limiting, definitions)

# %%
plants_out, experts_out = robustness.leave_one_plant_out(settled, outcomes), robustness.leave_one_expert_out(settled, outcomes)
place = project.sample_folder(parameters.sample.source, system)
compared = chain.system_of_run(definitions, about)
everyone = robustness.with_excluded(place, compared, parameters.sample)
aside = chain.set_aside_effects(sample, place, compared, parameters)
cells_out, doubts = robustness.cell_influence(settled, outcomes), robustness.resolved_doubts(settled, outcomes, everyone)
asked = robustness.worth_asking(settled, outcomes)
display(tables.set_aside_register(aside, definitions))
display(tables.single_cells_overview(cells_out, doubts, definitions))
display(tables.worth_asking_overview(asked, definitions))
tables.left_out_overview(plants_out, experts_out)

# %%
tables_kept = {"choices": effects, "influence": influence.reset_index(), "influence_joint": within.reset_index()}
tables_kept |= {"choices_joint": alone, "choices_values": by_value, "influence_values": value_shares}
tables_kept |= {"levels": own.reset_index(), "joint_levels": shaken.reset_index()}
tables_kept |= {"chain_plants": repeated.plants, "chain_shares": repeated.shares, "chain_thresholds": repeated.thresholds}
tables_kept |= {"acceptability": acceptability, "central_weights": central}
tables_kept |= {"tipping": tipping, "weight_stability": stability, "cuts": cuts.reset_index(), "limiting": limiting.reset_index()}
tables_kept |= {"without_plant": plants_out, "without_expert": experts_out}
tables_kept |= {"cells": cells_out, "doubts": doubts, "asked": asked, "set_aside": aside}
saved = [results.save(f"sensitivity/{name}", table) for name, table in tables_kept.items()]

# %% [markdown]
# 所用假设：A-54（重复模拟）、A-55至A-63（抽取、指数、精确范围）、A-65（选择作为因素）、A-29（尚未给出的答复）。全部组合的沙普利效应见Owen（2014），其估计见Song、Nelson与Staum（2016）和Goda（2021）；可接受度见Lahdelma与Salminen（2001）。出处详见各函数说明。
#
# Assumptions used: A-54 (the chain simulation), A-55 to A-63 (draws, indices, exact ranges), A-65 (choices as factors), A-29 (answers not given yet). Shapley effects over all combinations after Owen (2014), estimated after Song, Nelson and Staum (2016) and Goda (2021); acceptability after Lahdelma and Salminen (2001). The references are at the functions.
