"""Numbers as their authors wrote them: decimals and simple fractions instead of binary approximations."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from numbers import Real

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, raise_problems

WRITTEN_DIGITS = 12
LARGEST_DENOMINATOR = 100_000
_ULPS = 4


@lru_cache(maxsize=4096, typed=True)
def exact(number: float | int | str | Decimal | Fraction) -> Fraction:
    """
    Read a number as the decimal or the simple fraction it stands for.

    Parameters
    ----------
    number : float, int, str, Decimal or Fraction
        A weight, a share or a score.

    Returns
    -------
    Fraction
        For a float: the decimal of at most 12 digits within four units in the last place, else the fraction with a
        denominator up to 100 000 within four such units, else its shortest decimal.

    Raises
    ------
    DataError
        If the number is not finite.

    Notes
    -----
    Rests on A-01: 0.1 * 0.7 was meant as 0.07 and 1 / 3 as a third; their binary forms would move a score of exactly
    85 to either side.

    Examples
    --------
    >>> exact(0.85), exact(0.1 * 0.7), exact(1 / 3)
    (Fraction(17, 20), Fraction(7, 100), Fraction(1, 3))
    """
    if isinstance(number, int | Fraction | Decimal | str):
        return Fraction(number)
    value = float(number)
    if not math.isfinite(value):
        raise DataError(f"{value} is not a number that can be weighed or compared.")
    shortest = Decimal(repr(value))
    if len(shortest.as_tuple().digits) <= WRITTEN_DIGITS:
        return Fraction(shortest)
    room = _ULPS * math.ulp(value)
    written = float(f"{value:.{WRITTEN_DIGITS}g}")
    if abs(written - value) <= room:
        return Fraction(Decimal(repr(written)))
    simple = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    return simple if abs(float(simple) - value) <= room else Fraction(shortest)


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
