"""The rows and columns of a table become plants with values and states, in the units of the system."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import Problem, WorkbenchError
from methodology.indicators import CellState, Indicator, IndicatorSystem, Kind, Sample
from methodology.indicators.display import unit_text
from methodology.sample.cell_reading import Reading, plain, read_level, read_quantity, read_words, shown
from methodology.sample.description import Description
from methodology.sample.header import Head, key_of
from methodology.sample.rows import Rows
from methodology.spreadsheets.grid import Grid, PercentCell, address
from methodology.units.conversion import convert, unit_mistaken
from methodology.units.table import house_unit, product_of

MOST_OF_A_KIND = 20
"""Faulty cells of one column that are listed one by one; the rest is counted."""
_NOTE_COLUMNS = ["plant", "indicator", "what", "reason"]
_Note = tuple[str, str, str, str]
FEWEST_SHARES = 2
"""One value alone, as in a form of one plant, is held against those of the other plants instead (A-93)."""
FAR_FROM_SHARES = 20
"""Percentages so many times as large as the largest value up to 1 leave room for no plant between them."""
_GROUPED = re.compile(r"<?\s*[1-9]\d{0,2}(\.\d{3})+", re.ASCII)
_OTHERWISE = re.compile(r"<?\s*[+-]?(\d*\.\d+|\d{4,})", re.ASCII)
"""Decimals, and thousands that nothing separates."""
_HUNDREDS = re.compile(r"<?\s*[1-9]\d\d", re.ASCII)


@dataclass(frozen=True)
class Unit:
    """Unit a column was given in and where that was said."""

    given: str
    wanted: str
    where: str

    def convert(self, values: np.ndarray) -> np.ndarray:
        """Values in the wanted unit; those in it already are left as they are."""
        return (
            values if self._is_wanted else np.asarray(convert(values, self.given, self.wanted), dtype=float)
        )

    def back(self, low: float, high: float) -> tuple[float, float]:
        """Bounds that are stated in the wanted unit, in the given one."""
        if self._is_wanted:
            return low, high
        return convert(low, self.wanted, self.given), convert(high, self.wanted, self.given)

    @property
    def _is_wanted(self) -> bool:
        return not self.given or house_unit(self.given) == self.wanted


def read_table(
    grid: Grid, head: Head, rows: Rows, system: IndicatorSystem, description: Description
) -> tuple[Sample, list[Problem]]:
    """
    Read every column the head understood, and every fault of them.

    The sample holds 'not reported' where a cell is at fault; use it only if there is no problem.
    """
    table = _Table(grid, head, rows, system, description)
    problems: list[Problem] = []
    values: dict[str, np.ndarray] = {}
    states: dict[str, np.ndarray] = {}
    notes: list[_Note] = []
    for name in (name for name in system.ids if name in head.columns):
        values[name], states[name], noted, faults = table.indicator(system[name])
        notes += noted
        problems += _shortened(faults)
    attributes, faults = table.attributes()
    units = {**{q.id: q.unit for q in system.quantities}, **system.attributes, **description.attributes}
    for name in attributes:
        notes += table.as_shown(name, units[name])
    index = pd.Index(rows.plants, name="plant", dtype=object)
    sample = Sample(
        pd.DataFrame(values, index=index),
        pd.DataFrame(states, index=index),
        pd.DataFrame(attributes, index=index),
        notes=pd.DataFrame(notes, columns=_NOTE_COLUMNS, dtype=object),
    )
    return sample, [*problems, *faults]


@dataclass(frozen=True)
class _Table:
    """A sheet whose header and rows are understood, and what the system and the sidecar say of its columns."""

    grid: Grid
    head: Head
    rows: Rows
    system: IndicatorSystem
    description: Description

    def cells(self, name: str) -> list[object]:
        """Cells of a column, plant by plant."""
        column = self.head.columns[name]
        return [self.grid.cell(row, column) for row in self.rows.at]

    def fault(self, name: str, what: str, fix: str, *, at: int | None = None, why: str = "") -> Problem:
        """A fault of a column, in its header; of a plant, whose number is given, in its cell."""
        row, plant = (self.head.row, "") if at is None else (self.rows.at[at], self.rows.plants[at])
        header = self.head.names[self.head.columns[name]]
        return self.grid.problem(what, row, header, plant, why=why, fix=fix)

    def failed(self, name: str, at: int) -> str:
        """What is wrong with the cell of a plant before anything is read, e.g. a formula."""
        return self.grid.errors.get((self.rows.at[at], self.head.columns[name]), "")

    def unit(self, name: str, wanted: str) -> tuple[Unit, str]:
        """The unit a column states, header and units row before the sidecar, and a fault if the two disagree."""
        stated, beside = self.head.units.get(name, ""), self.description.units.get(name, "")
        if stated and beside and house_unit(stated) != house_unit(beside):
            return Unit("", wanted, ""), f"says {stated!r} in its header and {beside!r} in sample.yaml."
        where = "the header" if stated else "sample.yaml" if beside else ""
        return Unit(stated or beside, wanted, where), ""

    def indicator(self, indicator: Indicator) -> tuple[np.ndarray, np.ndarray, list[_Note], list[Problem]]:
        """Values of a column in the unit of the system, their states, what was done to them, and its faults."""
        name, notes = indicator.id, list[_Note]()
        unit, disagreement = self.unit(name, indicator.unit)
        quantity = indicator.kind is Kind.QUANTITATIVE
        read = partial(read_quantity, **scale_of(unit.given or indicator.unit)) if quantity else read_level
        numbers, codes, faults = self.column(name, partial(read, marks=self.description.marks))
        fault = _unit_fault(unit, disagreement, self.system.functional_unit) if quantity else None
        if fault:
            faults.append(self.fault(name, *fault))
            numbers = np.full_like(numbers, np.nan)
        elif quantity:
            converted = unit.convert(numbers)
            if not np.array_equal(converted, numbers, equal_nan=True):
                what = f"converted from {unit.given} to {unit.wanted}"
                notes.append(("", name, what, f"unit in {unit.where}"))
            numbers = converted
            faults += self.two_ways(indicator, numbers, unit)
        notes += self.as_shown(name, unit.given or indicator.unit) if quantity else []
        return numbers, codes, [*notes, *self.values_marked(indicator)], faults

    def column(
        self, name: str, read: Callable[[object], Reading]
    ) -> tuple[np.ndarray, np.ndarray, list[Problem]]:
        """Numbers and states of a column as read, and the faults of its cells."""
        numbers = np.full(len(self.rows.at), np.nan)
        codes = np.full(len(self.rows.at), int(CellState.NOT_REPORTED), dtype=np.int8)
        problems = []
        for at, cell in enumerate(self.cells(name)):
            if failed := self.failed(name, at):
                what = f"cell {address(self.rows.at[at], self.head.columns[name])} holds {failed}."
                fix = (
                    "Mend the formula or the text, enter the value, or leave the cell empty if not reported."
                )
                problems.append(self.fault(name, what, fix, at=at))
                continue
            reading = read(cell)
            if reading.fault:
                problems.append(self.fault(name, f"{shown(cell)} {reading.fault}.", reading.fix, at=at))
            else:
                numbers[at], codes[at] = reading.value, int(reading.state)
        return numbers, codes, problems

    def two_ways(self, indicator: Indicator, numbers: np.ndarray, unit: Unit) -> list[Problem]:
        """Numbers of a column, with the unit they are in, that can be read in two ways."""
        name, bounds, found = indicator.id, indicator.bounds, []
        cells = self.cells(name)
        limits = unit.back(bounds.low, bounds.high) if bounds else None
        grouped = None if self.description.decimals == "point" else point_of_thousands(cells, limits)
        if grouped is not None:
            fix = "Write 1149 or 1.15, save the table as .xlsx, or say `decimals: point` in sample.yaml."
            found.append(self.fault(name, grouped[1], fix, at=grouped[0]))
        signed = any(isinstance(c, PercentCell) or (isinstance(c, str) and "%" in plain(c)) for c in cells)
        left_out = sign_left_out(numbers.tolist(), indicator, bool(unit.given) or signed)
        if left_out:
            fix = "State the unit in the header: [%], or [1] for a share of 1."
            found.append(self.fault(name, left_out, fix))
        formatted = any(isinstance(cell, PercentCell) for cell in cells)
        wide = (bounds.low, bounds.high) if bounds else (-np.inf, np.inf)
        given = unit.given or unit.wanted
        mistaken = unit_mistaken(numbers.tolist(), given, unit.wanted, wide, formatted)
        if mistaken:
            fix = "State in the header the unit that the values are in, or mend the format of the cells."
            found.append(self.fault(name, mistaken, fix))
        return found

    def as_shown(self, name: str, unit: str) -> list[_Note]:
        """A note on cells of a column that are formatted as percentages."""
        count = sum(isinstance(cell, PercentCell) for cell in self.cells(name))
        what = f"{count} cell{'s' * (count > 1)} read as shown, in % ({unit or 'no unit'})"
        return [("", name, what, "formatted as percentages: 35 % is stored as 0.35")] if count else []

    def values_marked(self, indicator: Indicator) -> list[_Note]:
        """A note on cells that hold a number or a level, and that the marks of the sample read as none."""
        marks, cells = self.description.marks, self.cells(indicator.id)
        if not marks.declared:
            return []
        read = read_level if indicator.kind is Kind.QUALITATIVE else read_quantity
        plainly = [(cell, read(cell)) for cell in cells]
        count = sum(r.given and not r.fault and not read(cell, marks=marks).given for cell, r in plainly)
        what = f"{count} of {len(cells)} cells hold a value and are read as none"
        return [("", indicator.id, what, "declared under `marks:`")] if count else []

    def attributes(self) -> tuple[dict[str, list[Any]], list[Problem]]:
        """Attributes and raw quantities of the plants, by name, and what is wrong with them."""
        raw = {q.id: q.unit for q in self.system.quantities if not q.outlet}
        declared = {**self.system.attributes, **raw, **self.description.attributes}
        columns: dict[str, list[Any]] = {}
        problems: list[Problem] = []
        for name, kind in declared.items():
            if name in self.head.columns:
                words = kind == "text" or "|" in kind
                columns[name], faults = self.words(name, kind) if words else self.numbers(name, kind)
                problems += _shortened(faults)
        return columns, problems

    def words(self, name: str, kind: str) -> tuple[list[Any], list[Problem]]:
        """Texts of an attribute, which may be one of a few choices."""
        known = {key_of(choice): choice for choice in kind.split("|") if "|" in kind}
        texts: list[Any] = []
        problems = []
        for at, cell in enumerate(self.cells(name)):
            text, fault = read_words(cell)
            failed, fix = self.failed(name, at), "Write plain words."
            fault = f"holds {failed}" if failed else fault
            if text and known and not fault:
                fault = "" if key_of(text) in known else "is not one of the choices"
                fix, text = (
                    f"Write {', '.join(known.values())}, or leave it empty.",
                    known.get(key_of(text), ""),
                )
            if fault:
                problems.append(self.fault(name, f"{shown(cell)} {fault}.", fix, at=at))
            texts.append(text)
        return texts, problems

    def numbers(self, name: str, kind: str) -> tuple[list[Any], list[Problem]]:
        """Numbers of an attribute in its unit."""
        unit, disagreement = self.unit(name, kind)
        read = partial(read_quantity, **scale_of(unit.given or kind), marks=self.description.marks)
        values, codes, problems = self.column(name, read)
        fault = _unit_fault(unit, disagreement)
        if fault:
            return list(values), [*problems, self.fault(name, *fault)]
        values, cells = unit.convert(values), self.cells(name)
        low, high = _bounds_of(name, kind, self.system)
        for at, (code, value) in enumerate(zip(codes, values, strict=True)):
            if code == CellState.BELOW_LIMIT:
                what = "an attribute cannot lie below a limit."
                problems.append(self.fault(name, what, "Enter its value.", at=at))
            elif not (np.isnan(value) or low <= value <= high):
                what = f"{shown(cells[at])} lies outside {low:g} to {high:g} {unit_text(kind)}."
                fix = "Ask the plant; leave the cell empty until it answers."
                problems.append(self.fault(name, what, fix, at=at, why="Corrections read it."))
        return list(values), problems


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


def scale_of(unit: str) -> dict[str, Any]:
    """The unit a cell may repeat, and what a percentage is in it: itself, a share of 1, or nothing."""
    house = house_unit(unit)
    upper, _, lower = house.partition("/")
    return {"percent": house == "%", "share": house == "1" or (bool(lower) and upper == lower), "unit": unit}


def _shortened(problems: Sequence[Problem]) -> list[Problem]:
    """All problems of a column, or the first of them and how many more there are."""
    left = len(problems) - MOST_OF_A_KIND
    if left <= 0:
        return list(problems)
    rest = replace(problems[0], what=f"{left:,} more cells of this column are at fault.", row=None, plant="")
    return [*problems[:MOST_OF_A_KIND], replace(rest, why="", fix="")]


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


def point_of_thousands(cells: Sequence[object], bounds: tuple[float, float] | None) -> tuple[int, str] | None:
    """
    Find a text whose point may separate thousands.

    Parameters
    ----------
    cells : sequence
        A column as typed.
    bounds : (low, high) or None
        Between which values are possible.

    Returns
    -------
    position, what
        The first such cell and both its readings; None where the column writes other decimals or thousands, where so
        large a number is impossible, or where a decimal point is as good and nothing speaks for the other.

    Examples
    --------
    >>> point_of_thousands(["950", "1.149"], None)
    (1, "'1.149' can be read as 1149 (point of thousands) or as 1.149 (decimal point).")
    >>> point_of_thousands(["1.149", "2.5"], None)
    """
    texts = {at: plain(cell) for at, cell in enumerate(cells) if isinstance(cell, str)}
    found = [(at, text) for at, text in texts.items() if _GROUPED.fullmatch(text)]
    if not found or any(
        _OTHERWISE.fullmatch(text) and not _GROUPED.fullmatch(text) for text in texts.values()
    ):
        return None
    if any(isinstance(cell, float) and not cell.is_integer() for cell in cells):
        return None
    hundreds = any(_HUNDREDS.fullmatch(text) for text in texts.values())
    for at, text in found:
        digits = text.lstrip("< ")
        large, small = float(digits.replace(".", "")), float(digits) if digits.count(".") == 1 else math.nan
        possible = bounds is None or large <= bounds[1]
        likely = bounds is None or not bounds[0] <= small <= bounds[1] or hundreds
        if possible and likely:
            two = f"can be read as {large:g} (point of thousands) or as {digits} (decimal point)."
            return at, f"{shown(text)} {two}"
    return None


def sign_left_out(values: Sequence[float], indicator: Indicator, stated: bool) -> str:
    """
    Say that a column asked for in % may hold shares of 1; '' where it cannot, or its unit is stated.

    Parameters
    ----------
    values : sequence of float
        As read in %, NaN where there is none.
    stated : bool
        Whether the table itself says in which unit the column is.
    """
    known = [value for value in values if math.isfinite(value) and value != 0]
    if stated or indicator.unit != "%" or len(known) < FEWEST_SHARES or min(known) < 0:
        return ""
    shares, others = [v for v in known if v <= 1], [v for v in known if v > 1]
    bounds = indicator.bounds
    if len(shares) < FEWEST_SHARES or (others and not _among(shares, others)):
        return ""
    if bounds is not None and not (max(shares) * 100 <= bounds.high and min(shares) >= bounds.low):
        return ""
    largest = max(shares)
    why = f"{len(shares)} of {len(known)} values are" if others else "no value is larger than 1"
    why += " not larger than 1, the others are like a hundred times as much," if others else ""
    return (
        f"{why} and no unit is stated: {largest:g} can be read as {largest:g} % or, with the sign left out, as "
        f"{100 * largest:g} %."
    )


def _among(shares: Sequence[float], others: Sequence[float]) -> bool:
    """Whether shares of 1 would stand among percentages that are far from them as they are."""
    alike = all(0.8 * min(others) <= 100 * share <= 1.25 * max(others) for share in shares)
    return alike and min(others) > FAR_FROM_SHARES * max(shares)
