"""Tables as people lay them out: rows of units, plants that are spelt twice, tables that are turned, other codes."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest
from sample_toys import folder_with, problems_of, toy_system

from methodology.languages.findings import in_chinese
from methodology.sample import check_sample, load, read_sample

SYSTEM = toy_system()
HEAD = "plant,process_energy,dust,slag_use,furnace_class"
ROWS = [f"企业{sign},{300 + n},{2 + n},{80 + n},I" for n, sign in enumerate("甲乙丙丁戊己")]


def table(*rows, head=HEAD):
    return "\n".join([head, *rows]) + "\n"


@pytest.mark.parametrize(
    "units",
    [
        ",kgce/t,ug/m3,%,",
        ",(kgce/t),(μg/m³),(%),",
        ",[kgce/t],【微克/立方米】,,",
        "计量单位,kgce/t,ug/m3,%,",
        "单位：,单位：kgce/t,单位：微克/标立方米,%,",
        "-,kgce/t,ug/m3,%,—",
        "/,,µg/Nm3,,",
    ],
)
def test_a_row_of_units_below_the_header_counts_however_it_is_written(tmp_path, units):
    """A person who deletes such a row as no plant would have micrograms read as milligrams."""
    sample = read_sample(folder_with(tmp_path, table(units, *ROWS)), SYSTEM)
    assert sample.values["dust"].iloc[0] == pytest.approx(0.002)
    assert len(sample.plants) == len(ROWS)


def test_a_row_of_one_unit_that_does_not_fit_is_told_as_a_unit_and_not_as_a_plant(tmp_path):
    (problem,) = problems_of(folder_with(tmp_path, table(",GJ,,,", *ROWS)), SYSTEM)
    assert "the unit 'GJ' in the header cannot be converted" in problem.what


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("企业甲", "企业甲(2023)"),
        ("企业甲（2022年）", "企业甲（2023年）"),
        ("2022年企业甲", "2023年企业甲"),
        ("唐山 一钢", "唐山一钢"),
        ("P1", "P01"),
        ("1", "01"),
        ("W 07", "W7"),
    ],
)
def test_ids_that_differ_by_a_blank_a_zero_or_a_year_alone_are_asked_about(tmp_path, first, second):
    rows = [f"{first},400,4,98,I", *ROWS[1:3], f"{second},410,5,97,II"]
    public = "public: true\nsource: a test\n"
    (problem,) = problems_of(folder_with(tmp_path, table(*rows), sidecar=public), SYSTEM)
    assert (problem.row, "differs from that in row 2" in problem.what) == (5, True)
    confirmed = f"plants: ['{first}', '{second}']\n{public}"
    assert len(read_sample(folder_with(tmp_path, table(*rows), sidecar=confirmed), SYSTEM).plants) == 4


@pytest.mark.parametrize(
    "ids", [("A-1.1", "A-1.01"), ("1 1", "11"), ("W-2001", "W-2002"), ("A10", "A1"), ("一钢", "二钢")]
)
def test_other_ids_that_look_alike_are_two_plants(tmp_path, ids):
    rows = [f"{ids[0]},400,4,98,I", f"{ids[1]},410,5,97,II"]
    place = folder_with(tmp_path, table(*rows), sidecar="public: true\nsource: a test\n")
    assert len(read_sample(place, SYSTEM).plants) == 2


def test_a_plant_of_two_years_is_one_plant_where_a_column_says_the_year(tmp_path):
    rows = ["P1,2022,400,4,98,I", "P1,2023,402,4,98,I", "P2,2022,390,4,98,I", "P2,2023,391,5,97,I"]
    sample = read_sample(
        folder_with(tmp_path, table(*rows, head=HEAD.replace("plant", "plant,year"))), SYSTEM
    )
    assert (len(sample.plants), sorted(sample.years)) == (2, [2022, 2023])


@pytest.mark.parametrize("count", [1, 6])
def test_a_table_that_is_turned_is_one_sentence_and_not_a_fault_for_each_cell(tmp_path, count):
    turned = zip(*(line.split(",") for line in (HEAD, *ROWS[:count])), strict=True)
    (problem,) = problems_of(folder_with(tmp_path, "\n".join(map(",".join, turned)) + "\n"), SYSTEM)
    assert problem.what == "the names of columns stand below one another in column A."


def test_a_column_of_names_of_indicators_does_not_turn_a_table(tmp_path):
    """Two cells that are called like a column are fewer names than a header has."""
    rows = [
        f"{line},{word}" for line, word in zip(ROWS, ("dust", "slag_use", "x", "y", "z", "w"), strict=True)
    ]
    assert len(read_sample(folder_with(tmp_path, table(*rows, head=f"{HEAD},works")), SYSTEM).plants) == 6


def test_a_table_in_another_chinese_code_is_refused_and_not_read_with_other_names(tmp_path):
    place = folder_with(tmp_path, table(*(f"企業{n},400,4,98,I" for n in range(3))), encoding="big5")
    with pytest.raises(Exception, match=r"sign U\+E\w{3}, which no script has; it may be in Big5"):
        read_sample(place, SYSTEM)


@pytest.mark.parametrize(
    ("old", "new"), [(b'width="13"', b'width="0"'), (b'<row r="3"', b'<row r="3" ht="0.0"')]
)
def test_what_has_no_width_or_height_is_hidden(tmp_path, old, new):
    book = openpyxl.Workbook()
    for line in (HEAD, *ROWS):
        book.active.append([float(cell) if cell.isdecimal() else cell for cell in line.split(",")])
    book.active.column_dimensions["C"].width = 13
    book.save(tmp_path / "seen.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "seen.xlsx") as seen,
        zipfile.ZipFile(tmp_path / "plants.xlsx", "w") as made,
    ):
        for name in seen.namelist():
            assert old in seen.read(name) or not name.endswith("sheet1.xml")
            made.writestr(name, seen.read(name).replace(old, new))
    (tmp_path / "seen.xlsx").unlink()
    assert any("hidden" in remark.what for remark in load(tmp_path, SYSTEM).remarks)


DICTIONARY = (
    "Name,Description,Unit,Type\nGrid Loss,grid,MWh,2.0\nDust,of stacks,mg/m3,3.0\nHeat,given off,GJ,1\n"
)


def test_a_word_that_is_met_by_chance_makes_no_header(tmp_path):
    """Of a dictionary each cell of the row would be told as a fault."""
    path = tmp_path / "dictionary.csv"
    path.write_text(DICTIONARY, encoding="utf-8")
    ((problem,), _) = check_sample(path, SYSTEM, named=True)
    assert "none of the first 30 rows names more than one column of the system 'toy'" in problem.what
    assert "两个以上列名" in in_chinese(problem)


def test_of_sheets_that_share_one_word_none_is_asked_for_and_hidden_ones_are_told_in_both_languages(tmp_path):
    book = openpyxl.Workbook()
    for name in ("2015", "2016", "旧表"):
        sheet = book.create_sheet(name)
        sheet.append(["企业", "Station", "Fuel"])
        sheet.append(["A", "coal", 3])
    book.remove(book.worksheets[0])
    book["旧表"].sheet_state = "hidden"
    book.save(tmp_path / "stations.xlsx")
    ((problem,), _) = check_sample(tmp_path / "stations.xlsx", SYSTEM, named=True)
    assert "look alike" not in problem.what
    assert "Hidden sheets are not read: '旧表'" in problem.what
    assert "隐藏的工作表未读取：'旧表'" in in_chinese(problem)
