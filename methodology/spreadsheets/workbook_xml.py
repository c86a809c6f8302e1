"""What the workbook reader does not tell: size of a sheet before it is built, failed formulas, formats, hidden rows.

python-calamine gives `#DIV/0!` and formulas that were never computed as empty cells, and allocates the whole
rectangle up to the farthest cell. Both are found here, from the XML, before it is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from methodology.errors import DataError
from methodology.spreadsheets.archives import MOST_MEMBERS, Meter, XmlReader, local
from methodology.spreadsheets.grid import MOST_CELLS, MOST_COLUMNS, column_number, refuse_large

MOST_ROWS_OF_A_SHEET = 1_048_576
"""Rows that spreadsheet programs have; empty ones may be formatted."""
MOST_MERGED = 2_000
"""Merged areas of a sheet: each row is held against each of them."""
LONGEST_RESULT = 200
"""Characters of a failed formula's result that are kept."""
NOT_COMPUTED = "a formula whose result was never computed"
RAISED = "a raised or lowered sign, which joins the number or the name before it"
_RAISING = ("superscript", "subscript")
_PERCENT_IDS = frozenset({9, 10})
"""Formats without a code of their own: 0% and 0.00%."""
_LITERAL = re.compile(r'"[^"]*"|\\.|[_*].|\[[^]]*]')
_REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")


@dataclass
class Surface:
    """Faults and hidden parts of one sheet; addresses count from 0."""

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    percent: set[tuple[int, int]] = field(default_factory=set)
    """Numbers that are shown a hundred times as large, with the sign %."""
    merged: set[tuple[int, int, int, int]] = field(default_factory=set)
    """First row and column, last row and column."""
    merges: int = 0

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


def shows_percent(code: str) -> bool:
    """
    Whether a number format shows a number a hundred times as large.

    Examples
    --------
    >>> shows_percent("0.0%"), shows_percent('0.0"%"'), shows_percent("0.00_ ")
    (True, False, False)
    """
    return "%" in _LITERAL.sub("", code[:LONGEST_RESULT])


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
    meter = Meter(file)
    names = _sheet_names(members, meter)
    percent = _Styles(meter).read(_part(members, "styles.xml"))
    raised = _Strings(meter).read(_part(members, "sharedStrings.xml"))
    surfaces: dict[str, Surface] = {}
    for part, content in members.items():
        name = names.get(part.casefold(), "")
        try:
            surfaces[name or part] = _Worksheet(meter, name or part, percent, raised).read(content)
        except _NotASheetError:
            continue
        except DataError:
            if name:
                raise
    return surfaces


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


class _Styles(XmlReader):
    """Which formats of cells show percentages, in the order cells name them."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(meter)
        self.inside, self.custom, self.found = False, dict[int, bool](), list[int]()

    def read(self, content: bytes) -> list[bool]:
        self.parse(content)
        return [self.custom.get(number, number in _PERCENT_IDS) for number in self.found]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            number = _whole(attributes.get("numFmtId", ""), -1)
            self.custom[number] = shows_percent(attributes.get("formatCode", ""))
        elif tag == "xf" and self.inside:
            self.found.append(_whole(attributes.get("numFmtId", ""), 0))
        self.inside = self.inside or tag == "cellXfs"

    def end(self, tag: str) -> None:
        self.inside = self.inside and tag != "cellXfs"


class _Strings(XmlReader):
    """Numbers of the shared texts that hold a raised or lowered sign."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(meter)
        self.number, self.raised = -1, set[int]()

    def read(self, content: bytes) -> set[int]:
        self.parse(content)
        return self.raised

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.number += tag == "si"
        if tag == "vertAlign" and attributes.get("val") in _RAISING:
            self.raised.add(self.number)


class _Worksheet(XmlReader):
    """One pass over a worksheet part."""

    def __init__(self, meter: Meter, sheet: str, percent: list[bool], raised: set[int]) -> None:
        super().__init__(meter)
        self.percent, self.raised, self.style, self.lifted = percent, raised, 0, False
        self.place, self.surface = (self.file, sheet), Surface()
        self.row, self.column = -1, -1
        self.rows = self.cells = 0
        self.kind, self.tag, self.text = "", "", ""
        self.formula = self.content = self.inside = False

    def read(self, content: bytes) -> Surface:
        self.parse(content)
        return self.surface

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        if not self.inside:
            if self.tag != "worksheet":
                raise _NotASheetError
            self.inside = True
        elif self.tag == "c":
            self.cells += 1
            match = _REFERENCE.match(attributes.get("r", ""))
            if match:
                self.column, self.row = column_number(match[1]), int(match[2]) - 1
            else:
                self.column += 1
            self.kind, self.text = attributes.get("t", ""), ""
            self.style, self.lifted = _whole(attributes.get("s", ""), 0), False
            self.formula = self.content = False
            if self.cells > MOST_CELLS:
                raise DataError(
                    f"{self.file}, sheet {self.place[1]!r} holds more than {MOST_CELLS:,} cells, empty ones with a "
                    "format included. Save the table alone in a new file."
                )
        elif self.tag == "row":
            self.rows += 1
            if self.rows > MOST_ROWS_OF_A_SHEET:
                refuse_large(self.place[0], self.rows, 1, sheet=self.place[1])
            self.row = _whole(attributes.get("r", ""), self.row + 2) - 1
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.surface.hidden_rows.add(self.row)
        elif self.tag == "f":
            self.formula = True
        elif self.tag in ("v", "is"):
            self.content = True
        elif self.tag == "mergeCell":
            self.surface.merge(self.place)
        elif self.tag == "vertAlign":
            self.lifted = attributes.get("val") in _RAISING
        elif self.tag == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = _whole(attributes.get("min", ""), 1), _whole(attributes.get("max", ""), 1)
            self._hide(range(first - 1, min(last, MOST_COLUMNS)))

    def _hide(self, columns: range) -> None:
        self.meter.spend(len(columns))
        self.surface.hidden_columns.update(columns)

    def characters(self, text: str) -> None:
        if self.tag == "v" and len(self.text) < LONGEST_RESULT:
            self.text += text

    def end(self, tag: str) -> None:
        self.tag = ""
        if tag != "c" or not (self.content or self.formula):
            return
        self.surface.reach(self.row, self.column, self.place)
        if self.kind == "e":
            self.surface.errors[self.row, self.column] = self.text or "an error"
        elif self.formula and not self.text.strip() and self.kind != "str":
            self.surface.errors[self.row, self.column] = NOT_COMPUTED
        elif self.lifted or (self.kind == "s" and _whole(self.text.strip(), -1) in self.raised):
            self.surface.errors[self.row, self.column] = RAISED
        elif self.kind in ("", "n") and self.style < len(self.percent) and self.percent[self.style]:
            self.surface.percent.add((self.row, self.column))


