"""Warm, isolated kernels on Linux: each is forked from a parent that has imported everything already."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import IO, Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from methodology.errors import StageError
from methodology.runs.kernels import ColdKernels

_KILLED = -9


def can_fork() -> bool:
    """Whether forked kernels work here."""
    return sys.platform == "linux"


class WarmParent:
    """
    The other end of `warm_parent`.

    Parameters
    ----------
    modules : list of str
        What it imports before the first fork.
    environment : dict
        Its environment variables, the same as its kernels'.
    """

    def __init__(self, modules: list[str], environment: dict[str, str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "methodology.runs.warm_parent", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._socket = ours
        self._answers: IO[str] = ours.makefile("r", encoding="utf-8")
        self._lock = Lock()
        with contextlib.suppress(OSError):  # killed already: the first fork says so, and a cold kernel follows
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

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """
        Have one order carried out.

        Raises
        ------
        ConnectionError
            If the parent is gone, or refuses.
        """
        with self._lock:
            self._send(order)
            line = self._answers.readline()
        if not line:
            raise ConnectionError("the parent of the kernels is gone")
        answer = json.loads(line)
        if "fault" in answer:
            raise ConnectionError(answer["fault"])
        return answer

    def close(self) -> None:
        """Let it go, with all its kernels."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for an answer
        self._answers.close()
        self._socket.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Process:
    """A forked kernel, as far as `LocalProvisioner` asks of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, parent: WarmParent) -> None:
        self.pid = pid
        self._parent = parent
        self._code: int | None = None

    def _ask(self, what: str) -> int | None:
        if self._code is None:
            try:
                self._code = self._parent.ask({"do": what, "pid": self.pid})["code"]
            except (ConnectionError, OSError, ValueError):
                self._code = _KILLED  # it died with its parent
        return self._code

    def poll(self) -> int | None:
        return self._ask("poll")

    def kill(self) -> None:
        self._ask("kill")

    def wait(self) -> int:
        code = self._ask("kill")
        return _KILLED if code is None else code

    def send_signal(self, signum: int) -> None:
        os.kill(self.pid, signum)


class ForkedProvisioner(LocalProvisioner):
    """Starts kernels by asking a `WarmParent`; in all else a local kernel."""

    warm: WarmParent
    imports: list[str]

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork instead of starting `cmd`; the child reads the same arguments."""
        launcher = cmd.index("ipykernel_launcher")
        order = {
            "do": "fork",
            "modules": self.imports,
            "argv": cmd[launcher:],
            "cwd": str(kwargs["cwd"]),
            "environment": kwargs["env"],
            "log": kwargs["stdout"].name,
        }
        try:
            pid = self.warm.ask(order)["pid"]
        except (ConnectionError, OSError) as fault:
            raise RuntimeError(f"Kernel did not start: {fault}") from fault
        self.process = _Process(pid, self.warm)  # type: ignore[assignment]
        self.pid = self.pgid = pid  # type: ignore[assignment]
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002 - the base class's signature
        """Kill and reap at once."""
        if self.process:
            self.process.kill()


class ForkedKernels(ColdKernels):
    """
    A forked process per notebook.

    Parameters
    ----------
    modules : list of str
        What notebooks import, straight or through the package.
    cores : int
        Threads that numba may use in one kernel.
    """

    name = "forked"

    def __init__(self, modules: list[str], *, cores: int = 1) -> None:
        super().__init__(cores=cores)
        self._modules = modules
        self._starting = Lock()
        self.warm = WarmParent(modules, self.environment)

    def manager(self, imports: Sequence[str] = ()) -> AsyncKernelManager:
        """A manager whose kernel will be forked; a parent that died has been replaced."""
        manager = super().manager(imports)
        with self._starting:
            if not self.warm.is_alive:
                self.warm.close()
                self.warm = WarmParent(self._modules, self.environment)
        manager.kernel_id = Path(manager.connection_file).stem
        spec = manager.kernel_spec
        if spec is None:
            raise StageError("The running interpreter has no kernel.")
        provisioner = ForkedProvisioner(kernel_id=manager.kernel_id, kernel_spec=spec, parent=manager)
        provisioner.warm = self.warm
        provisioner.imports = list(imports)
        manager.provisioner = provisioner
        return manager

    def close(self) -> None:
        """Leave nothing behind: the parent takes its kernels with it."""
        self.warm.close()
        super().close()
