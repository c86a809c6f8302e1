"""From which share on a plant holds a level: one number per plant says where it stands on the whole curve."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

import numpy as np

from methodology.chain.sorted_sample import Spread
from methodology.evaluation import Rule
from methodology.proposal import dirty_end

STRICT = "limiting-and-rest-at-two"
_CELLS = 4_000_000
"""Cells looked at in one go: memory stays small whatever the number of resamples."""

Path = tuple[Sequence[Fraction], Sequence[Fraction], Sequence[Fraction]]
"""Shares of Levels I, II, III at each step of a curve, each rising along it."""


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
        return self._each(range(row + 1), path, drawn)

    def own_steps(self, row: int, path: Path, drawn: np.ndarray) -> np.ndarray:
        """First step at which each judged plant meets the condition of level `row` itself; as `first_steps`."""
        return self._each(range(row, row + 1), path, drawn)

    def _each(self, rows: range, path: Path, drawn: np.ndarray) -> np.ndarray:
        size = max(1, _CELLS // max(1, self.judged.merit.size))
        parts = [self._of(rows, path, drawn[at : at + size]) for at in range(0, len(drawn), size)]
        return np.concatenate(parts)

    def _of(self, rows: range, path: Path, drawn: np.ndarray) -> np.ndarray:
        counted = self._counted(drawn)
        wanted = sorted({*rows, *((1,) if self._strict else ())})
        reached = {level: self._reached(level, path[level], counted) for level in wanted}
        return np.minimum.reduce([self._held(level, reached, len(path[level])) for level in rows])

    @property
    def _strict(self) -> bool:
        return self.judged.rule.level_one == STRICT

    def _counted(self, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cells before each judged one, plants that are asked, and cells no admissible value takes in, by sample."""
        order, _, places = self._places
        cells = self.source.cells
        columns = np.arange(cells.shape[1])
        told, sure = ~np.isnan(cells), np.isfinite(cells)
        sorted_sure = np.where(sure[order, columns], drawn[:, order], 0)
        below = np.zeros((len(drawn), len(cells) + 1, cells.shape[1]), dtype=np.int64)
        np.cumsum(sorted_sure, axis=1, out=below[:, 1:])
        cleaner, stated = below[:, places, columns], drawn @ told.astype(np.int64)
        silent = drawn @ self.source.silent.astype(np.int64)
        out = self._too_loose(cleaner, stated, stated + silent, below, sorted_sure > 0)
        before = cleaner if self.favoured else np.where(cleaner > 0, cleaner + silent[:, None, :], 0)
        return before, stated + silent, out

    def _too_loose(
        self,
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
            _, ordered, _ = self._places
            last = drawn.shape[1] - 1 - np.argmax(drawn[:, ::-1], axis=1)
            columns = np.arange(ordered.shape[1])
            starts = np.stack([np.searchsorted(one, one, side="left") for one in ordered.T], axis=1)
            samples = np.arange(len(drawn))[:, None]
            dirtiest = below[samples, starts[last, columns], columns]
            tied = (plants == proven) & (loosest > dirtiest) & (dirtiest > 0)
            loosest = np.where(tied, dirtiest, loosest)
        return cleaner >= loosest[:, None, :]

    @cached_property
    def _places(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Order of each column of the source, the ordered column, and where judged cells would stand in it."""
        keys = np.where(np.isfinite(self.source.cells), self.source.cells, np.inf)
        order = np.argsort(keys, axis=0, kind="stable")
        ordered = np.take_along_axis(keys, order, axis=0)
        merit = self.judged.merit
        found = [np.searchsorted(ordered[:, k], merit[:, k], side="left") for k in range(merit.shape[1])]
        return order, ordered, np.stack(found, axis=1)

    def _reached(
        self, row: int, shares: Sequence[Fraction], counted: tuple[np.ndarray, np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """First step at which each judged cell reaches its value of level `row`, by sample."""
        before, asked, out = counted
        never, merit = len(shares), self.judged.merit
        steps = _first_steps(shares, int(asked.max(initial=1)))
        found = steps[asked[:, None, :], np.minimum(before, steps.shape[1] - 1)]
        found = np.where(out | (merit > self.source.bounds[row]) | np.isposinf(merit), never, found)
        fixed = np.where(merit <= self.source.fixed[row], 0, never)
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
        needed = _needed(weights.total, self.judged.rule, row)[weights.pattern]
        place = np.argmax(sums >= needed[:, None], axis=2)
        found = np.take_along_axis(reached, np.take_along_axis(order, place[..., None], axis=2), axis=2)[
            ..., 0
        ]
        return np.minimum(found, never)


def _needed(total: np.ndarray, rule: Rule, row: int) -> np.ndarray:
    """Smallest sum of whole weights with which a score is at least the cut, for each pattern."""
    cut = rule.cuts[row]
    told = [-(-int(whole) * cut.numerator // (100 * cut.denominator)) for whole in total]
    return np.array(told, dtype=total.dtype)


def _first_steps(shares: Sequence[Fraction], most: int) -> np.ndarray:
    """Step at which n plants give way to a cell with L cleaner ones, shape (most + 1, most + 1), indexed (n, L)."""
    table = np.full((most + 1, most + 1), len(shares), dtype=np.int16)
    tops = [share.numerator for share in shares]
    bottoms = [share.denominator for share in shares]
    for n in range(1, most + 1):
        ranks = [max(-(-top * n // bottom), 1) for top, bottom in zip(tops, bottoms, strict=True)]
        table[n, :n] = np.searchsorted(ranks, np.arange(1, n + 1), side="left")
    return table


def along(share: Fraction, knots: Iterable[tuple[Fraction, Sequence[Fraction]]], level: int) -> Fraction:
    """Share of another level on the straight way through the knots; it never falls."""
    given = sorted(
        [(Fraction(0), Fraction(0)), *((at, shares[level]) for at, shares in knots), (Fraction(1),) * 2]
    )
    met = list(zip((at for at, _ in given), accumulate((to for _, to in given), max), strict=True))
    place = bisect_left([at for at, _ in met], share)  # where two knots meet, the stricter one
    (low, start), (high, end) = met[place - 1 : place + 1]
    return end if share == high else start + (end - start) * (share - low) / (high - low)


def counts_by_step(first: np.ndarray, weights: np.ndarray, steps: int) -> np.ndarray:
    """Plants at a level by each step, int array of shape (n_samples, steps)."""
    samples = np.arange(len(first))[:, None] * (steps + 1)
    flat = np.bincount((first + samples).ravel(), weights.ravel(), minlength=len(first) * (steps + 1))
    return flat.reshape(len(first), steps + 1)[:, :steps].cumsum(axis=1).astype(np.int64)
