"""Robust screens show what a person should look at, and nothing of an ordinary sample."""

import numpy as np
import pandas as pd
import pytest
from sample_toys import indicator, toy_system

from methodology.errors import Problem
from methodology.indicators import Sample
from methodology.languages.findings import in_chinese
from methodology.sample import doubtful_values
from methodology.sample.doubtful_values import suspicions

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


@pytest.mark.parametrize(("factor", "size"), [(1000, "small"), (0.001, "large")])
def test_a_value_a_thousand_times_off_while_all_others_agree_is_shown_in_both_readings(
    ordinary, factor, size
):
    ordinary.loc["P07", "i3"] *= factor
    table = suspicions(sample_of(ordinary), SYSTEM)
    assert table[["plant", "indicator", "check", "severity"]].to_numpy().tolist() == [
        ["P07", "i3", "unit_prefix", "warn"]
    ]
    what = table["what"].iloc[0]
    assert "in kg/t as it stands" in what
    assert f"a unit 1000 times as {size}" in what
    assert "按kg/t照原样理解" in in_chinese(Problem(f"[warn] {what}.", file="a.csv"))


@pytest.mark.parametrize("factor", [900 / 100_000, 30, 1e6])
def test_a_value_off_by_another_factor_is_shown_as_an_outlier_alone(ordinary, factor):
    ordinary.loc["P07", "i3"] = 100 * factor
    assert found_in(sample_of(ordinary)) == {("P07", "i3", "outlier")}


def test_a_thousandth_is_no_slip_where_the_others_lie_far_apart(ordinary):
    ordinary["i3"] = np.geomspace(1, 1000, 30)
    ordinary.loc["P07", "i3"] = 0.03
    assert "unit_prefix" not in {check for _, _, check in found_in(sample_of(ordinary))}


def test_a_skewed_indicator_is_not_suspected_on_its_long_side(ordinary):
    ordinary["i3"] = 100 - np.linspace(0, 10, 30) ** 2 / 2
    assert not found_in(sample_of(ordinary))


def test_a_row_copied_from_another_plant_is_shown_with_the_plant(ordinary):
    ordinary.loc["P20"] = ordinary.loc["P04"]
    ordinary.loc["P20", "i0"] += 1
    table = suspicions(sample_of(ordinary), SYSTEM)
    assert table[["plant", "check"]].to_numpy().tolist() == [["P20", "copied_row"]]
    assert "'P04'" in table["what"].iloc[0]


def test_of_very_many_plants_rows_are_compared_with_those_not_too_far_above(ordinary, monkeypatch):
    ordinary.loc[["P20", "P29"]] = ordinary.loc[["P04", "P14"]].to_numpy()
    copied = {("P20", "", "copied_row"), ("P29", "", "copied_row")}
    assert found_in(sample_of(ordinary)) == copied
    for most, found in (
        (ordinary.size * 16, copied),
        (ordinary.size * 15, {("P29", "", "copied_row")}),
        (0, set()),
    ):
        monkeypatch.setattr(doubtful_values, "MOST_COMPARED", most)
        assert found_in(sample_of(ordinary)) == found


def test_plants_of_every_industry_are_compared_each_with_each():
    plants, indicators = 2_500, 60
    assert doubtful_values.MOST_COMPARED // (plants * indicators) >= plants


def test_a_row_whose_values_end_in_one_digit_is_shown(ordinary):
    ordinary.loc["P11"] = [101.5, 98.25, 120.75, 88.5, 93.5, 107.25, 99.5, 91.5]
    assert found_in(sample_of(ordinary)) == {("P11", "", "repeated_digits")}


def test_a_year_copied_from_the_year_before_is_shown(ordinary):
    later = (ordinary * 1.01).round(3)
    later.loc["P05"] = ordinary.loc["P05"]
    years = {2022: sample_of(ordinary), 2023: sample_of(later)}
    assert found_in(sample_of(later, years=years)) == {("P05", "", "copied_year")}
