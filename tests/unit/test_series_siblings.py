"""Siblings are held against each other by words, values and sums."""

from __future__ import annotations

import pandas as pd
import pytest
from series_toys import ENERGY, RELATIONS, WATER, indicator, iron, member, plants, steel, system, works

from methodology import series
from methodology.errors import DataError
from methodology.languages import Told
from methodology.parameters import Project
from methodology.series import tables
from methodology.series.consistency import same_quantities


@pytest.fixture(scope="module")
def standards():
    return series.calibrate_series([iron(), steel(), works()])


def test_a_standard_is_calibrated_as_its_run_would(standards):
    values = standards["marginal"][0].thresholds.set_index(["indicator", "level"])["value"]
    assert values["energy"].to_dict() == {"I": 20, "II": 40, "III": 60}
    assert standards["joint"][0].evaluation["level"].tolist().count("I") >= 2


def test_levels_are_counted_standard_by_standard(standards):
    table = series.levels_across(standards["marginal"]).set_index("system")
    counts = ["I", "II", "III", "none"]
    assert table.loc["iron", counts].tolist() == [1, 3, 2, 4]
    assert (table[counts].sum(axis=1) == table["plants"]).all()


def test_values_stand_beside_the_tenths_of_their_plants(standards):
    row = series.values_across(standards["marginal"]).query("indicator == 'energy' and level == 'II'").iloc[0]
    assert (row["value"], row["best"], row["worst"]) == (40, 20, 90)  # means of 10, 20, 30 and 80, 90, 100


def test_the_best_tenth_is_the_high_end_where_higher_is_cleaner():
    items = [indicator("use", unit="%", weight=1.0, direction="higher")]
    own = member(system("iron", items), plants({"use": ENERGY})).standard("marginal")
    row = series.values_across([own]).iloc[0]
    assert (row["best"], row["worst"]) == (90, 20)


def test_ids_with_one_meaning_raise_no_difference(standards):
    assert series.same_words([standard.member.system for standard in standards["marginal"]]).empty


@pytest.mark.parametrize(
    ("field", "change"),
    [("unit", {"unit": "GJ/t"}), ("limiting", {"limiting": True}), ("direction", {"direction": "higher"})],
)
def test_an_id_that_differs_in_a_sibling_is_named_with_both_readings(field, change):
    one = system("one", [indicator("energy", weight=1.0)])
    other = system("other", [indicator("energy", weight=1.0, **change)])
    found = series.same_words([one, other])
    assert found["field"].tolist() == [field, field]
    assert found["systems"].tolist() == ["one", "other"]
    assert all(isinstance(reading, Told) for reading in found["reading"])


def test_descriptions_that_differ_are_told_whole_and_in_both_languages():
    project = Project.around()
    systems = [project.system(name) for name in ("coking", "ironmaking")]
    found = series.same_words(systems).query("field == 'descriptions'")
    for told, reading in zip(tables.sibling_words(found, systems)["reading"], found["reading"], strict=True):
        assert (told, told.zh) == (str(reading), reading.zh)
        assert told.zh.startswith("Ⅰ级：物料储存全封闭")
        assert "Wind-break" in told


def test_the_reading_of_most_systems_is_marked():
    usual = [system(name, [indicator("energy", weight=1.0)]) for name in ("one", "two")]
    odd = system("odd", [indicator("energy", weight=1.0, unit="GJ/t")])
    found = series.same_words([odd, *usual]).set_index("reading")["most"]
    assert found.to_dict() == {"GJ/t": False, "kgce/t": True}


def test_a_quantity_stated_twice_is_one_group(standards):
    systems = [standard.member.system for standard in standards["marginal"]]
    assert same_quantities(systems, RELATIONS) == [[("iron", "water"), ("works", "water")]]


def test_another_boundary_is_another_quantity_unless_the_table_says_otherwise():
    systems = [iron().system, steel().system]
    assert same_quantities(systems, RELATIONS) == []
    row = ("e", "same", "iron", "energy", "steel", "energy", 1.0, "ASSUMED")
    stated = pd.DataFrame([row], columns=RELATIONS.columns)
    assert same_quantities(systems, stated) == [[("iron", "energy"), ("steel", "energy")]]


def _two_waters(factor: float):
    items = [indicator("water", unit="m3/t", weight=1.0)]
    one = member(system("one", items), plants({"water": WATER}))
    other = member(system("other", items), plants({"water": [factor * value for value in WATER]}))
    return series.calibrate_series([one, other], promises=["marginal"])["marginal"]


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1, "agree"), (1.1, "differ within what the samples can tell"), (100, "contradict")],
)
def test_values_of_one_quantity_contradict_only_where_samples_can_tell_them_apart(factor, verdict):
    found = series.same_values(_two_waters(factor), RELATIONS)
    assert found.query("level == 'II'")["verdict"].unique().tolist() == [verdict]


