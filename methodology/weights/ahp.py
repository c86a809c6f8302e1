"""Analytic hierarchy process: one expert's pairwise comparisons become priorities; the worst of them is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.indicators.display import fixed
from methodology.indicators.judgements import SCALE
from methodology.weights.matrices import (
    complete,
    eigenvector,
    geometric_index,
    geometric_mean,
    judgement_matrix,
)
from methodology.weights.rules import random_index
from methodology.weights.rules import random_index as random_index_of

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


Priority = Literal["eigenvector", "geometric-mean"]
PRIORITIES = ("eigenvector", "geometric-mean")
_ROUNDING = 1e-12


@dataclass(frozen=True)
class PairwiseResult:
    """
    Priorities of one matrix and how far it contradicts itself.

    Attributes
    ----------
    weights : array of shape (n,), or Series with the labels of the matrix
        Sum to 1.
    lambda_max : float
        Principal eigenvalue, n for a consistent matrix.
    consistency_index, consistency_ratio : float
        (lambda_max - n)/(n - 1), and its ratio to the random index. 0 for one or two items.
    geometric_consistency_index : float
        Spread of the comparisons around the geometric-mean priorities.
    random_index : str
        Table behind the ratio.
    matrix : array of shape (n, n)
        As used: exact reciprocals, missing comparisons filled.
    completed : tuple of (item, item, value)
        Comparisons nobody made, and what stands for them.
    labels : tuple
        Items.
    """

    weights: np.ndarray | pd.Series
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    geometric_consistency_index: float
    random_index: str
    matrix: np.ndarray
    completed: tuple[tuple[Any, Any, float], ...]
    labels: tuple[Any, ...]

    @cached_property
    def worst(self) -> Suggestion | None:
        """The judgement that hurts consistency most and a value that would mend it; None if nothing is amiss."""
        gaps = [(a, b) for a, b, _ in self.completed]
        return worst_judgement(self.matrix, self.labels, gaps=gaps, table=self.random_index)


@dataclass(frozen=True)
class PairwiseBatch:
    """The figures of `PairwiseResult` for k matrices: `weights` has shape (k, n), the others (k,)."""

    weights: np.ndarray
    lambda_max: np.ndarray
    consistency_index: np.ndarray
    consistency_ratio: np.ndarray
    random_index: str
    matrices: np.ndarray

    @cached_property
    def geometric_consistency_index(self) -> np.ndarray:
        """Spread of the comparisons around the geometric-mean priorities."""
        return geometric_index(self.matrices)


def ahp(
    matrix: Any,
    *,
    random_index: str = "saaty-1980",
    priority: Priority = "eigenvector",
    scale: float | None = None,
    labels: Sequence[Any] | None = None,
    name: str = "",
) -> PairwiseResult:
    """
    Turn pairwise comparisons into priorities, with a measure of their consistency.

    Parameters
    ----------
    matrix : array or DataFrame of shape (n, n)
        `matrix[i, j]`: how many times as much `i` matters as `j`. NaN where nobody compared the two; one triangle is
        enough. Labels of a DataFrame name the items.
    random_index : {"saaty-1980", "saaty-2005", "tummala-ling-1998", "donegan-dodd-1991"}
        Table the consistency index is held against.
    priority : {"eigenvector", "geometric-mean"}
        Principal eigenvector [1]_, or row geometric means [2]_.
    scale : float, optional
        Largest comparison allowed, e.g. 9. Not checked by default.
    labels : sequence of n, optional
        Names of the items, for messages; those of a DataFrame, or 1, 2, ... by default.
    name : str
        Whose matrix it is, for messages.

    Returns
    -------
    PairwiseResult
        `.weights`, `.lambda_max`, `.consistency_index`, `.consistency_ratio` and more.

    Raises
    ------
    JudgementError
        If the matrix is not square, positive and reciprocal with ones on its diagonal, leaves the scale, or has gaps
        that cannot be completed; every cell at fault is named.
    MethodError
        If the random-index table is unknown or too short.

    Notes
    -----
    The eigenvalue and both ratios belong to the matrix, so they do not depend on `priority` (A-31). Missing comparisons
    take the values that make the eigenvalue least [3]_. One or two items cannot contradict each other: ratio 0.

    References
    ----------
    .. [1] Saaty (1977), doi:10.1016/0022-2496(77)90033-5
    .. [2] Crawford and Williams (1985), doi:10.1016/0022-2496(85)90002-1
    .. [3] Bozoki, Fulop and Ronyai (2010), doi:10.1016/j.mcm.2010.02.047

    Examples
    --------
    Energy matters twice as much as water and four times as much as noise; water twice as much as noise:

    >>> result = ahp([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]])
    >>> print(result.weights.round(4))
    [0.5714 0.2857 0.1429]
    >>> round(result.consistency_ratio, 9)
    0.0
    """
    checked, labels = judgement_matrix(matrix, scale=scale, labels=labels, name=name)
    full = complete(checked, labels, name=name)
    figures = pairwise_figures(full[None], random_index, priority)
    filled = np.argwhere(np.triu(np.isnan(checked), 1))
    weights = figures.weights[0]
    return PairwiseResult(
        weights=pd.Series(weights, index=list(labels)) if isinstance(matrix, pd.DataFrame) else weights,
        lambda_max=float(figures.lambda_max[0]),
        consistency_index=float(figures.consistency_index[0]),
        consistency_ratio=float(figures.consistency_ratio[0]),
        geometric_consistency_index=float(figures.geometric_consistency_index[0]),
        random_index=random_index,
        matrix=full,
        completed=tuple((labels[i], labels[j], float(full[i, j])) for i, j in filled),
        labels=labels,
    )


def pairwise_figures(full: np.ndarray, table: str, priority: str) -> PairwiseBatch:
    """Kernel: exact, complete reciprocal matrices (k, n, n) to all figures."""
    if priority not in PRIORITIES:
        raise MethodError(f"There is no priority method {priority!r}. Choose one of {', '.join(PRIORITIES)}.")
    size = full.shape[1]
    index = random_index_of(table, size)
    vectors, eigenvalues = eigenvector(full)
    # lambda >= n holds for every reciprocal matrix; what is nearer than rounding is n.
    eigenvalues = np.where(eigenvalues - size < _ROUNDING * size, float(size), eigenvalues)
    consistency = (eigenvalues - size) / (size - 1) if size > 2 else np.zeros(len(full))
    return PairwiseBatch(
        weights=vectors if priority == "eigenvector" else geometric_mean(full),
        lambda_max=eigenvalues,
        consistency_index=consistency,
        consistency_ratio=consistency / index if size > 2 else np.zeros(len(full)),
        random_index=table,
        matrices=full,
    )
