"""How far a count would move with other plants: resamples, their middle, and the exact interval of the count."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np

from methodology.errors import ParameterError
from methodology.evaluation.exact import exact

TAILS = tuple(4 * 0.8**k for k in range(7, 22))
"""
Parts of the tail of a single step that the tail of a whole curve is looked for among, the widest first.

None is above one: where every plant of a sample is at a level, or none, its resamples never leave that count and would
let any tail pass.
"""
_DIGITS = 9
"""Decimals of a limit that is computed and not counted."""


def drawn_plants(plants: int, population: int | None, rng: np.random.Generator) -> np.ndarray:
    """
    Draw the plants that answer in one repetition.

    Notes
    -----
    With N known plants the sample is repeated to a population of N and drawn from without replacement [1]_ (A-54), so a
    complete survey never varies; else it is drawn from with replacement.

    References
    ----------
    .. [1] Booth, Butler and Hall (1994), doi:10.1080/01621459.1994.10476868
    """
    if population is None:
        return rng.integers(0, plants, size=plants)
    whole, rest = divmod(population, plants)
    everyone = np.concatenate(
        [np.repeat(np.arange(plants), whole), rng.choice(plants, size=rest, replace=False)]
    )
    return rng.choice(everyone, size=plants, replace=False)


def drawn_counts(plants: int, resamples: int, seed: int, population: int | None = None) -> np.ndarray:
    """
    Count how often each plant stands in each resample, int array of shape (resamples, plants).

    Raises
    ------
    ParameterError
        If the sample has more plants than its population.
    """
    if population is not None and population < plants:
        raise ParameterError(
            f"The sample has {plants} plants and the population {population}. Every plant of the sample is one of "
            "the known plants: correct the register or `population`."
        )
    streams = np.random.SeedSequence(seed).spawn(resamples)
    rows = [drawn_plants(plants, population, np.random.default_rng(stream)) for stream in streams]
    return np.stack([np.bincount(row, minlength=plants) for row in rows])


@dataclass(frozen=True)
class Drawn:
    """How often each plant stands in each resample: of an unlimited industry, and of the known plants of one."""

    unlimited: np.ndarray
    known: np.ndarray | None

    @classmethod
    def of(cls, plants: int, resamples: int, seed: int, population: int | None) -> Self:
        """As `drawn_counts`; the known plants where their number is."""
        known = None if population is None else drawn_counts(plants, resamples, seed, population)
        return cls(drawn_counts(plants, resamples, seed), known)


def middle(values: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Values of the resamples between which all but a `tail` on either side lies."""
    ordered, size = np.sort(values, axis=0), len(values)
    left = min(int(_exactly(tail) * size), size - 1)
    return ordered[left], ordered[size - 1 - left]


