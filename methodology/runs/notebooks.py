"""Notebooks as data: their code, and whether their `parameters` cell is the one `Parameters` asks for."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from methodology.errors import ParameterError, Problem, raise_problems
from methodology.languages import speaking
from methodology.parameters import cell_of
from methodology.parameters.words import cell_source
from methodology.results.stages import STAGES, Stage
from methodology.syntax import tree_of

PARAMETERS_TAG = "parameters"
_FREE = frozenset({"system", "folder"})
"""Names whose default is the notebook's own."""


@dataclass(frozen=True)
class Declared:
    """One line of a `parameters` cell."""

    name: str
    annotation: str
    default: Any
    line: int


def read_cells(path: Path) -> list[dict[str, Any]]:
    """
    Cells of a notebook, `source` joined to one text.

    Raises
    ------
    ParameterError
        If the file is missing or no notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [cell | {"source": "".join(cell["source"])} for cell in cells]
    except FileNotFoundError:
        raise ParameterError(f"There is no notebook {path.name} in {path.parent.name}/.") from None
    except (ValueError, KeyError, TypeError) as fault:
        raise ParameterError(f"{path.name} is not a notebook of format 4: {fault}") from fault


def code_of(path: Path) -> list[str]:
    """Sources of the code cells: all of a notebook that decides what it computes."""
    return [cell["source"] for cell in read_cells(path) if cell["cell_type"] == "code"]


def is_tagged(cell: Mapping[str, Any], tag: str) -> bool:
    """Whether a cell carries `tag`."""
    return tag in cell.get("metadata", {}).get("tags", [])


def declared_in(source: str) -> list[Declared]:
    """
    The annotated scalars of a `parameters` cell.

    Raises
    ------
    ValueError
        If a line is anything but `name: type = literal`; the message starts with its line number.
    """
    found = []
    for node in tree_of(source).body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        plain = (
            isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None
        )
        if not plain:
            raise ValueError(f"{node.lineno}: write `name: type = literal`, not `{ast.unparse(node)}`")
        try:
            default = ast.literal_eval(node.value)  # type: ignore[attr-defined]
        except ValueError:
            raise ValueError(f"{node.lineno}: `{ast.unparse(node)}` is no literal") from None
        name, annotation = node.target.id, ast.unparse(node.annotation)  # type: ignore[attr-defined]
        found.append(Declared(name, annotation, default, node.lineno))
    return found


def check_notebooks(folder: Path, stages: tuple[Stage, ...] = STAGES) -> None:
    """
    Hold every notebook's `parameters` cell against the model, before any kernel starts.

    Raises
    ------
    ParameterError
        Every unknown, missing, mistyped or disagreeing parameter of all notebooks at once, with file, cell and line.
    """
    problems = [problem for stage in stages for problem in _faults(folder / stage.notebook, stage)]
    raise_problems(ParameterError, "The notebooks and the parameters of a run disagree.", problems)


def write_parameters_cells(folder: Path, stages: tuple[Stage, ...] = STAGES) -> list[str]:
    """
    Write the `parameters` cell of every notebook of a run from the model; `system` and `folder` stay as they are.

    Returns
    -------
    list of str
        Notebooks that said something else before.
    """
    changed = []
    for stage in stages:
        path = folder / stage.notebook
        content = json.loads(path.read_text(encoding="utf-8"))
        (cell,) = (cell for cell in content["cells"] if is_tagged(cell, PARAMETERS_TAG))
        before = "".join(cell["source"])
        own = {item.name: item.default for item in declared_in(before) if item.name in _FREE}
        with speaking("zh"):
            written = cell_source(stage.name, own)
        if written != before:
            cell["source"] = written.splitlines(keepends=True)
            text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(stage.notebook)
    return changed


def _faults(path: Path, stage: Stage) -> Iterator[Problem]:
    try:
        cells = read_cells(path)
    except ParameterError as fault:
        yield Problem(str(fault))
        return
    tagged = [place for place, cell in enumerate(cells) if is_tagged(cell, PARAMETERS_TAG)]
    if len(tagged) != 1:
        shown = ", ".join(str(place + 1) for place in tagged) or "none"
        yield Problem(
            f"exactly one cell is tagged `{PARAMETERS_TAG}` (found: {shown})",
            file=path.name,
            why="Otherwise a default silently wins over the value given.",
        )
        return
    where = f"{path.name}, cell {tagged[0] + 1}"
    try:
        declared = declared_in(cells[tagged[0]]["source"])
    except (ValueError, SyntaxError) as fault:
        yield Problem(str(fault), file=where)
        return
    yield from _disagreements(declared, stage, where)
    names = {item.name for item in declared}
    for place, cell in enumerate(cells):
        if cell["cell_type"] == "code" and place != tagged[0]:
            yield from _reassignments(cell["source"], names, f"{path.name}, cell {place + 1}")


def _disagreements(declared: list[Declared], stage: Stage, where: str) -> Iterator[Problem]:
    wanted = cell_of(stage.name)
    given = {item.name: item for item in declared}
    for name in wanted.keys() - given.keys():
        annotation, default = wanted[name]
        yield Problem(f"`{name}` is missing.", file=where, fix=f"Add `{name}: {annotation} = {default!r}`.")
    for name, item in given.items():
        place = f"{where}, line {item.line}"
        if name not in wanted:
            yield Problem(
                f"`{name}` is no parameter of stage {stage.name!r}.",
                file=place,
                fix=f"Known: {', '.join(wanted)}.",
            )
            continue
        annotation, default = wanted[name]
        if item.annotation != annotation:
            yield Problem(f"`{name}` is declared {item.annotation}; the model says {annotation}", file=place)
        if name not in _FREE and not _same(item.default, default):
            yield Problem(f"`{name}` is {item.default!r} by default; the model says {default!r}", file=place)


def _same(first: Any, second: Any) -> bool:
    return type(first) is type(second) and first == second


def _reassignments(source: str, names: set[str], where: str) -> Iterator[Problem]:
    """A parameter that a later cell overwrites would not be the one on record."""
    try:
        tree = tree_of(without_magics(source))
    except SyntaxError as fault:
        yield Problem(f"is not Python: {fault.msg}", file=f"{where}, line {fault.lineno}")
        return
    for node in ast.walk(tree):
        stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del) and node.id in names
        if stored:
            yield Problem(
                f"parameter `{node.id}` is assigned again.",  # type: ignore[attr-defined]
                file=f"{where}, line {node.lineno}",  # type: ignore[attr-defined]
                fix="Choose another name.",
            )


def without_magics(source: str) -> str:
    """Lines that only IPython understands become `pass`, at their indentation."""
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + "pass" if line.lstrip().startswith(("%", "!")) else line
        for line in source.splitlines()
    )
