import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from sample_toys import HEADER, toy_system

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.sample import check_sample, read_sample

SYSTEM = toy_system()
HEAD = HEADER.split(",")
ROWS = [["A", 400, 4.5, 99, "I"], ["B", 380, "<2", 97.5, "II"], ["C", 410, None, "n/a", "none"]]


def workbook(path: Path, fill=None, *, rows=ROWS, head=HEAD, sheets=("plants",)) -> Path:
    book = xlsxwriter.Workbook(str(path))
    for name in sheets:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, head)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
        if fill:
            fill(sheet, book)
    book.close()
    return path


def problems_of(path: Path):
    with pytest.raises(DataError) as caught:
        read_sample(path, SYSTEM)
    return caught.value.problems


def test_a_workbook_is_read_like_a_text_table(tmp_path):
    sample = read_sample(workbook(tmp_path / "plants.xlsx"), SYSTEM)
    assert sample.values["process_energy"].tolist() == [400, 380, 410]
    assert sample.states.loc["B", "dust"] == CellState.BELOW_LIMIT
    assert sample.states.loc["C", "slag_use"] == CellState.NOT_APPLICABLE


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!", "#VALUE!"])
def test_a_failed_formula_is_a_fault_and_never_an_empty_cell(tmp_path, error):
    path = workbook(tmp_path / "p.xlsx", lambda sheet, _: sheet.write_formula("C2", "=1/0", None, error))
    (problem,) = problems_of(path)
    assert (problem.sheet, problem.row, problem.column, problem.plant) == ("plants", 2, "dust", "A")
    assert f"cell C2 holds {error}" in problem.what


def test_a_formula_that_was_never_computed_is_a_fault(tmp_path):
    path = workbook(tmp_path / "p.xlsx", lambda sheet, _: sheet.write_formula("C2", "=1+1", None, ""))
    (problem,) = problems_of(path)
    assert "never computed" in problem.what


def test_a_computed_formula_gives_its_result(tmp_path):
    path = workbook(tmp_path / "p.xlsx", lambda sheet, _: sheet.write_formula("C2", "=1+1", None, 2))
    assert read_sample(path, SYSTEM).values.loc["A", "dust"] == 2


def test_a_date_and_a_tick_in_a_number_column_are_faults(tmp_path):
    def fill(sheet, book):
        sheet.write_datetime("C2", datetime(2024, 3, 12), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_boolean("B3", True)

    faults = {(p.row, p.column): p.what for p in problems_of(workbook(tmp_path / "p.xlsx", fill))}
    assert "date" in faults[2, "dust"]
    assert "TRUE" in faults[3, "process_energy"]


def test_a_percentage_format_is_read_as_the_fraction_it_stores_and_doubted(tmp_path):
    system = toy_system(
        reporting_errors=[{"error": "percent_vs_fraction", "affects": ["slag_use"], "factors": [0.01]}]
    )
    rows = [[f"P{n}", 400, 1, share, "I"] for n, share in enumerate([98, 97, 99, 0.985, 96, 95])]
    _, warnings = check_sample(workbook(tmp_path / "p.xlsx", rows=rows), system)
    assert [w.plant for w in warnings if "fraction" in w.what] == ["P3"]


def test_numbers_kept_as_text_are_numbers(tmp_path):
    rows = [["A", " 400 ", "4.5", "９９", " I "]]
    sample = read_sample(workbook(tmp_path / "p.xlsx", rows=rows), SYSTEM)
    assert sample.values.loc["A"].tolist() == [400, 4.5, 99, 1]


def test_numeric_plant_ids_become_text(tmp_path):
    sample = read_sample(workbook(tmp_path / "p.xlsx", rows=[[101, 400, 1, 99, "I"]]), SYSTEM)
    assert list(sample.plants) == ["101"]


def test_hidden_rows_and_columns_are_read_and_named(tmp_path):
    def fill(sheet, _):
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})

    path = workbook(tmp_path / "p.xlsx", fill)
    problems, warnings = check_sample(path, SYSTEM)
    assert not problems
    assert any("hidden row" in w.what and w.row == 3 for w in warnings)
    assert any("hidden" in w.what and w.column == "dust" for w in warnings)
    assert len(read_sample(path, SYSTEM).plants) == 3


