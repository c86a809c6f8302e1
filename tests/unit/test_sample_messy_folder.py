"""A folder as it comes in: hundreds of workbooks and texts, each read as its maker meant it, or refused."""

from __future__ import annotations

import json
import zipfile
from html import escape
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import yaml
from recounted_workbooks import counted_again
from sample_toys import toy_system

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.sample import load
from methodology.spreadsheets import calamine_process, workbooks

SYSTEM = toy_system()
TEXTS = yaml.safe_load(Path(__file__).with_name("messy_texts.yaml").read_text(encoding="utf-8"))
COLUMNS = ("process_energy", "dust", "slag_use", "furnace_class")
HEADER = ("plant", *COLUMNS)
ROWS = [
    (f"企业{sign}", 301.5 + 21.7 * n, 1.7 + 2.3 * n, 80.5 + 1.3 * n, ("I", "II", "III", "none")[n % 4])
    for n, sign in enumerate("甲乙丙丁戊己庚辛壬癸")
]
LEVELS = {"I": 1, "II": 2, "III": 3, "none": 4}
ENERGY, DUST, SLAG, CLASS = 1, 2, 3, 4


@pytest.fixture(autouse=True)
def in_process(monkeypatch):
    """Hundreds of interpreters take minutes; the process apart has tests of its own."""
    monkeypatch.setattr(
        workbooks,
        "answers",
        lambda contents: [json.loads(calamine_process.answer(content)) for content in contents],
    )


def folder_of(tmp_path, name):
    """A sample whose plants may be named, so that nothing is refused for a name."""
    place = tmp_path / f"case {name}"
    place.mkdir(exist_ok=True)
    (place / "sample.yaml").write_text("public: true\nsource: a test\n", encoding="utf-8")
    return place


def as_book(place, fill):
    book = xlsxwriter.Workbook(
        str(place / "plants.xlsx"), {"strings_to_formulas": False, "strings_to_numbers": False}
    )
    fill(book)
    book.close()
    return place


def put(sheet, rows=ROWS, header=HEADER, at=0, left=0):
    """Write a table, and say where it ends."""
    for cells in (header, *rows):
        for column, cell in enumerate(cells, start=left):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell)
            elif cell is not None:
                sheet.write_number(at, column, cell)
        at += 1
    return at


def refusal(place):
    """What is said of a sample; nothing if it is read."""
    try:
        return "\n".join(map(str, load(place, SYSTEM).problems))
    except DataError as fault:
        return str(fault)


def read_as(place, rows):
    """Whether exactly these plants are read, with these values and states."""
    loaded = load(place, SYSTEM)
    assert not loaded.problems, (place.name, loaded.problems[:3])
    sample = loaded.sample
    assert list(sample.plants) == [row[0] for row in rows], place.name
    if (place / "plants.xlsx").is_file():
        assert counted_again(place / "plants.xlsx", sample, HEADER, LEVELS) == 4 * len(rows), place.name
    for plant, *cells in rows:
        for name, cell in zip(COLUMNS, cells, strict=True):
            state, value = sample.states.loc[plant, name], sample.values.loc[plant, name]
            if cell in (None, "n/a"):
                wanted = CellState.NOT_APPLICABLE if cell else CellState.NOT_REPORTED
                assert state == wanted, (place.name, plant, name)
                continue
            below = str(cell).startswith("<")
            number = LEVELS[cell] if name == "furnace_class" else float(str(cell).lstrip("<"))
            assert state == (CellState.BELOW_LIMIT if below else CellState.MEASURED), (
                place.name,
                plant,
                name,
            )
            assert value == pytest.approx(number, rel=1e-12), (place.name, plant, name)


def with_cell(column, cell):
    return [(*row[:column], cell, *row[column + 1 :]) if n == 3 else row for n, row in enumerate(ROWS)]


