"""How regulators elsewhere turn plant performance into a limit, to stand beside a proposed value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from methodology.errors import DataError, ParameterError
from methodology.indicators import read_yaml
from methodology.thresholds.attainment import best_first
from methodology.thresholds.inputs import (
    Better,
    choice,
    cleaner_end,
    count,
    needed,
    probability,
    read_mask,
    read_positive,
    read_values,
)
from methodology.thresholds.prediction import upper_prediction_limit

_DIGITS = 50


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("regulators.yaml"))


def ets_benchmark(
    previous: float | str | Decimal, best_mean: float | str | Decimal, *, period: str = "2021-2025"
) -> Decimal:
    """
    Update an EU ETS product benchmark, exactly in decimal arithmetic.

    Parameters
    ----------
    previous : number or text
        Value B of 2013-2020, allowances per t product.
    best_mean : number or text
        Mean A10 of the 10 % most efficient installations in the observed years; how 10 % of N becomes a count is not
        published: see `count` of `quantile_threshold(..., method="mean-of-best")`.
    period : {"2021-2025", "2026-2030"}

    Returns
    -------
    Decimal
        B (1 - years r), r = (1 - A10/B) / observed years held within the legal rates, rounded half up.

    Raises
    ------
    DataError
        If a value is not a number, B is not positive or A10 is negative.
    ParameterError
        If the period is unknown.

    References
    ----------
    .. [1] Implementing Regulation (EU) 2021/447, http://data.europa.eu/eli/reg_impl/2021/447/oj

    Examples
    --------
    >>> ets_benchmark(1.328, 1.331), ets_benchmark("0.286", "0.144")
    (Decimal('1.288'), Decimal('0.217'))
    """
    periods = _rules()["ets"]["periods"]
    rule = periods[choice("period", period, periods)]
    before, best = _decimal("previous", previous), _decimal("best_mean", best_mean)
    if before <= 0 or best < 0:
        raise DataError(
            f"previous is {before} and best_mean {best}; an intensity per t product is positive (its mean may be 0)."
        )
    with localcontext() as context:
        context.prec = _DIGITS
        rate = (1 - best / before) / rule["observed_years"]
        rate = min(max(rate, Decimal(rule["slowest"])), Decimal(rule["fastest"]))
        value = before * (1 - rule["applied_years"] * rate)
        step = Decimal(1).scaleb(-_rules()["ets"]["decimals"])
        return value.quantize(step, rounding=ROUND_HALF_UP)


def _decimal(name: str, value: float | str | Decimal) -> Decimal:
    text = value if isinstance(value, (str, Decimal)) else repr(float(value))
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise DataError(f"{name} is {value!r}; give a number such as 1.328.")
    return number


@dataclass(frozen=True)
class MactFloor:
    """
    US EPA floor for existing sources.

    Attributes
    ----------
    limit : float
        Upper prediction limit of the pooled runs.
    mean : float
        Mean of the pooled runs.
    sources : tuple of str
        Best sources, cleanest first.
    runs : int
        Runs pooled.
    """

    limit: float
    mean: float
    sources: tuple[str, ...]
    runs: int


def mact_floor(
    runs: ArrayLike,
    sources: Sequence[str],
    *,
    future: int = 3,
    confidence: float = 0.99,
    form: str = "normal",
) -> MactFloor:
    """
    Compute the US EPA's floor: pool the runs of the best sources, then predict.

    Parameters
    ----------
    runs : array of shape (n_runs,)
        Emission of each test run, lower is better.
    sources : sequence of str
        Source of each run. With 30 sources or more the best 12 % count, rounded up; else the best 5.
    future, confidence, form
        As in `upper_prediction_limit`.

    Raises
    ------
    DataError
        If runs and sources differ in number, or a run is missing.

    References
    ----------
    .. [1] 42 USC 7412(d)(3)

    Examples
    --------
    >>> floor = mact_floor([1, 2, 3, 9, 9, 9], ["A", "A", "A", "B", "B", "B"])
    >>> floor.sources, floor.runs
    (('A', 'B'), 6)
    """
    values = read_values(runs, least=2, what="runs")
    names = [str(source) for source in sources]
    if len(names) != values.size:
        raise DataError(
            f"{values.size} runs and {len(names)} sources are given; name the source of each run."
        )
    rule = _rules()["mact_floor"]
    labels, place = np.unique(names, return_inverse=True)
    means = np.bincount(place, values) / np.bincount(place)
    few = min(rule["best_few"], labels.size)
    many = labels.size >= rule["many_sources"]
    best = needed(float(rule["best_share"]), labels.size) if many else few
    # Equal means keep the order of the names, so that the choice does not depend on the order of the runs.
    chosen = np.argsort(means, kind="stable")[:best]
    pooled = values[np.isin(place, chosen)]
    limit = upper_prediction_limit(pooled, future=future, confidence=confidence, form=form)
    return MactFloor(limit, float(pooled.mean()), tuple(map(str, labels[chosen])), pooled.size)


def lognormal_variability_factor(
    cv: float, *, confidence: float = 0.99, averaged: int = 1, z: float | None = None
) -> float:
    """
    Factor from a long-term average to a limit for the mean of `averaged` lognormal days.

    Parameters
    ----------
    cv : float
        Coefficient of variation of single days.
    confidence : float in (0, 1)
        Share of means that stay below the limit.
    averaged : int
        Independent days averaged.
    z : float, optional
        Normal quantile as printed, e.g. 2.326, where a published table is to be reproduced to its digits.

    Returns
    -------
    float
        exp(z s - s^2 / 2) with s^2 = ln(1 + cv^2 / averaged).

    References
    ----------
    .. [1] US EPA (1991), Technical Support Document, EPA/505/2-90-001, table 5-2

    Examples
    --------
    >>> round(lognormal_variability_factor(0.6, z=2.326), 2)
    3.11
    >>> [round(lognormal_variability_factor(0.6, confidence=0.95, averaged=n), 2) for n in (4, 30)]
    [1.55, 1.19]
    """
    from scipy.special import ndtri

    if not cv > 0:
        raise ParameterError(f"cv is {cv!r}; a coefficient of variation is positive.")
    variance = np.log1p(cv**2 / count("averaged", averaged))
    normal = float(ndtri(probability("confidence", confidence))) if z is None else z
    return float(np.exp(normal * np.sqrt(variance) - variance / 2))


@dataclass(frozen=True)
class DeltaLognormal:
    """
    Long-term average and variability of days of which some lie below a detection limit.

    Attributes
    ----------
    mean : float
        Long-term average.
    quantile : float
        Value that `confidence` of the means of `averaged` days stay below.
    variability_factor : float
        quantile / mean.
    below : float
        Share of days below the limit.
    """

    mean: float
    quantile: float
    variability_factor: float
    below: float


def delta_lognormal(
    values: ArrayLike,
    below_limit: ArrayLike | None = None,
    *,
    confidence: float = 0.99,
    averaged: int = 1,
) -> DeltaLognormal:
    """
    Variability factor of the US EPA's effluent guidelines for days partly below the detection limit.

    Parameters
    ----------
    values : array of shape (n_days,)
        Measured values, and the limit of each day below it.
    below_limit : array of bool, optional
        Which values are limits. They enter at their limit, as the EPA's modified form has it.
    confidence : float in (0, 1)
    averaged : int
        Independent days averaged (4 or 20 for a monthly limit).

    Returns
    -------
    DeltaLognormal

    Raises
    ------
    DataError
        If fewer than two different values are measured, or a value is not positive.

    Notes
    -----
    A lump of mass delta at the mean limit D, and a lognormal for the measured days; means of several days are
    lognormal again with matched mean and variance, beside a lump of delta ** averaged (A-16).

    References
    ----------
    .. [1] Aitchison (1955), doi:10.1080/01621459.1955.10501976
    .. [2] US EPA (1998), EPA 821-B-97-006, section 4

    Examples
    --------
    >>> found = delta_lognormal([2, 3, 5, 8, 2], [False, False, False, False, True])
    >>> found.below, round(found.variability_factor, 2)
    (0.2, 3.64)
    """
    from scipy.special import ndtri

    array = read_positive(values, least=2, why="the delta-lognormal form")
    below = read_mask(below_limit, array.size)
    logs = np.log(array[~below])
    if logs.size < 2 or np.ptp(logs) == 0:
        raise DataError(
            f"{logs.size} days are measured; two different measured values are needed for a spread."
        )
    wanted, days = probability("confidence", confidence), count("averaged", averaged)
    delta = float(below.mean())
    lump = float(array[below].mean()) if delta else 0.0
    centre, growth = np.exp(logs.mean() + logs.var(ddof=1) / 2), np.exp(logs.var(ddof=1))
    mean = delta * lump + (1 - delta) * centre
    variance = (1 - delta) * centre**2 * growth + delta * lump**2 - mean**2
    # Mean and variance of the averaged days that are not all below the limit.
    rest = 1 - delta**days
    above = (mean - delta**days * lump) / rest
    second = (variance / days + mean**2 - delta**days * lump**2) / rest
    log_variance = np.log(second / above**2)
    if delta**days >= wanted:
        quantile = lump
    else:
        z = ndtri((wanted - delta**days) / rest)
        quantile = max(lump, float(np.exp(np.log(above) - log_variance / 2 + z * np.sqrt(log_variance))))
    return DeltaLognormal(float(mean), float(quantile), float(quantile / mean), delta)


@dataclass(frozen=True)
class BatAel:
    """An expert's reading of sorted questionnaire data, with the reason that is all it rests on."""

    value: float
    ordered_value: float
    rank: int
    plants: int
    left_out: int
    reason: str


