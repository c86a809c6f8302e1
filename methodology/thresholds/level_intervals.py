"""Limits of one indicator's benchmark values, also where cells lie below a limit or plants carry weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from methodology.arguments import Floats, probability
from methodology.errors import DataError, ParameterError
from methodology.indicators import Sample
from methodology.indicators.display import fixed
from methodology.thresholds.indicator_sample import Readings
from methodology.thresholds.intervals import COMPARISON_ONLY, threshold_interval
from methodology.thresholds.order_statistics import rank_interval
from methodology.thresholds.quantiles import weighted_attainment_value


@dataclass(frozen=True)
class LevelInterval:
    """
    Interval of one benchmark value as it goes into thresholds.csv.

    Attributes
    ----------
    lower, upper : float
        On the scale of the values; NaN where no such limit exists.
    confidence : float
        Achieved; NaN where unknown.
    method : str
        Interval method used, which is "order-statistic" where the chosen one does not hold.
    notes : tuple of str
        Limits that do not exist, in words, and why a choice was not followed.
    """

    lower: float
    upper: float
    confidence: float
    method: str
    notes: tuple[str, ...] = ()


NO_INTERVAL = LevelInterval(np.nan, np.nan, np.nan, "none")


def level_interval(
    readings: Readings,
    share: float,
    *,
    method: str = "order-statistic",
    confidence: float = 0.95,
    population: int | None = None,
    seed: int = 0,
    resamples: int = 1999,
) -> LevelInterval:
    """
    Bracket the value that `share` of the plants reach.

    Parameters
    ----------
    readings : Readings
    share, method, confidence, population, seed, resamples
        As in `threshold_interval`.

    Notes
    -----
    A cell below its limit enters the strict limit as clean as it can be and the loose limit as dirty as it can be,
    so that both limits hold whatever hides below (A-13). A model that the indicator does not allow gives way to
    order statistics, and says so.
    """
    if method in ("order-statistic", "finite-population"):
        return _ranked(readings, share, method, confidence, population)
    smooth = method in ("lognormal", "normal")
    reason = readings.why_no_fit(method) if smooth else _why_no_draws(readings, method)
    if reason:
        found = _ranked(readings, share, "order-statistic", confidence, None)
        note = f"order statistics instead of {method}: {reason}"
        return LevelInterval(found.lower, found.upper, found.confidence, found.method, (note, *found.notes))
    drawn = threshold_interval(
        readings.values(),
        share,
        better=readings.indicator.better,
        confidence=confidence,
        method=method,
        seed=seed,
        resamples=resamples,
    )
    notes = ("comparison only: confidence unknown",) if method in COMPARISON_ONLY else drawn.missing
    return LevelInterval(_number(drawn.lower), _number(drawn.upper), drawn.confidence, method, notes)


def shared_tail(confidence: float) -> float:
    """
    Tail of each of two errors of like size that together leave `confidence`: Phi(-z / sqrt 2).

    Examples
    --------
    >>> round(shared_tail(0.95), 4)
    0.0829
    """
    normal = NormalDist()
    return normal.cdf(normal.inv_cdf((1 - probability("confidence", confidence)) / 2) / 2**0.5)


def chosen_share_interval(
    readings: Readings,
    shares: tuple[float, float],
    *,
    method: str = "order-statistic",
    confidence: float = 0.95,
    population: int | None = None,
    seed: int = 0,
) -> LevelInterval:
    """
    Bracket the value at a share that was itself chosen from the plants.

    Parameters
    ----------
    readings : Readings
    shares : strict and loose share
        Between which the share lies; 0 and 1 where the sample bounds it on no such side.
    method, confidence, population, seed
        As in `level_interval`.

    Notes
    -----
    The value is bracketed at both ends of the range of its share. Two errors of like size add up to one that is the
    square root of 2 as large, so each bracket has tails of Phi(-z / sqrt 2), where z belongs to the confidence (A-43).
    That is approximate; `method_coverage` measures it.
    """
    inner = 1 - 2 * shared_tail(confidence)
    how: dict[str, Any] = {"method": method, "confidence": inner, "population": population, "seed": seed}
    strict, loose = (level_interval(readings, s, **how) if 0 < s < 1 else None for s in shares)
    sides = (strict, loose) if readings.sign > 0 else (loose, strict)
    lower, upper = (
        np.nan if s is None else getattr(s, end) for s, end in zip(sides, ("lower", "upper"), strict=True)
    )
    missing = int(np.isnan(lower)) + int(np.isnan(upper))
    notes = [
        f"no {name} limit exists with n = {readings.n}"
        for name, end in (("lower", lower), ("upper", upper))
        if np.isnan(end)
    ]
    found = [s for s in (strict, loose) if s is not None]
    told = [note for s in found for note in s.notes if not note.startswith(("no lower", "no upper"))]
    return LevelInterval(
        lower,
        upper,
        1 - (2 - missing) * (1 - confidence) / 2,
        found[0].method if found else method,
        (*dict.fromkeys(told), *notes),
    )


def _why_no_draws(readings: Readings, method: str) -> str:
    if method == "interpolated":
        return "some values lie below a limit" if readings.limits.size else ""
    if readings.limits.size and not readings.provable:
        return "a limit proves nothing here"
    return "fewer than 3 plants" if readings.n < 3 else ""


def _ranked(
    readings: Readings, share: float, method: str, confidence: float, population: int | None
) -> LevelInterval:
    known = population if method == "finite-population" else None
    if method == "finite-population" and known is None:
        raise ParameterError(
            "interval 'finite-population' needs `population`, the number of known plants of the industry."
        )
    ranks = rank_interval(readings.n, share, confidence=confidence, population=known)
    ends = [
        np.nan if rank is None else float(merits[rank - 1])
        for rank, merits in ((ranks.strict, readings.optimistic), (ranks.loose, readings.pessimistic))
    ]
    return on_scale(readings, ends, readings.n, ranks.confidence, method)


def on_scale(
    readings: Readings,
    ends: Sequence[float],
    plants: int,
    confidence: float,
    method: str,
    notes: tuple[str, ...] = (),
) -> LevelInterval:
    """
    Turn strict and loose merits into lower and upper limits, and say in words which do not exist.

    Parameters
    ----------
    ends : strict and loose limit
        On the merit scale; NaN where no rank carries it, infinite where only a cell below a limit would.
    """
    names = ("lower", "upper") if readings.sign > 0 else ("upper", "lower")
    told = list(notes)
    for name, end in zip(names, ends, strict=True):
        if np.isnan(end):
            told.append(f"no {name} limit exists with n = {plants}")
        elif np.isinf(end):
            told.append(f"no {name} limit: it lies among values below a detection limit")
    lower, upper = (readings.sign * end if np.isfinite(end) else np.nan for end in ends)
    if readings.sign < 0:
        lower, upper = upper, lower
    return LevelInterval(lower, upper, confidence, method, tuple(told))


def _number(limit: float | None) -> float:
    return np.nan if limit is None else limit


METHOD = "effective-ranks"


def effective_plants(weights: Floats) -> float:
    """
    Number of equally weighted plants that carry as much information, after Kish.

    References
    ----------
    .. [1] Kish (1965), Survey Sampling, section 8.2

    Examples
    --------
    >>> effective_plants(np.array([1.0, 1.0, 1.0, 3.0]))
    3.0
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def plant_weights(sample: Sample, weights: pd.Series, method: str) -> Floats:
    """
    Weights in the order of the plants, checked.

    Raises
    ------
    DataError
        If a plant has no weight or a weight is not positive.
    ParameterError
        If a method other than "attainment" is asked for.
    """
    if method != "attainment":
        raise ParameterError(
            f"method {method!r} does not take plant weights; use 'attainment', or leave the weights out."
        )
    given = weights.reindex(sample.plants).astype(float)
    without = given.index[~(given > 0)]
    if len(without):
        raise DataError(
            f"{len(without)} of {len(given)} plants have no positive weight ({', '.join(map(str, without[:5]))}). "
            "Every plant of the sample stands for at least itself: complete the register or the stratum."
        )
    return np.asarray(given, dtype=float)


