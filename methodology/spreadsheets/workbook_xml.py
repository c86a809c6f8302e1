"""What the workbook reader does not tell: size of a sheet before it is built, failed formulas, formats, hidden rows.

python-calamine gives `#DIV/0!` and formulas that were never computed as empty cells, and allocates the whole
rectangle up to the farthest cell. Both are found here, from the XML, before it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from xml.parsers import expat

from methodology.errors import DataError
from methodology.spreadsheets.archives import DEEPEST, MOST_MEMBERS, Meter, XmlReader, local
from methodology.spreadsheets.grid import MOST_CELLS, MOST_COLUMNS, column_number, refuse_large
from methodology.spreadsheets.styles import PLAIN, Look, Styles, is_on, whole

MOST_ROWS_OF_A_SHEET = 1_048_576
"""Rows that spreadsheet programs have; empty ones may be formatted."""
MOST_MERGED = 2_000
"""Merged areas of a sheet: each row is held against each of them."""
LARGEST_SHARED = 100_000
"""Bytes of a sheet that may be the same in many files."""
LONGEST_RESULT = 200
"""Characters of a failed formula's result that are kept."""
NOT_COMPUTED = "a formula whose result was never computed"
RAISED = "a raised or lowered sign, which joins the number or the name before it"
_RAISING = ("superscript", "subscript")
STRUCK = "something that is struck out"
_NOTHING = re.compile(r"0+(\.0*)?")
_REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")


@dataclass
class Surface:
    """Faults and hidden parts of one sheet; addresses count from 0."""

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    """Number formats that show something else than the number, a percentage among them."""
    merged: set[tuple[int, int, int, int]] = field(default_factory=set)
    """First row and column, last row and column."""
    merges: int = 0
    indents: dict[tuple[int, int], int] = field(default_factory=dict)
    """How far the text of a cell is set in, where it is."""
    outlines: dict[int, int] = field(default_factory=dict)
    """Depth of a row in an outline, where it stands in one."""

    def reach(self, row: int, column: int, place: tuple[str, str]) -> None:
        """Note that the sheet holds something at an address; refuse addresses beyond any sample."""
        if row >= self.rows or column >= self.columns:
            self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
            refuse_large(place[0], self.rows, self.columns, sheet=place[1])

    def merge(self, place: tuple[str, str], area: tuple[int, int, int, int] | None = None) -> None:
        """Count a merged area, and keep it where the reader does not tell it."""
        self.merges += 1
        if self.merges > MOST_MERGED:
            raise DataError(
                f"{place[0]}, sheet {place[1]!r} merges cells in more than {MOST_MERGED:,} places. Unmerge them, or "
                "save the table alone in a new file."
            )
        if area is not None:
            self.merged.add(area)


def inspect_xlsx(members: dict[str, bytes], file: str) -> dict[str, Surface]:
    """Inspect every worksheet of an .xlsx, by name; refused if a part is damaged, or larger than any sample."""
    meter = Meter(file)
    names = _sheet_names(members, meter)
    styles = Styles(meter).read(_part(members, "styles.xml"))
    marked = _Strings(meter).read(_part(members, "sharedStrings.xml"))
    surfaces: dict[str, Surface] = {}
    for part, content in members.items():
        name = names.get(part.casefold(), "")
        try:
            surfaces[name or part] = _surface(meter, name or part, content, styles, marked)
        except _NotASheetError:
            continue
        except DataError:
            if name:
                raise
    return surfaces


def _surface(meter: Meter, sheet: str, content: bytes, styles: list[Look], marked: dict[int, str]) -> Surface:
    """What is known of a sheet; sheets that all forms of a kind share are looked at once."""
    try:
        if len(content) <= LARGEST_SHARED:
            surface = _shared(content, tuple(styles), frozenset(marked.items()))
            meter.spend(content.count(b"<"))
            return surface
    except DataError:
        pass  # told below, with the name of the file
    return _Worksheet(meter, sheet, styles, marked).read(content)


@lru_cache(maxsize=32)
def _shared(content: bytes, styles: tuple[Look, ...], marked: frozenset[tuple[int, str]]) -> Surface:
    return _Worksheet(Meter(""), "", list(styles), dict(marked)).read(content)


class _NotASheetError(Exception):
    """The part has another root than a worksheet."""


