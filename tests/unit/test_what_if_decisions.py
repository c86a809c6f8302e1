"""The module of the instrument decides as the package, to the last plant, at the cut and after a changed weight."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from test_evidence_browser import CHROMIUM, QUIET, playwright
from test_what_if_page import LOADED

from methodology.evaluation.decision import decide
from methodology.evaluation.level_arrays import level_inputs
from methodology.evidence import what_if
from methodology.evidence.what_if import judged_state
from methodology.evidence.what_if.widget import WhatIf

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
