"""One cell as typed becomes a value and one of four states, or a fault a metallurgist can mend."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time, timedelta

from methodology.indicators import CellState
from methodology.indicators.cells import read_cell
from methodology.indicators.plain_yaml import fault_of_number
from methodology.sample.description import Marks
from methodology.spreadsheets.grid import DIGITS, DateCell, FormattedCell, PercentCell, is_empty
from methodology.units.table import house_unit

LONGEST_QUANTITY = 100
"""Longer cells are no slip of a number, and are not searched for one."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = {"−": "-", "‐": "-", "‑": "-", "–": "-", "—": "-", "〈": "<", "〉": ">", "【": "[", "】": "]"}
_SIGNS |= {"﹤": "<", "﹥": ">", "﹪": "%", "ⅰ": "I", "ⅱ": "II", "ⅲ": "III"}
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD), "")
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\u180b\u180c\u180d\u180f") | {
    chr(c) for c in range(0xFE00, 0xFE10)
}
"""Letters and marks that are drawn as nothing."""
_SPACES = dict.fromkeys((0x00A0, 0x3000, 0x202F, *range(0x2000, 0x200B)), " ")
_PLAIN: dict[int, int | str] = {
    **_FULL_WIDTH,
    **_INVISIBLE,
    **_SPACES,
    **{ord(sign): ascii_sign for sign, ascii_sign in _SIGNS.items()},
}
_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$", re.ASCII)
_YEAR = re.compile(r"((?:19|20)\d\d)(\.0)?\s*(年度?)?", re.ASCII)
_LEVEL_WORDS = {"一": "I", "二": "II", "三": "III", "达不到": "none", "未达到": "none"}
_AROUND_LEVEL = re.compile(r"^level\s*|\s*级$", re.I)
_OF_TWO_MINDS = frozenset(
    {"-", "--", "---", "/", "//", "\\", ".", "?", "*", "x", "无", "暂无", "缺", "缺失", "未填"}
    | {"na", "#n/a", "null", "none", "nil", "nan", "tbd", "unknown", "missing", "not available"}
)
UNIT_IN_HEADER = "state the unit in the header, e.g. 'process_energy [kgce/t]'"
_NO_DATE = "Spreadsheets turn 3-12 into a date: format the column as a number and enter the value again."
_FAULTS = (
    (r"#.*", "is an error of the spreadsheet", "Mend the formula, or leave the cell empty if not reported."),
    (r"=.*", "is a formula kept as text", "Enter its result as a number."),
    (r"[<>]?=.*|[≤≥≦≧⩽⩾>].*", "is an inequality other than '<'", "Write a number, or e.g. <5 for below 5."),
    (
        r"(<\s*)?(n\.?d\.?|b\.?d\.?l\.?|lo[dq]|<?dl|mdl|未\s*检\s*出|不检出|检不出|[低小]于检出限|未检测出|痕量|微量|trace|tr\.|"
        r"not detected)(\s*[(:]?\s*<?\s*[\d.]+\s*\)?)?|\d[\d.]*\s*[lu]|[lu]\s*\d[\d.]*",
        "says 'below the limit' without '<' and the limit",
        "Write '<' and the detection limit, e.g. <1.0.",
    ),
    (
        r"(低于|小于|少于|不足|[不未](大于|高于|超过?|多于|足)|below|under|less than|up to|at most)\s*[\d.]+.*|"
        r"[\d.]+\s*[及或]?(以下|以内|之内)",
        "is a limit in words",
        "Write '<' and the limit if nothing was detected, e.g. <1.0; else the value that was measured.",
    ),
    (
        r"\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?月?|\d{1,2}[-/月]\d{1,2}([-/]\d{2,4}|日)|"
        r"\d{1,2}月|(\d{1,2}[-/ ]?)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*([-/ ]\d{2,4})?",
        "is a date",
        _NO_DATE,
    ),
    (
        r"[+-]?[\d.]+\s*(-|~|到|至|to)\s*[\d.]+%?",
        "is a range (or a date)",
        "Give one value: the mean of the year, weighted by output.",
    ),
    (
        r"<?\s*[+-]?\d{1,3}(,\d{3})+\.\d+",
        "holds separators of thousands",
        "Write the digits without commas, e.g. 1234.5.",
    ),
    (
        r"<?\s*[+-]?\d[\d.]*(,\d+)+",
        "holds a comma that may be a decimal comma or a separator of thousands",
        "Write a decimal point and no separators, e.g. 12.5 or 1234.",
    ),
    (r"<?\s*[+-]?\d+([ '_]\d+)+(\.\d+)?", "holds separators of thousands", "Write the digits without gaps."),
    (r"\d+\s*/\s*\d+", "is a fraction or a date", "Write a decimal number, e.g. 0.333."),
    (r"(约|≈|~|ca\.?|about|左右).*|.*(左右|以上|以下|以内)", "is approximate", "Give the value of the year."),
    (
        r"<?\s*[+-]?[\d.]+\s*[^\d\s.,].*",
        "has text after the number",
        f"Keep the number alone; {UNIT_IN_HEADER}.",
    ),
)
_THOUSANDS_OR_DECIMALS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_FAULT_PATTERNS = tuple((re.compile(p, re.I | re.S), what, fix) for p, what, fix in _FAULTS)


