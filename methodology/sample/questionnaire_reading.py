"""Filled questionnaires become a sample: typed values, values computed from raw quantities, and the cells of both."""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from methodology.errors import Problem, WorkbenchError
from methodology.indicators import CellState, Indicator, IndicatorSystem, Kind
from methodology.indicators import questionnaire_words as words
from methodology.indicators.expressions import parse
from methodology.sample.attribute_words import choice_words
from methodology.sample.cell_reading import (
    UNIT_IN_HEADER,
    Reading,
    is_number,
    plain,
    read_level,
    read_quantity,
    read_words,
    read_year,
    shown,
)
from methodology.sample.computed_values import Answer, Answers
from methodology.spreadsheets.grid import FormattedCell, Grid, address, area_name, is_empty
from methodology.units import convert
from methodology.units.table import house_unit

_HEADS = frozenset(
    {
        *(words.CODE, words.ITEM, words.ENTRY, words.UNIT, words.BELOW, words.NOT_APPLICABLE, words.PROOF),
        *(words.CHECK, words.CONVERTED, words.COMPUTED, words.SAID),
        *(str(number) for number in range(1, words.MOST_OUTLETS + 1)),
    }
)
_IN_ITS_CELL = "Enter each value in the cell of its question, and clear other cells."
MOST_SEARCHED = 2_000_000
MOST_PARTS = 20
"""Parts of a workbook, and bytes of each, that are searched for the mark of the form."""
_TEXTS = re.compile(r"xl/sharedStrings\.xml|xl/worksheets/sheet\d+\.xml|content\.xml")


@dataclass(frozen=True)
class Row:
    """A question as it stands in a sheet."""

    grid: Grid
    row: int
    columns: Mapping[str, int]

    def cell(self, head: str) -> object:
        """What stands below a head."""
        return self.grid.cell(self.row, self.columns[head]) if head in self.columns else ""

    def address(self, head: str) -> str:
        """Name of the cell below a head."""
        return address(self.row, self.columns.get(head, self.columns[words.CODE]))

    def problem(self, head: str, what: str, fix: str) -> Problem:
        """A fault of the cell below a head."""
        return self.grid.problem(f"{self.address(head)}: {what}", self.row, head, fix=fix)

    @property
    def hidden(self) -> bool:
        """Whether nobody sees the row."""
        return self.grid.hidden or self.row in self.grid.hidden_rows

    def failed(self, head: str) -> str:
        """What is wrong with the cell below a head, if anything."""
        return self.grid.errors.get((self.row, self.columns[head]), "") if head in self.columns else ""


def questions(grids: Sequence[Grid]) -> tuple[dict[str, Row], list[Problem]]:
    """Every row that bears a code below a row of heads; a code that stands twice is a fault."""
    rows: dict[str, Row] = {}
    problems = []
    for grid in grids:
        columns: dict[str, int] = {}
        own: frozenset[int] = frozenset()
        for number, cells in enumerate(grid.rows):
            if words.CODE in {cell.strip() for cell in cells if isinstance(cell, str)}:
                heads = {_text(cell): at for at, cell in enumerate(cells) if not is_empty(cell)}
                columns, own = heads, frozenset(at for head, at in heads.items() if head in _HEADS)
                problems += _lost_columns(Row(grid, number, heads), [_text(cell) for cell in cells])
            elif columns:
                code = _text(grid.cell(number, columns[words.CODE]))
                row = Row(grid, number, columns)
                problems += _beside(row, own) if code and " " not in code else []
                if code in rows:
                    what = f"the row {code!r} stands twice in the form, first in {rows[code].grid.sheet!r}."
                    fix = "Send one form per plant, in a file of its own."
                    problems.append(row.problem(words.CODE, what, fix))
                elif code and " " not in code:
                    rows[code] = row
    return rows, problems


def _beside(row: Row, own: Collection[int]) -> list[Problem]:
    """Cells of a question that stand below no head or numbers below a strange one, and values of two questions."""
    told, strange = [], [at for at in row.columns.values() if at not in own]
    for at, cell in enumerate(row.grid.rows[row.row]):
        if at not in own and (_holds_number(cell) if at in strange else not is_empty(cell)):
            told.append(f"{address(row.row, at)}: {shown(cell)} stands beside the columns of the form.")
    for area in row.grid.merged:
        top, left, bottom, right = area
        if top == row.row < bottom and any(left <= at <= right for at in row.columns.values()):
            count = f"one value stands for {bottom - top + 1} questions."
            told.append(f"the cells {area_name(area)} are merged: {count}")
    return [row.grid.problem(what, row.row, fix=_IN_ITS_CELL) for what in told]


