"""Analytic hierarchy process: one expert's pairwise comparisons become priorities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from methodology.errors import JudgementError, MethodError, Problem
from methodology.weights.inconsistency import Suggestion, worst_judgement
from methodology.weights.matrices import eigenvector, geometric_index, geometric_mean, judgement_matrix
from methodology.weights.rules import random_index as random_index_of

Priority = Literal["eigenvector", "geometric-mean"]
PRIORITIES = ("eigenvector", "geometric-mean")
_ROUNDING = 1e-12
_FLAT = 1e-11


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
    full = _complete(checked, labels, name=name)
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


def _complete(matrix: np.ndarray, labels: Sequence[Any], *, name: str = "") -> np.ndarray:
    """
    Fill the empty pairs of a reciprocal matrix so that its principal eigenvalue is least.

    Notes
    -----
    The eigenvalue is a convex function of the logarithms of the missing values, and has one minimum iff the graph of
    the comparisons is connected [1]_. It is found by a quasi-Newton method (BFGS) with the exact
    gradient, which the left and right eigenvectors give.

    References
    ----------
    .. [1] Bozoki, Fulop and Ronyai (2010), doi:10.1016/j.mcm.2010.02.047

    Examples
    --------
    >>> gap = np.array([[1, 2, np.nan], [1 / 2, 1, 3], [np.nan, 1 / 3, 1]])
    >>> print(_complete(gap, "abc").round(6)[0])
    [1. 2. 6.]
    """
    rows, columns = np.nonzero(np.triu(np.isnan(matrix), 1))
    if not rows.size:
        return matrix
    _refuse_unconnected(matrix, labels, name)
    logs = _least_squares(matrix, rows, columns)
    if _is_tree(matrix):
        return _filled(matrix, rows, columns, logs)
    return _filled(matrix, rows, columns, _minimise(matrix, rows, columns, logs))


def _filled(matrix: np.ndarray, rows: np.ndarray, columns: np.ndarray, logs: np.ndarray) -> np.ndarray:
    full = matrix.copy()
    full[rows, columns], full[columns, rows] = np.exp(logs), np.exp(-logs)
    return full


def _is_tree(matrix: np.ndarray) -> bool:
    """As few comparisons as connect all items: the filled matrix is consistent, nothing is left to minimise."""
    return int((~np.isnan(matrix)).sum() - len(matrix)) == 2 * (len(matrix) - 1)


def _refuse_unconnected(matrix: np.ndarray, labels: Sequence[Any], name: str) -> None:
    known = ~np.isnan(matrix)
    parts, left = [], set(range(len(matrix)))
    while left:
        part, edge = set(), {min(left)}
        while edge:
            part |= edge
            edge = set(np.flatnonzero(known[sorted(edge)].any(axis=0)).tolist()) - part
        parts.append(part)
        left -= part
    if len(parts) == 1:
        return
    whose = f" of {name}" if name else ""
    first = ", ".join(str(labels[i]) for i in sorted(parts[0]))
    raise JudgementError(
        f"The judgement matrix{whose} cannot be completed: {len(parts)} sets of items are never compared with each "
        f"other. {len(matrix)} items need at least {len(matrix) - 1} comparisons that connect them all.",
        [
            Problem(
                f"nothing connects {', '.join(str(labels[i]) for i in sorted(part))} with {first}.",
                fix=f"Compare e.g. {labels[min(parts[0])]} with {labels[min(part)]}.",
            )
            for part in parts[1:]
        ],
    )


def _least_squares(matrix: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Start: logarithms of ratios of the incomplete geometric-mean priorities."""
    logs = np.where(np.isnan(matrix), 0.0, np.log(np.where(np.isnan(matrix), 1.0, matrix)))
    laplacian = np.isnan(matrix).astype(float) - 1.0
    np.fill_diagonal(laplacian, 0.0)
    np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
    potential = np.linalg.lstsq(laplacian, logs.sum(axis=1), rcond=None)[0]
    return potential[rows] - potential[columns]


def _minimise(matrix: np.ndarray, rows: np.ndarray, columns: np.ndarray, start: np.ndarray) -> np.ndarray:
    from scipy.optimize import minimize

    def eigenvalue(logs: np.ndarray) -> tuple[float, np.ndarray]:
        full = _filled(matrix, rows, columns, logs)
        vectors, values = eigenvector(np.stack([full, full.T]))
        right, left = vectors
        step = (
            left[rows] * full[rows, columns] * right[columns]
            - left[columns] * full[columns, rows] * right[rows]
        )
        return float(values[0]), step / (left @ right)

    return np.asarray(minimize(eigenvalue, start, jac=True, method="BFGS", options={"gtol": _FLAT}).x)
