"""Which column means what: header row, units row, names in two languages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from methodology.errors import Problem
from methodology.indicators import IndicatorSystem
from methodology.indicators.expressions import parse
from methodology.sample.cell_reading import plain, shown
from methodology.sample.description import Description
from methodology.spreadsheets.grid import Grid, column_letter, is_empty
from methodology.units.table import house_unit, known_unit

PLANT = "plant"
PLANT_WORDS: tuple[str, ...] = ("plant", "plant id", "facility", "plant 企业", "企业 plant")
PLANT_WORDS += ("企业", "企业代码", "企业名称", "企业编号", "工厂")
YEAR = "year"
YEAR_WORDS = ("year", "年", "年份", "年度", "统计年度", "数据年份", "year 年份", "年份 year")
UNIT_WORDS = ("unit", "units", "单位", "计量单位", "unit 单位", "单位 unit")
EXAMPLE_WORDS = ("example", "例", "示例")
HEADER_ROWS = 30
"""The header is looked for in this many rows from the top."""
COLUMNS_SEARCHED, ROWS_SEARCHED = 5, 200
"""Where names of columns are looked for that stand below one another."""
LONGEST_HEADING = 1_000
"""Longer cells name no column, and are not searched for a unit."""
_OPENING, _CLOSING = "[(【", ")]】"
_LONGEST_COMPARED = 100
"""A slip of a name is about as long as the name; comparing longer texts takes time."""
UNIT_LINE = re.compile(r"(单\s*位|\bunits?)\s*:", re.I)


def key_of(cell: object) -> str:
    """Name as it is compared: full-width forms, case, white space and underscores apart."""
    return " ".join(plain(str(cell)).replace("_", " ").split()).casefold()


def split_unit(text: str) -> tuple[str, str]:
    """
    A name and its unit in brackets, also as `name/(unit)` and `name(单位:unit)`; `name, unit` where the unit is known.

    Examples
    --------
    >>> split_unit("energy, gross (total) / [kgce/t]"), split_unit("焦比 kg/t"), split_unit("energy gross")
    (('energy, gross (total)', 'kgce/t'), ('焦比', 'kg/t'), ('energy gross', ''))
    """
    if len(text) > LONGEST_HEADING or text[-1:] not in tuple(_CLOSING):
        at = max(map(text.rfind, " ,:;")) if len(text) <= LONGEST_HEADING else 0
        name, unit = text[: max(at, 0)].rstrip(" ,:;"), text[at + 1 :]
        return (name, unit) if name and ("/" in unit or unit == "%") and known_unit(unit) else (text, "")
    inner = max(text.rfind(sign, 0, -1) for sign in _CLOSING)  # of an earlier pair, which belongs to the name
    begins = [at for sign in _OPENING if (at := text.find(sign, max(inner + 1, 1), -1)) > 0]
    if not begins:
        return text, ""
    name, unit = text[: min(begins)].rstrip(), text[min(begins) + 1 : -1].strip()
    if unit.startswith("单位"):
        unit = unit.removeprefix("单位").lstrip().removeprefix(":").strip()
    return name.removesuffix("/").rstrip() or name, unit


@dataclass(frozen=True)
class Vocabulary:
    """Every name a column may have, and what it means."""

    meanings: dict[str, str]
    indicators: tuple[str, ...]
    attributes: dict[str, str]
    ignored: frozenset[str]
    computed: Mapping[str, set[str]] = field(default_factory=dict)
    """Indicator -> columns of raw quantities it is computed from, if it has no column itself."""

    @classmethod
    def of(cls, system: IndicatorSystem, description: Description) -> Vocabulary:
        """Names of a system's indicators and attributes, and those the sidecar adds."""
        raw = {q.id: q for q in system.quantities if not q.outlet}
        attributes = {
            **system.attributes,
            **{name: q.unit for name, q in raw.items()},
            **description.attributes,
        }
        meanings: dict[str, str] = {}
        for q in raw.values():
            meanings.update(dict.fromkeys((key_of(q.name_zh), key_of(q.name_en)), q.id))
        for i in system.indicators:
            meanings.update(dict.fromkeys((key_of(i.name_zh), key_of(i.name_en)), i.id))
        meanings.update({key_of(name): PLANT for name in PLANT_WORDS})
        meanings.update(dict.fromkeys(YEAR_WORDS, YEAR))
        meanings.update({key_of(name): name for name in (*attributes, *system.ids)})
        meanings.update({key_of(header): name for header, name in description.columns.items()})
        if description.index:
            meanings[key_of(description.index)] = PLANT
        computed = {
            i.id: {n for n in parse(i.formula).names if n in raw} for i in system.indicators if i.formula
        }
        ignored = frozenset(map(key_of, description.ignore))
        return cls(meanings, system.ids, attributes, ignored, computed)

    @classmethod
    def of_headers(cls, headers: Iterable[str]) -> Vocabulary:
        """Headers of somebody else's table, which mean what a mapping says."""
        return cls({key_of(header): header for header in headers}, (), {}, frozenset())

    def meaning(self, cell: object) -> tuple[str, str]:
        """Indicator, attribute or `plant` a header names ("" if none), and the unit it states."""
        text = plain(str(cell))
        whole = self.meanings.get(key_of(text), "")
        if whole:
            return whole, ""
        name, unit = split_unit(text)
        named = self.meanings.get(key_of(name), "") if name != text else ""
        return (named, unit) if named else ("", "")

    def knows(self, cell: object) -> bool:
        """Whether a cell names a column."""
        return isinstance(cell, str) and bool(self.meaning(cell)[0])

    def near(self, text: str) -> str:
        """A known name that `text` may be a slip of, or ''."""
        return nearest(split_unit(plain(text))[0], [*self.indicators, *self.attributes, PLANT])


