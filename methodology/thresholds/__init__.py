"""A sample of plants gives a benchmark value per level, with its interval and attainment.

`quantile_threshold`, `threshold_interval` and `fit_lognormal` read plain arrays; `thresholds_table` calibrates a
whole indicator system; the rest are the methods other regulators use, to be shown beside.
"""

from methodology.thresholds.attainment import reaches
from methodology.thresholds.censored import (
    CensoredFit,
    CensoredQuantile,
    censored_quantile,
    fit_lognormal,
    kaplan_meier,
    plotting_positions,
)
from methodology.thresholds.corrections import (
    Corrections,
    correct,
    correction_addends,
    norm_thresholds,
    reached_by_calibration,
    reached_by_norm,
)
from methodology.thresholds.families import FitTest, fit_test
from methodology.thresholds.intervals import ThresholdInterval, threshold_interval
from methodology.thresholds.prediction import epa_distribution, upper_prediction_limit
from methodology.thresholds.quantiles import harrell_davis_weights, quantile_threshold
from methodology.thresholds.ranks import (
    RankInterval,
    covered_content,
    rank_coverage,
    rank_interval,
    smallest_sample,
    wilks_sample,
)
from methodology.thresholds.regulators import (
    BatAel,
    DeltaLognormal,
    MactFloor,
    bat_ael,
    delta_lognormal,
    ets_benchmark,
    lognormal_variability_factor,
    mact_floor,
)
from methodology.thresholds.table import thresholds_table

__all__ = [
    "BatAel",
    "CensoredFit",
    "CensoredQuantile",
    "Corrections",
    "DeltaLognormal",
    "FitTest",
    "MactFloor",
    "RankInterval",
    "ThresholdInterval",
    "bat_ael",
    "censored_quantile",
    "correct",
    "correction_addends",
    "covered_content",
    "delta_lognormal",
    "epa_distribution",
    "ets_benchmark",
    "fit_lognormal",
    "fit_test",
    "harrell_davis_weights",
    "kaplan_meier",
    "lognormal_variability_factor",
    "mact_floor",
    "norm_thresholds",
    "plotting_positions",
    "quantile_threshold",
    "rank_coverage",
    "rank_interval",
    "reached_by_calibration",
    "reached_by_norm",
    "reaches",
    "smallest_sample",
    "threshold_interval",
    "thresholds_table",
    "upper_prediction_limit",
    "wilks_sample",
]
