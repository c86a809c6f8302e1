"""Finished stages, kept by the hash of all that decided them."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from methodology.runs.identity import file_digest
from methodology.runs.store import copy, sync, write_json

_RECORD = "record.json"
_LATEST = "latest"


@dataclass(frozen=True)
class Record:
    """
    What is known about a finished stage.

    Attributes
    ----------
    recipe : mapping of label to digest
        See `identity.recipe`.
    inputs, outputs : mapping of file to digest
        Tables read and written, below `results/`.
    notebook : str
        Digest of the executed notebook.
    ended : str
        When it was executed, in ISO 8601, UTC.
    """

    stage: str
    key: str
    recipe: Mapping[str, str]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    notebook: str
    seconds: float
    kernel: str
    ended: str


@dataclass(frozen=True)
class Cache:
    """A folder of finished stages."""

    root: Path

    def _entry(self, key: str) -> Path:
        return self.root / key[:2] / key

    def peek(self, key: str) -> Record | None:
        """The record of a finished stage, without looking at its files."""
        try:
            return Record(**json.loads((self._entry(key) / _RECORD).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def fetch(self, key: str, staging: Path, notebook: str) -> Record | None:
        """Copy a finished stage into `staging`; None if there is none, or if it has been damaged."""
        entry, record = self._entry(key), self.peek(key)
        if record is None or not _is_intact(entry, record):
            shutil.rmtree(entry, ignore_errors=True)
            return None
        for name in record.outputs:
            copy(entry / "results" / name, staging / "results" / name)
        copy(entry / "notebook.ipynb", staging / "notebooks" / notebook)
        return record

    def keep(self, record: Record, staging: Path, notebook: str, system: str) -> None:
        """Keep a finished stage: whole, on disk, under its key."""
        entry = self._entry(record.key)
        entry.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=entry.parent))
        try:
            for name in record.outputs:
                copy(staging / "results" / name, part / "results" / name)
            copy(staging / "notebooks" / notebook, part / "notebook.ipynb")
            write_json(part / _RECORD, asdict(record))
            for path in part.rglob("*"):
                sync(path)
            if entry.exists():
                shutil.rmtree(entry)
            os.rename(part, entry)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            if not entry.exists():
                raise
        self._note(record, system)

    def _note(self, record: Record, system: str) -> None:
        write_json(self.root / _LATEST / system / f"{record.stage}.json", asdict(record))

    def latest(self, system: str, stage: str) -> Record | None:
        """The stage as it was last executed for this system, to say what changed and how long it took."""
        try:
            content: dict[str, Any] = json.loads(
                (self.root / _LATEST / system / f"{stage}.json").read_text("utf-8")
            )
            return Record(**content)
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def forget_old(self) -> list[Path]:
        """Remove every stage but the one executed last for each system."""
        wanted = {
            json.loads(path.read_text(encoding="utf-8"))["key"]
            for path in self.root.glob(f"{_LATEST}/*/*.json")
        }
        old = [path for path in sorted(self.root.glob("??/*")) if path.name not in wanted]
        for path in old:
            shutil.rmtree(path)
        shutil.rmtree(self.root / "printed", ignore_errors=True)
        return old


def _is_intact(entry: Path, record: Record) -> bool:
    files = {entry / "results" / name: value for name, value in record.outputs.items()}
    files[entry / "notebook.ipynb"] = record.notebook
    return all(path.is_file() and file_digest(path) == value for path, value in files.items())


def reasons(recipe: Mapping[str, str], inputs: Mapping[str, str] | None, latest: Record | None) -> list[str]:
    """
    Why a stage is stale, in words.

    Parameters
    ----------
    inputs : mapping or None
        Digests of the input tables; None while they are not known yet.
    """
    if latest is None:
        return ["it has not run here"]
    found = [f"{label} changed" for label in recipe if recipe[label] != latest.recipe.get(label)]
    if inputs is not None:
        found += [f"input {file} changed" for file in inputs if inputs[file] != latest.inputs.get(file)]
    return found
