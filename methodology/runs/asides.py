"""What libraries say in the process that makes runs: kept in one file, never between lines of progress."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any


class _Log(logging.FileHandler):
    """Opened with the first line; where the folder may not be written, what is said is lost."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, mode="w", encoding="utf-8", delay=True)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def _open(self) -> TextIOWrapper | Any:
        try:
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
            return super()._open()
        except OSError:
            return Path(os.devnull).open("w", encoding="utf-8")


@contextmanager
def kept_apart(log: Path) -> Iterator[None]:
    """
    Send warnings and loggers to `log`, and let matplotlib read no settings of the user if it is imported now.

    Parameters
    ----------
    log : Path
        File; it comes about when there is something to say.
    """
    root, handler, warned = logging.getLogger(), _Log(log), logging.getLogger("py.warnings")
    before = list(warned.handlers)
    root.addHandler(handler)
    logging.captureWarnings(True)
    try:
        with _plain_matplotlib():
            yield
    finally:
        logging.captureWarnings(False)
        warned.handlers[:] = before
        root.removeHandler(handler)
        handler.close()


@contextmanager
def _plain_matplotlib() -> Iterator[None]:
    """Imported with a folder of its own it neither reads nor writes the user's, which may be hostile or read-only."""
    if "matplotlib" in sys.modules:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="wb-", ignore_cleanup_errors=True) as place:
        own = {"MPLCONFIGDIR": place, "MPL_IGNORE_SYSTEM_FONTS": "1"}
        before = {name: os.environ.get(name) for name in own}
        os.environ.update(own)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