def test_a_merged_header_is_explained(tmp_path):
    head = ["plant", "process_energy", "", "slag_use", "furnace_class", "dust"]
    rows = [["A", 400, 7, 99, "I", 1]]

    def fill(sheet, _):
        sheet.merge_range(0, 1, 0, 2, "process_energy")

    (problem,) = problems_of(workbook(tmp_path / "p.xlsx", fill, rows=rows, head=head))
    assert "column C" in problem.what
    assert "merged" in problem.why


def test_a_merged_plant_cell_is_explained(tmp_path):
    def fill(sheet, _):
        sheet.merge_range(1, 0, 2, 0, "A")

    rows = [["A", 400, 1, 99, "I"], [None, 380, 2, 97, "II"]]
    (problem,) = problems_of(workbook(tmp_path / "p.xlsx", fill, rows=rows))
    assert problem.row == 3
    assert "merged" in problem.what


def test_the_sheet_with_the_plants_is_found_among_others(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "p.xlsx"))
    book.add_worksheet("说明").write(0, 0, "plant")
    sheet = book.add_worksheet("数据")
    sheet.write(2, 1, "a title")
    sheet.write_row(4, 1, HEAD)
    sheet.write_row(5, 1, ROWS[0])
    book.close()
    assert list(read_sample(tmp_path / "p.xlsx", SYSTEM).plants) == ["A"]


def test_two_sheets_alike_need_a_choice(tmp_path):
    path = workbook(tmp_path / "plants.xlsx", sheets=("2023", "2024"))
    with pytest.raises(DataError, match="'2023', '2024' look alike"):
        read_sample(path, SYSTEM)
    (tmp_path / "sample.yaml").write_text("sheet: '2024'\n", encoding="utf-8")
    assert len(read_sample(tmp_path, SYSTEM).plants) == 3


def test_a_hidden_sheet_is_not_read(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "p.xlsx"))
    book.add_worksheet("front").write(0, 0, "nothing")
    hidden = book.add_worksheet("old")
    hidden.write_row(0, 0, HEAD)
    hidden.write_row(1, 0, ROWS[0])
    hidden.hide()
    book.close()
    with pytest.raises(DataError, match="none of the first"):
        read_sample(tmp_path / "p.xlsx", SYSTEM)


CONTENT = """<?xml version="1.0"?><office:document-content
xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="plants">{rows}</table:table>
</office:spreadsheet></office:body></office:document-content>"""


def ods(path: Path, rows: list[list[object]], extra: str = "") -> Path:
    def cell(value: object) -> str:
        if isinstance(value, int | float):
            start = f'<table:table-cell office:value-type="float" office:value="{value}">'
            return f"{start}<text:p>{value}</text:p></table:table-cell>"
        if str(value).startswith("#"):
            return (
                '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
                f"<text:p>{value}</text:p></table:table-cell>"
            )
        text = str(value).replace("<", "&lt;")
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", CONTENT.format(rows=lines + extra))
    return path


def test_an_open_document_sheet_is_read(tmp_path):
    path = ods(tmp_path / "p.ods", [HEAD, ["A", 400, "<2", 99, "I"]])
    sample = read_sample(path, SYSTEM)
    assert sample.values.loc["A"].tolist() == [400, 2, 99, 1]


def test_a_failed_formula_of_an_open_document_is_a_fault(tmp_path):
    (problem,) = problems_of(ods(tmp_path / "p.ods", [HEAD, ["A", "#DIV/0!", 1, 99, "I"]]))
    assert "cell B2 holds #DIV/0!" in problem.what


