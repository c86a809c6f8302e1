from fractions import Fraction

import numpy as np
import pytest

from methodology.errors import DataError
from methodology.evaluation.exact import exact, exact_all
from methodology.evaluation.scoring import effective_weights


@pytest.mark.parametrize(
    ("number", "meant"),
    [
        (0.85, Fraction(17, 20)),
        (0.1 + 0.2, Fraction(3, 10)),
        (0.1 * 0.7, Fraction(7, 100)),
        (1 / 3, Fraction(1, 3)),
        (0.85 / 3, Fraction(17, 60)),
        (0.1234567 * 3, Fraction(3703701, 10**7)),  # 0.37037010000000004
        (1e-7, Fraction(1, 10**7)),
        (0.0, Fraction(0)),
        (7, Fraction(7)),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_a_number_is_read_as_its_author_meant_it(number, meant):
    assert exact(number) == meant


def test_a_number_with_no_simple_form_keeps_its_shortest_decimal():
    assert exact(0.2718281828459045) == Fraction(2718281828459045, 10**16)


def test_neighbours_further_than_rounding_error_stay_apart():
    assert exact(0.850000000001) == Fraction(850000000001, 10**12)
    assert exact(0.85000000000001) > Fraction(17, 20)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_not_finite_is_refused(number):
    with pytest.raises(DataError):
        exact(number)


def test_redistribution_stays_within_the_group_while_the_group_applies():
    share = effective_weights([0.2, 0.3, 0.5], ["a", "a", "b"], np.array([[True, False, True]])).share
    assert share.tolist() == [[0.5, 0.0, 0.5]]


def test_a_whole_group_gives_its_weight_to_the_others():
    share = effective_weights([0.2, 0.2, 0.6], ["a", "b", "c"], np.array([[False, True, True]])).share
    assert share.tolist() == [[0.0, 0.25, 0.75]]


def test_a_group_left_with_weightless_indicators_counts_as_not_applicable():
    share = effective_weights([0.0, 0.5, 0.5], ["a", "a", "b"], np.array([[True, False, True]])).share
    assert share.tolist() == [[0.0, 0.0, 1.0]]


def test_nothing_left_to_weigh_names_the_first_five_plants():
    with pytest.raises(DataError, match=r"(?s)'P0'.*'P4'.*and 2 more"):
        effective_weights([1.0], ["a"], np.zeros((7, 1), dtype=bool), plants=[f"P{k}" for k in range(7)])


def test_scores_are_the_floats_nearest_to_the_exact_values():
    rng = np.random.default_rng(5)
    weights = rng.dirichlet(np.ones(12))
    groups = list("aaabbbbccccc")
    applicable = rng.random((40, 12)) < 0.9
    reached = rng.random((3, 40, 12)) < 0.5
    got = effective_weights(weights, groups, applicable).scores(reached)
    parts = exact_all(weights)
    for level in range(3):
        for plant in range(40):
            total, sum_ = Fraction(0), Fraction(0)
            for group in "abc":
                inside = [k for k in range(12) if groups[k] == group]
                here = [k for k in inside if applicable[plant, k]]
                if not here:
                    continue
                share = sum(parts[k] for k in inside)
                total += share
                hit = sum(parts[k] for k in here if reached[level, plant, k])
                sum_ += share * Fraction(hit) / sum(parts[k] for k in here)
            assert got[level, plant] == float(100 * sum_ / total)


def test_near_the_cut_whole_numbers_decide():
    weights = effective_weights([Fraction(17, 20), Fraction(3, 20)], ["a", "b"], np.ones((1, 2), dtype=bool))
    reached = np.array([[[True, False]]])
    assert weights.at_least(reached, Fraction(85)).item()
    assert not weights.at_least(reached, Fraction(85) + Fraction(1, 10**20)).item()
    assert weights.at_least(reached, Fraction(85) - Fraction(1, 10**20)).item()


def test_whole_numbers_decide_for_the_plant_that_is_near_whoever_stands_before_it():
    parts = [Fraction(17, 20), Fraction(3, 20)]
    weights = effective_weights(parts, ["a", "b"], np.ones((6, 2), dtype=bool))
    reached = np.zeros((3, 6, 2), dtype=bool)
    reached[:, 5, 0] = True
    above = weights.at_least(reached, Fraction(85) + Fraction(1, 10**20))
    assert weights.at_least(reached, Fraction(85)).tolist() == [[False] * 5 + [True]] * 3
    assert not above.any()
