"""Raw quantities in a table of many plants: computed, held beside what is typed, traced to cells."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from methodology.errors import DataError
from methodology.indicators import CellState, load_system
from methodology.sample import check_sample, read_sample

ROOT = Path(__file__).resolve().parents[2]
IRON = load_system(ROOT / "params" / "systems" / "ironmaking.yaml")
RAW = {
    "hot_metal [万t]": [100, 200],
    "coke": [340_000, 700_000],
    "nut_coke": [30_000, None],
    "coal": [150_000, 320_000],
}


def written(tmp_path: Path, **columns: object) -> Path:
    """A table with raw quantities and empty columns for whatever they do not give."""
    given = {"plant": ["P01", "P02"], **RAW, **columns}
    computed = {"fuel_ratio", "coke_ratio"}
    empty = {name: [None, None] for name in IRON.ids if name not in computed | set(given)}
    path = tmp_path / "plants.csv"
    pd.DataFrame({**given, **empty}).to_csv(path, index=False)
    return path


def test_an_indicator_without_a_column_is_computed_from_columns_of_raw_quantities(tmp_path):
    sample = read_sample(written(tmp_path), IRON)
    assert sample.values.loc["P01", ["fuel_ratio", "coke_ratio"]].tolist() == [520, 370]
    assert sample.states.loc["P02", "fuel_ratio"] == CellState.NOT_REPORTED
    assert list(sample.values.columns) == list(IRON.ids)
    assert not {"coke", "hot_metal"} & set(sample.attributes.columns)


def test_origins_name_the_cells_of_typed_and_computed_values(tmp_path):
    origins = read_sample(written(tmp_path, fresh_water=[0.5, 0.6]), IRON).origins
    rows = origins.set_index(["plant", "indicator"])
    assert tuple(rows.loc[("P01", "coke_ratio"), ["how", "cells"]]) == ("computed", "C2, D2, B2")
    assert tuple(rows.loc[("P02", "fresh_water"), ["how", "cells"]]) == ("typed", "F3")
    assert rows["file"].str.fullmatch("[0-9a-f]{12}").all()


def test_a_typed_value_that_raw_columns_contradict_is_a_fault_with_both(tmp_path):
    path = written(tmp_path, fuel_ratio=[521, 519])
    (problem,) = check_sample(path, IRON)[0]
    assert "521 kg/t is entered" in problem.what
    assert "the raw data give 520 kg/t" in problem.what


def test_a_negative_amount_is_refused(tmp_path):
    with pytest.raises(DataError, match="'-3' lies outside 0 to inf"):
        read_sample(written(tmp_path, cog_used=["-3", "4"]), IRON)


@pytest.mark.parametrize(
    ("equipment", "value", "said"),
    [("fitted", "n/a", "is not applicable (n/a), but"), ("none", "30", "has a value, but")],
)
def test_an_entry_that_contradicts_the_equipment_stated_is_a_fault(tmp_path, equipment, value, said):
    path = written(tmp_path, top_pressure_recovery=[equipment, ""], trt_power=[value, value])
    (problem,) = check_sample(path, IRON)[0]
    assert said in problem.what
    assert problem.row == 2


def test_every_cell_of_the_shipped_sample_has_its_origin():
    sample = read_sample(ROOT / "data" / "samples" / "ironmaking", IRON)
    given = (sample.states != CellState.NOT_REPORTED).to_numpy().sum()
    set_aside = (sample.notes["what"] == "set aside").sum()
    assert len(sample.origins) == given + set_aside
