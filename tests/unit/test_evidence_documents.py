import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from itertools import takewhile
from types import SimpleNamespace

import docx
import pytest
from document_toys import MATH, cells, explained, outside, texts, with_both_promises, written
from docx.oxml.ns import qn
from evidence_toys import toy_run, toy_system, toy_tables
from shipped import ROOT

from methodology.documents.definitions import definition_clauses
from methodology.documents.explanation import write_explanation
from methodology.documents.standard import write_standard
from methodology.documents.workbook import write_workbook
from methodology.errors import DataError
from methodology.findings.contents import read_run
from methodology.findings.drawn import draw
from methodology.indicators import Kind
from methodology.indicators.display import percent
from methodology.indicators.expressions import parse
from methodology.indicators.loading import read_yaml
from methodology.indicators.questionnaire_words import averaging
from methodology.parameters import Project
from methodology.results.outputs import repacked

RUN = toy_tables()


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


def headings(document) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name.startswith(("Heading", "Annex", "Front"))]


def fields(document) -> list[str]:
    return [node.text.strip() for node in document.element.body.iter(qn("w:instrText"))]


def test_the_draft_prints_values_as_a_standard_does(word):
    rows = cells(word.tables[0])
    energy = next(row for row in rows if row[2].startswith("能耗*"))
    assert energy[5].startswith("≤")
    assert next(row for row in rows if row[3] == "%")[5].startswith("≥")
    assert rows[1][0] == rows[2][0] != rows[4][0]
    assert rows[-1][0].startswith("*　限定性指标")


def test_the_draft_has_the_chapters_of_a_standard_in_their_order(word):
    wanted = [
        "前言",
        "范围",
        "规范性引用文件",
        "术语和定义",
        "评价指标体系",
        "指标的定义与计算方法",
        "评价方法",
        "数据来源",
    ]
    found = [heading for heading in headings(word) if heading in wanted]
    assert found == wanted
    assert "GB/T 2589—2020　综合能耗计算通则" in "".join(texts(word))


def test_the_cover_has_classes_number_title_in_both_languages_and_dates_and_no_page_number(word):
    cover = texts(word)[:12]
    assert [text[:3] for text in cover[:2]] == ["ICS", "CCS"]
    assert cover[3:6] == ["×/× ××××—××××", "清洁生产评价指标体系", "试验"]
    assert cover[6].endswith("Toy process")
    assert "（征求意见稿）" in cover
    assert any("发布" in text and "实施" in text for text in cover)
    assert len(word.sections) == 3
    assert "PAGE" not in word.sections[0].footer._element.xml


def test_every_indicator_is_defined_and_the_rule_stands_as_formulas(word):
    names = [heading.rstrip("*") for heading in headings(word)]
    assert all(item.name_zh in names for item in RUN.system.indicators)
    formulas = list(word.element.body.iter(f"{{{MATH}}}oMath"))
    assert len(formulas) == 3
    assert formulas[0].find(f".//{{{MATH}}}eqArr") is not None
    assert formulas[2].findall(f".//{{{MATH}}}nary")
    assert "Ⅰ级Ⅰ级综合评价指数 ≥ 85，且适用的限定性指标全部达到Ⅰ级基准值。" in [
        "".join(row) for row in cells(word.tables[2])
    ]


def test_formulas_of_a_shipped_system_are_equations_with_every_symbol_explained(tmp_path):
    system = Project.around().system("ironmaking")
    contents = SimpleNamespace(system=system)
    told = definition_clauses(contents, {"process_energy"})
    formulas = {clause.name: clause.math for clause in told if clause.kind == "formula"}
    assert set(formulas) == {f"formula_{item.id}" for item in system.indicators if item.formula}
    for item in (item for item in system.indicators if item.formula):
        place = next(
            n for n, clause in enumerate(told) if clause.name == f"formula_{item.id}" and clause.math
        )
        lines = told[place + 2 :]
        own = list(takewhile(lambda clause: clause.kind == "where", lines))
        assert len(own) == 1 + len(parse(item.formula).names)
    assert "<m:f>" in formulas["formula_fuel_ratio"]
    assert formulas["formula_stove_nox"].count("<m:nary>") == 2


@pytest.mark.parametrize("name", sorted(Project.around().systems))
def test_definitions_say_over_what_a_value_is_averaged_and_to_whom_it_applies(name):
    system = Project.around().system(name)
    told = [
        clause.pieces
        for clause in definition_clauses(SimpleNamespace(system=system), ())
        if clause.kind == "p"
    ]
    asked = [item for group in system.groups for item in system.indicators if item.group == group.id]
    for item, pieces in zip(asked, told, strict=True):
        averaged = averaging(item)[0] if item.kind is Kind.QUANTITATIVE else ""
        assert (f"统计期与取值：{averaged}。" in pieces) == bool(averaged)
        limited = bool(item.applies) and item.kind is Kind.QUANTITATIVE
        assert any(str(piece).startswith("本指标仅适用于") for piece in pieces) == limited


