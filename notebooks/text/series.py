# Mirror of series.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # Do the standards of the series agree, with each other and with the others?
#
# 整个系列:各标准彼此协调吗,与其他标准协调吗?
#
# The working group makes a series of standards, not one. A value in one must agree with its siblings, and each with law, norms and foreign practice. This notebook calibrates every member as its run does, puts them side by side, and says where they contradict each other.
#
# **Comes in:** `params/runs/`, samples, judgements, registers, `data/reference/`. **Goes out:** the tables below, in `results/`. **Serves:** the chapters *coordination with other standards* and *effect* of the compilation explanation (编制说明). All plants are synthetic: the numbers show what the workbench says, not what the industry is.

# %% tags=["parameters"]
systems: list = ["sintering", "pelletizing", "coking", "ironmaking", "converter_steelmaking", "electric_steelmaking", "rolling", "integrated_works"]
whole: str = "integrated_works"
promise: str = "joint"
level: str = "II"
draws: int = 2000
seed: int = 20261122
year: int = 2026
aged_after: int = 10
folder: str = "../runs/lab/series"

# %%
from IPython.display import display

from methodology import figures, series, tables
from methodology.parameters import Project
from methodology.results import Results
from methodology.series import figures as series_figures, tables as series_tables
from methodology.series.reading import read_references, read_series

project = Project.around()
members, reference = read_series(project, systems), read_references(project)
definitions, names = [member.system for member in members], series.labels(members)
results = Results(folder)

# %% [markdown]
# ## Values set one by one make standards that nobody attains
#
# Every member is calibrated twice: so that each value alone keeps its share of plants (marginal promise), and so that the whole standard does (joint promise). Populations that are no single one (ores, routes) are calibrated by stratum, as their runs say.
#
# *How to read it.* Two bars per standard. The table weights the plants of the sample up to the register of all known plants; brackets are an interval over which plants were asked. *Truth* can be counted only because the plants are synthetic: it shows how far a count on the very plants that made the values can be off.

# %%
standards = series.calibrate_series(members)
chosen = standards[promise]
levels = series.levels_across([*standards["marginal"], *standards["joint"]])
now = series.plants_at_levels(chosen, draws=draws, seed=seed)
display(series_figures.series_levels(levels, names))
series_tables.industry_levels(now, names)

# %% [markdown]
# ## All values fit on one page
#
# Values that are proposed, after rounding and law, as in each run.
#
# *How to read it.* The figure shows the promise named in the parameters, each row on its own scale, cleaner to the left; the band reaches from the best to the worst tenth of the plants. The table has both promises. Signs behind a name tell that the centre of its synthetic plants is recalled or assumed.

# %%
values = {name: series.values_across(own) for name, own in standards.items()}
display(series_figures.series_values(values[promise], definitions, title="All values of the series on one page"))
series_tables.series_values(values, definitions)

# %% [markdown]
# ## One word means one thing, with exceptions
#
# An id that occurs in several systems must have one unit, one direction, one description, and be limiting in all of them or in none. Each row below is a difference that the working group has to want, or to remove.

# %%
words = series.same_words(definitions)
series_tables.sibling_words(words)

# %% [markdown]
# ## One quantity gets different values
#
# Quantities with one definition and one boundary should have one value. They do not, since each standard has its own plants; the last column says whether the samples can tell the values apart, or whether the difference is noise that a common value would remove.

# %%
same = series.same_values(chosen, reference["siblings"])
series_tables.sibling_values(same, names)

# %% [markdown]
# ## The whole asks for more than its parts together
#
# A works (联合企业) whose processes all stand exactly at a level must be able to reach that level as a whole. With fixed output ratios the values of the processes add up to more than the value of the whole wherever the bar passes the line: such values contradict each other.
#
# *How to read it.* Right of the line a works fails as a whole although no process fails. Carbon dioxide contradicts itself because process boundaries differ: gas that a furnace exports is not credited there and is counted again where it burns.

# %%
sums = {name: series.sums_of_parts(own, reference["siblings"]) for name, own in standards.items()}
display(series_figures.parts_against_whole(sums[promise]))
series_tables.room_left(sums)

# %% [markdown]
# ## The level of a works is not the level of its parts
#
# Works are followed through their processes by the column `works` of the samples. A works can be at the best level in all parts and not as a whole, or the other way round.
#
# *How to read it.* Framed parts are worse than their works. In the table, *all known* judges the whole synthetic population under the same values.

