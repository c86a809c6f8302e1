"""The sheets of a file, and the one of them that holds the plants."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from methodology.errors import DataError
from methodology.indicators import IndicatorSystem
from methodology.sample.description import Description
from methodology.sample.header import HEADER_ROWS, PLANT, Vocabulary, find_header, turned
from methodology.spreadsheets.calamine_process import PARQUET
from methodology.spreadsheets.grid import LARGEST_FILE, Grid, is_empty
from methodology.spreadsheets.text_tables import read_delimited


def read_bytes(path: Path) -> bytes:
    """Content of a file of bearable size; refused if it is empty, too large, or cannot be read."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise DataError(
                f"{path.name} has {size / 1e6:,.0f} MB; at most {LARGEST_FILE / 1e6:,.0f} MB are read. Save the table "
                "alone in a new file."
            )
        data = path.read_bytes()
    except OSError as fault:
        if isinstance(fault, DataError):
            raise
        held = " Close it if a spreadsheet program has it open." if os.name == "nt" else ""
        what = f"{path.name} cannot be opened: {fault.strerror}. Check the path and its rights.{held}"
        raise DataError(what) from fault
    if not data.strip():
        raise DataError(f"{path.name} is empty. Put a header row and at least one plant into it.")
    return data


def read_grids(path: Path, vocabulary: Vocabulary) -> list[Grid]:
    """Every sheet of a workbook, or the one table of a text file; told by content, not by name."""
    from methodology.spreadsheets.workbooks import is_workbook, read_workbook

    data = read_bytes(path)
    if is_workbook(data):
        return read_workbook(data, path.name)
    if data.startswith(PARQUET):
        from methodology.spreadsheets.workbooks import read_parquet

        return [read_parquet(data, path.name)]
    if data.lstrip()[:1] == b"<":
        raise DataError(
            f"{path.name} is a web page or XML that only bears the name of a table. Open it in a spreadsheet program "
            "and save it as .xlsx."
        )
    return [read_delimited(data, path.name, vocabulary.knows)]


def read_all_grids(paths: Sequence[Path], vocabulary: Vocabulary) -> Iterator[list[Grid] | DataError]:
    """
    Read many files as `read_grids` does, in the order given: the sheets of each, or its fault.

    Workbooks share the processes that read them, and few files are held at a time.
    """
    from methodology.spreadsheets.workbooks import read_workbooks

    pooled = [path for path in paths if _begins_like_a_workbook(path)]
    workbooks = read_workbooks((read_bytes(path), path.name) for path in pooled)
    for path in paths:
        if path in pooled:
            yield next(workbooks)
            continue
        try:
            yield read_grids(path, vocabulary)
        except DataError as fault:
            yield fault


def _begins_like_a_workbook(path: Path) -> bool:
    """Whether a file of bearable size begins like a workbook; what else is wrong with one is said where it is read."""
    from methodology.spreadsheets.workbooks import is_workbook

    try:
        with path.open("rb") as file:
            return is_workbook(file.read(8)) and path.stat().st_size <= LARGEST_FILE
    except OSError:
        return False


def choose_sheet(
    grids: list[Grid], vocabulary: Vocabulary, description: Description, system: IndicatorSystem
) -> Grid:
    """Find the sheet that holds the plants; refused if no sheet, or more than one, looks like a table of them."""
    file = grids[0].file if grids else description.table
    visible = [grid for grid in grids if not grid.hidden]
    names = _listed(visible)
    hidden = [grid for grid in grids if grid.hidden]
    beside = f" Hidden sheets are not read: {_listed(hidden)}." if hidden else ""
    if description.sheet:
        for grid in visible:
            if grid.sheet == description.sheet:
                return grid
        raise DataError(f"{file} has no visible sheet {description.sheet!r}. Sheets: {names}.{beside}")
    scores = [find_header(grid, vocabulary)[1] for grid in visible]
    best = max(scores, default=0)
    fitting = [grid for grid, score in zip(visible, scores, strict=True) if score == best]
    if best == 0 or (best == 1 and _by_chance(fitting, vocabulary, description)):
        where = f" of the sheets {names}" if grids and grids[0].sheet else ""
        rows = f"{file}: none of the first {HEADER_ROWS} rows{where}"
        raise DataError(_no_table(rows, best, beside, system))
    found = _only_one(visible, fitting, vocabulary)
    rivals = [grid for grid in hidden if find_header(grid, vocabulary)[1] >= best]
    if rivals:
        raise DataError(
            f"{file}: the hidden sheets {_listed(rivals)} fit as well as {found.sheet!r}. Name the sheet to read in "
            "sample.yaml (`sheet:`), or show or delete the hidden ones."
        )
    return found


