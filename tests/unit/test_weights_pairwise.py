import numpy as np
import pandas as pd
import pytest

from methodology.errors import JudgementError, MethodError
from methodology.weights import ahp
from methodology.weights.rules import random_index

GOOD = np.array([[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]])


@pytest.mark.parametrize("matrix", [[[1, 3], [3, 1]], [[1, -3], [-1 / 3, 1]], [[1, 0], [0, 1]]])
def test_a_matrix_that_is_symmetric_negative_or_empty_is_no_comparison(matrix):
    with pytest.raises(JudgementError, match="contradicts its own definition"):
        ahp(matrix)


@pytest.mark.parametrize(("matrix", "weights"), [([[1]], [1]), ([[1, 4], [1 / 4, 1]], [0.8, 0.2])])
def test_one_or_two_items_have_ratio_zero(matrix, weights):
    result = ahp(matrix)
    np.testing.assert_allclose(result.weights, weights)
    assert result.lambda_max == len(matrix)
    assert (result.consistency_index, result.consistency_ratio, result.geometric_consistency_index) == (
        0,
        0,
        0,
    )
    assert result.worst is None


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (0, 1, 4, r"cell \(1, 2\) is 4 but cell \(2, 1\) is 0.333"),
        (1, 0, -1, r"cell \(2, 1\) is -1"),
        (2, 1, 0, r"cell \(3, 2\) is 0"),
        (1, 1, 2, r"cell \(2, 2\) is 2, not 1"),
        (0, 2, np.inf, r"cell \(1, 3\) is inf"),
    ],
)
def test_a_contradicting_cell_is_named(row, column, value, words):
    bad = GOOD.copy()
    bad[row, column] = value
    with pytest.raises(JudgementError, match=words):
        ahp(bad)


def test_all_faults_come_at_once():
    bad = GOOD.copy()
    bad[0, 0], bad[0, 1], bad[2, 1] = 3, 7, -2
    with pytest.raises(JudgementError) as caught:
        ahp(bad, name="expert E3")
    assert len(caught.value.problems) == 3
    assert "expert E3" in str(caught.value)


@pytest.mark.parametrize("matrix", [np.ones((2, 3)), np.ones(3), 5.0, np.ones((2, 2, 2)), np.empty((0, 0))])
def test_what_is_not_square_is_refused_with_its_shape(matrix):
    with pytest.raises(JudgementError, match="so it is square"):
        ahp(matrix)


def test_complex_numbers_are_refused():
    with pytest.raises(JudgementError, match="complex"):
        ahp(np.ones((2, 2), dtype=complex))


@pytest.mark.parametrize("printed", [0.33, 0.333, 0.3333])
def test_printed_reciprocals_count_as_exact(printed):
    written = np.array([[1, 3, 6], [printed, 1, 2], [0.17, 0.5, 1]])
    exact = ahp([[1, 3, 6], [1 / 3, 1, 2], [1 / 6, 1 / 2, 1]])
    np.testing.assert_array_equal(ahp(written).matrix, exact.matrix)
    assert ahp(written).consistency_ratio == 0


@pytest.mark.parametrize("wrong", [0.3, 0.4, 0.5, 0.25])
def test_what_is_further_off_than_two_decimals_is_refused(wrong):
    with pytest.raises(JudgementError, match="reciprocals"):
        ahp([[1, 3], [wrong, 1]])


def test_one_triangle_is_enough():
    upper = np.where(np.tril(np.ones((3, 3)), -1) > 0, np.nan, GOOD)
    np.testing.assert_allclose(ahp(upper).weights, ahp(GOOD).weights)
    assert ahp(upper).completed == ()


def test_texts_and_fractions_are_read():
    texts = [["1", "3", "5"], ["1/3", "1", ""], [None, "1/2", 1]]
    np.testing.assert_allclose(ahp(texts).weights, ahp(GOOD).weights)
    with pytest.raises(JudgementError, match=r"cell \(1, 2\) is 'more', no number"):
        ahp([["1", "more"], ["1", "1"]])


def test_labels_name_the_weights_and_the_cells():
    table = pd.DataFrame(GOOD, index=list("xyz"), columns=list("xyz"))
    assert list(ahp(table).weights.index) == ["x", "y", "z"]
    table.loc["x", "y"] = 9
    with pytest.raises(JudgementError, match=r"cell \(x, y\) is 9 but cell \(y, x\)"):
        ahp(table)


def test_rows_and_columns_must_name_the_same_items():
    with pytest.raises(JudgementError, match="same items in the same order"):
        ahp(pd.DataFrame(GOOD, index=list("xyz"), columns=list("xzy")))


def test_scale_is_checked_when_asked():
    wide = np.array([[1, 12], [1 / 12, 1]])
    assert ahp(wide).weights[0] == pytest.approx(12 / 13)
    with pytest.raises(JudgementError, match=r"cell \(1, 2\) is 12, outside the scale 1/9 to 9"):
        ahp(wide, scale=9)


def test_geometric_mean_is_the_named_alternative():
    result = ahp(GOOD, priority="geometric-mean")
    means = np.prod(GOOD, axis=1) ** (1 / 3)
    np.testing.assert_allclose(result.weights, means / means.sum())
    assert result.lambda_max == ahp(GOOD).lambda_max