def test_the_draft_says_what_silence_what_does_not_apply_and_a_limit_do(word):
    said = "".join(texts(word))
    assert "一级指标内的指标均不适用的，其权重按比例分给其他一级指标" in said
    assert "适用而未填报的指标，按未达到任何一级处理，不分配其权重" in said
    assert "检出限大于基准值的，不能证明达到，按未达到处理" in said
    assert "综合评价指数与界限值比较时不修约" in said


def test_tables_figures_and_formulas_are_numbered_and_referred_to_by_fields(word, explanation):
    for document, captions in ((word, ("表", "式")), (explanation, ("表", "图"))):
        codes = fields(document)
        marks = {node.get(qn("w:name")) for node in document.element.body.iter(qn("w:bookmarkStart"))}
        for caption in captions:
            assert f"SEQ {caption} \\* ARABIC" in codes
        targets = [code.split()[1] for code in codes if code.startswith("REF")]
        assert targets
        assert set(targets) <= marks
        xml = document.element.body.xml
        assert xml.count('fldCharType="begin"') == xml.count('fldCharType="end"')


def test_the_contents_lead_to_every_heading_and_take_its_number_and_page_from_it(word, explanation):
    for document, front in ((word, 1), (explanation, 0)):  # the foreword is on the second page as it is
        marks = {
            node.get(qn("w:name")): node.getparent()
            for node in document.element.body.iter(qn("w:bookmarkStart"))
        }
        kinds = ("Heading 1", "Annex", "Front")
        wanted = [p.text.replace("\n", " ") for p in document.paragraphs if p.style.name in kinds]
        lines = [p for p in document.paragraphs if p.style.name == "toc 1"]
        codes = [
            [node.text.split() for node in p._p.iter(qn("w:instrText")) if "PAGEREF" in node.text]
            for p in lines
        ]
        assert [len(own) for own in codes] == [0] * front + [1] * (len(wanted) - front)
        for p, own, heading in zip(lines, codes, wanted, strict=True):
            anchor = p._p.find(qn("w:hyperlink")).get(qn("w:anchor"))
            assert p.text.split("\t")[0].endswith(heading)
            assert own in ([], [["PAGEREF", anchor, "\\h"]])
            assert "".join(node.text or "" for node in marks[anchor].iter(qn("w:t"))) == heading.replace(
                " ", ""
            )


def test_what_a_reference_shows_is_the_number_of_what_it_points_at(word):
    captions = [p.text for p in word.paragraphs if p.style.name == "Caption"]
    assert [text.split("　")[0] for text in captions] == ["表1", "表2", "表3", "表A.1"]
    assert "各指标的权重和基准值见表1。" in "".join(texts(word))
    assert "按表3评定" in "".join(texts(word))


def test_documents_are_chinese_with_chinese_fonts_in_every_style_they_use(word, explanation):
    for document in (word, explanation):
        for name in ("Normal", "Body Text", "Heading 1", "Heading 3", "Caption"):
            fonts = document.styles[name].element.rPr.rFonts
            assert fonts.get(qn("w:eastAsia")) in ("宋体", "黑体")
            assert fonts.get(qn("w:eastAsiaTheme")) is None
        language = document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
        assert language.get(qn("w:eastAsia")) == "zh-CN"
        assert language.get(qn("w:val")) == "en-US", (
            "LibreOffice breaks lines within numbers that are Chinese"
        )
        assert document.core_properties.language == "zh-CN"


ENGLISH = re.compile(r"[A-Za-z]{3,}(?: [A-Za-z]{2,}){2,}")
ANNEX = "附录A（资料性）指标、权重和基准值的英文版本"
HALF = re.compile(r"[\u4e00-\u9fff][,;:]|[\u4e00-\u9fff] ?\(")


def test_no_english_sentence_and_no_half_width_sign_stands_in_the_chinese_part(word, explanation):
    chinese = [*takewhile(lambda text: text != ANNEX, texts(word)[12:])]
    chinese += [
        text
        for text in filter(None, texts(explanation))
        if text not in ("memory", "the old value") and text[0] != "图"
    ]
    defined = ("cleaner production", "benchmark value", "limiting indicator", "composite index")
    assert not [text for text in chinese if ENGLISH.search(text) and not text.endswith(defined)]
    assert not [text for text in chinese if HALF.search(text)]
    told = texts(word)
    assert all(text.isascii() or "≥" in text for text in told[told.index(ANNEX) + 1 :][:2])


