"""The order of the stages, and what needs two of them: the joint promise."""

from methodology.chain.joint import JointThresholds, joint_thresholds
from methodology.chain.promises import attainment_of_whole, both_promises, calibrate
from methodology.chain.proposing import propose

__all__ = [
    "JointThresholds",
    "attainment_of_whole",
    "both_promises",
    "calibrate",
    "joint_thresholds",
    "propose",
]
