"""Arithmetic written in a system's YAML, read as data and never as code.

Only numbers, names of columns, `+ - * /`, `min`, `max`, `sum` over outlets, parentheses and chained comparisons are
understood.
"""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from methodology.errors import SystemDefinitionError
from methodology.syntax import tree_of

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
SUM = "sum"
"""Adds up over the outlets of a plant, the last axis of their columns."""


@dataclass(frozen=True)
class Signs:
    """How an expression is written down: in a spreadsheet, or for a reader."""

    add: str = "+"
    subtract: str = "-"
    multiply: str = "*"
    divide: str = "/"
    calls: Mapping[str, str] | None = None


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
            return _value(self._tree, columns, _as_column)

    def value(self, columns: Mapping[str, Any], *, number: Callable[[Any], Any]) -> Any:
        """Value over numbers of another kind, e.g. quantities with units; `number` makes one of a constant."""
        return _value(self._tree, columns, number)

    @cached_property
    def outside_sums(self) -> tuple[str, ...]:
        """Names that stand outside every `sum`."""
        return tuple(_outside(self._tree))

    def written(self, names: Mapping[str, str], signs: Signs) -> str:
        """The expression with other names and signs."""
        return _written(self._tree, names, signs)[0]

    def folded(self, make: Callable[[ast.expr, list[Any]], Any]) -> Any:
        """Build something else out of the operations: `make` gets one of them, and what its operands became."""
        return _folded(self._tree, make)

    def fraction(self, names: Mapping[str, str], signs: Signs) -> tuple[str, str]:
        """What stands above and below the line, if the whole is a quotient; nothing below if it is none."""
        tree = self._tree
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div):
            return _written(tree.left, names, signs)[0], _written(tree.right, names, signs)[0]
        return self.written(names, signs), ""


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
        tree = tree_of(text, "eval").body
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
    parts = _parts(node)
    if not parts:
        raise SystemDefinitionError(
            f"{type(node).__name__} is not allowed in {text!r}: only numbers, column names, + - * /, min, max, sum "
            "and comparisons are."
        )
    for part in parts:
        _check(part, text, names, depth + 1)


def _parts(node: ast.AST) -> list[ast.expr]:
    """Operands of an operation that is allowed; none for anything else."""
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        return [node.operand]
    if isinstance(node, ast.Compare) and all(type(op) in _COMPARE for op in node.ops):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        wanted = 2 if node.func.id in _CALLS else 1 if node.func.id == SUM else 0
        return list(node.args) if len(node.args) == wanted else []
    return []


def _outside(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == SUM):
        for part in _parts(node):
            yield from _outside(part)


def _folded(node: ast.expr, make: Callable[[ast.expr, list[Any]], Any]) -> Any:
    return make(node, [_folded(part, make) for part in _parts(node)])


def _value(node: ast.expr, columns: Mapping[str, Any], number: Callable[[Any], Any]) -> Any:
    if isinstance(node, ast.Constant):
        return number(node.value)
    if isinstance(node, ast.Name):
        return number(columns[node.id])
    sides = [_value(part, columns, number) for part in _parts(node)]
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)](*sides)
    if isinstance(node, ast.UnaryOp):
        return _UNARY[type(node.op)](*sides)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node.func.id, sides)
    if isinstance(node, ast.Compare):
        holds: Any = True
        for compare, left, right in zip(node.ops, sides, sides[1:], strict=False):
            holds = holds & _COMPARE[type(compare)](left, right)
        return holds
    raise SystemDefinitionError(f"{type(node).__name__} is not arithmetic.")


def _called(name: str, sides: list[Any]) -> Any:
    import numpy as np

    arrays = all(isinstance(side, np.ndarray | np.generic) for side in sides)
    if name == SUM:
        return sides[0].sum(axis=-1, keepdims=True) if arrays and np.ndim(sides[0]) else sides[0]
    if not arrays:  # quantities with units: both are of one kind, or pint says so
        return (min if name == "min" else max)(*sides)
    return getattr(np, _CALLS[name])(*sides)


def _as_column(value: Any) -> Any:
    """A number that divides by zero and overflows as columns do: to infinity, not to an error."""
    import numpy as np

    return np.float64(value) if isinstance(value, int | float) else value


_WEAKEST, _SUMS, _PRODUCTS, _ATOMS = 0, 1, 2, 3


def _written(node: ast.expr, names: Mapping[str, str], signs: Signs) -> tuple[str, int]:
    """Text of an operation, and how strongly it holds its operands together."""
    if isinstance(node, ast.Constant):
        return f"{node.value:g}" if isinstance(node.value, float) else str(node.value), _ATOMS
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id), _ATOMS
    sides = [_written(part, names, signs) for part in _parts(node)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        name = (signs.calls or {}).get(node.func.id, node.func.id)
        return f"{name}({', '.join(text for text, _ in sides)})", _ATOMS
    if isinstance(node, ast.UnaryOp):
        sign = signs.subtract if isinstance(node.op, ast.USub) else signs.add
        return f"{sign}{_held(sides[0], _PRODUCTS)}", _SUMS
    if isinstance(node, ast.BinOp):
        sign, holds = {
            ast.Add: (signs.add, _SUMS),
            ast.Sub: (signs.subtract, _SUMS),
            ast.Mult: (signs.multiply, _PRODUCTS),
        }.get(type(node.op), (signs.divide, _PRODUCTS))
        tight = holds + isinstance(node.op, ast.Sub | ast.Div)
        return f"{_held(sides[0], holds)}{sign}{_held(sides[1], tight)}", holds
    marks = {ast.LtE: "<=", ast.GtE: ">=", ast.Lt: "<", ast.Gt: ">"}
    joined = sides[0][0]
    for op, (text, _) in zip(getattr(node, "ops", ()), sides[1:], strict=True):
        joined += f" {marks[type(op)]} {text}"
    return joined, _WEAKEST


def _held(side: tuple[str, int], needed: int) -> str:
    return side[0] if side[1] >= needed else f"({side[0]})"
