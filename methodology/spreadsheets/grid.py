"""A sheet as it was typed: cells at their addresses, before anything is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from methodology.errors import DataError, Problem

LARGEST_FILE = 20_000_000
"""Bytes of a file that is opened at all."""
MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
MOST_CELLS = 1_000_000
"""Cells of the rectangle a sheet spans, empty ones included: they cost memory too."""

DIGITS = 15
"""Digits of a number that spreadsheets keep, show and compare; what stands behind them is dust."""


@dataclass(frozen=True)
class DateCell:
    """A cell that holds a date or a time, as text."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class PercentCell:
    """A number that the sheet shows as a percentage: stored 0.35, shown 35 %."""

    stored: float

    @property
    def shown(self) -> float:
        """What stands before the sign %."""
        return float(f"{100 * self.stored:.{DIGITS}g}")

    def __str__(self) -> str:
        return f"{self.shown!r}%".replace(".0%", "%")


@dataclass(frozen=True)
class FormattedCell:
    """A number whose format shows something else than is stored: `<1.5` for 1.5, `4.5` for 4500, nothing for 0."""

    stored: float
    before: str
    number: str
    behind: str
    scale: int = 0
    """How often it is divided by a thousand before it is shown."""

    def __str__(self) -> str:
        return f"{self.before}{self.number}{self.behind}"


@dataclass(frozen=True)
class Grid:
    """Cells of one sheet; rows and columns of addresses count from 0."""

    file: str
    sheet: str
    """Empty for text files."""
    rows: tuple[tuple[object, ...], ...]
    """`rows[0]` is row 1 of the spreadsheet. Numbers, text, booleans and dates as stored; "" where empty."""
    errors: Mapping[tuple[int, int], str] = field(default_factory=lambda: MappingProxyType({}))
    """Cells whose formula failed or was never computed: readers report them as empty, as if 'not reported'."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """First row and column, last row and column of each area."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    indents: Mapping[tuple[int, int], int] = field(default_factory=lambda: MappingProxyType({}))
    """Cells whose format sets their text in, and how far."""
    outlines: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    """Rows that are grouped, and how deep."""
    remarks: tuple[str, ...] = ()
    """What the reader had to decide, e.g. the encoding."""
    hidden: bool = False
    """Whether the sheet is hidden: it is never read, and never passed over in silence."""
    digest: str = ""
    """The beginning of the SHA-256 of its file."""

    def cell(self, row: int, column: int) -> object:
        """Cell at an address counted from 0; "" beyond the end of a short row."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def problem(
        self,
        what: str,
        row: int | None = None,
        column: str = "",
        plant: str = "",
        *,
        why: str = "",
        fix: str = "",
    ) -> Problem:
        """A finding in a row, counted from 0, below the header `column`."""
        at = None if row is None else row + 1
        return Problem(what, self.file, self.sheet, at, column, plant, why=why, fix=fix)

    def covered(self, row: int, column: int) -> tuple[int, int, int, int] | None:
        """The merged range over an address, if there is one."""
        areas = (area for area in self.merged if area[0] <= row <= area[2] and area[1] <= column <= area[3])
        return next(areas, None)

    @cached_property
    def width(self) -> int:
        """Columns of the longest row."""
        return max((len(row) for row in self.rows), default=0)


def column_letter(column: int) -> str:
    """
    Name of a column as spreadsheets print it.

    Examples
    --------
    >>> column_letter(0), column_letter(25), column_letter(26), column_letter(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Name of a cell whose address is counted from 0."""
    return f"{column_letter(column)}{row + 1}"


def area_name(area: tuple[int, int, int, int]) -> str:
    """
    Name of a range of cells: first row and column, last row and column, from 0.

    Examples
    --------
    >>> area_name((0, 1, 3, 1))
    'B1:B4'
    """
    return f"{address(*area[:2])}:{address(*area[2:])}"


def column_number(letters: str) -> int:
    """
    Position of a column from 0; the inverse of `column_letter`.

    Examples
    --------
    >>> column_number("A"), column_number("XFD")
    (0, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def is_empty(cell: object) -> bool:
    """Whether nothing was typed into a cell, white space apart."""
    return cell is None or (isinstance(cell, str) and not cell.strip("\u200b\ufeff \t\r\n\xa0\u3000"))


def refuse_large(file: str, rows: int, columns: int, *, sheet: str = "") -> None:
    """Refuse a table of more rows, columns or cells than any sample of plants has."""
    place = f"{file}, sheet {sheet!r}" if sheet else file
    tail = "Delete stray cells far from the table, or save the table alone in a new file."
    if rows > MOST_ROWS:
        raise DataError(
            f"{place}: the table reaches row {rows:,}; at most {MOST_ROWS:,} rows are read. {tail}"
        )
    if columns > MOST_COLUMNS:
        raise DataError(
            f"{place}: the table reaches column {columns:,}; at most {MOST_COLUMNS:,} columns are read. {tail}"
        )
    if rows * columns > MOST_CELLS:
        raise DataError(
            f"{place}: the table spans {rows:,} rows by {columns:,} columns; at most {MOST_CELLS:,} cells are "
            f"read. {tail}"
        )
