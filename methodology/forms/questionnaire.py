"""The blank questionnaire for plants: a workbook in two languages that `read_sample` reads back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from methodology.errors import DataError
from methodology.forms.styles import Styles, make_styles, write_table
from methodology.indicators import Indicator, IndicatorSystem, Kind
from methodology.indicators.display import unit_of
from methodology.indicators.words import LEVELS
from methodology.sample import attribute_words as words

BLANK_ROWS = 60
HEAD = {"title": 0, "group": 1, "zh": 2, "en": 3, "id": 4, "unit": 5, "example": 6, "data": 7}
"""Rows of the sheet `plants`, from 0. The row of ids is the one a program reads."""


def write_questionnaire(system: IndicatorSystem, path: Path) -> None:
    """
    Write a blank questionnaire for the plants of a system.

    Parameters
    ----------
    system : IndicatorSystem
        Its indicators and attributes are the columns.
    path : Path
        An .xlsx file; the same system gives the same bytes.

    Raises
    ------
    DataError
        If the file cannot be written there.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            book.set_properties(
                {
                    "title": f"{system.name_zh} {system.name_en}",
                    "comments": f"Questionnaire of the indicator system {system.id} ({system.status})",
                    "created": datetime(2000, 1, 1),  # fixed, to keep the bytes the same
                }
            )
            styles = make_styles(book)
            _instructions(book.add_worksheet(words.SHEETS[0]), system, styles)
            plants = book.add_worksheet(words.SHEETS[1])
            _plants(plants, system, styles)
            _definitions(book.add_worksheet(words.SHEETS[2]), system, styles)
            _levels(book.add_worksheet(words.SHEETS[3]), system, styles)
            for sheet in book.worksheets():
                sheet.hide_gridlines(2)
                sheet.set_landscape()
                sheet.set_paper(8)
                sheet.fit_to_pages(3 if sheet is plants else 1, 0)
    except FileCreateError as fault:
        raise DataError(
            f"The questionnaire cannot be written to {path.name!r} ({fault}). Name an existing folder you may write to."
        ) from fault


def _instructions(sheet: Any, system: IndicatorSystem, styles: Styles) -> None:
    widths = (24, 62, 74)
    sheet.set_row(0, 30)
    for row, (title, style) in enumerate(
        zip(words.titles(system), (styles.title, styles.text, styles.text), strict=True)
    ):
        sheet.write(row, 0, title, style)
    steps = [(str(n), *step) for n, step in enumerate(words.STEPS, 1)]
    row = write_table(sheet, 4, words.STEPS_HEAD, steps, styles, widths)
    row = write_table(sheet, row + 1, words.STATES_HEAD, words.STATES, styles, widths)
    conventions = words.conventions(system)
    if conventions:
        write_table(sheet, row + 1, words.CONVENTIONS_HEAD, conventions, styles, widths)
    sheet.protect()


def _plants(sheet: Any, system: IndicatorSystem, styles: Styles) -> None:
    last = 1 + len(system.attributes) + len(system.indicators) - 1
    sheet.set_row(HEAD["title"], 28)
    sheet.set_row(HEAD["group"], 44)
    sheet.set_row(HEAD["zh"], 48)
    sheet.set_row(HEAD["en"], 62)
    sheet.set_row(HEAD["id"], 34)
    sheet.set_row(HEAD["unit"], 30)
    sheet.write_string(HEAD["title"], 0, words.plants_title(system), styles.title)
    _column_of_plants(sheet, styles)
    for column, (name, kind) in enumerate(system.attributes.items(), start=1):
        _attribute(sheet, column, name, kind, styles)
    for column, indicator in enumerate(system.indicators, start=1 + len(system.attributes)):
        _indicator(sheet, column, indicator, system, styles)
    sheet.freeze_panes(HEAD["example"], 1)
    sheet.print_area(0, 0, HEAD["data"] + 20, last)
    sheet.repeat_rows(HEAD["group"], HEAD["unit"])
    sheet.repeat_columns(0)
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.activate()


def _column_of_plants(sheet: Any, styles: Styles) -> None:
    sheet.set_column(0, 0, 15)
    for part, text in words.PLANT_HEAD.items():
        style = {"group": styles.group, "id": styles.code, "example": styles.example}.get(part, styles.head)
        sheet.write_string(HEAD[part], 0, text, style)
    for row in range(HEAD["data"], HEAD["data"] + BLANK_ROWS):
        sheet.write_blank(row, 0, None, styles.words)


