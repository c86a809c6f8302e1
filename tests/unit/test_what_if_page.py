"""The instrument in the browser decides as the package does, refuses what is no standard, and keeps to itself."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from browsers import CHROMIUM, QUIET, playwright
from evidence_toys import toy_run, toy_system, toy_tables

from methodology.evaluation import evaluate, level_basis
from methodology.evaluation.level_arrays import level_inputs
from methodology.evidence.build import build_evidence
from methodology.evidence.what_if import judged_state, run_state, what_if_widget
from methodology.evidence.what_if.widget import WhatIf
from methodology.indicators import Sample
from methodology.parameters import Parameters, Project, load_scenarios
from methodology.proposal import proposal_thresholds
from methodology.weights import derive_weights

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
HURT = "window.hurt = 1"
HOSTILE = f"</script><script>{HURT}</script><img src=x onerror='{HURT}'>`${{{HURT}}}`\u2028"
LOADED = """async (text) => {
  globalThis.m = await import(URL.createObjectURL(new Blob([text], {type: "text/javascript"}))); }"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as runner:
        made = runner.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield made
        made.close()


@pytest.fixture(scope="module")
def module(browser):
    page = browser.new_page()
    page.evaluate(LOADED, WhatIf._esm)
    return page


def test_a_drag_over_200_plants_and_40_indicators_is_answered_within_50_milliseconds(module):
    rng = np.random.default_rng(4)
    weights = rng.integers(1, 50, 40)
    basis = level_inputs(
        rng.random((200, 40)),
        np.sort(rng.random((40, 3))),
        weights / weights.sum(),
        groups=[i % 5 for i in range(40)],
        applicable=rng.random((200, 40)) < 0.9,
    )
    names = [f"i{place}" for place in range(40)]
    state = {"judged": judged_state(basis), "plants": [f"P{i}" for i in range(200)], "ids": names}
    limits = {"name": ["限值", "limit"], "limits": [0.5, 0.6, 0.7]}
    steps = [
        {"strictness": [0, 0, 0], "attained": i / 50, "thresholds": (basis.thresholds.T * i / 50).tolist()}
        for i in range(50)
    ]
    state |= {
        "in_force": [[limits]] * 40,
        "frontier": dict.fromkeys(("I", "II", "III"), steps),
        "names": [[name, name] for name in names],
        "units": names,
        "signs": [1] * 40,
        "movable": [True] * 40,
        "run": "",
        "base": "",
    }
    took = module.evaluate(
        """async (given) => { document.body.replaceChildren();
        m.default.render({model: {get: () => given}, el: document.body});
        document.querySelector("details").open = true;
        await new Promise((done) => setTimeout(done, 200));
        if (document.querySelectorAll("details td").length < 200) throw Error("not listed");
        const touched = (name, values) => values.map((value) => { const begun = performance.now();
          const one = document.querySelector(`[aria-label*="${name}"]`);
          one[one.type === "checkbox" ? "checked" : "value"] = value;
          for (const kind of ["input", "change"]) one.dispatchEvent(new Event(kind));
          document.body.getBoundingClientRect(); return performance.now() - begun; });
        const some = [...Array(9).keys()], share = some.map((step) => `0.${step + 1}`);
        return {value: touched("Level I", some.map((step) => step / 1000)), weight: touched("Weight", share),
          cut: touched("Score", some.map((step) => 80 + step)),
          mark: touched("Limiting", some.map((step) => !(step % 2))),
          share: touched("Target share, Level II", some)}; }""",
        state | {"ranges": [[0, 1, 0.001]] * 40},
    )
    assert {name: min(own) for name, own in took.items() if min(own) >= 50} == {}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> SimpleNamespace:
    """A run whose indicators and plants have hostile names, with both sets of evidence."""
    made = toy_tables(toy_system(name_en=HOSTILE))
    named, old = {"P1": HOSTILE}, made.sample
    made.sample = Sample(old.values.rename(named), old.states.rename(named), old.attributes, old.excluded)
    made.folder = toy_run(tmp_path_factory.mktemp("runs") / "toy-run", run=made)
    build_evidence(made.folder, made.system)
    return made


@pytest.fixture
def page(browser, run):
    made = browser.new_page(viewport={"width": 1280, "height": 900})
    made.context.set_offline(True)
    made.said, made.asked = [], []
    made.on("console", lambda message: made.said.append(message.text))
    made.on("pageerror", lambda fault: made.said.append(str(fault)))
    made.on("request", lambda request: made.asked.append(request.url))
    made.goto((run.folder / "internal" / "site" / "what_if.html").as_uri())
    made.evaluate("document.documentElement.dataset.language = 'both'")
    yield made
    made.close()


