"""Composite index Y_g 综合评价指数: weights redistributed over what applies, summed in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import gcd, lcm

import numpy as np

from methodology.errors import DataError, Problem
from methodology.evaluation.exact import exact_all

_LARGEST = 2**53
"""Whole numbers up to here are exact as float64, and their quotient is correctly rounded."""
_NEAR = 1e-6
"""Distance from the cut, in points of score, below which float64 is not trusted; its error is below 1e-11."""


@dataclass(frozen=True)
class EffectiveWeights:
    """
    Weights w_ij' after redistribution, exactly, one row per pattern of applicability.

    Attributes
    ----------
    whole : array of shape (n_patterns, n_indicators), int64 or object
        Weights of each pattern over the common denominator `total`; 0 where not applicable.
    total : array of shape (n_patterns,), int64 or object
        Sum of each row.
    pattern : int array of shape (n_plants,)
        Row of each plant.
    share : float array of shape (n_patterns, n_indicators)
        `whole / total`, for decisions that are far from the cut.
    """

    whole: np.ndarray
    total: np.ndarray
    pattern: np.ndarray
    share: np.ndarray

    @cached_property
    def _shares(self) -> np.ndarray:
        """`share` of each plant, shape (n_plants, n_indicators)."""
        return self.share[self.pattern]

    def scores(self, reached: np.ndarray) -> np.ndarray:
        """Y_g of each level and plant, the float nearest to the exact value; shape (levels, plants)."""
        sums = self._sums(reached, np.arange(reached.shape[1]))
        return np.asarray(100 * sums / self.total[self.pattern], dtype=float)

    def at_least(self, reached: np.ndarray, cut: Fraction) -> np.ndarray:
        """
        Whether Y_g >= cut, decided exactly; shape (levels, plants).

        float64 decides where it is far from the cut, whole numbers where it is near.
        """
        rough, limit = 100 * np.einsum("lpi,pi->lp", reached, self._shares), float(cut)
        decided = rough >= limit
        close = np.abs(rough - limit) < _NEAR
        if not close.any():
            return decided
        if cut == 100:
            complete = (reached | (self._shares == 0)).all(axis=2)
            decided[complete] = True
            close &= ~complete
        near = np.flatnonzero(close.any(axis=0))
        if near.size:
            sums = self._sums(reached[:, near], near).astype(object)
            needed = self.total[self.pattern[near]].astype(object) * cut.numerator
            decided[:, near] = sums * (100 * cut.denominator) >= needed
        return decided

    def _sums(self, reached: np.ndarray, plants: np.ndarray) -> np.ndarray:
        sums = np.zeros(reached.shape[:2], dtype=self.whole.dtype)
        pattern = self.pattern[plants]
        for row in np.unique(pattern):
            chosen = pattern == row
            sums[:, chosen] = reached[:, chosen].astype(self.whole.dtype) @ self.whole[row]
        return sums


def effective_weights(
    weights: Sequence[float | Fraction],
    groups: Sequence[str],
    applicable: np.ndarray,
    *,
    plants: Sequence[str] | None = None,
) -> EffectiveWeights:
    """
    Redistribute the weights of indicators, and of whole groups, that do not apply.

    Parameters
    ----------
    weights : sequence of length n_indicators
        Weight of each indicator in the whole, w_i * w_ij; any positive total.
    groups : sequence of length n_indicators
        Group of each indicator.
    applicable : bool array of shape (n_plants, n_indicators)
        False where an indicator does not apply to a plant. Not reported is applicable: silence is not rewarded.
    plants : sequence of length n_plants, optional
        Names for messages.

    Returns
    -------
    EffectiveWeights
        w_ij' = w_ij / sum of w_ij applicable in the group, times the group's share among groups that apply at all.

    Raises
    ------
    DataError
        If nothing with a positive weight applies to a plant; names every such plant.

    Examples
    --------
    >>> import numpy as np
    >>> one = effective_weights([0.5, 0.25, 0.25], ["a", "b", "b"], np.array([[True, True, False]]))
    >>> one.share
    array([[0.5, 0.5, 0. ]])
    """
    known = np.asarray(applicable, dtype=bool)
    patterns, index = _patterns(known.shape, known.tobytes())
    names = list(groups)
    given = _over_common_denominator(exact_all(weights))
    whole = [_redistribute(given, names, pattern.tolist()) for pattern in patterns]
    empty = [row for row, parts in enumerate(whole) if not any(parts)]
    if empty:
        _refuse_empty(np.flatnonzero(np.isin(index, empty)), plants)
    totals = [sum(row) for row in whole]
    kind = np.int64 if all(100 * total < _LARGEST for total in totals) else object
    share = np.array([[part / total for part in row] for row, total in zip(whole, totals, strict=True)])
    shape = (len(whole), len(names))
    return EffectiveWeights(
        np.array(whole, dtype=kind).reshape(shape), np.array(totals, dtype=kind), index, share.reshape(shape)
    )


@lru_cache(maxsize=8)
def _patterns(shape: tuple[int, ...], cells: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Different rows of applicability, and which of them each plant has; drawn weights ask again for the same."""
    applicable = np.frombuffer(cells, dtype=bool).reshape(shape)
    patterns, index = np.unique(applicable, axis=0, return_inverse=True)
    index = index.reshape(-1)
    patterns.setflags(write=False)
    index.setflags(write=False)
    return patterns, index


