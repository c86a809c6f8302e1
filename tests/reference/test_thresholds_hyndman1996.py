"""Hyndman and Fan (1996), doi:10.1080/00031305.1996.10473566: nine sample quantiles, beside numpy's."""

import numpy as np
import pytest

from methodology.thresholds import quantile_threshold

NUMPY = (
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
)


@pytest.mark.parametrize("kind", range(1, 10))
@pytest.mark.parametrize("plants", [1, 2, 7, 8, 20, 23])
def test_agrees_with_numpy(kind, plants) -> None:
    values = np.random.default_rng(plants).normal(size=plants)
    for share in (0.05, 0.2, 0.25, 0.5, 0.75, 0.97):
        found = quantile_threshold(values, share, method=f"hyndman-fan-{kind}")
        assert found == pytest.approx(np.quantile(values, share, method=NUMPY[kind - 1]), abs=1e-12)


def test_type_1_is_the_attainment_value_and_type_7_is_what_spreadsheets_do() -> None:
    values = [540, 548, 555, 561, 570]
    assert quantile_threshold(values, 0.4, method="hyndman-fan-1") == quantile_threshold(values, 0.4)
    assert quantile_threshold(values, 0.4, method="hyndman-fan-7") == pytest.approx(552.2)
