# Mirror of scenarios.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # Which choice of ours moves the standard, and how far?
#
# 情景比较:换一种做法,标准会变成什么样?
#
# A standard rests on choices that could have been made otherwise. Each scenario in `params/scenarios/` changes one of them and says why; all of them are put side by side here: values, levels, and what they promise and keep.
#
# **Comes in:** `params/runs/`, `params/scenarios/`, samples, judgements. **Goes out:** the tables below, in `results/`. **Serves:** the chapter *choice of method and handling of disagreements* of the compilation explanation (编制说明). All plants are synthetic.

# %% tags=["parameters"]
run: str = "ironmaking"
scenarios: list = []
against: str = "ironmaking"
folder: str = "../runs/lab/scenarios"

# %%
from methodology import figures, tables
from methodology.series import scenarios as side_by_side
from methodology.parameters import Project, load_scenarios
from methodology.results import Results
from methodology.series import figures as series_figures, tables as series_tables
from methodology.series.reading import scenario_members

project = Project.around()
stated = load_scenarios(project, run=run, names=scenarios)
definitions = project.system(stated[0].parameters.system)
results = Results(folder)

# %% [markdown]
# ## Each scenario changes one choice and says why
#
# The first row is the run itself. A scenario starts from a run or from another scenario, and states only what differs; unknown names and wrong types are refused before anything is computed.

# %%
series_tables.scenarios_overview(stated)

# %% [markdown]
# ## How far each scenario moves the values
#
# Every scenario is calibrated, rounded and held against the law as its choices say.
#
# *How to read it.* One row per indicator, one panel per level: marks show how far the value of a scenario lies from the one at zero, named in the parameters. Where all marks of a scenario lie on one side, it is stricter or looser as a whole.

# %%
standards = side_by_side.scenario_standards(scenario_members(project, stated))
values = side_by_side.scenario_values(standards, against=against)
series_figures.scenario_values(values, definitions, against=against)

# %%
series_tables.scenario_values(values, definitions)

# %% [markdown]
# ## Which levels the same plants get
#
# Levels of the plants of each sample under its own values. A census (普查) judges all known plants, the others the sample.

# %%
levels = side_by_side.scenario_levels(standards, against=against)
figures.level_shares(levels.set_index("scenario"))

# %% [markdown]
# ## What a share kept on the sample is in the industry
#
# A share promised of the whole standard is kept on the plants that made the values. Among all known plants it differs, by as much as the title says: others were drawn, some were silent, some slipped. Only synthetic plants let us see it.
#
# *How to read it.* The line is the promise; the filled mark the sample; the hollow mark the industry; the cross what a single value lets through.

# %%
attainment = side_by_side.scenario_attainment(standards)
series_figures.scenario_attainment(attainment)

# %% [markdown]
# ## What would change this answer
#
# A scenario matters as far as it moves plants. The count of moved plants says which disagreements are worth a meeting, and which may be settled by the secretary.

# %%
series_tables.scenario_levels(levels, attainment, against=against)

# %%
for name, table in {"values": values, "levels": levels, "attainment": attainment}.items():
    saved = results.save(name, table)

# %% [markdown]
# Assumptions used: A-20 and A-21 (corrections), A-51 (joint promise), A-76 (silence of plants). Weights: Rezaei (2015), doi:10.1016/j.omega.2014.11.009.
