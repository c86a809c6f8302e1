"""A sample of plants gives a benchmark value per level, with its interval and attainment.

`quantile_threshold`, `threshold_interval` and `fit_lognormal` read plain arrays; `thresholds_table` calibrates a
whole indicator system; the rest are the methods other regulators use, to be shown beside.
"""

from methodology.thresholds.censored import fit_lognormal
from methodology.thresholds.comparison import (
    level_grants,
    methods_side_by_side,
    regulators_side_by_side,
)
from methodology.thresholds.coverage import coverage_study
from methodology.thresholds.intervals import threshold_interval
from methodology.thresholds.over_years import benchmarks_over_years
from methodology.thresholds.planning import planning_table
from methodology.thresholds.quantiles import quantile_threshold
from methodology.thresholds.regulators import ets_benchmark, upper_prediction_limit
from methodology.thresholds.strata import strata_side_by_side, worst_case_table

__all__ = [
    "benchmarks_over_years",
    "coverage_study",
    "ets_benchmark",
    "fit_lognormal",
    "level_grants",
    "methods_side_by_side",
    "planning_table",
    "quantile_threshold",
    "regulators_side_by_side",
    "strata_side_by_side",
    "threshold_interval",
    "upper_prediction_limit",
    "worst_case_table",
]
