"""The whole series: its members side by side, held against each other, against the industry and against other standards."""

from methodology.chain.series.effect import ALL, savings
from methodology.chain.series.industry import industry_coverage, plants_at_levels
from methodology.chain.series.levels import levels_across, values_across
from methodology.chain.series.members import Member, Standard, calibrate_series
from methodology.chain.series.previous import previous_index, previous_values, staleness
from methodology.chain.series.siblings import same_values, same_words, sums_of_parts
from methodology.chain.series.works import parts_and_whole, works_levels

__all__ = [
    "ALL",
    "Member",
    "Standard",
    "calibrate_series",
    "industry_coverage",
    "levels_across",
    "parts_and_whole",
    "plants_at_levels",
    "previous_index",
    "previous_values",
    "same_values",
    "same_words",
    "savings",
    "staleness",
    "sums_of_parts",
    "values_across",
    "works_levels",
]
