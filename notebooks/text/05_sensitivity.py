# Mirror of 05_sensitivity.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 5. Which choice moves the result, and how far until a level flips?
#
# 敏感性:哪些选择会改变结论?
#
# Reviewers attack a standard where it hangs on a choice. This notebook varies the choices of the run that have alternatives, alone and all at once, and lists those that it does not vary, each with the reason; it repeats the whole chain with other plants, errors and weights, and computes, exactly where that is possible, how far a weight, a benchmark value (基准值) or the cut can move before a plant changes its level.
#
# **Comes in:** `sample.parquet`, the judgements, and what to try instead of each choice (in `params/`). **Goes out:** `sensitivity/*.csv`. **Serves:** the chapter *verification* and the handling of disagreements in the compilation explanation (编制说明).

# %% tags=["parameters"]
system: str = "ironmaking"
folder: str = "../runs/lab/ironmaking"
seed: int = 20261122
draws: int = 20000
weight_concentration: float = 200.0
threshold_cv: float = 0.05
measurement_cv: float = 0.03
sobol_n: int = 256

# %%
from IPython.display import display
from methodology import chain, evaluation, figures, sensitivity, tables
from methodology.chain import robustness
from methodology.forms import has_judgements, read_judgements
from methodology.parameters import Project, choices_of, recorded
from methodology.results import Results

project, results = Project.around(), Results(folder)
definitions, choices = project.system(system), choices_of("sensitivity", globals())
parameters, sample, about = recorded(folder, system, sensitivity=choices), results.load("sample"), results.load("about")
place = project.judgements_folder(parameters.weights.source, system)
judgements = read_judgements(place, definitions) if has_judgements(place) else None

# %% [markdown]
# ## The result hangs on the choices that have a bar
#
# Every choice that has alternatives is changed alone (`params/alternatives.yaml` lists them, and says why the other choices are not tried). Weights, benchmark values and levels are derived again each time.

# %%
alternatives = robustness.load_alternatives(project.place("params/alternatives.yaml"), parameters)
outcomes = robustness.Outcomes(sample, definitions, judgements)
weights = outcomes.weights(parameters.weights)
effects = robustness.one_at_a_time(parameters, alternatives, outcomes)
moves, base = robustness.tornado_table(effects, "mean_Y_II")
figures.tornado(moves, base=base, quantity="mean composite index Y_II, points")

# %% [markdown]
# *How to read it.* Each bar is the range of the plants' mean composite index (综合评价指数) Y_II over the alternatives of one choice; the line is the run itself. A choice without a bar moves no score, but may still move a level: the cut, say, changes no score at all. The next figure counts the plants that change their level, for the values calibrated for the whole standard (joint promise, where levels are reached). A choice without a bar in either moved no score and no level under the alternatives listed; that says nothing about other alternatives, nor about the choices that are not varied, which are listed below.

# %%
settled = robustness.settled(parameters)
others = {name: values for name, values in alternatives.items() if name != "thresholds.promise"}
alone, by_value = robustness.one_at_a_time(settled, others, outcomes), robustness.values_one_at_a_time(settled, others, outcomes)
figures.tornado(robustness.tornado_table(alone, "moved")[0], base=0, quantity="plants that change their level, joint promise")

# %% [markdown]
# ## The choices that matter most, all of them tried at once
#
# All choices at once, each alternative as probable as any other, all choices about weights as one factor: shares are shares of this list of alternatives, not of the industry. Alternatives that lead to the same weights, rule and values count once. The variance of a result is split among the choices by Shapley effects, which sum to one. Where every combination can be counted they are exact, otherwise estimates with an interval; the title says which. It is done twice: over all choices, and once the joint promise is settled, because under the marginal promise hardly a plant reaches a level and the other choices cannot show what they do.

