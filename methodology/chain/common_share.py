"""The common marginal share at which a whole standard puts the wanted number of plants at each level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from math import ceil

import numpy as np

from methodology.chain.shortfall import crowded, loosened, strict_reading, unreachable
from methodology.chain.sorted_sample import Spread

SOLVING_ORDER = (1, 0, 2)
"""II first: under both readings it looks at itself alone; I may look at II, and III counts plants at II."""


@dataclass(frozen=True)
class LevelAnswer:
    """
    One level's calibration.

    Attributes
    ----------
    share : Fraction
        Common marginal share.
    ranks : int array of shape (n_indicators,)
        Plants that reach each value before bounds.
    attained : int
        Plants at this level or a better one.
    explain : callable
        Says the `explanation`; dozens of answers are found for one whose reasons are read.
    """

    share: Fraction
    ranks: np.ndarray
    attained: int
    explain: Callable[[], str]

    @cached_property
    def explanation(self) -> str:
        """Why `attained` is not within one plant of the target, or what was done to get there; empty otherwise."""
        return self.explain()


@dataclass(frozen=True)
class JointAnswer:
    """Benchmark values on the merit scale, shape (3, n_indicators), and the answer of each level (I, II, III)."""

    limits: np.ndarray
    levels: tuple[LevelAnswer, LevelAnswer, LevelAnswer]


def common_shares(spread: Spread, targets: tuple[Fraction, Fraction, Fraction]) -> JointAnswer:
    """
    Raise one common marginal share per level until the standard attains its target.

    Parameters
    ----------
    spread : Spread
        The sorted sample.
    targets : three Fractions
        Wanted share of plants at Levels I, II and III, each or better.

    Notes
    -----
    Loosening every value of a level never costs a plant that level, so the count is monotone in the share and
    bisection over the attainable shares k / n_j finds the smallest that serves.
    """
    limits = np.full((3, len(spread.ids)), np.inf)
    answers: dict[int, LevelAnswer] = {}
    for row in SOLVING_ORDER:
        limits[row], answers[row] = solve_level(spread, row, limits, targets[row], answers.get(1))
    if len(spread.judged) > 1:  # a plant that reaches I by a correction granted there reaches II as well
        recounted = {row: int(spread.at_or_better(row, limits).sum()) for row in answers}
        answers = {row: replace(answer, attained=recounted[row]) for row, answer in answers.items()}
    return JointAnswer(limits, (answers[0], answers[1], answers[2]))


def solve_level(
    spread: Spread, row: int, limits: np.ndarray, target: Fraction, second: LevelAnswer | None = None
) -> tuple[np.ndarray, LevelAnswer]:
    """
    Values of one level, given those of the levels before it in `SOLVING_ORDER`.

    Parameters
    ----------
    row : {0, 1, 2}
        Level I, II or III.
    limits : array of shape (3, n_indicators)
        Values on the merit scale; rows not solved yet hold inf.
    second : LevelAnswer, optional
        The answer of Level II, which I and III need.
    """
    steps = attainable_shares(spread)
    left = steps if second is None else steps.open_to(row, second.share)
    return _Search(spread, row, limits).solve(left, target)


@dataclass(frozen=True)
class Steps:
    """Rising shares `tops / bottoms`, made into exact numbers only where one is looked at."""

    tops: np.ndarray
    bottoms: np.ndarray

    def __len__(self) -> int:
        return len(self.tops)

    def __getitem__(self, place: int) -> Fraction:
        return Fraction(int(self.tops[place]), int(self.bottoms[place]))

    def open_to(self, row: int, second: Fraction) -> Steps:
        """Shares left to Level I (row 0) or III (row 2) once II is solved: at most, or at least, its own."""
        left, right = self.tops * second.denominator, self.bottoms * second.numerator
        kept = left <= right if row == 0 else left >= right
        return Steps(self.tops[kept], self.bottoms[kept])


def attainable_shares(spread: Spread) -> Steps:
    """Shares at which some benchmark value moves: k / n_j for every number of plants n_j behind an indicator."""
    stated = {int(count) for cells in spread.judged for count in cells.stated[spread.free]}
    return _steps(tuple(sorted(stated - {0})))


@lru_cache(maxsize=256)
def _steps(stated: tuple[int, ...]) -> Steps:
    if not stated:
        return Steps(np.array([1]), np.array([1]))
    sizes = np.array(stated)
    tops = np.concatenate([np.arange(1, n + 1) for n in sizes])
    bottoms = np.repeat(sizes, sizes)
    # Equal fractions have equal quotients and different ones differ by far more than rounding.
    _, first = np.unique(tops / bottoms, return_index=True)
    return Steps(tops[first], bottoms[first])


class _Search:
    """Bisection for one level, given the levels solved before it."""

    def __init__(self, spread: Spread, row: int, limits: np.ndarray) -> None:
        self.spread, self.row, self.solved = spread, row, limits

    def ranks(self, share: Fraction) -> np.ndarray:
        """Plants of each indicator that a common share asks for."""
        return self.spread.at(self.row).ranks(share)

    def limits(self, ranks: np.ndarray) -> np.ndarray:
        """Values of the three levels with this level at `ranks`, kept between its neighbours."""
        table = self.solved.copy()
        looser = table[1] if self.row == 0 else None
        level = self.spread.limits(self.row, ranks, looser)
        table[self.row] = np.maximum(level, table[1]) if self.row == 2 else level
        return table

    def count(self, ranks: np.ndarray) -> int:
        """Plants at this level or better."""
        table = self.limits(ranks)
        if self.row < 2:
            return int(self.spread.holds(self.row, table).sum())
        return int((self.spread.holds(2, table) | self.spread.holds(1, table)).sum())

    def solve(self, steps: Steps, target: Fraction) -> tuple[np.ndarray, LevelAnswer]:
        """Values of this level and how they were found."""
        wanted, counts = ceil(target * self.spread.plants), dict[int, int]()

        def count(place: int) -> int:
            if place not in counts:
                counts[place] = self.count(self.ranks(steps[place]))
            return counts[place]

        most = count(len(steps) - 1)
        position = _first(lambda place: count(place) >= min(wanted, most), len(steps))
        share, ranks, attained = steps[position], self.ranks(steps[position]), count(position)
        explain: Callable[[], str] = str
        if most < wanted:
            loosest = self.limits(self.ranks(steps[len(steps) - 1]))
            explain = partial(unreachable, self.spread, self.row, loosest, wanted)
        elif attained - target * self.spread.plants > 1 and position:
            before = self.ranks(steps[position - 1])
            together = attained - count(position - 1)
            ranks, attained, explain = self._between(before, ranks, together, wanted)
        elif attained - target * self.spread.plants > 1:
            explain = partial(crowded, self.row, attained, wanted)
        found = self.limits(ranks)
        if self.row == 0:
            explain = partial(_with_reading, explain, self.spread, found, wanted)
        return found[self.row], LevelAnswer(share, ranks, attained, explain)

    def _between(
        self, low: np.ndarray, high: np.ndarray, together: int, wanted: int
    ) -> tuple[np.ndarray, int, Callable[[], str]]:
        """Loosen one indicator after the other, in the order of the standard, where one share moves many plants."""
        moving = np.flatnonzero(low != high)

        def mixed(first: int) -> np.ndarray:
            ranks = low.copy()
            ranks[moving[:first]] = high[moving[:first]]
            return ranks

        found = _first(lambda first: self.count(mixed(first)) >= wanted, len(moving) + 1)
        attained = self.count(mixed(found))
        return mixed(found), attained, partial(loosened, together, found, len(moving), attained, wanted)


def _with_reading(explain: Callable[[], str], spread: Spread, limits: np.ndarray, wanted: int) -> str:
    return f"{explain()} {strict_reading(spread, limits, wanted)}".strip()


def _first(test: Callable[[int], bool], size: int) -> int:
    """Smallest k in range(size) for which the monotone `test` holds; the last one is known to."""
    low, high = 0, size - 1
    while low < high:
        middle = (low + high) // 2
        if test(middle):
            high = middle
        else:
            low = middle + 1
    return low
