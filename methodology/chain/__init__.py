"""The order of the stages, and what needs two of them: the joint promise."""

from methodology.chain.bound_costs import bound_costs
from methodology.chain.calibration import (
    both_promises,
    calibrate,
    calibrate_both,
    stacked,
    taken_apart,
)
from methodology.chain.covariates import (
    covariate_effects,
    covariate_lines,
    covariate_of,
    covariate_points,
    system_of_run,
    with_covariates,
)
from methodology.chain.delivered import expected_range, promise_outcome, to_revise
from methodology.chain.frontier import Frontier, Setting, frontier
from methodology.chain.frontier_values import frontier_steps
from methodology.chain.industry_coverage import industry_coverage
from methodology.chain.interval_coverage import frontier_band_coverage, joint_interval_coverage
from methodology.chain.joint import JointThresholds, joint_thresholds
from methodology.chain.proposing import propose
from methodology.parameters import Footing

__all__ = [
    "Footing",
    "Frontier",
    "JointThresholds",
    "Setting",
    "both_promises",
    "bound_costs",
    "calibrate",
    "calibrate_both",
    "covariate_effects",
    "covariate_lines",
    "covariate_of",
    "covariate_points",
    "expected_range",
    "frontier",
    "frontier_band_coverage",
    "frontier_steps",
    "industry_coverage",
    "joint_interval_coverage",
    "joint_thresholds",
    "promise_outcome",
    "propose",
    "stacked",
    "system_of_run",
    "taken_apart",
    "to_revise",
    "with_covariates",
]
