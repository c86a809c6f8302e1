"""Full disks and folders that may not be written: one clear message, nothing finished is lost."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from toy_runs import BODIES, STAGES, choices, execute_run, make_project, write_notebook

from methodology.errors import StageError
from methodology.results import store as store_module
from methodology.results.store import Store
from methodology.runs.schedule import execute_runs

pytestmark = pytest.mark.usefixtures("shared_kernels")

TWO = STAGES[:2]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MB; what fills it makes it smaller."""
    place = tmp_path / "small"
    place.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_one_clear_message_and_loses_nothing_finished(tmp_path, small_disk):
    project = make_project(tmp_path / "project")
    flood = "(inputs.folder / 'flood').write_bytes(bytes(10_000_000))\n"
    write_notebook(project, "weights", flood + BODIES["weights"])
    with pytest.raises((StageError, OSError), match="No space left on device"):
        execute_run(choices(), runs_dir=small_disk, project=project, stages=TWO)
    assert Store(small_disk).runs() == []
    for flooded in small_disk.rglob("flood"):
        flooded.unlink()
    write_notebook(project, "weights", BODIES["weights"])
    heard = []
    execute_run(choices(), runs_dir=small_disk, project=project, stages=TWO, progress=heard.append)
    assert [event.stage for event in heard if event.kind == "reused"] == ["sample"]


@pytest.mark.parametrize("moment", ["write_whole", "copy", "sync"])
def test_a_disk_that_fills_while_the_runner_writes_leaves_no_half_run(tmp_path, monkeypatch, moment):
    project = make_project(tmp_path / "project")

    def full(*_):
        raise OSError(28, "No space left on device")

    from methodology.runs import cache, one_run

    first = execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO)
    for module in (store_module, one_run, cache):
        if hasattr(module, moment):
            monkeypatch.setattr(module, moment, full)
    with pytest.raises(OSError, match="No space left"):
        execute_run(choices(seed=2), runs_dir=tmp_path / "runs", project=project, stages=TWO)
    monkeypatch.undo()
    assert Store(tmp_path / "runs").runs() == [first]
    second = execute_run(choices(seed=2), runs_dir=tmp_path / "runs", project=project, stages=TWO)
    assert set(Store(tmp_path / "runs").runs()) == {first, second}


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a folder that even root may not write")
def test_a_folder_that_may_not_be_written_is_refused_before_anything_starts(tmp_path):
    project = make_project(tmp_path / "project")
    with pytest.raises(OSError, match="/proc"):
        execute_runs([choices()], runs_dir="/proc/runs", project=project, stages=TWO)


def test_a_file_where_the_runs_should_stand_is_refused(tmp_path):
    project = make_project(tmp_path / "project")
    (tmp_path / "runs").write_text("not a folder")
    with pytest.raises(OSError, match="runs"):
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO)
    assert (tmp_path / "runs").read_text() == "not a folder"


def test_what_a_dead_maker_left_is_neither_a_run_nor_in_the_way(tmp_path):
    store = Store(tmp_path)
    left = store.begin("toy", "abc")
    (left / "manifest.json").write_text("{}")
    assert store.runs() == []
    with store.owned("toy", "abc"):
        assert list(store.abandoned()) == []
    assert list(store.abandoned()) == [left]
    assert not (store.begin("toy", "abc") / "manifest.json").exists()


def test_a_run_is_owned_by_one_at_a_time(tmp_path):
    with (
        Store(tmp_path).owned("toy", "abc", wait=False) as first,
        Store(tmp_path).owned("toy", "abc", wait=False) as second,
        Store(tmp_path).owned("toy", "abd", wait=False) as other,
    ):
        assert (first, second, other) == (True, False, True)
    with Store(tmp_path).owned("toy", "abc", wait=False) as again:
        assert again


def test_nothing_set_aside_is_overwritten(tmp_path):
    store = Store(tmp_path)
    kept = [store.set_aside(store.begin("toy", "abc"), "failed") for _ in range(3)]
    assert len(set(kept)) == 3
    assert all(path.is_dir() for path in kept)
