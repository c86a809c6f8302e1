"""Natrella (1963), Experimental Statistics, NBS Handbook 91, table A-7: one-sided normal tolerance limits."""

import numpy as np
import pytest
from scipy.special import ndtri

from methodology.thresholds import threshold_interval

FACTORS = {
    (5, 0.90): 3.407,
    (10, 0.90): 2.355,
    (10, 0.95): 2.911,
    (10, 0.99): 3.981,
    (20, 0.90): 1.926,
    (20, 0.95): 2.396,
    (20, 0.99): 3.295,
    (30, 0.95): 2.220,
    (30, 0.99): 3.064,
    (50, 0.95): 2.065,
}
"""At 95 % confidence, by sample size and content."""


@pytest.mark.parametrize(("plants", "content"), FACTORS)
def test_upper_limit_of_a_normal_quantile_is_mean_plus_k_standard_deviations(plants, content):
    values = 10 + ndtri((np.arange(plants) + 0.5) / plants)
    found = threshold_interval(values, content, method="normal", side="upper")
    factor = (found.upper - values.mean()) / values.std(ddof=1)
    assert factor == pytest.approx(FACTORS[plants, content], abs=6e-4)
    logs = threshold_interval(np.exp(values), content, method="lognormal", side="upper")
    assert np.log(logs.upper) == pytest.approx(found.upper)


@pytest.mark.parametrize("content", [0.9, 0.95])
def test_a_lower_limit_on_the_clean_side_is_its_mirror_image(content):
    values = 10 + ndtri((np.arange(20) + 0.5) / 20)
    upper = threshold_interval(values, content, method="normal", side="upper").upper
    lower = threshold_interval(-values, float(f"{1 - content:.2f}"), method="normal", side="lower").lower
    assert lower == pytest.approx(-upper)
