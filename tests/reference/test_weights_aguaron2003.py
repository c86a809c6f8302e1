"""Aguaron and Moreno-Jimenez (2003), doi:10.1016/S0377-2217(02)00255-2: geometric consistency index."""

import numpy as np
import pytest

from methodology.weights import ahp


@pytest.mark.parametrize("size", [3, 4, 5, 7])
def test_near_consistency_the_index_is_2n_over_n_minus_2_times_saatys(size):
    rng = np.random.default_rng(size)
    errors = np.triu(rng.normal(0, 1e-3, (size, size)), 1)
    priorities = rng.lognormal(0, 0.5, size)
    matrix = priorities[:, None] / priorities * np.exp(errors - errors.T)
    result = ahp(matrix)
    ratio = result.geometric_consistency_index / result.consistency_index
    assert ratio == pytest.approx(2 * size / (size - 2), rel=1e-3)


def test_three_items_at_a_ratio_of_a_tenth_stand_near_the_printed_threshold():
    turn = np.exp(np.arccosh(1 + 0.1 * 0.525))
    matrix = np.array([[1, turn, 1 / turn], [1 / turn, 1, turn], [turn, 1 / turn, 1]])
    assert ahp(matrix).consistency_index == pytest.approx(0.0525)
    assert ahp(matrix).geometric_consistency_index == pytest.approx(0.3147, rel=0.01)
