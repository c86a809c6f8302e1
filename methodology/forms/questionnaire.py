"""The blank questionnaire of a plant, in its own words: a workbook in two languages that `read_sample` reads back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from methodology.errors import DataError
from methodology.forms.entry_sheets import Book, indicator_sheet, outlet_sheet, plant_sheet, raw_sheet
from methodology.forms.reference_sheets import definition_sheet, guide_sheet, level_sheet, unit_sheet
from methodology.forms.styles import make_styles
from methodology.indicators import IndicatorSystem
from methodology.indicators import questionnaire_words as words

A4 = 9


def write_questionnaire(system: IndicatorSystem, path: Path) -> None:
    """
    Write a blank questionnaire for one plant of a system.

    Parameters
    ----------
    system : IndicatorSystem
        Its attributes, raw quantities and indicators are what is asked.
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
        with xlsxwriter.Workbook(str(path), options) as workbook:
            workbook.set_properties(
                {
                    "title": f"{system.name_zh} {system.name_en}",
                    "comments": f"Questionnaire of the indicator system {system.id} ({system.status})",
                    "created": datetime(2000, 1, 1),  # fixed, to keep the bytes the same
                }
            )
            _sheets(workbook, system)
    except FileCreateError as fault:
        raise DataError(
            f"The questionnaire cannot be written to {path.name!r} ({fault}). Name an existing folder you may write to."
        ) from fault


def _sheets(workbook: Any, system: IndicatorSystem) -> None:
    names = [words.GUIDE, words.PLANT_SHEET]
    names += [words.RAW] if any(not q.outlet for q in system.quantities) else []
    names += [words.OUTLETS] if system.outlets else []
    names += [words.INDICATORS, words.DEFINITIONS, words.LEVELS_SHEET, words.UNITS]
    sheets = {name: workbook.add_worksheet(name) for name in names}
    book = Book(workbook, make_styles(workbook), system, sheets)
    plant_sheet(book)
    places = raw_sheet(book) | outlet_sheet(book)
    indicator_sheet(book, places)
    guide_sheet(book)
    definition_sheet(book)
    level_sheet(book)
    unit_sheet(book)
    for name, sheet in sheets.items():
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L&9{name}&R&9&P / &N")
        sheet.fit_to_pages(1, 0)
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheets[words.GUIDE].activate()
