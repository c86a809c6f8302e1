"""Hash contents and files, and list everything that stands in a folder."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
_CHUNK = 1 << 20
_LONGEST = 400
"""Characters of a folder's path that is looked into; no run has a longer one, and systems refuse those of thousands."""
_JUNCTION = 0xA0000003
"""What Windows says of a folder that leads elsewhere and is no link."""
_LEFT_BEHIND = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


def digest(content: Any) -> str:
    """SHA-256 of bytes, or of anything JSON can hold."""
    if not isinstance(content, bytes):
        content = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(content).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return _file_digest(path, *_stamp(path))


@lru_cache(maxsize=4096)
def _file_digest(path: Path, *_: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def text_digest(path: Path) -> str:
    """SHA-256 of a file of the project: of a text without regard to how its lines end, which git may have changed."""
    return _text_digest(path, *_stamp(path))


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file is edited, even by somebody who puts its time back."""
    about = path.stat()
    return about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino


@lru_cache(maxsize=4096)
def _text_digest(path: Path, *_: int) -> str:
    found = hashlib.sha256()
    with path.open("rb") as stream:
        chunk = stream.read(_CHUNK)
        is_text = b"\0" not in chunk
        while chunk:
            if is_text and chunk.endswith(b"\r"):
                chunk += stream.read(1)
            found.update(chunk.replace(b"\r\n", b"\n") if is_text else chunk)
            chunk = stream.read(_CHUNK)
    return found.hexdigest()


def is_left_behind(name: str) -> bool:
    """Whether a file is one that macOS and Windows put into any folder somebody looks at: it belongs to nothing."""
    return name.casefold() in _LEFT_BEHIND


def entries_below(folder: Path) -> tuple[list[str], list[str]]:
    """
    Ordinary files below `folder` by their paths there, and whatever else there is: links, devices, odd folders.

    Files that operating systems leave behind are passed over.
    """
    files: list[str] = []
    strange: list[str] = []
    waiting = [""]
    while waiting:
        place = waiting.pop()
        with os.scandir(folder / place) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        if place and not found:
            strange.append(place)
        for entry in found:
            name = f"{place}/{entry.name}" if place else entry.name
            about = entry.stat(follow_symlinks=False)
            if getattr(about, "st_reparse_tag", 0) == _JUNCTION:
                strange.append(name)
            elif stat.S_ISDIR(about.st_mode) and len(name) <= _LONGEST:
                waiting.append(name)
            elif not stat.S_ISREG(about.st_mode) or not is_left_behind(entry.name):
                (files if stat.S_ISREG(about.st_mode) else strange).append(name)
    return sorted(files), sorted(strange)


def files_below(folder: Path) -> dict[str, str]:
    """Digest of every ordinary file below `folder`, by its path there."""
    names = entries_below(folder)[0] if folder.is_dir() else []
    return {name: file_digest(folder / name) for name in names}
