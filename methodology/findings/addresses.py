"""Addresses on the site: of a name, of a cell, of the cell that made a table."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from methodology.syntax import tree_of


def makers(paths: Iterable[Path]) -> dict[str, str]:
    """
    Find where notebooks made the tables they save: the address of the cell that last set what is saved.

    Returns
    -------
    dict
        Name of a table, e.g. proposal, to an address, e.g. 06_proposal.html#cell-a23a07e0.
    """
    found: dict[str, str] = {}
    for path in paths:
        made: dict[str, str] = {}
        for place, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            if cell["cell_type"] == "code":
                here = f"{path.stem}.html#{cell_anchor(cell, place)}"
                for node in ast.walk(_parsed(text_of(cell["source"]))):
                    for table, value in _named_tables(node):
                        names = [one.id for one in ast.walk(value) if isinstance(one, ast.Name)]
                        found.setdefault(table, next((made[name] for name in names if name in made), here))
                    if isinstance(node, ast.Assign):
                        made |= {name: here for target in node.targets for name in _names(target)}
    return found


def _parsed(source: str) -> ast.AST:
    try:
        return tree_of(source)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _names(target: ast.AST) -> list[str]:
    return [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]


def _named_tables(node: ast.AST) -> list[tuple[str, ast.AST]]:
    """What a node saves under a name, or puts under a name among what is saved together."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save":
        pairs = [(node.args[0], node.args[1])] if len(node.args) > 1 else []
    elif isinstance(node, ast.Dict):
        pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
    else:
        pairs = []
    return [
        (key.value, value)
        for key, value in pairs
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    ]


def text_of(source: str | list[str]) -> str:
    """Text of a cell or an output, which notebooks store as one text or as lines."""
    return source if isinstance(source, str) else "".join(source)


def anchor(name: str) -> str:
    """What a name is called in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def cell_anchor(cell: Mapping[str, Any], place: int) -> str:
    """Where a cell stands on its page."""
    return f"cell-{anchor(str(cell.get('id', place)))}"
