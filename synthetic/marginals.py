"""Marginal distributions through anchors: what value stands at a share of the plants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from methodology.indicators import Indicator
from methodology.indicators.comparators import Anchors
from synthetic.recipe import Knots

Floats = NDArray[np.float64]
CEILING = 100.0
"""Per cent: where `logit` marginals pile up."""
SHARES = (0.10, 0.50, 0.90)
"""Shares of plants that the anchors p10, p50, p90 stand for."""
_normal = NormalDist()


def normal_scores(shares: Floats) -> Floats:
    """Standard normal quantiles of shares in (0, 1)."""
    return np.array([_normal.inv_cdf(float(share)) for share in np.ravel(shares)]).reshape(np.shape(shares))


def normal_shares(scores: Floats) -> Floats:
    """Shares below standard normal scores."""
    return np.array([_normal.cdf(float(score)) for score in np.ravel(scores)]).reshape(np.shape(scores))


def through_points(shares: Floats, points: Sequence[tuple[float, float]], *, log: bool = False) -> Floats:
    """
    Values of a marginal that passes through given points.

    Parameters
    ----------
    shares : array of any shape, in (0, 1)
        Shares of plants with a lower value.
    points : sequence of (share, value), at least two, increasing
        The marginal is linear in the normal score between them and beyond the outer ones, so three points give
        the two-piece normal distribution with these quantiles (two-piece lognormal with `log`).
    log : bool
        Interpolate the logarithm of the value.

    Returns
    -------
    array of the shape of `shares`

    Examples
    --------
    >>> through_points(np.array([0.1, 0.5, 0.9]), [(0.1, 366), (0.5, 387), (0.9, 413)]).round(6).tolist()
    [366.0, 387.0, 413.0]
    """
    knots = normal_scores(np.array([share for share, _ in points]))
    heights = np.array([value for _, value in points], dtype=float)
    heights = np.log(heights) if log else heights
    scores = normal_scores(shares)
    inner = np.interp(scores, knots, heights)
    left = heights[0] + (scores - knots[0]) * (heights[1] - heights[0]) / (knots[1] - knots[0])
    right = heights[-1] + (scores - knots[-1]) * (heights[-1] - heights[-2]) / (knots[-1] - knots[-2])
    found = np.where(scores < knots[0], left, np.where(scores > knots[-1], right, inner))
    return np.exp(found) if log else found


def _piled_up(shares: Floats, anchors: Anchors, high: float) -> Floats:
    """Percentage that crowds below 100 and, where the indicator allows it, a little above."""
    points = list(zip(SHARES, (anchors.p10, anchors.p50, anchors.p90), strict=True))
    if anchors.p90 < CEILING:
        odds = [(share, value / (CEILING - value)) for share, value in points]
        found = through_points(shares, odds, log=True)
        return CEILING * found / (1 + found)
    gaps = [(1 - share, CEILING - value) for share, value in points[1::-1]]
    inner = through_points(shares_of_worse := 1 - shares, gaps, log=True)
    # beyond p10 the gap grows linearly: its logarithm would run to nothing used at all
    worse = CEILING - np.where(shares_of_worse > gaps[1][0], through_points(shares_of_worse, gaps), inner)
    better = through_points(shares, points[1:])
    return np.minimum(np.where(shares < SHARES[1], worse, better), high)


def marginal(indicator: Indicator, knots: Knots | None = None) -> Callable[[Floats], Floats]:
    """
    Quantile function of one indicator over plants.

    Parameters
    ----------
    indicator : Indicator
        With anchors; the shape decides the scale.
    knots : Knots, optional
        Further points, e.g. the tail of plants not yet retrofitted.

    Returns
    -------
    callable
        Maps shares in (0, 1) to values in the unit of the indicator, kept inside its bounds.
    """
    anchors = indicator.anchors
    if anchors is None:
        raise ValueError(f"{indicator.id!r} has no anchors to draw from.")
    low = indicator.bounds.low if indicator.bounds else -np.inf
    high = indicator.bounds.high if indicator.bounds else np.inf
    points = list(zip(SHARES, (anchors.p10, anchors.p50, anchors.p90), strict=True))
    if knots is not None:
        points = sorted([*(points if knots.anchors else []), *knots.points])
    log = knots.scale == "log" if knots else anchors.shape in ("lognormal", "mixture")

    def quantiles(shares: Floats) -> Floats:
        if anchors.shape == "logit" and knots is None:
            return np.clip(_piled_up(shares, anchors, high), low, high)
        return np.clip(through_points(shares, points, log=log), low, high)

    return quantiles