# %%
works = series.works_levels(chosen, whole=whole)
known = series.works_levels(chosen, whole=whole, industry=True)
disagreement = {
    "sample": series.parts_and_whole(works, whole=whole),
    "all known": series.parts_and_whole(known, whole=whole),
}
display(series_figures.works_levels(works, names))
series_tables.parts_and_whole(disagreement)

# %% [markdown]
# ## The samples see large plants less well than others
#
# Coverage (覆盖) is counted in plants and in capacity, against the register of each system. Where the mark lies left of the end of its bar, large plants are missing.

# %%
coverage = series.series_coverage(members)
totals = series.coverage_totals(coverage, names)
display(figures.strata_coverage(totals, title="How much of the industry the samples hold"))
series_tables.strata_left_out(coverage, names)

# %% [markdown]
# ## What adoption would save hangs on the promise
#
# If every known plant reached the level named in the parameters on the indicators of energy, carbon, water and emissions, this much would be saved. It rests on A-88: output equals capacity, plants move exactly to the value, silent plants are like the others, and emissions are counted where a volume of waste gas is known. The interval covers which plants were asked, and nothing else.
#
# *How to read it.* The figure shows processes under the promise named in the parameters; the table both promises, and the works as a whole, which see the same energy again.

# %%
saved = series.savings_by_promise(standards, reference["effects"], level=level, draws=draws, seed=seed)
display(series_figures.savings(series.drawn_savings(saved, names, promise=promise)))
series_tables.savings_overview(saved, names)

# %% [markdown]
# ## The previous index is looser than the law in places, and out of reach in others
#
# The previous index (前一版指标体系) judged integrated works by rows that now belong to several systems. Its values are put on the same works, joined with their processes, beside the new values of the same indicators. Values of its environmental rows are reached by nearly all plants of today; some of its equipment rows by nearly none.
#
# *How to read it.* Right of the line an old value is looser than a mandatory limit of today. Base values of energy norms are meant before corrections, and the table says so.

# %%
stale = series.staleness(chosen)
summary = series.previous_index(chosen, whole=whole).summary()
display(series_figures.staleness(series.held_against_law(stale, chosen)), series_tables.previous_levels(summary))
series_tables.staleness_overview(stale, definitions)

# %% [markdown]
# ## Hardly any foreign value rests on the basis of a Chinese one
#
# Values of China, the EU, the US and Japan are brought to one unit and one oxygen reference where both are stated. Averaging times are never converted: how far an hourly limit lies above a yearly mean depends on the plant. Each value that cannot be compared says why.

# %%
abroad = series.foreign_values(definitions, reference["bases"], reference["international"])
aspects = {"en": "energy", "wa": "water", "po": "air", "gh": "carbon"}
gaps = series.foreign_gaps(definitions, abroad, reference["international_gaps"], aspects)
display(series_figures.values_abroad(abroad, definitions), series_tables.values_abroad(abroad, definitions))
series_tables.gaps_abroad(gaps, names)

# %% [markdown]
# ## The standards system has gaps next to well-covered fields
#
# The map (标准体系) shows Chinese documents of our list, process by process; gaps and aged cells become items to propose. Missing means missing from our list.

# %%
fields = ["cleaner-production", "energy", "air", "water", "carbon", "monitoring", "management", "access"]
look = {"processes": systems, "aspects": fields, "year": year, "aged_after": aged_after}
cover = series.coverage_of_standards(reference["standards"], **look)
items = series.proposed_items(cover)
display(series_figures.standards_map(cover, processes=names, aspects=fields))
series_tables.proposed_items(items, names)

# %% [markdown]
# ## What would change this answer
#
# Contradictions between whole and parts move with the promise and with the output ratios, which are assumed: the table counts how far each ratio could be off before a finding turns.

# %%
series_tables.turning_ratios(sums[promise])

# %%
for name, table in {
    "levels": levels, "industry": now, "values": values[promise], "words": words, "same": same,
    "sums": sums[promise], "works": works.reset_index(), "coverage": coverage, "savings": saved, "stale": stale,
    "previous": summary.rename_axis("judged_by").reset_index(), "abroad": abroad, "gaps": gaps, "map": cover, "items": items,
}.items():
    saved_as = results.save(name, table)

# %% [markdown]
# References: Holt and Smith (1979), doi:10.2307/2344652; Booth, Butler and Hall (1994), doi:10.1080/01621459.1994.10476868. Assumptions used. Sources and status of every number stand in the systems and in `data/reference/`.
