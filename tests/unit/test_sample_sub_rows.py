"""A part of a plant in a row of its own would count beside it: however it is set off, it is refused."""

from __future__ import annotations

import pytest
import xlsxwriter
from sample_toys import HEADER, folder_with, toy_system

from methodology.errors import DataError
from methodology.sample import read_sample
from methodology.sample.derived_rows import CALLED, GROUPED, LISTED, NUMBERED, SET_IN
from methodology.spreadsheets.ods_tables import inspect_ods

PUBLIC = "public: true\nsource: made up\n"
FIGURES = "390,4.1,98,I"
CELLS = [400, 4.5, 99, "I"]


def read(folder, ids, *, sidecar=PUBLIC, headings=()):
    """Plants of a table with these ids in its rows; those of `headings` hold nothing else."""
    lines = [f"{name},,,," if name in headings else f"{name},{FIGURES}" for name in ids]
    folder = folder_with(folder, "\n".join([HEADER, *lines]) + "\n", sidecar=sidecar)
    return list(read_sample(folder, toy_system()).plants)


PARTS = [
    (["甲钢", "  1号炉", "  2号炉", "乙钢"], SET_IN, [(3, 2), (4, 2)]),
    (["甲钢", "\u30001号炉", "乙钢"], SET_IN, [(3, 2)]),
    (["甲钢", "\t1号炉", "\t2号炉"], SET_IN, [(3, 2), (4, 2)]),
    (["甲钢", "乙钢", "  A线", "    A1线"], SET_IN, [(4, 3), (5, 4)]),
    (["1 甲钢", "1.1 一号炉", "1.2 二号炉", "2 乙钢"], NUMBERED, [(3, 2), (4, 2)]),
    (["1", "1.1", "1.2", "2"], NUMBERED, [(3, 2), (4, 2)]),
    (["3.甲钢", "3.1.老区", "3.2.新区"], NUMBERED, [(3, 2), (4, 2)]),
    (["甲钢", "(1)一号炉", "(2)二号炉", "乙钢"], LISTED, [(3, 2), (4, 2)]),
    (["甲钢", "（1）一号炉", "乙钢"], LISTED, [(3, 2)]),
    (["甲钢", "①一号炉", "②二号炉"], LISTED, [(3, 2), (4, 2)]),
    (["甲钢", "1）一号炉", "2）二号炉"], LISTED, [(3, 2), (4, 2)]),
    (["甲钢", "a) old", "b) new"], LISTED, [(3, 2), (4, 2)]),
    (["甲钢", "└一号炉", "乙钢"], LISTED, [(3, 2)]),
    (["甲钢", "· 一号炉", "• 二号炉"], LISTED, [(3, 2), (4, 2)]),
    (["一、甲钢", "1.老区", "2.新区", "二、乙钢"], LISTED, [(3, 2), (4, 2)]),
    (["一、甲钢", "老区", "新区", "二、乙钢"], LISTED, [(3, 2), (4, 2)]),
    (["Red Steel", "Red Steel furnace", "Blue Steel"], CALLED, [(3, 2)]),
    (["甲钢", "甲钢1号高炉", "甲钢2号高炉", "乙钢"], CALLED, [(3, 2), (4, 2)]),
    (["P1", "P1-1", "P1-2", "P2"], CALLED, [(3, 2), (4, 2)]),
    (["甲钢", "甲钢(1)", "甲钢(2)"], CALLED, [(3, 2), (4, 2)]),
]


@pytest.mark.parametrize(("ids", "how", "found"), PARTS, ids=[f"{how} {ids[1]!r}" for ids, how, _ in PARTS])
def test_a_row_that_is_set_off_below_its_plant_is_refused_with_the_row_of_the_plant(
    tmp_path, ids, how, found
):
    with pytest.raises(DataError) as caught:
        read(tmp_path, ids)
    told = [(p.row, p.what) for p in caught.value.problems if "reads like a part of that plant" in p.what]
    assert [row for row, _ in told] == [row for row, _ in found]
    assert all(f"{how} row {whole}:" in what for (_, what), (_, whole) in zip(told, found, strict=True))


@pytest.mark.parametrize(
    "ids",
    [
        ["  甲钢", "  乙钢", "  丙钢"],  # all alike
        ["甲钢", " 乙钢", "丙钢"],  # one blank is a slip
        ["(1)甲钢", "(2)乙钢", "(3)丙钢"],
        ["1.甲钢", "2.乙钢", "丙钢"],
        ["①甲钢", "②乙钢"],
        ["1号高炉", "2号高炉", "3#高炉"],
        ["甲钢1号高炉", "甲钢2号高炉"],  # no row of the whole
        ["首钢", "首钢京唐", "首钢迁钢"],
        ["Gary", "Gary 2", "Clairton"],
        ["W-1", "W-2", "W-12"],
        ["17", "12A", "18"],
        ["3.10", "3.11", "4.1"],
        ["A", "B", "C"],
    ],
)
def test_plants_that_stand_side_by_side_are_read_as_they_are_called(tmp_path, ids):
    assert read(tmp_path, ids) == [name.strip() for name in ids]


@pytest.mark.parametrize("part", ["—一号炉", "–二号炉", "- No. 1", "－老区", "  -- old"])
def test_a_row_that_begins_with_a_dash_is_a_part_of_the_plant_above(tmp_path, part):
    with pytest.raises(
        DataError, match=r"row 3, column 'plant'.*begins with a dash: it reads like a part of"
    ):
        read(tmp_path, ["甲钢", part, "乙钢"])


