"""The order of the stages, and what needs two of them: the joint promise."""

from methodology.chain.bound_costs import bound_costs
from methodology.chain.calibration import (
    attainment_of_whole,
    both_promises,
    calibrate,
    calibrate_both,
    stacked,
    taken_apart,
)
from methodology.chain.delivered import expected_range, promise_outcome, to_revise
from methodology.chain.frontier import Frontier, Setting, frontier
from methodology.chain.industry_coverage import industry_coverage
from methodology.chain.interval_coverage import joint_interval_coverage
from methodology.chain.joint import JointThresholds, joint_thresholds
from methodology.chain.level_basis import level_basis, tipping_points
from methodology.chain.proposing import propose
from methodology.parameters import Footing

__all__ = [
    "Footing",
    "Frontier",
    "JointThresholds",
    "Setting",
    "attainment_of_whole",
    "both_promises",
    "bound_costs",
    "calibrate",
    "calibrate_both",
    "expected_range",
    "frontier",
    "industry_coverage",
    "joint_interval_coverage",
    "joint_thresholds",
    "level_basis",
    "promise_outcome",
    "propose",
    "stacked",
    "taken_apart",
    "tipping_points",
    "to_revise",
]
