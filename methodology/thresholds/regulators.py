"""How regulators elsewhere turn plant performance into a limit: benchmarks, factors, upper prediction limits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from methodology.arguments import (
    Floats,
    choice,
    count,
    needed,
    probability,
    read_positive,
    read_values,
)
from methodology.errors import DataError, MethodError, ParameterError
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


_GRID_STEP = 0.0101
_SEARCH_STEP = 0.0001
_SEARCH_LENGTH = 20_000
_TOLERANCE = 0.0001
_SKEWED_CONFIDENCE = 0.99
_LARGEST_GAMMA = 340
"""More values overflow the gamma function that the skewed form divides by."""


def upper_prediction_limit(
    values: ArrayLike,
    *,
    future: int = 3,
    confidence: float = 0.99,
    form: str = "normal",
    simultaneous: int = 1,
) -> float:
    """
    Limit that the mean of `future` further runs stays below with `confidence`.

    Parameters
    ----------
    values : array of shape (n_runs,)
        Pooled runs of the best sources, in the unit of the limit.
    future : int
        Runs averaged in one compliance test.
    confidence : float in (0, 1)
    form : {"normal", "lognormal", "skewed", "epa-as-coded", "lognormal-geometric"}
        "normal": mean + t sqrt(s^2 (1/n + 1/future)) [1]_. "lognormal", "skewed": as the US EPA's workbook codes
        them, faults included, for comparison with its figures. "epa-as-coded": whichever of the three that
        workbook would pick. "lognormal-geometric": exact, for the geometric mean of the future runs [1]_.
    simultaneous : int
        Future means that must all stay below the limit; Bonferroni's inequality shares out the error.

    Returns
    -------
    float
        In the unit of `values`.

    Raises
    ------
    DataError
        If fewer than 2 values (4 for "skewed") are given, or one is not positive where logarithms are taken.
    MethodError
        If the coded skewed form cannot answer: another confidence than 99 %, too many values, no root.

    Notes
    -----
    Faults of the coded forms (A-15). Lognormal: a Gram-Charlier density that turns negative is folded up by its
    absolute value, cut at +-5 and summed on a grid of .0101. Skewed: an incomplete gamma that is already a
    probability is divided by the gamma function once more; the search runs in steps of .0001 and aims at 99 %
    whatever is asked. Neither is an exact limit for any population.

    References
    ----------
    .. [1] US EPA (2009), Unified Guidance, EPA 530/R-09-007, chapter 18
    .. [2] Bhaumik and Gibbons (2004), doi:10.1198/004017004000000284

    Examples
    --------
    >>> arsenic = [12.6, 30.8, 52, 28.1, 33.3, 44, 3, 12.8, 58.1, 12.6, 17.6, 25.3]
    >>> round(upper_prediction_limit(arsenic, future=1, confidence=0.95, simultaneous=4), 5)
    73.67237
    """
    # Sums in one order, so that the order of runs changes no bit of the result.
    array = np.sort(read_values(values, least=2))
    runs = count("future", future)
    wanted = 1 - (1 - probability("confidence", confidence)) / count("simultaneous", simultaneous)
    choice("form", form, FORMS)
    chosen = epa_distribution(array) if form == "epa-as-coded" else form
    return _FORMS[chosen](array, runs, wanted)


def _normal(values: Floats, future: int, confidence: float) -> float:
    from scipy.special import stdtrit  # what scipy.stats asks, which takes a second to import

    n = values.size
    return float(
        values.mean() + stdtrit(n - 1, confidence) * values.std(ddof=1) * np.sqrt(1 / n + 1 / future)
    )


def _geometric(values: Floats, future: int, confidence: float) -> float:
    return float(np.exp(_normal(np.log(read_positive(values, why="a geometric mean")), future, confidence)))


def _lognormal_as_coded(values: Floats, future: int, confidence: float) -> float:
    """Gram-Charlier series for the mean of `future` lognormal runs, as the EPA's workbook sums it."""
    logs = np.log(read_positive(values, why="the lognormal form"))
    n, variance = logs.size, logs.var(ddof=1)
    if variance == 0:
        raise DataError(f"All {n} values equal {values[0]:g}; the lognormal form needs a spread.")
    growth = np.exp(variance)
    skewness = np.sqrt(growth - 1) * (growth + 2) / np.sqrt(future)
    kurtosis = (growth**4 + 2 * growth**3 + 3 * growth**2 - 3) / (future * (growth - 1) ** 2)
    kurtosis += 3 * (1 - 1 / future)
    z = -5 + _GRID_STEP * np.arange(int(10 / _GRID_STEP) + 1)
    series = 1 - skewness / 6 * (3 * z - z**3) + (kurtosis - 3) / 24 * (3 - 6 * z**2 + z**4)
    density = np.abs(series * np.exp(-(z**2) / 2))
    reached = np.cumsum(density / density.sum()) > confidence
    if not reached.any():
        raise MethodError(f"The coded lognormal form ends at z = 5 and never reaches {confidence:g}.")
    squared = np.exp(2 * logs.mean() + variance)
    spread = future * squared * (growth - 1)
    spread += future**2 * squared * (variance / n + variance**2 / (2 * (n - 1)))
    return float(np.exp(logs.mean() + variance / 2) + z[int(np.argmax(reached))] / future * np.sqrt(spread))


