"""The blank questionnaire of a plant, in its own words: a workbook in two languages that `read_sample` reads back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from methodology.forms import live_checks as live
from methodology.forms.entry_sheets import Book, indicator_sheet, outlet_sheet, plant_sheet, raw_sheet
from methodology.forms.styles import (
    LINE_HEIGHT,
    lines_needed,
    make_styles,
    new_workbook,
    on_paper,
    write_table,
)
from methodology.indicators import LEVELS, Indicator, IndicatorSystem, Kind
from methodology.indicators import questionnaire_words as words
from methodology.indicators.display import unit_of, unit_text
from methodology.indicators.expressions import Signs, parse
from methodology.units.table import offered_units, unit_table

PRINTED = Signs(
    add=" + ", subtract=" − ", multiply=" × ", divide=" ÷ ", calls={"sum": "Σ", "min": "min", "max": "max"}
)
_ASIDE = re.compile(r"（[^）]*）|\([^)]*\)")


def _guide_sheet(book: Book) -> None:
    """Write how to fill in, what is still missing, and the conventions of the system."""
    sheet, styles, system = book.sheets[words.GUIDE], book.styles, book.system
    widths = (24, 52, 62)
    sheet.set_row(0, 30)
    for row, (title, style) in enumerate(
        zip(words.titles(system), (styles.title, styles.text, styles.text), strict=True)
    ):
        sheet.write_string(row, 0, title, style)
    sheet.write_string(3, 0, words.MARK, styles.code)
    sheet.write_string(3, 1, system.id, styles.code)
    steps = [(str(n), step["zh"], step["en"]) for n, step in enumerate(words.form_texts()["steps"], 1)]
    row = write_table(sheet, 5, ("步骤 step", "中文", "English"), steps, styles, widths)
    heads = ("进度 progress", "填写情况 what is still to do", "")
    row = write_table(sheet, row + 1, heads, [], styles, widths)
    for name, cells in book.counted.items():
        sheet.write_string(row, 0, name, styles.wrapped)
        sheet.write_formula(row, 1, live.counter(f"'{name}'!{cells}"), styles.counter, "")
        row += 1
    told = words.conventions(system)
    if told:
        write_table(sheet, row + 1, ("口径、折算系数 convention", "中文", "English"), told, styles, widths)


def _definition_sheet(book: Book) -> None:
    """Write what each indicator is, its formula set as one, over which time and by what proof."""
    sheet, styles = book.sheets[words.DEFINITIONS], book.styles
    heads = (
        *(("指标 indicator", 20), ("定义与边界 definition and boundary", 46), ("公式 formula", 44)),
        *(("统计期 averaging", 18), ("可能范围 bounds", 11), ("证明材料 evidence", 18)),
    )
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, styles.bold)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    row = 1
    for indicator in (i for i in book.system.indicators if i.kind is Kind.QUANTITATIVE):
        row = _definition(book, sheet, row, indicator, [width for _, width in heads])


def _definition(book: Book, sheet: Any, row: int, indicator: Indicator, widths: list[float]) -> int:
    """Two rows: a quotient has its numerator in the upper and its denominator in the lower one."""
    styles, bounds = book.styles, indicator.bounds
    star = " *" if indicator.limiting else ""
    upper, lower = _set_formula(book, indicator)
    unit = unit_of(indicator)
    limits = f"{bounds.low:g} ~ {bounds.high:g}\n{unit}" if bounds else unit
    texts = [
        f"{indicator.name_zh}{star}\n{indicator.name_en}",
        "\n".join(filter(None, words.explained(indicator))),
        None,
        "\n".join(filter(None, words.averaging(indicator))),
        limits,
        "\n".join(filter(None, words.evidence(indicator))),
    ]
    needed = max(lines_needed(text, width) for text, width in zip(texts, widths, strict=True) if text)
    above, below = lines_needed(upper, widths[2]), lines_needed(lower, widths[2])
    rest = max(0, needed - above - below)
    heights = (above + (rest + 1) // 2, below + rest // 2)
    for offset, height in enumerate(heights):
        sheet.set_row(row + offset, LINE_HEIGHT * height + 6)
    for column, text in enumerate(texts):
        if text is not None:
            sheet.merge_range(row, column, row + 1, column, "", styles.wrapped)
            sheet.write_string(row, column, text, styles.red if star and not column else styles.wrapped)
    if lower:
        sheet.write_string(row, 2, upper, styles.numerator)
        sheet.write_string(row + 1, 2, lower, styles.denominator)
    else:
        sheet.merge_range(row, 2, row + 1, 2, "", styles.wrapped)
        sheet.write_string(row, 2, upper, styles.wrapped)
    return row + 2


def _set_formula(book: Book, indicator: Indicator) -> tuple[str, str]:
    """The formula of an indicator in words, above and below the line if there is one; or how a value comes about."""
    if not indicator.formula:
        return "直接测定或统计，填写指标值。 Measured or counted directly: enter the value itself.", ""
    names = {q.id: _ASIDE.sub("", q.name_zh) for q in book.system.quantities}
    names |= {c.id: _ASIDE.sub("", c.zh) for c in book.system.conventions}
    return parse(indicator.formula).fraction(names, PRINTED)


def _level_sheet(book: Book) -> None:
    """Write the descriptions of the qualitative indicators."""
    sheet = book.sheets[words.LEVELS_SHEET]
    lines = [
        (f"{i.name_zh}\n{i.name_en}" if level == LEVELS[0] else "", str(level), text.zh, text.en)
        for i in book.system.indicators
        for level, text in sorted((i.levels or {}).items())
    ]
    heads = ("指标 indicator", "级 level", "描述", "description")
    write_table(sheet, 0, heads, lines, book.styles, (24, 7, 52, 62))
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)


def _unit_sheet(book: Book) -> None:
    """Write every unit that can be chosen, with its factor to base units, which the sheets look up."""
    sheet, styles, system = book.sheets[words.UNITS], book.styles, book.system
    asked = [q.unit for q in system.quantities]
    asked += [i.unit for i in system.indicators if i.kind is Kind.QUANTITATIVE]
    offered = dict.fromkeys(way for unit in asked for way in offered_units(unit))
    heads = (("单位 unit", 12), ("系数 factor", 16), ("中文", 44), ("English", 66))
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, styles.bold)
    for row, unit in enumerate(offered, start=1):
        parts = [unit_table()[part] for part in unit.split("/") if part in unit_table()]
        sheet.write_string(row, 0, unit_text(unit), styles.wrapped)
        sheet.write_number(row, 1, live.base(unit), styles.wrapped)
        sheet.write_string(row, 2, " / ".join(part.zh for part in parts), styles.wrapped)
        english = " per ".join(part.en for part in parts)
        sheet.write_string(row, 3, f"{unit_text(unit)}: {english}", styles.wrapped)


def write_questionnaire(system: IndicatorSystem, path: Path) -> None:
    """
    Write a blank questionnaire for one plant of a system, an .xlsx file; the same system gives the same bytes.

    Its attributes, raw quantities and indicators are what is asked.
    """
    about = f"Questionnaire of the indicator system {system.id} ({system.status})"
    with new_workbook(path, "questionnaire", f"{system.name_zh} {system.name_en}", about) as workbook:
        _sheets(workbook, system)


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
    _guide_sheet(book)
    _definition_sheet(book)
    _level_sheet(book)
    _unit_sheet(book)
    for name, sheet in sheets.items():
        on_paper(sheet, 9)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L&9{name}&R&9&P / &N")
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheets[words.GUIDE].activate()
