"""How far the sample can carry a benchmark value: intervals, each under its own name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from methodology.arguments import (
    Better,
    Floats,
    Side,
    choice,
    cleaner_end,
    count,
    exact_share,
    probability,
    read_positive,
    read_values,
)
from methodology.errors import DataError, ParameterError
from methodology.indicators.display import fixed
from methodology.thresholds.order_statistics import RankSide, rank_interval
from methodology.thresholds.quantiles import best_first, harrell_davis_weights

METHODS: tuple[str, ...] = (
    *("order-statistic", "finite-population", "interpolated", "lognormal", "normal"),
    *("bootstrap-percentile", "bootstrap-bca"),
)
COMPARISON_ONLY: frozenset[str] = frozenset({"bootstrap-percentile", "bootstrap-bca"})
"""Methods whose achieved confidence is unknown and far below the nominal one in small samples."""
_SIDES = ("both", "lower", "upper")


@dataclass(frozen=True)
class ThresholdInterval:
    """
    Interval of one benchmark value, on the scale of the values.

    Attributes
    ----------
    lower, upper : float or None
        None where no such limit exists, or none was asked for.
    confidence : float
        Achieved by distribution-free methods; nominal, and exact under the model, for "lognormal" and "normal";
        nominal and approximate for "interpolated"; NaN where nothing is known ("bootstrap-...").
    method, n, side : str, int, str
        How, from how many plants, and which limits were asked for.
    lower_rank, upper_rank : int or None
        Ranks from the cleanest plant of the values used as limits.
    """

    lower: float | None
    upper: float | None
    confidence: float
    method: str
    n: int
    side: Side = "both"
    lower_rank: int | None = None
    upper_rank: int | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Limits that were asked for and do not exist, in words."""
        limits = {"lower": self.lower, "upper": self.upper}
        return tuple(
            f"no {name} limit exists with n = {self.n}"
            for name, limit in limits.items()
            if limit is None and self.side in ("both", name)
        )

    def __str__(self) -> str:
        def told(name: str, limit: float | None) -> str:
            return f"no {name} limit exists with n = {self.n}" if limit is None else f"{name} limit {limit:g}"

        wanted = [name for name in ("lower", "upper") if self.side in ("both", name)]
        text = ", ".join(told(name, getattr(self, name)) for name in wanted)
        known = (
            "confidence unknown" if np.isnan(self.confidence) else f"confidence {fixed(self.confidence, 3)}"
        )
        return f"{text} ({self.method}, {known})"


@dataclass(frozen=True)
class Bootstrap:
    """Draws and random source of a bootstrap."""

    resamples: int = 1999
    seed: int = 0


