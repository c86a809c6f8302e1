# Mirror of 03_thresholds.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 3. Where should each level begin?
#
# 基准值:Ⅰ、Ⅱ、Ⅲ级从哪里开始?
#
# Recalled practice lets about 5 %, 20 % and 50 % of plants reach Level I, II and III of an indicator. This notebook reads those benchmark values (基准值) off the sample, says how far the sample can carry them, and shows what the standard as a whole then does with the same plants.
#
# **Comes in:** `sample.parquet`, `weights.csv`. **Goes out:** `thresholds.csv`, `promises.csv`, `frontier.csv`, and what they are compared with. **Serves:** the chapter *benchmark values* of the compilation explanation (编制说明).

# %% tags=["parameters"]
system: str = "ironmaking"
folder: str = "../runs/lab/ironmaking"
seed: int = 20261122
share_I: float = 0.05
share_II: float = 0.2
share_III: float = 0.5
promise: str = "joint"
strictness_I: float = 0.0
strictness_II: float = 0.0
strictness_III: float = 0.0
given: list = []
point_reason: str = ""
method: str = "attainment"
expert_reason: str = ""
interval: str = "order-statistic"
confidence: float = 0.95
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
# ## What the choice of strictness costs
#
# How strict a standard is, is a choice. The frontier shows what each choice buys: the share of plants the whole standard puts at a level as every indicator lets through fewer of them, all levels moving together. Values stay within what is admissible: never looser than law, than the index that is revised unless a recorded decision says so, nor than the k-th plant from the dirty end; and nobody loosens a value by reporting less.
#
# *How to read it.* Further right is stricter. The circle is the promise kept by each indicator alone, the diamond the promise kept by the whole standard within law alone, the star the point that is proposed; a mark above the line stands on values that are not admissible. A flat stretch costs nothing to tighten, a steep one is where a little strictness decides over many plants. The band holds what other samples of this size would show.

# %%
definitions = chain.system_of_run(definitions, about)
industry = read_industry(project, definitions, parameters)
setting = chain.Setting.of(parameters.model_copy(update={"thresholds": choices}), industry=industry)
frontier = chain.frontier(sample, definitions, weights, seed=seed, setting=setting)
figures.calibration_frontier(frontier, frontier.points, basis="as calibrated")

# %%
costs = chain.bound_costs(sample, definitions, weights, choices, footing)
display(tables.bounds_overview(costs.to_dict("records"), shares))
display(tables.along_overview(frontier, frontier.along, definitions))
tables.frontier_overview(frontier.points)

# %% [markdown]
# ## Where each level begins among the plants of the sample
#
# The value is the cleanest one that at least a stated share of plants reaches (Hyndman and Fan 1996, type 1), ties included. Under the marginal promise that is the promised share itself; under the joint one it is the common share at which the whole standard keeps the promise. Both are calibrated here, once; `promise` says which is shown and proposed. It rests on A-03: plants count equally, whatever their output.
#
# *How to read it.* Plants are sorted from the cleanest; a diamond is a benchmark value, its bar the interval. A dashed arrow means that the sample cannot bound the value on that side. Ticks are comparators (对标值) on the same basis, hollow where recalled or assumed.

# %%
calibrated = chain.calibrate_both(
    sample, definitions, weights, choices, footing=footing
)
values, marginal = calibrated[promise], calibrated["marginal"]
figures.thresholds_on_sample(sample, definitions, values, basis=basis)

# %% [markdown]
# ## What a sample of this size can bound
#
# For a value that few plants reach, a small sample has no two-sided distribution-free interval. The table says which limit does not exist, and which confidence the other one really has.

# %%
tables.thresholds_overview(values, definitions)

# %% [markdown]
# ## What other methods would give
#
# At the shares of the marginal promise: the attainment quantile beside smoother and parametric readings, the mean of the best (EU ETS) and the prediction limit of the best (US EPA). A smooth fit is left out where the values are a censored mixture. Where plants have several years or runs, a hierarchical model keeps plants and years apart and stands beside the count.
#
# *How to read it.* One row per indicator, one mark per method, relative to the value of the chosen method; to the right is looser. Where marks lie apart, the method decides and not the data.

# %%
others = thresholds.methods_side_by_side(sample, definitions, shares)
by_year = {name: sample.yearly(name) for name in definitions.ids}
yearly = thresholds.benchmarks_over_years(by_year, definitions, shares, seed=seed)
display(tables.over_years_overview(yearly, definitions))
estimates = others.query("kind == 'estimate' or method == @method")
alone = "as calibrated, marginal promise"
figures.threshold_methods(estimates, definitions, chosen=method, basis=alone)

# %% [markdown]
# ## What the reading of values below a limit does to the strictest level
#
# Likelihood, regression on order statistics, Kaplan-Meier, and half the limit under its own name, each beside the reading that takes the limit at its word. *How to read it.* As above, for the indicators with such values; a mark to the left claims to know what lies below the limit; Kaplan-Meier knows no more than the limit that hides the value.

