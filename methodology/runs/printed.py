"""Cache the text a command prints of a complete run: making it takes longer than finding the run unchanged."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from methodology.errors import DataError
from methodology.indicators.plain_files import read_json
from methodology.languages import current
from methodology.results.store import MANIFEST, Store, write_json
from methodology.runs.hashing import digest, file_digest


def printed(store: Store, folder: Path) -> str | None:
    """The text kept of a run; None if there is none, not as it was kept, of another record or in another language."""
    with suppress(DataError, LookupError, TypeError):
        kept = read_json(_place(store, folder))
        if isinstance(kept["text"], str) and kept["seal"] == _seal(folder, kept["text"]):
            return str(kept["text"])
    return None


def keep_printed(store: Store, folder: Path, text: str) -> None:
    """Keep a text, bound to the record of its run; where it cannot be written, it is made again next time."""
    with suppress(OSError):
        write_json(_place(store, folder), {"text": text, "seal": _seal(folder, text)})


def _seal(folder: Path, text: str) -> str:
    return digest([file_digest(folder / MANIFEST), current(), text])


def _place(store: Store, folder: Path) -> Path:
    return store.cache / "printed" / f"{folder.parent.name}-{folder.name}.json"
