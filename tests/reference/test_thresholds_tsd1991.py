"""US EPA (1991), Technical Support Document, EPA/505/2-90-001: multipliers of the long-term average, table 5-2."""

import pytest

from methodology.errors import ParameterError
from methodology.thresholds.regulators import lognormal_variability_factor

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


def test_input_at_fault_is_named() -> None:
    with pytest.raises(ParameterError, match="cv is 0"):
        lognormal_variability_factor(0)
