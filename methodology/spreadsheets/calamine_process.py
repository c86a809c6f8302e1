"""The readers of workbooks and Parquet in a process of their own: files on stdin, a line of JSON for each on stdout.

A damaged .xls can make the reader ask for hundreds of gigabytes, and then it ends the process instead of raising; a
page of Parquet can spell one long text a hundred thousand times.
This file imports nothing of the workbench, so that the process starts in a blink.
"""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import suppress
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite
from struct import pack
from typing import Any

PARQUET = b"PAR1"
"""How Parquet begins, whatever a file is called."""
MOST_READ = 1_000_000
"""Cells of a Parquet table; of one with more its shape is told and nothing read."""

_SHORT = {"float": "f", "halffloat": "e"}
"""Numbers of 32 and 16 bits: how to pack one."""
_LENGTH = 8
"""Bytes that say how long a file is."""
MOST_MEMORY = 600_000_000
"""Bytes of address space, where the system can limit it: with what the parent holds, less than 1 GB."""
SPARING = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Where this process starts: else threads of libraries reserve address space no file needs, at times too much."""


def read(data: bytes) -> dict[str, Any]:
    """Read what the bytes begin like: see `read_sheets` and `read_table`."""
    return read_table(data) if data.startswith(PARQUET) else read_sheets(data)


def read_table(data: bytes) -> dict[str, Any]:
    """
    Read the one table of a Parquet file, row by row below the names of its columns.

    `shape` as the file states it, header included, with `rows`, none where that is too many; or `column`, one that
    holds what is no cell; or `fault`.
    """
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        shape = file.metadata.num_rows + 1, file.metadata.num_columns
        if shape[0] * shape[1] > MOST_READ:
            return {"shape": shape, "rows": []}
        table = file.read(use_threads=False)
        columns = []
        for name, column in zip(table.column_names, table.columns, strict=True):
            kind = str(getattr(column.type, "value_type", column.type))
            columns.append([_of_column(value, _SHORT.get(kind)) for value in column.to_pylist()])
            if any(isinstance(value, list | tuple | dict | bytes) for value in columns[-1]):
                return {"column": name}
        return {"shape": shape, "rows": [table.column_names, *zip(*columns, strict=True)]}
    except MemoryError:
        return {"fault": MemoryError.__name__}
    except Exception as fault:
        return {"fault": str(fault) or type(fault).__name__}


def _of_column(value: Any, short: str | None = None) -> Any:
    """A value as a cell: nothing is empty, NaN is a text, for it is no way of reporting nothing."""
    if value is None:
        return ""
    if short and isfinite(value):
        value = _as_meant(value, short)
    if isinstance(value, Decimal):
        value = float(value)
    kept = isinstance(value, str | int | float | date | time | timedelta | list | tuple | dict | bytes)
    return "NaN" if value != value else value if kept else str(value)


def _as_meant(value: float, short: str) -> float:
    """The shortest number a value of few bits stands for: 1.7 in 32 bits is 1.70000005 in 64, which nobody meant."""
    for digits in range(1, 10):
        near = float(f"{value:.{digits}g}")
        with suppress(OverflowError):  # 65504, the largest of 16 bits, is 7e4 in one digit
            if pack(short, near) == pack(short, value):
                return near
    return value


def read_sheets(data: bytes) -> dict[str, Any]:
    """
    Read every worksheet: `sheets` with name, hidden, rows, merged; or `fault`, what the reader said.

    Dates are `{"date": text}`.
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
    """A file with its length before it, as it is sent."""
    return len(data).to_bytes(_LENGTH, "big") + data


def answer(data: bytes) -> bytes:
    """What is said of a file: one line."""
    return json.dumps(read(data), default=_date).encode("utf-8", "surrogatepass") + b"\n"


if __name__ == "__main__":
    limit_memory()
    while length := sys.stdin.buffer.read(_LENGTH):
        sys.stdout.buffer.write(answer(sys.stdin.buffer.read(int.from_bytes(length, "big"))))
