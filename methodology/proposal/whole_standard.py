"""Round the values of a standard so that the promise of the whole is kept as nearly as steps allow."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import partial
from math import ceil

import pandas as pd

from methodology.evaluation.weight_vector import heaviest_first
from methodology.indicators import LEVELS
from methodology.proposal.rounding import Side
from methodology.proposal.settled import Settled

Settling = Callable[[Mapping[tuple[str, str], Side]], dict[tuple[str, str], Settled]]
Counting = Callable[[pd.DataFrame], Mapping[str, int]]


def settle_whole(
    settle: Settling, count: Counting, targets: Mapping[str, float], plants: int, weights: pd.DataFrame
) -> dict[tuple[str, str], Settled]:
    """
    Settle values on the side nearest to their own share, loosened where the whole standard would miss its promise.

    Parameters
    ----------
    settle : callable
        Settles all values, rounding those it is given a side for to that side.
    count : callable
        Plants at each level or better under a table of values.
    targets : mapping of level to share
        Wanted share of plants at each level or better.
    plants : int
        Of the sample.
    weights : DataFrame
        Columns indicator, weight.

    Notes
    -----
    Level by level, II first, which both others may look at. Of the values rounded to the strict side as many are turned
    to the loose one, those of the heaviest indicators first, as it takes until the wanted number of plants is there, or
    as many as the loose side gives (A-47).
    """
    sides: dict[tuple[str, str], Side] = {}
    found = settle(sides)
    order = heaviest_first(dict(zip(weights["indicator"], weights["weight"], strict=True)))
    for level in (str(LEVELS[1]), str(LEVELS[0]), str(LEVELS[2])):
        wanted = ceil(round(targets[level] * plants, 9))
        strict = [(name, level) for name in order if found[name, level].side == "strict"]
        there = partial(_there, settle, count, level, strict, dict(sides))
        most = there(len(strict)) if strict else 0
        if strict and there(0) < min(wanted, most):
            turned = bisect_left(range(len(strict) + 1), min(wanted, most), key=there)
            sides |= dict.fromkeys(strict[:turned], "loose")
            found = settle(sides)
    return found


def _there(
    settle: Settling,
    count: Counting,
    level: str,
    strict: list[tuple[str, str]],
    sides: Mapping[tuple[str, str], Side],
    turned: int,
) -> int:
    """Plants at a level or better with the first `turned` strict values of it turned to the loose side."""
    loose: dict[tuple[str, str], Side] = dict.fromkeys(strict[:turned], "loose")
    return count(table_of(settle({**sides, **loose})))[level]


def table_of(settled: Mapping[tuple[str, str], Settled]) -> pd.DataFrame:
    """Settled values as columns indicator, level, value; a withheld one is that of the next looser level."""
    rows = pd.DataFrame(
        [(indicator, level, one.value) for (indicator, level), one in settled.items()],
        columns=["indicator", "level", "value"],
    )
    return rows.assign(value=rows.groupby("indicator")["value"].bfill().ffill())
