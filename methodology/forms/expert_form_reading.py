"""Filled expert forms become entries, each with its sheet and cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from methodology.errors import JudgementError, Problem
from methodology.forms.expert_form_layout import (
    ANSWER_COLUMN,
    BEST_WORST,
    BUDGET,
    CODE_ROW,
    FIELD_ROW,
    FIRST_COLUMN,
    ID_COLUMN,
    PAIRWISE,
    ROUND_ROW,
    Block,
    blocks,
)
from methodology.forms.judgement_checks import Entry
from methodology.indicators import IndicatorSystem
from methodology.sample.many_files import digest_of
from methodology.spreadsheets.grid import LARGEST_FILE, Grid, address, area_name, column_letter, is_empty
from methodology.spreadsheets.workbooks import read_workbook

ROUNDING = 0.02
"""Of a reciprocal that is written with two decimals."""
_COPY = "Copy the answers into a blank form of this system."
_SHOW = "Show the sheet, or delete it."
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")
Tables = dict[str, list[Entry]]


def form_entries(path: Path, system: IndicatorSystem) -> tuple[Tables, list[Problem]]:
    """
    Everything one workbook says, by file name as in a folder of judgements, and what cannot be made out.

    Refused if it is no workbook, too large, or no expert form.
    """
    if not path.is_file():
        raise JudgementError(f"There is no file {path.name!r}. Give the workbook the expert sent back.")
    if path.stat().st_size > LARGEST_FILE:
        raise JudgementError(
            f"{path.name} has {path.stat().st_size:,} bytes; at most {LARGEST_FILE:,} are read."
        )
    digest = digest_of(path)
    sheets = [replace(grid, digest=digest) for grid in read_workbook(path.read_bytes(), path.name)]
    grids = {grid.sheet: grid for grid in sheets if not grid.hidden}
    suffixes = [name.removeprefix(PAIRWISE) for name in grids if name.split(" ")[0] == PAIRWISE]
    if not suffixes:
        raise JudgementError(
            f"{path.name} is no expert form: it has no sheet {PAIRWISE!r}. Its sheets: {', '.join(grids)}. "
            "Write a blank one with `workbench template ID --experts -o FILE.xlsx`."
        )
    tables: Tables = {"pairwise.csv": [], "budget.csv": [], "best_worst.csv": [], "experts.csv": []}
    answers = {PAIRWISE, BUDGET, BEST_WORST}
    problems = [
        grid.problem("the sheet is hidden and is not read.", fix=_SHOW)
        for grid in sheets
        if grid.hidden and grid.sheet.split(" ")[0] in answers
    ]
    for suffix in suffixes:
        _read_expert(grids, suffix, system, tables, problems)
    return tables, problems


def _read_expert(
    grids: dict[str, Grid], suffix: str, system: IndicatorSystem, tables: Tables, problems: list[Problem]
) -> None:
    front = grids[PAIRWISE + suffix]
    code = _cell(front, CODE_ROW, ANSWER_COLUMN)
    given = {"expert": code, "field": _cell(front, FIELD_ROW, ANSWER_COLUMN), "weight": "1"}
    answers: Tables = {
        file: [*_sheet(grids.get(kind + suffix), kind, system, given, problems)]
        for file, kind in (("pairwise.csv", PAIRWISE), ("budget.csv", BUDGET), ("best_worst.csv", BEST_WORST))
    }
    if not any(answers.values()):
        fix = "Fill in at least one of the sheets pairwise, budget, best-worst."
        problems.append(front.problem("nothing is filled in.", fix=fix))
        return
    for name, entries in answers.items():
        tables[name] += entries
    letter = column_letter(ANSWER_COLUMN)
    place = {"expert": letter, "field": letter, "weight": letter}
    tables["experts.csv"].append(Entry(given, front.file, front.sheet, CODE_ROW + 1, place, front.digest))


def _sheet(
    grid: Grid | None, kind: str, system: IndicatorSystem, given: dict[str, object], problems: list[Problem]
) -> Iterator[Entry]:
    if grid is None:
        return
    read = {PAIRWISE: _pairwise, BUDGET: _budget, BEST_WORST: _best_worst}[kind]
    for block in blocks(system, kind):
        moved = _moved(grid, block, kind)
        mirrored = _mirrored(grid, block) if kind == PAIRWISE else ()
        faults = [moved] if moved else [*_merged(grid, block), *mirrored]
        problems += faults
        if not faults:
            yield from read(grid, block, given, problems)


def _moved(grid: Grid, block: Block, kind: str) -> Problem | None:
    """The ids of a form say whether it is the form of this system, with nothing shifted."""
    expected = {block.title: block.node} | {block.first + k: item for k, item in enumerate(block.items)}
    for row, name in expected.items():
        found = str(_cell(grid, row, ID_COLUMN)).strip()
        if found != name:
            what = f"{found!r} stands where the id {name!r} belongs."
            why = f"The {kind} block of node {block.node!r} was moved, or the form belongs to another system."
            return _problem(grid, row, ID_COLUMN, what, _COPY, why)
    heads = [(block.first - 1, FIRST_COLUMN + k) for k in range(2 if kind == BEST_WORST else 1)]
    shown = [(row, column, bool(str(_cell(grid, row, column)).strip())) for row, column in heads]
    if kind == PAIRWISE:
        diagonal = [(block.first + k, FIRST_COLUMN + k) for k in range(len(block.items))]
        shown += [(row, column, _cell(grid, row, column) in (1, "1")) for row, column in diagonal]
    for row, column, kept in shown:
        if not kept:
            what = f"columns of the {kind} block of node {block.node!r} were moved, or what is printed was changed."
            return _problem(grid, row, column, what, _COPY)
    return None


def _problem(grid: Grid, row: int, column: int, what: str, fix: str, why: str = "") -> Problem:
    return grid.problem(what, row, column_letter(column), why=why, fix=fix)


def _merged(grid: Grid, block: Block) -> Iterator[Problem]:
    """Answers that are merged with others: one value would count for the first of them alone."""
    for area in grid.merged:
        top, left, bottom, right = area
        if top <= block.last and bottom >= block.title and right >= FIRST_COLUMN:
            what = f"the cells {area_name(area)} are merged: one value stands for several answers."
            yield _problem(grid, top, max(left, FIRST_COLUMN), what, "Undo the merge and enter each answer.")


def _mirrored(grid: Grid, block: Block) -> Iterator[Problem]:
    """Answers below the diagonal, where the form mirrors those above it and nothing is read."""
    for i in range(len(block.items)):
        for j in range(i):
            row, column = block.first + i, FIRST_COLUMN + j
            own, above = _cell(grid, row, column), _cell(grid, block.first + j, FIRST_COLUMN + i)
            if own == "" or (above != "" and not isinstance(above, int | float)):
                continue  # the answer above is told by itself
            if not isinstance(own, int | float) or above == "" or abs(own * float(str(above)) - 1) > ROUNDING:
                where = address(block.first + j, FIRST_COLUMN + i)
                what = f"{str(own)[:20]!r} stands below the diagonal and is not what {where} says the other way round."
                fix = f"Enter the comparison in {where}, and clear this cell."
                yield _problem(grid, row, column, what, fix)


def _cell(grid: Grid, row: int, column: int) -> object:
    value = grid.cell(row, column) if row < len(grid.rows) else ""
    return "" if is_empty(value) else value


def _answer(grid: Grid, row: int, column: int, problems: list[Problem]) -> object:
    """One open cell; a date is what spreadsheets make of 1/3, and a failed formula is no answer."""
    value = _cell(grid, row, column)
    what = ""
    if isinstance(value, date) or _DATE.match(str(value)):
        what = f"{str(value)[:10]} is a date: the spreadsheet took a fraction for one."
    elif (row, column) in grid.errors:
        what = f"the formula failed: {grid.errors[row, column]}."
    if what:
        problems.append(_problem(grid, row, column, what, "Choose the value from the list of the cell."))
        return ""
    return value


def _pairwise(grid: Grid, block: Block, given: dict[str, object], problems: list[Problem]) -> Iterator[Entry]:
    for i, a in enumerate(block.items):
        for j, b in list(enumerate(block.items))[i + 1 :]:
            row, column = block.first + i, FIRST_COLUMN + j
            value = _answer(grid, row, column, problems)
            if value != "":
                fields = {"expert": given["expert"], "node": block.node, "a": a, "b": b, "value": value}
                letter = column_letter(column)
                yield _entry(grid, row, fields, dict.fromkeys(("node", "a", "b", "value"), letter))


def _budget(grid: Grid, block: Block, given: dict[str, object], problems: list[Problem]) -> Iterator[Entry]:
    points = [_answer(grid, block.first + k, FIRST_COLUMN, problems) for k in range(len(block.items))]
    if all(value == "" for value in points):
        return
    turn = _cell(grid, ROUND_ROW, ANSWER_COLUMN)
    letter = column_letter(FIRST_COLUMN)
    for k, (item, value) in enumerate(zip(block.items, points, strict=True)):
        fields = {"expert": given["expert"], "round": turn, "node": block.node, "item": item}
        fields["points"] = 0 if value == "" else value
        columns = dict.fromkeys(("node", "item", "points", "round"), letter)
        yield _entry(grid, block.first + k, fields, columns)


def _best_worst(
    grid: Grid, block: Block, given: dict[str, object], problems: list[Problem]
) -> Iterator[Entry]:
    ends = [_answer(grid, block.title + k, FIRST_COLUMN, problems) for k in (1, 2)]
    rows = [
        [_answer(grid, block.first + k, FIRST_COLUMN + side, problems) for side in (0, 1)]
        for k in range(len(block.items))
    ]
    if all(value == "" for row in rows for value in row):
        return
    for k, (item, (forth, back)) in enumerate(zip(block.items, rows, strict=True)):
        fields = {"expert": given["expert"], "node": block.node, "best": ends[0], "worst": ends[1]}
        fields |= {"item": item, "best_to_other": forth, "other_to_worst": back}
        places = {"best_to_other": FIRST_COLUMN, "other_to_worst": FIRST_COLUMN + 1}
        letters = {name: column_letter(places.get(name, FIRST_COLUMN)) for name in fields}
        yield _entry(grid, block.first + k, fields, letters)


def _entry(grid: Grid, row: int, fields: dict[str, object], columns: dict[str, str]) -> Entry:
    places = {"expert": column_letter(ANSWER_COLUMN), **columns}
    return Entry(fields, grid.file, grid.sheet, row + 1, places, grid.digest)
