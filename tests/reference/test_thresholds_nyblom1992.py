"""Nyblom (1992), doi:10.1016/0167-7152(92)90076-H: interpolated order statistics, as worked by EnvStats."""

import pytest

from methodology.thresholds import threshold_interval
from methodology.thresholds.order_statistics import rank_coverage, rank_interval

BEFORE = [20.9, 9.17, 5.96, 41.5, 34.3, 19.7, 38.9, 8.18, 9.13, 28.5]


def test_median_interval_of_ten_wells() -> None:
    found = threshold_interval(BEFORE, 0.5, method="interpolated")
    assert found.lower == pytest.approx(8.804775, abs=5e-7)
    assert found.upper == pytest.approx(35.874775, abs=5e-7)


def test_mirrored_wells_give_the_mirrored_interval() -> None:
    found = threshold_interval([-x for x in BEFORE], 0.5, better="higher", method="interpolated")
    assert (found.lower, found.upper) == pytest.approx((-35.874775, -8.804775), abs=5e-7)


def test_ranks_of_the_third_quartile_of_twenty() -> None:
    found = rank_interval(20, 0.75, confidence=0.90)
    assert (found.strict, found.loose) == (12, 19)
    assert found.confidence == pytest.approx(0.9347622, abs=5e-8)
    assert rank_coverage(20, 0.75, 13, 20) == pytest.approx(0.8950169, abs=5e-8)
    assert rank_coverage(20, 0.75, 13, 18) == pytest.approx(0.8069277, abs=5e-8)
