"""Write what a command was asked for: whole or not at all, and over nothing that is there."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from methodology.errors import DataError
from methodology.results.store import rename

EPOCH = (1980, 1, 1, 0, 0, 0)


def refuse_taken(path: Path, why: str = "nothing is overwritten. 已有同名文件，不予覆盖") -> Path:
    """
    A path at which there is nothing; a link that leads nowhere is something.

    Raises
    ------
    DataError
        If there is something.
    """
    if os.path.lexists(path):
        raise DataError(f"{path} exists. Choose another name: {why}.")
    return path


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """
    Let a file or folder appear whole: what is written at the place this yields becomes it, or is removed.

    Parameters
    ----------
    path : Path
        A file, or a folder that does not exist or is empty.

    Yields
    ------
    Path
        A hidden name beside it, at which there is nothing.
    """
    path = path.resolve()
    part = path.with_name(f".{path.name}.part-{os.getpid()}")
    try:
        yield part
        if part.is_dir():
            settle(part, path)
        else:
            rename(part, path, over=True)
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def settle(part: Path, folder: Path, *, last: str = "") -> None:
    """Move a finished folder into place at once; into one that is there already what is in it, one thing last."""
    if not folder.exists():
        rename(part, folder)
        return
    moved: list[Path] = []
    try:
        for path in sorted(part.iterdir(), key=lambda path: path.name == last):
            moved.append(folder / path.name)
            rename(path, moved[-1])
    except OSError:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise


def repacked(content: bytes, changed: Callable[[str, bytes], bytes] = lambda _, member: member) -> bytes:
    """The same archive, members in order of name (the content types first), times of 1980, each perhaps `changed`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            new.writestr(member, changed(name, old.read(name)))
    return out.getvalue()


def written(document: Any, path: Path) -> Path:
    """Write a Word document; the same content gives the same bytes."""
    out = io.BytesIO()
    document.save(out)
    path.write_bytes(repacked(out.getvalue()))
    return path
