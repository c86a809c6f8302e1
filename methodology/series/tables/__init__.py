"""Tables of the series: one function per claim."""

from methodology.series.tables.abroad import (
    gaps_abroad,
    previous_levels,
    proposed_items,
    staleness_overview,
    values_abroad,
)
from methodology.series.tables.members import (
    industry_levels,
    parts_and_whole,
    room_left,
    savings_overview,
    series_values,
    sibling_values,
    sibling_words,
    strata_left_out,
    turning_ratios,
)
from methodology.series.tables.scenarios import (
    changed_levels,
    moved_plants,
    scenario_levels,
    scenario_values,
    scenarios_overview,
)

__all__ = [
    "changed_levels",
    "gaps_abroad",
    "industry_levels",
    "moved_plants",
    "parts_and_whole",
    "previous_levels",
    "proposed_items",
    "room_left",
    "savings_overview",
    "scenario_levels",
    "scenario_values",
    "scenarios_overview",
    "series_values",
    "sibling_values",
    "sibling_words",
    "staleness_overview",
    "strata_left_out",
    "turning_ratios",
    "values_abroad",
]
