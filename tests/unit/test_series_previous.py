"""The previous index is judged by today's law, plants and values."""

from __future__ import annotations

import numpy as np
import pytest
from series_toys import ENERGY, WATER, indicator, iron, law, member, old, plants, steel, system, works

from methodology import series
from methodology.errors import DataError
from methodology.series.previous_index import previous_values

OLD = [old("I", 15), old("II", 45), old("III", 80)]


def standards(*members):
    return series.calibrate_series(members, promises=["marginal"])["marginal"]


def test_an_old_value_beyond_the_law_is_looser():
    table = series.staleness(standards(works())).set_index("level")
    assert table["looser"].to_dict() == {"I": False, "II": False, "III": True}
    assert table["law"].unique().tolist() == [50]
    assert table["reached"].to_dict() == {"I": 0.1, "II": 0.3, "III": 0.5}


def test_without_a_law_nothing_is_looser():
    table = series.staleness(standards(iron(comparators=OLD)))
    assert not table["looser"].any()
    assert table["law"].isna().all()


def test_where_higher_is_cleaner_a_smaller_old_value_is_looser():
    higher = {"direction": "higher", "comparators": [*OLD, law(50)]}
    table = series.staleness(standards(iron(**higher))).set_index("level")
    assert table["looser"].to_dict() == {"I": True, "II": True, "III": False}


def test_a_base_value_before_corrections_is_named_as_such():
    norm = law(40, before_corrections=True, comparable=False)
    table = series.staleness(standards(iron(comparators=[*OLD, norm])))
    assert table["before_corrections"].all()
    assert table["looser"].tolist() == [False, True, True]


def test_values_on_another_basis_are_not_judged():
    found = standards(iron(comparators=[old("I", 15, comparable=False)]))
    assert series.staleness(found).empty
    assert previous_values([found[0].member.system])["comparable"].tolist() == [False]


def test_only_values_that_a_law_binds_are_drawn():
    found = standards(works(), iron(comparators=OLD))
    drawn = series.held_against_law(series.staleness(found), found)
    assert drawn["label"].unique().tolist() == ["Total"]
    assert drawn["limit"].tolist() == [50, 50, 50]


def test_the_previous_index_takes_its_rows_from_every_system():
    index = series.previous_index(standards(works(), iron(comparators=OLD), steel()), whole="works")
    assert index.system.ids == ("works__total", "iron__energy")
    assert index.system.weights["weight"].tolist() == pytest.approx([0.5, 0.5])
    assert index.system.limiting == ("works__total", "iron__energy")


def test_the_same_works_are_judged_by_old_and_new_values():
    index = series.previous_index(standards(works(), iron(comparators=OLD)), whole="works")
    judged = index.evaluations()
    before = judged["previous values"].set_index("plant")["level"]
    after = judged["new values, same indicators"].set_index("plant")["level"]
    # Old: total 12 <= 20 and energy 10 <= 15. New: 12 <= 24 and 10 <= 20, and so for W2.
    assert before["W1"] == "I"
    assert (before["W2"], after["W2"]) == ("II", "I")
    summary = index.summary()
    assert summary.loc["previous values", ["I", "II", "III", "none"]].sum() == 10


def test_a_process_a_works_lacks_does_not_apply():
    names = [f"W{n + 1}" for n in range(5)] + ["W91", "W92", "W93", "W94", "W95"]
    items = [indicator("energy", limiting=True, comparators=OLD), indicator("water", unit="m3/t")]
    elsewhere = member(system("iron", items), plants({"energy": ENERGY, "water": WATER}, works=names))
    index = series.previous_index(standards(works(), elsewhere), whole="works")
    states = index.raw.states["iron__energy"]
    assert states[["W1", "W10"]].tolist() == [0, 3]
    assert np.isnan(index.raw.values.loc["W10", "iron__energy"])


def test_a_requirement_of_the_whole_is_not_taken_from_a_process_again():
    items = [indicator("total", limiting=True, comparators=OLD), indicator("water", unit="m3/t")]
    again = member(system("iron", items), plants({"total": ENERGY, "water": WATER}))
    index = series.previous_index(standards(works(), again), whole="works")
    assert index.system.ids == ("works__total",)


def test_incomplete_rows_are_left_out():
    index = series.previous_index(standards(works(), iron(comparators=OLD[:2])), whole="works")
    assert index.system.ids == ("works__total",)


@pytest.mark.parametrize(("whole", "message"), [("mill", "not among"), ("steel", "states no value")])
def test_a_whole_that_cannot_be_judged_is_refused(whole, message):
    with pytest.raises(DataError, match=message):
        series.previous_index(standards(works(), steel()), whole=whole)


def test_rows_of_a_group_weigh_the_same_and_groups_as_in_the_whole():
    groups = [
        {"id": "en", "name_zh": "能源", "name_en": "Energy", "weight": 0.6, "status": "ASSUMED"},
        {"id": "wa", "name_zh": "水", "name_en": "Water", "weight": 0.4, "status": "ASSUMED"},
    ]
    items = [
        indicator("total", limiting=True, weight=1.0, comparators=OLD),
        indicator(
            "water",
            unit="m3/t",
            weight=1.0,
            group="wa",
            comparators=[old(v, 3, "m3/t") for v in ["I", "II", "III"]],
        ),
    ]
    whole = member(system("works", items, groups=groups), plants({"total": ENERGY, "water": WATER}))
    index = series.previous_index(standards(whole, iron(comparators=OLD)), whole="works")
    weights = index.system.weights.set_index("indicator")["weight"].to_dict()
    assert weights == pytest.approx({"works__total": 0.3, "iron__energy": 0.3, "works__water": 0.4})


def test_a_cell_below_its_limit_reaches_no_value_that_asks_for_more():
    items = [
        indicator(
            "use", unit="%", limiting=True, weight=1.0, direction="higher", comparators=[old("I", 20, "%")]
        )
    ]
    cells = ["<50", *ENERGY[1:]]
    found = series.staleness(standards(member(system("iron", items), plants({"use": cells}))))
    assert found["reached"].tolist() == [0.9]
