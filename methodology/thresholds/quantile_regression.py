"""Quantile regression with one slope for several shares: between which slopes it lies, whatever silent plants hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from methodology.arguments import Floats, probability, read_values
from methodology.errors import DataError

_DUST = 1e-9
"""Of a sum of products, beside the length of the covariate: what rounding may leave of nothing."""


def slope_range(
    values: ArrayLike,
    covariate: ArrayLike,
    shares: Sequence[float],
    *,
    silent: ArrayLike = (),
    unknown: Sequence[int] = (0,),
    ends: tuple[float, float] | None = None,
) -> tuple[float, float]:
    """
    Fit parallel regression quantiles, one slope for all shares; the least and the greatest slope silence leaves open.

    Parameters
    ----------
    values, covariate : arrays of shape (n,)
        Of plants that state both; lower tail first: a share of the values lies at or below its line.
    shares : sequence of k floats in (0, 1)
        With a single share this is the regression quantile of [1]_; with several the composite one of [2]_.
    silent : array
        Covariates of further plants, whose values may be anything.
    unknown : sequence of int
        How many plants more there may be, of which neither is known.
    ends : pair of floats, optional
        Between which their covariates lie; those of the covariates given without it.

    Returns
    -------
    tuple of float
        Least and greatest slope; equal, but for rare ties, where nothing is silent. Infinite where silent plants could
        turn the slope to anything.

    Raises
    ------
    DataError
        If there are no more values than slopes and intercepts.

    Notes
    -----
    Exact. With intercepts free the fit minimises a sum of residuals weighted by scores of their ranks [3]_, convex in
    the slope b; its derivative S(b) sums covariate times score, falls with b, and moves only where two residuals
    change places. Silent plants may take any rank: among them the greater covariate the higher rank gives the
    greatest S, so that merging two sorted rows finds it. Where it turns negative lies the greatest slope of all
    assignments, for the greatest of falling functions falls. What may be known less of a plant only widens the range.

    References
    ----------
    .. [1] Koenker and Bassett (1978), doi:10.2307/1913643
    .. [2] Zou and Yuan (2008), doi:10.1214/07-AOS507
    .. [3] Jaeckel (1972), doi:10.1214/aoms/1177692377

    Examples
    --------
    >>> slope_range([1, 3, 4, 7, 9], [0, 1, 2, 3, 4], [0.5])
    (2.0, 2.0)
    >>> slope_range([1, 3, 4, 7, 9], [0, 1, 2, 3, 4], [0.5], silent=[4, 4])
    (1.0, 2.0)
    """
    y, x = read_values(values), read_values(covariate)
    wanted = [probability("share", share) for share in shares]
    if y.size <= 1 + len(wanted):
        raise DataError(
            f"{y.size} values do not carry 1 slopes and {len(wanted)} levels; give at least {len(wanted) + 2}."
        )
    low, high = (float(x.min()), float(x.max())) if ends is None else ends
    further = [
        np.concatenate(
            [np.full(few, low), np.sort(np.asarray(silent, dtype=float)), np.full(more - few, high)]
        )
        - low
        for more in unknown
        for few in range(more + 1)
    ]
    mirrored = [1 - share for share in wanted]
    greatest, least = _greatest(y, x - low, wanted, further), -_greatest(-y, x - low, mirrored, further)
    return least + 0.0, greatest + 0.0


def _greatest(y: Floats, x: Floats, shares: list[float], further: list[Floats]) -> float:
    """Slope from which on the derivative is negative whatever silent plants hold, their covariates one of `further`."""
    one, other = np.triu_indices(y.size, 1)
    apart = x[one] != x[other]
    turns = np.unique((y[one] - y[other])[apart] / (x[one] - x[other])[apart])
    if not turns.size:
        return np.inf
    between = np.concatenate([[turns[0] - 1], (turns[1:] + turns[:-1]) / 2, [turns[-1] + 1]])
    rows = [(more, _scores(y.size + more.size, shares)) for more in further]
    dust = _DUST * (1 + float(np.abs(x).sum()))

    def negative(place: int) -> bool:
        ordered = x[np.argsort(y - between[place] * x, kind="stable")]
        return all(_most(ordered, more, scores) < -dust for more, scores in rows)

    place = _first(negative, between.size)
    return float(turns[place - 1]) if 0 < place < between.size else np.inf if place else -np.inf


def _first(test: Callable[[int], bool], size: int) -> int:
    """Smallest k in range(size) for which the monotone `test` holds, or `size`."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if test(middle) else (middle + 1, high)
    return low


def _scores(plants: int, shares: list[float]) -> Floats:
    """Score of each rank: how far it pulls the lines of all shares up; they sum to nothing."""
    ranks = np.arange(plants)
    return np.sum([share - np.clip(plants * share - ranks, 0, 1) for share in shares], axis=0)


def _most(ordered: Floats, more: Floats, scores: Floats) -> float:
    """Greatest sum of covariate times score over all ways to merge two rows, each kept in its order."""
    if not more.size:
        return float(ordered @ scores)
    ahead = np.concatenate(
        [[0.0], np.cumsum(more * scores[: more.size])]
    )  # best with j of `more` among the first
    for place, own in enumerate(ordered, start=1):
        there = scores[place - 1 : place + more.size]
        gained = np.concatenate([[0.0], np.cumsum(more * there[1:])])
        ahead = gained + np.maximum.accumulate(ahead + own * there - gained)
    return float(ahead[-1])
