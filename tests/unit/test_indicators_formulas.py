"""Indicators computed from raw quantities: units are held by pint, and what is missing stays missing."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_indicators_loading import SMALL, load

from methodology.errors import SystemDefinitionError
from methodology.indicators import load_system
from methodology.indicators.computed import Raw, agree, compute
from methodology.indicators.expressions import Signs, parse

ROOT = Path(__file__).parents[2]
QUANTITIES = [
    {"id": "iron", "name_zh": "铁水", "name_en": "Iron", "unit": "t", "kind": "output"},
    {"id": "coke", "name_zh": "焦炭", "name_en": "Coke", "unit": "t", "kind": "energy"},
    {"id": "power", "name_zh": "电", "name_en": "Power", "unit": "万kWh", "kind": "energy"},
    {
        "id": "dust",
        "name_zh": "尘",
        "name_en": "Dust",
        "unit": "mg/m3",
        "kind": "concentration",
        "outlet": "stack",
    },
    {"id": "flow", "name_zh": "气", "name_en": "Gas", "unit": "m3/h", "kind": "gas", "outlet": "stack"},
]
CONVENTION = {"id": "heat", "zh": "热值", "en": "Heat", "value": 0.97, "unit": "kgce/kg", "source": "MEM"}


def with_formula(formula: str, unit: str = "kgce/t") -> dict:
    content = copy.deepcopy(SMALL)
    content["indicators"][0] |= {"formula": formula, "unit": unit}
    content |= {"quantities": QUANTITIES, "conventions": [{**CONVENTION, "status": "RECALLED_M"}]}
    return content | {"outlets": [{"id": "stack", "name_zh": "烟囱", "name_en": "Stack"}]}


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def test_a_formula_gives_the_unit_of_its_indicator_whatever_its_quantities_are_in(tmp_path):
    system = load(tmp_path, with_formula("(coke*heat + power)/iron"))
    found = compute(system, Raw({"coke": column(4e5), "power": column(1000), "iron": column(1e6)}))
    assert found["energy"].values == pytest.approx([0.4 * 970 + 1e7 * 3.6 / 29.3076 / 1e6])


@pytest.mark.parametrize(
    ("formula", "unit", "said"),
    [
        ("coke*heat/iron", "kg/m3", "the indicator is in 'kg/m3'"),
        ("coke/iron", "kgce/t", "dimensionless"),
        ("(coke + power)/iron", "kgce/t", "cannot be added"),
        ("max(coke, power)/iron", "kgce/t", "cannot be added"),
        ("coal*heat/iron", "kgce/t", "'coal', no quantity"),
        ("dust*coke/iron", "kgce/t", "put it into sum"),
        ("coke/", "kgce/t", "Not arithmetic"),
    ],
)
def test_a_formula_that_does_not_fit_is_refused_with_both_units(tmp_path, formula, unit, said):
    with pytest.raises(SystemDefinitionError, match=r"energy: .*") as fault:
        load(tmp_path, with_formula(formula, unit))
    assert said in str(fault.value)


def test_a_convention_that_is_not_in_the_register_is_refused(tmp_path):
    content = with_formula("coke*heat/iron") | {"conventions": ["no_such_factor"]}
    with pytest.raises(SystemDefinitionError, match="'no_such_factor' are not in the register"):
        load(tmp_path, content)


def test_a_missing_quantity_gives_no_value_and_never_zero(tmp_path):
    system = load(tmp_path, with_formula("(coke*heat + power)/iron"))
    found = compute(system, Raw({"coke": column(np.nan, 0), "power": column(5, 0), "iron": column(9, 9)}))
    assert np.isnan(found["energy"].values[0])
    assert found["energy"].values[1] == 0
    assert compute(system, Raw({"coke": column(1.0)})) == {}


def test_an_output_of_nothing_gives_no_value(tmp_path):
    system = load(tmp_path, with_formula("coke*heat/iron"))
    assert np.isnan(compute(system, Raw({"coke": column(1.0), "iron": column(0.0)}))["energy"].values[0])


MEAN = "sum(dust*flow)/sum(flow)"
ABSENT = np.nan


def test_outlets_are_weighted_and_an_outlet_of_which_nothing_is_told_does_not_exist(tmp_path):
    system = load(tmp_path, with_formula(MEAN, "mg/m3"))
    dust, flow = np.array([[4.0, 10.0, ABSENT]]), np.array([[3e5, 1e5, ABSENT]])
    assert compute(system, Raw({"dust": dust, "flow": flow}))["energy"].values == pytest.approx([5.5])


def test_an_outlet_told_by_half_leaves_the_mean_unknown(tmp_path):
    system = load(tmp_path, with_formula(MEAN, "mg/m3"))
    dust, flow = np.array([[4.0, 10.0], [ABSENT, ABSENT]]), np.array([[3e5, ABSENT], [ABSENT, ABSENT]])
    assert np.isnan(compute(system, Raw({"dust": dust, "flow": flow}))["energy"].values).all()


def test_a_mean_over_limits_is_a_limit_unless_they_weigh_nothing(tmp_path):
    system = load(tmp_path, with_formula(MEAN, "mg/m3"))
    dust = np.array([[1.0, 1.0], [1.0, 9.0], [1.0, 9.0]])
    flow = np.array([[1e5, 1e5], [1e5, 1e5], [1.0, 1e5]])
    below = np.array([[True, True], [True, False], [True, False]])
    found = compute(system, Raw({"dust": dust, "flow": flow}, {"dust": below}))["energy"]
    assert found.below.tolist() == [True, True, False]
    assert found.values[:2].tolist() == [1.0, 5.0]


@given(st.floats(1, 1e9), st.floats(1, 1e9), st.floats(0.1, 1e3))
def test_scaling_all_amounts_of_a_year_changes_no_indicator(coke, iron, times):
    system = load_system(ROOT / "params" / "systems" / "ironmaking.yaml")
    one = {"coke": column(coke), "nut_coke": column(0), "hot_metal": column(iron)}
    many = {name: amount * times for name, amount in one.items()}
    before, after = (compute(system, Raw(amounts))["coke_ratio"].values[0] for amounts in (one, many))
    assert after == pytest.approx(before, rel=1e-9)


def test_values_agree_to_the_last_digit_typed_or_to_a_tenth_of_a_per_cent():
    assert agree(388, 387.6, 1e-3)
    assert not agree(388.0, 386.9, 1e-3)
    assert agree(0.03, 0.0275, 1e-3)
    assert not agree(0.03, 0.0361, 1e-3)


def test_a_formula_is_written_with_the_signs_and_names_of_its_reader():
    formula = parse("(a - (b - c))/(d*e)*2")
    names = {"a": "甲", "d": "丁"}
    signs = Signs(subtract=" − ", multiply=" × ", divide=" ÷ ")
    assert formula.written(names, signs) == "(甲 − (b − c)) ÷ (丁 × e) × 2"
    assert parse("(a+b)/max(c, d)").fraction({}, Signs(calls={"max": "MAX"})) == ("a+b", "MAX(c, d)")


@given(st.lists(st.sampled_from(["a", "b", "2", "c"]), min_size=4, max_size=4), st.data())
def test_a_formula_written_out_computes_the_same(operands, data):
    ops = [data.draw(st.sampled_from("+-*/")) for _ in range(3)]
    text = f"({operands[0]}{ops[0]}{operands[1]}){ops[1]}({operands[2]}{ops[2]}{operands[3]})"
    at = {"a": np.float64(3.7), "b": np.float64(1.9), "c": np.float64(-5.3)}
    assert parse(parse(text).written({}, Signs()))(at) == pytest.approx(parse(text)(at), nan_ok=True)
