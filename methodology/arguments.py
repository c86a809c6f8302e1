"""Check arguments of the public functions: refused by name and value before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methodology.errors import DataError, MethodError, ParameterError

Better = Literal["lower", "higher"]
Side = Literal["both", "lower", "upper"]
Floats = NDArray[np.float64]


def read_values(values: ArrayLike, *, least: int = 1, what: str = "values") -> Floats:
    """
    Return one indicator's values as a flat float array.

    Raises
    ------
    DataError
        If a value is missing, masked, infinite or no number, if the array is not flat, or has fewer than `least`
        values.
    """
    try:
        told = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan) if np.ma.isMA(values) else values
        array = np.asarray(told, dtype=float)
    except (TypeError, ValueError, OverflowError) as fault:
        raise DataError(
            f"{what} hold something that is no number: {fault}. Read cells such as '<5' with `as_sample` first."
        ) from fault
    kind = np.asarray(values).dtype.kind
    if kind == "b":
        raise DataError(f"{what} are True and False; give measured values.")
    if kind in "mM":
        raise DataError(f"{what} are dates or times; give measured values.")
    if array.ndim != 1:
        raise DataError(f"{what} have {array.ndim} dimensions; give one indicator as a flat array.")
    faulty = np.flatnonzero(~np.isfinite(array))
    if faulty.size:
        raise DataError(
            f"{faulty.size} of {array.size} {what} are missing or infinite (positions "
            f"{', '.join(map(str, faulty[:5]))}). A benchmark computed without them would lean toward plants "
            "that report. Exclude those plants with a reason first."
        )
    if array.size < least:
        raise DataError(f"{array.size} {what} are given; this method needs at least {least}.")
    return array


def read_positive(values: ArrayLike, *, least: int = 1, why: str) -> Floats:
    """
    Return values a logarithm can be taken of.

    Raises
    ------
    DataError
        As `read_values`, and if a value is zero or negative.
    """
    array = read_values(values, least=least)
    if array.min() <= 0:
        raise DataError(
            f"The smallest value is {array.min():g}; {why} takes logarithms and needs positive values. "
            "Use a method without logarithms, e.g. 'attainment' with 'order-statistic' intervals."
        )
    return array


def read_mask(below_limit: ArrayLike | None, size: int) -> NDArray[np.bool_]:
    """
    Return the mask of values that are limits; None means that none is.

    Raises
    ------
    DataError
        If the mask is not boolean or of another length.
    """
    if below_limit is None:
        return np.zeros(size, dtype=bool)
    mask = np.asarray(below_limit)
    if mask.shape != (size,) or not np.isin(mask, (0, 1)).all():
        raise DataError(
            f"`below_limit` has shape {mask.shape} for {size} values; give one True or False per value."
        )
    return mask.astype(bool)


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


def exact_share(share: float | Fraction) -> Fraction:
    """
    Share as the number it is written as, see `exact`.

    `.07 * 100` is 7.000000000000001 in floating point and would ask for an eighth plant.

    Raises
    ------
    ParameterError
        If the share is not strictly between 0 and 1.

    Examples
    --------
    >>> exact_share(0.07) * 100
    Fraction(7, 1)
    """
    try:
        inside = 0 < float(share) < 1
    except (TypeError, ValueError):
        inside = False
    if not inside:
        raise ParameterError(f"share is {share!r}; give the share of plants as a number between 0 and 1.")
    return exact(share if isinstance(share, Fraction) else float(str(share)))


def needed(share: float, plants: int) -> int:
    """
    Smallest number of plants that is at least `share` of them.

    Examples
    --------
    >>> needed(0.2, 30), needed(0.05, 30), needed(0.07, 100)
    (6, 2, 7)
    """
    return ceil(exact_share(share) * plants)


def probability(name: str, value: float) -> float:
    """
    Pass a confidence or probability on.

    Raises
    ------
    ParameterError
        If it is not strictly between 0 and 1.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not 0 < number < 1:
        raise ParameterError(f"{name} is {value!r}; give a number between 0 and 1, e.g. 0.95.")
    return number


def count(name: str, value: int, *, least: int = 1) -> int:
    """
    Pass a number of plants, runs or draws on.

    Raises
    ------
    ParameterError
        If it is no whole number or smaller than `least`.
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < least:
        raise ParameterError(f"{name} is {value!r}; give a whole number of at least {least}.")
    return int(value)


def choice(name: str, value: str, allowed: Iterable[str]) -> str:
    """
    Pass a named choice on.

    Raises
    ------
    ParameterError
        If it is not one of `allowed`.
    """
    names = list(allowed)
    if value not in names:
        raise ParameterError(f"{name} is {value!r}; choose one of {', '.join(names)}.")
    return value


def cleaner_end(better: str) -> Better:
    """
    Pass `better` on.

    Raises
    ------
    ParameterError
        If it is neither "lower" nor "higher".
    """
    choice("better", better, get_args(Better))
    return "higher" if better == "higher" else "lower"


def whole_number(number: Any, name: str, *, least: int = 1) -> int:
    """
    `number` as an int of at least `least`.

    Raises
    ------
    MethodError
        If it is not one.
    """
    given = None if isinstance(number, bool | str) else _real(number)
    if given is None or not given.is_integer() or given < least:
        raise MethodError(f"`{name}` is {number!r}; give a whole number of at least {least}.")
    return int(number)


def real_number(number: Any, name: str) -> float:
    """
    `number` as a float; NaN is passed on, so that the range asked for can refuse it.

    Raises
    ------
    MethodError
        If it is no number.
    """
    given = None if isinstance(number, bool | str) else _real(number)
    if given is None:
        raise MethodError(f"`{name}` is {number!r}; give a number.")
    return given


def numbers(given: ArrayLike, name: str) -> np.ndarray:
    """
    `given` as an array of floats; what is masked is NaN.

    Raises
    ------
    DataError
        If it holds text, truth values, complex numbers, numbers beyond floats, or rows of unequal length.
    """
    try:
        array = np.ma.asarray(given) if np.ma.isMaskedArray(given) else np.asarray(given)
        if array.dtype.kind not in "iufO":
            raise TypeError
        return np.asarray(np.ma.filled(array.astype(float), np.nan))
    except (TypeError, ValueError, OverflowError):
        raise DataError(
            f"`{name}` is no table of numbers: {_shown(given)}. Give numbers in rows of one length, and NaN where "
            "there is none."
        ) from None


def named(given: Any, name: str) -> Mapping[str, Any]:
    """
    `given` as a mapping.

    Raises
    ------
    MethodError
        If it is none.
    """
    if not isinstance(given, Mapping):
        raise MethodError(
            f"`{name}` is a {type(given).__name__}; give a mapping from the name of each factor."
        )
    return given


def _real(number: Any) -> float | None:
    if isinstance(number, complex) or np.ndim(number):
        return None
    try:
        return float(number)
    except (TypeError, ValueError, OverflowError):
        return None


def _shown(given: Any) -> str:
    text = " ".join(repr(given).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