def test_an_open_document_that_repeats_a_cell_without_end_is_refused(tmp_path):
    bomb = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" '
        'office:value="1" table:number-columns-repeated="16384"/></table:table-row>'
    )
    with pytest.raises(DataError, match="at most"):
        read_sample(ods(tmp_path / "p.ods", [HEAD], bomb), SYSTEM)


@pytest.mark.parametrize("script", ["import os; os.abort()", "print('no answer')", "raise SystemExit(3)"])
def test_a_reader_that_ends_its_process_is_one_message(tmp_path, monkeypatch, script):
    from methodology.spreadsheets import calamine_process

    ending = tmp_path / "ending.py"
    ending.write_text(script, encoding="utf-8")
    path = workbook(tmp_path / "p.xlsx")
    monkeypatch.setattr(calamine_process, "__file__", str(ending))
    with pytest.raises(DataError, match="the reader gave up"):
        read_sample(path, SYSTEM)


SHARED = """
import os, sys
sys.path.insert(0, {place!r})
import calamine_process as reader
sent = sys.stdin.buffer.read()
first = int.from_bytes(sent[:8], "big")
if len(sent) > 8 + first or b"deadly" in sent:
    os.abort()
sys.stdout.buffer.write(reader.answer(sent[8:]))
"""


def test_of_workbooks_that_share_a_process_the_one_that_ends_it_is_at_fault_alone(tmp_path, monkeypatch):
    from methodology.spreadsheets import calamine_process, workbooks

    script = tmp_path / "shared.py"
    script.write_text(SHARED.format(place=str(Path(calamine_process.__file__).parent)), encoding="utf-8")
    monkeypatch.setattr(calamine_process, "__file__", str(script))
    good = workbook(tmp_path / "good.xlsx").read_bytes()
    deadly = workbook(tmp_path / "deadly.xlsx", sheets=("deadly",)).read_bytes()
    sent = [(good, "a.xlsx"), (deadly, "b.xlsx"), (b"PK\x03\x04 no archive", "c.xlsx"), (good, "d.xlsx")]
    found = list(workbooks.read_workbooks(sent))
    assert [type(one) for one in found] == [list, DataError, DataError, list]
    assert "b.xlsx" in str(found[1])
    assert found[0][0].rows == found[3][0].rows
    assert (found[0][0].file, found[3][0].file) == ("a.xlsx", "d.xlsx")


def test_what_the_reader_says_is_passed_on():
    from methodology.spreadsheets.calamine_process import read

    assert set(read(b"no workbook at all")) == {"fault"}


def percent_cells(sheet, book):
    """Slag use of two plants as percent cells, 0.99 and a mark that is stored as 0.35."""
    shown = book.add_format({"num_format": "0.0%"})
    sheet.write_number("D2", 0.99, shown)
    sheet.write_number("D3", 0.35, shown)


def merged_cells(sheet, book):
    sheet.merge_range("B2:B4", 400, book.add_format())


def raised_cells(sheet, book):
    """A raised 5 in C2; the long texts make the shared texts of an .xls run over several records."""
    for row in range(3):
        sheet.write(row, 30, "长" * 3000 + str(row))
        sheet.write(row + 3, 30, "long " * 1000 + str(row))
    sheet.write_rich_string("C2", "4.", "5", book.add_format({"font_script": 1}), "2")


KINDS = [
    "xlsx",
    *(
        pytest.param(
            kind, marks=pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
        )
        for kind in ("xls", "ods")
    ),
]


def saved_as(kind: str, path: Path) -> Path:
    """The same workbook as LibreOffice saves it in another format."""
    if kind == "xlsx":
        return path
    command = ["soffice", "--headless", "--convert-to", kind, "--outdir", str(path.parent), str(path)]
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    subprocess.run([*command, profile], check=True, timeout=120, capture_output=True)
    return path.with_suffix(f".{kind}")


