"""Workbooks (.xlsx, .xls, .ods) and Parquet files, read in a process of their own; failed formulas are named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from methodology.errors import DataError
from methodology.spreadsheets import calamine_process
from methodology.spreadsheets.archives import packed_again, safe_members
from methodology.spreadsheets.grid import MOST_CELLS, DateCell, Grid, refuse_large
from methodology.spreadsheets.ods_tables import inspect_ods
from methodology.spreadsheets.styles import shown_by
from methodology.spreadsheets.workbook_xml import Surface, inspect_xlsx
from methodology.spreadsheets.xls_records import inspect_xls

LONGEST_READING = 25.0
"""Seconds; the largest workbook that is read takes three."""
MOST_TOGETHER, LARGEST_TOGETHER = 100, 4_000_000
"""Workbooks, and bytes of them, that one process reads."""
_Inspected = tuple[bytes, Mapping[str, Surface], str, DataError | None]
"""Bytes that may be read, what the reader will not say of each sheet, name of the file, or what is wrong with it."""
_TOO_MUCH = "the reader gave up: perhaps it would unpack to far more than any sample"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin like a workbook, whatever the file is called."""
    return data.startswith((_ZIP, _OLE))


def read_workbook(data: bytes, file: str) -> list[Grid]:
    """
    Read every worksheet; hidden ones are marked.

    Parameters
    ----------
    data : bytes
        Content of the file; its kind is told from it, not from its name.

    Returns
    -------
    list of Grid
        In the order of the tabs. Formulas are given by the result last computed and never evaluated.

    Raises
    ------
    DataError
        If the file is damaged, protected, of another kind, or larger than any sample.
    """
    (found,) = read_workbooks([(data, file)])
    if isinstance(found, DataError):
        raise found
    return found


def read_workbooks(files: Iterable[tuple[bytes, str]]) -> Iterator[list[Grid] | DataError]:
    """
    Read many workbooks as `read_workbook` does, in the order given: the worksheets of each, or its fault.

    Notes
    -----
    Small workbooks share a process, which starts slower than it reads; while it reads some, the next are inspected.
    """
    with ThreadPoolExecutor(max_workers=1) as reader:
        ahead: tuple[list[_Inspected], Future[list[dict[str, Any]]]] | None = None
        for batch in _batches(files):
            job = reader.submit(answers, [content for content, *_, fault in batch if fault is None])
            if ahead:
                yield from _grids(*ahead)
            ahead = batch, job
        if ahead:
            yield from _grids(*ahead)


def _batches(files: Iterable[tuple[bytes, str]]) -> Iterator[list[_Inspected]]:
    batch: list[_Inspected] = []
    for data, file in files:
        batch.append(_inspected_or_fault(data, file))
        if len(batch) == MOST_TOGETHER or sum(len(content) for content, *_ in batch) > LARGEST_TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _grids(
    batch: Sequence[_Inspected], job: Future[list[dict[str, Any]]]
) -> Iterator[list[Grid] | DataError]:
    said = iter(job.result())
    for _, surfaces, file, fault in batch:
        answer = {} if fault else next(said)
        if fault is not None:
            yield fault
        elif answer.get("fault") == "password":
            yield DataError(f"{file} is protected by a password. Save it without one.")
        elif "fault" in answer:
            why = str(answer["fault"])
            yield _damaged(file, _TOO_MUCH if why == MemoryError.__name__ else why)
        else:
            yield [_grid(sheet, file, surfaces.get(sheet["name"], Surface())) for sheet in answer["sheets"]]


def _inspected_or_fault(data: bytes, file: str) -> _Inspected:
    """The bytes that may be read and what is known of them; or why nothing of them is."""
    try:
        content, surfaces = _inspected(data, file)
    except DataError as fault:
        return b"", {}, file, fault
    cells = sum(surface.rows * surface.columns for surface in surfaces.values())
    if cells <= MOST_CELLS:
        return content, surfaces, file, None
    what = f"{file}: its {len(surfaces)} sheets span {cells:,} cells; at most {MOST_CELLS:,} are read."
    return b"", {}, file, DataError(f"{what} Save the table alone in a new file.")


