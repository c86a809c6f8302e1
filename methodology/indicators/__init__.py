"""The words of a standard, and the table of plants they describe.

What needs pandas is imported when it is first asked for: `workbench run` on an unchanged run is answered without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from methodology.indicators.comparators import Comparator
from methodology.indicators.loading import default_rule, load_system, problems_of, read_yaml
from methodology.indicators.quantities import Outlet, Quantity, Said
from methodology.indicators.system import (
    ConsistencyCheck,
    Convention,
    Correction,
    DecisionRule,
    Group,
    Indicator,
    IndicatorSystem,
)
from methodology.indicators.words import LEVELS, CellState, Direction, Kind, Level, sign_of

if TYPE_CHECKING:
    from methodology.indicators.cells import QUALITATIVE_CODES, Sample, as_sample, read_cell
    from methodology.indicators.judgements import Judgements, nodes_of, read_ratio
    from methodology.indicators.minimised import level_merits, merit_of, merit_signs, merits

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
    "Outlet",
    "Quantity",
    "Said",
    "Sample",
    "as_sample",
    "default_rule",
    "level_merits",
    "load_system",
    "merit_of",
    "merit_signs",
    "merits",
    "nodes_of",
    "problems_of",
    "read_cell",
    "read_ratio",
    "read_yaml",
    "sign_of",
]

_WITH_PANDAS = {
    "cells": ("QUALITATIVE_CODES", "Sample", "as_sample", "read_cell"),
    "judgements": ("Judgements", "nodes_of", "read_ratio"),
    "minimised": ("level_merits", "merit_of", "merit_signs", "merits"),
}


def __getattr__(name: str) -> Any:
    for module, names in _WITH_PANDAS.items():
        if name in names:
            found = import_module(f"{__name__}.{module}")
            # all at once: importing the module `merits` has just put it where the function belongs
            globals().update({own: getattr(found, own) for own in names})
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
