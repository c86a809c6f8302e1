"""Prediction limits as the EPA's workbook codes them: every term of the expansion counts."""

import numpy as np
import pandas as pd
import pytest

from methodology.thresholds import upper_prediction_limit
from methodology.thresholds.regulators import epa_distribution, sample_moments


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ([2.9, 2.5, 4.0, 2.9, 2.0, 3.4, 5.9, 4.8, 1.8], 9.076417194478104),
        ([3.3, 4.5, 3.3, 1.2, 4.7, 3.6, 2.0, 3.9, 3.4], 7.368998153668159),
        ([3.0, 2.0, 2.1, 0.6, 8.0, 5.4, 2.2, 4.3, 3.2], 13.345614518640769),
    ],
)
def test_the_coded_skewed_form_keeps_its_digits(values, limit):
    """The form is checked against a published figure elsewhere; one step of its search is 1e-4 spreads."""
    step = 1e-4 * np.std(values, ddof=1)
    assert upper_prediction_limit(values, form="skewed", future=1) == pytest.approx(limit, abs=step / 2)


@pytest.mark.parametrize("plants", [4, 5, 8, 30])
def test_skewness_and_kurtosis_are_those_of_another_program(plants):
    values = np.random.default_rng(plants).lognormal(0, 0.8, plants)
    assert sample_moments(values) == pytest.approx((pd.Series(values).skew(), pd.Series(values).kurt()))


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([1.0, 1.1, 1.2, 1.4, 1.9, 2.8, 4.5], "lognormal"),
        ([2.7, 1.4, 9.8, 3.5, 3.8, 2.4, 2.8, 3.2], "lognormal"),
        ([2.3, 1.8, 2.9, 2.0, 2.9, 9.2, 3.4, 4.0], "lognormal"),
        ([2.8, 3.5, 2.6, 2.6, 3.5, 3.5, 3.2, 1.3], "normal"),
        ([1.6, 3.3, 3.3, 3.4, 3.5, 2.8, 3.4, 4.6], "normal"),
        ([1, 1, 1, 1, 1, 1, 1, 50], "skewed"),
    ],
)
def test_the_form_is_chosen_by_the_errors_of_skewness_and_kurtosis(values, form):
    assert epa_distribution(values) == form
