"""Weights as whole numbers over one denominator, so that a score of exactly 85 is decided, not rounded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from methodology.errors import DataError

_DIGITS = 12
_LARGEST_DENOMINATOR = 100_000
_ULPS = 4
_EXACT_LIMIT = 2**52
"""Whole numbers and their sums stay exact in float64 up to here, with room for one doubling."""


@dataclass(frozen=True)
class WholeWeights:
    """
    Effective weights of each pattern of applicability, in whole numbers.

    Attributes
    ----------
    parts : int64 array of shape (n_patterns, n_indicators)
        Weights after redistribution; 0 where not applicable.
    total : int64 array of shape (n_patterns,)
        Sum of each row.
    slack : int64 array of shape (n_patterns,)
        0 where `parts` are exact; otherwise how far a sum may miss its exact value.
    pattern : int array of shape (n_plants,)
        Row of each plant.
    masks : bool array of shape (n_patterns, n_indicators)
        Which indicators apply.
    """

    parts: np.ndarray
    total: np.ndarray
    slack: np.ndarray
    pattern: np.ndarray
    masks: np.ndarray

    def needed(self, cut: Fraction) -> np.ndarray:
        """Smallest sum of each pattern that is a score of at least `cut` (a share of 1); int64 (n_patterns,)."""
        above, below = cut.numerator, cut.denominator
        if int(self.total.max()) * above + below < 2**63:
            return -(-self.total * above // below) - self.slack
        return (
            np.array([-(-int(total) * above // below) for total in self.total], dtype=np.int64) - self.slack
        )


def written(number: float) -> Fraction:
    """
    The decimal or simple fraction a float stands for.

    Parameters
    ----------
    number : float
        A weight or a score; finite.

    Returns
    -------
    Fraction
        The decimal of at most 12 digits within four units in the last place, else the fraction with a denominator
        up to 100 000 as near, else the shortest decimal.

    Notes
    -----
    Rests on A-55.

    Examples
    --------
    >>> written(0.1 * 0.7), written(1 / 3)
    (Fraction(7, 100), Fraction(1, 3))
    """
    value = float(number)
    room = _ULPS * math.ulp(value)
    short = float(f"{value:.{_DIGITS}g}")
    if abs(short - value) <= room:
        return Fraction(Decimal(repr(short)))
    simple = Fraction(value).limit_denominator(_LARGEST_DENOMINATOR)
    return simple if abs(float(simple) - value) <= room else Fraction(Decimal(repr(value)))


def whole_weights(weights: np.ndarray, groups: np.ndarray, applicable: np.ndarray) -> WholeWeights:
    """
    Redistribute weights within groups, then over groups, for every pattern of applicability.

    Parameters
    ----------
    weights : float array of shape (n_indicators,)
        Weights of the whole.
    groups : int array of shape (n_indicators,)
        Group of each indicator.
    applicable : bool array of shape (n_plants, n_indicators)
        False where an indicator does not apply.

    Raises
    ------
    DataError
        If nothing with a positive weight applies to a plant.

    Examples
    --------
    >>> whole_weights(np.array([0.5, 0.25, 0.25]), np.array([0, 1, 1]), np.array([[True, True, False]])).parts
    array([[1, 1, 0]])
    """
    masks, pattern = patterns_of(weights, applicable)
    shares = [written(weight) for weight in weights]
    common = math.lcm(*(share.denominator for share in shares))
    numbers = [share.numerator * (common // share.denominator) for share in shares]
    members = [np.flatnonzero(groups == group).tolist() for group in np.unique(groups)]
    rows = [_reduced(_redistributed(numbers, members, mask.tolist())) for mask in masks]
    return WholeWeights(
        np.array([parts for parts, _ in rows], dtype=np.int64).reshape(len(rows), len(weights)),
        np.array([sum(parts) for parts, _ in rows], dtype=np.int64),
        np.array([slack for _, slack in rows], dtype=np.int64),
        pattern,
        masks,
    )


def patterns_of(weights: np.ndarray, applicable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Patterns of applicability, one row each, and the row of each plant.

    Raises
    ------
    DataError
        If nothing with a positive weight applies to a plant.
    """
    known = np.asarray(applicable, dtype=bool)
    bits = np.ascontiguousarray(np.packbits(known, axis=1))
    rows = bits.view(f"V{bits.shape[1]}").reshape(-1)
    _, first, pattern = np.unique(rows, return_index=True, return_inverse=True)
    _refuse_nothing(known[first] & (weights > 0), pattern)
    return known[first], pattern


def _redistributed(
    numbers: Sequence[int], members: Sequence[Sequence[int]], mask: Sequence[bool]
) -> list[int]:
    """w_ij' = w_ij / sum of the applicable w_ij of the group, times the weight of the group; over any denominator."""
    whole = [sum(numbers[j] for j in group) for group in members]
    applying = [sum(numbers[j] for j in group if mask[j]) for group in members]
    common = math.lcm(*(part for part in applying if part))
    parts = [0] * len(numbers)
    for group, total, part in zip(members, whole, applying, strict=True):
        for j in group:
            parts[j] = numbers[j] * total * (common // part) if part and mask[j] else 0
    return parts


def _reduced(numbers: Sequence[int]) -> tuple[list[int], int]:
    """The same proportions in the smallest whole numbers, or on a grid of 2**-52 with the slack of a sum."""
    divisor = math.gcd(*numbers)
    smallest = [number // divisor for number in numbers]
    total = sum(smallest)
    if total <= _EXACT_LIMIT:
        return smallest, 0
    return [(number * _EXACT_LIMIT + total // 2) // total for number in smallest], len(numbers)


def _refuse_nothing(counting: np.ndarray, pattern: np.ndarray) -> None:
    empty = np.flatnonzero(~np.asarray(counting.any(axis=1))[pattern])
    if empty.size:
        shown = ", ".join(str(row) for row in empty[:5])
        raise DataError(
            f"No indicator with a positive weight applies to {empty.size} of {pattern.size} plants "
            f"(rows {shown}{', ...' if empty.size > 5 else ''}), so nothing is left to score them with. "
            "Exclude them with a reason."
        )
