import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from methodology.errors import JudgementError, MethodError
from methodology.weights import best_worst


def linear_program(to_others, to_worst, best, worst):
    """The linear model as a plain linear program: an independent way to its optimum."""
    size = len(to_others)
    rows = []
    for j in range(size):
        for sign in (1, -1):
            first, second = np.zeros(size + 1), np.zeros(size + 1)
            first[best] += sign
            first[j] -= sign * to_others[j]
            second[j] += sign
            second[worst] -= sign * to_worst[j]
            first[size] = second[size] = -1
            rows += [first, second]
    total = np.append(np.ones(size), 0.0)
    cost = np.append(np.zeros(size), 1.0)
    return linprog(cost, A_ub=np.array(rows), b_ub=np.zeros(len(rows)), A_eq=total[None], b_eq=[1]).fun


def random_judgement(rng):
    size, top = int(rng.integers(2, 10)), float(rng.integers(2, 10))
    to_others = rng.integers(1, top + 1, size).astype(float)
    to_worst = rng.integers(1, top + 1, size).astype(float)
    best, worst = rng.permutation(size)[:2]
    to_others[best] = to_worst[worst] = 1
    to_others[worst] = to_worst[best] = top
    return to_others, to_worst


@pytest.mark.parametrize("seed", range(40))
def test_linear_model_reaches_the_optimum_of_the_linear_program(seed):
    to_others, to_worst = random_judgement(np.random.default_rng(seed))
    result = best_worst(to_others, to_worst)
    best, worst = result.best - 1, result.worst - 1
    assert result.xi == pytest.approx(linear_program(to_others, to_worst, best, worst), abs=1e-9)
    weights = result.weights
    errors = [np.abs(weights[best] - to_others * weights), np.abs(weights - to_worst * weights[worst])]
    assert np.max(errors) == pytest.approx(result.xi, abs=1e-9)


def feasible(xi, to_others, to_worst, best, worst):
    """Whether the nonlinear model allows `xi`: for a given one its constraints are linear."""
    size = len(to_others)
    rows = []
    for j in range(size):
        for sign in (1, -1):
            first, second = np.zeros(size), np.zeros(size)
            first[best] += sign
            first[j] -= sign * to_others[j] + xi
            second[j] += sign
            second[worst] -= sign * to_worst[j] + xi
            rows += [first, second]
    found = linprog(
        np.zeros(size), A_ub=np.array(rows), b_ub=np.zeros(len(rows)), A_eq=np.ones((1, size)), b_eq=[1]
    )
    return found.status == 0


@pytest.mark.parametrize("seed", range(40))
def test_nonlinear_model_reaches_the_true_optimum(seed):
    to_others, to_worst = random_judgement(np.random.default_rng(seed))
    result = best_worst(to_others, to_worst, model="nonlinear")
    best, worst = result.best - 1, result.worst - 1
    weights = result.weights
    errors = [np.abs(weights[best] / weights - to_others), np.abs(weights / weights[worst] - to_worst)]
    assert np.max(errors) == pytest.approx(result.xi, abs=1e-9)
    assert weights.sum() == pytest.approx(1)
    if result.xi > 0.01:
        assert feasible(result.xi + 1e-4, to_others, to_worst, best, worst)
        assert not feasible(result.xi - 1e-3, to_others, to_worst, best, worst)


def test_range_over_all_optima_holds_the_weights_and_is_reached():
    result = best_worst([2, 1, 4, 3, 8], [4, 8, 4, 2, 1], model="nonlinear")
    assert result.xi == pytest.approx(1)
    assert (result.lower <= result.weights).all()
    assert (result.weights <= result.upper).all()
    assert (result.upper - result.lower).max() > 0.01
    np.testing.assert_allclose(result.centre, (result.lower + result.upper) / 2)


def test_two_items_and_one_item():
    np.testing.assert_allclose(best_worst([1, 4], [4, 1]).weights, [0.8, 0.2])
    np.testing.assert_allclose(best_worst([1], [1]).weights, [1])
    assert best_worst([1, 4], [4, 1], model="nonlinear").xi == 0


@pytest.mark.parametrize("model", ["linear", "nonlinear"])
def test_equal_items_weigh_the_same(model):
    result = best_worst([1, 1, 1], [1, 1, 1], model=model)
    np.testing.assert_allclose(result.weights, 1 / 3)
    assert (result.xi, result.input_consistency, result.output_consistency) == (0, 0, 0)


def test_labels_carry_through_and_name_the_ends():
    result = best_worst(pd.Series({"a": 4, "b": 1, "c": 2}), pd.Series({"c": 2, "b": 4, "a": 1}))
    assert (result.best, result.worst) == ("b", "a")
    assert result.weights["b"] == pytest.approx(4 / 7)


def test_consistency_is_known_from_the_answers_alone():
    result = best_worst([2, 1, 4, 3, 8], [4, 8, 4, 2, 1])
    assert result.input_consistency == pytest.approx((16 - 8) / (64 - 8))
    assert result.acceptable is True
    bad = best_worst([8, 1, 8, 8, 8], [8, 8, 8, 8, 1])
    assert bad.acceptable is False
    assert best_worst([1, 2], [2, 1]).acceptable is None


@pytest.mark.parametrize(
    ("to_others", "to_worst", "words"),
    [
        ([2, 3], [2, 1], "no item is the best"),
        ([1, 3], [3, 2], "no item is the worst"),
        ([1, 3, 2], [4, 1, 2], "twice and differently: 3 among the comparisons of the best, 4"),
        ([1, 0.5], [2, 1], "item 2, best to: 0.5 is no number of at least 1"),
        ([1, "x"], [2, None], r"(?s)'x' is no number.*None is no number"),
        ([1, 2, 3], [3, 1], "3 comparisons with the best item and 2"),
        ([], [], "0 comparisons"),
        ([1, 2, 2], [1, 3, 2], "both best and worst"),
    ],
)
def test_a_judgement_that_does_not_fit_together_is_refused(to_others, to_worst, words):
    with pytest.raises(JudgementError, match=words):
        best_worst(to_others, to_worst)


def test_different_items_in_the_two_vectors_are_refused():
    with pytest.raises(JudgementError, match="different items"):
        best_worst(pd.Series({"a": 1, "b": 2}), pd.Series({"a": 2, "c": 1}))


def test_scale_and_model_are_checked():
    with pytest.raises(JudgementError, match="12 exceeds the scale of 9"):
        best_worst([1, 12], [12, 1], scale=9)
    with pytest.raises(MethodError, match="linear, nonlinear"):
        best_worst([1, 2], [2, 1], model="penalty")


def test_mappings_are_aligned_by_item_whatever_their_order():
    given = best_worst({"price": 1, "noise": 8, "room": 2}, {"noise": 1, "room": 4, "price": 8})
    plain = best_worst([1, 8, 2], [8, 1, 4])
    assert given.weights.to_dict() == dict(zip(["price", "noise", "room"], plain.weights, strict=True))
    assert (given.best, given.worst) == ("price", "noise")


def test_mappings_of_different_items_are_refused():
    with pytest.raises(JudgementError, match="different items"):
        best_worst({"price": 1, "noise": 8}, {"price": 8, "room": 1})
