"""US EPA (1991), Technical Support Document, EPA/505/2-90-001: multipliers of the long-term average, table 5-2."""

import numpy as np
import pytest

from methodology.errors import DataError, ParameterError
from methodology.thresholds import delta_lognormal, lognormal_variability_factor

Z95, Z99 = 1.645, 2.326


@pytest.mark.parametrize(
    ("cv", "daily"),
    [(0.1, 1.25), (0.2, 1.55), (0.3, 1.90), (0.4, 2.27), (0.5, 2.68), (0.6, 3.11), (1.0, 4.90)],
)
def test_daily_limits(cv, daily) -> None:
    assert round(lognormal_variability_factor(cv, z=Z99), 2) == daily


@pytest.mark.parametrize(
    ("days", "z", "multiplier"), [(1, Z99, 0.321), (1, Z95, 0.468), (4, Z99, 0.527), (4, Z95, 0.644)]
)
def test_multipliers_of_waste_load_allocations_are_the_inverse_factors(days, z, multiplier) -> None:
    assert round(1 / lognormal_variability_factor(0.6, averaged=days, z=z), 3) == multiplier


@pytest.mark.parametrize(("days", "monthly"), [(1, 2.13), (2, 1.80), (4, 1.55), (30, 1.19)])
def test_monthly_limits(days, monthly) -> None:
    assert round(lognormal_variability_factor(0.6, averaged=days, z=Z95), 2) == monthly
    assert round(lognormal_variability_factor(0.6, averaged=days, confidence=0.95), 2) == monthly


def test_delta_lognormal_without_limits_is_the_lognormal_factor() -> None:
    values = [2.0, 3.0, 5.0, 8.0]
    cv = float(np.sqrt(np.expm1(np.log(values).var(ddof=1))))
    for days, confidence in ((1, 0.99), (4, 0.95)):
        found = delta_lognormal(values, confidence=confidence, averaged=days)
        expected = lognormal_variability_factor(cv, confidence=confidence, averaged=days)
        assert found.variability_factor == pytest.approx(expected)


def test_delta_lognormal_puts_a_lump_at_the_limit() -> None:
    found = delta_lognormal([2, 3, 5, 8, 2], [False, False, False, False, True])
    centre = np.exp(np.mean(np.log([2, 3, 5, 8])) + np.var(np.log([2, 3, 5, 8]), ddof=1) / 2)
    assert found.below == 0.2
    assert found.mean == pytest.approx(0.2 * 2 + 0.8 * centre)


def test_delta_lognormal_answers_with_the_limit_where_nearly_all_lies_below_it() -> None:
    values, below = [4.0] * 300 + [5.0, 6.0], [True] * 300 + [False, False]
    assert delta_lognormal(values, below, confidence=0.99).quantile == 4.0


def test_input_at_fault_is_named() -> None:
    with pytest.raises(ParameterError, match="cv is 0"):
        lognormal_variability_factor(0)
    with pytest.raises(DataError, match="1 days are measured"):
        delta_lognormal([2, 3], [True, False])
