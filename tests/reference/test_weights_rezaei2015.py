"""Rezaei (2015), doi:10.1016/j.omega.2014.11.009, example 1, and the linear model of Rezaei (2016)."""

import numpy as np
import pytest

from methodology.weights import best_worst

TO_OTHERS, TO_WORST = [8, 2, 1], [1, 5, 8]


def test_nonlinear_model_gives_the_printed_weights():
    result = best_worst(TO_OTHERS, TO_WORST, model="nonlinear")
    assert result.xi == pytest.approx(0.2583, abs=5e-5)
    np.testing.assert_allclose(result.weights, [0.0714, 0.3387, 0.5899], atol=5e-5)
    np.testing.assert_allclose(result.lower, result.upper)


def test_linear_model_gives_the_printed_weights():
    result = best_worst(TO_OTHERS, TO_WORST)
    np.testing.assert_allclose(result.weights, [0.0714, 0.3214, 0.6071], atol=5e-5)


@pytest.mark.parametrize(
    ("top", "largest"),
    [(2, 0.44), (3, 1.00), (4, 1.63), (5, 2.30), (6, 3.00), (7, 3.73), (8, 4.47), (9, 5.23)],
)
def test_output_consistency_is_held_against_the_printed_largest_xi(top, largest):
    others = best_worst([1, top, top], [top, top, 1], model="nonlinear")
    assert others.xi == pytest.approx(largest, abs=5e-3)
    assert others.output_consistency == pytest.approx(1)


@pytest.mark.parametrize("model", ["linear", "nonlinear"])
def test_buying_a_car_is_fully_consistent_and_gives_the_printed_weights(model):
    result = best_worst([2, 1, 4, 2, 8], [4, 8, 2, 4, 1], model=model)
    np.testing.assert_allclose(result.weights, [0.2105, 0.4211, 0.1053, 0.2105, 0.0526], atol=5e-5)
    assert result.xi == pytest.approx(0, abs=1e-12)
    assert result.input_consistency == result.output_consistency == 0
