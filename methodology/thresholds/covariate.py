"""Benchmark values that move with a covariate: 基准值随协变量变化, as a correction to one reference value of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from methodology.arguments import Better, Floats, choice, cleaner_end, read_values
from methodology.errors import DataError
from methodology.indicators.words import sign_of
from methodology.thresholds.quantile_regression import slope_range
from methodology.thresholds.quantiles import quantile_threshold

FORMS = ("linear", "piecewise")
SHUFFLES = 9_999
"""Rearrangements behind a p-value; its standard error is below .005, and below .002 at .05."""
_PARTS = 10
"""The covariate is read on a round grid of about this many steps between its ends (A-26)."""
_DIGITS = 2
"""Digits of a published slope (A-26)."""


Points = tuple[tuple[float, float], ...]
"""Covariates, rising, and what is added at each; straight between them, constant beyond the outer ones."""


@dataclass(frozen=True)
class CovariateCurve:
    """
    How a benchmark value moves with a covariate, the same at all levels.

    Attributes
    ----------
    reference : float
        Covariate at which the values of the levels are stated.
    points : Points
        What is added to a value stated at the reference: the strictest that silent plants leave possible.
    loosest : Points
        The loosest they leave possible; empty where nothing is silent.
    """

    reference: float
    points: Points
    loosest: Points = ()

    def addend(self, covariate: ArrayLike) -> Floats:
        """What is added to the value at each covariate, and taken off a plant's value to compare it."""
        return added_at(self.points, covariate)


def added_at(points: Points, covariate: ArrayLike) -> Floats:
    """What a curve adds at each covariate."""
    at, addends = zip(*points, strict=True)
    return np.asarray(np.interp(np.asarray(covariate, dtype=float), at, addends))


def covariate_curve(
    values: ArrayLike,
    covariate: ArrayLike,
    shares: Mapping[str, float],
    *,
    better: Better = "lower",
    form: str = "linear",
    places: tuple[Sequence[float], float] | None = None,
) -> CovariateCurve:
    """
    Fit how a benchmark value moves with a covariate, by quantile regression at the shares of all levels together.

    Parameters
    ----------
    values, covariate : arrays of shape (n_plants,)
        Of the plants that are asked for the value; NaN where one is silent.
    shares : mapping of level to share
        Share of plants that should reach the value.
    better : {"lower", "higher"}
    form : {"linear", "piecewise"}
        One slope, or one for each piece between knots, all of the sign that one slope for all would have.
    places : pair of a sequence of float and a float, optional
        Knots of the curve and its reference, stated beforehand; else `curve_places` of the covariates.

    Returns
    -------
    CovariateCurve

    Raises
    ------
    DataError
        If the plants do not differ in the covariate, are too few, leave knots or a slope to those that are silent.

    Notes
    -----
    Levels share the slope, so that their lines never cross and every plant has one adjusted value, of which an
    attainment quantile keeps its promise exactly. Knots lie on a round grid and slopes have two digits, as a norm
    prints them and so that no plant can be read off them (A-26); what is published is what is computed with.

    Silent plants leave a range of slopes possible, see `slope_range`. The strictest curve is added to values; values
    are to be read off plants from whose figures the loosest is taken, so that saying less loosens them nowhere (A-24).

    Examples
    --------
    >>> scrap = np.arange(10.0, 30.0, 2.0)
    >>> curve = covariate_curve(200 - 2 * scrap, scrap, {"II": 0.2, "III": 0.5})
    >>> curve.reference, curve.points
    (19.0, ((10.0, 18.0), (28.0, -18.0)))
    """
    y, x = np.asarray(values, dtype=float), np.asarray(covariate, dtype=float)
    choice("form", form, FORMS)
    told = ~np.isnan(y) & ~np.isnan(x) if y.shape == x.shape else slice(None)
    _both(y[told], x[told])
    lost = np.isnan(x)
    if places is None and lost.any():
        raise DataError(
            f"{lost.sum()} of {x.size} plants do not state the covariate, and who does would decide where the curve "
            "begins, bends and ends. State its knots and reference."
        )
    knots, reference = places or curve_places(x, form)
    slopes = _slopes(y, x, np.asarray(knots), shares, better, form)
    published = np.vectorize(_digits)(slopes)
    strict, loose = (
        _heights(np.asarray(knots), reference, published, least=least)
        for least in (better == "lower", better == "higher")
    )
    return CovariateCurve(reference, strict, () if strict == loose else loose)


