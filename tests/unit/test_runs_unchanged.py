"""What an unchanged run is answered without: imports take longer than all the rest of it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from toy_runs import STAGES, choices, execute_run, make_project

from methodology.errors import DataError
from methodology.parameters import Parameters
from methodology.runs import schedule

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
