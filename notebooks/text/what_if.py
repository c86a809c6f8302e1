# Mirror of what_if.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # What if one value, one weight or the cut were different?
#
# 如果某个基准值、权重或分数线不同,会怎样?
#
# For members of the working group. Change a number in the next cell, run all cells, and see which plants change their level. Nothing is calibrated again: the proposed standard stays as it is, apart from what you change.
#
# **Comes in:** `params/runs/`, samples, judgements. **Goes out:** the tables below, in `results/`. **Serves:** the table of comments and their handling (征求意见汇总处理表). All plants are synthetic.

# %% tags=["parameters"]
system: str = "ironmaking"
run: str = ""
promise: str = "joint"
indicator: str = "process_energy"
level: str = "III"
value: float = 380.0
weight_factor: float = 3.0
cut: float = 75.0
folder: str = "../runs/lab/what_if"

# %%
from methodology import figures, tables
from methodology.evidence.what_if import what_if_widget
from methodology.parameters import Project
from methodology.results import Results, session
from methodology.series import figures as series_figures, tables as series_tables
from methodology.series.reading import read_standard
from methodology.series.what_if import level_counts, value_sweep, what_if

project, results = Project.around(), Results(folder)
definitions, of_run = project.system(system), session.named_run(results.folder, system, run)
standard = read_standard(project, system, promise=promise, run=of_run)

# %% [markdown]
# ## Who moves is seen at once
#
# 在JupyterLab中选一项指标，拖动其基准值，或改权重、分数线，企业的级别随即更新；可撤销、可比较、可存为情景。 Choose an indicator, drag its values, change its weight or the cut: the levels follow, and a change can be undone, compared and saved as a scenario. Where a notebook is executed unattended, nothing stands below.

# %%
what_if_widget(standard, of_run)

# %% [markdown]
# ## A plant's level hangs on three kinds of numbers
#
# Each change is made alone, then all together: another benchmark value (基准值) of one indicator, another weight (权重) of it (the other weights give or take in proportion), another cut of the composite index (综合评价指数).
#
# *How to read it.* One bar per standard, from the best level to none.

# %%
wanted, factor = {(indicator, level): value}, {indicator: weight_factor}
changes = {
    "another value": what_if(standard, values=wanted),
    "another weight": what_if(standard, weight_factors=factor),
    "another cut": what_if(standard, cut=cut),
    "all three": what_if(standard, values=wanted, weight_factors=factor, cut=cut),
}
counts = level_counts(changes)
figures.level_shares(counts, title="Levels of the plants, as proposed and as changed")

# %%
series_tables.changed_levels(counts)

# %% [markdown]
# ## Which plants move
#
# Plants under their pseudonyms, with their scores after all changes together.

# %%
moved = changes["all three"].moved
series_tables.moved_plants(moved)

# %% [markdown]
# ## What would change this answer
#
# How many plants reach each level as this one value moves over the whole range of the plants, everything else as proposed. Where the lines are flat, the value does not decide; a step is a plant.

# %%
sweep = value_sweep(standard, indicator, level)
series_figures.value_sweep(sweep, definitions, indicator=indicator, level=level, proposed=standard.value(indicator, level))

# %%
saved = results.save("counts", counts.rename_axis("standard").reset_index())
saved = results.save("moved", moved)
saved = results.save("sweep", sweep)

# %% [markdown]
# Assumptions used: A-01 (exact decisions), A-02 (cells below a limit), A-03 (plants count equally). `workbench run --set` makes a full run with changed choices; this notebook only judges.
