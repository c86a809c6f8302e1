import numpy as np
import pytest
from scipy.stats import bootstrap

from methodology.errors import DataError, ParameterError
from methodology.thresholds import threshold_interval
from methodology.thresholds.intervals import METHODS
from methodology.thresholds.order_statistics import rank_coverage, rank_interval
from methodology.thresholds.quantiles import harrell_davis_weights

TWENTY = list(range(1, 21))


def test_a_limit_that_does_not_exist_is_none_and_said_in_words():
    found = threshold_interval(TWENTY, 0.05)
    assert (found.lower, found.upper, found.upper_rank) == (None, 4.0, 4)
    assert found.confidence == pytest.approx(0.9841, abs=5e-5)
    assert found.missing == ("no lower limit exists with n = 20",)
    assert "no lower limit exists with n = 20" in str(found)


def test_the_error_of_a_missing_limit_goes_to_the_other_side():
    # Rank 4 is too clean with probability .0159: enough for 97 % on one side, not for 1.5 % on each.
    found = rank_interval(20, 0.05, confidence=0.97)
    assert (found.strict, found.loose) == (None, 4)
    assert found == rank_interval(20, 0.05, confidence=0.97, side="loose")
    assert rank_interval(20, 0.05, confidence=0.99).loose == 5


def test_the_error_of_a_missing_loose_limit_goes_to_the_strict_side():
    found = rank_interval(20, 0.95, confidence=0.97)
    assert (found.strict, found.loose) == (17, None)
    assert found == rank_interval(20, 0.95, confidence=0.97, side="strict")


def test_with_one_plant_neither_limit_of_a_median_exists():
    found = threshold_interval([7.0], 0.5)
    assert (found.lower, found.upper, found.confidence) == (None, None, 1.0)
    assert len(found.missing) == 2


def test_where_neither_limit_exists_with_equal_tails_the_loose_side_is_tried_first():
    assert threshold_interval([1, 2, 3, 4, 5], 0.5).upper == 5.0
    assert threshold_interval([1, 2, 3, 4, 5], 0.5, better="higher").lower == 1.0
    assert rank_interval(5, 0.5).confidence == 0.96875


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_higher_is_better_mirrors_the_interval(method, share):
    values = np.random.default_rng(1).normal(50, 4, 25)
    plain = threshold_interval(values, share, method=method, population=60)
    chosen = "normal" if method == "lognormal" else method
    mirrored = threshold_interval(-values, share, better="higher", method=chosen, population=60)
    if method != "lognormal":
        ends = [None if end is None else pytest.approx(-end) for end in (plain.upper, plain.lower)]
        assert [mirrored.lower, mirrored.upper] == ends


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("better", ["lower", "higher"])
def test_one_sided_limits_are_asked_for_on_the_scale_of_the_values(method, better):
    values = np.random.default_rng(2).lognormal(3, 0.3, 60)
    for side, other in (("lower", "upper"), ("upper", "lower")):
        found = threshold_interval(values, 0.5, better=better, method=method, population=90, side=side)
        assert getattr(found, other) is None
        assert getattr(found, side) is not None
        assert found.missing == ()
        two_sided = threshold_interval(values, 0.5, better=better, method=method, population=90)
        inner = getattr(found, side) - getattr(two_sided, side)
        assert inner >= 0 if side == "lower" else inner <= 0


def test_normal_and_lognormal_are_one_method_on_two_scales():
    values = np.random.default_rng(3).normal(2, 0.4, 15)
    for better in ("lower", "higher"):
        plain = threshold_interval(values, 0.1, better=better, method="normal")
        logs = threshold_interval(np.exp(values), 0.1, better=better, method="lognormal")
        assert np.log([logs.lower, logs.upper]) == pytest.approx([plain.lower, plain.upper])


def test_percentile_bootstrap_agrees_with_scipy():
    values = np.random.default_rng(4).lognormal(3, 0.5, 30)
    ours = threshold_interval(values, 0.2, method="bootstrap-percentile", resamples=20_000)

    def statistic(sample, axis):
        return np.sort(sample, axis=axis) @ harrell_davis_weights(30, 0.2)

    theirs = bootstrap(
        (values,), statistic, n_resamples=20_000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    assert (ours.lower, ours.upper) == pytest.approx((theirs.low, theirs.high), rel=0.01)


def test_bca_bootstrap_agrees_with_scipy():
    values = np.random.default_rng(5).lognormal(3, 0.5, 30)
    ours = threshold_interval(values, 0.2, method="bootstrap-bca", resamples=20_000)

    def statistic(sample, axis):
        return np.sort(sample, axis=axis) @ harrell_davis_weights(sample.shape[axis], 0.2)

    theirs = bootstrap(
        (values,), statistic, n_resamples=20_000, method="BCa", rng=np.random.default_rng(0)
    ).confidence_interval
    assert (ours.lower, ours.upper) == pytest.approx((theirs.low, theirs.high), rel=0.02)


def test_a_bootstrap_does_not_claim_a_confidence():
    found = threshold_interval(TWENTY, 0.05, method="bootstrap-percentile")
    assert np.isnan(found.confidence)
    assert "confidence unknown" in str(found)


def test_a_bootstrap_repeats_with_its_seed():
    first, again, other = (
        threshold_interval(TWENTY, 0.2, method="bootstrap-bca", seed=seed, resamples=99).lower
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_interpolation_lies_inside_the_exact_interval():
    values = np.sort(np.random.default_rng(6).normal(size=40))
    for share in (0.2, 0.5, 0.8):
        exact = threshold_interval(values, share)
        inner = threshold_interval(values, share, method="interpolated")
        assert exact.lower <= inner.lower < inner.upper <= exact.upper


def test_finite_population_needs_a_number_of_plants_no_smaller_than_the_sample():
    with pytest.raises(ParameterError, match="needs `population`"):
        threshold_interval(TWENTY, 0.2, method="finite-population")
    with pytest.raises(ParameterError, match="The sample has 20 plants and the population 19"):
        threshold_interval(TWENTY, 0.2, method="finite-population", population=19)


def test_unknown_choices_are_refused_with_their_value():
    with pytest.raises(ParameterError, match="confidence is 95"):
        threshold_interval(TWENTY, 0.2, confidence=95)
    with pytest.raises(ParameterError, match="method is 'wald'"):
        threshold_interval(TWENTY, 0.2, method="wald")
    with pytest.raises(ParameterError, match="side is 'strict'"):
        threshold_interval(TWENTY, 0.2, side="strict")
    with pytest.raises(ParameterError, match="no ascending ranks"):
        rank_coverage(20, 0.2, 5, 3)
    with pytest.raises(ParameterError, match="no ascending ranks"):
        rank_coverage(20, 0.2, None, 21)


def test_data_that_carry_no_model_are_refused():
    with pytest.raises(DataError, match="positive"):
        threshold_interval([-1, 2, 3], 0.2, method="lognormal")
    with pytest.raises(DataError, match="show no spread"):
        threshold_interval([4, 4, 4], 0.2, method="normal")
    with pytest.raises(DataError, match="a bootstrap needs at least 3"):
        threshold_interval([4, 5], 0.2, method="bootstrap-percentile")
