"""Which judgement hurts consistency most, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from methodology.indicators.display import fixed
from methodology.indicators.judgements import SCALE
from methodology.weights.matrices import eigenvector
from methodology.weights.rules import random_index

_TIE = 9
_CONSISTENT = 1e-9


@dataclass(frozen=True)
class Suggestion:
    """
    One judgement to look at again.

    Attributes
    ----------
    a, b : item
        `a` was said to matter `value` times as much as `b`; `value` is at least 1.
    value : float
        The judgement as given.
    suggested : float
        Nearest value of the 1-9 scale to `exact`; below 1 it turns the judgement round.
    exact : float
        What the other comparisons imply.
    consistency_ratio : float
        Ratio of the matrix with `suggested` in place.
    """

    a: Any
    b: Any
    value: float
    suggested: float
    exact: float
    consistency_ratio: float

    def __str__(self) -> str:
        return (
            f"{self.a} over {self.b} is {_ratio(self.value)}, the other comparisons imply {fixed(self.exact, 2)}: "
            f"with {_ratio(self.suggested)} the consistency ratio would be {fixed(self.consistency_ratio, 3)}"
        )


def worst_judgement(
    matrix: np.ndarray,
    labels: Sequence[Any],
    *,
    gaps: Iterable[tuple[Any, Any]] = (),
    table: str = "saaty-1980",
) -> Suggestion | None:
    """
    Find the judgement whose change would mend the matrix most.

    Parameters
    ----------
    matrix : array of shape (n, n)
        Exact reciprocals, complete.
    labels : sequence of n
        Names of the items.
    gaps : pairs of items
        Comparisons nobody made; they are not judgements and are passed over.
    table : str
        Random-index table of the ratio given back.

    Returns
    -------
    Suggestion or None
        None if the matrix is consistent, or if no single change on the scale would help.

    Notes
    -----
    Each judgement in turn is left out: its cells become 0 and the two diagonal cells 2, so that the eigenvector rests
    on all other comparisons [1]_. The value of the 1-9 scale nearest to the ratio of those priorities is put in its
    place; the pair that then leaves the smallest eigenvalue is the worst, and ties go to the pair that comes first.

    References
    ----------
    .. [1] Harker (1987), doi:10.1016/0270-0255(87)90503-3; used this way in Saaty (2003),
       doi:10.1016/S0377-2217(02)00227-8
    """
    size = len(matrix)
    index = _index(eigenvector(matrix[None])[1], size)[0]
    if size < 3 or index < _CONSISTENT:
        return None
    skipped = {frozenset(pair) for pair in gaps}
    pairs = [
        (i, j) for i, j in combinations(range(size), 2) if frozenset((labels[i], labels[j])) not in skipped
    ]
    rows, columns = np.array(pairs).T
    implied = _implied(matrix, rows, columns)
    suggested = _nearest(implied)
    mended = _index(eigenvector(_replaced(matrix, rows, columns, suggested))[1], size)
    worst = int(np.argmin(mended))
    if mended[worst] >= index - _CONSISTENT:
        return None
    i, j = int(rows[worst]), int(columns[worst])
    exact, better = float(implied[worst]), float(suggested[worst])
    if matrix[i, j] < 1:
        i, j, exact, better = j, i, 1 / exact, 1 / better
    return Suggestion(
        a=labels[i],
        b=labels[j],
        value=float(matrix[i, j]),
        suggested=better,
        exact=exact,
        consistency_ratio=float(mended[worst]) / random_index(table, size),
    )


def _index(eigenvalues: np.ndarray, size: int) -> np.ndarray:
    """Consistency indices, rounded so that ties are ties."""
    return np.round(np.maximum(eigenvalues - size, 0.0) / max(size - 1, 1), _TIE)


def _implied(matrix: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Ratio of each pair's priorities when that pair is left out."""
    pair = np.arange(len(rows))
    without = np.repeat(matrix[None], len(rows), axis=0)
    without[pair, rows, columns] = without[pair, columns, rows] = 0.0
    without[pair, rows, rows] = without[pair, columns, columns] = 2.0
    priorities, _ = eigenvector(without)
    return priorities[pair, rows] / priorities[pair, columns]


def _replaced(matrix: np.ndarray, rows: np.ndarray, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
    pair = np.arange(len(rows))
    changed = np.repeat(matrix[None], len(rows), axis=0)
    changed[pair, rows, columns], changed[pair, columns, rows] = values, 1 / values
    return changed


def _nearest(ratios: np.ndarray) -> np.ndarray:
    """Values of the scale nearest to each ratio, by their logarithms."""
    whole = np.arange(1, SCALE + 1)
    scale = np.concatenate([1 / whole[:0:-1], whole])
    return scale[np.argmin(np.abs(np.log(scale[:, None] / ratios)), axis=0)]


def _ratio(value: float) -> str:
    return f"{value:.3g}" if value >= 1 else f"1/{1 / value:.3g}"
