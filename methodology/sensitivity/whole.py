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
        exact = [math.ceil(cut * int(total)) for total in self.total]
        return np.array(exact, dtype=np.int64) - self.slack


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
    masks, pattern = np.unique(np.asarray(applicable, dtype=bool), axis=0, return_inverse=True)
    pattern = pattern.reshape(-1)
    _refuse_nothing(masks & (weights > 0), pattern)
    shares = [written(weight) for weight in weights]
    rows = [_in_whole_numbers(_redistributed(shares, groups, mask)) for mask in masks]
    return WholeWeights(
        np.array([parts for parts, _ in rows], dtype=np.int64).reshape(len(rows), len(weights)),
        np.array([sum(parts) for parts, _ in rows], dtype=np.int64),
        np.array([slack for _, slack in rows], dtype=np.int64),
        pattern,
        masks,
    )


def _redistributed(shares: Sequence[Fraction], groups: np.ndarray, mask: np.ndarray) -> list[Fraction]:
    """w_ij' = w_ij / sum of the applicable w_ij of the group, times the weight of the group."""
    whole = {group: Fraction(0) for group in groups.tolist()}
    applying = dict(whole)
    for share, group, applies in zip(shares, groups.tolist(), mask, strict=True):
        whole[group] += share
        applying[group] += share if applies else 0
    return [
        share * whole[group] / applying[group] if applies and applying[group] else Fraction(0)
        for share, group, applies in zip(shares, groups.tolist(), mask, strict=True)
    ]


def _in_whole_numbers(parts: Sequence[Fraction]) -> tuple[list[int], int]:
    """Parts over their common denominator, or on a grid of 2**-52 with the slack of a sum if that is too fine."""
    common = math.lcm(*(part.denominator for part in parts))
    numbers = [int(part * common) for part in parts]
    divisor = math.gcd(*numbers)
    numbers = [number // divisor for number in numbers]
    total = sum(numbers)
    if total <= _EXACT_LIMIT:
        return numbers, 0
    return [round(Fraction(number, total) * _EXACT_LIMIT) for number in numbers], len(parts)


def _refuse_nothing(counting: np.ndarray, pattern: np.ndarray) -> None:
    empty = np.flatnonzero(~np.asarray(counting.any(axis=1))[pattern])
    if empty.size:
        shown = ", ".join(str(row) for row in empty[:5])
        raise DataError(
            f"No indicator with a positive weight applies to {empty.size} of {pattern.size} plants "
            f"(rows {shown}{', ...' if empty.size > 5 else ''}), so nothing is left to score them with. "
            "Exclude them with a reason."
        )
