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
    needed,
    read_mask,
    read_values,
)
from methodology.thresholds.prediction import upper_prediction_limit

_DIGITS = 50


@lru_cache(maxsize=1)
def foreign_rules() -> dict[str, Any]:
    """Figures of the regulators' rules, each with source and status."""
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
    periods = foreign_rules()["ets"]["periods"]
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
        step = Decimal(1).scaleb(-foreign_rules()["ets"]["decimals"])
        return value.quantize(step, rounding=ROUND_HALF_UP)


def _decimal(name: str, value: float | str | Decimal) -> Decimal:
    try:
        number = Decimal(value if isinstance(value, (str, Decimal)) else repr(float(value)))
    except (InvalidOperation, TypeError, ValueError, OverflowError):
        number = Decimal("NaN")
    if not number.is_finite():
        raise DataError(f"{name} is {value!r}; give a number such as 1.328.")
    return number


def floor_sources(sources: int) -> int:
    """
    Count the sources whose runs make the US EPA's floor.

    Examples
    --------
    >>> floor_sources(29), floor_sources(30), floor_sources(3)
    (5, 4, 3)
    """
    rule = foreign_rules()["mact_floor"]
    if sources >= rule["many_sources"]:
        return needed(float(rule["best_share"]), sources)
    return min(rule["best_few"], sources)


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
    labels, place = np.unique(names, return_inverse=True)
    means = np.bincount(place, values) / np.bincount(place)
    best = floor_sources(labels.size)
    # Equal means keep the order of the names, so that the choice does not depend on the order of the runs.
    chosen = np.argsort(means, kind="stable")[:best]
    pooled = values[np.isin(place, chosen)]
    limit = upper_prediction_limit(pooled, future=future, confidence=confidence, form=form)
    return MactFloor(limit, float(pooled.mean()), tuple(map(str, labels[chosen])), pooled.size)


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
    if not isinstance(reason, str) or not reason.strip():
        raise ParameterError("reason is empty. A BREF value has no formula: its reason is its only evidence.")
    whole = isinstance(rank, (int, np.integer)) and not isinstance(rank, bool)
    if not whole or not 1 <= rank <= kept.size:
        raise ParameterError(
            f"rank is {rank!r}; {kept.size} plants are kept, so give a rank from 1 to {kept.size}."
        )
    if step is not None and not (isinstance(step, (int, float)) and 0 < step < float("inf")):
        raise ParameterError(f"step is {step!r}; give a positive step in the unit of the values.")
    end = cleaner_end(better)
    chosen = float(best_first(kept, end)[rank - 1])
    value = chosen
    if step is not None:
        grid, steps = Decimal(repr(float(step))), Decimal(repr(chosen)) / Decimal(repr(float(step)))
        value = float(grid * (ceil(steps) if end == "lower" else -ceil(-steps)))
    return BatAel(value, chosen, rank, kept.size, array.size - kept.size, reason.strip())
