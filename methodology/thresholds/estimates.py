"""Benchmark values of one indicator at every level: the chosen method where it holds, else the attainment value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from methodology.arguments import Better, Floats, exact_share, needed
from methodology.thresholds.censored import censored_quantile, complete
from methodology.thresholds.indicator_sample import Readings
from methodology.thresholds.quantiles import (
    FEWEST_PREDICTING,
    best_first,
    family_quantiles,
    method_kind,
    quantile_threshold,
)

COUNTED = ("attainment", "bat-ael")
"""Methods that read the value of a plant and count the plants that reach it."""


@dataclass(frozen=True)
class Points:
    """
    Values of one indicator per level.

    Attributes
    ----------
    values : dict of level to float
        Infinite where the plants that state the indicator do not carry a value.
    method : str
        Method used, which is "attainment" where the chosen one does not hold.
    notes : tuple of str
        Why a choice was not followed, and what stands for values below a limit.
    """

    values: dict[str, float]
    method: str
    notes: tuple[str, ...] = ()


def level_values(
    readings: Readings,
    shares: Mapping[str, float],
    *,
    method: str = "attainment",
    below_limit: str = "as-limit",
) -> Points:
    """
    Read the value of every level, falling back to attainment where a smooth method would mislead.

    Parameters
    ----------
    readings : Readings
    shares : mapping of level to share
    method : str
        As in `quantile_threshold`.
    below_limit : str
        As in `fit_lognormal`; read only where a cell is a limit.

    Notes
    -----
    "lognormal-mle" and "kaplan-meier" give quantiles of their own, so that `method` is not read for such an
    indicator; "ros" and "half-limit" complete the sample, and `method` reads it (A-14).
    """
    if readings.by_level:
        return _level_by_level(readings, shares, method, below_limit)
    if readings.limits.size and below_limit != "as-limit":
        return _with_limits(readings, shares, method, below_limit)
    return _ranked_or_fitted(readings, readings.values(), shares, method, ())


def _level_by_level(readings: Readings, shares: Mapping[str, float], method: str, below_limit: str) -> Points:
    """Each level read off what it judges."""
    found = {
        level: level_values(
            replace(readings.at(level), by_level={}), shares, method=method, below_limit=below_limit
        )
        for level in shares
    }
    values = {level: own.values[level] for level, own in found.items()}
    notes = tuple(dict.fromkeys(note for own in found.values() for note in own.notes))
    methods = {own.method for own in found.values()}
    return Points(_in_order(readings, values), methods.pop() if len(methods) == 1 else "attainment", notes)


def attainment_points(readings: Readings, shares: Mapping[str, float], notes: tuple[str, ...] = ()) -> Points:
    """Attainment values, cells below a limit at their limit."""
    merits = readings.pessimistic
    found = {level: readings.sign * merits[needed(share, merits.size) - 1] for level, share in shares.items()}
    return Points({level: float(value) for level, value in found.items()}, "attainment", notes)


def _ranked_or_fitted(
    readings: Readings, values: np.ndarray, shares: Mapping[str, float], method: str, notes: tuple[str, ...]
) -> Points:
    kind = method_kind(method)
    reason = readings.why_no_fit(method) if kind == "family" else ""
    if (
        kind == "prediction"
        and min(needed(share, readings.n) for share in shares.values()) < FEWEST_PREDICTING
    ):
        reason = f"the best share of {readings.n} plants is one plant"
    if not reason and method not in COUNTED and readings.limits.size and not readings.provable:
        reason = "a limit proves nothing here"
    if reason:
        return attainment_points(readings, shares, (*notes, f"attainment instead of {method}: {reason}"))
    if method in COUNTED and not notes:
        return replace(attainment_points(readings, shares), method=method)
    found = _found(best_first(values, readings.indicator.better), shares, readings.indicator.better, method)
    if kind in ("mean", "prediction"):
        told = "mean of" if kind == "mean" else "99 % prediction limit of one more plant like"
        notes = (*notes, f"{told} the best plants: the interval is that of the attainment value")
    return Points(_in_order(readings, found), method, notes)


def _found(ordered: Floats, shares: Mapping[str, float], better: Better, method: str) -> dict[str, float]:
    """Values of every level; a family is fitted once."""
    if method_kind(method) == "family":
        points = [share if better == "lower" else float(1 - exact_share(share)) for share in shares.values()]
        return dict(zip(shares, family_quantiles(ordered, points, method), strict=True))
    return {
        level: quantile_threshold(ordered, share, better=better, method=method)
        for level, share in shares.items()
    }


def _in_order(readings: Readings, values: dict[str, float]) -> dict[str, float]:
    """A level that came out looser than the next takes its value (A-52): few plants have a wide prediction limit."""
    levels = list(values)
    merits = readings.sign * np.array([values[level] for level in levels])
    kept = np.minimum.accumulate(merits[::-1])[::-1]
    return {level: float(readings.sign * merit) for level, merit in zip(levels, kept, strict=True)}


def _with_limits(readings: Readings, shares: Mapping[str, float], method: str, below_limit: str) -> Points:
    told = f"{readings.limits.size} values below a limit: {below_limit}"
    smooth = below_limit in ("lognormal-mle", "ros")
    reason = readings.why_no_fit(below_limit) if smooth else ""
    if not smooth and not readings.provable:
        reason = "a limit proves nothing here"
    if not smooth and readings.values().min() <= 0:
        reason = "values are not all positive"
    if reason:
        return attainment_points(readings, shares, (f"limits as limits instead of {below_limit}: {reason}",))
    values, below = readings.values(), readings.below()
    if below_limit in ("ros", "half-limit"):
        filled = complete(values, below, below_limit)
        return _completed(readings, filled, shares, method, told)
    # Limits are provable here, so lower is better and shares count from the smallest value.
    found = {
        level: censored_quantile(values, below, share, method=below_limit).value
        for level, share in shares.items()
    }
    return Points(found, below_limit, (told,))


def _completed(
    readings: Readings, filled: np.ndarray, shares: Mapping[str, float], method: str, told: str
) -> Points:
    if method_kind(method) == "family":
        reason = f"attainment instead of {method}: some values lie below a limit"
        return _ranked_or_fitted(readings, filled, shares, "attainment", (told, reason))
    return _ranked_or_fitted(readings, filled, shares, method, (told,))
