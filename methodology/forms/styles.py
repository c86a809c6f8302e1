"""How the questionnaire looks: formats, and tables whose rows are high enough for two languages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FONT = "Microsoft YaHei"
"""Present on Windows and macOS Office; elsewhere the nearest Chinese font of the system stands in."""
LINE_HEIGHT = 15


@dataclass(frozen=True)
class Styles:
    """The formats of one workbook."""

    title: Any
    text: Any
    wrapped: Any
    bold: Any
    group: Any
    head: Any
    limiting: Any
    code: Any
    unit: Any
    example: Any
    entry: Any
    words: Any
    warning: Any


def make_styles(book: Any) -> Styles:
    """Formats of one workbook; cells that are filled in are unlocked."""
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
    grey = {**base, "bg_color": "#E9EDF0", "border": 1, "border_color": "#BCC6CC", "text_wrap": True}
    cell = {**base, "border": 1, "border_color": "#D5DBDF", "locked": False}

    def make(**more: Any) -> Any:
        return book.add_format({**base, **more})

    return Styles(
        title=make(font_size=15, bold=True, font_color="#1F4E5F"),
        text=make(),
        wrapped=make(text_wrap=True, valign="top", border=1, border_color="#D5DBDF"),
        bold=make(bold=True, text_wrap=True, bg_color="#E9EDF0", border=1, border_color="#BCC6CC"),
        group=make(bold=True, font_color="#FFFFFF", bg_color="#1F4E5F", text_wrap=True, font_size=9),
        head=book.add_format({**grey, "align": "center"}),
        limiting=book.add_format({**grey, "align": "center", "bold": True, "font_color": "#9C2F1B"}),
        code=book.add_format(
            {**grey, "align": "center", "font_name": "Consolas", "font_size": 8, "font_color": "#5A6B75"}
        ),
        unit=book.add_format({**grey, "align": "center", "bg_color": "#FFF8DC", "locked": False}),
        example=book.add_format(
            {**grey, "align": "center", "italic": True, "font_color": "#7A8790", "bg_color": "#F6F8F9"}
        ),
        entry=book.add_format({**cell, "align": "center"}),
        words=book.add_format({**cell, "num_format": "@"}),
        warning=book.add_format({"bg_color": "#F6C28B", "font_color": "#7A3E00"}),
    )


def write_table(
    sheet: Any,
    row: int,
    head: Sequence[str],
    lines: Sequence[Sequence[str]],
    styles: Styles,
    widths: Sequence[int],
) -> int:
    """Write a bordered table with rows high enough for their text; return the row below it."""
    for column, (text, width) in enumerate(zip(head, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(row, column, text, styles.bold)
    for offset, line in enumerate(lines, start=1):
        sheet.set_row(row + offset, LINE_HEIGHT * max(map(_lines_needed, line, widths)) + 4)
        for column, text in enumerate(line):
            sheet.write_string(row + offset, column, text, styles.wrapped)
    return row + len(lines) + 1


def _lines_needed(text: str, width: int) -> int:
    """Lines a wrapped text takes in a column; a Chinese character is twice as wide as a letter."""
    length = sum(2 if ord(sign) > 0x2E80 else 1.1 for sign in text)
    return max(1, math.ceil(length / (width - 2)))