def nearest(text: str, names: Iterable[str]) -> str:
    """The name that `text` may be a slip of, or ''."""
    if len(text) > _LONGEST_COMPARED:
        return ""
    by_key = {key_of(name): name for name in names}
    close = difflib.get_close_matches(key_of(text), by_key, n=1, cutoff=0.75)
    return by_key[close[0]] if close else ""


@dataclass(frozen=True)
class Head:
    """What the rows above the data say."""

    row: int
    """Header row, from 0."""
    first: int
    """First row below headers and units, from 0."""
    columns: dict[str, int]
    """Meaning -> column, from 0."""
    names: dict[int, str]
    """Column -> its header as written."""
    units: dict[str, str] = field(default_factory=dict)
    """Meaning -> unit that a header or the units row states."""
    problems: tuple[Problem, ...] = ()


def find_header(grid: Grid, vocabulary: Vocabulary) -> tuple[int, int]:
    """
    Find the row that names most columns, from 0, and how many; of equals in a block the lowest.

    Explanations stand above ids.
    """
    counts = [
        len({vocabulary.meaning(cell)[0] for cell in row if isinstance(cell, str)} - {""})
        for row in grid.rows[:HEADER_ROWS]
    ]
    count = max(counts, default=0)
    row = counts.index(count) if count else 0
    while row + 1 < len(counts) and counts[row + 1] == count > 0:
        row += 1
    return row, count


def read_head(grid: Grid, row: int, vocabulary: Vocabulary) -> Head:
    """Understand the header row at `row` and the units row below it, with every fault of both."""
    columns: dict[str, int] = {}
    names: dict[int, str] = {}
    units: dict[str, str] = {}
    problems: list[Problem] = []
    named = [column for column, cell in enumerate(grid.rows[row]) if not is_empty(cell)]
    width = grid.width if grid.sheet else max(named, default=-1) + 1  # text rows that are longer are stray
    for column in range(width):
        cell = grid.cell(row, column)
        if is_empty(cell):
            if any(not is_empty(grid.cell(below, column)) for below in range(row + 1, len(grid.rows))):
                problems.append(_headless(grid, row, column))
            continue
        text = plain(str(cell))
        names[column] = text
        meaning, unit = vocabulary.meaning(text)
        if key_of(text) in vocabulary.ignored:
            continue
        if not meaning:
            problems.append(_unknown(grid, row, text, vocabulary))
        elif meaning in columns:
            what = f"column {column_letter(column)} names {meaning!r} again, "
            what += f"after column {column_letter(columns[meaning])}."
            problems.append(grid.problem(what, row, text, fix="Keep one of the two columns."))
        else:
            columns[meaning] = column
            if unit:
                units[meaning] = unit
    problems += _missing(columns, vocabulary, grid, row)
    first, stated = units_row(grid, row, columns)
    for meaning, unit in stated.items():
        if house_unit(units.setdefault(meaning, unit)) != house_unit(unit):
            what = f"the column says {units[meaning]!r} in its header and {unit!r} in the row below."
            problems.append(grid.problem(what, first - 1, names[columns[meaning]], fix="State one of them."))
    return Head(row, first, columns, names, units, tuple(problems))


