"""The order of the stages, and what needs two of them: the joint promise."""

from methodology.chain.alternatives import (
    changed,
    levels_under,
    load_alternatives,
    one_at_a_time,
    tornado_table,
)
from methodology.chain.coverage import industry_coverage
from methodology.chain.joint import JointThresholds, joint_thresholds
from methodology.chain.noise import level_draws
from methodology.chain.promises import attainment_of_whole, both_promises, calibrate, footing
from methodology.chain.proposing import propose
from methodology.chain.simulation import ChainSimulation, simulate_chain

__all__ = [
    "ChainSimulation",
    "JointThresholds",
    "attainment_of_whole",
    "both_promises",
    "calibrate",
    "changed",
    "footing",
    "industry_coverage",
    "joint_thresholds",
    "level_draws",
    "levels_under",
    "load_alternatives",
    "one_at_a_time",
    "propose",
    "simulate_chain",
    "tornado_table",
]
