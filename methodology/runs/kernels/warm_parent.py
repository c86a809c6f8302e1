"""Run the process kernels are forked from: it has imported everything, and has neither threads nor sockets of zmq.

Started by `forking.ForkedKernels` as `python -m methodology.runs.kernels.warm_parent FD PLACE`. It reads one line of
JSON after the other from the socket FD: an order, for a kernel or for a task, is answered with one line; a list names
modules, which it imports between orders; `null` says goodbye. When the other end closes, it takes its kernels with it;
if that was without a goodbye, the runner was killed, and the private folder PLACE goes as well.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import gc
import importlib
import json
import os
import pickle
import select
import shutil
import signal
import socket
import sys
import time
from typing import Any

INLINE = "module://matplotlib_inline.backend_inline"
KERNEL_MODULES = (
    "IPython",
    "IPython.core.completer",
    "IPython.core.pylabtools",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "methodology.runs.kernels.stage_kernel",
    "tornado.platform.asyncio",
    "comm",
    "sqlite3",
    "psutil",
)
_DIE_WITH_PARENT = 1
_PATIENCE = 50
_COLLECT = (500_000, 20, 100)
"""Allocations between collections: imports make objects that stay, and a kernel is killed when it is done."""


class _Kernel:
    """What pandas takes for IPython's shell in a kernel; without it `display.max_columns` would differ."""

    kernel = None


def preload(name: str) -> None:
    """
    Import what kernels will import; what cannot be imported is the notebook's to complain about.

    `module:function` is called besides: what a first call would cost every kernel is paid once.
    """
    builtins.get_ipython = _Kernel  # type: ignore[attr-defined]
    os.environ["MPLBACKEND"] = INLINE
    try:
        with contextlib.suppress(Exception):
            place, _, function = name.partition(":")
            module = importlib.import_module(place)
            if function:
                getattr(module, function)()
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]


def _die_with_parent(parent: int) -> None:
    """Have the system kill this process when its parent dies, even by SIGKILL."""
    import ctypes

    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _become(order: dict[str, Any], parent: int) -> None:
    """In the child: the process a cold start would have made, from environment to streams; never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        _die_with_parent(parent)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.chdir(order["cwd"])
        os.environ.clear()
        os.environ.update(order["environment"])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(None)  # siblings must not share unseeded numbers
        _carry_out(order) if "task" in order else _serve_cells(order["argv"])
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def _serve_cells(argv: list[str]) -> None:
    from methodology.runs.kernels.stage_kernel import StageKernel

    sys.argv = argv
    StageKernel.launch_instance(argv=argv[1:])


def _carry_out(order: dict[str, Any]) -> None:
    """Call what was handed over, and leave beside it what it raised, or nothing."""
    task, folder = pickle.loads(base64.b64decode(order["task"]))  # noqa: S301 - from the run that started this process
    fault: Exception | None = None
    try:
        task(folder)
    except Exception as raised:
        fault = raised
    told = pickle.dumps(fault)
    with open(f"{order['answer']}.part", "wb") as file:
        file.write(told)
    os.replace(f"{order['answer']}.part", order["answer"])


class _Nursery:
    """The kernels of this parent."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._alive: set[int] = set()

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        """Forget kernels that have ended, import what is missing, fork."""
        for pid in order["dead"]:
            self._reap(pid)
        for name in (*([] if "task" in order else KERNEL_MODULES), *order["modules"]):
            preload(name)
        if threads() > 1:
            return {"fault": "the parent of the kernels has threads, so it must not fork"}
        return {"pid": self._fork(order)}

    def _fork(self, order: dict[str, Any]) -> int:
        parent = os.getpid()
        gc.freeze()  # or the children's collector copies every page it looks at
        pid = os.fork()
        if pid == 0:
            self._stream.close()
            _become(order, parent)
        with contextlib.suppress(OSError):  # the child does the same; whoever is first
            os.setpgid(pid, pid)
        self._alive.add(pid)
        return pid

    def _reap(self, pid: int) -> None:
        if pid in self._alive:
            os.waitpid(pid, 0)
            self._alive.discard(pid)

    def close(self) -> None:
        """Kill every kernel that is left."""
        for pid in list(self._alive):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            self._reap(pid)


def threads() -> int:
    """Threads of this process as the system counts them; a fork would lose all but one."""
    for _ in range(_PATIENCE):
        count = len(os.listdir("/proc/self/task"))
        if count == 1:
            break
        time.sleep(0.001)  # one that has been joined is still listed for a moment
    return count


class _Lines:
    """What the other end says, line by line."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream, self._read, self.goodbye = stream, b"", False

    @property
    def waiting(self) -> bool:
        """Whether there is something to read."""
        return b"\n" in self._read or bool(select.select([self._stream], [], [], 0)[0])

    def next(self) -> Any:
        """The next line; None when the other end has closed or, with `goodbye`, is about to."""
        while b"\n" not in self._read:
            more = self._stream.recv(1 << 16)
            if not more:
                return None
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        self.goodbye = line == b"null"
        return json.loads(line)


def main(descriptor: int, place: str) -> None:
    """Answer orders until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*_COLLECT)
    stream = socket.socket(fileno=descriptor)
    nursery, lines = _Nursery(stream), _Lines(stream)
    killed = True
    try:
        killed = not _serve(stream, nursery, lines)
    finally:
        nursery.close()
        if killed:
            shutil.rmtree(place, ignore_errors=True)


def _serve(stream: socket.socket, nursery: _Nursery, lines: _Lines) -> bool:
    """Answer; return whether the other end has said goodbye."""
    wanted = list(KERNEL_MODULES)  # a task may be asked for first, which does without
    with contextlib.suppress(ConnectionError):  # the runner was killed while it was being answered
        while True:
            while wanted and not lines.waiting:
                preload(wanted.pop(0))
            order = lines.next()
            if order is None:
                return lines.goodbye
            if isinstance(order, list):
                wanted += order
            else:
                _say(stream, nursery.answer(order))
    return False


def _say(stream: socket.socket, answer: dict[str, Any]) -> None:
    stream.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
