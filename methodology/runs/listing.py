"""Which runs there are, and which may go."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pandas as pd

from methodology.languages import by_line, say
from methodology.parameters import Project
from methodology.results.store import Store
from methodology.runs.cache import Cache
from methodology.runs.drafts import runs_of_drafts

_COLUMNS = ("run", "system", "created", "seconds", "commit", "drafts", "why")


def list_runs(runs_dir: Path | str) -> pd.DataFrame:
    """
    List complete runs, oldest first, then those whose record cannot be read.

    Returns
    -------
    DataFrame
        Indexed by run: system, created, seconds, commit, drafts (numbers of the drafts that refer to it), why.
    """
    store = Store(Path(runs_dir))
    drafts = runs_of_drafts(Project.around(store.root).root)
    records, faults = store.readable()
    rows = []
    for record in records.values():
        clean = {True: "", False: " + changes", None: ""}[record["code"]["clean"]]
        rows.append(
            {
                "run": record["run"],
                "system": record["system"],
                "created": record["created"],
                "seconds": record["seconds"],
                "commit": f"{(record['code']['commit'] or 'none')[:9]}{clean}",
                "drafts": ", ".join(drafts.get(record["run"], [])),
                "why": say(by_line(record["why"])),
            }
        )
    blank = dict.fromkeys(_COLUMNS, "") | {"created": "unreadable"}
    rows += [
        blank | {"run": folder.name, "system": folder.parent.name, "why": fault.splitlines()[0]}
        for folder, fault in faults.items()
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).set_index("run")


def prune(runs_dir: Path | str) -> list[Path]:
    """
    Remove runs no draft refers to, what failed and what was abandoned; return the folders.

    Of the finished stages those executed last for each system stay, so that its newest run is back within a second.
    A run that another process owns at this moment is left alone, and so is a folder whose record cannot be read.

    Raises
    ------
    DataError
        If the record of a draft cannot be read: its run might be removed.
    """
    store = Store(Path(runs_dir))
    kept = runs_of_drafts(Project.around(store.root).root, strict=True)
    removed = []
    for folder, record in store.readable()[0].items():
        with store.owned(folder.parent.name, folder.name, wait=False) as free:
            if free and not {folder.name, record["run"]} & kept.keys():
                removed += _remove(folder, store)
    for staging in store.abandoned():
        removed += _remove(staging, store)
    for failed in sorted(store.root.glob(".failed/*/*")):
        removed += _remove(failed, store)
    return removed + Cache(store.cache).forget_old()


def _remove(folder: Path, store: Store) -> list[Path]:
    """Remove a folder that really stands in the store; a link to another place is left alone."""
    if folder.resolve() != store.root.resolve() / folder.relative_to(store.root):
        return []
    whole = (
        os.name == "nt" and folder.parent.parent == store.root
    )  # or it would stay in half where a file is open
    gone = store.set_aside(folder, "removed") if whole else folder
    try:
        shutil.rmtree(gone)
    except (RecursionError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno not in (errno.EMFILE, errno.ENAMETOOLONG):
            raise
        _flattened(gone)
        shutil.rmtree(gone)
    return [folder]


def _flattened(folder: Path) -> None:
    """Bring up what lies deeper than can be followed, so that every path in the folder is short."""
    moved = 0
    while children := [child for child in os.scandir(folder) if child.is_dir(follow_symlinks=False)]:
        for child in children:
            for grandchild in [entry for entry in os.scandir(child) if entry.is_dir(follow_symlinks=False)]:
                moved += 1
                os.rename(grandchild, folder / f".deep-{moved}")
            shutil.rmtree(child)
