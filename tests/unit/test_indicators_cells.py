"""The four states of a cell, read and written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodology.errors import DataError
from methodology.indicators import CellState, as_sample, load_system
from methodology.indicators.cells import read_cell

ROOT = Path(__file__).parents[2]


def system():
    return load_system(ROOT / "params" / "systems" / "sintering.yaml")


def cells() -> pd.DataFrame:
    path = ROOT / "data" / "samples" / "sintering" / "plants.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False, index_col="plant")


@pytest.mark.parametrize(
    ("cell", "value", "state"),
    [
        ("12.5", 12.5, CellState.MEASURED),
        (12.5, 12.5, CellState.MEASURED),
        ("-18.5", -18.5, CellState.MEASURED),
        ("−18.5", -18.5, CellState.MEASURED),
        ("0", 0.0, CellState.MEASURED),
        ("<5", 5.0, CellState.BELOW_LIMIT),
        (" < 0.05 ", 0.05, CellState.BELOW_LIMIT),
        ("\uff1c5", 5.0, CellState.BELOW_LIMIT),  # full width
        ("", np.nan, CellState.NOT_REPORTED),
        (None, np.nan, CellState.NOT_REPORTED),
        (float("nan"), np.nan, CellState.NOT_REPORTED),
        ("n/a", np.nan, CellState.NOT_APPLICABLE),
        ("N/A", np.nan, CellState.NOT_APPLICABLE),
        ("不适用", np.nan, CellState.NOT_APPLICABLE),
    ],
)
def test_a_cell_is_one_of_four_states(cell, value, state):
    found, found_state, fault = read_cell(cell)
    assert found_state is state
    assert fault == ""
    assert found == value or (np.isnan(found) and np.isnan(value))


@pytest.mark.parametrize("cell", ["twelve", "12,5", "inf", "nan", "<", "<<5", ">5", "1e999", "=1+1"])
def test_a_cell_that_cannot_be_read_says_so(cell):
    value, state, fault = read_cell(cell)
    assert np.isnan(value)
    assert state is CellState.NOT_REPORTED
    assert fault


@pytest.mark.parametrize(("cell", "code"), [("I", 1), ("Ⅱ", 2), ("3", 3), ("iii", 3), ("none", 4), ("无", 4)])
def test_levels_are_read_in_the_ways_they_are_written(cell, code):
    assert read_cell(cell, qualitative=True)[0] == code


def test_a_word_that_is_no_level_is_refused():
    assert read_cell("good", qualitative=True)[2]


def test_cells_survive_reading_and_writing():
    before = cells()[list(system().ids)]
    after = as_sample(cells(), system()).cells(system())
    again = as_sample(after, system())
    assert again.values.equals(as_sample(before, system()).values)
    assert again.states.equals(as_sample(before, system()).states)


def test_other_columns_are_kept_as_attributes():
    assert {"works", "region", "o2_basis"} <= set(as_sample(cells(), system()).attributes)


def test_a_missing_indicator_and_a_repeated_plant_are_told_together():
    table = cells().drop(columns="head_pm")
    table = pd.concat([table, table.iloc[:1]])
    with pytest.raises(DataError, match=r"(?s)P01.*head_pm"):
        as_sample(table, system())


def test_all_unreadable_cells_are_told_at_once():
    table = cells()
    table.loc["P02", "bed_depth"] = "deep"
    table.loc["P03", "head_pm"] = "high"
    with pytest.raises(DataError, match=r"(?s)deep.*high"):
        as_sample(table, system())


def test_distances_from_a_target_replace_the_values_of_an_interval_indicator():
    sample = as_sample(cells(), system())
    feo, far = sample.values["sinter_feo"], sample.comparable(system())["sinter_feo"]
    inside = feo.between(7.5, 9.0)
    assert (far[inside] == 0).all()
    high = feo > 9.0
    assert far[high].to_numpy() == pytest.approx((feo[high] - 9.0).to_numpy())
    assert (far[feo < 7.5] > 0).all()


def test_taking_plants_takes_their_states_and_attributes():
    sample = as_sample(cells(), system()).take(["P05", "P02"])
    assert list(sample.plants) == list(sample.states.index) == list(sample.attributes.index) == ["P05", "P02"]


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_every_finite_number_is_read_back(value):
    assert read_cell(repr(value))[0] == value


@given(st.text(max_size=20))
def test_no_text_stops_the_reader(text):
    value, state, _ = read_cell(text)
    assert state in CellState
    assert np.isnan(value) or np.isfinite(value)
