"""CSV that reads back exactly what was written, and that no spreadsheet executes.

UTF-8, line feeds, floats in their shortest exact form, empty for a missing number. A text cell that a
spreadsheet would take for a formula gets one apostrophe in front, which reading takes away again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

TEXT_COLUMNS = frozenset(
    {
        *("indicator", "group", "plant", "level", "unit", "direction", "flag", "interval", "limiting_failed"),
        *("expert", "factor", "choice", "method", "name", "name_zh", "name_en", "reason", "scenario"),
        *("source", "stratum", "system", "refused", "note"),
        *("asked", "other", "file", "sheet", "column"),
    }
)
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_INTEGER = re.compile(r"-?\d{1,18}\Z")
_QUOTED = re.compile(r'[,"\r\n]')


def neutral(text: str) -> str:
    """`text` with an apostrophe in front if a spreadsheet would execute it."""
    return f"'{text}" if _FORMULA.match(text) else text


def original(text: str) -> str:
    """Undo `neutral`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def to_csv(table: pd.DataFrame) -> str:
    """
    Write a table as text; the same table gives the same bytes everywhere.

    Examples
    --------
    >>> print(to_csv(pd.DataFrame({"plant": ["=P1"], "value": [0.1]})), end="")
    plant,value
    '=P1,0.1
    """
    flat = table if isinstance(table.index, pd.RangeIndex) else table.reset_index()
    head = [neutral(str(name)) for name in flat.columns]
    rows = zip(*(_texts(flat.iloc[:, place]) for place in range(flat.shape[1])), strict=True)
    return "".join(_line(cells) for cells in [head, *rows])


def _line(cells: Sequence[str]) -> str:
    """One row; the csv module of Python 3.11 leaves a lone carriage return unquoted, and then splits there."""
    if list(cells) == [""]:
        return '""\n'
    quoted = ('"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell for cell in cells)
    return ",".join(quoted) + "\n"


def _texts(column: pd.Series) -> list[str]:
    if pd.api.types.is_bool_dtype(column) and not column.hasnans:
        return [str(bool(value)) for value in column]
    if pd.api.types.is_integer_dtype(column) and not column.hasnans:
        return [str(int(value)) for value in column]
    if pd.api.types.is_float_dtype(column):
        return ["" if np.isnan(value) else repr(float(value)) for value in column.to_numpy(float)]
    return ["" if pd.isna(value) else neutral(str(value)) for value in column]


def from_csv(text: str) -> pd.DataFrame:
    """
    Read what `to_csv` wrote: numbers as float or int, empty numbers as NaN, empty texts as ''.

    Columns named in `TEXT_COLUMNS` stay text, so that a plant `001` keeps its name.
    """
    rows = list(csv.reader(io.StringIO(text, newline="")))
    header = [original(name) for name in rows[0]]
    columns = list(zip(*rows[1:], strict=True)) if len(rows) > 1 else [()] * len(header)
    return pd.DataFrame(
        {name: _values(name, cells) for name, cells in zip(header, columns, strict=True)}, columns=header
    )


def _values(name: str, cells: tuple[str, ...]) -> pd.Series:
    filled = [cell for cell in cells if cell]
    if name not in TEXT_COLUMNS and filled:
        if set(filled) <= {"True", "False"} and len(filled) == len(cells):
            return pd.Series([cell == "True" for cell in cells], dtype=bool)
        if len(filled) == len(cells) and all(_INTEGER.match(cell) for cell in cells):
            return pd.Series([int(cell) for cell in cells], dtype="int64")
        try:
            return pd.Series([float(cell) if cell else np.nan for cell in cells], dtype=float)
        except ValueError:
            pass
    elif name not in TEXT_COLUMNS and cells:
        return pd.Series(np.full(len(cells), np.nan))
    return pd.Series([original(cell) for cell in cells], dtype="str")


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table of a run as `from_csv` does."""
    return from_csv(path.read_text(encoding="utf-8"))
