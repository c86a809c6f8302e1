"""A table in somebody else's layout: its header, its units, and where it does not fit its mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from methodology.errors import Problem
from methodology.indicators import IndicatorSystem, Kind
from methodology.sample.cell_reading import plain
from methodology.sample.description import Description
from methodology.sample.header import HEADER_ROWS, PLANT, Vocabulary, key_of, nearest, split_unit, units_row
from methodology.sample.mapping import MAPPING, Conditions, Mapping
from methodology.spreadsheets.grid import MOST_CELLS, Grid, column_letter, is_empty

ANY = "*"
"""At the end of a text: every text that begins so."""


@dataclass(frozen=True)
class ForeignTable:
    """A table in somebody else's layout, as typed; rows and columns count from 0."""

    grid: Grid
    names: dict[int, str]
    """Column -> its header."""
    header: int
    """Its last row."""
    first: int
    """First row of data."""
    stated: dict[int, str] = field(default_factory=dict)
    """Column -> unit that a row below the header states."""

    @cached_property
    def at(self) -> dict[str, int]:
        """Header as it is compared -> its column; with and without the unit in brackets."""
        whole = {key_of(name): column for column, name in reversed(self.names.items())}
        without = {key_of(split_unit(name)[0]): column for column, name in reversed(self.names.items())}
        return without | whole

    @cached_property
    def data(self) -> range:
        """Rows below the header."""
        return range(self.first, len(self.grid.rows))

    @cached_property
    def merged(self) -> dict[tuple[int, int], tuple[int, int, int, int]]:
        """Cell of the data -> the merged range that covers it."""
        found: dict[tuple[int, int], tuple[int, int, int, int]] = {}
        last = (len(self.grid.rows) - 1, self.grid.width - 1)
        for top, left, bottom, right in self.grid.merged:
            rows = range(max(top, self.first), min(bottom, last[0]) + 1)
            for cell in product(rows, range(left, min(right, last[1]) + 1)):
                if len(found) < MOST_CELLS:
                    found.setdefault(cell, (top, left, bottom, right))
        return found

    def column(self, header: str) -> int:
        """Column of a header that is there."""
        return self.at[key_of(header)]

    def text(self, row: int, header: str) -> str:
        """A cell as text; whole numbers without a point."""
        cell = self.grid.cell(row, self.column(header))
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        return plain(str(cell)) if not is_empty(cell) else ""

    def unit(self, header: str) -> str:
        """Unit that the header, or the row below it, states for a column."""
        column = self.column(header)
        return split_unit(plain(self.names[column]))[1] or self.stated.get(column, "")

    def problem(self, what: str, row: int, header: str, plant: str = "", fix: str = "") -> Problem:
        """A fault of a cell below a header that is there."""
        return self.grid.problem(what, row, self.names[self.column(header)], plant, fix=fix)

    @cached_property
    def _rows_by_text(self) -> dict[str, dict[str, set[int]]]:
        return {}

    def matching(self, conditions: Conditions) -> frozenset[int]:
        """Rows that meet all conditions."""
        found = set(self.data)
        for header, wanted in conditions.items():
            if header not in self._rows_by_text:
                by_text: dict[str, set[int]] = {}
                for row in self.data:
                    by_text.setdefault(self.text(row, header), set()).add(row)
                self._rows_by_text[header] = by_text
            by_text = self._rows_by_text[header]
            found &= set().union(*(rows for text, rows in by_text.items() if meets(text, wanted)))
        return frozenset(found)


def meets(text: str, wanted: Sequence[str]) -> bool:
    """
    Whether a text is one of those wanted, or begins as one that ends in a star.

    Examples
    --------
    >>> meets("331110", ["3311*"]), meets("NEI", ["nei"]), meets("TRI", ["NEI"])
    (True, True, False)
    """
    key = key_of(text)
    return any(
        key.startswith(key_of(one[:-1])) if one.endswith(ANY) else key == key_of(one) for one in wanted
    )


def open_table(grid: Grid, mapping: Mapping) -> ForeignTable:
    """Find the header of a foreign table, of several rows and with merged cells, and the units below it."""
    wanted = {key_of(name) for name in mapping.read}
    rows = [number - 1 for number in mapping.header if number <= len(grid.rows)] or [_best_row(grid, wanted)]
    names: dict[int, str] = {}
    for column in range(grid.width):
        parts = dict.fromkeys(plain(str(_spread(grid, row, column))) for row in rows)
        if any(parts):
            names[column] = " ".join(part for part in parts if part)
    found = {key_of(name): column for column, name in names.items()}
    columns = {PLANT: found.get(key_of(mapping.id[0]), 0), **{n: c for n, c in found.items() if n in wanted}}
    first, stated = units_row(grid, rows[-1], columns) if grid.rows else (0, {})
    units = {columns[name]: unit for name, unit in stated.items()}
    return ForeignTable(grid, names, rows[-1], first, units)


