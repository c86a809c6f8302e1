"""The words of a standard, and the table of plants they describe.

Each is imported when it is first asked for: `workbench run` on an unchanged run is answered without any of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from methodology.indicators.cells import Sample, as_sample
    from methodology.indicators.judgements import Judgements
    from methodology.indicators.loading import load_system
    from methodology.indicators.system import Indicator, IndicatorSystem
    from methodology.indicators.words import LEVELS, CellState, Direction, Kind, Level

__all__ = [
    "LEVELS",
    "CellState",
    "Direction",
    "Indicator",
    "IndicatorSystem",
    "Judgements",
    "Kind",
    "Level",
    "Sample",
    "as_sample",
    "load_system",
]

_FOUND_IN = {
    "cells": ("Sample", "as_sample"),
    "judgements": ("Judgements",),
    "loading": ("load_system",),
    "system": ("Indicator", "IndicatorSystem"),
    "words": ("LEVELS", "CellState", "Direction", "Kind", "Level"),
}


def __getattr__(name: str) -> Any:
    for module, names in _FOUND_IN.items():
        if name in names:
            found = import_module(f"{__name__}.{module}")
            # all at once: importing the module `merits` has just put it where the function belongs
            globals().update({own: getattr(found, own) for own in names})
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
