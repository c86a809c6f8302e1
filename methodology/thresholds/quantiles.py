"""One benchmark value from one indicator: every point estimate, families of distributions among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from math import ceil, floor

import numpy as np
from numpy.typing import ArrayLike

from methodology.arguments import (
    Better,
    Floats,
    choice,
    cleaner_end,
    exact_share,
    needed,
    read_positive,
    read_values,
)
from methodology.errors import DataError, ParameterError
from methodology.thresholds.regulators import upper_prediction_limit

FAMILIES: tuple[str, ...] = ("lognormal", "normal", "gamma", "weibull")
LOGARITHMIC: frozenset[str] = frozenset({"lognormal", "gamma", "weibull"})
"""Families of positive values only."""


def fit_family(values: Floats, family: str) -> tuple[tuple[float, ...], float, float]:
    """
    Fit one family to complete values: shapes, place and scale, as scipy.stats has them.

    Normal and lognormal with the unbiased variance, gamma and Weibull by maximum likelihood from zero.

    Raises
    ------
    DataError
        If fewer than two different values are given, or a value is not positive where logarithms are taken.
    """
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
    shapes, loc, scale = fit_family(values, family)
    return list((standard[family](np.asarray(probabilities, dtype=float), *shapes) * scale + loc).tolist())


_COUNTS: dict[str, Callable[[Fraction], int]] = {
    "ceil": ceil,
    "floor": lambda wanted: max(1, floor(wanted)),
    "half-up": lambda wanted: max(1, floor(wanted + Fraction(1, 2))),
}


def attainment_value(ordered: Floats, share: float) -> float:
    """The attainment promise 达标率: a value at least `share` of the plants reach, `ordered` from best to worst."""
    return float(ordered[needed(share, ordered.size) - 1])


def best_first(values: Floats, better: Better) -> Floats:
    """Order values from the cleanest to the dirtiest."""
    return np.sort(values) if better == "lower" else np.sort(values)[::-1]


def weighted_attainment_value(values: Floats, weights: Floats, share: float, better: Better) -> float:
    """
    Cleanest value that plants with at least `share` of the whole weight reach.

    Parameters
    ----------
    values, weights : arrays of shape (n_plants,)
        Weights are plants of the industry that each plant of the sample stands for.

    Raises
    ------
    DataError
        If a weight is negative or all are zero.
    """
    if weights.shape != values.shape or not np.all(weights >= 0) or not weights.sum() > 0:
        raise DataError(
            f"Weights must be one non-negative number per plant with a positive sum; got {weights.size} weights "
            f"for {values.size} plants, smallest {weights.min() if weights.size else float('nan'):g}."
        )
    order = np.argsort(values if better == "lower" else -values, kind="stable")
    reached = np.cumsum(weights[order])
    # Sums of weights such as 1/3 miss the share by rounding only: one unit in the last place is forgiven.
    wanted = share * reached[-1]
    place = int(np.argmax(reached >= wanted - np.spacing(reached[-1]) * values.size))
    return float(values[order][place])


def quantile_threshold(
    values: ArrayLike,
    share: float,
    *,
    better: Better = "lower",
    method: str = "attainment",
    count: str = "ceil",
) -> float:
    """
    Read one benchmark value 基准值 off the spread of plant performance.

    Parameters
    ----------
    values : array of shape (n_plants,)
        One indicator in its declared unit, e.g. kgce/t. No missing values.
    share : float in (0, 1)
        Share of plants that should reach the value, counted from the cleaner end.
    better : {"lower", "higher"}
        Which end of the scale is cleaner.
    method : str
        "attainment": a plant's own value, the cleanest one that enough plants reach. "harrell-davis": weighted mean
        of all values. "hyndman-fan-1" to "-9": the sample quantiles of [1]_; 7 is what spreadsheets do. "lognormal",
        "normal", "gamma", "weibull": quantile of the fitted family; test the fit with `fit_test`. "mean-of-best":
        mean of the best `share` of the plants, as the EU ETS reads them. "mact-floor": 99 % prediction limit of one
        further plant like the best `share` [3]_. "bat-ael": as "attainment", where `share` is an expert's reading of
        the sorted plants and no promise; its reason is recorded with it.
    count : {"ceil", "floor", "half-up"}
        How the best `share` becomes a number of plants in "mean-of-best" and "mact-floor"; at least one plant (A-12).

    Returns
    -------
    float
        Benchmark value in the unit of `values`.

    Raises
    ------
    DataError
        If a value is missing, or not positive where the method takes logarithms, or the best `share` are fewer than 2
        plants for "mact-floor".
    ParameterError
        If the share, method, count or `better` is none of the above.

    Notes
    -----
    "attainment" is type 1 of [1]_: #{x reaches g} >= share * n holds exactly, ties and both directions included; a
    higher-is-better indicator is mirrored, for type 1 at 1 - share breaks the promise (A-10). Every other method
    promises less: count the attainment again. Rests on A-03: plants count equally, whatever their output.

    References
    ----------
    .. [1] Hyndman and Fan (1996), doi:10.1080/00031305.1996.10473566
    .. [2] Harrell and Davis (1982), doi:10.1093/biomet/69.3.635
    .. [3] 42 USC 7412(d)(3); see `upper_prediction_limit` for pooled test runs

    Examples
    --------
    >>> quantile_threshold([540, 548, 555, 561, 570], 0.4)
    548.0
    >>> quantile_threshold([99, 97, 97, 90, 88], 0.4, better="higher")
    97.0
    """
    array = read_values(values)
    end = cleaner_end(better)
    share = float(exact_share(share))
    choice("method", method, METHODS)
    choice("count", count, _COUNTS)
    if method in FAMILIES:
        return family_quantile(array, share if end == "lower" else float(1 - exact_share(share)), method)
    ordered = best_first(array, end)
    if method in _BEST:
        best = ordered[: _COUNTS[count](exact_share(share) * array.size)]
        return _BEST[method](best, 1.0 if end == "lower" else -1.0)
    return float(_RANKED[method](ordered, share))


@lru_cache(maxsize=4096)
def harrell_davis_weights(plants: int, share: float) -> Floats:
    """
    Weight of each ordered value in the Harrell-Davis quantile.

    Returns
    -------
    array of shape (plants,)
        Sums to 1. With 20 plants and a share of .05 the best plant alone carries 62 % (see disclosure).
    """
    from scipy.special import betainc

    steps = betainc((plants + 1) * share, (plants + 1) * (1 - share), np.arange(plants + 1) / plants)
    weights = np.diff(steps)
    weights.setflags(write=False)
    return weights


def _harrell_davis(ordered: Floats, share: float) -> float:
    mean = ordered @ harrell_davis_weights(ordered.size, share)
    # A mean lies among its values: of plants that are all alike, dust would put it where none of them stands.
    return float(np.clip(mean, min(ordered[0], ordered[-1]), max(ordered[0], ordered[-1])))


def _hyndman_fan(ordered: Floats, share: float, *, kind: int) -> float:
    """Sample quantile number `kind`; ranks are exact fractions, so .07 * 100 is 7 and not a bit more."""
    n, p = ordered.size, exact_share(share)
    shift = {
        1: Fraction(0),
        2: Fraction(0),
        3: Fraction(-1, 2),
        4: Fraction(0),
        5: Fraction(1, 2),
        6: p,
        7: 1 - p,
        8: (p + 1) / 3,
        9: p / 4 + Fraction(3, 8),
    }[kind]
    place = n * p + shift
    below = floor(place)
    rest = place - below
    if kind == 1:
        weight = Fraction(rest > 0)
    elif kind == 2:
        weight = Fraction(1) if rest > 0 else Fraction(1, 2)
    elif kind == 3:
        weight = Fraction(rest > 0 or below % 2 == 1)
    else:
        weight = rest
    low = ordered[min(max(below, 1), n) - 1]
    high = ordered[min(max(below + 1, 1), n) - 1]
    return float((1 - float(weight)) * low + float(weight) * high)


def _floor(best: Floats, sign: float) -> float:
    """Prediction limit on the dirty side."""
    if best.size < FEWEST_PREDICTING:
        raise DataError(
            f"The best share is {best.size} plant; a prediction limit needs {FEWEST_PREDICTING}. Raise the share."
        )
    return sign * upper_prediction_limit(sign * best, future=1)


FEWEST_PREDICTING = 2
_BEST: dict[str, Callable[[Floats, float], float]] = {
    "mean-of-best": lambda best, _: float(best.mean()),
    "mact-floor": _floor,
}
_RANKED: dict[str, Callable[[Floats, float], float]] = {
    "attainment": attainment_value,
    "bat-ael": attainment_value,
    "harrell-davis": _harrell_davis,
    **{f"hyndman-fan-{kind}": partial(_hyndman_fan, kind=kind) for kind in range(1, 10)},
}
METHODS: tuple[str, ...] = (*_RANKED, *FAMILIES, *_BEST)


def method_kind(method: str) -> str:
    """
    Say what a method rests on: "ranks", "family", "mean" or "prediction".

    Raises
    ------
    ParameterError
        If there is no such method.
    """
    if method in FAMILIES:
        return "family"
    if method in _RANKED:
        return "ranks"
    if method in _BEST:
        return "mean" if method == "mean-of-best" else "prediction"
    raise ParameterError(f"method is {method!r}; choose one of {', '.join(METHODS)}.")
