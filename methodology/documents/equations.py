"""Formulas as Word sets them (OMML): the decision rule in symbols, and arithmetic of a system's YAML."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from docx.oxml.ns import nsdecls

from methodology.indicators.expressions import SUM, Expression

_FONT = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/></w:rPr>'
_SIGNS = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.USub: "−", ast.UAdd: "+"}
_SUMS, _PRODUCTS, _ATOMS = 1, 2, 3
"""How strongly an operation holds its operands together."""


class Symbol(NamedTuple):
    """A letter with what stands below it."""

    letter: str
    below: str = ""

    @property
    def math(self) -> str:
        """The symbol inside a formula."""
        if not self.below:
            return letters(self.letter)
        return f"<m:sSub><m:e>{letters(self.letter)}</m:e><m:sub>{letters(self.below, upright=True)}</m:sub></m:sSub>"


def letters(text: str, *, upright: bool = False) -> str:
    """A run of a formula; words and numbers stand upright."""
    style = '<m:rPr><m:sty m:val="p"/></m:rPr>' if upright else ""
    return f'<m:r>{style}{_FONT}<m:t xml:space="preserve">{escape(text)}</m:t></m:r>'


def fraction(above: str, below: str) -> str:
    """A quotient."""
    return f"<m:f><m:num>{above}</m:num><m:den>{below}</m:den></m:f>"


def brackets(inside: Iterable[str], left: str = "(", right: str = ")") -> str:
    """Parts between brackets that grow with them; between two a wide comma: 0,62 would be read as one number."""
    parts = "".join(f"<m:e>{part}</m:e>" for part in inside)
    signs = f'<m:begChr m:val="{left}"/><m:sepChr m:val="，"/><m:endChr m:val="{right}"/>'
    return f"<m:d><m:dPr>{signs}</m:dPr>{parts}</m:d>"


def summed(body: str, below: str) -> str:
    """A sum over an index."""
    kind = '<m:naryPr><m:chr m:val="∑"/><m:limLoc m:val="undOvr"/><m:supHide m:val="1"/></m:naryPr>'
    return f"<m:nary>{kind}<m:sub>{below}</m:sub><m:sup/><m:e>{body}</m:e></m:nary>"


def cases(lines: Sequence[str]) -> str:
    """One of several lines, each with its condition."""
    stacked = "".join(f"<m:e>{line}</m:e>" for line in lines)
    return brackets([f"<m:eqArr>{stacked}</m:eqArr>"], "{", "")


def equation(*parts: str) -> str:
    """A whole formula, for a paragraph."""
    return f"<m:oMath {nsdecls('m', 'w')}>{''.join(parts)}</m:oMath>"


def arithmetic(expression: Expression, symbols: Mapping[str, Symbol]) -> str:
    """
    Set arithmetic written in a system's YAML: quotients with a line, factors side by side, sums over outlets i.

    Parameters
    ----------
    expression : Expression
    symbols : mapping of name to Symbol
        What stands for each column.
    """

    def made(node: ast.expr, sides: list[tuple[str, int]]) -> tuple[str, int]:
        return _made(node, sides, symbols)

    return expression.folded(made)[0]


def _made(node: Any, sides: list[tuple[str, int]], symbols: Mapping[str, Symbol]) -> tuple[str, int]:
    if isinstance(node, ast.Constant):
        return letters(f"{float(str(node.value)):g}", upright=True), _ATOMS
    if isinstance(node, ast.Name):
        return symbols[node.id].math, _ATOMS
    if isinstance(node, ast.Call):
        inside = [text for text, _ in sides]
        if node.func.id == SUM:  # type: ignore[attr-defined]
            return summed(_held(sides[0], _PRODUCTS), letters("i")), _PRODUCTS
        return letters(node.func.id, upright=True) + brackets(inside), _ATOMS  # type: ignore[attr-defined]
    if isinstance(node, ast.UnaryOp):
        return letters(_SIGNS[type(node.op)], upright=True) + _held(sides[0], _PRODUCTS), _SUMS
    if isinstance(node.op, ast.Div):
        return fraction(sides[0][0], sides[1][0]), _ATOMS
    holds = _PRODUCTS if isinstance(node.op, ast.Mult) else _SUMS
    beside = holds == _PRODUCTS and not isinstance(node.right, ast.Constant)
    sign = "" if beside else letters(_SIGNS[type(node.op)], upright=True)
    negative = holds == _PRODUCTS and isinstance(node.left, ast.UnaryOp)  # stands in front, without brackets
    left = sides[0][0] if negative else _held(sides[0], holds)
    return left + sign + _held(sides[1], holds + isinstance(node.op, ast.Sub)), _SUMS if negative else holds


def _held(side: tuple[str, int], needed: int) -> str:
    return side[0] if side[1] >= needed else brackets([side[0]])