@pytest.mark.parametrize("kind", KINDS)
def test_percent_cells_are_read_as_shown_with_a_note(tmp_path, kind):
    sample = read_sample(saved_as(kind, workbook(tmp_path / "p.xlsx", percent_cells)), SYSTEM)
    assert sample.values["slag_use"].tolist()[:2] == [99, 35]
    (note,) = sample.notes.itertuples()
    assert (note.indicator, note.what) == ("slag_use", "2 cells read as shown, in % (%)")


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_merged_over_several_plants_is_refused(tmp_path, kind):
    path = saved_as(kind, workbook(tmp_path / "p.xlsx", merged_cells))
    with pytest.raises(DataError, match="the cells B2:B4 are merged: one value stands for 3 plants"):
        read_sample(path, SYSTEM)


@pytest.mark.parametrize("kind", KINDS)
def test_a_raised_sign_never_joins_the_number_before_it(tmp_path, kind):
    path = saved_as(kind, workbook(tmp_path / "p.xlsx", raised_cells))
    with pytest.raises(DataError, match="cell C2 holds a raised or lowered sign"):
        read_sample(path, SYSTEM)


def test_a_percent_cell_in_a_column_of_another_unit_is_refused(tmp_path):
    def fill(sheet, book):
        sheet.write_number("C2", 0.045, book.add_format({"num_format": "0.0%"}))

    with pytest.raises(DataError, match=r"4.5% is shown as a percentage, and the column is not in %"):
        read_sample(workbook(tmp_path / "p.xlsx", fill), SYSTEM)


@pytest.mark.parametrize("code", ['0.0"%"', "0.0\\%", "[Red]0.0", "0.0_%"])
def test_a_sign_that_is_only_drawn_scales_nothing(tmp_path, code):
    def fill(sheet, book):
        sheet.write_number("D2", 99, book.add_format({"num_format": code}))

    assert read_sample(workbook(tmp_path / "p.xlsx", fill), SYSTEM).values.loc["A", "slag_use"] == 99


@pytest.mark.parametrize(
    ("sign", "stored"), [("-999", -999), ("0", 0.0), ("0.0", 0), ("-999.0", "-999"), ("0", "0.00")]
)
def test_declared_marks_are_compared_as_numbers(tmp_path, sign, stored):
    workbook(tmp_path / "plants.xlsx", lambda sheet, _: sheet.write("C2", stored))
    (tmp_path / "sample.yaml").write_text(f"marks: {{not_reported: ['{sign}']}}\n", encoding="utf-8")
    assert read_sample(tmp_path, SYSTEM).states.loc["A", "dust"] == CellState.NOT_REPORTED


def test_numbers_are_read_to_the_fifteen_digits_a_spreadsheet_compares(tmp_path):
    path = workbook(
        tmp_path / "p.xlsx", lambda sheet, _: sheet.write_formula("C2", "=1+1", None, "2.0000000000000004")
    )
    assert read_sample(path, SYSTEM).values.loc["A", "dust"] == 2


def two_sheets(path: Path, *, rows) -> Path:
    """A visible table of one plant and a hidden table of `rows`."""
    book = xlsxwriter.Workbook(str(path))
    for name, content in (("1", ROWS[:1]), ("2", rows)):
        sheet = book.add_worksheet(name)
        for number, row in enumerate([HEAD, *content] if content else [["nothing"]]):
            sheet.write_row(number, 0, row)
    book.get_worksheet_by_name("2").hide()
    book.close()
    return path


def test_a_hidden_sheet_that_fits_as_well_is_asked_about(tmp_path):
    path = two_sheets(tmp_path / "plants.xlsx", rows=ROWS)
    with pytest.raises(DataError, match="the hidden sheets '2' fit as well as '1'"):
        read_sample(path, SYSTEM)
    (tmp_path / "sample.yaml").write_text("sheet: '1'\n", encoding="utf-8")
    assert len(read_sample(tmp_path, SYSTEM).plants) == 1


def test_another_hidden_sheet_is_named_as_not_read(tmp_path):
    problems, notes = check_sample(two_sheets(tmp_path / "p.xlsx", rows=[]), SYSTEM, named=True)
    assert not problems
    assert [note.sheet for note in notes if "hidden" in note.what] == ["2"]
