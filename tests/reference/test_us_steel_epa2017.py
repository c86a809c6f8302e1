"""The sample of real US facilities, recomputed from the raw inventory with pandas alone."""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from methodology.cli.studies import faults_of_study
from methodology.errors import DataError
from methodology.indicators import CellState, load_system
from methodology.parameters import Project
from methodology.runs.new_study import new_study
from methodology.sample import check_sample, read_sample
from methodology.sample.description import read_description
from methodology.sample.exclusion import AllPlants

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


def test_every_value_equals_release_over_carbon_dioxide(system, recomputed):
    sample = read_sample(FOLDER, system, choices=AllPlants(bounds="flag"))
    for name in SUBSTANCES:
        values = sample.values[name]
        np.testing.assert_allclose(values, recomputed.loc[values.index, name], rtol=1e-12)


def test_mills_are_those_whose_co2_row_has_their_code(system, recomputed):
    sample = read_sample(FOLDER, system, choices=AllPlants(stratum="route=mill"))
    mills = recomputed[recomputed.code.str.startswith(("331110", "331111"))]
    reporting = mills[mills[list(SUBSTANCES)].notna().any(axis=1)]
    assert set(sample.plants) == set(reporting.index)
    assert (len(mills), len(reporting)) == (96, 77)


def test_the_twenty_three_silent_facilities_are_excluded_and_not_zero(system, recomputed):
    sample = read_sample(FOLDER, system)
    silent = recomputed.index[recomputed.nox.isna()]
    reasons = sample.excluded.set_index("plant")["reason"]
    assert len(silent) == 23
    assert all("none of the indicators" in reasons[plant] for plant in silent)


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


def test_facilities_of_a_public_register_keep_its_ids_and_without_that_word_they_are_refused(
    system, tmp_path
):
    assert read_description(FOLDER)[0].public
    text = (FOLDER / "sample.yaml").read_text(encoding="utf-8")
    assert "STEEL" not in read_sample(FOLDER, system).attributes.to_csv().upper()
    hidden = "\n".join(line for line in text.splitlines() if not line.startswith("public:"))
    (tmp_path / "sample.yaml").write_text(hidden, encoding="utf-8")
    shutil.copy(FOLDER / "mapping.yaml", tmp_path)
    with pytest.raises(DataError, match="no neutral codes") as caught:
        read_sample(tmp_path, system)
    assert not re.search(r"\d{12}", str(caught.value))


def test_the_inventory_has_no_problem(system):
    problems, warnings = check_sample(FOLDER, system)
    assert problems == []
    assert warnings


def test_the_marginal_values_of_the_run_equal_those_of_pandas_alone(system, recomputed):
    from methodology import chain
    from methodology.parameters import load_run

    run = load_run(ROOT / "params" / "runs" / "us_steel_air.yaml")
    sample = read_sample(FOLDER, system, choices=run.sample)
    alone = run.thresholds.model_copy(update={"promise": "marginal"})
    table = chain.calibrate(sample, system, system.weights, alone, seed=run.seed)
    mills = recomputed[recomputed.code.str.startswith(("331110", "331111"))]
    for row in table.itertuples():
        ordered = mills[row.indicator].dropna().sort_values(ignore_index=True)
        wanted = int(np.ceil(round(run.thresholds.shares[row.level] * len(ordered), 9)))
        assert row.value == pytest.approx(ordered[wanted - 1], rel=1e-12)
        assert (row.attained, row.n) == ((ordered <= ordered[wanted - 1]).sum(), len(ordered))


def test_the_raw_inventory_is_a_study_made_of_a_mapping_and_no_code(system, tmp_path):
    raw = Path(REAL) / "us_steel" / "facility_inventory_2017.csv"
    new_study(tmp_path / "study", system.id, plants=[raw], project=Project(ROOT))
    study = Project(tmp_path / "study")
    assert faults_of_study(study, None)[0]
    shutil.copy(FOLDER / "mapping.yaml", study.root)
    assert faults_of_study(study, None)[0] == []
    own, shipped = (
        read_sample(place, system).values.sort_values(list(SUBSTANCES)).reset_index(drop=True)
        for place in (study.sample_folder(""), FOLDER)
    )
    pd.testing.assert_frame_equal(own, shipped)
    assert not list(study.root.rglob("*.py"))
