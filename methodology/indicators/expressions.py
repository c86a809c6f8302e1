"""Arithmetic written in a system's YAML, read as data and never as code.

Only numbers, names of columns, `+ - * /`, `min`, `max`, parentheses and chained comparisons are understood.
"""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from methodology.errors import SystemDefinitionError

LONGEST = 500
DEEPEST = 50
"""Operations inside operations."""
_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_UNARY: dict[type, Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
}
_CALLS = {"min": "minimum", "max": "maximum"}
"""Functions of numpy, which is imported by whoever computes: commands that only read a system start without it."""


@dataclass(frozen=True)
class Expression:
    """A parsed expression and the columns it reads."""

    text: str
    names: tuple[str, ...]
    _tree: ast.expr

    def __call__(self, columns: Mapping[str, Any]) -> Any:
        """Value of the expression; `columns` maps every name to a number or an array."""
        import numpy as np

        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return _value(self._tree, columns)


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """
    Parse arithmetic over column names.

    Raises
    ------
    SystemDefinitionError
        If the text is longer than 500 characters, nested deeper than 50, holds a number beyond the machine's, or
        anything but arithmetic and comparisons.
    """
    if len(text) > LONGEST:
        raise SystemDefinitionError(f"Expression of {len(text)} characters; at most {LONGEST} are read.")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise SystemDefinitionError(f"Not arithmetic: {text!r}.") from error
    names: dict[str, None] = {}
    _check(tree, text, names)
    return Expression(text, tuple(names), tree)


def _check(node: ast.AST, text: str, names: dict[str, None], depth: int = 0) -> None:
    if depth > DEEPEST:
        raise SystemDefinitionError(f"{text[:60]!r} is nested deeper than {DEEPEST}.")
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    ):
        if not abs(node.value) <= sys.float_info.max:
            raise SystemDefinitionError(f"A number in {text[:60]!r} is too large to be computed with.")
        return
    if isinstance(node, ast.Name):
        names[node.id] = None
        return
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        parts: list[ast.AST] = [node.left, node.right]
    elif isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        parts = [node.operand]
    elif isinstance(node, ast.Compare) and all(type(op) in _COMPARE for op in node.ops):
        parts = [node.left, *node.comparators]
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _CALLS
        and len(node.args) == 2
        and not node.keywords
    ):
        parts = list(node.args)
    else:
        raise SystemDefinitionError(
            f"{type(node).__name__} is not allowed in {text!r}: only numbers, column names, + - * /, min, max "
            "and comparisons are."
        )
    for part in parts:
        _check(part, text, names, depth + 1)


def _value(node: ast.expr, columns: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return _as_column(node.value)
    if isinstance(node, ast.Name):
        return _as_column(columns[node.id])
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)](_value(node.left, columns), _value(node.right, columns))
    if isinstance(node, ast.UnaryOp):
        return _UNARY[type(node.op)](_value(node.operand, columns))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        import numpy as np

        return getattr(np, _CALLS[node.func.id])(*(_value(argument, columns) for argument in node.args))
    if isinstance(node, ast.Compare):
        sides = [_value(side, columns) for side in (node.left, *node.comparators)]
        holds: Any = True
        for compare, left, right in zip(node.ops, sides, sides[1:], strict=False):
            holds = holds & _COMPARE[type(compare)](left, right)
        return holds
    raise SystemDefinitionError(f"{type(node).__name__} is not arithmetic.")


def _as_column(value: Any) -> Any:
    """A number that divides by zero and overflows as columns do: to infinity, not to an error."""
    import numpy as np

    return np.float64(value) if isinstance(value, int | float) else value
