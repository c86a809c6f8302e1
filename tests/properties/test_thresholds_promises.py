from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import betainc

from methodology.thresholds import fit_lognormal, quantile_threshold, threshold_interval
from methodology.thresholds.order_statistics import rank_coverage, rank_interval, smallest_sample
from methodology.thresholds.quantiles import METHODS

better = st.sampled_from(["lower", "higher"])
shares = st.one_of(
    st.integers(1, 999).map(lambda k: k / 1000),
    st.sampled_from([0.05, 0.2, 0.5, 0.07, 0.29]),
    st.floats(0.001, 0.999),
)
heaped = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=60)
measured = st.lists(
    st.floats(0.01, 1e4).map(lambda x: float(f"{x:.6g}")), min_size=4, max_size=40, unique=True
)


def reached(values, threshold, end):
    return sum(x <= threshold if end == "lower" else x >= threshold for x in values)


@given(heaped, shares, better)
def test_the_attainment_promise_holds_exactly_with_ties_in_both_directions(values, share, end):
    found = quantile_threshold(values, share, better=end)
    promise = Fraction(str(share)) * len(values)
    assert reached(values, found, end) >= promise
    stricter = [x for x in values if (x < found if end == "lower" else x > found)]
    assert len(stricter) < promise


@given(heaped, shares, better, st.randoms(use_true_random=False))
def test_the_order_of_plants_is_irrelevant(values, share, end, random):
    shuffled = random.sample(values, len(values))
    assert quantile_threshold(shuffled, share, better=end) == quantile_threshold(values, share, better=end)
    assert threshold_interval(shuffled, share, better=end) == threshold_interval(values, share, better=end)


@settings(max_examples=40, deadline=None)
@given(measured, better, st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_the_order_of_plants_changes_no_bit_of_any_method(values, end, method, random):
    assume(method != "mact-floor" or len(values) > 5)  # two best plants
    shuffled = random.sample(values, len(values))
    found, again = (quantile_threshold(x, 0.2, better=end, method=method) for x in (values, shuffled))
    assert found == again
    for interval in ("lognormal", "bootstrap-bca"):
        one, two = (
            threshold_interval(x, 0.2, method=interval, better=end, resamples=20) for x in (values, shuffled)
        )
        assert (one.lower, one.upper) == (two.lower, two.upper)
    below = [x < 5 for x in shuffled]
    if sum(below) < len(below) - 1:
        ordered = sorted(zip(shuffled, below, strict=True))
        assert fit_lognormal(shuffled, below) == fit_lognormal(*zip(*ordered, strict=True))


@settings(max_examples=40, deadline=None)
@given(measured, st.sampled_from([0.05, 0.2, 0.5]), better, st.sampled_from(METHODS), st.floats(1e-3, 1e3))
def test_a_change_of_unit_scales_the_threshold_only(values, share, end, method, factor):
    assume(method != "mact-floor" or share * len(values) > 1)  # two best plants
    plain = quantile_threshold(values, share, better=end, method=method)
    scaled = quantile_threshold([factor * x for x in values], share, better=end, method=method)
    assert scaled == pytest.approx(factor * plain, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(measured, st.sampled_from([0.05, 0.2, 0.5]), better, st.floats(1e-3, 1e3))
def test_a_change_of_unit_scales_the_interval_only(values, share, end, factor):
    for method in ("order-statistic", "lognormal", "bootstrap-percentile"):
        choices = {"better": end, "method": method, "resamples": 50}
        plain = threshold_interval(values, share, **choices)
        scaled = threshold_interval([factor * x for x in values], share, **choices)
        for one, other in ((plain.lower, scaled.lower), (plain.upper, scaled.upper)):
            assert (one is None) == (other is None)
            assert one is None or other == pytest.approx(factor * one, rel=1e-6)


@given(st.integers(1, 200), shares, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_order_statistic_intervals_cover_at_least_their_confidence(plants, share, confidence):
    found = rank_interval(plants, share, confidence=confidence)
    # Independently of the binomial: the r-th of n uniform values is beta distributed.
    strict = 0.0 if found.strict is None else 1 - betainc(found.strict, plants - found.strict + 1, share)
    loose = 0.0 if found.loose is None else betainc(found.loose, plants - found.loose + 1, share)
    assert 1 - strict - loose == pytest.approx(found.confidence, abs=1e-9)
    assert found.confidence >= confidence - 1e-12


@given(st.integers(1, 120), st.integers(0, 120), shares, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_finite_population_intervals_cover_at_least_their_confidence(plants, others, share, confidence):
    found = rank_interval(plants, share, confidence=confidence, population=plants + others)
    assert found.confidence >= confidence - 1e-12
    again = rank_coverage(plants, share, found.strict, found.loose, population=plants + others)
    assert again == found.confidence


@given(st.integers(1, 100), shares)
def test_the_value_lies_within_its_distribution_free_interval(plants, share):
    values = list(range(plants))
    for end in ("lower", "higher"):
        value = quantile_threshold(values, share, better=end)
        found = threshold_interval(values, share, better=end, confidence=0.8)
        assert found.lower is None or found.lower <= value
        assert found.upper is None or value <= found.upper


@settings(max_examples=30)
@given(
    st.sampled_from([0.05, 0.1, 0.2, 0.5, 0.8]),
    st.sampled_from(["both", "strict", "loose"]),
    st.integers(1, 80),
)
def test_the_smallest_sample_is_the_first_that_has_the_limits(share, side, population):
    found = smallest_sample(share, side=side, population=population)
    sizes = range(1, population + 1) if found is None else range(1, found + 1)
    exists = []
    for plants in sizes:
        ranks = rank_interval(plants, share, side=side, population=population)
        wanted = {"both": (ranks.strict, ranks.loose), "strict": (ranks.strict,), "loose": (ranks.loose,)}[
            side
        ]
        exists.append(None not in wanted)
    assert exists == [False] * (len(exists) - (found is not None)) + [True] * (found is not None)


@given(st.lists(st.floats(0.1, 100), min_size=3, max_size=30), better)
def test_thresholds_are_ordered_by_level(values, end):
    found = np.array([quantile_threshold(values, share, better=end) for share in (0.05, 0.2, 0.5)])
    steps = np.diff(found if end == "lower" else -found)
    assert (steps >= 0).all()
