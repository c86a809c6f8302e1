"""Harrell and Davis (1982), doi:10.1093/biomet/69.3.635: weights of the order statistics."""

import numpy as np
import pytest
from scipy.stats import mstats

from methodology.thresholds import quantile_threshold
from methodology.thresholds.quantiles import harrell_davis_weights


@pytest.mark.parametrize("plants", [3, 8, 20, 81])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9])
def test_agrees_with_scipy(plants, share) -> None:
    values = np.random.default_rng(plants).lognormal(size=plants)
    expected = float(mstats.hdquantiles(values, [share])[0])
    assert quantile_threshold(values, share, method="harrell-davis") == pytest.approx(expected, rel=1e-12)


def test_the_best_of_twenty_plants_still_carries_62_percent_of_a_top_five_percent_value() -> None:
    weights = harrell_davis_weights(20, 0.05)
    assert weights[0] == pytest.approx(0.62, abs=0.005)
    assert weights.sum() == pytest.approx(1)
