"""Weights as whole numbers, sweeps and ranges of inputs at fault, and confidence at central weights."""

from __future__ import annotations

import numpy as np
import pytest

from methodology.errors import DataError, MethodError
from methodology.evaluation.decision import Rule, decide
from methodology.evaluation.level_arrays import level_inputs
from methodology.sensitivity import simulate_levels, weight_stability
from methodology.sensitivity.simulation import level_confidence
from methodology.sensitivity.tipping import cut_sweep, threshold_tipping


def test_weights_too_fine_for_float64_are_decided_as_their_fractions_are():
    rng = np.random.default_rng(1)
    for seed in range(20):
        weights = rng.dirichlet(np.ones(12))
        values = np.where(rng.random((40, 12)) < 0.9, 1.0, 9.0)
        given = {"groups": (np.arange(12) // 4).tolist(), "applicable": rng.random((40, 12)) < 0.8}
        inputs = level_inputs(values, [[1, 2, 3]] * 12, weights, **given)
        assert inputs.standing.weights.total.dtype == object
        counts = simulate_levels(values, [[1, 2, 3]] * 12, weights, **given, draws=1, seed=seed).level_counts
        assert counts.argmax(axis=1).tolist() == decide(inputs.standing, inputs.rule).tolist()


def test_a_plant_to_which_nothing_applies_is_named():
    given = {"applicable": np.array([[True], [False]]), "plants": ["P1", "P2"]}
    with pytest.raises(DataError, match=r"(?s)No indicator applies.*'P2'"):
        decide(
            level_inputs([[1.0], [1.0]], [[1, 2, 3]], [1.0], **given).standing,
            Rule((85, 85, 100), "limiting"),
        )


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


def test_every_group_that_weighs_anything_has_a_row_of_its_own():
    inputs = level_inputs(
        [[1.0, 9.0, 1.0]], [[1, 2, 3]] * 3, [0.7, 0.3, 0.0], groups=["energy", "energy", "water"]
    )
    found = weight_stability(inputs)
    assert found["kind"].tolist() == ["indicator", "indicator", "group"]
    assert found["name"].tolist()[-1] == "energy"


def test_a_value_on_plants_that_do_not_differ_may_not_move_at_all():
    """Its distance is 0 although there is no spread to measure it by: a tie at zero is the smallest distance."""
    inputs = level_inputs(
        [[7.0, 1.0], [7.0, 2.0]], [[7, 8, 9], [5, 6, 7]], [0.5, 0.5], indicators=["same", "other"]
    )
    found = threshold_tipping(inputs).set_index(["indicator", "level"])[
        ["tighter_distance", "tighter_spread"]
    ]
    assert found.loc[("same", "I")].tolist() == [0.0, 0.0]
    assert found.loc[("other", "I")].tolist() == pytest.approx([3.0, 3.0 / np.std([1.0, 2.0], ddof=1)])
