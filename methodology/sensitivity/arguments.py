"""Arguments of the public functions: refused by name and value before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from methodology.errors import DataError, MethodError


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


def numbers(given: npt.ArrayLike, name: str) -> np.ndarray:
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
