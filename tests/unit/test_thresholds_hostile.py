"""What the functions of this room answer to input nobody should give them."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from methodology.errors import DataError, MethodError, ParameterError
from methodology.thresholds import (
    ets_benchmark,
    fit_lognormal,
    quantile_threshold,
    threshold_interval,
    upper_prediction_limit,
)
from methodology.thresholds.order_statistics import rank_interval, smallest_sample
from methodology.thresholds.regulators import lognormal_variability_factor

FAULTY = {
    "nothing": [],
    "an empty array": np.array([]),
    "two dimensions": [[1, 2]],
    "a table": pd.DataFrame({"a": [1, 2]}),
    "one number": 5,
    "none": None,
    "text": ["a", 1],
    "a cell below a limit": ["<5", 1],
    "a gap": [1, None],
    "not a number": [1, np.nan],
    "infinite": [1, np.inf],
    "a nullable gap": pd.Series([3, None, 2], dtype="Int64"),
    "a masked value": np.ma.array([1.0, 2.0], mask=[False, True]),
    "too large": [10**400, 1],
    "complex": [1 + 2j, 1],
    "a set": {1, 2},
    "a mapping": {"a": 1},
    "truth values": [True, False],
    "dates": pd.DatetimeIndex(["2020-01-01", "2021-01-01"]),
    "durations": np.array([1, 2], dtype="timedelta64[D]"),
}


@pytest.mark.parametrize("values", FAULTY.values(), ids=FAULTY)
def test_values_at_fault_are_refused_by_every_function(values):
    for ask in (
        lambda: quantile_threshold(values, 0.5),
        lambda: threshold_interval(values, 0.5),
        lambda: upper_prediction_limit(values),
        lambda: fit_lognormal(values, None),
    ):
        with pytest.raises(DataError):
            ask()


@pytest.mark.parametrize(
    "values",
    [
        (3, 1, 2),
        [3.0, 1.0, 2.0],
        range(1, 4),
        np.array([3, 1, 2], dtype=np.int8),
        pd.Series([3, 1, 2], index=list("xyz")),
        pd.Series([3, 1, 2], dtype="Int64"),
        pd.Index([1, 2, 3]),
        [Decimal(3), Decimal(1), Decimal(2)],
        [Fraction(3), 1, 2],
        np.ma.array([3.0, 1.0, 2.0]),
    ],
    ids=str,
)
def test_any_flat_row_of_numbers_will_do(values):
    assert quantile_threshold(values, 0.5) == 2.0
    assert quantile_threshold(values, 0.34, better="higher") == 2.0
    assert threshold_interval(values, 0.5, confidence=0.5).lower == 1.0


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan"), float("inf"), None, True, [0.2], "half"])
def test_a_share_outside_zero_to_one_is_refused(share):
    for ask in (quantile_threshold, threshold_interval):
        with pytest.raises(ParameterError, match="share"):
            ask([1, 2, 3], share)


@pytest.mark.parametrize("share", [0.2, np.float64(0.2), Fraction(1, 5), Decimal("0.2")])
def test_a_share_counts_as_the_decimal_it_is_written_as(share):
    assert quantile_threshold(range(1, 11), share) == 2.0


def test_one_plant_is_its_own_benchmark_and_ties_keep_the_promise():
    assert quantile_threshold([5.0], 0.01) == quantile_threshold([5.0], 0.99, better="higher") == 5.0
    assert quantile_threshold([2, 2, 2, 1, 3], 0.4) == 2
    assert quantile_threshold([2, 2, 2, 1, 3], 0.4, better="higher") == 2


def test_a_census_is_certain_and_a_population_smaller_than_its_sample_an_error():
    values = list(range(1, 81))
    census = threshold_interval(values, 0.2, method="finite-population", population=80)
    assert (census.lower, census.upper, census.confidence) == (16.0, 16.0, 1.0)
    for method in ("order-statistic", "finite-population"):
        with pytest.raises(ParameterError, match="80 plants and the population 79"):
            threshold_interval(values, 0.2, method=method, population=79)


def test_a_stated_population_is_not_passed_over():
    values = list(range(1, 31))
    stated = threshold_interval(values, 0.2, population=80)
    assert stated == threshold_interval(values, 0.2, method="finite-population", population=80)
    assert (stated.lower, stated.upper, round(stated.confidence, 3)) == (3.0, 10.0, 0.970)
    assert stated.method == "finite-population"


@pytest.mark.parametrize("population", [0, -3, 2.5, 100.0, True, "80", float("nan")])
def test_a_population_is_a_whole_number(population):
    with pytest.raises(ParameterError, match="population"):
        threshold_interval(range(1, 21), 0.2, method="finite-population", population=population)


def test_whole_numbers_of_numpy_count_as_whole_numbers():
    plain = rank_interval(60, 0.2, population=1000)
    assert rank_interval(np.int64(60), np.float64(0.2), population=np.int64(1000)) == plain
    assert smallest_sample(0.2, population=np.int32(80)) == smallest_sample(0.2, population=80)


@pytest.mark.parametrize(("better", "sign"), [("lower", 1), ("higher", -1)])
def test_twenty_plants_have_no_strict_limit_of_a_top_five_percent_value(better, sign):
    found = threshold_interval([sign * k for k in range(1, 21)], 0.05, better=better)
    limits = (found.lower, found.upper)[::sign]
    assert limits == (None, sign * 4.0)
    assert found.confidence == pytest.approx(0.984, abs=5e-4)


@pytest.mark.parametrize("value", [None, "", "0,286", [1], float("nan"), float("inf"), "abc", {}])
def test_an_ets_value_that_is_no_number_is_named(value):
    with pytest.raises(DataError, match="previous is"):
        ets_benchmark(value, 1)
    with pytest.raises(DataError, match="best_mean is"):
        ets_benchmark(1, value)


@pytest.mark.parametrize(
    ("period", "slowest", "fastest"), [("2021-2025", "0.970", "0.760"), ("2026-2030", "0.940", "0.500")]
)
def test_ets_rates_end_at_the_legal_ones_in_every_form_of_number(period, slowest, fastest):
    for one in (1, 1.0, "1", Decimal(1), np.float64(1), np.int64(1)):
        assert str(ets_benchmark(one, 2, period=period)) == slowest
        assert str(ets_benchmark(one, 0, period=period)) == fastest


def test_fits_without_a_spread_or_with_an_impossible_one_say_so():
    with pytest.raises(DataError, match="The honest answer is '< 3'"):
        fit_lognormal([1, 2, 3], [True] * 3)
    with pytest.raises(DataError, match="no spread"):
        fit_lognormal([2, 2, 2], [False] * 3)
    with pytest.raises(DataError, match="Check the units"):
        fit_lognormal([1e-300, 1e300, 1, 2], [True, False, False, False])
    for mask in ([True], ["a", "b", "c"], [2, 0, 0], [np.nan, 0, 0]):
        with pytest.raises(DataError, match="one True or False per value"):
            fit_lognormal([1, 2, 3], mask)
    complete = fit_lognormal([1, 2, 3], [False] * 3)
    assert complete == fit_lognormal([1, 2, 3], None)
    assert complete.meanlog == pytest.approx(np.log([1, 2, 3]).mean())


ANSWERED = [
    ("normal", [2, 2, 2, 2]),
    ("lognormal-geometric", [2, 2, 2, 2]),
    ("normal", [-1, 2, 3, 4]),
    ("skewed", [-1, 2, 3, 4]),
    ("normal", [0, 1, 2, 3]),
    ("skewed", [0, 1, 2, 3]),
    *(
        (form, [1, 2, 3, 4])
        for form in ("normal", "lognormal", "skewed", "epa-as-coded", "lognormal-geometric")
    ),
]


@pytest.mark.parametrize("form", ["normal", "lognormal", "skewed", "epa-as-coded", "lognormal-geometric"])
@pytest.mark.parametrize("values", [[2, 2, 2, 2], [1], [-1, 2, 3, 4], [0, 1, 2, 3], [1, 2, 3, 4]], ids=str)
def test_a_prediction_limit_is_a_number_or_a_named_refusal(form, values):
    if (form, values) in ANSWERED:
        assert upper_prediction_limit(values, form=form) >= np.mean(values)
    else:
        with pytest.raises((DataError, MethodError), match=r"need|takes logarithms|equal"):
            upper_prediction_limit(values, form=form)


@pytest.mark.parametrize("cv", [0, -1, "a", None, float("nan"), float("inf")])
def test_a_coefficient_of_variation_is_a_positive_number(cv):
    with pytest.raises(ParameterError, match="cv is"):
        lognormal_variability_factor(cv)


def test_a_random_source_is_a_whole_number():
    with pytest.raises(ParameterError, match="seed is -1"):
        threshold_interval(range(9), 0.5, method="bootstrap-bca", seed=-1)
