"""What an unchanged run is answered without: imports take longer than all the rest of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from toy_runs import STAGES, choices, execute_run, make_project

from methodology.runs import schedule

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
