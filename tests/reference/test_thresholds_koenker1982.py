"""Koenker and Bassett (1982), doi:10.2307/1912528: food expenditure of 235 Belgian households (Engel 1857)."""

import numpy as np
import pytest

from methodology.thresholds import quantile_threshold
from methodology.thresholds.quantile_regression import slope_range

PRINTED = {
    0.05: (124.88004, 0.34336),
    0.25: (95.48354, 0.47410),
    0.50: (81.48225, 0.56018),
    0.75: (62.39659, 0.64401),
    0.95: (64.10396, 0.70907),
}
"""Share -> intercept and slope as the authors' program quantreg prints them: recalled, and met here to every digit."""


@pytest.fixture(scope="module")
def households() -> tuple[np.ndarray, np.ndarray]:
    """Their expenditure on food, and their income."""
    from statsmodels.datasets import engel

    read = engel.load_pandas().data
    return read["foodexp"].to_numpy(), read["income"].to_numpy()


def line(food, income, share) -> tuple[float, float]:
    """Intercept and slope."""
    slope, same = slope_range(food, income, [share])
    assert slope == same
    return quantile_threshold(food - slope * income, share), slope


@pytest.mark.parametrize("share", PRINTED)
def test_lines_of_engels_households_have_the_printed_digits(households, share) -> None:
    assert line(*households, share) == pytest.approx(PRINTED[share], abs=5.1e-6)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_lines_agree_with_another_program(households, share) -> None:
    from statsmodels.regression.quantile_regression import QuantReg

    food, income = households
    terms = np.column_stack([np.ones(len(income)), income])
    other = QuantReg(food, terms).fit(q=share, max_iter=10_000, p_tol=1e-10)
    assert line(*households, share) == pytest.approx(np.asarray(other.params), rel=1e-5)


def test_one_slope_for_several_shares_lies_between_the_single_ones(households) -> None:
    slope, _ = slope_range(*households, list(PRINTED))
    assert PRINTED[0.05][1] < slope < PRINTED[0.95][1]