def test_geometric_consistency_index_is_the_mean_squared_log_error():
    weights = ahp(GOOD, priority="geometric-mean").weights
    errors = [np.log(GOOD[i, j] * weights[j] / weights[i]) ** 2 for i, j in ((0, 1), (0, 2), (1, 2))]
    assert ahp(GOOD).geometric_consistency_index == pytest.approx(2 / (2 * 1) * sum(errors))


@pytest.mark.parametrize("keyword", [{"random_index": "guess"}, {"priority": "column-mean"}])
def test_unknown_choices_are_refused_with_the_known_ones(keyword):
    with pytest.raises(MethodError, match="Choose one of"):
        ahp(GOOD, **keyword)


def test_a_table_that_ends_too_early_is_refused():
    with pytest.raises(MethodError, match="ends at 15 items, this matrix has 16"):
        ahp(np.ones((16, 16)))
    assert ahp(np.ones((16, 16)), random_index="donegan-dodd-1991").consistency_ratio == 0
    assert ahp(np.ones((22, 22)), random_index="donegan-dodd-1991").consistency_ratio == 0


def test_the_index_between_two_sizes_of_a_table_lies_on_the_straight_line():
    assert random_index("donegan-dodd-1991", 22) == pytest.approx(1.5371 + 2 / 5 * (1.5619 - 1.5371))


def test_column_means_are_not_taken_for_the_eigenvector():
    circular = np.array([[1, 9, 1 / 5], [1 / 9, 1, 7], [5, 1 / 7, 1]])
    column_means = (circular / circular.sum(axis=0)).mean(axis=1)
    result = ahp(circular)
    assert np.abs(result.weights - column_means).max() > 0.01
    np.testing.assert_allclose(circular @ result.weights, result.lambda_max * result.weights)


def test_a_circular_matrix_is_certified_by_its_eigenvalue():
    circular = np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]])
    assert ahp(circular).lambda_max == pytest.approx(1 + 9 + 1 / 9)


def test_where_the_power_of_a_matrix_hardly_converges_the_general_solver_decides():
    turning = np.array([[1, 1e7, 3e-7], [1e-7, 1, 2e7], [1 / 3e-7, 5e-8, 1]])
    result = ahp(turning)
    assert result.lambda_max == pytest.approx(np.linalg.eigvals(turning).real.max(), rel=1e-9)
    np.testing.assert_allclose(turning @ result.weights, result.lambda_max * result.weights, rtol=1e-6)


def test_items_may_be_named_and_must_be_as_many_as_rows():
    with pytest.raises(JudgementError, match=r"cell \(a, b\) is 4"):
        ahp([[1, 4], [1 / 3, 1]], labels=["a", "b"])
    with pytest.raises(JudgementError, match="3 labels do not name 2 items"):
        ahp([[1, 4], [1 / 4, 1]], labels=["a", "b", "c"])


def test_an_inconsistency_that_no_step_of_the_scale_mends_has_no_suggestion():
    slight = np.array([[1, 1.6, 2.3], [1 / 1.6, 1, 1.6], [1 / 2.3, 1 / 1.6, 1]])
    assert ahp(slight).consistency_ratio > 0
    assert ahp(slight).worst is None


def test_extreme_ratios_are_left_to_the_general_solver_and_still_right():
    extreme = np.array([[1, 1e6, 1e-6], [1e-6, 1, 1e6], [1e6, 1e-6, 1]])
    assert ahp(extreme).lambda_max == pytest.approx(1 + 1e6 + 1e-6)


def test_a_judgement_turned_round_is_found_and_turned_back():
    truth = np.array([6, 4, 3, 2, 1.0])
    turned = truth[:, None] / truth
    turned[0, 3], turned[3, 0] = 1 / 3, 3
    worst = ahp(turned).worst
    assert (worst.a, worst.b, worst.value, worst.suggested) == (4, 1, 3, pytest.approx(1 / 3))
    assert worst.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert "4 over 1 is 3" in str(worst)
    assert "1/3" in str(worst)


def test_what_the_others_imply_is_the_eigenvector_without_the_pair():
    matrix = ahp([[1, 3, 5, 2], [None, 1, 1 / 4, 6], [None, None, 1, 4], [None] * 4]).matrix
    worst = ahp(matrix).worst
    i, j = worst.a - 1, worst.b - 1
    without = matrix.copy()
    without[i, j] = without[j, i] = 0
    without[i, i] = without[j, j] = 2
    values, vectors = np.linalg.eig(without)
    first = np.abs(vectors[:, np.argmax(values.real)].real)
    assert worst.exact == pytest.approx(first[i] / first[j])
    without[i, i] = without[j, j] = 1
    values, vectors = np.linalg.eig(without)
    other = np.abs(vectors[:, np.argmax(values.real)].real)
    assert abs(other[i] / other[j] - worst.exact) > 0.01


def test_a_consistent_matrix_has_no_worst_judgement():
    assert ahp(np.ones((4, 4))).worst is None


def test_a_comparison_nobody_made_is_never_the_worst():
    gap = np.array(
        [[1, 5, np.nan, 1 / 2], [np.nan, 1, 6, 3], [np.nan, np.nan, 1, 4], [np.nan, np.nan, np.nan, 1]]
    )
    result = ahp(gap)
    assert {result.worst.a, result.worst.b} != {1, 3}


def test_rows_of_different_length_are_refused():
    with pytest.raises(JudgementError, match="differ in length"):
        ahp([[1, 2], [1]])
