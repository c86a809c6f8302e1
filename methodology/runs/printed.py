"""Cache the text a command prints of a complete run: making it takes longer than finding the run unchanged."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from methodology.errors import DataError
from methodology.indicators.plain_files import read_json
from methodology.languages import Language, current
from methodology.results.received import Sha, Strict, fitted
from methodology.results.store import MANIFEST, Store, write_json
from methodology.runs.hashing import digest, file_digest


class _Printed(Strict):
    manifest: Sha
    language: Language
    text: str
    seal: Sha


def printed(store: Store, folder: Path) -> str | None:
    """The text kept of a run; None if there is none, not as it was kept, of another record or in another language."""
    path = _place(store, folder)
    with suppress(DataError):
        kept = fitted(_Printed, read_json(path), path.name, "")
        bound = [file_digest(folder / MANIFEST), current(), kept.text]
        if [kept.manifest, kept.language, kept.text] == bound and kept.seal == digest(bound):
            return kept.text
    return None


def keep_printed(store: Store, folder: Path, text: str) -> None:
    """Keep a text, bound to the record of its run; where it cannot be written, it is made again next time."""
    manifest = file_digest(folder / MANIFEST)
    seal = digest([manifest, current(), text])
    content = {"manifest": manifest, "language": current(), "text": text, "seal": seal}
    with suppress(OSError):
        write_json(_place(store, folder), content)


def _place(store: Store, folder: Path) -> Path:
    return store.cache / "printed" / f"{folder.parent.name}-{folder.name}.json"
