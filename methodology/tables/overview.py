"""The form every table for readers takes: texts in cells, a legend below, the same in notebooks and terminals."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import wraps
from html import escape
from typing import Any, ParamSpec

import pandas as pd

from methodology.indicators.display import STATUS_LEGEND
from methodology.indicators.shown import interactive
from methodology.indicators.words import NO_LEVEL
from methodology.languages import NUMERALS, Told, Words, in_order, say, speaking

P = ParamSpec("P")

NUMERIC = frozenset("0123456789.,-−–%†‡<>=±[]| ofn")

_NONE = "none"
"""No level, as tables of results write it."""
LONGEST_NUMBER, SENTENCE = 24, 60
"""Characters of a cell that is never broken, and of one that needs a wide column."""
MOST_OPEN = 24
"""Rows of a table that stands open: one per indicator of a system. A longer one is folded."""


class Overview(pd.DataFrame):
    """A table of texts with a legend, which its slices keep.

    Its texts are English and know their Chinese (`Told`); it is shown in the language that is spoken, and in both where
    it is written as HTML. Its text form is complete (pandas would cut long tables and long cells), so that nbval
    compares all of it, and aligned with double width for Chinese characters. Its HTML form escapes every cell.
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


def in_both_languages(make: Callable[P, Overview]) -> Callable[P, Overview]:
    """Let a function make its table once in each language: cells that differ become `Told`."""

    @wraps(make)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Overview:
        with speaking("zh"):
            chinese = make(*args, **kwargs)
        with speaking("en"):
            english = make(*args, **kwargs)
        return _merged(chinese, english)

    return wrapper


def _merged(zh: Overview, en: Overview) -> Overview:
    """One table of two that say the same."""
    cells = [
        list(map(_told, *rows))
        for rows in zip(zh.to_numpy(dtype=object), en.to_numpy(dtype=object), strict=True)
    ]
    index, columns = (
        pd.Index(list(map(_told, one, other)), dtype=object)
        for one, other in ((zh.index, en.index), (zh.columns, en.columns))
    )
    index.name = _told(zh.index.name, en.index.name)
    table = Overview(cells, index=index, columns=columns, dtype=object)
    object.__setattr__(table, "legend", tuple(map(_told, zh.legend, en.legend)))
    return table


def _told(zh: str, en: str) -> str:
    return en if zh == en else Told(zh, en)


def overview(
    rows: Iterable[dict[str, Any]],
    columns: Iterable[str],
    legend: Iterable[str] = (),
    *,
    once: Iterable[str] = (),
) -> Overview:
    """
    Make an overview out of rows of texts; the first column becomes the index.

    Heads are told in the language that is spoken, and so are cells that name a level or hold a text in both languages.
    Columns in `once` are written on the first of several rows that agree in all of them. A line on `†` and `‡` is
    added to the legend when a cell uses the sign.
    """
    names, rows = list(columns), _thinned(list(rows), list(once))
    cells = [[_cell(row.get(name, "")) for name in names] for row in rows]
    heads = pd.Index([_cell(name if name == _NONE else say(name)) for name in names], dtype=object)
    table = Overview(cells, columns=heads, dtype=object)
    used = "".join(cell for row in cells for cell in row)
    signs = [f"{sign} {say(words)}" for sign, words in STATUS_LEGEND.items() if sign in used]
    shown = Overview(table.set_index(heads[0]))
    object.__setattr__(shown, "legend", (*legend, *signs))
    return shown


