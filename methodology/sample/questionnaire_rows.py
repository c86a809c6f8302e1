"""The questions of a filled questionnaire as they stand in its sheets, and what stands where it is not read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from methodology.errors import Problem
from methodology.indicators import CellState
from methodology.indicators import questionnaire_words as words
from methodology.sample.cell_reading import read_quantity, shown
from methodology.spreadsheets.grid import FormattedCell, Grid, column_letter, is_empty

_HEADS = frozenset(
    {
        *(words.CODE, words.ITEM, words.ENTRY, words.UNIT, words.BELOW, words.NOT_APPLICABLE, words.PROOF),
        *(words.CHECK, words.CONVERTED, words.COMPUTED, words.SAID),
        *(str(number) for number in range(1, words.MOST_OUTLETS + 1)),
    }
)
_IN_ITS_CELL = "Enter each value in the cell of its question, and clear other cells."


@dataclass(frozen=True)
class Row:
    """A question as it stands in a sheet."""

    grid: Grid
    row: int
    columns: Mapping[str, int]

    def cell(self, head: str) -> object:
        """What stands below a head."""
        return self.grid.cell(self.row, self.columns[head]) if head in self.columns else ""

    def address(self, head: str) -> str:
        """Name of the cell below a head."""
        return f"{column_letter(self.columns.get(head, self.columns[words.CODE]))}{self.row + 1}"

    def problem(self, head: str, what: str, fix: str) -> Problem:
        """A fault of the cell below a head."""
        return Problem(
            f"{self.address(head)}: {what}",
            file=self.grid.file,
            sheet=self.grid.sheet,
            row=self.row + 1,
            column=head,
            fix=fix,
        )

    @property
    def hidden(self) -> bool:
        """Whether nobody sees the row."""
        return self.grid.hidden or self.row in self.grid.hidden_rows

    def failed(self, head: str) -> str:
        """What is wrong with the cell below a head, if anything."""
        return self.grid.errors.get((self.row, self.columns[head]), "") if head in self.columns else ""


def questions(grids: Sequence[Grid]) -> tuple[dict[str, Row], list[Problem]]:
    """Every row that bears a code below a row of heads; a code that stands twice is a fault."""
    rows: dict[str, Row] = {}
    problems = []
    for grid in grids:
        columns: dict[str, int] = {}
        own: frozenset[int] = frozenset()
        for number, cells in enumerate(grid.rows):
            if words.CODE in {cell.strip() for cell in cells if isinstance(cell, str)}:
                heads = {_text(cell): at for at, cell in enumerate(cells) if not is_empty(cell)}
                columns, own = heads, frozenset(at for head, at in heads.items() if head in _HEADS)
                problems += _lost_columns(Row(grid, number, heads), [_text(cell) for cell in cells])
            elif columns:
                code = _text(grid.cell(number, columns[words.CODE]))
                row = Row(grid, number, columns)
                problems += _beside(row, own) if code and " " not in code else []
                if code in rows:
                    what = f"the row {code!r} stands twice in the form, first in {rows[code].grid.sheet!r}."
                    problems.append(
                        row.problem(words.CODE, what, "Send one form per plant, in a file of its own.")
                    )
                elif code and " " not in code:
                    rows[code] = row
    return rows, problems


def _beside(row: Row, own: Collection[int]) -> list[Problem]:
    """Cells of a question that stand below no head or numbers below a strange one, and values of two questions."""
    told, strange = [], [at for at in row.columns.values() if at not in own]
    for at, cell in enumerate(row.grid.rows[row.row]):
        if at not in own and (is_number(cell) if at in strange else not is_empty(cell)):
            told.append(
                f"{column_letter(at)}{row.row + 1}: {shown(cell)} stands beside the columns of the form."
            )
    for top, left, bottom, right in row.grid.merged:
        if top == row.row < bottom and any(left <= at <= right for at in row.columns.values()):
            cells = f"{column_letter(left)}{top + 1}:{column_letter(right)}{bottom + 1}"
            told.append(f"the cells {cells} are merged: one value stands for {bottom - top + 1} questions.")
    place: dict[str, Any] = {"file": row.grid.file, "sheet": row.grid.sheet, "row": row.row + 1}
    return [Problem(what, **place, fix=_IN_ITS_CELL) for what in told]


def _lost_columns(row: Row, heads: Sequence[str]) -> list[Problem]:
    """Columns of a sheet that are gone or doubled: what stood in them would be lost without a word."""
    needed = [words.UNIT, words.ENTRY if words.ENTRY in heads or "1" not in heads else "1"]
    needed += [words.BELOW, words.NOT_APPLICABLE] if words.COMPUTED in heads else []
    lost = [head for head in needed if head not in heads]
    known = {*needed, words.CODE, *(str(n) for n in range(1, words.MOST_OUTLETS + 1))}
    twice = [head for head in known if heads.count(head) > 1]
    fix = "Fill in the form as it was sent; leave its columns."
    return [
        *(row.problem(words.CODE, f"the column {head!r} is gone.", fix) for head in lost),
        *(row.problem(words.CODE, f"the column {head!r} stands twice.", fix) for head in sorted(twice)),
    ]


def _text(cell: object) -> str:
    """A head or code; spreadsheets may keep the head of an outlet as the number 1.0."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def is_number(cell: object) -> bool:
    """Whether a cell holds a number and nothing else, as a number in any format or as text."""
    if isinstance(cell, FormattedCell):
        return True
    given = (CellState.MEASURED, CellState.BELOW_LIMIT)
    return not is_empty(cell) and read_quantity(cell, percent=True).state in given


def misplaced(row: Row, heads: Iterable[str]) -> list[Problem]:
    """Numbers that stand below other heads while the entry is empty."""
    if row.failed(words.ENTRY) or not is_empty(row.cell(words.ENTRY)):
        return []
    return [
        row.problem(
            head, f"{shown(row.cell(head))} stands below {head!r}, and the entry is empty.", _IN_ITS_CELL
        )
        for head in heads
        if is_number(row.cell(head))
    ]