def test_plants_set_in_below_a_heading_that_holds_nothing_are_plants(tmp_path):
    ids = ["河北", "  甲钢", "  乙钢", "山东", "  丙钢"]
    assert read(tmp_path, ids, headings=["河北", "山东"]) == ["甲钢", "乙钢", "丙钢"]


def test_a_part_is_a_plant_where_it_is_confirmed(tmp_path):
    sidecar = f"{PUBLIC}plants: [1号炉, 2号炉]\n"
    assert read(tmp_path, ["甲钢", "  1号炉", "  2号炉"], sidecar=sidecar) == ["甲钢", "1号炉", "2号炉"]


def test_years_of_one_plant_are_no_parts_of_it(tmp_path):
    lines = ["甲钢,2023", "  甲钢,2024", "乙钢,2024"]
    table = (
        "\n".join([HEADER.replace("plant,", "plant,year,"), *(f"{line},{FIGURES}" for line in lines)]) + "\n"
    )
    sample = read_sample(folder_with(tmp_path, table, sidecar=PUBLIC), toy_system())
    assert list(sample.plants) == ["甲钢", "乙钢"]


@pytest.mark.parametrize(
    ("counted", "how"),
    [
        (["1", "1.1", "1.2", "2"], NUMBERED),
        (["1", "", "", "2"], LISTED),
        (["1", "(1)", "(2)", "2"], LISTED),
        (["一、", "1.", "2.", "二、"], LISTED),
    ],
)
def test_numbers_of_rows_in_a_column_beside_tell_parts_as_well(tmp_path, counted, how):
    ids = ["甲钢", "老区", "新区", "乙钢"]
    lines = [f"{number},{name},{FIGURES}" for number, name in zip(counted, ids, strict=True)]
    table = "\n".join([f"序号,{HEADER}", *lines]) + "\n"
    folder = folder_with(tmp_path, table, sidecar=f"{PUBLIC}ignore: [序号]\n")
    with pytest.raises(DataError) as caught:
        read_sample(folder, toy_system())
    assert [p.row for p in caught.value.problems if f"{how} row 2:" in p.what] == [3, 4]


def book(path, rows, *, indents=None, outlines=None):
    """A workbook whose ids have an indent in their format, and whose rows are grouped."""
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("plants")
        sheet.write_row(0, 0, HEADER.split(","))
        for at, name in enumerate(rows, start=1):
            indent = (indents or {}).get(name, 0)
            sheet.write(at, 0, name, made.add_format({"indent": indent}) if indent else None)
            sheet.write_row(at, 1, CELLS)
            if (outlines or {}).get(name):
                sheet.set_row(at, None, None, {"level": outlines[name]})
    path.with_name("sample.yaml").write_text(PUBLIC, encoding="utf-8")
    return path


def told(path):
    with pytest.raises(DataError) as caught:
        read_sample(path, toy_system())
    return [(p.row, p.what.split(":")[0]) for p in caught.value.problems if "reads like a part" in p.what]


def test_an_indent_of_the_format_and_a_group_of_rows_are_seen_in_a_workbook(tmp_path):
    rows = ["甲钢", "老区", "新区", "乙钢"]
    part = {"老区": 1, "新区": 1}
    assert told(book(tmp_path / "plants.xlsx", rows, indents=part)) == [
        (3, f"'老区' {SET_IN} row 2"),
        (4, f"'新区' {SET_IN} row 2"),
    ]
    assert told(book(tmp_path / "plants.xlsx", rows, outlines=part)) == [
        (3, f"'老区' {GROUPED} row 2"),
        (4, f"'新区' {GROUPED} row 2"),
    ]
    first = {"甲钢": 1, "老区": 1}
    assert told(book(tmp_path / "plants.xlsx", rows, outlines=first)) == [
        (2, f"'甲钢' {GROUPED} row 4"),
        (3, f"'老区' {GROUPED} row 4"),
    ]


@pytest.mark.parametrize("how", ["indents", "outlines"])
def test_rows_that_are_all_set_in_or_grouped_alike_are_plants(tmp_path, how):
    rows = ["甲钢", "老区", "乙钢"]
    path = book(tmp_path / "plants.xlsx", rows, **{how: dict.fromkeys(rows, 1)})
    assert list(read_sample(path, toy_system()).plants) == rows


ODS = (
    '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:style="s" xmlns:fo="f" xmlns:text="x">'
    '<style:style style:name="in"><style:paragraph-properties fo:margin-left="0.353cm"/></style:style>'
    '<style:style style:name="out"><style:paragraph-properties fo:margin-left="0cm"/></style:style>'
    '<table:table table:name="plants">{rows}</table:table></office:document-content>'
)


def test_an_open_document_tells_what_is_set_in_and_what_is_grouped():
    cell = '<table:table-cell table:style-name="{look}"><text:p>a</text:p></table:table-cell>'
    row = f"<table:table-row>{cell}</table:table-row>"
    rows = (
        row.format(look="out")
        + "<table:table-row-group>"
        + row.format(look="in")
        + "</table:table-row-group>"
    )
    surface = inspect_ods(ODS.format(rows=rows + row.format(look="out")).encode(), "a.ods")["plants"]
    assert (surface.indents, surface.outlines) == ({(1, 0): 1}, {1: 1})
