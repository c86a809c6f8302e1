"""US EPA (2009), Unified Guidance, EPA 530/R-09-007: examples as worked by EnvStats 2 and 3."""

import numpy as np
import pytest

from methodology.thresholds import (
    fit_lognormal,
    quantile_threshold,
    threshold_interval,
    upper_prediction_limit,
)
from methodology.thresholds.censored import censored_quantile
from methodology.thresholds.order_statistics import rank_coverage

CELLS = "<5 12.1 16.9 21.6 <2 <5 7.7 53.6 9.5 45.9 <5 5.3 12.6 106.3 34.5 6.3 11.9 10 <2 77.2 17.9 22.7 3.3 8.4 <2"
MANGANESE = CELLS.split()
MANGANESE_VALUES = [float(cell.removeprefix("<")) for cell in MANGANESE]
MANGANESE_BELOW = [cell.startswith("<") for cell in MANGANESE]
CHRYSENE_17 = [19.7, 39.2, 7.8, 12.8, 10.2, 7.2, 16.1, 5.7]
CHRYSENE_18 = [6.9, 27.3, 10.8, 8.9, 15.1, 7.2, 48.4, 7.8]
ARSENIC = [12.6, 30.8, 52, 28.1, 33.3, 44, 3, 12.8, 58.1, 12.6, 17.6, 25.3]
NITRATE = [5, 12.3, 5, 5, 8.1, 5, 11, 35.1, 5, 5, 9.3, 10.3]


def test_example_15_1_maximum_likelihood() -> None:
    fit = fit_lognormal(MANGANESE_VALUES, MANGANESE_BELOW)
    assert fit.meanlog == pytest.approx(2.215905, abs=5e-7)
    assert fit.sdlog == pytest.approx(1.356291, abs=5e-7)
    assert fit.mean == pytest.approx(23.003987, abs=5e-7)
    assert fit.cv == pytest.approx(2.300772, abs=5e-7)
    assert (fit.n, fit.below) == (25, 6)


@pytest.mark.parametrize(
    ("constant", "meanlog", "sdlog", "mean", "cv"),
    [
        (0.0, 2.277175, 1.261431, 19.827673, 1.304725),
        (0.375, 2.298656, 1.238104, 19.886180, 1.298868),
    ],
)
def test_example_15_1_robust_regression_on_order_statistics(constant, meanlog, sdlog, mean, cv) -> None:
    fit = fit_lognormal(MANGANESE_VALUES, MANGANESE_BELOW, method="ros", plotting_constant=constant)
    found = (fit.meanlog, fit.sdlog, fit.mean, fit.cv)
    assert found == pytest.approx((meanlog, sdlog, mean, cv), abs=5e-7)


def test_example_15_1_kaplan_meier_on_logarithms() -> None:
    # Printed in the guidance with two decimals.
    fit = fit_lognormal(MANGANESE_VALUES, MANGANESE_BELOW, method="kaplan-meier")
    assert (round(fit.meanlog, 2), round(fit.sdlog, 2)) == (2.31, 1.18)


def test_example_15_1_a_fifth_of_the_wells_lies_below_the_limit_and_the_answer_says_so() -> None:
    assert str(censored_quantile(MANGANESE_VALUES, MANGANESE_BELOW, 0.2, method="as-limit")) == "< 5"


def test_example_17_3_lognormal_upper_tolerance_limit() -> None:
    one_sided = threshold_interval(CHRYSENE_17, 0.95, method="lognormal", side="upper")
    assert one_sided.upper == pytest.approx(90.9247, abs=5e-5)
    assert one_sided.lower is None
    two_sided = threshold_interval(CHRYSENE_17, 0.95, method="lognormal", confidence=0.90)
    assert two_sided.upper == pytest.approx(90.9247, abs=5e-5)


def test_example_17_3_point_estimate() -> None:
    assert quantile_threshold(CHRYSENE_17, 0.95, method="lognormal") == pytest.approx(34.51727, abs=5e-6)


def test_example_17_4_content_below_the_largest_of_24() -> None:
    assert rank_coverage(24, 0.88, None, 24) == pytest.approx(0.953486, abs=5e-7)
    assert rank_coverage(24, 0.95, None, 24) == pytest.approx(0.708011, abs=5e-7)


def test_example_18_1_four_future_values_by_bonferroni() -> None:
    found = upper_prediction_limit(ARSENIC, future=1, confidence=0.95, simultaneous=4)
    assert found == pytest.approx(73.67237, abs=5e-6)
    assert upper_prediction_limit(ARSENIC, future=1, confidence=0.9875) == pytest.approx(found)


def test_example_18_2_geometric_mean_of_four_future_values() -> None:
    found = upper_prediction_limit(CHRYSENE_18, future=4, form="lognormal-geometric")
    assert found == pytest.approx(46.96613, abs=5e-6)


@pytest.mark.parametrize(
    ("well", "limit"),
    [([19.9, 29.6, 18.7, 24.2], 25.29), ([23.7, 21.9, 26.9, 26.1], 25.66), ([5.6, 3.3, 2.3, 6.9], 5.46)],
)
def test_example_21_4_lower_limit_of_the_95th_percentile(well, limit) -> None:
    found = threshold_interval(well, 0.95, method="normal", side="lower", confidence=0.99)
    assert found.lower == pytest.approx(limit, abs=5e-3)


def test_example_21_6_lower_limit_is_the_tenth_of_twelve() -> None:
    found = threshold_interval(NITRATE, 0.95, side="lower")
    assert (found.lower, found.upper, found.lower_rank) == (11, None, 10)
    assert found.confidence == pytest.approx(0.9804317, abs=5e-8)
    assert np.round([rank_coverage(12, 0.95, rank, None) for rank in (9, 10, 11, 12)], 2).tolist() == [
        1.0,
        0.98,
        0.88,
        0.54,
    ]
