# Mirror of 04_evaluation.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 4. Which level does each plant reach?
#
# 评价:每家企业达到哪一级?
#
# A plant reaches a level when its weighted score is high enough **and** every limiting indicator (限定性指标) reaches that level. This notebook applies the rule to the plants of the sample, exactly, and shows what holds each of them back. All values here are those of the promise the run proposes, as calibrated; notebook six does the same with the rounded ones.
#
# **Comes in:** `sample.parquet`, `weights.csv`, `thresholds.csv`. **Goes out:** `evaluation.csv`. **Serves:** the chapters *evaluation method* and *verification* of the compilation explanation (编制说明).

# %% tags=["parameters"]
system: str = "ironmaking"
folder: str = "../runs/lab/ironmaking"
level_one: str = "system"
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
# ## The level of a plant hangs on a cut and on its limiting indicators
#
# A score (综合评价指数 Y_g) is the sum of the weights of the indicators that reach a level; who reaches Level I reaches II and III as well. The weight of an indicator that is not applicable goes to the rest of its group, that of a whole group to the other groups. Not reported counts as not reached. Scores are compared with the cuts in exact arithmetic.

# %%
evaluation = evaluate(sample, definitions, thresholds, weights, level_one=level_one, cut=cut)
figures.level_scores(evaluation, cuts=rule.scores, basis=basis)

# %% [markdown]
# *How to read it.* One row per plant, three marks for its three scores, lines for the cuts. A plant whose marks lie to the right of the lines and that still has a low level is held back by a limiting indicator.

# %%
tables.evaluation_overview(evaluation, definitions)

# %% [markdown]
# ## Limiting indicators hold plants back whatever their score

# %%
figures.blocking_indicators(evaluation, definitions, basis=basis)

# %% [markdown]
# *How to read it.* Each bar counts the plants that one limiting indicator keeps from the next better level; *score alone* are plants whose limiting indicators all reach it, but whose score does not.

# %% [markdown]
# ## What the whole standard attains, beside each of its indicators
#
# The share promised stands beside the share of plants that reaches each indicator alone, described ones included, and the share the whole standard puts at each level or better.

# %%
whole = attainment_of_whole(evaluation)
promised = promises.set_index("level")["target"]
figures.attainment_promises(thresholds, whole, promised=promised, basis=basis)

# %%
tables.promises_side_by_side(thresholds, whole, promised=promised, basis=basis)

# %% [markdown]
# ## What would change this answer
#
# For each plant the smallest set of indicators whose improvement lifts it to the next level. Where it is one indicator, the level is one measurement away.

# %%
steps = explain_all(sample, definitions, thresholds, weights, level_one=level_one, cut=cut)
tables.next_steps_overview(steps, definitions)

# %%
saved = results.save("evaluation", evaluation)
saved = results.save("next_steps", steps)

# %% [markdown]
# Assumptions used: A-01 (exact decisions), A-02 (cells below a limit). The worked case and the four traps of the method are tests of the package.
