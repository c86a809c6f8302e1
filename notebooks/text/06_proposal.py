# Mirror of 06_proposal.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 6. Which values do we propose?
#
# 建议值:向标准提出哪些数值?
#
# A calibrated value becomes a proposed one (征求意见稿) when it is rounded to a step engineers use, is no looser than the law, and gives away no single plant. This notebook does that for the values of both promises, recounts every attainment afterwards, flags what is vacuous or steps backward, and writes the proposal with a reason beside every value.
#
# **Comes in:** `sample.parquet`, `weights.csv`, `calibrated.csv`. **Goes out:** `proposal.json`. **Serves:** the standard's tables and the chapter *benchmark values* of the compilation explanation (编制说明).

# %% tags=["parameters"]
system: str = "ironmaking"
folder: str = "../runs/lab/ironmaking"
rounding: str = "engineering"
bound_by_law: bool = True
bound_by_index: bool = True
looser: list = []
disclosure_minimum: int = 3
disclosure_rule: str = "round"
earlier_draft: int = 0

# %%
from methodology import chain, figures, tables
from methodology.parameters import Project, choices_of, recorded
from methodology.proposal import proposal_thresholds
from methodology.results import Results

project = Project.around()
definitions, earlier = project.system(system), project.draft(system, earlier_draft)
results = Results(folder)
sample, weights, calibrated, about = (
    results.load(name) for name in ("sample", "weights", "calibrated", "about")
)
parameters = recorded(folder, system, proposal=choices_of("proposal", globals()))

# %% [markdown]
# ## Every proposed value has a reason, and stands beside the values in force
#
# Rounded to the step of its indicator, to the side that keeps the promise nearest, always recounted; never looser than a mandatory limit on the same basis, than the index that is revised unless a recorded decision says so, or than the k-th plant from the dirty end; withheld or widened where fewer than the stated number of plants stand behind it, and kept as in the draft before where the difference would give a plant away. Comparators (对标值) on another basis are shown, not compared.

# %%
definitions = chain.system_of_run(definitions, about)
record = parameters.model_dump(mode="json")
how = {"run": results.run, "record": record, "earlier": earlier}
footing = chain.Footing.of(parameters, population=about["population"] or None)
proposal = chain.propose(chain.taken_apart(calibrated), weights, sample, definitions, parameters, footing=footing, **how)
basis = f"as proposed, {proposal['promise']} promise"
figures.proposal_ladder(tables.proposal_rows(proposal), definitions, basis=basis)

# %% [markdown]
# *How to read it.* One row per indicator: the three proposed levels beside the values in force and those of other standards. Hollow marks are recalled or assumed, and carry no more weight than that.

# %%
tables.proposed_values(proposal, definitions)

# %% [markdown]
# ## What the whole standard attains, beside each of its values
#
# After rounding, the share of plants that reaches each indicator alone, described ones included, and the share the whole proposed standard puts at each level or better; in the table under either promise.

# %%
attained = proposal_thresholds(proposal)
figures.attainment_promises(attained, proposal["joint_attainment"], promised=proposal["targets"], basis=basis)

# %%
tables.proposal_promises(proposal)

# %% [markdown]
# What admissible values cost: plants of the whole standard with one bound more in each column, and beside the promise what plants attain that set none of the values.

# %%
tables.bounds_overview(proposal["bounds"], proposal["targets"], proposal["cross_validated"])

# %% [markdown]
# ## What is vacuous, steps backward or was moved is flagged
#
# A value that nearly every plant reaches, that ends its scale, that is looser than what is in force or the same as the next level's, that the disclosure guard or rounding moved, or that lies outside the interval of its calibrated value: each with its reason and what would change it. No sentence holds the figure of a single plant.

# %%
tables.warnings_overview(proposal, definitions)

# %% [markdown]
# ## What would change this answer
#
# Each value with what moved it between calibration and proposal. A reason that reads *bound by law* moves with the law, *rounded* with the step, *few plants* with the sample.

# %%
tables.proposal_reasons(proposal, definitions)

# %%
tables.proposal_comparisons(proposal, definitions)

# %%
saved = results.save("proposal", proposal)

# %% [markdown]
# Assumptions used: A-45 and following (rounding, bounds, disclosure).
