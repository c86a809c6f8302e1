"""The common marginal share at which a whole standard puts the wanted number of plants at each level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from math import ceil

import numpy as np

from methodology.chain.shortfall import crowded, few_plants, kept_out, loosened, strict_reading, unreachable
from methodology.chain.sorted_sample import Spread
from methodology.evaluation.scoring import heaviest_first
from methodology.indicators import LEVELS

SOLVING_ORDER = (1, 0, 2)
"""II first, because the stricter reading of Level I looks at its values; else no level looks at another."""


@dataclass(frozen=True)
class LevelAnswer:
    """
    One level's calibration by its own condition, before the levels are set beside each other.

    Attributes
    ----------
    share : Fraction
        Common marginal share.
    ranks : int array of shape (n_indicators,)
        Plants that would reach each value if every unreported cell did.
    wanted : int
        Plants wanted at this level or better.
    explain : callable
        Says why the level's own condition misses its target, or what was done to meet it; empty otherwise. Dozens of
        answers are found for one whose reasons are read.
    """

    share: Fraction
    ranks: np.ndarray
    wanted: int
    explain: Callable[[], str] = str


@dataclass(frozen=True)
class JointAnswer:
    """
    A whole calibration.

    Attributes
    ----------
    spread : Spread
        The plants it was found on.
    limits : array of shape (3, n_indicators)
        Benchmark values on the merit scale.
    levels : answers of Levels I, II, III
    """

    spread: Spread
    limits: np.ndarray
    levels: tuple[LevelAnswer, LevelAnswer, LevelAnswer]

    @cached_property
    def attained(self) -> tuple[int, int, int]:
        """Plants at each level or better, unreported cells not reached."""
        first, second, third = (int(self.spread.at_or_better(row, self.limits).sum()) for row in range(3))
        return first, second, third

    def _without(self, row: int) -> dict[str, np.ndarray]:
        """The values of a level without one thing that keeps them strict at a time, on the merit scale."""
        ranks, plain = self.levels[row].ranks, replace(self.spread, minimum=1)
        own = read_limits(self.spread, row, ranks)
        reported, unbounded = (
            self.spread.plain.limits(row, ranks),
            read_limits(replace(plain, bounds=np.full_like(plain.bounds, np.inf)), row, ranks),
        )
        found = {"silence": reported, "order": own, "bounds": unbounded}
        for name in ("silence", "bounds"):
            table = self.limits.copy()
            table[row] = found[name]
            found[name] = nested(table)[row]
        return found

    def explanation(self, row: int) -> str:
        """Why `attained` is not within one plant of the target, or what was done to get there; empty otherwise."""
        answer, found = self.levels[row], self.attained[row]
        told = [answer.explain()]
        if found < answer.wanted:
            told.append(kept_out(self.spread, row, self.limits, self._without(row), answer.wanted))
        elif found > answer.wanted and not told[0]:
            told.append(crowded(row, found, answer.wanted))
        if row == 0:
            told.append(strict_reading(self.spread, self.limits, answer.wanted))
        return " ".join(text for text in told if text)


def common_shares(
    spread: Spread, targets: tuple[Fraction, Fraction, Fraction], *, near: JointAnswer | None = None
) -> JointAnswer:
    """
    Raise one common marginal share per level until the standard attains its target.

    Parameters
    ----------
    spread : Spread
        The sorted sample.
    targets : three Fractions
        Wanted share of plants at Levels I, II and III, each or better.
    near : JointAnswer, optional
        Of plants that differ little: where the search begins, which changes nothing but its length.

    Notes
    -----
    Loosening every value of a level never costs a plant that level, so the count is monotone in the share and
    bisection over the attainable shares k / n_j finds the smallest that serves. Every level is held to its own
    condition, so that none is solved before another; then no value may be looser than that of the next looser level.

    Plants wanted are those of `Spread.aim`. Unreported cells are bracketed (A-24). The share is chosen as if each of
    them reached its value and as if, where the value is read, each were the dirtiest: no other share that serves could
    be smaller, whatever the cells hold. The value is then read as if each were the cleanest. Reporting less never
    loosens either step.

    Where levels judge their own values, each is solved by its own; what a plant reaches at a stricter level by a
    correction granted there is counted with the finished answer (A-22).
    """
    limits = np.full((3, len(spread.ids)), np.nan)
    answers: dict[int, LevelAnswer] = {}
    for row in SOLVING_ORDER:
        start = near.levels[row].share if near else None
        limits[row], answers[row] = solve_level(spread, row, limits, targets[row], answers.get(1), start)
    return JointAnswer(spread, nested(limits), (answers[0], answers[1], answers[2]))


def nested(limits: np.ndarray) -> np.ndarray:
    """Values of which none is looser than that of the next looser level: I gives way to II, and III to II."""
    first, second, third = limits
    return np.stack([np.minimum(first, second), second, np.maximum(third, second)])


def limits_at(spread: Spread, shares: Sequence[Fraction]) -> np.ndarray:
    """Values of all levels at given common shares, on the merit scale."""
    return nested(
        np.stack([read_limits(spread, row, spread.asked_ranks(one)) for row, one in enumerate(shares)])
    )


def read_limits(spread: Spread, row: int, ranks: np.ndarray) -> np.ndarray:
    """Values of one level that `ranks` of all plants reach, with every unreported cell among the cleanest."""
    return spread.limits(row, np.maximum(ranks - spread.unreported(row), 1))


def solve_level(
    spread: Spread,
    row: int,
    limits: np.ndarray,
    target: Fraction,
    second: LevelAnswer | None = None,
    near: Fraction | None = None,
) -> tuple[np.ndarray, LevelAnswer]:
    """
    Values of one level by its own condition.

    Parameters
    ----------
    row : {0, 1, 2}
        Level I, II or III.
    limits : array of shape (3, n_indicators)
        Values on the merit scale; those of Level II where the stricter reading of Level I needs them.
    second : LevelAnswer, optional
        The answer of Level II, likewise.
    near : Fraction, optional
        A share that may be close to the one wanted.
    """
    steps = attainable_shares(spread)
    if row == 0 and spread.rule.strict and second is not None:
        steps = steps.up_to(second.share)
    return _Search(spread, row, limits).solve(steps, target, near)


@dataclass(frozen=True)
class Steps:
    """Rising shares `tops / bottoms`, made into exact numbers only where one is looked at."""

    tops: np.ndarray
    bottoms: np.ndarray

    def __len__(self) -> int:
        return len(self.tops)

    def __getitem__(self, place: int) -> Fraction:
        return Fraction(int(self.tops[place]), int(self.bottoms[place]))

    def place(self, share: Fraction) -> int:
        """About where a share stands."""
        return int(np.searchsorted(self.tops / self.bottoms, float(share)))

    def up_to(self, most: Fraction) -> Steps:
        """Those that are not above `most`."""
        kept = self.tops * most.denominator <= self.bottoms * most.numerator
        return Steps(self.tops[kept], self.bottoms[kept])


def attainable_shares(spread: Spread) -> Steps:
    """Shares at which some benchmark value moves: k / n_j for every number of plants n_j an indicator applies to."""
    told = np.any([cells.stated > 0 for cells in spread.judged], axis=0)
    return _steps(tuple(sorted(set(spread.asked[spread.free & told].tolist()))))


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
    """Bisection for one level by its own condition."""

    def __init__(self, spread: Spread, row: int, limits: np.ndarray) -> None:
        self.spread, self.row, self.solved = spread, row, limits

    def count(self, ranks: np.ndarray) -> int:
        """Plants that meet the condition if unreported cells are in their favour wherever they stand."""
        table = self.solved.copy()
        table[self.row] = self.spread.favoured.limits(self.row, ranks, favoured=True)
        return int(self.spread.favoured.holds(self.row, table).sum())

    def solve(self, steps: Steps, target: Fraction, near: Fraction | None) -> tuple[np.ndarray, LevelAnswer]:
        """Values of this level and how they were found."""
        aim, last = self.spread.aim(target), len(steps) - 1
        wanted = ceil(aim)
        count = lru_cache(lambda place: self.count(self.spread.asked_ranks(steps[place])))
        start = None if near is None else steps.place(near)
        position = _first(lambda place: count(place) >= wanted, last + 1, start)
        ranks = self.spread.asked_ranks(steps[position])
        explain: Callable[[], str] = str
        if count(position) < wanted:
            loosest, plain = self.solved.copy(), self.spread.plain
            loosest[self.row] = plain.limits(self.row, ranks, favoured=True)
            explain = partial(unreachable, plain, self.row, loosest, wanted)
        elif count(position) - aim > 1 and position:
            low = self.spread.asked_ranks(steps[position - 1])
            ranks, explain = self._between(low, ranks, count(position) - count(position - 1), wanted)
        if aim != target * self.spread.plants:
            few = few_plants(LEVELS[self.row], float(target), self.spread.plants, wanted)
            explain = partial(_after, few, explain)
        level = read_limits(self.spread, self.row, ranks)
        return level, LevelAnswer(steps[position], ranks, wanted, explain)

    def _between(
        self, low: np.ndarray, high: np.ndarray, together: int, wanted: int
    ) -> tuple[np.ndarray, Callable[[], str]]:
        """Loosen one indicator after the other, the heaviest first, where one share moves many plants (A-51)."""
        ids, standing = self.spread.ids, self.spread.standing.weights
        weights = dict(zip(ids, standing.share[standing.pattern].mean(axis=0), strict=True))
        order = np.array([ids.index(name) for name in heaviest_first(weights)])
        moving = order[(low != high)[order]]

        def mixed(first: int) -> np.ndarray:
            ranks = low.copy()
            ranks[moving[:first]] = high[moving[:first]]
            return ranks

        found = _first(lambda first: self.count(mixed(first)) >= wanted, len(moving) + 1)
        attained = self.count(mixed(found))
        return mixed(found), partial(loosened, together, found, len(moving), attained, wanted)


def _after(first: str, explain: Callable[[], str]) -> str:
    return f"{first} {explain()}".rstrip()


def _first(test: Callable[[int], bool], size: int, near: int | None = None) -> int:
    """Smallest k in range(size) for which the monotone `test` holds; the last one is known to. It may lie `near`."""
    low, high, step, rising = 0, size - 1, 1, None
    while low < high:
        middle = (low + high) // 2 if near is None else min(max(near, low), high - 1)
        holds = test(middle)
        low, high = (low, middle) if holds else (middle + 1, high)
        if near is not None:  # away from there in steps that double, until it lies between
            rising = not holds if rising is None else rising
            near = None if holds is rising else near + (step if rising else -step)
            step *= 2
    return low
