"""Benchmark values that move with a covariate: 基准值随协变量变化, as a correction to one reference value of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from methodology.arguments import Better, Floats, choice, cleaner_end, read_values
from methodology.errors import DataError
from methodology.thresholds.quantile_regression import quantile_regression
from methodology.thresholds.quantiles import quantile_threshold

FORMS = ("linear", "piecewise")
SHUFFLES = 9_999
"""Rearrangements behind a p-value; its standard error is below .005, and below .002 at .05."""
_PARTS = 10
"""The covariate is read on a round grid of about this many steps between its ends (A-26)."""
_DIGITS = 2
"""Digits of a published slope (A-26)."""


@dataclass(frozen=True)
class CovariateCurve:
    """
    How a benchmark value moves with a covariate, the same at all levels.

    Attributes
    ----------
    reference : float
        Covariate at which the values of the levels are stated.
    points : tuple of (covariate, addend)
        What is added to a value stated at the reference; straight between points, constant beyond the outer ones.
    """

    reference: float
    points: tuple[tuple[float, float], ...]

    def addend(self, covariate: ArrayLike) -> Floats:
        """What is added to the value at each covariate, and taken off a plant's value to compare it."""
        at, addends = zip(*self.points, strict=True)
        return np.asarray(np.interp(np.asarray(covariate, dtype=float), at, addends))


def covariate_curve(
    values: ArrayLike,
    covariate: ArrayLike,
    shares: Mapping[str, float],
    *,
    better: Better = "lower",
    form: str = "linear",
) -> CovariateCurve:
    """
    Fit how a benchmark value moves with a covariate, by quantile regression at the shares of all levels together.

    Parameters
    ----------
    values, covariate : arrays of shape (n_plants,)
        Of the plants that state both.
    shares : mapping of level to share
        Share of plants that should reach the value.
    better : {"lower", "higher"}
    form : {"linear", "piecewise"}
        One slope, or three that all have one sign, between terciles of the covariate.

    Returns
    -------
    CovariateCurve

    Raises
    ------
    DataError
        If the plants do not differ in the covariate, or are too few.

    Notes
    -----
    Levels share the slope, so that their lines never cross and every plant has one adjusted value, of which an
    attainment quantile keeps its promise exactly. Knots lie on a round grid and slopes have two digits, as a norm
    prints them and so that no plant can be read off them (A-26); what is published is what is computed with.

    Examples
    --------
    >>> scrap = np.arange(10.0, 30.0, 2.0)
    >>> curve = covariate_curve(200 - 2 * scrap, scrap, {"II": 0.2, "III": 0.5})
    >>> curve.reference, curve.points
    (19.0, ((10.0, 18.0), (28.0, -18.0)))
    """
    y, x = _both(values, covariate)
    choice("form", form, FORMS)
    knots, reference = _knots(x, form)
    slopes = _slopes(y, _segments(x, knots), shares, better, form)
    rounded = [_digits(slope) for slope in slopes]
    heights = np.concatenate([[0.0], np.cumsum(np.diff(knots) * rounded)])
    heights -= np.interp(reference, knots, heights)
    return CovariateCurve(
        reference, tuple((float(k), round(float(h), 6)) for k, h in zip(knots, heights, strict=True))
    )


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
    sign = _sign(better)
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
    confidence: float = 0.95,
    resamples: int = 400,
    seed: int = 0,
    **fit: Any,
) -> pd.DataFrame:
    """
    Values of the levels along the covariate, with bands.

    Parameters
    ----------
    values, covariate, shares, **fit
        As for `covariate_curve`.
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
    fitted = covariate_curve(y, x, shares, **fit)
    better, form = fit.get("better", "lower"), fit.get("form", "linear")
    at = np.linspace(fitted.points[0][0], fitted.points[-1][0], 9)
    rng = np.random.default_rng(seed)
    knots, _ = _knots(x, form)
    drawn: list[Floats] = []
    while len(drawn) < resamples:
        rows = rng.integers(0, y.size, y.size)
        if np.ptp(x[rows]) > 0:
            drawn.append(_values_at(y[rows], x[rows], at, knots, shares, better, form))
    ends = np.quantile(np.array(drawn), [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    adjusted = y - fitted.addend(x)
    parts = [
        pd.DataFrame(
            {
                "level": level,
                "covariate": at,
                "value": quantile_threshold(adjusted, share, better=better) + fitted.addend(at),
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
    slopes = _slopes(y, _segments(x, knots), shares, better, form)
    adjusted = y - _segments(x, knots) @ slopes
    levels = [quantile_threshold(adjusted, share, better=better) for share in shares.values()]
    return np.add.outer(levels, _segments(at, knots) @ slopes)


def _slopes(y: Floats, columns: Floats, shares: Mapping[str, float], better: Better, form: str) -> Floats:
    """Slope of each segment; of a piecewise form the better of the rising and the falling one."""
    sign, wanted = _sign(better), list(shares.values())
    if form == "linear":
        return sign * quantile_regression(sign * y, columns, wanted)[0]
    ways = [quantile_regression(sign * y, columns, wanted, sign=way) for way in (1, -1)]
    return sign * min(ways, key=lambda way: _loss(sign * y, columns, wanted, *way))[0]


def _loss(y: Floats, columns: Floats, shares: list[float], slopes: Floats, intercepts: Floats) -> float:
    left = y[:, None] - (columns @ slopes)[:, None] - intercepts
    return float((left * (np.array(shares) - (left < 0))).sum())


def _segments(x: Floats, knots: Floats) -> Floats:
    """How far each covariate reaches into each segment, shape (n, n_segments)."""
    return np.clip(x[:, None], knots[:-1], knots[1:]) - knots[:-1]


def _knots(x: Floats, form: str) -> tuple[Floats, float]:
    """Ends and inner knots of the curve, and the reference, on a round grid."""
    step = _round_step(float(np.ptp(x)) / _PARTS)
    ends = [floor(x.min() / step), ceil(x.max() / step)]
    inner = (np.quantile(x, [1 / 3, 2 / 3]) / step).tolist() if form == "piecewise" else []
    places = sorted({*ends, *(round(place) for place in inner)})
    places = [place for place in places if ends[0] <= place <= ends[1]]
    knots = np.array([round(place * step, 9) for place in places])
    return knots, round(round(float(np.median(x)) / step) * step, 9)


def _round_step(length: float) -> float:
    """Largest of 1, 2, 5 times a power of ten that is not longer."""
    power = 10.0 ** floor(log10(length))
    return max(m * power for m in (1, 2, 5) if m * power <= length * (1 + 1e-9))


def _digits(slope: float) -> float:
    return float(f"{slope:.{_DIGITS}g}") + 0.0


def _sign(better: Better) -> float:
    return 1.0 if cleaner_end(better) == "lower" else -1.0


def _both(values: ArrayLike, covariate: ArrayLike) -> tuple[Floats, Floats]:
    y, x = read_values(values), read_values(covariate, what="covariates")
    if y.size != x.size:
        raise DataError(f"{y.size} values and {x.size} covariates are given; give one covariate per plant.")
    if np.ptp(x) == 0:
        raise DataError(f"All {x.size} plants have the covariate {x[0]:g}; a value cannot move with it.")
    return y, x
