"""Asked to stop, every command does so at once, says so in one sentence, keeps what is finished and leaves nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import pytest
from toy_runs import BODIES, make_project, write_notebook

from methodology.cli.stopping import SENTENCE
from methodology.results.store import Store, read_manifest
from methodology.runs.sealing import altered

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc")

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
MARK = "WORKBENCH_TEST_MARK"
GUARD = 90
PROMISED = 3
"""Seconds in which every command has ended."""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
MAIN = "from methodology.cli import main; main()"
TOY = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
place, number = Path(sys.argv[2]), int(sys.argv[3])

def command():
    from toy_runs import STAGES, Project, choices
    from toy_runs import execute_run
    from methodology.runs.progress import listener
    with listener("json") as hears:
        print(execute_run(
            choices(sample={"population": number}), runs_dir=place / "runs",
            project=Project(place / "project"), stages=STAGES[:2], progress=hears,
        ))

from methodology.cli.stopping import outcome_of
sys.exit(outcome_of(command))
"""
SWEEP = """
why: Exercises stopping in a test.
systems: [ironmaking]
design: latin-hypercube
points: 400
seed: 7
parameters:
  sensitivity.threshold_cv: {low: 0.0, high: 0.1}
  sensitivity.draws: [2000]
"""


class Command:
    """A command in a group of its own, with its own folder for what is temporary."""

    def __init__(self, words, temporary=None):
        self.mark = uuid.uuid4().hex
        self.temporary = temporary or Path(tempfile.mkdtemp(prefix="t"))  # short: sockets are made below it
        self.process = subprocess.Popen(
            [sys.executable, "-c", *words],
            cwd=ROOT,
            env=os.environ | {MARK: self.mark, "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self.heard = []

    def wait_for(self, *words):
        """Read what it says until a line holds all the words."""
        for line in self.process.stderr:
            self.heard.append(line)
            if all(word in line for word in words):
                return
        raise AssertionError((self.heard, self.process.communicate()))

    def stop(self, number):
        """Send the signal as a terminal does, to the whole group if it is Ctrl-C; what it says from then on."""
        try:
            if number == signal.SIGINT:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)
        except ProcessLookupError:
            pass
        out, err = self.process.communicate(timeout=GUARD)
        self.heard.append(err)
        return out, err

    def marked(self):
        """Processes it has started and that are still there."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes():
                    found.append((folder / "cmdline").read_bytes())
            except OSError:
                continue
        return found

    def is_gone(self):
        end = time.monotonic() + 10
        while self.marked() and time.monotonic() < end:
            time.sleep(0.1)
        return self.marked() == []

    def leaves_nothing(self):
        assert self.is_gone()
        left = [path.name for path in self.temporary.rglob("w*")]
        shutil.rmtree(self.temporary)
        assert left == []


def toy_run(place, number=0, **how):
    return Command([TOY, str(TESTS), str(place), str(number)], **how)


def only_the_sentence(text):
    return [line for line in text.splitlines() if line and not line.startswith("{")] == [SENTENCE]


ASKED = [
    pytest.param((signal.SIGINT, signal.SIGTERM), id="SIGINT, SIGTERM"),
    pytest.param((signal.SIGHUP,), id="SIGHUP", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("numbers", ASKED)
def test_a_run_that_is_asked_to_stop_keeps_its_stages_and_goes_on_from_there(tmp_path, numbers):
    project = make_project(tmp_path / "project")
    write_notebook(project, "weights", f"import time\ntime.sleep(40)\n{BODIES['weights']}")
    for earlier, number in enumerate(numbers):
        command = toy_run(tmp_path)
        command.wait_for('"start"', '"weights"')
        assert any('"reused"' in line for line in command.heard) == bool(earlier)
        _, err = command.stop(number)
        assert command.process.returncode == CODES[number]
        assert only_the_sentence(err), err
        command.leaves_nothing()
        assert Store(tmp_path / "runs").runs() == []
    write_notebook(project, "weights", BODIES["weights"])
    again = toy_run(tmp_path)
    out, err = again.process.communicate(timeout=GUARD)
    assert again.process.returncode == 0, err
    assert '"kind": "reused", "system": "toy", "stage": "sample"' in err
    assert altered(Path(out.strip()), read_manifest(Path(out.strip()))) == {}


def test_what_a_command_that_was_killed_left_goes_with_the_next_one_and_that_of_a_living_one_stays(tmp_path):
    project = make_project(tmp_path / "project")
    write_notebook(project, "weights", f"import time\ntime.sleep(40)\n{BODIES['weights']}")
    living = toy_run(tmp_path, 1)
    killed = toy_run(tmp_path, 2, temporary=living.temporary)
    for command in (living, killed):
        command.wait_for('"start"', '"weights"')
    killed.process.kill()
    killed.process.communicate()
    assert killed.is_gone()
    places = list(living.temporary.glob("wb-*"))
    for place in places:
        os.utime(place, (0, 0))
    next_one = Command([MAIN, "runs", "--runs", str(tmp_path / "none")], temporary=living.temporary)
    next_one.process.communicate(timeout=GUARD)
    left = list(living.temporary.glob("wb-*"))
    assert (len(places), len(left)) == (2, 1)
    living.stop(signal.SIGTERM)
    living.leaves_nothing()


def test_who_does_not_come_back_in_time_is_left_behind(tmp_path):
    deaf = (
        "import sys, time\n"
        "from methodology.cli.stopping import outcome_of\n"
        "def command():\n"
        "    while True:\n"
        "        try:\n"
        "            print('begun', file=sys.stderr, flush=True)\n"
        "            time.sleep(40)\n"
        "        except KeyboardInterrupt:\n"
        "            pass\n"
        "sys.exit(outcome_of(command))\n"
    )
    command = Command([deaf])
    command.wait_for("begun")
    began = time.monotonic()
    _, err = command.stop(signal.SIGTERM)
    assert time.monotonic() - began < PROMISED  # nobody takes longer than who hears nothing
    assert command.process.returncode == 143
    assert err.splitlines() == ["begun", SENTENCE]
    command.leaves_nothing()


@pytest.mark.parametrize(
    "number",
    [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM],
    ids=lambda number: number.name,
)
def test_a_sweep_on_processes_keeps_every_point_and_ends_its_workers(tmp_path, number):
    file = tmp_path / "fan.yaml"
    file.write_text(SWEEP, encoding="utf-8")
    words = ["sweep", str(file), "--jobs", "2", "--progress", "json", "--runs", str(tmp_path / "runs")]
    command = Command([MAIN, *words])
    command.wait_for('"kind": "point"', '"cell": 3')
    _, err = command.stop(number)
    assert command.process.returncode == CODES[number]
    assert only_the_sentence(err), err
    command.leaves_nothing()
    (journal,) = (tmp_path / "runs").glob("sweeps/*/points.jsonl")
    told = [json.loads(line) for part in command.heard for line in part.splitlines() if line.startswith("{")]
    done = max(event["cell"] for event in told if event["kind"] == "point")
    assert done <= journal.read_bytes().count(b"\n") < 400


@pytest.mark.parametrize(
    ("when", "number"),
    [("at once", signal.SIGINT), ("once it imports", signal.SIGINT), ("once it imports", signal.SIGTERM)],
)
def test_the_lab_ends_without_a_traceback(tmp_path, when, number):
    command = Command([MAIN, "lab"])
    end = time.monotonic() + GUARD
    while (
        when != "at once"
        and not any(b"jupyterlab" in line for line in command.marked())
        and time.monotonic() < end
    ):
        time.sleep(0.05)
    time.sleep(0.5)
    _, err = command.stop(number)
    assert command.process.returncode == CODES[number]
    assert "Traceback" not in err
    assert err.count("Stopped on request") == 1
    command.leaves_nothing()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_check_ends_with_the_sentence_whatever_a_library_does_at_the_end(tmp_path, number):
    head = "plant," + ",".join(f"x{number}" for number in range(900))
    rows = "".join(f"P{number}" + ",1" * 900 + "\n" for number in range(1000))
    table = tmp_path / "plants.csv"
    table.write_text(f"{head}\n{rows}", encoding="utf-8")
    late = "class Late:\n  def __del__(self): import time; time.sleep(20); raise OSError\nlate = Late()\n"
    code = f"{late}import sys; sys.stderr.write('begun\\n'); sys.stderr.flush(); {MAIN}"
    command = Command([code, "check", str(table), "--system", "ironmaking"])
    command.wait_for("begun")
    time.sleep(0.4)
    _, err = command.stop(number)
    assert command.process.returncode == CODES[number]
    assert err.count("Stopped on request") == 1
    assert "Traceback" not in err
    command.leaves_nothing()


@pytest.fixture
def cluster(tmp_path):
    """Address of a scheduler with one worker, and the scheduler."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    common = ["--no-dashboard", "--scheduler-file", str(file)]
    words = [
        ["dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show"],
        ["dask_worker", "--no-nanny"],
    ]
    started = []
    try:
        for command in words:
            started.append(
                subprocess.Popen(
                    [
                        sys.executable,
                        "-W",
                        "ignore",
                        "-m",
                        f"distributed.cli.{command[0]}",
                        *command[1:],
                        *common,
                    ],
                    env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            end = time.monotonic() + GUARD
            while not file.exists() and time.monotonic() < end:
                time.sleep(0.1)
        yield json.loads(file.read_text(encoding="utf-8"))["address"], started[0]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def test_a_sweep_on_a_cluster_keeps_its_points_when_stopped_and_when_the_scheduler_is_lost(tmp_path, cluster):
    address, scheduler = cluster
    file = tmp_path / "fan.yaml"
    file.write_text(SWEEP, encoding="utf-8")
    words = [
        "sweep",
        str(file),
        "--scheduler",
        address,
        "--progress",
        "json",
        "--runs",
        str(tmp_path / "runs"),
    ]
    command = Command([MAIN, *words])
    command.wait_for('"kind": "point"', '"cell": 2')
    _, err = command.stop(signal.SIGINT)
    assert command.process.returncode == 130
    assert only_the_sentence(err), err
    command.leaves_nothing()
    (journal,) = (tmp_path / "runs").glob("sweeps/*/points.jsonl")
    first = journal.read_bytes()
    assert 2 <= first.count(b"\n") < 400
    again = Command([MAIN, *words])
    again.wait_for('"kind": "point"')
    scheduler.kill()
    _, err = again.process.communicate(timeout=GUARD)
    assert again.process.returncode == 1
    said = [line for line in err.splitlines() if not line.startswith("{")]
    assert len(said) == 1, err
    assert said[0].startswith(f"StageError: The dask scheduler at {address} is gone.")
    assert journal.read_bytes().startswith(first)
    assert journal.read_bytes().count(b"\n") > first.count(b"\n")


SAID = {
    "bogus://x": "'bogus://x' is no address",
    "tcp://": "'tcp://' is no address",
    "tcp://127.0.0.1:99999999": "is no address",
    "tcp://127.0.0.1:9": "No dask scheduler answers at tcp://127.0.0.1:9",
}
ONE_AFTER_THE_OTHER = """
import json, sys
from methodology.cli import main
from methodology.runs.sweeps import workers
workers._CONNECTING = 1  # where nobody is, nobody comes
addresses, *words = sys.argv[1:]
for address in json.loads(addresses):
    sys.argv = ["workbench", *words, "--scheduler", address]
    try:
        main()
    except SystemExit as end:
        print(end.code, file=sys.stderr)
"""


def test_an_address_where_nobody_is_is_one_sentence(tmp_path):
    pytest.importorskip("distributed")
    file = tmp_path / "fan.yaml"
    file.write_text(SWEEP, encoding="utf-8")
    words = ["sweep", str(file), "--progress", "quiet", "--runs", str(tmp_path / "runs")]
    command = [sys.executable, "-c", ONE_AFTER_THE_OTHER, json.dumps(list(SAID)), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=GUARD)
    told = done.stderr.splitlines()
    assert told[1::2] == ["2"] * len(SAID), told
    assert all(words in line for words, line in zip(SAID.values(), told[::2], strict=True)), told


@pytest.mark.slow
def test_fifty_interrupts_at_random_moments_leave_nothing_and_lose_nothing(tmp_path):
    rng = random.Random(20261128)
    make_project(tmp_path / "project")
    began = time.monotonic()
    reference = toy_run(tmp_path, 999)
    assert reference.process.communicate(timeout=300)
    span = time.monotonic() - began
    for number in range(50):
        signum = rng.choice(list(CODES))
        command = toy_run(tmp_path, number)
        time.sleep(rng.uniform(0.2, 1.0) * span)
        _, err = command.stop(signum)
        assert command.process.returncode in (0, CODES[signum], -signum), err
        command.leaves_nothing()
        for folder in Store(tmp_path / "runs").runs():
            assert altered(folder, read_manifest(folder)) == {}
        done = err.count('"kind": "done"')
        again = toy_run(tmp_path, number)
        _, err = again.process.communicate(timeout=300)
        assert again.process.returncode == 0, err
        assert '"unchanged"' in err or err.count('"reused"') >= done