SHOWS_THE_NUMBER = (
    *(
        "General",
        "#,##0",
        "0.00E+00",
        "[Red]0.0",
        "0.0_ ",
        "0.0_);(0.0)",
        "@",
        "# ?/?",
        "0.0;[Red]-0.0",
        "+0.0",
    ),
    *(
        '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
        "[$-804]0.0",
        "[DBNum1]0",
        "000.0",
        "#,##0.0 ",
        "[>=1]0.0;0",
    ),
)
SHOWS_SOMETHING_ELSE = (
    *(
        "0.0,",
        "0.0,,",
        '0!.0,"万"',
        '0"."0,',
        '#,##0.0,"千"',
        '0.0"‰"',
        '0.0"kg/d"',
        '0.0"g/m3"',
        '"<"0.0',
        '"＜"0.0',
    ),
    *(
        "\\<0.0",
        '"≤"0.0',
        '">"0.0',
        '"约"0',
        '0"以下"',
        '0.0"L"',
        ";;;",
        '"保密"',
        '"不适用"',
        '[>1]"<1.0";0.0',
        "¥0.00",
    ),
    *(
        '"$"#,##0.00',
        '0.0"*"',
        '0.0"①"',
        "-0.0",
        '"-"0.0',
        "(0.0)",
        '0"0"',
        '0.0"5"',
        '"I"',
        'G/通用格式"kg"',
        "[$€-2] 0.0",
    ),
    *('0.0;-0.0;"ND"', "0%"),
)


@pytest.mark.parametrize("column", [ENERGY, DUST])
def test_a_number_is_read_where_its_format_shows_it_and_refused_where_it_shows_something_else(
    tmp_path, column
):
    value = {ENERGY: 412.0, DUST: 4.5}[column]
    for number, code in enumerate((*SHOWS_THE_NUMBER, *SHOWS_SOMETHING_ELSE)):

        def fill(book, code=code):
            sheet = book.add_worksheet()
            put(sheet, with_cell(column, None))
            zero = code.endswith('"ND"')
            sheet.write_number(4, column, 0 if zero else value, book.add_format({"num_format": code}))

        place = as_book(folder_of(tmp_path, f"{column}-{number}"), fill)
        if code in SHOWS_THE_NUMBER:
            shown = openpyxl.load_workbook(place / "plants.xlsx").active.cell(5, column + 1).value
            read_as(place, with_cell(column, shown))
        else:
            said = refusal(place)
            assert "'企业丁'" in said, code
            assert "stored" in said or "percentage" in said, code


def test_the_unit_of_the_column_may_stand_in_the_format_of_its_numbers(tmp_path):
    def fill(book):
        sheet, unit = book.add_worksheet(), book.add_format({"num_format": '0.0" mg/m³"'})
        put(sheet)
        for at, row in enumerate(ROWS, start=1):
            sheet.write_number(at, DUST, row[DUST], unit)

    read_as(as_book(folder_of(tmp_path, "unit"), fill), ROWS)


def test_what_is_struck_out_is_no_value(tmp_path):
    def whole(book):
        sheet = book.add_worksheet()
        put(sheet)
        sheet.write_number(4, ENERGY, 400, book.add_format({"font_strikeout": True}))

    def partly(book):
        sheet = book.add_worksheet()
        put(sheet)
        sheet.write_rich_string(4, ENERGY, "41", book.add_format({"font_strikeout": True}), "2", "3")

    for name, fill in (("whole", whole), ("partly", partly)):
        assert "struck out" in refusal(as_book(folder_of(tmp_path, name), fill))


WORDINGS = TEXTS["summaries"].split()


def batches(texts, size=20):
    """A workbook takes as many faults as are named one by one."""
    return [texts[first : first + size] for first in range(0, len(texts), size)]


