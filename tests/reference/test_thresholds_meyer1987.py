"""Meyer (1987), doi:10.1080/02664768700000020: quantile intervals of a finite population, checked by counting."""

from itertools import combinations
from math import comb

import pytest

from methodology.thresholds.order_statistics import rank_coverage, rank_interval, smallest_sample


@pytest.mark.parametrize(
    ("share", "strict", "loose", "coverage"),
    [(0.05, None, 3, 0.9506), (0.20, 3, 10, 0.970), (0.50, 11, 20, 0.970)],
)
def test_thirty_of_eighty_plants(share, strict, loose, coverage) -> None:
    found = rank_interval(30, share, population=80)
    assert (found.strict, found.loose) == (strict, loose)
    assert found.confidence == pytest.approx(coverage, abs=5e-4)


def test_one_sample_in_seven_holds_none_of_the_four_best_of_eighty() -> None:
    assert 1 - rank_coverage(30, 0.05, 1, None, population=80) == pytest.approx(0.146, abs=5e-4)
    assert comb(76, 30) / comb(80, 30) == pytest.approx(0.146, abs=5e-4)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.8])
@pytest.mark.parametrize("plants", [3, 6, 9])
def test_coverage_is_the_share_of_all_samples_that_bracket_the_value(plants, share) -> None:
    population, best = 10, -(-int(share * 100) * 10 // 100)
    samples = list(combinations(range(1, population + 1), plants))
    for strict in (None, *range(1, plants + 1)):
        for loose in (None, *range(strict or 1, plants + 1)):
            counted = sum(
                (strict is None or drawn[strict - 1] <= best) and (loose is None or best <= drawn[loose - 1])
                for drawn in samples
            )
            found = rank_coverage(plants, share, strict, loose, population=population)
            assert found == pytest.approx(counted / len(samples), abs=1e-12)


def test_a_census_leaves_no_doubt() -> None:
    found = rank_interval(80, 0.05, population=80)
    assert (found.strict, found.loose, found.confidence) == (4, 4, 1.0)
    assert smallest_sample(0.05, population=20) == 20
