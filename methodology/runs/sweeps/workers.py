"""Compute the points of a sweep on processes of this machine, or on the workers of a dask cluster."""

from __future__ import annotations

import logging
import multiprocessing
import re
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from methodology.errors import MethodError, ParameterError, StageError
from methodology.runs.asides import set_for_now
from methodology.runs.kernels.threads import SAME_ARITHMETIC
from methodology.runs.sweeps.point import Row, compute, die_with_parent

Point = tuple[int, dict[str, Any]]
Mapper = Callable[[str, list[Point]], Generator[list[tuple[int, Row]], None, None]]
"""From the folder of the project and the points that wait to the outcomes, in the order they come."""
_RESTARTS = 3
_MOST_ON_WINDOWS = 61
"""Processes that Windows lets one pool wait for."""
_CONNECTING = 10
"""Seconds to find a scheduler."""
_ADDRESS = re.compile(r"((tcp|tls|ws|wss|ucx)://)?(\[[0-9a-fA-F:.%]+\]|[^\s/:\[\]]+):\d{1,5}")
_KEPT = "What is finished is kept; the same command goes on from there. 已完成的点均已保存，重复同一命令即可继续。"


def workers_of(scheduler: str | None, jobs: int) -> Mapper:
    """
    Choose who computes.

    Raises
    ------
    ParameterError
        If `scheduler` is no address.
    MethodError
        If it is one, and what speaks to clusters is not installed.
    """
    if not scheduler:
        return _on_pool(jobs)
    if not _ADDRESS.fullmatch(scheduler):
        raise ParameterError(
            f"--scheduler {scheduler[:100]!r} is no address. Write e.g. tcp://10.0.0.5:8786."
        )
    try:
        import distributed  # noqa: F401
    except ImportError as fault:
        raise MethodError(
            "--scheduler needs the extra `cluster`: pip install 'cleaner-production-workbench[cluster]'."
        ) from fault
    return _on_dask(scheduler)


def _on_pool(jobs: int) -> Mapper:
    """Spread points over processes; a pool whose worker was killed is replaced, and one that is left is killed."""
    most = min(jobs, _MOST_ON_WINDOWS) if sys.platform == "win32" else jobs

    def run(root: str, points: list[Point]) -> Generator[list[tuple[int, Row]], None, None]:
        left = dict(points)
        for attempt in range(_RESTARTS + 1):
            pool = ProcessPoolExecutor(
                min(most, len(left)), multiprocessing.get_context("spawn"), die_with_parent
            )
            try:
                yield from _as_done(pool, root, left)
            except BrokenProcessPool as fault:
                if attempt == _RESTARTS:
                    raise StageError(
                        f"Workers of the sweep died {attempt + 1} times; {len(left)} of {len(points)} points are left. "
                        f"Perhaps memory runs out: use fewer --jobs. {_KEPT}"
                    ) from fault
            finally:
                if left:  # stopped, or broken: nobody waits for what is being computed
                    for worker in multiprocessing.active_children():
                        worker.kill()
                pool.shutdown(wait=True, cancel_futures=True)
            if not left:
                return

    return run


def _as_done(
    pool: ProcessPoolExecutor, root: str, left: dict[int, dict[str, Any]]
) -> Generator[list[tuple[int, Row]], None, None]:
    """Outcomes of what is `left`, which they are taken from."""
    futures: list[Future[list[tuple[int, Row]]]] = []
    with set_for_now(SAME_ARITHMETIC):  # workers inherit one BLAS thread each and the arithmetic of kernels
        for point in left.items():
            with _deaf_children():
                futures.append(pool.submit(compute, root, [point]))
    for future in as_completed(futures):
        rows = future.result()
        for number, _ in rows:
            del left[number]
        yield rows


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started meanwhile never hear Ctrl-C, which a terminal sends to all: their owner ends them, silently."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _on_dask(scheduler: str) -> Mapper:
    """Spread points over the workers of a cluster, which moves those of a worker that dies."""

    def run(root: str, points: list[Point]) -> Generator[list[tuple[int, Row]], None, None]:
        from distributed import Client
        from distributed import as_completed as as_finished
        from distributed.scheduler import KilledWorker

        for name in ("distributed", "distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is said below
        try:
            client = Client(scheduler, timeout=_CONNECTING, set_as_default=False)
        except (OSError, ValueError) as fault:
            raise ParameterError(
                f"No dask scheduler answers at {scheduler} within {_CONNECTING} s. Is it started, and is the address "
                "right? 调度器无应答，请检查地址。"
            ) from fault
        with client:
            try:
                futures = [
                    client.submit(compute, root, [point], pure=False, retries=_RESTARTS) for point in points
                ]
                for future in as_finished(futures, loop=client.loop):
                    yield future.result()
            except KilledWorker as fault:
                raise StageError(f"Workers of the cluster keep dying. {_KEPT}") from fault
            except (CancelledError, OSError) as fault:
                raise StageError(f"The dask scheduler at {scheduler} is gone. {_KEPT}") from fault

    return run
