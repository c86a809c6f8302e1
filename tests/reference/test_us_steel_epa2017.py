"""The sample of real US facilities, recomputed from the raw inventory with pandas alone."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from methodology.indicators import CellState, load_system
from methodology.sample import AllPlants, check_sample, pseudonyms, read_description, read_sample

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "samples" / "us_steel_air"
REAL = os.environ.get("WORKBENCH_REAL_DATA", "")
pytestmark = pytest.mark.skipif(not REAL, reason="WORKBENCH_REAL_DATA is not set")
SUBSTANCES = {
    "nox": "Nitrogen Oxides",
    "so2": "Sulfur Dioxide",
    "co": "Carbon Monoxide",
    "pm25": "PM2.5 Primary (Filt + Cond)",
    "voc": "Volatile Organic Compounds",
}


@pytest.fixture(scope="module")
def system():
    return load_system(ROOT / "params" / "systems" / "us_steel_air.yaml")


@pytest.fixture(scope="module")
def recomputed():
    """kg per t of CO2 of every facility, with the industry code of its CO2 row; NaN where there is no row."""
    raw = pd.read_csv(Path(REAL) / "us_steel" / "facility_inventory_2017.csv", dtype=str)
    raw["FRS_ID"] = raw["FRS_ID"].str.removesuffix(".0")
    co2 = raw[(raw.FlowName == "Carbon Dioxide") & (raw.Source == "GHGRP")].set_index("FRS_ID")
    tonnes = co2.FlowAmount.astype(float) / 1000
    table = pd.DataFrame(index=co2.index)
    for name, substance in SUBSTANCES.items():
        rows = raw[(raw.FlowName == substance) & (raw.Source == "NEI")].set_index("FRS_ID")
        table[name] = rows.FlowAmount.astype(float) / tonnes
    return table.assign(code=co2.NAICS)


def codes_of(facilities):
    return pseudonyms(facilities, read_description(FOLDER)[0].pseudonym_seed)


def test_every_value_equals_release_over_carbon_dioxide(system, recomputed):
    sample = read_sample(FOLDER, system, choices=AllPlants(bounds="flag"))
    expected = recomputed.rename(index=codes_of(recomputed.index))
    for name in SUBSTANCES:
        values = sample.values[name]
        np.testing.assert_allclose(values, expected.loc[values.index, name], rtol=1e-12)


def test_mills_are_those_whose_co2_row_has_their_code(system, recomputed):
    sample = read_sample(FOLDER, system, choices=AllPlants(stratum="route=mill"))
    mills = recomputed[recomputed.code.str.startswith(("331110", "331111"))]
    reporting = mills[mills[list(SUBSTANCES)].notna().any(axis=1)]
    codes = codes_of(recomputed.index)
    assert set(sample.plants) == {codes[plant] for plant in reporting.index}
    assert (len(mills), len(reporting)) == (96, 77)


def test_the_twenty_three_silent_facilities_are_excluded_and_not_zero(system, recomputed):
    sample = read_sample(FOLDER, system)
    silent = recomputed.index[recomputed.nox.isna()]
    reasons = sample.excluded.set_index("plant")["reason"]
    codes = codes_of(recomputed.index)
    assert len(silent) == 23
    assert all("none of the indicators" in reasons[codes[plant]] for plant in silent)


def test_stated_zeros_are_five_and_set_aside(system):
    flagged = read_sample(FOLDER, system, choices=AllPlants(bounds="flag"))
    assert (flagged.values["voc"] == 0).sum() == 5
    aside = read_sample(FOLDER, system)
    zeros = flagged.values.index[flagged.values["voc"] == 0]
    assert (aside.states.loc[zeros, "voc"] == CellState.NOT_REPORTED).all()


@pytest.mark.parametrize("name", list(SUBSTANCES))
@pytest.mark.parametrize("share", [0.05, 0.20, 0.50])
def test_the_attainment_promise_holds_on_the_raw_numbers(system, recomputed, name, share):
    from methodology.thresholds import quantile_threshold

    sample = read_sample(FOLDER, system, choices=AllPlants(stratum="route=mill"))
    value = quantile_threshold(sample.values[name].dropna().to_numpy(), share)
    mills = recomputed[recomputed.code.str.startswith(("331110", "331111"))][name].dropna()
    expected = mills.quantile(share, interpolation="higher") if share * len(mills) % 1 else None
    ordered = mills.sort_values().to_numpy()
    assert value == pytest.approx(ordered[int(np.ceil(share * len(ordered))) - 1], rel=1e-12)
    assert (mills <= value * (1 + 1e-12)).sum() >= share * len(mills)
    assert expected is None or value <= expected * (1 + 1e-12)


def test_no_name_and_no_id_of_a_facility_leaves_the_front_door(system, recomputed):
    sample = read_sample(FOLDER, system)
    tables = (sample.values, sample.attributes, sample.excluded, sample.notes)
    text = "".join(table.to_csv() for table in tables)
    assert not any(str(facility) in text for facility in recomputed.index)
    assert "STEEL" not in text.upper()


def test_the_inventory_has_no_problem(system):
    problems, warnings = check_sample(FOLDER, system)
    assert problems == []
    assert warnings


def test_the_runs_thresholds_equal_those_of_pandas_alone(system, recomputed):
    from methodology import chain
    from methodology.parameters import load_run

    run = load_run(ROOT / "params" / "runs" / "us_steel_air.yaml")
    sample = read_sample(FOLDER, system, choices=run.sample)
    table = chain.calibrate(sample, system, system.weights, run.thresholds, seed=run.seed)
    mills = recomputed[recomputed.code.str.startswith(("331110", "331111"))]
    for row in table.itertuples():
        ordered = mills[row.indicator].dropna().sort_values(ignore_index=True)
        wanted = int(np.ceil(round(run.thresholds.shares[row.level] * len(ordered), 9)))
        assert row.value == pytest.approx(ordered[wanted - 1], rel=1e-12)
        assert (row.attained, row.n) == ((ordered <= ordered[wanted - 1]).sum(), len(ordered))
