"""Norms and their corrections, against figures computed by hand from the transcribed tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from methodology.indicators import IndicatorSystem, Level, load_system
from methodology.indicators.expressions import parse

ROOT = Path(__file__).parents[2]


def read(name: str) -> IndicatorSystem:
    return load_system(ROOT / "params" / "systems" / f"{name}.yaml")


def norms(system: IndicatorSystem, kind: str = "energy_norm", **where: str) -> list[float]:
    return [c.value for c in system["process_energy"].comparators if c.kind == kind and c.where == where]


def addend(system: IndicatorSystem, correction: str, **columns: float) -> float:
    rule = next(c for c in system.corrections if c.id == correction)
    return float(parse(rule.addend)(columns))


def test_blast_furnace_levels_at_a_typical_burden_grade():
    system = read("ironmaking")
    extra = addend(system, "burden_grade", burden_fe_grade=57.7)
    assert [round(value + extra, 1) for value in norms(system)] == [376.5, 385.5, 430.5]


def test_nothing_is_deducted_for_a_rich_burden_and_at_most_five_points_are_added():
    system = read("ironmaking")
    assert addend(system, "burden_grade", burden_fe_grade=64.0) == 0
    assert addend(system, "burden_grade", burden_fe_grade=50.0) == pytest.approx(5 * 3.61)


def test_converter_levels_at_twelve_per_cent_scrap():
    system = read("converter_steelmaking")
    extra = addend(system, "scrap", scrap_ratio=12.0)
    assert [round(value + extra, 1) for value in norms(system)] == [-27.2, -25.2, -9.2]


def test_electric_furnace_levels_at_thirty_per_cent_hot_metal():
    system = read("electric_steelmaking")
    extra = addend(system, "hot_metal", hot_metal_pct=30.0)
    assert [round(value + extra) for value in norms(system)] == [37, 40, 48]


def test_norms_of_smaller_furnaces_are_the_base_value_and_its_correction():
    system = read("electric_steelmaking")
    rule = next(c for c in system.corrections if c.id == "capacity")
    for word in ("50-to-70", "under-50"):
        printed = norms(system, capacity_class=word)
        assert printed == [norms(system)[0], norms(system)[2] + rule.table[word]]
        assert rule.levels == (Level.III,)


def test_coke_norm_differs_by_charging_and_adds_up_for_the_typical_top_charged_oven():
    system = read("coking")
    charging = next(c for c in system.corrections if c.id == "charging").table
    assert norms(system) == [110, 110, 135]
    assert norms(system, charging="stamp") == [value + charging["stamp"] for value in norms(system)]
    volatile = next(c for c in system.corrections if c.id == "volatile_top")
    x, y = zip(*volatile.points, strict=True)
    total = (
        addend(system, "mixed_gas_top", mixed_gas_time_share=0.4)
        + float(np.interp(23.5, x, y))
        + addend(system, "moisture_top", coal_moisture=9.4)
    )
    assert total == pytest.approx(3.2 + 2.125 - 2.202)


def test_the_age_of_ovens_counts_for_levels_one_and_three_only():
    rule = next(c for c in read("coking").corrections if c.id == "oven_age")
    assert rule.levels == (Level.I, Level.III)
    assert rule.table == {"up-to-15": 0, "15-to-25": 2.5, "above-25": 5.5}


def bound(indicator, level, stratum=None, *, corrected=False):
    return [
        c.value for c in indicator.comparators if level in c.binds and c.applies(stratum, corrected=corrected)
    ]


def test_a_base_norm_is_set_beside_corrected_values_only():
    indicator = read("ironmaking")["process_energy"]
    assert bound(indicator, Level.III) == []
    assert bound(indicator, Level.III, corrected=True) == [415]


def test_a_norm_without_usual_corrections_binds_as_it_stands():
    indicator = read("sintering")["process_energy"]
    assert bound(indicator, Level.III) == [52]


def test_a_mandatory_limit_binds_everywhere_and_the_special_one_in_key_regions():
    indicator = read("ironmaking")["cast_house_pm"]
    assert bound(indicator, Level.I) == [25]
    assert bound(indicator, Level.I, {"region": "key"}) == [25, 15]


def test_ultra_low_and_foreign_values_bind_nothing():
    for name in ("sintering", "ironmaking", "rolling"):
        for indicator in read(name).indicators:
            for comparator in indicator.comparators:
                if comparator.kind in {"ultra_low", "eu_bat_ael", "us_standard", "jp_standard"}:
                    assert comparator.binds == ()


EU = {
    ("coking", "chimney_nox"): [((350, 500), "5 %"), ((500, 650), "5 %")],
    ("coking", "chimney_so2"): [((200, 500), "5 %")],
    ("electric_steelmaking", "eaf_dioxin"): [(0.1, "")],
    ("ironmaking", "stove_so2"): [(200, "3 %")],
    ("ironmaking", "stove_nox"): [(100, "3 %")],
    ("rolling", "furnace_nox"): [((80, 200), "3 %"), ((100, 350), "3 %")],
    ("sintering", "head_pm"): [((1, 15), ""), ((20, 40), "")],
    ("sintering", "head_nox"): [(120, ""), (250, ""), (500, "")],
}


@pytest.mark.parametrize(("system", "indicator"), EU)
def test_values_of_the_eu_stand_apart_by_technique_and_no_lower_end_is_made_up(system, indicator):
    own = [c for c in read(system)[indicator].comparators if c.kind == "eu_bat_ael"]
    assert [(c.value, c.o2_reference) for c in own] == EU[system, indicator]
    assert len({c.label for c in own}) == len(own)


def test_every_value_of_the_eu_is_recalled_and_says_at_what_oxygen_it_stands():
    own = [
        c
        for path in sorted((ROOT / "params" / "systems").glob("*.yaml"))
        for indicator in read(path.stem).indicators
        for c in indicator.comparators
        if c.kind == "eu_bat_ael"
    ]
    assert len(own) > 25
    for comparator in own:
        assert comparator.status.startswith("RECALLED")
        told = any(word in comparator.note for word in ("O2", "oxygen"))
        assert told or comparator.o2_reference or comparator.unit == "ng-TEQ/m3"
        assert "may differ" not in comparator.note


def test_oxygen_correction_applies_only_to_plants_that_report_what_they_measured():
    rule = next(c for c in read("sintering").corrections if c.id == "o2")
    assert rule.where == {"o2_basis": "measured"}
    assert float(parse(rule.value)({"value": 7.0, "o2_measured": 17.5})) == pytest.approx(10.0)


def test_us_limits_in_grains_are_restated_at_normal_conditions():
    grain_per_dscf = 64.79891 / 0.028316846592 * 293.15 / 273.15
    values = {
        c.label: c.value
        for i in read("ironmaking").indicators
        for c in i.comparators
        if c.kind == "us_standard"
    }
    assert sorted(values.values()) == [
        pytest.approx(0.003 * grain_per_dscf, abs=0.05),
        pytest.approx(0.01 * grain_per_dscf, abs=0.05),
    ]
