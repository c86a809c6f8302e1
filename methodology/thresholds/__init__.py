"""A sample of plants gives a benchmark value per level, with its interval and attainment.

`quantile_threshold`, `threshold_interval` and `fit_lognormal` read plain arrays; `thresholds_table` calibrates a
whole indicator system; the rest are the methods other regulators use, to be shown beside.
"""

from methodology.thresholds.censored import (
    CensoredFit,
    CensoredQuantile,
    censored_quantile,
    fit_lognormal,
    kaplan_meier,
    plotting_positions,
)
from methodology.thresholds.comparison import (
    methods_side_by_side,
    regulators_side_by_side,
)
from methodology.thresholds.covariate import (
    CovariateCurve,
    covariate_bands,
    covariate_curve,
    slope_test,
)
from methodology.thresholds.coverage import coverage_study, true_value
from methodology.thresholds.given_values import StatedValue, stated_table
from methodology.thresholds.hierarchical import Hierarchy, hierarchical_lognormal
from methodology.thresholds.intervals import ThresholdInterval, threshold_interval
from methodology.thresholds.level_corrections import level_grants
from methodology.thresholds.level_intervals import shared_tail
from methodology.thresholds.order_statistics import (
    RankInterval,
    rank_coverage,
    rank_interval,
    smallest_sample,
)
from methodology.thresholds.over_years import benchmarks_over_years
from methodology.thresholds.planning import (
    planning_table,
    plants_to_publish,
    plants_to_tell_apart,
)
from methodology.thresholds.prediction import epa_distribution, upper_prediction_limit
from methodology.thresholds.quantile_regression import quantile_regression
from methodology.thresholds.quantiles import harrell_davis_weights, quantile_threshold
from methodology.thresholds.regulators import (
    ets_benchmark,
)
from methodology.thresholds.strata import (
    StratifiedThresholds,
    coverage_table,
    stratum_of,
    stratum_weights,
    thresholds_by_stratum,
    worst_case_table,
)
from methodology.thresholds.strata_beside import strata_side_by_side
from methodology.thresholds.table import thresholds_table
from methodology.thresholds.values import stated_columns, value_matrix
from methodology.thresholds.variability import lognormal_variability_factor

__all__ = [
    "CensoredFit",
    "CensoredQuantile",
    "CovariateCurve",
    "Hierarchy",
    "RankInterval",
    "StatedValue",
    "StratifiedThresholds",
    "ThresholdInterval",
    "benchmarks_over_years",
    "censored_quantile",
    "covariate_bands",
    "covariate_curve",
    "coverage_study",
    "coverage_table",
    "epa_distribution",
    "ets_benchmark",
    "fit_lognormal",
    "harrell_davis_weights",
    "hierarchical_lognormal",
    "kaplan_meier",
    "level_grants",
    "lognormal_variability_factor",
    "methods_side_by_side",
    "planning_table",
    "plants_to_publish",
    "plants_to_tell_apart",
    "plotting_positions",
    "quantile_regression",
    "quantile_threshold",
    "rank_coverage",
    "rank_interval",
    "regulators_side_by_side",
    "shared_tail",
    "slope_test",
    "smallest_sample",
    "stated_columns",
    "stated_table",
    "strata_side_by_side",
    "stratum_of",
    "stratum_weights",
    "threshold_interval",
    "thresholds_by_stratum",
    "thresholds_table",
    "true_value",
    "upper_prediction_limit",
    "value_matrix",
    "worst_case_table",
]
