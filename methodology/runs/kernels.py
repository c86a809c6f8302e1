"""Kernels for stages: cold ones of this very interpreter, over sockets nobody else sees."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from methodology.runs.limits import ONE_THREAD

_LEFT_OUT = ("PYTHONWARNINGS", "PYTHONSTARTUP", "MPLBACKEND", "JPY_PARENT_PID", "PYTEST_CURRENT_TEST")


class OwnInterpreter(KernelSpecManager):
    """Knows one kernel, the running interpreter; a kernelspec in the user's home cannot stand in for it."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The spec of this interpreter, whatever the name."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name=kernel_name,
            language="python",
        )


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
        # A socket's path may have 107 bytes, so it cannot stand in the run folder.
        self.place = Path(tempfile.mkdtemp(prefix="wb-"))
        self._managers: list[AsyncKernelManager] = []
        self.environment = kernel_environment(self.place, cores)

    def manager(self, imports: Sequence[str] = ()) -> AsyncKernelManager:  # noqa: ARG002 - warm ones use it
        """A manager whose kernel has not been started; `imports` is what its notebook will import."""
        name = uuid.uuid4().hex[:8]
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=OwnInterpreter(),
            connection_file=str(self.place / f"{name}.json"),
        )
        if os.name == "posix":
            manager.transport = "ipc"
            manager.ip = str(self.place / name)
        self._managers.append(manager)
        return manager

    def prepare(self, modules: list[str]) -> None:
        """Hear what notebooks will import; a new process imports it itself."""

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


def kernel_environment(place: Path, cores: int) -> dict[str, str]:
    """
    Environment variables of every kernel: nothing of the user's set-up may reach a result.

    Parameters
    ----------
    place : Path
        Private folder for IPython's profile, so that start-up files in the user's home are not run.
    cores : int
        Threads for numba.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    bounded = dict.fromkeys(ONE_THREAD, "1")
    return (
        kept
        | bounded
        | {
            "NUMBA_NUM_THREADS": str(max(1, cores)),
            "PYTHONHASHSEED": "0",
            "IPYTHONDIR": str(place / "ipython"),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # or the debugger nobody uses warns about itself
            "JE_ARROW_MALLOC_CONF": "background_thread:false",  # pyarrow's thread would forbid forking
        }
    )
