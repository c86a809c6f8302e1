"""The sheets of the questionnaire that a plant fills in: itself, raw data, outlets, indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from methodology.forms import live_checks as live
from methodology.forms.live_checks import Place
from methodology.forms.styles import LINE_HEIGHT, RESULT, Styles, between, choose_from, lines_needed
from methodology.indicators import Indicator, IndicatorSystem, Kind
from methodology.indicators import questionnaire_words as words
from methodology.indicators.display import unit_text
from methodology.indicators.indicator import Outlet, Quantity
from methodology.sample.attribute_words import attribute_name, choice_words
from methodology.units.table import offered_units

FIRST = 4
"""Row of the heads, from 0: title, counter and hint stand above."""


@dataclass(frozen=True)
class Book:
    """A workbook being written: its formats, its system, its sheets, and where each counter counts."""

    workbook: Any
    styles: Styles
    system: IndicatorSystem
    sheets: Mapping[str, Any]
    counted: dict[str, str] = field(default_factory=dict)
    units: dict[str, Any] = field(default_factory=dict)


@dataclass
class Table:
    """A sheet of one row per question, being written."""

    book: Book
    name: str
    heads: Sequence[tuple[str, float]]
    row: int = FIRST

    @property
    def sheet(self) -> Any:
        """The worksheet."""
        return self.book.sheets[self.name]

    def begin(self, title: str, hint: str) -> None:
        """Write what stands above the questions."""
        styles, sheet = self.book.styles, self.sheet
        sheet.set_row(0, 26)
        sheet.write_string(0, 0, title, styles.title)
        sheet.write_string(2, 0, hint, styles.text)
        for column, (head, width) in enumerate(self.heads):
            sheet.set_column(column, column, width)
            sheet.write_string(FIRST, column, head, styles.bold)
        sheet.set_row(FIRST, 32)
        sheet.repeat_rows(FIRST)
        sheet.freeze_panes(FIRST + 1, 2)

    def at(self, head: str, *, row: int | None = None) -> str:
        """Address of a cell of the current row."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        return xl_rowcol_to_cell(self.row if row is None else row, self.column(head))

    def column(self, head: str) -> int:
        """Position of a column."""
        return [name for name, _ in self.heads].index(head)

    def question(
        self, code: str, item: str, cells: Mapping[str, tuple[object, Any]], *, limiting: bool = False
    ) -> None:
        """Write one row: its code, its text, and cells by head."""
        self.row += 1
        styles, widths = self.book.styles, dict(self.heads)
        texts = [(item, widths[words.ITEM])]
        texts += [
            (str(text), widths[head]) for head, (text, _) in cells.items() if not str(text).startswith("=")
        ]
        self.sheet.set_row(
            self.row, LINE_HEIGHT * max(lines_needed(text, width) for text, width in texts) + 6
        )
        self.sheet.write_string(self.row, self.column(words.CODE), code, styles.code)
        self.sheet.write_string(
            self.row, self.column(words.ITEM), item, styles.red if limiting else styles.wrapped
        )
        for head, (value, style) in cells.items():
            if isinstance(value, str) and value.startswith("=") and style in (styles.result, styles.check):
                self.sheet.write_formula(self.row, self.column(head), value, style, "")
            else:
                self.sheet.write(self.row, self.column(head), value, style) if value != "" else (
                    self.sheet.write_blank(self.row, self.column(head), None, style)
                )

    def band(self, text: str) -> None:
        """Write a coloured row that opens a section."""
        self.row += 1
        self.sheet.set_row(self.row, LINE_HEIGHT + 6)
        self.sheet.merge_range(self.row, 0, self.row, len(self.heads) - 1, "", self.book.styles.group)
        self.sheet.write_string(self.row, 0, text, self.book.styles.group)

    def choose(self, head: str, choices: Sequence[str]) -> None:
        """Offer a list in a cell of the current row."""
        told = "请从列表选择 choose", "；".join(choices)[:255]
        choose_from(self.sheet, self.row, self.column(head), choices, told)

    def numbers(self, head: str) -> None:
        """Take numbers alone in a cell of the current row."""
        told = "只填数字；没有的填0，不知道的留空。A number alone; 0 for none, empty for not known."
        between(self.sheet, self.row, self.column(head), "decimal", (-1e15, 1e15), ("数字 a number", told))

    def check(self, formula: str) -> None:
        """Write the check of the current row; nothing is entered yet."""
        self.sheet.write_formula(
            self.row, self.column(words.CHECK), formula, self.book.styles.check, words.MISSING
        )

    def close(self) -> None:
        """Write the counter and colour the checks."""
        checks = f"{self.at(words.CHECK, row=FIRST + 1)}:{self.at(words.CHECK)}"
        self.sheet.write_formula(1, 0, live.counter(checks), self.book.styles.counter, "")
        colour_checks(self.book, self.sheet, checks)
        self.book.counted[self.name] = checks


