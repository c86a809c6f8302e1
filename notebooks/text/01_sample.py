# Mirror of 01_sample.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 1. Which plants may speak, and what did they say?
#
# 样本:哪些企业的数据可以使用?
#
# A benchmark value (基准值) is only as good as the plants behind it. This notebook reads the questionnaire answers of one process, checks every cell against the indicator system, and keeps plants and cells or sets them aside, each with a reason.
#
# **Comes in:** the plants of `data/samples/`, the indicator system of `params/systems/`. **Goes out:** `sample.parquet`, `corrections.csv`, `excluded.csv`, `notes.csv`, `about.json`. **Serves:** the chapter *sample and data* of the compilation explanation (编制说明).

# %% tags=["parameters"]
system: str = "ironmaking"
folder: str = "../runs/lab/ironmaking"
source: str = ""
bounds: str = "exclude"
exclude: list = []
population: int = 0
stratum: str = ""
years: str = "latest"
least_years: int = 1
correction: bool = True
covariates: list = []

# %%
from methodology import chain, figures, tables
from methodology.parameters import Project, choices_of
from methodology.results import Results
from methodology.sample import account, check_sample, correct, describe, read_register, read_sample
from methodology.sample import sample_overview, years_spread

project = Project.around()
definitions = project.system(system)
choices = choices_of("sample", globals())
results = Results(folder)
place = project.sample_folder(source, system)

# %% [markdown]
# ## Every plant is kept, or left out with a reason
#
# Plants are left out by name only, with a reason that is printed here; nobody drops out silently. A cell outside the physical bounds of its indicator is set aside as *not reported*, and listed. Every filled row of the table is a plant, a row that is named as skipped, or a fault.

# %%
sample = read_sample(place, definitions, choices=choices)
tables.what_was_read(account(place, definitions))

# %%
tables.excluded_plants(sample)

# %%
tables.cell_notes(sample.notes, definitions)

# %% [markdown]
# ## Silence, absence and a detection limit are three different things
#
# Each cell is measured, below a stated limit, not reported or not applicable. Not reported counts as not reached later on; not applicable gives its weight to the others; a value below a limit is known to be good, but not how good.

# %%
figures.sample_states(sample, definitions, title="Silence, absence and a detection limit are kept apart")

# %% [markdown]
# *How to read it.* One row per indicator, one column per plant, under pseudonyms. Many unanswered cells in one row make its benchmark value lean toward plants that report.

# %%
tables.sample_overview(sample, definitions)

# %% [markdown]
# ## How far plants differ, indicator by indicator
#
# Where dots crowd in one place, a benchmark value separates plants that hardly differ. The quartiles below are means of the plants around them, so that none of them is one plant's figure.

# %%
figures.sample_spread(sample, definitions)

# %% [markdown]
# *How to read it.* Each dot is a plant: its distance from the median in units of the range between the 10 % and the 90 % quantile, cleaner to the left. A hollow mark is a value below its limit.

# %%
tables.spreads(sample_overview(sample, definitions).spread, definitions)

# %% [markdown]
# ## How far a plant's own years lie apart
#
# Where a sample holds several years, one row speaks for each plant: its last year or the mean of its years, as `years` says; `least_years` leaves out plants with fewer. Whether years tell plants apart is the spread within plants beside the spread between them.
#
# *How to read it.* A share within of one half says that half of the variance between single values comes from the years of one plant. Drift is the median change per year.

# %%
tables.years_spread(years_spread(sample, definitions, at_least=3), definitions)

# %% [markdown]
# ## Which parts of the industry the sample stands for
#
# Set beside the register of all known plants, stratum by stratum. A part of the industry without a plant in the sample has no voice in a benchmark value.

# %%
register = read_register(project.register(system, source))
coverage = chain.industry_coverage(sample, definitions, register)
figures.strata_coverage(coverage)

# %% [markdown]
# *How to read it.* Bars are the share of known plants that the sample holds, marks the share of their capacity.

# %%
tables.strata_covered(coverage)

# %% [markdown]
# ## Plants are compared on the same footing
#
# A norm that judges plants after corrections (ore grade, scrap ratio, product) adds them to its threshold. A calibration has to subtract them from the plant's value, or it compares plants that differ in their ore and not in their practice. Both ways give every plant the same level; raw and corrected values are both kept. A plant that does not report the attribute a correction needs counts as not reported.

# %%
definitions = chain.with_covariates(definitions, sample, choices)
corrections = correct(sample, definitions)
compared = corrections.sample if correction else sample
figures.corrected_values(corrections, definitions, used=correction)

# %% [markdown]
# *How to read it.* Each line joins the reported value of a plant with its corrected one. Where lines cross, the correction changes who is cleaner.

# %%
tables.corrections_overview(corrections, used=correction)

# %% [markdown]
# ## What would change this answer
#
# Relations that must hold in every plant (balances of iron, carbon, energy) and the signs of usual reporting errors. Each line is a question to the plant; a plant that cannot answer it belongs into `exclude`, with the reason.

# %%
problems, doubts = check_sample(place, definitions, choices=choices)
tables.doubts(doubts)

# %%
saved = results.save("sample", compared)
saved = results.save("corrections", corrections.terms)
saved = results.save("coverage", coverage)
calibrated = {"covariates": definitions.calibrated_record()}
saved = results.save("about", describe(place, choices, sample) | calibrated)

# %% [markdown]
# Assumptions used: A-02 (cells below a limit), A-90 to A-94 (reading, bounds, disclosure). Sources of every anchor and bound stand in the YAML of the system.