def scores(
    reached: np.ndarray, weights: Sequence[float | Fraction], groups: Sequence[str], applicable: np.ndarray
) -> np.ndarray:
    """
    Composite index of each level and plant.

    Parameters
    ----------
    reached : bool array of shape (n_levels, n_plants, n_indicators)
        Whether a plant reaches a level in an indicator, cumulatively: Level I implies II and III.
    weights, groups, applicable
        As in `effective_weights`.

    Returns
    -------
    float array of shape (n_levels, n_plants)
        Y_g in points, each the float64 nearest to the exact rational value.

    Notes
    -----
    Y_g = sum_i w_i * sum_j w_ij' * 100 [x_ij reaches g], guideline of 2013 (recalled).

    Examples
    --------
    >>> import numpy as np
    >>> scores(np.array([[[True, False]]]), [0.85, 0.15], ["a", "b"], np.array([[True, True]]))
    array([[85.]])
    """
    reached = np.asarray(reached, dtype=bool)
    return effective_weights(weights, groups, applicable).scores(reached & np.asarray(applicable, dtype=bool))


def _redistribute(weights: Sequence[int], groups: Sequence[str], pattern: Sequence[bool]) -> list[int]:
    """Whole numbers in the proportions of w_ij * w_i / (what applies of group i), in lowest terms."""
    total: dict[str, int] = {}
    applying: dict[str, int] = {}
    for weight, group, applies in zip(weights, groups, pattern, strict=True):
        total[group] = total.get(group, 0) + weight
        applying[group] = applying.get(group, 0) + (weight if applies else 0)
    common = lcm(*(part for part in applying.values() if part))
    factor = {group: total[group] * (common // part) if part else 0 for group, part in applying.items()}
    parts = [
        weight * factor[group] if applies else 0
        for weight, group, applies in zip(weights, groups, pattern, strict=True)
    ]
    divisor = gcd(*parts) or 1
    return [part // divisor for part in parts]


def _over_common_denominator(parts: Sequence[Fraction]) -> list[int]:
    common = lcm(*(part.denominator for part in parts))
    return [part.numerator * (common // part.denominator) for part in parts]


def _refuse_empty(rows: np.ndarray, plants: Sequence[str] | None) -> None:
    names = [str(plants[row]) if plants is not None else f"row {row}" for row in rows]
    raise DataError(
        "No indicator applies to some plants, so no weight is left to score them with.",
        [
            Problem("every indicator is 'not applicable'", plant=name, fix="Exclude it with a reason.")
            for name in names[:5]
        ]
        + ([Problem(f"and {len(names) - 5} more")] if len(names) > 5 else []),
    )
