"""Kills at any moment: never half a run, never a lost stage, the same results afterwards, no process left behind."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from toy_runs import BODIES, STAGES, choices, execute_run, make_project, write_notebook

from methodology.errors import StageError
from methodology.results.store import Store, read_manifest
from methodology.runs.kernels import forked
from methodology.runs.sealing import altered

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc")

TWO = STAGES[:2]
MARK = "WORKBENCH_TEST_MARK"
TESTS = Path(__file__).resolve().parents[1]
RUNNER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from toy_runs import STAGES, Project, choices
from toy_runs import execute_run
from methodology.runs.progress import listener
place, number = Path(sys.argv[2]), int(sys.argv[3])
with listener("json") as hears:
    print(execute_run(
        choices(sample={"population": number}, weights={"consistency_limit": number / 1000}),
        runs_dir=place / "runs", project=Project(place / "project"), stages=STAGES[:2], progress=hears,
    ))
"""
ONCE = """from pathlib import Path
import os
mark = Path("../mark")
first = not mark.exists()
mark.touch()
"""


def _marked(mark):
    """Process ids that carry the mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _gone(mark, seconds=20):
    end = time.monotonic() + seconds
    while _marked(mark) and time.monotonic() < end:
        time.sleep(0.1)
    return _marked(mark) == []


def _start(place, number, mark):
    return subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(TESTS), str(place), str(number)],
        env=os.environ | {MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _events(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def _all_whole(place):
    for folder in Store(place / "runs").runs():
        assert altered(folder, read_manifest(folder)) == {}
    folders = [path for path in place.glob("runs/[!.]*/*") if path.is_dir()]
    assert set(folders) == set(Store(place / "runs").runs())


@pytest.mark.parametrize("victim", ["os.getpid()", "os.getppid()"], ids=["kernel", "parent of kernels"])
def test_a_dead_kernel_is_followed_by_a_cold_one(tmp_path, monkeypatch, victim):
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    project = make_project(tmp_path / "project")
    write_notebook(project, "weights", f"{ONCE}if first:\n    os.kill({victim}, 9)\n{BODIES['weights']}")
    folder = execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO, kernel="forked")
    kernels = {stage["stage"]: stage["kernel"] for stage in read_manifest(folder)["stages"]}
    assert kernels == {"sample": "forked", "weights": "cold"}
    assert _gone(mark)


def test_a_parent_killed_before_its_first_order_is_followed_by_a_cold_kernel(tmp_path, monkeypatch):
    class Killed(subprocess.Popen):
        def __init__(self, command, **how):
            super().__init__(command, **how)
            if "methodology.runs.kernels.warm_parent" in command:
                self.kill()
                self.wait()

    monkeypatch.setattr(forked.subprocess, "Popen", Killed)
    project = make_project(tmp_path / "project")
    folder = execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO, kernel="forked")
    assert {stage["kernel"] for stage in read_manifest(folder)["stages"]} == {"cold"}


def test_a_kernel_that_always_dies_is_one_clear_message(tmp_path, monkeypatch):
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    project = make_project(tmp_path / "project")
    write_notebook(project, "sample", "import os\nos.kill(os.getpid(), 9)")
    with pytest.raises(StageError, match=r"01_sample\.ipynb: its kernel died twice"):
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO, kernel="forked")
    (kept,) = (tmp_path / "runs").glob(".failed/toy/*")
    assert "died twice" in (kept / "notebooks" / "01_sample.ipynb").read_text(encoding="utf-8")
    assert "died twice" in (kept / "error.txt").read_text(encoding="utf-8")
    assert _gone(mark)


def test_a_killed_runner_leaves_no_half_run_and_no_process(tmp_path):
    mark = uuid.uuid4().hex
    project = make_project(tmp_path / "project")
    write_notebook(project, "weights", f"import time\ntime.sleep(1)\n{BODIES['weights']}")
    runner = _start(tmp_path, 0, mark)
    for line in runner.stderr:
        if '"start"' in line and '"weights"' in line:
            break
    runner.kill()
    runner.communicate()
    assert _gone(mark)
    _all_whole(tmp_path)
    assert not (tmp_path / "runs" / "toy").exists()
    again = _start(tmp_path, 0, mark)
    _, err = again.communicate(timeout=120)
    assert again.returncode == 0, err
    assert [event["stage"] for event in _events(err) if event["kind"] == "reused"] == ["sample"]
    _all_whole(tmp_path)


def test_a_runner_that_is_interrupted_takes_its_kernels_with_it(tmp_path):
    mark = uuid.uuid4().hex
    project = make_project(tmp_path / "project")
    write_notebook(project, "sample", "import time\ntime.sleep(60)")
    runner = _start(tmp_path, 0, mark)
    for line in runner.stderr:
        if '"cell"' in line and '"cell": 4' in line:
            break
    runner.send_signal(signal.SIGINT)
    _, err = runner.communicate(timeout=30)
    assert runner.returncode != 0
    assert "KeyboardInterrupt" in err
    assert _gone(mark)


def test_two_runs_of_the_same_id_at_once_do_not_harm_each_other(tmp_path):
    mark = uuid.uuid4().hex
    make_project(tmp_path / "project")
    both = [_start(tmp_path, 0, mark) for _ in range(2)]
    answers = [runner.communicate(timeout=120) for runner in both]
    assert [runner.returncode for runner in both] == [0, 0], answers
    assert len({out for out, _ in answers}) == 1
    done = [event["stage"] for _, err in answers for event in _events(err) if event["kind"] == "done"]
    assert sorted(done) == ["sample", "weights"]
    _all_whole(tmp_path)


@pytest.mark.slow
def test_fifty_kills_at_random_moments_lose_nothing(tmp_path):
    rng = random.Random(20261122)
    make_project(tmp_path / "project")
    reference = _start(tmp_path, 0, uuid.uuid4().hex)
    began = time.monotonic()
    reference.communicate(timeout=300)
    assert reference.returncode == 0
    span = time.monotonic() - began
    killed = 0
    for number in range(1, 200):
        if killed >= 50:
            break
        mark = uuid.uuid4().hex
        runner = _start(tmp_path, number, mark)
        time.sleep(rng.uniform(0.1, 1.0) * span)
        victims = [pid for pid in _marked(mark) if pid != runner.pid]
        victim = runner.pid if rng.random() < 0.5 or not victims else rng.choice(victims)
        is_runner = victim == runner.pid
        try:
            os.kill(victim, signal.SIGKILL)
            killed += runner.poll() is None or runner.returncode == -signal.SIGKILL
        except ProcessLookupError:
            pass
        out, err = runner.communicate(timeout=300)
        assert _gone(mark), number
        _all_whole(tmp_path)
        if not is_runner:
            assert runner.returncode == 0, err
        done = {event["stage"] for event in _events(err) if event["kind"] == "done"}
        again = _start(tmp_path, number, mark)
        out, err = again.communicate(timeout=300)
        assert again.returncode == 0, err
        events = _events(err)
        reused = {event["stage"] for event in events if event["kind"] == "reused"}
        assert any(event["kind"] == "unchanged" for event in events) or done <= reused
        outputs = read_manifest(Path(out.strip()))["outputs"]
        first = read_manifest(Store(tmp_path / "runs").runs()[0])["outputs"]
        assert outputs["results/weights.csv"] == first["results/weights.csv"]
        assert outputs["results/sample.parquet"] == first["results/sample.parquet"]
    assert killed >= 50
    assert list((tmp_path / "runs" / ".staging").glob("*/*")) == []
