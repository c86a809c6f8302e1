"""The order of the stages, and what needs two of them: the joint promise."""

from methodology.chain.calibration import both_promises, calibrate, calibrate_both, stacked, taken_apart
from methodology.chain.covariates import covariate_effects, covariate_lines, system_of_run, with_covariates
from methodology.chain.delivered import industry_coverage
from methodology.chain.doubt_effects import doubt_effects, set_aside_effects
from methodology.chain.frontier import frontier
from methodology.chain.frontier_values import Setting, frontier_steps
from methodology.chain.interval_coverage import frontier_band_coverage, joint_interval_coverage
from methodology.chain.joint import joint_thresholds
from methodology.chain.proposing import bound_costs, propose
from methodology.parameters import Footing

__all__ = [
    "Footing",
    "Setting",
    "both_promises",
    "bound_costs",
    "calibrate",
    "calibrate_both",
    "covariate_effects",
    "covariate_lines",
    "doubt_effects",
    "frontier",
    "frontier_band_coverage",
    "frontier_steps",
    "industry_coverage",
    "joint_interval_coverage",
    "joint_thresholds",
    "propose",
    "set_aside_effects",
    "stacked",
    "system_of_run",
    "taken_apart",
    "with_covariates",
]