def threshold_interval(
    values: ArrayLike,
    share: float,
    *,
    better: Better = "lower",
    confidence: float = 0.95,
    method: str = "order-statistic",
    population: int | None = None,
    side: Side = "both",
    **bootstrap: int,
) -> ThresholdInterval:
    """
    Bracket the value that `share` of the plants of the population reach.

    Parameters
    ----------
    values : array of shape (n_plants,)
        One indicator in its declared unit. No missing values.
    share : float in (0, 1)
        Share of plants that should reach the value, counted from the cleaner end.
    better : {"lower", "higher"}
        Which end of the scale is cleaner.
    confidence : float in (0, 1)
        Wanted probability that the interval holds the value.
    method : str
        "order-statistic": needs no model [1]_. "finite-population", also taken where `population` is given: the same
        for n of `population` known plants, drawn without replacement [2]_. "interpolated": between order statistics,
        approximate [3]_. "lognormal", "normal": noncentral t, exact if the family is true. "bootstrap-percentile",
        "bootstrap-bca": of the Harrell-Davis value, for comparison only.
    population : int, optional
        Known plants of the industry, the sample's among them; models and the bootstrap do not use it.
    side : {"both", "lower", "upper"}
        Which limits are wanted; one limit alone takes the whole error probability.
    **bootstrap
        Fields of `Bootstrap`, one by one: resamples, seed.

    Returns
    -------
    ThresholdInterval
        `.lower`, `.upper` (None: does not exist), `.confidence` (achieved).

    Raises
    ------
    DataError
        If a value is missing, or not positive for "lognormal".
    ParameterError
        If a choice is unknown, or `population` is missing or smaller than the sample.

    Notes
    -----
    Equal tails where both limits exist; where one does not, the whole error probability goes to the other (A-11).
    Lower and upper are always on the scale of the values: for a higher-is-better indicator the sample is mirrored.

    References
    ----------
    .. [1] David and Nagaraja (2003), section 7.1, doi:10.1002/0471722162
    .. [2] Meyer (1987), doi:10.1080/02664768700000020
    .. [3] Nyblom (1992), doi:10.1016/0167-7152(92)90076-H

    Examples
    --------
    >>> found = threshold_interval(range(1, 21), 0.05)
    >>> print(found)
    no lower limit exists with n = 20, upper limit 4 (order-statistic, confidence 0.984)
    """
    array, draws = read_values(values), Bootstrap(**bootstrap)
    end = cleaner_end(better)
    share = float(exact_share(share))
    wanted = probability("confidence", confidence)
    choice("method", method, METHODS)
    choice("side", side, _SIDES)
    if method in ("lognormal", "normal"):
        point = share if end == "lower" else float(1 - exact_share(share))
        lower, upper = _student_limits(array, point, wanted, side, logarithms=method == "lognormal")
        return ThresholdInterval(lower, upper, wanted, method, array.size, side)
    if method in COMPARISON_ONLY:
        lower, upper = _bootstrapped(array, share, end, wanted, method, side, draws)
        return ThresholdInterval(lower, upper, float("nan"), method, array.size, side)
    if method == "finite-population" and population is None:
        raise ParameterError(
            "method 'finite-population' needs `population`, the number of known plants of the industry. "
            "Without it the sample cannot be told from a census; give the number or use 'order-statistic'."
        )
    if population is not None and method == "order-statistic":
        method = "finite-population"  # a stated number of plants is never passed over in silence
    known = population if method == "finite-population" else None
    return _ranked(array, share, end, wanted, method, known, side)


def rank_side(side: Side, better: Better) -> RankSide:
    """Which side of the ranks, cleanest first, a side of the scale of values is."""
    if side == "both":
        return "both"
    return "strict" if (side == "lower") == (better == "lower") else "loose"


def _ranked(
    values: Floats,
    share: float,
    better: Better,
    confidence: float,
    method: str,
    known: int | None,
    side: Side,
) -> ThresholdInterval:
    ordered = best_first(values, better)
    found = rank_interval(
        values.size, share, confidence=confidence, side=rank_side(side, better), population=known
    )
    if method == "interpolated":
        alone = found.strict is None or found.loose is None
        error = (1 - confidence) / (1 if alone else 2)
        strict = None if found.strict is None else _interpolated(ordered, share, error, found.strict)
        loose = None if found.loose is None else _interpolated_loose(ordered, share, error, found.loose)
        achieved = 1.0 if strict is None and loose is None else confidence
    else:
        strict = None if found.strict is None else float(ordered[found.strict - 1])
        loose = None if found.loose is None else float(ordered[found.loose - 1])
        achieved = found.confidence
    limits, ranks = (strict, loose), (found.strict, found.loose)
    if better == "higher":
        limits, ranks = limits[::-1], ranks[::-1]
    return ThresholdInterval(*limits, achieved, method, values.size, side, *ranks)


def _interpolated(ordered: Floats, share: float, error: float, rank: int) -> float:
    """Move the strict limit from its rank toward the next dirtier one until it misses with probability `error`."""
    from scipy.special import bdtr

    n = ordered.size
    if rank == n:
        return float(ordered[-1])
    here, there = bdtr(rank - 1, n, share), bdtr(rank, n, share)
    odds = rank * (1 - share) * (there - error) / ((n - rank) * share * (error - here))
    weight = 1 / (1 + odds)
    return float((1 - weight) * ordered[rank - 1] + weight * ordered[rank])


def _interpolated_loose(ordered: Floats, share: float, error: float, rank: int) -> float:
    return _interpolated(ordered[::-1], float(1 - exact_share(share)), error, ordered.size + 1 - rank)


