"""Figures of the series: one function per claim."""

from methodology.series.figures.levels import parts_against_whole, series_levels
from methodology.series.figures.scenarios import scenario_attainment, scenario_values, value_sweep
from methodology.series.figures.standards import savings, staleness, standards_map, values_abroad

__all__ = [
    "parts_against_whole",
    "savings",
    "scenario_attainment",
    "scenario_values",
    "series_levels",
    "staleness",
    "standards_map",
    "value_sweep",
    "values_abroad",
]
