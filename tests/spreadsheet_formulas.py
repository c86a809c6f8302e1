"""Formulas of a sheet computed independently of any spreadsheet: what they mean in Excel, for the functions in use."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"]|"")*")|(?P<cell>\$?[A-Z]{1,2}\$?\d+(?::\$?[A-Z]{1,2}\$?\d+)?)|(?P<name>[A-Z]+)(?=\()'
    r"|(?P<word>TRUE|FALSE)|(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?)|(?P<sign><=|>=|<>|[-+*/=<>&(),]))"
)


class Sheet:
    """Cells of a sheet: inputs and formulas; a cell is computed once for each set of inputs."""

    def __init__(self, cells: dict[str, Any]) -> None:
        self.cells, self._known = cells, {}
        self._parsed: dict[str, Any] = {}

    def fill(self, inputs: dict[str, Any]) -> None:
        """Type values into cells."""
        self.inputs, self._known = inputs, {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            content = self.inputs.get(name, self.cells.get(name))
            if isinstance(content, str) and content.startswith("="):
                if name not in self._parsed:
                    self._parsed[name] = _Parser(content[1:]).whole()
                content = self._parsed[name](self)
            self._known[name] = content
        return self._known[name]

    def area(self, text: str) -> np.ndarray:
        """Values of a range, row by row."""
        first, last = (re.fullmatch(r"([A-Z]+)(\d+)", end) for end in text.split(":"))
        letter = first[1]
        assert letter == last[1]
        return np.array(
            [self[f"{letter}{row}"] for row in range(int(first[2]), int(last[2]) + 1)], dtype=object
        )


class _Parser:
    """Comparison, then sums, then products, then signs; IF looks at one of its sides alone."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            assert found, text[place:]
            self.tokens.append((str(found.lastgroup), found[found.lastgroup]))
            place = found.end()
        self.at = 0

    def whole(self) -> Any:
        made = self.compared()
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return made

    def take(self, *signs: str) -> str:
        if (
            self.at < len(self.tokens)
            and self.tokens[self.at][1] in signs
            and self.tokens[self.at][0] == "sign"
        ):
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def _chain(self, part: Any, *signs: str) -> Any:
        left = part()
        while sign := self.take(*signs):
            right, before = part(), left
            left = lambda sheet, a=before, b=right, s=sign: _operation(s, a(sheet), b(sheet))  # noqa: E731
        return left

    def compared(self) -> Any:
        return self._chain(self.joined, "=", "<>", "<=", ">=", "<", ">")

    def joined(self) -> Any:
        return self._chain(self.summed, "&")

    def summed(self) -> Any:
        return self._chain(self.multiplied, "+", "-")

    def multiplied(self) -> Any:
        return self._chain(self.atom, "*", "/")

    def atom(self) -> Any:
        if self.take("-"):
            inner = self.atom()
            return lambda sheet: -inner(sheet)
        if self.take("("):
            inner = self.compared()
            assert self.take(")")
            return inner
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return lambda _: text[1:-1].replace('""', '"')
        if kind == "number":
            return lambda _: float(text)
        if kind == "word":
            return lambda _: text == "TRUE"
        if kind == "cell":
            name = text.replace("$", "")
            return (lambda sheet: sheet.area(name)) if ":" in name else (lambda sheet: sheet[name])
        return self.called(text)

    def called(self, name: str) -> Any:
        assert self.take("(")
        sides = [self.compared()]
        while self.take(","):
            sides.append(self.compared())
        assert self.take(")")
        if name == "IF":
            return lambda sheet: sides[1](sheet) if sides[0](sheet) else sides[2](sheet)
        return lambda sheet: _FUNCTIONS[name](*(side(sheet) for side in sides))


def _operation(sign: str, a: Any, b: Any) -> Any:
    if sign in ("=", "<>"):
        same = ("" if a is None else a) == ("" if b is None else b)
        return same if sign == "=" else not same
    if sign in ("<", ">", "<=", ">="):
        assert {type(a), type(b)} <= {int, float}, (a, sign, b)
        return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[sign]
    if sign == "&":
        return f"{a}{b}"
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[sign]()


def _round(value: float, places: float) -> float:
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP))


def _count_if(cells: np.ndarray, pattern: str) -> int:
    wanted = re.compile(re.escape(pattern).replace(r"\*", ".*"))
    return sum(isinstance(cell, str) and wanted.fullmatch(cell) is not None for cell in cells)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_FUNCTIONS = {
    "AND": lambda *sides: all(sides),
    "OR": lambda *sides: any(sides),
    "NOT": lambda side: not side,
    "ISNUMBER": _is_number,
    "ROUND": _round,
    "SUM": lambda cells: float(sum(cells)),
    "COUNT": lambda *sides: sum(map(_is_number, sides)),
    "COUNTIF": _count_if,
    "SUMPRODUCT": lambda *sides: float(sum(math.prod(row) for row in zip(*sides, strict=True))),
    "MIN": lambda *sides: min(sides),
    "MAX": lambda *sides: max(sides),
}
