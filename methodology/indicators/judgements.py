"""Judgements 判断矩阵 between rooms: what experts said, node by node, under pseudonyms."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from methodology.indicators.system import IndicatorSystem

ROOT = "groups"
"""The node whose items are the groups; every other node is a group, its items the indicators."""

SCALE = 9
"""Largest comparison of the fundamental scale; the smallest is its reciprocal (Saaty 1980; SEEN-2nd)."""
POINTS = 100
"""Points an expert spreads over the items of a node in a budget allocation (ours; ASSUMED)."""

PAIRWISE_COLUMNS = ("expert", "node", "a", "b", "value")
BUDGET_COLUMNS = ("expert", "round", "node", "item", "points")
BEST_WORST_COLUMNS = ("expert", "node", "best", "worst", "item", "best_to_other", "other_to_worst")
EXPERT_COLUMNS = ("expert", "field", "weight")
JUDGED_COLUMNS = (
    "expert",
    "asked",
    "round",
    "node",
    "item",
    "other",
    "value",
    "file",
    "sheet",
    "row",
    "column",
)
"""Of a judgement and the cell it was read from."""

_FRACTION = re.compile(r"^\s*(\d{1,6}(?:\.\d{1,12})?)\s*/\s*(\d{1,6}(?:\.\d{1,12})?)\s*$")


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})


@dataclass(frozen=True)
class Judgements:
    """What a panel of experts said about one system, under pseudonyms."""

    experts: pd.DataFrame = field(default_factory=lambda: _empty(EXPERT_COLUMNS))
    """`weight`: how much the expert counts, 1 unless stated."""
    pairwise: pd.DataFrame = field(default_factory=lambda: _empty(PAIRWISE_COLUMNS))
    """`a` matters `value` times as much as `b`. One row per pair."""
    budget: pd.DataFrame = field(default_factory=lambda: _empty(BUDGET_COLUMNS))
    """100 points per expert, round and node."""
    best_worst: pd.DataFrame = field(default_factory=lambda: _empty(BEST_WORST_COLUMNS))
    origins: pd.DataFrame = field(default_factory=lambda: _empty(JUDGED_COLUMNS))


def nodes_of(system: IndicatorSystem) -> dict[str, tuple[str, ...]]:
    """
    Items to be weighed at each node: the groups first, then the indicators of every group.

    Examples
    --------
    >>> from types import SimpleNamespace as S
    >>> two = S(groups=[S(id="en"), S(id="wa")], indicators=[S(id="coke", group="en"), S(id="water", group="wa")])
    >>> nodes_of(two)
    {'groups': ('en', 'wa'), 'en': ('coke',), 'wa': ('water',)}
    """
    nodes = {ROOT: tuple(group.id for group in system.groups)}
    for group in system.groups:
        nodes[group.id] = tuple(i.id for i in system.indicators if i.group == group.id)
    return nodes


def read_ratio(cell: object) -> float:
    """
    Read a judgement such as 3, `3`, `1/3` or `0.333`; NaN where there is no positive finite number.

    Examples
    --------
    >>> read_ratio("1/4"), read_ratio(" 5 "), read_ratio("much more")
    (0.25, 5.0, nan)
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = float(cell)
    else:
        match = _FRACTION.match(str(cell))
        try:
            value = float(Fraction(match[1]) / Fraction(match[2])) if match else float(str(cell))
        except (ValueError, ZeroDivisionError, OverflowError):
            return math.nan
    return value if math.isfinite(value) and value > 0 else math.nan
