"""Numbers that can be read in two ways: 1.234 with a point of thousands, 0.35 in % with the sign left out."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from methodology.indicators import Indicator
from methodology.sample.cell_reading import plain, shown

FEWEST_SHARES = 2
"""One value alone, as in a form of one plant, is held against those of the other plants instead (A-93)."""
FAR_FROM_SHARES = 20
"""Percentages so many times as large as the largest value up to 1 leave room for no plant between them."""
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


def _among(shares: Sequence[float], others: Sequence[float]) -> bool:
    """Whether shares of 1 would stand among percentages that are far from them as they are."""
    alike = all(0.8 * min(others) <= 100 * share <= 1.25 * max(others) for share in shares)
    return alike and min(others) > FAR_FROM_SHARES * max(shares)
