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
    minimum : int
        No value is looser than that of the `minimum`-th plant from the dirty end; 0 leaves this open.

    Notes
    -----
    Loosening every value never costs a plant a level, so that a plant is at a level from one step on. A cell reaches
    the value of rank R exactly if fewer than R cells are cleaner; its first step follows from the number of cleaner
    cells, and a plant's from those of its cells. All of it is counted in whole numbers: nothing is rounded.
    """

    source: Spread
    judged: Spread
    minimum: int = 0

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
        size = max(1, _CELLS // max(1, self.judged.at(row).merit.size))
        parts = [self._of(row, path, drawn[at : at + size]) for at in range(0, len(drawn), size)]
        return np.concatenate(parts)

    def _of(self, row: int, path: Path, drawn: np.ndarray) -> np.ndarray:
        reached = self._reached_levels({*range(row + 1), *((1,) if self._strict else ())}, path, drawn)
        held = [self._held(level, reached, len(path[row])) for level in range(row + 1)]
        return np.minimum.reduce(held)

    @property
    def _strict(self) -> bool:
        return self.judged.rule.strict

    def _cap(self, stated: np.ndarray) -> np.ndarray:
        """Loosest rank of each indicator."""
        return np.maximum(stated - self.minimum + 1, 1) if self.minimum else stated

    def _reached_levels(self, wanted: set[int], path: Path, drawn: np.ndarray) -> dict[int, np.ndarray]:
        """First step at which each judged cell reaches each level; shape (n_samples, n_judged, n_indicators)."""
        if len(self.judged.judged) == len(self.source.judged) == 1:
            counted = self._counted(0, 0, drawn)
            return {level: self._reached(level, 0, path[level], counted) for level in wanted}
        # Values as the search keeps them: I no looser than II, III no stricter; what reaches I reaches the others.
        own = {
            (level, source): self._reached(source, level, path[source], self._counted(level, source, drawn))
            for level, source in ((0, 0), (0, 1), (1, 1), (2, 1), (2, 2))
        }
        first = np.maximum(own[0, 0], own[0, 1])
        second = np.minimum(first, own[1, 1])
        third = np.minimum(second, np.minimum(own[2, 1], own[2, 2]))
        return {0: first, 1: second, 2: third}

    def _counted(
        self, level: int, source: int, drawn: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cells of `source` cleaner than each one `level` judges, cells stated, and the loosest rank, by sample."""
        order, places = self._places[
            min(level, len(self.judged.judged) - 1), min(source, len(self.source.judged) - 1)
        ]
        cells = self.source.at(source).told
        columns = np.arange(cells.shape[1])
        sorted_sure = np.where(np.isfinite(cells)[order, columns], drawn[:, order], 0)
        below = np.zeros((len(drawn), len(cells) + 1, cells.shape[1]), dtype=np.int64)
        np.cumsum(sorted_sure, axis=1, out=below[:, 1:])
        stated = drawn @ (~np.isnan(cells)).astype(np.int64)
        return below[:, places, columns], stated, np.minimum(below[:, -1], self._cap(stated))

    @cached_property
    def _places(self) -> dict[tuple[int, int], tuple[np.ndarray, np.ndarray]]:
        """Order of each column of the source, and where judged cells would stand in it, by level judged and read."""
        found = {}
        for level, judged in enumerate(self.judged.judged):
            for source, cells in enumerate(self.source.judged):
                keys = np.where(np.isfinite(cells.told), cells.told, np.inf)
                order = np.argsort(keys, axis=0, kind="stable")
                ordered = np.take_along_axis(keys, order, axis=0)
                columns = [
                    np.searchsorted(ordered[:, k], judged.merit[:, k], side="left")
                    for k in range(keys.shape[1])
                ]
                found[level, source] = order, np.stack(columns, axis=1)
        return found

    def _reached(
        self,
        row: int,
        level: int,
        shares: Sequence[Fraction],
        counted: tuple[np.ndarray, np.ndarray, np.ndarray],
    ) -> np.ndarray:
        """First step at which each cell that `level` judges reaches the value of `row`; shape of the cells counted."""
        cleaner, stated, loosest = counted
        never, merit = len(shares), self.judged.at(level).merit
        steps = _first_steps(shares, int(stated.max(initial=1)))
        found = steps[stated[:, None, :], np.minimum(cleaner, steps.shape[1] - 1)]
        out = (cleaner >= loosest[:, None, :]) | (merit > self.source.bounds[row]) | np.isinf(merit)
        found = np.where(out, never, found)
        fixed = np.where(merit <= self.source.fixed[row], 0, never)
        return np.where(self.source.free, found, fixed)

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