def _sheet_names(members: dict[str, bytes], meter: Meter) -> dict[str, str]:
    """Part of the archive, in lower case -> name of the sheet it holds."""
    links = _Elements(meter, "Relationship").read(members.get("xl/_rels/workbook.xml.rels", b"<r/>"))
    targets = {
        item["Id"]: "xl/" + item["Target"].removeprefix("/").removeprefix("xl/").removeprefix("./")
        for item in links
        if {"Id", "Target"} <= set(item)
    }
    sheets = _Elements(meter, "sheet").read(members.get("xl/workbook.xml", b"<w/>"))
    found: dict[str, str] = {}
    for item in sheets:
        if item.get("id") in targets and "name" in item:
            part, name = targets[item["id"]].casefold(), item["name"]
            refuse_twice(meter.file, name, part in found or name in found.values())
            found[part] = name
    return found


def refuse_twice(file: str, sheet: str, known: bool) -> None:
    """Refuse a workbook whose sheets share a name or their content: what is counted once would be read twice."""
    if known:
        raise DataError(
            f"{file} holds the sheet {sheet!r} twice and is not a sound workbook. Open it in a spreadsheet program and "
            "save it again as .xlsx."
        )


class _Elements(XmlReader):
    """Attributes of all elements of one name."""

    def __init__(self, meter: Meter, name: str) -> None:
        super().__init__(meter)
        self.name, self.found = name, list[dict[str, str]]()

    def read(self, content: bytes) -> list[dict[str, str]]:
        self.parse(content)
        return self.found

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == self.name:
            self.found.append({local(key): value for key, value in attributes.items()})
            if len(self.found) > MOST_MEMBERS:
                raise DataError(f"{self.file} names more than {MOST_MEMBERS:,} sheets or parts.")


def _part(members: dict[str, bytes], name: str) -> bytes:
    """A part beside the workbook, however its name is written."""
    wanted = f"xl/{name}".casefold()
    return next((content for part, content in members.items() if part.casefold() == wanted), b"<r/>")


