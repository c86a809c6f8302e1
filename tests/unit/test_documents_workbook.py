"""The workbook of a run; values, promises and warnings that word, workbook and page share."""

import re

import docx
import openpyxl
from document_toys import cells, explained, outside, printed_points, texts, with_both_promises, written
from docx.oxml.ns import qn
from evidence_toys import toy_tables

from methodology.documents.score_sheet import SHEET
from methodology.documents.workbook import write_workbook
from methodology.evidence.front import front_page
from methodology.findings.verdict import warned
from methodology.forms.styles import lines_needed

RUN = toy_tables()


def sheet(workbook, start: str):
    return next(workbook[name] for name in workbook.sheetnames if name.startswith(start))


def column(worksheet, name: str) -> list:
    header, *rows = worksheet.iter_rows(values_only=True)
    return [row[header.index(name)] for row in rows]


def test_numbers_are_numbers_and_names_are_texts(workbook):
    values = column(sheet(workbook, "thresholds"), "value")
    assert all(isinstance(value, int | float) for value in values)
    assert set(column(sheet(workbook, "evaluation"), "level")) == set(RUN.evaluation["level"])


def test_headers_are_frozen_shares_are_percentages_and_weights_have_the_decimals_of_the_run(workbook):
    thresholds, weights = sheet(workbook, "thresholds"), sheet(workbook, "weights")
    share = next(cell.column for cell in thresholds[1] if cell.value == "attainment")
    weight = next(cell.column for cell in weights[1] if cell.value == "weight")
    assert all(worksheet.freeze_panes == "B2" for worksheet in workbook.worksheets[2:])
    assert thresholds.cell(2, share).number_format == "0.0%"
    assert weights.cell(2, weight).number_format == "0.000"


def test_no_table_of_the_documents_has_two_columns_of_one_name(word, explanation, workbook):
    heads = [cells(table)[0] for document in (word, explanation) for table in document.tables]
    heads += [[cell.value for cell in workbook.worksheets[0][2]]]
    heads += [[cell.value for cell in worksheet[1]] for worksheet in workbook.worksheets[2:]]
    assert [name for name in heads[0] if "权重" in name] == ["一级指标权重值", "二级指标权重值"]
    assert [head for head in heads if len(set(head)) < len(head)] == []


