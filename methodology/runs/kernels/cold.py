"""Start kernels for stages: cold ones of this very interpreter, over sockets nobody else sees."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from methodology.runs.kernels.threads import SAME_ARITHMETIC

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

Task = Callable[[Path], object]
_KEPT = frozenset(
    {
        *("PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "NUMBA_CACHE_DIR"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "PROGRAMDATA"),
        *("NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"),
    }
)
"""Where programs and libraries are found: all of the user's environment that a kernel sees, with `WORKBENCH_...`."""
_LONGEST = 100
"""Bytes that the path of a socket may have; systems allow 103 to 107."""
_SHORT_PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - folders nobody else can open are made there


class ColdKernels:
    """
    A new process per notebook.

    Parameters
    ----------
    cores : int
        Threads that numba may use in one kernel.
    """

    name = "cold"

    def __init__(self, *, cores: int = 1) -> None:
        self.place = private_place()
        self._managers: list[AsyncKernelManager] = []
        (self.place / "tmp").mkdir()
        self.environment = kernel_environment(self.place, cores)

    def manager(self, imports: Sequence[str] = ()) -> AsyncKernelManager:  # noqa: ARG002 - warm ones use it
        """A manager whose kernel has not been started; `imports` is what its notebook will import."""
        from methodology.runs.kernels.managers import manager_of

        name = uuid.uuid4().hex[:8]
        manager = manager_of(self.place / f"{name}.json")
        if _holds_sockets(self.place):
            manager.transport = "ipc"
            manager.ip = str(self.place / name)
        self._managers.append(manager)
        return manager

    def prepare(self, modules: list[str]) -> None:
        """Hear what notebooks will import; a new process imports it itself."""

    def carry_out(self, task: Task, folder: Path, modules: Sequence[str] = ()) -> bool:  # noqa: ARG002 - warm ones
        """Call `task(folder)` in a process that has imported everything; False where there is none."""
        return False

    def close(self) -> None:
        """Leave nothing behind: kernels that still run are killed."""
        for manager in self._managers:
            process = getattr(manager.provisioner, "process", None)
            if process is not None and process.poll() is None:
                process.kill()
        shutil.rmtree(self.place, ignore_errors=True)

    def __enter__(self) -> ColdKernels:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def private_place() -> Path:
    """
    A new folder that nobody else can open, where a socket's path stays short enough for the system.

    The run folder, and often the user's folder for temporary files, lie too deep; where none is short, kernels speak
    over the loopback network.
    """
    for parent in (tempfile.gettempdir(), *_SHORT_PLACES):
        if _holds_sockets(Path(parent, "wb-12345678")):
            with suppress(OSError):
                return Path(tempfile.mkdtemp(prefix="wb-", dir=parent))
    return Path(tempfile.mkdtemp(prefix="wb-"))


def _holds_sockets(place: Path) -> bool:
    return os.name == "posix" and len(os.fsencode(place / "12345678-1")) <= _LONGEST


def kernel_environment(place: Path, cores: int) -> dict[str, str]:
    """
    Environment variables of every kernel: nothing of the user's set-up may reach a result.

    Parameters
    ----------
    place : Path
        Private folder: the kernel's home, with settings of IPython and matplotlib that say nothing.
    cores : int
        Threads for numba, whose results do not depend on them.
    """
    kept = {
        name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("WORKBENCH_")
    }
    temporary = place / "tmp"
    return (
        _machine_code()
        | kept
        | dict(SAME_ARITHMETIC)
        | dict.fromkeys(("HOME", "USERPROFILE"), str(place))
        | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
        | dict.fromkeys(("USER", "USERNAME", "LOGNAME"), "workbench")
        | {"LC_ALL": "C", "TZ": "UTC", "TERM": "dumb", "COLUMNS": "80", "LINES": "24", "PYTHONUTF8": "1"}
        | {
            "NUMBA_NUM_THREADS": str(max(1, cores)),
            "PYTHONHASHSEED": "0",
            "IPYTHONDIR": str(place / "ipython"),
            "MPLCONFIGDIR": str(place / "matplotlib"),
            "MPL_IGNORE_SYSTEM_FONTS": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # or the debugger nobody uses warns about itself
            "JE_ARROW_MALLOC_CONF": "background_thread:false",  # pyarrow's thread would forbid forking
        }
    )


def _machine_code() -> dict[str, str]:
    """Where numba keeps machine code if the package may not be written: the user's cache, as it would by itself."""
    cache = Path(os.path.expanduser(os.environ.get("XDG_CACHE_HOME") or "~/.cache"))
    if _may_be_written(Path(__file__).parents[2] / "sensitivity") or not cache.is_absolute():
        return {}
    return {"NUMBA_CACHE_DIR": str(cache / "numba")}


def _may_be_written(folder: Path) -> bool:
    """Whether files can be made in a folder; Windows says so of every one, so that only trying tells."""
    if os.name != "nt":
        return os.access(folder, os.W_OK)
    attempt = folder / f".{uuid.uuid4().hex}"
    try:
        attempt.touch(exist_ok=False)
        attempt.unlink()
    except OSError:
        return False
    return True
