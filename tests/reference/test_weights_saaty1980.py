"""Saaty (1980), The Analytic Hierarchy Process; figures as in calibration.md section 8 and in Saaty (1990, 2003)."""

from fractions import Fraction

import numpy as np
import pytest

from methodology.weights import ahp


def matrix(text):
    return np.array([[float(Fraction(cell)) for cell in row.split()] for row in text.split("|")])


DRINKS = matrix(
    "1 9 5 2 1 1 1/2 | 1/9 1 1/3 1/9 1/9 1/9 1/9 | 1/5 3 1 1/3 1/4 1/3 1/9 | 1/2 9 3 1 1/2 1 1/3 |"
    "1 9 4 2 1 2 1/2 | 1 9 3 1 1/2 1 1/3 | 2 9 9 3 2 3 1"
)
SCHOOL = matrix(
    "1 4 3 1 3 4 | 1/4 1 7 3 1/5 1 | 1/3 1/7 1 1/5 1/5 1/6 | 1 1/3 5 1 1 1/3 | 1/3 5 5 1 1 3 | 1/4 1 6 3 1/3 1"
)
HOUSE = matrix(
    "1 5 3 7 6 6 1/3 1/4 | 1/5 1 1/3 5 3 3 1/5 1/7 | 1/3 3 1 6 3 4 6 1/5 | 1/7 1/5 1/6 1 1/3 1/4 1/7 1/8 |"
    "1/6 1/3 1/3 3 1 1/2 1/5 1/6 | 1/6 1/3 1/4 4 2 1 1/5 1/6 | 3 5 1/6 7 5 5 1 1/2 | 4 7 5 8 6 6 2 1"
)


def test_drinks_consumed_in_the_usa_give_the_printed_priorities():
    result = ahp(DRINKS)
    np.testing.assert_allclose(
        result.weights, [0.1775, 0.0191, 0.0418, 0.1164, 0.1896, 0.1288, 0.3268], atol=5e-5
    )
    assert result.lambda_max == pytest.approx(7.1766, abs=5e-5)
    assert result.consistency_ratio == pytest.approx((7.1766 - 7) / 6 / 1.32, abs=1e-5)


def test_choice_of_a_school_gives_the_printed_priorities_and_its_large_ratio():
    result = ahp(SCHOOL)
    np.testing.assert_allclose(result.weights, [0.32, 0.14, 0.03, 0.13, 0.24, 0.14], atol=5e-3)
    assert result.consistency_ratio > 0.2


def test_buying_a_house_gives_the_printed_priorities():
    result = ahp(HOUSE)
    np.testing.assert_allclose(
        result.weights, [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333], atol=6e-4
    )
    assert result.lambda_max == pytest.approx(9.669, abs=5e-4)
    assert result.consistency_ratio == pytest.approx(0.169, abs=5e-4)


def test_worst_judgement_of_the_house_is_the_one_saaty_2003_mends():
    worst = ahp(HOUSE).worst
    assert (worst.a, worst.b, worst.value) == (3, 7, 6)
    assert worst.suggested == pytest.approx(1 / 2)
    assert worst.consistency_ratio == pytest.approx(0.083, abs=1e-3)


def test_random_index_tables_differ_where_their_authors_do():
    rng = np.random.default_rng(3)
    eight = np.where(np.triu(np.ones((8, 8)), 1) > 0, rng.integers(1, 10, (8, 8)), np.nan)
    index = ahp(eight).consistency_index
    for name, expected in {
        "saaty-1980": 1.41,
        "saaty-2005": 1.40,
        "tummala-ling-1998": 1.3952,
        "donegan-dodd-1991": 1.3171,
    }.items():
        assert ahp(eight, random_index=name).consistency_ratio == pytest.approx(index / expected)
