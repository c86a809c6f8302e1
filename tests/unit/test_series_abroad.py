"""Foreign values are converted where that is possible and shown with a reason where it is not; gaps become items."""

from __future__ import annotations

import pandas as pd
import pytest
from series_toys import indicator, system

from methodology.chain import series
from methodology.chain.series.abroad import oxygen_of, to_oxygen
from methodology.errors import DataError

BASES = pd.DataFrame(
    [
        ("hourly", "hour", "mean of an hour"),
        ("daily", "day", "mean of a day"),
        ("annual", "year", "mean of a year"),
    ],
    columns=["basis", "averaging", "en"],
)
NOTHING = pd.DataFrame(
    columns=[
        "region",
        "system",
        "indicator",
        "label",
        "low",
        "high",
        "unit",
        "basis",
        "year",
        "source",
        "status",
        "differs",
        "reason",
    ]
)


def value(kind: str, amount: object, basis: str = "hourly", **fields: object) -> dict[str, object]:
    return {
        "kind": kind,
        "label": kind,
        "value": amount,
        "unit": "mg/m3",
        "basis": basis,
        "source": "S",
        "status": "RECALLED_M",
        "year": 2012,
        **fields,
    }


def table(
    *values: dict[str, object], international: pd.DataFrame = NOTHING, **fields: object
) -> pd.DataFrame:
    dust = indicator("dust", unit="mg/m3", weight=1.0, comparators=list(values), **fields)
    return series.foreign_values([system("iron", [dust])], BASES, international).set_index("region")


def test_a_value_on_the_same_basis_is_common():
    found = table(value("mandatory_limit", 50), value("jp_standard", 100))
    assert found.loc["JP", "common"]
    assert found.loc["JP", "reason"] == ""


def test_another_averaging_time_is_a_reason_and_never_converted():
    found = table(value("mandatory_limit", 50), value("eu_bat_ael", (1, 15), "daily"))
    assert found.loc["EU", ["low", "high", "common"]].tolist() == [1, 15, False]
    assert found.loc["EU", "reason"] == "averaging time: mean of a day against mean of an hour"


def test_a_value_at_another_oxygen_reference_is_restated():
    found = table(
        value("mandatory_limit", 300, o2_reference="16 %"),
        value("jp_standard", 451, o2_reference="15 %"),
    )
    assert found.loc["JP", "low"] == pytest.approx(451 * 5 / 6)
    assert found.loc["JP", "oxygen"] == 16
    assert found.loc["JP", "common"]


def test_the_oxygen_reference_of_the_indicator_counts_where_the_limit_states_none():
    found = table(
        value("mandatory_limit", 0.5), value("jp_standard", 1, o2_reference="15 %"), boundary="stack, 16 % O2"
    )
    assert found.loc["JP", "low"] == pytest.approx(5 / 6)


def test_an_oxygen_reference_that_is_not_stated_is_a_reason():
    found = table(value("mandatory_limit", 50, o2_reference="8 %"), value("jp_standard", 100))
    assert "oxygen reference not stated (here 8 %)" in found.loc["JP", "reason"]
    assert not found.loc["JP", "common"]


def test_mass_per_product_is_not_turned_into_a_concentration():
    found = table(value("mandatory_limit", 50), value("us_standard", 0.2, unit="kg/t"))
    assert pd.isna(found.loc["US", "low"])
    assert found.loc["US", ["stated_low", "stated_unit"]].tolist() == [0.2, "kg/t"]
    assert "kg/t against mg/m3" in found.loc["US", "reason"]


def test_units_of_one_kind_are_converted():
    found = table(value("mandatory_limit", 50), value("us_standard", 0.02, unit="g/m3"))
    assert found.loc["US", "low"] == pytest.approx(20)


def test_values_for_some_plants_only_and_old_ones_are_left_out():
    special = value("mandatory_limit", 15, where={"size": "large"})
    found = table(value("mandatory_limit", 50), special, value("index_2014", 20))
    assert found["low"].tolist() == [50]


