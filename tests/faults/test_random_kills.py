"""Fifty kills and interrupts at random moments of a sweep, on processes and on a cluster: its table is the same."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest
from test_stopping import CODES, MAIN, ROOT, SWEEP, Command, cluster  # noqa: F401 - a fixture

from methodology.parameters import Project
from methodology.runs.sweeps.sweep import sweep

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc"),
]
ROUNDS, POINTS = 50, 3_000
AT_MOST = POINTS // ROUNDS - 25
"""Points after which a round ends, so that on a fast machine all of them are not done between the kills."""
ENDS = (signal.SIGKILL, signal.SIGKILL, *CODES)


def whole_lines(journal: Path) -> bytes:
    """Points that are kept, without one that a kill cut short."""
    found = journal.read_bytes() if journal.is_file() else b""
    return found[: found.rfind(b"\n") + 1]


def at_random(rng: random.Random, journal: Path, kept: int, seconds: float) -> None:
    """Wait until a random part of the seconds has passed, or until a random number of points was added."""
    end, points = time.monotonic() + rng.uniform(0.05, 1.0) * seconds, kept + rng.randint(1, AT_MOST)
    while time.monotonic() < end and whole_lines(journal).count(b"\n") < points:
        time.sleep(0.01)


def kill_a_worker(command: Command, rng: random.Random) -> None:
    """Kill one of the processes a command has started, if it has any."""
    listed = Path(f"/proc/{command.process.pid}/task/{command.process.pid}/children")
    workers = listed.read_text(encoding="ascii").split() if listed.exists() else []
    if workers:
        try:
            os.kill(int(rng.choice(workers)), signal.SIGKILL)
        except ProcessLookupError:
            return


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The sweep file, and its table as it is when nobody kills anything; for both ways of computing it."""
    place = tmp_path_factory.mktemp("undisturbed")
    file = place / "fan.yaml"
    file.write_text(SWEEP.replace("points: 400", f"points: {POINTS}"), encoding="utf-8")
    return file, sweep(file, runs_dir=place / "runs", jobs=2, project=Project(ROOT)).read_bytes()


@pytest.mark.parametrize("where", ["processes", "a cluster"])
def test_fifty_kills_and_interrupts_of_a_sweep_lose_no_point(tmp_path, request, undisturbed, where):
    file, table = undisturbed
    spread = (
        ["--scheduler", request.getfixturevalue("cluster")[0]] if where == "a cluster" else ["--jobs", "2"]
    )
    words = [MAIN, "sweep", str(file), *spread, "--progress", "json", "--runs", str(tmp_path / "runs")]
    rng, began, stopped = random.Random(20261129), time.monotonic(), 0
    first = Command(words)
    first.wait_for('"kind": "point"')
    span = 1.3 * (time.monotonic() - began)
    first.stop(signal.SIGTERM)
    first.leaves_nothing()
    (journal,) = (tmp_path / "runs").glob("sweeps/*/points.jsonl")
    for number in range(ROUNDS):
        kept, end = whole_lines(journal), rng.choice(ENDS)
        command = Command(words)
        at_random(rng, journal, kept.count(b"\n"), span)
        if rng.random() < 0.3:
            kill_a_worker(command, rng)
            at_random(rng, journal, kept.count(b"\n"), 0.3 * span)
        _, err = command.stop(end)
        assert command.process.returncode in (0, CODES.get(end, -end), -end), (number, err)
        assert "Traceback" not in err
        stopped += command.process.returncode != 0
        assert command.is_gone(), number
        if end != signal.SIGKILL:
            command.leaves_nothing()
        assert whole_lines(journal).startswith(kept), number
    assert stopped > ROUNDS / 2
    last = Command(words)
    out, err = last.process.communicate(timeout=1800)
    assert last.process.returncode == 0, err
    assert Path(out.strip()).read_bytes() == table