def _levels(page):
    return page.locator("#instrument").get_attribute("data-levels")


def _type(page, place, text):
    box = page.locator(".what-if [type=number]").nth(place)
    box.fill(text)
    box.dispatch_event("change")


def _judged(run, **changed: float) -> str:
    """Codes of the plants under the proposed values, with others for energy."""
    table = proposal_thresholds(run.proposal)
    for level, value in changed.items():
        table.loc[(table["indicator"] == "energy") & (table["level"] == level), "value"] = value
    levels = evaluate(run.sample, run.system, table, run.weights)["level"]
    return "".join(str(["I", "II", "III", "none"].index(level)) for level in levels)


def test_it_opens_on_the_proposed_values_and_follows_a_change_as_evaluate_does(page, run):
    assert _levels(page) == _judged(run)
    _type(page, 0, "370")
    assert _levels(page) == _judged(run, I=370) != _judged(run)
    page.locator("[data-act=undo]").click()
    assert _levels(page) == _judged(run)


def test_a_drag_on_the_page_is_answered_within_200_milliseconds_as_evaluate_does_with_no_network(page, run):
    seen = page.evaluate(
        """async () => { const slide = document.querySelectorAll(".what-if [type=range]")[2], took = [];
        for (let step = 1; step <= 5; step++) { const begun = performance.now();
          slide.value = Number(slide.value) + Number(slide.step); slide.dispatchEvent(new Event("input"));
          await new Promise(requestAnimationFrame); took.push(performance.now() - begun); }
        return {took, value: slide.value}; }"""
    )
    assert min(seen["took"]) < 200
    assert _levels(page) == _judged(run, III=float(seen["value"]))
    assert all(address.startswith("file:") for address in page.asked)


def test_values_out_of_order_are_refused_and_leave_the_standard_as_it_was(page, run):
    for text in ("500", "", "1e999"):
        _type(page, 0, text)
        assert "not taken" in page.get_by_role("alert").inner_text()
        assert _levels(page) == _judged(run)
    assert page.locator("[data-act=undo]").is_disabled()
    assert page.locator(".what-if [type=number]").nth(0).input_value() != "500"


def test_the_same_weight_given_again_is_no_change_and_a_refusal_stands_beside_what_was_touched(page, run):
    for _ in range(2):
        _type(page, 3, "0.25")
    page.locator("[data-act=undo]").click()
    assert page.locator("[data-act=undo]").is_disabled()
    fault, save, weight = (
        page.locator(f".what-if {one}") for one in (".fault", "[data-act=save]", "[type=checkbox]")
    )
    _type(page, 0, "500")
    assert fault.bounding_box()["y"] < weight.bounding_box()["y"]
    save.click()
    assert fault.bounding_box()["y"] > save.bounding_box()["y"]
    assert "Say why" in fault.inner_text()


def test_starting_again_takes_back_every_change_and_can_be_undone_itself(page, run):
    for place, text in ((0, "370"), (3, "0.4"), (4, "70")):
        _type(page, place, text)
    page.locator(".what-if [type=checkbox]").click()
    changed = _levels(page)
    page.locator("[data-act=reset]").click()
    assert _levels(page) == _judged(run) != changed
    assert page.get_by_role("alert").inner_text() == ""
    assert page.locator(".what-if [type=number]").nth(4).input_value() == "85"
    page.locator("[data-act=undo]").click()
    assert _levels(page) == changed
    assert page.said == []


def test_two_states_are_compared(page, run):
    _type(page, 0, "370")
    page.locator("[data-act=keep]").click()
    kept = _levels(page)
    page.locator("[data-act=undo]").click()
    assert "State A" in page.locator(".what-if-whole").inner_text()
    ways = {(one, other) for one, other in zip(kept, _levels(page), strict=True) if one != other}
    assert page.locator(".moves li").count() == len(ways) > 0
    assert page.said == []


def test_a_whole_drag_is_undone_at_once(page, run):
    page.locator(".what-if [type=range]").nth(1).evaluate(
        "(slide) => { for (const value of [392, 396, 400]) { slide.value = value; "
        "slide.dispatchEvent(new Event('input')); } slide.dispatchEvent(new Event('change')); }"
    )
    assert _levels(page) == _judged(run, II=400) != _judged(run)
    page.locator("[data-act=undo]").click()
    assert _levels(page) == _judged(run)
    assert page.locator("[data-act=undo]").is_disabled()


