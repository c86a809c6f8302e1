"""Hirsch and Stedinger (1987), doi:10.1029/WR023i004p00715: plotting positions, beside statsmodels' ROS."""

import numpy as np
import pandas as pd
import pytest

from methodology.thresholds.censored import complete, plotting_positions

VALUES = np.array([5, 12.1, 16.9, 21.6, 2, 5, 7.7, 53.6, 9.5, 45.9, 1.0, 5.3, 12.6, 2])
BELOW = np.array([1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1], dtype=bool)


def test_completed_sample_agrees_with_statsmodels() -> None:
    from statsmodels.imputation import ros

    frame = pd.DataFrame({"value": VALUES, "below": BELOW})
    expected = ros.impute_ros("value", "below", df=frame)
    found = complete(VALUES, BELOW, "ros")
    np.testing.assert_allclose(np.sort(found), np.sort(expected), rtol=1e-10)


def test_one_limit_below_all_measured_values() -> None:
    # 2 of 6 below: exceedance 4/6; the hidden two share the lower third, the measured four the rest.
    found = plotting_positions(
        np.array([3.0, 3.0, 4.0, 5.0, 6.0, 7.0]), np.array([1, 1, 0, 0, 0, 0], dtype=bool)
    )
    thirds = 1 / 3
    expected = [thirds / 3, 2 * thirds / 3, *(thirds + 2 * thirds * np.arange(1, 5) / 5)]
    assert found == pytest.approx(expected)
