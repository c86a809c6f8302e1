"""What changed from one draft to the next, and a pilot of its levels."""

import csv
import json
from pathlib import Path

import pytest
from evidence_toys import toy_tables

from methodology.chain.delivered import promise_outcome
from methodology.cli.plants import outcome_of_promise
from methodology.errors import DataError
from methodology.evaluation import evaluate
from methodology.evidence.draft_changes import changed_values, moved_plants, write_changes
from methodology.languages import speaking
from methodology.parameters import Project
from methodology.proposal import proposal_thresholds
from methodology.proposal.reading import proposal_weights
from methodology.tables.proposal import outcome_overview

RUN = toy_tables()
PLANTS = {"I": 1, "II": 2, "III": 3}
BEFORE = json.loads(json.dumps(RUN.proposal, default=float))


def after(**values):
    """The proposal with other values of energy, and the weights of two indicators exchanged."""
    made = json.loads(json.dumps(BEFORE))
    entries = {entry["id"]: entry for entry in made["indicators"]}
    for level, value in values.items():
        entries["energy"]["levels"][level] |= {
            "proposed": value,
            "reason_zh": "=另有理由。",
            "reason": "Other reason.",
        }
    entries["dust"]["weight"], entries["slag_use"]["weight"] = (
        entries["slag_use"]["weight"],
        entries["dust"]["weight"],
    )
    return made


def test_changed_values_say_from_what_to_what_which_way_and_why():
    rows = changed_values(BEFORE, after(III=450.0), RUN.system)
    values = [row for row in rows if row[1]]
    assert [(row[1], row[4], row[5].split("\n")[0]) for row in values] == [("Ⅲ", "450", "放宽")]
    assert values[0][6] == "=另有理由。\nOther reason."
    assert [row[5].split("\n")[1] for row in rows if not row[1]] == ["weight", "weight"]
    assert changed_values(BEFORE, BEFORE, RUN.system) == []


def test_plants_that_move_are_those_whose_level_differs():
    later = after()
    for entry in later["indicators"]:
        easy = {"energy": 450.0, "dust": 20.0, "slag_use": 80.0}.get(entry["id"], 3.0)
        entry["levels"]["III"]["proposed"] = easy
    rows = moved_plants(BEFORE, later, RUN.sample, RUN.system)
    levels = [
        evaluate(RUN.sample, RUN.system, proposal_thresholds(one), proposal_weights(one)).set_index("plant")[
            "level"
        ]
        for one in (BEFORE, later)
    ]
    moved = levels[0].index[levels[0] != levels[1]]
    assert [row[0] for row in rows] == list(moved)
    assert rows


def test_the_page_is_internal_and_holds_names_as_text(tmp_path):
    page = tmp_path / "changes.html"
    rows = changed_values(BEFORE, after(III=450.0), RUN.system)
    write_changes(page, ("<b>1</b>", "2"), rows, [["<script>x", "Ⅰ", "Ⅱ", "1", "2", "3"]])
    text = page.read_text(encoding="utf-8")
    assert "内部资料" in text
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text
    assert "<b>1" not in text
    with page.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert len(table) == 1 + len(rows)
    assert not [cell for row in table for cell in row if cell.startswith("=")]


def test_the_page_tells_either_reader_his_own_language(tmp_path):
    page = tmp_path / "changes.html"
    rows = changed_values(BEFORE, after(III=450.0), RUN.system)
    write_changes(page, ("第1稿 draft 1", "第2稿 draft 2"), rows, [], language="en")
    text = page.read_text(encoding="utf-8")
    assert 'data-language="en"' in text
    for zh, en in (("两稿比较：第1稿 → 第2稿", "Two drafts compared: draft 1 → draft 2"), ("放宽", "looser")):
        assert f'<span lang="zh-CN">{zh}</span><span lang="en">{en}</span>' in text


def test_a_page_without_the_plants_of_the_newer_draft_says_what_to_do(tmp_path):
    page = tmp_path / "changes.html"
    write_changes(page, ("第1稿 draft 1", "第2稿 draft 2"), [], None)
    text = page.read_text(encoding="utf-8")
    assert "放回后重新比较" in text
    assert "Put it back there and compare again." in text


@pytest.fixture
def tried(tmp_path, monkeypatch):
    root = Path(__file__).parents[2]
    monkeypatch.chdir(root)
    project = Project.around(root)
    system, place = project.system("ironmaking"), project.sample_folder("ironmaking")
    entries = []
    for item in system.indicators:
        levels = {level: {"proposed": float(code)} for code, level in enumerate(("I", "II", "III"), start=1)}
        if item.bounds:
            end = item.bounds.low if item.better == "lower" else item.bounds.high
            levels = {level: {"proposed": end} for level in levels}
        entry = {name: str(getattr(item, name)) for name in ("id", "group", "kind", "unit", "direction")}
        levels = {level: told | {"attained": 5, "attainment": 0.2} for level, told in levels.items()}
        entries.append(entry | {"limiting": item.limiting, "weight": 0.0, "n": 25, "levels": levels})
    entries[0]["weight"] = 1.0
    path, pilot = tmp_path / "proposal.json", tmp_path / "pilot.yaml"
    path.write_text(
        json.dumps({"system": "ironmaking", "plants": 25, "joint_plants": PLANTS, "indicators": entries}),
        encoding="utf-8",
    )

    def ask(plants, first="2027-01-01"):
        head = f'title: 试点一\nfirst: "{first}"\nlast: "2027-12-31"\n'
        pilot.write_text(f"{head}plants: [{', '.join(plants)}]\n", encoding="utf-8")
        outcome_of_promise(path, place, pilot)

    return ask


def test_a_pilot_tells_the_levels_of_its_plants_alone_beside_the_promise(tried, capsys):
    tried(["P02", "P05"])
    said = capsys.readouterr().out
    assert "试点 Pilot: 试点一, 2027-01-01 – 2027-12-31, 2 家 plants" in said
    assert "P02" in said
    assert "P05" in said
    assert "P03" not in said
    for words in ("promised", "outcome", "expected"):
        assert words in said
    assert "20.0 % (5/25)" in said
    assert "whole standard" in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_promise_and_outcome_stand_in_the_table_in_either_language(language):
    with speaking(language):
        table = outcome_overview(promise_outcome(BEFORE, RUN.sample, RUN.system), RUN.system)
    assert (table.to_numpy()[:, 2] != "").any()
    assert (table.to_numpy()[:, 3] != "").all()


@pytest.mark.parametrize(
    ("plants", "first", "told"),
    [(["P02", "P99"], "2027-01-01", "plant 2"), (["P02"], "2028-01-01", "last day")],
)
def test_a_pilot_that_names_a_stranger_or_ends_before_it_begins_is_refused(tried, plants, first, told):
    with pytest.raises(DataError, match=told):
        tried(plants, first)
