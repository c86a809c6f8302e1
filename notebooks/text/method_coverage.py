# Mirror of method_coverage.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # Do our intervals hold what they promise?
#
# 置信区间是否名副其实?
#
# An interval that promises to hold the true benchmark value (基准值) in nineteen of twenty samples should do so. This notebook draws samples from populations whose truth is known, by each method and for the sample sizes of this field, and counts. It is the proof a reviewer asks for.
#
# **Comes in:** a seed, and the made-up plants of one industry. **Goes out:** `coverage_study.csv`, `joint_coverage.csv`. **Serves:** the choice of the interval in the chapter *benchmark values* of the compilation explanation (编制说明).

# %% tags=["parameters"]
folder: str = "../runs/lab/method_coverage"
seed: int = 20261122
repetitions: int = 400
resamples: int = 999
confidence: float = 0.95

# %%
from concurrent.futures import ThreadPoolExecutor

from methodology import chain, figures, tables
from methodology.parameters import Project
from methodology.results import Results
from methodology.series.reading import read_member
from methodology.thresholds import coverage_study

results = Results(folder)

# %% [markdown]
# ## Order statistics keep their promise, the bootstrap does not rescue a small sample
#
# Lognormal plants; the same with a tenth of the plants far dirtier; and a known finite population drawn from without replacement. A side on which no limit exists counts as holding the truth, and is counted as open as well.

# %%
with ThreadPoolExecutor(2) as pool:
    study = coverage_study(repetitions=repetitions, resamples=resamples, confidence=confidence, seed=seed, mapper=pool.map)
figures.coverage_of_intervals(study, confidence=confidence)

# %% [markdown]
# *How to read it.* One panel per population and promised share, one line per kind of interval; the line across is the promise. A line far below it is a method that claims more than its sample can carry.

# %%
tables.coverage_by_method(study)

# %% [markdown]
# ## What is gained by openness: the limit that does not exist is not invented
#
# The share of samples in which a method says that it has no limit on the strict side. A method that never says so takes its limit from elsewhere: a bootstrap from the plants it has, a model from its assumption. How often such a limit holds is in the figure and the table above; what the assumption is worth is the next section.

# %%
tables.study_by_size(study, "open_strict")

# %% [markdown]
# ## A model is worth its assumption, and no more
#
# The lognormal interval is short and right where plants are lognormal; on contaminated data it is neither.

# %%
tables.study_by_size(study.query("method == 'lognormal'"), "coverage", by="population")

# %% [markdown]
# ## The interval of a joint value includes the choice of its share
#
# The joint promise reads a value at a share that it chose on the same plants; an interval that takes the share as given holds less than it states. Here samples are drawn with replacement from all plants of the made-up ironmaking industry, the share is chosen anew on each, and the interval is held against the value of the whole industry.
#
# *How to read it.* Held should not lie below stated by more than the sampling error beside it; above is on the safe side, and most of it stems from limits that do not exist.

# %%
member = read_member(Project.around(), "ironmaking")
wanted = {"targets": member.parameters.thresholds.shares, "samples": repetitions}
joint = chain.joint_interval_coverage(
    member.industry, member.system, member.system.weights, confidence=confidence, seed=seed, **wanted
)
tables.chosen_share_coverage(joint, confidence=confidence)

# %% [markdown]
# ## What would change this answer
#
# The bias of the point estimate behind each interval, as a ratio to the truth: where it is large, no interval around it helps.

# %%
tables.study_by_size(study, "bias")

# %%
saved = results.save("coverage_study", study), results.save("joint_coverage", joint)

# %% [markdown]
# References: Hahn and Meeker (1991), *Statistical Intervals*; Efron (1987), doi:10.1080/01621459.1987.10478410; Harrell and Davis (1982), doi:10.1093/biomet/69.3.635. Assumptions used: A-10 and following.
