"""Which order statistics bracket a quantile, and how surely: binomial for an endless population, else hypergeometric.

Ranks count from the cleanest plant. The limit on the strict side is the cleaner of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import Literal

import numpy as np

from methodology.arguments import Floats, choice, count, exact_share, needed, probability
from methodology.errors import ParameterError

RankSide = Literal["both", "strict", "loose"]
SIDES = ("both", "strict", "loose")


@dataclass(frozen=True)
class RankInterval:
    """
    Ranks whose values bracket the quantile.

    Attributes
    ----------
    strict, loose : int or None
        Ranks from the cleanest plant; None where no such limit exists.
    confidence : float
        Achieved, not asked for: 1 where neither limit exists.
    """

    strict: int | None
    loose: int | None
    confidence: float


def rank_interval(
    plants: int,
    share: float,
    *,
    confidence: float = 0.95,
    side: RankSide = "both",
    population: int | None = None,
) -> RankInterval:
    """
    Choose the ranks of a distribution-free interval for one quantile.

    Parameters
    ----------
    plants : int
        Plants in the sample.
    share : float in (0, 1)
        Share of plants that should reach the value.
    confidence : float in (0, 1)
        Least probability that the interval holds the quantile.
    side : {"both", "strict", "loose"}
        Both limits, or only the one on the cleaner or on the dirtier side.
    population : int, optional
        Known plants of the industry, of which the sample was drawn without replacement.

    Notes
    -----
    Equal tails where both limits exist; where one does not, the whole error probability goes to the other (A-11).
    Where neither exists with equal tails, the limit on the loose side is tried first.

    References
    ----------
    .. [1] David and Nagaraja (2003), Order Statistics, section 7.1, doi:10.1002/0471722162
    .. [2] Meyer (1987), doi:10.1080/02664768700000020

    Examples
    --------
    >>> rank_interval(20, 0.05).strict is None, rank_interval(20, 0.05).loose
    (True, 4)
    >>> found = rank_interval(30, 0.2, population=80)
    >>> found.strict, found.loose, round(found.confidence, 4)
    (3, 10, 0.9704)
    """
    count("plants", plants)
    exact_share(share)
    choice("side", side, SIDES)
    alpha = 1 - probability("confidence", confidence)
    missed = _misses(
        int(plants), float(share), None if population is None else count("population", population)
    )
    if side == "strict":
        strict, loose = _strict(missed[0], alpha), None
    elif side == "loose":
        strict, loose = None, _loose(missed[1], alpha)
    else:
        strict, loose = _strict(missed[0], alpha / 2), _loose(missed[1], alpha / 2)
        if strict is None:
            loose = _loose(missed[1], alpha)
        if loose is None:
            strict = _strict(missed[0], alpha)
    return RankInterval(strict, loose, _coverage(missed, strict, loose))


def rank_coverage(
    plants: int,
    share: float,
    strict: int | None,
    loose: int | None,
    *,
    population: int | None = None,
) -> float:
    """
    Probability that the values at two given ranks bracket the quantile.

    Raises
    ------
    ParameterError
        If a rank is no rank of the sample, or they are out of order.

    Examples
    --------
    >>> round(rank_coverage(20, 0.75, 12, 19), 7), round(rank_coverage(20, 0.75, 13, 20), 7)
    (0.9347622, 0.8950169)
    """
    count("plants", plants)
    exact_share(share)
    given = [rank for rank in (strict, loose) if rank is not None]
    if any(not 1 <= rank <= plants for rank in given) or given != sorted(given):
        raise ParameterError(f"Ranks {strict} and {loose} are no ascending ranks of {plants} plants.")
    known = None if population is None else count("population", population)
    return _coverage(_misses(int(plants), float(share), known), strict, loose)


def smallest_sample(
    share: float, *, confidence: float = 0.95, side: RankSide = "both", population: int | None = None
) -> int | None:
    """
    Fewest plants with which the wanted limits exist; None if a census of `population` plants still has none.

    Examples
    --------
    >>> [smallest_sample(share) for share in (0.05, 0.2, 0.5)]
    [72, 17, 6]
    >>> [smallest_sample(share, side="strict") for share in (0.05, 0.2, 0.5)]
    [59, 14, 5]
    """
    exact_share(share)
    choice("side", side, SIDES)
    population = None if population is None else count("population", population)
    alpha = 1 - probability("confidence", confidence)
    allowed = alpha / 2 if side == "both" else alpha
    # Without a known population the extremes miss with (1 - share)^n and share^n, so this always ends.
    plants = 0
    while population is None or plants < population:
        plants += 1
        too_dirty, too_clean = _extremes_miss(plants, share, population)
        if (side == "loose" or too_dirty <= allowed) and (side == "strict" or too_clean <= allowed):
            return plants
    return None


def _extremes_miss(plants: int, share: float, population: int | None) -> tuple[float, float]:
    """Probability that even the cleanest plant is too dirty, that even the dirtiest is too clean."""
    if population is None:
        return (1 - share) ** plants, share**plants
    best, whole = needed(share, population), comb(population, plants)
    return comb(population - best, plants) / whole, comb(best - 1, plants) / whole


@lru_cache(maxsize=4096)
def _misses(plants: int, share: float, population: int | None) -> tuple[Floats, Floats]:
    """Probability, per rank, that its value misses the quantile: being too dirty, being too clean."""
    from scipy.special import bdtr, bdtrc

    ranks = np.arange(1, plants + 1)
    if population is None:
        return bdtr(ranks - 1, plants, share), bdtrc(ranks - 1, plants, share)
    if plants > count("population", population):
        raise ParameterError(
            f"The sample has {plants} plants and the population {population}. Every plant of the sample is one of "
            "the known plants: correct the register or `population`."
        )
    best = needed(share, population)
    return _at_most(population, best, plants), 1 - _at_most(population, best - 1, plants)


def _at_most(population: int, best: int, plants: int) -> Floats:
    """Hypergeometric probability of at most 0, 1, ... plants - 1 of the best in the sample, in exact integers."""
    whole, found = comb(population, plants), 0
    first = max(0, plants - (population - best))
    ways = comb(best, first) * comb(population - best, plants - first)
    at_most = np.zeros(plants)
    for k in range(first, plants):
        found += ways
        at_most[k] = found / whole
        ways = ways * (best - k) * (plants - k) // ((k + 1) * (population - best - plants + k + 1))
    return at_most


def _strict(too_dirty: Floats, alpha: float) -> int | None:
    """Largest rank whose value is dirtier than the quantile with probability `alpha` at most."""
    rank = int(np.count_nonzero(too_dirty <= alpha))
    return rank or None


def _loose(too_clean: Floats, alpha: float) -> int | None:
    """Smallest rank whose value is cleaner than the quantile with probability `alpha` at most."""
    enough = np.flatnonzero(too_clean <= alpha)
    return int(enough[0]) + 1 if enough.size else None


def _coverage(missed: tuple[Floats, Floats], strict: int | None, loose: int | None) -> float:
    lost = 0.0 if strict is None else float(missed[0][strict - 1])
    lost += 0.0 if loose is None else float(missed[1][loose - 1])
    return 1 - lost
