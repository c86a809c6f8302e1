"""Which rows of a table are plants: every filled row is a plant, a named exclusion, or a fault."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from methodology.errors import Problem
from methodology.sample.cell_reading import invisible_sign, is_number, read_words, read_year, shown
from methodology.sample.derived_rows import SUMMARY_WORDS, parts, reads_like_a_summary, reads_like_statistics
from methodology.sample.header import (
    EXAMPLE_WORDS,
    PLANT,
    UNIT_LINE,
    UNIT_WORDS,
    YEAR,
    Head,
    Vocabulary,
    key_of,
)
from methodology.spreadsheets.grid import Grid, area_name, is_empty

_NOTES = re.compile(
    r"[*※]|注(意|释|明)?\s*\d*\s*[::.、)]|(附注|备注|说明|(资料|数据)?来源|填[表报写]|制表|编制|审[核批定]|复核|校[核对]|"
    r"批准|负责人|联系人|(联系)?电话|(填报|统计)?日期|签[字名章]|盖章|公章)|"
    r"((foot)?notes?|remarks?|sources?|prepared|checked|reviewed|approved|signed|signature|date|phone|contact)\b",
    re.I,
)
_PARTS = re.compile(r"其中|(of which|thereof|including)\b", re.I)
"""What announces, alone in its row, that the rows below are parts of the plant above."""
_DASHED = re.compile(r"\s*[-－–—―−]+\s*[^\W\d]")
"""What lists parts below a plant."""
_YEAR = re.compile(r"(19|20)\d\d", re.ASCII)
_YEAR_OF_ID = re.compile(r"\s*\((19|20)\d\d(年度?)?\)|\s*(19|20)\d\d年度?\s*", re.ASCII)
_BLANK = re.compile(r"(?<=\D) +| +(?=\D)")
_LEADING = re.compile(r"(?<![\d.])0+(?=\d)", re.ASCII)
"""What two spellings of one plant differ by: a year, blanks but those between digits, zeros before a number."""
REPEATED = "repeats the heading"
NOTE = "is a note or a signature"
ONLY_AN_ID = "holds nothing but an id"
EXAMPLE = "is the example of the questionnaire"
NUMBERS = "numbers the columns"
_A_SUMMARY = "{} reads like a summary or a note, not a plant."
_CONFIRM = "Delete the row; if it is a plant, list it under `plants:` in sample.yaml."
_TWO_OR_ONE = (
    "If it is one plant, keep one row, with years in a column `year`; if two, list both under `plants:` in "
    "sample.yaml."
)
_WHOLE_OR_PART = (
    "Keep the plant or its parts; if it is a plant of its own, list it under `plants:` in sample.yaml."
)
_OF_A_ROW_OF_NUMBERS = frozenset("甲乙丙丁戊abcdⅠi") | {"栏次", "列号", "序号", "行次"}
"""What stands in its columns of words: statistical forms count 甲 乙 1 2 3 below their heading."""


@dataclass(frozen=True)
class Rows:
    """Plants of a table: their ids and the rows, from 0, they stand in; and why other filled rows were skipped."""

    plants: tuple[str, ...]
    at: tuple[int, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    years: tuple[int, ...] = ()
    """Year of each row; empty where the table has no column of years."""
    skipped: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def of_year(self, year: int) -> Rows:
        """The rows of one year."""
        kept = [number for number, own in enumerate(self.years) if own == year]
        plants = tuple(self.plants[number] for number in kept)
        return replace(self, plants=plants, at=tuple(self.at[number] for number in kept))


def read_rows(
    grid: Grid,
    head: Head,
    vocabulary: Vocabulary,
    *,
    skip: Collection[int | None] = (),
    confirmed: Collection[str] = (),
) -> Rows:
    """
    Find the plants below the header.

    `skip` are rows, counted from 1, that are at fault as a whole; `confirmed` ids that read like a total or a note and
    are plants, as `plants:` of the sidecar says.
    """
    column, left_out = head.columns[PLANT], frozenset(skip)
    known = frozenset(map(key_of, confirmed))
    plants, at, years, problems, remarks = [], [], [], list(_above(grid, head)), []
    seen: dict[tuple[str, int], int] = {}
    spelt: dict[str, str] = {}
    skipped: dict[int, str] = {}
    heading = {_as_compared(row) for row in grid.rows[: head.first]}
    first_words = {key_of(grid.cell(row, column)) for row in range(head.first)}
    for row in range(head.first, len(grid.rows)):
        cells = grid.rows[row]
        if row + 1 in left_out or all(map(is_empty, cells)):
            continue
        cell = grid.cell(row, column)
        key, named = key_of(read_words(cell)[0] or cell), (row, head.names[column])
        year, no_year = _year_of(grid, row, head)
        again = key in first_words and _as_compared(cells) in heading
        why = REPEATED if again else why_skipped(grid, row, head, key in known)
        if why:
            skipped[row] = why
            continue
        fault = _fault_of_plant(grid, row, head, vocabulary, key in known) or no_year
        if not fault and (key, year) in seen:
            what = f"plant {shown(cell)} stands in row {seen[key, year] + 1} already{f', for {year}' if year else ''}."
            fault = what, "Keep one row per plant and year, or give two units of one plant two ids."
        if fault:
            problems.append(grid.problem(fault[0], *named, fix=fault[1]))
            continue
        seen[key, year] = row
        plants.append(spelt.setdefault(key, read_words(cell)[0]))
        at.append(row)
        years.append(year)
        if row in grid.hidden_rows:
            remarks.append(grid.problem(f"plant {shown(cell)} stands in a hidden row and is read.", *named))
    problems += _merged(grid, head, at) + _statistics(grid, head, plants, at, known)
    problems += _nearly_met(grid, head, list(zip(plants, years, at, strict=True)), known)
    headings = [row for row, why in skipped.items() if why == ONLY_AN_ID]
    problems += _parts(grid, head, dict(zip(at, plants, strict=True)), headings, known)
    told, stated = (*remarks, *_said(grid, skipped)), tuple(years) if YEAR in head.columns else ()
    return Rows(tuple(plants), tuple(at), tuple(problems), told, stated, skipped)


def _nearly_met(
    grid: Grid, head: Head, met: Sequence[tuple[str, int, int]], known: Collection[str]
) -> list[Problem]:
    """Ids that differ by a blank, leading zeros or a year alone: a plant that is spelt twice would count twice."""
    first: dict[tuple[str, int], tuple[str, int]] = {}
    problems = []
    for plant, year, row in met:
        bare = _LEADING.sub("", _BLANK.sub("", _YEAR_OF_ID.sub("", key_of(plant))))
        name, at = first.setdefault((bare, year), (plant, row))
        if name == plant or {key_of(name), key_of(plant)} & set(known):
            continue
        what = f"plant {shown(plant)} differs from that in row {at + 1} by a blank, a leading zero or a year alone."
        problems.append(grid.problem(what, row, head.names[head.columns[PLANT]], plant, fix=_TWO_OR_ONE))
    return problems


def _parts(
    grid: Grid, head: Head, plants: Mapping[int, str], headings: Collection[int], known: Collection[str]
) -> list[Problem]:
    """Rows that read like parts of the plant above: what it emits would count twice."""
    column = head.columns[PLANT]
    would = "it reads like a part of that plant, and would count beside it."
    return [
        grid.problem(
            f"{shown(plants[row])} {how} row {whole + 1}: {would}",
            row,
            head.names[column],
            plants[row],
            fix=_WHOLE_OR_PART,
        )
        for row, whole, how in parts(grid, head, column, sorted(plants), headings)
        if key_of(plants[row]) not in known
    ]


def _statistics(
    grid: Grid, head: Head, plants: Sequence[str], at: Sequence[int], known: Collection[str]
) -> list[Problem]:
    """The last rows, if they are called like percentiles or counts and the other plants are not."""
    asked = reads_like_statistics(["" if key_of(name) in known else name for name in plants])
    column = head.names[head.columns[PLANT]]
    return [
        grid.problem(_A_SUMMARY.format(shown(plants[number])), at[number], column, fix=_CONFIRM)
        for number in asked
    ]


def _year_of(grid: Grid, row: int, head: Head) -> tuple[int, tuple[str, str] | None]:
    """Year of a row, 0 where the table has no column of years; and the fault of its cell."""
    if YEAR not in head.columns:
        return 0, None
    cell = grid.cell(row, head.columns[YEAR])
    year = read_year(cell)
    return year, None if year else (
        f"{shown(cell)} in the column {head.names[head.columns[YEAR]]!r} is no year.",
        "Write e.g. 2024.",
    )


def _as_compared(cells: tuple[object, ...]) -> tuple[tuple[int, str], ...]:
    """What a row says, wherever its empty cells end."""
    return tuple((at, key_of(cell)) for at, cell in enumerate(cells) if not is_empty(cell))


def _figures(grid: Grid, row: int, head: Head) -> int:
    """Cells below names of indicators and attributes that are numbers, as numbers or as text."""
    return sum(
        is_number(grid.cell(row, at)) for name, at in head.columns.items() if name not in (PLANT, YEAR)
    )


def why_skipped(grid: Grid, row: int, head: Head, confirmed: bool = False) -> str:
    """Why a filled row is no plant and does no harm; '' for all others."""
    first = next(cell for cell in grid.rows[row] if not is_empty(cell))
    cell = grid.cell(row, head.columns[PLANT])
    if row <= head.first + 1 and _numbers_columns(grid.rows[row]):
        return NUMBERS
    if isinstance(cell, str) and key_of(cell).split(" ")[0].rstrip(":") in EXAMPLE_WORDS:
        return EXAMPLE
    if isinstance(first, str) and _NOTES.match(key_of(first)) and not confirmed:
        return "" if _figures(grid, row, head) else NOTE
    column = head.columns[PLANT]
    others = [at for at in range(len(grid.rows[row])) if at != column]
    if not is_empty(cell) and all(is_empty(grid.cell(row, at)) for at in others):
        stray = any((row, at) in grid.errors for at in others) or UNIT_LINE.search(key_of(cell))
        parts = not confirmed and _PARTS.match(key_of(cell))
        return "" if stray or parts or _covered(grid, row, others) else ONLY_AN_ID
    return ""


def _numbers_columns(cells: tuple[object, ...]) -> bool:
    """Whether a row below the heading counts its columns: 1 2 3, or 甲 乙 1 2 3."""
    texts = [key_of(cell).removesuffix(".0").strip("()") for cell in cells if not is_empty(cell)]
    counted = [int(text) for text in texts if text.isdecimal() and len(text) < 4]
    words = [text for text in texts if not text.isdecimal()]
    begins = counted[:1] in ([0], [1], [2])
    in_order = counted == list(range(counted[0], counted[0] + len(counted))) if counted else False
    return len(counted) > 2 and begins and in_order and _OF_A_ROW_OF_NUMBERS.issuperset(words)


def _covered(grid: Grid, row: int, columns: Collection[int]) -> bool:
    return any(a < row <= c and any(b <= at <= d for at in columns) for a, b, c, d in grid.merged)


def _said(grid: Grid, skipped: Mapping[int, str]) -> list[Problem]:
    """One remark for each reason, with the rows it is true of."""
    remarks = []
    for why in dict.fromkeys(skipped.values()):
        rows = [row + 1 for row, reason in skipped.items() if reason == why]
        listed = ", ".join(map(str, rows[:10])) + (", ..." if len(rows) > 10 else "")
        example = "the example row of the questionnaire is left out"
        what = example if why == EXAMPLE else f"the row {why} and is not read"
        what += "." if len(rows) == 1 else f" (rows {listed})."
        remarks.append(grid.problem(what, rows[0] - 1))
    return remarks


def _above(grid: Grid, head: Head) -> list[Problem]:
    """Rows of figures above the header: another table, or a page whose heading is spelt another way."""
    problems = []
    for row in range(head.row):
        figures = _figures(grid, row, head) - sum(map(_is_a_year, grid.rows[row]))
        named = not is_empty(grid.cell(row, head.columns[PLANT]))
        if named and figures >= max(1, min(2, len(head.columns) - 1)):
            what = f"the row holds {figures} figures and stands above the header in row {head.row + 1}."
            fix = "Keep one table with one header in the sheet, or move other figures to another sheet."
            problems.append(grid.problem(what, row, fix=fix))
    return problems


def _is_a_year(cell: object) -> bool:
    return isinstance(cell, str | int | float) and bool(_YEAR.fullmatch(str(cell).strip().removesuffix(".0")))


def _merged(grid: Grid, head: Head, at: Collection[int]) -> list[Problem]:
    """Values merged over several plants or columns: the reader gives them to the first cell alone."""
    rows, read = frozenset(at), frozenset(head.columns.values())
    problems = []
    for area in grid.merged:
        top, left, bottom, right = area
        if bottom < head.first or top >= len(grid.rows) or is_empty(grid.cell(top, left)):
            continue
        covered = range(max(top, head.first), min(bottom, len(grid.rows) - 1) + 1)
        plants = [row for row in covered if row in rows]
        columns = [column for column in range(left, min(right, grid.width) + 1) if column in read]
        if plants and columns and (len(plants) > 1 or len(columns) > 1):
            over = f"{len(plants)} plants" if len(plants) > 1 else f"{len(columns)} columns"
            what = f"the cells {area_name(area)} are merged: one value stands for {over}."
            fix = "Undo the merge and enter the value of each plant, or leave cells empty if not reported."
            problems.append(grid.problem(what, top, head.names[columns[0]], fix=fix))
    return problems


def _fault_of_plant(
    grid: Grid, row: int, head: Head, vocabulary: Vocabulary, confirmed: bool
) -> tuple[str, str] | None:
    column = head.columns[PLANT]
    cell = grid.cell(row, column)
    names = list(filter(None, (_meaning(c, at, column, vocabulary) for at, c in enumerate(grid.rows[row]))))
    if PLANT in names or len(set(names)) > 1:
        what = "the row names columns: a second table, or a page whose heading differs from the first."
        return what, "Keep one table with one header in the sheet."
    if is_empty(cell):
        what = "the row has data and no plant id"
        what += " (its cell is merged)." if grid.covered(row, column) else "."
        return what, "Give the plant an id in every row, or delete the row."
    if (row, column) in grid.errors:
        return f"the plant id holds {grid.errors[row, column]}.", "Write a short text, e.g. P01."
    if not isinstance(cell, str | int | float) or isinstance(cell, bool):
        return f"{shown(cell)} is no plant id.", "Write a short text, e.g. P01."
    alone = sum(not is_empty(other) for other in grid.rows[row]) == 1
    if alone and not confirmed and isinstance(cell, str) and _PARTS.match(key_of(cell)):
        what = f"{shown(cell)} announces parts of the plant above: in rows of their own they count beside it."
        return what, "Keep the plant or its parts, and delete this row and the others."
    if not confirmed and isinstance(cell, str) and _DASHED.match(cell):
        what = f"{shown(cell)} begins with a dash: it reads like a part of the plant above, and would count beside it."
        return what, _WHOLE_OR_PART
    if not confirmed and isinstance(cell, str) and _asked_about(cell):
        return _A_SUMMARY.format(shown(cell)), _CONFIRM
    sign = invisible_sign(str(cell))
    fault = f"holds the invisible sign {sign}" if sign else read_words(cell)[1]
    return (f"plant id {shown(cell)} {fault}.", "Write a short text, e.g. P01.") if fault else None


def _meaning(cell: object, at: int, column: int, vocabulary: Vocabulary) -> str:
    """What a cell of a data row would mean as a header; a plant may be called like a column."""
    meaning = vocabulary.meaning(cell)[0] if isinstance(cell, str) else ""
    return meaning if at == column or meaning != PLANT else ""


def _asked_about(text: str) -> bool:
    key = key_of(text)
    return key in SUMMARY_WORDS or key in UNIT_WORDS or bool(_NOTES.match(key)) or reads_like_a_summary(text)
