"""Owen and Prieur (2017), doi:10.1137/16M1097717: Shapley effects of linear functions of correlated normals."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from scipy.stats import norm

from methodology.sensitivity import shapley_effects

ONE, TWO = 1.0, 2.0
"""Standard deviations of the two summands."""


def shares(rho: float) -> list[float]:
    """Section 3 of the paper, with both coefficients inside the standard deviations."""
    variance = ONE**2 + TWO**2 + 2 * rho * ONE * TWO
    swap = (TWO**2 - ONE**2) * rho**2 / 2
    return [(ONE**2 + rho * ONE * TWO + swap) / variance, (TWO**2 + rho * ONE * TWO - swap) / variance]


@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.6, 0.95])
def test_effects_of_correlated_normals_are_those_of_the_closed_form(rho):
    factors = {"a": norm(0, ONE), "b": norm(3, TWO)}
    table = shapley_effects(lambda x: x.sum(axis=1), factors, n=8192, seed=1, dependence=[[1, rho], [rho, 1]])
    np.testing.assert_allclose(table["shapley"], shares(rho), atol=0.01)


def test_independent_factors_under_a_copula_have_the_effects_of_independent_ones():
    factors = {name: norm() for name in "abcde"}
    table = shapley_effects(lambda x: x @ np.arange(1.0, 6.0), factors, n=8192, seed=3, dependence=np.eye(5))
    np.testing.assert_allclose(table["shapley"], np.arange(1, 6) ** 2 / 55, atol=0.02)


def gaussian_shares(slopes: np.ndarray, covariance: np.ndarray) -> list[float]:
    """All subsets: Var(E[b x | x_u]) = b S_u (S_uu)^-1 S_u b."""
    d = slopes.size

    def explained(u: tuple[int, ...]) -> float:
        if not u:
            return 0.0
        reach = covariance[:, u].T @ slopes
        return float(reach @ np.linalg.solve(covariance[np.ix_(u, u)], reach))

    shares = []
    for i in range(d):
        others = [j for j in range(d) if j != i]
        shares.append(
            sum(
                factorial(size) * factorial(d - size - 1) / factorial(d) * (explained((*u, i)) - explained(u))
                for size in range(d)
                for u in combinations(others, size)
            )
        )
    return [share / explained(tuple(range(d))) for share in shares]


def equal(d: int, rho: float) -> np.ndarray:
    return np.full((d, d), rho) + (1 - rho) * np.eye(d)


CHAIN = 0.7 ** np.abs(np.subtract.outer(np.arange(6), np.arange(6)))
"""Six factors, each correlated with its neighbours: more than are enumerated, so random orders are taken."""


@pytest.mark.parametrize(
    ("slopes", "deviations", "correlation"),
    [
        ([1.0, 2.0], [1.0, 2.0], equal(2, 0.6)),
        ([1.0, 1.0, 1.0], [1.0, 1.0, 2.0], np.array([[1, 0, 0], [0, 1, 0.9], [0, 0.9, 1]])),
        ([1.0, -2.0, 0.5], [1.0, 0.5, 3.0], equal(3, -0.3)),
        ([1.0, 2.0, 0.0, -1.0], [2.0, 1.0, 1.0, 1.0], equal(4, 0.5)),
        ([1.0, 2.0, 0.0, -1.0, 0.5, 3.0], [1.0, 0.5, 2.0, 1.0, 1.0, 0.3], CHAIN),
    ],
)
def test_effects_of_linear_models_of_several_correlated_normals_are_those_of_all_subsets(
    slopes, deviations, correlation
):
    beta, spread = np.array(slopes), np.array(deviations)
    factors = {f"x{i}": norm(i, sd) for i, sd in enumerate(spread)}
    exact = gaussian_shares(beta, correlation * np.outer(spread, spread))
    table = shapley_effects(lambda x: x @ beta, factors, n=8192, seed=1, dependence=correlation)
    np.testing.assert_allclose(table["shapley"], exact, atol=0.02)
    assert table["shapley"].sum() == pytest.approx(1, abs=1e-12)
    assert (table["shapley_lower"] - 0.01 < exact).all()
    assert (table["shapley_upper"] + 0.01 > exact).all()


def test_a_factor_the_model_ignores_has_an_effect_through_its_correlation():
    factors = {"used": norm(), "ignored": norm()}
    table = shapley_effects(lambda x: x[:, 0], factors, n=8192, seed=1, dependence=equal(2, 0.8))
    assert table.loc["ignored", "shapley"] == pytest.approx(0.8**2 / 2, abs=0.02)