def colour_checks(book: Book, sheet: Any, checks: str) -> None:
    """Colour cells that say what is missing or doubtful."""
    for word, style in (
        (words.MISSING, book.styles.missing),
        (words.DOUBTFUL, book.styles.warning),
        (words.DIFFERS, book.styles.warning),
        (words.NO_NUMBER, book.styles.warning),
    ):
        sheet.conditional_format(
            checks, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}
        )


def plant_sheet(book: Book) -> None:
    """Write the questions about the plant itself."""
    styles, system = book.styles, book.system
    heads = (
        (words.CODE, 12),
        (words.ITEM, 28),
        (words.ENTRY, 24),
        (words.UNIT, 8),
        (words.CHECK, 13),
        (words.SAID, 56),
    )
    table = Table(book, words.PLANT_SHEET, heads)
    table.begin(
        f"企业情况 The plant — {system.name_zh} {system.name_en}",
        "从下拉列表选择，或填写数字。 Choose from the lists, or enter numbers.",
    )
    for name, item, kind, said in _about_plant(system):
        number = kind != "text" and "|" not in kind
        cells = {words.ENTRY: ("", styles.entry if number else styles.words)}
        cells[words.UNIT] = (unit_text(kind) if number and kind != "1" else "", styles.head)
        cells[words.SAID] = (said, styles.wrapped)
        table.question(name, item, cells)
        entry = table.at(words.ENTRY)
        table.check(live.check_of_amount(entry) if number else live.check_of_words(entry))
        if "|" in kind:
            table.choose(words.ENTRY, [shown for shown, _, _ in choice_words(name, kind).values()])
        elif number:
            table.numbers(words.ENTRY)
    table.close()


def _about_plant(system: IndicatorSystem) -> Iterator[tuple[str, str, str, str]]:
    """Code, text, kind of answer and explanation of every question about the plant."""
    name, year = (
        "名称不会公布。 The name is not published.",
        "全部数据为同一自然年。 All of one calendar year.",
    )
    yield words.PLANT_ROW, "企业（装置）名称或代号\nName or code of the plant", "text", name
    yield words.YEAR_ROW, "统计年份\nYear of the figures", "1", year
    for code, kind in system.attributes.items():
        choices = choice_words(code, kind).values() if "|" in kind else ()
        said = "\n".join(f"{shown}：{zh}；{en}" for shown, zh, en in choices if zh)
        yield code, f"{attribute_name(code, 'zh')}\n{attribute_name(code, 'en')}", kind, said


def raw_sheet(book: Book) -> dict[str, Place]:
    """Write the raw quantities of the plant; say where each stands, converted."""
    asked = [quantity for quantity in book.system.quantities if not quantity.outlet]
    if not asked:
        return {}
    styles = book.styles
    heads = (
        *((words.CODE, 12), (words.ITEM, 34), (words.ENTRY, 13), (words.UNIT, 8), (words.CONVERTED, 15)),
        *((words.CHECK, 13), (words.SAID, 32), (words.PROOF, 18)),
    )
    table = Table(book, words.RAW, heads)
    table.begin(
        "原始数据 Raw data of the year",
        "没有用、没有发生的填0，不知道的留空；单位可选。 0 for none, empty for not known; choose the unit.",
    )
    places = {}
    for kind, (zh, en) in words.form_texts()["kinds"].items():
        mine = [quantity for quantity in asked if quantity.kind == kind]
        if mine:
            table.band(f"{zh} {en}")
        for quantity in mine:
            places[quantity.id] = _amount(table, quantity, styles)
    table.close()
    return places