def _inspected(data: bytes, file: str) -> tuple[bytes, Mapping[str, Surface]]:
    """The bytes that may be read, and what the reader will not say about each sheet."""
    if data.startswith(_OLE):
        return data, inspect_xls(data, file)
    members = safe_members(data, file)
    if "content.xml" in members:
        return packed_again(members), inspect_ods(members["content.xml"], file)
    if "xl/workbook.xml" in members:
        return packed_again(members), inspect_xlsx(members, file)
    raise DataError(
        f"{file} is an archive, but neither an .xlsx nor an .ods workbook. Save the table as .xlsx or CSV."
    )


def answers(contents: Sequence[bytes]) -> list[dict[str, Any]]:
    """Answers of the reader, whose end would be ours in this process; where one of many ends it, by halves."""
    if not contents:
        return []
    command = [sys.executable, "-I", str(Path(calamine_process.__file__))]
    framed = b"".join(calamine_process.framed(content) for content in contents)
    try:
        done = subprocess.run(
            command,
            input=framed,
            env=os.environ | calamine_process.SPARING,
            capture_output=True,
            timeout=LONGEST_READING,
            check=True,
        )
        found = [json.loads(line) for line in done.stdout.splitlines()]
        if len(found) == len(contents):
            return found
    except (subprocess.SubprocessError, json.JSONDecodeError, UnicodeDecodeError):
        pass  # told below, of the one that it was
    if len(contents) == 1:
        return [{"fault": MemoryError.__name__}]
    half = len(contents) // 2
    return [*answers(contents[:half]), *answers(contents[half:])]


def _damaged(file: str, why: str) -> DataError:
    return DataError(
        f"{file} is damaged and cannot be read as a workbook ({why}). Open it in a spreadsheet program and save it "
        "again as .xlsx."
    )


def _grid(sheet: dict[str, Any], file: str, surface: Surface) -> Grid:
    rows = [[cell(value) if type(value) is dict else value for value in row] for row in sheet["rows"]]
    for (row, column), code in surface.formats.items():
        value = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            rows[row][column] = shown_by(code, float(value))
    merged = {(a, b, c, d) for a, b, c, d in sheet["merged"]}
    return Grid(
        file,
        sheet["name"],
        tuple(map(tuple, rows)),
        errors=surface.errors,
        merged=tuple(sorted(merged | surface.merged)),
        hidden_rows=frozenset(surface.hidden_rows),
        hidden_columns=frozenset(surface.hidden_columns),
        indents=surface.indents,
        outlines=surface.outlines,
        hidden=bool(sheet["hidden"]),
    )


def cell(value: Any) -> object:
    """What the reader's process says of a cell."""
    return DateCell(value["date"]) if isinstance(value, dict) else value


def read_parquet(data: bytes, file: str) -> Grid:
    """
    Read a Parquet file as the sheet a spreadsheet would show: column names in row 1.

    A null is an empty cell; NaN is refused, because it is no way of reporting nothing, and so is a file that is
    damaged, larger than any sample, or holds lists, maps or bytes.
    """
    (answer,) = answers([data])
    if "column" in answer:
        raise DataError(
            f"{file}: the column {answer['column']!r} holds lists, maps or bytes. Keep one value in a cell."
        )
    if answer.get("fault") == MemoryError.__name__:
        raise DataError(f"{file} unpacks to far more than any sample. Save the table alone.")
    if "fault" in answer:
        raise DataError(
            f"{file} is damaged and cannot be read as a Parquet table. Write it again, or save it as .xlsx."
        )
    refuse_large(file, *answer["shape"])
    return Grid(file, "", tuple(tuple(map(cell, row)) for row in answer["rows"]))