# %%
space = robustness.choice_space(parameters, alternatives, outcomes)
influence = robustness.choice_influence(space, n=max(choices.sobol_n // 8, 16), seed=seed)
narrowed = robustness.choice_space(settled, others, outcomes)
within = robustness.choice_influence(narrowed, n=choices.sobol_n // 2, seed=seed)
figures.sobol(within.loc["moved"], quantity="the number of plants that change their level, joint promise")

# %% [markdown]
# *How to read it.* Long bar: plants change their level when this choice changes. The line begins at what the choice does alone and ends at what it does together with all others (Sobol indices): where it is long, the choice acts through others. Weights over which experts argue are one bar. The table names the three leading choices for each result; the one after it counts the benchmark values (基准值) that each choice leads; the last one lists what is not varied (未变动的选择).

# %%
leading = {"all": robustness.leading_choices(influence), "joint promise settled": robustness.leading_choices(within)}
tables.leading_choices(leading, dict.fromkeys([*space.same, *narrowed.same]))

# %%
value_shares = robustness.value_influence(narrowed, n=choices.sobol_n // 2, seed=seed)
tables.value_choices(value_shares)

# %%
tables.untried_choices(robustness.left_out(project.place("params/alternatives.yaml")))

# %% [markdown]
# ## The fragile plants are those with a split bar
#
# Weights from a Dirichlet distribution around the published ones, benchmark values and measured values with errors that are relative to the value (where a plant has a negative value, to the mean magnitude, A-54); the values are those calibrated for the whole standard (joint promise), where levels are reached. The levels are decided anew in every draw.

# %%
footing = chain.Footing.of(parameters, seed=seed, folds=0)
wanted = (parameters.thresholds, settled.thresholds)
thresholds, joint = (chain.calibrate(sample, definitions, weights, one, footing=footing) for one in wanted)
rule = dict(parameters.evaluation)
bases = [evaluation.level_basis(sample, definitions, own, weights, **rule) for own in (thresholds, joint)]
basis = bases[1]
own, shaken = (robustness.level_draws(one, definitions, choices, seed=seed) for one in bases)
levels = robustness.levels_of(outcomes, settled)
figures.level_probabilities(shaken, levels=levels)

# %% [markdown]
# *How to read it.* One bar per plant, split by how often it stands at each level; the most fragile on top. The level without noise stands beside it. A split bar is a plant on the cliff of a cut or of a limiting indicator (限定性指标). A value read off a plant is that plant's own: noise takes it away in half of the draws, which is why many plants stand likelier below their level than at it. The first table below is for the values of this run, under its own promise. The second says how large these errors are beside the spread of the plants (企业间标准差): an error relative to the value hangs on where a scale begins, a spread does not.

# %%
display(tables.fragile_plants(own, robustness.levels_of(outcomes, parameters), most=5))
tables.noise_overview(robustness.noise_in_spreads(basis, definitions, choices), definitions)

# %% [markdown]
# ## How far another sample would have moved shares and values
#
# The whole chain is repeated: other plants answer, with errors of measurement and drawn weights; values are calibrated and rounded again, and every plant is decided again. A survey that asked every plant of the industry would not vary.

# %%
wanted = {"draws": robustness.repetitions(choices), "population": about["population"] or None}
wanted |= {"weight_concentration": choices.weight_concentration, "measurement_cv": choices.measurement_cv}
how = {"seed": seed, "footing": footing, "disturbance": robustness.Disturbance(**wanted)}
repeated = robustness.simulate_chain(sample, definitions, weights, settled.thresholds, **how)
figures.share_distribution(repeated.shares, promised=settled.thresholds.shares)

# %%
tables.threshold_spreads(repeated.thresholds, definitions)

# %% [markdown]
# ## What the weights alone decide
#
# Suppose nothing at all were known about the weights. The table lists the plants whose level then depends on them, with the share of all possible weights that lead to each level (stochastic acceptability).

# %%
acceptability, central = robustness.level_acceptability(basis, definitions, choices, seed=seed)
tables.acceptability_overview(acceptability)

# %% [markdown]
# ## What would change this answer
#
# Exact, without draws, for the values of the joint promise. First the benchmark values, by their distance in standard deviations between plants, which neither unit nor zero changes (°C or K, a loss or a utilisation); behind each plant the same as a share of the value. A value read off a plant whose level hangs on it may be tightened by nothing at all: such values stand on top, without a bar. Then the weight of each group and of each indicator, the others in proportion. Then the cut, then which indicators are limiting. Then single cells, each through the calibration itself: the one that moves a value most if it were not reported, and how many wrong ones a value stands; each open doubt resolved (a slip set aside, a plant that contradicts itself left out, a silent cell filled at either end); the plants to ask next. Last, who took part.

# %%
tipping, stability = sensitivity.tipping_points(basis, definitions), sensitivity.weight_stability(basis)
figures.tipping_points(tipping, definitions)

# %%
figures.weight_stability(stability, definitions, kind="both")

# %%
cuts, limiting = sensitivity.cut_sweep(basis, range(50, 101)), sensitivity.limiting_sweep(basis)
figures.cut_sweep(cuts, cut=float(100 * basis.cuts[1]))

# %%
tables.limiting_overview(limiting, definitions)

# %%
plants_out, experts_out = robustness.leave_one_plant_out(settled, outcomes), robustness.leave_one_expert_out(settled, outcomes)
place = project.sample_folder(parameters.sample.source or system)
everyone = robustness.with_excluded(place, chain.system_of_run(definitions, about), parameters.sample)
cells_out, doubts = robustness.cell_influence(settled, outcomes), robustness.resolved_doubts(settled, outcomes, everyone)
asked = robustness.worth_asking(settled, outcomes)
display(tables.cell_influence_overview(cells_out, definitions))
display(tables.resolved_doubts_overview(doubts, definitions))
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
tables_kept |= {"cells": cells_out, "doubts": doubts, "asked": asked}
saved = [results.save(f"sensitivity/{name}", table) for name, table in tables_kept.items()]

# %% [markdown]
# Assumptions used: A-54 (the chain simulation), A-55 to A-63 (draws, indices, exact ranges), A-65 (choices as factors), A-29 (answers not given yet). Shapley effects over all combinations after Owen (2014), estimated after Song, Nelson and Staum (2016) and Goda (2021); Sobol indices, where estimated, after Saltelli et al. (2010) and Jansen (1999); acceptability after Lahdelma and Salminen (2001); the references are at the functions.
