"""What must hold for every change an expert tries, and for every works and map."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from series_toys import iron, steel, works

from methodology import series
from methodology.series.foreign_values import to_oxygen
from methodology.series.what_if import what_if

STANDARD = iron().standard("joint")
MARGINAL = series.calibrate_series([iron(), steel(), works()], promises=["marginal"])["marginal"]
RANK = {"I": 0, "II": 1, "III": 2, "none": 3}
LEVELS = st.sampled_from(["I", "II", "III"])
oxygen = st.floats(0, 20)


def ranks(evaluation: pd.DataFrame) -> pd.Series:
    return evaluation["level"].map(RANK)


@settings(max_examples=40, deadline=None)
@given(level=LEVELS, share=st.floats(0.05, 1))
def test_a_stricter_value_lifts_no_plant(level, share):
    value = share * STANDARD.value("energy", level)
    change = what_if(STANDARD, values={("energy", level): value})
    assert (ranks(change.after) >= ranks(change.before)).all()


@settings(max_examples=40, deadline=None)
@given(low=st.floats(1, 100), high=st.floats(1, 100))
def test_a_higher_cut_lifts_no_plant(low, high):
    low, high = sorted((low, high))
    lenient, strict = what_if(STANDARD, cut=low).after, what_if(STANDARD, cut=high).after
    assert (ranks(strict) >= ranks(lenient)).all()


@settings(max_examples=40, deadline=None)
@given(factor=st.floats(0, 1.8))
def test_scores_stay_between_nothing_and_the_whole_whatever_the_weights(factor):
    after = what_if(STANDARD, weight_factors={"water": factor}).after
    assert after[["Y_I", "Y_II", "Y_III"]].stack().between(0, 100).all()
    assert (after["Y_I"] <= after["Y_II"]).all()


@given(value=st.floats(0.001, 1e4), here=oxygen, there=oxygen)
def test_restating_at_another_oxygen_and_back_changes_nothing(value, here, there):
    back = to_oxygen(to_oxygen(value, here, there), there, here)
    assert abs(back - value) <= 1e-9 * value


words = st.sampled_from(["I", "II", "III", "none"])


@given(
    st.lists(
        st.tuples(words, words, st.sampled_from(["", "I", "II", "III", "none"])), min_size=1, max_size=20
    )
)
def test_counts_of_works_never_shrink_from_level_to_level(rows):
    table = pd.DataFrame(rows, columns=["whole", "a", "b"])
    counts = series.parts_and_whole(table, whole="whole")
    assert counts["parts"].is_monotonic_increasing
    assert counts["whole"].is_monotonic_increasing
    assert (counts["whole_below"] <= counts["parts"]).all()
    assert (counts["part_below"] <= counts["whole"]).all()
    agree = counts["parts"] - counts["whole_below"]
    assert (agree == counts["whole"] - counts["part_below"]).all()


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(3)))
def test_the_order_of_siblings_changes_no_finding(order):
    shuffled = [MARGINAL[place] for place in order]
    here = series.plants_at_levels(MARGINAL, draws=30, seed=5).sort_values(
        ["system", "level"], ignore_index=True
    )
    there = series.plants_at_levels(shuffled, draws=30, seed=5).sort_values(
        ["system", "level"], ignore_index=True
    )
    pd.testing.assert_frame_equal(here, there)
