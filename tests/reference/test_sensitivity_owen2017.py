"""Owen and Prieur (2017), doi:10.1137/16M1097717: Shapley effects of a linear function of two correlated normals."""

from __future__ import annotations

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