def test_parts_are_added_up_with_their_ratios(standards):
    table = series.sums_of_parts(standards["marginal"], RELATIONS).set_index("level")
    assert table["parts"].to_dict() == {"I": 20 + 2 * 2, "II": 40 + 2 * 4, "III": 60 + 2 * 6}
    assert table["room"].to_dict() == {"I": 0, "II": 0, "III": 0}


def test_a_whole_stricter_than_its_parts_is_a_contradiction():
    strict = works([value / 2 for value in ENERGY])
    standards = series.calibrate_series([iron(), steel(), strict], promises=["marginal"])["marginal"]
    table = series.sums_of_parts(standards, RELATIONS).set_index("level")
    assert table["verdict"].unique().tolist() == ["contradict"]
    assert table["room"].to_dict() == {"I": -14, "II": -28, "III": -42}
    assert table.loc["I", "factor"] == pytest.approx(10 / 24)


def test_units_of_parts_are_converted_to_that_of_the_whole():
    items = [indicator("energy", limiting=True, unit="MJ/t"), indicator("dust", unit="kg/t")]
    values = [29.3076 * value / 10 for value in ENERGY]
    other = member(system("steel", items), plants({"energy": values, "dust": WATER}))
    standards = series.calibrate_series([iron(), other, works()], promises=["marginal"])["marginal"]
    assert series.sums_of_parts(standards, RELATIONS)["parts"].tolist() == pytest.approx([24, 48, 72])


def test_corrections_of_a_part_count_with_the_plant_in_the_middle():
    items = [indicator("energy", limiting=True), indicator("water", unit="m3/t")]
    fields = {
        "attributes": {"works": "text", "size": "large|small", "capacity": "kt/a", "grade": "%"},
        "corrections": [
            {"id": "grade", "target": ["energy"], "addend": "grade", "source": "S", "status": "ASSUMED"}
        ],
    }
    table = plants({"energy": ENERGY, "water": WATER}).assign(grade=3.0)
    corrected = member(system("iron", items, **fields), table)
    standards = series.calibrate_series([corrected, steel(), works()], promises=["marginal"])["marginal"]
    row = series.sums_of_parts(standards, RELATIONS).set_index("level").loc["II"]
    assert (row["parts"], row["correction"]) == (37 + 8, 3)


def test_a_sum_without_all_its_parts_is_left_out(standards):
    without = [standard for standard in standards["marginal"] if standard.id != "steel"]
    assert series.sums_of_parts(without, RELATIONS).empty


def test_works_are_joined_with_their_parts(standards):
    table = series.works_levels(standards["marginal"], whole="works")
    assert list(table.columns) == ["works", "iron", "steel"]
    assert table.loc["W1"].tolist() == ["I", "I", "I"]
    assert table["works"].tolist() == sorted(table["works"], key=["I", "II", "III", "none"].index)


def test_the_largest_plant_speaks_for_a_works():
    names = ["W1", "W2", "W3", "W4", "W5", "W1", "W2", "W3", "W4", "W5"]
    items = [indicator("energy", limiting=True), indicator("water", unit="m3/t")]
    both = member(system("iron", items), plants({"energy": ENERGY, "water": WATER}, works=names))
    standards = series.calibrate_series([both, works()], promises=["marginal"])["marginal"]
    table = series.works_levels(standards, whole="works")
    assert table.loc["W1", "iron"] == "I"  # P1 with 200 kt/a, not P6 with 100
    assert table.loc["W6", "iron"] == ""


def test_works_whose_parts_and_whole_disagree_are_counted():
    table = pd.DataFrame(
        {"whole": ["II", "I", "III", "none"], "a": ["I", "II", "", "III"], "b": ["I", "I", "", ""]},
        index=list("wxyz"),
    )
    found = series.parts_and_whole(table, whole="whole").set_index("level")
    assert found.loc["I"].tolist() == [1, 1, 1, 1]  # w is I in all parts, x as a whole only
    assert found.loc["II"].tolist() == [2, 0, 2, 0]
    assert found.loc["III"].tolist() == [3, 1, 3, 0]  # y has no part that was judged


def test_a_whole_that_is_not_there_is_refused(standards):
    with pytest.raises(DataError, match="'mill' is not among"):
        series.works_levels(standards["marginal"], whole="mill")


def test_real_plants_have_no_population_to_judge():
    real = member(iron().system, plants({"energy": ENERGY, "water": WATER}), industry=False)
    standards = series.calibrate_series([real], promises=["marginal"])["marginal"]
    with pytest.raises(DataError, match="plants are real"):
        series.works_levels(standards, whole="iron", industry=True)
