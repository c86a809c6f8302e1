"""Fill in questionnaires as plants would; used by several tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import openpyxl

from methodology.indicators import CellState, IndicatorSystem, Kind, load_system
from methodology.indicators import questionnaire_words as words
from methodology.sample.attribute_words import choice_words

SYSTEMS = sorted((Path(__file__).resolve().parents[1] / "params" / "systems").glob("*.yaml"))
IRON = load_system(next(path for path in SYSTEMS if path.stem == "ironmaking"))


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


def invented(system: IndicatorSystem, seed: int):
    """Entries of one plant: about half of the indicators typed, the rest left to raw quantities."""
    rng = np.random.default_rng(seed)
    entries: dict[str, object] = {words.PLANT_ROW: f"P{seed:02d}", words.YEAR_ROW: 2024}
    beside, outlets, typed = {}, {}, {}
    for name, kind in system.attributes.items():
        choices = choice_words(name, kind) if "|" in kind else {}
        entries[name] = next(iter(choices.values()))[0] if choices else "W1" if kind == "text" else 12.5
    for quantity in system.quantities:
        value = round(float(rng.uniform(1, 20)), 3)
        if quantity.outlet:
            outlets[quantity.id] = [value, round(value * 1.1, 3)]
        else:
            entries[quantity.id] = value
    for indicator in system.indicators:
        if indicator.kind is Kind.QUALITATIVE:
            word = list(words.LEVEL_WORDS)[int(rng.integers(4))]
            entries[indicator.id] = word
            typed[indicator.id] = (float(list(words.LEVEL_WORDS).index(word) + 1), CellState.MEASURED)
        elif not indicator.formula:
            value = round(float(rng.uniform(1, 90)), 2)
            entries[indicator.id] = value
            below = indicator.censoring.possible
            if below:
                beside[indicator.id, words.BELOW] = words.LESS
            typed[indicator.id] = (value, CellState.BELOW_LIMIT if below else CellState.MEASURED)
    return entries, beside, outlets, typed
