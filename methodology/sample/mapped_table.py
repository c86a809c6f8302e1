"""A foreign table becomes one of the system: plants in their first rows, indicators in columns, by a mapping."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from methodology.errors import Problem
from methodology.indicators import CellState, IndicatorSystem
from methodology.sample.amounts import Amounts, Number, readable_id
from methodology.sample.columns import point_of_thousands
from methodology.sample.description import Description
from methodology.sample.exclusion import FLAGGED
from methodology.sample.foreign_table import ForeignTable, layout_faults, open_table, unit_wanted
from methodology.sample.header import YEAR, key_of
from methodology.sample.mapping import Column, Mapping
from methodology.spreadsheets.grid import Grid, is_empty
from methodology.units import convert
from methodology.units.table import known_unit

Group = tuple[str, str]
"""Plant and year."""


@dataclass(frozen=True)
class Mapped:
    """A table as the mapping arranges it."""

    grid: Grid
    """The same rows; a plant stands in the first of its own, computed numbers in columns to the right."""
    header: int
    description: Description
    """What the sidecar says, and what the columns of `grid` mean."""
    excluded: dict[str, str] = field(default_factory=dict)
    """Plant -> why it has nothing to say."""
    notes: tuple[tuple[str, str, str, str], ...] = ()
    """plant, indicator, what, reason of numbers that were computed."""
    problems: tuple[Problem, ...] = ()
    sample_is_lost: bool = False
    """Whether the table does not have the columns that the mapping names."""


def map_table(grid: Grid, mapping: Mapping, system: IndicatorSystem, description: Description) -> Mapped:
    """
    Arrange a foreign table as the mapping says; its faults name the cells of the table as it was sent.

    A number is read from its own cells or not at all: a sum lacks no part, a ratio has both sides (A-96, A-97).
    """
    table = open_table(grid, mapping)
    problems = layout_faults(table, mapping, system, description)
    if problems:
        return Mapped(grid, table.header, description, problems=tuple(problems), sample_is_lost=True)
    return _Arrangement(table, mapping, system, description).made()


@dataclass
class _Arrangement:
    """The work on one table."""

    table: ForeignTable
    mapping: Mapping
    system: IndicatorSystem
    description: Description

    def __post_init__(self) -> None:
        self.id_column = self.table.column(self.mapping.id[0])
        marks = self.mapping.marks if self.mapping.marks.declared else self.description.marks
        self.amounts = Amounts(self.table, marks, self.mapping.own_units)
        self.headings: list[int] = []
        self.groups = self._groups()
        single = all(len(rows) == 1 for rows in self.groups.values())
        self.direct = {
            name: self.table.column(column.column[0])
            for name, column in self.mapping.columns.items()
            if single and self._is_direct(column)
        }
        self.amounts.problems += self._two_ways()
        self.excluded: dict[str, str] = {}
        self.notes: list[tuple[str, str, str, str]] = []

    def _is_direct(self, column: Column) -> bool:
        """Whether cells pass on as they are: one column, all rows, a unit of the house."""
        computed = column.where or column.per or column.unit_column or column.below_limit or column.codes
        return not computed and len(column.column) == 1 and (not column.unit or known_unit(column.unit))

    def _groups(self) -> dict[Group, list[int]]:
        kept = self.table.matching(self.mapping.keep)
        groups: dict[Group, list[int]] = {}
        column = self.id_column
        heading = key_of(self.table.grid.cell(self.table.header, column))
        for row in self.table.data:
            filled = [cell for cell in self.table.grid.rows[row] if not is_empty(cell)]
            if row not in kept or not filled:
                continue
            if key_of(self.table.grid.cell(row, column)) == heading and self._repeats_header(row):
                self.headings.append(row)
                continue
            plant = self._id(row)
            if plant:
                year = self.table.text(row, self.mapping.year) if self.mapping.year else ""
                groups.setdefault((plant, year), []).append(row)
            elif len(filled) > 1 or not isinstance(filled[0], str):
                what = "the row has data and no plant id."
                fix = "Give the plant an id in every row, or delete the row."
                self.amounts.problems.append(self.table.problem(what, row, self.mapping.id[0], fix=fix))
        return groups

    def _repeats_header(self, row: int) -> bool:
        cells = self.table.grid.rows
        return [key_of(cell) for cell in cells[row]] == [key_of(cell) for cell in cells[self.table.header]]

    def _two_ways(self) -> list[Problem]:
        """Numbers of columns that are computed with, whose point may separate thousands."""
        computed = [c for n, c in self.mapping.columns.items() if n not in self.direct and not c.codes]
        headers = [name for c in computed for one in (c, c.per) if one for name in one.column]
        found = []
        for header in dict.fromkeys(headers if self.mapping.decimals != "point" else ()):
            at = self.table.column(header)
            cells = [self.table.grid.cell(row, at) for row in self.table.data]
            two = point_of_thousands(cells, None)
            if two is not None:
                fix = "Save the table as .xlsx, or say `decimals: point` in mapping.yaml."
                found.append(self.table.problem(two[1], self.table.data[two[0]], header, fix=fix))
        return found

    def _id(self, row: int) -> str:
        """Id of the plant in a row; merged over its rows, it is theirs."""
        grid, texts = self.table.grid, []
        for header in self.mapping.id:
            column = self.table.column(header)
            top, left, _, _ = self.table.merged.get((row, column), (row, column, 0, 0))
            cell = grid.cell(top, left)
            texts.append("" if is_empty(cell) or (top, left) in grid.errors else str(cell).strip())
        return readable_id(texts)

    def made(self) -> Mapped:
        computed = {
            name: {group: self._computed(name, column, group) for group in self.groups}
            for name, column in self.mapping.columns.items()
            if name not in self.direct
        }
        computed |= {name: dict.fromkeys(self.groups, "") for name in self.mapping.absent}
        silent = self._silent(computed)
        width = self.table.grid.width
        at = {name: width + place for place, name in enumerate(computed)}
        rows: list[list[object]] = [[] for _ in self.table.grid.rows]
        for group, own in self.groups.items():
            if group not in silent:
                rows[own[0]] = self._row(
                    group, own[0], {at[name]: cells[group] for name, cells in computed.items()}
                )
        header = self._header(at)
        for row in (self.table.header, *self.headings):
            rows[row] = [header.get(column, "") for column in range(width + len(at))]
        read = {*self.direct.values(), self.id_column}
        errors = {cell: text for cell, text in self.table.grid.errors.items() if cell[1] in read}
        return Mapped(
            replace(self.table.grid, rows=tuple(map(tuple, rows)), errors=errors, merged=self._merged(read)),
            self.table.header,
            self._described(header),
            self.excluded,
            tuple(self.notes),
            tuple(dict.fromkeys(self.amounts.problems)),
        )

    def _row(self, group: Group, row: int, computed: dict[int, object]) -> list[object]:
        cells: list[object] = [""] * (self.table.grid.width + len(computed))
        for column in self.direct.values():
            cells[column] = self.table.grid.cell(row, column)
        if self.mapping.year:
            year = self.table.column(self.mapping.year)
            cells[year] = self.table.grid.cell(row, year)
        cells[self.id_column] = group[0]
        for column, cell in computed.items():
            cells[column] = cell
        return cells

    def _header(self, at: dict[str, int]) -> dict[int, str]:
        """Header of every column that is read: as written, or the id of what was computed."""
        own = {column: self.table.names[column] for column in self.direct.values()}
        named = {self.id_column: self.table.names[self.id_column]}
        if self.mapping.year:
            named[self.table.column(self.mapping.year)] = YEAR
        return own | {column: name for name, column in at.items()} | named

    def _described(self, header: dict[int, str]) -> Description:
        meanings = {header[column]: name for name, column in self.direct.items()}
        units = {
            n: self.mapping.columns[n].unit or self.table.unit(header[c]) for n, c in self.direct.items()
        }
        units |= {n: self.system[n].unit for n in self.system.ids if n not in self.direct}
        return self.description.model_copy(
            update={
                "columns": meanings,
                "units": {name: unit for name, unit in units.items() if unit},
                "index": self.table.names[self.id_column],
                "ignore": (),
                "marks": self.amounts.marks,
                "decimals": self.mapping.decimals or self.description.decimals,
                "sheet": "",
            }
        )

    def _merged(self, read: set[int]) -> tuple[tuple[int, int, int, int], ...]:
        """Merged ranges over cells that pass on as they are; ids may be merged over the rows of a plant."""
        passed_on = read - {self.id_column}
        areas = self.table.grid.merged
        return tuple(area for area in areas if any(area[1] <= at <= area[3] for at in passed_on))

    def _computed(self, name: str, column: Column, group: Group) -> object:
        """Cell of a plant in a computed column."""
        rows, plant = self.groups[group], group[0]
        unit = unit_wanted(name, self.system, self.description)
        if not unit:
            return self.amounts.words(column, rows, plant)
        read = self._ratio if column.per else self.amounts.of
        number = read(column, rows, unit, plant)
        if number is None:
            return ""
        if number.state == CellState.NOT_APPLICABLE:
            return "n/a"
        nothing = number.state == CellState.MEASURED and number.value == 0
        if nothing and column.per and name in self.system.ids:
            reason = "an amount of exactly zero is stated, which is not the same as unreported"
            self.notes.append((plant, name, FLAGGED, reason))
        return f"<{number.value!r}" if number.state == CellState.BELOW_LIMIT else number.value

    def _ratio(self, column: Column, rows: Sequence[int], unit: str, plant: str) -> Number | None:
        """One amount over another, in the unit of the system."""
        assert column.per is not None  # noqa: S101 - for the type checker; the caller knows
        stated = bool(column.per.into)
        above = self.amounts.of(column, rows, unit.partition("/")[0] if stated else "", plant)
        below = self.amounts.of(column.per, rows, column.per.into, plant)
        if above is None or below is None or below.value == 0 or below.state == CellState.NOT_APPLICABLE:
            return None
        header, row = column.per.column[0], below.row
        fault, fix = "", "Mend the amount."
        if below.state == CellState.BELOW_LIMIT or below.value < 0:
            fault = "an amount to divide by is negative or below a limit."
        factor = 1.0
        if not stated:
            try:
                factor = self._factor(above.unit, below.unit, unit)
            except ValueError as refusal:
                fault = f"{above.unit or 'no unit'} over {below.unit or 'no unit'} is not {unit}."
                fix = f"State `unit:` of both, or `into:` of the second. ({str(refusal).splitlines()[0]})"
        if fault:
            self.amounts.problems.append(self.table.problem(fault, row, header, plant, fix))
            return None
        return replace(above, value=above.value / below.value * factor, unit=unit)

    def _factor(self, above: str, below: str, wanted: str) -> float:
        (a, upper), (b, lower) = map(self.amounts.units.in_house, (above, below))
        one = convert(1.0, f"{upper}/{lower}", wanted)
        return one if a == b else one * float(a / b)

    def _silent(self, computed: Map[str, Map[Group, object]]) -> set[Group]:
        """Plants of whom no indicator is found, though their rows hold other cells: named exclusions."""
        silent: set[Group] = set()
        indicators = [name for name in computed if name in self.system.ids]
        faulty = {problem.plant for problem in self.amounts.problems}
        for group, own in self.groups.items():
            said = any(not is_empty(computed[name][group]) for name in indicators)
            said = said or any(
                not is_empty(self.table.grid.cell(own[0], at))
                for n, at in self.direct.items()
                if n in self.system.ids
            )
            others = sum(not is_empty(cell) for row in own for cell in self.table.grid.rows[row])
            if not said and others > len(self.mapping.id) and group[0] not in faulty:
                silent.add(group)
                if all(other in silent for other in self.groups if other[0] == group[0]):
                    self.excluded[group[0]] = self._why_silent(own, group[0])
        heard = {group[0] for group in self.groups if group not in silent}
        self.excluded = {plant: why for plant, why in self.excluded.items() if plant not in heard}
        return silent

    def _why_silent(self, rows: Sequence[int], plant: str) -> str:
        bases = [column.per for column in self.mapping.columns.values() if column.per]
        found = [self.amounts.of(base, rows, base.into, plant) for base in bases]
        if bases and not any(number is not None and number.value > 0 for number in found):
            return "reports no amount to divide by"
        return "reports none of the indicators"
