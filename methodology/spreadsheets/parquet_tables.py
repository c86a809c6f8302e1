"""One table from a Parquet file: numbers, texts, booleans and dates as they are stored."""

from __future__ import annotations

from methodology.errors import DataError
from methodology.spreadsheets.grid import Grid, refuse_large
from methodology.spreadsheets.workbooks import answers, cell


def read_parquet(data: bytes, file: str) -> Grid:
    """
    Read a Parquet file as the sheet a spreadsheet would show, in the process that reads workbooks.

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
