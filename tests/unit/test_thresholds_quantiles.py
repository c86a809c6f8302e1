from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from methodology.arguments import exact_share, needed
from methodology.errors import DataError, ParameterError
from methodology.evaluation import reaches
from methodology.thresholds import quantile_threshold, threshold_interval, upper_prediction_limit
from methodology.thresholds.quantiles import FAMILIES, METHODS, family_quantiles, fit_family

LAWS = {
    "normal": stats.norm,
    "lognormal": stats.lognorm,
    "gamma": stats.gamma,
    "weibull": stats.weibull_min,
}
PLANTS = [540.0, 548.0, 555.0, 561.0, 570.0, 571.0, 580.0, 600.0]


def law_of(values, family):
    shapes, loc, scale = fit_family(values, family)
    return LAWS[family](*shapes, loc=loc, scale=scale)


def test_attainment_is_the_cleanest_plant_value_that_enough_plants_reach():
    assert quantile_threshold(PLANTS, 0.25) == 548.0
    assert quantile_threshold(PLANTS, 0.26) == 555.0
    assert quantile_threshold(PLANTS, 0.25, better="higher") == 580.0


def test_one_plant_in_thirty_is_never_less_than_five_percent():
    assert quantile_threshold(list(range(1, 31)), 0.05) == 2.0
    assert quantile_threshold(list(range(1, 21)), 0.05) == 1.0


@pytest.mark.parametrize(
    ("share", "plants", "wanted"), [(0.07, 100, 7), (0.2, 30, 6), (0.29, 100, 29), (0.57, 100, 57)]
)
def test_shares_are_the_decimals_they_are_written_as(share, plants, wanted):
    assert needed(share, plants) == wanted
    assert exact_share(share) * plants == wanted


@pytest.mark.parametrize("share", [0.2, np.float64(0.2), np.float32(0.2), Decimal("0.2"), Fraction(1, 5)])
def test_a_share_means_the_same_in_whatever_type_it_comes(share):
    assert quantile_threshold(list(range(1, 31)), share) == 6.0
    assert threshold_interval(list(range(1, 31)), share) == threshold_interval(list(range(1, 31)), 0.2)


def test_ties_let_more_plants_through_and_never_fewer():
    values = [100, 100, 100, 99, 98]
    assert quantile_threshold(values, 0.2, better="higher") == 100.0
    assert quantile_threshold(values, 0.2) == 98.0
    assert quantile_threshold(values, 0.8) == 100.0


@pytest.mark.parametrize("method", METHODS)
def test_every_method_mirrors_for_the_other_direction(method):
    values = np.random.default_rng(3).lognormal(2, 0.3, 25)
    found = quantile_threshold(values, 0.2, method=method, better="higher")
    if method in ("lognormal", "gamma", "weibull"):
        fitted = law_of(values, method)
        assert found == pytest.approx(fitted.ppf(0.8))
    else:
        assert found == pytest.approx(-quantile_threshold(-values, 0.2, method=method))


@pytest.mark.parametrize("method", [name for name in METHODS if name != "mact-floor"])
def test_every_method_but_the_wide_limit_of_few_plants_gets_looser_with_the_share(method):
    values = np.random.default_rng(4).lognormal(2, 0.3, 25)
    found = [quantile_threshold(values, share, method=method) for share in (0.05, 0.2, 0.5, 0.9)]
    assert found == sorted(found)


def test_mean_of_best_averages_the_plants_its_count_rule_gives():
    values = [1, 2, 3, 4, 5, 6, 7]
    assert quantile_threshold(values, 0.25, method="mean-of-best") == 1.5
    assert quantile_threshold(values, 0.25, method="mean-of-best", count="floor") == 1.0
    assert quantile_threshold(values, 0.05, method="mean-of-best", count="floor") == 1.0
    assert quantile_threshold(values, 0.25, method="mean-of-best", better="higher") == 6.5


@pytest.mark.parametrize(("family", "kind"), [("gamma", stats.gamma), ("weibull", stats.weibull_min)])
def test_maximum_likelihood_is_no_worse_than_scipys_search(family, kind):
    values = np.random.default_rng(5).lognormal(3, 0.4, 40)
    ours = law_of(values, family).logpdf(values).sum()
    theirs = kind.logpdf(values, *kind.fit(values, floc=0)).sum()
    assert ours >= theirs - 1e-9


