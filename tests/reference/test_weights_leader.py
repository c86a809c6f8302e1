"""Choosing a leader, the worked example of the encyclopaedia article on AHP (recalled figures)."""

import numpy as np
import pytest

from methodology.weights import ahp

CRITERIA = [[1, 4, 3, 7], [1 / 4, 1, 1 / 3, 3], [1 / 3, 3, 1, 5], [1 / 7, 1 / 3, 1 / 5, 1]]


def test_experience_education_charisma_and_age_give_the_printed_priorities():
    result = ahp(CRITERIA)
    np.testing.assert_allclose(result.weights, [0.547, 0.127, 0.270, 0.056], atol=1e-3)
    assert result.consistency_ratio == pytest.approx(0.044, abs=1e-3)
