"""Sobol's g-function (Sobol 2003, doi:10.1016/S0895-7177(03)80003-4): indices in closed form for any coefficients."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import uniform

from methodology.sensitivity import shapley_effects, sobol_indices

COEFFICIENTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])
FACTORS = {f"x{i}": uniform() for i in range(6)}
PARTIAL = 1 / (3 * (1 + COEFFICIENTS) ** 2)
VARIANCE = np.prod(1 + PARTIAL) - 1
FIRST = PARTIAL / VARIANCE
TOTAL = PARTIAL * np.prod(1 + PARTIAL) / (1 + PARTIAL) / VARIANCE


def g_function(x: np.ndarray) -> np.ndarray:
    return np.prod((np.abs(4 * x - 2) + COEFFICIENTS) / (1 + COEFFICIENTS), axis=1)


def test_indices_are_those_of_the_closed_form():
    table = sobol_indices(g_function, FACTORS, n=8192, seed=4)
    np.testing.assert_allclose(table["first"], FIRST, atol=0.01)
    np.testing.assert_allclose(table["total"], TOTAL, atol=0.01)


def test_groups_of_factors_have_the_indices_of_their_joint_part():
    table = sobol_indices(
        g_function, FACTORS, n=8192, seed=4, groups={"x0": "head", "x1": "head", "x2": "tail", "x3": "tail"}
    )
    head, tail = np.prod(1 + PARTIAL[:2]) - 1, np.prod(1 + PARTIAL[2:4]) - 1
    assert list(table.index) == ["head", "tail", "x4", "x5"]
    assert table.loc["head", "first"] == pytest.approx(head / VARIANCE, abs=0.01)
    assert table.loc["tail", "first"] == pytest.approx(tail / VARIANCE, abs=0.01)
    expected = tail * np.prod(1 + PARTIAL) / np.prod(1 + PARTIAL[2:4]) / VARIANCE
    assert table.loc["tail", "total"] == pytest.approx(expected, abs=0.01)


def test_shapley_effects_of_many_factors_share_every_interaction_equally():
    table = shapley_effects(g_function, FACTORS, n=16_384, seed=2)
    exact = np.zeros(6)
    for code in range(1, 2**6):
        members = [j for j in range(6) if code >> j & 1]
        exact[members] += np.prod(PARTIAL[members]) / len(members) / VARIANCE
    np.testing.assert_allclose(table["shapley"], exact, atol=0.02)
    assert table["shapley"].sum() == pytest.approx(1, abs=1e-12)
