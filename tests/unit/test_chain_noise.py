"""Noise on the levels of plants, in standard deviations between them: no zero of a scale and no unit changes it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from test_chain_joint import make_system, plants
from weighed_runs import weighed

from methodology import chain, tables
from methodology.chain import robustness
from methodology.errors import DataError
from methodology.evaluation import level_basis
from methodology.evaluation.level_arrays import level_inputs
from methodology.indicators import LEVELS, Kind
from methodology.parameters.model import SensitivityChoices, ThresholdChoices
from methodology.sensitivity import simulate_levels

CHOICES = SensitivityChoices(draws=4000)


def test_a_value_of_0_has_noise_where_it_is_said_what_the_noise_refers_to():
    given = {"draws": 4000, "seed": 1}
    for noise in ({"threshold_cv": 0.05}, {"measurement_cv": 0.05}):
        still = simulate_levels([[0.0]], [[0, 20, 30]], [1.0], **given, **noise)
        assert still.probabilities.tolist() == [[1, 0, 0, 0]]
        moved = simulate_levels([[0.0]], [[0, 20, 30]], [1.0], **given, **noise, noise_sizes=[40.0])
        np.testing.assert_allclose(moved.probabilities, [[0.5, 0.5, 0, 0]], atol=0.04)


def test_noise_that_refers_to_nothing_else_is_that_of_each_number():
    given = {"draws": 1000, "seed": 1, "threshold_cv": 0.05, "measurement_cv": 0.03}
    plain = simulate_levels([[10.0, 4.0]], [[10, 20, 30], [4, 5, 6]], [0.5, 0.5], **given)
    same = simulate_levels(
        [[10.0, 4.0]], [[10, 20, 30], [4, 5, 6]], [0.5, 0.5], **given, noise_sizes=[np.nan, np.nan]
    )
    assert (plain.level_counts == same.level_counts).all()


@pytest.mark.parametrize("sizes", [[-1.0], [np.inf], [1.0, 2.0], ["x"]])
def test_sizes_of_noise_that_cannot_be_are_refused(sizes):
    with pytest.raises(DataError, match="noise_sizes"):
        simulate_levels([[0.0]], [[0, 20, 30]], [1.0], draws=10, seed=1, noise_sizes=sizes)


def test_the_level_of_a_converter_that_needs_0_and_has_0_is_as_uncertain_as_any():
    """Recovered energy makes some converters negative: an error relative to 0 itself would be none (A-58)."""
    own = weighed("converter_steelmaking")
    plant = own.sample.values["process_energy"].idxmin()
    values = own.sample.values.copy()
    values.loc[plant, "process_energy"] = 0.0
    sample = replace(own.sample, values=values)
    how = {"promise": "marginal", "folds": 0}
    table = chain.calibrate(sample, own.system, own.weights.published, own.run.thresholds, **how)
    energy = table["indicator"] == "process_energy"
    for level, value in zip(map(str, LEVELS), (-1000.0, -900.0, 0.0), strict=True):
        table.loc[energy & (table["level"] == level), "value"] = value
    weights = own.weights.published.assign(weight=0.0, local_weight=0.0)
    weights.loc[weights["indicator"] == "process_energy", ["weight", "local_weight"]] = 1.0
    basis = level_basis(sample, own.system, table, weights)
    counts = robustness.level_draws(basis, own.system, CHOICES, seed=5, threads=1)
    assert counts.loc[plant, "III"] / CHOICES.draws == pytest.approx(0.5, abs=0.04)
    assert counts.loc[plant, "III"] + counts.loc[plant, "none"] == CHOICES.draws


SYSTEM = SimpleNamespace(indicators=[weighed("ironmaking").system["process_energy"]])
VALUES, LEVELS_ASKED = np.array([[80.0], [90], [96], [104], [120], [150]]), np.array([[86.0, 100, 118]])


def drawn(values, asked, better, **noise):
    basis = level_inputs(values, asked, [1.0], better=[better], indicators=["process_energy"])
    choices = SensitivityChoices(draws=2000, weight_concentration=1e9, **noise)
    return robustness.level_draws(basis, SYSTEM, choices, seed=3, threads=1).to_numpy()


@pytest.mark.parametrize("noise", [{"measurement_cv": 0.0}, {"threshold_cv": 0.0}, {}])
@pytest.mark.parametrize(
    ("factor", "zero"), [(1.0, 256.0), (1024.0, 0.0), (1.0, -100.0), (-1.0, 0.0), (-1.0, 128.0)]
)
def test_no_other_unit_zero_or_direction_of_a_scale_changes_how_sure_a_level_is(noise, factor, zero):
    """A temperature in K or °C, a loss or a utilisation: the same plants, and the same noise beside them."""
    one = drawn(VALUES, LEVELS_ASKED, "lower", **noise)
    other = drawn(
        factor * VALUES + zero, factor * LEVELS_ASKED + zero, "lower" if factor > 0 else "higher", **noise
    )
    assert 0 < one[:, 3].sum() < one.sum()
    np.testing.assert_allclose(other, one, atol=3)


def test_the_noise_is_the_stated_multiple_of_what_tells_plants_apart():
    values = np.array([[90.0], [100], [110]])
    found = drawn(values, [[90.0, 100, 100 + 10 * 0.5]], "lower", threshold_cv=0.5, measurement_cv=0.0)
    assert found[1, 3] / 2000 == pytest.approx(norm.cdf([2, 0, -1]).prod(), abs=0.02)
    still = drawn(np.full((3, 1), 7.0), [[7.0, 8, 9]], "lower")
    assert still.tolist() == [[2000, 0, 0, 0]] * 3


@pytest.mark.parametrize("zero", [256.0, -64.0])
def test_another_zero_changes_no_repetition_of_the_chain(zero):
    system = make_system("ab")
    cells = plants(n=16, names="ab", seed=2).round(2)
    drawn = robustness.Disturbance(draws=30, rounding=False)
    choices = ThresholdChoices(promise="marginal", share_I=0.2, share_II=0.5, share_III=0.8)
    one, other = (
        robustness.simulate_chain(table, system, system.weights, choices, seed=1, disturbance=drawn)
        for table in (cells, cells + zero)
    )
    assert one.plants["p_change"].sum() > 0
    pd.testing.assert_frame_equal(one.plants, other.plants)
    np.testing.assert_allclose(one.thresholds["sd"], other.thresholds["sd"], rtol=1e-6)


def test_noise_is_told_in_the_unit_of_every_measured_indicator():
    own = weighed("ironmaking")
    how = {"promise": "marginal", "folds": 0}
    table = chain.calibrate(own.sample, own.system, own.weights.published, own.run.thresholds, **how)
    basis = level_basis(own.sample, own.system, table, own.weights.published)
    choices = SensitivityChoices(threshold_cv=0.5, measurement_cv=0.2)
    noise = robustness.noise_in_units(basis, own.system, choices).set_index("indicator")
    assert list(noise.index) == [item.id for item in own.system.indicators if item.kind is Kind.QUANTITATIVE]
    spread = own.sample.values["slag_utilisation"].std(ddof=1)
    assert noise.loc["slag_utilisation"].tolist() == pytest.approx([spread, spread / 2, spread / 5])
    shown = tables.noise_overview(noise.reset_index(), own.system)
    assert len(shown) == len(noise)
    assert any("wherever its scale begins" in line for line in shown.legend)
