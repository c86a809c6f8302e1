import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from evidence_toys import toy_run, toy_system, toy_tables

from methodology.errors import DataError
from methodology.evidence.contents import RunContents, read_run
from methodology.evidence.drawn import draw
from methodology.evidence.front import front_page
from methodology.evidence.warned import warned
from methodology.evidence.word import write_word
from methodology.evidence.workbook import write_workbook
from methodology.forms.repacking import repacked
from methodology.parameters import Project

RUN = toy_tables()


def outside(contents: RunContents) -> RunContents:
    """As the public set has a run."""
    return contents.public(lambda *_: False)


def written(contents: RunContents, name: str = "proposal.docx") -> Path:
    """The draft of a run, with its figures."""
    return write_word(contents, draw(outside(contents), lambda *_: None), contents.folder / name)


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    return read_run(toy_run(tmp_path_factory.mktemp("runs") / "toy-run"), RUN.system)


@pytest.fixture(scope="module")
def word(contents) -> docx.document.Document:
    return docx.Document(str(written(outside(contents))))


@pytest.fixture(scope="module")
def internal_word(contents) -> docx.document.Document:
    return docx.Document(str(written(contents, "internal.docx")))


@pytest.fixture(scope="module")
def workbook(contents):
    return openpyxl.load_workbook(write_workbook(contents, contents.folder / "proposal.xlsx"))


def cells(table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def sheet(workbook, start: str):
    return next(workbook[name] for name in workbook.sheetnames if name.startswith(start))


def column(worksheet, name: str) -> list:
    header, *rows = worksheet.iter_rows(values_only=True)
    return [row[header.index(name)] for row in rows]


def test_missing_results_are_named_all_at_once(tmp_path):
    (tmp_path / "results").mkdir()
    with pytest.raises(DataError) as fault:
        read_run(tmp_path, RUN.system)
    assert all(
        f"results/{name}" in str(fault.value) for name in ("weights.csv", "thresholds.csv", "proposal.json")
    )


def test_the_whole_standard_is_the_one_proposed(contents):
    assert contents.whole == pytest.approx(contents.proposal["joint_attainment"])
    assert sum(contents.shares.values()) == pytest.approx(1)


def test_without_a_joint_attainment_levels_are_recounted(contents):
    silent = replace(
        contents, proposal={**contents.proposal, "joint_attainment": {"I": None, "II": None, "III": None}}
    )
    counts = RUN.evaluation["level"].value_counts() / 8
    assert silent.whole["III"] == pytest.approx(counts["I"] + counts["II"] + counts["III"])


def test_names_neutralised_in_csv_are_read_as_they_were(tmp_path):
    from methodology.results.csv_text import read_csv

    path = tmp_path / "evaluation.csv"
    path.write_text("plant,Y_I,limiting_failed\n'=P1,10.5,\n''=P2,,dust\n'P3,1,\n", encoding="utf-8")
    table = read_csv(path)
    assert table["plant"].tolist() == ["=P1", "'=P2", "'P3"]
    assert table["limiting_failed"].tolist() == ["", "dust", ""]


def test_the_draft_prints_values_as_a_standard_does(word):
    rows = cells(word.tables[0])
    energy = next(row for row in rows if "Energy" in row[2])
    assert energy[2].startswith("能耗*")
    assert energy[5].startswith("≤")
    assert next(row for row in rows if "Slag use" in row[2])[5].startswith("≥")
    assert rows[1][0] == rows[2][0] != rows[4][0]


def test_the_draft_names_chinese_fonts_in_every_style_it_uses(word):
    for name in ("Normal", "Heading 1", "Caption"):
        fonts = word.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in ("宋体", "黑体")
        assert fonts.get(qn("w:eastAsiaTheme")) is None


def test_columns_fill_the_text_width(word):
    for table in word.tables:
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.gridCol_lst]
        assert sum(widths) == pytest.approx(17 / 2.54 * 1440, rel=0.01)


def test_the_compilation_explanation_gives_statistics_promises_comparators_and_choices(word):
    headings = [p.text for p in word.paragraphs if p.style.name.startswith("Heading")]
    for part in ("Two promises", "Statistics behind", "Comparators", "Choices of this run", "Annex"):
        assert any(part in heading for heading in headings)
    everything = json.dumps([cells(table) for table in word.tables], ensure_ascii=False)
    assert "no lower limit exists with n = 8" in everything
    assert "480†" in everything


def test_figures_stand_in_the_chapter_they_serve_with_their_claim_and_the_promise_they_show(word):
    captions = [p.text for p in word.paragraphs if p.style.name == "Caption" and p.text.startswith("图")]
    assert [text[:3] for text in captions] == ["图 1", "图 2", "图 3"]
    assert "of the plants reach the median indicator" in captions[0]
    assert "单项承诺 promise for each indicator alone as proposed" in captions[0]
    assert len(word.inline_shapes) == 3
    assert all(shape._inline.docPr.get("descr") for shape in word.inline_shapes)