def inspect_ods(content: bytes, file: str) -> dict[str, Surface]:
    """
    Inspect every table of an .ods by its `content.xml`.

    Raises
    ------
    DataError
        If the part is damaged, or a table is larger than any sample.
    """
    tables = _Tables(Meter(file))
    tables.parse(content)
    return tables.surfaces


class _Tables(XmlReader):
    """One pass over the tables of an .ods; repeated rows and cells count as often as they are repeated."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(meter)
        self.surfaces, self.surface = dict[str, Surface](), Surface()
        self.name, self.row, self.column, self.definition = "", 0, 0, 0
        self.repeat_rows = self.repeat_cells = 1
        self.error, self.text, self.hidden, self.percent = False, "", False, False
        self.style, self.raising = "", set[str]()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        given = {local(key): value for key, value in attributes.items()}
        if tag == "style":
            self.style = given.get("name", "")
        elif tag == "text-properties" and given.get("text-position", "0%")[:2] not in ("0%", "0 "):
            self.raising.add(self.style)
        elif tag == "span" and given.get("style-name") in self.raising:
            self.surface.errors[self.row, self.column] = RAISED
        elif tag == "table":
            self.name, self.row, self.definition = given.get("name", ""), 0, 0
            refuse_twice(self.file, self.name, bool(self.name) and self.name in self.surfaces)
            self.surface = self.surfaces[self.name] = Surface()
        elif tag == "table-column":
            repeat = _whole(given.get("number-columns-repeated", ""), 1)
            if given.get("visibility") in ("collapse", "filter"):
                columns = range(self.definition, min(self.definition + repeat, MOST_COLUMNS))
                self.meter.spend(len(columns))
                self.surface.hidden_columns.update(columns)
            self.definition += repeat
        elif tag == "table-row":
            self.column, self.repeat_rows = 0, _whole(given.get("number-rows-repeated", ""), 1)
            self.hidden = given.get("visibility") in ("collapse", "filter")
        elif tag in ("table-cell", "covered-table-cell"):
            self.repeat_cells = _whole(given.get("number-columns-repeated", ""), 1)
            kinds = [value for key, value in attributes.items() if local(key) == "value-type"]
            self.error, self.text, self.percent = "error" in kinds, "", "percentage" in kinds
            wide, high = (_whole(given.get(f"number-{what}-spanned", ""), 1) for what in ("columns", "rows"))
            if wide > 1 or high > 1:
                area = (self.row, self.column, self.row + high - 1, self.column + wide - 1)
                self.surface.merge((self.file, self.name), area)
            if kinds:
                self.reach()
        elif tag == "p":
            self.reach()

    def reach(self) -> None:
        last = self.row + self.repeat_rows - 1, self.column + self.repeat_cells - 1
        self.surface.reach(*last, (self.file, self.name))
        if self.hidden:
            self.hidden = False  # once a row
            self.meter.spend(self.repeat_rows)
            self.surface.hidden_rows.update(range(self.row, last[0] + 1))

    def characters(self, text: str) -> None:
        if self.error and len(self.text) < LONGEST_RESULT:
            self.text += text

    def end(self, tag: str) -> None:
        if tag in ("table-cell", "covered-table-cell"):
            if self.error:
                self.surface.errors[self.row, self.column] = self.text.strip() or "an error"
            if self.percent:
                self.meter.spend(self.repeat_rows * self.repeat_cells)
                rows, columns = range(self.repeat_rows), range(self.repeat_cells)
                self.surface.percent |= {(self.row + r, self.column + c) for r in rows for c in columns}
            self.column += self.repeat_cells
            self.error = self.percent = False
        elif tag == "table-row":
            self.row += self.repeat_rows


def _whole(text: str, default: int) -> int:
    """A whole number of an attribute; numbers too long to be meant are as large as any that is refused."""
    if not (text.isascii() and text.isdecimal()):
        return default
    return int(text) if len(text) < 10 else 10**9
