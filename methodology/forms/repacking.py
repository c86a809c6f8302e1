"""Office files are zip archives; rewritten without times, the same content gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

EPOCH = (1980, 1, 1, 0, 0, 0)


def repacked(content: bytes, *, instead: tuple[bytes, bytes] = (b"", b"")) -> bytes:
    """The same archive, members in order of name (the content types first), times of 1980, one text for another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            new.writestr(member, old.read(name).replace(*instead))
    return out.getvalue()


def written(document: Any, path: Path) -> Path:
    """Write a Word document; the same content gives the same bytes."""
    out = io.BytesIO()
    document.save(out)
    path.write_bytes(repacked(out.getvalue()))
    return path
