"""What an outsider may hand over: every argument is either used as documented or refused with its name and value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import cauchy, gamma, norm, randint, uniform

from methodology.errors import DataError, MethodError
from methodology.evaluation.decision import decide
from methodology.evaluation.level_arrays import level_inputs
from methodology.sensitivity import (
    cut_sweep,
    shapley_effects,
    simulate_levels,
    sobol_indices,
)

TWO = {"a": uniform(), "b": uniform()}
METHODS = [sobol_indices, shapley_effects]
VALUES, LADDERS, WEIGHTS = [[10.0, 10.0], [15.0, 25.0]], [[10, 20, 30], [10, 20, 30]], [0.5, 0.5]


def rare(x: np.ndarray) -> np.ndarray:
    """1 in one draw of fifty: many resamples hold no such draw."""
    return (x[:, 0] > 0.98).astype(float)


def counted(**changes: object) -> list[list[int]]:
    given: dict = {
        "values": VALUES, "thresholds": LADDERS, "weights": WEIGHTS, "better": "lower", "groups": None,
        "limiting": None, "draws": 10, "weight_concentration": None, "threshold_cv": 0.0, "seed": 1, **changes,
    }  # fmt: skip
    return simulate_levels(**given).level_counts.tolist()


@pytest.mark.parametrize("factors", [TWO, {f"f{i}": uniform() for i in range(9)}])
@pytest.mark.parametrize("method", METHODS)
def test_an_output_that_hardly_ever_moves_has_finite_intervals_and_no_warning(method, factors):
    table = method(rare, factors, n=64, seed=1)
    assert np.isfinite(table.to_numpy()).all()
    assert table.iloc[0, 0] == pytest.approx(1, abs=0.5)
    assert (table.iloc[1:] == 0).all().all()


@pytest.mark.parametrize("outputs", [1, 2])
def test_a_resample_without_variance_counts_as_zero_in_the_interval(outputs):
    """Two draws, one of which is resampled twice in half of the cases."""

    def model(x: np.ndarray) -> np.ndarray:
        return np.tile((x[:, 0] > 0.5).astype(float)[:, None], (1, outputs))

    for seed in range(5):
        table = shapley_effects(model, {"a": uniform()}, n=2, seed=seed, outputs=list("xy")[:outputs])
        assert np.isfinite(table.to_numpy()).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("factor", [1e300, 1e-300, -1e-170, 1e160])
def test_the_magnitude_of_an_output_is_irrelevant(method, factor):
    plain = method(lambda x: x @ [3.0, 4.0], TWO, n=64, seed=1)
    scaled = method(lambda x: factor * (x @ [3.0, 4.0]), TWO, n=64, seed=1)
    np.testing.assert_allclose(scaled, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_an_output_from_end_to_end_of_the_floats_is_shared_without_a_warning(method):
    table = method(lambda x: np.where(x[:, 0] > 0.5, 1.7e308, -1.7e308), TWO, n=64, seed=1)
    np.testing.assert_allclose(table.loc["a"].iloc[0], 1, atol=0.05)
    assert (table.loc["b"] == 0).all()


@pytest.mark.parametrize(
    "model",
    [
        lambda x: x[:, 0] > 0.5,
        lambda x: (10 * x[:, 0]).astype(int),
        lambda x: x[:, :1],
        lambda x: x[:, 0].tolist(),
        lambda x: pd.Series(x[:, 0]),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_truths_whole_numbers_columns_lists_and_series_are_outputs(method, model):
    table = method(model, TWO, n=32, seed=1)
    assert table.loc["a"].iloc[0] > 0.5
    assert (table.loc["b"] == 0).all()


@pytest.mark.parametrize("law", [norm, cauchy(), randint(0, 3)])
def test_any_distribution_that_needs_no_more_parameters_is_a_factor(law):
    table = sobol_indices(lambda x: np.tanh(x[:, 0]), {"a": law, "b": uniform()}, n=64, seed=1)
    assert table.loc["a", "total"] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"factors": ["a", "b"]}, "`factors` is a list"),
        ({"factors": {1: uniform(), "1": uniform()}}, "read alike"),
        ({"factors": {"a": gamma}}, "'a' gives no values"),
        ({"factors": {"a": None}}, "'a' is a NoneType"),
        ({"model": 3}, "`model` is a int"),
        ({"model": lambda x: x[:, 0] * 1j}, "complex"),
        ({"model": lambda x: ["high"] * len(x)}, "no array of numbers"),
        ({"model": lambda x: x[:-1, 0]}, "shape (7,) for 8 draws"),
        ({"model": lambda x: x[:, :1].T}, "shape (1, 8) for 8 draws"),
        ({"model": lambda x: np.array([None] * len(x))}, "draw 0 of 8"),
        ({"n": None}, "`n` is None"),
        ({"n": float("nan")}, "`n` is nan"),
        ({"n": float("inf")}, "`n` is inf"),
        ({"n": "8"}, "`n` is '8'"),
        ({"n": 1}, "at least 2"),
        ({"n": True}, "`n` is True"),
        ({"seed": None}, "`seed` is None"),
        ({"seed": -1}, "`seed` is -1"),
        ({"seed": 1.5}, "`seed` is 1.5"),
        ({"seed": "today"}, "`seed` is 'today'"),
        ({"seed": np.random.RandomState(1)}, "`seed` is RandomState"),
        ({"resamples": None}, "`resamples` is None"),
        ({"resamples": 2.5}, "`resamples` is 2.5"),
        ({"confidence": "high"}, "`confidence` is 'high'"),
        ({"confidence": 1}, "`confidence` is 1"),
        ({"confidence": 0}, "`confidence` is 0"),
        ({"confidence": float("nan")}, "`confidence` is nan"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_a_request_of_the_wrong_kind_is_refused_by_name(method, changes, says):
    given = {"model": lambda x: x[:, 0], "factors": TWO, "n": 8, "seed": 1, **changes}
    with pytest.raises(MethodError) as caught:
        method(given.pop("model"), given.pop("factors"), **given)
    assert says in str(caught.value)


@pytest.mark.parametrize("outputs", [[], ["a", "a"], "ab"])
@pytest.mark.parametrize("method", METHODS)
def test_outputs_need_names_of_their_own(method, outputs):
    with pytest.raises(MethodError, match="`outputs` is"):
        method(lambda x: x, TWO, n=8, seed=1, outputs=outputs)


@pytest.mark.parametrize("method", METHODS)
def test_a_sequence_of_seeds_and_a_generator_are_seeds(method):
    def run(seed: object) -> pd.DataFrame:
        return method(lambda x: x[:, 0] + x[:, 1] ** 2, TWO, n=16, seed=seed)

    pd.testing.assert_frame_equal(run(5), run(np.random.SeedSequence(5)), check_exact=True)
    pd.testing.assert_frame_equal(
        run(np.random.default_rng(5)), run(np.random.default_rng(5)), check_exact=True
    )
    rng = np.random.default_rng(5)
    assert not run(rng).equals(run(rng))


@pytest.mark.parametrize(
    "changes",
    [
        {"values": np.array(VALUES)},
        {"values": pd.DataFrame(VALUES, columns=["b", "a"])},
        {"values": [[10, 10], [15, 25]]},
        {"thresholds": pd.DataFrame(LADDERS, columns=["I", "II", "III"])},
        {"weights": pd.Series(WEIGHTS)},
        {"better": ["lower", "lower"]},
        {"better": np.array(["lower", "lower"])},
        {"groups": ["g", "h"]},
        {"groups": np.array([7, 7])},
        {"limiting": []},
        {"limiting": [False, False]},
        {"draws": 10.0},
        {"draws": np.int64(10)},
        {"weight_concentration": np.inf},
        {"weight_concentration": 1e300},
        {"threshold_cv": None},
        {"threshold_cv": [0, 0]},
        {"threshold_cv": [[0, 0, 0]]},
        {"threshold_cv": np.zeros((2, 3))},
        {"measurement_cv": [0.0, 0.0]},
        {"seed": np.random.SeedSequence(9)},
        {"threads": 3},
        {"level_one": "system"},
        {"cut": 85},
        {"scores": (85, 85, 100)},
        {"applicable": np.ones((2, 2), bool)},
    ],
)
def test_whatever_says_the_same_counts_the_same(changes):
    assert counted(**changes) == counted()


@pytest.mark.parametrize(
    "changes",
    [
        {"values": [[1e308, -1e308], [0.0, 1e-320]]},
        {"values": [[np.inf, 10.0], [np.nan, np.nan]]},
        {"thresholds": [[-1e308, 0, 1e308]] * 2},
        {"thresholds": [[0, 0, 0]] * 2},
        {"thresholds": [[np.nan] * 3] * 2},
        {"threshold_cv": 1e300},
        {"measurement_cv": 1e300},
        {"values": [[1e308, -1e308]] * 2, "measurement_cv": 1e300},
        {"thresholds": [[-1e308, 0, 1e308]] * 2, "threshold_cv": 1e300},
        {"weight_concentration": 0.5},
        {"weights": [1e-300, 1.0]},
    ],
)
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_extreme_numbers_are_counted_without_a_warning(changes, noise):
    found = np.array(counted(**{"threshold_cv": noise, "draws": 500, **changes}))
    assert found.sum(axis=1).tolist() == [500, 500]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"values": "none"}, "`values` is no table of numbers"),
        ({"values": [["a", "b"]]}, "`values` is no table of numbers"),
        ({"values": [[1.0, 2.0], [1.0]]}, "`values` is no table of numbers"),
        ({"values": [[1j, 2.0]]}, "`values` is no table of numbers"),
        ({"values": [[10**400, 2.0]]}, "`values` is no table of numbers"),
        ({"values": [[True, False], [True, True]]}, "`values` is no table of numbers"),
        ({"weights": np.ma.masked_array([0.5, 0.5], [True, False])}, "its weight is nan"),
        ({"values": [1.0, 2.0]}, "`values` has shape (2,)"),
        ({"values": np.zeros((0, 2))}, "0 plants"),
        ({"thresholds": np.transpose(LADDERS)}, "Transpose it"),
        ({"thresholds": [["I", "II", "III"]] * 2}, "`thresholds` is no table of numbers"),
        (
            {"thresholds": [[10, 20, 30], [30, 20, 10]]},
            "level I of 1 (30) is looser than level II (20)",
        ),
        ({"better": "higher"}, "level I of 0 (10) is looser than level II (20)"),
        ({"thresholds": [[30, np.nan, 20], [1, 2, 3]]}, "level I of 0 (30) is looser than level III (20)"),
        ({"weights": "equal"}, "`weights` is no table of numbers"),
        ({"weights": [50, 50]}, "sum to 100"),
        ({"weights": [[0.5, 0.5]]}, "shape (1, 2)"),
        ({"better": None}, "`better` is None"),
        ({"better": "less"}, "'less'"),
        ({"groups": 5}, "`groups` is 5"),
        ({"groups": [[0], [1]]}, "`groups` is [[0], [1]]"),
        ({"limiting": [-1]}, "position -1"),
        ({"limiting": [0.0, 1.0]}, "`limiting` holds float64"),
        ({"limiting": [0, 1]}, "`limiting` is [0, 1]: positions, or a mask in numbers?"),
        ({"limiting": [0, 0]}, "`limiting` is [0, 0]"),
        ({"threshold_cv": "5 %"}, "`threshold_cv` is no table of numbers"),
        ({"threshold_cv": [0.1, 0.1, 0.1]}, "`threshold_cv` has shape (3,)"),
        ({"threshold_cv": float("nan")}, "nan"),
        ({"measurement_cv": [[0.1, 0.1]]}, "`measurement_cv` has shape (1, 2)"),
        ({"applicable": [[1, 0], [1, 1]]}, "`applicable` is int64"),
    ],
)
def test_a_table_at_fault_is_refused_by_name(changes, says):
    with pytest.raises(DataError) as caught:
        counted(**changes)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"draws": None}, "`draws` is None"),
        ({"draws": float("nan")}, "`draws` is nan"),
        ({"draws": "10"}, "`draws` is '10'"),
        ({"draws": [10]}, "`draws` is [10]"),
        ({"draws": -5}, "`draws` is -5"),
        ({"threads": "all"}, "`threads` is 'all'"),
        ({"weight_concentration": "strong"}, "`weight_concentration` is 'strong'"),
        ({"weight_concentration": [1, 2]}, "`weight_concentration` is [1, 2]"),
        ({"weight_concentration": -np.inf}, "-inf"),
        ({"seed": None}, "`seed` is None"),
        ({"seed": -3}, "`seed` is -3"),
        ({"seed": 0.5}, "`seed` is 0.5"),
        ({"cut": "85"}, "`cut` is '85'"),
        ({"cut": float("nan")}, "nan"),
        ({"cut": 0}, "outside (0, 100]"),
        ({"scores": (85, 85)}, "`scores` is (85, 85)"),
        ({"scores": (85, 85, 120)}, "120"),
        ({"scores": "strict"}, "`scores` is 'strict'"),
        ({"scores": (90, 80, 100), "cut": 85}, "give one of them"),
    ],
)
def test_a_choice_at_fault_is_refused_by_name(changes, says):
    with pytest.raises(MethodError) as caught:
        counted(**changes)
    assert says in str(caught.value)


def test_a_masked_value_is_not_reported():
    silent = np.ma.masked_array(VALUES, [[True, False], [False, False]])
    assert counted(values=silent) == counted(values=[[np.nan, 10.0], [15.0, 25.0]])
    assert counted(values=silent)[0] == [0, 0, 0, 10]


@pytest.mark.parametrize("method", METHODS)
def test_a_masked_output_is_no_number(method):
    with pytest.raises(MethodError, match="draw 3 of 8"):
        method(lambda x: np.ma.masked_array(x[:, 0], np.arange(len(x)) == 3), TWO, n=8, seed=1)


def test_scores_of_each_level_may_differ():
    """Weights .5 .3 .2: the plants reach I in one, two and three of them, and III nowhere else."""
    values = [[10, 40, 40], [10, 10, 40], [10, 10, 10]]
    given = {"values": values, "thresholds": [[10, 20, 30]] * 3, "weights": [0.5, 0.3, 0.2]}
    assert counted(**given) == [[0, 0, 0, 10], [0, 0, 0, 10], [10, 0, 0, 0]]
    assert counted(**given, scores=(90, 80, 100)) == [[0, 0, 0, 10], [0, 10, 0, 0], [10, 0, 0, 0]]
    assert counted(**given, scores=(90, 80, 50)) == [[0, 0, 10, 0], [0, 10, 0, 0], [10, 0, 0, 0]]
    assert counted(**given, scores=(50, 50, 50)) == [[10, 0, 0, 0]] * 3


@pytest.mark.parametrize("noise", [{"threshold_cv": 1e-12}, {"weight_concentration": 1e12}])
def test_scores_of_each_level_decide_drawn_cells_too(noise):
    values = [[9, 40, 40], [9, 9, 40], [9, 9, 9]]
    given = {"values": values, "thresholds": [[10, 20, 30]] * 3, "weights": [0.5, 0.3, 0.2], "draws": 3000}
    assert counted(**given, scores=(90, 70, 40), **noise) == [
        [0, 0, 3000, 0],
        [0, 3000, 0, 0],
        [3000, 0, 0, 0],
    ]


def test_a_swept_cut_keeps_the_score_of_level_three():
    inputs = level_inputs([[10.0, 40.0]], LADDERS, [0.6, 0.4], scores=(90, 80, 60))
    assert decide(inputs.standing, inputs.rule).tolist() == [2]
    assert cut_sweep(inputs, [85, 60])[["I", "III"]].to_numpy().tolist() == [[0, 1], [1, 0]]