def _best_row(grid: Grid, wanted: set[str]) -> int:
    counts = [
        len({key for cell in row if isinstance(cell, str) for key in _keys(cell)} & wanted)
        for row in grid.rows[:HEADER_ROWS]
    ]
    return counts.index(max(counts)) if counts else 0


def _keys(cell: str) -> tuple[str, str]:
    return key_of(cell), key_of(split_unit(plain(cell))[0])


def _spread(grid: Grid, row: int, column: int) -> object:
    """A cell of a header, or what is merged over it."""
    cell, area = grid.cell(row, column), grid.covered(row, column)
    return grid.cell(*area[:2]) if area and is_empty(cell) else cell


def unit_wanted(name: str, system: IndicatorSystem, description: Description) -> str:
    """Unit of an indicator or attribute in the system; '' where words are asked for."""
    if name in system.ids:
        return system[name].unit if system[name].kind is Kind.QUANTITATIVE else ""
    kind = {**system.attributes, **description.attributes}.get(name, "text")
    return "" if kind == "text" or "|" in kind else kind


def layout_faults(
    table: ForeignTable, mapping: Mapping, system: IndicatorSystem, description: Description
) -> list[Problem]:
    """Everything in which a mapping and its table, or the system, do not fit; units once all columns are there."""
    problems = _unknown_targets(mapping, system, description)
    problems += _missing(table, mapping) + _unnamed(table, mapping)
    numeric = [name for name in mapping.columns if unit_wanted(name, system, description)]
    return problems or _unclear_units(table, mapping, numeric)


def _unknown_targets(mapping: Mapping, system: IndicatorSystem, description: Description) -> list[Problem]:
    known = {*system.ids, *system.attributes, *description.attributes}
    near, problems = Vocabulary.of(system, description).near, []
    for name in mapping.columns:
        if name not in known:
            what = f"{name!r} is neither an indicator nor an attribute of the system."
            fix = f"Did you mean {near(name)!r}?" if near(name) else "Check the name."
            problems.append(Problem(what, file=MAPPING, key=f"columns.{name}", fix=fix))
    fix = "Say where it comes from, or list it under `absent:` if the table says nothing about it."
    return problems + [
        Problem(f"the indicator {name!r} has no column.", file=MAPPING, key="columns", fix=fix)
        for name in system.ids
        if name not in mapping.columns and name not in mapping.absent
    ]


def _missing(table: ForeignTable, mapping: Mapping) -> list[Problem]:
    """Headers the mapping names that are not there, or stand there twice."""
    problems = []
    for name in mapping.read:
        same = [at for at, header in table.names.items() if key_of(header) == key_of(name)]
        if key_of(name) not in table.at:
            near = nearest(name, table.names.values())
            fix = f"Did you mean {near!r}?" if near else "Check the table and mapping.yaml."
            what = f"the column {name!r} is missing."
            problems.append(table.grid.problem(what, table.header, name, fix=fix))
        elif len(same) > 1:
            where = " and ".join(map(column_letter, same[:5]))
            fix = "Rename one of them in the table, or name more rows of the header (`header: [2, 3]`)."
            what = f"the header stands in columns {where}."
            problems.append(table.grid.problem(what, table.header, name, fix=fix))
    return problems


def _unnamed(table: ForeignTable, mapping: Mapping) -> list[Problem]:
    """Columns with data that the mapping neither names nor ignores."""
    if mapping.ignore == "rest":
        return []
    named = {table.at.get(key_of(name)) for name in (*mapping.read, *mapping.ignore)}
    what = "the mapping says nothing about the column."
    fix = "Map it, list it under `ignore:` in mapping.yaml, or say `ignore: rest`."
    return [
        table.grid.problem(what, table.header, name, fix=fix)
        for column, name in table.names.items()
        if column not in named
    ]


def _unclear_units(table: ForeignTable, mapping: Mapping, numeric: Sequence[str]) -> list[Problem]:
    """Columns whose header and mapping state two units, or whose header states one that nobody knows."""
    own, problems = mapping.own_units, list[Problem]()
    columns = [mapping.columns[name] for name in numeric]
    amounts = [amount for column in columns for amount in (column, column.per) if amount]
    for amount in amounts:
        for header in amount.column if not amount.unit_column else ():
            said, what, fix = table.unit(header), "", ""
            if said and amount.unit and own.knows(said) and own.in_house(said) != own.in_house(amount.unit):
                what, fix = (
                    f"the header says {said!r} and mapping.yaml {amount.unit!r}.",
                    "State one of them.",
                )
            elif said and not amount.unit and not own.knows(said):
                what = f"{said!r} in the header is no known unit."
                fix = "Say `unit:` in mapping.yaml, and what it equals under `units:`, {lb: {equals: 0.4536 kg}}."
            elif amount.unit and not own.knows(amount.unit):
                what = f"{amount.unit!r} is no known unit."
                fix = "Declare it under `units:` of mapping.yaml."
            problems += [table.problem(what, table.header, header, fix=fix)] if what else []
    return list(dict.fromkeys(problems))
