"""Fill in questionnaires as plants would; used by several tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from methodology.sample import questionnaire_words as words


def fill(
    path: Path,
    entries: Mapping[str, object],
    *,
    beside: Mapping[tuple[str, str], object] | None = None,
    outlets: Mapping[str, Sequence[object]] | None = None,
) -> Path:
    """
    Write entries into the rows of a blank form.

    Parameters
    ----------
    entries : mapping of code to what stands in the column of entries
    beside : mapping of (code, head) to what stands in another column
    outlets : mapping of code to one value per outlet
    """
    book = openpyxl.load_workbook(path)
    for (code, head), value in {
        **{(code, words.ENTRY): value for code, value in entries.items()},
        **(beside or {}),
        **{(code, str(n)): v for code, values in (outlets or {}).items() for n, v in enumerate(values, 1)},
    }.items():
        cell_of(book, code, head).value = value
    book.save(path)
    return path


def cell_of(book: openpyxl.Workbook, code: str, head: str):
    """The cell of a question below a head."""
    for sheet in book:
        heads: dict[str, int] = {}
        for row in sheet.iter_rows():
            texts = {str(cell.value): cell.column for cell in row if cell.value is not None}
            if words.CODE in texts:
                heads = texts
            elif heads and row[heads[words.CODE] - 1].value == code and head in heads:
                return row[heads[head] - 1]
    raise KeyError((code, head))
