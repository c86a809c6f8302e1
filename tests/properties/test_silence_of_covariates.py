"""What a plant gains by saying less about a value that moves with a covariate: nothing, at any covariate."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shipped import ROOT
from test_chain_properties import cells, standard
from test_silence import RUN, TARGETS, room

from methodology import chain
from methodology.chain.common_share import common_shares
from methodology.chain.joint import read_targets
from methodology.chain.sorted_sample import spread_on
from methodology.errors import DataError
from methodology.indicators import CellState, as_sample
from methodology.parameters import Footing, Project
from methodology.parameters.model import Covariate, SampleChoices
from methodology.sample import correct, read_sample
from methodology.series.reading import read_member
from methodology.thresholds.covariate import added_at, covariate_curve

SHARES = {"I": 0.05, "II": 0.2, "III": 0.5}
PLACES = {"linear": ((0.0, 28.0), 12.0), "piecewise": ((0.0, 8.0, 16.0, 28.0), 12.0)}
ALONG = np.linspace(-5.0, 105.0, 331)
"""Covariates that plants have, those between, the knots, and some beyond both ends."""


def calibrated(system, raw, choices, footing, weights, targets, near=None):
    """The system with its curves, the sorted plants and the answer, all the way from what plants report."""
    moving = chain.with_covariates(system, raw, choices)
    spread = spread_on(correct(raw, moving).sample, moving, weights, footing)
    return moving, spread, common_shares(spread, targets, near=near)


def along(system, answer):
    """Values of all levels at every covariate on the merit scale, shape (3, n_indicators, n_covariates)."""
    added = np.zeros((len(system.ids), len(ALONG)))
    for curve in system.calibrated:
        place = system.ids.index(curve.target[0])
        added[place] = system[curve.target[0]].sign * added_at(curve.points, ALONG)
    return answer.limits[:, :, None] + added


def blank(sample, plant, name):
    """The same plants, one of them saying nothing in one cell or attribute."""
    if name not in sample.values:
        column = sample.attributes[name].astype(object)
        column[plant] = ""
        return replace(sample, attributes=sample.attributes.assign(**{name: column}))
    values, states = sample.values.copy(), sample.states.copy()
    values.loc[plant, name], states.loc[plant, name] = np.nan, CellState.NOT_REPORTED
    return replace(sample, values=values, states=states)


def touching(system, choices):
    """Indicators and attributes that a curve is fitted on, corrections of its indicator included."""
    moved = [item.indicator for item in choices.covariates]
    read = [name for c in system.corrections if set(c.target) & set(moved) for name in c.attributes]
    return {*moved, *(item.by for item in choices.covariates), *read}


@pytest.mark.parametrize("name", ["converter_steelmaking", "electric_steelmaking"])
def test_no_blank_of_a_shipped_sample_loosens_a_value_at_any_covariate(name):
    project = Project.around(ROOT)
    member, plain = read_member(project, name), project.system(name)
    raw, choices = read_sample(project.sample_folder(name), plain), member.parameters.sample
    footing = Footing.of(member.parameters, population=member.population, folds=0)
    setting = choices, footing, member.weights, read_targets(member.parameters.thresholds.shares)
    system, _, whole = calibrated(plain, raw, *setting)
    told, names = along(system, whole), touching(plain, choices)
    others = [name for name in plain.ids if name not in names]
    blanks = [(plant, name) for name in sorted(names) for plant in raw.plants]
    blanks += [(plant, others[k % len(others)]) for k, plant in enumerate(raw.plants)]
    stated = [
        (plant, name)
        for plant, name in blanks
        if name in raw.attributes or raw.states.loc[plant, name] <= CellState.BELOW_LIMIT
    ]
    assert len(stated) >= 59 + 28
    assert system.calibrated
    looser, curves = [], set()
    for plant, name in stated:
        less, _, answer = calibrated(plain, blank(raw, plant, name), *setting, near=whole)
        curves.add(str(less.calibrated))
        if (along(less, answer) > told + 1e-9).any():
            looser.append((plant, name))
    assert looser == []
    assert len(curves) > 10  # they do move, to the strict side


def moving(seed, n):
    """A standard whose first value moves with attribute x, and plants of which some are silent."""
    rng = np.random.default_rng(seed)
    system = standard(rng, [f"i{k}" for k in range(int(rng.integers(2, 5)))])
    table = cells(rng, system, n)
    x = rng.uniform(-2.0, 30.0, n)
    slope = rng.uniform(1.0, 4.0) * rng.choice([-1, 1])
    figures = 200 + slope * np.clip(x, *PLACES["linear"][0]) + 15 * rng.standard_normal(n)
    table[system.ids[0]], table["x"] = figures.astype(object), x.astype(object)
    for column in (system.ids[0], "x"):
        table.loc[table.index[rng.random(n) < 0.04], column] = ""
    return rng, system, as_sample(table, system)


def stated_cell(rng, sample, system):
    """One cell that says something: the first value's, its covariate's, or another's."""
    name = str(rng.choice([system.ids[0], "x", *system.ids[1:]]))
    column = sample.attributes[name] if name == "x" else sample.values[name]
    told = [plant for plant in sample.plants if str(column[plant]) not in ("", "nan")]
    return str(rng.choice(told)) if told else None, name


