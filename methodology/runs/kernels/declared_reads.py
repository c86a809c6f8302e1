"""Refuse what the kernel of a stage reads beside what the stage declares, its own tables, and the environment.

A file that is read and not declared decides a result without being in the name of the run, so that results made from
another version of it would be taken for up to date. The guard stands in the kernel, before the first cell; a process
that a cell starts would read unseen, so none may be started, but for the reader of workbooks, which is handed bytes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from subprocess import list2cmdline
from typing import Any
from zoneinfo import TZPATH

_SYSTEM = (
    ("/dev", "/proc", "/sys") if os.name == "posix" else ()
)  # on Windows they would be folders of a drive
"""What Linux says of the machine: no files, and read by libraries to count cores and memory."""
_STARTS = frozenset(
    {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.system"}
)
_HELPERS = frozenset({"fc-list", "gcc", "ld", "ldconfig", "uname"})
"""Programs the standard library and matplotlib ask about the machine."""
_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_READER = ["-I", os.path.join(_PACKAGE, "spreadsheets", "calamine_process.py")]
_PRIVATE = ("IPYTHONDIR", "MPLCONFIGDIR", "NUMBA_CACHE_DIR", "PYTHONPYCACHEPREFIX")
_found: list[str] = []


class UndeclaredReadError(PermissionError):
    """A stage read a file that it does not declare."""


def watch(places: Iterable[str]) -> None:
    """
    Refuse reads outside some files and folders from now on; it cannot be undone within the process.

    Parameters
    ----------
    places : iterable of str
        Files and folders the stage may read, besides the environment Python runs in.
    """
    allowed = tuple(_plain(place) for place in (*places, *_environment()))
    written: set[str] = set()

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            _open(arguments, allowed, written)
        elif event in _STARTS:
            _start(event, arguments)

    sys.addaudithook(hear)


def found() -> list[str]:
    """What was refused so far; a cell may have caught the error."""
    return list(_found)


def _environment() -> list[str]:
    """Where Python, the packages it finds and this package stand, and where kernels keep what is private to them."""
    folders = [sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__), *_SYSTEM, *TZPATH]
    folders += [path for path in sys.path if os.path.isdir(path) and _holds_packages(path)]
    private = [os.environ[name] for name in _PRIVATE if os.environ.get(name)]
    return [*folders, _PACKAGE, *private]


def _holds_packages(folder: str) -> bool:
    return any(name.endswith(".dist-info") for name in os.listdir(folder))


def _plain(path: str) -> str:
    return _cased(os.path.realpath(path))


def _cased(path: str) -> str:
    r"""A path as paths are compared: on Windows without regard to letter case, nor to what `\\?\` in front says."""
    return os.path.normcase(path).replace("\\\\?\\unc\\", "\\\\", 1).removeprefix("\\\\?\\")


def _is_within(path: str, allowed: Iterable[str]) -> bool:
    return any(path == place or path.startswith(place.rstrip(os.sep) + os.sep) for place in allowed)


def _open(arguments: tuple[Any, ...], allowed: tuple[str, ...], written: set[str]) -> None:
    path, mode, flags = arguments
    if isinstance(path, int):
        return
    name = _cased(os.path.abspath(os.fsdecode(path)))
    if not _reads(mode, flags):
        written.add(name)
        return
    if name in written or _is_within(name, allowed) or not os.path.isfile(name):
        return
    if not _is_within(_plain(name), allowed):
        _refuse(f"reads {os.fsdecode(path)!r}, which its stage does not declare", UndeclaredReadError)


def _reads(mode: str | None, flags: int) -> bool:
    if mode is None:
        return flags & (os.O_WRONLY | os.O_RDWR) != os.O_WRONLY
    return "r" in mode or ("+" in mode and "w" not in mode)


def _start(event: str, arguments: tuple[Any, ...]) -> None:
    reader = [sys.executable, *_READER]
    if event == "subprocess.Popen" and arguments[1] in (reader, list2cmdline(reader)):
        return
    first = (
        arguments[1] if arguments[0] is None else arguments[0]
    )  # Windows names no program, and gives one line
    program = os.fsdecode(first) if isinstance(first, str | bytes) else str(first)
    if os.path.basename(program.split()[0] if program.split() else program) not in _HELPERS:
        _refuse(f"starts the program {program!r}, which could read anything", UndeclaredReadError)


def _refuse(what: str, kind: Callable[[str], Exception]) -> None:
    _found.append(what)
    raise kind(
        f"{what}. What decides a result is declared in methodology/results/stages.py, or it is no input."
    )
