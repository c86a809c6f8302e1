"""The blank questionnaire for plants: a workbook in two languages that `read_sample` reads back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from methodology.errors import DataError
from methodology.evidence.questionnaire_layout import Styles, make_styles, write_table
from methodology.indicators import Indicator, IndicatorSystem, Kind, read_yaml
from methodology.indicators.display import number, unit_of
from methodology.indicators.words import LEVELS, Direction

BLANK_ROWS = 60
HEAD = {"title": 0, "group": 1, "zh": 2, "en": 3, "id": 4, "unit": 5, "example": 6, "data": 7}
"""Rows of the sheet `plants`, from 0. The row of ids is the one a program reads."""
LEVEL_CHOICES = (*(str(level) for level in LEVELS), "none", "n/a")
DIRECTIONS = {
    Direction.LOWER: "越低越好 lower is cleaner",
    Direction.HIGHER: "越高越好 higher is cleaner",
    Direction.INTERVAL: "区间 within an interval",
}
STATES = (
    ("12.5", "测得或计算值", "measured or computed value of the year"),
    ("<5", "低于检出限,写出限值", "below a detection limit: write the limit"),
    ("", "未填报(空白)", "not reported: leave the cell empty"),
    ("n/a", "不适用", "does not apply to the plant"),
    ("I / II / III / none", "定性指标:从下拉列表选择", "described indicators: choose from the list"),
)
STEPS = (
    (
        "在“plants”表中每个企业(或每座装置)填一行;不要改动灰色表头和代码行。",
        "Fill one row per plant (or unit) on the sheet 'plants'; leave the grey header rows as they are.",
    ),
    (
        "只填数字,不写单位、逗号或区间。单位不同时,请在“单位 unit”行(浅黄色)改写单位,由程序换算。",
        "Enter numbers alone: no unit, comma or range. If your unit differs, change it in the row '单位 unit' (pale "
        "yellow), and the program converts.",
    ),
    (
        "不适用(n/a)与未填报(空白)是两种状态:未填报按未达到处理。",
        "Not applicable (n/a) and not reported (empty) differ: what is not reported counts as not reached.",
    ),
    (
        "指标定义、核算边界和证明材料见“definitions”,定性指标的分级描述见“levels”。",
        "Definitions, boundaries and evidence are on 'definitions', the described levels on 'levels'.",
    ),
    (
        "橙色单元格超出物理上可能的范围,请核对单位和小数点。",
        "An orange cell lies outside what is physically possible: check unit and decimal point.",
    ),
    (
        "企业可用代码(如P01)填报;程序发布结果时只用代码。",
        "Plants may go by a code such as P01; results are published under codes only.",
    ),
)


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
            _instructions(book.add_worksheet("说明 instructions"), system, styles)
            plants = book.add_worksheet("plants")
            _plants(plants, system, styles)
            _definitions(book.add_worksheet("definitions"), system, styles)
            _levels(book.add_worksheet("levels"), system, styles)
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
    sheet.write(0, 0, f"{system.name_zh}清洁生产评价指标调查表", styles.title)
    sheet.write(1, 0, f"Questionnaire on cleaner production: {system.name_en}", styles.text)
    status = "草案,仅供试用 draft, for trial only" if system.status == "draft" else "已发布 published"
    sheet.write(2, 0, f"{status} · {system.id} · 功能单位 per {system.functional_unit}", styles.text)
    steps = [(str(n), *step) for n, step in enumerate(STEPS, 1)]
    row = write_table(sheet, 4, ("步骤 step", "中文", "English"), steps, styles, widths)
    row = write_table(sheet, row + 1, ("填法 entry", "含义", "meaning"), STATES, styles, widths)
    conventions = [
        (f"{number(c.value)} {c.unit}".strip() if c.value is not None else "–", c.zh, f"{c.en} [{c.status}]")
        for c in system.conventions
    ]
    if conventions:
        write_table(
            sheet, row + 1, ("口径 convention", "中文", "English [status]"), conventions, styles, widths
        )
    sheet.protect()


@lru_cache(maxsize=1)
def _attribute_words() -> dict[str, dict[str, str]]:
    return read_yaml(Path(__file__).with_name("attribute_words.yaml"))


def _plants(sheet: Any, system: IndicatorSystem, styles: Styles) -> None:
    last = 1 + len(system.attributes) + len(system.indicators) - 1
    sheet.set_row(HEAD["title"], 28)
    sheet.set_row(HEAD["group"], 44)
    sheet.set_row(HEAD["zh"], 48)
    sheet.set_row(HEAD["en"], 62)
    sheet.set_row(HEAD["id"], 34)
    sheet.set_row(HEAD["unit"], 30)
    hint = "每个企业一行 one row per plant · 红色为限定性指标 red: limiting indicator"
    sheet.write_string(HEAD["title"], 0, f"{system.name_zh} {system.name_en} · {hint}", styles.title)
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
    texts = {
        "group": "",
        "zh": "企业",
        "en": "Plant",
        "id": "plant",
        "unit": "单位 unit",
        "example": "例 example",
    }
    for part, text in texts.items():
        style = {"group": styles.group, "id": styles.code, "example": styles.example}.get(part, styles.head)
        sheet.write_string(HEAD[part], 0, text, style)
    for row in range(HEAD["data"], HEAD["data"] + BLANK_ROWS):
        sheet.write_blank(row, 0, None, styles.words)


def _attribute(sheet: Any, column: int, name: str, kind: str, styles: Styles) -> None:
    choices = kind.split("|") if "|" in kind else []
    sheet.set_column(column, column, 13)
    sheet.write_string(HEAD["group"], column, "企业情况\nThe plant" if column == 1 else "", styles.group)
    words = _attribute_words().get(name, {})
    sheet.write_string(HEAD["zh"], column, words.get("zh", name), styles.head)
    sheet.write_string(HEAD["en"], column, words.get("en", name.replace("_", " ")), styles.head)
    sheet.write_string(HEAD["id"], column, name, styles.code)
    unit = " | ".join(choices) if choices else "文字 text" if kind == "text" else kind
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
    sheet.write_string(
        HEAD["group"], column, f"{group.name_zh}\n{group.name_en}" if first else "", styles.group
    )
    sheet.write_string(HEAD["zh"], column, indicator.name_zh, head)
    sheet.write_string(HEAD["en"], column, indicator.name_en, head)
    sheet.write_string(HEAD["id"], column, indicator.id, styles.code)
    sheet.write_string(HEAD["unit"], column, indicator.unit, styles.head if qualitative else styles.unit)
    sheet.write_string(HEAD["example"], column, _example(indicator), styles.example)
    _entries(sheet, column, styles.words if qualitative else styles.entry)
    if qualitative:
        _list(sheet, column, LEVEL_CHOICES)
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
    head = ["id", "指标", "indicator", "单位 unit", "方向 direction", "限定性 limiting", "定义 definition"]
    head += ["边界 boundary", "平均 averaging", "适用 applicability", "证明材料 evidence", "可能范围 bounds"]
    lines = []
    for i in system.indicators:
        bounds = f"{i.bounds.low:g} – {i.bounds.high:g}" if i.bounds else ""
        limiting = "是 yes" if i.limiting else ""
        direction = "分级 described levels" if i.kind is Kind.QUALITATIVE else DIRECTIONS[i.direction]
        line = (i.id, i.name_zh, i.name_en, unit_of(i), direction, limiting, i.definition, i.boundary)
        lines.append((*line, i.averaging, i.applicability, i.evidence, bounds))
    write_table(sheet, 0, head, lines, styles, widths=(24, 24, 26, 10, 16, 12, 48, 44, 30, 24, 24, 16))
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
    write_table(
        sheet, 0, ("id", "指标", "级 level", "描述", "description"), lines, styles, (28, 26, 10, 72, 86)
    )
    sheet.freeze_panes(1, 0)
    sheet.protect()
