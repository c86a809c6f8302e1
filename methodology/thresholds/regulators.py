"""How regulators elsewhere turn plant performance into a limit, to stand beside a proposed value."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from methodology.arguments import (
    choice,
    count,
    needed,
    probability,
)
from methodology.errors import DataError, ParameterError
from methodology.indicators.loading import read_yaml

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

    if not isinstance(cv, (int, float)) or not 0 < cv < float("inf"):
        raise ParameterError(f"cv is {cv!r}; a coefficient of variation is positive.")
    if z is not None and not np.isfinite(z):
        raise ParameterError(f"z is {z!r}; give a normal quantile such as 2.326.")
    variance = np.log1p(cv**2 / count("averaged", averaged))
    normal = float(ndtri(probability("confidence", confidence))) if z is None else z
    return float(np.exp(normal * np.sqrt(variance) - variance / 2))
