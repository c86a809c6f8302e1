"""Bratley, Fox and Niederreiter (1992), doi:10.1145/146382.146385: alternating sum of products, in fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import factorial, prod

import numpy as np
import pytest
from scipy.stats import uniform

from methodology.sensitivity import shapley_effects, sobol_indices

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def bratley(x: np.ndarray) -> np.ndarray:
    """sum over i of (-1)^i x_1 ... x_i."""
    signs = np.where(np.arange(x.shape[1]) % 2 == 0, -1.0, 1.0)
    return np.cumprod(x, axis=1) @ signs


def second_moment(d: int, fixed: frozenset[int]) -> Fraction:
    """
    E[E[f | x of `fixed`]^2].

    The product of two terms i <= k has E[x_j]^2 = 1/4 for free x_j of both, E[x_j^2] = 1/3 for fixed ones, 1/2 for
    those of term k alone.
    """
    total = Fraction(0)
    for i in range(d):
        for k in range(d):
            short, long = sorted((i, k))
            both = [THIRD if j in fixed else HALF**2 for j in range(short + 1)]
            total += (-1) ** (i + k) * prod(both) * HALF ** (long - short)
    return total


def explained(d: int, fixed: frozenset[int]) -> Fraction:
    """Variance of the mean given the factors of `fixed`."""
    return second_moment(d, fixed) - second_moment(d, frozenset())


def exact(d: int) -> tuple[list[float], list[float], list[float]]:
    every = frozenset(range(d))
    whole = explained(d, every)
    first = [float(explained(d, frozenset({i})) / whole) for i in range(d)]
    total = [float(1 - explained(d, every - {i}) / whole) for i in range(d)]
    shapley = []
    for i in range(d):
        gain = Fraction(0)
        for size in range(d):
            weight = Fraction(factorial(size) * factorial(d - size - 1), factorial(d))
            for chosen in combinations(sorted(every - {i}), size):
                gain += weight * (explained(d, frozenset({*chosen, i})) - explained(d, frozenset(chosen)))
        shapley.append(float(gain / whole))
    return first, total, shapley


def test_two_factors_by_hand():
    """f = x1 x2 - x1: E[f | x1] = -x1 / 2 and E[f | x2] = (x2 - 1) / 2, variance 1/9 - 1/16."""
    first, total, _ = exact(2)
    assert first == pytest.approx([float(Fraction(1, 48) / Fraction(7, 144))] * 2)
    assert total == pytest.approx([4 / 7, 4 / 7])


@pytest.mark.parametrize("d", [2, 3, 6])
def test_indices_are_those_of_exact_fractions(d):
    factors = {f"x{i}": uniform() for i in range(d)}
    first, total, shapley = exact(d)
    table = sobol_indices(bratley, factors, n=8192, seed=1)
    np.testing.assert_allclose(table["first"], first, atol=0.01)
    np.testing.assert_allclose(table["total"], total, atol=0.01)
    effects = shapley_effects(bratley, factors, n=8192, seed=1)
    np.testing.assert_allclose(effects["shapley"], shapley, atol=0.02)
    assert effects["shapley"].sum() == pytest.approx(1, abs=1e-12)
