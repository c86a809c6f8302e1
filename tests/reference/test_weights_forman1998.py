"""Forman and Peniwati (1998) and Aczel and Saaty (1983): what aggregation must and must not preserve."""

import numpy as np
import pytest

from methodology.weights import group_ahp

ONE = np.array([[1, 3, 7, 9], [1 / 3, 1, 6, 7], [1 / 7, 1 / 6, 1, 3], [1 / 9, 1 / 7, 1 / 3, 1]])
TWO = np.array([[1, 1 / 5, 1 / 6, 4], [5, 1, 2, 4], [6, 1 / 2, 1, 6], [1 / 4, 1 / 4, 1 / 6, 1]])


def test_geometric_mean_of_matrices_stays_reciprocal_where_the_arithmetic_does_not():
    mean = np.sqrt(ONE * TWO)
    np.testing.assert_allclose(mean * mean.T, 1)
    arithmetic = (ONE + TWO) / 2
    assert np.abs(arithmetic * arithmetic.T - 1).max() > 0.5


def test_with_geometric_priorities_aij_and_aip_geometric_are_the_same():
    both = [
        group_ahp([ONE, TWO], how=how, priority="geometric-mean").weights for how in ("AIJ", "AIP-geometric")
    ]
    np.testing.assert_allclose(both[0], both[1])


def test_aij_and_aip_arithmetic_differ():
    aij, aip = (group_ahp([ONE, TWO], how=how).weights for how in ("AIJ", "AIP-arithmetic"))
    assert np.abs(aij - aip).max() > 0.01


def test_group_ratio_can_be_smaller_than_every_members():
    group = group_ahp([ONE, TWO])
    assert group.consistency_ratio < group.consistency["consistency_ratio"].max()
    assert group.consistency_ratio == pytest.approx(group_ahp([TWO, ONE]).consistency_ratio)
