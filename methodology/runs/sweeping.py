"""Fan-out: thousands of points on a process pool or a dask cluster, resumed where a kill left them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from methodology.errors import MethodError, StageError
from methodology.parameters import Parameters, Project
from methodology.runs.discretion import without_names
from methodology.runs.asides import set_for_now
from methodology.runs.identity import (
    ID_LENGTH,
    PACKAGE,
    data_files,
    digest,
    environment,
    file_digest,
    reached_code,
)
from methodology.runs.limits import SAME_ARITHMETIC
from methodology.runs.manifest import code_state
from methodology.runs.progress import Event, Listener, ignore
from methodology.runs.stages import STAGES
from methodology.runs.store import Store, write_json, write_whole
from methodology.runs.sweep_design import Scalar, Sweep, load_sweep, runs_of
from methodology.runs.sweep_point import Row, compute, die_with_parent

FOLDER = "sweeps"
_JOURNAL = "points.jsonl"
_BATCH = 8
"""Points per task: handing one over costs 2 to 3 ms, computing one 50 or more."""
_RESTARTS = 3
Batch = list[tuple[int, dict[str, Any]]]
Mapper = Callable[[str, list[Batch]], Iterator[list[tuple[int, Row]]]]


def sweep(
    path: Path | str,
    *,
    runs_dir: Path | str,
    scheduler: str | None = None,
    jobs: int = 1,
    project: Project | None = None,
    progress: Listener = ignore,
) -> Path:
    """
    Run a sweep, or go on with it; return its table.

    Parameters
    ----------
    path : Path
        The sweep file.
    runs_dir : Path
        Folder of runs; the sweep stands in `runs_dir/sweeps/<name>-<id>`.
    scheduler : str, optional
        Address of a dask scheduler whose workers see the project at the same path.
    jobs : int
        Processes of the pool, without a scheduler.

    Returns
    -------
    Path
        `points.csv`: system, one column per varied choice, share_I to share_III (plants at the level or better),
        mean_Y_I to mean_Y_III, chance_I to chance_III (the shares expected under the stated noise), moved (chance
        that a plant stands elsewhere under noise), refused. The same bytes whichever way it was computed.

    Raises
    ------
    ParameterError
        Every fault of the file, and every point the model refuses, before anything is computed.
    StageError
        If workers keep dying.
    """
    path = Path(path)
    project = project or Project.around(path.parent)
    plan = load_sweep(path)
    points = [(chosen, without_names(run, project)) for chosen, run in runs_of(plan, project, path.name)]
    store = Store(Path(runs_dir))
    name = f"{path.stem}-{_identity(plan, points, project)}"
    with store.owned(FOLDER, name):
        folder = store.folder(FOLDER, name)
        folder.mkdir(parents=True, exist_ok=True)
        done = _read_journal(folder / _JOURNAL)
        progress(Event("plan", path.stem, "sweep", cell=len(done), cells=len(points)))
        waiting = [
            (number, run.model_dump(mode="json"))
            for number, (_, run) in enumerate(points)
            if number not in done
        ]
        batches = [waiting[start : start + _BATCH] for start in range(0, len(waiting), _BATCH)]
        if batches:
            mapper = _on_dask(scheduler) if scheduler else _on_pool(jobs)
            with (folder / _JOURNAL).open("a", encoding="utf-8", newline="\n") as journal:
                for rows in mapper(str(project.root), batches):
                    _note(journal, rows)
                    done.update(rows)
                    progress(Event("cell", path.stem, "sweep", cell=len(done), cells=len(points)))
        _record(folder, plan, project)
        progress(Event("published", path.stem, "sweep", message=str(len(points))))
        return _write_table(folder, points, done)


def _identity(plan: Sweep, points: list[tuple[dict[str, Scalar], Parameters]], project: Project) -> str:
    """The same file, code, data and environment have the same id, so a journal is never continued with other code."""
    data: dict[str, str] = {}
    for run in {run.system: run for _, run in points}.values():
        for stage in STAGES:
            data |= data_files(stage, run, project)
    code = {
        path.relative_to(PACKAGE).as_posix(): file_digest(path)
        for path in reached_code(["import methodology.runs.sweep_point"])
    }
    content = {
        "sweep": plan.model_dump(mode="json"),
        "points": [run.model_dump(mode="json") for _, run in points],
    }
    return digest(content | {"data": data, "code": code, "environment": environment()})[:ID_LENGTH]


def _read_journal(path: Path) -> dict[int, Row]:
    """Points finished before; a line cut off by a kill is taken out, so that the next one starts on its own."""
    if not path.is_file():
        return {}
    whole = path.read_bytes()
    whole = whole[: whole.rfind(b"\n") + 1]
    with path.open("r+b") as journal:
        journal.truncate(len(whole))
    return dict(map(json.loads, whole.decode().splitlines()))


def _note(journal: Any, rows: Iterable[tuple[int, Row]]) -> None:
    for number, row in rows:
        journal.write(json.dumps([number, row], ensure_ascii=False) + "\n")
    journal.flush()
    os.fsync(journal.fileno())


def _on_pool(jobs: int) -> Mapper:
    """Spread batches over processes; a pool whose worker was killed is replaced."""

    def run(root: str, batches: list[Batch]) -> Iterator[list[tuple[int, Row]]]:
        left = list(range(len(batches)))
        for attempt in range(_RESTARTS + 1):
            with _single_threads(), ProcessPoolExecutor(jobs, get_context("spawn"), die_with_parent) as pool:
                futures = {pool.submit(compute, root, batches[place]): place for place in left}
                try:
                    yield from _as_done(futures, left)
                except BrokenProcessPool as fault:
                    if attempt == _RESTARTS:
                        raise StageError(
                            f"Workers of the sweep died {attempt + 1} times; {len(left)} of {len(batches)} batches are "
                            "left. Perhaps memory runs out: use fewer --jobs. What is finished is kept."
                        ) from fault
            if not left:
                return

    return run


def _as_done(
    futures: dict[Future[list[tuple[int, Row]]], int], left: list[int]
) -> Iterator[list[tuple[int, Row]]]:
    for future in as_completed(futures):
        rows = future.result()
        left.remove(futures[future])
        yield rows


@contextmanager
def _single_threads() -> Iterator[None]:
    """Workers inherit one BLAS thread each and the arithmetic of kernels; more would change sums in the last bit."""
    with set_for_now(SAME_ARITHMETIC):
        yield


def _on_dask(scheduler: str) -> Mapper:
    """Spread batches over the workers of a cluster, which moves those of a worker that dies."""

    def run(root: str, batches: list[Batch]) -> Iterator[list[tuple[int, Row]]]:
        try:
            from distributed import Client
            from distributed import as_completed as as_finished
        except ImportError as fault:
            raise MethodError(
                "--scheduler needs the extra `cluster`: pip install 'cleaner-production-workbench[cluster]'."
            ) from fault
        with Client(scheduler, timeout="20s", set_as_default=False) as client:
            futures = [
                client.submit(compute, root, batch, pure=False, retries=_RESTARTS) for batch in batches
            ]
            for future in as_finished(futures, loop=client.loop):
                yield future.result()

    return run


def _record(folder: Path, plan: Sweep, project: Project) -> None:
    record = {
        "sweep": plan.model_dump(mode="json"),
        "code": code_state(project.root),
        "environment": environment(),
    }
    write_json(folder / "sweep.json", record)


def _write_table(
    folder: Path, points: list[tuple[dict[str, Scalar], Parameters]], done: dict[int, Row]
) -> Path:
    import pandas as pd

    from methodology.runs.csvtext import to_csv

    rows = [{"system": run.system, **point, **done[number]} for number, (point, run) in enumerate(points)]
    table = pd.DataFrame(rows)
    table = table[[column for column in table.columns if column != "refused"] + ["refused"]]
    write_whole(folder / "points.csv", to_csv(table))
    return folder / "points.csv"