def slope_test(
    values: ArrayLike,
    covariate: ArrayLike,
    shares: Mapping[str, float],
    *,
    better: Better = "lower",
    form: str = "linear",
    seed: int = 0,
) -> float:
    """
    Test whether the covariate decides who reaches the flat values: is a slope worth having?

    Returns
    -------
    float
        p-value: how often plants rearranged at random show as strong a relation between the covariate and the number
        of levels reached; 1 where all plants reach the same levels. For "piecewise" the ranks of the covariate are
        used, which any monotone form orders alike.

    Notes
    -----
    A permutation test of the rank scores of [1]_ at the shares of the levels. Its level is exact whatever the
    distribution: all rearrangements are counted where there are at most 9,999, and else as many are drawn, the one
    observed among them.

    References
    ----------
    .. [1] Gutenbrunner, Jureckova, Koenker, Portnoy (1993), doi:10.1080/10485259308832561
    """
    from scipy.stats import permutation_test, rankdata

    y, x = _both(values, covariate)
    sign = sign_of(cleaner_end(better))
    limits = [sign * quantile_threshold(y, share, better=better) for share in shares.values()]
    levels = (sign * y[:, None] <= np.array(limits)).sum(axis=1).astype(float)
    scores = rankdata(x) if choice("form", form, FORMS) == "piecewise" else x - x.mean()
    if np.ptp(levels) == 0:
        return 1.0  # no relation, but for the dust of sums
    found = permutation_test(
        (scores - scores.mean(),),
        lambda moved, axis=-1: np.abs(np.sum(moved * levels, axis=axis)),
        permutation_type="pairings",
        vectorized=True,
        n_resamples=SHUFFLES,
        alternative="greater",
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)


