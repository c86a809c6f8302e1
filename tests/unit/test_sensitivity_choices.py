"""One choice at a time, one member left out, weights as whole numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from methodology.errors import DataError, MethodError
from methodology.sensitivity import (
    leave_one_out,
    level_confidence,
    level_inputs,
    one_at_a_time,
    simulate_levels,
    smaa,
    tornado,
    weight_stability,
)
from methodology.sensitivity.sweeps import cut_sweep
from methodology.sensitivity.whole import whole_weights, written

CHOICES = {"thresholds.method": ["attainment", "lognormal"], "evaluation.cut": [80, 85, 90]}


def run(changed):
    cut = changed.get("evaluation.cut", 85)
    shift = 3 if changed.get("thresholds.method") == "lognormal" else 0
    return {"share_I": 100 - cut + shift, "changed": float(shift)}


def test_every_alternative_is_run_alone_and_compared_with_the_run_itself():
    table = one_at_a_time(run, CHOICES)
    assert len(table) == 10
    row = table.query("alternative == 90 and output == 'share_I'").iloc[0]
    assert row[["factor", "base", "value", "change"]].tolist() == ["evaluation.cut", 15.0, 10.0, -5.0]


def test_an_alternative_that_is_the_run_itself_changes_exactly_nothing():
    table = one_at_a_time(run, {"thresholds.method": ["attainment", "attainment"]})
    assert (table["change"] == 0).all()


def test_a_tornado_puts_the_widest_span_of_each_output_first():
    table = tornado(run, CHOICES)
    first = table[table["output"] == "share_I"]
    assert first["factor"].tolist() == ["evaluation.cut", "thresholds.method"]
    assert first.iloc[0][["low", "high", "at_low", "at_high", "base", "span"]].tolist() == [
        "90",
        "80",
        10,
        20,
        15,
        5,
    ]
    assert table[table["output"] == "changed"]["factor"].tolist() == ["thresholds.method", "evaluation.cut"]


def test_a_single_number_is_an_output_without_a_name():
    assert tornado(lambda changed: changed.get("a", 0.0), {"a": [1.0]})["output"].tolist() == [""]


def test_a_result_that_is_no_number_is_refused_with_its_place():
    with pytest.raises(MethodError, match="a = 2 gives nan for output 'x'"):
        one_at_a_time(lambda changed: {"x": np.nan if changed else 1.0}, {"a": [2]})


def test_outputs_that_differ_between_alternatives_are_refused():
    with pytest.raises(MethodError, match="'y' is not in both"):
        one_at_a_time(lambda changed: {"y": 1.0, "x": 1.0} if changed else {"x": 1.0}, {"a": [2]})


def test_leaving_one_plant_out_shows_whom_the_result_hangs_on():
    values = {"P1": 10.0, "P2": 11.0, "P3": 40.0}

    def mean(kept):
        return pd.Series({"mean": np.mean([values[name] for name in kept])})

    table = leave_one_out(mean, values)
    assert table["plant"].tolist() == ["P3", "P1", "P2"]
    assert table.loc[0, "change"] == pytest.approx(10.5 - 61 / 3)


def test_leaving_one_out_of_one_is_refused():
    with pytest.raises(MethodError, match="out of 1 leaves nobody"):
        leave_one_out(len, ["E1"], kind="expert")


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


def test_ties_share_the_better_rank():
    result = smaa([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]], draws=50, seed=1)
    assert result.rank_acceptability.tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"utilities": [[np.nan]]}, "not a finite table"),
        ({"weights": [1.0]}, "[1.0]"),
        ({"noise": -1.0}, "-1.0"),
    ],
)
def test_acceptability_of_unusable_tables_is_refused(changes, says):
    with pytest.raises(DataError) as caught:
        smaa(**{"utilities": [[1.0, 2.0]], "draws": 5, "seed": 1, **changes})
    assert says in str(caught.value)
