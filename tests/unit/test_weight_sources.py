"""A group and an expert's pattern say what every method would give, and from which cells the judgements were read."""

import re
from decimal import Decimal
from html import unescape

import pandas as pd
import pytest
from evidence_toys import as_csv, toy_run, toy_tables

from methodology.evidence.build import build_evidence
from methodology.evidence.weight_pages import weight_pages
from methodology.findings.contents import read_run
from methodology.findings.weighed import printed_by_methods
from methodology.indicators.judgements import JUDGED_COLUMNS

RUN = toy_tables()
WEIGHTS = {
    "ahp": (0.25, 0.2, 0.133, 0.417),
    "entropy": (0.3, 0.1, 0.184, 0.416),
    "equal": (0.167, 0.167, 0.166, 0.5),
}
HOSTILE = "<img src=x onerror=alert(1)>"
FORM = "0123456789ab"


def methods_table():
    """As weights_methods.csv for three methods; the group g weighs 0.583, 0.584 and 0.5."""
    frames = []
    for method, weights in WEIGHTS.items():
        own = RUN.weights.assign(weight=weights)
        local = own["weight"] / own.groupby("group")["weight"].transform("sum")
        frames.append(own.assign(method=method, local_weight=local))
    return pd.concat(frames)[["method", "group", "indicator", "weight", "local_weight"]]


