"""Corrections as formulas of a spreadsheet: what one comes to for the plant whose data stand in its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from methodology.forms.live_checks import SPREADSHEET
from methodology.indicators import IndicatorSystem
from methodology.indicators.expressions import parse
from methodology.indicators.system import Correction
from methodology.sample.attribute_words import choice_words

ADDEND, QUOTIENT = 6, 12
"""Decimals of A-20."""
Cell = Callable[[str], str]


def term_formula(one: Correction, value: str, cells: tuple[Cell, Cell], system: IndicatorSystem) -> str:
    """
    One correction: its amount, 0 (a factor: 1) where it does not apply, empty where that is unknown.

    Parameters
    ----------
    value : str
        Cell of the value that is corrected.
    cells : two callables
        Cell of an attribute or indicator; cell of its mark, empty for an attribute.
    """
    cell, marked = cells

    def known(name: str) -> str:
        mark = f'{marked(name)}=""' if marked(name) else "TRUE"
        return f"AND(ISNUMBER({cell(name)}),{mark})"

    read = [
        name
        for name in one.attributes
        if name not in one.where and "|" not in system.attributes.get(name, "")
    ]
    nothing = value if one.value else "1" if one.factor is not None else "0"
    sure = [known(name) for name in read] + ([f"ISNUMBER({value})"] if one.value else [])
    amount = _amount(one, cell, system.attributes, value)
    text = f'IF(AND({",".join(sure)}),{amount},"")' if sure else amount
    if one.where:
        words = {name: choice_words(name, system.attributes[name]) for name in one.where}
        holds = ",".join(f"{cell(name)}={_quoted(words[name][word][0])}" for name, word in one.where.items())
        blank = ",".join(f'{cell(name)}=""' for name in one.where)
        text = f'IF(OR({blank}),"",IF(AND({holds}),{text},{nothing}))'
    return f"={text}"


def _amount(one: Correction, cell: Cell, attributes: Mapping[str, str], value: str) -> str:
    if one.value:
        return f"ROUND({_written(one.value, cell, value)},{QUOTIENT})"
    if one.factor is not None:
        return repr(one.factor)
    if one.table:
        words, text = choice_words(one.attribute, attributes[one.attribute]), '""'
        for word, addend in one.table.items():
            text = f"IF({cell(one.attribute)}={_quoted(words[word][0])},{round(addend, ADDEND)!r},{text})"
        return text
    if one.points:
        return f"ROUND({_interpolated(one, cell(one.attribute))},{ADDEND})"
    return f"ROUND({_written(one.addend, cell, value)},{ADDEND})"


def _quoted(word: str) -> str:
    """A word inside a formula; nothing in it ends the text."""
    return '"' + word.replace('"', '""') + '"'


def _interpolated(one: Correction, x: str) -> str:
    points = sorted(one.points)
    text = repr(points[-1][1])
    for (left, low), (right, high) in reversed(list(pairwise(points))):
        line = f"{low!r}+({high!r}-({low!r}))/({right!r}-({left!r}))*({x}-({left!r}))"
        text = f"IF({x}<={right!r},{line},{text})"
    return f"IF({x}<={points[0][0]!r},{points[0][1]!r},{text})"


def _written(text: str, cell: Cell, value: str) -> str:
    expression = parse(text)
    names = {name: value if name == "value" else cell(name) for name in expression.names}
    return expression.written(names, SPREADSHEET)
