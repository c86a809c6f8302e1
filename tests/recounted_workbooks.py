"""Accepted workbooks read again by openpyxl, cell by cell, in the plainest way."""

from __future__ import annotations

import math
import unicodedata

import openpyxl
import pytest

from methodology.indicators import CellState

WORDS = {"ii": "II", "ⅱ": "II", "三": "III", "达不到": "none"}
"""Other ways to write a level."""


def counted_again(book, sample, header, levels):
    """Hold every accepted cell of a workbook against what openpyxl finds in it; how many they are."""
    count = 0
    for sheet in openpyxl.load_workbook(book, data_only=True):
        rows = [["" if c.value is None else str(c.value).strip() for c in row] for row in sheet.iter_rows()]
        first = next((at for at, row in enumerate(rows) if row[: len(header)] == list(header)), len(rows))
        for plant, *cells in (row for row in rows[first:] if row[0] in sample.plants):
            for name, text in zip(header[1:], cells, strict=False):
                state, value = sample.states.loc[plant, name], sample.values.loc[plant, name]
                wanted = plainly(text, levels if name == "furnace_class" else {})
                assert state == wanted[0], (book, plant, name)
                assert value == pytest.approx(wanted[1], rel=1e-12, nan_ok=True), (book, plant, name)
                count += 1
    return count


def plainly(text, levels):
    """State and number of a text, or of one that names a level."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").removesuffix("%").removesuffix("级")
    if plain in ("", "n/a"):
        return (CellState.NOT_APPLICABLE if plain else CellState.NOT_REPORTED), math.nan
    if levels:
        return CellState.MEASURED, levels[WORDS.get(plain, plain)]
    return (CellState.BELOW_LIMIT if plain[0] == "<" else CellState.MEASURED), float(plain.lstrip("<"))