class _Strings(XmlReader):
    """Numbers of the shared texts that hold a raised, lowered or struck-out sign, and which of them."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(meter)
        self.number, self.marked = -1, dict[int, str]()

    def read(self, content: bytes) -> dict[int, str]:
        self.parse(content)
        return self.marked

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.number += tag == "si"
        mark = _mark(tag, attributes)
        if mark:
            self.marked[self.number] = mark


def _mark(tag: str, attributes: dict[str, str]) -> str:
    """What a property of a piece of text says against reading it with the rest."""
    if tag == "vertAlign" and attributes.get("val") in _RAISING:
        return RAISED
    return STRUCK if tag == "strike" and is_on(attributes) else ""


class _Worksheet(XmlReader):
    """One pass over a worksheet part; a cell has ended where the next one, or a row, begins."""

    def __init__(self, meter: Meter, sheet: str, styles: list[Look], marked: dict[int, str]) -> None:
        super().__init__(meter)
        self.styles = {str(number): style for number, style in enumerate(styles) if any(style)}
        self.marked, self.style, self.mark = marked, "", ""
        self.place, self.surface = (self.file, sheet), Surface()
        self.row, self.column = -1, -1
        self.rows = self.cells = 0
        self.kind, self.text = "", ""
        self.formula = self.content = False

    def read(self, content: bytes) -> Surface:
        self.parse(content)
        self._end_of_cell()
        return self.surface

    def listen(self, parser: expat.XMLParserType) -> None:
        """Hear as little as can be, a folder of forms has a million tags: what matters, and the text of values."""
        actions, ended = _Actions(self._actions()), list[str]()
        depth, hears = 0, False

        def opened(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, hears
            depth += 1
            if depth > DEEPEST:
                depth -= len(ended)
                ended.clear()
                self.refuse_deep(depth)
            if hears:
                hears, parser.CharacterDataHandler = False, None
            action = actions[tag]
            if action is not None:
                action(attributes)
                if action is value:
                    hears, parser.CharacterDataHandler = True, self.characters

        def root(tag: str, _: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if local(tag) != "worksheet":
                raise _NotASheetError
            parser.StartElementHandler = opened

        value = actions["v"]
        parser.StartElementHandler, parser.EndElementHandler = root, ended.append

    def _actions(self) -> dict[str, Callable[[dict[str, str]], None]]:
        """What is done where an element begins; nothing for others."""
        return {
            "c": self._cell,
            "row": self._row,
            "v": self._value,
            "is": self._value,
            "f": self._formula,
            "mergeCell": self._merged,
            "col": self._columns,
            "vertAlign": partial(self._marked, "vertAlign"),
            "strike": partial(self._marked, "strike"),
        }

    def _value(self, _: dict[str, str]) -> None:
        self.content = True

    def _formula(self, _: dict[str, str]) -> None:
        self.formula = True

    def _merged(self, _: dict[str, str]) -> None:
        self.surface.merge(self.place)

    def _marked(self, tag: str, attributes: dict[str, str]) -> None:
        self.mark = _mark(tag, attributes) or self.mark

    def _columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true") or _NOTHING.fullmatch(attributes.get("width", "")):
            first, last = whole(attributes.get("min", ""), 1), whole(attributes.get("max", ""), 1)
            columns = range(first - 1, min(last, MOST_COLUMNS))
            self.meter.spend(len(columns))
            self.surface.hidden_columns.update(columns)

    def _cell(self, attributes: dict[str, str]) -> None:
        """A cell begins."""
        if self.content or self.formula:
            self._end_of_cell()
        self.cells += 1
        address = _address(attributes.get("r", ""))
        if address:
            self.row, self.column = address
        else:
            self.column += 1
        self.kind, self.style = attributes.get("t", ""), attributes.get("s", "")
        self.text = self.mark = ""
        if self.cells > MOST_CELLS:
            raise DataError(
                f"{self.file}, sheet {self.place[1]!r} holds more than {MOST_CELLS:,} cells, empty ones with a "
                "format included. Save the table alone in a new file."
            )

    def _row(self, attributes: dict[str, str]) -> None:
        """A row begins."""
        self._end_of_cell()
        self.rows += 1
        if self.rows > MOST_ROWS_OF_A_SHEET:
            refuse_large(self.place[0], self.rows, 1, sheet=self.place[1])
        self.row = whole(attributes.get("r", ""), self.row + 2) - 1
        self.column = -1
        if attributes.get("hidden") in ("1", "true") or _NOTHING.fullmatch(attributes.get("ht", "")):
            self.surface.hidden_rows.add(self.row)
        depth = attributes.get("outlineLevel", "0")
        if depth != "0":
            self.surface.outlines[self.row] = whole(depth, 0)

    def characters(self, text: str) -> None:
        if len(self.text) < LONGEST_RESULT:
            self.text += text

    def _end_of_cell(self) -> None:
        """Note what is known of the cell that has ended."""
        if not (self.content or self.formula):
            return
        surface, formula = self.surface, self.formula
        self.content = self.formula = False
        if self.row >= surface.rows or self.column >= surface.columns:
            surface.reach(self.row, self.column, self.place)
        if self.kind == "e":
            surface.errors[self.row, self.column] = self.text.strip() or "an error"
        elif formula and not self.text.strip() and self.kind != "str":
            surface.errors[self.row, self.column] = NOT_COMPUTED
        else:
            self._styled()

    def _styled(self) -> None:
        """Note what style and marks of a sound cell say of what it holds."""
        code, struck, indent = self.styles.get(self.style.lstrip("0") or "0", PLAIN)
        mark = self.mark
        if indent:
            self.surface.indents[self.row, self.column] = indent
        if not mark and self.marked and self.kind == "s":
            mark = self.marked.get(whole(self.text.strip(), -1), "")
        if struck or mark:
            self.surface.errors[self.row, self.column] = mark or STRUCK
        elif code and self.kind in ("", "n"):
            self.surface.formats[self.row, self.column] = code


class _Actions(dict[str, "Callable[[dict[str, str]], None] | None"]):
    """What is done where an element begins, found by its name with any prefix."""

    def __missing__(self, tag: str) -> Callable[[dict[str, str]], None] | None:
        return self.setdefault(tag, self.get(local(tag)))


@lru_cache(maxsize=20_000)
def _address(reference: str) -> tuple[int, int] | None:
    """Row and column of a reference, from 0; forms of one kind have the same ones."""
    match = _REFERENCE.match(reference)
    return (int(match[2]) - 1, column_number(match[1])) if match else None
