"""Bozoki, Fulop and Ronyai (2010), doi:10.1016/j.mcm.2010.02.047: optimal completion of missing comparisons."""

import numpy as np
import pytest

from methodology.errors import JudgementError
from methodology.weights import ahp

GAP = np.nan
FOUR = np.array([[1, 1, 5, 2], [1, 1, 3, 4], [1 / 5, 1 / 3, 1, GAP], [1 / 2, 1 / 4, GAP, 1]])


def test_missing_comparison_takes_the_value_of_least_eigenvalue():
    result = ahp(FOUR)
    assert [(a, b) for a, b, _ in result.completed] == [(3, 4)]
    assert result.completed[0][2] == pytest.approx(0.730297, abs=5e-7)
    np.testing.assert_allclose(result.weights, [0.3738, 0.3920, 0.0985, 0.1357], atol=5e-5)


@pytest.mark.parametrize("factor", [0.97, 1.03])
def test_any_other_value_makes_the_eigenvalue_larger(factor):
    best = ahp(FOUR)
    other = best.matrix.copy()
    other[2, 3] *= factor
    other[3, 2] /= factor
    assert ahp(other).lambda_max > best.lambda_max


def test_comparisons_that_just_connect_all_items_are_completed_consistently():
    chain = np.full((4, 4), GAP)
    np.fill_diagonal(chain, 1)
    chain[0, 1], chain[1, 2], chain[2, 3] = 2, 3, 1 / 2
    result = ahp(chain)
    assert result.consistency_ratio == 0
    np.testing.assert_allclose(result.weights, np.array([6, 3, 1, 2]) / 12)


def test_completion_finds_the_same_optimum_from_a_grid():
    five = np.array(
        [
            [1, 3, GAP, 7, 2],
            [GAP, 1, 4, GAP, 5],
            [GAP, GAP, 1, 2, GAP],
            [GAP, GAP, GAP, 1, 1 / 3],
            [GAP] * 4 + [1],
        ]
    )
    result = ahp(five)
    logs = np.log([value for _, _, value in result.completed])
    for step in np.vstack([np.eye(3), -np.eye(3), np.ones((1, 3))]) * 0.01:
        other = result.matrix.copy()
        for (a, b, _), log in zip(result.completed, logs + step, strict=True):
            other[a - 1, b - 1], other[b - 1, a - 1] = np.exp(log), np.exp(-log)
        assert ahp(other).lambda_max > result.lambda_max


def test_items_never_compared_with_the_others_are_named():
    apart = np.full((4, 4), GAP)
    np.fill_diagonal(apart, 1)
    apart[0, 1], apart[2, 3] = 2, 3
    with pytest.raises(
        JudgementError, match=r"(?s)cannot be completed.*nothing connects 3, 4 with 1, 2"
    ) as caught:
        ahp(apart)
    assert len(caught.value.problems) == 1
