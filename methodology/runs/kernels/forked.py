"""Fork warm, isolated kernels on Linux from a parent that has imported everything already."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

from methodology.runs.kernels.cold import ColdKernels, Task

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

_KILLED = -9
_PARENT = "methodology.runs.kernels.warm_parent"


def can_fork() -> bool:
    """Whether forked kernels work here."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class WarmParent:
    """
    The other end of `warm_parent`.

    Parameters
    ----------
    modules : list of str
        What it imports before the first fork.
    environment : dict
        Its environment variables, the same as its kernels'.
    place : Path
        Private folder of the kernels; what libraries say while they are imported is kept there.
    """

    def __init__(self, modules: list[str], environment: dict[str, str], place: Path) -> None:
        ours, theirs = socket.socketpair()
        with theirs, (place / "parent.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", _PARENT, str(theirs.fileno()), str(place)],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._socket = ours
        self._answers: IO[str] = ours.makefile("r", encoding="utf-8")
        self._lock = Lock()
        self._dead: list[int] = []
        self.prepare(modules)

    def prepare(self, modules: list[str]) -> None:
        """Have more imported, between orders; of one that is gone the next fork says so, and a cold kernel follows."""
        with self._lock, contextlib.suppress(OSError):
            self._send(modules)

    @property
    def pid(self) -> int:
        """Process id of the parent."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still answers."""
        return self._process.poll() is None

    def _send(self, order: Any) -> None:
        self._socket.sendall(json.dumps(order).encode() + b"\n")

    def bury(self, pid: int) -> None:
        """Have a kernel that has ended forgotten with the next order; until then its process id stays its own."""
        self._dead.append(pid)

    def start(self, order: dict[str, Any]) -> _Process:
        """
        A new kernel, or a process that carries out a task.

        Raises
        ------
        ConnectionError
            If the parent is gone, or refuses.
        """
        with self._lock:
            dead, self._dead = self._dead, []
            self._send(order | {"dead": dead})
            line = self._answers.readline()
        if not line:
            raise ConnectionError("the parent of the kernels is gone")
        answer = json.loads(line)
        if "fault" in answer:
            raise ConnectionError(answer["fault"])
        return _Process(int(answer["pid"]), self)

    def close(self) -> None:
        """Let it go, with all its kernels."""
        with contextlib.suppress(OSError):
            self._send(None)
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for an answer
        self._answers.close()
        self._socket.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Process:
    """
    A forked kernel, as far as `LocalProvisioner` asks of a `subprocess.Popen`.

    Whether it lives is asked of the system, not of its parent, which may be busy importing.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, parent: WarmParent) -> None:
        self.pid = pid
        self._parent = parent
        self._code: int | None = None
        try:
            self._handle = os.pidfd_open(pid)
        except ProcessLookupError:  # it died with its parent
            self._code = _KILLED

    def _ends_within(self, milliseconds: int | None) -> bool:
        if self._code is None:
            ended = select.poll()
            ended.register(self._handle, select.POLLIN)
            if ended.poll(milliseconds):
                self._code = _KILLED
                os.close(self._handle)
                self._parent.bury(self.pid)
        return self._code is not None

    def poll(self) -> int | None:
        self._ends_within(0)
        return self._code

    def join(self) -> None:
        """Wait until it ends by itself."""
        self._ends_within(None)

    def kill(self) -> None:
        if self._code is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._ends_within(None)

    def wait(self) -> int:
        self.kill()
        return _KILLED

    def send_signal(self, signum: int) -> None:
        os.kill(self.pid, signum)


class ForkedKernels(ColdKernels):
    """A forked process per notebook; what notebooks will import is told to `prepare` once it is known."""

    name = "forked"

    def __init__(self, *, cores: int = 1) -> None:
        super().__init__(cores=cores)
        self._modules: list[str] = []
        self._starting = Lock()
        self.warm = WarmParent([], self.environment, self.place)

    def manager(self, imports: Sequence[str] = ()) -> AsyncKernelManager:
        """A manager whose kernel will be forked; a parent that died has been replaced."""
        manager = super().manager(imports)
        with self._starting:
            if not self.warm.is_alive:
                self.warm.close()
                self.warm = WarmParent(self._modules, self.environment, self.place)
        from methodology.runs.kernels.managers import fork_instead

        fork_instead(manager, self.warm, imports)
        return manager

    def prepare(self, modules: list[str]) -> None:
        """Have the parent import more while it has nothing else to do."""
        with self._starting:
            self._modules += modules
            self.warm.prepare(modules)

    def carry_out(self, task: Task, folder: Path, modules: Sequence[str] = ()) -> bool:
        """Call `task(folder)` in a process of its own, in which nothing need be imported any more, least `modules`."""
        answer = self.place / f"{uuid.uuid4().hex[:8]}.answer"
        try:
            handed = base64.b64encode(pickle.dumps((task, folder))).decode()
            order: dict[str, Any] = {"task": handed, "answer": str(answer), "modules": list(modules)}
            order |= {
                "cwd": os.getcwd(),
                "environment": self.environment,
                "log": str(self.place / "parent.txt"),
            }
            self.warm.start(order).join()
            fault = pickle.loads(answer.read_bytes())  # noqa: S301 - written by this run, where nobody else can write
        except (pickle.PicklingError, AttributeError, TypeError, OSError, ValueError):
            return False  # it cannot be handed over, or its process was killed: the caller can do it as well
        if fault is not None:
            raise fault
        return True

    def close(self) -> None:
        """Leave nothing behind: the parent takes its kernels with it."""
        self.warm.close()
        super().close()