def _cell(value: object) -> str:
    """What a cell says: a level as the language writes it, anything else as it is."""
    if isinstance(value, Words | Told):
        return say(value)
    text = str(value)
    return say("{level}", level=text) if text in NUMERALS else say(NO_LEVEL) if text == _NONE else text


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
    index = "" if table.index.name is None else say(table.index.name)
    columns = [[_plain(index), *map(_plain, table.index)]]
    columns += [
        [_plain(name), *map(_plain, table[name])] if table.columns.is_unique else [] for name in table.columns
    ]
    right = [False, *(_is_numeric(list(map(str, table[name]))) for name in table.columns)]
    widths = [max(map(_width, column)) for column in columns]
    lines = []
    for cells in zip(*columns, strict=True):
        parts = [
            " " * (width - _width(cell)) + cell if to_right else cell + " " * (width - _width(cell))
            for cell, width, to_right in zip(cells, widths, right, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join([*lines, *map(say, getattr(table, "legend", ()))])


def render_html(table: pd.DataFrame) -> str:
    """
    Write a table as HTML: every cell escaped, numbers to the right, the legend below.

    A long table is folded, of an empty one its legend is left. What differs by language is written in both, each in a
    `span` that names its language.
    """
    right = {name: _is_numeric([str(cell) for cell in table[name]]) for name in table.columns}
    names = ["" if table.index.name is None else table.index.name, *table.columns]
    sides = [False, *right.values()]
    head = "".join(
        f'<th style="text-align:{"right" if to_right else "left"}">{in_spans(name)}</th>'
        for name, to_right in zip(names, sides, strict=True)
    )
    body = []
    for label, row in zip(table.index, table.itertuples(index=False), strict=True):
        cells = "".join(
            _html_cell(cell, right=right[name]) for name, cell in zip(table.columns, row, strict=True)
        )
        body.append(f'<tr><th style="text-align:left">{in_spans(label)}</th>{cells}</tr>')
    legend = "".join(f"<div><small>{in_spans(line)}</small></div>" for line in getattr(table, "legend", ()))
    if legend and not body:
        return legend
    rows = "\n".join(body)
    written = (
        f'<table class="dataframe overview">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>{legend}"
    )
    if len(body) > MOST_OPEN or getattr(table, "folded", False):
        asked = f'<span lang="zh-CN">展开全部{len(body)}行</span> <span lang="en">Show all {len(body)} rows</span>'
        return f"<details><summary>{asked}</summary>\n{written}\n</details>"
    return written


def in_spans(text: object) -> str:
    """
    A text as HTML, once if it is the same in both languages, else in two spans, that of the spoken language first.

    Examples
    --------
    >>> with speaking("zh"):
    ...     in_spans("5 %"), in_spans(Told("无", "none"))
    ('5 %', '<span lang="zh-CN">无</span><span lang="en">none</span>')
    """
    if not isinstance(text, Told):
        return escape(_printable(str(text)))
    zh, en = (escape(_printable(one)) for one in (text.zh, text.en))
    return "".join(in_order(f'<span lang="zh-CN">{zh}</span>', f'<span lang="en">{en}</span>'))


def _html_cell(cell: object, *, right: bool) -> str:
    """One cell; nothing is said of an empty one, nor of breaking a text that has no place to break."""
    text = _plain(cell)
    if not text:
        return "<td></td>"
    styles = ["text-align:right" if right else "text-align:left"]
    if text.isascii() and text.replace(".", "").isalnum():
        pass
    elif _width(text) <= LONGEST_NUMBER:
        styles.append("white-space:nowrap")
    else:
        styles.append("min-width:22em" if len(text) > SENTENCE else "min-width:11em")
    return f'<td style="{";".join(styles)}">{in_spans(cell)}</td>'


def _plain(cell: object) -> str:
    """A cell as it is told in the language that is spoken."""
    return _printable(say(cell) if isinstance(cell, Told) else str(cell))


def _printable(text: str) -> str:
    """A text on one line and without control characters, which could rewrite a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _is_numeric(cells: list[str]) -> bool:
    """Whether most of the cells that hold something hold numbers, and none holds a sentence."""
    filled = [cell for cell in cells if cell]
    numbers = [cell for cell in filled if set(cell) <= NUMERIC and any(sign.isdigit() for sign in cell)]
    return 2 * len(numbers) > len(filled) and all(len(cell) <= LONGEST_NUMBER for cell in filled)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
