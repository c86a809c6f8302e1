"""Every message the package tells in two languages, read off its syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd

import methodology
from methodology.chain.robustness import left_out
from methodology.indicators import load_system
from methodology.indicators.display import unit_text

ROOT = Path(methodology.__file__).parent
REFERENCE = {
    "data/reference/effects.csv": ("saving", "note"),
    "data/reference/siblings.csv": ("relation",),
    "data/reference/international_gaps.csv": ("reason",),
    "data/reference/international.csv": ("reason",),
}
"""Columns of the shipped reference data whose texts tables show."""


def messages() -> dict[str, set[str]]:
    """Message -> the files that tell it."""
    found: dict[str, set[str]] = {}
    for path, nodes in _telling().items():
        for message in _of(nodes):
            found.setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    for name, columns in REFERENCE.items():
        table = pd.read_csv(ROOT.parent / name)
        for message in pd.unique(table[list(columns)].to_numpy().ravel()):
            if isinstance(message, str):
                found.setdefault(message, set()).add(name)
    effects = pd.read_csv(ROOT.parent / "data/reference/effects.csv")
    for unit in map(unit_text, effects["total"].dropna().unique()):
        if " " in unit:  # a word stands before it
            found.setdefault(unit, set()).add("data/reference/effects.csv")
    for path in sorted((ROOT.parent / "params" / "systems").glob("*.yaml")):
        for indicator in load_system(path).indicators:
            for item in indicator.comparators:
                found.setdefault(item.label, set()).add("params/systems")
                found.setdefault(item.basis, set()).add("params/systems")
    for reason in left_out(ROOT.parent / "params" / "alternatives.yaml").values():
        found.setdefault(reason, set()).add("params/alternatives.yaml")
    for path in sorted((ROOT.parent / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for message in _handed(ast.parse(cell.source)) if cell.cell_type == "code" else ():
                found.setdefault(message, set()).add(path.name)
    return found


def unread() -> list[str]:
    """Calls of `say` whose message no one can read off: f-strings."""
    return [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, nodes in _telling().items()
        for call in _calls(nodes)
        if call.args and isinstance(call.args[0], ast.JoinedStr)
    ]


@cache
def _telling() -> dict[Path, list[ast.AST]]:
    """Nodes of the modules that tell anything: those that name what tells."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py"))}
    telling = re.compile(r"from methodology\.languages import|in_both_languages")
    return {path: list(ast.walk(ast.parse(text))) for path, text in texts.items() if telling.search(text)}


HANDED = {"title", "told", "quantity", "basis", "of"}
"""Arguments by which a notebook hands texts to figures and tables."""


def _handed(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (text for word in node.keywords if word.arg in HANDED for text in _texts(word.value))


def _of(nodes: list[ast.AST]) -> Iterator[str]:
    for call in _calls(nodes):
        for argument in call.args[:1]:
            yield from _texts(argument)
    for function in nodes:
        if isinstance(function, ast.FunctionDef) and any(
            isinstance(mark, ast.Name) and mark.id == "in_both_languages" for mark in function.decorator_list
        ):
            for inner in ast.walk(function):
                yield from _heads(inner)


def _heads(node: ast.AST) -> Iterator[str]:
    """Heads of a table, which `overview` tells: keys of its rows and names of its columns."""
    if isinstance(node, ast.Dict):
        yield from (text for key in node.keys if key for text in _texts(key))
    elif isinstance(node, ast.Assign) and [getattr(name, "id", "") for name in node.targets] == ["columns"]:
        yield from _listed(node.value)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        yield from _texts(node.targets[0].slice)
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "overview":
        yield from (text for argument in node.args[1:2] for text in _listed(argument))


def _listed(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.List | ast.Tuple):
        yield from (text for item in node.elts for text in _texts(item))


def _calls(nodes: list[ast.AST]) -> Iterator[ast.Call]:
    known = {
        name.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "methodology.languages"
        for name in node.names
    } & {"say", "later"}
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            yield node


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