def _headless(grid: Grid, row: int, column: int) -> Problem:
    letter = column_letter(column)
    why = "The header is merged over several columns." if grid.covered(row, column) else ""
    fix = "Give every column its own header, or delete its cells."
    return grid.problem(f"column {letter} holds data and has no header.", row, letter, why=why, fix=fix)


def _unknown(grid: Grid, row: int, text: str, vocabulary: Vocabulary) -> Problem:
    near = vocabulary.near(text)
    hint = f"Did you mean {near!r}?" if near else "Use an indicator id, or its name in the questionnaire."
    named = text if len(text) <= 60 else f"{text[:57]}..."
    what = f"{named!r} is neither an indicator nor an attribute of the system."
    fix = f"{hint} To leave the column out, list it under `ignore:` in sample.yaml."
    return grid.problem(what, row, named, fix=fix)


def _missing(columns: Iterable[str], vocabulary: Vocabulary, grid: Grid, row: int) -> list[Problem]:
    found = set(columns)
    fix = "Name it 'plant' (企业), or say `index: its header` in sample.yaml."
    plant = grid.problem("there is no column of plant ids.", row, PLANT, fix=fix)
    fix = "Add it; leave its cells empty where nothing was reported."
    return ([] if PLANT in found else [plant]) + [
        grid.problem(f"the column of indicator {name!r} is missing.", row, name, fix=fix)
        for name in vocabulary.indicators
        if name not in found and not vocabulary.computed.get(name, {""}) <= found
    ]


def units_above(grid: Grid, head: Head) -> list[Problem]:
    """Cells above the header that state a unit for the whole table; columns do not take it over."""
    fix = "State units in the header, in a row below it, or under `units:` in sample.yaml."
    told = "stands above the table and is not read as the unit of a column."
    return [
        grid.problem(f"{shown(cell)} {told}", row, fix=fix)
        for row in range(head.row)
        for cell in grid.rows[row]
        if isinstance(cell, str) and len(cell) <= LONGEST_HEADING and UNIT_LINE.search(plain(cell))
    ]


def units_row(grid: Grid, row: int, columns: dict[str, int]) -> tuple[int, dict[str, str]]:
    """Row where data begin, and the units stated in the row between, if there is one."""
    below = row + 1
    if below >= len(grid.rows) or PLANT not in columns:
        return below, {}
    head = grid.cell(below, columns[PLANT])
    cells = {m: grid.cell(below, c) for m, c in columns.items() if m != PLANT}
    filled = {m: _bare_unit(plain(str(cell))) for m, cell in cells.items() if not is_empty(cell)}
    marked = isinstance(head, str) and key_of(head).rstrip(": ") in UNIT_WORDS
    texts = all(isinstance(cells[m], str) and not filled[m][:1].isdigit() for m in filled)
    silent = is_empty(head) or (isinstance(head, str) and not any(map(str.isalnum, head)))
    units = (t for t in filled.values() if known_unit(t) or any(sign in t for sign in "/%每"))
    return (below + 1, filled) if marked or (silent and texts and any(units)) else (below, {})


def _bare_unit(text: str) -> str:
    """A unit that stands in a cell of its own, without the brackets and the word around it."""
    text = text.removeprefix("单位").lstrip(": ")
    return split_unit(f"x{text}")[1] or text if text[:1] in tuple(_OPENING) else text


def turned(grid: Grid, vocabulary: Vocabulary) -> int | None:
    """Column, from 0, in which the names of columns stand below one another: of a table that is turned, or long."""
    _, most = find_header(grid, vocabulary)
    found = None
    for column in range(min(grid.width, COLUMNS_SEARCHED)):
        cells = (grid.cell(row, column) for row in range(min(len(grid.rows), ROWS_SEARCHED)))
        names = {vocabulary.meaning(cell)[0] for cell in cells if isinstance(cell, str)} - {"", PLANT, YEAR}
        if len(names) > max(most, 1):
            found, most = column, len(names)
    return found
