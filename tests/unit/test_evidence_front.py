"""What a reader meets first, on the page, in Word and in the workbook."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest
import yaml
from docx.oxml.ns import qn
from evidence_toys import toy_run, toy_tables

from methodology.documents.chinese import choice_name, sentences
from methodology.documents.explanation import write_explanation
from methodology.documents.explanation_tables import choices, reasons, warned_values
from methodology.documents.standard import write_standard
from methodology.documents.workbook import write_workbook
from methodology.evidence import front as front_texts
from methodology.evidence.chapters import comparisons
from methodology.evidence.front import _bar, front_page
from methodology.evidence.indicator_pages import indicator_pages
from methodology.evidence.markup import told
from methodology.findings.compared import HEADER, compared
from methodology.findings.contents import RunContents, read_run
from methodology.findings.drawn import Drawn
from methodology.findings.verdict import verdict
from methodology.indicators import Kind, Level
from methodology.indicators.display import signs_explained
from methodology.parameters import Project

RUN = toy_tables()
LOOSER = {"indicator": "energy", "level": "I", "kind": "looser-than-in-force", "zh": "宽", "en": "is looser"}
PANEL = {"title_zh": "虚构专家", "title_en": "Experts who do not exist", "synthetic": True, "experts": 7}
WEIGHTS_MADE_UP = "由其得出的权重不得引用"


@pytest.fixture
def folder(tmp_path) -> Path:
    return toy_run(tmp_path / "toy-run")


@pytest.fixture
def contents(folder) -> RunContents:
    made = read_run(folder, RUN.system)
    reached = {"I": 0.125, "II": 0.25, "III": 0.5}
    told = {"calibrated": {}, "proposed": {}, "each_alone": {}, "attainment": reached}
    promises = {"marginal": told | {"attainment": dict.fromkeys(reached, 0)}, "joint": told}
    more = {
        "promise": "joint",
        "promises": promises,
        "joint_attainment": reached,
        "warnings": [LOOSER],
        "parameters": {"why": "Tried.", "thresholds": {"share_I": 0.1, "share_II": 0.2, "share_III": 0.5}},
    }
    return replace(made, proposal={**made.proposal, **more})


def outside(contents: RunContents) -> RunContents:
    """As the public set has a run."""
    return contents.public(lambda *_: False)


def front(contents: RunContents) -> str:
    """The front page, its languages side by side as a reader of both sees them."""
    page = re.sub(r'</span><span lang="en">', " ", front_page(contents, []).html)
    return re.sub(r"</?span[^>]*>", "", page)


def documents(contents: RunContents) -> dict[str, str]:
    """Text of the three documents a reader opens."""
    word = docx.Document(str(write_explanation(contents, {}, contents.folder / "draft.docx")))
    book = openpyxl.load_workbook(write_workbook(contents, contents.folder / "draft.xlsx"))
    about = book["about 说明"].iter_rows(values_only=True)
    return {
        "page": front(contents),
        "word": "\n".join(paragraph.text for paragraph in word.paragraphs),
        "workbook": "\n".join(str(cell) for row in about for cell in row),
    }


@pytest.mark.parametrize("public", [True, False])
def test_the_verdict_says_what_is_reached_under_the_promise_and_what_the_other_gives(contents, public):
    made = outside(contents) if public else contents
    (zh, en), (other_zh, other_en) = verdict(made)
    plain = [text.replace("\u00a0", " ") for text in (zh, en, other_zh, other_en)]
    assert "采用整体承诺：拟由10.0 %、20.0 %、50.0 %的企业达到整套标准的Ⅰ、Ⅱ、Ⅲ级" in plain[0]
    assert "样本中达到整套标准的为12.5 %、25.0 %、50.0 %。" in plain[0]
    assert "10.0 %, 20.0 %, 50.0 % of plants are to reach the whole standard" in plain[1]
    assert plain[2] == "若采用单项承诺，样本中达到整套标准的为0.0 %、0.0 %、0.0 %。"
    assert "0.0 %, 0.0 %, 0.0 % of the sample" in plain[3]
    for name, text in documents(made).items():
        assert zh in text, name
        assert (other_zh if name == "word" else other_en) in text, name


def test_the_verdict_and_the_answers_come_before_the_notes_of_the_run_and_the_table(contents):
    page = front(contents)
    order = [
        page.index(text)
        for text in ('class="verdict"', "Looser than in force", "Tried.", "What is proposed", "须注意")
    ]
    assert order == sorted(order)


def test_names_behind_a_warning_are_folded(contents):
    page = front(contents)
    folded = page[page.index("<details>") : page.index("</details>")]
    assert "indicator-energy.html" in folded.partition("</summary>")[2]
    assert "9个数值中1个宽于现行要求" in folded.partition("</summary>")[0]


def test_a_value_looser_than_what_is_in_force_carries_a_sign_that_is_explained(contents):
    page = front(contents)
    assert page.count('<b><a href="indicator-energy.html#proposed">▲') == 1
    assert "▲ 宽于现行要求" in page
    value = f"{contents.by_indicator['energy']['I']['proposed']:.0f} kgce/t"
    assert value in page.partition("Looser than in force")[2].partition("</section>")[0]
    assert "▲" not in front(replace(contents, proposal={**contents.proposal, "warnings": []}))


@pytest.mark.parametrize("public", [True, False])
def test_made_up_judgements_are_said_to_be_made_up_in_every_document(folder, contents, public):
    (folder / "results" / "weights").mkdir()
    (folder / "results" / "weights" / "panel.json").write_text(json.dumps(PANEL), encoding="utf-8")
    made = replace(contents, about={"synthetic": False}, panel=read_run(folder, RUN.system).panel)
    made = outside(made) if public else made
    assert made.banner == "合成数据 synthetic data"
    assert "样本企业为虚构" not in made.made_up
    assert WEIGHTS_MADE_UP in made.made_up
    told = documents(made)
    assert sentences(WEIGHTS_MADE_UP) in told["word"]
    assert WEIGHTS_MADE_UP in told["workbook"]


def test_what_left_out_plants_attain_stands_with_its_interval_on_the_page_and_in_word(contents):
    left_out = {
        "cross_validated": {"I": 0.1, "II": 0.2, "III": 0.4},
        "crossed_lower": {"I": 0.0211, "II": 0.077, "III": 0.227},
        "crossed_upper": {"I": 0.265, "II": 0.386, "III": 0.594},
        "missed_by": dict.fromkeys(("I", "II", "III"), 0.0),
    }
    told = documents(replace(contents, proposal={**contents.proposal, **left_out}))
    assert "10.0 % (2.1 – 26.5 %)" in told["page"]
    assert "10.0 %（2.1～26.5 %）、20.0 %（7.7～38.6 %）" in told["word"].replace("\u00a0", " ")


def test_the_stratum_and_the_language_a_run_chose_are_words_in_every_document(contents):
    parameters = {"language": "zh", "sample": {"stratum": "route=all-scrap"}}
    chosen = replace(contents, proposal={**contents.proposal, "parameters": parameters})
    assert choices(chosen).rows == [["首选语言", "中文"], ["行业分层", "工艺路线：全废钢"]]
    told = documents(chosen)
    assert "工艺路线：全废钢 Process route: all scrap" in told["page"]
    assert "all-scrap" not in told["page"] + told["workbook"]


def test_the_reason_of_a_chosen_point_stands_on_the_page_and_in_word(contents):
    point = {"promise": "strictness", "strictness_I": 0.6, "point_reason": "各方在第三次会议上同意"}
    chosen = {"promise": "strictness", "parameters": {"language": "zh", "thresholds": point}}
    made = replace(contents, proposal={**contents.proposal, **chosen})
    assert point["point_reason"] in front(made)
    assert [choice_name("thresholds.point_reason"), point["point_reason"]] in choices(made).rows


def test_real_plants_and_real_judgements_carry_no_banner(contents):
    real = replace(contents, about={"synthetic": False}, panel={**PANEL, "synthetic": False})
    assert (real.banner, real.made_up) == ("", "")


def test_comparators_are_told_in_both_languages_without_codes(contents):
    rows = compared(contents)
    assert all(len(row) == len(HEADER) for row in rows)
    energy = next(row for row in rows if "Energy" in row[0])
    assert energy[0].startswith("能耗*")
    everything = " ".join(cell for row in rows for cell in row)
    assert "仅列出，不作比较 shown, not compared" in everything
    assert "更严 stricter" in everything
    assert not re.search(r"RECALLED|SEEN|ASSUMED", everything)
    page = comparisons(contents)
    assert '<span lang="zh-CN">Ⅰ级</span><span lang="en">I</span>' in page
    assert not re.search(r'(lang="zh-CN">|<t[dh][^>]*>|<br>)I{1,3}\b', page)


def test_a_comparator_of_one_indicator_keeps_its_columns(contents):
    assert '<th><span lang="zh-CN">指标</span>' in comparisons(contents)
    assert '<th><span lang="zh-CN">指标</span>' not in comparisons(contents, "energy")
    rows = compared(contents, "energy")
    assert rows
    assert {row[0] for row in rows} == {compared(contents)[0][0]}


def test_the_decision_rule_of_the_draft_is_told_in_chinese_before_english(folder):
    system = RUN.system
    ruled = system.model_copy(update={"rule": Project.around().system("ironmaking").rule})
    path = write_standard(read_run(folder, ruled), folder / "ruled.docx")
    text = "\n".join(node.text or "" for node in docx.Document(str(path)).element.body.iter(qn("w:t")))
    assert "Ⅰ级综合评价指数 ≥ 85，且适用的限定性指标全部达到Ⅰ级基准值。" in text
    assert text.index("综合评价指数 ≥ 85") < text.index(
        "Level I: composite index ≥ 85, every limiting indicator at I."
    )


def _chinese(node: object) -> list[str]:
    """Every Chinese text of a definition, names aside: those are headings, not sentences."""
    if isinstance(node, dict):
        own = [text for name, text in node.items() if name == "zh" and isinstance(text, str)]
        return own + [text for value in node.values() for text in _chinese(value)]
    return [text for item in node for text in _chinese(item)] if isinstance(node, list) else []


@pytest.mark.parametrize("path", sorted(Path("params/systems").glob("*.yaml")), ids=lambda path: path.stem)
def test_sentences_of_an_indicator_system_have_chinese_punctuation(path):
    texts = _chinese(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert [text for text in texts if re.search(r"[\u4e00-\u9fff%][,;:]\S|[,;:][\u4e00-\u9fff]", text)] == []


def test_a_reason_that_many_values_share_is_told_once_below_the_table_and_named_by_a_letter(contents):
    told = json.loads(json.dumps(contents.proposal, default=float))
    for entry in told["indicators"]:
        for level, stated in entry["levels"].items():
            own = f"不得宽于{entry['id']}。" if level == "I" else ""
            stated["reason_zh"] = f"按{entry['n']}家企业测算。按5‡ °C的间隔向宽侧修约。{own}"
    grid = reasons(replace(contents, proposal=told))
    assert [row[-1] for row in grid.rows[:3]] == ["a；不得宽于energy", "a", None]
    assert [row[-2] for row in grid.rows] == ["5‡"] * len(grid.rows)
    assert grid.notes == ["a　按修约间隔向宽侧修约。", "‡　起草者设定。"]
    assert [row[0] is None for row in grid.rows] == [False, True, True] * 3


def test_warned_values_stand_in_a_table_that_says_only_what_differs(contents):
    share = "整体承诺使每项指标的达标率为69 %"
    found = [
        {
            "indicator": name,
            "level": level,
            "kind": "reached-by-all",
            "en": "",
            "zh": f"{name}{sign}级：{n}家达到；{share}。",
        }
        for n, (name, level, sign) in enumerate(
            [("energy", "I", "Ⅰ"), ("energy", "II", "Ⅱ"), ("dust", "I", "Ⅰ")]
        )
    ]
    grid = warned_values(replace(contents, proposal={**contents.proposal, "warnings": found}))
    assert [row[0] for row in grid.rows] == ["（1）", None, None]
    assert [row[1] is None for row in grid.rows] == [False, True, False]
    assert [row[2:] for row in grid.rows] == [["Ⅰ", "0家达到；a"], ["Ⅱ", "1家达到；a"], ["Ⅰ", "2家达到；a"]]
    assert grid.notes == [f"a　{share}"]
    assert warned_values(replace(contents, proposal={**contents.proposal, "warnings": []})).rows == []


def test_choices_of_a_run_are_named_in_words_on_the_page_and_in_word(contents):
    word = docx.Document(str(write_explanation(contents, {}, contents.folder / "choices.docx")))
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert choice_name("thresholds.share_I") in cells
    assert "thresholds.share_I" not in cells
    assert choice_name("thresholds.share_I") in front(contents)
    assert "share_I" not in front(contents)


def test_an_interval_without_a_limit_says_so_in_both_languages(contents):
    limits = outside(contents).limits["energy", "I"]
    assert re.search(r"[\u4e00-\u9fff]", limits[0])
    assert "confidence" in limits[1]


def test_the_internal_page_traces_every_value_to_its_cells_and_the_public_one_none(folder, contents):
    name = contents.system.ids[0]
    plant = str(pd.read_parquet(folder / "results" / "sample.parquet").index[0])
    row = {
        "plant": plant,
        "indicator": name,
        "how": "computed",
        "file": "0123456789ab",
        "sheet": "原始数据",
        "cells": "C9, C7",
    }
    pd.DataFrame([row]).to_csv(folder / "results" / "origins.csv", index=False)
    inside = read_run(folder, RUN.system)
    page = indicator_pages(inside, {})[1].html
    assert "C9, C7" in page
    assert f"<th>{plant}</th>" in page
    assert "C9, C7" not in indicator_pages(outside(inside), {})[1].html


def test_a_described_indicator_has_no_side_that_is_cleaner(contents):
    pages = {page.title.en: page.html for page in indicator_pages(contents, {})}
    told = {name: "越" in html.split("</p>")[0] for name, html in pages.items()}
    kinds = {item.name_en: item.kind for item in contents.system.indicators}
    assert {name: told[name] for name in kinds} == {name: kinds[name] is Kind.QUANTITATIVE for name in kinds}
    assert all("定性指标" in pages[name] for name in kinds if kinds[name] is Kind.QUALITATIVE)


def test_the_front_page_tells_what_changed_since_the_draft_before(contents):
    was = json.loads(json.dumps(dict(contents.proposal), default=float))
    level = was["indicators"][0]["levels"]["I"]
    now = f"{level['proposed']:.0f}"
    level["proposed"] = 350.0
    page = front(replace(contents, earlier={3: was}))
    assert "与第3稿相比，1个数值改变。" in page
    assert re.search(rf"I\s*: 350 → {now}", re.sub("<[^>]*>", "", page))
    assert "第3稿 draft 3" in re.sub(
        r'</span><span lang="en">', " ", indicator_pages(replace(contents, earlier={3: was}), {})[1].html
    )
    assert "没有比对的上一稿" in front(contents)


def test_what_strictness_costs_is_the_first_figure_of_the_front_page_and_of_the_notebook_of_values(contents):
    drawn = {
        name: Drawn(name, "结论", "测算值", b"<svg/>", 6.0, "A claim")
        for name in ("weights", "values", "frontier")
    }
    page = front_page(contents, [], drawn)
    shown = page.lead + "".join(section.body for section in page.sections)
    (first, *others) = re.findall(r'<figure class="drawn">.*?</figure>', shown, re.S)
    assert "frontier.svg" in first
    assert not others
    notebook = json.loads((Path(__file__).parents[2] / "notebooks/03_thresholds.ipynb").read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert re.findall(r"figures\.(?!name_made_up)(\w+)\(", "\n".join(sources))[0] == "calibration_frontier"


@pytest.mark.parametrize(
    ("known", "zh", "en"),
    [
        (
            80.0,
            "行业已知的80家企业中，预计达到测算值的比例：Ⅰ 4.0–20.0 %（置信度95 %）",
            "Of the 80 known plants of the industry",
        ),
        (
            float("nan"),
            "推及全行业，同样严格的整套标准的达标率可为：Ⅰ 1.0–30.0 %（置信度95 %）",
            "In the industry a whole standard",
        ),
    ],
)
def test_what_the_industry_attains_is_told_of_its_known_plants_where_their_number_is(contents, known, zh, en):
    ends = {"lower": 0.01, "upper": 0.3, "expected_lower": 0.04, "expected_upper": 0.2}
    point = {"point": "proposed", "level": "I", "known": known, **ends}
    page = front(replace(contents, frontier_points=pd.DataFrame([point])))
    assert zh in page
    assert en in page


@pytest.mark.parametrize("plants", [(1, 3, 4, 22), (1, 1, 1, 0), (0, 0, 0, 7), (2, 5, 6, 4)])
def test_shares_of_plants_by_level_add_up_as_they_are_printed(plants):
    bar = _bar(
        ("样本", "sample"), {str(level): n / sum(plants) for level, n in zip(Level, plants, strict=True)}
    )
    printed = [Decimal(share) for share in re.findall(r"([\d.]+) %", bar)]
    assert sum(printed) == 100
    assert all(abs(share / 100 * sum(plants) - n) < 1 for share, n in zip(printed, plants, strict=True))


def test_a_sign_is_explained_with_the_sign_in_either_language():
    for text in (*front_texts.LEGEND, front_texts.LOOSER, front_texts.CORRECTED, *signs_explained("†‡")):
        html = told(text)
        sign = text[0]
        if not sign.isalnum() or sign == "ᶜ":
            assert html.count(f">{sign} ") == 2, html
