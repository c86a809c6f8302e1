"""Points a second of a sweep over eight systems on Dask workers of this machine, and what limits them.

python benchmarks/sweeps.py [--points 10000] [--workers 2 4] [--pool] [--write]

Scheduler and workers are processes of their own that speak over the loopback network, as on a cluster; the pool of
processes without a scheduler is measured beside them if it is asked for. Every way has to write the same table, byte
for byte. What limits is read off the processor: how busy the workers, the scheduler and the sweep itself kept it while
the sweep lasted.
"""

from __future__ import annotations

import argparse
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from machine import machine

from methodology.runs.kernels.threads import SAME_ARITHMETIC

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results"
SYSTEMS = (
    *("ironmaking", "sintering", "pelletizing", "coking"),
    *("converter_steelmaking", "electric_steelmaking", "rolling", "integrated_works"),
)
SWEEP = """
import sys
from methodology.parameters import Project
from methodology.runs.sweeps.sweep import sweep
path, runs, address, jobs = sys.argv[1:]
print(sweep(path, runs_dir=runs, scheduler=address or None, jobs=int(jobs), project=Project.around(".")))
"""
WAIT, POOL = 30.0, "pool of processes"
DRAWS = 1000
"""Of the noise at each point; a run makes twenty times as many, but is one point."""


def written_sweep(place: Path, points: int) -> Path:
    """Shares, noise and promise at once, as a reviewer would ask for; the same number of points for every system."""
    path = place / "scale.yaml"
    content = {
        "why": "How many points a second the workers of one machine compute.",
        "systems": list(SYSTEMS),
        "design": "latin-hypercube",
        "points": max(1, points // len(SYSTEMS)),
        "seed": 20261122,
        "parameters": {
            "sensitivity.weight_concentration": {"low": 50, "high": 1000},
            "sensitivity.threshold_cv": {"low": 0.0, "high": 0.10},
            "thresholds.share_II": {"low": 0.15, "high": 0.30},
            "thresholds.promise": ["marginal", "joint"],
            "sensitivity.draws": [DRAWS],
        },
    }
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


class Child:
    """A process of the cluster, and the processor seconds it has taken when it ends."""

    def __init__(self, place: Path, *command: str) -> None:
        environment = {**os.environ, **SAME_ARITHMETIC}
        with (place / "cluster.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def end(self) -> float:
        """Processor seconds from its start to its end."""
        self._process.terminate()
        _, _, used = os.wait4(self._process.pid, 0)
        self._process.returncode = 0
        return used.ru_utime + used.ru_stime


@contextmanager
def cluster(place: Path, workers: int, taken: dict[str, float]) -> Iterator[str]:
    """The address of a scheduler with so many workers of one thread each; `taken` gets their processor seconds."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet = ("--no-dashboard", "--host", "127.0.0.1")
    scheduler = Child(place, "dask_scheduler", "--port", str(port), *quiet)
    own = (address, "--nthreads", "1", "--no-nanny", "--local-directory", str(place), *quiet)
    started = [Child(place, "dask_worker", *own) for _ in range(workers)]
    try:
        _wait_for(address, workers)
        yield address
    finally:
        taken["workers"] = sum(worker.end() for worker in started)
        taken["scheduler"] = scheduler.end()


def _wait_for(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, timeout=WAIT, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=WAIT)


def timed(path: Path, runs: Path, address: str, jobs: int) -> tuple[float, float, bytes]:
    """Clock and processor seconds of one sweep as a process of its own, its pool included, and its table."""
    before, began = _children(), time.perf_counter()
    command = [sys.executable, "-c", SWEEP, str(path), str(runs), address, str(jobs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    table = Path(done.stdout.split()[-1]).read_bytes()
    return time.perf_counter() - began, _children() - before, table


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(points: int, workers: list[int], *, pool: bool) -> pd.DataFrame:
    """One row per way of computing."""
    rows, tables = [], []
    with tempfile.TemporaryDirectory(prefix="bench-sweeps-") as folder:
        place = Path(folder)
        path = written_sweep(place, points)
        count = points // len(SYSTEMS) * len(SYSTEMS)
        for way in (*(("dask", n) for n in workers), *([(POOL, 2)] if pool else [])):
            taken: dict[str, float] = {}
            runs = place / f"{way[0][:4]}{way[1]}"
            if way[0] == POOL:
                clock, own, table = timed(path, runs, "", way[1])
            else:
                with cluster(place, way[1], taken) as address:
                    clock, own, table = timed(path, runs, address, 1)
            rows.append(_row(*way, count, clock, own, taken))
            tables.append(table)
            print(pd.DataFrame(rows[-1:]).to_string(index=False), flush=True)
    if len(set(tables)) > 1:
        sys.exit("The ways do not write the same table.")
    return pd.DataFrame(rows)


def _row(
    name: str, workers: int, points: int, clock: float, own: float, taken: dict[str, float]
) -> dict[str, Any]:
    computing = taken.get("workers", own)
    told = taken["scheduler"] + own if taken else 0.0
    return {
        "way": name,
        "workers": workers,
        "points": points,
        "seconds": round(clock, 1),
        "points a second": round(points / clock, 1),
        "processors busy": round((computing + told) / clock, 2),
        "ms of workers a point": round(1000 * computing / points, 1),
        "ms of scheduler and sweep a point": round(1000 * told / points, 1),
    }


def report(table: pd.DataFrame) -> str:
    """The table as it is committed, with what follows from it."""
    cores, busy = os.cpu_count() or 1, table["processors busy"].max()
    rows = [list(map(str, table.columns)), ["---"] * table.shape[1], *table.astype(str).to_numpy().tolist()]
    dask = table[table["way"] == "dask"]
    most = (dask["ms of workers a point"] / dask["ms of scheduler and sweep a point"].clip(lower=0.1)).min()
    lines = [
        "# Sweeps on Dask",
        "",
        f"{machine()}, load {os.getloadavg()[0]:.1f} at the end, its own included. "
        f"{len(SYSTEMS)} systems, {DRAWS:,} draws of the noise a point; scheduler and workers are processes of this "
        "machine that speak over the loopback network; a pool has no scheduler. All wrote the same table, byte for "
        "byte.",
        "",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        f"What limits: {busy:.2f} of {cores} processors were busy at most. Points are independent, and a worker has "
        f"{most:.0f} times the work with a point that scheduler and sweep have with it: processors are the limit until "
        f"about {most:.0f} workers keep those two busy.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--points", type=int, default=10_000)
    options.add_argument("--workers", type=int, nargs="+", default=[2, 4])
    options.add_argument("--pool", action="store_true", help="and two processes without a scheduler")
    options.add_argument("--write", action="store_true", help="write benchmarks/results/sweeps.*")
    chosen = options.parse_args()
    table = measured(chosen.points, chosen.workers, pool=chosen.pool)
    print(report(table))
    if chosen.write:
        table.to_csv(RESULTS / "sweeps.csv", index=False)
        (RESULTS / "sweeps.md").write_text(report(table), encoding="utf-8")


if __name__ == "__main__":
    main()