def test_columns_fill_the_text_width_and_heads_repeat(word, explanation):
    for table in (*word.tables, *explanation.tables):
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.gridCol_lst]
        assert sum(widths) == pytest.approx(16.7 / 2.54 * 1440, rel=0.01)
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_the_explanation_has_its_chapters_and_sentences_with_the_numbers_of_the_run(explanation, contents):
    for part in (
        "工作简况",
        "编制原则和依据",
        "样本及其代表性",
        "基准值的确定",
        "验证",
        "敏感性分析",
        "实施建议",
    ):
        assert part in headings(explanation)
    said = "".join(texts(explanation)).replace("\u00a0", " ")
    at = percent(contents.whole["II"])
    assert f"达到Ⅱ级及以上的{contents.proposal['joint_plants']['II']}家（{at}）" in said
    assert "480 kgce/t†" in said
    assert "Y_" not in said


def test_figures_stand_in_the_chapter_they_serve_with_their_claim_and_a_description(explanation):
    captions = [
        p.text for p in explanation.paragraphs if p.style.name == "Caption" and p.text.startswith("图")
    ]
    assert [text.split("　")[0] for text in captions] == ["图1", "图C.1", "图C.2"]
    assert [re.search("（[^（）]*）$", text)[0] for text in captions] == [  # which values a figure shows
        "（拟定值，单项承诺）",
        "（公布的权重）",
        "（拟定值，单项承诺）",
    ]
    assert len(explanation.inline_shapes) == 3
    assert all(shape._inline.docPr.get("descr") for shape in explanation.inline_shapes)
    told = read_yaml(ROOT / "methodology" / "documents" / "explanation.yaml")["clauses"]
    assert 3 <= len([clause for clause in told if "figure" in clause]) <= 8


def test_a_condition_that_does_not_hold_leaves_its_clause_out(contents, explanation):
    joint = docx.Document(str(explained(with_both_promises(contents), "joint.docx")))
    sentence = "各指标按共同的严格度取达标分位数"
    assert [sentence in "".join(texts(made)) for made in (explanation, joint)] == [False, True]


def test_every_page_of_the_internal_draft_says_so_at_its_head_and_the_public_one_does_not(
    word, internal_word
):
    heads = ["".join(p.text for p in made.sections[1].header.paragraphs) for made in (internal_word, word)]
    assert [head.split("　")[1:] for head in heads] == [["内部资料", "合成数据"], ["合成数据"]]
    assert "PAGE" in internal_word.sections[1].footer._element.xml


def test_a_value_compared_after_corrections_says_so_and_how(tmp_path):
    more = {"source": "MEM", "status": "RECALLED_H", "unit": "kgce/t"}
    system = toy_system(
        extra={
            "corrections": [
                {"id": "ore", "target": ["energy"], "addend": "3.6*max(0, 62-dust)"} | more,
                {"id": "age", "target": ["energy"], "addend": "5.5", "levels": ["I", "III"]} | more,
            ]
        }
    )
    contents = read_run(toy_run(tmp_path / "toy-run", run=toy_tables(system)), system)
    made = docx.Document(str(written(outside(contents))))
    (energy,) = (row for row in made.tables[0].rows if row.cells[2].text.startswith("能耗*"))
    assert 'w:val="superscript"' in energy.cells[2]._tc.xml
    said = texts(made)
    assert any(text.startswith("*　限定性指标") and "按第6章修正后的数值" in text for text in said)
    assert "x′=x−a1−a2（1）" in said
    assert "a1=3.6max062−z（2）" in said
    assert "仅在评定Ⅰ、Ⅲ级时采用" in "".join(said)
    reported = replace(contents, about={**contents.about, "corrected": False})
    plain = docx.Document(str(written(reported, "reported.docx")))
    assert "指标值的修正" not in headings(plain)


def test_the_documents_give_away_no_figure_of_a_single_plant(tmp_path):
    proposal = json.loads(json.dumps(RUN.proposal, default=float))
    for entry in proposal["indicators"]:
        for level in entry["levels"].values():
            level |= {"calibrated": 123.456, "lower": 234.567, "upper": 345.678}
            level["reasons"][:1] = [{"en": "Calibrated 123.456.", "zh": "测算值123.456。"}]
    run = SimpleNamespace(**{**vars(RUN), "proposal": proposal})
    public = outside(read_run(toy_run(tmp_path / "toy-run", run=run), RUN.system))
    everything = str([texts(docx.Document(str(made))) for made in (written(public), explained(public))])
    assert not [value for value in ("123.4", "234.5", "345.6") if value in everything]


def test_the_guard_reads_formulas_too(tmp_path, contents):
    from methodology.evidence.passages import read_passages

    told = [passage.text for passage in read_passages(written(contents, "guarded.docx"))]
    assert any("∈" in text for text in told)


def test_the_same_run_gives_the_same_documents(contents, tmp_path, monkeypatch):
    import time

    monkeypatch.setattr(time, "localtime", lambda *_: time.struct_time((2031, 5, 6, 7, 8, 9, 1, 126, 0)))
    drawn = draw(outside(contents), lambda *_: None)
    for write in (
        lambda name: write_standard(contents, tmp_path / name),
        lambda name: write_explanation(contents, drawn, tmp_path / name),
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
