"""Smooth families fitted to plants, and the test that says whether one may be used at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from methodology.arguments import Floats, choice, read_positive, read_values
from methodology.errors import DataError

FAMILIES: tuple[str, ...] = ("lognormal", "normal", "gamma", "weibull")
LOGARITHMIC: frozenset[str] = frozenset({"lognormal", "gamma", "weibull"})
"""Families of positive values only."""


def fit_family(values: Floats, family: str) -> Any:
    """
    Fit one family to complete values.

    Returns
    -------
    frozen scipy.stats distribution
        Normal and lognormal with the unbiased variance, gamma and Weibull by maximum likelihood from zero.

    Raises
    ------
    DataError
        If fewer than two different values are given, or a value is not positive where logarithms are taken.
    """
    from scipy import stats

    laws = {
        "normal": stats.norm,
        "lognormal": stats.lognorm,
        "gamma": stats.gamma,
        "weibull": stats.weibull_min,
    }
    shapes, loc, scale = _fitted(values, family)
    return laws[family](*shapes, loc=loc, scale=scale)


def _fitted(values: Floats, family: str) -> tuple[tuple[float, ...], float, float]:
    """Shapes, place and scale of the fitted family."""
    choice("family", family, FAMILIES)
    positive = family in LOGARITHMIC
    array = (
        read_positive(values, least=2, why=f"a {family} fit") if positive else read_values(values, least=2)
    )
    # Sums in one order, so that the order of plants changes no bit of the result.
    array = np.sort(array)
    if array[0] == array[-1]:
        raise DataError(
            f"All {array.size} values equal {array[0]:g}; no {family} spread can be fitted. Use 'attainment'."
        )
    if family == "normal":
        return (), array.mean(), array.std(ddof=1)
    if family == "lognormal":
        logs = np.log(array)
        return (logs.std(ddof=1),), 0.0, np.exp(logs.mean())
    if family == "gamma":
        shape = _gamma_shape(array)
        return (shape,), 0.0, array.mean() / shape
    shape = _weibull_shape(array)
    unit = array.max()
    return (shape,), 0.0, unit * np.mean((array / unit) ** shape) ** (1 / shape)


def _root(equation: Callable[[float], float]) -> float:
    """Positive root of a falling function, bracketed by doubling."""
    from scipy.optimize import brentq

    low = high = 1.0
    while equation(low) < 0:
        low /= 2
    while equation(high) > 0:
        high *= 2
    return float(brentq(equation, low, high, xtol=1e-13, rtol=1e-14)) if low < high else low


def _gamma_shape(values: Floats) -> float:
    """Maximum likelihood: ln k - digamma(k) = ln(mean) - mean(ln)."""
    from scipy.special import digamma

    gap = np.log(values.mean()) - np.log(values).mean()
    return _root(lambda k: float(np.log(k) - digamma(k) - gap))


def _weibull_shape(values: Floats) -> float:
    """Maximum likelihood: 1/k = sum(x^k ln x) / sum(x^k) - mean(ln x); dividing by the largest avoids overflow."""
    logs = np.log(values / values.max())

    def equation(k: float) -> float:
        powers = np.exp(k * logs)
        return float(1 / k - powers @ logs / powers.sum() + logs.mean())

    return _root(equation)


def family_quantile(values: Floats, probability: float, family: str) -> float:
    """Quantile of the fitted family at `probability`, on the scale of the values."""
    return family_quantiles(values, [probability], family)[0]


def family_quantiles(values: Floats, probabilities: Sequence[float], family: str) -> list[float]:
    """Quantiles of one fit, on the scale of the values."""
    from scipy.special import (  # scipy.stats says the same, and takes a second to import
        gammaincinv,
        log1p,
        ndtri,
    )

    standard: dict[str, Callable[..., np.ndarray]] = {
        "normal": ndtri,
        "lognormal": lambda share, sigma: np.exp(sigma * ndtri(share)),
        "gamma": lambda share, shape: gammaincinv(shape, share),
        "weibull": lambda share, shape: (-log1p(-share)) ** (1 / shape),
    }
    shapes, loc, scale = _fitted(values, family)
    return list((standard[family](np.asarray(probabilities, dtype=float), *shapes) * scale + loc).tolist())
