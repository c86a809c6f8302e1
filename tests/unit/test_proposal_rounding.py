import numpy as np
import pytest

from methodology.errors import MethodError
from methodology.proposal import derived_step, round_to_step


@pytest.mark.parametrize(
    ("value", "step", "better", "side", "rounded"),
    [
        (387.2, 1, "lower", "loose", 388),
        (387.2, 1, "lower", "strict", 387),
        (387.2, 1, "higher", "loose", 387),
        (387.2, 1, "higher", "strict", 388),
        (0.3, 0.1, "lower", "loose", 0.3),
        (0.7, 0.1, "lower", "loose", 0.7),
        (1.15, 0.05, "higher", "loose", 1.15),
        (-21.3, 0.5, "lower", "loose", -21),
        (-21.3, 0.5, "lower", "strict", -21.5),
        (2.1800000000000002, 0.01, "lower", "loose", 2.18),
        (1e-9, 1e-3, "lower", "loose", 0.001),
        (0.0, 5, "lower", "loose", 0),
    ],
)
def test_rounding_goes_to_the_stated_side_and_leaves_multiples_alone(value, step, better, side, rounded):
    assert round_to_step(value, step, better=better, side=side) == rounded


@pytest.mark.parametrize(("value", "step"), [(np.nan, 1), (np.inf, 1), (1, 0), (1, -2)])
def test_what_cannot_be_rounded_is_refused(value, step):
    with pytest.raises(MethodError):
        round_to_step(value, step, better="lower")


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([300, 400], 2.0),
        ([0.02, 0.05], 0.0005),
        ([5, 5, 5], None),
        ([7], None),
        ([], None),
        ([1, np.nan, 41], 0.5),
        ([5] * 20 + [45], 1.0),
    ],
)
def test_a_derived_step_is_one_two_or_five_and_fits_the_spread(values, step):
    assert derived_step(values) == step
