"""Missing comparisons: the values that contradict the given ones least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from methodology.errors import JudgementError, Problem
from methodology.weights.eigenvector import eigenvector

_FLAT = 1e-11


def complete(matrix: np.ndarray, labels: Sequence[Any], *, name: str = "") -> np.ndarray:
    """
    Fill the empty pairs of a reciprocal matrix so that its principal eigenvalue is least.

    Parameters
    ----------
    matrix : array of shape (n, n)
        Exact reciprocals; NaN in both cells of a missing pair.
    labels : sequence of n
        Names of the items, for the message.

    Returns
    -------
    array of shape (n, n)
        The given pairs untouched, the others filled. A complete matrix comes back as it is.

    Raises
    ------
    JudgementError
        If the comparisons do not connect all items: no value is then better than another.

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
    >>> print(complete(gap, "abc").round(6)[0])
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
