"""Fan-out: pool, cluster and resumption give the same bytes, also when a worker is killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from methodology.runs.sweeps.sweep import sweep

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc")

ROOT = Path(__file__).resolve().parents[2]
MARK = "WORKBENCH_TEST_MARK"
POINTS = 10
"""Enough that some are left when a worker is killed after the first."""
FILE = f"""
why: Exercises the fan-out in a test.
systems: [ironmaking]
design: latin-hypercube
points: {POINTS}
seed: 7
parameters:
  sensitivity.threshold_cv: {{low: 0.0, high: 0.1}}
  thresholds.promise: [marginal, joint]
  sensitivity.draws: [200]
"""
SWEEPER = """
import sys
from pathlib import Path
from methodology.parameters import Project
from methodology.runs.progress import listener
from methodology.runs.sweeps.sweep import sweep
if __name__ == "__main__":
    with listener("json") as hears:
        print(sweep(sys.argv[1], runs_dir=sys.argv[2], jobs=2, project=Project(Path(sys.argv[3])), progress=hears))
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "fan.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def project():
    from methodology.parameters import Project

    return Project(ROOT)


@pytest.fixture(scope="module")
def reference(file, project, tmp_path_factory):
    """The table of an undisturbed sweep on one process."""
    return sweep(file, runs_dir=tmp_path_factory.mktemp("one"), jobs=1, project=project).read_bytes()


def _marked(mark):
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _start(file, runs, mark, tmp_path):
    script = tmp_path / "sweeper.py"
    script.write_text(SWEEPER, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, str(script), str(file), str(runs), str(ROOT)],
        env=os.environ | {MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_for_points(runner):
    for line in runner.stderr:
        if '"kind": "point"' in line:
            return
    raise AssertionError(runner.communicate())


def test_the_table_has_one_row_per_point_and_its_shares_are_shares(reference):
    from methodology.results.csv_text import from_csv

    table = from_csv(reference.decode())
    assert len(table) == POINTS
    assert (table["refused"] == "").all()
    assert table.filter(regex="^(share|chance)_").stack().between(0, 1).all()
    assert (table["share_I"] <= table["share_II"]).all()


def test_a_killed_sweep_goes_on_where_it_was_although_a_worker_of_it_is_killed_too(file, reference, tmp_path):
    mark = uuid.uuid4().hex
    runner = _start(file, tmp_path / "runs", mark, tmp_path)
    _wait_for_points(runner)
    runner.kill()
    runner.communicate()
    end = time.monotonic() + 20
    while _marked(mark) and time.monotonic() < end:
        time.sleep(0.1)
    assert _marked(mark) == []  # it leaves no worker
    (journal,) = (tmp_path / "runs").glob("sweeps/*/points.jsonl")
    before = journal.read_bytes()
    assert 1 <= before.count(b"\n") < POINTS
    again = _start(file, tmp_path / "runs", mark, tmp_path)
    _wait_for_points(again)
    assert before.count(b"\n") < journal.read_bytes().count(b"\n") < POINTS
    workers = [pid for pid in _marked(mark) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(workers[-1], 9)
    out, err = again.communicate(timeout=300)
    assert again.returncode == 0, err
    assert journal.read_bytes().startswith(before[: before.rfind(b"\n") + 1])
    assert journal.read_bytes().count(b"\n") == POINTS
    assert Path(out.strip()).read_bytes() == reference


@pytest.mark.slow
def test_the_shipped_thousand_points_go_on_where_they_were_after_three_kills(tmp_path):
    mark = uuid.uuid4().hex
    file = ROOT / "params" / "sweeps" / "noise.yaml"
    kept = b""
    for _ in range(3):
        runner = _start(file, tmp_path / "runs", mark, tmp_path)
        _wait_for_points(runner)
        _wait_for_points(runner)
        runner.kill()
        runner.communicate()
        (journal,) = (tmp_path / "runs").glob("sweeps/*/points.jsonl")
        now = journal.read_bytes()
        assert now.startswith(kept[: kept.rfind(b"\n") + 1])
        assert now.count(b"\n") > kept.count(b"\n")
        kept = now
    runner = _start(file, tmp_path / "runs", mark, tmp_path)
    out, err = runner.communicate(timeout=3600)
    assert runner.returncode == 0, err
    assert journal.read_bytes().startswith(kept[: kept.rfind(b"\n") + 1])
    assert journal.read_bytes().count(b"\n") == 1000
    assert Path(out.strip()).read_bytes().count(b"\n") == 1001


def test_a_cluster_gives_the_same_bytes_although_a_worker_is_killed(file, reference, project, tmp_path):
    pytest.importorskip("distributed")
    address = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(address)]
    commands = [
        ["dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show", *common],
        *[["dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", *common]] * 2,
    ]
    started = []
    try:
        for command in commands:
            # distributed's own warnings are not ours to refuse
            started.append(
                subprocess.Popen(
                    [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{command[0]}", *command[1:]],
                    env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                    cwd=tmp_path,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            end = time.monotonic() + 60
            while not address.exists() and time.monotonic() < end:
                time.sleep(0.1)
        import json

        seen = []

        def hears(event):
            if event.kind == "point" and not seen:
                started[-1].kill()
                seen.append(event)

        scheduler = json.loads(address.read_text())["address"]
        table = sweep(file, runs_dir=tmp_path / "runs", scheduler=scheduler, project=project, progress=hears)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
    assert table.read_bytes() == reference