# %%
limited = others[others["indicator"].isin(others.query("kind == 'below a limit'")["indicator"])]
limited = limited.query("kind == 'below a limit' or method == 'attainment'")
figures.threshold_methods(
    limited, definitions, chosen="attainment", level="I", told="limits as limits", basis=alone
)

# %% [markdown]
# ## Which methods state a limit, and which say that none exists
#
# Every kind of interval for the strictest level. Order statistics say that no limit exists where none does; a model buys one with its assumption; a bootstrap only looks as if it had one (see *method_coverage*). *How to read it.* A bar per method; a dashed line that leaves the figure is a limit that does not exist.

# %%
kinds = thresholds.intervals_side_by_side(
    sample, definitions, shares, confidence=confidence, population=population
)
figures.interval_methods(kinds, marginal, definitions, level="I", basis=alone)

# %% [markdown]
# ## Where regulators elsewhere would draw the line
#
# The EU's mean of the best tenth, the US floor with its prediction limit, the variability factor of the US effluent guidelines. Yearly values stand for runs and days, so the last two are narrower than at home; a BREF value has no formula and needs its expert (method `bat-ael`). *How to read it.* Each mark is the share of these plants that would reach the value.

# %%
foreign = thresholds.regulators_side_by_side(sample, definitions)
figures.regulators_beside(foreign, values, definitions, basis=basis)

# %% [markdown]
# ## Which values parts of the industry would have
#
# Each stratum by itself, and all plants weighted to the register. *How to read it.* Marks of one attribute that lie apart say that one value for all is strict for one part and loose for the other; strata with too few plants are left out with the reason in `strata.csv`.
#
# Where plants differ by degree, not by kind, a value can move with a covariate (scrap share, hot metal) instead: quantile regression at the shares of all levels, one slope for all, beside the flat value, with the plants that gain and lose by it and a test whether the slope is worth its clause.

# %%
register = read_register(project, system, stratum=parameters.sample.stratum, source=parameters.sample.source)
known = register if len(register) else None
strata = thresholds.strata_side_by_side(sample, definitions, shares, definitions.strata, register=known)
lines = chain.covariate_lines(sample, definitions, shares, confidence=confidence, seed=seed)
effects = chain.covariate_effects(sample, definitions, shares, seed=seed)
display(*figures.values_along_covariates(lines, sample, definitions, basis=alone))
display(tables.covariates_overview(effects, definitions))
figures.threshold_methods(
    strata, definitions, chosen="all plants", told="all plants as they came", basis=alone
)

# %% [markdown]
# ## A promise per indicator is not a promise about the whole standard
#
# Every plant must reach most indicators at once. So a standard whose values are set one by one is attained by far fewer plants than each of its values. The joint promise raises one common share per level until the whole rule keeps it.
#
# *How to read it.* The bar is the wanted share of plants; the dot the share every single indicator must let through so that the whole standard keeps its promise. The hollow diamond says how optimistic a count on the same plants is. Where plants are synthetic, the cross counts the whole industry, which has no silent cells. Where it lies apart from the bar, plants that were not asked differ from those that were, and values were set on cells of which some were not reported; the figure does not tell the two apart.

# %%
both = chain.both_promises(
    calibrated, sample, definitions, weights, chosen=promise, industry=industry, footing=footing
)
joint = both.query("promise == 'joint'").rename(columns={"whole_share": "attainment"})
figures.promise_gap(joint, basis="as calibrated, joint promise")

# %%
tables.promises_table(both)

# %%
tables.silence_overview(calibrated["joint"].silence)

# %% [markdown]
# ## What would change this answer
#
# How many plants would carry which statement; and what the plants that did not answer could do.

# %%
sizes = dict.fromkeys([None, population])
tables.planning_overview(*(thresholds.planning_table(size, shares, confidence=confidence) for size in sizes))

# %% [markdown]
# And the worst case of the plants that did not answer: the range of each value if every missing plant stood at one end. An open end means that the missing plants alone decide.
#
# What single doubtful values, silent cells and left-out plants would do, and which plants to ask next, stands in one place: notebook 5, *What would change this answer*.

# %%
everyone = max(about["population"], len(sample.plants))
worst = thresholds.worst_case_table(sample, definitions, shares, everyone)
tables.worst_case_overview(worst, definitions)

# %%
grants = thresholds.level_grants(sample, definitions, values)
made = {"thresholds": values, "calibrated": chain.stacked(calibrated), "promises": both, "methods": others}
made |= {"frontier": frontier, "frontier_points": frontier.points, "frontier_values": frontier.along}
made |= {"worst_case": worst}
made |= {"over_years": yearly, "covariates": effects, "covariate_lines": lines}
made |= {"intervals": kinds, "strata": strata, "regulators": foreign, "level_grants": grants}
saved = [results.save(name, table) for name, table in made.items()]
tables.level_grants_overview(grants, definitions)

# %% [markdown]
# The last table: a correction that a norm grants at some levels only is made at those levels alone (A-22, decision 11); the table counts whom it helps and what the value would be without it.
#
# References: Hyndman and Fan (1996), doi:10.1080/00031305.1996.10473566; Hahn and Meeker (1991), *Statistical Intervals*. Assumptions used: and following.
