"""Numbers as their authors wrote them: decimals and simple fractions instead of binary approximations."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from numbers import Real

import numpy as np
import pandas as pd

from methodology.arguments import exact
from methodology.errors import DataError, Problem, raise_problems


def exact_all(numbers: Iterable[float | int | str | Decimal | Fraction]) -> tuple[Fraction, ...]:
    """
    `exact` of each number.

    Examples
    --------
    >>> sum(exact_all([0.1] * 10)) == 1
    True
    """
    return tuple(exact(number) for number in numbers)


def numbers_in(column: pd.Series) -> np.ndarray:
    """
    Cells of a table as floats, NaN where a cell holds no number: text, a truth value, a date, what no float can hold.

    Returns
    -------
    float array of shape (n_rows,)

    Examples
    --------
    >>> numbers_in(pd.Series([0.5, "0.25", True, "half", None], dtype=object))
    array([0.5 , 0.25,  nan,  nan,  nan])
    """
    if column.dtype.kind in "iuf":
        return column.to_numpy(dtype=float, na_value=np.nan)
    return np.array([_number_in(cell) for cell in column], dtype=float)


def _number_in(cell: object) -> float:
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, Real | Decimal | str):
        return math.nan
    try:
        return float(cell)
    except (ValueError, OverflowError):
        return math.nan


def refuse_columns(table: pd.DataFrame, wanted: Iterable[str], message: str) -> None:
    """
    Refuse a table that lacks one of the `wanted` columns, or has it twice.

    Raises
    ------
    DataError
    """
    counts = [(name, list(table.columns).count(name)) for name in wanted]
    raise_problems(
        DataError,
        message,
        [
            Problem("no such column" if not count else f"{count} columns have this name", column=name)
            for name, count in counts
            if count != 1
        ],
    )
