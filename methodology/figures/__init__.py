"""One figure per claim: tables in, a `ClaimFigure` out, the claim as its title and the data behind it in `.data`."""

from methodology.figures.beside import regulators_beside
from methodology.figures.canvas import ClaimFigure
from methodology.figures.comparison import (
    corrected_values,
    methods_side_by_side,
)
from methodology.figures.covariates import values_along_covariates
from methodology.figures.evaluation import (
    blocking_indicators,
    level_scores,
    level_shares,
)
from methodology.figures.frontier import calibration_frontier
from methodology.figures.made_up import name_made_up
from methodology.figures.proposal import proposal_ladder
from methodology.figures.robustness import (
    cut_sweep,
    share_distribution,
    tipping_points,
    weight_stability,
)
from methodology.figures.sample import (
    sample_spread,
    sample_states,
)
from methodology.figures.sensitivity import (
    level_probabilities,
    sobol,
    tornado,
)
from methodology.figures.threshold_methods import (
    coverage_of_intervals,
    strata_coverage,
    threshold_methods,
)
from methodology.figures.thresholds import (
    attainment_promises,
    promise_gap,
    thresholds_on_sample,
)
from methodology.figures.weights import (
    disagreement_map,
    expert_consistency,
    weights_spread,
)

__all__ = [
    "ClaimFigure",
    "attainment_promises",
    "blocking_indicators",
    "calibration_frontier",
    "corrected_values",
    "coverage_of_intervals",
    "cut_sweep",
    "disagreement_map",
    "expert_consistency",
    "level_probabilities",
    "level_scores",
    "level_shares",
    "methods_side_by_side",
    "name_made_up",
    "promise_gap",
    "proposal_ladder",
    "regulators_beside",
    "sample_spread",
    "sample_states",
    "share_distribution",
    "sobol",
    "strata_coverage",
    "threshold_methods",
    "thresholds_on_sample",
    "tipping_points",
    "tornado",
    "values_along_covariates",
    "weight_stability",
    "weights_spread",
]
