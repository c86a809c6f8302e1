"""Fan-out: thousands of points on a process pool or a dask cluster, resumed where a kill left them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from methodology.parameters import Parameters, Project
from methodology.results.stages import STAGES
from methodology.results.store import Store, write_json, write_whole
from methodology.runs.discretion import without_names
from methodology.runs.environment import deciding, environment
from methodology.runs.fingerprints import ID_LENGTH, PACKAGE, data_files, reached_code
from methodology.runs.hashing import digest, text_digest
from methodology.runs.ingredients import refuse_ingredients
from methodology.runs.kernels.threads import usual_jobs
from methodology.runs.manifest import code_state
from methodology.runs.progress import Event, Listener, ignore
from methodology.runs.sweeps.design import Scalar, Sweep, load_sweep, runs_of
from methodology.runs.sweeps.point import Row
from methodology.runs.sweeps.workers import workers_of

FOLDER = "sweeps"
_JOURNAL = "points.jsonl"


def sweep(
    path: Path | str,
    *,
    runs_dir: Path | str,
    scheduler: str | None = None,
    jobs: int | None = None,
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
    jobs : int, optional
        Processes of the pool, without a scheduler; by default as many as there are processors, at most two.
    progress : callable
        Hears how many points are done.

    Returns
    -------
    Path
        `points.csv`: system, one column per varied choice, share_I to share_III (plants at the level or better),
        mean_Y_I to mean_Y_III, chance_I to chance_III (the shares expected under the stated noise), moved (chance
        that a plant stands elsewhere under noise), refused. The same bytes whichever way it was computed; points that
        say the same stand once.

    Raises
    ------
    ParameterError
        Every fault of the file, and every point the model refuses, before anything is computed; a scheduler's address
        that is none, or that does not answer.
    StageError
        If workers keep dying, or the scheduler is lost; points that are done are kept.
    """
    path = Path(path)
    mapper = workers_of(scheduler, jobs or usual_jobs())
    project = project or Project.around(path.parent)
    plan = load_sweep(path)
    designed = runs_of(plan, project, path.name)
    refuse_ingredients((run for _, run in designed), project)
    points = [(chosen, without_names(run, project)) for chosen, run in designed]
    store = Store(Path(runs_dir))
    name = f"{path.stem}-{_identity(plan, points, project)}"
    with store.owned(FOLDER, name):
        folder = store.folder(FOLDER, name)
        folder.mkdir(parents=True, exist_ok=True)
        done = _read_journal(folder / _JOURNAL, len(points))
        progress(Event("plan", path.stem, "sweep", cell=len(done), cells=len(points)))
        waiting = [
            (number, run.model_dump(mode="json"))
            for number, (_, run) in enumerate(points)
            if number not in done
        ]
        if waiting:
            with (
                (folder / _JOURNAL).open("a", encoding="utf-8", newline="\n") as journal,
                closing(mapper(str(project.root), waiting)) as outcomes,
            ):
                for rows in outcomes:
                    _note(journal, name, rows)
                    done.update(rows)
                    progress(Event("point", path.stem, "sweep", cell=len(done), cells=len(points)))
        _record(folder, plan, project, len(points))
        progress(Event("published", path.stem, "sweep", message=str(len(points))))
        return _write_table(folder, points, done)


def _identity(plan: Sweep, points: list[tuple[dict[str, Scalar], Parameters]], project: Project) -> str:
    """The same file, code, data and environment have the same id, so a journal is never continued with other code."""
    data: dict[str, str] = {}
    for run in {run.system: run for _, run in points}.values():
        for stage in STAGES:
            data |= data_files(stage, run, project)
    code = {
        path.relative_to(PACKAGE).as_posix(): text_digest(path)
        for path in reached_code(["import methodology.runs.sweeps.point"])
    }
    content = {
        "sweep": plan.model_dump(mode="json"),
        "points": [digest(run.model_dump(mode="json")) for _, run in points],
    }
    return digest(content | {"data": data, "code": code, "environment": deciding(environment())})[:ID_LENGTH]


def _read_journal(path: Path, count: int) -> dict[int, Row]:
    """Points finished before; a line that is cut off, damaged or edited is taken out, and its point computed again."""
    if not path.is_file():
        return {}
    written = path.read_bytes()
    kept: list[bytes] = []
    done: dict[int, Row] = {}
    for line in written.splitlines(keepends=True):
        with suppress(ValueError, TypeError, RecursionError):
            number, row, seal = json.loads(line)
            if (
                line.endswith(b"\n")
                and number in range(count)
                and seal == digest([path.parent.name, number, row])
            ):
                done[number] = row
                kept.append(line)
    if b"".join(kept) != written:
        write_whole(path, b"".join(kept).decode())
    return done


def _note(journal: Any, sweep_name: str, rows: Iterable[tuple[int, Row]]) -> None:
    """Write finished points, each with a digest of itself in its sweep: what is read later is what was computed."""
    for number, row in rows:
        sealed = [number, row, digest([sweep_name, number, row])]
        journal.write(json.dumps(sealed, ensure_ascii=False) + "\n")
    journal.flush()
    os.fsync(journal.fileno())


def _record(folder: Path, plan: Sweep, project: Project, computed: int) -> None:
    record = {
        "sweep": plan.model_dump(mode="json"),
        "points": {"stated": plan.count, "computed": computed},
        "code": code_state(project.base),
        "environment": environment(),
    }
    write_json(folder / "sweep.json", record)


def _write_table(
    folder: Path, points: list[tuple[dict[str, Scalar], Parameters]], done: dict[int, Row]
) -> Path:
    import pandas as pd

    from methodology.results.csv_text import to_csv

    rows = [{"system": run.system, **point, **done[number]} for number, (point, run) in enumerate(points)]
    table = pd.DataFrame(rows)
    table = table[[column for column in table.columns if column != "refused"] + ["refused"]]
    write_whole(folder / "points.csv", to_csv(table))
    return folder / "points.csv"
