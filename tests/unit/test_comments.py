"""The life of a comment on a draft: form, filled form, disposition table."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest
import yaml
from document_toys import printed_points
from docx import Document
from typer.testing import CliRunner

from methodology.cli.app import app
from methodology.documents.disposition import write_document
from methodology.errors import DataError
from methodology.forms.comments import (
    ANSWERS,
    COLUMNS,
    DISPOSITIONS,
    FIRST_ROW,
    FORM,
    Comment,
    described,
    read_forms,
    unanswered,
    write_dispositions,
    write_form,
)
from methodology.runs.hashing import file_digest

SIDES = ("left", "right", "top", "bottom")
CLAUSE = "工序能耗 Process energy"


def proposal(value=360.0, weight=0.6, name="工序能耗"):
    levels = {level: {"proposed": value + step} for level, step in (("I", 0), ("II", 10), ("III", 20))}
    energy = {
        "id": "process_energy",
        "names": {"zh": name, "en": "Process energy"},
        "group": "energy",
        "kind": "quantitative",
        "unit": "kgce/t",
        "direction": "lower",
        "limiting": True,
        "weight": weight,
        "levels": levels,
    }
    other = {
        **energy,
        "id": "dust",
        "names": {"zh": "粉尘", "en": "Dust"},
        "unit": "mg/m3",
        "weight": 1 - weight,
    }
    return {
        "system": "toy",
        "names": {"zh": "炼铁", "en": "Ironmaking"},
        "indicators": [energy, other],
    }


DRAFT = described(proposal(), 1, "a" * 64)


def filled(path, *lines, who="某某钢铁集团", draft=DRAFT):
    write_form(draft, path)
    book = openpyxl.load_workbook(path)
    sheet = book[FORM]
    sheet["B4"] = who
    for row, line in enumerate(lines, start=FIRST_ROW + 1):
        for column, text in enumerate(line, start=1):
            cell = sheet.cell(row, column)
            cell.value = text
            if isinstance(text, str) and text.startswith("="):
                cell.data_type = "s"  # typed as text: openpyxl would make it a formula
    book.save(path)
    return path


def settled(table, *answers):
    book = openpyxl.load_workbook(table)
    for row, (answer, because) in enumerate(answers, start=FIRST_ROW + 1):
        book[DISPOSITIONS].cell(row, 7).value = answer
        book[DISPOSITIONS].cell(row, 8).value = because
    book.save(table)


@pytest.fixture
def draft(tmp_path):
    return sealed(tmp_path / "drafts" / "toy" / "01", proposal())


def sealed(folder, content):
    folder.mkdir(parents=True)
    path = folder / "proposal.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    record = {
        "system": "toy",
        "draft": int(folder.name),
        "run": "0123456789ab",
        "date": "2026-01-01",
        "files": {"proposal.json": file_digest(path)},
    }
    (folder / "draft.yaml").write_text(yaml.safe_dump(record), encoding="utf-8")
    return folder


def told(folder):
    form = folder.parent.parent / "blank.xlsx"
    assert CliRunner().invoke(app, ["comments", str(folder), "-o", str(form)]).exit_code == 0
    return form


def test_the_form_prints_values_to_their_step_and_those_with_a_target_as_an_interval():
    content = proposal(value=0.6)
    content["indicators"][0]["levels"]["II"]["step"] = 0.05  # the others are those of the law
    content["indicators"][1]["target"] = [7.5, 9.0]
    clauses = described(content, 1, "a" * 64).clauses
    assert clauses[CLAUSE][0] == "0.60 kgce/t"
    assert clauses["粉尘 Dust"][0] == "6.90–9.60 mg/m³"


def test_the_form_offers_every_clause_with_the_values_as_drafted(tmp_path):
    write_form(DRAFT, tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    rows = {row[0]: row[1:] for row in book["条款 clauses"].iter_rows(min_row=2, values_only=True)}
    assert rows[CLAUSE] == ("360 kgce/t", "370 kgce/t", "380 kgce/t")
    assert list(rows) == list(DRAFT.clauses)
    assert {str(rule.sqref).split(":")[0] for rule in book[FORM].data_validations.dataValidation} == {
        "A9",
        "B9",
    }


def test_the_printed_form_has_ruled_lines_high_enough_for_handwriting(tmp_path):
    write_form(DRAFT, tmp_path / "form.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx")[FORM]
    ruled = list(sheet.iter_rows(min_row=FIRST_ROW + 1))
    assert len(ruled) >= 40
    for line in ruled:
        assert len(line) == len(COLUMNS)
        assert all(getattr(cell.border, side).style for side in SIDES for cell in line)
        assert sheet.row_dimensions[line[0].row].height >= 28
    with zipfile.ZipFile(tmp_path / "form.xlsx") as archive:
        rows = re.findall("<row [^>]*>", archive.read("xl/worksheets/sheet1.xml").decode())
    chosen = [row for row in rows if "customHeight" in row]  # such a line would not grow with what is typed
    assert len(chosen) <= FIRST_ROW


def test_a_comment_that_reads_like_the_height_of_a_line_stays_as_it_was_written(tmp_path):
    text = 'ht="33" customHeight="1"'
    write_dispositions([replace(ONE, text=text)], DRAFT, tmp_path / "table.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx").worksheets[0]
    assert text in [cell.value for row in sheet.iter_rows() for cell in row]


def test_form_and_disposition_table_are_printed_on_a4_and_can_be_read(tmp_path):
    write_form(DRAFT, tmp_path / "form.xlsx")
    write_dispositions([ONE], DRAFT, tmp_path / "table.xlsx")
    for name in ("form", "table"):
        for sheet in openpyxl.load_workbook(tmp_path / f"{name}.xlsx"):
            assert printed_points(sheet) >= 7
            assert sheet.print_title_rows
            assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_the_same_draft_gives_the_same_form(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_form(DRAFT, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_filled_forms_are_read_back_as_they_were_typed(tmp_path):
    first = filled(tmp_path / "a.xlsx", (CLAUSE, "I", "=1+1 过严", 365.5, "多数企业达不到"))
    second = filled(tmp_path / "b.xlsx", ("总体 The whole draft", None, "同意", None, None), who="某研究院")
    assert read_forms([first, second], DRAFT) == [
        Comment(CLAUSE, "I", "=1+1 过严", "365.5", "多数企业达不到", "某某钢铁集团"),
        Comment("总体 The whole draft", "", "同意", "", "", "某研究院"),
    ]


def test_a_form_without_comments_is_an_answer_too(tmp_path):
    assert read_forms([filled(tmp_path / "a.xlsx")], DRAFT) == []


def test_every_fault_of_every_form_is_named_at_once_with_its_place(tmp_path):
    nameless = filled(tmp_path / "a.xlsx", (CLAUSE, "IV", "x"), ("能耗", "I", None), who="")
    foreign = filled(tmp_path / "b.xlsx", draft=replace(DRAFT, check="b" * 12))
    with pytest.raises(DataError) as caught:
        read_forms([nameless, foreign, tmp_path / "none.xlsx"], DRAFT)
    text = "\n".join(map(str, caught.value.problems))
    for said in (
        "does not say who comments",
        "row 9, column '级 Level': 'IV' is no level",
        "row 10, column '章条 Clause': '能耗' is no clause",
        "row 10, column '意见 Comment': is empty",
        "b.xlsx, sheet '意见 comments', row 2: belongs to",
        "none.xlsx: is no file",
    ):
        assert said in text


def test_another_workbook_is_no_form(tmp_path):
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(DataError) as caught:
        read_forms([tmp_path / "other.xlsx"], DRAFT)
    assert "is no comment form" in str(caught.value.problems[0])


def test_a_disposition_is_kept_when_the_same_forms_come_again(tmp_path):
    form = filled(tmp_path / "a.xlsx", (CLAUSE, "I", "过严", None, None))
    table = tmp_path / "table.xlsx"
    write_dispositions(read_forms([form], DRAFT), DRAFT, table)
    settled(table, (ANSWERS[2], "证据不足"))
    late = filled(tmp_path / "late.xlsx", (CLAUSE, "II", "过宽", None, None), who="某研究院")
    found = read_forms([table, form, late], DRAFT)
    assert [(one.text, one.disposition, one.because) for one in found] == [
        ("过严", ANSWERS[2], "证据不足"),
        ("过宽", "", ""),
    ]


NONE, ADOPTED, PARTLY, REFUSED = "", *ANSWERS
ONE = Comment(CLAUSE, "I", "过严", "", "", "某某")


@pytest.mark.parametrize(
    ("disposition", "because", "level", "after", "said"),
    [
        (NONE, "", "I", proposal(365.0), "has no disposition"),
        (REFUSED, "", "I", proposal(365.0), "no reason is given"),
        (REFUSED, "证据不足", "I", None, ""),
        (ADOPTED, "", "I", None, "no later draft"),
        (ADOPTED, "", "I", proposal(360.0), "says the same as before"),
        (ADOPTED, "", "I", proposal(365.0), ""),
        (PARTLY, "", "", proposal(360.0), "says the same as before"),
        (PARTLY, "", "", proposal(360.0, weight=0.5), ""),
        (ADOPTED, "属编辑性修改", "I", proposal(360.0), ""),
    ],
)
def test_a_comment_is_settled_by_a_reason_or_by_what_changed(disposition, because, level, after, said):
    comment = replace(ONE, disposition=disposition, because=because, level=level)
    faults = unanswered([comment], DRAFT, proposal(), after)
    assert bool(faults) == bool(said)
    assert not said or said in str(faults[0])


@pytest.mark.parametrize(
    ("because", "said"), [("", "nothing says what was changed"), ("第4章补充样本说明", "")]
)
def test_what_was_adopted_of_the_whole_draft_says_what_it_changed(because, said):
    """No value can show it."""
    comment = replace(ONE, clause="总体 The whole draft", level="", disposition=ADOPTED, because=because)
    faults = unanswered([comment], DRAFT, proposal(), proposal(999.0))
    assert bool(faults) == bool(said)
    assert not said or said in str(faults[0])


@pytest.mark.parametrize("typed", ["II", "Ⅱ", "Ⅱ级"])
def test_a_level_is_read_as_it_is_written_in_standards(tmp_path, typed):
    form = filled(tmp_path / "a.xlsx", (CLAUSE, typed, "过宽", None, None))
    assert read_forms([form], DRAFT)[0].level == "II"


def test_a_value_of_another_level_settles_nothing():
    after = proposal()
    after["indicators"][0]["levels"]["III"]["proposed"] = 999.0
    faults = unanswered([replace(ONE, disposition=ADOPTED)], DRAFT, proposal(), after)
    assert "says the same" in str(faults[0])


def test_the_command_goes_from_form_to_table_to_settled(draft, tmp_path):
    form = told(draft)
    book = openpyxl.load_workbook(form)
    book[FORM]["B4"] = "某某钢铁集团"
    for column, text in enumerate((CLAUSE, "I", "过严", 365, "达不到"), start=1):
        book[FORM].cell(FIRST_ROW + 1, column).value = text
    book.save(form)
    before = {path.name: path.read_bytes() for path in draft.iterdir()}
    answer = CliRunner().invoke(app, ["comments", str(draft), str(form)])
    table = draft.parent / "01-comments" / "disposition.xlsx"
    assert answer.exit_code == 0, answer.output
    assert "共1家单位1条意见" in answer.output
    assert [cell.text for cell in Document(table.with_suffix(".docx")).tables[0].rows[1].cells] == [
        "1", CLAUSE, "Ⅰ", "过严", "365", "达不到", "某某钢铁集团", "", "",
    ]  # fmt: skip
    settled(table, (ADOPTED, ""))
    open_one = CliRunner().invoke(app, ["comments", str(draft), str(table)])
    assert "there is no later draft that could show it" in open_one.exception.problems[0].what
    sealed(draft.parent / "02", proposal(365.0))
    done = CliRunner().invoke(app, ["comments", str(draft), str(table)])
    assert done.exit_code == 0
    assert "意见均已处理" in done.output
    assert {path.name: path.read_bytes() for path in draft.iterdir()} == before


def test_an_existing_form_is_not_written_over(draft):
    form = told(draft)
    again = CliRunner().invoke(app, ["comments", str(draft), "-o", str(form)])
    assert "exists" in str(again.exception)


def test_a_filled_form_or_a_text_of_somebody_is_not_written_over_by_the_table(draft, tmp_path):
    described = described_from(draft)
    form = filled(tmp_path / "form.xlsx", (CLAUSE, "I", "过严", 365, "达不到"), draft=described)
    (tmp_path / "report.docx").write_text("precious", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.*")}
    for name in ("form.xlsx", "report.xlsx"):
        answer = CliRunner().invoke(app, ["comments", str(draft), str(form), "-o", str(tmp_path / name)])
        assert isinstance(answer.exception, DataError)
        assert "written over" in str(answer.exception) or "exists" in str(answer.exception)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.*")} == before


def test_a_draft_that_was_copied_elsewhere_under_another_name_is_settled_too(draft, tmp_path):
    copy = draft.rename(tmp_path / "征求意见稿")
    sealed(tmp_path / "02", proposal(365.0))
    table = tmp_path / "table.xlsx"
    write_dispositions([replace(ONE, disposition=REFUSED, because="证据不足")], described_from(copy), table)
    answer = CliRunner().invoke(app, ["comments", str(copy), str(table)])
    assert answer.exit_code == 0, answer.output
    assert "意见均已处理" in answer.output


def test_a_form_that_cannot_be_written_leaves_nothing(draft, tmp_path, monkeypatch):
    def half(_draft, path):
        path.write_bytes(b"PK")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("methodology.forms.comments.write_form", half)
    answer = CliRunner().invoke(app, ["comments", str(draft), "-o", str(tmp_path / "form.xlsx")])
    assert answer.exit_code != 0
    assert not list(tmp_path.glob("*form.xlsx"))


def described_from(folder):
    content = json.loads((folder / "proposal.json").read_text(encoding="utf-8"))
    return described(content, 1, file_digest(folder / "proposal.json"))


def test_a_draft_that_was_altered_is_refused(draft):
    (draft / "proposal.json").write_text(json.dumps(proposal(1.0)), encoding="utf-8")
    answer = CliRunner().invoke(app, ["comments", str(draft)])
    assert "is not as draft 1 was sealed" in str(answer.exception)


HOSTILE = (
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>&amp;",
    "+1+1",
    "@SUM(1)",
    "{=1}",
    "\u202e意见",
)


def test_hostile_comments_stay_text_from_the_form_to_the_table_and_the_document(tmp_path):
    form = filled(tmp_path / "a.xlsx", *((CLAUSE, "I", text, text, text) for text in HOSTILE), who="<b>某某")
    comments = read_forms([form], DRAFT)
    assert [one.text for one in comments] == list(HOSTILE)
    write_dispositions(comments, DRAFT, tmp_path / "table.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx")[DISPOSITIONS]
    cells = [cell for row in sheet.iter_rows(min_row=FIRST_ROW + 1) for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert read_forms([tmp_path / "table.xlsx"], DRAFT) == comments
    write_document(comments, DRAFT, tmp_path / "table.docx")
    rows = Document(tmp_path / "table.docx").tables[0].rows[1:]
    assert [row.cells[3].text for row in rows] == list(HOSTILE)


def test_hostile_names_stay_text(tmp_path):
    hostile = described(proposal(name="=HYPERLINK(1)<b>"), 1, "a" * 64)
    write_form(hostile, tmp_path / "form.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx")["条款 clauses"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