def test_a_row_of_a_total_a_limit_or_a_remark_is_never_a_plant_in_whatever_words(tmp_path):
    for number, words in enumerate(batches(WORDINGS)):
        rows = [*ROWS, *((word.replace("_", " "), 398.3, 12.9, 86.1, "II") for word in words)]
        place = as_book(folder_of(tmp_path, number), lambda book, rows=rows: put(book.add_worksheet(), rows))
        said = refusal(place).splitlines()
        for row, word in enumerate(words, start=2 + len(ROWS)):
            told = [line for line in said if f", row {row}, column 'plant'" in line]
            assert any("reads like a summary" in line for line in told), (word, told)


NAMES = TEXTS["names"].split()


def test_names_of_plants_are_none_of_these_words(tmp_path):
    rows = [(name, *ROWS[n % 10][1:]) for n, name in enumerate(NAMES[:10])]
    more = [(name, *ROWS[n % 10][1:3], 91.5 + n, "I") for n, name in enumerate(NAMES[10:])]
    read_as(
        as_book(folder_of(tmp_path, "names"), lambda book: put(book.add_worksheet(), [*rows, *more])),
        [*rows, *more],
    )


READ = {
    ENERGY: {
        "412\u00a0": 412,
        "\u2009412.5": 412.5,
        "4.12E2": 412,
        "４１２．５": 412.5,
        "412\n": 412,
        "+412": 412,
        "0412": 412,
    },
    DUST: {"＜5": "<5", "﹤5": "<5", "< 5": "<5", "1E-3": 0.001, "1．5": 1.5, "n/a": "n/a", "-0.0": 0},
    SLAG: {"97.5％": 97.5, "97.5﹪": 97.5, "97.5 %": 97.5},
    CLASS: {"Ⅰ级": "I", "ⅱ": "II", "三": "III", "达不到": "none"},
}
REFUSED = {column: TEXTS[f"refused in {name}"].split() for column, name in enumerate(COLUMNS, start=1)}


MANY = [
    (f"{sign}厂", 301.5 + 21.7 * n, 1.7 + 2.3 * n, 80.5 + 0.6 * n, ("I", "II", "III", "none")[n % 4])
    for n, sign in enumerate("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥唐虞夏商周秦汉魏晋")
]


@pytest.mark.parametrize("column", READ, ids=lambda column: COLUMNS[column - 1])
def test_texts_of_cells_are_read_as_one_number_or_refused_at_their_place(tmp_path, column):
    for number, (text, meant) in enumerate(READ[column].items()):
        rows = with_cell(column, text)
        place = as_book(folder_of(tmp_path, number), lambda book, rows=rows: put(book.add_worksheet(), rows))
        read_as(place, with_cell(column, meant))
    for number, texts in enumerate(batches([text.replace("\\n", "\n") for text in REFUSED[column]])):
        cells = dict(enumerate(texts, start=3))
        rows = [(*row[:column], cells.get(n, row[column]), *row[column + 1 :]) for n, row in enumerate(MANY)]
        place = as_book(
            folder_of(tmp_path, f"refused-{number}"),
            lambda book, rows=rows: put(book.add_worksheet(), rows),
        )
        said = refusal(place)
        named = [n for n in range(len(rows)) if f"row {n + 2}, column '{COLUMNS[column - 1]}'" in said]
        assert named == list(cells), said


def sheets(*tables):
    def fill(book):
        for name, header, rows in tables:
            put(book.add_worksheet(name), rows, header)

    return fill


