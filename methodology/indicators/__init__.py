"""The words of a standard, and the table of plants they describe."""

from methodology.indicators.cells import QUALITATIVE_CODES, Sample, as_sample, read_cell
from methodology.indicators.comparators import Comparator
from methodology.indicators.judgements import Judgements, nodes_of, read_ratio
from methodology.indicators.loading import default_rule, load_system, problems_of, read_yaml
from methodology.indicators.merits import merit_signs, merits
from methodology.indicators.system import (
    ConsistencyCheck,
    Convention,
    Correction,
    DecisionRule,
    Group,
    Indicator,
    IndicatorSystem,
)
from methodology.indicators.words import LEVELS, CellState, Direction, Kind, Level

__all__ = [
    "LEVELS",
    "QUALITATIVE_CODES",
    "CellState",
    "Comparator",
    "ConsistencyCheck",
    "Convention",
    "Correction",
    "DecisionRule",
    "Direction",
    "Group",
    "Indicator",
    "IndicatorSystem",
    "Judgements",
    "Kind",
    "Level",
    "Sample",
    "as_sample",
    "default_rule",
    "load_system",
    "merit_signs",
    "merits",
    "nodes_of",
    "problems_of",
    "read_cell",
    "read_ratio",
    "read_yaml",
]
