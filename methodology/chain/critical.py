"""From which share on a plant holds a level: its place on the whole curve, and between which shares a choice lies."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import accumulate, product

import numpy as np

from methodology.chain.common_share import attainable_shares
from methodology.chain.sorted_sample import Spread
from methodology.indicators import LEVELS
from methodology.proposal.disclosure import dirty_end
from methodology.thresholds.given_values import StatedValue
from methodology.thresholds.level_intervals import shared_tail
from methodology.thresholds.order_statistics import rank_interval

_CELLS = 4_000_000
"""Cells looked at in one go: memory stays small whatever the number of resamples."""

Path = tuple[Sequence[Fraction], Sequence[Fraction], Sequence[Fraction]]
"""Shares of Levels I, II, III at each step of a curve, each rising along it."""
Finding = Callable[[Path, np.ndarray], dict[int, np.ndarray]]


@dataclass(frozen=True)
class Curves:
    """
    A standard whose values are read off some plants, and others judged by it, at every step of a path at once.

    Attributes
    ----------
    source : Spread
        The plants that values are read off, each as often as it is drawn.
    judged : Spread
        The plants that are counted.
    favoured : bool
        Count as the choice of a common share does: an unreported cell is reached, and where a value is read it is among
        the dirtiest. Else values are as they are read, with unreported cells among the cleanest.

    Notes
    -----
    Loosening every value never costs a plant a level, so that a plant is at a level from one step on. A cell reaches
    the value of rank R exactly if fewer than R cells are cleaner; its first step follows from the number of cleaner
    cells, and a plant's from those of its cells. All of it is counted in whole numbers: nothing is rounded.
    """

    source: Spread
    judged: Spread
    favoured: bool = False

    def first_steps(self, row: int, path: Path, drawn: np.ndarray) -> np.ndarray:
        """
        First step at which each judged plant is at level `row` or better.

        Parameters
        ----------
        row : {0, 1, 2}
            Level I, II or III.
        path : three sequences of Fraction
            Shares of the levels at each step.
        drawn : int array of shape (n_samples, n_source)
            How often each plant stands in each sample that values are read off.

        Returns
        -------
        int array of shape (n_samples, n_judged)
            `len(path[row])` where no step serves.
        """
        wanted = {*range(row + 1), *((1,) if self._strict else ())}
        find = self._own if self._levels == 1 else self._kept_in_order
        return self._each(range(row + 1), path, drawn, partial(find, wanted))

    def own_steps(self, row: int, path: Path, drawn: np.ndarray) -> np.ndarray:
        """First step at which each judged plant meets the condition of level `row` itself; as `first_steps`."""
        wanted = {0, 1} if row == 0 and self._strict else {row}
        return self._each(range(row, row + 1), path, drawn, partial(self._own, wanted))

    def _each(self, rows: range, path: Path, drawn: np.ndarray, find: Finding) -> np.ndarray:
        size = max(1, _CELLS // max(1, self.judged.at(0).merit.size))
        parts = []
        for at in range(0, len(drawn), size):
            reached = find(path, drawn[at : at + size])
            parts.append(np.minimum.reduce([self._held(one, reached, len(path[one])) for one in rows]))
        return np.concatenate(parts)

    @property
    def _strict(self) -> bool:
        return self.judged.rule.strict

    @property
    def _levels(self) -> int:
        """Sets of cells to be told apart: one, or three where some level judges its own values."""
        return max(len(self.source.judged), len(self.judged.judged))

    def _own(self, wanted: set[int], path: Path, drawn: np.ndarray) -> dict[int, np.ndarray]:
        """First step at which each judged cell reaches its value of each level; (n_samples, n_judged, n_indicators)."""
        if self._levels == 1:
            counted = self._counted(0, 0, drawn)
            return {level: self._reached(level, level, path, counted) for level in sorted(wanted)}
        found: dict[int, np.ndarray] = {}
        for level in sorted(wanted):  # what reaches a level reaches those below it
            own = self._reached(level, level, path, self._counted(level, level, drawn))
            found[level] = np.minimum.reduce([own, *found.values()])
        return found

    def _kept_in_order(self, _: set[int], path: Path, drawn: np.ndarray) -> dict[int, np.ndarray]:
        """The same where each level judges its own values: none is looser than that of the next looser level."""
        own = {
            (judged, read): self._reached(judged, read, path, self._counted(judged, read, drawn))
            for judged, read in ((0, 0), (0, 1), (1, 1), (2, 1), (2, 2))
        }
        first = np.maximum(own[0, 0], own[0, 1])
        second = np.minimum(first, own[1, 1])
        return {0: first, 1: second, 2: np.minimum.reduce([second, own[2, 1], own[2, 2]])}

    def _counted(
        self, judged: int, read: int, drawn: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """
        Cells before each judged one, plants asked, and cells no admissible value takes in, by sample.

        Of the cells that level `judged` judges, among those that values of level `read` are read off.
        """
        order, ordered, places = self._places[min(judged, self._levels - 1), min(read, self._levels - 1)]
        cells = self.source.at(read).told
        columns = np.arange(cells.shape[1])
        sorted_sure = np.where(np.isfinite(cells)[order, columns], drawn[:, order], 0)
        below = np.zeros((len(drawn), len(cells) + 1, cells.shape[1]), dtype=np.int64)
        np.cumsum(sorted_sure, axis=1, out=below[:, 1:])
        cleaner, stated = below[:, places, columns], drawn @ (~np.isnan(cells)).astype(np.int64)
        silent = drawn @ self.source.silent(read).astype(np.int64)
        out = self._too_loose(ordered, cleaner, stated, stated + silent, below, sorted_sure > 0)
        before = cleaner if self.favoured else np.where(cleaner > 0, cleaner + silent[:, None, :], 0)
        return before, stated + silent, out

    def _too_loose(
        self,
        ordered: np.ndarray,
        cleaner: np.ndarray,
        stated: np.ndarray,
        asked: np.ndarray,
        below: np.ndarray,
        drawn: np.ndarray,
    ) -> np.ndarray:
        """Cells dirtier than the k-th plant from the dirty end, or than every other one, as `Spread.loosest` has it."""
        proven, k = below[:, -1], dirty_end(asked, self.source.minimum)
        plants = asked if self.favoured else stated
        loosest = np.minimum(np.maximum(plants - k + 1, 1), proven)
        if self.source.minimum > 1:
            last = drawn.shape[1] - 1 - np.argmax(drawn[:, ::-1], axis=1)
            columns = np.arange(ordered.shape[1])
            starts = np.stack([np.searchsorted(one, one, side="left") for one in ordered.T], axis=1)
            samples = np.arange(len(drawn))[:, None]
            dirtiest = below[samples, starts[last, columns], columns]
            tied = (plants == proven) & (loosest > dirtiest) & (dirtiest > 0)
            loosest = np.where(tied, dirtiest, loosest)
        return cleaner >= loosest[:, None, :]

    @cached_property
    def _places(self) -> dict[tuple[int, int], tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Order of each column of the source, the ordered column, and where judged cells would stand in it."""
        found = {}
        for judged, read in product(range(self._levels), repeat=2):
            told, merit = self.source.at(read).told, self.judged.at(judged).merit
            keys = np.where(np.isfinite(told), told, np.inf)
            order = np.argsort(keys, axis=0, kind="stable")
            ordered = np.take_along_axis(keys, order, axis=0)
            places = [np.searchsorted(ordered[:, k], merit[:, k], side="left") for k in range(merit.shape[1])]
            found[judged, read] = order, ordered, np.stack(places, axis=1)
        return found

    def _reached(
        self, judged: int, read: int, path: Path, counted: tuple[np.ndarray, np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """First step at which each cell that level `judged` judges reaches the value of level `read`, by sample."""
        (before, asked, out), shares = counted, path[read]
        never, merit = len(shares), self.judged.at(judged).merit
        steps = _first_steps(shares, int(asked.max(initial=1)))
        found = steps[asked[:, None, :], np.minimum(before, steps.shape[1] - 1)]
        found = np.where(out | (merit > self.source.bounds[read]) | np.isposinf(merit), never, found)
        fixed = np.where(merit <= self.source.fixed[read], 0, never)
        return np.where(np.isneginf(merit), 0, np.where(self.source.free, found, fixed))

    def _held(self, row: int, reached: dict[int, np.ndarray], never: int) -> np.ndarray:
        """First step at which each judged plant meets the condition of level `row` itself."""
        standing = self.judged.standing
        enough = self._enough(row, reached[row], never)
        if row == 2:
            return enough
        binding = np.where(standing.limiting & standing.applicable, reached[row], 0).max(axis=2)
        held = np.maximum(enough, binding)
        if row == 0 and self._strict:
            rest = np.where(~standing.limiting & standing.applicable, reached[1], 0).max(axis=2)
            held = np.maximum(held, rest)
        return held

    def _enough(self, row: int, reached: np.ndarray, never: int) -> np.ndarray:
        """First step at which the score is at least the cut, added up in whole numbers."""
        weights = self.judged.standing.weights
        whole = np.broadcast_to(weights.whole[weights.pattern], reached.shape)
        order = np.argsort(reached, axis=2, kind="stable")
        sums = np.cumsum(np.take_along_axis(whole, order, axis=2), axis=2)
        needed = weights.needed(self.judged.rule.cuts[row])[weights.pattern]
        place = np.argmax(sums >= needed[:, None], axis=2)
        found = np.take_along_axis(reached, np.take_along_axis(order, place[..., None], axis=2), axis=2)[
            ..., 0
        ]
        return np.minimum(found, never)


def _first_steps(shares: Sequence[Fraction], most: int) -> np.ndarray:
    """Step at which n plants give way to a cell with L cleaner ones, shape (most + 1, most + 1), indexed (n, L)."""
    size = np.int16 if len(shares) <= np.iinfo(np.int16).max else np.int32
    table = np.full((most + 1, most + 1), len(shares), dtype=size)
    tops = [share.numerator for share in shares]
    bottoms = [share.denominator for share in shares]
    for n in range(1, most + 1):
        ranks = [max(-(-top * n // bottom), 1) for top, bottom in zip(tops, bottoms, strict=True)]
        table[n, :n] = np.searchsorted(ranks, np.arange(1, n + 1), side="left")
    return table


def along(
    share: Fraction,
    knots: Iterable[tuple[Fraction, Sequence[Fraction]]],
    level: int,
    *,
    end: Fraction | None = Fraction(1),
) -> Fraction:
    """
    Share of another level on the straight way through the knots; it never falls.

    Parameters
    ----------
    end : Fraction, optional
        Where the way ends; without one it stays where the last knot leaves it.

    Examples
    --------
    >>> knots = [(Fraction(1, 2), (Fraction(1, 4), Fraction(1, 2)))]
    >>> along(Fraction(3, 4), knots, 0), along(Fraction(3, 4), knots, 0, end=None)
    (Fraction(5, 8), Fraction(1, 4))
    """
    told = [(at, shares[level]) for at, shares in knots]
    last = max(to for _, to in told) if end is None else end
    given = sorted([(Fraction(0), Fraction(0)), *told, (Fraction(1), last)])
    met = list(zip((at for at, _ in given), accumulate((to for _, to in given), max), strict=True))
    place = bisect_left([at for at, _ in met], share)  # where two knots meet, the stricter one
    (low, start), (high, end_here) = met[place - 1 : place + 1]
    return end_here if share == high else start + (end_here - start) * (share - low) / (high - low)


def counts_by_step(first: np.ndarray, weights: np.ndarray, steps: int) -> np.ndarray:
    """Plants at a level by each step, int array of shape (n_samples, steps)."""
    samples = np.arange(len(first))[:, None] * (steps + 1)
    flat = np.bincount((first + samples).ravel(), weights.ravel(), minlength=len(first) * (steps + 1))
    return flat.reshape(len(first), steps + 1)[:, :steps].cumsum(axis=1).astype(np.int64)


Ends = tuple[Fraction | None, Fraction | None]
"""Strict and loose end of a range of shares; None where the sample has none."""


def share_ends(
    spread: Spread,
    targets: tuple[Fraction, Fraction, Fraction],
    *,
    confidence: float = 0.95,
    population: int | None = None,
) -> tuple[Ends, Ends, Ends]:
    """
    Bracket the common share of each level.

    Parameters
    ----------
    spread : Spread
        The sorted sample.
    targets : three Fractions
        The promise.
    confidence, population
        Of the interval of a value; the ends have the tail `methodology.thresholds.shared_tail` of it.

    Notes
    -----
    Every plant has a share from which on it meets the condition of a level. The common share is the quantile of these
    at what the level is calibrated for, so that order statistics bracket it as they bracket any quantile (A-10).
    """
    steps = attainable_shares(spread)
    shares = [steps[place] for place in range(len(steps))]
    once = np.ones((1, spread.plants), dtype=np.int64)
    curves = Curves(spread.favoured, spread.favoured, favoured=True)
    within = 1 - shared_tail(confidence)
    ends = []
    for row, target in enumerate(targets):
        first = np.sort(curves.own_steps(row, (shares, shares, shares), once)[0])
        aim = float(
            min(spread.aim(target) / spread.plants, Fraction(2 * spread.plants - 1, 2 * spread.plants))
        )
        strict, loose = (
            rank_interval(spread.plants, aim, confidence=within, side=side, population=population)
            for side in ("strict", "loose")
        )
        places = (strict.strict, loose.loose)
        found = [None if k is None or first[k - 1] >= len(shares) else shares[first[k - 1]] for k in places]
        ends.append((found[0], found[1]))
    return ends[0], ends[1], ends[2]


def between(
    values: Mapping[tuple[str, str], StatedValue], spread: Spread, ends: tuple[Ends, Ends, Ends]
) -> dict[tuple[str, str], StatedValue]:
    """
    Values with the shares of reporting plants between which each is read.

    Plants that do not report count as the cleanest at the strict end and as the dirtiest at the loose one; a value
    that was moved off the common share widens the range to its own.
    """
    out = dict(values)
    for row, level in enumerate(LEVELS):
        (strict, loose), cells, silence = ends[row], spread.at(row), spread.unreported(row)
        for column in map(int, np.flatnonzero(spread.free)):
            key = (spread.ids[column], str(level))
            own = values[key].read_at
            if own is None:
                continue
            silent, stated = int(silence[column]), int(cells.stated[column])
            low = 0.0 if strict is None else float((strict * (stated + silent) - silent) / stated)
            high = 1.0 if loose is None else float(min(loose * (stated + silent) / stated, Fraction(1)))
            out[key] = replace(values[key], read_between=(min(low, own), max(high, own)))
    return out
