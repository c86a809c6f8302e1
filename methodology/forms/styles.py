"""How workbooks of forms are made and look: formats, lists, tables whose rows are high enough for two languages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from methodology.errors import DataError

FONT = "Microsoft YaHei"
"""Present on Windows and macOS Office; elsewhere the nearest Chinese font of the system stands in."""
LINE_HEIGHT = 15
_LINE, _BAR = "#8C989F", "#1F1F1F"
"""Light on a screen, and still seen on paper."""
BASE: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
GREY = {**BASE, "bg_color": "#E9EDF0", "border": 1, "border_color": _LINE, "text_wrap": True}
RESULT = {**GREY, "align": "center", "font_size": 9}
LETTERS, READABLE = 11, 7
"""Points of the letters of a plain sheet, and the fewest that are printed."""
_ACROSS, _WIDTH = 27.1, 0.24
"""In cm: A4 on its side within its margins, and a letter as columns count them where a wider font stands in."""
_SIDES = {
    "left": 1,
    "right": 1,
    "left_color": _LINE,
    "right_color": _LINE,
    "align": "center",
    "text_wrap": True,
}


Styles = SimpleNamespace
"""The formats of one workbook, by name: see `make_styles`."""


def make_styles(book: Any) -> Styles:
    """Formats of one workbook; cells that are filled in are unlocked."""
    cell = {**BASE, "border": 1, "border_color": _LINE, "locked": False}
    light = {"text_wrap": True, "valign": "top", "border": 1, "border_color": _LINE}

    def make(**more: Any) -> Any:
        return book.add_format({**BASE, **more})

    return Styles(
        title=make(font_size=15, bold=True, font_color="#1F4E5F"),
        text=make(),
        wrapped=make(**light),
        bold=make(bold=True, text_wrap=True, bg_color="#E9EDF0", border=1, border_color=_LINE),
        group=make(bold=True, font_color="#FFFFFF", bg_color="#1F4E5F", font_size=10),
        head=book.add_format({**GREY, "align": "center"}),
        red=make(**light, bold=True, font_color="#9C2F1B"),
        code=book.add_format(
            {
                **GREY,
                "align": "center",
                "font_name": "Consolas",
                "font_size": 8,
                "font_color": "#5A6B75",
                "shrink": True,
                "text_wrap": False,
            }
        ),
        unit=book.add_format({**GREY, "align": "center", "bg_color": "#FFF8DC", "locked": False}),
        entry=book.add_format({**cell, "align": "center"}),
        words=book.add_format({**cell, "num_format": "@", "text_wrap": True}),
        ruled=book.add_format({**BASE, "border": 1, "locked": False, "num_format": "@", "text_wrap": True}),
        free=make(num_format="@", text_wrap=True, locked=False),
        check=book.add_format({**GREY, "align": "center", "font_size": 9}),
        counter=make(bold=True, font_color="#7A3E00"),
        result=book.add_format({**RESULT, "num_format": "#,##0.####"}),
        numerator=make(**_SIDES, valign="bottom", top=1, top_color=_LINE, bottom=1, bottom_color=_BAR),
        denominator=make(**_SIDES, valign="top", top=1, top_color=_BAR, bottom=1, bottom_color=_LINE),
        warning=book.add_format({"bg_color": "#F6C28B", "font_color": "#7A3E00"}),
        missing=book.add_format({"bg_color": "#FFF2CC", "font_color": "#7F6000"}),
    )


@contextmanager
def new_workbook(
    path: Path, what: str, title: str, comments: str = "", made_into: Callable[[bytes], bytes] = bytes
) -> Iterator[Any]:
    """
    Make a workbook in memory and write it when it is whole; the same content gives the same bytes.

    Texts stay texts, whatever they look like. `what` names it where it cannot be written; '' leaves that to the caller.
    """
    import xlsxwriter

    made = BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    about = {"title": title, "created": datetime(2000, 1, 1)} | ({"comments": comments} if comments else {})
    with xlsxwriter.Workbook(made, plain) as book:
        book.set_properties(about)
        yield book
    try:
        path.write_bytes(made_into(made.getvalue()))
    except OSError as fault:
        if not what:
            raise
        raise DataError(
            f"The {what} cannot be written to {path.name!r} ({fault}). Name an existing folder you may write to."
        ) from fault


def on_paper(sheet: Any, paper: int) -> None:
    """Set a sheet up to be printed, as wide as a page of A4 (9) or A3 (8)."""
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(1, 0)


def between(
    sheet: Any, row: int, column: int, kind: str, limits: tuple[float, float], told: tuple[str, str]
) -> None:
    """Take numbers between two alone in a cell, `integer` or `decimal`, and say so with a title and a message."""
    sheet.data_validation(
        *(row, column, row, column),
        {
            "validate": kind,
            "criteria": "between",
            "minimum": limits[0],
            "maximum": limits[1],
            "error_title": told[0],
            "error_message": told[1],
        },
    )


def choose_from(
    sheet: Any, row: int, column: int, source: Sequence[str] | str, told: tuple[str, str] | None = None
) -> None:
    """Offer a list in a cell: of texts, or of a range."""
    rule = {"validate": "list", "source": source if isinstance(source, str) else list(source)}
    rule |= {"error_title": told[0], "error_message": told[1]} if told else {}
    sheet.data_validation(row, column, row, column, rule)


def write_table(
    sheet: Any,
    row: int,
    head: Sequence[str],
    lines: Sequence[Sequence[str]],
    styles: Styles,
    widths: Sequence[float],
) -> int:
    """Write a bordered table with rows high enough for their text; return the row below it."""
    for column, (text, width) in enumerate(zip(head, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(row, column, text, styles.bold)
    tall = max(map(lines_needed, head, widths), default=1)
    if tall > 1:
        sheet.set_row(row, LINE_HEIGHT * tall + 4)
    for offset, line in enumerate(lines, start=1):
        sheet.set_row(row + offset, LINE_HEIGHT * max(map(lines_needed, line, widths)) + 4)
        for column, text in enumerate(line):
            sheet.write_string(row + offset, column, text, styles.wrapped)
    return row + len(lines) + 1


def lines_needed(text: str, width: float) -> int:
    """Lines a wrapped text takes in a column; a Chinese character is twice as wide as a letter."""
    lengths = (sum(1.9 if ord(sign) > 0x2E80 else 1 for sign in line) for line in text.split("\n"))
    return sum(max(1, math.ceil(length / (width - 1))) for length in lengths)


def print_across(
    sheet: Any,
    widths: Sequence[float],
    *,
    last: int | None = None,
    head: int = 0,
    names: int = 0,
    letters: float = LETTERS,
) -> None:
    """
    Print a sheet on A4, on one page across as long as its letters can be read, else on more.

    Parameters
    ----------
    widths : sequence of float
        Of all its columns.
    last : int, optional
        Its last row; without, whatever is ruled or filled in is printed.
    head : int
        The row that every page repeats.
    names : int
        First columns that every page repeats where there is more than one across.
    letters : float
        Points of the letters before anything is made smaller.
    """
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5)
    if last is not None:
        sheet.print_area(0, 0, last, max(len(widths) - 1, 0))
    sheet.repeat_rows(head)
    smallest, needed = READABLE / letters, sum(_WIDTH * width for width in widths)
    if smallest * needed <= _ACROSS:
        sheet.fit_to_pages(1, 0)
        return
    sheet.set_print_scale(math.ceil(100 * smallest))
    if names:
        sheet.repeat_columns(0, names - 1)
