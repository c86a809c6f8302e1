"""A copy of what a plant sent, with every finding at its cell: to be sent back. The original is never changed."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from methodology.errors import DataError, Problem
from methodology.indicators import IndicatorSystem
from methodology.results.outputs import appearing, refuse_taken
from methodology.sample.description import Description
from methodology.sample.header import Vocabulary
from methodology.sample.sheets import read_grids
from methodology.spreadsheets.grid import Grid, PercentCell, is_empty

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_FINDINGS = "发现 findings"
_LEGEND = (
    "红色：有误，改正后才能使用。橙色：可疑，请核实。灰色：公式结果未知。红框批注说明原因和办法。",
    "Red: a fault, to be mended before the table can be used. Orange: doubtful, please confirm. The notes say why.",
)
_FAULT, _DOUBT = "有误 fault", "请核实 please confirm"
_MOST_NOTES = 10_000
_LONGEST_NOTE = 1_000
_LONGEST_CELL = 32_767
"""Characters a cell of a workbook holds."""
_SHEET_SIGNS = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
Cell = tuple[str, int, int]
"""Sheet, row and column, from 0."""


def write_copies(
    tables: Sequence[Path],
    system: IndicatorSystem,
    problems: Sequence[Problem],
    doubts: Sequence[Problem],
    output: Path,
) -> int:
    """
    Write an annotated copy of the one table that was read; of each of several, into a folder, that holds findings.

    Parameters
    ----------
    tables : sequence of Path
        As they came. Findings name their files.
    output : Path
        A new .xlsx file; for several tables a new folder, which git ignores.

    Returns
    -------
    int
        Number of cells with a note.

    Raises
    ------
    DataError
        If something stands in the way, or a table cannot be read.
    """
    vocabulary = Vocabulary.of(system, Description())
    if len(tables) == 1:
        return write_annotated_copy(read_grids(tables[0], vocabulary), problems, doubts, output)
    refuse_taken(output)
    count = 0
    for table in tables:
        faults, questions = ([p for p in found if p.file == table.name] for found in (problems, doubts))
        if faults or questions:
            output.mkdir(parents=True, exist_ok=True)
            (output / ".gitignore").write_text("*\n", encoding="ascii", newline="\n")
            name = table.name if table.suffix.lower() == ".xlsx" else f"{table.name}.xlsx"
            count += write_annotated_copy(read_grids(table, vocabulary), faults, questions, output / name)
    return count


def write_annotated_copy(
    grids: Sequence[Grid], problems: Iterable[Problem], doubts: Iterable[Problem], output: Path
) -> int:
    """
    Write a workbook with the cells as typed, coloured and with notes where something is found; say at how many cells.

    Hidden sheets are left out, and said to be. Texts that begin like formulas stay texts; nothing is computed.
    """
    if output.suffix.lower() != ".xlsx":
        raise DataError(f"{output.name!r} is not a .xlsx file. Name one, e.g. --annotate checked.xlsx.")
    refuse_taken(output)
    import xlsxwriter

    faults, questions = list(problems), list(doubts)
    noted = _by_cell(grids, faults, _FAULT)
    red = set(noted)
    for cell, texts in _by_cell(grids, questions, _DOUBT).items():
        noted.setdefault(cell, []).extend(texts)
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False})
    _front(book, faults, questions, [grid.sheet for grid in grids if grid.hidden])
    for number, grid in enumerate(grid for grid in grids if not grid.hidden):
        _sheet(book, grid, f"{number + 1} {grid.sheet or 'table'}", noted, red)
    try:
        book.close()
        with appearing(output) as part:
            part.write_bytes(made.getvalue())
    except OSError as fault:
        raise DataError(f"{output.name} cannot be written: is its folder there, and open to you?") from fault
    return len(noted)


def _by_cell(grids: Sequence[Grid], problems: Sequence[Problem], word: str) -> dict[Cell, list[str]]:
    """Findings at their cells: below the heading they name; at the first filled cell of the row if it has none."""
    headings = _headings(grids, {problem.column for problem in problems} - {""})
    by_sheet = {grid.sheet: grid for grid in grids}
    found: dict[Cell, list[str]] = {}
    for problem in problems:
        grid = by_sheet.get(problem.sheet)
        if grid is None or problem.row is None or not 0 < problem.row <= len(grid.rows):
            continue
        row = problem.row - 1
        above = [at for at in headings.get((grid.sheet, problem.column), ()) if at[0] <= row]
        first = next((at for at, cell in enumerate(grid.rows[row]) if not is_empty(cell)), 0)
        tail = " ".join(text for text in (problem.why, problem.fix) if text)
        at = (grid.sheet, row, above[-1][1] if above else first)
        found.setdefault(at, []).append(f"{word}: {problem.what} {tail}".strip())
    return found


def _headings(grids: Sequence[Grid], names: Collection[str]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Where each heading stands in each sheet: row and column, from the top."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for grid in grids:
        for row, cells in enumerate(grid.rows):
            for column, cell in enumerate(cells):
                text = str(cell).strip()
                if text in names:
                    found.setdefault((grid.sheet, text), []).append((row, column))
    return found


def _front(book: Workbook, faults: list[Problem], questions: list[Problem], hidden: list[str]) -> None:
    sheet = book.add_worksheet(_FINDINGS)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for row, text in enumerate(_LEGEND):
        sheet.write_string(row, 0, text)
    if hidden:
        said = ", ".join(hidden[:20])
        told = "隐藏的工作表未读取，也未复制 hidden sheets are not read nor copied"
        sheet.write_string(2, 0, f"{told}: {said}")
    heads = ("性质 kind", "工作表 sheet", "行 row", "列 column", "发现 finding", "办法 what to do")
    for column, (text, width) in enumerate(zip(heads, (16, 20, 8, 28, 80, 60), strict=True)):
        sheet.write_string(4, column, text, bold)
        sheet.set_column(column, column, width)
    listed = [(_FAULT, problem) for problem in faults] + [(_DOUBT, problem) for problem in questions]
    for row, (word, problem) in enumerate(listed[:_MOST_NOTES], start=5):
        place = (word, problem.sheet, str(problem.row or ""), problem.column)
        texts = (*place, problem.what, " ".join(t for t in (problem.why, problem.fix) if t))
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text[:_LONGEST_NOTE], wrapped)
    sheet.freeze_panes(5, 0)


def _sheet(book: Workbook, grid: Grid, name: str, noted: Mapping[Cell, list[str]], red: set[Cell]) -> None:
    @cache
    def made(colour: str, percent: bool) -> Any:
        look = {"bg_color": colour} if colour else {}
        return (
            book.add_format(look | ({"num_format": "0.0###%"} if percent else {}))
            if colour or percent
            else None
        )

    sheet = book.add_worksheet(name.translate(_SHEET_SIGNS)[:31].rstrip("'"))
    for row, cells in enumerate(grid.rows):
        for column, value in enumerate(cells):
            here = (grid.sheet, row, column)
            colour = "#FFC7CE" if here in red else "#FFEB9C" if here in noted else ""
            failed = grid.errors.get((row, column), "")
            style = made(colour or ("#D9D9D9" if failed else ""), isinstance(value, PercentCell))
            _write(sheet, row, column, failed or value, style)
    for (name_of, row, column), texts in list(noted.items())[:_MOST_NOTES]:
        if name_of == grid.sheet:
            size = {"x_scale": 2.5, "y_scale": 1.5}
            sheet.write_comment(row, column, "\n".join(texts)[:_LONGEST_NOTE], size)
    for row in grid.hidden_rows:
        sheet.set_row(row, None, None, {"hidden": True})
    for column in grid.hidden_columns:
        sheet.set_column(column, column, None, None, {"hidden": True})


def _write(sheet: Worksheet, row: int, column: int, value: object, style: Any) -> None:
    """Write a cell as typed: a number, a tick, or a text whatever it looks like."""
    if isinstance(value, PercentCell):
        value = value.stored
    elif not isinstance(value, int | float):
        value = "" if is_empty(value) else str(value)[:_LONGEST_CELL]
    if value != "" or style is not None:
        sheet.write(row, column, value, style)
