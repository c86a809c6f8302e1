"""Units of indicators: what is read, what is refused and why."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from methodology.errors import DataError, UnitError
from methodology.units import convert, parse
from methodology.units.table import house_unit, known_unit, near_units, product_of, unit_table


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (1, "kgce/t", "MJ/t", 29.3076),
        (1, "GJ/t", "kgce/t", 1000 / 29.3076),
        (1, "kWh/t", "kgce/t", 3.6 / 29.3076),
        (1, "tce/t", "kgce/t", 1000),
        (12, "mg/m3", "ug/m3", 12000),
        (12, "mg/Nm3", "mg/m3", 12),
        (0.25, "t/t", "kg/t", 250),
        (0.995, "1", "%", 99.5),
        (1.98, "tCO2/t", "kgCO2/t", 1980),
        (100, "pg-TEQ/m3", "ng-TEQ/m3", 0.1),
        (2400, "kJ/kg", "GJ/t", 2.4),
        (3.5, "kt/a", "t/a", 3500),
        (1, "万吨/年", "kt/a", 10),
        (1, "吨标准煤/吨", "kgce/t", 1000),
        (320, "克标准煤/千瓦时", "kgce/kWh", 0.32),
        (1, "万千瓦时/吨", "kWh/t", 10_000),
        (1, "百万千焦/吨", "kgce/t", 1000 / 29.3076),
        (7000, "大卡/千克", "MJ/kg", 29.3076),
        (1, "万立方米/年", "m3/a", 10_000),
        (1.5, "吨二氧化碳/吨", "kgCO2/t", 1500),
    ],
)
def test_conversions_have_their_derived_factors(value, source, target, expected):
    assert convert(float(value), source, target) == pytest.approx(expected, rel=1e-12)


def test_the_calorific_value_of_electricity_rounds_to_what_norms_print():
    assert round(convert(1.0, "kWh/t", "kgce/t"), 4) == 0.1228
    assert abs(convert(1.0, "kWh/t", "kgce/t") - 0.1229) < 1e-4


def test_whole_numbers_stay_whole():
    assert convert(12.0, "mg/m3", "ug/m3") == 12000.0


def test_arrays_are_converted_cell_by_cell():
    assert convert(np.array([1.0, 2.0]), "tCO2/t", "kgCO2/t").tolist() == [1000.0, 2000.0]


def test_the_same_unit_leaves_the_value_untouched():
    value = 0.1 + 0.2
    assert convert(value, "mg/Nm3", "mg/m3") is value


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("kg/t", "kgCO2/t"),
        ("C", "K"),
        ("mg/m3", "%"),
        ("ng/m3", "ng-TEQ/m3"),
        ("level", "1"),
        ("kgce/t", "kg/t"),
        ("N/pellet", "N"),
    ],
)
def test_units_of_different_kinds_are_never_converted(source, target):
    with pytest.raises(UnitError, match="cannot be converted"):
        convert(1.0, source, target)


def test_an_unknown_unit_is_named_with_its_near_matches():
    with pytest.raises(UnitError, match=r"'kgce/T' is not known\. Near matches: kgce/t"):
        parse("kgce/T")


def test_another_oxygen_reference_is_refused_as_a_unit_and_called_a_correction():
    with pytest.raises(UnitError, match="oxygen reference is a correction"):
        convert(1.0, "mg/m3@16%O2", "mg/m3")


@pytest.mark.parametrize(
    "text", ["", " ", "/", "kg//t", "kg/", "__import__('os')", "meter", "x" * 10_000, "kg*t"]
)
def test_hostile_or_empty_texts_are_not_units(text):
    assert not known_unit(text)
    with pytest.raises(UnitError):
        parse(text)


def test_a_unit_error_is_an_error_of_the_data():
    assert issubclass(UnitError, DataError)


def test_every_symbol_is_defined_derived_and_named_in_both_languages():
    for symbol, entry in unit_table().items():
        assert parse(symbol).factor > 0
        assert entry.en, symbol
        assert entry.zh, symbol
        assert entry.derivation, symbol
        assert entry.status in {"RECALLED_H", "RECALLED_M", "ASSUMED", "DERIVED"}, symbol


def test_all_ways_of_writing_a_symbol_mean_the_same_unit():
    for symbol, entry in unit_table().items():
        for way in entry.also:
            assert parse(way) == parse(symbol)


def test_nothing_is_near_a_text_that_resembles_no_unit():
    assert near_units("qqqqqq") == []


def test_knowing_a_unit_does_not_load_pint():
    asked = "from methodology.units.table import known_unit; known_unit('kgce/t')"
    code = f"import sys; {asked}; sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("千克标准煤/吨", "kgce/t"),
        ("千克标准煤每吨", "kgce/t"),
        ("公斤标煤／吨", "kgce/t"),
        ("kg标煤/t", "kgce/t"),
        ("毫克/立方米", "mg/m3"),
        ("毫克／标立方米", "mg/m3"),
        ("ｍｇ／ｍ³", "mg/m3"),
        ("㎎/㎥", "mg/m3"),
        ("mg/Nm³", "mg/m3"),
        ("ng-I-TEQ/Nm³", "ng-TEQ/m3"),
        ("纳克毒性当量/立方米", "ng-TEQ/m3"),
        ("µg/m³", "ug/m3"),
        ("立方米/吨", "m3/t"),
        ("m³/t", "m3/t"),
        ("kW·h/t", "kWh/t"),
        ("kW・h/t", "kWh/t"),
        ("千瓦时/吨", "kWh/t"),
        ("度/吨", "kWh/t"),
        ("kgCO₂/t", "kgCO2/t"),
        ("千克二氧化碳当量/吨", "kgCO2/t"),
        ("℃", "C"),
        ("摄氏度", "C"),
        ("％", "%"),
        ("百分比", "%"),
        ("牛/个球", "N/pellet"),
        ("N/个", "N/pellet"),
        ("毫克/升", "mg/L"),
        ("分钟", "min"),
        ("毫米", "mm"),
        ("千克 / 吨", "kg/t"),
    ],
)
def test_a_chinese_workbook_may_write_units_in_words_and_full_width(written, meant):
    assert house_unit(written) == meant
    assert parse(written) == parse(meant)
    assert convert(0.3, written, meant) == 0.3


@pytest.mark.parametrize(
    ("written", "product"),
    [
        ("kgce/t 粗钢", "crude steel"),
        ("千克标准煤/吨钢", "crude steel"),
        ("kgce/t-steel", "crude steel"),
        ("kg/t钢水", "liquid steel"),
        ("kg/t铁水", "hot metal"),
        ("kgce/t铁", "hot metal"),
        ("kgce/t焦", "coke"),
        ("m³/t烧结矿", "sinter"),
        ("kgce/t产品", ""),
        ("kgce/t", ""),
    ],
)
def test_a_tonne_below_the_line_may_say_what_it_is_a_tonne_of(written, product):
    assert product_of(written) == product
    assert house_unit(written) in {"kgce/t", "kg/t", "m3/t"}


def test_a_tonne_of_iron_is_never_a_tonne_of_steel():
    with pytest.raises(UnitError, match="a tonne of hot metal is not a tonne of crude steel"):
        convert(500.0, "kgce/t铁", "kgce/t粗钢")
    assert convert(500.0, "kgce/t铁", "kgce/t") == 500.0


@pytest.mark.parametrize("text", ["kg焦/t", "粗钢", "kgce/粗钢", "mg/m3钢", "公担/吨", "吨每", "每吨"])
def test_words_out_of_place_are_no_unit(text):
    assert not known_unit(text)
    with pytest.raises(UnitError, match="is not known"):
        parse(text)


def test_the_part_that_is_not_understood_is_named():
    with pytest.raises(
        UnitError, match=r"'公担/吨' is not known\..* What is not understood is '公担'\. Write it"
    ):
        parse("公担/吨")


def test_no_way_of_writing_means_two_symbols():
    ways = [way for symbol, entry in unit_table().items() for way in (symbol, *entry.also)]
    assert len(ways) == len(set(ways))


def test_the_chinese_of_a_unit_has_full_width_brackets():
    assert [entry.zh for entry in unit_table().values() if "(" in entry.zh] == []