@dataclass(frozen=True)
class Reading:
    """A cell understood: value and state, or what is wrong and what to do."""

    value: float = math.nan
    state: CellState = CellState.NOT_REPORTED
    fault: str = ""
    fix: str = ""

    @property
    def given(self) -> bool:
        """Whether it is a value, or the limit below which it lies."""
        return self.state <= CellState.BELOW_LIMIT


_NO_LEVEL = Reading(fault="is not a level", fix="Write I, II, III or none.")


def plain(text: str) -> str:
    r"""
    Text with full-width forms, invisible characters and odd spaces made plain.

    Examples
    --------
    >>> plain(" ＜１２．５\u200b ")
    '<12.5'
    """
    return text.strip() if text.isascii() else text.translate(_PLAIN).strip()


def invisible_sign(text: str) -> str:
    """
    Name of the first sign that nobody sees: it turns the direction of writing, joins, splits or stands for nothing.

    Examples
    --------
    >>> invisible_sign("P01"), invisible_sign("P\u202e01")
    ('', 'U+202E')
    """
    if text.isascii():
        return ""
    hidden = (s for s in text if unicodedata.category(s) in ("Cf", "Cs", "Zl", "Zp") or s in _FILLERS)
    return next((f"U+{ord(sign):04X}" for sign in hidden), "")


def shown(cell: object) -> str:
    """A cell as it is quoted in messages, never longer than 40 characters."""
    text = repr(str(cell)) if isinstance(cell, str | FormattedCell) else str(cell)
    return text if len(text) <= 40 else f"{text[:37]}..."


def read_quantity(
    cell: object, *, percent: bool = False, share: bool = False, unit: str = "", marks: Marks | None = None
) -> Reading:
    """
    Read a cell of a quantitative column.

    Parameters
    ----------
    cell : object
        As the file gave it: number, text, boolean, date.
    percent : bool
        Whether the column is in %, so that '57.7%' can be read, and a cell shown as 57.7 % as 57.7.
    share : bool
        Whether the column is a share of 1, so that a cell shown as 57.7 % is 0.577.
    unit : str
        Unit of the column: a number format may write it behind the number.
    marks : Marks, optional
        Signs the sample declares for not reported and not applicable; numbers among them are compared as numbers.

    Examples
    --------
    >>> read_quantity("＜５").value, read_quantity("<5").state.name, read_quantity("12,5").fault[:14]
    (5.0, 'BELOW_LIMIT', 'holds a comma ')
    """
    if is_empty(cell):
        return Reading()
    if isinstance(cell, bool):
        return Reading(
            fault="is a tick or TRUE/FALSE, not a number", fix="Enter the value, or leave it empty."
        )
    if isinstance(cell, int | float):
        return _marked(float(cell), marks) or _finite(float(cell))
    if isinstance(cell, PercentCell):
        return _from_percent(cell, marks, 1.0 if percent else 0.01 if share else math.nan)
    if isinstance(cell, FormattedCell):
        return _from_format(cell, unit)
    if isinstance(cell, date | time | timedelta | DateCell):
        return Reading(fault="is a date", fix=_NO_DATE)
    text = plain(str(cell))
    declared = _declared(text, marks)
    if declared is not None:
        return declared
    if percent and text.endswith("%"):
        text = text[:-1].rstrip()
    return _from_text(text)


def _finite(value: float) -> Reading:
    if math.isfinite(value):
        return Reading(as_compared(value), CellState.MEASURED)
    return Reading(fault="is not a finite number", fix="Enter the value, or leave the cell empty.")


def as_compared(value: float) -> float:
    """
    A number to the 15 digits that spreadsheets show and compare, without the dust of their arithmetic.

    Examples
    --------
    >>> as_compared(2.0000000000000004)
    2.0
    """
    return float(f"{value:.{DIGITS}g}") + 0.0  # -0 is nothing but 0


def _from_format(cell: FormattedCell, unit: str) -> Reading:
    """A number beside which its format writes the unit of the column; any other text may change what is meant."""
    alone = cell.number and not (cell.before or cell.scale)
    if alone and unit and house_unit(cell.behind) == house_unit(unit):
        return _finite(cell.stored)
    return Reading(
        fault=f"is what the number format of the cell shows, and {cell.stored:.15g} is stored",
        fix="Set the format of the cell to a plain number and enter what is meant; state the unit in the header.",
    )


def _from_percent(cell: PercentCell, marks: Marks | None, one: float) -> Reading:
    """`one` is what 1 % is in the unit of the column, NaN where that means nothing."""
    marked = _marked(cell.stored, marks) or _marked(cell.shown, marks)
    if marked or math.isfinite(one):
        return marked or _finite(cell.shown * one)
    return Reading(
        fault="is shown as a percentage, and the column is not in %",
        fix="Mend the format of the cell, or the unit of the column.",
    )


