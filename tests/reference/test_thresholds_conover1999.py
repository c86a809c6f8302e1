"""Conover (1999), Practical Nonparametric Statistics, section 3.2: ranks that bracket a median, by the binomial."""

import pytest

from methodology.thresholds import threshold_interval
from methodology.thresholds.order_statistics import rank_interval

MEDIAN = {
    6: (1, 6, 0.9688),
    10: (2, 9, 0.9785),
    15: (4, 12, 0.9648),
    20: (6, 15, 0.9586),
    25: (8, 18, 0.9567),
    30: (10, 21, 0.9572),
}


@pytest.mark.parametrize("plants", MEDIAN)
def test_ranks_and_confidence_of_a_median(plants):
    strict, loose, confidence = MEDIAN[plants]
    found = rank_interval(plants, 0.5)
    assert (found.strict, found.loose, round(found.confidence, 4)) == (strict, loose, confidence)
    for better, sign in (("lower", 1), ("higher", -1)):
        values = [sign * k for k in range(1, plants + 1)]
        interval = threshold_interval(values, 0.5, better=better)
        assert {interval.lower, interval.upper} == {sign * strict, sign * loose}


def test_five_plants_do_not_bracket_a_median():
    assert rank_interval(5, 0.5).strict is None