def _amount(table: Table, quantity: Quantity, styles: Styles) -> Place:
    said = f"{quantity.explained.zh}\n{quantity.explained.en}" if quantity.explained else ""
    counted = quantity.unit == "1"
    cells = {words.ENTRY: ("", styles.entry)}
    cells[words.UNIT] = ("", styles.head) if counted else (unit_text(quantity.unit), styles.unit)
    cells |= {words.SAID: (said, styles.wrapped), words.PROOF: ("", styles.words)}
    table.question(quantity.id, f"{quantity.name_zh}\n{quantity.name_en}", cells)
    entry, chosen = table.at(words.ENTRY), table.at(words.UNIT)
    table.numbers(words.ENTRY)
    if not counted:
        table.choose(words.UNIT, list(map(unit_text, offered_units(quantity.unit))))
    column = table.column(words.CONVERTED)
    table.sheet.write_formula(
        table.row,
        column,
        live.converted(entry, "" if counted else chosen, quantity.unit),
        _in_unit(table.book, quantity.unit),
        "",
    )
    table.check(live.check_of_amount(entry))
    return Place(f"'{table.name}'!{table.at(words.CONVERTED)}")


def _in_unit(book: Book, unit: str) -> Any:
    """A format that shows a number and its unit; one for each unit."""
    if unit not in book.units:
        book.units[unit] = book.workbook.add_format(
            {**RESULT, "num_format": f'#,##0.###" {unit_text(unit)}"'}
        )
    return book.units[unit]


def outlet_sheet(book: Book) -> dict[str, Place]:
    """Write the quantities of each outlet; say where each row stands, and its factor."""
    if not book.system.outlets:
        return {}
    styles = book.styles
    heads = (
        (words.CODE, 14),
        (words.ITEM, 34),
        (words.UNIT, 8),
        *((str(n), 10) for n in range(1, words.MOST_OUTLETS + 1)),
    )
    table = Table(book, words.OUTLETS, heads)
    table.begin(
        "各排口、各装置 Each outlet and unit",
        f"每列一个排口（装置），没有的留空；超过{words.MOST_OUTLETS}个的，把相近的合并。 "
        "One column for each; leave the rest empty; join similar ones if there are more.",
    )
    places: dict[str, Place] = {}
    checks = [_outlet(table, outlet, places) for outlet in book.system.outlets]
    book.counted[words.OUTLETS] = checks[0].split(":")[0] + ":" + checks[-1].split(":")[1]
    table.sheet.write_formula(1, 0, live.counter(book.counted[words.OUTLETS]), styles.counter, "")
    return places


def _outlet(table: Table, outlet: Outlet, places: dict[str, Place]) -> str:
    """Write the rows of one kind of outlet, and where each stands; the cells of its checks."""
    styles = table.book.styles
    table.band(f"{outlet.name_zh} {outlet.name_en}")
    _row_of_outlets(table, f"{outlet.id}.{words.NAME_ROW}", "名称或编号\nName or number", "", styles.words)
    rows = []
    for quantity in (q for q in table.book.system.quantities if q.outlet == outlet.id):
        item = f"{quantity.name_zh}\n{quantity.name_en}"
        _row_of_outlets(table, quantity.id, item, unit_text(quantity.unit), styles.entry)
        table.choose(words.UNIT, list(map(unit_text, offered_units(quantity.unit))))
        rows.append(table.row)
        cells = f"'{table.name}'!{table.at('1')}:{table.at(str(words.MOST_OUTLETS))}"
        factor = live.per_unit(f"'{table.name}'!{table.at(words.UNIT)}", quantity.unit)
        places[quantity.id] = Place(cells, factor)
        if quantity.kind == "concentration":
            text = "上一行是检出限的，选“<”\nChoose '<' where the row above is a detection limit"
            _row_of_outlets(table, f"{quantity.id}.{words.LESS}", text, "", styles.words)
            for n in range(1, words.MOST_OUTLETS + 1):
                table.choose(str(n), [words.LESS])
    return _check_of_outlets(table, rows, styles)