@pytest.mark.parametrize("form", PLACES)
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32), n=st.integers(20, 45), minimum=st.sampled_from([1, 3]))
def test_one_cell_reported_less_loosens_no_value_at_any_covariate(form, seed, n, minimum):
    rng, system, sample = moving(seed, n * len(PLACES[form][0]) // 2)
    knots, reference = PLACES[form]
    item = Covariate(indicator=system.ids[0], by="x", form=form, knots=knots, reference=reference)
    footing, choices = RUN.changed(minimum=minimum), SampleChoices(covariates=(item,))
    setting = choices, footing, system.weights, read_targets(TARGETS)
    for _ in range(3):
        plant, name = stated_cell(rng, sample, system)
        assume(plant is not None)
        less = blank(sample, plant, name)
        try:
            before, after = (calibrated(system, one, *setting) for one in (sample, less))
        except DataError:  # too little is said for any value
            return
        shares = ([found.share for found in each[2].levels] for each in (before, after))
        assert all(now <= was for was, now in zip(*shares, strict=True))
        looser = along(after[0], after[2]) > along(before[0], before[2]) + 1e-9
        for row in range(3):
            if room(after[1], row, after[2].levels[row].share):
                assert not looser[row][after[1].free].any()
        sample = less


@pytest.mark.parametrize("form", PLACES)
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32), n=st.integers(24, 45), better=st.sampled_from(["lower", "higher"]))
def test_a_curve_of_plants_that_say_less_leaves_every_curve_of_theirs_possible(form, seed, n, better):
    rng, n = np.random.default_rng(seed), n * len(PLACES[form][0]) // 2
    x = rng.uniform(0.0, 28.0, n)
    y = 200 + rng.uniform(-4, 4) * x + 15 * rng.standard_normal(n)
    sign = 1.0 if better == "lower" else -1.0
    strict, loose = np.inf, -np.inf
    for _ in range(4):
        try:
            curve = covariate_curve(y, x, SHARES, better=better, form=form, places=PLACES[form])
        except DataError:
            return
        added = [sign * added_at(points, ALONG) for points in (curve.points, curve.loosest or curve.points)]
        assert (added[0] <= added[1] + 1e-9).all()
        assert (added[0] <= strict + 1e-9).all()
        assert (added[1] >= loose - 1e-9).all()
        strict, loose = added
        (y if rng.random() < 0.5 else x)[rng.integers(n)] = np.nan


@pytest.mark.parametrize("form", PLACES)
def test_where_everybody_speaks_one_curve_is_left(form):
    rng = np.random.default_rng(4)
    x = rng.uniform(0.0, 28.0, 40)
    curve = covariate_curve(240 - 3 * x + 12 * rng.standard_normal(40), x, SHARES, form=form)
    assert curve.loosest == ()


def test_who_states_the_covariate_does_not_decide_where_the_curve_ends():
    _, system, sample = moving(3, 30)
    sample = blank(sample, sample.plants[0], "x")
    choices = SampleChoices(covariates=(Covariate(indicator=system.ids[0], by="x"),))
    with pytest.raises(DataError, match=r"do not state 'x'.*knots: \[.*\], reference: ") as fault:
        chain.with_covariates(system, sample, choices)
    assert "loosen values by saying less" in str(fault.value)
