"""Indices of models: exact zeros, refusals, groups, several outputs, the same bits from the same seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma, norm, randint, rv_discrete, uniform

from methodology.errors import MethodError
from methodology.sensitivity import shapley_effects, sobol_indices

TWO = {"a": uniform(), "b": uniform()}
METHODS = [sobol_indices, shapley_effects]


def numbers(table: pd.DataFrame, factor: str) -> list[float]:
    return table.loc[factor].tolist()


def test_an_additive_model_splits_the_variance_by_squared_coefficients():
    table = sobol_indices(lambda x: x @ [3.0, 4.0], TWO, n=2048, seed=1)
    np.testing.assert_allclose(table["first"], [0.36, 0.64], atol=0.005)
    np.testing.assert_allclose(table["total"], [0.36, 0.64], atol=0.005)
    assert table.index.name == "factor"
    assert list(table) == ["first", "first_lower", "first_upper", "total", "total_lower", "total_upper"]


def test_a_pure_interaction_has_no_first_order_share():
    factors = {"a": norm(), "b": norm()}
    table = sobol_indices(lambda x: x[:, 0] * x[:, 1], factors, n=16_384, seed=1)
    np.testing.assert_allclose(table["first"], 0, atol=0.03)
    np.testing.assert_allclose(table["total"], 1, atol=0.03)


@pytest.mark.parametrize("method", METHODS)
def test_a_factor_whose_alternatives_are_identical_has_indices_of_exactly_zero(method):
    alternatives = np.array([5.0, 5.0, 5.0])

    def model(x: np.ndarray) -> np.ndarray:
        return np.exp(x[:, 0]) * alternatives[x[:, 1].astype(int)] / 3

    table = method(model, {"real": norm(), "same": randint(0, 3), "other": norm()}, n=64, seed=1)
    assert set(numbers(table, "same")) == {0.0}
    assert set(numbers(table, "other")) == {0.0}
    assert numbers(table, "real")[0] != 0


def test_with_many_factors_one_that_does_nothing_has_a_shapley_effect_of_exactly_zero():
    factors = {name: norm() for name in "abcdefg"}
    table = shapley_effects(lambda x: np.sin(x[:, :6].sum(axis=1)), factors, n=512, seed=1)
    assert numbers(table, "g") == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [0.0, 0.1, 1e300])
def test_a_constant_model_has_indices_of_zero_and_no_warning(method, value):
    table = method(lambda x: np.full(len(x), value), TWO, n=64, seed=1)
    assert (table == 0).all().all()


def test_a_large_offset_does_not_drown_the_indices():
    plain = sobol_indices(lambda x: x @ [3.0, 4.0], TWO, n=512, seed=1)
    raised = sobol_indices(lambda x: x @ [3.0, 4.0] + 1e9, TWO, n=512, seed=1)
    np.testing.assert_allclose(raised, plain, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_output_that_is_no_number_is_refused_with_its_draw_named(method, bad):
    def model(x: np.ndarray) -> np.ndarray:
        y = x[:, 0].copy()
        y[13] = bad
        return y

    with pytest.raises(MethodError, match=r"draw 13 of .*a=0\.\d+, b=0\.\d+"):
        method(model, TWO, n=64, seed=1)


def test_a_nan_in_the_last_run_only_is_refused_too():
    calls = []

    def model(x: np.ndarray) -> np.ndarray:
        calls.append(len(x))
        return np.where(len(calls) == 4, np.nan, x[:, 0])

    with pytest.raises(MethodError, match="'b' from B"):
        sobol_indices(model, TWO, n=64, seed=1)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(method):
    tables = [method(lambda x: x[:, 0] ** 2 + x[:, 1], TWO, n=64, seed=seed) for seed in (1, 1, 2)]
    pd.testing.assert_frame_equal(tables[0], tables[1], check_exact=True)
    assert not tables[0].equals(tables[2])


def test_a_model_may_keep_and_change_what_it_is_given():
    def model(x: np.ndarray) -> np.ndarray:
        x *= 2.0
        return x[:, 0]

    table = sobol_indices(model, TWO, n=256, seed=1)
    assert table.loc["a", "total"] == pytest.approx(1, abs=0.01)
    assert numbers(table, "b") == [0.0] * 6


@pytest.mark.parametrize("method", METHODS)
def test_several_outputs_have_the_indices_each_would_have_alone(method):
    def both(x: np.ndarray) -> np.ndarray:
        return np.column_stack([x[:, 0] + x[:, 1] ** 2, x[:, 1]])

    table = method(both, TWO, n=128, seed=1, outputs=["sum", "second"])
    alone = method(lambda x: x[:, 0] + x[:, 1] ** 2, TWO, n=128, seed=1)
    assert list(table.index.names) == ["output", "factor"]
    np.testing.assert_allclose(table.loc["sum"], alone, rtol=1e-12, atol=1e-15)
    assert table.loc["second"].loc["a"].iloc[0] == 0


def test_a_base_sample_that_is_no_power_of_two_is_used_as_it_is():
    rows = []
    sobol_indices(lambda x: (rows.append(len(x)), x[:, 0])[1], TWO, n=100, seed=1)
    assert set(rows) == {100}


def test_intervals_cover_the_exact_index_in_most_repetitions():
    hits = [
        (table.loc["a", "first_lower"] < 0.36 < table.loc["a", "first_upper"])
        for table in (sobol_indices(lambda x: x @ [3.0, 4.0], TWO, n=128, seed=seed) for seed in range(20))
    ]
    assert sum(hits) >= 18


def test_weights_on_the_simplex_count_as_one_group():
    gammas = {f"w{j}": gamma(1.0) for j in range(3)}

    def model(x: np.ndarray) -> np.ndarray:
        weights = x[:, :3] / x[:, :3].sum(axis=1, keepdims=True)
        return weights[:, 0] + x[:, 3]

    factors = {**gammas, "noise": norm(0, np.sqrt(1 / 18))}
    table = sobol_indices(model, factors, n=8192, seed=1, groups={f"w{j}": "weights" for j in range(3)})
    np.testing.assert_allclose(table["first"], [0.5, 0.5], atol=0.03)
    assert list(table.index) == ["weights", "noise"]


def flat_dirichlet(values, mask, rng):
    """Weights that are equally likely: redrawn ones share what the kept ones leave over."""
    parts = rng.standard_gamma(1.0, size=(len(values), int(mask.sum())))
    drawn = values.copy()
    drawn[:, mask] = (
        (1 - values[:, ~mask].sum(axis=1, keepdims=True)) * parts / parts.sum(axis=1, keepdims=True)
    )
    return drawn


def test_shapley_effects_of_dirichlet_weights_are_symmetric_where_the_weights_are():
    table = shapley_effects(
        lambda x: x[:, 0],
        dict.fromkeys("abc"),
        n=4096,
        seed=1,
        dependence=flat_dirichlet,
    )
    assert table["shapley"].sum() == pytest.approx(1)
    assert table.loc["b", "shapley"] == pytest.approx(table.loc["c", "shapley"], abs=0.02)
    assert table.loc["a", "shapley"] > table.loc["b", "shapley"] > 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"n": 0}, "`n` is 0"),
        ({"factors": {}}, "empty"),
        ({"factors": {"a": 3.0}}, "'a' is a float"),
        ({"factors": {"a": uniform(0, -1)}}, "'a' gives nan"),
        ({"groups": {"c": "g"}}, "'c'"),
        ({"groups": {"a": "b"}}, "'b' is both"),
        ({"resamples": 1}, "`resamples` is 1"),
        ({"model": lambda x: x}, "shape (8, 2)"),
        ({"model": lambda _: 1.0}, "shape ()"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_a_request_without_meaning_is_refused_with_its_value(method, changes, says):
    given = {"model": lambda x: x[:, 0], "factors": TWO, "n": 8, "seed": 1, **changes}
    with pytest.raises(MethodError) as caught:
        method(given.pop("model"), given.pop("factors"), **given)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("dependence", "says"),
    [
        (np.eye(3), "(3, 3)"),
        ([[1, 0.5], [0.4, 1]], "not symmetric"),
        ([[1, 1], [1, 1]], "not positive definite"),
        (lambda *_: np.zeros((2, 2)), "(2, 2)"),
    ],
)
def test_a_dependence_that_is_none_is_refused(dependence, says):
    with pytest.raises(MethodError) as caught:
        shapley_effects(lambda x: x[:, 0], TWO, n=8, seed=1, dependence=dependence)
    assert says in str(caught.value)


def test_a_single_alternative_is_a_distribution_like_any_other():
    fixed = rv_discrete(values=([4], [1.0]))
    table = sobol_indices(lambda x: x.sum(axis=1), {"free": uniform(), "fixed": fixed}, n=64, seed=1)
    assert numbers(table, "fixed") == [0.0] * 6
