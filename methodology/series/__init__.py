"""The whole series: its members held against each other, against the industry and against other standards."""

from methodology.series.consistency import same_values, same_words, sums_of_parts
from methodology.series.extrapolation import coverage_totals, plants_at_levels, series_coverage
from methodology.series.foreign_values import foreign_gaps, foreign_values
from methodology.series.levels import levels_across, parts_and_whole, values_across, works_levels
from methodology.series.members import calibrate_series, ingredients, labels
from methodology.series.previous_index import held_against_law, previous_index, staleness
from methodology.series.savings import drawn_savings, savings_by_promise
from methodology.series.standards_map import coverage_of_standards, proposed_items

__all__ = [
    "calibrate_series",
    "coverage_of_standards",
    "coverage_totals",
    "drawn_savings",
    "foreign_gaps",
    "foreign_values",
    "held_against_law",
    "ingredients",
    "labels",
    "levels_across",
    "parts_and_whole",
    "plants_at_levels",
    "previous_index",
    "proposed_items",
    "same_values",
    "same_words",
    "savings_by_promise",
    "series_coverage",
    "staleness",
    "sums_of_parts",
    "values_across",
    "works_levels",
]
