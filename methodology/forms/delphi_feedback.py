"""What an expert sees before the next round of a Delphi 德尔菲: the own points beside the panel's."""

from __future__ import annotations

from typing import Any

import pandas as pd

from methodology.forms.expert_form_layout import FIRST_COLUMN, Block
from methodology.forms.styles import Styles

HEADS = {
    "yours": "您的分数 yours",
    "q1": "下四分位 lower quartile",
    "median": "中位数 median",
    "q3": "上四分位 upper quartile",
}
OUTSIDE = "在中间一半之外，请说明理由或调整 outside the middle half: say why, or move"


def write_feedback(sheet: Any, block: Block, told: pd.DataFrame, styles: Styles) -> None:
    """
    Write the points of the last round at one node, beside the names that stand there.

    Parameters
    ----------
    told : DataFrame indexed by item
        As `methodology.weights.delphi.feedback` returns it, of one node.
    """
    for column, head in enumerate(HEADS.values(), FIRST_COLUMN):
        sheet.write_string(block.title + 1, column, head, styles.head)
    for row, item in enumerate(block.items, block.first):
        if item in told.index:
            for column, name in enumerate(HEADS, FIRST_COLUMN):
                sheet.write_number(row, column, round(float(told.loc[item, name]), 1), styles.result)
            if told.loc[item, "outside"]:
                sheet.write_string(row, FIRST_COLUMN + len(HEADS), OUTSIDE, styles.wrapped)
