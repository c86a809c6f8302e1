"""How values and their status are written for readers."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodology import tables
from methodology.indicators import Kind, as_sample, load_system
from methodology.indicators.display import (
    benchmark,
    decimal_of,
    fixed,
    mark,
    number,
    off_target,
    percent,
    places_of,
    rounded,
    significant,
    signs_explained,
    total,
    unit_of,
)
from methodology.proposal import reasons
from methodology.sample import correct
from methodology.sample.exclusion import within_bounds
from methodology.tables.proposal import published

ROOT = Path(__file__).parents[2]
SINTERING = load_system(ROOT / "params" / "systems" / "sintering.yaml")
IRON = load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


@pytest.mark.parametrize(
    ("distance", "printed"), [(0.0, "7.5–9.0‡"), (0.2, "7.3–9.2‡"), (1.2, "6.3–10.2‡"), (None, "–")]
)
def test_a_benchmark_with_a_target_is_printed_as_an_interval_with_the_sign_of_its_status(distance, printed):
    assert benchmark(distance, SINTERING["sinter_feo"]) == printed
    assert published(distance if distance is not None else float("nan"), SINTERING["sinter_feo"]) in {
        printed,
        "withheld",
    }


def test_other_benchmarks_are_printed_to_their_step():
    assert benchmark(47.5, SINTERING["process_energy"]) == "47.5"
    assert off_target(SINTERING["process_energy"]) == ""
    assert off_target(SINTERING["sinter_feo"]) == " (off 7.5–9‡)"


def test_signs_in_use_are_explained_and_no_others():
    assert signs_explained(["a", "b"]) == []
    assert [line[0] for line in signs_explained(["1‡", "2†", "3‡"])] == ["†", "‡"]


def test_a_negative_share_has_a_minus():
    assert percent(-0.125) == "−12.5 %"


def test_a_bound_that_sets_a_value_aside_carries_the_sign_of_its_status():
    cells = {i.id: "1" for i in IRON.indicators if i.kind is Kind.QUANTITATIVE}
    cells |= {i.id: "I" for i in IRON.indicators if i.kind is Kind.QUALITATIVE}
    sample = as_sample(pd.DataFrame([cells], index=pd.Index(["P1"], name="plant")), IRON)
    notes = within_bounds(sample, IRON, "exclude").notes
    assert notes["reason"].str.contains("below the bound of").any()
    for row in notes.itertuples():
        bounds = IRON[row.indicator].bounds
        assert f"{mark(bounds.status)} {unit_of(IRON[row.indicator])}" in row.reason


def test_the_law_and_the_step_behind_a_value_carry_the_signs_of_their_status():
    law = next(c for c in IRON["cast_house_pm"].comparators if c.kind == "mandatory_limit")
    assert law.status.startswith("RECALLED")
    assert "†" in reasons.bounded(law, 25.0, 25.0).en
    assert "†" in reasons.bounded(law, 25.0, 25.0).zh
    assert reasons.step_text(0.5, IRON["process_energy"]) == "0.5‡ kgce/t"


def test_corrections_name_their_source_and_status():
    cells = {i.id: "" for i in IRON.indicators} | {"process_energy": "380", "burden_fe_grade": "58"}
    sample = as_sample(pd.DataFrame([cells], index=pd.Index(["P1"], name="plant")), IRON)
    shown = tables.corrections_overview(correct(sample, IRON), IRON)
    assert any("ECQ, second-hand" in line for line in shown.legend)


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        (0.0455, 3, "0.046"),
        (0.0445, 3, "0.044"),
        (1.005, 2, "1.00"),
        (1.015, 2, "1.02"),
        (2.675, 2, "2.68"),
        (0.125, 2, "0.12"),
        (2.5, 0, "2"),
        (3.5, 0, "4"),
        (-0.0455, 3, "−0.046"),
        (-0.0004, 3, "0.000"),
        (1e22, 0, "10000000000000000000000"),
        (float("nan"), 2, "–"),
        (None, 2, "–"),
    ],
)
def test_a_decimal_exactly_halfway_goes_to_the_even_digit_as_it_is_written(value, places, printed):
    assert fixed(value, places) == printed


@pytest.mark.parametrize(
    ("share", "printed"),
    [(0.0455, "4.6 %"), (0.0445, "4.4 %"), (0.5555, "55.6 %"), (0.00049, "0.0 %"), (1.0, "100.0 %")],
)
def test_a_percentage_rounds_the_decimal_and_not_its_binary_fraction(share, printed):
    assert percent(share) == printed


@pytest.mark.parametrize(
    ("value", "step", "printed"),
    [(47.25, 0.1, "47.2"), (47.35, 0.1, "47.4"), (362.5, 1, "362"), (0.145, 0.01, "0.14")],
)
def test_a_value_is_rounded_to_its_step_as_it_is_written(value, step, printed):
    assert number(value, step=step) == printed


def test_significant_digits_are_rounded_as_written_too():
    assert [significant(value, 3) for value in (0.04555, 0.04565, 12.35, 1235.0)] == [
        0.0456,
        0.0456,
        12.4,
        1240.0,
    ]
    assert number(1.0005) == "1"
    assert number(1.0015) == "1.002"


@given(st.floats(-1e12, 1e12), st.integers(0, 9))
def test_rounding_is_that_of_the_shortest_decimal_of_a_float(value, places):
    unit = Fraction(1, 10**places)
    exact = Fraction(repr(value))
    assert Fraction(rounded(value, places)) == round(exact / unit) * unit
    assert rounded(value, places) == Decimal(repr(value)).quantize(
        Decimal(1).scaleb(-places), ROUND_HALF_EVEN
    )


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50))
def test_a_total_is_the_sum_of_the_decimals_as_printed(thousandths):
    values = [count / 1000 for count in thousandths]
    assert total(values) == Decimal(sum(thousandths)).scaleb(-3)
    assert all(rounded(value, places_of(values)) == decimal_of(value) for value in values)
