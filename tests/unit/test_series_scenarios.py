"""Scenarios are typed, say what they change, and are compared on the same plants; one change can be tried alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from series_toys import ENERGY, WATER, indicator, iron, member, plants, system

from methodology.errors import ParameterError
from methodology.parameters import Project, load_scenarios
from methodology.parameters.loading import load_scenario
from methodology.results import session
from methodology.series.scenarios import (
    scenario_attainment,
    scenario_levels,
    scenario_standards,
    scenario_values,
)
from methodology.series.what_if import level_counts, value_sweep, what_if

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.stem for path in (ROOT / "params" / "scenarios").glob("*.yaml"))


@pytest.fixture
def project(tmp_path):
    for folder in ("systems", "runs", "scenarios"):
        (tmp_path / "params" / folder).mkdir(parents=True)
    write(tmp_path, "runs/iron", "system: iron\nwhy: the run of a test\n")
    write(tmp_path, "scenarios/alone", "base: iron\nwhy: what if alone\nthresholds: {promise: marginal}\n")
    return Project(tmp_path)


def write(root: Path, name: str, text: str) -> None:
    (root / "params" / f"{name}.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario_says_why_and_changes_something(name):
    scenario = load_scenario(name, Project(ROOT))
    assert scenario.changes
    assert scenario.why.strip().endswith(("?", "."))
    assert scenario.base


def test_the_four_questions_of_the_series_are_among_the_scenarios():
    changed = {path for name in SHIPPED for path in load_scenario(name, Project(ROOT)).changes}
    assert {"thresholds.promise", "weights.method", "evaluation.level_one", "sample.source"} <= changed
    assert len(SHIPPED) >= 4


def test_a_scenario_states_only_what_differs_and_keeps_the_rest(project):
    scenario = load_scenario("alone", project)
    assert scenario.changes == {"thresholds.promise": ("joint", "marginal")}
    assert scenario.parameters.system == "iron"
    assert scenario.parameters.why == "what if alone"


def test_a_scenario_can_start_from_another(project):
    write(project.root, "scenarios/strict", "base: alone\nwhy: and stricter\nthresholds: {share_I: 0.02}\n")
    scenario = load_scenario("strict", project)
    assert scenario.parameters.thresholds.promise == "marginal"
    assert scenario.changes == {"thresholds.share_I": (0.05, 0.02)}


def test_the_name_of_a_run_gives_the_run_itself(project):
    scenario = load_scenario("iron", project)
    assert (scenario.base, scenario.changes) == ("", {})


def test_scenarios_come_after_what_they_start_from_with_the_run_first(project):
    write(project.root, "scenarios/also", "base: alone\nwhy: one step more\nevaluation: {cut: 80.0}\n")
    write(project.root, "runs/other", "system: iron\nwhy: another run of a test\n")
    write(project.root, "scenarios/elsewhere", "base: other\nwhy: of another run\nevaluation: {cut: 80.0}\n")
    found = [scenario.name for scenario in load_scenarios(project, run="iron")]
    assert found == ["iron", "alone", "also"]
    with pytest.raises(ParameterError, match="elsewhere do not start"):
        load_scenarios(project, run="iron", names=["elsewhere"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base: iron\nthresholds: {promise: joint}\n", "`why` is missing"),
        ("why: from nowhere at all\n", "`base` is missing"),
        ("base: iron\nwhy: nothing in it at all\n", "differs in nothing"),
        ("base: iron\nwhy: the same as it was\nthresholds: {promise: joint}\n", "differs in nothing"),
        ("base: nobody\nwhy: from nowhere at all\n", "no scenario or run 'nobody'"),
        ("base: iron\nwhy: a misspelt choice\nthresholds: {promis: joint}\n", "thresholds.promise"),
        ("base: iron\nwhy: a wrong type of it\nthresholds: {share_I: much}\n", "thresholds.share_I"),
        ("base: iron\nwhy: another system\nsystem: steel\n", "is not a part of a scenario"),
        ("base: odd\nwhy: it starts from itself\nevaluation: {cut: 80.0}\n", "circle: odd - odd"),
    ],
)
def test_a_scenario_that_cannot_be_meant_is_refused_with_its_file(project, text, message):
    write(project.root, "scenarios/odd", text)
    with pytest.raises(ParameterError) as caught:
        load_scenario("odd", project)
    assert message in str(caught.value)


def _members():
    items = [indicator("energy", limiting=True), indicator("water", unit="m3/t")]
    table = plants({"energy": ENERGY, "water": WATER})
    loose = {"thresholds": {"promise": "marginal", "share_I": 0.4, "share_II": 0.6, "share_III": 0.8}}
    return {"run": iron(), "looser": member(system("iron", items), table, **loose)}


def test_shifts_are_in_spans_of_the_plants_and_positive_where_looser():
    values = scenario_values(scenario_standards(_members()), against="run").set_index(
        ["scenario", "indicator", "level"]
    )
    assert (values.xs("run")["shift"] == 0).all()
    assert values.loc[("looser", "energy", "I"), "shift"] == pytest.approx((40 - 20) / (90 - 20))


def test_a_scenario_to_compare_with_must_be_there():
    with pytest.raises(ParameterError, match="no scenario 'joint'"):
        scenario_values(scenario_standards(_members()), against="joint")


def test_plants_that_change_their_level_are_counted():
    levels = scenario_levels(scenario_standards(_members()), against="run").set_index("scenario")
    assert levels.loc["run", "moved"] == 0
    assert levels.loc["looser", ["I", "II", "III", "none"]].tolist() == [4, 2, 2, 2]
    assert levels.loc["looser", "moved"] == 7


def test_what_is_promised_stands_beside_what_holds():
    table = scenario_attainment(scenario_standards(_members())).set_index(["scenario", "level"])
    row = table.loc[("looser", "II")]
    assert (row["target"], row["each_alone"], row["sample"], row["industry"]) == (0.6, 0.6, 0.6, 0.6)


@pytest.fixture(scope="module")
def standard():
    return iron().standard("marginal")


def test_another_value_moves_the_plants_between_the_two(standard):
    change = what_if(standard, values={("energy", "III"): 50.0})
    assert change.moved["plant"].tolist() == ["P6"]
    assert change.moved[["before", "after"]].iloc[0].tolist() == ["III", "none"]


def test_stricter_levels_give_way_to_a_value_that_passes_them(standard):
    change = what_if(standard, values={("energy", "III"): 10.0})
    assert change.after["level"].tolist() == ["I", *["none"] * 9]


def test_looser_levels_give_way_too_and_so_where_higher_is_cleaner():
    items = [indicator("energy", limiting=True, direction="higher"), indicator("water", unit="m3/t")]
    other = member(system("iron", items), plants({"energy": ENERGY, "water": WATER[::-1]}))
    change = what_if(other.standard("marginal"), values={("energy", "I"): 10.0})
    assert change.after.set_index("plant")["level"]["P10"] == "I"


def test_who_sits_before_a_notebook_is_told_which_levels_a_value_takes_along(standard, monkeypatch):
    said = []
    monkeypatch.setenv("JPY_SESSION_NAME", "a notebook")
    monkeypatch.setattr(session, "tell", lambda *words: said.append(words))
    what_if(standard, values={("energy", "III"): 10.0})
    value_sweep(standard, "energy", "III")
    ((zh, en),) = said
    assert "Ⅲ级的新数值越过Ⅰ、Ⅱ级" in zh
    assert "Level III passes I and II" in en
    monkeypatch.delenv("JPY_SESSION_NAME")
    what_if(standard, values={("energy", "III"): 10.0})
    assert len(said) == 1


def test_another_weight_takes_from_the_others_in_proportion(standard):
    change = what_if(standard, weight_factors={"water": 1.9})
    before, after = change.before.set_index("plant"), change.after.set_index("plant")
    assert (before.loc["P2", "Y_I"], after.loc["P2", "Y_I"]) == (
        50,
        5,
    )  # energy alone reaches: 0.5, then 0.05
    assert (before.loc["P3", "Y_I"], after.loc["P3", "Y_I"]) == (50, 95)


def test_another_cut_lifts_plants_whose_limiting_indicators_reach(standard):
    change = what_if(standard, cut=50.0)
    assert change.moved["plant"].tolist() == ["P2"]
    assert len(what_if(standard).moved) == 0


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"values": {("coal", "I"): 1.0}}, "no value of 'coal'"),
        ({"weight_factors": {"coal": 2.0}}, "no indicator coal"),
        ({"weight_factors": {"water": 2.0}}, "sum to 1.000"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(standard, how, message):
    with pytest.raises(ParameterError, match=message):
        what_if(standard, **how)


def test_counts_show_the_proposal_first(standard):
    counts = level_counts({"cut": what_if(standard, cut=50.0)})
    assert counts.index.tolist() == ["as proposed", "cut"]
    assert counts.loc["as proposed", ["I", "II", "III", "none", "moved"]].tolist() == [1, 3, 2, 4, 0]
    assert counts.loc["cut", "moved"] == 1


def test_a_sweep_runs_from_strict_to_loose_and_never_loses_plants(standard):
    sweep = value_sweep(standard, "energy", "III")
    assert sweep["value"].tolist() == ENERGY
    assert sweep["share_III"].is_monotonic_increasing
    assert sweep.loc[sweep["value"] == 60, "moved"].tolist() == [0]
