"""The module of the instrument decides as the package, to the last plant, at the cut and after a changed weight."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from browsers import CHROMIUM, QUIET, playwright
from evidence_toys import ENERGY, toy_run, toy_system, toy_tables
from test_what_if_page import LOADED

from methodology.evaluation import attainment_of_whole, evaluate
from methodology.evaluation.decision import decide
from methodology.evaluation.level_arrays import level_inputs
from methodology.evidence import what_if
from methodology.evidence.what_if import judged_state, run_state
from methodology.evidence.what_if.widget import WhatIf
from methodology.indicators import LEVELS
from methodology.proposal import proposal_thresholds

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
DECIDED = """(cases) => cases.map(({state, place, share}) => [
  m.decide(state).levels, m.decide({...state, weights: m.reweighted(state.weights, place, share)}).levels])"""


@pytest.fixture(scope="module")
def module():
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page()
        page.evaluate(LOADED, WhatIf._esm)
        yield page
        browser.close()


def _weights(rng, count):
    """Shares that often add up to exactly 85 points, or thirds, or printed decimals."""
    if rng.random() < 0.2:
        return np.full(count, 1 / count)
    places = int(rng.choice([20, 100, 1000]))
    cuts = np.sort(rng.integers(0, places + 1, count - 1))
    return np.diff([0, *cuts, places]) / places


def _inputs(rng):
    plants, count = int(rng.integers(1, 6)), int(rng.integers(1, 8))
    weights = _weights(rng, count)
    better = rng.choice(["lower", "higher"], count)
    sign = np.where(better == "lower", 1, -1)
    values = rng.integers(0, 6, (int(rng.choice([1, 3])), plants, count)).astype(float)
    values[rng.random(values.shape) < 0.08] = np.nan
    limits = np.sort(rng.integers(0, 6, (count, 3)) * sign[:, None], axis=1) * sign[:, None]
    applies = rng.random((plants, count)) < 0.85
    applies[:, weights.argmax()] = True
    scores = [(85, 85, 50), (100, 85, 60), (90.5, 85, 100), (253 / 3, 70, 55), (85.1234567, 85, 40)]
    return level_inputs(
        values[0],
        limits.astype(float),
        weights,
        better=better.tolist(),
        groups=rng.integers(0, 3, count).tolist(),
        limiting=rng.random(count) < 0.25,
        applicable=applies,
        level_values=values,
        level_one=str(rng.choice(["limiting", "limiting-and-rest-at-two"])),
        scores=scores[int(rng.integers(len(scores)))],
    )


def _case(rng):
    """A state, a changed weight, and what the package decides of both."""
    basis = _inputs(rng)
    given = [weight / sum(basis.fractions) for weight in basis.fractions]
    place, share = int(rng.integers(len(given))), str(rng.choice(["0.05", "0.3", "0.85", "0.333333"]))
    changed, old = basis.fractions, given[place]
    if old != 1:
        rest = (1 - Fraction(share)) / (1 - old)
        changed = tuple(Fraction(share) if i == place else weight * rest for i, weight in enumerate(given))
    expected = [
        decide(replace(basis, fractions=own).standing, basis.rule).tolist()
        for own in (basis.fractions, changed)
    ]
    return {"state": judged_state(basis), "place": place, "share": share}, expected


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_decisions_are_those_of_the_package_to_the_last_plant(module, count):
    rng = np.random.default_rng(count)
    cases, expected = zip(*(_case(rng) for _ in range(count)), strict=True)
    assert module.evaluate(DECIDED, list(cases)) == list(expected)
    seen = {code for both in expected for levels in both for code in levels}
    assert seen == {0, 1, 2, 3}


@pytest.mark.parametrize(("weight", "cut", "level"), [(0.85, 85, 1), (0.8499, 85, 2), (0.85, 85.000001, 2)])
def test_a_score_of_exactly_85_reaches_and_the_least_below_does_not(module, weight, cut, level):
    basis = level_inputs([[1.0, 9.0]], [[0, 1, 2], [0, 1, 2]], [weight, 1 - weight], scores=(100, cut, 50))
    case = {"state": judged_state(basis), "place": 0, "share": "0.5"}
    assert module.evaluate(DECIDED, [case])[0][0] == [level] == decide(basis.standing, basis.rule).tolist()


def test_law_and_indices_in_force_are_those_the_proposal_was_held_against():
    indicator = SimpleNamespace(id="energy", sign=-1)
    told = {"relation": "binds", "kind": "mandatory_limit", "label": "GB 1", "value": [20.0, 30.0]}
    shown = told | {"relation": "shown, not compared", "label": "GB 2"}
    abroad = told | {"relation": "compared", "kind": "eu_bat_ael", "label": "EU"}
    proposal = {"indicators": [{"id": "energy", "levels": {"II": {"comparators": [told, shown, abroad]}}}]}
    found = what_if._in_force(SimpleNamespace(indicators=[indicator]), proposal)
    assert found == [[{"index": False, "name": ["GB 1", "GB 1"], "limits": [None, -20.0, None]}]]
    told["kind"] = "index_2014"
    for bound in (True, False):
        chosen = {"parameters": {"proposal": {"bound_by_index": bound}}}
        ((only,),) = what_if._in_force(SimpleNamespace(indicators=[indicator]), proposal | chosen)
        assert only["index"] is bound


OPENED = """(given) => { document.body.replaceChildren();
  m.default.render({model: {get: () => given}, el: document.body}); }"""
TOUCHED = """([control, to]) => {
  const one = document.querySelector(`.what-if [aria-label*="${control}"]`);
  one[one.type === "checkbox" ? "checked" : "value"] = to;
  for (const kind of ["input", "change"]) one.dispatchEvent(new Event(kind)); }"""
SEEN = "document.body.dataset.levels"
UNDONE = """() => { const undo = document.querySelector("[data-act=undo]"); undo.click();
  return [document.body.dataset.levels, undo.disabled]; }"""
READ = """(part) => [...document.querySelectorAll(`.what-if-${part} table`)].at(0).innerText.trim().split("\\n")
  .map((line) => line.split("\\t"))"""
CUT = 40


@pytest.fixture
def toy(tmp_path):
    """A run whose cut is low, so that a limiting mark alone decides of a plant, with its state."""
    made = toy_tables()
    made.proposal["parameters"]["evaluation"] = {"cut": CUT}
    own = made.proposal["promises"]["marginal"]
    stricter = own["proposed"] | {"energy": {"I": 375.0, "II": 380.0, "III": 390.0}}
    made.proposal["promises"]["joint"] = own | {"proposed": stricter}
    made.folder = toy_run(tmp_path / "toy-run", run=made)
    made.state = run_state(made.folder, made.sample, made.system, made.weights, made.proposal)
    return made


def _judged(toy, *, limiting=("energy",), **energy):
    """Evaluation of the plants where other indicators are limiting, or with other values of energy."""
    marked = [item.model_copy(update={"limiting": item.id in limiting}) for item in toy_system().indicators]
    table = proposal_thresholds(toy.proposal)
    for level, value in energy.items():
        table.loc[(table["indicator"] == "energy") & (table["level"] == level), "value"] = value
    system = toy_system().model_copy(update={"indicators": marked})
    return evaluate(toy.sample, system, table, toy.weights, cut=CUT)


def _codes(evaluation):
    return "".join(str(["I", "II", "III", "none"].index(level)) for level in evaluation["level"])


def test_the_limiting_mark_alone_moves_plants_as_the_package_moves_them(module, toy):
    module.evaluate(OPENED, toy.state)
    slag = str(toy.state["ids"].index("slag_use"))
    seen = [module.evaluate(SEEN)]
    for control, to in (("Limiting", False), ("Indicator", slag), ("Limiting", True)):
        module.evaluate(TOUCHED, [control, to])
        seen.append(module.evaluate(SEEN))
    marks = (("energy",), (), (), ("slag_use",))
    assert seen == [_codes(_judged(toy, limiting=names)) for names in marks]
    assert len(set(seen)) > 1
    assert seen[2] != seen[3]
    assert module.evaluate(UNDONE) == [seen[2], False]


def test_the_slider_of_the_target_share_judges_the_plants_by_the_values_of_its_step(module, toy):
    here = toy.state["judged"]["thresholds"]
    energies = [(372.0, 376.0, 382.0), (380.0, 390.0, 401.0), (396.0, 412.0, 440.0)]
    asked = [_judged(toy, I=one, II=two, III=three) for one, two, three in energies]
    steps = [
        {
            "strictness": [0.1, 0.1, 0.1],
            "attained": attainment_of_whole(judged)["III"],
            "thresholds": [[value, *row[1:]] for value, row in zip(own, here, strict=True)],
        }
        for judged, own in zip(asked, energies, strict=True)
    ]
    module.evaluate(OPENED, toy.state | {"frontier": {"III": steps}})
    before = module.evaluate(SEEN)
    for place in (2, 0):
        module.evaluate(TOUCHED, ["Target share, Level III", place])
        assert module.evaluate(SEEN) == _codes(asked[place]) != before
        assert module.evaluate("document.querySelector('output').textContent") == (
            f"{100 * steps[place]['attained']:.1f} %"
        )
        assert module.evaluate(UNDONE) == [before, True]


def test_it_opens_on_either_promise_of_the_run(module, toy):
    assert [one["promise"] for one in toy.state["starts"]] == ["marginal", "joint"]
    module.evaluate(OPENED, toy.state)
    module.evaluate(TOUCHED, ["Opened on", "1"])
    assert module.evaluate(SEEN) == _codes(_judged(toy, I=375, II=380, III=390)) != _codes(_judged(toy))
    module.evaluate(TOUCHED, ["Opened on", "0"])
    assert module.evaluate(SEEN) == _codes(_judged(toy))


def test_attainment_of_the_whole_and_of_each_indicator_is_counted_as_plants_are(module, toy):
    module.evaluate(OPENED, toy.state)
    module.evaluate(TOUCHED, ["Level III", 410])
    whole = attainment_of_whole(_judged(toy, III=410))
    told = [row[-1] for row in module.evaluate(READ, "whole")[1:]]
    assert told == [f"{8 * whole[str(level)]:.0f} ({100 * whole[str(level)]:.1f} %)" for level in LEVELS]
    counts = [sum(float(value) <= limit for value in ENERGY) for limit in (380, 390, 410)]
    assert [row[-1] for row in module.evaluate(READ, "answer")[1:]] == [f"{count} / 8" for count in counts]
    module.evaluate(TOUCHED, ["Indicator", str(toy.state["ids"].index("slag_use"))])
    told = [row[-1] for row in module.evaluate(READ, "answer")[1:]]
    assert told == ["1 / 7", "2 / 7", "4 / 7"]  # one plant has none


def test_a_sentence_names_every_level_as_a_level(module, toy):
    module.evaluate(OPENED, toy.state | {"first": "zh"})
    moves = module.locator(".moves li")
    module.evaluate(TOUCHED, ["Level III", 395])
    assert moves.all_inner_texts() == ["P4由Ⅲ级降为未达级。 P4 falls from Level III to none."]
    module.locator("[data-act=keep]").click()
    module.evaluate(TOUCHED, ["Level III", 401])
    assert moves.all_inner_texts() == ["P4由未达级升为Ⅲ级。 P4 rises from none to Level III."]


@pytest.mark.parametrize(
    ("language", "heading"), [("zh", "整个标准 Whole standard"), ("en", "Whole standard 整个标准")]
)
def test_the_language_of_the_study_stands_first_and_the_other_behind_it(module, toy, language, heading):
    module.evaluate(OPENED, toy.state | {"first": language})
    assert module.locator(".what-if-whole h3").first.inner_text() == heading
