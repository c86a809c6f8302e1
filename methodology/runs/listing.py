"""Which runs there are, and which may go."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from methodology.parameters import Project
from methodology.runs.cache import Cache
from methodology.runs.drafts import runs_of_drafts
from methodology.runs.store import Store, read_manifest


def list_runs(runs_dir: Path | str) -> pd.DataFrame:
    """
    List complete runs, oldest first.

    Returns
    -------
    DataFrame
        Indexed by run: system, created, seconds, commit, drafts (numbers of the drafts that refer to it), why.
    """
    store = Store(Path(runs_dir))
    drafts = runs_of_drafts(Project.around(store.root).root)
    rows = []
    for folder in store.runs():
        record = read_manifest(folder)
        clean = {True: "", False: " + changes", None: ""}[record["code"]["clean"]]
        rows.append(
            {
                "run": record["run"],
                "system": record["system"],
                "created": record["created"],
                "seconds": record["seconds"],
                "commit": f"{(record['code']['commit'] or 'none')[:9]}{clean}",
                "drafts": ", ".join(drafts.get(record["run"], [])),
                "why": record["why"],
            }
        )
    columns = ["run", "system", "created", "seconds", "commit", "drafts", "why"]
    return pd.DataFrame(rows, columns=columns).set_index("run")


def prune(runs_dir: Path | str) -> list[Path]:
    """
    Remove runs no draft refers to, what failed and what was abandoned; return the folders.

    Of the finished stages those executed last for each system stay, so that its newest run is back within a second.
    A run that another process owns at this moment is left alone.
    """
    store = Store(Path(runs_dir))
    kept = runs_of_drafts(Project.around(store.root).root)
    removed = []
    for folder in store.runs():
        with store.owned(folder.parent.name, folder.name, wait=False) as free:
            if free and folder.name not in kept:
                shutil.rmtree(folder)
                removed.append(folder)
    for staging in store.abandoned():
        shutil.rmtree(staging)
        removed.append(staging)
    for failed in sorted(store.root.glob(".failed/*/*")):
        shutil.rmtree(failed)
        removed.append(failed)
    return removed + Cache(store.cache).forget_old()
