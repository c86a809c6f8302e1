"""The copy that goes back to a plant shows every finding at its cell, runs nothing and leaves the original alone."""

import openpyxl
import pytest
import xlsxwriter
from sample_toys import HEADER, TABLE, folder_with, toy_system

from methodology.errors import DataError
from methodology.forms.annotated_copy import write_copies
from methodology.sample import check_sample, load

SYSTEM = toy_system()
RED, ORANGE = "FFFFC7CE", "FFFFEB9C"


def annotated(path, output):
    loaded = load(path, SYSTEM)
    problems, doubts = check_sample(loaded, SYSTEM, named=True)
    count = write_copies(loaded.tables, SYSTEM, problems, doubts, output)
    return count, openpyxl.load_workbook(output)


def test_faults_are_red_and_doubts_orange_with_the_reason_in_a_note(tmp_path):
    folder = folder_with(tmp_path, TABLE.replace("400,4.5", '"1,385",4.5').replace("B,380", "B,900"))
    count, book = annotated(folder, tmp_path / "copy.xlsx")
    sheet = book.worksheets[1]
    assert count == 2
    assert sheet["B2"].value == "1,385"
    assert sheet["B2"].fill.start_color.rgb == RED
    assert "1.385 (decimal comma)" in sheet["B2"].comment.text
    assert sheet["B3"].value == "900"
    assert sheet["B3"].fill.start_color.rgb == ORANGE
    assert "above the bound" in sheet["B3"].comment.text
    assert sheet["C2"].comment is None


def test_the_first_sheet_lists_all_findings_in_two_languages(tmp_path):
    folder = folder_with(tmp_path, TABLE.replace("400", "about 400"))
    _, book = annotated(folder, tmp_path / "copy.xlsx")
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=5)]
    assert rows[0][:4] == ["性质 kind", "工作表 sheet", "行 row", "列 column"]
    assert rows[1][2:4] == ["2", "process_energy"]
    assert "有误" in rows[1][0]


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A1", "+1+1", "@SUM(A1)", "-2+3", "http://example.org"])
def test_nothing_in_the_copy_is_a_formula_or_a_link(tmp_path, text):
    folder = folder_with(tmp_path, f"{HEADER},works\n{TABLE.splitlines()[1]},{text}\n")
    _, book = annotated(folder, tmp_path / "copy.xlsx")
    cell = book.worksheets[1]["F2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_numbers_percentages_and_sheets_of_a_workbook_stand_where_they_stood(tmp_path):
    path = tmp_path / "plants.xlsx"
    book = xlsxwriter.Workbook(str(path))
    notes, sheet, hidden = (book.add_worksheet(name) for name in ("说明", "数据[1]"[:2], "secret"))
    hidden.hide()
    notes.write(0, 0, "read me")
    hidden.write(0, 0, "never copied")
    sheet.write_row(2, 1, HEADER.split(","))
    sheet.write_row(3, 1, ["A", 400.5, "<2"])
    sheet.write_number(3, 4, 0.991, book.add_format({"num_format": "0.0%"}))
    sheet.write(3, 5, "best")
    book.close()
    before = path.read_bytes()
    _, copy = annotated(path, tmp_path / "copy.xlsx")
    assert [sheet.title for sheet in copy.worksheets] == ["发现 findings", "1 说明", "2 数据"]
    table = copy.worksheets[2]
    assert (table["C4"].value, table["D4"].value, table["E4"].value) == (400.5, "<2", 0.991)
    assert "%" in table["E4"].number_format
    assert table["F4"].fill.start_color.rgb == RED
    assert "secret" in copy.worksheets[0]["A3"].value
    assert path.read_bytes() == before


def test_a_copy_never_takes_the_place_of_a_file(tmp_path):
    folder = folder_with(tmp_path)
    (tmp_path / "copy.xlsx").write_bytes(b"mine")
    with pytest.raises(DataError, match="exists"):
        annotated(folder, tmp_path / "copy.xlsx")
    with pytest.raises(DataError, match=r"not a \.xlsx"):
        annotated(folder, tmp_path / "copy.csv")
    with pytest.raises(DataError, match="cannot be written"):
        annotated(folder, tmp_path / "nowhere" / "copy.xlsx")
