"""Checks a judgement matrix 判断矩阵 before any arithmetic touches it."""

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
