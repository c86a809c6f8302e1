"""Amounts of plants out of the rows of a foreign table: read, brought to one unit, added up or averaged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from methodology.errors import Problem, UnitError
from methodology.indicators import CellState
from methodology.sample.cell_reading import Reading, read_quantity, read_words, shown
from methodology.sample.columns import scale_of
from methodology.sample.description import Marks
from methodology.sample.foreign_table import ForeignTable, meets
from methodology.sample.mapping import Amount, Column
from methodology.spreadsheets.grid import area_name
from methodology.units.conversion import OwnUnits

ONCE = "It is one row of a plant, or say `over: sum`, `mean` or `same` in mapping.yaml."


@dataclass(frozen=True)
class Number:
    """An amount of one plant, what its state is, and the first row, from 0, it was read from."""

    value: float
    unit: str
    row: int
    state: CellState = CellState.MEASURED


@dataclass
class Amounts:
    """Reads the amounts of one table; faults are collected, each with its cell."""

    table: ForeignTable
    marks: Marks
    units: OwnUnits
    problems: list[Problem] = field(default_factory=list)
    _matching: dict[str, frozenset[int]] = field(default_factory=dict)

    def of(self, amount: Amount, rows: Sequence[int], wanted: str, plant: str) -> Number | None:
        """
        The amount of one plant, None where nothing is reported or the cells are at fault.

        Parameters
        ----------
        rows : sequence of int
            Rows of the plant, from 0.
        wanted : str
            Unit it is brought to; '' leaves it in the one its cells are in.
        """
        found = [
            (row, number)
            for row in self._rows_of(amount, rows)
            if (number := self._in_row(amount, row, amount.into or wanted, plant)) is not None
        ]
        reported = [(row, number) for row, number in found if number.state != CellState.NOT_APPLICABLE]
        if not reported:
            return found[0][1] if found else None
        if len({number.unit for _, number in reported}) > 1:
            self._fault(amount, reported[1][0], plant, "its rows have several units.", "State `into:`.")
            return None
        return self._together(amount, reported, plant)

    def _rows_of(self, amount: Amount, rows: Sequence[int]) -> list[int]:
        if not amount.where:
            return list(rows)
        key = repr(sorted(amount.where.items()))
        if key not in self._matching:
            self._matching[key] = self.table.matching(amount.where)
        return [row for row in rows if row in self._matching[key]]

    def _in_row(self, amount: Amount, row: int, wanted: str, plant: str) -> Number | None:
        """Sum of the columns of one row; None where one of them is empty or at fault."""
        given = self._unit_of(amount, row)
        read: list[Reading] = []
        for header in amount.column:
            reading = self._cell(row, header, given or wanted, spread=amount.over != "same")
            if reading.fault:
                what = f"{shown(self._raw(row, header))} {reading.fault}."
                self._fault(amount, row, plant, what, reading.fix, header)
                return None
            read.append(reading)
        states = {reading.state for reading in read}
        if CellState.NOT_REPORTED in states:
            return None
        if CellState.NOT_APPLICABLE in states:
            return Number(math.nan, given or wanted, row, CellState.NOT_APPLICABLE)
        flagged = any(meets(self.table.text(row, flag), signs) for flag, signs in amount.below_limit.items())
        state = CellState.BELOW_LIMIT if flagged or CellState.BELOW_LIMIT in states else CellState.MEASURED
        number = Number(math.fsum(reading.value for reading in read), given or wanted, row, state)
        return self._converted(amount, number, row, wanted, plant)

    def _converted(self, amount: Amount, number: Number, row: int, wanted: str, plant: str) -> Number | None:
        if not wanted or number.unit == wanted:
            return number
        try:
            value = float(self.units.convert(number.value, number.unit, wanted))
            return replace(number, value=value, unit=wanted)
        except UnitError as fault:
            what = f"the unit {number.unit!r} cannot be converted to {wanted!r}."
            header = amount.unit_column or amount.column[0]
            self._fault(amount, row, plant, what, str(fault).splitlines()[0], header)
            return None

    def _unit_of(self, amount: Amount, row: int) -> str:
        if amount.unit_column:
            return self.table.text(row, amount.unit_column)
        return amount.unit or self.table.unit(amount.column[0])

    def _raw(self, row: int, header: str) -> object:
        return self.table.grid.cell(row, self.table.column(header))

    def _cell(self, row: int, header: str, unit: str, *, spread: bool) -> Reading:
        column = self.table.column(header)
        failed = self.table.grid.errors.get((row, column))
        if failed:
            return Reading(fault=f"holds {failed}", fix="Mend the formula, or enter the value.")
        area = self.table.merged.get((row, column), (row, column, row, column))
        if spread and area[:2] != area[2:]:
            return Reading(fault=f"is merged ({area_name(area)})", fix="Undo the merge, or say `over: same`.")
        return read_quantity(self.table.grid.cell(*area[:2]), **scale_of(unit), marks=self.marks)

    def _together(self, amount: Amount, found: Sequence[tuple[int, Number]], plant: str) -> Number | None:
        """Several rows of a plant as one number."""
        values, unit = [number.value for _, number in found], found[0][1].unit
        below = any(number.state == CellState.BELOW_LIMIT for _, number in found)
        state = CellState.BELOW_LIMIT if below else CellState.MEASURED
        if amount.over == "sum":
            return Number(math.fsum(values), unit, found[0][0], state)
        if amount.over == "mean":
            weights = self._weights(amount, [row for row, _ in found], plant)
            if weights is None:
                return None
            total = math.fsum(weights)
            mean = math.fsum(v * w for v, w in zip(values, weights, strict=True)) / total
            return Number(mean, unit, found[0][0], state)
        differs = len({(number.value, number.state) for _, number in found}) > 1
        if len(found) > 1 and (amount.over == "one" or differs):
            twice, apart = "it is given twice for one plant", "it differs between rows for one plant"
            what = f"{twice if amount.over == 'one' else apart} (row {found[0][0] + 1})."
            self._fault(amount, found[1][0], plant, what, ONCE)
            return None
        return found[0][1]

    def _weights(self, amount: Amount, rows: Sequence[int], plant: str) -> list[float] | None:
        if not amount.weight:
            return [1.0] * len(rows)
        read = [read_quantity(self._raw(row, amount.weight), marks=self.marks) for row in rows]
        sound = [r.state == CellState.MEASURED and r.value >= 0 for r in read]
        wrong = [row for row, is_sound in zip(rows, sound, strict=True) if not is_sound]
        if wrong or not math.fsum(r.value for r in read) > 0:
            at = (wrong or list(rows))[0]
            what = f"{shown(self._raw(at, amount.weight))} weighs no mean."
            self._fault(amount, at, plant, what, "Enter the weight.", amount.weight)
            return None
        return [reading.value for reading in read]

    def words(self, column: Column, rows: Sequence[int], plant: str) -> object:
        """Text of a plant, or the word its code stands for; all its rows must say the same."""
        found: dict[str, object] = {}
        for row in self._rows_of(column, rows):
            text = self.table.text(row, column.column[0])
            if text:
                word = _word(text, column) if column.codes else text
                found.setdefault(word, self._raw(row, column.column[0]))
        if len(found) > 1:
            what = f"the rows of one plant say {' and '.join(map(shown, list(found)[:3]))}."
            self._fault(column, rows[0], plant, what, "Let them say the same, or choose rows by `where:`.")
        first = next(iter(found.items()), ("", ""))
        return first[0] if column.codes else first[1]

    def _fault(self, amount: Amount, row: int, plant: str, what: str, fix: str, header: str = "") -> None:
        self.problems.append(self.table.problem(what, row, header or amount.column[0], plant, fix))


def _word(code: str, column: Column) -> str:
    """Word whose longest listed beginning the code has."""
    hits = [
        (len(sign), word) for word, signs in column.codes.items() for sign in signs if meets(code, [sign])
    ]
    return max(hits)[1] if hits else column.other


def readable_id(texts: Sequence[str]) -> str:
    """
    One id out of several columns.

    Examples
    --------
    >>> readable_id(["Red Steel", "2.0"])
    'Red Steel 2'
    """
    return " ".join(read_words(text)[0].removesuffix(".0") or text for text in texts if text)