def _bootstrapped(
    values: Floats,
    share: float,
    better: Better,
    confidence: float,
    method: str,
    side: Side,
    draws: Bootstrap,
) -> tuple[float | None, float | None]:
    error = (1 - confidence) / (2 if side == "both" else 1)
    rising = np.sort(values if better == "lower" else -values)
    lower, upper = bootstrap_limits(rising, share, error, method, draws)
    if better == "higher":
        lower, upper = -upper, -lower
    return (None if side == "upper" else lower), (None if side == "lower" else upper)


def _student_limits(
    values: Floats, point: float, confidence: float, side: Side, *, logarithms: bool
) -> tuple[float | None, float | None]:
    """Limits of the quantile at `point` of a normal or lognormal population."""
    # Sums in one order, so that the order of plants changes no bit of the result.
    scale = np.sort(np.log(read_positive(values, why="a lognormal interval")) if logarithms else values)
    if scale.size < 2 or np.ptp(scale) == 0:
        raise DataError(
            f"{values.size} values with a spread of {np.ptp(values):g} show no spread to build an interval from. "
            "Use 'order-statistic'."
        )
    error = (1 - confidence) / (2 if side == "both" else 1)
    lower, upper = (
        float(scale.mean() + student_factor(scale.size, point, g) * scale.std(ddof=1))
        for g in (error, 1 - error)
    )
    if logarithms:
        lower, upper = float(np.exp(lower)), float(np.exp(upper))
    return (None if side == "upper" else lower), (None if side == "lower" else upper)


@lru_cache(maxsize=4096)
def student_factor(plants: int, point: float, error: float) -> float:
    """Factor k of mean + k s that lies below the quantile at `point` with probability 1 - error (noncentral t)."""
    from scipy.stats import nct, norm

    root = np.sqrt(plants)
    return float(nct.ppf(error, plants - 1, norm.ppf(point) * root) / root)


def bootstrap_limits(
    rising: Floats, share: float, error: float, method: str, draws: Bootstrap
) -> tuple[float, float]:
    """
    Percentile or BCa limits of the Harrell-Davis value.

    Parameters
    ----------
    rising : array of shape (n_plants,)
        Smallest value first; mirrored by the caller where higher is better.
    error : float
        Probability given up on each side.
    method : {"bootstrap-percentile", "bootstrap-bca"}

    Returns
    -------
    lower, upper : float

    Raises
    ------
    DataError
        If fewer than 3 values are given.

    References
    ----------
    .. [1] Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 13 and 14,
       doi:10.1201/9780429246593
    """
    if rising.size < 3:
        raise DataError(f"{rising.size} values are given; a bootstrap needs at least 3.")
    rng = np.random.default_rng(count("seed", draws.seed, least=0))
    size = (count("resamples", draws.resamples), rising.size)
    estimates = np.sort(
        np.sort(rng.choice(rising, size=size), axis=1) @ harrell_davis_weights(rising.size, share)
    )
    places = np.array([error, 1 - error])
    if method == "bootstrap-bca":
        places = bca_places(rising, share, estimates, places)
    lower, upper = np.quantile(estimates, places)
    return float(lower), float(upper)


def bca_places(rising: Floats, share: float, estimates: Floats, places: Floats) -> Floats:
    """Probabilities that replace `places` after correcting for bias and acceleration."""
    from scipy.special import ndtr, ndtri

    n = rising.size
    found = rising @ harrell_davis_weights(n, share)
    # Ties count half; a share of 0 or 1 would send the bias to infinity.
    below = (np.searchsorted(estimates, found, "left") + np.searchsorted(estimates, found, "right")) / 2
    bias = ndtri(np.clip(below, 0.5, estimates.size - 0.5) / estimates.size)
    weights = harrell_davis_weights(n - 1, share)
    # Leaving plant i out: the ones before keep their weight, the ones after move up by one.
    before = np.concatenate([[0.0], np.cumsum(weights * rising[:-1])])
    after = np.concatenate([np.cumsum((weights * rising[1:])[::-1])[::-1], [0.0]])
    left_out = before + after
    gaps = left_out.mean() - left_out
    spread = (gaps**2).sum() ** 1.5
    acceleration = (gaps**3).sum() / (6 * spread) if spread > 0 else 0.0
    z = bias + ndtri(places)
    return np.asarray(ndtr(bias + z / (1 - acceleration * z)))
