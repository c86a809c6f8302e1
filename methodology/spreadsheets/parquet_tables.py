"""One table from a Parquet file: numbers, texts, booleans and dates as they are stored."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from methodology.errors import DataError
from methodology.spreadsheets.grid import DateCell, Grid, refuse_large

LARGEST_CONTENT = 200_000_000
"""Bytes of a table unpacked."""


def read_parquet(data: bytes, file: str) -> Grid:
    """
    Read a Parquet file as the sheet a spreadsheet would show.

    Parameters
    ----------
    data : bytes
        Content of the file.

    Returns
    -------
    Grid
        Column names in row 1. A null is an empty cell; NaN is refused, because it is no way of reporting nothing.

    Raises
    ------
    DataError
        If it is damaged, larger than any sample, or holds lists, maps or bytes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        whole = pq.ParquetFile(io.BytesIO(data))
        shape = whole.metadata.num_rows + 1, whole.metadata.num_columns
        refuse_large(file, *shape)
        if (
            sum(whole.metadata.row_group(n).total_byte_size for n in range(whole.num_row_groups))
            > LARGEST_CONTENT
        ):
            raise DataError(
                f"{file} unpacks to more than {LARGEST_CONTENT / 1e6:,.0f} MB. Save the table alone."
            )
        table = whole.read()
    except (pa.ArrowException, OSError, ValueError, MemoryError) as fault:
        if isinstance(fault, DataError):
            raise
        what = (
            f"{file} is damaged and cannot be read as a Parquet table. Write it again, or save it as .xlsx."
        )
        raise DataError(what) from fault
    nested = [
        field.name
        for field in table.schema
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type)
    ]
    if nested:
        raise DataError(
            f"{file}: the column {nested[0]!r} holds lists, maps or bytes. Keep one value in a cell."
        )
    columns: Iterable[list[object]] = (list(map(_cell, _as_written(column))) for column in table.columns)
    rows = [tuple(table.column_names), *zip(*columns, strict=True)]
    return Grid(file, "", tuple(rows))


def _as_written(column: Any) -> list[Any]:
    """Values of a column; those of 16 or 32 bits by the shortest number they stand for, 1.7 and not 1.70000005."""
    import numpy as np

    values, kind = column.to_pylist(), getattr(column.type, "value_type", column.type)
    short = {"float": np.float32, "halffloat": np.float16}.get(str(kind))
    return values if short is None else [v if v is None else float(str(short(v))) for v in values]


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime | date | time):
        return DateCell(str(value))
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return value if isinstance(value, str | int | float) else str(value)
