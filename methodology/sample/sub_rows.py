"""Rows that read like parts of the plant above: set in, grouped, numbered or listed below it, or called after it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import takewhile

from methodology.sample.cell_reading import plain, read_words
from methodology.sample.header import Head, key_of
from methodology.spreadsheets.grid import Grid, is_empty

SET_IN, GROUPED, NUMBERED = "is set in below", "is grouped with", "is numbered below"
LISTED, CALLED = "is listed below", "continues the id in"
_COUNTING = frozenset({"序号", "编号", "次序", "行号", "项次", "no", "no.", "nr", "nr.", "#", "item", "s/n"})
"""Headers of columns that count the rows."""
_BLANKS, _LEAST_BLANKS = re.compile(r"[\s\u200b]*"), 2
"""One blank before an id is a slip; a full-width one is as wide as two."""
_PATH = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)\.?(?=$|[^\d.%#号座台期线])")
_MARKS: Mapping[str, re.Pattern[str]] = {
    "•": re.compile(r"[·•●○◦▪■□◆◇►▶>→└├│┗┣╰]+"),
    "一、": re.compile(r"[一二三四五六七八九十]+[、.]"),
    "(一)": re.compile(r"\([一二三四五六七八九十]+\)"),
    "(1)": re.compile(r"\(\d{1,2}\)"),
    "(a)": re.compile(r"\([a-z]\)", re.I),
    "①": re.compile(r"[①-⑳⑴-⒇❶-❿]"),
    "1)": re.compile(r"\d{1,2}\)"),
    "a)": re.compile(r"[a-z]\)", re.I),
    "1.": re.compile(r"\d{1,2}(、|\.(?!\d))"),
}
_COUNT = re.compile(r"\d{1,3}")
"""A mark in a column that counts; elsewhere it is an id."""
_COUNTED = re.compile(r"[ _/.-]+\d{1,2}|\(\d{1,2}\)")
_UNIT = re.compile(
    r"[ _/.#()-]*\w{0,6}[ #]?(高炉|转炉|电炉|焦炉|竖炉|炉|烧结机?|球团|机组?|产线|车间|分厂|"
    r"(unit|line|furnace|strand|battery)\b)\)?.{0,4}",
    re.I,
)
"""What a unit of a plant is called behind its id."""


def parts(
    grid: Grid, head: Head, column: int, plants: Sequence[int], headings: Collection[int]
) -> list[tuple[int, int, str]]:
    """
    Find rows of plants that read like parts of others.

    Parameters
    ----------
    column : int
        Column of the ids.
    plants, headings : sequence of int
        Rows that are read, from the top; and those that hold an id alone: what is set in below them is a plant.

    Returns
    -------
    list of (row, row of the plant, how that is seen)
        Each row once, by its first sign. Rows of one plant, as of several years, are no parts of each other.
    """
    rows = sorted({*plants, *headings})
    ids = {row: _text(grid, row, column) for row in rows}
    indents = {row: _indent(grid, row, column) for row in rows}
    outlines = {row: grid.outlines.get(row, 0) for row in rows}
    # a group without a row above it belongs to the row at its foot
    groups = _below(rows[::-1], outlines) | _below(rows, outlines)
    signs = [(SET_IN, _below(rows, indents)), (GROUPED, groups), (CALLED, _called(plants, ids))]
    counting = [at for at, name in head.names.items() if key_of(name) in _COUNTING and at != column]
    for at in (column, *counting):
        merged = {
            row
            for top, left, foot, right in grid.merged
            if left <= at <= right
            for row in range(top, foot + 1)
        }
        texts = {row: _text(grid, row, at) for row in plants if at == column or row not in merged}
        signs += [(NUMBERED, _numbered(texts)), (LISTED, _listed(texts, counts=at != column))]
    read, found = frozenset(plants), dict[int, tuple[int, int, str]]()
    for how, wholes in signs:
        for row, whole in wholes.items():
            if row in read and whole in read and ids[row] != ids[whole]:
                found.setdefault(row, (row, whole, how))
    return sorted(found.values())


def _text(grid: Grid, row: int, column: int) -> str:
    cell = grid.cell(row, column)
    return "" if is_empty(cell) else read_words(cell)[0] or plain(str(cell))


def _indent(grid: Grid, row: int, column: int) -> int:
    """How far an id is set in, by its format or by blanks."""
    cell = grid.cell(row, column)
    blanks = _BLANKS.match(cell) if isinstance(cell, str) else None
    wide = sum(1 + (sign in "\u3000\t") for sign in blanks.group()) if blanks else 0
    return _LEAST_BLANKS * grid.indents.get((row, column), 0) + (wide if wide >= _LEAST_BLANKS else 0)


def _below(rows: Sequence[int], depths: Mapping[int, int]) -> dict[int, int]:
    """The nearest row before each row that is less deep."""
    found: dict[int, int] = {}
    above: list[int] = []
    for row in rows:
        while above and depths[above[-1]] >= depths[row]:
            above.pop()
        if above:
            found[row] = above[-1]
        above.append(row)
    return found


def _numbered(texts: Mapping[int, str]) -> dict[int, int]:
    """Rows called 1.1 below one that is called 1."""
    found, known = dict[int, int](), dict[str, int]()
    for row, text in texts.items():
        path = _PATH.match(text)
        if path:
            whole = known.get(path[1].rpartition(".")[0])
            found |= {} if whole is None else {row: whole}
            known[path[1]] = row
    return found


def _mark(text: str, counts: bool) -> str:
    if counts and _COUNT.fullmatch(text):
        return "1"
    return next((kind for kind, pattern in _MARKS.items() if pattern.match(text)), "")


def _listed(texts: Mapping[int, str], *, counts: bool) -> dict[int, int]:
    """Rows with another mark of a list than the first, or with none between rows that have one."""
    marks = {row: _mark(text, counts) for row, text in texts.items()}
    top = next(iter(marks.values()), "")
    tops = [row for row, mark in marks.items() if mark == top]
    others = [row for row, mark in marks.items() if mark != top and (mark or row < tops[-1])]
    return {row: max(other for other in tops if other < row) for row in others}


def _called(rows: Sequence[int], ids: Mapping[int, str]) -> dict[int, int]:
    """Rows right below a plant whose ids go on where its own ends, with numbers or with a word for a unit."""
    found: dict[int, int] = {}
    for at, whole in enumerate(rows):
        own = ids[whole]
        if len(own) < 2 or whole in found:
            continue
        behind = takewhile(partial(_continues, ids, own), rows[at + 1 :])
        rest = {row: ids[row][len(own) :] for row in behind}
        counted = [row for row, text in rest.items() if _COUNTED.fullmatch(text)]
        named = [row for row, text in rest.items() if _UNIT.fullmatch(text)]
        found |= dict.fromkeys([*(counted if len(counted) > 1 else []), *named], whole)
    return found


def _continues(ids: Mapping[int, str], own: str, row: int) -> bool:
    return ids[row] != own and ids[row].startswith(own)
