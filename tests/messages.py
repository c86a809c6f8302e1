"""Every message the package tells in two languages, read off its syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import methodology

ROOT = Path(methodology.__file__).parent
HEADS = "overview"
"""Keys of the rows of a table are its heads, which `overview` tells."""


def messages() -> dict[str, set[str]]:
    """Message -> the files that tell it."""
    found: dict[str, set[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for message in _of(tree):
            found.setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    return found


def unread() -> list[str]:
    """Calls of `say` whose message no one can read off: f-strings."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        for call in _calls(ast.parse(path.read_text(encoding="utf-8"))):
            if call.args and isinstance(call.args[0], ast.JoinedStr):
                found.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    return found


def _of(tree: ast.AST) -> Iterator[str]:
    for call in _calls(tree):
        for argument in call.args[:1]:
            yield from _texts(argument)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and any(
            isinstance(mark, ast.Name) and mark.id == "in_both_languages" for mark in function.decorator_list
        ):
            for inner in ast.walk(function):
                if isinstance(inner, ast.Dict):
                    yield from (text for key in inner.keys if key for text in _texts(key))


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    if not any(
        isinstance(node, ast.ImportFrom) and node.module == "methodology.languages" for node in ast.walk(tree)
    ):
        return
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("say", "later")
        ):
            yield node


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
