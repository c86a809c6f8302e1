"""Foreign values are converted where that is possible and shown with a reason where it is not; gaps become items."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from series_toys import indicator, system
from shipped import ROOT, SERIES

from methodology import series
from methodology.errors import DataError
from methodology.indicators import load_system
from methodology.parameters import Project
from methodology.series.foreign_values import oxygen_of, to_oxygen
from methodology.series.reading import read_reference

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
    assert "kg/t against mg/m³" in found.loc["US", "reason"]


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
    table = pd.DataFrame(rows, columns=names).assign(region="CN", known="RECALLED_H")
    return table.assign(kind=table["number"].str.startswith("P").map({True: "policy", False: "standard"}))


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
        ((("A", "iron", "air", "in force", 2001), ("B", "all", "air", "in force", 2020)), "aged"),
        ((("A", "iron", "air", "in force", 2001), ("B", "iron", "air", "in force", 2020)), "covered"),
        ((("A", "iron", "air", "in force", 2001), ("P", "iron", "air", "in force", 2020)), "aged"),
        ((("A", "iron", "air", "superseded", 2020), ("P", "iron", "air", "in force", 2020)), "covered"),
        ((("P", "iron", "air", "in force", 2001), ("P2", "iron", "air", "in force", 2020)), "covered"),
        ((("B", "all", "air", "in force", 2001),), "aged"),
    ],
)
def test_a_cell_of_the_map_is_covered_general_aged_or_missing(rows, state):
    assert cell(*rows)["state"] == state


def test_an_old_standard_is_named_beside_the_newer_policy():
    found = cell(("A", "iron", "air", "in force", 2012), ("P", "iron", "air", "in force", 2019))
    assert found["why"] == "the newest is of 2012, beside a policy document of 2019"
    assert found["numbers"] == "P†; A†"


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


GRAIN, POUND, FOOT = 64.79891e-3, 0.45359237, 0.3048  # g, kg, m: exact by definition
NORMAL, WARM = 273.15, 293.15  # K: 0 C, and the 20 C of a dry standard cubic foot
MOLAR = 22.414  # L/mol of an ideal gas at 0 C and 101.325 kPa
NO2 = 14.007 + 2 * 15.999


def restated(label: str) -> float | None:
    """What a foreign label says, in mg/m3 (dry, 0 C) or kg/t, computed here from first principles."""
    if found := re.search(r"\(([\d.]+) gr/dscf\)", label):
        return float(found[1]) * GRAIN * 1000 / FOOT**3 * WARM / NORMAL
    if found := re.search(r"\(([\d.]+) lb per short ton\)", label):
        return float(found[1]) * POUND / (2000 * POUND / 1000)
    if found := re.search(r"\(([\d.]+) ppm\)", label):
        return float(found[1]) * NO2 / MOLAR
    if found := re.search(r"\(([\d.]+) g/m3N\)", label):
        return float(found[1]) * 1000
    return None


def test_american_and_japanese_limits_are_restated_as_their_labels_derive_them():
    checked = 0
    for path in sorted((ROOT / "params" / "systems").glob("*.yaml")):
        for item in load_system(path).indicators:
            for comparator in item.comparators:
                exact = restated(comparator.label)
                if exact is not None:
                    assert comparator.value == pytest.approx(exact, rel=5e-3), comparator.label
                    assert comparator.note, comparator.label
                    checked += 1
    assert checked >= 12


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    """The international table of the shipped series."""
    project = Project(ROOT)
    systems = [load_system(ROOT / "params" / "systems" / f"{name}.yaml") for name in SERIES]
    return series.foreign_values(
        systems, read_reference(project, "bases"), read_reference(project, "international")
    )


def test_every_foreign_value_is_on_the_common_basis_or_says_why_not(shipped):
    foreign = shipped[shipped["region"] != "CN"]
    assert len(foreign) > 30
    assert (foreign["common"] == (foreign["reason"] == "")).all()
    words = "averaging time|oxygen reference|boundary|electricity factor|against|no Chinese value"
    assert foreign.loc[~foreign["common"], "reason"].str.contains(words).all()


def test_every_concentration_stands_at_the_oxygen_of_the_chinese_limit(shipped):
    """By hand: (21 - O2 of China) / (21 - O2 stated), system by system."""
    stated = {("sintering", "JP"): (15, 16), ("coking", "JP"): (7, 8), ("rolling", "JP"): (11, 8)}
    for (system_id, region), (own, home) in stated.items():
        rows = shipped[(shipped["system"] == system_id) & (shipped["region"] == region)]
        moved = rows[rows["oxygen"] == home]
        assert len(moved), (system_id, region)
        for row in moved.itertuples():
            assert row.low == pytest.approx(row.stated_low * (21 - home) / (21 - own)), row.label


def test_electricity_at_its_calorific_value_is_told_apart_from_primary_energy(shipped):
    """2 GJ/t are 68.2 kgce/t at 29.3076 MJ; what keeps them apart is the factor of electricity."""
    row = shipped[(shipped["system"] == "rolling") & (shipped["indicator"] == "hot_rolling_energy")]
    world = row[row["region"] == "world"].iloc[0]
    assert [world["low"], world["high"]] == pytest.approx([2000 / 29.3076, 2400 / 29.3076])
    assert world["reason"].startswith("electricity factor:")
    for name in SERIES:
        conventions = {c.id: c for c in load_system(ROOT / "params" / "systems" / f"{name}.yaml").conventions}
        assert conventions["electricity_factor"].value == 0.1229
        assert conventions["coal_equivalent"].value == 29.3076
        assert 3.6 / conventions["coal_equivalent"].value == pytest.approx(0.1229, abs=1e-4)


def test_all_four_reasons_of_the_brief_occur(shipped):
    told = " ".join(shipped["reason"])
    for reason in ("averaging time", "oxygen reference", "boundary", "electricity factor"):
        assert reason in told


def test_every_process_aspect_and_region_has_a_value_or_a_reason():
    project = Project(ROOT)
    systems = [load_system(ROOT / "params" / "systems" / f"{name}.yaml") for name in SERIES]
    references = [read_reference(project, name) for name in ("bases", "international", "international_gaps")]
    values = series.foreign_values(systems, references[0], references[1])
    aspects = {"en": "energy", "wa": "water", "po": "air", "gh": "carbon"}
    gaps = series.foreign_gaps(systems, values, references[2], aspects)
    assert (gaps["reason"] != "").all(), gaps[gaps["reason"] == ""]
    assert (gaps["status"] != "").all()
