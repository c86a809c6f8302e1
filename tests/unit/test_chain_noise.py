"""Noise on the levels of plants: relative to the value, but never nothing where an indicator changes its sign."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from weighed_runs import weighed

from methodology import chain, tables
from methodology.chain import robustness
from methodology.errors import DataError
from methodology.evaluation import level_basis
from methodology.evaluation.level_arrays import level_inputs
from methodology.indicators import LEVELS
from methodology.parameters.model import SensitivityChoices
from methodology.sensitivity import simulate_levels
from methodology.sensitivity.sizes import magnitudes

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
    """Recovered energy makes some converters negative: an error relative to 0 itself would be none (A-54)."""
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


def noise_of(values, thresholds, better, cv=0.05):
    ids = ["process_energy"]
    basis = level_inputs(values, thresholds, [1.0], better=[better], indicators=ids)
    system = type("System", (), {"indicators": [weighed("ironmaking").system["process_energy"]]})()
    return robustness.noise_in_spreads(basis, system, SensitivityChoices(threshold_cv=cv)).iloc[0]


def test_noise_is_told_in_the_unit_and_in_spreads_between_plants():
    row = noise_of([[90.0], [100.0], [110.0]], [[90, 100, 110]], "lower")
    assert (row["between"], row["threshold"], row["threshold_spread"]) == pytest.approx((10.0, 5.0, 0.5))
    assert (row["measurement"], row["measurement_spread"]) == pytest.approx((3.0, 0.3))
    below_zero = noise_of([[-30.0], [-10.0], [20.0]], [[-30, -10, 20]], "lower")
    assert below_zero["threshold"] == pytest.approx(0.05 * 20)
    assert noise_of([[80.0], [90.0], [100.0]], [[100, 90, 80]], "higher")["threshold"] == pytest.approx(4.5)


def test_the_same_per_cent_is_small_for_one_indicator_and_large_for_another():
    own = weighed("ironmaking")
    how = {"promise": "marginal", "folds": 0}
    table = chain.calibrate(own.sample, own.system, own.weights.published, own.run.thresholds, **how)
    basis = level_basis(own.sample, own.system, table, own.weights.published)
    noise = robustness.noise_in_spreads(basis, own.system, SensitivityChoices())
    spread = noise.set_index("indicator")["threshold_spread"]
    assert spread["slag_utilisation"] > 4
    assert spread["stove_nox"] < 0.1
    shown = tables.noise_overview(noise, own.system, most=4)
    assert len(shown) == 4
    assert shown.index[0].startswith("Blast-furnace slag utilisation")
    assert any("of 17" in line for line in shown.legend)


def test_an_error_refers_to_the_mean_magnitude_where_a_value_is_negative_and_to_each_value_elsewhere():
    values = np.array([[-3.0, 1.0, np.nan, -0.1], [1.0, 2.0, np.nan, -4.9], [np.nan, 5.0, np.nan, np.nan]])
    sizes = magnitudes(values)
    assert sizes[[0, 3]].tolist() == [2.0, 2.5]
    assert np.isnan(sizes[[1, 2]]).all()
