"""What an unchanged run is answered without: imports take longer than all the rest of it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from toy_runs import STAGES, choices, execute_run, make_project

from methodology.errors import DataError
from methodology.parameters import Parameters, Project
from methodology.runs import answered, schedule
from methodology.runs.schedule import Outcome

pytestmark = pytest.mark.usefixtures("shared_kernels")

ANSWER = """
import sys
from pathlib import Path
from toy_runs import STAGES, choices
from methodology.parameters import Project
from methodology.runs.schedule import execute_runs
(outcome,) = execute_runs([choices()], runs_dir=sys.argv[2], project=Project(Path(sys.argv[1])), stages=STAGES)
heavy = {"pandas", "numpy", "pint", "scipy", "matplotlib", "papermill", "methodology.forms"}
print(outcome.unchanged, sorted(heavy & set(sys.modules)))
"""


def test_an_unchanged_run_is_looked_at_no_more_and_imports_nothing_heavy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, looked_at = make_project(tmp_path / "project"), []
    sidecar = project.root / "data" / "samples" / "toy" / "sample.yaml"
    # real names would be looked for in what is recorded
    sidecar.write_text("synthetic: true\n", encoding="utf-8")
    monkeypatch.setattr(schedule, "_refuse_unfit", lambda runs, *_: looked_at.append(len(runs)))
    given = {"runs_dir": tmp_path / "runs", "project": project, "stages": STAGES}
    for more in ({}, {}, {"force": True}):
        execute_run(choices(), **given, **more)
    execute_run(choices(seed=7), **given)
    assert looked_at == [1, 0, 1, 1]
    done = subprocess.run(
        [sys.executable, "-c", ANSWER, str(project.root), str(tmp_path / "runs")],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["True", "[]"], done.stderr


def _note(file: Path, runs: Sequence[Parameters]) -> None:
    """A check that leaves a trace, in whatever process it is made."""
    with file.open("a", encoding="utf-8") as trace:
        trace.write(f"{len(runs)} ")
    if runs[0].seed == 13:
        raise DataError("the plants of this run are at fault")


@pytest.mark.parametrize("kernel", ["auto", "cold"])
def test_what_a_caller_checks_is_checked_of_new_runs_alone_and_its_fault_is_raised(
    tmp_path: Path, kernel: str
) -> None:
    project, trace, runs = make_project(tmp_path / "project"), tmp_path / "trace", tmp_path / "runs"
    given = {"project": project, "stages": STAGES[:1], "check": partial(_note, trace), "kernel": kernel}
    given |= {"runs_dir": runs}
    for more in ({}, {}, {"force": True}):
        execute_run(choices(), **given, **more)
    with pytest.raises(DataError, match="at fault"):
        execute_run(choices(seed=13), **given)
    assert trace.read_text(encoding="utf-8").split() == ["1", "1", "1"]
    assert len(list(runs.glob("[!.]*/*"))) == 1, "a run that was refused has left something"


ASK = """
import sys
from pathlib import Path
from methodology.parameters.project import Project
from methodology.runs import answered
if len(sys.argv) > 4:
    answered.PACKAGE = Path(sys.argv[4])
project, runs = Project(Path(sys.argv[1])), Path(sys.argv[2])
asked = answered.question([Path(sys.argv[3])], [], project, runs)
heavy = {"pydantic", "yaml", "pandas", "numpy", "methodology.parameters.model"}
print(asked is not None and asked.answer(), sorted(heavy & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project and its one run."""
    place = tmp_path_factory.mktemp("made")
    project = make_project(place / "project")
    execute_run(choices(), project=project, stages=STAGES, runs_dir=place / "runs")
    return place


@pytest.fixture
def asked(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """A run whose question was kept; what a new process answers."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    project, runs = Project(tmp_path / "project"), tmp_path / "runs"
    package = tmp_path / "package"
    package.mkdir()
    (package / "module.py").write_text("value = 1\n", encoding="utf-8")
    monkeypatch.setattr(answered, "PACKAGE", package)
    file = project.root / "params" / "runs" / "toy.yaml"
    file.parent.mkdir()
    file.write_text("system: toy\n", encoding="utf-8")
    ask = partial(answered.question, [file], [], project, runs)
    (folder,) = (runs / "toy").iterdir()
    assert ask().answer() is None
    ask().keep([Outcome(choices(), folder)], ask())

    def answer() -> str:
        given = [str(place) for place in (project.root, runs, file, package)]
        done = subprocess.run([sys.executable, "-c", ASK, *given], capture_output=True, text=True)
        return done.stdout.strip() or done.stderr

    return answer


def test_a_command_asked_again_is_answered_with_the_run_it_meant_and_parses_nothing(asked, tmp_path) -> None:
    (folder,) = (tmp_path / "runs" / "toy").iterdir()
    assert f"[Complete(folder={folder!r}, language='zh')] []" == asked()


CHANGED = {
    "data": "project/data/samples/toy/plants.csv",
    "choices": "project/params/runs/toy.yaml",
    "system": "project/params/systems/toy.yaml",
    "notebook": "project/notebooks/04_evaluation.ipynb",
    "code": "package/module.py",
    "result": "runs/toy/*/results/evaluation.csv",
    "record": "runs/toy/*/manifest.json",
    "crate": "runs/toy/*/ro-crate-metadata.json",
    "answer": "runs/.cache/printed/asked-*.json",
}


@pytest.mark.parametrize("where", CHANGED.values(), ids=CHANGED)
def test_one_byte_that_is_another_is_no_unchanged_run_though_size_and_time_are_the_same(
    asked, tmp_path, where
) -> None:
    (path,) = tmp_path.glob(where)
    about, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert asked().startswith("None")
    path.write_bytes(content)
    assert asked().startswith("[Complete")


@pytest.mark.parametrize("where", ["project/data/reference/limits.csv", "runs/toy/*/results/more.csv"])
def test_a_file_that_was_added_is_no_unchanged_run(asked, tmp_path, where) -> None:
    (folder,) = tmp_path.glob(where.rpartition("/")[0])
    added = folder / Path(where).name
    added.write_text("x\n", encoding="utf-8")
    assert asked().startswith("None")
    added.unlink()
    assert asked().startswith("[Complete")


def test_nothing_is_answered_of_what_leads_out_of_the_project(asked, tmp_path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("x\n", encoding="utf-8")
    (tmp_path / "project" / "data" / "reference" / "limits.csv").symlink_to(outside)
    assert asked().startswith("False")


def test_no_answer_is_kept_of_what_was_edited_meanwhile_or_reads_what_is_not_looked_at(
    made, tmp_path
) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    project, runs = Project(tmp_path / "project"), tmp_path / "runs"
    ask = partial(answered.question, [], [], project, runs)
    outcome = Outcome(choices(), next((runs / "toy").iterdir()))
    before = ask()
    plants = project.root / "data" / "samples" / "toy" / "plants.csv"
    plants.write_text("plant,a,b\nP1,1,3\n", encoding="utf-8")
    before.keep([outcome], ask())
    assert before.answer() is None
    elsewhere = {"real_data": True, "table": "plants.parquet"}
    plants.with_name("sample.yaml").write_text(json.dumps(elsewhere), encoding="utf-8")
    ask().keep([outcome], ask())
    assert ask().answer() is None
    plants.with_name("sample.yaml").write_text("synthetic: true\n", encoding="utf-8")
    ask().keep([outcome], ask())
    assert ask().answer()
