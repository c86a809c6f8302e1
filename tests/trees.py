"""What stands in a folder, to be compared before and after."""

from __future__ import annotations

import hashlib
from pathlib import Path


def tree_of(folder: Path) -> dict[str, str]:
    """Every entry below a folder: a digest, where a link points, or that it is a folder."""
    return {
        path.relative_to(folder).as_posix(): _said_of(path)
        for path in sorted(folder.rglob("*"))
        if "__pycache__" not in path.parts
    }


def _said_of(path: Path) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
