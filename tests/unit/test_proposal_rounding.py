import itertools
import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodology.errors import MethodError
from methodology.proposal import reasons
from methodology.proposal.rounding import derived_step, fitting_step, round_to_step


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


@pytest.mark.parametrize(
    ("step", "value", "others", "fitting"),
    [
        (5, 0.0327, [0.772, 13.7], 0.001),
        (0.5, 387.2, [390, 402], 0.5),
        (5, 52.4, [52.9, 80], 0.5),
        (2, -0.315, [], 0.01),
        (2, 0.0, [7], 2),
        (2, 7, [7, np.nan], 0.1),
    ],
)
def test_a_derived_step_fits_the_value_and_stays_below_the_distance_of_levels(step, value, others, fitting):
    assert fitting_step(step, value, others) == fitting


@given(
    levels=st.lists(
        st.floats(1e-6, 1e6), min_size=2, max_size=3, unique_by=lambda value: float(f"{value:.6g}")
    ),
    step=st.sampled_from([0.001, 0.5, 20, 1000]),
    better=st.sampled_from(["lower", "higher"]),
)
def test_rounding_to_derived_steps_never_merges_levels(levels, step, better):
    rounded = [round_to_step(v, fitting_step(step, v, levels), better=better) for v in levels]
    assert len(set(rounded)) == len(levels)
    assert np.argsort(rounded).tolist() == np.argsort(levels).tolist()


def test_the_parts_of_a_missed_share_add_up_as_they_are_printed():
    told = r"([\d.]+) points (more|fewer) than .* \(([+−][\d.]+) by rounding, ([+−][\d.]+) by the order of levels\)"
    seen = 0
    for plants in (13, 17, 29, 30):
        for before, after in itertools.product(range(plants + 1), repeat=2):
            reached = reasons.Reached(before, after, ("order",))
            said = re.search(told, reasons.rounded("1", "loose", reached, plants, 0.567).en)
            if said:
                total, way, *parts = said.groups()
                own, rest = (Decimal(part.replace("−", "-")) for part in parts)
                assert own + rest == (Decimal(total) if way == "more" else -Decimal(total))
                seen += 1
    assert seen > 1000