def _row_of_outlets(table: Table, code: str, item: str, unit: str, style: Any) -> None:
    styles = table.book.styles
    cells: dict[str, tuple[object, Any]] = {words.UNIT: (unit, styles.unit if unit else styles.head)}
    cells |= {str(n): ("", style) for n in range(1, words.MOST_OUTLETS + 1)}
    table.question(code, item, cells)
    if style is styles.entry:
        for n in range(1, words.MOST_OUTLETS + 1):
            table.numbers(str(n))


def _check_of_outlets(table: Table, rows: Sequence[int], styles: Styles) -> str:
    table.row += 1
    table.sheet.write_string(table.row, 0, "", styles.head)
    table.sheet.write_string(table.row, 1, words.CHECK, styles.head)
    table.sheet.write_string(table.row, 2, "", styles.head)
    for n in range(1, words.MOST_OUTLETS + 1):
        column = [table.at(str(n), row=row) for row in rows]
        table.sheet.write_formula(
            table.row, table.column(str(n)), live.check_of_outlet(column), styles.check, ""
        )
    checks = f"{table.at('1')}:{table.at(str(words.MOST_OUTLETS))}"
    colour_checks(table.book, table.sheet, checks)
    return checks


def indicator_sheet(book: Book, places: Mapping[str, Place]) -> None:
    """Write the indicators: value, what stands beside it, and what raw data give."""
    heads = (
        *((words.CODE, 14), (words.ITEM, 32), (words.ENTRY, 13), (words.BELOW, 8), (words.NOT_APPLICABLE, 8)),
        *((words.UNIT, 9), (words.COMPUTED, 14), (words.CHECK, 15), (words.PROOF, 28)),
    )
    table = Table(book, words.INDICATORS, heads)
    table.begin(
        "指标 Indicators",
        "红色为限定性指标。已有计算值的可不填。 "
        "Red: limiting indicators. Nothing need be entered where a value is computed.",
    )
    for group in book.system.groups:
        table.band(f"{group.name_zh} {group.name_en}")
        for indicator in (i for i in book.system.indicators if i.group == group.id):
            _indicator(table, indicator, places)
    table.close()


def _indicator(table: Table, indicator: Indicator, places: Mapping[str, Place]) -> None:
    styles = table.book.styles
    qualitative = indicator.kind is Kind.QUALITATIVE
    excusable, censored = words.may_be_excused(indicator), indicator.censoring.possible
    cells = {
        words.ENTRY: ("", styles.words if qualitative else styles.entry),
        words.BELOW: ("", styles.words if censored else styles.head),
        words.NOT_APPLICABLE: ("", styles.words if excusable else styles.head),
        words.UNIT: (
            "" if qualitative else unit_text(indicator.unit),
            styles.head if qualitative else styles.unit,
        ),
        words.PROOF: ("", styles.words),
    }
    star = " *" if indicator.limiting else ""
    item = f"{indicator.name_zh}{star}\n{indicator.name_en}"
    table.question(indicator.id, item, cells, limiting=indicator.limiting)
    if qualitative:
        table.choose(words.ENTRY, list(words.LEVEL_WORDS))
    else:
        table.numbers(words.ENTRY)
        table.choose(words.UNIT, list(map(unit_text, offered_units(indicator.unit))))
    if censored:
        table.choose(words.BELOW, [words.LESS])
    if excusable:
        table.choose(words.NOT_APPLICABLE, [words.NO])
    formula = live.computed(indicator, table.book.system, places)
    column, result = table.column(words.COMPUTED), table.at(words.COMPUTED)
    if formula:
        table.sheet.write_formula(table.row, column, formula, styles.result, "")
    else:
        table.sheet.write_string(table.row, column, "", styles.head)
    entry, excused, chosen = (table.at(head) for head in (words.ENTRY, words.NOT_APPLICABLE, words.UNIT))
    check = live.check_of_indicator(indicator, entry, excused, chosen, result)
    table.sheet.write_formula(table.row, table.column(words.CHECK), check, styles.check, words.MISSING)