def _skewed_as_coded(values: Floats, future: int, confidence: float) -> float:
    """Edgeworth expansion of Student's t for a skewed population, searched as the EPA's workbook does."""
    from scipy.stats import t

    n = values.size
    if confidence != _SKEWED_CONFIDENCE:
        raise MethodError(
            f"The coded skewed form always aims at {_SKEWED_CONFIDENCE:.0%}; it cannot give {confidence:g}. "
            "Use 'normal' or 'lognormal-geometric'."
        )
    if not 3 < n <= _LARGEST_GAMMA or np.ptp(values) == 0:
        raise MethodError(
            f"The coded skewed form needs 4 to {_LARGEST_GAMMA} values that are not all equal; got {n}."
        )
    start = float(t.ppf(confidence, n - 1))
    skewness, kurtosis = sample_moments(values)
    first = _expanded_probability(np.array([start]), n, skewness, kurtosis)[0] - confidence
    score = start
    if abs(first) >= _TOLERANCE:
        scores = start - np.sign(first) * _SEARCH_STEP * np.arange(_SEARCH_LENGTH)
        close = np.abs(_expanded_probability(scores, n, skewness, kurtosis) - confidence) < _TOLERANCE
        if not close.any():
            raise MethodError("The coded skewed form finds no root for these values. Use 'normal'.")
        score = float(scores[int(np.argmax(close))])
    return float(values.mean() + score * values.std(ddof=1) * np.sqrt(1 / n + 1 / future))


def _expanded_probability(scores: Floats, n: int, skewness: float, kurtosis: float) -> Floats:
    """Coded probability that the t statistic stays below each score."""
    from scipy.special import gamma, gammainc

    rate = np.array([0.5, 0.5, 0.5, 0.5, 1, 1])[:, None]
    a = np.array([n - 1, n + 1, n + 3, n + 5, n - 1, n + 1])[:, None] / 2
    # u / (1 - u) with u = 1 / (1 + t^2 / (n - 1))
    w = rate * ((n - 1) / scores**2)
    expansion = a**3 / 2 - 5 * a**2 / 3 + 3 * a / 2 - 1 / 3 - w * (3 * a**2 / 2 - 11 * a / 6 + 1 / 3)
    expansion += w**2 * (3 * a / 2 - 1 / 6) - w**3 / 2
    terms = gammainc(a, w) / gamma(a)
    terms += np.exp(-w) * w**a / gamma(a) * ((a - 1 - w) / (2 * rate) + expansion / (2 * rate) ** 2)
    root = np.sqrt(2 * n * np.pi)
    by_skewness = (2 * n - 1) * terms[4] / (6 * root) - (n - 1) * terms[5] / (3 * root)
    by_kurtosis = (n - 1) * (terms[0] / 24 - (n + 2) * terms[1] / (12 * n) + (n + 4) * terms[2] / (24 * n))
    tail = 2 * n**2 + 5 * n + 12
    by_square = (n - 1) * (
        (2 * n + 5) * terms[0] / 72
        - (tail - 4) * terms[1] / (24 * n)
        + tail * terms[2] / (24 * n)
        - tail * terms[3] / (72 * n)
    )
    return np.asarray(
        1 - (terms[0] / 2 + skewness * by_skewness - kurtosis * by_kurtosis + skewness**2 * by_square)
    )


def sample_moments(values: Floats) -> tuple[float, float]:
    """Skewness and excess kurtosis with Fisher's corrections for small samples; at least 4 values."""
    n = values.size
    z = (values - values.mean()) / values.std(ddof=1)
    skewness = n / ((n - 1) * (n - 2)) * (z**3).sum()
    kurtosis = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * (z**4).sum()
    return float(skewness), float(kurtosis - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))


def epa_distribution(values: ArrayLike) -> str:
    """
    Form the EPA's workbook would pick: skewness and kurtosis within 1.96 standard errors of normal, or of lognormal.

    Returns
    -------
    {"normal", "lognormal", "skewed"}

    References
    ----------
    .. [1] Doric et al. (2009), doi:10.1007/s11135-007-9128-9

    Examples
    --------
    >>> epa_distribution([1.0, 1.1, 1.2, 1.4, 1.9, 2.8, 4.5])
    'lognormal'
    """
    from scipy.stats import norm

    array = read_positive(values, least=4, why="the choice of a form")
    n = array.size
    if np.ptp(array) == 0:
        raise DataError(f"All {n} values equal {array[0]:g}; no form can be chosen.")
    skew_error = np.sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))
    kurt_error = np.sqrt(24 * n * (n**2 - 1) / ((n - 2) * (n + 3) * (n - 3) * (n + 5)))
    ratios = [
        (abs(skewness) / skew_error, abs(kurtosis) / kurt_error)
        for skewness, kurtosis in (sample_moments(array), sample_moments(np.log(array)))
    ]
    plain, logs = (max(pair) <= norm.ppf(0.975) for pair in ratios)
    if plain and logs:
        return "normal" if ratios[0][0] < ratios[1][0] else "lognormal"
    return "normal" if plain else "lognormal" if logs else "skewed"


_FORMS: dict[str, Callable[[Floats, int, float], float]] = {
    "normal": _normal,
    "lognormal": _lognormal_as_coded,
    "skewed": _skewed_as_coded,
    "lognormal-geometric": _geometric,
}
FORMS: tuple[str, ...] = (*_FORMS, "epa-as-coded")
