"""The common marginal share at which a whole standard puts the wanted number of plants at each level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from methodology.chain.obstacles import unreachable
from methodology.chain.spread import Spread
from methodology.indicators import LEVELS

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
    explanation : str
        Why `attained` is not within one plant of the target, or what was done to get there; empty otherwise.
    """

    share: Fraction
    ranks: np.ndarray
    attained: int
    explanation: str


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
    steps = attainable_shares(spread)
    limits = np.full((3, spread.merit.shape[1]), np.inf)
    answers: dict[int, LevelAnswer] = {}
    for row in SOLVING_ORDER:
        limits[row], answers[row] = _Search(spread, row, limits).solve(
            _open(steps, row, answers), targets[row]
        )
    return JointAnswer(limits, (answers[0], answers[1], answers[2]))


def attainable_shares(spread: Spread) -> list[Fraction]:
    """Shares at which some benchmark value moves: k / n_j for every number of plants n_j behind an indicator."""
    sizes = np.unique(spread.stated[spread.free])
    tops = np.concatenate([np.arange(1, n + 1) for n in sizes]) if sizes.size else np.array([1])
    bottoms = np.repeat(sizes, sizes) if sizes.size else np.array([1])
    _, first = np.unique(tops / bottoms, return_index=True)
    return [Fraction(int(tops[k]), int(bottoms[k])) for k in first]


def _open(steps: list[Fraction], row: int, answers: dict[int, LevelAnswer]) -> list[Fraction]:
    """Shares left to a level once II is solved: I at most as large, III at least."""
    if row == 1:
        return steps
    second = answers[1].share
    return [step for step in steps if (step <= second if row == 0 else step >= second)]


class _Search:
    """Bisection for one level, given the levels solved before it."""

    def __init__(self, spread: Spread, row: int, limits: np.ndarray) -> None:
        self.spread, self.row, self.solved = spread, row, limits

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

    def solve(self, steps: list[Fraction], target: Fraction) -> tuple[np.ndarray, LevelAnswer]:
        """Values of this level and how they were found."""
        wanted = ceil(target * self.spread.plants)
        at = [self.spread.ranks(step) for step in steps]
        most = self.count(at[-1])
        position = _first(lambda k: self.count(at[k]) >= min(wanted, most), len(steps))
        share, ranks = steps[position], at[position]
        attained, note = self.count(ranks), ""
        if most < wanted:
            note = unreachable(self.spread, self.row, self.limits(at[-1]), wanted)
        elif attained - target * self.spread.plants > 1 and position:
            ranks, attained, note = self._between(at[position - 1], ranks, wanted)
        elif attained - target * self.spread.plants > 1:
            note = (
                f"{attained} plants are at level {LEVELS[self.row]} or better at the smallest attainable share, "
                f"more than the {wanted} wanted: they meet values of the next level or tie at the cleanest one."
            )
        return self.limits(ranks)[self.row], LevelAnswer(share, ranks, attained, note)

    def _between(self, low: np.ndarray, high: np.ndarray, wanted: int) -> tuple[np.ndarray, int, str]:
        """Loosen one indicator after the other, in the order of the standard, where one share moves many plants."""
        moving = np.flatnonzero(low != high)
        mixed = [
            np.where(np.isin(np.arange(len(low)), moving[:k]), high, low) for k in range(len(moving) + 1)
        ]
        found = _first(lambda k: self.count(mixed[k]) >= wanted, len(mixed))
        attained = self.count(mixed[found])
        note = (
            f"One step of the common share moves {self.count(high) - self.count(low)} plants at once; "
            f"{len(moving) - found} of {len(moving)} indicators stay one plant stricter."
        )
        if attained - wanted >= 1:
            note += f" Plants with equal values still tie: {attained} instead of {wanted}."
        return mixed[found], attained, note


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