def test_every_page_of_the_internal_draft_says_so_at_its_head_and_the_public_one_does_not(
    word, internal_word
):
    heads = ["".join(p.text for p in made.sections[0].header.paragraphs) for made in (internal_word, word)]
    assert heads == ["内部资料 internal · 合成数据 synthetic data", "合成数据 synthetic data"]
    assert "PAGE" in internal_word.sections[0].footer._element.xml


def test_a_value_compared_after_corrections_says_so_and_how(tmp_path):
    system = toy_system(
        extra={
            "corrections": [
                {"id": "ore", "target": ["energy"], "addend": "3.6*max(0, 62-dust)", "unit": "kgce/t"}
                | {"source": "MEM", "status": "RECALLED_H"},
                {"id": "age", "target": ["energy"], "addend": "5.5", "unit": "kgce/t", "levels": ["I", "III"]}
                | {"source": "MEM", "status": "RECALLED_H"},
            ]
        }
    )
    contents = read_run(toy_run(tmp_path / "toy-run", run=toy_tables(system)), system)
    made = docx.Document(str(written(outside(contents))))
    (energy,) = (row for row in made.tables[0].rows if "Energy" in row.cells[2].text)
    assert all(cell.text.endswith("a") for cell in energy.cells[5:])
    assert 'w:val="superscript"' in energy.cells[5]._tc.xml
    (note,) = (p.text for p in made.paragraphs if p.text.startswith("a "))
    assert "3.6 × max(0, 62 − [Dust]) kgce/t" in note
    assert "未修正的数值不能直接比较" in note
    assert "（仅I、III级）：5.5 kgce/t" in note
    assert "(at level I, III only): 5.5 kgce/t" in note
    reported = replace(contents, about={**contents.about, "corrected": False})
    plain = docx.Document(str(written(reported, "reported.docx")))
    assert not [p for p in plain.paragraphs if p.text.startswith("a ")]


def test_the_draft_gives_away_no_figure_of_a_single_plant(tmp_path):
    proposal = json.loads(json.dumps(RUN.proposal, default=float))
    for entry in proposal["indicators"]:
        for level in entry["levels"].values():
            level |= {"calibrated": 123.456, "lower": 234.567, "upper": 345.678}
            level["reasons"][:1] = [{"en": "Calibrated 123.456.", "zh": "测算值123.456。"}]
    run = SimpleNamespace(**{**vars(RUN), "proposal": proposal})
    folder = toy_run(tmp_path / "toy-run", run=run)
    made = docx.Document(str(written(outside(read_run(folder, RUN.system)))))
    everything = json.dumps([cells(table) for table in made.tables])
    assert not [value for value in ("123.4", "234.5", "345.6") if value in everything]


def test_reasons_are_given_in_chinese_and_in_english(word):
    everything = json.dumps([cells(table) for table in word.tables], ensure_ascii=False)
    assert "Rounded" in everything
    assert "修约" in everything


def test_numbers_are_numbers_and_names_are_texts(workbook):
    values = column(sheet(workbook, "thresholds"), "value")
    assert all(isinstance(value, int | float) for value in values)
    assert set(column(sheet(workbook, "evaluation"), "level")) == set(RUN.evaluation["level"])


def test_headers_are_frozen_shares_are_percentages_and_weights_have_the_decimals_of_the_run(workbook):
    thresholds, weights = sheet(workbook, "thresholds"), sheet(workbook, "weights")
    share = next(cell.column for cell in thresholds[1] if cell.value == "attainment")
    weight = next(cell.column for cell in weights[1] if cell.value == "weight")
    assert all(worksheet.freeze_panes == "B2" for worksheet in workbook)
    assert thresholds.cell(2, share).number_format == "0.0%"
    assert weights.cell(2, weight).number_format == "0.000"


def test_every_sheet_of_the_internal_workbook_is_marked_and_the_public_one_holds_no_plant(contents, workbook):
    assert all("内部资料 internal" in worksheet.oddHeader.right.text for worksheet in workbook)
    assert sheet(workbook, "about").cell(2, 2).value == "内部资料 internal"
    public = openpyxl.load_workbook(write_workbook(outside(contents), contents.folder / "public.xlsx"))
    assert not [name for name in public.sheetnames if name.startswith(("thresholds", "evaluation"))]
    assert not {"calibrated I", "lower I", "upper I"} & {cell.value for cell in sheet(public, "proposal")[1]}
    assert "内部资料" not in str([worksheet.oddHeader.right.text for worksheet in public])


def test_the_workbook_begins_with_the_table_of_the_standard_as_word_has_it(workbook, word):
    rows = [
        list(row) for row in sheet(workbook, "standard").iter_rows(min_row=2, max_row=5, values_only=True)
    ]
    printed = cells(word.tables[0])[1:]
    assert [[cell or "" for cell in row[2:]] for row in rows] == [row[2:] for row in printed]


