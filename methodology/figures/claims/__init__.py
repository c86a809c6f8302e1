"""What each figure claims as its title, computed from what it draws and therefore true of any data."""

from methodology.figures.claims.levels import (
    at_a_level,
    between_choices,
    levels_reached,
    most_blocking,
)
from methodology.figures.claims.robustness import (
    around_the_cut,
    choices_alone,
    fragility,
    least_room,
    nearest_tipping,
    other_samples,
    variance,
)
from methodology.figures.claims.sample import (
    covered,
    farthest_expert,
    heaviest,
    methods_apart,
    reordered,
    widest,
    within_limit,
)
from methodology.figures.claims.values import (
    choice_costs,
    coverage_kept,
    each_indicator,
    farthest_scenario,
    farthest_value,
    other_plants,
    sample_to_industry,
    value_moves,
    value_room,
    whole_against_each,
)
from methodology.figures.claims.words import method_in_words, on_basis, scenario_in_words

__all__ = [
    "around_the_cut",
    "at_a_level",
    "between_choices",
    "choice_costs",
    "choices_alone",
    "coverage_kept",
    "covered",
    "each_indicator",
    "farthest_expert",
    "farthest_scenario",
    "farthest_value",
    "fragility",
    "heaviest",
    "least_room",
    "levels_reached",
    "method_in_words",
    "methods_apart",
    "most_blocking",
    "nearest_tipping",
    "on_basis",
    "other_plants",
    "other_samples",
    "reordered",
    "sample_to_industry",
    "scenario_in_words",
    "value_moves",
    "value_room",
    "variance",
    "whole_against_each",
    "widest",
    "within_limit",
]
