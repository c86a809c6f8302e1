"""Finished stages, kept by the hash of all that decided them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from methodology.errors import DataError
from methodology.indicators.plain_files import read_json
from methodology.results.received import fitted
from methodology.results.records import Kept, Record
from methodology.results.store import copy, rename, write_json
from methodology.runs.hashing import digest, entries_below, file_digest

_RECORD = "record.json"
_LATEST = "latest"


@dataclass(frozen=True)
class Cache:
    """A folder of finished stages."""

    root: Path

    def _entry(self, key: str) -> Path:
        return self.root / key[:2] / key

    def peek(self, key: str) -> Record | None:
        """The record of a finished stage, without looking at its files."""
        record = _read(self._entry(key) / _RECORD)
        return record if record is not None and record.key == key else None

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
        """Keep a finished stage: whole, under its key; one that a crash has damaged is none, as `fetch` sees."""
        entry = self._entry(record.key)
        entry.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=entry.parent))
        try:
            for name in record.outputs:
                copy(staging / "results" / name, part / "results" / name)
            copy(staging / "notebooks" / notebook, part / "notebook.ipynb")
            write_json(part / _RECORD, _sealed(record))
            if entry.exists():
                shutil.rmtree(entry)
            rename(part, entry)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            if not entry.exists():
                raise
        self._note(record, system)

    def _note(self, record: Record, system: str) -> None:
        write_json(self.root / _LATEST / system / f"{record.stage}.json", _sealed(record))

    def latest(self, system: str, stage: str) -> Record | None:
        """The stage as it was last executed for this system, to say what changed and how long it took."""
        record = _read(self.root / _LATEST / system / f"{stage}.json")
        return record if record is not None and record.stage == stage else None

    def forget_old(self) -> list[Path]:
        """Remove every stage but the one executed last for each system."""
        latest = [_read(path) for path in self.root.glob(f"{_LATEST}/*/*.json")]
        wanted = {record.key for record in latest if record is not None}
        old = [
            path
            for path in sorted(self.root.glob("??/*"))
            if path.name not in wanted
            and path.is_dir()
            and not (path.is_symlink() or path.parent.is_symlink())
        ]
        for path in old:
            shutil.rmtree(path)
        shutil.rmtree(self.root / "printed", ignore_errors=True)
        return old


def _sealed(record: Record) -> dict[str, object]:
    content = record.model_dump(mode="json")
    return {"record": content, "seal": digest(content)}


def _read(path: Path) -> Record | None:
    """A record as it was written; one that is damaged, or was edited, is none."""
    with suppress(DataError):
        kept = fitted(Kept, read_json(path), path.name, "")
        if kept.seal == digest(kept.record.model_dump(mode="json")):
            return kept.record
    return None


def _is_intact(entry: Path, record: Record) -> bool:
    """Whether an entry holds the files of its record, as they were, and no others."""
    files = {f"results/{name}": value for name, value in record.outputs.items()}
    files["notebook.ipynb"] = record.notebook
    there, strange = entries_below(entry)
    if strange or set(there) != {*files, _RECORD}:
        return False
    return all(file_digest(entry / name) == value for name, value in files.items())


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
