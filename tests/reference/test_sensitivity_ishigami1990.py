"""Ishigami and Homma (1990), doi:10.1109/ISUMA.1990.151285: a 7, b 0.1; indices in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import uniform

from methodology.sensitivity import shapley_effects, sobol_indices

FACTORS = {name: uniform(-np.pi, 2 * np.pi) for name in ("x1", "x2", "x3")}
FIRST = [0.3139052, 0.4424111, 0.0]
TOTAL = [0.5575889, 0.4424111, 0.2436837]
SHAPLEY = [0.4357470, 0.4424111, 0.1218418]


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


@pytest.fixture(scope="module", params=[1, 2, 3])
def indices(request):
    return sobol_indices(ishigami, FACTORS, n=16_384, seed=request.param)


def test_first_order_and_total_indices_are_the_published_ones(indices):
    np.testing.assert_allclose(indices["first"], FIRST, atol=0.006)
    np.testing.assert_allclose(indices["total"], TOTAL, atol=0.006)


def test_the_intervals_hold_the_published_indices(indices):
    for kind, exact in (("first", FIRST), ("total", TOTAL)):
        assert (indices[f"{kind}_lower"] < exact).all()
        assert (indices[f"{kind}_upper"] > exact).all()
        assert (indices[f"{kind}_upper"] - indices[f"{kind}_lower"] < 0.15).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shapley_effects_are_the_published_ones(seed):
    table = shapley_effects(ishigami, FACTORS, n=8192, seed=seed)
    np.testing.assert_allclose(table["shapley"], SHAPLEY, atol=0.006)
    assert (table["shapley_lower"] < SHAPLEY).all()
    assert (table["shapley_upper"] > SHAPLEY).all()