def test_a_proposed_value_is_shown_to_its_step(workbook):
    proposal = sheet(workbook, "proposal")
    place = next(cell.column for cell in proposal[1] if cell.value == "I")
    formats = {proposal.cell(row, 1).value: proposal.cell(row, place).number_format for row in range(2, 6)}
    assert (formats["energy"], formats["dust"]) == ("0", "0.0")


def test_a_limit_that_does_not_exist_is_an_empty_cell(workbook):
    assert column(sheet(workbook, "thresholds"), "lower")[0] is None


def test_the_same_run_gives_the_same_documents(contents, tmp_path, monkeypatch):
    import time

    monkeypatch.setattr(time, "localtime", lambda *_: time.struct_time((2031, 5, 6, 7, 8, 9, 1, 126, 0)))
    drawn = draw(outside(contents), lambda *_: None)
    for write in (
        lambda name: write_word(contents, drawn, tmp_path / name),
        lambda name: write_workbook(contents, tmp_path / name),
    ):
        first = write("first").read_bytes()
        monkeypatch.undo()
        second = write("second").read_bytes()
        assert hashlib.sha256(first).hexdigest() == hashlib.sha256(second).hexdigest()


def test_an_office_file_keeps_its_parts_and_loses_its_times():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "b")
        archive.writestr("[Content_Types].xml", "a")
    with zipfile.ZipFile(io.BytesIO(repacked(buffer.getvalue()))) as again:
        assert [(item.filename, item.date_time[0]) for item in again.infolist()] == [
            ("[Content_Types].xml", 1980),
            ("word/document.xml", 1980),
        ]
        assert again.read("word/document.xml") == b"b"


def test_the_draft_holds_no_date_of_its_template(contents):
    with zipfile.ZipFile(written(contents, "dated.docx")) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert "created" not in core
    assert "2013" not in core


def test_the_system_is_read_from_the_project_that_holds_the_run(tmp_path):
    project = Project.around()
    system = project.system("ironmaking")
    (tmp_path / "params" / "systems").mkdir(parents=True)
    source = project.root / "params" / "systems" / "ironmaking.yaml"
    renamed = source.read_text(encoding="utf-8").replace(system.name_en, "Another project")
    (tmp_path / "params" / "systems" / "ironmaking.yaml").write_text(renamed, encoding="utf-8")
    run = SimpleNamespace(**{**vars(RUN), "proposal": {**RUN.proposal, "system": "ironmaking"}})
    inside = toy_run(tmp_path / "runs" / "toy-run", run=run)
    assert read_run(inside).system.name_en == "Another project"
    assert read_run(inside, project=project).system.name_en == system.name_en


WARNINGS = [
    {
        "indicator": name,
        "level": level,
        "kind": "looser-than-in-force",
        "zh": f"{level}级宽于现行值",
        "en": f"{level} is looser",
    }
    for name, level in (("energy", "I"), ("energy", "II"), ("dust", "I"))
] + [
    {
        "indicator": "",
        "level": "I",
        "kind": "nobody-attains",
        "zh": "没有企业达到",
        "en": "no plant attains it",
    }
]


def with_both_promises(contents: RunContents) -> RunContents:
    """The run as one that carries both promises to the end, with warnings."""
    values = {
        entry["id"]: {level: told["proposed"] for level, told in entry["levels"].items()}
        for entry in contents.proposal["indicators"]
    }
    alone = {level: {"lowest": 0.1, "median": 0.2, "highest": 0.9} for level in ("I", "II", "III")}
    told = {"calibrated": values, "proposed": values, "each_alone": alone}
    told |= {
        "attainment": {"I": 0.125, "II": 0.25, "III": 0.5},
        "calibrated_attainment": {"I": 0, "II": 0.25, "III": 0.5},
    }
    looser = {**told, "proposed": {**values, "energy": {"I": 402.0, "II": 421.0, "III": 434.0}}}
    more = {"promise": "joint", "promises": {"marginal": told, "joint": looser}, "warnings": WARNINGS}
    return replace(contents, proposal={**contents.proposal, **more})


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
    book = openpyxl.load_workbook(write_workbook(both, contents.folder / "both.xlsx"))
    page = front(both)
    printed = cells(made.tables[0])
    assert (
        next(row for row in printed if "Energy" in row[2])[5]
        == f"≤{both.by_indicator['energy']['I']['proposed']:.0f}"
    )
    tables = json.dumps([cells(table) for table in made.tables], ensure_ascii=False).replace("\u00a0", " ")
    for text in (tables, page):
        assert "402 | 421 | 434" in text
        assert "10 % · 20 % · 90 %" in text
        assert "整体承诺 promise for the whole standard" in text
    assert len(list(sheet(book, "promises").rows)) == 1 + 6
    assert len(list(sheet(book, "warnings").rows)) >= 1 + 4
    assert "未修约时整套标准" in page
    assert "未修约时整套标准" not in front(outside(both))
    assert page.index("verdict") < page.index("What is proposed")
