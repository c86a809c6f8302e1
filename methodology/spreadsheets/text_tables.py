"""Tables kept as text: CSV of any origin, Chinese Excel's among them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence

from methodology.errors import DataError
from methodology.spreadsheets.grid import MOST_COLUMNS, MOST_ROWS, Grid, refuse_large

DELIMITERS = (",", "\t", ";")
LONGEST_CELL = 10_000
_HEAD_ROWS = 30
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_delimited(data: bytes, file: str, known: Callable[[object], bool]) -> Grid:
    """
    Read one table from text.

    Parameters
    ----------
    data : bytes
        Content of the file: UTF-8 with or without mark, UTF-16 with mark, or GB 18030 (GBK, GB 2312).
    known : callable
        Whether a cell is the name of a column; decides between comma, tab and semicolon.

    Returns
    -------
    Grid
        One row per record, so that row numbers are those a spreadsheet shows.

    Raises
    ------
    DataError
        If it is no text, holds broken quotes, or is larger than any sample.
    """
    text, encoding = _decode(data, file)
    if "\0" in text:
        raise DataError(
            f"{file} holds zero bytes and is no text table. Save it as .xlsx, or as CSV in UTF-8."
        )
    delimiter = _delimiter(text, known)
    rows = _records(text, delimiter, file)
    refuse_large(file, len(rows), max(map(len, rows), default=0))
    remarks = () if encoding == "utf-8" else (f"read as {encoding.upper()}; UTF-8 is safer",)
    return Grid(file, "", tuple(rows), remarks=remarks)


def _decode(data: bytes, file: str) -> tuple[str, str]:
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    elif data.startswith(_UTF16):
        return _strictly(data, "utf-16", file), "utf-16"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _of_a_script(_strictly(data, "gb18030", file), file), "gb18030"


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise DataError(
            f"{file}, line {line}: the bytes are neither UTF-8 nor {encoding.upper()} text. "
            "Save the table again as .xlsx, or as 'CSV UTF-8'."
        ) from fault


def _of_a_script(text: str, file: str) -> str:
    """Text as it is; refused where bytes of another code were read as signs that no script has."""
    stray = _PRIVATE.search(text)
    if stray is None:
        return text
    line = text[: stray.start()].count("\n") + 1
    raise DataError(
        f"{file}, line {line}: read as GB18030 the text holds the sign U+{ord(stray[0]):04X}, which no script has; it "
        "may be in Big5 or another code. Save the table again as .xlsx, or as 'CSV UTF-8'."
    )


def _delimiter(text: str, known: Callable[[object], bool]) -> str:
    """The delimiter under which most cells near the top are names of columns."""

    def names(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text[:200_000]), delimiter=delimiter)
        best = (0, 0)
        try:
            for row, _ in zip(reader, range(_HEAD_ROWS), strict=False):
                best = max(best, (sum(map(known, row[:MOST_COLUMNS])), len(row)))
        except csv.Error:
            pass  # read again below, where the fault is reported with its row
        return best

    return max(DELIMITERS, key=names)


def _records(text: str, delimiter: str, file: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            rows.append(tuple(record))
            if len(rows) > MOST_ROWS or len(record) > MOST_COLUMNS:
                refuse_large(file, len(rows), len(record))
            _refuse_long(record, len(rows), file)
    except csv.Error as fault:
        raise DataError(
            f"{file}, row {len(rows) + 1}: {fault}. A quotation mark is opened and not closed, or stands inside "
            'a cell: write it twice ("") or leave it out.'
        ) from fault
    return rows


def _refuse_long(record: Sequence[str], row: int, file: str) -> None:
    longest = max(map(len, record), default=0)
    if longest > LONGEST_CELL:
        raise DataError(
            f"{file}, row {row}: a cell holds {longest:,} characters; at most {LONGEST_CELL:,} are read. "
            "A quotation mark may be missing above."
        )