def test_a_value_that_is_no_comparator_says_what_differs():
    row = {
        "region": "EU",
        "system": "iron",
        "indicator": "dust",
        "label": "elsewhere",
        "low": 0.01,
        "high": 0.02,
        "unit": "g/m3",
        "basis": "annual",
        "year": 2021,
        "source": "S",
        "status": "SEEN-2nd",
        "differs": "boundary",
        "reason": "roof only",
    }
    found = table(value("mandatory_limit", 50), international=pd.DataFrame([row]))
    assert found.loc["EU", ["low", "high"]].tolist() == pytest.approx([10, 20])
    assert found.loc["EU", "reason"] == "boundary: roof only"


def test_a_basis_nobody_listed_is_refused():
    with pytest.raises(DataError, match=r"'weekly'.*not listed"):
        table(value("mandatory_limit", 50, "weekly"))


@pytest.mark.parametrize(
    ("text", "found"), [("16 %", 16), ("18 % (belt)", 18), ("", None), ("not fixed", None)]
)
def test_an_oxygen_reference_is_read_off_a_text(text, found):
    assert oxygen_of(text) == found


def test_restating_at_the_same_oxygen_changes_nothing():
    assert to_oxygen(100.0, 16, 16) == 100


def test_regions_without_a_value_are_listed_with_the_reason_somebody_gave():
    dust = indicator("dust", unit="mg/m3", weight=1.0, comparators=[value("mandatory_limit", 50)])
    systems = [system("iron", [dust])]
    values = series.foreign_values(systems, BASES, NOTHING)
    told = pd.DataFrame(
        [("EU", "energy", "iron steel", "no value known", "RECALLED_M")],
        columns=["region", "aspect", "process", "reason", "status"],
    )
    found = series.foreign_gaps(systems, values, told, {"en": "energy"}).set_index("region")["reason"]
    assert found.to_dict() == {"EU": "no value known", "US": "", "JP": ""}


def documents(*rows: tuple[str, str, str, str, int]) -> pd.DataFrame:
    names = ["number", "process", "aspect", "status", "year"]
    return pd.DataFrame(rows, columns=names).assign(region="CN", known="RECALLED_H")


def cell(*rows: tuple[str, str, str, str, int]) -> pd.Series:
    look = {"processes": ["iron"], "aspects": ["air"], "year": 2026, "aged_after": 10}
    return series.coverage_of_standards(documents(*rows), **look).iloc[0]


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ((), "missing"),
        ((("A", "iron", "air", "in force", 2020),), "covered"),
        ((("A", "iron", "air water", "in force", 2016),), "covered"),
        ((("A", "iron", "air", "in force", 2015),), "aged"),
        ((("A", "iron", "air", "superseded", 2025),), "aged"),
        ((("A", "all", "air", "in force", 2020),), "general"),
        ((("A", "steel", "air", "in force", 2020),), "missing"),
        ((("A", "iron", "water", "in force", 2020),), "missing"),
        ((("A", "iron", "air", "in force", 2001), ("B", "all", "air", "in force", 2020)), "covered"),
    ],
)
def test_a_cell_of_the_map_is_covered_general_aged_or_missing(rows, state):
    assert cell(*rows)["state"] == state


def test_its_own_documents_stand_before_general_ones_each_with_its_sign():
    found = cell(("G", "all", "air", "in force", 2024), ("A", "iron", "air", "in force", 2020))
    assert found["numbers"] == "A†; G†"


def test_a_document_of_a_province_covers_no_cell_of_the_nation():
    local = documents(("D", "iron", "air", "in force", 2025)).assign(region="CN-JS")
    look = {"processes": ["iron"], "aspects": ["air"], "year": 2026, "aged_after": 10}
    assert series.coverage_of_standards(local, **look)["state"].tolist() == ["missing"]


def test_gaps_become_items_widest_first_and_covered_cells_none():
    look = {"processes": ["iron", "steel"], "aspects": ["air", "water"], "year": 2026, "aged_after": 10}
    cover = series.coverage_of_standards(documents(("A", "iron", "air", "in force", 2012)), **look)
    items = series.proposed_items(cover)
    assert items["action"].tolist() == ["draft", "draft", "revise"]
    assert items["processes"].tolist() == ["iron steel", "steel", "iron"]
    assert items["documents"].tolist() == ["", "", "A†"]
