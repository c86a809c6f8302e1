"""What the chain's result owes to its choices, plants, experts and measurement: every question asked of the whole."""

from methodology.chain.robustness.leave_one_out import leave_one_expert_out, leave_one_plant_out
from methodology.chain.robustness.level_noise import (
    level_acceptability,
    level_draws,
    noise_in_units,
    repetitions,
)
from methodology.chain.robustness.one_at_a_time import (
    changed,
    left_out,
    levels_by_weights,
    load_alternatives,
    one_at_a_time,
    tornado_table,
    values_one_at_a_time,
)
from methodology.chain.robustness.outcomes import Outcomes, levels_of
from methodology.chain.robustness.repeated_chain import Disturbance, simulate_chain
from methodology.chain.robustness.single_cells import (
    cell_influence,
    resolved_doubts,
    with_excluded,
    worth_asking,
)
from methodology.chain.robustness.variance_shares import (
    choice_influence,
    choice_space,
    leading_choices,
    settled,
    value_influence,
)

__all__ = [
    "Disturbance",
    "Outcomes",
    "cell_influence",
    "changed",
    "choice_influence",
    "choice_space",
    "leading_choices",
    "leave_one_expert_out",
    "leave_one_plant_out",
    "left_out",
    "level_acceptability",
    "level_draws",
    "levels_by_weights",
    "levels_of",
    "load_alternatives",
    "noise_in_units",
    "one_at_a_time",
    "repetitions",
    "resolved_doubts",
    "settled",
    "simulate_chain",
    "tornado_table",
    "value_influence",
    "values_one_at_a_time",
    "with_excluded",
    "worth_asking",
]
