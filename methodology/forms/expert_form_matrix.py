"""What stands in a block of the expert form: a matrix with its live consistency ratio, or points of the last round."""

from __future__ import annotations

from typing import Any

import pandas as pd

from methodology.forms.expert_form_layout import FIRST_COLUMN, NAME_COLUMN, Block
from methodology.forms.styles import FONT, Styles, choose_from
from methodology.weights.rules import random_index

RANDOM_INDEX = "saaty-1980"
"""Table behind the hint; the run states its own."""
HEADS = {
    "yours": "您的分数 yours",
    "q1": "下四分位 lower quartile",
    "median": "中位数 median",
    "q3": "上四分位 upper quartile",
}
OUTSIDE = "在中间一半之外，请说明理由或调整 outside the middle half: say why, or move"


def matrix_styles(book: Any) -> Styles:
    """Formats of one workbook; open cells are yellow and unlocked."""
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "align": "center", "border": 1}
    light = {**base, "border_color": "#D5DBDF"}
    grey = {**light, "bg_color": "#F1F3F5", "font_color": "#6B7780"}
    opened = {**light, "bg_color": "#FFF8DC", "locked": False}
    return Styles(
        open=book.add_format({**opened, "num_format": "# ?/?"}),
        mirror=book.add_format({**grey, "num_format": "# ?/?"}),
        head=book.add_format(
            {**base, "bg_color": "#E9EDF0", "border_color": "#BCC6CC", "text_wrap": True, "font_size": 9}
        ),
        fraction=book.add_format({"num_format": "# ?/?"}),
        points=book.add_format(opened),
        text=book.add_format({**opened, "num_format": "@"}),
        derived=book.add_format({**grey, "num_format": "0.###"}),
        share=book.add_format({**grey, "num_format": "0.0%"}),
        hint=book.add_format({"font_name": FONT, "font_size": 10, "bold": True, "font_color": "#1F4E5F"}),
    )


def write_matrix(
    sheet: Any, block: Block, names: list[str], styles: Styles, *, scale: str, limit: float
) -> None:
    """
    Write the cells of one matrix, beside names and ids that are there already.

    `names` head the columns, `scale` is the range behind the drop-downs, `limit` a ratio the hint is content with.
    """
    from xlsxwriter.utility import xl_rowcol_to_cell

    size = len(block.items)
    sheet.set_row(block.first - 1, 62)
    for k, name in enumerate(names):
        sheet.write_string(block.first - 1, FIRST_COLUMN + k, name, styles.head)
    for i in range(size):
        for j in range(size):
            row, column = block.first + i, FIRST_COLUMN + j
            if i == j:
                sheet.write_number(row, column, 1, styles.mirror)
            elif i < j:
                sheet.write_blank(row, column, None, styles.open)
                told = "请选择 choose", "请从列表选择1/9至9。Choose 1/9 to 9 from the list."
                choose_from(sheet, row, column, scale, told)
            else:
                cell = xl_rowcol_to_cell(block.first + j, FIRST_COLUMN + i)
                sheet.write_formula(row, column, f'=IF(ISNUMBER({cell}),1/{cell},"")', styles.mirror, "")
    _weights(sheet, block, styles)
    _hint(sheet, block, styles, limit)


def _weights(sheet: Any, block: Block, styles: Styles) -> None:
    """Beside the matrix: geometric mean and share of each row, and its eigenvalue estimate."""
    from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

    size = len(block.items)
    full = f"COUNT({_matrix(block)})={size * size}"
    mean, share, ratio = (FIRST_COLUMN + size + k for k in range(3))
    for column, text in ((mean, "几何平均\nmean"), (share, "权重\nweight"), (ratio, "λ")):
        sheet.write_string(block.first - 1, column, text, styles.head)
    means = xl_range_abs(block.first, mean, block.last, mean)
    shares = xl_range_abs(block.first, share, block.last, share)
    for row in range(block.first, block.last + 1):
        cells = xl_range(row, FIRST_COLUMN, row, FIRST_COLUMN + size - 1)
        own, part = xl_rowcol_to_cell(row, mean), xl_rowcol_to_cell(row, share)
        sheet.write_formula(row, mean, f'=IF({full},GEOMEAN({cells}),"")', styles.derived, "")
        sheet.write_formula(row, share, f'=IF({full},{own}/SUM({means}),"")', styles.share, "")
        # One row by one column is a single number, so that no array formula is needed.
        sheet.write_formula(
            row, ratio, f'=IF({full},SUM(MMULT({cells},{shares}))/{part},"")', styles.derived, ""
        )


def _matrix(block: Block) -> str:
    from xlsxwriter.utility import xl_range_abs

    return str(xl_range_abs(block.first, FIRST_COLUMN, block.last, FIRST_COLUMN + len(block.items) - 1))


def _hint(sheet: Any, block: Block, styles: Styles, limit: float) -> None:
    from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

    size, row = len(block.items), block.last + 1
    missing = f"({size * size}-COUNT({_matrix(block)}))/2"
    open_ = f'"还差 still open: "&{missing}'
    sheet.write_string(row, NAME_COLUMN, "一致性比率 CR 与提示 hint", styles.head)
    place = xl_rowcol_to_cell(row, FIRST_COLUMN)
    if size == 2:
        sheet.write_formula(row, FIRST_COLUMN + 1, f'=IF({missing}>0,{open_},"✓")', styles.hint, "")
        return
    ratios = xl_range_abs(block.first, FIRST_COLUMN + size + 2, block.last, FIRST_COLUMN + size + 2)
    ratio = f"(AVERAGE({ratios})-{size})/{size - 1}/{random_index(RANDOM_INDEX, size)!r}"
    sheet.write_formula(row, FIRST_COLUMN, f'=IF({missing}>0,"",{ratio})', styles.derived, "")
    verdict = f'IF({place}<={limit!r},"✓ 一致 consistent","⚠ 请复核 please look again (> {limit:g})")'
    sheet.write_formula(row, FIRST_COLUMN + 1, f"=IF({missing}>0,{open_},{verdict})", styles.hint, "")


def write_feedback(sheet: Any, block: Block, told: pd.DataFrame, styles: Styles) -> None:
    """
    Write the points of the last round at one node, beside the names that stand there.

    `told` is what `methodology.weights.consensus.feedback` returns, of one node.
    """
    for column, head in enumerate(HEADS.values(), FIRST_COLUMN):
        sheet.write_string(block.title + 1, column, head, styles.head)
    for row, item in enumerate(block.items, block.first):
        if item in told.index:
            for column, name in enumerate(HEADS, FIRST_COLUMN):
                sheet.write_number(row, column, round(float(told.loc[item, name]), 1), styles.result)
            if told.loc[item, "outside"]:
                sheet.write_string(row, FIRST_COLUMN + len(HEADS), OUTSIDE, styles.wrapped)
