"""Robust screens show what a person should look at, and nothing of an ordinary sample."""

import numpy as np
import pandas as pd
import pytest
from sample_toys import indicator, toy_system

from methodology.chain import doubt_effects
from methodology.indicators import Sample
from methodology.parameters.model import ThresholdChoices
from methodology.sample.doubtful_values import suspicions
from methodology.tables import doubt_effects as shown

NAMES = [f"i{n}" for n in range(8)]
SYSTEM = toy_system(indicators=[indicator(name, weight=0.125, unit="kg/t") for name in NAMES])


def sample_of(values, **more):
    states = pd.DataFrame(0, index=values.index, columns=values.columns, dtype="int8")
    return Sample(values, states, **more)


@pytest.fixture
def ordinary():
    rng = np.random.default_rng(3)
    plants = pd.Index([f"P{n:02d}" for n in range(30)], dtype=object)
    return pd.DataFrame(100 * np.exp(0.2 * rng.standard_normal((30, 8))), index=plants, columns=NAMES).round(
        2
    )


def found_in(sample):
    table = suspicions(sample, SYSTEM)
    return {(row.plant, row.indicator, row.check) for row in table.itertuples()}


def test_an_ordinary_sample_is_left_alone(ordinary):
    assert not found_in(sample_of(ordinary))


def test_a_value_far_from_the_others_is_shown(ordinary):
    ordinary.loc["P07", "i3"] = 900
    assert found_in(sample_of(ordinary)) == {("P07", "i3", "outlier")}


def test_a_skewed_indicator_is_not_suspected_on_its_long_side(ordinary):
    ordinary["i3"] = 100 - np.linspace(0, 10, 30) ** 2 / 2
    assert not found_in(sample_of(ordinary))


def test_a_row_copied_from_another_plant_is_shown_with_the_plant(ordinary):
    ordinary.loc["P20"] = ordinary.loc["P04"]
    ordinary.loc["P20", "i0"] += 1
    table = suspicions(sample_of(ordinary), SYSTEM)
    assert table[["plant", "check"]].to_numpy().tolist() == [["P20", "copied_row"]]
    assert "'P04'" in table["what"].iloc[0]


def test_a_row_whose_values_end_in_one_digit_is_shown(ordinary):
    ordinary.loc["P11"] = [101.5, 98.25, 120.75, 88.5, 93.5, 107.25, 99.5, 91.5]
    assert found_in(sample_of(ordinary)) == {("P11", "", "repeated_digits")}


def test_a_year_copied_from_the_year_before_is_shown(ordinary):
    later = (ordinary * 1.01).round(3)
    later.loc["P05"] = ordinary.loc["P05"]
    years = {2022: sample_of(ordinary), 2023: sample_of(later)}
    assert found_in(sample_of(later, years=years)) == {("P05", "", "copied_year")}


def test_the_effect_of_a_finding_is_the_change_of_the_values_without_it(ordinary):
    ordinary.loc["P07", "i3"] = 5.0
    sample, choices = sample_of(ordinary), ThresholdChoices(share_I=0.05, share_II=0.2, share_III=0.5)
    effects = doubt_effects(sample, SYSTEM, choices).set_index("plant").loc["P07"]
    column = ordinary["i3"].sort_values()
    for level, share in (("I", 0.05), ("II", 0.2), ("III", 0.5)):
        before, rest = column.iloc[int(np.ceil(share * 30)) - 1], column.drop("P07")
        after = rest.iloc[int(np.ceil(round(share * 29, 9))) - 1]
        assert effects[level] == pytest.approx((after - before) / before)
    assert effects["most_moved"] == "i3"


def test_the_effects_are_told_without_a_value(ordinary):
    ordinary.loc["P07", "i3"] = 987.25
    table = shown(doubt_effects(sample_of(ordinary), SYSTEM, ThresholdChoices()), SYSTEM)
    assert len(table) == 1
    assert "987" not in table.to_csv()
    ordinary.loc["P07", "i3"] = 100
    none = doubt_effects(sample_of(ordinary), SYSTEM, ThresholdChoices())
    assert "nothing is doubtful" in str(shown(none, SYSTEM).legend)
