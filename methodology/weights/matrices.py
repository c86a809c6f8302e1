"""Check a judgement matrix 判断矩阵, complete it, and find its eigenvector, geometric mean and index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import JudgementError, Problem, raise_problems
from methodology.indicators.judgements import read_ratio
from methodology.weights.rules import rule

_PLACES = 9
_DUST = 1e-15
_NUMBER_FIX = "Write a positive number, a fraction such as 1/3, or leave it empty."
_SQUARINGS = 4
_ROUNDS = 60
_GAP = 1e-13
_FLAT = 1e-11


def judgement_matrix(
    matrix: Any, *, scale: float | None = None, labels: Sequence[Any] | None = None, name: str = ""
) -> tuple[np.ndarray, tuple[Any, ...]]:
    """
    Read and check one matrix; exact reciprocals come back.

    Parameters
    ----------
    matrix : array or DataFrame of shape (n, n)
        `matrix[i, j]`: how many times as much `i` matters as `j`. One triangle is enough; NaN in both cells of a pair
        is a comparison nobody made. Labels of a DataFrame name the items.
    scale : float, optional
        Largest comparison allowed, e.g. 9; the smallest is its reciprocal.
    labels : sequence of n, optional
        Names of the items of an array; 1, 2, ... by default.
    name : str
        Whose matrix it is, for the message.

    Returns
    -------
    checked, labels
        Array of shape (n, n) with ones on the diagonal, exact reciprocals, and NaN where a pair was not compared.

    Raises
    ------
    JudgementError
        Every fault at once, with its cell.

    Notes
    -----
    Rests on A-30: the cell of at least 1 is the judgement; its opposite may differ from the exact reciprocal by the
    rounding of two printed decimals and is replaced.
    """
    values, labels = _numbers(matrix, labels, name)
    if scale is None and _is_exact(values):
        return values, labels
    problems = [
        *_faulty_diagonal(values, labels),
        *_faulty_cells(values, labels, scale),
        *_unequal_pairs(values, labels),
    ]
    raise_problems(JudgementError, _headline(name, len(labels)), problems)
    return exact_reciprocals(values), labels


def _is_exact(values: np.ndarray) -> bool:
    """Positive, complete and exactly reciprocal: nothing to mend, and the usual case."""
    if not (values > 0).all():
        return False
    with np.errstate(over="ignore"):
        return bool((np.abs(values * values.T - 1) <= _DUST).all() and (np.diag(values) == 1).all())


def _headline(name: str, size: int) -> str:
    whose = f" of {name}" if name else ""
    return f"The {size} x {size} judgement matrix{whose} contradicts its own definition."


def _numbers(matrix: Any, given: Sequence[Any] | None, name: str) -> tuple[np.ndarray, tuple[Any, ...]]:
    whose = f" of {name}" if name else ""
    try:
        cells = np.asarray(matrix)
    except ValueError as fault:
        raise JudgementError(
            f"Rows of the judgement matrix{whose} differ in length. Every item is compared with every other."
        ) from fault
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or not cells.size:
        shape = " x ".join(str(side) for side in cells.shape) or "a single number"
        raise JudgementError(
            f"The judgement matrix{whose} is {shape}. Every item is compared with every other, so it is square."
        )
    labels: tuple[Any, ...] = tuple(range(1, len(cells) + 1)) if given is None else tuple(given)
    if len(labels) != len(cells):
        raise JudgementError(f"{len(labels)} labels do not name {len(cells)} items.")
    if isinstance(matrix, pd.DataFrame):
        labels = tuple(matrix.columns)
        if tuple(matrix.index) != labels or len(set(labels)) != len(labels):
            raise JudgementError(
                f"Rows {list(matrix.index)} and columns {list(labels)} of the judgement matrix{whose} do not name "
                "the same items in the same order, each once."
            )
    if np.iscomplexobj(cells):
        raise JudgementError(f"The judgement matrix{whose} holds complex numbers; judgements are real.")
    if cells.dtype.kind in "fiu":
        return cells.astype(float), labels
    return _parsed(cells, labels, name), labels


def _parsed(cells: np.ndarray, labels: Sequence[Any], name: str) -> np.ndarray:
    """Texts such as `1/3` become numbers; an empty cell becomes NaN."""
    values = np.full(cells.shape, np.nan)
    problems = []
    for i, j in np.ndindex(*cells.shape):
        cell = cells[i, j]
        if cell is None or cell is pd.NA or str(cell).strip().casefold() in ("", "nan"):
            continue
        is_number = isinstance(cell, int | float | np.number) and not isinstance(cell, bool)
        values[i, j] = float(cell) if is_number else read_ratio(str(cell))
        if np.isnan(values[i, j]):
            problems.append(
                Problem(f"{cell_name(labels, i, j)} is {str(cell)!r}, no number.", fix=_NUMBER_FIX)
            )
    raise_problems(JudgementError, _headline(name, len(labels)), problems)
    return values


def cell_name(labels: Sequence[Any], i: int, j: int) -> str:
    """Name of one cell: `cell (coffee, wine)`, or `cell (1, 2)` counted from 1."""
    return f"cell ({labels[i]}, {labels[j]})"


def _faulty_diagonal(values: np.ndarray, labels: Sequence[Any]) -> list[Problem]:
    return [
        Problem(f"{cell_name(labels, i, i)} is {own:g}, not 1.", why="An item matters as much as itself.")
        for i, own in enumerate(np.diag(values))
        if not np.isnan(own) and abs(own - 1) > rule("reciprocity")
    ]


def _faulty_cells(values: np.ndarray, labels: Sequence[Any], scale: float | None) -> list[Problem]:
    problems = []
    slack = rule("reciprocity")
    for i, j in np.argwhere(~np.isnan(values)):
        value = values[i, j]
        if i != j and not 0 < value < np.inf:
            problems.append(
                Problem(f"{cell_name(labels, i, j)} is {value:g}.", why="A comparison is a positive ratio.")
            )
        elif i != j and scale is not None and not 1 / scale - slack <= value <= scale + slack:
            problems.append(
                Problem(
                    f"{cell_name(labels, i, j)} is {value:g}, outside the scale 1/{scale:g} to {scale:g}."
                )
            )
    return problems


def reciprocal_faults(values: np.ndarray) -> np.ndarray:
    """True where opposite cells are further from being reciprocals than printing explains; shape (..., n, n)."""
    opposite = np.swapaxes(values, -1, -2)
    larger, smaller = np.maximum(values, opposite), np.minimum(values, opposite)
    off = np.round(np.abs(smaller - 1 / larger), _PLACES)
    return (off > rule("reciprocity")) | (np.round(off * larger, _PLACES) > rule("reciprocity_relative"))


def _unequal_pairs(values: np.ndarray, labels: Sequence[Any]) -> list[Problem]:
    usable = (values > 0) & np.isfinite(values)
    both = np.triu(usable & usable.T, 1)
    faults = both & reciprocal_faults(np.where(usable & usable.T, values, 1.0))
    return [
        Problem(
            f"{cell_name(labels, i, j)} is {values[i, j]:g} but {cell_name(labels, j, i)} is {values[j, i]:g}.",
            why=f"Opposite cells are reciprocals: 1/{values[i, j]:g} = {1 / values[i, j]:.4g}.",
        )
        for i, j in np.argwhere(faults)
    ]


def exact_reciprocals(values: np.ndarray) -> np.ndarray:
    """The larger cell of each pair and its exact reciprocal; one empty cell is filled from the other. (..., n, n)."""
    opposite = np.swapaxes(values, -1, -2)
    exact = np.where(np.isnan(values) | (values < opposite), 1 / opposite, values)
    diagonal = np.arange(values.shape[-1])
    exact[..., diagonal, diagonal] = 1.0
    return exact


def complete(matrix: np.ndarray, labels: Sequence[Any], *, name: str = "") -> np.ndarray:
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


def eigenvector(matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Principal right eigenvectors and eigenvalues of positive matrices.

    Parameters
    ----------
    matrices : array of shape (k, n, n)
        Positive, or at least irreducible with a positive diagonal.

    Returns
    -------
    priorities, eigenvalues
        Shapes (k, n), rows summing to 1, and (k,).

    Notes
    -----
    Power iteration on the 16th power of each matrix, the whole stack at once. After each round the Collatz-Wielandt
    bounds min (Aw)_i/w_i <= lambda <= max (Aw)_i/w_i enclose the eigenvalue [1]_; iteration ends when they meet, so
    the answer is certified and no convergence is assumed. Whatever is left goes to a general eigenvalue solver.

    References
    ----------
    .. [1] Collatz (1942), doi:10.1007/BF01180013
    """
    power = matrices
    for _ in range(_SQUARINGS):
        power = power @ power
        power = power / power.sum(axis=(1, 2), keepdims=True)
    # The stack runs along the last axis: memory is read in order.
    rows, powers = (np.ascontiguousarray(np.moveaxis(stack, 0, -1)) for stack in (matrices, power))
    weights = powers.sum(axis=1)
    for _ in range(_ROUNDS):
        weights = weights / weights.sum(axis=0)
        ratios = np.einsum("ijk,jk->ik", rows, weights) / weights
        low, high = ratios.min(axis=0), ratios.max(axis=0)
        open_ = high - low > _GAP * high
        if not open_.any():
            break
        weights = np.einsum("ijk,jk->ik", powers, weights)
    priorities, values = weights.T.copy(), (low + high) / 2
    for k in np.flatnonzero(open_):
        priorities[k], values[k] = _general(matrices[k])
    return priorities, values


def _general(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    return vector / vector.sum(), float(values[first].real)


def geometric_mean(matrices: np.ndarray) -> np.ndarray:
    """
    Row geometric means, each row of the result summing to 1; (k, n, n) to (k, n).

    References
    ----------
    .. [1] Crawford and Williams (1985), doi:10.1016/0022-2496(85)90002-1
    """
    means = np.exp(np.log(matrices).mean(axis=2))
    return means / means.sum(axis=1, keepdims=True)


def geometric_index(matrices: np.ndarray) -> np.ndarray:
    """
    Geometric consistency index of each matrix; (k, n, n) to (k,).

    References
    ----------
    .. [1] Aguaron and Moreno-Jimenez (2003), doi:10.1016/S0377-2217(02)00255-2
    """
    size = matrices.shape[1]
    if size < 3:
        return np.zeros(len(matrices))
    logs = np.log(matrices)
    means = logs.mean(axis=2)
    errors = logs - means[:, :, None] + means[:, None, :]
    # Every pair appears twice in the square.
    return (errors**2).sum(axis=(1, 2)) / ((size - 1) * (size - 2))