@pytest.mark.parametrize("width", [1280, 400])
def test_hostile_names_stay_text_and_the_page_neither_asks_complains_nor_scrolls_sideways(page, run, width):
    page.set_viewport_size({"width": width, "height": 900})
    _type(page, 2, "375")
    _type(page, 0, "300")
    _type(page, 1, "310")
    _type(page, 2, "320")
    assert page.locator(".moves li").first.inner_text().startswith(HOSTILE.strip())
    assert HOSTILE.strip() in page.locator(".what-if option").first.inner_text()
    assert page.evaluate("window.hurt") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    whole, form = (page.locator(f".what-if-{part}").bounding_box() for part in ("whole", "form"))
    assert (whole["y"] < form["y"]) == (width == 400)  # on a telephone a drag is seen to move the levels
    assert page.said == []
    assert all(address.startswith("file:") for address in page.asked)


def test_what_is_saved_is_a_scenario_of_the_project(page, run, tmp_path):
    why = page.locator(".what-if [type=text]")
    save = page.locator("[data-act=save]")
    for text, told in (("too short", "Say why"), ("a good reason", "differs from where it opened")):
        why.fill(text)
        save.click()
        assert told in page.get_by_role("alert").inner_text()
    why.fill("专家: “能否再严?” # {a: b} \x85 'yes'")
    _type(page, 2, "1e21")
    _type(page, 4, "82.5")
    with page.expect_download() as saved:
        save.click()
    for folder in ("systems", "runs", "scenarios"):
        (tmp_path / "params" / folder).mkdir(parents=True)
    (tmp_path / "params" / "runs" / "toy.yaml").write_text(
        "system: toy\nwhy: to test what is saved\n", encoding="utf-8"
    )
    saved.value.save_as(tmp_path / "params" / "scenarios" / "asked.yaml")
    _, scenario = load_scenarios(Project(tmp_path), run="toy")
    given = {item.indicator: (item.I, item.II, item.III) for item in scenario.parameters.thresholds.given}
    proposed = proposal_thresholds(run.proposal).pivot(index="indicator", columns="level", values="value")
    assert set(given) == {"energy", "dust", "slag_use"}
    assert given["energy"] == (*proposed.loc["energy", ["I", "II"]], 1e21)
    assert given["slag_use"] == tuple(proposed.loc["slag_use", ["I", "II", "III"]])
    assert scenario.parameters.evaluation.cut == 82.5
    assert scenario.why == scenario.parameters.thresholds.point_reason == why.input_value()


def _opened(run, **more):
    """The state of the toy run, with more in it."""
    state = run_state(run.folder, run.sample, run.system, run.weights, run.proposal)
    return state | more


def test_changed_weights_are_saved_and_judge_the_plants_as_they_were_seen(page, run, tmp_path):
    _type(page, 3, "0.7")
    seen = _levels(page)
    page.locator(".what-if [type=text]").fill("energy counts for most here")
    with page.expect_download() as saved:
        page.locator("[data-act=save]").click()
    for folder in ("systems", "runs", "scenarios"):
        (tmp_path / "params" / folder).mkdir(parents=True)
    (tmp_path / "params" / "runs" / "toy.yaml").write_text("system: toy\nwhy: to test it\n", encoding="utf-8")
    saved.value.save_as(tmp_path / "params" / "scenarios" / "asked.yaml")
    _, scenario = load_scenarios(Project(tmp_path), run="toy")
    choices = scenario.parameters.weights
    weights = derive_weights(run.system, None, None, choices).published
    assert weights.set_index("indicator")["weight"]["energy"] == pytest.approx(0.7, abs=1e-6)
    assert sum(weights["weight"]) == pytest.approx(1)
    given = {item.indicator: item for item in scenario.parameters.thresholds.given}
    table = proposal_thresholds(run.proposal)
    assert {(name, item.I) for name, item in given.items()} <= set(
        table.query("level == 'I'")[["indicator", "value"]].itertuples(index=False, name=None)
    )
    levels = evaluate(run.sample, run.system, table, weights)["level"]
    assert "".join(str(["I", "II", "III", "none"].index(level)) for level in levels) == seen


def test_a_step_of_the_frontier_is_saved_as_its_strictness_and_other_starts_as_their_promise(module, run):
    here = judged_state(level_basis(run.sample, run.system, proposal_thresholds(run.proposal), run.weights))
    moved = [[None if limit is None else limit * 1.01 for limit in row] for row in here["thresholds"]]
    step = {"strictness": [0.25, 0.125, 0.1], "attained": 0.5, "thresholds": moved}
    opened = {"promise": "joint", "name": ["", ""], "thresholds": here["thresholds"]}
    state = _opened(run, frontier={"I": [step]}, starts=[opened])
    asked = {**here, "thresholds": moved}
    text = module.evaluate("([given, state]) => m.scenario(given, state, 'a good reason')", [state, asked])
    assert yaml.safe_load(text)["thresholds"] == {
        "promise": "strictness",
        "strictness_I": 0.25,
        "strictness_II": 0.125,
        "strictness_III": 0.1,
        "point_reason": "a good reason",
    }
    state["starts"].append({"promise": "marginal", "name": ["", ""], "thresholds": moved})
    text = module.evaluate("([given, state]) => m.scenario(given, state, 'a good reason')", [state, asked])
    assert yaml.safe_load(text)["thresholds"] == {"promise": "marginal"}


