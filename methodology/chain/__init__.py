"""The order of the stages, and what needs two of them: the joint promise."""

from methodology.chain.alternatives import (
    changed,
    left_out,
    levels_under,
    load_alternatives,
    one_at_a_time,
    tornado_table,
    values_one_at_a_time,
)
from methodology.chain.coverage import industry_coverage
from methodology.chain.delivered import expected_range, promise_outcome, to_revise
from methodology.chain.frontier import Frontier, Setting, frontier
from methodology.chain.influence import (
    ChoiceSpace,
    choice_influence,
    choice_space,
    leading_choices,
    settled,
    value_influence,
)
from methodology.chain.joint import JointThresholds, joint_thresholds
from methodology.chain.leaving_out import leave_one_expert_out, leave_one_plant_out
from methodology.chain.noise import level_acceptability, level_draws, noise_in_spreads, repetitions
from methodology.chain.outcomes import Decided, Outcomes, levels_of
from methodology.chain.promises import (
    attainment_of_whole,
    both_promises,
    calibrate,
    calibrate_both,
    footing,
    rules_of,
    stacked,
    taken_apart,
)
from methodology.chain.proposing import propose
from methodology.chain.simulation import ChainSimulation, simulate_chain
from methodology.chain.standing import level_basis, tipping_points
from methodology.chain.weighing import levels_by_weights

__all__ = [
    "ChainSimulation",
    "ChoiceSpace",
    "Decided",
    "Frontier",
    "JointThresholds",
    "Outcomes",
    "Setting",
    "attainment_of_whole",
    "both_promises",
    "calibrate",
    "calibrate_both",
    "changed",
    "choice_influence",
    "choice_space",
    "expected_range",
    "footing",
    "frontier",
    "industry_coverage",
    "joint_thresholds",
    "leading_choices",
    "leave_one_expert_out",
    "leave_one_plant_out",
    "left_out",
    "level_acceptability",
    "level_basis",
    "level_draws",
    "levels_by_weights",
    "levels_of",
    "levels_under",
    "load_alternatives",
    "noise_in_spreads",
    "one_at_a_time",
    "promise_outcome",
    "propose",
    "repetitions",
    "rules_of",
    "settled",
    "simulate_chain",
    "stacked",
    "taken_apart",
    "tipping_points",
    "to_revise",
    "tornado_table",
    "value_influence",
    "values_one_at_a_time",
]
