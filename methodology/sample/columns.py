"""The rows and columns of a table become plants with values and states, in the units of the system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import Problem, WorkbenchError
from methodology.indicators import CellState, Indicator, IndicatorSystem, Kind, Sample
from methodology.indicators.display import unit_text
from methodology.sample.cell_reading import (
    Reading,
    plain,
    read_level,
    read_quantity,
    read_words,
    shown,
)
from methodology.sample.description import Description
from methodology.sample.header import Head, key_of
from methodology.sample.rows import Rows, place_of
from methodology.sample.two_readings import point_of_thousands, sign_left_out
from methodology.spreadsheets.grid import Grid, PercentCell, column_letter
from methodology.units.conversion import unit_mistaken
from methodology.units.table import house_unit, product_of

MOST_OF_A_KIND = 20
"""Faulty cells of one column that are listed one by one; the rest is counted."""
_NOTE_COLUMNS = ["plant", "indicator", "what", "reason"]


@dataclass(frozen=True)
class Unit:
    """Unit a column was given in and where that was said."""

    given: str
    wanted: str
    where: str

    def convert(self, values: np.ndarray) -> np.ndarray:
        """Values in the wanted unit; those in it already are left as they are."""
        from methodology.units import convert

        if not self.given or house_unit(self.given) == self.wanted:
            return values
        return np.asarray(convert(values, self.given, self.wanted), dtype=float)


def unit_of(name: str, wanted: str, head: Head, description: Description) -> tuple[Unit, str]:
    """The unit a column states, header and units row before the sidecar, and a fault if the two disagree."""
    stated, beside = head.units.get(name, ""), description.units.get(name, "")
    if stated and beside and house_unit(stated) != house_unit(beside):
        return Unit("", wanted, ""), f"says {stated!r} in its header and {beside!r} in sample.yaml."
    where = "the header" if stated else "sample.yaml" if beside else ""
    return Unit(stated or beside, wanted, where), ""


def read_table(
    grid: Grid, head: Head, rows: Rows, system: IndicatorSystem, description: Description
) -> tuple[Sample, list[Problem]]:
    """
    Read every column the head understood.

    Returns
    -------
    sample, problems
        The sample holds 'not reported' where a cell is at fault; use it only if there is no problem.
    """
    problems: list[Problem] = []
    values: dict[str, np.ndarray] = {}
    states: dict[str, np.ndarray] = {}
    notes: list[tuple[str, str, str, str]] = []
    for name in (name for name in system.ids if name in head.columns):
        numbers, codes, faults = _indicator_column(grid, head, rows, system[name], description)
        unit, disagreement = unit_of(name, system[name].unit, head, description)
        quantity = system[name].kind is Kind.QUANTITATIVE
        fault = _unit_fault(unit, disagreement, system.functional_unit) if quantity else None
        if fault:
            faults.append(Problem(fault[0], **_head_place(grid, head, name), fix=fault[1]))
            numbers = np.full_like(numbers, np.nan)
        elif quantity:
            converted = unit.convert(numbers)
            if not np.array_equal(converted, numbers, equal_nan=True):
                notes.append(
                    ("", name, f"converted from {unit.given} to {unit.wanted}", f"unit in {unit.where}")
                )
            numbers = converted
        if quantity and not fault:
            point = description.decimals == "point"
            faults += _two_ways(grid, head, rows, system[name], (numbers, unit), point)
        if quantity:
            notes += _as_shown(grid, head, rows, name, unit.given or system[name].unit)
        notes += _values_marked(grid, head, rows, system[name], description)
        values[name], states[name] = numbers, codes
        problems += _shortened(faults)
    attributes, faults = _attributes(grid, head, rows, system, description)
    problems += faults
    units = {**{q.id: q.unit for q in system.quantities}, **system.attributes, **description.attributes}
    for name in attributes:
        notes += _as_shown(grid, head, rows, name, units[name])
    index = pd.Index(rows.plants, name="plant", dtype=object)
    sample = Sample(
        pd.DataFrame(values, index=index),
        pd.DataFrame(states, index=index),
        pd.DataFrame(attributes, index=index),
        notes=pd.DataFrame(notes, columns=_NOTE_COLUMNS, dtype=object),
    )
    return sample, problems


def _two_ways(
    grid: Grid, head: Head, rows: Rows, indicator: Indicator, read: tuple[np.ndarray, Unit], point: bool
) -> list[Problem]:
    """Numbers of a column, with the unit they are in, that can be read in two ways."""
    column, (numbers, unit), found = head.columns[indicator.id], read, []
    cells = [grid.cell(row, column) for row in rows.at]
    limits = _limits_in(unit, indicator) if indicator.bounds else None
    grouped = None if point else point_of_thousands(cells, limits)
    if grouped is not None:
        place = place_of(grid, rows.at[grouped[0]], head.names[column], rows.plants[grouped[0]])
        fix = "Write 1149 or 1.15, save the table as .xlsx, or say `decimals: point` in sample.yaml."
        found.append(Problem(grouped[1], **place, fix=fix))
    signed = any(isinstance(c, PercentCell) or (isinstance(c, str) and "%" in plain(c)) for c in cells)
    left_out = sign_left_out(numbers.tolist(), indicator, bool(unit.given) or signed)
    if left_out:
        fix = "State the unit in the header: [%], or [1] for a share of 1."
        found.append(Problem(left_out, **_head_place(grid, head, indicator.id), fix=fix))
    formatted = any(isinstance(cell, PercentCell) for cell in cells)
    bounds, given = indicator.bounds, unit.given or unit.wanted
    wide = (bounds.low, bounds.high) if bounds else (-np.inf, np.inf)
    mistaken = unit_mistaken(numbers.tolist(), given, unit.wanted, wide, formatted)
    if mistaken:
        fix = "State in the header the unit that the values are in, or mend the format of the cells."
        found.append(Problem(mistaken, **_head_place(grid, head, indicator.id), fix=fix))
    return found


def _limits_in(unit: Unit, indicator: Indicator) -> tuple[float, float]:
    """Bounds of an indicator in the unit its column is in."""
    from methodology.units import convert

    assert indicator.bounds is not None  # noqa: S101 - for the type checker; the caller has asked
    low, high = indicator.bounds.low, indicator.bounds.high
    if not unit.given or house_unit(unit.given) == unit.wanted:
        return low, high
    return convert(low, unit.wanted, unit.given), convert(high, unit.wanted, unit.given)


def _head_place(grid: Grid, head: Head, name: str) -> dict[str, Any]:
    return {
        "file": grid.file,
        "sheet": grid.sheet,
        "row": head.row + 1,
        "column": head.names[head.columns[name]],
    }


def _unit_fault(unit: Unit, disagreement: str, functional_unit: str = "") -> tuple[str, str] | None:
    if disagreement:
        return f"the column {disagreement}", "State one of them."
    product = product_of(unit.given) if unit.given else ""
    if product not in functional_unit:
        what = f"the unit {unit.given!r} in {unit.where} is per tonne of {product}; asked is one {functional_unit}."
        return what, "Restate the values, or mend the unit."
    try:
        unit.convert(np.zeros(1))
    except WorkbenchError as fault:
        what = f"the unit {unit.given!r} in {unit.where} cannot be converted to {unit.wanted!r}."
        detail = str(fault).splitlines()[0]
        return what, f"State the values in {unit.wanted}. ({detail})"
    return None


def _indicator_column(
    grid: Grid, head: Head, rows: Rows, indicator: Indicator, description: Description
) -> tuple[np.ndarray, np.ndarray, list[Problem]]:
    if indicator.kind is Kind.QUALITATIVE:

        def read(cell: object) -> Reading:
            return read_level(cell, marks=description.marks)
    else:
        given = unit_of(indicator.id, indicator.unit, head, description)[0].given or indicator.unit

        def read(cell: object) -> Reading:
            return read_quantity(cell, **scale_of(given), marks=description.marks)

    return _column(grid, head, rows, indicator.id, read)


def scale_of(unit: str) -> dict[str, Any]:
    """The unit a cell may repeat, and what a percentage is in it: itself, a share of 1, or nothing."""
    house = house_unit(unit)
    upper, _, lower = house.partition("/")
    return {"percent": house == "%", "share": house == "1" or (bool(lower) and upper == lower), "unit": unit}


def _as_shown(grid: Grid, head: Head, rows: Rows, name: str, unit: str) -> list[tuple[str, str, str, str]]:
    """A note on cells of a column that are formatted as percentages."""
    column = head.columns[name]
    count = sum(isinstance(grid.cell(row, column), PercentCell) for row in rows.at)
    what = f"{count} cell{'s' * (count > 1)} read as shown, in % ({unit or 'no unit'})"
    return [("", name, what, "formatted as percentages: 35 % is stored as 0.35")] if count else []


def _values_marked(
    grid: Grid, head: Head, rows: Rows, indicator: Indicator, description: Description
) -> list[tuple[str, str, str, str]]:
    """A note on cells that hold a number or a level, and that the marks of the sample read as none."""
    if not description.marks.declared:
        return []
    read = read_level if indicator.kind is Kind.QUALITATIVE else read_quantity
    cells = [grid.cell(row, head.columns[indicator.id]) for row in rows.at]
    count = sum(
        read(cell).state <= CellState.BELOW_LIMIT < read(cell, marks=description.marks).state
        for cell in cells
        if not read(cell).fault
    )
    what = f"{count} of {len(cells)} cells hold a value and are read as none"
    return [("", indicator.id, what, "declared under `marks:`")] if count else []


def _column(
    grid: Grid, head: Head, rows: Rows, name: str, read: Callable[[object], Reading]
) -> tuple[np.ndarray, np.ndarray, list[Problem]]:
    column = head.columns[name]
    numbers = np.full(len(rows.at), np.nan)
    codes = np.full(len(rows.at), int(CellState.NOT_REPORTED), dtype=np.int8)
    problems = []
    for index, (plant, row) in enumerate(zip(rows.plants, rows.at, strict=True)):
        failed = grid.errors.get((row, column))
        if failed:
            what = f"cell {column_letter(column)}{row + 1} holds {failed}."
            fix = "Mend the formula or the text, enter the value, or leave the cell empty if not reported."
            problems.append(Problem(what, **place_of(grid, row, head.names[column], plant), fix=fix))
            continue
        cell = grid.cell(row, column)
        reading = read(cell)
        if reading.fault:
            place = place_of(grid, row, head.names[column], plant)
            problems.append(Problem(f"{shown(cell)} {reading.fault}.", **place, fix=reading.fix))
        else:
            numbers[index], codes[index] = reading.value, int(reading.state)
    return numbers, codes, problems


def _shortened(problems: Sequence[Problem]) -> list[Problem]:
    """All problems of a column, or the first of them and how many more there are."""
    if len(problems) <= MOST_OF_A_KIND:
        return list(problems)
    first = problems[0]
    rest = f"{len(problems) - MOST_OF_A_KIND:,} more cells of this column are at fault."
    return [
        *problems[:MOST_OF_A_KIND],
        Problem(rest, file=first.file, sheet=first.sheet, column=first.column),
    ]


def _attributes(
    grid: Grid, head: Head, rows: Rows, system: IndicatorSystem, description: Description
) -> tuple[dict[str, list[Any]], list[Problem]]:
    raw = {q.id: q.unit for q in system.quantities if not q.outlet}
    declared = {**system.attributes, **raw, **description.attributes}
    columns: dict[str, list[Any]] = {}
    problems: list[Problem] = []
    for name, kind in declared.items():
        if name not in head.columns:
            continue
        if kind == "text" or "|" in kind:
            columns[name], faults = _words(grid, head, rows, name, kind.split("|") if "|" in kind else ())
        else:
            columns[name], faults = _numbers(grid, head, rows, name, kind, system, description)
        problems += _shortened(faults)
    return columns, problems


def _words(
    grid: Grid, head: Head, rows: Rows, name: str, choices: Iterable[str]
) -> tuple[list[Any], list[Problem]]:
    column, known = head.columns[name], {key_of(choice): choice for choice in choices}
    texts: list[Any] = []
    problems = []
    for plant, row in zip(rows.plants, rows.at, strict=True):
        cell = grid.cell(row, column)
        text, fault = read_words(cell)
        fault = f"holds {grid.errors[row, column]}" if (row, column) in grid.errors else fault
        fix = "Write plain words."
        if text and known and not fault:
            fault = "" if key_of(text) in known else "is not one of the choices"
            fix, text = f"Write {', '.join(known.values())}, or leave it empty.", known.get(key_of(text), "")
        if fault:
            problems.append(
                Problem(f"{shown(cell)} {fault}.", **place_of(grid, row, head.names[column], plant), fix=fix)
            )
        texts.append(text)
    return texts, problems


def _numbers(
    grid: Grid,
    head: Head,
    rows: Rows,
    name: str,
    kind: str,
    system: IndicatorSystem,
    description: Description,
) -> tuple[list[Any], list[Problem]]:
    unit, disagreement = unit_of(name, kind, head, description)
    scale = scale_of(unit.given or kind)
    values, codes, problems = _column(
        grid, head, rows, name, lambda cell: read_quantity(cell, **scale, marks=description.marks)
    )
    fault = _unit_fault(unit, disagreement)
    if fault:
        problems.append(Problem(fault[0], **_head_place(grid, head, name), fix=fault[1]))
        return list(values), problems
    values = unit.convert(values)
    low, high = _bounds_of(name, kind, system)
    for plant, row, code, value in zip(rows.plants, rows.at, codes, values, strict=True):
        if code != CellState.BELOW_LIMIT and (np.isnan(value) or low <= value <= high):
            continue
        place = place_of(grid, row, head.names[head.columns[name]], plant)
        if code == CellState.BELOW_LIMIT:
            what = "an attribute cannot lie below a limit."
            problems.append(Problem(what, **place, fix="Enter its value."))
        else:
            what = f"{shown(grid.cell(row, head.columns[name]))} lies outside {low:g} to {high:g} {unit_text(kind)}."
            fix = "Ask the plant; leave the cell empty until it answers."
            problems.append(Problem(what, **place, why="Corrections read it.", fix=fix))
    return list(values), problems


def _bounds_of(name: str, unit: str, system: IndicatorSystem) -> tuple[float, float]:
    """Bounds of an attribute: declared, or those of its unit; only temperatures and heights may be negative."""
    declared = system.attribute_bounds.get(name)
    if declared is not None:
        return declared.low, declared.high
    quantity = next((q for q in system.quantities if q.id == name), None)
    if quantity is not None:
        return -np.inf if quantity.signed else 0.0, np.inf
    scale = scale_of(unit)
    if scale["percent"] or scale["share"]:
        return 0.0, 100.0 if scale["percent"] else 1.0
    rate = house_unit(unit).rpartition("/")[2] in ("a", "d", "h")
    signed = house_unit(unit) in ("C", "K", "m")
    return -np.inf if signed else float(np.finfo(float).tiny) if rate else 0.0, np.inf