def around_curve(
    attained: np.ndarray,
    again: np.ndarray,
    plants: int,
    confidence: float,
    population: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """
    Bracket a whole curve of shares at once: a simultaneous band.

    Parameters
    ----------
    attained : int array of shape (steps,)
        Plants of the sample at each step.
    again : int array of shape (resamples, steps)
        The same of each resample, whose values are read anew.
    plants : int
        Of the sample, and of each resample.
    confidence : float
        Share of the resamples whose whole curve the band holds.
    population : int, optional
        Known plants of the industry whose curve is meant, the resamples being drawn without replacement.

    Returns
    -------
    lower, upper : arrays of shape (steps,)
        Shares.

    Notes
    -----
    At each step the middle of the resamples joined with the exact interval of the count, because resamples of a sample
    in which no plant is at a level have none either, and where all are they all are: binomial [1]_, or hypergeometric
    where the industry is known, so that the band narrows as the sample nears the whole and a census has none. Both
    stand at one tail, the widest with which the wanted share of the resamples lies within at every step at once, and
    never above that of a single step.

    References
    ----------
    .. [1] Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404
    """
    ordered, single = np.sort(again, axis=0) / plants, (1 - confidence) / 2
    low, high = ordered[0], ordered[-1]
    for tail in (min(single * part, 0.49) for part in TAILS):
        place = min(int(_exactly(tail) * len(ordered)), len(ordered) - 1)
        within_tail = (attained, plants, 1 - 2 * tail)
        below, above = (
            exact_binomial(*within_tail)
            if population is None
            else exact_hypergeometric(*within_tail, population)
        )
        low = np.minimum(ordered[place], below)
        high = np.maximum(ordered[len(ordered) - 1 - place], above)
        within = ((low <= again / plants) & (again / plants <= high)).all(axis=1)
        if within.mean() >= confidence:
            break
    return low, high


def a_plant_wider(
    low: np.ndarray, high: np.ndarray, shares: Sequence[Fraction], plants: int
) -> tuple[np.ndarray, np.ndarray]:
    """
    A band at rising shares that holds at each step what it holds at those of one plant less and of one more.

    A share asks a sample and its industry for whole plants: of 80 plants .9 leaves out 8, and of 76 of them 7.
    """
    one, last = Fraction(1, plants), len(shares) - 1
    less = [bisect_right(shares, share - one) - 1 for share in shares]
    more = [min(bisect_left(shares, share + one), last) for share in shares]
    return np.where(np.array(less) < 0, 0.0, low[np.maximum(less, 0)]), high[more]


def exact_binomial(counts: np.ndarray, plants: int, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """
    Exact binomial interval of each share.

    Examples
    --------
    >>> low, high = exact_binomial(np.array([0, 6]), 30, 0.95)
    >>> low.round(4), high.round(4)
    (array([0.    , 0.0771]), array([0.1157, 0.3857]))
    """
    from scipy.special import betaincinv  # what scipy.stats asks, which takes a second to import

    tail = (1 - confidence) / 2
    told = np.asarray(counts, dtype=float)
    low = np.where(told > 0, betaincinv(np.maximum(told, 1), plants - told + 1, tail), 0.0)
    high = np.where(told < plants, betaincinv(told + 1, np.maximum(plants - told, 1), 1 - tail), 1.0)
    return low.round(_DIGITS), high.round(_DIGITS)


def exact_hypergeometric(
    counts: np.ndarray, plants: int, confidence: float, population: int
) -> tuple[np.ndarray, np.ndarray]:
    """
    Exact interval of each share among the known plants of an industry, drawn without replacement.

    Examples
    --------
    >>> low, high = exact_hypergeometric(np.array([0, 6]), 30, 0.95, 80)
    >>> (80 * low).tolist(), (80 * high).tolist()
    ([0.0, 8.0], [7.0, 27.0])
    >>> exact_hypergeometric(np.array([6]), 30, 0.95, 30)
    (array([0.2]), array([0.2]))
    """
    told, places = np.unique(np.asarray(counts, dtype=np.int64), return_inverse=True)
    tail = (1 - confidence) / 2
    low = _fewest(told, plants, tail, population)
    high = population - _fewest(plants - told, plants, tail, population)
    return low[places] / population, high[places] / population


def _fewest(counts: np.ndarray, plants: int, tail: float, population: int) -> np.ndarray:
    """Fewest of the population with which as many among the drawn plants, or more, are likelier than `tail`."""
    from scipy.special import gammaln

    logs = gammaln(np.arange(population + 1) + 1.0)

    def ways(of: np.ndarray, some: np.ndarray) -> np.ndarray:
        inside = (some >= 0) & (some <= of)
        rest = np.where(inside, of - some, 0)
        return np.where(inside, logs[of] - logs[np.where(inside, some, 0)] - logs[rest], -np.inf)

    drawn, all_ways = np.arange(plants + 1), logs[population] - logs[plants] - logs[population - plants]
    more = drawn >= counts[:, None]
    low, high = counts.copy(), population - plants + counts
    while (low < high).any():
        half = (low + high) // 2
        chances = np.exp(
            ways(half[:, None], drawn) + ways(population - half[:, None], plants - drawn) - all_ways
        )
        enough = np.where(more, chances, 0).sum(axis=1) > tail
        low, high = np.where(enough, low, half + 1), np.where(enough, half, high)
    return low


def _exactly(tail: float) -> Fraction:
    """A tail without the binary dust of `(1 - confidence) / 2`."""
    return exact(float(f"{tail:.12g}"))
