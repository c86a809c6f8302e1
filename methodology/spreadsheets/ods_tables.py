"""What an .ods says of its cells besides their values: size, failed formulas, hidden rows, how numbers are shown."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from methodology.spreadsheets.archives import Meter, XmlReader, local
from methodology.spreadsheets.grid import MOST_COLUMNS
from methodology.spreadsheets.styles import PERCENT, whole
from methodology.spreadsheets.workbook_xml import LONGEST_RESULT, RAISED, STRUCK, Surface, refuse_twice

_NUMBERS = frozenset({"float", "percentage", "currency"})
_SHOWN = re.compile(r"([^\d.,]*)([\d.,' \u00a0\u202f\u2009/]*(?:[eE][+-]?\d+)?)(.*)", re.S)
"""What stands before the digits, the digits, and what stands behind them."""
_DASHES = frozenset("-–—−")
_LENGTH = re.compile(r"0*\.?0*[1-9]")
"""Of a length that is not nothing."""


def inspect_ods(content: bytes, file: str) -> dict[str, Surface]:
    """Inspect every table of an .ods by its `content.xml`; refused if it is damaged, or larger than any sample."""
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
        self.hidden = self.aside = False
        self.depth = 0
        self.looks, self.cell = _Looks(), _Cell()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        given = {local(key): value for key, value in attributes.items()}
        if tag == "table":
            self.name, self.row, self.definition = given.get("name", ""), 0, 0
            refuse_twice(self.file, self.name, bool(self.name) and self.name in self.surfaces)
            self.surface = self.surfaces[self.name] = Surface()
        elif tag == "table-column":
            repeat = whole(given.get("number-columns-repeated", ""), 1)
            if given.get("visibility") in ("collapse", "filter"):
                columns = range(self.definition, min(self.definition + repeat, MOST_COLUMNS))
                self.meter.spend(len(columns))
                self.surface.hidden_columns.update(columns)
            self.definition += repeat
        elif tag == "table-row-group":
            self.depth += 1
        elif tag == "table-row":
            self.column, self.repeat_rows = 0, whole(given.get("number-rows-repeated", ""), 1)
            self.hidden = given.get("visibility") in ("collapse", "filter")
        elif tag in ("table-cell", "covered-table-cell"):
            self._begin(given, attributes)
        elif tag == "annotation":
            self.aside = True
        elif tag == "p":
            self.reach()
            self.cell.written = self.cell.written or not self.aside
        elif tag == "span" and not self.aside:
            self.cell.mark = self.looks.marks.get(given.get("style-name", "")) or self.cell.mark
        else:
            self.looks.start(tag, given)

    def _begin(self, given: dict[str, str], attributes: dict[str, str]) -> None:
        """A cell begins."""
        self.repeat_cells = whole(given.get("number-columns-repeated", ""), 1)
        kinds = tuple(value for key, value in attributes.items() if local(key) == "value-type")
        self.cell = _Cell(kinds, given.get("value", ""), given.get("style-name", ""))
        wide, high = (whole(given.get(f"number-{what}-spanned", ""), 1) for what in ("columns", "rows"))
        if wide > 1 or high > 1:
            area = (self.row, self.column, self.row + high - 1, self.column + wide - 1)
            self.surface.merge((self.file, self.name), area)
        if kinds:
            self.reach()

    def reach(self) -> None:
        last = self.row + self.repeat_rows - 1, self.column + self.repeat_cells - 1
        self.surface.reach(*last, (self.file, self.name))
        if self.hidden:
            self.hidden = False  # once a row
            self.meter.spend(self.repeat_rows)
            self.surface.hidden_rows.update(range(self.row, last[0] + 1))

    def characters(self, text: str) -> None:
        if self.cell.written and not self.aside and len(self.cell.text) < LONGEST_RESULT:
            self.cell.text += text

    def end(self, tag: str) -> None:
        if tag in ("table-cell", "covered-table-cell"):
            self._end()
        elif tag == "annotation":
            self.aside = False
        elif tag == "table-row-group":
            self.depth -= 1
        elif tag == "table-row":
            self.row += self.repeat_rows

    def _end(self) -> None:
        """Note what is known of a cell and those that repeat it."""
        cell, struck = self.cell, self.looks.marks.get(self.cell.style) if self.cell.written else None
        if cell.written and self.depth:
            self.surface.outlines[self.row] = self.depth
        if cell.written and cell.style in self.looks.indented:
            self.surface.indents[self.row, self.column] = 1
        if cell.mark or struck == STRUCK:
            self.surface.errors[self.row, self.column] = cell.mark or STRUCK
        elif "error" in cell.kinds:
            self.surface.errors[self.row, self.column] = cell.text.strip() or "an error"
        code = cell.code
        if code:
            self.meter.spend(self.repeat_rows * self.repeat_cells)
            rows, columns = range(self.repeat_rows), range(self.repeat_cells)
            self.surface.formats |= {(self.row + r, self.column + c): code for r in rows for c in columns}
        self.column += self.repeat_cells
        self.cell = _Cell()


@dataclass
class _Cell:
    """A cell as it is read: its kinds, the number it stores, its style and the text that is shown."""

    kinds: tuple[str, ...] = ()
    value: str = ""
    style: str = ""
    text: str = ""
    written: bool = False
    mark: str = ""

    @property
    def code(self) -> str:
        """The number format that would show its number like that; '' where it shows the number itself."""
        if not _NUMBERS.intersection(self.kinds) or not self.written:
            return PERCENT if "percentage" in self.kinds else ""
        before, figures, behind = _SHOWN.findall(self.text.strip())[0]
        if self.value.startswith("-"):
            before, behind = before.strip().strip("-−("), behind.strip().removesuffix(")")
        percent = "percentage" in self.kinds
        before, behind = before.strip(), behind.strip().removesuffix("%" * percent).strip()
        stored = _number(self.value or "0") * (100 if percent else 1)
        if (not (before or behind) and _shows(figures, stored)) or (
            before in _DASHES and not (stored or behind)
        ):
            return PERCENT if percent else ""
        quoted = [f'"{text.replace(chr(34), "")}"' for text in (before, behind)]
        number = ("0" if _shows(figures, stored) else "0,") if figures.strip() else ""
        return quoted[0] + number + "%" * percent + quoted[1]


def _shows(figures: str, stored: float) -> bool:
    """Whether digits, with a point or a comma before the decimals, are those of a number, rounded."""
    digits = re.sub(r"['\s]", "", figures)
    if "/" in digits:
        return True
    for text in (digits.replace(",", ""), digits.replace(".", "").replace(",", ".")):
        mantissa, _, power = text.lower().partition("e")
        last = _number(f"1e{int(power[:4] or 0) - len(mantissa.partition('.')[2])}")
        if abs(_number(text) - abs(stored)) <= 0.51 * last:
            return True
    return False


def _number(text: str) -> float:
    """A number; NaN, which equals none, where there is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


class _Looks:
    """What the styles of a workbook say against reading a text as it stands."""

    def __init__(self) -> None:
        self.style, self.marks, self.indented = "", dict[str, str](), set[str]()

    def start(self, tag: str, given: dict[str, str]) -> None:
        """Note the style that begins, or what is said of it."""
        if tag == "style":
            self.style = given.get("name", "")
        elif tag == "paragraph-properties" and _LENGTH.match(given.get("margin-left", "")):
            self.indented.add(self.style)
        elif tag == "text-properties":
            if given.get("text-position", "0%")[:2] not in ("0%", "0 "):
                self.marks[self.style] = RAISED
            elif {given.get(f"text-line-through-{word}", "none") for word in ("style", "type")} != {"none"}:
                self.marks[self.style] = STRUCK
