"""The form every table for readers takes: texts in cells, a legend below, the same in notebooks and terminals."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Any

import pandas as pd

from methodology.indicators.display import signs_explained
from methodology.indicators.shown import interactive

NUMERIC = frozenset("0123456789.,-−–%†‡<>=±[]| ofn")

LONGEST_NUMBER, SENTENCE = 24, 60
"""Characters of a cell that is never broken, and of one that needs a wide column."""
MOST_OPEN = 24
"""Rows of a table that stands open: one per indicator of a system. A longer one is folded."""


class Overview(pd.DataFrame):
    """A table of texts with a legend, which its slices keep.

    Its text form is complete (pandas would cut long tables and long cells), so that nbval compares all of it, and
    aligned with double width for Chinese characters. Its HTML form escapes every cell.
    """

    _metadata = ("legend", "folded")
    folded = False

    def fold(self) -> Overview:
        """Fold the table in HTML however short it is: it stands behind the figure above it."""
        object.__setattr__(self, "folded", True)
        return self

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return Overview

    def __repr__(self) -> str:
        return render_text(self)

    def _repr_html_(self) -> str:
        return interactive(render_html(self))


def overview(
    rows: Iterable[dict[str, Any]],
    columns: Iterable[str],
    legend: Iterable[str] = (),
    *,
    once: Iterable[str] = (),
) -> Overview:
    """
    Make an overview out of rows of texts; the first column becomes the index.

    Columns in `once` are written on the first of several rows that agree in all of them. A line on `†` and `‡` is
    added to the legend when a cell uses the sign.
    """
    names, rows = list(columns), _thinned(list(rows), list(once))
    table = Overview([[str(row.get(name, "")) for name in names] for row in rows], columns=names)
    signs = signs_explained(table.to_numpy(dtype=object).ravel().astype(str))
    shown = Overview(table.set_index(names[0]))
    object.__setattr__(shown, "legend", (*legend, *signs))
    return shown


def _thinned(rows: list[dict[str, Any]], once: list[str]) -> list[dict[str, Any]]:
    """Rows without what the row above says already."""
    thin: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        same = once and place and all(row.get(name) == rows[place - 1].get(name) for name in once)
        thin.append(row | dict.fromkeys(once, "") if same else row)
    return thin


def render_text(table: pd.DataFrame) -> str:
    """
    Write a table as plain text, every row and column, aligned, with its legend.

    Parameters
    ----------
    table : DataFrame
        Usually an overview; cells are written as they are.

    Returns
    -------
    str
        Lines without trailing blanks, no line break at the end.

    Examples
    --------
    >>> import pandas as pd
    >>> print(render_text(pd.DataFrame({"unit": ["kg/t", "%"], "I": ["490", "5"]}, index=["燃料比", "S"])))
            unit    I
    燃料比  kg/t  490
    S       %       5
    """
    index = "" if table.index.name is None else str(table.index.name)
    columns = [[_plain(index), *map(_plain, table.index)]]
    columns += [
        [_plain(name), *map(_plain, table[name])] if table.columns.is_unique else [] for name in table.columns
    ]
    right = [False, *(_is_numeric(column[1:]) for column in columns[1:])]
    widths = [max(map(_width, column)) for column in columns]
    lines = []
    for cells in zip(*columns, strict=True):
        parts = [
            " " * (width - _width(cell)) + cell if to_right else cell + " " * (width - _width(cell))
            for cell, width, to_right in zip(cells, widths, right, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join([*lines, *getattr(table, "legend", ())])


def render_html(table: pd.DataFrame) -> str:
    """Write a table as HTML: every cell escaped, numbers to the right, the legend below, a long one folded."""
    right = {name: _is_numeric([_plain(cell) for cell in table[name]]) for name in table.columns}
    names = ["" if table.index.name is None else table.index.name, *table.columns]
    sides = [False, *right.values()]
    head = "".join(
        f'<th style="text-align:{"right" if to_right else "left"}">{escape(str(name))}</th>'
        for name, to_right in zip(names, sides, strict=True)
    )
    body = []
    for label, row in zip(table.index, table.itertuples(index=False), strict=True):
        cells = "".join(
            _html_cell(_plain(cell), right=right[name]) for name, cell in zip(table.columns, row, strict=True)
        )
        body.append(f'<tr><th style="text-align:left">{escape(str(label))}</th>{cells}</tr>')
    legend = "".join(f"<div><small>{escape(line)}</small></div>" for line in getattr(table, "legend", ()))
    rows = "\n".join(body)
    written = (
        f'<table class="dataframe overview">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>{legend}"
    )
    if len(body) > MOST_OPEN or getattr(table, "folded", False):
        asked = f'<span lang="zh-CN">展开全部{len(body)}行</span> <span lang="en">Show all {len(body)} rows</span>'
        return f"<details><summary>{asked}</summary>\n{written}\n</details>"
    return written


def _html_cell(text: str, *, right: bool) -> str:
    """One cell; nothing is said of an empty one, nor of breaking a text that has no place to break."""
    if not text:
        return "<td></td>"
    styles = ["text-align:right" if right else "text-align:left"]
    if text.isascii() and text.replace(".", "").isalnum():
        pass
    elif _width(text) <= LONGEST_NUMBER:
        styles.append("white-space:nowrap")
    else:
        styles.append("min-width:22em" if len(text) > SENTENCE else "min-width:11em")
    return f'<td style="{";".join(styles)}">{escape(text)}</td>'


def _plain(cell: object) -> str:
    """A cell on one line and without control characters, which could rewrite a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in str(cell))


def _is_numeric(cells: list[str]) -> bool:
    """Whether most of the cells that hold something hold numbers, and none holds a sentence."""
    filled = [cell for cell in cells if cell]
    numbers = [cell for cell in filled if set(cell) <= NUMERIC and any(sign.isdigit() for sign in cell)]
    return 2 * len(numbers) > len(filled) and all(len(cell) <= LONGEST_NUMBER for cell in filled)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
