"""Implementing Regulation (EU) 2021/447 and the draft for 2026-2030: published benchmark values."""

from decimal import Decimal

import pytest

from methodology.errors import DataError, ParameterError
from methodology.thresholds import ets_benchmark, quantile_threshold


@pytest.mark.parametrize(
    ("previous", "best", "value"),
    [
        (1.328, 1.331, "1.288"),
        (0.286, 0.144, "0.217"),
        (0.283, 0.209, "0.215"),
        ("0.352", 0.2, "0.268"),
        # Products whose rate is held at the fastest or the slowest permitted one, whatever the mean behind it.
        ("0.954", "0.7", "0.725"),
        ("1.072", "0.7", "0.815"),
        ("0.987", "0.987", "0.957"),
    ],
)
def test_values_of_2021_to_2025(previous, best, value) -> None:
    found = ets_benchmark(previous, best)
    assert isinstance(found, Decimal)
    assert str(found) == value


@pytest.mark.parametrize(
    ("previous", "best", "value"),
    [(1.328, 1.331, "1.248"), (0.286, 0.1, "0.143"), (0.283, 0.1, "0.142"), (0.171, 0.05, "0.086")],
)
def test_draft_values_of_2026_to_2030_at_the_ends_of_the_legal_rates(previous, best, value) -> None:
    assert str(ets_benchmark(previous, best, period="2026-2030")) == value


def test_a_rate_between_the_legal_ones_follows_the_observed_improvement() -> None:
    # (1 - .95) / 9 a year for 15 years of B = 1: 1 - 15 * .05 / 9
    assert ets_benchmark("1", "0.95") == Decimal("0.917")


def test_half_a_step_is_rounded_up_whatever_its_binary_form() -> None:
    # .25 * .97 = .2425 exactly; half-even or binary rounding would give .242
    assert ets_benchmark(0.25, 0.25) == Decimal("0.243")
    assert ets_benchmark(Decimal("0.25"), "0.25") == Decimal("0.243")


def test_how_ten_percent_becomes_a_count_is_a_choice() -> None:
    values = list(range(1, 26))
    found = {
        c: quantile_threshold(values, 0.1, method="mean-of-best", count=c)
        for c in ("floor", "half-up", "ceil")
    }
    assert found == {"floor": 1.5, "half-up": 2.0, "ceil": 2.0}
    with pytest.raises(ParameterError, match="count is 'round'"):
        quantile_threshold(values, 0.1, method="mean-of-best", count="round")


def test_input_at_fault_is_named() -> None:
    with pytest.raises(ParameterError, match="period is '2013-2020'"):
        ets_benchmark(1, 1, period="2013-2020")
    with pytest.raises(DataError, match="previous is 'abc'"):
        ets_benchmark("abc", 1)
    with pytest.raises(DataError, match="best_mean"):
        ets_benchmark(1, float("nan"))
    with pytest.raises(DataError, match="positive"):
        ets_benchmark(0, 1)
