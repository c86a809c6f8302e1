"""Workbooks (.xlsx, .xls, .ods) through python-calamine, behind bounds and with failed formulas named."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from methodology.errors import DataError
from methodology.sample.spreadsheets import calamine_process
from methodology.sample.spreadsheets.archives import packed_again, safe_members
from methodology.sample.spreadsheets.grid import MOST_CELLS, DateCell, Grid, PercentCell
from methodology.sample.spreadsheets.workbook_xml import Surface, inspect_ods, inspect_xlsx
from methodology.sample.spreadsheets.xls_records import inspect_xls

LONGEST_READING = 25.0
"""Seconds; the largest workbook that is read takes three."""
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
    content, surfaces = _inspected(data, file)
    cells = sum(surface.rows * surface.columns for surface in surfaces.values())
    if cells > MOST_CELLS:
        raise DataError(
            f"{file}: its {len(surfaces)} sheets span {cells:,} cells; at most {MOST_CELLS:,} are read. Save the table "
            "alone in a new file."
        )
    answer = _read_apart(content, file)
    if answer.get("fault") == "password":
        raise DataError(f"{file} is protected by a password. Save it without one.")
    if "fault" in answer:
        why = str(answer["fault"])
        raise _damaged(file, _TOO_MUCH if why == MemoryError.__name__ else why)
    return [_grid(sheet, file, surfaces.get(sheet["name"], Surface())) for sheet in answer["sheets"]]


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


def _read_apart(content: bytes, file: str) -> dict[str, Any]:
    """Answer of the reader, whose end would be ours if it ran in this process."""
    command = [sys.executable, "-I", str(Path(calamine_process.__file__))]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=LONGEST_READING, check=True
        )
        return json.loads(done.stdout)
    except (subprocess.SubprocessError, json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise _damaged(file, _TOO_MUCH) from fault


def _damaged(file: str, why: str) -> DataError:
    return DataError(
        f"{file} is damaged and cannot be read as a workbook ({why}). Open it in a spreadsheet program and save it "
        "again as .xlsx."
    )


def _grid(sheet: dict[str, Any], file: str, surface: Surface) -> Grid:
    rows = [list(map(_cell, row)) for row in sheet["rows"]]
    for row, column in surface.percent:
        value = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            rows[row][column] = PercentCell(float(value))
    merged = {(a, b, c, d) for a, b, c, d in sheet["merged"]}
    return Grid(
        file,
        sheet["name"],
        tuple(map(tuple, rows)),
        errors=surface.errors,
        merged=tuple(sorted(merged | surface.merged)),
        hidden_rows=frozenset(surface.hidden_rows),
        hidden_columns=frozenset(surface.hidden_columns),
        hidden=bool(sheet["hidden"]),
    )


def _cell(value: Any) -> object:
    return DateCell(value["date"]) if isinstance(value, dict) else value
