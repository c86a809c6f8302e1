"""What lies behind a value and a weight: said on one basis, in the order of levels, with who changes first."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from evidence_toys import as_csv, toy_run, toy_tables

from methodology.evidence.effects import candidate_methods, effect_on_levels, intervals
from methodology.evidence.indicator_pages import _corrections, indicator_pages
from methodology.evidence.weight_pages import weight_pages
from methodology.findings.contents import read_run
from methodology.languages import HAN

RUN = toy_tables()
ENERGY = RUN.system["energy"]
JUDGED = [("E1", 0.5, False), ("E2", 0.7, False), ("E3", 0.9, True)]
TABLES = {
    "sensitivity/tipping": [
        {"indicator": "energy", "level": level, "value": value, "tighter": 380.0, "looser": float("nan")}
        | {
            "tighter_plant": "P2",
            "tighter_change": f"{level} -> none",
            "looser_plant": "",
            "looser_change": "",
        }
        for level, value in (("III", 410.0), ("I", 381.0))
    ],
    "sensitivity/weight_stability": [
        {"kind": kind, "name": name, "weight": 0.5, "lower": 0.4, "upper": 1.0}
        | {"lower_plant": "P3", "lower_change": "II -> I", "upper_plant": "", "upper_change": ""}
        for kind, name in (("indicator", "energy"), ("group", "g"))
    ],
    "methods": [
        {"indicator": "energy", "level": "I", "method": "mact-floor", "value": 377.0, "attained": 1, "n": 8}
    ],
    "regulators": [
        {"indicator": "energy", "rule": "us-mact-floor", "value": 399.0, "attained": 3, "n": 8},
    ],
    "corrections": [
        {"plant": plant, "indicator": "energy", "level": level, "reported": 400.0, "corrected": value}
        for plant, value in (("P1", 395.0), ("P2", float("nan")))
        for level in ("I", "II")
    ],
    "weights/experts": [
        {"expert": expert, "node": "groups", "item": "g", "weight": weight, "excluded": excluded}
        | {"consistency_ratio": 0.05}
        for expert, weight, excluded in JUDGED
    ],
}


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    folder = toy_run(tmp_path_factory.mktemp("runs") / "toy-run")
    for name, rows in TABLES.items():
        path = folder / "results" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(as_csv(pd.DataFrame(rows)), encoding="utf-8")
    (folder / "results" / "weights" / "panel.json").write_text('{"panel": "三位专家 three experts"}', "utf-8")
    return read_run(folder, RUN.system)


def read(html: str, language: str) -> str:
    """What a reader of one language sees."""
    other = "en" if language == "zh" else "zh-CN"
    return re.sub(r"<[^>]+>", " ", re.sub(rf'<(\w+) lang="{other}">.*?</\1>', "", html))


def test_levels_flip_in_the_order_of_levels_beside_the_value_they_were_computed_from(contents):
    html = effect_on_levels(contents, ENERGY)
    assert html.index("381") < html.index("410")
    assert "测算值" in read(html, "zh")
    assert "更低： P3 ： Ⅱ级 → Ⅰ级" in " ".join(read(html, "zh").split())
    assert "Higher" not in html


def test_candidate_methods_say_for_which_shares_and_are_called_as_in_the_figures(contents):
    told = read(candidate_methods(contents, ENERGY), "zh")
    assert "单项承诺的比例（5.0 %、20.0 %、50.0 %）" in told
    assert "美国下限（最优企业均值）" in told
    assert "美国下限（预测限）" in told


def test_a_confidence_belongs_to_a_limit_and_no_flag_says_the_interval_again(contents):
    stated = {"interval": "order-statistic", "confidence": 1.0, "lower": None, "upper": None}
    entry = {"n": 8, "levels": {"I": stated | {"flags": ["no lower limit exists with n = 8", "rounded"]}}}
    told = read(intervals(contents, ENERGY, entry), "zh")
    assert told.count("不存在") == 1
    assert "%" not in told
    assert "rounded" in told
    entry["levels"]["I"] |= {"lower": 0.0, "confidence": 0.95}
    assert "（95.0 %）" in read(intervals(contents, ENERGY, entry), "zh")
    assert "(95.0 %)" in read(intervals(contents, ENERGY, entry), "en")
    entry["levels"]["I"]["confidence"] = (
        63 / 64
    )  # that of ranks is what it comes to, and has one decimal as all that comes out
    assert "（98.4 %）" in read(intervals(contents, ENERGY, entry), "zh")


def test_plants_whose_value_could_not_be_corrected_are_told_in_both_sets(contents):
    assert contents.counts.loc["energy", "UNCORRECTED"] == 1
    note = {"energy": ("修正", "corrected")}
    for own in (contents, contents.public(lambda *_: False)):
        pages = {page.name: page for page in indicator_pages(own, {})}
        assert "indicator-energy" in pages
        assert "1家企业未填报修正所需的数据" in _corrections(own, ENERGY, note["energy"])


def test_a_group_says_how_far_experts_lie_apart_what_it_does_and_where_its_weight_came_from(contents):
    pages = {page.name: page for page in weight_pages(contents, {})}
    told = {part.id: read(part.body, "zh") for part in pages["group-g"].sections}
    assert list(told) == ["members", "judged", "bounds", "effect", "origin"]
    assert "判断获采用的2位专家单独给出的权重为0.500～0.700，中位数0.600" in told["bounds"]
    assert "权重在0.400至1.000之间时没有企业改变等级" in told["effect"]
    assert "三位专家" in told["origin"]
    assert "origin" in {part.id for part in pages["expert-e1"].sections}


def test_an_earlier_draft_stands_in_the_history_of_values_and_of_weights(contents):
    later = replace(contents, earlier={1: RUN.proposal})
    group = next(page for page in weight_pages(later, {}) if page.name == "group-g")
    history = next(part.body for part in group.sections if part.id == "history")
    assert read(history, "zh").split()[-4:] == ["第1稿", "0.600", "本次", "0.600"]
    energy = next(page for page in indicator_pages(later, {}) if page.name == "indicator-energy")
    history = next(part.body for part in energy.sections if part.id == "history")
    assert read(history, "en").split()[-1] == f"{contents.printed_weights['energy']}"


ELEMENTS = (
    *("proposed", "plants", "meaning", "bounds", "corrections", "methods", "compared", "effect", "history"),
    "origin",
)


@pytest.mark.parametrize("inside", [True, False])
def test_the_page_of_every_indicator_has_every_part_and_says_why_one_is_empty(contents, inside):
    own = contents if inside else contents.public(lambda *_: False)
    pages = [page for page in indicator_pages(own, {}) if page.name != "indicators"]
    assert len(pages) == len(RUN.system.indicators)
    for page in pages:
        assert tuple(part.id for part in page.sections) == ELEMENTS, page.name
        for part in page.sections:
            assert HAN.search(read(part.body, "zh")), (page.name, part.id)
            assert re.search("[a-z]{3}", read(part.body, "en")), (page.name, part.id)


def test_what_a_part_of_the_page_of_an_indicator_says_when_it_is_empty(contents):
    inside, outside = (
        {page.name: {part.id: read(part.body, "zh").strip() for part in page.sections} for page in pages}
        for pages in (indicator_pages(contents, {}), indicator_pages(contents.public(lambda *_: False), {}))
    )
    assert inside["indicator-audit"]["methods"] == "定性指标按描述定级，没有由样本测算的数值。"
    assert inside["indicator-dust"]["corrections"] == "按填报值比较，不作修正。"
    assert inside["indicator-dust"]["history"] == "没有比对的上一稿。"
    assert outside["indicator-energy"]["effect"] == "涉及单个企业的数据，只列于内部资料。"


def test_a_described_indicator_has_its_weight_in_its_history(contents):
    pages = indicator_pages(replace(contents, earlier={1: RUN.proposal}), {})
    audit = next(page for page in pages if page.name == "indicator-audit")
    history = next(part.body for part in audit.sections if part.id == "history")
    assert read(history, "zh").split()[-10:] == [
        *("第1稿", "见描述", "见描述", "见描述"),
        *("0.400", "本次", "见描述", "见描述", "见描述", "0.400"),
    ]


def test_how_weights_were_determined_lists_no_empty_choice_and_no_blending_where_nothing_is_blended(contents):
    contents.proposal["parameters"]["weights"] = {
        "method": "ahp",
        "given": [],
        "combine_with": "none",
        "combination": "convex",
        "expert_share": 1.0,
    }
    (whole, *_) = weight_pages(contents, {})
    how = next(part.body for part in whole.sections if part.id == "how")
    assert "[]" not in how
    assert how.count("<tr>") == 2
    contents.proposal["parameters"]["weights"]["combine_with"] = "entropy"
    (whole, *_) = weight_pages(contents, {})
    assert next(part.body for part in whole.sections if part.id == "how").count("<tr>") == 5
