"""The shipped samples are studies: named by the file of their choices, they go the way of a study of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from methodology.cli.app import check
from methodology.cli.lab import _choices
from methodology.cli.running import _newest
from methodology.cli.studies import (
    check_study,
    faults_of_study,
    is_study,
    name_of,
    plants_of,
    refuse_faulty,
    run_file,
    study_of,
    system_of,
)
from methodology.errors import DataError, ParameterError
from methodology.parameters import Project, load_run
from methodology.runs.new_study import new_study
from methodology.sample import read_sample

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for path in (ROOT / "params" / "runs").glob("*.yaml") if path.stem != "us_steel_air")
COKING = ROOT / "params" / "runs" / "coking.yaml"


@pytest.fixture
def copied(tmp_path):
    """A project with the choices, plants and experts of one system, to be spoilt."""
    for name in ("params/runs/coking.yaml", "params/systems/coking.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("data/samples/coking", "data/judgements/coking"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("ask", [study_of, lambda place: check(place, "", None)])
def test_a_name_at_which_nothing_stands_is_told_with_the_one_most_like_it(ask):
    with pytest.raises(DataError, match=r"no file or folder '.*coking\.yam'\. Did you mean coking\.yaml\?"):
        ask(COKING.with_suffix(".yam"))


def test_a_file_of_choices_names_a_study_and_nothing_else_of_the_repository_does():
    study = study_of(COKING)
    assert (study.root, study.run, name_of(study)) == (ROOT, "coking", "coking")
    assert (run_file(study), system_of(study)) == (COKING, "coking")
    assert plants_of(COKING) == ROOT / "data" / "samples" / "coking"
    assert not is_study(ROOT / "params" / "systems" / "coking.yaml")
    assert not is_study(ROOT)
    with pytest.raises(ParameterError, match="Name a study's folder or a file of params/runs"):
        study_of(ROOT)


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_every_shipped_study_is_checked_as_a_study_of_ones_own_and_has_no_fault(file):
    problems, said = faults_of_study(study_of(file), None)
    assert problems == []
    assert any("experts" in line for line in said)
    assert any(line.startswith("read ") for line in said)


def test_a_study_made_of_what_is_shipped_holds_the_same_plants(tmp_path):
    shipped = study_of(COKING)
    new_study(
        tmp_path / "s",
        "coking",
        plants=[shipped.sample_folder("", "coking") / "plants.csv"],
        project=Project(ROOT),
    )
    own, system = study_of(tmp_path / "s"), shipped.system("coking")
    stated = own.root / "study.yaml"
    text = stated.read_text(encoding="utf-8").replace("synthetic: false ", "synthetic: true ", 1)
    stated.write_text(text, encoding="utf-8")
    one, other = (read_sample(plants_of(place), system) for place in (own.root, COKING))
    for name in ("values", "states"):  # under codes of its own
        rows = (
            getattr(sample, name).loc[sample.values.sort_values(list(system.ids)).index]
            for sample in (one, other)
        )
        pd.testing.assert_frame_equal(*(table.reset_index(drop=True) for table in rows))


def test_faulty_plants_of_a_project_are_refused_with_every_fault_before_anything_is_computed(copied, capsys):
    file = copied / "params" / "runs" / "coking.yaml"
    refuse_faulty(study_of(file), [load_run(file)])
    table = copied / "data" / "samples" / "coking" / "plants.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    cells = lines[3].split(",")
    cells[lines[0].split(",").index("process_energy")] = "about 110"
    table.write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"coking cannot be run yet\.\n.*about 110"):
        refuse_faulty(study_of(file), [load_run(file)])
    with pytest.raises(DataError, match=r"coking has 1 problem\.\n.*about 110"):
        check_study(study_of(file))


def test_the_newest_run_of_a_shipped_study_is_that_of_its_system(copied, monkeypatch):
    monkeypatch.chdir(copied)
    study = study_of(Path("params/runs/coking.yaml"))
    with pytest.raises(ParameterError, match="coking has no run yet"):
        _newest(study)
    records = {
        "a" * 12: ("coking", "2026-01-01"),
        "b" * 12: ("coking", "2026-02-01"),
        "c" * 12: ("rolling", "2026-03-01"),
    }
    found = {
        Path("runs", system, run): {"system": system, "created": created, "run": run}
        for run, (system, created) in records.items()
    }
    monkeypatch.setattr("methodology.cli.running.Store.readable", lambda _: (found, []))
    assert _newest(study).name == "b" * 12


def test_the_laboratory_opens_with_the_choices_of_the_study_that_was_named(tmp_path):
    assert list(_choices(study_of(COKING), tmp_path)) == ["ironmaking", "coking"]
    assert list(_choices(Project(ROOT), tmp_path)) == ["ironmaking"]