def _by_chance(fitting: list[Grid], vocabulary: Vocabulary, description: Description) -> bool:
    """Whether a single word is all that is known of each header, and it is not that of the column of plants."""
    named = description.columns or description.index or len(vocabulary.indicators) < 2
    if named or any(turned(grid, vocabulary) is not None for grid in fitting):
        return False
    rows = (grid.rows[find_header(grid, vocabulary)[0]] for grid in fitting)
    words = {vocabulary.meaning(cell)[0] for row in rows for cell in row if isinstance(cell, str)} - {""}
    return len(fitting) > 1 or PLANT not in words


def _no_table(rows: str, best: int, beside: str, system: IndicatorSystem) -> str:
    """What is said of a file in which no header was found."""
    some = ", ".join(system.ids[:3])
    names = "names more than one column of the system" if best else "names a column of the system"
    return (
        f"{rows} {names} {system.id!r}.{beside} "
        f"The header row needs {PLANT!r} and the indicators ({some}, ...), by id or by name. "
        f"`workbench template {system.id} -o FILE.xlsx` writes a blank table."
    )


def _only_one(visible: list[Grid], best: list[Grid], vocabulary: Vocabulary) -> Grid:
    """Of the sheets with most names of columns the one with plants; refused where another one holds some as well."""
    file, filled = best[0].file, [grid for grid in best if _holds_plants(grid, vocabulary)]
    if len(filled) > 1 or (len(best) > 1 and not filled):
        raise DataError(
            f"{file}: the sheets {_listed(filled or best)} look alike. Name one in sample.yaml (`sheet:`), or put "
            "all plants below one header in one sheet."
        )
    found = filled or best
    others = [grid for grid in visible if grid not in found and _holds_plants(grid, vocabulary)]
    if others:
        raise DataError(
            f"{file}: {_listed(found)} is not the only sheet with plants: {_listed(others)} holds some below fewer "
            "names of columns. Name the sheet to read in sample.yaml (`sheet:`), or put all plants below one header "
            "in one sheet."
        )
    return found[0]


def _holds_plants(grid: Grid, vocabulary: Vocabulary) -> bool:
    """Whether a sheet has a column of plants, one of values beside it, and figures below."""
    row, _ = find_header(grid, vocabulary)
    cells = grid.rows[row] if grid.rows else ()
    texts = ((at, vocabulary.meaning(cell)[0]) for at, cell in enumerate(cells) if isinstance(cell, str))
    named = {name: at for at, name in texts if name}
    valued = [at for name, at in named.items() if name in (*vocabulary.indicators, *vocabulary.attributes)]
    below = range(row + 1, len(grid.rows)) if PLANT in named else ()
    return any(
        not is_empty(grid.cell(at, named[PLANT]))
        and any(not is_empty(grid.cell(at, column)) for column in valued)
        for at in below
    )


def _listed(grids: list[Grid]) -> str:
    """Names of sheets, some of them if there are many."""
    names = ", ".join(repr(grid.sheet) for grid in grids[:10]) or "none"
    return f"{names} and {len(grids) - 10} more" if len(grids) > 10 else names