FEWER = [row[:4] for row in ROWS[6:]]
SHARES = [(*row[:3], row[3] / 100 if n % 2 else row[3], row[4]) for n, row in enumerate(ROWS)]
TURNED = [(row[0], row[2], row[1], *row[3:]) for row in ROWS[5:]]
LAYOUTS_READ = {
    "columns counted": sheets(("a", HEADER, [(1.0, 2.0, 3.0, 4.0, 5.0), *ROWS])),
    "columns counted in signs": sheets(("a", HEADER, [("甲", "1", "2", "3", "4"), *ROWS])),
    "an empty template beside": sheets(("a", HEADER, ROWS), ("模板", HEADER, [])),
    "another table beside": sheets(("a", HEADER, ROWS), ("汇总", ("行标签", "dust"), [("合计", 1.0)])),
    "a title in the middle": sheets(
        ("a", HEADER, [*ROWS[:5], ("表2 续", "", "", "", ""), HEADER, *ROWS[5:]])
    ),
}
LAYOUTS_REFUSED = {
    "plants on two sheets": (sheets(("重点", HEADER, ROWS[:6]), ("其他", HEADER[:4], FEWER)), "only sheet"),
    "alike sheets": (sheets(("2022", HEADER, ROWS), ("2023", HEADER, ROWS)), "look alike"),
    "other order below": (
        sheets(("a", HEADER, [*ROWS[:5], ("plant", "dust", "process_energy", *COLUMNS[2:]), *TURNED])),
        "names columns",
    ),
    "shares among percentages": (sheets(("a", HEADER, SHARES)), "sign left out"),
    "one id as number and text": (
        sheets(("a", HEADER, [(1.0, *ROWS[0][1:]), ("1", *ROWS[1][1:]), *ROWS[2:]])),
        "already",
    ),
    "limits below the heading": (sheets(("a", HEADER, [("", 300.0, 5.0, 95.0, "I"), *ROWS])), "no plant id"),
}


def test_layouts_are_read_whole_or_refused(tmp_path):
    for name, fill in LAYOUTS_READ.items():
        read_as(as_book(folder_of(tmp_path, name), fill), ROWS)
    for name, (fill, word) in LAYOUTS_REFUSED.items():
        assert word in refusal(as_book(folder_of(tmp_path, name), fill)), name


ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16")
LINES = [",".join(map(str, row)) for row in (HEADER, *ROWS)]


def test_texts_in_any_encoding_and_delimiter_are_read_and_mixed_ones_refused(tmp_path):
    for encoding in ENCODINGS:
        for number, delimiter in enumerate(",;\t"):
            place = folder_of(tmp_path, f"{encoding}-{number}")
            text = "\n".join(LINES).replace(",", delimiter)
            (place / "plants.csv").write_bytes(text.encode(encoding))
            read_as(place, ROWS)
    for number, lines in enumerate(
        (
            [line.replace(",", ";") for line in LINES[:5]] + LINES[5:],
            LINES[:5] + [line.replace(",", "|") for line in LINES[5:]],
        )
    ):
        place = folder_of(tmp_path, f"mixed-{number}")
        (place / "plants.csv").write_text("\n".join(lines), encoding="utf-8")
        assert "another sign separates" in refusal(place)


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="a"><table:table-row>{head}</table:table-row>{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def as_ods(place, shown):
    """A table whose third energy is 412 and is shown as some text."""

    def cell(value):
        number = isinstance(value, float)
        kind = f'office:value-type="float" office:value="{value}"' if number else 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"

    rows = "".join(
        f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in with_cell(ENERGY, 412.0)
    )
    rows = rows.replace("<text:p>412.0</text:p>", f"<text:p>{escape(shown)}</text:p>")
    with zipfile.ZipFile(place / "plants.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS.format(head="".join(map(cell, HEADER)), rows=rows))
    return place


def test_numbers_of_an_ods_are_read_where_they_are_shown_rounded_or_grouped_and_refused_otherwise(tmp_path):
    for number, shown in enumerate(("412", "412.00", "412,0", "4.12E+02", "412 ")):
        read_as(as_ods(folder_of(tmp_path, f"good {number}"), shown), with_cell(ENERGY, 412.0))
    for number, shown in enumerate(("0.4", "<412", "412 GJ/t", "ND", "", "4120", "¥412.00", "-412")):
        assert "412 is stored" in refusal(as_ods(folder_of(tmp_path, f"bad {number}"), shown)), shown