def _marked(value: float, marks: Marks | None) -> Reading | None:
    """State of a number that is declared to mean none."""
    for signs, state in _states(marks):
        if any(_NUMBER.match(sign) and float(sign) == value for sign in signs):
            return Reading(state=state)
    return None


def _states(marks: Marks | None) -> list[tuple[list[str], CellState]]:
    if marks is None:
        return []
    applicable, reported = list(map(plain, marks.not_applicable)), list(map(plain, marks.not_reported))
    return [(applicable, CellState.NOT_APPLICABLE), (reported, CellState.NOT_REPORTED)]


def _declared(text: str, marks: Marks | None) -> Reading | None:
    """State of a cell that holds a sign and no number, or a number declared to be one; None for all others."""
    for signs, state in _states(marks):
        if text in signs:
            return Reading(state=state)
    if _NUMBER.match(text):
        return _marked(float(text), marks)
    if text.casefold() in _OF_TWO_MINDS:
        fix = "Leave the cell empty for not reported, write n/a for not applicable, 0 for zero; or declare the sign "
        fix += "under `marks:` in sample.yaml."
        return Reading(fault="can mean 'not reported' or 'not applicable'", fix=fix)
    return None


def _from_text(text: str) -> Reading:
    below = text.startswith("<")
    digits = text[1:].strip() if below else text
    if _NUMBER.match(digits):
        value = float(digits)
        lost = fault_of_number(digits, value)
        if lost:
            return Reading(fault=lost, fix="Check the power of ten, or write the number without one.")
        if below and value <= 0:
            return Reading(fault="is below zero or nothing", fix="State the detection limit, e.g. <1.0.")
        return Reading(as_compared(value), CellState.BELOW_LIMIT if below else CellState.MEASURED)
    if _THOUSANDS_OR_DECIMALS.fullmatch(digits):
        whole, part = digits.replace(",", ""), digits.replace(",", ".")
        two = f"can be read as {whole} (comma of thousands) or as {part} (decimal comma)"
        return Reading(fault=two, fix="Write a decimal point and no separators.")
    for pattern, what, fix in _FAULT_PATTERNS:
        if len(text) <= LONGEST_QUANTITY and pattern.fullmatch(text):
            return Reading(fault=what, fix=fix)
    value, state, fault = read_cell(text)
    if fault or state is not CellState.NOT_APPLICABLE:
        return Reading(fault="is not a number", fix="Write e.g. 12.5, <5, n/a, or leave the cell empty.")
    return Reading(value, state)


def is_number(cell: object) -> bool:
    """Whether a cell holds a number and nothing else, or a limit below which it lies, as number or as text."""
    return read_quantity(cell, percent=True).given


def read_level(cell: object, *, marks: Marks | None = None) -> Reading:
    """
    Read a cell of a qualitative column.

    Examples
    --------
    >>> read_level("Ⅱ级").value, read_level("none").value, read_level("二级").value
    (2.0, 4.0, 2.0)
    """
    if is_empty(cell):
        return Reading()
    if isinstance(cell, bool | date | time | timedelta | DateCell | FormattedCell | PercentCell):
        return _NO_LEVEL
    text = plain(str(cell))
    if text.casefold() != "none" and text != "无":
        declared = _declared(text, marks)
        if declared is not None:
            return declared
    if len(text) > LONGEST_QUANTITY:
        return _NO_LEVEL
    text = _AROUND_LEVEL.sub("", text)
    text = _LEVEL_WORDS.get(text, text)
    value, state, fault = read_cell(text, qualitative=True)
    return _NO_LEVEL if fault else Reading(value, state)


def read_year(cell: object) -> int:
    """
    Year a cell states, 0 where it states none.

    Examples
    --------
    >>> read_year("２０２４年度"), read_year(2024.0), read_year("2023-2024")
    (2024, 2024, 0)
    """
    found = None if isinstance(cell, DateCell | PercentCell) else _YEAR.fullmatch(plain(str(cell)))
    return int(found[1]) if found else 0


def read_words(cell: object) -> tuple[str, str]:
    """
    Read a cell of free text.

    Returns
    -------
    text, fault
        Text that starts like a formula, or holds control characters or angle brackets, is refused: it would
        be live in a spreadsheet or a web page.
    """
    if is_empty(cell):
        return "", ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)), ""
    text = plain(str(cell))
    if text[:1] in ("=", "+", "@") or (text[:1] == "-" and not _NUMBER.match(text)):
        return "", f"begins with {text[0]!r}, which a spreadsheet runs as a formula"
    sign = invisible_sign(text)
    if sign:
        return "", f"holds the invisible sign {sign}, which turns or hides what stands beside it"
    if any(ord(sign) < 32 or sign in "<>" or 0x7F <= ord(sign) < 0xA0 for sign in text):
        return "", "holds control characters or angle brackets"
    if len(text) > 100:
        return "", f"has {len(text)} characters; at most 100 are kept"
    return text, ""
