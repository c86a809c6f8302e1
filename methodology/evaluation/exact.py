"""Numbers as their authors wrote them: decimals and simple fractions instead of binary approximations."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from methodology.errors import DataError

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
