"""How values and their status are written for readers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from methodology import tables
from methodology.indicators import Kind, as_sample, load_system
from methodology.indicators.display import benchmark, mark, off_target, percent, signs_explained
from methodology.proposal import reasons
from methodology.sample.exclusion import within_bounds
from methodology.tables.proposal import published
from methodology.thresholds import correct

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
        assert f"{mark(bounds.status)} {IRON[row.indicator].unit}" in row.reason


def test_the_law_and_the_step_behind_a_value_carry_the_signs_of_their_status():
    law = next(c for c in IRON["cast_house_pm"].comparators if c.kind == "mandatory_limit")
    assert law.status.startswith("RECALLED")
    assert "†" in reasons.bounded(law, 25.0).en
    assert "†" in reasons.bounded(law, 25.0).zh
    assert reasons.step_text(0.5, IRON["process_energy"]) == "0.5‡"


def test_corrections_name_their_source_and_status():
    cells = {i.id: "" for i in IRON.indicators} | {"process_energy": "380", "burden_fe_grade": "58"}
    sample = as_sample(pd.DataFrame([cells], index=pd.Index(["P1"], name="plant")), IRON)
    shown = tables.corrections_overview(correct(sample, IRON))
    assert any("ECQ, SEEN-2nd" in line for line in shown.legend)
