"""Between which shares the common share of a joint promise lies, were it chosen from other plants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from methodology.chain.common_share import attainable_shares
from methodology.chain.critical import Curves
from methodology.chain.sorted_sample import Spread
from methodology.indicators import LEVELS
from methodology.thresholds.given_values import StatedValue
from methodology.thresholds.level_intervals import shared_tail
from methodology.thresholds.order_statistics import rank_interval

Ends = tuple[Fraction | None, Fraction | None]
"""Strict and loose end of a range of shares; None where the sample has none."""


def share_ends(
    spread: Spread,
    targets: tuple[Fraction, Fraction, Fraction],
    *,
    confidence: float = 0.95,
    population: int | None = None,
) -> tuple[Ends, Ends, Ends]:
    """
    Bracket the common share of each level.

    Parameters
    ----------
    spread : Spread
        The sorted sample.
    targets : three Fractions
        The promise.
    confidence, population
        Of the interval of a value; the ends have the tail `methodology.thresholds.shared_tail` of it.

    Notes
    -----
    Every plant has a share from which on it meets the condition of a level. The common share is the quantile of these
    at what the level is calibrated for, so that order statistics bracket it as they bracket any quantile (A-10).
    """
    steps = attainable_shares(spread)
    shares = [steps[place] for place in range(len(steps))]
    once = np.ones((1, spread.plants), dtype=np.int64)
    curves = Curves(spread.favoured, spread.favoured, favoured=True)
    within = 1 - shared_tail(confidence)
    ends = []
    for row, target in enumerate(targets):
        first = np.sort(curves.own_steps(row, (shares, shares, shares), once)[0])
        aim = float(
            min(spread.aim(target) / spread.plants, Fraction(2 * spread.plants - 1, 2 * spread.plants))
        )
        strict, loose = (
            rank_interval(spread.plants, aim, confidence=within, side=side, population=population)
            for side in ("strict", "loose")
        )
        places = (strict.strict, loose.loose)
        found = [None if k is None or first[k - 1] >= len(shares) else shares[first[k - 1]] for k in places]
        ends.append((found[0], found[1]))
    return ends[0], ends[1], ends[2]


def between(
    values: Mapping[tuple[str, str], StatedValue], spread: Spread, ends: tuple[Ends, Ends, Ends]
) -> dict[tuple[str, str], StatedValue]:
    """
    Values with the shares of reporting plants between which each is read.

    Plants that do not report count as the cleanest at the strict end and as the dirtiest at the loose one; a value
    that was moved off the common share widens the range to its own.
    """
    out = dict(values)
    for row, level in enumerate(LEVELS):
        (strict, loose), cells, silence = ends[row], spread.at(row), spread.unreported(row)
        for column in map(int, np.flatnonzero(spread.free)):
            key = (spread.ids[column], str(level))
            own = values[key].read_at
            if own is None:
                continue
            silent, stated = int(silence[column]), int(cells.stated[column])
            low = 0.0 if strict is None else float((strict * (stated + silent) - silent) / stated)
            high = 1.0 if loose is None else float(min(loose * (stated + silent) / stated, Fraction(1)))
            out[key] = replace(values[key], read_between=(min(low, own), max(high, own)))
    return out