def weighted_levels(
    readings: Readings, weights: Floats, shares: Mapping[str, float], confidence: float
) -> tuple[dict[str, float], dict[str, LevelInterval]]:
    """
    Weighted attainment values of one indicator, and their approximate limits.

    Parameters
    ----------
    readings : Readings
    weights : array of shape (n_plants,)
        One weight per plant of the sample.

    Returns
    -------
    values, intervals : dicts by level
        Limits are the order statistics of the effective number of plants, read off the weighted distribution: exact
        for equal weights, approximate otherwise (A-18).
    """
    values, intervals = {}, {}
    for level, share in shares.items():
        judged = readings.at(level)
        mass = weights[judged.places]
        effective = effective_plants(mass)
        # Never more plants than there are; equal weights give the whole number back but for rounding.
        plants = max(1, floor(round(effective, 9)))
        values[level] = judged.sign * weighted_attainment_value(judged.dirtiest, mass, share, "lower")
        ranks = rank_interval(plants, share, confidence=confidence)
        found = [
            np.nan if rank is None else weighted_attainment_value(merits, mass, rank / plants, "lower")
            for rank, merits in ((ranks.strict, judged.cleanest), (ranks.loose, judged.dirtiest))
        ]
        told = f"weighted: effective n = {fixed(effective, 1)}, confidence approximate"
        intervals[level] = on_scale(judged, found, plants, ranks.confidence, METHOD, (told,))
    return values, intervals
