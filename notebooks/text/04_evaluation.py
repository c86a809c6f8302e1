# Mirror of 04_evaluation.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 4. 每家企业达到哪一级？ Which level does each plant reach?
#
# 企业达到某级，须加权得分够高，**并且**每项限定性指标均达到该级。本笔记本对样本企业精确执行这一规则，并指出各企业受阻之处。所用数值均为本次计算拟采用的承诺下的测算值；第6个笔记本用修约后的数值重做一遍。
#
# A plant reaches a level when its weighted score is high enough **and** every limiting indicator reaches that level. This notebook applies the rule to the plants of the sample, exactly, and shows what holds each of them back. All values here are those of the promise the run proposes, as calibrated; notebook six does the same with the rounded ones.
#
# **输入：** 可比样本、权重、基准值及其承诺。**输出：** 各企业的得分与级别、升级的最短途径。**用于：** 编制说明中“评价方法”与“验证”两章。
#
# **Comes in:** the comparable sample, weights, benchmark values and their promise. **Goes out:** scores and level of every plant, and its shortest way up. **Serves:** the chapters *evaluation method* and *verification* of the compilation explanation.

# %% tags=["parameters"]
# 指标体系 indicator system
system: str = "ironmaking"
# 结果文件夹 folder of the results
folder: str = "../runs/lab/ironmaking"
# Ⅰ级判定规则的解读 reading of the Level I rule: "system" 按指标体系规定 as the system states | "limiting" 仅看限定性指标 limiting
#   indicators alone | "limiting-and-rest-at-two" 限定性指标达Ⅰ级、其余达Ⅱ级 limiting, and all others at II
level_one: str = "system"
# Ⅰ、Ⅱ级所需综合评价指数 score that Levels I and II need: ≥ 0, ≤ 100; 0：按指标体系 0: as the system states
cut: float = 0.0

# %%
from methodology import figures, tables
from methodology.evaluation import attainment_of_whole, decision_rule, evaluate, explain_all
from methodology.parameters import Project
from methodology.results import Results

definitions = Project.around().system(system)
results = Results(folder)
sample, weights, thresholds = (results.load(name) for name in ("sample", "weights", "thresholds"))
promises = results.load("promises").query("chosen")
promise = promises["promise"].iloc[0]
rule = decision_rule(definitions, level_one=level_one, cut=cut)
basis = f"as calibrated, {promise} promise"

# %% [markdown]
# ## 级别取决于分数线和限定性指标 The level of a plant hangs on a cut and on its limiting indicators
#
# 综合评价指数为达到该级的各项指标权重之和；达到Ⅰ级者也达到Ⅱ级和Ⅲ级。不适用指标的权重让给同一一级指标内的其余指标，整个一级指标不适用时让给其他一级指标；未填报视为未达到。得分与分数线按精确算术比较（A-01）。
#
# The composite index is the sum of the weights of the indicators that reach a level; who reaches Level I reaches II and III as well. The weight of an indicator that is not applicable goes to the rest of its group, that of a whole group to the other groups. Not reported counts as not reached. Scores are compared with the cuts in exact arithmetic.

# %%
figures.name_made_up(results.load("about"), results.load("weights/panel"))
evaluation = evaluate(sample, definitions, thresholds, weights, level_one=level_one, cut=cut)
figures.level_scores(evaluation, cuts=rule.scores, basis=basis)

# %% [markdown]
# *读图：* 每行一家企业，三个标记为其三级得分，竖线为分数线。标记都在线右侧而级别仍低的企业，是被限定性指标挡住的。
#
# *How to read it.* One row per plant, three marks for its three scores, lines for the cuts. A plant whose marks lie to the right of the lines and that still has a low level is held back by a limiting indicator.

# %%
tables.evaluation_overview(evaluation, definitions)

# %% [markdown]
# ## 得分再高，限定性指标不过关也升不了级 Limiting indicators hold plants back whatever their score

# %%
figures.blocking_indicators(evaluation, definitions, basis=basis)

# %% [markdown]
# *读图：* 每个条形为仅因某项限定性指标而升不了级的企业数；“仅因得分”一项，是限定性指标全部达到、只差得分的企业。
#
# *How to read it.* Each bar counts the plants that one limiting indicator keeps from the next better level; *score alone* are plants whose limiting indicators all reach it, but whose score does not.

# %% [markdown]
# ## 整套标准的达标率与单项指标的达标率 What the whole standard attains, beside each of its indicators
#
# 承诺的比例、单独达到每项指标（含定性指标）的企业比例，与整套标准评为该级及以上的企业比例并列。
#
# The share promised stands beside the share of plants that reaches each indicator alone, described ones included, and the share the whole standard puts at each level or better.

# %%
whole = attainment_of_whole(evaluation)
promised = promises.set_index("level")["target"]
figures.attainment_promises(thresholds, whole, promised=promised, basis=basis)

# %%
tables.promises_side_by_side(thresholds, whole, promised=promised, basis=basis)

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 每家企业升到上一级，最少须改进哪几项指标。只差一项的企业，其级别系于一次测量；相差四项以上的只计数，不列出。
#
# For each plant the smallest set of indicators whose improvement lifts it to the next level. Where it is one indicator, the level is one measurement away; plants more than four indicators away are counted, not listed.

# %%
steps = explain_all(sample, definitions, thresholds, weights, level_one=level_one, cut=cut)
tables.next_steps_overview(steps, definitions)

# %%
saved = results.save("evaluation", evaluation)
saved = results.save("next_steps", steps)

# %% [markdown]
# 所用假设：A-01（精确判定）、A-02（低于限值的数据）。方法的完整算例和四个易错点均已编为程序包的检验。
#
# Assumptions used: A-01 (exact decisions), A-02 (cells below a limit). The worked case and the four traps of the method are tests of the package.
