"""Models whose indices follow from their variances by hand: linear, product, discrete, grouped, a single factor."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bernoulli, expon, gamma, lognorm, norm, rv_discrete, triang, uniform

from methodology.sensitivity import shapley_effects, sobol_indices

UNEQUAL = {
    "wide": norm(5, 3.0),
    "skewed": expon(0, 0.5),
    "flat": uniform(-1, 2),
    "peaked": triang(0.3),
    "heavy": lognorm(0.4),
}
SLOPES = np.array([1.0, -4.0, 2.0, 10.0, 3.0])


def additive_shares() -> np.ndarray:
    parts = SLOPES**2 * np.array([law.var() for law in UNEQUAL.values()])
    return parts / parts.sum()


def covered(table, kind: str, exact) -> np.ndarray:
    return (table[f"{kind}_lower"] <= exact) & (exact <= table[f"{kind}_upper"])


def test_a_linear_model_shares_its_variance_by_slope_and_variance_of_each_factor():
    table = sobol_indices(lambda x: x @ SLOPES, UNEQUAL, n=8192, seed=1)
    np.testing.assert_allclose(table["first"], additive_shares(), atol=0.015)
    np.testing.assert_allclose(table["total"], additive_shares(), atol=0.015)
    effects = shapley_effects(lambda x: x @ SLOPES, UNEQUAL, n=8192, seed=1)
    np.testing.assert_allclose(effects["shapley"], additive_shares(), atol=0.015)


def test_groups_of_an_additive_model_have_the_sum_of_their_shares():
    groups = {"wide": "measured", "flat": "measured", "skewed": "judged"}
    expected = [additive_shares()[[0, 2]].sum(), *additive_shares()[[1, 3, 4]]]
    for method, column in ((sobol_indices, "first"), (sobol_indices, "total"), (shapley_effects, "shapley")):
        table = method(lambda x: x @ SLOPES, UNEQUAL, n=8192, seed=2, groups=groups)
        assert list(table.index) == ["measured", "judged", "peaked", "heavy"]
        np.testing.assert_allclose(table[column], expected, atol=0.015)


def test_a_product_of_factors_has_the_indices_of_its_coefficients_of_variation():
    """With v_i = (sd / mean)^2: first v_i / V, total v_i prod_{j != i}(1 + v_j) / V, V = prod(1 + v) - 1."""
    factors = {"a": uniform(1, 2), "b": gamma(4.0), "c": norm(10, 1)}
    v = np.array([law.var() / law.mean() ** 2 for law in factors.values()])
    whole = np.prod(1 + v) - 1
    table = sobol_indices(lambda x: np.prod(x, axis=1), factors, n=16_384, seed=1)
    np.testing.assert_allclose(table["first"], v / whole, atol=0.012)
    np.testing.assert_allclose(table["total"], v * np.prod(1 + v) / (1 + v) / whole, atol=0.012)


def test_discrete_factors_are_shared_like_any_other():
    law = rv_discrete(values=([1, 2, 10], [0.5, 0.3, 0.2]))
    factors = {"three": law, "coin": bernoulli(0.3)}
    parts = np.array([law.var(), 100 * 0.21])
    table = sobol_indices(lambda x: x[:, 0] + 10 * x[:, 1], factors, n=8192, seed=1)
    np.testing.assert_allclose(table["first"], parts / parts.sum(), atol=0.015)
    effects = shapley_effects(lambda x: x[:, 0] + 10 * x[:, 1], factors, n=8192, seed=1)
    np.testing.assert_allclose(effects["shapley"], parts / parts.sum(), atol=0.015)


def test_an_exclusive_or_of_fair_coins_is_all_interaction():
    factors = {"a": bernoulli(0.5), "b": bernoulli(0.5)}
    table = sobol_indices(lambda x: x[:, 0] != x[:, 1], factors, n=4096, seed=1)
    np.testing.assert_allclose(table["first"], 0, atol=0.05)
    np.testing.assert_allclose(table["total"], 1, atol=0.05)
    effects = shapley_effects(lambda x: x[:, 0] != x[:, 1], factors, n=4096, seed=1)
    np.testing.assert_allclose(effects["shapley"], 0.5, atol=0.03)


@pytest.mark.parametrize("law", [norm(3, 2), bernoulli(0.2), lognorm(1.0)])
def test_a_single_factor_explains_everything(law):
    table = sobol_indices(lambda x: np.sqrt(np.abs(x[:, 0])), {"only": law}, n=4096, seed=1)
    np.testing.assert_allclose(table[["first", "total"]], 1, atol=0.03)
    effects = shapley_effects(lambda x: np.sqrt(np.abs(x[:, 0])), {"only": law}, n=256, seed=1)
    assert effects["shapley"].tolist() == [1.0]


def test_intervals_hold_the_exact_share_in_nearly_all_repetitions():
    """Of 40 repetitions and 5 factors, each interval of 95 % holds the closed form in at least 88 % of the cases."""
    exact = additive_shares()
    hits = {"first": [], "total": [], "shapley": []}
    for seed in range(40):
        table = sobol_indices(lambda x: x @ SLOPES, UNEQUAL, n=256, seed=seed)
        effects = shapley_effects(lambda x: x @ SLOPES, UNEQUAL, n=256, seed=seed)
        for kind, found in (("first", table), ("total", table), ("shapley", effects)):
            hits[kind].append(covered(found, kind, exact))
    for kind, found in hits.items():
        assert np.mean(found) > 0.88, kind
