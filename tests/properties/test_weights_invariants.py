import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from methodology.weights import ahp, group_ahp

SCALE = [1 / n for n in range(9, 1, -1)] + [float(n) for n in range(1, 10)]


@st.composite
def judgements(draw, items=None):
    n = items or draw(st.integers(1, 7))
    matrix = np.ones((n, n))
    for i in range(n):
        for j in range(i + 1, n):
            matrix[i, j] = draw(st.sampled_from(SCALE))
            matrix[j, i] = 1 / matrix[i, j]
    return matrix


priorities = st.lists(st.floats(0.05, 20), min_size=1, max_size=8).map(np.array)


@settings(deadline=None, max_examples=60)
@given(judgements(), st.sampled_from(["eigenvector", "geometric-mean"]))
def test_weights_are_positive_and_sum_to_one(matrix, priority):
    result = ahp(matrix, priority=priority)
    assert (result.weights > 0).all()
    assert abs(result.weights.sum() - 1) < 1e-12
    assert result.lambda_max >= len(matrix)
    assert result.consistency_ratio >= 0


@settings(deadline=None, max_examples=60)
@given(priorities)
def test_a_consistent_matrix_gives_ratio_zero_and_its_weights_back(values):
    result = ahp(values[:, None] / values)
    np.testing.assert_allclose(result.weights, values / values.sum(), rtol=1e-9)
    assert result.consistency_ratio == 0


@settings(deadline=None, max_examples=60)
@given(judgements(), st.randoms(use_true_random=False))
def test_relabelling_items_permutes_the_weights_only(matrix, random):
    order = list(range(len(matrix)))
    random.shuffle(order)
    one, other = ahp(matrix), ahp(matrix[np.ix_(order, order)])
    np.testing.assert_allclose(other.weights, one.weights[order], rtol=1e-9)
    np.testing.assert_allclose(other.lambda_max, one.lambda_max, rtol=1e-10)


@settings(deadline=None, max_examples=20)
@given(st.lists(judgements(items=4), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_relabelling_experts_changes_nothing(matrices, random):
    shuffled = list(matrices)
    random.shuffle(shuffled)
    for how in ("AIJ", "AIP-arithmetic", "AIP-geometric"):
        one, other = group_ahp(matrices, how=how), group_ahp(shuffled, how=how)
        np.testing.assert_allclose(other.weights, one.weights, rtol=1e-9)
        assert abs(other.consensus - one.consensus) < 1e-9


@settings(deadline=None, max_examples=20)
@given(judgements(items=5), st.integers(2, 4))
def test_identical_experts_agree_whatever_the_aggregation(matrix, experts):
    single = ahp(matrix)
    for how in ("AIJ", "AIP-arithmetic", "AIP-geometric"):
        group = group_ahp([matrix] * experts, how=how)
        np.testing.assert_allclose(group.weights, single.weights, rtol=1e-9)
        assert abs(group.consistency_ratio - single.consistency_ratio) < 1e-9
        assert abs(group.consensus - 1) < 1e-9


@settings(deadline=None, max_examples=60)
@given(judgements(items=4), st.integers(0, 5))
def test_leaving_out_one_comparison_never_raises_the_eigenvalue(matrix, pair):
    i, j = [(a, b) for a in range(4) for b in range(a + 1, 4)][pair]
    gap = matrix.copy()
    gap[i, j] = gap[j, i] = np.nan
    assert ahp(gap).lambda_max <= ahp(matrix).lambda_max + 1e-9


@settings(deadline=None, max_examples=60)
@given(judgements(items=5))
def test_the_suggested_change_lowers_the_ratio(matrix):
    result = ahp(matrix)
    if result.worst is not None:
        assert result.worst.consistency_ratio < result.consistency_ratio


@settings(deadline=None, max_examples=60)
@given(judgements(items=6))
def test_eigenvectors_are_eigenvectors(matrix):
    result = ahp(matrix)
    np.testing.assert_allclose(matrix @ result.weights, result.lambda_max * result.weights, rtol=1e-10)