def test_fits_follow_the_unit_of_the_values():
    values = np.random.default_rng(6).lognormal(3, 0.4, 40)
    for family in ("lognormal", "normal", "gamma", "weibull"):
        small = quantile_threshold(values * 1e-6, 0.05, method=family)
        assert small * 1e6 == pytest.approx(quantile_threshold(values, 0.05, method=family), rel=1e-9)


@pytest.mark.parametrize("share", [0, 1, -0.1, 5, float("nan"), "many"])
def test_a_share_outside_zero_to_one_is_refused_with_its_value(share):
    with pytest.raises(ParameterError, match="share is"):
        quantile_threshold(PLANTS, share)


def test_unknown_choices_name_what_is_allowed():
    with pytest.raises(ParameterError, match="method is 'median'; choose one of attainment"):
        quantile_threshold(PLANTS, 0.2, method="median")
    with pytest.raises(ParameterError, match="better is 'small'; choose one of lower, higher"):
        quantile_threshold(PLANTS, 0.2, better="small")


def test_missing_values_are_refused_with_their_places():
    with pytest.raises(DataError, match=r"2 of 4 values are missing or infinite \(positions 1, 3\)"):
        quantile_threshold([1, float("nan"), 3, float("inf")], 0.5)
    with pytest.raises(DataError, match="0 values are given"):
        quantile_threshold([], 0.5)
    with pytest.raises(DataError, match="no number"):
        quantile_threshold(["<5", 3], 0.5)
    with pytest.raises(DataError, match="2 dimensions"):
        quantile_threshold([[1.0, 2.0]], 0.5)


def test_logarithms_of_values_that_are_not_positive_are_refused():
    with pytest.raises(DataError, match="smallest value is -3"):
        quantile_threshold([-3, 5, 8], 0.2, method="lognormal")
    with pytest.raises(DataError, match="All 3 values equal 5"):
        quantile_threshold([5, 5, 5], 0.2, method="normal")


def test_cells_reach_by_the_four_states():
    values, states = [4, 5, 5, np.nan, np.nan], [0, 0, 1, 2, 3]
    assert reaches(values, states, 5).tolist() == [True, True, True, False, False]
    assert reaches(values, states, 4.9).tolist() == [True, False, False, False, False]
    assert reaches(values, states, 4, "higher").tolist() == [True, True, False, False, False]
    assert not reaches(values, states, np.nan).any()


def test_the_floor_of_the_us_epa_is_the_prediction_limit_of_the_best_share():
    values = [3.0, 1.0, 2.0, 1.5, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0]
    best = [1.0, 1.5, 2.0]
    assert quantile_threshold(values, 0.3, method="mact-floor") == upper_prediction_limit(best, future=1)
    mirrored = quantile_threshold([-x for x in values], 0.3, better="higher", method="mact-floor")
    assert mirrored == -upper_prediction_limit(best, future=1)
    with pytest.raises(DataError, match="needs 2"):
        quantile_threshold(values, 0.1, method="mact-floor")


def test_an_experts_reading_is_the_order_statistic_of_the_share():
    values = [3, 1, 2, 9, 8]
    assert quantile_threshold(values, 0.4, method="bat-ael") == quantile_threshold(values, 0.4) == 2


@pytest.mark.parametrize("plants", range(2, 60))
def test_plants_that_are_all_alike_reach_the_weighted_mean_of_their_values(plants):
    for value in (300.0, 0.1, 1385.7):
        for share in (0.05, 0.2, 0.5):
            assert quantile_threshold([value] * plants, share, method="harrell-davis") == value


@pytest.mark.parametrize("family", FAMILIES)
def test_quantiles_of_a_family_are_those_of_scipys_law_to_the_last_bit(family):
    """They are read without scipy.stats, which takes longer to import than all of them to compute."""
    values, shares = np.random.default_rng(5).lognormal(3, 0.2, 30), [0.0, 0.05, 0.2, 0.5, 0.95, 1.0]
    assert family_quantiles(values, shares, family) == law_of(values, family).ppf(shares).tolist()