JUDGED = [
    ("E1", "pairwise", 0, "groups", "g", "h", 3.0, FORM, "pairwise", 9, "D"),
    ("E1", "pairwise", 0, "g", "energy", "dust", 0.25, "pairwise.csv", "", 4, "value"),
    ("E2", "pairwise", 0, "g", "energy", "dust", 2.0, HOSTILE, HOSTILE, 5, "D"),
    ("E1", "budget", 1, "g", "energy", "", 40.0, "budget.csv", "", 2, "points"),
    ("E1", "weight", 0, "", "", "", 2.0, "experts.csv", "", 2, "weight"),
]
EXPERTS = [
    ("E1", node, item, weight, 0.02, False)
    for node, item, weight in (
        ("groups", "g", 0.75),
        ("groups", "h", 0.25),
        ("g", "energy", 0.2),
        ("g", "dust", 0.8),
    )
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = toy_run(tmp_path_factory.mktemp("runs") / "toy-run")
    columns = ["expert", "node", "item", "weight", "consistency_ratio", "excluded"]
    tables = {
        "weights_methods": methods_table(),
        "weights/judgements": pd.DataFrame(JUDGED, columns=list(JUDGED_COLUMNS)),
        "weights/experts": pd.DataFrame(EXPERTS, columns=columns),
    }
    for name, table in tables.items():
        path = made / "results" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(as_csv(table.reset_index(drop=True)), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def contents(folder):
    run = read_run(folder, RUN.system)
    run.proposal["parameters"]["weights"] = {"method": "ahp"}
    return run


def sections(contents, page):
    (found,) = (own for own in weight_pages(contents, {}) if own.name == page)
    return {part.id: part.body for part in found.sections}


def rows(html, language="en"):
    other = "zh-CN" if language == "en" else "en"
    html = re.sub(rf'<(\w+) lang="{other}">.*?</\1>', "", html)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", html))
    return [[unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


def test_a_group_and_its_indicators_are_weighed_by_every_method_with_the_published_weight_last(contents):
    head, group, *members = rows(sections(contents, "group-g")["methods"])
    assert head == ["item", "AHP", "entropy", "equal weights", "published"]
    assert group == ["Group", "0.583", "0.584", "0.500", str(contents.group_weight("g"))]
    assert [row[0] for row in members] == ["Energy", "Dust", "Slag use"]
    for at, method in enumerate(WEIGHTS, start=1):
        told = [Decimal(row[at]) for row in members]
        assert told == [Decimal(str(weight)).quantize(Decimal("0.001")) for weight in WEIGHTS[method][:3]]
        assert sum(told) == Decimal(group[at])


def test_a_pattern_stands_beside_every_method_on_its_own_basis(contents):
    head, *told = rows(sections(contents, "expert-e1")["methods"])
    assert head == ["item", "this expert", "AHP", "entropy", "equal weights", "published"]
    assert told[0] == ["Group", "0.750", "0.583", "0.584", "0.500", str(contents.group_weight("g"))]
    energy = next(row for row in told if row[0] == "Energy")
    assert energy[:3] == ["Energy", "0.200", "0.429"]  # 0.25 of 0.583


def test_methods_that_gave_no_weights_are_named_and_the_chosen_one_is(contents):
    zh = re.sub(r'<(\w+) lang="en">.*?</\1>|<[^>]+>', "", sections(contents, "group-g")["methods"])
    assert "本次采用：AHP。" in zh
    assert "未能给出权重的方法：最优最劣法、分数分配法、CRITIC、主成分法、按指标体系规定。" in zh


def test_the_public_set_shows_no_method_that_reads_the_plants_and_no_cell(contents):
    public = contents.public(lambda *_: False)
    told = sections(public, "group-g")
    assert rows(told["methods"])[0] == ["item", "AHP", "equal weights", "published"]
    assert "0.584" not in told["methods"]
    assert "are shown in the internal set alone" in told["methods"]
    assert "cells" not in told
    assert not [page.name for page in weight_pages(public, {}) if page.name.startswith("expert-")]


def test_an_older_run_without_the_table_has_no_such_chapter(contents, tmp_path):
    older = read_run(toy_run(tmp_path / "toy-run"), RUN.system)
    assert not {"methods", "cells"} & set(sections(older, "group-g"))


def test_cells_of_judgements_are_named_on_the_page_of_the_group_and_of_the_expert(contents):
    of_group = rows(sections(contents, "group-g")["cells"])
    assert of_group[0] == ["judgement", "expert", "value", "file", "sheet", "cell"]
    assert of_group[1] == ["Group over Management", "E1", "3", FORM, "pairwise", "D9"]
    assert of_group[2] == ["Energy over Dust", "E1", "1/4", "pairwise.csv", "", "row 4 value"]
    assert [row[0] for row in rows(sections(contents, "group-h")["cells"])[1:]] == ["Group over Management"]
    of_expert = sections(contents, "expert-e1")["cells"]
    assert len(rows(of_expert)) == 3
    assert "The expert counts 2 times" in of_expert


def test_points_of_the_last_round_are_named_where_weights_were_made_of_points(contents):
    contents.proposal["parameters"]["weights"] = {"method": "budget"}
    try:
        told = rows(sections(contents, "group-g")["cells"])
        assert told[1] == ["Energy, round 1", "E1", "40", "budget.csv", "row 2 points"]
    finally:
        contents.proposal["parameters"]["weights"] = {"method": "ahp"}


def test_hostile_names_of_files_and_sheets_stay_text(contents):
    told = sections(contents, "group-g")["cells"]
    assert "<img" not in told
    assert rows(told)[3][3:5] == [HOSTILE, HOSTILE]


def test_weights_by_other_methods_are_no_figure_of_a_plant_but_only_those_the_public_set_prints(folder):
    known = printed_by_methods(folder / "results")
    assert {"0.583", "0.167", "0.250", "0.25"} <= known
    assert not {"0.584", "0.184", "0.416"} & known


def test_both_sets_are_built_and_no_expert_is_in_the_public_one(folder):
    made = build_evidence(folder, RUN.system)
    site = made["public"] / "site"
    assert 'id="methods"' in (site / "group-g.html").read_text(encoding="utf-8")
    assert not list(site.glob("expert-*"))
    for path in site.rglob("*"):
        if path.suffix in (".html", ".js"):
            text = path.read_text(encoding="utf-8")
            assert FORM not in text, path
            assert "onerror" not in text, path
