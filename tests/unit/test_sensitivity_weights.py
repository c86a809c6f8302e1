"""Weights as whole numbers, sweeps and ranges of inputs at fault, and confidence at central weights."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from methodology.errors import DataError, MethodError
from methodology.evaluation.written_weights import whole_weights, written
from methodology.sensitivity import (
    level_confidence,
    level_inputs,
    simulate_levels,
    weight_stability,
)
from methodology.sensitivity.sweeps import cut_sweep


@pytest.mark.parametrize(
    ("number", "exact"),
    [
        (0.1 * 0.7, Fraction(7, 100)),
        (0.85, Fraction(17, 20)),
        (1 / 3, Fraction(1, 3)),
        (51 / 60, Fraction(17, 20)),
        (0.0, Fraction(0)),
        (0.123456789012, Fraction(123456789012, 10**12)),
    ],
)
def test_a_weight_is_read_as_its_author_wrote_it(number, exact):
    assert written(number) == exact


def test_weights_too_fine_for_whole_numbers_keep_their_order_and_their_sum():
    weights = np.random.default_rng(1).dirichlet(np.ones(12))
    whole = whole_weights(weights, np.arange(12) // 4, np.ones((1, 12), bool))
    np.testing.assert_allclose(whole.parts[0] / whole.total[0], weights, rtol=1e-12)
    assert whole.slack[0] > 0


def test_a_plant_to_which_nothing_applies_is_named():
    with pytest.raises(DataError, match="1 of 2 plants \\(rows 1\\)"):
        whole_weights(np.array([1.0]), np.array([0]), np.array([[True], [False]]))


def test_a_weight_exactly_at_the_cut_has_no_room_downwards():
    inputs = level_inputs([[1.0, 9.0]], [[1, 2, 3]] * 2, [0.85, 0.15], plants=["P7"], indicators=["a", "b"])
    row = weight_stability(inputs).set_index("name").loc["a"]
    assert row[["lower", "upper"]].tolist() == pytest.approx([0.85, 1.0])
    assert row[["lower_plant", "lower_change"]].tolist() == ["P7", "I -> none"]


def test_names_that_do_not_fit_are_refused():
    with pytest.raises(DataError, match="`plants` has 2 names for 1 plants"):
        level_inputs([[1.0]], [[1, 2, 3]], [1.0], plants=["a", "b"])


def test_a_sweep_of_no_cut_is_refused():
    with pytest.raises(MethodError, match="empty"):
        cut_sweep(level_inputs([[1.0]], [[1, 2, 3]], [1.0]), [])


def test_a_level_reached_only_by_its_central_weights_has_full_confidence_without_noise():
    values, limits = [[1.0, 9.0]], [[1, 2, 3]] * 2
    simulation = simulate_levels(
        values, limits, [0.5, 0.5], draws=4000, weight_concentration=2, seed=1, central_weights=True
    )
    inputs = level_inputs(values, limits, [0.5, 0.5], plants=["P1"])
    table = level_confidence(inputs, simulation, draws=100, seed=1)
    assert table.loc["P1", ["I", "none"]].tolist() == [1.0, 1.0]
    assert table.loc["P1", ["II", "III"]].isna().all()


def test_confidence_needs_central_weights():
    simulation = simulate_levels([[1.0]], [[1, 2, 3]], [1.0], draws=2, seed=1)
    with pytest.raises(MethodError, match="central_weights=True"):
        level_confidence(level_inputs([[1.0]], [[1, 2, 3]], [1.0]), simulation, draws=2, seed=1)
