"""A value that moves with a covariate, beyond the evaluation: simulation, what-if and the text of the standard."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from browsers import CHROMIUM, QUIET, playwright
from shipped import ROOT
from test_what_if_page import LOADED

from methodology import chain
from methodology.chain.robustness import Disturbance, simulate_chain
from methodology.documents.clauses import Clause
from methodology.documents.correction_clauses import correction_clauses
from methodology.evaluation import evaluate, level_basis
from methodology.evidence.what_if import judged_state
from methodology.evidence.what_if.widget import WhatIf
from methodology.parameters import Footing, Project
from methodology.sample import correct, read_sample
from methodology.series.reading import read_member

NAMES = ["converter_steelmaking", "electric_steelmaking"]
CODES = {"I": 0, "II": 1, "III": 2, "none": 3}


@pytest.fixture(scope="module", params=NAMES)
def run(request):
    """A shipped run, its values, and the level of each plant by hand: reports against the plant's own values."""
    project = Project.around(ROOT)
    member, plain = read_member(project, request.param), project.system(request.param)
    choices, footing = member.parameters.thresholds, Footing.of(member.parameters, folds=0)
    table = chain.calibrate(member.sample, member.system, member.weights, choices, footing=footing)
    reported = correct(read_sample(project.sample_folder(request.param), plain), plain).sample
    rule = member.parameters.evaluation
    levels = {}
    for plant in reported.plants:
        own = table.copy()
        for curve in member.system.calibrated:
            x = chain.covariates.covariate_of(reported, plain, curve.attribute)[plant]
            moved = own["indicator"] == curve.target[0]
            own.loc[moved, "value"] += np.round(np.interp(x, *zip(*curve.points, strict=True)), 6)
        own["value"] = own["value"].round(9)
        judged = reported.take(pd.Index([plant]))
        found = evaluate(judged, plain, own, member.weights, level_one=rule.level_one, cut=rule.cut)
        levels[plant] = str(found["level"].iloc[0])
    return SimpleNamespace(member=member, table=table, levels=levels, rule=rule, choices=choices)


def test_every_plant_has_the_level_of_its_own_values(run):
    found = evaluate(
        *(run.member.sample, run.member.system, run.table, run.member.weights),
        level_one=run.rule.level_one,
        cut=run.rule.cut,
    )
    assert dict(zip(found["plant"], map(str, found["level"]), strict=True)) == run.levels
    assert len(set(run.levels.values())) > 2


def test_a_simulation_in_which_nothing_is_drawn_has_the_same_levels_and_values(run):
    still = Disturbance(draws=3, weight_concentration=0.0, measurement_cv=0.0, resample=False, rounding=False)
    footing = Footing.of(run.member.parameters, folds=0)
    out = simulate_chain(
        *(run.member.sample, run.member.system, run.member.weights, run.choices),
        seed=1,
        disturbance=still,
        footing=footing,
    )
    assert dict(zip(out.plants["plant"], map(str, out.plants["level"]), strict=True)) == run.levels
    assert (out.plants["p_change"] == 0).all()
    drawn = out.thresholds.set_index(["indicator", "level"])
    moved = [curve.target[0] for curve in run.member.system.calibrated]
    for row in run.table[run.table["indicator"].isin(moved)].itertuples():
        assert drawn.loc[(row.indicator, row.level), ["p05", "p95"]].tolist() == [row.value] * 2


def test_noise_moves_values_that_move_as_well(run):
    out = simulate_chain(
        *(run.member.sample, run.member.system, run.member.weights, run.choices),
        seed=1,
        disturbance=Disturbance(draws=30, rounding=False),
        footing=Footing.of(run.member.parameters, folds=0),
    )
    drawn = out.thresholds.set_index("indicator")
    assert all(
        (drawn.loc[c.target[0], "p95"] > drawn.loc[c.target[0], "p05"]).any()
        for c in run.member.system.calibrated
    )


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_what_if_opens_on_the_same_levels(run):
    basis = level_basis(
        *(run.member.sample, run.member.system, run.table, run.member.weights),
        level_one=run.rule.level_one,
        cut=run.rule.cut,
    )
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page()
        page.evaluate(LOADED, WhatIf._esm)
        levels = page.evaluate("(state) => m.decide(state).levels", judged_state(basis))
        browser.close()
    assert levels == [CODES[level] for level in run.levels.values()]


def told(clause: Clause) -> str:
    """A formula as one reads it."""
    return "".join(re.findall(r"<m:t[^>]*>([^<]*)</m:t>", clause.math))


PIECE = re.compile(r"(−?[\d.]+)×\(z−([\d.]+)\)，([\d.]+)≤z≤([\d.]+)")


@pytest.mark.parametrize("name", NAMES)
def test_the_standard_prints_each_curve_as_a_formula_that_gives_the_term_of_any_plant(name):
    system = read_member(Project.around(ROOT), name).system
    curves = {curve.target[0]: curve for curve in system.calibrated}
    clauses = correction_clauses(SimpleNamespace(system=system), curves)
    formulas = {clause.name: clause for clause in clauses if clause.kind == "formula"}
    assert len(formulas) == len([clause for clause in clauses if clause.kind == "formula"])
    for target, curve in curves.items():
        text = told(formulas[f"term_{curve.id}_{target}"])
        pieces = [[float(number.replace("−", "-")) for number in found] for found in PIECE.findall(text)]
        assert len(pieces) == len(curve.points) - 1, text
        for slope, at, left, right in pieces:
            for x in np.linspace(left, right, 5):
                assert slope * (x - at) == pytest.approx(np.interp(x, *zip(*curve.points, strict=True)))
        where = [str(part) for clause in clauses if clause.kind == "where" for part in clause.pieces]
        ends = f"取值范围{curve.points[0][0]:g}～{curve.points[-1][0]:g}，超出范围的取端点值"
        assert any(ends in part for part in where)
