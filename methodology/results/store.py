"""Where runs stand on disk: a folder appears whole or not at all, and nothing finished is ever lost.

runs/<system>/<run id>/            complete runs
runs/.staging/<system>/<run id>/   being made, owned by whoever holds its lock
runs/.failed/<system>/             what was there when a stage failed
runs/.cache/                       finished stages
runs/.logs/<system>/<run id>/      what was said on the side by a stage of a run that succeeded
runs/.locks/
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from methodology.errors import DataError, ParameterError
from methodology.indicators.plain_files import read_json
from methodology.indicators.shown import Cell, table_html
from methodology.languages import Words, by_line

MANIFEST = "manifest.json"
PARAMETERS = "parameters.yaml"
CRATE = "ro-crate-metadata.json"
PUBLIC, INTERNAL = "public", "internal"
"""Evidence that may leave the house, and evidence that may not."""
PROPOSAL = "proposal.json"
DRAFT = "draft.yaml"
_MOVES = 20
_PAUSE = 0.1
_SYNCED_AT_ONCE = 8
_LONGEST_ON_WINDOWS = 120
"""Characters of a staging folder's path; the longest name in a run takes the rest of the 260 Windows allows."""


_SHOWN = (*(Words("测算", "run"), Words("系统", "system"), Words("时间", "made"), Words("缘由", "why")),)


@dataclass(frozen=True)
class Store:
    """A folder of runs."""

    root: Path

    def _repr_html_(self) -> str:
        made = self.readable()[0]
        rows: list[list[Cell]] = [
            [*(str(record[name]) for name in ("run", "system", "created")), by_line(record["why"])]
            for record in made.values()
        ]
        return table_html(Words(f"{len(rows)}次测算", f"{len(rows)} runs"), _SHOWN, reversed(rows))

    def folder(self, system: str, run: str) -> Path:
        """Where a complete run stands."""
        return self.root / system / run

    def staging(self, system: str, run: str) -> Path:
        """Where a run is made; the last part is the run's id, as in its final place."""
        return self.root / ".staging" / system / run

    @property
    def cache(self) -> Path:
        """Finished stages, by key."""
        return self.root / ".cache"

    @property
    def logs(self) -> Path:
        """What was said on the side, below it by system and run: it is no result, and differs between machines."""
        return self.root / ".logs"

    def has_runs(self, system: str) -> bool:
        """Whether anything was ever made for a system, complete or reusable."""
        return (self.root / system).is_dir() or (self.cache / "latest" / system).is_dir()

    @contextmanager
    def owned(self, system: str, run: str, *, wait: bool = True) -> Iterator[bool]:
        """
        Hold the lock of one run id; the system lets it go when its holder dies.

        Yields
        ------
        bool
            False if another process holds it and `wait` is False.
        """
        from filelock import FileLock, Timeout

        path = self.root / ".locks" / f"{system}-{run}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=-1 if wait else 0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def begin(self, system: str, run: str) -> Path:
        """An empty staging folder; call it while owning the run."""
        staging = self.staging(system, run)
        if os.name == "nt" and len(str(staging.resolve())) > _LONGEST_ON_WINDOWS:
            raise ParameterError(
                f"The path of the runs is too long for Windows ({staging.resolve()}). Choose a shorter one with "
                "--runs; for a verification, with the variable TEMP."
            )
        if staging.exists():
            shutil.rmtree(staging)
        for part in ("notebooks", "results"):
            (staging / part).mkdir(parents=True)
        return staging

    def publish(self, staging: Path, folder: Path) -> Path:
        """Move a finished run into place: everything is on disk before its name is."""
        with ThreadPoolExecutor(_SYNCED_AT_ONCE) as pool:  # one by one they wait for the disk as often
            list(pool.map(sync, [*staging.rglob("*"), staging]))
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            self.set_aside(folder, "replaced")
        rename(staging, folder)
        sync(folder.parent)
        return folder

    def set_aside(self, folder: Path, word: str) -> Path:
        """Move a folder of a run below `.failed/`, where nothing is overwritten."""
        kept = self.aside(folder, word)
        rename(folder, kept)
        return kept

    def aside(self, folder: Path, word: str) -> Path:
        """A name below `.failed/` that nothing has, for what belongs to a folder of a run."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        kept = self.root / ".failed" / folder.parent.name / f"{stamp}-{folder.name}-{word}"
        number = 1
        while kept.exists():
            number += 1
            kept = kept.with_name(f"{stamp}-{folder.name}-{word}-{number}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        return kept

    def abandoned(self) -> Iterator[Path]:
        """Staging folders whose makers died."""
        for staging in sorted(self.root.glob(".staging/*/*")):
            with self.owned(staging.parent.name, staging.name, wait=False) as free:
                if free and staging.is_dir():
                    yield staging

    def runs(self) -> list[Path]:
        """Folders of complete runs, oldest first; a folder whose record cannot be read is none."""
        return list(self.readable()[0])

    def readable(self) -> tuple[dict[Path, dict[str, Any]], dict[Path, str]]:
        """Records of complete runs by folder, oldest first, and why a record cannot be read, by folder."""
        found: dict[Path, dict[str, Any]] = {}
        faults: dict[Path, str] = {}
        for path in sorted(self.root.glob(f"[!.]*/*/{MANIFEST}")):
            folder = path.parent
            if folder.is_symlink() or folder.parent.is_symlink():
                continue
            try:
                found[folder] = read_manifest(folder)
            except DataError as fault:
                faults[folder] = str(fault)
        order = sorted(found, key=lambda folder: (found[folder]["created"], folder.name))
        return {folder: found[folder] for folder in order}, faults


def sync(path: Path) -> None:
    """Force a file or a folder's entries to disk, where the system knows how."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy(source: Path, target: Path) -> None:
    """Copy a file's content; folders are made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def write_whole(path: Path, content: str) -> None:
    """Write a text file so that a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(content, encoding="utf-8", newline="\n")
        rename(part, path, over=True)
    except BaseException:
        part.unlink(missing_ok=True)  # half a file, on a disk that may be full
        raise


def write_json(path: Path, content: Any) -> None:
    """Write JSON with its order kept."""
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def rename(source: Path, target: Path, *, over: bool = False) -> None:
    """Move, `over` a file if asked; Windows refuses while a scanner or a dying kernel still holds a file in it."""
    move = os.replace if over else os.rename
    for left in reversed(range(_MOVES)):
        try:
            move(source, target)
            return
        except PermissionError:
            if os.name != "nt" or not left:
                raise
            time.sleep(_PAUSE)


def read_manifest(folder: Path) -> dict[str, Any]:
    """
    The record of a run, which anybody may have written: see `records.Manifest`.

    Raises
    ------
    DataError
        If `folder` is not the folder of a complete run, or its record is not one this version writes.
    """
    from methodology.results.received import fitted
    from methodology.results.records import FORMAT, Manifest

    if not (folder / MANIFEST).is_file():
        raise DataError(
            f"{folder.name!r} is not the folder of a complete run: it has no readable {MANIFEST}. "
            "Give the path that `workbench run` printed last."
        )
    content = read_json(folder / MANIFEST)
    if isinstance(content, dict) and content.get("format") != FORMAT:
        raise DataError(
            f"{MANIFEST} in {folder.name!r} is not a record of format {FORMAT}, which this version reads. "
            "Make the run again."
        )
    fitted(Manifest, content, MANIFEST, f"{folder.name!r} cannot be read as a run. Make it again.")
    found: dict[str, Any] = content
    return found
