# Mirror of 02_weights.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 2. How much should each indicator count?
#
# 权重:各指标应占多大比重?
#
# Weights (权重) turn a list of indicators into one score. This notebook turns judgements of experts, or the data themselves, into weights, shows how consistent each expert was and how far they disagree, and sets the other methods beside the chosen one.
#
# **Comes in:** `data/judgements/`, `sample.parquet`. **Goes out:** `weights.csv`, `weights_unrounded.csv`. **Serves:** the chapter *weights* of the compilation explanation (编制说明).

# %% tags=["parameters"]
system: str = "ironmaking"
folder: str = "../runs/lab/ironmaking"
source: str = ""
method: str = "ahp"
aggregation: str = "AIJ"
priority: str = "eigenvector"
random_index: str = "saaty-1980"
consistency_limit: float = 0.1
combine_with: str = "none"
combination: str = "convex"
expert_share: float = 1.0
decimals: int = 3
given: list = []

# %%
from methodology import figures, tables
from methodology.chain import robustness
from methodology.forms import has_judgements, read_judgements
from methodology.parameters import Project, choices_of, recorded
from methodology.results import Results
from methodology.sample import describe_panel
from methodology.series import tables as series_tables
from methodology.weights import derive_weights, methods_side_by_side
project, results, choices = Project.around(), Results(folder), choices_of("weights", globals())
definitions = project.system(system)
sample, place = results.load("sample"), project.judgements_folder(source, system)
judgements = read_judgements(place, definitions) if has_judgements(place) else None

# %% [markdown]
# ## Judgements that contradict themselves are named and left out
#
# An expert who prefers A to B, B to C and C to A has not weighed the three. The consistency ratio (Saaty 1980) measures it at every node of the hierarchy; a matrix above the limit is left out of that node, by this rule and not by hand.

# %%
result = derive_weights(definitions, judgements, sample, choices)
figures.expert_consistency(result.consistency, limit=consistency_limit)

# %% [markdown]
# *How to read it.* Each dot is one judgement matrix (判断矩阵) of one expert, under a pseudonym; dots beyond the shaded band contradict themselves too much.

# %%
tables.notes_overview(result.notes)

# %% [markdown]
# ## Which indicators carry the score
#
# Published weights are rounded once, by largest remainder: the indicators of a group add up to exactly its weight, the groups to exactly one, and the number printed is the number used. The weight within a group is the quotient of the two. The chosen method decides how single judgements become one weight.

# %%
figures.weights_spread(result.published, definitions, result.expert_weights)

# %% [markdown]
# *How to read it.* Bars are the weights used; dots what each expert alone would give. A long line is an indicator the experts disagree about. * marks limiting indicators (限定性指标).

# %%
tables.weights_overview(result.published, definitions, result.expert_weights)

# %% [markdown]
# ## What experts disagree about

# %%
figures.disagreement_map(result.expert_weights, result.published, definitions)

# %% [markdown]
# *How to read it.* Each cell is the weight one expert alone would give, minus the weight used. A row with both colours is an indicator to talk about before the next round.

# %% [markdown]
# ## What other methods would give
#
# Weights from data reward what separates plants, weights from experts what matters to them. They are shown side by side, and never mixed unless a run says so.

# %%
others = methods_side_by_side(definitions, judgements, sample, choices)
figures.methods_side_by_side(others.weights, definitions, chosen=method)

# %% [markdown]
# *How to read it.* One row per indicator, one mark per method; where the marks lie apart, the method matters. Methods that give no weights here are listed with the reason.

# %%
tables.refusals_overview(others.refused)

# %% [markdown]
# ## What the choice of weights does to the levels
#
# Benchmark values are held fixed, calibrated for the joint promise with the chosen weights; only the weights change. *unrounded* is the chosen method before its weights were rounded for publishing.

# %%
record = recorded(folder, system, weights=choices)
everything = {"chosen": result.published, "unrounded": result.table, **others.tables}
moved = robustness.levels_by_weights(sample, definitions, everything, record, chosen="chosen")
figures.level_shares(moved)

# %%
series_tables.changed_levels(moved, of="weights")

# %% [markdown]
# ## What would change this answer
#
# Leaving out one expert at a time: the range of each weight over the remaining panels, which is neither rounded nor blended, beside the weight as published.

# %%
tables.weights_without_one(result.stability, definitions)

# %%
saved = results.save("weights", result.published)
saved = results.save("weights_unrounded", result.table)
saved = results.save("weights_levels", moved.reset_index())
saved = results.save("weights/panel", describe_panel(place, judgements))

# %% [markdown]
# Assumptions used: A-30 and following (weights). Saaty (1980) *The Analytic Hierarchy Process*; aggregation of individual judgements: Aczél and Saaty (1983), doi:10.1016/0022-2496(83)90028-7. The published checks are tests of the package.
