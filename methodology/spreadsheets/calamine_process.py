"""The workbook reader in a process of its own: run as a script, workbooks on stdin, a line of JSON for each on stdout.

A damaged .xls can make the reader ask for hundreds of gigabytes, and then it ends the process instead of raising.
This file imports nothing of the workbench, so that the process starts in a blink.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, time, timedelta
from typing import Any

_LENGTH = 8
"""Bytes that say how long a workbook is."""
MOST_MEMORY = 600_000_000
"""Bytes of address space, where the system can limit it: with what the parent holds, less than 1 GB."""


def read(data: bytes) -> dict[str, Any]:
    """
    Read every worksheet.

    Returns
    -------
    dict
        `sheets`: list of name, hidden, rows, merged; or `fault`: what the reader said. Dates are `{"date": text}`.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            sheets = [s for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
            return {
                "sheets": [
                    {
                        "name": about.name,
                        "hidden": about.visible != SheetVisibleEnum.Visible,
                        "rows": sheet.to_python(skip_empty_area=False),
                        "merged": [[*first, *last] for first, last in sheet.merged_cell_ranges or ()],
                    }
                    for about in sheets
                    for sheet in [workbook.get_sheet_by_name(about.name)]
                ]
            }
    except PasswordError:
        return {"fault": "password"}
    except Exception as fault:  # whatever the reader says becomes one message in the parent
        return {"fault": str(fault) or type(fault).__name__}


def _date(value: object) -> dict[str, str]:
    if isinstance(value, date | time | timedelta):
        return {"date": str(value)}
    raise TypeError(f"{type(value).__name__} in a cell")


def limit_memory() -> None:
    """Bound this process where the system knows how; elsewhere the size checks of the parent stand alone."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, AttributeError, ValueError, OSError):
        return


def framed(data: bytes) -> bytes:
    """A workbook with its length before it, as it is sent."""
    return len(data).to_bytes(_LENGTH, "big") + data


def answer(data: bytes) -> bytes:
    """What is said of a workbook: one line."""
    return json.dumps(read(data), default=_date).encode("utf-8", "surrogatepass") + b"\n"


if __name__ == "__main__":
    limit_memory()
    while length := sys.stdin.buffer.read(_LENGTH):
        sys.stdout.buffer.write(answer(sys.stdin.buffer.read(int.from_bytes(length, "big"))))
