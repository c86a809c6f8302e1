"""Numbers that can be read in two ways: 1.234 with a point of thousands, 0.35 in % with the sign left out."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from methodology.indicators import Indicator
from methodology.indicators.comparators import Bounds
from methodology.sample.cell_reading import plain, shown
from methodology.units.table import house_unit, offered_units

FEWEST_SHARES = 2
"""One value alone, as in a form of one plant, is held against those of the other plants instead (A-93)."""
FAR_FROM_SHARES = 20
"""Percentages so many times as large as the largest value up to 1 leave room for no plant between them."""
FEWEST_OF_A_COLUMN, MOST_OF_A_COLUMN = 3, 0.8
"""So many values of a column, and such a share of them, tell in which unit it is (A-93)."""
_GROUPED = re.compile(r"<?\s*[1-9]\d{0,2}(\.\d{3})+", re.ASCII)
_OTHERWISE = re.compile(r"<?\s*[+-]?(\d*\.\d+|\d{4,})", re.ASCII)
"""Decimals, and thousands that nothing separates."""
_HUNDREDS = re.compile(r"<?\s*[1-9]\d\d", re.ASCII)


def point_of_thousands(cells: Sequence[object], bounds: tuple[float, float] | None) -> tuple[int, str] | None:
    """
    Find a text whose point may separate thousands.

    Parameters
    ----------
    cells : sequence
        A column as typed.
    bounds : (low, high) or None
        Between which values are possible.

    Returns
    -------
    position, what
        The first such cell and both its readings; None where the column writes other decimals or thousands, where so
        large a number is impossible, or where a decimal point is as good and nothing speaks for the other.

    Examples
    --------
    >>> point_of_thousands(["950", "1.149"], None)
    (1, "'1.149' can be read as 1149 (point of thousands) or as 1.149 (decimal point).")
    >>> point_of_thousands(["1.149", "2.5"], None)
    """
    texts = {at: plain(cell) for at, cell in enumerate(cells) if isinstance(cell, str)}
    found = [(at, text) for at, text in texts.items() if _GROUPED.fullmatch(text)]
    if not found or any(
        _OTHERWISE.fullmatch(text) and not _GROUPED.fullmatch(text) for text in texts.values()
    ):
        return None
    if any(isinstance(cell, float) and not cell.is_integer() for cell in cells):
        return None
    hundreds = any(_HUNDREDS.fullmatch(text) for text in texts.values())
    for at, text in found:
        digits = text.lstrip("< ")
        large, small = float(digits.replace(".", "")), float(digits) if digits.count(".") == 1 else math.nan
        possible = bounds is None or large <= bounds[1]
        likely = bounds is None or not bounds[0] <= small <= bounds[1] or hundreds
        if possible and likely:
            two = f"can be read as {large:g} (point of thousands) or as {digits} (decimal point)."
            return at, f"{shown(text)} {two}"
    return None


def sign_left_out(values: Sequence[float], indicator: Indicator, stated: bool) -> str:
    """
    Say that a column asked for in % may hold shares of 1; '' where it cannot, or its unit is stated.

    Parameters
    ----------
    values : sequence of float
        As read in %, NaN where there is none.
    stated : bool
        Whether the table itself says in which unit the column is.
    """
    known = [value for value in values if math.isfinite(value) and value != 0]
    if stated or indicator.unit != "%" or len(known) < FEWEST_SHARES or min(known) < 0:
        return ""
    shares, others = [v for v in known if v <= 1], [v for v in known if v > 1]
    bounds = indicator.bounds
    if len(shares) < FEWEST_SHARES or (others and not _among(shares, others)):
        return ""
    if bounds is not None and not (max(shares) * 100 <= bounds.high and min(shares) >= bounds.low):
        return ""
    largest = max(shares)
    why = f"{len(shares)} of {len(known)} values are" if others else "no value is larger than 1"
    why += " not larger than 1, the others are like a hundred times as much," if others else ""
    return (
        f"{why} and no unit is stated: {largest:g} can be read as {largest:g} % or, with the sign left out, as "
        f"{100 * largest:g} %."
    )


def unit_mistaken(values: Sequence[float], given: str, indicator: Indicator, formatted: bool = False) -> str:
    """
    Say that the values of a column fit another unit and not the one they are read in; '' where they fit, or none does.

    Parameters
    ----------
    values : sequence of float
        As read, in the unit of the indicator, NaN where there is none.
    given : str
        Unit they were read in: the one the table states, or the one that is asked for.
    formatted : bool
        Whether the format of the cells makes percentages of them.

    Notes
    -----
    A cell of the kind is a doubt and is set aside (A-91, A-93); with all of a column the indicator would be lost.
    """
    from methodology.units import convert

    known = [value for value in values if math.isfinite(value) and value != 0]
    bounds, wanted = indicator.bounds, indicator.unit
    if bounds is None or len(known) < FEWEST_OF_A_COLUMN or _inside(known, 1.0, bounds):
        return ""
    units = (unit for unit in units_beside(wanted) if house_unit(unit) != house_unit(given))
    factors = {f"in {unit}": convert(1.0, unit, wanted) / convert(1.0, given, wanted) for unit in units}
    factors |= {"as stored, without the format of the cells": 0.01} if formatted else {}
    counts = {how: _inside(known, factor, bounds) for how, factor in factors.items()}
    how = max(counts, key=lambda how: counts[how], default="")
    if not how or counts[how] < MOST_OF_A_COLUMN * len(known):
        return ""
    return (
        f"read in {given}, none of {len(known)} values lies within {bounds.low:g} to {bounds.high:g} {wanted}; read "
        f"{how}, {counts[how]} do."
    )


def _inside(values: Sequence[float], factor: float, bounds: Bounds) -> int:
    return sum(bounds.low <= value * factor <= bounds.high for value in values)


def units_beside(unit: str) -> tuple[str, ...]:
    """
    Units a column may be in by mistake where `unit` is asked: those plants use, and a share of 1 for per cent.

    Examples
    --------
    >>> units_beside("kg/t"), units_beside("%")
    (('kg/t', 't/t', 'g/t'), ('%', '1'))
    """
    return (*offered_units(unit), *(("1",) if house_unit(unit) == "%" else ()))


def _among(shares: Sequence[float], others: Sequence[float]) -> bool:
    """Whether shares of 1 would stand among percentages that are far from them as they are."""
    alike = all(0.8 * min(others) <= 100 * share <= 1.25 * max(others) for share in shares)
    return alike and min(others) > FAR_FROM_SHARES * max(shares)
