"""Log the warnings of libraries to one file, never between lines of progress."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
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
            return Path(os.devnull).open("w", encoding="utf-8", newline="\n")


@contextmanager
def kept_apart(log: Path, settings: Path) -> Iterator[None]:
    """
    Send warnings and loggers to a file, and let matplotlib read no settings of the user if it is imported now.

    Parameters
    ----------
    log : Path
        File; it comes about when there is something to say.
    settings : Path
        Folder for matplotlib, in place of the user's, which may be hostile or read-only.
    """
    root, handler, warned = logging.getLogger(), _Log(log), logging.getLogger("py.warnings")
    before = list(warned.handlers)
    root.addHandler(handler)
    logging.captureWarnings(True)
    own = {"MPLCONFIGDIR": str(settings), "MPL_IGNORE_SYSTEM_FONTS": "1", "MPLBACKEND": "agg"}
    try:
        with set_for_now({} if "matplotlib" in sys.modules else own):
            yield
    finally:
        logging.captureWarnings(False)
        warned.handlers[:] = before
        root.removeHandler(handler)
        handler.close()


@contextmanager
def drawn_apart() -> Iterator[None]:
    """Draw outside a run, as `kept_apart` has it: no setting and no font list of the user is read, none written."""
    with (
        TemporaryDirectory(prefix="workbench-drawn-", ignore_cleanup_errors=True) as place,
        kept_apart(Path(place) / "log.txt", Path(place) / "matplotlib"),
    ):
        yield


@contextmanager
def set_for_now(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables of this process, which new processes inherit, and put them back."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
