"""Levels without noise, decided in whole numbers, and ready to be decided again after a small change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from methodology.evaluation.level_arrays import LevelInputs
from methodology.evaluation.written_weights import WholeWeights, whole_weights

NONE = 3
"""Code of a plant without a level; 0, 1, 2 are I, II, III."""
LEVEL_NAMES = np.array(["I", "II", "III", "none"], dtype=object)


@dataclass(frozen=True)
class Standing:
    """
    What decides the level of every plant, in counts and sums that a change moves a little.

    Attributes
    ----------
    sums : int64 array of shape (3, n_plants)
        Weight reached at each level, in whole numbers of the plant's pattern.
    missing : int array of shape (3, n_plants)
        Applicable indicators with a weight that do not reach each level.
    blocking : int array of shape (3, n_plants)
        Applicable limiting indicators that do not reach each level.
    below_two : int array of shape (n_plants,)
        Applicable indicators that do not reach II.
    """

    sums: np.ndarray
    missing: np.ndarray
    blocking: np.ndarray
    below_two: np.ndarray

    def levels(
        self, inputs: LevelInputs, whole: WholeWeights, cuts: tuple[Fraction, ...] | None = None
    ) -> np.ndarray:
        """Level codes 0 to 3; int (n_plants,)."""
        held = np.stack([self.holds(inputs, whole, level, cuts) for level in range(3)])
        return np.where(held.any(axis=0), held.argmax(axis=0), NONE)

    def holds(
        self, inputs: LevelInputs, whole: WholeWeights, level: int, cuts: tuple[Fraction, ...] | None = None
    ) -> np.ndarray:
        """Whether the condition of one level holds, whatever the others say; bool (n_plants,)."""
        cut = (cuts or inputs.cuts)[level]
        enough = (
            self.missing[level] == 0 if cut >= 1 else self.sums[level] >= whole.needed(cut)[whole.pattern]
        )
        return enough & self.free(inputs, level)

    def free(self, inputs: LevelInputs, level: int) -> np.ndarray:
        """Whether nothing but the score can keep a plant from a level; bool (n_plants,)."""
        if level == 2:
            return np.ones(self.sums.shape[1], bool)
        unblocked = self.blocking[level] == 0
        if level == 0 and inputs.level_one == "limiting-and-rest-at-two":
            unblocked &= self.below_two == 0
        return unblocked

    def changed(self, inputs: LevelInputs, whole: WholeWeights, j: int, change: np.ndarray) -> Standing:
        """The standing once each plant gains (+1) or loses (-1) levels in indicator `j`; `change` (3, n_plants)."""
        counts = change * (inputs.weights[j] > 0)
        return replace(
            self,
            sums=self.sums + change * whole.parts[whole.pattern, j],
            missing=self.missing - counts,
            blocking=self.blocking - change * inputs.limiting[j],
            below_two=self.below_two - change[1],
        )


def own_reach(inputs: LevelInputs) -> np.ndarray:
    """Whether a cell reaches each benchmark value by itself; bool (3, n_plants, n_indicators)."""
    return inputs.values[None] <= inputs.thresholds.T[:, None, :]


def failed_cells(inputs: LevelInputs) -> np.ndarray:
    """Whether an applicable cell does not reach each level, read cumulatively; bool (3, n_plants, n_indicators)."""
    return inputs.applicable & ~np.logical_or.accumulate(own_reach(inputs), axis=0)


def standing_of(inputs: LevelInputs) -> tuple[Standing, WholeWeights]:
    """Where every plant stands, and the weights its sums are made of."""
    whole = whole_weights(inputs.weights, inputs.groups, inputs.applicable)
    failed = failed_cells(inputs)
    return (
        Standing(
            (~failed * whole.parts[whole.pattern]).sum(axis=2),
            (failed & (inputs.weights > 0)).sum(axis=2),
            (failed & inputs.limiting).sum(axis=2),
            failed[1].sum(axis=1),
        ),
        whole,
    )


def exact_levels(inputs: LevelInputs) -> np.ndarray:
    """
    Level codes of plants without noise: 0, 1, 2 for I, II, III and 3 for none.

    Examples
    --------
    >>> from methodology.evaluation.level_arrays import level_inputs
    >>> exact_levels(level_inputs([[1.0], [2.5]], [[1, 2, 3]], [1.0]))
    array([0, 2])
    """
    standing, whole = standing_of(inputs)
    return standing.levels(inputs, whole)
