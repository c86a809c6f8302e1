"""Wilks (1941), doi:10.1214/aoms/1177731788: sample sizes whose extremes hold a content of the population."""

import pytest

from methodology.thresholds.order_statistics import smallest_sample


@pytest.mark.parametrize(
    ("share", "confidence", "plants"),
    [
        (0.05, 0.95, 59),
        (0.10, 0.95, 29),
        (0.01, 0.95, 299),
        (0.10, 0.90, 22),
        (0.05, 0.99, 90),
        (0.01, 0.99, 459),
    ],
)
def test_tabled_sample_sizes_of_one_extreme(share, confidence, plants) -> None:
    assert smallest_sample(share, confidence=confidence, side="strict") == plants


@pytest.mark.parametrize(("share", "both", "strict"), [(0.05, 72, 59), (0.20, 17, 14), (0.50, 6, 5)])
def test_plants_below_which_no_limit_exists(share, both, strict) -> None:
    assert smallest_sample(share) == both
    assert smallest_sample(share, side="strict") == strict


def test_the_loose_side_of_a_top_five_percent_value_has_a_limit_from_the_first_plant_on() -> None:
    assert smallest_sample(0.05, side="loose") == 1
    assert smallest_sample(0.95, side="loose") == 59