def _attribute(sheet: Any, column: int, name: str, kind: str, styles: Styles) -> None:
    choices = kind.split("|") if "|" in kind else []
    sheet.set_column(column, column, 13)
    sheet.write_string(HEAD["group"], column, words.ABOUT_PLANT if column == 1 else "", styles.group)
    sheet.write_string(HEAD["zh"], column, words.attribute_name(name, "zh"), styles.head)
    sheet.write_string(HEAD["en"], column, words.attribute_name(name, "en"), styles.head)
    sheet.write_string(HEAD["id"], column, name, styles.code)
    unit = " | ".join(choices) if choices else words.FREE_TEXT if kind == "text" else kind
    numeric = not choices and kind != "text"
    sheet.write_string(HEAD["unit"], column, unit, styles.unit if numeric else styles.head)
    sheet.write_string(HEAD["example"], column, choices[0] if choices else "", styles.example)
    _entries(sheet, column, styles.words if choices or kind == "text" else styles.entry)
    if choices:
        _list(sheet, column, choices)


def _indicator(
    sheet: Any, column: int, indicator: Indicator, system: IndicatorSystem, styles: Styles
) -> None:
    qualitative = indicator.kind is Kind.QUALITATIVE
    head = styles.limiting if indicator.limiting else styles.head
    first = next(i for i in system.indicators if i.group == indicator.group) is indicator
    group = next(g for g in system.groups if g.id == indicator.group)
    sheet.set_column(column, column, 17)
    sheet.write_string(HEAD["group"], column, words.group_head(group) if first else "", styles.group)
    sheet.write_string(HEAD["zh"], column, indicator.name_zh, head)
    sheet.write_string(HEAD["en"], column, indicator.name_en, head)
    sheet.write_string(HEAD["id"], column, indicator.id, styles.code)
    sheet.write_string(HEAD["unit"], column, indicator.unit, styles.head if qualitative else styles.unit)
    sheet.write_string(HEAD["example"], column, _example(indicator), styles.example)
    _entries(sheet, column, styles.words if qualitative else styles.entry)
    if qualitative:
        _list(sheet, column, words.LEVEL_CHOICES)
    else:
        _numbers_only(sheet, column, indicator, styles)


def _entries(sheet: Any, column: int, style: Any) -> None:
    for row in range(HEAD["data"], HEAD["data"] + BLANK_ROWS):
        sheet.write_blank(row, column, None, style)


def _range(column: int) -> tuple[int, int, int, int]:
    return HEAD["data"], column, HEAD["data"] + BLANK_ROWS - 1, column


def _list(sheet: Any, column: int, choices: Sequence[str]) -> None:
    sheet.data_validation(
        *_range(column),
        {
            "validate": "list",
            "source": list(choices),
            "error_title": "请选择 choose",
            "error_message": f"{', '.join(choices)}"[:255],
        },
    )


def _numbers_only(sheet: Any, column: int, indicator: Indicator, styles: Styles) -> None:
    """A number, `<5` or `n/a` may be entered; anything else is questioned at once."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    cell = xl_rowcol_to_cell(HEAD["data"], column)
    sheet.data_validation(
        *_range(column),
        {
            "validate": "custom",
            "value": f'=OR(ISNUMBER({cell}),LEFT({cell},1)="<",LOWER({cell})="n/a")',
            "error_type": "stop",
            "input_title": indicator.name_zh[:32],
            "input_message": f"{indicator.name_en}\n{unit_of(indicator)}"[:255],
            "error_title": "数字 a number",
            "error_message": "填数字、<限值、n/a,或留空。Enter a number, <limit or n/a, or leave it empty.",
        },
    )
    if indicator.bounds is not None:
        low, high = indicator.bounds.low, indicator.bounds.high
        outside = f"=AND(ISNUMBER({cell}),OR({cell}<{low!r},{cell}>{high!r}))"
        sheet.conditional_format(
            *_range(column), {"type": "formula", "criteria": outside, "format": styles.warning}
        )


def _example(indicator: Indicator) -> str:
    """How an entry looks; numbers are the middle of the bounds, so that they suggest no answer."""
    if indicator.kind is Kind.QUALITATIVE:
        return "II"
    if indicator.applicability != "always":
        return "n/a"
    if indicator.censoring.possible and indicator.censoring.typical_lod is not None:
        return f"<{indicator.censoring.typical_lod:g}"
    if indicator.bounds is None:
        return ""
    return f"{float(f'{(indicator.bounds.low + indicator.bounds.high) / 2:.2g}'):g}"


def _definitions(sheet: Any, system: IndicatorSystem, styles: Styles) -> None:
    lines = [words.definition(indicator) for indicator in system.indicators]
    widths = (24, 24, 26, 10, 16, 12, 48, 44, 30, 24, 24, 16)
    write_table(sheet, 0, words.DEFINITIONS_HEAD, lines, styles, widths)
    sheet.freeze_panes(1, 2)
    sheet.protect()


def _levels(sheet: Any, system: IndicatorSystem, styles: Styles) -> None:
    lines = [
        (
            i.id if level == LEVELS[0] else "",
            i.name_zh if level == LEVELS[0] else "",
            str(level),
            text.zh,
            text.en,
        )
        for i in system.indicators
        for level, text in sorted((i.levels or {}).items())
    ]
    write_table(sheet, 0, words.LEVELS_HEAD, lines, styles, (28, 26, 10, 72, 86))
    sheet.freeze_panes(1, 0)
    sheet.protect()
