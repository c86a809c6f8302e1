"""Stop a command on a signal within three seconds, and turn whatever ends it into a message and an exit code.

0 done, 1 a failure, 2 the input is at fault, 130 and 143 stopped by Ctrl-C and by a signal to end, 141 nobody reads the
answer any more: what other programs end with too, and as silently. Signals raise `Stopped` where the command is, so
that what it holds is closed in order, and no process or temporary folder is left behind. Whoever does not come back in
time (a library that waits, a thread that builds a page) is left behind: everything finished is on disk already.
"""

from __future__ import annotations

import errno
import os
import platform
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep, time
from types import FrameType
from typing import IO

from methodology import __version__
from methodology.cli import unbuffered
from methodology.errors import WorkbenchError, harmless

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
_REASONS = {
    errno.ENOSPC: "The disk is full. Free some space and run the same command again. 磁盘已满，请腾出空间后重试。",
    errno.EACCES: "The folder or file may not be written. Choose another with --runs or -o. 无写入权限，请另选位置。",
    errno.EROFS: "The file system is read-only. Choose another folder with --runs or -o. 文件系统只读，请另选位置。",
}
_WRONG_PATH = (
    "No file or folder can have this path, or a folder above it is missing. Check it. 路径无效，请检查。"
)
_REASONS |= dict.fromkeys(
    (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP), _WRONG_PATH
)
_UNHEARD = 128 + getattr(signal, "SIGPIPE", 13)
_LONGEST = 200
"""Characters of a path that are repeated."""
_HELD = "Or another program has it open, e.g. Word or Excel: close it there. 若其他程序（如 Word）正打开它，请先关闭。"
"""What Windows calls a lack of rights as well."""
_REFUSED = "The operating system refused. 操作系统拒绝了该操作。"
_OURS = (
    "This is a fault of the workbench, not of your input: {what}. The report with the traceback and the command to "
    "repeat it is in {place}; it may quote single values of your files, so read it before you pass it on.\n"
    "这是程序自身的错误，并非输入有误。错误报告（含调用栈与重现命令）见上述文件；其中可能引用个别输入值，转交前请先查看。"
)
_HEAD = """\
Report of a fault of the workbench.
It holds no tables of plants; the last line of the traceback may quote a value.
command:   {command}
folder:    {folder}
workbench: {version}
python:    {python}
system:    {system}
time:      {time}

"""


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


def outcome_of(command: Callable[[], object]) -> int:
    """Exit code of a command, once its end has been said on stderr, whatever ends it."""
    try:
        with stopping_when_asked():
            done = command()
            sys.stdout.flush()
        code = done if isinstance(done, int) else 0
    except BaseException as fault:
        code = 0 if asked() else _code_of(fault)
    if asked():
        tell()
        return 128 + asked()
    return code


def _err(text: str) -> None:
    with suppress(OSError, ValueError):  # nobody may be listening any more
        print(harmless(text, keep="\n\t"), file=sys.stderr, flush=True)  # noqa: T201 - what a command says of its end


def _code_of(fault: BaseException) -> int:
    """Say what ended a command that was not asked to stop."""
    if _is_unheard(fault):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _UNHEARD
    if isinstance(fault, SystemExit):
        return fault.code if isinstance(fault.code, int) else int(fault.code is not None)
    if isinstance(fault, KeyboardInterrupt):
        tell()
        return 128 + signal.SIGINT
    if isinstance(fault, WorkbenchError):
        _err("\n".join([f"{type(fault).__name__}: {fault}", *_in_chinese(fault)]))
        return fault.exit_code
    if hasattr(fault, "show") and hasattr(fault, "exit_code"):  # typer's: an option that is none
        fault.show()
        return int(fault.exit_code)
    if isinstance(fault, OSError):
        place = str(fault.filename or "")
        place = place if len(place) <= _LONGEST else f"{place[:_LONGEST]}…"
        said = ": ".join(filter(None, (fault.strerror or type(fault).__name__, place)))
        held = f"\n{_HELD}" if os.name == "nt" and fault.errno == errno.EACCES else ""
        _err(f"{said}\n{_REASONS.get(fault.errno or 0, _REFUSED)}{held}")
        return 1
    if isinstance(fault, MemoryError):
        _err("Memory ran out. Use fewer --jobs, or a smaller table. 内存不足，请减少并行数或缩小数据。")
        return 1
    what = " ".join(f"{type(fault).__name__}: {fault}".split())[:200]
    _err(_OURS.format(what=what, place=_report(fault)))
    return 1


def _in_chinese(fault: WorkbenchError) -> list[str]:
    """The faults of an input in Chinese, as far as they are known in it."""
    from methodology.languages.findings import all_in_chinese

    return all_in_chinese(fault.faults)


def _is_unheard(fault: BaseException) -> bool:
    """Whether nobody reads our answer any more; Windows says of a closed pipe what it says of much else."""
    if isinstance(fault, SystemExit) and fault.__context__ is not None:  # typer's answer to it
        return _is_unheard(fault.__context__)
    if os.name != "nt" or not isinstance(fault, OSError) or fault.errno != errno.EINVAL:
        return isinstance(fault, BrokenPipeError)
    try:
        sys.stdout.flush()
    except OSError:
        return True
    return False


def _report(fault: BaseException) -> str:
    """Write the report among the temporary files, never into a run; its place, or the line at fault without one."""
    text = _HEAD.format(
        command=(subprocess.list2cmdline if os.name == "nt" else shlex.join)(["workbench", *sys.argv[1:]]),
        folder=Path.cwd() if Path().exists() else "removed meanwhile",
        version=__version__,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        system=platform.platform(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    ) + "".join(traceback.format_exception(fault))
    try:
        handle, path = tempfile.mkstemp(prefix="workbench-fault-", suffix=".txt")
        with open(handle, "w", encoding="utf-8", newline="\n", errors="backslashreplace") as file:
            file.write(text)
        return path
    except OSError:
        frame = traceback.extract_tb(fault.__traceback__)[-1]
        return f"no file, for none could be written ({Path(frame.filename).name}, line {frame.lineno})"
