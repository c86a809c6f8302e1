"""A reader of RO-Crates finds every stage, its notebook, its inputs and its results."""

from __future__ import annotations

import json

import pytest
from rocrate.rocrate import ROCrate
from toy_runs import STAGES, choices, execute_run, make_project

from methodology.runs.provenance import CRATE

pytestmark = pytest.mark.usefixtures("shared_kernels")

TWO = STAGES[:2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("crate")
    return execute_run(
        choices(), runs_dir=place / "runs", project=make_project(place / "project"), stages=TWO
    )


@pytest.fixture(scope="module")
def crate(made):
    return ROCrate(made)


def test_the_crate_states_its_profile_and_what_the_run_is_for(crate):
    assert crate.root_dataset["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.5"
    assert crate.description == choices().why
    assert crate.name.startswith("Run ")


def test_every_stage_is_an_action_with_instrument_objects_and_results(crate):
    actions = crate.get_by_type("CreateAction")
    assert {action.id for action in actions} == {f"#stage-{stage.name}" for stage in TWO}
    (weights,) = [action for action in actions if action.id == "#stage-weights"]
    assert weights["instrument"].type == "SoftwareSourceCode"
    assert {"results/sample.parquet", "parameters.yaml"} <= {entity.id for entity in weights["object"]}
    results = {entity.id for entity in weights["result"]}
    assert results == {"results/weights.csv", "notebooks/02_weights.ipynb"}
    assert weights["startTime"] <= weights["endTime"]
    assert set(crate.root_dataset["mentions"]) == set(actions)


def test_every_file_of_the_crate_is_there_and_every_reference_is_described(crate, made):
    files = {entity.id for entity in crate.get_by_type("File")}
    assert all((made / name).is_file() for name in files)
    there = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert there - {CRATE} == files
    graph = json.loads((made / CRATE).read_text(encoding="utf-8"))["@graph"]
    known = {entity["@id"] for entity in graph}
    named = {
        item["@id"]
        for entity in graph
        for key in ("hasPart", "mentions", "object", "result", "instrument", "isPartOf", "license")
        for item in ([entity[key]] if isinstance(entity.get(key), dict) else entity.get(key, []))
    }
    assert named <= known
    assert len(known) == len(graph)


def test_inputs_that_are_no_part_of_the_run_are_named_by_their_digest(crate, made):
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    (plants,) = [
        entity for entity in crate.get_entities() if entity.get("name") == "data/samples/toy/plants.csv"
    ]
    assert plants["identifier"] == f"sha256:{manifest['inputs']['data/samples/toy/plants.csv']}"