def covariate_bands(
    values: ArrayLike,
    covariate: ArrayLike,
    shares: Mapping[str, float],
    *,
    curve: CovariateCurve | None = None,
    confidence: float = 0.95,
    resamples: int = 400,
    seed: int = 0,
    **fit: Any,
) -> pd.DataFrame:
    """
    Values of the levels along the covariate, with bands.

    Parameters
    ----------
    values, covariate : arrays of shape (n_plants,)
        Of the plants that state both.
    shares, **fit
        As for `covariate_curve`.
    curve : CovariateCurve, optional
        The one values move along; else that of these plants. Where it is held against silence it may leave the band.
    resamples : int
        Samples of as many plants, drawn with replacement.

    Returns
    -------
    DataFrame
        Columns level, covariate, value, lower, upper, flat (the value without the covariate).

    Notes
    -----
    Percentiles over resamples in each of which slope and values are fitted anew: one covariate at a time, plants as
    drawn from an unlimited industry. Of samples of 30 they hold the value of a level at share .2 or .5 in about the
    stated share of cases; at .05 no resampling can bound the clean side (A-27).
    """
    y, x = _both(values, covariate)
    curve = curve or covariate_curve(y, x, shares, **fit)
    better, form = fit.get("better", "lower"), fit.get("form", "linear")
    places = fit.get("places") or curve_places(x, form)
    at = np.linspace(curve.points[0][0], curve.points[-1][0], 9)
    rng = np.random.default_rng(seed)
    drawn: list[Floats] = []
    while len(drawn) < resamples:
        rows = rng.integers(0, y.size, y.size)
        with suppress(DataError):  # too few different plants for a slope
            drawn.append(_values_at(y[rows], x[rows], at, np.asarray(places[0]), shares, better, form))
    ends = np.quantile(np.array(drawn), [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    adjusted = y - curve.addend(x)
    parts = [
        pd.DataFrame(
            {
                "level": level,
                "covariate": at,
                "value": quantile_threshold(adjusted, share, better=better) + curve.addend(at),
                "lower": ends[0, row],
                "upper": ends[1, row],
                "flat": quantile_threshold(y, share, better=better),
            }
        )
        for row, (level, share) in enumerate(shares.items())
    ]
    return pd.concat(parts, ignore_index=True)


def _values_at(
    y: Floats, x: Floats, at: Floats, knots: Floats, shares: Mapping[str, float], better: Better, form: str
) -> Floats:
    """Values of every level at each covariate, shape (n_levels, n_at), slopes as fitted."""
    slopes = _slopes(y, x, knots, shares, better, form)[:, 0]
    adjusted = y - _reach(x, knots) @ slopes
    levels = [quantile_threshold(adjusted, share, better=better) for share in shares.values()]
    return np.add.outer(levels, _reach(at, knots) @ slopes)


def _reach(x: Floats, knots: Floats) -> Floats:
    """How far each covariate reaches into each piece, shape (n, n_pieces)."""
    return np.clip(x[:, None], knots[:-1], knots[1:]) - knots[:-1]


def _slopes(
    y: Floats, x: Floats, knots: Floats, shares: Mapping[str, float], better: Better, form: str
) -> Floats:
    """Least and greatest slope of each piece, shape (n_pieces, 2)."""
    wanted = [share if better == "lower" else 1 - share for share in shares.values()]
    inside, lost = np.clip(x, knots[0], knots[-1]), int(np.isnan(x).sum())
    whole = _slope_between(y, inside, wanted, (knots[0], knots[-1]), [lost])
    if form == "linear":
        return np.array([whole])
    few = range(lost + 1)
    low, high = np.transpose([_slope_between(y, inside, wanted, ends, few) for ends in pairwise(knots)])
    return np.transpose([_of_sign(low, whole[0]), _of_sign(high, whole[1])])


def _of_sign(slopes: Floats, whole: float) -> Floats:
    """Slopes of the sign of another, and 0 for those that have it not."""
    return np.maximum(slopes * np.sign(whole), 0.0) * np.sign(whole)


def _slope_between(
    y: Floats, x: Floats, shares: list[float], ends: tuple[float, float], lost: Sequence[int]
) -> tuple[float, float]:
    """Least and greatest slope between two covariates, of which so many plants as one of `lost` do not state theirs."""
    here = (ends[0] <= x) & (x <= ends[1])
    told, silent = here & ~np.isnan(y), x[here & np.isnan(y)]
    found = slope_range(y[told], x[told], shares, silent=silent, unknown=lost, ends=ends)
    if not np.isfinite(found).all():
        raise DataError(
            f"Between the covariates {ends[0]:g} and {ends[1]:g}, {int(told.sum())} plants state value and covariate, "
            f"and {silent.size + max(lost)} that do not could turn the slope to anything. Ask them, set them aside "
            "with a reason, or leave the value flat."
        )
    if not silent.size and not any(lost):
        flatter = min(found, key=abs)
        return flatter, flatter
    return found


def _heights(knots: Floats, reference: float, slopes: Floats, *, least: bool) -> Points:
    """The least or the greatest curve through 0 at the reference whose slopes lie between two in each piece."""
    low, high = slopes.T
    at = knots if (low == high).all() else np.unique([*knots, reference])
    way = _reach(at, knots) - _reach(np.array([reference]), knots)
    heights = np.where((way > 0) == least, way * low, way * high).sum(axis=1)
    return tuple((float(k), round(float(h), 6) + 0.0) for k, h in zip(at, heights, strict=True))


def curve_places(covariate: ArrayLike, form: str = "linear") -> tuple[tuple[float, ...], float]:
    """
    Place ends and inner knots of a curve, and its reference, on a round grid.

    Returns
    -------
    knots : tuple of float
        Ends of the covariates and, of a piecewise form, their terciles.
    reference : float
        Their median.

    Examples
    --------
    >>> curve_places([10.2, 14.9, 21.3, 27.5])
    ((10.0, 28.0), 18.0)
    """
    x = read_values(covariate, what="covariates")
    if np.ptp(x) == 0:
        raise DataError(f"All {x.size} plants have the covariate {x[0]:g}; a value cannot move with it.")
    step = _round_step(float(np.ptp(x)) / _PARTS)
    ends = [floor(x.min() / step), ceil(x.max() / step)]
    inner = (np.quantile(x, [1 / 3, 2 / 3]) / step).tolist() if form == "piecewise" else []
    places = sorted({*ends, *(round(place) for place in inner)})
    knots = tuple(round(place * step, 9) for place in places if ends[0] <= place <= ends[1])
    return knots, round(round(float(np.median(x)) / step) * step, 9)


def _round_step(length: float) -> float:
    """Largest of 1, 2, 5 times a power of ten that is not longer."""
    power = 10.0 ** floor(log10(length))
    return max(m * power for m in (1, 2, 5) if m * power <= length * (1 + 1e-9))


def _digits(slope: float) -> float:
    return float(f"{slope:.{_DIGITS}g}") + 0.0


def _both(values: ArrayLike, covariate: ArrayLike) -> tuple[Floats, Floats]:
    y, x = read_values(values), read_values(covariate, what="covariates")
    if y.size != x.size:
        raise DataError(f"{y.size} values and {x.size} covariates are given; give one covariate per plant.")
    if np.ptp(x) == 0:
        raise DataError(f"All {x.size} plants have the covariate {x[0]:g}; a value cannot move with it.")
    return y, x
