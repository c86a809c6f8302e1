"""What the workbook reader does not tell: size of a sheet before it is built, failed formulas, hidden rows.

python-calamine gives `#DIV/0!` and formulas that were never computed as empty cells, and allocates the whole
rectangle up to the farthest cell. Both are found here, from the XML, before it is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from methodology.errors import DataError
from methodology.sample.archives import local, new_parser, parse_xml
from methodology.sample.grid import MOST_COLUMNS, column_number, refuse_large

NOT_COMPUTED = "a formula whose result was never computed"
_REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")


@dataclass
class Surface:
    """Faults and hidden parts of one sheet; addresses count from 0."""

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def reach(self, row: int, column: int, place: tuple[str, str]) -> None:
        """Note that the sheet holds something at an address; refuse addresses beyond any sample."""
        if row >= self.rows or column >= self.columns:
            self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
            refuse_large(place[0], self.rows, self.columns, sheet=place[1])


def inspect_xlsx(members: dict[str, bytes], file: str) -> dict[str, Surface]:
    """
    Inspect every worksheet of an .xlsx.

    Returns
    -------
    dict from sheet name to Surface

    Raises
    ------
    DataError
        If a part is damaged, or a sheet is larger than any sample.
    """
    names = _sheet_names(members, file)
    surfaces: dict[str, Surface] = {}
    for part, content in members.items():
        name = names.get(part.casefold(), "")
        try:
            surfaces[name or part] = _Worksheet(file, name or part).read(content)
        except _NotASheetError:
            continue
        except DataError:
            if name:
                raise
    return surfaces


class _NotASheetError(Exception):
    """The part has another root than a worksheet."""


def _sheet_names(members: dict[str, bytes], file: str) -> dict[str, str]:
    """Part of the archive, in lower case -> name of the sheet it holds."""
    targets = {
        item["Id"]: "xl/" + item["Target"].removeprefix("/").removeprefix("xl/").removeprefix("./")
        for item in _elements(members.get("xl/_rels/workbook.xml.rels", b"<r/>"), "Relationship", file)
        if {"Id", "Target"} <= set(item)
    }
    sheets = _elements(members.get("xl/workbook.xml", b"<w/>"), "sheet", file)
    return {
        targets[item["id"]].casefold(): item["name"]
        for item in sheets
        if item.get("id") in targets and "name" in item
    }


def _elements(content: bytes, name: str, file: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    parser = new_parser(file)

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == name:
            found.append({local(key): value for key, value in attributes.items()})

    parser.StartElementHandler = start
    parse_xml(parser, content, file)
    return found


class _Worksheet:
    """One pass over a worksheet part."""

    def __init__(self, file: str, sheet: str) -> None:
        self.file, self.place, self.surface = file, (file, sheet), Surface()
        self.row, self.column = -1, -1
        self.kind, self.tag, self.text = "", "", ""
        self.formula = self.content = self.inside = False

    def read(self, content: bytes) -> Surface:
        parser = new_parser(self.file)
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parse_xml(parser, content, self.file)
        return self.surface

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = local(tag)
        if not self.inside:
            if self.tag != "worksheet":
                raise _NotASheetError
            self.inside = True
        elif self.tag == "c":
            match = _REFERENCE.match(attributes.get("r", ""))
            if match:
                self.column, self.row = column_number(match[1]), int(match[2]) - 1
            else:
                self.column += 1
            self.kind, self.text = attributes.get("t", ""), ""
            self.formula = self.content = False
        elif self.tag == "row":
            self.row = _whole(attributes.get("r", ""), self.row + 2) - 1
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.surface.hidden_rows.add(self.row)
        elif self.tag == "f":
            self.formula = True
        elif self.tag in ("v", "is"):
            self.content = True
        elif self.tag == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = _whole(attributes.get("min", ""), 1), _whole(attributes.get("max", ""), 1)
            self.surface.hidden_columns.update(range(first - 1, min(last, first + MOST_COLUMNS)))

    def characters(self, text: str) -> None:
        if self.tag == "v":
            self.text += text

    def end(self, tag: str) -> None:
        self.tag = ""
        if local(tag) != "c" or not (self.content or self.formula):
            return
        self.surface.reach(self.row, self.column, self.place)
        if self.kind == "e":
            self.surface.errors[self.row, self.column] = self.text or "an error"
        elif self.formula and not self.text.strip() and self.kind != "str":
            self.surface.errors[self.row, self.column] = NOT_COMPUTED


def inspect_ods(content: bytes, file: str) -> dict[str, Surface]:
    """
    Inspect every table of an .ods by its `content.xml`.

    Raises
    ------
    DataError
        If the part is damaged, or a table is larger than any sample.
    """
    tables = _Tables(file)
    parser = new_parser(file)
    parser.StartElementHandler = tables.start
    parser.EndElementHandler = tables.end
    parser.CharacterDataHandler = tables.characters
    parse_xml(parser, content, file)
    return tables.surfaces


class _Tables:
    """One pass over the tables of an .ods; repeated rows and cells count as often as they are repeated."""

    def __init__(self, file: str) -> None:
        self.file, self.surfaces, self.surface = file, dict[str, Surface](), Surface()
        self.name, self.row, self.column, self.definition = "", 0, 0, 0
        self.repeat_rows = self.repeat_cells = 1
        self.error, self.text, self.hidden = False, "", False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        given = {local(key): value for key, value in attributes.items()}
        name = local(tag)
        if name == "table":
            self.name, self.row, self.definition = given.get("name", ""), 0, 0
            self.surface = self.surfaces[self.name] = Surface()
        elif name == "table-column":
            repeat = _whole(given.get("number-columns-repeated", ""), 1)
            if given.get("visibility") in ("collapse", "filter"):
                columns = range(self.definition, self.definition + min(repeat, MOST_COLUMNS))
                self.surface.hidden_columns.update(columns)
            self.definition += repeat
        elif name == "table-row":
            self.column, self.repeat_rows = 0, _whole(given.get("number-rows-repeated", ""), 1)
            self.hidden = given.get("visibility") in ("collapse", "filter")
        elif name in ("table-cell", "covered-table-cell"):
            self.repeat_cells = _whole(given.get("number-columns-repeated", ""), 1)
            kinds = [value for key, value in attributes.items() if local(key) == "value-type"]
            self.error, self.text = "error" in kinds, ""
            if kinds:
                self.reach()
        elif name == "p":
            self.reach()

    def reach(self) -> None:
        last = self.row + self.repeat_rows - 1, self.column + self.repeat_cells - 1
        self.surface.reach(*last, (self.file, self.name))
        if self.hidden:
            self.surface.hidden_rows.update(range(self.row, last[0] + 1))

    def characters(self, text: str) -> None:
        if self.error:
            self.text += text

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in ("table-cell", "covered-table-cell"):
            if self.error:
                self.surface.errors[self.row, self.column] = self.text.strip() or "an error"
            self.column += self.repeat_cells
            self.error = False
        elif name == "table-row":
            self.row += self.repeat_rows


def _whole(text: str, default: int) -> int:
    """A whole number of an attribute; numbers too long to be meant are as large as any that is refused."""
    if not (text.isascii() and text.isdecimal()):
        return default
    return int(text) if len(text) < 10 else 10**9