def bat_ael(
    values: ArrayLike,
    rank: int,
    *,
    reason: str,
    keep: ArrayLike | None = None,
    step: float | None = None,
    better: Better = "lower",
) -> BatAel:
    """
    Record a BREF-style value: filter, order statistic, rounding and a written reason.

    Parameters
    ----------
    values : array of shape (n_plants,)
    rank : int
        Plant chosen, counted from the cleanest of those kept.
    reason : str
        Why these plants, this rank and this step; refused when empty.
    keep : array of bool, optional
        Plants that apply the technique under discussion.
    step : float, optional
        The value is rounded to a multiple of it, away from the clean end.
    better : {"lower", "higher"}

    Raises
    ------
    ParameterError
        If the reason is empty, the rank is no rank of the plants kept, or the step is not positive.

    Examples
    --------
    >>> bat_ael([12, 18, 9, 31], 3, reason="bag filters in steady operation", step=5).value
    20.0
    """
    array = read_values(values)
    kept = array if keep is None else array[read_mask(keep, array.size)]
    if not reason.strip():
        raise ParameterError("reason is empty. A BREF value has no formula: its reason is its only evidence.")
    if not 1 <= rank <= kept.size:
        raise ParameterError(
            f"rank is {rank!r}; {kept.size} plants are kept, so give a rank from 1 to {kept.size}."
        )
    if step is not None and not step > 0:
        raise ParameterError(f"step is {step!r}; give a positive step in the unit of the values.")
    end = cleaner_end(better)
    chosen = float(best_first(kept, end)[rank - 1])
    value = chosen
    if step is not None:
        grid, steps = Decimal(repr(float(step))), Decimal(repr(chosen)) / Decimal(repr(float(step)))
        value = float(grid * (ceil(steps) if end == "lower" else -ceil(-steps)))
    return BatAel(value, chosen, rank, kept.size, array.size - kept.size, reason.strip())
