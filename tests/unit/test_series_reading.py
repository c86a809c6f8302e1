"""What the series reads: members as their runs would, registers, and tables whose numbers have a status."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from methodology.errors import DataError
from methodology.indicators import IndicatorSystem
from methodology.parameters import Project, load_run
from methodology.parameters.loading import load_scenario
from methodology.series.reading import (
    REFERENCE,
    read_member,
    read_reference,
    read_references,
    read_register,
    scenario_members,
)

ROOT = Path(__file__).parents[2]
PROJECT = Project(ROOT)
STATUS = r"SEEN|SEEN-2nd|RECALLED_[HML]|DERIVED|ASSUMED"


@pytest.fixture(scope="module")
def reference() -> dict[str, pd.DataFrame]:
    return read_references(PROJECT)


@pytest.fixture(scope="module")
def systems() -> dict[str, IndicatorSystem]:
    return {name: PROJECT.system(name) for name in PROJECT.systems}


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "params" / "runs").glob("*.yaml")))
def test_a_run_of_a_stratum_states_how_many_plants_the_register_knows(name):
    choices = load_run(ROOT / "params" / "runs" / f"{name}.yaml")
    register = read_register(PROJECT, choices.system, stratum=choices.sample.stratum)
    if choices.sample.stratum and not register.empty:
        assert choices.sample.population == len(register)


def test_a_member_holds_its_stratum_only():
    (member,) = scenario_members(PROJECT, [load_scenario("all_scrap", PROJECT)]).values()
    assert set(member.sample.attributes["route"]) == {"all-scrap"}
    assert set(member.register["route"]) == {"all-scrap"}
    assert set(member.industry.attributes["route"]) == {"all-scrap"}
    assert member.population == len(member.register) == len(member.industry.plants)


def test_a_member_compares_corrected_plants_and_keeps_the_reported_ones():
    member = read_member(PROJECT, "ironmaking")
    raw, corrected = member.raw.values["process_energy"], member.sample.values["process_energy"]
    assert (raw - corrected).median() > 0
    assert set(member.terms["indicator"]) == {"process_energy"}


def test_every_number_of_the_shared_tables_has_a_status(reference):
    for name in ("siblings", "effects", "international", "international_gaps"):
        assert reference[name]["status"].str.fullmatch(STATUS).all(), name


def test_shared_tables_name_systems_and_indicators_that_exist(reference, systems):
    pairs = [
        *reference["siblings"][["whole_system", "whole_indicator"]].itertuples(index=False),
        *reference["siblings"][["part_system", "part_indicator"]].itertuples(index=False),
        *reference["effects"][["system", "indicator"]].itertuples(index=False),
        *reference["international"][["system", "indicator"]].itertuples(index=False),
    ]
    assert not {pair for pair in map(tuple, pairs) if pair[1] not in systems[pair[0]].ids}


def test_every_basis_of_a_comparator_says_over_which_time_it_averages(reference, systems):
    used = {c.basis for system in systems.values() for i in system.indicators for c in i.comparators}
    assert used <= set(reference["bases"]["basis"])
    assert reference["bases"]["basis"].is_unique


def test_output_ratios_are_those_the_synthetic_works_are_built_with(reference):
    import yaml

    recipe = yaml.safe_load((ROOT / "data/samples/integrated_works/recipe.yaml").read_text(encoding="utf-8"))
    built = {
        (whole, term["system"], term["indicator"]): term["ratio"]
        for whole, how in recipe["built"].items()
        for term in how["terms"]
    }
    stated = {
        (row.whole_indicator, row.part_system, row.part_indicator): row.ratio
        for row in reference["siblings"].itertuples()
    }
    assert stated == built


@pytest.fixture
def copied(tmp_path) -> Project:
    (tmp_path / "params" / "systems").mkdir(parents=True)
    shutil.copytree(ROOT / "data" / "reference", tmp_path / "data" / "reference")
    return Project(tmp_path)


def test_a_number_without_status_is_refused_with_its_row(copied):
    path = copied.root / "data" / "reference" / "siblings.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("A-75,ASSUMED,t sinter", "A-75,,t sinter", 1), "utf-8"
    )
    with pytest.raises(DataError, match=r"siblings.csv, row 2: a number without status"):
        read_reference(copied, "siblings")


def test_a_missing_column_and_a_missing_file_are_named(copied):
    folder = copied.root / "data" / "reference"
    (folder / "bases.csv").write_text("basis,zh\nannual,年\n", encoding="utf-8")
    with pytest.raises(DataError, match="averaging, en are missing"):
        read_reference(copied, "bases")
    (folder / "effects.csv").unlink()
    with pytest.raises(DataError, match=r"effects.csv is missing"):
        read_reference(copied, "effects")


def test_an_unknown_table_is_refused():
    with pytest.raises(DataError, match="no reference table 'norms'"):
        read_reference(PROJECT, "norms")
    assert set(REFERENCE) >= {"siblings", "standards"}


def test_the_census_is_the_population_of_the_sample():
    census = ROOT / "data" / "samples" / "ironmaking_census" / "population.csv"
    assert census.read_bytes() == (ROOT / "data" / "samples" / "ironmaking" / "population.csv").read_bytes()


def test_the_census_asks_every_known_plant_in_the_units_of_the_sample():
    import yaml

    both = [
        yaml.safe_load((ROOT / "data" / "samples" / name / "sample.yaml").read_text(encoding="utf-8"))
        for name in ("ironmaking", "ironmaking_census")
    ]
    assert both[1]["sampled"] == both[1]["population"] == both[0]["population"]
    for part in ("units", "attributes", "system", "synthetic", "year", "seed"):
        assert both[0][part] == both[1][part]