def test_an_empty_cell_of_a_table_is_no_higher_than_the_letters_beside_it(word, explanation):
    paragraphs = [p for document in (word, explanation) for p in document.element.body.iter(qn("w:p"))]
    empty = [p for p in paragraphs if p.getparent().tag == qn("w:tc") and not "".join(p.itertext())]
    assert empty
    assert [p for p in empty if p.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:sz')}") is None] == []


def test_limiting_indicators_have_their_sign_in_the_table_and_in_its_english_annex(word):
    first, *_, annex = (cells(table) for table in word.tables)
    assert [row[2] for row in first[1:-1] if "*" in row[2]] == ["能耗*"]
    assert [row[2] for row in annex[1:-1] if "*" in row[2]] == ["Energy*"]


def test_every_sheet_of_the_internal_workbook_is_marked_and_the_public_one_holds_no_plant(contents, workbook):
    assert all("内部资料 internal" in worksheet.oddHeader.right.text for worksheet in workbook)
    assert sheet(workbook, "about").cell(2, 2).value == "内部资料 internal"
    public = openpyxl.load_workbook(write_workbook(outside(contents), contents.folder / "public.xlsx"))
    assert not [name for name in public.sheetnames if name.startswith(("thresholds", "evaluation"))]
    assert not {"calibrated I", "lower I", "upper I"} & {cell.value for cell in sheet(public, "proposal")[1]}
    assert "内部资料" not in str([worksheet.oddHeader.right.text for worksheet in public])


def test_the_workbook_begins_with_the_table_of_the_standard_as_word_has_it(workbook, word):
    first = workbook.worksheets[0]
    rows = [list(row) for row in first.iter_rows(min_row=3, max_row=6, values_only=True)]
    printed = cells(word.tables[0])[1:-1]
    assert [[row[2].split("\n")[0].split(" ")[0], *row[5:]] for row in rows] == [
        [row[2], *row[5:]] for row in printed
    ]
    assert [f"{row[4]:.3f}" for row in rows] == [row[4] for row in printed]
    assert (first.page_setup.paperSize, first.sheet_properties.pageSetUpPr.fitToPage) == (9, True)
    assert first.print_title_rows == "$2:$2"
    assert workbook.properties.title == "清洁生产评价指标体系　试验　拟定值　toy-run　内部资料 internal"


def test_every_sheet_is_printed_on_a4_with_its_head_on_every_page_and_letters_that_can_be_read(workbook):
    for worksheet in workbook.worksheets:
        assert printed_points(worksheet) >= 7, worksheet.title
        assert worksheet.print_title_rows, worksheet.title
    wide = sheet(workbook, "proposal")  # longer than a page is wide: each page says of which indicator
    assert wide.print_title_cols == "$A:$C"
    assert not wide.sheet_properties.pageSetUpPr.fitToPage


def test_a_group_of_one_indicator_has_room_for_its_name_in_both_languages(workbook):
    worksheet, merged = workbook.worksheets[0], workbook.worksheets[0].merged_cells.ranges
    alone = [row for row in range(3, worksheet.max_row) if not any((row, 1) in area.cells for area in merged)]
    assert alone
    for row in alone:
        text, width = worksheet.cell(row, 1).value, worksheet.column_dimensions["A"].width
        assert worksheet.row_dimensions[row].height >= 13 * lines_needed(text, width)


def test_a_proposed_value_is_shown_to_its_step(workbook):
    proposal = sheet(workbook, "proposal")
    place = next(cell.column for cell in proposal[1] if cell.value == "I")
    formats = {proposal.cell(row, 1).value: proposal.cell(row, place).number_format for row in range(2, 6)}
    assert (formats["energy"], formats["dust"]) == ("0", "0.0")


def test_a_limit_that_does_not_exist_is_an_empty_cell(workbook):
    assert column(sheet(workbook, "thresholds"), "lower")[0] is None


def test_warnings_are_counted_by_kind_the_gravest_first(contents):
    kinds = warned(with_both_promises(contents))
    assert [kind.head for kind in kinds] == [
        "整套标准Ⅰ级：无企业达到 Level I of the whole standard: nobody attains it",
        "9个数值中3个宽于现行要求（Ⅰ级2个、Ⅱ级1个） "
        "3 of 9 values: looser than what is in force (2 at Level I, 1 at Level II)",
    ]
    assert [kind.concerned for kind in kinds] == [(), ("energy", "dust")]


def front(contents):
    """The front page, its languages side by side."""
    page = re.sub(r'</span><span lang="en">', " ", front_page(contents, []).html)
    return re.sub(r"</?span[^>]*>", "", page)


def test_both_promises_stand_side_by_side_in_word_workbook_and_page(contents):
    both = with_both_promises(contents)
    made = docx.Document(str(written(both, "both.docx")))
    told = "".join(texts(docx.Document(str(explained(both, "both-explained.docx"))))).replace("\u00a0", " ")
    book = openpyxl.load_workbook(write_workbook(both, contents.folder / "both.xlsx"))
    page = front(both)
    energy = next(row for row in cells(made.tables[0]) if row[2].startswith("能耗*"))
    assert energy[5] == f"≤{both.by_indicator['energy']['I']['proposed']:.0f}"
    assert "402 | 421 | 434" in page
    assert "整体承诺（本稿采用）" in told
    assert "10.0 % · 20.0 % · 90.0 %" in told
    assert "10.0 % · 20.0 % · 90.0 %" in page
    assert len(list(sheet(book, "promises").rows)) == 1 + 6
    assert len(list(sheet(book, "warnings").rows)) >= 1 + 4
    assert "未修约时整套标准" in page
    assert "未修约时整套标准" not in front(outside(both))
    assert page.index("verdict") < page.index("What is proposed")


def test_every_document_prints_the_values_and_weights_of_the_file_for_machines(
    contents, word, explanation, workbook
):
    stated = {entry["id"]: entry for entry in contents.proposal["indicators"]}
    ids = [item.id for item in RUN.system.indicators]
    wanted = [
        [told["proposed"] for told in stated[name]["levels"].values()] for name in ids if name != "audit"
    ]
    number = re.compile(r"\d+\.?\d*")
    printed = [
        [number.search(cell) for cell in row[5:]] for row in cells(word.tables[0])[1:-1] if "见" not in row[5]
    ]
    assert [[float(found[0]) for found in row] for row in printed] == wanted
    reasons = next(table for table in explanation.tables if table.rows[0].cells[-1].text == "理由")
    assert [float(row[3]) for row in cells(reasons)[1:-1]] == [value for row in wanted for value in row]
    live = [row for row in workbook[SHEET].iter_rows(min_row=10) if isinstance(row[3].value, float)]
    assert [[cell.value for cell in row[23:26]] for row in live][:3] == wanted
    assert [row[3].value for row in live] == [stated[name]["weight"] for name in ids]
    weights = [round(stated[name]["weight"], 3) for name in ids]
    assert [float(row[4]) for row in cells(word.tables[0])[1:-1]] == weights
