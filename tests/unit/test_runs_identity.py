"""The same inputs have the same name; anything that decides a result changes it."""

from __future__ import annotations

import pytest
from toy_runs import BODIES, STAGES, choices, copy_project, make_project, write_notebook

from methodology.runs.fingerprints import (
    PACKAGE,
    code_digest,
    data_files,
    digest,
    environment,
    imported_modules,
    reached_code,
    recipe,
    run_id,
)
from methodology.sample.description import REAL_DATA

SAMPLE, WEIGHTS, THRESHOLDS = STAGES[:3]


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project")


def _id(project, parameters=None):
    parameters = parameters or choices()
    recipes = {stage.name: recipe(stage, parameters, project) for stage in STAGES}
    return run_id(recipes, parameters.model_dump(mode="json"))


def test_the_same_inputs_elsewhere_have_the_same_id(project, tmp_path):
    assert _id(project) == _id(copy_project(project, tmp_path / "elsewhere"))


def test_outputs_and_metadata_of_a_notebook_do_not_count(project):
    path = project.notebooks / "02_weights.ipynb"
    before = _id(project)
    text = path.read_text(encoding="utf-8").replace('"outputs": []', '"outputs": [{"output_type": "stream"}]')
    path.write_text(text.replace('"nbformat_minor": 5', '"nbformat_minor": 5, "x": 1'), encoding="utf-8")
    assert _id(project) == before


@pytest.mark.parametrize(
    "sections",
    [
        {"seed": 1},
        {"why": "Another reason to make the same run."},
        {"weights": {"decimals": 4}},
        {"proposal": {"disclosure_minimum": 4}},
    ],
)
def test_any_choice_changes_the_id(project, sections):
    assert _id(project, choices(**sections)) != _id(project)


def test_code_and_data_change_the_id(project):
    before = _id(project)
    write_notebook(project, "weights", BODIES["weights"] + "\n# more")
    after = _id(project)
    (project.root / "data" / "samples" / "toy" / "plants.csv").write_text("plant,a,b\nP1,1,3\n")
    assert len({before, after, _id(project)}) == 3


def test_a_choice_changes_only_the_stages_it_is_handed_to(project):
    first, second = (
        recipe(WEIGHTS, choices(thresholds={"share_I": share}), project) for share in (0.05, 0.1)
    )
    assert first == second
    first, second = (
        recipe(THRESHOLDS, choices(thresholds={"share_I": share}), project) for share in (0.05, 0.1)
    )
    assert [label for label in first if first[label] != second[label]] == ["parameters"]


def test_code_is_followed_through_functions_packages_and_data_beside_it():
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in reached_code(["from methodology.results import Results"])
    }
    assert {
        "results/results.py",
        "results/schemas.py",
        "indicators/rule.yaml",
        "errors.py",
        "__init__.py",
    } <= found
    assert not any(
        name.startswith(("cli/", "documents/", "evidence/", "findings/", "runs/")) for name in found
    )


def test_code_in_a_cell_with_magics_is_still_followed():
    assert PACKAGE / "errors.py" in reached_code(
        ["%matplotlib inline\nif True:\n    !ls\n    import methodology.errors"]
    )


def test_relative_imports_are_followed(tmp_path):
    package = tmp_path / "toy"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "inner" / "__init__.py").write_text("from .near import x\nfrom ..far import y")
    (package / "inner" / "near.py").write_text("x = 1")
    (package / "far.py").write_text("def f():\n    from toy import late")
    (package / "late.py").write_text("")
    (package / "unreached.py").write_text("")
    found = {path.relative_to(package).as_posix() for path in reached_code(["import toy.inner"], package)}
    assert found == {"__init__.py", "inner/__init__.py", "inner/near.py", "far.py", "late.py"}


def test_an_edited_or_new_file_beside_the_code_changes_its_digest_an_unreached_one_does_not(tmp_path):
    package = tmp_path / "toy"
    package.mkdir()
    for name, text in (("__init__", ""), ("near", "x = 1"), ("unreached", "x = 1")):
        (package / f"{name}.py").write_text(text)
    sources = ["from toy import near"]
    first = code_digest(sources, package)
    (package / "unreached.py").write_text("x = 22")
    (package / ".#near.py").symlink_to("nobody@nowhere")  # an editor's lock
    assert code_digest(sources, package) == first
    (package / "near.py").write_text("x = 22")
    edited = code_digest(sources, package)
    (package / "rule.yaml").write_text("cut: 90")
    beside = code_digest(sources, package)
    (package / "near.py").write_text("from toy import unreached")
    assert len({first, edited, beside, code_digest(sources, package)}) == 4


def test_modules_to_preload_include_what_the_package_imports():
    assert {"pandas", "pydantic", "methodology.results.results"} <= set(
        imported_modules(["from methodology.results import Results"])
    )


def test_files_of_other_systems_do_not_count(project):
    other = project.root / "data" / "samples" / "other"
    other.mkdir()
    before = data_files(SAMPLE, choices(), project)
    (other / "plants.csv").write_text("plant\n")
    assert data_files(SAMPLE, choices(), project) == before
    own = {"params/systems/toy.yaml", "data/samples/toy/plants.csv"}
    assert set(before) == own | {"data/reference/factors.csv"}


def test_the_table_of_an_inventory_counts_although_it_is_no_part_of_the_project(
    project, tmp_path, monkeypatch
):
    folder = project.root / "data" / "samples" / "toy"
    (folder / "sample.yaml").write_text("real_data: true\ntable: us/long.csv\n")
    name = f"{REAL_DATA}/us/long.csv"
    monkeypatch.delenv(REAL_DATA, raising=False)
    assert data_files(SAMPLE, choices(), project)[name] == "absent"
    (tmp_path / "us").mkdir()
    (tmp_path / "us" / "long.csv").write_text("plant\n")
    monkeypatch.setenv(REAL_DATA, str(tmp_path))
    assert data_files(SAMPLE, choices(), project)[name] == digest(b"plant\n")


def test_the_environment_names_packages_and_no_place():
    described = environment()
    assert described["packages"]["pandas"].count(".") >= 1
    assert not [text for text in map(str, described.values()) if "/" in text]
