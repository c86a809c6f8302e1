"""Stop a command on a signal within three seconds, with no process and no temporary folder left behind.

Ctrl-C and the signals of schedulers raise `Stopped` where the command is, so that what it holds is closed in order.
Whoever does not come back in time (a library that waits, a thread that builds a page) is left behind: everything
finished is on disk already, because a run must survive being killed as well.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep, time
from types import FrameType
from typing import IO

from methodology.cli import unbuffered

PATIENCE = 1.5
"""Seconds a command has to close what it holds."""
SENTENCE = (
    "Stopped on request. Finished stages of runs and points of sweeps are kept, and the same command goes on from "
    "there; a verification begins anew. "
    "已按要求停止。运行已完成的阶段和批量计算已完成的点均已保存，重复同一命令即可继续；验证则从头开始。"
)
_SHOW_CURSOR = "\x1b[?25h"
_TWICE = 0.5
"""Seconds between two signals that are two wishes; some programs send one wish twice."""
_PREFIX, _LOCK = "wb-", "lock"
_BEGINNING = 60
"""Seconds in which a command may have a folder and not yet its lock."""
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


_numbers: list[int] = []
_told = Event()


class Stopped(KeyboardInterrupt):
    """The command was asked to stop."""


@contextmanager
def stopping_when_asked() -> Iterator[None]:
    """Hear signals, and keep what is temporary in one folder, which goes at the end whatever happens."""
    before = tempfile.tempdir
    place: Path | None = None
    held: IO[bytes] | None = None
    with suppress(OSError):  # nowhere to write: whoever needs a temporary file will say so
        _forget_abandoned(Path(tempfile.gettempdir()))
        place = Path(tempfile.mkdtemp(prefix=_PREFIX))
        tempfile.tempdir = str(place)
        held = _owned(place)
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    watch = Thread(target=_leave_in_time, args=(ours, place), daemon=True, name="stopping")
    watch.start()
    heard_before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    handlers = {number: signal.getsignal(number) for number in _heard()}
    try:
        for number in handlers:
            signal.signal(number, _stop)
        yield
    finally:
        tempfile.tempdir = before
        if asked():
            end_children()  # and the thread goes on watching, until this process has ended
        else:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(heard_before)
            theirs.close()  # wakes the thread, which ends
            watch.join()
        if held:
            held.close()
        _remove(place)


def asked() -> int:
    """Number of the signal that asked this process to stop; 0 if none has."""
    return _numbers[0] if _numbers else 0


def _heard() -> list[int]:
    """Signals that mean stop; who has a hang-up ignored (nohup) wants the command to go on."""
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    hang_up = getattr(signal, "SIGHUP", None)
    return [n for n in numbers if n != hang_up or signal.getsignal(n) is not signal.SIG_IGN]


def _stop(number: int, _: FrameType | None) -> None:
    _numbers.append(number)
    if len(_numbers) == 1:
        raise Stopped


def tell() -> None:
    """Say once that the command was stopped."""
    if not _told.is_set():
        _told.set()
        with suppress(OSError):  # nobody may be listening any more
            os.write(2, unbuffered(f"{_SHOW_CURSOR if os.isatty(2) else ''}{SENTENCE}\n"))


def _leave_in_time(asked: socket.socket, place: Path | None) -> None:
    """Wait for a signal, then for the process to end; a second signal, or the time, ends it from here.

    The number of a signal comes through a socket, because Python's own handlers wait for the main thread, which may be
    busy in a library for long.
    """
    heard = {0, *_heard()}
    number = _next(asked, heard)
    if number == 0:
        asked.close()
        return
    began = monotonic()
    asked.settimeout(PATIENCE)
    with suppress(TimeoutError):
        while _next(asked, heard) and monotonic() - began < _TWICE:
            continue
    end_children()
    _remove(place)
    tell()
    os._exit(128 + number)


def _next(asked: socket.socket, heard: Collection[int]) -> int:
    """Number of the next signal among those; 0 if none can come any more."""
    while True:
        try:
            number = (asked.recv(1) or b"\0")[0]
        except TimeoutError:
            raise
        except OSError:
            return 0
        if number in heard:
            return number


def end_children() -> None:
    """Kill whatever this process has started and has not ended, grandchildren first."""
    if "multiprocessing" in sys.modules:
        from multiprocessing import active_children

        for child in active_children():
            child.kill()
    for pid in reversed(_descendants(os.getpid())):
        with suppress(OSError):
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _descendants(parent: int) -> list[int]:
    """Processes started by a process, and by those; none where the system does not list them."""
    children: dict[int, list[int]] = {}
    for about in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            above = int(about.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1])
            children.setdefault(above, []).append(int(about.parent.name))
    found = [parent]
    for pid in found:
        found += children.get(pid, [])
    return found[1:]


def _owned(place: Path, *, new: bool = True) -> IO[bytes] | None:
    """The open lock of a folder, which goes when its holder ends; None if another holds it, or there is none."""
    try:
        import fcntl
    except ImportError:
        return None
    if new:
        (place / _LOCK).touch()
    lock = (place / _LOCK).open("rb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _forget_abandoned(folder: Path) -> None:
    """Remove what commands left that were killed outright, and so could remove nothing."""
    for place in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            about = place.lstat()
            ours = stat.S_ISDIR(about.st_mode) and about.st_uid == getattr(os, "getuid", lambda: -1)()
            if ours and time() - about.st_mtime > _BEGINNING and (lock := _owned(place, new=False)):
                with lock:
                    _remove(place)


def _remove(place: Path | None) -> None:
    """Remove the folder of what is temporary, however much is still being written into it."""
    for _ in range(3 if place else 0):
        shutil.rmtree(str(place), ignore_errors=True)
        if not os.path.exists(str(place)):
            return
        sleep(0.05)