def test_a_value_looser_than_the_index_is_saved_as_decided_so_that_the_scenario_keeps_it(module, run):
    state = _opened(run, looser=[["dust", "II", "decided before"]])
    place = state["ids"].index("energy")
    limits = [row[place] for row in state["judged"]["thresholds"]]
    index = {"name": ["", ""], "index": True, "limits": limits}
    law = {"name": ["", ""], "index": False, "limits": limits}
    asked = state["judged"] | {"thresholds": [list(row) for row in state["judged"]["thresholds"]]}
    asked["thresholds"][2][place] *= 1.01
    call = "([given, state]) => m.scenario(given, state, 'a good reason')"
    both = [("dust", "II", "decided before"), ("energy", "III", "a good reason")]
    for own, released in (([index], both), ([law], [])):
        state["in_force"] = [own if name == "energy" else [] for name in state["ids"]]
        told = yaml.safe_load(module.evaluate(call, [state, asked]))
        assert told["thresholds"]["promise"] == "values"
        decided = [tuple(one.values()) for one in told.get("proposal", {}).get("looser", ())]
        assert decided == released


def test_a_value_looser_than_law_is_told_with_what_it_breaks_and_whether_it_was_so_before(module, run):
    state = _opened(run)
    state["in_force"] = [[] for _ in state["ids"]]
    place = state["ids"].index("energy")
    value = state["judged"]["thresholds"][0][place]
    state["in_force"][place] = [{"name": ["某限值", "A limit"], "limits": [value, None, None]}]
    told = module.evaluate(
        """async (given) => { document.body.replaceChildren();
        m.default.render({model: {get: () => given}, el: document.body});
        const read = () => [...document.querySelectorAll(".law .new")].map((one) => one.textContent);
        const before = read(), box = document.querySelector("[type=number]");
        box.value = Number(box.value) * 1.001; box.dispatchEvent(new Event("change")); return [before, read()]; }""",
        state,
    )
    assert told[0] == []
    assert len(told[1]) == 1
    assert "宽于某限值的" in told[1][0]
    assert "is looser than A limit" in told[1][0]


def test_plants_that_move_alike_are_told_in_one_sentence_in_both_languages(page, run):
    _type(page, 0, "370")
    before, after = _judged(run), _judged(run, I=370)
    moved = [one != other for one, other in zip(before, after, strict=True)]
    assert any(moved)
    told = page.locator(".what-if .moves li").all_inner_texts()
    assert all("级" in text and "Level" in text for text in told)
    assert len(told) == len({pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]})


def test_menus_speak_the_language_the_page_shows(page):
    menu = page.locator(".what-if select").last
    page.evaluate("document.documentElement.dataset.language = 'zh'")
    page.wait_for_function(
        "![...document.querySelectorAll('.what-if option')].some((one) => / /.test(one.text.trim()))"
    )
    chinese = menu.locator("option").first.inner_text()
    page.evaluate("document.documentElement.dataset.language = 'en'")
    page.wait_for_function(
        "(text) => document.querySelector('.what-if select option').text !== text", arg=chinese
    )
    assert page.locator(".what-if h3").first.inner_text().strip() == "Whole standard"


def test_the_public_set_has_no_such_page(run):
    assert (run.folder / "internal" / "site" / "what_if.html").is_file()
    assert not list((run.folder / "public").rglob("what_if*"))
    for page in (run.folder / "public" / "site").glob("*.html"):
        assert "instrument-state" not in page.read_text(encoding="utf-8")


def test_a_widget_stands_only_where_somebody_can_drag_it(run, monkeypatch):
    choices = Parameters(system="toy", why="to be dragged")
    member = SimpleNamespace(sample=run.sample, system=run.system, weights=run.weights, parameters=choices)
    standard = SimpleNamespace(member=member, proposal=run.proposal, id="toy")
    for name in ("JPY_SESSION_NAME", "VOILA_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert what_if_widget(standard) is None
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/what_if.ipynb")
    widget = what_if_widget(standard)
    assert widget.state["judged"]["cuts"][0] == ["85", "1"]
    assert pd.Series(widget.state["plants"]).tolist() == list(run.sample.plants)
    assert "export default" in widget._esm
