"""Mutants of a file: one small fault each, of the kinds a person makes, with the line it stands in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_UNTOUCHED = (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Assert)
"""What says something and decides nothing: messages of errors, texts, imports."""


@dataclass(frozen=True)
class Mutant:
    """A file with one fault: the whole text, and what was changed where."""

    file: str
    line: int
    change: str
    text: str


def sites_of(source: str) -> list[tuple[int, int]]:
    """
    Where a file can be at fault: (place, way) of every mutant.

    Comparisons, signs, numbers, truth values, conditions and results are turned over, one at a time. Left alone are
    texts and errors, annotations, decorators, `strict` of zip and type-checking blocks, which decide no number.
    """
    places = list(_places(ast.parse(source)))
    return [(number, way) for number, node in enumerate(places) for way in range(len(_ways(node)))]


def mutant_at(file: str, source: str, site: tuple[int, int]) -> Mutant:
    """The mutant of one site."""
    tree = ast.parse(source)
    target = list(_places(tree))[site[0]]
    before, line = ast.unparse(target), target.lineno
    _ways(target)[site[1]]()
    text = ast.unparse(ast.fix_missing_locations(tree))
    return Mutant(file, line, f"{_short(before)} -> {_short(ast.unparse(target))}", text)


def _places(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes in order that can be turned over."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, _UNTOUCHED) or _decides_nothing(child):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue
            if _ways(child):
                yield child
            yield from _places(child)


def _decides_nothing(node: ast.AST) -> bool:
    named = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return named or (isinstance(node, ast.keyword) and node.arg == "strict")


def _ways(node: ast.AST) -> list:
    """Functions that turn a node over in place, each in one way."""
    if isinstance(node, ast.Compare):
        return [_swap_at(node.ops, place) for place, op in enumerate(node.ops) if type(op) in _SWAPS]
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp):
        return [_swap(node)] if type(node.op) in _SWAPS and not _is_text(node) else []
    if isinstance(node, ast.Constant):
        return [_other(node)] if isinstance(node.value, bool | int | float) else []
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [_without_not(node)]
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        return [_turned(node)]
    if isinstance(node, ast.Return) and node.value is not None:
        return [] if isinstance(node.value, ast.Constant) else [_empty(node)]
    return []


def _is_text(node: ast.AST) -> bool:
    sides = [getattr(node, "left", None), getattr(node, "right", None), getattr(node, "value", None)]
    sides += getattr(node, "values", [])
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in sides
    )


def _swap_at(ops: list, place: int):
    def turn() -> None:
        ops[place] = _SWAPS[type(ops[place])]()

    return turn


def _swap(node):
    def turn() -> None:
        node.op = _SWAPS[type(node.op)]()

    return turn


def _other(node: ast.Constant):
    def turn() -> None:
        value = node.value
        node.value = not value if isinstance(value, bool) else value + 1 if value == int(value) else value * 2

    return turn


def _without_not(node: ast.UnaryOp):
    def turn() -> None:
        node.operand, node.op = ast.UnaryOp(ast.Not(), node.operand), ast.Not()

    return turn


def _turned(node):
    def turn() -> None:
        node.test = ast.UnaryOp(ast.Not(), node.test)

    return turn


def _empty(node: ast.Return):
    def turn() -> None:
        node.value = ast.Constant(None)

    return turn


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
