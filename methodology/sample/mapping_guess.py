"""A first mapping of a foreign table, guessed from names and units, for a person to correct: `workbench map`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from methodology.errors import DataError, UnitError
from methodology.indicators import IndicatorSystem, Kind
from methodology.indicators.display import unit_text
from methodology.sample.cell_reading import is_number, plain
from methodology.sample.header import (
    HEADER_ROWS,
    PLANT_WORDS,
    UNIT_WORDS,
    YEAR_WORDS,
    key_of,
    split_unit,
    units_row,
)
from methodology.spreadsheets.grid import Grid, is_empty
from methodology.units import convert
from methodology.units.table import known_unit

SURE, LIKELY, GUESS = "sure", "likely", "a guess"
_LIKELY, _GUESS = 0.75, 0.5
_SYNONYMS = (
    ("nox", "氮氧化物", "nitrogen oxides", "nitrogen oxide", "氧化氮"),
    ("so2", "二氧化硫", "sulphur dioxide", "sulfur dioxide"),
    ("pm", "颗粒物", "烟粉尘", "烟尘", "粉尘", "particulate matter", "particulates", "dust"),
    ("co2", "二氧化碳", "carbon dioxide", "碳排放"),
    ("voc", "挥发性有机物", "volatile organic compounds", "vocs", "nmvoc"),
    ("energy", "能耗", "能源消耗", "energy consumption", "energy use"),
    ("water", "新水", "取水", "耗新水", "fresh water", "freshwater", "water use", "water intake"),
    ("rate", "率", "ratio", "share"),
    ("capacity", "产能", "生产能力"),
    ("blast furnace", "高炉"),
    ("hot metal", "铁水", "生铁", "pig iron"),
    ("sulphur", "sulfur", "硫"),
)
_FILLERS = re.compile(
    r"\b(of|the|per|and|in|for|a|total|concentrations?|emissions?)\b|\(.*?\)|单位产品|吨产品|吨铁|吨钢|单位|指标|合计|"
    r"烟气|排放浓度|排放量|浓度"
)
_ID_WORDS = re.compile(
    r"\b(name|id|code|facility|plant|company|site|works)\b|企业|工厂|公司|单位名称|名称|编号|代码"
)
_VALUE_WORDS = re.compile(r"\b(value|amount|quantity|result|emission)s?\b|flowamount|数值|结果|排放量|数量")
_MOST_ROWS = 2_000
"""Rows that a guess looks at ..."""
_ROWS_OF_A_KIND = 200
"""... to tell numbers from words, and ..."""
_MOST_QUANTITIES = 200
"""... quantities that a column of a long table may name."""
Targets = dict[str, tuple[tuple[str, ...], str]]
"""Indicator or attribute -> its names and its unit ('' for words)."""


_key = lru_cache(maxsize=4096)(key_of)


@dataclass(frozen=True)
class Match:
    """A target of the system and the column it may come from."""

    target: str
    header: str
    score: float
    unit: str = ""
    reason: str = ""

    @property
    def confidence(self) -> str:
        """How sure the guess is, in a word."""
        return SURE if self.score >= 1 else LIKELY if self.score >= _LIKELY else GUESS


@dataclass(frozen=True)
class MappingGuess:
    """What a table seems to mean: text of a mapping.yaml, and what was matched and what was not."""

    text: str
    matches: tuple[Match, ...]
    missing: tuple[str, ...]
    unused: tuple[str, ...]


@dataclass
class _Sheet:
    """A sheet with the row that looks most like its header."""

    grid: Grid
    header: int = 0
    names: dict[int, str] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    first: int = 0

    def cells(self, column: int) -> list[object]:
        """Filled cells of a column, the first two thousand."""
        rows = self.grid.rows[self.first : self.first + _MOST_ROWS]
        return [row[column] for row in rows if column < len(row) and not is_empty(row[column])]

    def numeric(self, column: int) -> bool:
        """Whether most cells of a column are numbers."""
        cells = self.cells(column)[:_ROWS_OF_A_KIND]
        return bool(cells) and sum(map(is_number, cells)) >= 0.6 * len(cells)


def guess_mapping(grids: Sequence[Grid], system: IndicatorSystem) -> MappingGuess:
    """
    Guess what the columns of a foreign table mean, by the names, units and attributes of a system.

    Hidden sheets are passed over. Every match has a reason and a word of confidence; what is not matched is listed.
    """
    targets = _targets(system)
    sheets = [_opened(grid, targets) for grid in grids if not grid.hidden and grid.rows]
    if not sheets:
        raise DataError(
            "There is no visible sheet with a table. Show the sheet, or save the table alone as CSV."
        )
    sheet = max(sheets, key=lambda one: _worth(one, targets))
    long = _long_layout(sheet, targets)
    matches = long or _matched(sheet.names, sheet.units, targets)
    found = {match.target for match in matches}
    missing = tuple(name for name in system.ids if name not in found)
    used = {match.header for match in matches}
    id_columns, year = _id_of(sheet, used), _year_of(sheet)
    known = {*used, *id_columns, year, *(_long_headers(sheet) if long else ())}
    unused = tuple(name for name in sheet.names.values() if name not in known)
    text = _text(
        sheet, system, matches, (id_columns, year, missing, unused), long=bool(long), alone=len(sheets) == 1
    )
    return MappingGuess(text, tuple(matches), missing, unused)


def _opened(grid: Grid, targets: Targets) -> _Sheet:
    """The row that fits best as a header: known names first, then many texts above numbers."""
    best, score = 0, -1.0
    for row, cells in enumerate(grid.rows[:HEADER_ROWS]):
        texts = {at: plain(str(cell)) for at, cell in enumerate(cells) if not is_empty(cell)}
        names = {at: text for at, text in texts.items() if isinstance(cells[at], str) and not is_number(text)}
        fits = sum(match.score for match in _matched(names, {}, targets) if match.score >= _LIKELY)
        worth = 10 * fits + 2 * len(set(names.values())) - len(texts)
        worth += 25 if len(names) == len(texts) > 1 else 0  # nothing but words
        if worth > score:
            best, score = row, worth
    names = {at: plain(str(cell)) for at, cell in enumerate(grid.rows[best]) if not is_empty(cell)}
    columns = {"plant": min(names, default=0), **{str(at): at for at in names}}
    first, stated = units_row(grid, best, columns)
    units = {at: split_unit(name)[1] for at, name in names.items()}
    units |= {columns[at]: unit for at, unit in stated.items()}
    return _Sheet(grid, best, names, {at: unit for at, unit in units.items() if unit}, first)


def _worth(sheet: _Sheet, targets: Targets) -> tuple[float, int]:
    matches = _long_layout(sheet, targets) or _matched(sheet.names, sheet.units, targets)
    return sum(match.score for match in matches), len(sheet.grid.rows)


def _targets(system: IndicatorSystem) -> Targets:
    targets: Targets = {
        i.id: (
            (i.id, i.name_zh, i.name_en, i.name_en.partition(" per ")[0], i.name_zh.rpartition("的")[2]),
            i.unit if i.kind is Kind.QUANTITATIVE else "",
        )
        for i in system.indicators
    }
    for name, kind in system.attributes.items():
        targets[name] = ((name,), "" if kind == "text" or "|" in kind else kind)
    return targets


def _matched(names: dict[int, str], units: dict[int, str], targets: Targets) -> list[Match]:
    """The best pairs of a target and a column, each used once."""
    pairs = []
    for target, (called, wanted) in targets.items():
        for at, header in names.items():
            match = _compared(target, called, wanted, header, units.get(at, split_unit(header)[1]))
            if match.score >= _GUESS:
                pairs.append((match.score, -at, match))
    chosen: dict[str, Match] = {}
    used: set[int] = set()
    for _, at, match in sorted(pairs, key=lambda pair: (-pair[0], -pair[1], pair[2].target)):
        if match.target not in chosen and at not in used:
            chosen[match.target] = match
            used.add(at)
    return [chosen[target] for target in targets if target in chosen]


def _compared(target: str, called: Iterable[str], wanted: str, header: str, unit: str) -> Match:
    name = split_unit(header)[0]
    same = next((one for one in called if _key(one) in (_key(name), _key(header))), "")
    score, near = (1.0, same) if same else max((_alike(one, name), one) for one in called)
    reason = f"the name is {'that' if same else 'like that'} of {near!r}"
    if unit and wanted and known_unit(unit):
        fits = _converts(unit, wanted)
        reason += f"; {unit_text(unit)} {'fits' if fits else 'does not fit'} {unit_text(wanted)}"
        score = min(score + 0.1, 1.0 if same else 0.99) if fits else score * 0.5
    elif unit and wanted:
        reason += f"; {unit!r} is no known unit: say what it equals under `units:`"
        score = min(score, 0.74)
    elif wanted:
        reason += f"; no unit is stated, {unit_text(wanted)} is assumed"
        score = min(score, 0.99)
    return Match(target, header, score, unit, reason)


def _alike(one: str, other: str) -> float:
    """Share of words and pairs of Chinese signs that two names have in common, synonyms taken for the same."""
    a, b = _pieces(one), _pieces(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


@lru_cache(maxsize=4096)
def _pieces(name: str) -> frozenset[str]:
    text = _FILLERS.sub(" ", key_of(name))
    for canonical, *others in _SYNONYMS:
        for other in sorted(others, key=len, reverse=True):
            text = text.replace(other, f" {canonical} ")
    words = {word.rstrip("s") for word in re.findall(r"[a-z0-9.]+", text) if word.strip(".")}
    runs = re.findall(r"[\u3400-\u9fff]+", text)
    pairs = {run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))}
    return frozenset(words | pairs)


def _converts(unit: str, wanted: str) -> bool:
    try:
        convert(1.0, unit, wanted)
    except UnitError:
        return False
    return True


def _id_of(sheet: _Sheet, used: set[str]) -> list[str]:
    """The column that names plants; a second one where it does not tell rows apart."""
    free = [at for at, name in sheet.names.items() if name not in used and not sheet.numeric(at)]
    named = [at for at in free if key_of(sheet.names[at]) in map(key_of, PLANT_WORDS)]
    named += [at for at in sheet.names if at not in named and _ID_WORDS.search(key_of(sheet.names[at]))]
    order = list(dict.fromkeys([*named, *free]))
    if not order:
        return [next(iter(sheet.names.values()), "")]
    rows = sheet.grid.rows[sheet.first : sheet.first + _MOST_ROWS]
    for second in (None, *[at for at in order[1:4] if at in named]):
        columns = [order[0], *([second] if second is not None else [])]
        keys = [tuple(str(row[at]) if at < len(row) else "" for at in columns) for row in rows]
        if len(set(keys)) == len(keys):
            return [sheet.names[at] for at in columns]
    return [sheet.names[order[0]]]


def _year_of(sheet: _Sheet) -> str:
    return next((name for name in sheet.names.values() if key_of(name) in YEAR_WORDS), "")


def _long_headers(sheet: _Sheet) -> tuple[str, str, str]:
    """Headers of the columns of names, values and units of a table in long form; '' where there is none."""
    texts = [at for at in sheet.names if not sheet.numeric(at)]
    several = [at for at in texts if 1 < len(set(map(str, sheet.cells(at)))) < max(3, len(sheet.cells(at)))]
    called = ((at, name) for at, name in sheet.names.items() if _VALUE_WORDS.search(key_of(name)))
    value = next((name for at, name in called if sheet.numeric(at)), "")
    unit = next((n for n in sheet.names.values() if key_of(n) in UNIT_WORDS), "")
    name = max(several, key=lambda at: len(set(map(str, sheet.cells(at)))), default=None)
    return (sheet.names[name] if name is not None else "", value, unit)


def _long_layout(sheet: _Sheet, targets: Targets) -> list[Match]:
    """Matches of a table with one row per plant and quantity, where the quantities are named in a column."""
    value = _long_headers(sheet)[1]
    if not value:
        return []
    best: list[Match] = []
    for at in sheet.names:
        said = dict.fromkeys(map(str, sheet.cells(at)))
        if not 1 < len(said) <= _MOST_QUANTITIES or sheet.numeric(at):
            continue
        found = _matched(dict(enumerate(said)), {}, targets)
        found = [match for match in found if match.score >= _LIKELY]
        if len(found) > max(len(best), 1):
            best = [Match(m.target, sheet.names[at], m.score, m.header, m.reason) for m in found]
    return best


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _text(
    sheet: _Sheet,
    system: IndicatorSystem,
    matches: Sequence[Match],
    rest: tuple[list[str], str, tuple[str, ...], tuple[str, ...]],
    *,
    long: bool,
    alone: bool,
) -> str:
    """The mapping as YAML with a reason at every line."""
    id_columns, year, missing, unused = rest
    lines = [
        "# A first guess, to be corrected by a person. 初步猜测，请逐行核对后使用。",
        f"system: {system.id}",
        *([f"sheet: {_quoted(sheet.grid.sheet)}"] if sheet.grid.sheet and not alone else []),
        f"header: {sheet.header + 1}",
        f"id: [{', '.join(map(_quoted, id_columns))}]  # 企业",
        *([f"year: {_quoted(year)}  # 年份"] if year else []),
        "columns:",
    ]
    _, value, unit_column = _long_headers(sheet) if long else ("", "", "")
    for match in matches:
        said = f"column: {_quoted(match.header)}"
        if long:
            said = f"column: {_quoted(value)}, where: {{{_quoted(match.header)}: {_quoted(match.unit)}}}"
            said += f", unit_column: {_quoted(unit_column)}" if unit_column else ""
        lines.append(f"  {match.target}: {{{said}}}  # {match.confidence}: {_comment(match.reason)}")
    if not matches:
        lines[-1] = "columns: {}  # nothing was recognised: write `indicator: {column: header}`"
    if missing:
        lines.append(
            "# Not found: give each a column, or list it under `absent:` if the table says nothing about it."
        )
        lines += [f"#   {name}: {{column: }}  # {_comment(system[name].name_zh)}" for name in missing]
    lines.append("ignore:" if unused else "ignore: []")
    lines += [f"  - {_quoted(name)}  # no name or unit of the system is like it" for name in unused]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    return " ".join(text.split())
