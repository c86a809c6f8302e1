import numpy as np
import pytest
from scipy import stats

from methodology.errors import DataError, ParameterError
from methodology.thresholds import fit_lognormal
from methodology.thresholds.censored import METHODS, censored_quantile, kaplan_meier

VALUES = [2.0, 2.0, 3.0, 5.0, 8.0, 13.0]
BELOW = [True, True, False, False, False, False]


def test_likelihood_agrees_with_scipys_censored_fit():
    rng = np.random.default_rng(1)
    values = rng.lognormal(1, 0.8, 60)
    limits = rng.choice([1.5, 2.5], 60)
    below = values < limits
    stated = np.where(below, limits, values)
    found = fit_lognormal(stated, below)
    data = stats.CensoredData(uncensored=stated[~below], left=stated[below])
    shape, _, scale = stats.lognorm.fit(data, floc=0)
    assert (found.meanlog, found.sdlog) == pytest.approx((np.log(scale), shape), rel=1e-4)


def test_without_limits_the_likelihood_is_mean_and_population_spread_of_the_logarithms():
    found = fit_lognormal([1.0, 2.0, 4.0, 9.0], None)
    logs = np.log([1.0, 2.0, 4.0, 9.0])
    assert (found.meanlog, found.sdlog) == pytest.approx((logs.mean(), logs.std()))
    assert found.below == 0


def test_mean_and_variation_follow_from_the_lognormal_parameters():
    found = fit_lognormal(VALUES, BELOW)
    assert found.mean == pytest.approx(np.exp(found.meanlog + found.sdlog**2 / 2))
    assert found.cv == pytest.approx(np.sqrt(np.exp(found.sdlog**2) - 1))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_follows_the_unit(method):
    plain = fit_lognormal(VALUES, BELOW, method=method)
    scaled = fit_lognormal(np.multiply(VALUES, 1e-4), BELOW, method=method)
    assert scaled.mean == pytest.approx(plain.mean * 1e-4)
    assert scaled.cv == pytest.approx(plain.cv)
    assert scaled.meanlog == pytest.approx(plain.meanlog + np.log(1e-4))


def test_heavy_censoring_still_converges():
    values, below = [1.0] * 30 + [2.0, 5.0], [True] * 30 + [False, False]
    found = fit_lognormal(values, below)
    assert np.isfinite([found.meanlog, found.sdlog]).all()
    assert found.meanlog < 0


def test_kaplan_meier_without_limits_is_the_sample():
    points, masses = kaplan_meier(np.array([3.0, 1.0, 2.0, 2.0]), np.zeros(4, dtype=bool))
    assert points.tolist() == [1.0, 2.0, 3.0]
    assert masses == pytest.approx([0.25, 0.5, 0.25])


def test_kaplan_meier_spreads_a_limit_over_what_lies_below_it():
    # `<4` shares its quarter between the plants at 1 and 2 below it.
    points, masses = kaplan_meier(np.array([1.0, 2.0, 4.0, 8.0]), np.array([False, False, True, False]))
    assert points.tolist() == [1.0, 2.0, 8.0]
    assert masses == pytest.approx([0.375, 0.375, 0.25])


def test_kaplan_meier_leaves_the_rest_at_the_lowest_limit():
    points, masses = kaplan_meier(np.array(VALUES), np.array(BELOW))
    assert points[0] == 2.0
    assert masses[0] == pytest.approx(1 / 3)
    assert masses.sum() == pytest.approx(1)


@pytest.mark.parametrize("method", METHODS)
def test_a_quantile_below_the_limit_is_told_as_such(method):
    found = censored_quantile(VALUES, BELOW, 0.2, method=method)
    assert found.below
    assert str(found) == "< 2"


@pytest.mark.parametrize("method", ["as-limit", "kaplan-meier", "half-limit", "ros"])
def test_a_quantile_among_measured_plants_is_their_value(method):
    assert str(censored_quantile(VALUES, BELOW, 0.5, method=method)) == "3"


def test_half_the_limit_is_used_under_its_name_only():
    assert fit_lognormal(VALUES, BELOW, method="half-limit").mean == pytest.approx(
        (1 + 1 + 3 + 5 + 8 + 13) / 6
    )
    assert fit_lognormal(VALUES, BELOW, method="as-limit").mean == pytest.approx((2 + 2 + 3 + 5 + 8 + 13) / 6)


def test_too_little_to_estimate_from_is_refused_with_the_honest_answer():
    with pytest.raises(DataError, match=r"1 of 3 values are measured.*'< 5'"):
        fit_lognormal([5, 5, 9], [True, True, False])
    with pytest.raises(DataError, match="'< 4'"):
        censored_quantile([4.0, 4.0], [True, True], 0.5)


def test_input_at_fault_is_named():
    with pytest.raises(DataError, match=r"`below_limit` has shape \(2,\) for 3 values"):
        fit_lognormal([1, 2, 3], [True, False])
    with pytest.raises(DataError, match="smallest value is 0"):
        fit_lognormal([0, 2, 3], [False, False, False])
    with pytest.raises(ParameterError, match="method is 'zero'"):
        fit_lognormal([1, 2, 3], None, method="zero")


def test_a_quantile_at_the_smallest_measured_value_is_that_value_and_no_limit():
    tied = censored_quantile([5, 5, 6, 7, 8], [True, False, False, False, False], 0.2)
    assert (tied.value, tied.below) == (5.0, False)
    hidden = censored_quantile([5, 6, 7, 8], [True, False, False, False], 0.2)
    assert (hidden.value, hidden.below) == (5.0, True)