def _lost_columns(row: Row, heads: Sequence[str]) -> list[Problem]:
    """Columns of a sheet that are gone or doubled: what stood in them would be lost without a word."""
    needed = [words.UNIT, words.ENTRY if words.ENTRY in heads or "1" not in heads else "1"]
    needed += [words.BELOW, words.NOT_APPLICABLE] if words.COMPUTED in heads else []
    lost = [head for head in needed if head not in heads]
    known = {*needed, words.CODE, *(str(n) for n in range(1, words.MOST_OUTLETS + 1))}
    twice = [head for head in known if heads.count(head) > 1]
    fix = "Fill in the form as it was sent; leave its columns."
    return [
        *(row.problem(words.CODE, f"the column {head!r} is gone.", fix) for head in lost),
        *(row.problem(words.CODE, f"the column {head!r} stands twice.", fix) for head in sorted(twice)),
    ]


def _text(cell: object) -> str:
    """A head or code; spreadsheets may keep the head of an outlet as the number 1.0."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _holds_number(cell: object) -> bool:
    """Whether a cell holds a number and nothing else, in any format too."""
    return isinstance(cell, FormattedCell) or is_number(cell)


def misplaced(row: Row, heads: Iterable[str]) -> list[Problem]:
    """Numbers that stand below other heads while the entry is empty."""
    if row.failed(words.ENTRY) or not is_empty(row.cell(words.ENTRY)):
        return []
    what = "{} stands below {!r}, and the entry is empty."
    return [
        row.problem(head, what.format(shown(row.cell(head)), head), _IN_ITS_CELL)
        for head in heads
        if _holds_number(row.cell(head))
    ]


def is_questionnaire(data: bytes) -> bool:
    """Whether a file bears the mark of the form, before it is read as a workbook."""
    if data[:2] != b"PK":
        return any(words.MARK.encode(coding) in data for coding in ("ascii", "utf-16-le"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [name for name in archive.namelist() if _TEXTS.fullmatch(name)]
            return any(words.MARK.encode() in _beginning(archive, name) for name in parts[:MOST_PARTS])
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, EOFError):
        return False  # the reader of workbooks says what is wrong with it


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MOST_SEARCHED)


def read_answers(grids: Sequence[Grid], system: IndicatorSystem) -> Answers:
    """
    Read one filled form, with every fault at once, each with sheet and cell.

    Its sheets are known by their heads, whatever they are called and wherever a row has moved.
    """
    found = Answers(grids[0].file)
    about = next((cells for grid in grids for cells in _marked(grid)), "")
    if about != system.id:
        what = f"the form is the questionnaire of {about!r}, not of {system.id!r}."
        fix = f"Name the system it is about, or fill in that of `workbench template {system.id}`."
        found.problems.append(Problem(what, file=found.file, fix=fix))
        return found
    rows, doubled = questions(grids)
    found.problems += doubled
    wanted = [words.PLANT_ROW, *system.attributes, *(q.id for q in system.quantities), *system.ids]
    lost = [code for code in wanted if code not in rows]
    if lost:
        what = f"{len(lost)} rows of the form are gone: {', '.join(lost[:5])}{', ...' * (len(lost) > 5)}."
        fix = "Fill in the form as it was sent; leave its rows."
        found.problems.append(Problem(what, file=found.file, fix=fix))
    _about_plant(found, rows, system)
    _raw(found, rows, system)
    for indicator in system.indicators:
        answer = _value(found, rows[indicator.id], indicator) if indicator.id in rows else None
        if answer is not None:
            found.typed[indicator.id] = answer
        elif indicator.id in rows and not _computable(found, indicator):
            found.problems += misplaced(rows[indicator.id], (words.COMPUTED, words.PROOF))
    proofs = (row.cell(words.PROOF) for row in rows.values())
    found.texts += [str(proof) for proof in proofs if not is_empty(proof)]
    return found


def _raw(found: Answers, rows: Mapping[str, Row], system: IndicatorSystem) -> None:
    """Raw quantities of the plant and of its outlets, and what these are called."""
    columns = [str(n) for n in range(1, words.MOST_OUTLETS + 1)]
    for quantity in (q for q in system.quantities if q.id in rows):
        below = rows.get(f"{quantity.id}.{words.LESS}")
        heads = columns if quantity.outlet else [words.ENTRY]
        if not quantity.outlet:
            found.problems += misplaced(rows[quantity.id], (words.CONVERTED, words.PROOF))
        limits, signed = quantity.kind == "concentration", quantity.signed
        found.raw[quantity.id] = [
            _amount(found, rows[quantity.id], head, quantity.unit, below=below, limits=limits, signed=signed)
            for head in heads
        ]
    named = [rows[name] for o in system.outlets if (name := f"{o.id}.{words.NAME_ROW}") in rows]
    found.texts += [str(row.cell(head)) for row in named for head in columns]


def _computable(found: Answers, indicator: Indicator) -> bool:
    """Whether an amount of everything that its formula needs is given."""
    needed = set(parse(indicator.formula).names) & set(found.raw) if indicator.formula else set()
    return bool(needed) and all(any(found.raw[name]) for name in needed)


def _marked(grid: Grid) -> Iterator[str]:
    """Id of the system beside the mark of the form."""
    for row in grid.rows[:20]:
        for at, cell in enumerate(row[:-1]):
            if cell == words.MARK:
                yield str(row[at + 1]).strip()


def _about_plant(found: Answers, rows: Mapping[str, Row], system: IndicatorSystem) -> None:
    row = rows.get(words.PLANT_ROW)
    if row is not None:
        name, fault = read_words(row.cell(words.ENTRY))
        fault = "holds no name or code" if not name and not fault else fault
        if fault:
            what = f"the name of the plant {fault}."
            found.problems.append(row.problem(words.ENTRY, what, "Write a name or code, e.g. P01."))
        found.plant = name
    if words.YEAR_ROW in rows:
        row = rows[words.YEAR_ROW]
        found.year = read_year(row.cell(words.ENTRY)) or None
        if found.year is None and (row.failed(words.ENTRY) or not is_empty(row.cell(words.ENTRY))):
            what = f"{shown(row.cell(words.ENTRY))} is no year."
            found.problems.append(row.problem(words.ENTRY, what, "Enter the year of the figures, e.g. 2024."))
    for name, kind in system.attributes.items():
        if name in rows:
            found.attributes[name] = _attribute(found, rows[name], name, kind, system)


def _attribute(found: Answers, row: Row, name: str, kind: str, system: IndicatorSystem) -> object:
    if "|" not in kind and kind != "text":
        answer = _amount(found, row, words.ENTRY, kind, signed=house_unit(kind) in ("C", "K"))
        bounds = system.attribute_bounds.get(name)
        if answer and bounds and not bounds.low <= answer.value <= bounds.high:
            what = f"{answer.value:g} lies outside {bounds.low:g} to {bounds.high:g} {kind}."
            fix = "Ask the plant; leave it empty until it answers."
            found.problems.append(row.problem(words.ENTRY, what, fix))
        return answer.value if answer else float("nan")
    text, fault = read_words(row.cell(words.ENTRY))
    if kind == "text":
        found.texts.append(text)
    elif text and not fault:
        listed = {word: told[0] for word, told in choice_words(name, kind).items()}
        meant = {way: word for word, text in listed.items() for way in (word, text, text.split(" ")[0])}
        fault = "" if text in meant else "is not one of the choices"
        text = meant.get(text, "")
    if fault:
        fix = "Choose from the list." if "|" in kind else "Write plain words."
        found.problems.append(row.problem(words.ENTRY, f"{shown(row.cell(words.ENTRY))} {fault}.", fix))
    return text


def _amount(
    found: Answers,
    row: Row,
    head: str,
    wanted: str,
    *,
    below: Row | None = None,
    limits: bool = False,
    signed: bool = False,
) -> Answer | None:
    """A number in the unit wanted; None where nothing was entered, or at fault."""
    marked = below is not None and _ticked(found, below, head, words.LESS)
    reading = _read(found, row, head, lambda cell: read_quantity(cell, percent=wanted == "%"))
    if reading is None or reading.state is CellState.NOT_REPORTED:
        if marked and reading is not None and below is not None:
            what = "marks a limit, and the cell above is empty."
            found.problems.append(below.problem(head, what, "Enter the limit above."))
        return None
    if reading.state is CellState.NOT_APPLICABLE or (reading.state is CellState.BELOW_LIMIT and not limits):
        what = f"{shown(row.cell(head))} is no amount."
        found.problems.append(row.problem(head, what, "Enter a number; 0 for none, empty for not known."))
        return None
    if reading.value < 0 and not signed:
        what = f"{shown(row.cell(head))} is below zero."
        found.problems.append(row.problem(head, what, "Enter the amount without a sign; 0 for none."))
        return None
    state = CellState.BELOW_LIMIT if marked else reading.state
    value = _converted(found, row, reading.value, wanted)
    return None if value is None else Answer(value, state, row.grid.sheet, row.address(head))


def _ticked(found: Answers, row: Row, head: str, word: str) -> bool:
    """Whether the word that a list offers stands beside a value; any other text there, a no among them, is a fault."""
    cell = row.cell(head)
    if (is_empty(cell) and not row.failed(head)) or plain(str(cell)).casefold() in (word, *word.split(" ")):
        return not is_empty(cell)
    what = f"{shown(row.failed(head) or cell)} is not one of the choices."
    found.problems.append(row.problem(head, what, "Choose from the list, or clear the cell."))
    return False


def _value(found: Answers, row: Row, indicator: Indicator) -> Answer | None:
    """A typed value of an indicator, or that it does not apply."""
    excused = _ticked(found, row, words.NOT_APPLICABLE, words.NO)
    less = _ticked(found, row, words.BELOW, words.LESS)
    if indicator.kind is Kind.QUALITATIVE:
        listed = words.LEVEL_WORDS
        reading = _read(found, row, words.ENTRY, lambda cell: read_level(listed.get(str(cell).strip(), cell)))
    else:
        percent = house_unit(indicator.unit) == "%"
        reading = _read(found, row, words.ENTRY, lambda cell: read_quantity(cell, percent=percent))
    if reading is None:
        return None
    state = CellState.BELOW_LIMIT if less and reading.given else reading.state
    fault = _contradiction(row, indicator, state, excused=excused, less=less)
    if fault is not None:
        found.problems.append(fault)
        return None
    if excused or state is CellState.NOT_APPLICABLE:
        return Answer(math.nan, CellState.NOT_APPLICABLE, row.grid.sheet, row.address(words.NOT_APPLICABLE))
    if not reading.given:
        return None
    value: float | None = reading.value
    if indicator.kind is Kind.QUANTITATIVE:
        value = _converted(found, row, reading.value, indicator.unit)
    return None if value is None else Answer(value, state, row.grid.sheet, row.address(words.ENTRY))


def _contradiction(
    row: Row, indicator: Indicator, state: CellState, *, excused: bool, less: bool
) -> Problem | None:
    """What a value and the marks beside it cannot say together."""
    given, named = state <= CellState.BELOW_LIMIT, f"{indicator.name_zh} {indicator.name_en}"
    if excused and given:
        what = f"{shown(row.cell(words.ENTRY))} is entered and marked as not applicable."
        return row.problem(words.NOT_APPLICABLE, what, "Clear one of the two.")
    if (excused or state is CellState.NOT_APPLICABLE) and not words.may_be_excused(indicator):
        what = f"{named} applies to every plant of the system."
        return row.problem(words.ENTRY, what, "Enter the value, or leave it empty if not reported.")
    if less and not given:
        return row.problem(words.BELOW, "marks a limit, and no limit is entered.", "Enter the limit.")
    if state is CellState.BELOW_LIMIT and not indicator.censoring.possible:
        return row.problem(words.ENTRY, f"{named} has no detection limit.", "Enter the value itself.")
    return None


def _read(found: Answers, row: Row, head: str, read: Callable[[object], Reading]) -> Reading | None:
    """A cell as read; None if it is at fault."""
    failed = row.failed(head)
    if failed:
        fix = "Enter the value, or leave the cell empty."
        found.problems.append(row.problem(head, f"holds {failed}.", fix))
        return None
    reading = read(row.cell(head))
    if row.hidden and not is_empty(row.cell(head)):
        found.hidden.add((row.grid.sheet, row.row))
    if reading.fault:
        fix = reading.fix.replace(UNIT_IN_HEADER, "choose the unit from the list in its row")
        found.problems.append(row.problem(head, f"{shown(row.cell(head))} {reading.fault}.", fix))
        return None
    return reading


def _converted(found: Answers, row: Row, value: float, wanted: str) -> float | None:
    given = str(row.cell(words.UNIT)).strip() or wanted
    if words.UNIT not in row.columns or house_unit(given) == house_unit(wanted):
        return value
    try:
        return float(f"{convert(value, given, wanted):.15g}")
    except WorkbenchError as fault:
        what = f"the unit {given!r} cannot be converted to {wanted!r}."
        fix = f"Choose a unit from the list. ({str(fault).splitlines()[0]})"
        found.problems.append(row.problem(words.UNIT, what, fix))
        return None
