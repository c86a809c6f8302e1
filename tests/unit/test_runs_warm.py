"""The warm parent's side of the line, forked kernels as the system sees them, and what an unchanged run prints."""

import os
import signal
import socket
import subprocess
import sys
from functools import partial
from types import SimpleNamespace

import pytest

from methodology.cli.running import _told
from methodology.parameters import Project
from methodology.results.store import MANIFEST, Store, write_json
from methodology.runs.fingerprints import own_imports
from methodology.runs.kernels.cold import ColdKernels
from methodology.runs.printed import keep_printed
from methodology.runs.schedule import EVIDENCE_READY, REHEARSED

linux = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux")


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_two_lines_that_arrive_together_are_both_read(ends):
    from methodology.runs.kernels.warm_parent import _Lines

    ours, theirs = ends
    lines = _Lines(theirs)
    ours.sendall(b'["numpy"]\n{"modules": []}\n')
    assert lines.waiting
    assert lines.next() == ["numpy"]
    assert lines.waiting
    assert lines.next() == {"modules": []}
    assert not lines.waiting


def test_the_parent_hears_that_the_other_end_has_closed(ends):
    from methodology.runs.kernels.warm_parent import _Lines

    ours, theirs = ends
    lines = _Lines(theirs)
    ours.close()
    assert lines.waiting
    assert lines.next() is None


@pytest.mark.parametrize(("last", "goodbye"), [(b"null\n", True), (b"", False)])
def test_the_parent_knows_a_runner_that_says_goodbye_from_one_that_was_killed(ends, last, goodbye):
    from methodology.runs.kernels.warm_parent import _Lines, _serve

    ours, theirs = ends
    ours.sendall(last)
    ours.close()
    assert _serve(theirs, SimpleNamespace(), _Lines(theirs)) is goodbye


def test_a_runner_killed_while_it_is_answered_is_no_fault_of_the_parent(ends):
    from methodology.runs.kernels.warm_parent import _Lines, _serve

    ours, theirs = ends
    ours.sendall(b'{"modules": []}\n')
    nursery = SimpleNamespace(answer=lambda _: ours.close() or {"pid": 1})
    assert _serve(theirs, nursery, _Lines(theirs)) is False


@linux
def test_a_forked_kernel_is_watched_and_killed_without_asking_its_parent():
    from methodology.runs.kernels.forked import _Process

    buried = []
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    ) as child:
        kernel = _Process(child.pid, SimpleNamespace(bury=buried.append))
        assert kernel.poll() is None
        kernel.kill()
        assert kernel.poll() == kernel.wait() == -signal.SIGKILL
        assert buried == [child.pid]
        assert child.wait() == -signal.SIGKILL


@linux
@pytest.mark.parametrize("name", [*REHEARSED.values(), EVIDENCE_READY])
def test_a_rehearsal_warns_of_nothing_and_leaves_a_single_thread(name, tmp_path):
    place, function = name.split(":")
    threads = "from methodology.runs.kernels.warm_parent import threads"
    code = f"{threads}; import {place} as r; r.{function}(); print(threads())"
    from methodology.runs.kernels.cold import kernel_environment

    environment = kernel_environment(tmp_path, 1) | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("1", "")


@linux
def test_what_kernels_import_before_their_first_cell_is_there_leaves_one_thread_and_says_nothing(tmp_path):
    code = """
import sys
from methodology.runs.kernels import warm_parent
for name in warm_parent.KERNEL_MODULES:
    warm_parent.preload(name)
print(set(warm_parent.KERNEL_MODULES) - set(sys.modules), warm_parent.threads())
"""
    from methodology.runs.kernels.cold import kernel_environment

    environment = kernel_environment(tmp_path, 1)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("set() 1", "")


@linux
def test_a_task_is_carried_out_in_a_process_of_its_own_and_its_fault_comes_back(tmp_path):
    from methodology.runs.kernels.forked import ForkedKernels

    with ForkedKernels() as kernels:
        assert kernels.carry_out(os.mkdir, tmp_path / "made")
        assert (tmp_path / "made").is_dir()
        with pytest.raises(FileExistsError, match="made"):
            kernels.carry_out(os.mkdir, tmp_path / "made")


@linux
def test_what_cannot_be_handed_over_or_was_killed_is_left_to_the_caller(tmp_path):
    from methodology.runs.kernels.forked import ForkedKernels

    with ForkedKernels() as kernels:
        assert not kernels.carry_out(lambda folder: folder.mkdir(), tmp_path / "made")
        assert not kernels.carry_out(partial(exec, "import os; os._exit(1)"), {})
    assert not kernels.carry_out(os.mkdir, tmp_path / "made"), "the parent is gone"
    assert not ColdKernels.carry_out(None, os.mkdir, tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_import_statements_are_found_wherever_they_stand():
    source = """
import a
try:
    import b
except ImportError:
    import c
else:
    import d
finally:
    import e
def f():
    if True:
        import g
    else:
        with open("x"):
            from h import i
class K:
    async def l(self):
        match 1:
            case 1:
                import m
    for n in ():
        import n.o
"""
    assert sorted(own_imports(source)) == ["a", "b", "c", "d", "e", "g", "h", "m", "n.o"]


def test_an_unchanged_run_says_again_what_was_printed_when_it_was_made(tmp_path):
    folder = tmp_path / "ironmaking" / "0123456789ab"
    write_json(folder / MANIFEST, {"run": folder.name})
    keep_printed(Store(tmp_path), folder, "the table\n")
    assert _told(folder, Project.around(), tmp_path) == "the table\n"
