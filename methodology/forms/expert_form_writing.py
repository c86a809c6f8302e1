"""The form experts fill in: pairwise comparisons, points and best-worst answers, in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from methodology.errors import JudgementError
from methodology.forms.expert_form_layout import (
    ANSWER_COLUMN,
    BEST_WORST,
    BUDGET,
    CODE_ROW,
    FEEDBACK,
    FIELD_ROW,
    FIRST_COLUMN,
    ID_COLUMN,
    NAME_COLUMN,
    PAIRWISE,
    ROUND_ROW,
    TITLE_ROW,
    Block,
    blocks,
    sheet_name,
)
from methodology.forms.expert_form_matrix import matrix_styles, write_feedback, write_matrix
from methodology.forms.styles import (
    Styles,
    between,
    choose_from,
    make_styles,
    new_workbook,
    on_paper,
    write_table,
)
from methodology.indicators import IndicatorSystem
from methodology.indicators.judgements import POINTS, ROOT, SCALE
from methodology.indicators.loading import read_yaml
from methodology.indicators.questionnaire_words import named_with_meaning
from methodology.pseudonyms import CODE
from methodology.weights.consensus import feedback

SCALE_SHEET = "scale"
_TEXTS = Path(__file__).with_name("expert_form.yaml")


@dataclass(frozen=True)
class _Book:
    """What every sheet needs."""

    system: IndicatorSystem
    styles: Styles
    matrix: Styles
    limit: float
    earlier: pd.DataFrame | None


def write_expert_form(
    system: IndicatorSystem,
    path: Path,
    *,
    experts: Sequence[str] = ("E1",),
    earlier: pd.DataFrame | None = None,
) -> None:
    """
    Write a blank form for the experts who weigh a system.

    Parameters
    ----------
    system : IndicatorSystem
        Its groups, and its indicators within groups, are weighed.
    path : Path
        An .xlsx file; the same arguments give the same bytes.
    experts : sequence of str
        Codes such as E1; each has sheets of its own. With one expert the code can be changed on the form, so that one
        blank form serves a whole panel.
    earlier : DataFrame, optional
        Points of the rounds so far (expert, round, node, item, points). The form is then one of the next round, with a
        sheet that shows each expert the own points beside the panel's.

    Raises
    ------
    DataError
        If the file cannot be written there.
    JudgementError
        If a code is no pseudonym or given twice, or of an expert who gave no points in `earlier`.
    """
    _refuse_codes(experts)
    about = f"Expert form of the indicator system {system.id} ({system.status})"
    with new_workbook(path, "expert form", f"{system.name_zh} {system.name_en}", about) as book:
        made = _Book(system, make_styles(book), matrix_styles(book), _limit(), earlier)
        _instructions(book.add_worksheet("说明 instructions"), made)
        for expert in experts:
            _expert_sheets(book, expert, made, alone=len(experts) == 1)
        _scale(book.add_worksheet(SCALE_SHEET), made)


def _refuse_codes(experts: Sequence[str]) -> None:
    bad = [name for name in experts if not CODE.match(name)]
    if bad or not experts or len(set(experts)) < len(experts):
        raise JudgementError(
            f"{', '.join(map(repr, bad or experts)) or 'No one'} cannot be asked: give each expert a code of its "
            "own, such as E1. Names stay with the secretariat."
        )


def _limit() -> float:
    """Limit of the live hint: the default of the run parameters."""
    from methodology.parameters import Parameters

    return float(Parameters.model_fields["weights"].default.consistency_limit)


def _expert_sheets(book: Any, expert: str, made: _Book, *, alone: bool) -> None:
    sheets = {
        kind: book.add_worksheet(sheet_name(kind, expert, alone=alone))
        for kind in (PAIRWISE, BUDGET, BEST_WORST)
    }
    _pairwise(sheets[PAIRWISE], expert, made, alone=alone)
    whose = "" if alone else f" · {expert}"
    _budget(sheets[BUDGET], whose, made)
    _best_worst(sheets[BEST_WORST], whose, made)
    if made.earlier is not None:
        sheets[FEEDBACK] = book.add_worksheet(sheet_name(FEEDBACK, expert, alone=alone))
        _feedback(sheets[FEEDBACK], expert, made)
    for sheet in sheets.values():
        on_paper(sheet, 8)
        sheet.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True})
    if alone:
        sheets[PAIRWISE].activate()


def _instructions(sheet: Any, made: _Book) -> None:
    system, styles = made.system, made.styles
    widths = (24, 62, 74)
    sheet.set_row(TITLE_ROW, 30)
    sheet.write(TITLE_ROW, 0, f"{system.name_zh}清洁生产评价指标权重专家咨询表", styles.title)
    sheet.write(1, 0, f"Experts' judgement of weights: {system.name_en}", styles.text)
    status = "草案，仅供试用 draft, for trial only" if system.status == "draft" else "已发布 published"
    sheet.write(2, 0, status, styles.text)
    texts = read_yaml(_TEXTS)
    steps = [(str(number), step["zh"], step["en"]) for number, step in enumerate(texts["steps"], 1)]
    row = write_table(sheet, 4, ("步骤 step", "中文", "English"), steps, styles, widths)
    row = write_table(sheet, row + 1, ("标度 scale", "含义", "meaning"), texts["scale"], styles, widths)
    groups = {group.id: f"{group.name_zh}\n{group.name_en}" for group in system.groups}
    items = [(groups[item.group], *named_with_meaning(item)) for item in system.indicators]
    head = ("一级指标 group", "指标及定义", "indicator and definition")
    write_table(sheet, row + 1, head, items, styles, widths)
    on_paper(sheet, 8)
    sheet.protect()


def _scale(sheet: Any, made: _Book) -> None:
    """The list behind the drop-downs, as numbers shown as fractions: no spreadsheet takes them for dates."""
    whole = range(SCALE, 0, -1)
    values = [*(float(n) for n in whole), *(1 / n for n in range(2, SCALE + 1))]
    for row, value in enumerate(values):
        sheet.write_number(row, 0, value, made.matrix.fraction)
    sheet.protect()
    sheet.hide()


def _head(sheet: Any, title: str, hint: str, styles: Styles) -> None:
    sheet.set_column(NAME_COLUMN, NAME_COLUMN, 34)
    sheet.set_column(ID_COLUMN, ID_COLUMN, 24)
    sheet.set_row(TITLE_ROW, 28)
    sheet.write_string(TITLE_ROW, 0, title, styles.title)
    sheet.write_string(TITLE_ROW + 1, 0, hint, styles.text)


def _pairwise(sheet: Any, expert: str, made: _Book, *, alone: bool) -> None:
    hint = "行指标相对列指标的重要性，只填黄色格 How much more the row matters than the column: yellow cells only"
    _head(sheet, f"两两比较 Pairwise comparisons · {made.system.name_zh}", hint, made.styles)
    most = max(len(block.items) for block in blocks(made.system, PAIRWISE))
    sheet.set_column(FIRST_COLUMN, FIRST_COLUMN + most + 2, 13)
    sheet.write_string(CODE_ROW, NAME_COLUMN, "专家代码 expert's code", made.styles.bold)
    sheet.write_string(CODE_ROW, ANSWER_COLUMN, expert, made.styles.words if alone else made.styles.bold)
    sheet.write_string(FIELD_ROW, NAME_COLUMN, "专业领域 field", made.styles.bold)
    sheet.write_blank(FIELD_ROW, ANSWER_COLUMN, None, made.styles.words)
    for block in blocks(made.system, PAIRWISE):
        names, scale = _block_head(sheet, block, made), f"={SCALE_SHEET}!$A$1:$A${2 * SCALE - 1}"
        write_matrix(sheet, block, names, made.matrix, scale=scale, limit=made.limit)
    sheet.freeze_panes(TITLE_ROW + 1, FIRST_COLUMN)


def _block_head(sheet: Any, block: Block, made: _Book) -> list[str]:
    """Title row, names and ids of one block; returns the names."""
    system = made.system
    groups = {group.id: f"{group.name_zh}\n{group.name_en}" for group in system.groups}
    title = "一级指标 Groups" if block.node == ROOT else groups[block.node].replace("\n", " ")
    sheet.set_row(block.title, 32)
    sheet.write_string(block.title, NAME_COLUMN, title, made.styles.group)
    sheet.write_string(block.title, ID_COLUMN, block.node, made.styles.code)
    names = [
        groups[item] if block.node == ROOT else f"{system[item].name_zh}\n{system[item].name_en}"
        for item in block.items
    ]
    for k, (item, name) in enumerate(zip(block.items, names, strict=True)):
        sheet.set_row(block.first + k, 34)
        sheet.write_string(block.first + k, NAME_COLUMN, name, made.styles.head)
        sheet.write_string(block.first + k, ID_COLUMN, item, made.styles.code)
    return names


def _budget(sheet: Any, whose: str, made: _Book) -> None:
    hint = f"每组合计{POINTS}分 The points of every block add up to {POINTS}"
    _head(sheet, f"分配{POINTS}分 {POINTS} points · {made.system.name_zh}{whose}", hint, made.styles)
    sheet.set_column(FIRST_COLUMN, FIRST_COLUMN + 1, 22)
    sheet.write_string(ROUND_ROW, NAME_COLUMN, "轮次 round", made.styles.bold)
    turn = 1 if made.earlier is None else int(made.earlier["round"].max()) + 1
    sheet.write_number(ROUND_ROW, ANSWER_COLUMN, turn, made.styles.entry)
    _whole(sheet, ROUND_ROW, ANSWER_COLUMN, 9)
    for block in blocks(made.system, BUDGET):
        _block_head(sheet, block, made)
        sheet.write_string(block.title + 1, FIRST_COLUMN, "分数 points", made.styles.head)
        for row in range(block.first, block.last + 1):
            sheet.write_blank(row, FIRST_COLUMN, None, made.matrix.points)
            told = "分数 points", f"请填0至{POINTS}。Enter 0 to {POINTS}."
            between(sheet, row, FIRST_COLUMN, "decimal", (0, POINTS), told)
        _total(sheet, block, made)


def _feedback(sheet: Any, expert: str, made: _Book) -> None:
    hint = "请先看本页，再填“budget”表 See this sheet first, then fill in 'budget'"
    _head(sheet, f"上一轮结果 The round before · {made.system.name_zh}", hint, made.styles)
    sheet.set_column(FIRST_COLUMN, FIRST_COLUMN + 4, 22)
    told = feedback(made.earlier, expert).set_index(["node", "item"])
    for block in blocks(made.system, BUDGET):
        if block.node in told.index.levels[0]:
            _block_head(sheet, block, made)
            write_feedback(sheet, block, told.loc[block.node], made.styles)


def _whole(sheet: Any, row: int, column: int, high: int) -> None:
    """Take whole numbers from 1 alone in a cell."""
    told = "整数 whole number", f"请填1至{high}。Enter 1 to {high}."
    between(sheet, row, column, "integer", (1, high), told)


def _total(sheet: Any, block: Block, made: _Book) -> None:
    from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

    cells = xl_range(block.first, FIRST_COLUMN, block.last, FIRST_COLUMN)
    row = block.last + 1
    sheet.write_string(row, NAME_COLUMN, "合计 total", made.styles.head)
    sheet.write_formula(row, FIRST_COLUMN, f"=SUM({cells})", made.matrix.derived, 0)
    total = xl_rowcol_to_cell(row, FIRST_COLUMN)
    left = f'"还差 still to give: "&TEXT({POINTS}-{total},"0.##")'
    verdict = f'=IF(COUNT({cells})=0,"",IF(ROUND({total}-{POINTS},6)=0,"✓",{left}))'
    sheet.write_formula(row, FIRST_COLUMN + 1, verdict, made.matrix.hint, "")


def _best_worst(sheet: Any, whose: str, made: _Book) -> None:
    hint = "先选最重要与最不重要，再填1–9 Choose the most and the least important, then enter 1 to 9"
    _head(sheet, f"最优最劣法 Best-worst · {made.system.name_zh}{whose}", hint, made.styles)
    sheet.set_column(FIRST_COLUMN, FIRST_COLUMN + 1, 30)
    sheet.set_column(FIRST_COLUMN + 2, FIRST_COLUMN + 2, 46)
    for block in blocks(made.system, BEST_WORST):
        _block_head(sheet, block, made)
        for offset, text in ((1, "最重要 most important (id)"), (2, "最不重要 least important (id)")):
            sheet.write_string(block.title + offset, NAME_COLUMN, text, made.styles.head)
            sheet.write_blank(block.title + offset, ID_COLUMN, None, made.styles.code)
            sheet.write_blank(block.title + offset, FIRST_COLUMN, None, made.matrix.text)
            choose_from(sheet, block.title + offset, FIRST_COLUMN, _ids(block))
        heads = ("最重要者相对本项\nbest over this", "本项相对最不重要者\nthis over worst")
        for column, text in enumerate(heads, FIRST_COLUMN):
            sheet.write_string(block.title + 3, column, text, made.styles.head)
        sheet.set_row(block.title + 3, 34)
        for row in range(block.first, block.last + 1):
            for column in (FIRST_COLUMN, FIRST_COLUMN + 1):
                sheet.write_blank(row, column, None, made.matrix.points)
                _whole(sheet, row, column, SCALE)
        _ends_hint(sheet, block, made)


def _ids(block: Block) -> str:
    """The ids of a block as a range of its own sheet: a typed list is limited to 255 characters."""
    from xlsxwriter.utility import xl_range_abs

    return f"={xl_range_abs(block.first, ID_COLUMN, block.last, ID_COLUMN)}"


def _ends_hint(sheet: Any, block: Block, made: _Book) -> None:
    """Best compared with itself and worst with itself are 1, and best over worst is the same from both sides."""
    from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

    ids = xl_range_abs(block.first, ID_COLUMN, block.last, ID_COLUMN)
    forth, back = (xl_range_abs(block.first, c, block.last, c) for c in (FIRST_COLUMN, FIRST_COLUMN + 1))
    best, worst = (xl_rowcol_to_cell(block.title + k, FIRST_COLUMN) for k in (1, 2))

    def at(values: str, item: str) -> str:
        return f"INDEX({values},MATCH({item},{ids},0))"

    sound = f"AND({at(forth, best)}=1,{at(back, worst)}=1,{at(forth, worst)}={at(back, best)})"
    wrong = '"⚠ 自身比较应为1，最优对最劣两处应一致 itself is 1; best over worst must agree"'
    verdict = f'=IF(COUNT({forth},{back})<{2 * len(block.items)},"",IFERROR(IF({sound},"✓",{wrong}),{wrong}))'
    sheet.write_formula(block.last + 1, FIRST_COLUMN, verdict, made.matrix.hint, "")
