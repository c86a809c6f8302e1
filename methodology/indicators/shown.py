"""How results show themselves in a notebook: a table in both languages, whose columns sort and whose cells copy."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from methodology.languages import Words, in_order

_FRONT_ENDS = frozenset({"JPY_SESSION_NAME", "VOILA_BASE_URL"})
"""Set for a kernel by JupyterLab and by Voilà, and by nothing that executes notebooks unattended."""
_MOST_ROWS = 60
"""Rows of a plain table that pandas still shows whole."""
Cell = Words | str | float | int


def is_attended() -> bool:
    """Whether somebody sits before this kernel."""
    return bool(_FRONT_ENDS & os.environ.keys())


def table_html(title: Words, head: Sequence[Words], rows: Iterable[Sequence[Cell]]) -> str:
    """
    Write a table for a reader: every text escaped, both languages where they differ, numbers to the right.

    Parameters
    ----------
    title : Words
        Says what it is, above the table.
    head : sequence of Words
    rows : iterable of sequences
        Cells; numbers are shown to six digits.
    """
    top = "".join(f'<th style="text-align:left">{_told(name)}</th>' for name in head)
    body = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return interactive(
        f"<p><strong>{_told(title)}</strong></p>\n"
        f'<table class="dataframe overview">\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>'
    )


def interactive(html: str) -> str:
    """A table with sorting and copying where somebody sits before it; elsewhere as it is."""
    if not is_attended():
        return html
    return f'<div class="workbench-table">{html}<script>{_script()}</script></div>'


def frames_too() -> None:
    """Have plain tables of pandas shown in the same way from now on, in this kernel."""
    import pandas as pd
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, _frame_html)


def _frame_html(frame: Any) -> str | None:
    """The HTML of a table; one that pandas cuts is not sorted, for its last rows are not its last."""
    html: str | None = frame._repr_html_()
    whole = html is not None and "workbench-table" not in html and len(frame) <= _MOST_ROWS
    return interactive(html) if html is not None and whole else html


def _told(text: Words) -> str:
    if text.same:
        return escape(text.zh)
    zh, en = map(escape, text)
    return " ".join(in_order(f'<span lang="zh-CN">{zh}</span>', f'<span lang="en">{en}</span>'))


def _cell(cell: Cell) -> str:
    if isinstance(cell, Words):
        return f'<td style="text-align:left">{_told(cell)}</td>'
    if isinstance(cell, str):
        return f'<td style="text-align:left">{escape(cell)}</td>'
    return f'<td style="text-align:right">{"" if cell != cell else format(cell, ".6g")}</td>'


@cache
def _script() -> str:
    return Path(__file__).with_name("shown.js").read_text(encoding="utf-8")
