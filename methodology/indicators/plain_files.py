"""Read JSON and list folders that anybody may have sent: sizes and depths are bounded, keys given once."""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from methodology.errors import DataError

LARGEST = 5_000_000
"""Bytes of a record or a proposal; ours have less than a tenth of it."""
DEEPEST = 30
MOST_FILES, DEEPEST_FOLDER = 20_000, 20


def read_json(path: Path) -> Any:
    """
    Content of a JSON file that anybody may have written.

    Raises
    ------
    DataError
        If it is no ordinary file, larger than 5 MB, not UTF-8, no JSON, nested too deeply, gives a key twice or holds
        a number or text that nothing else could read.
    """
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise DataError(f"{path.name} is no ordinary file. A link or a device is not read.")
        if about.st_size > LARGEST:
            raise DataError(
                f"{path.name} has {about.st_size / 1e6:.1f} MB; at most {LARGEST / 1e6:g} MB are read. "
                "What the workbench writes is far smaller, so this is another file."
            )
        if not about.st_size:
            raise DataError(
                f"{path.name} is empty. Perhaps a download or copy was interrupted; fetch it again."
            )
        content = json.loads(
            path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number
        )
        _bounded(content)
    except RecursionError:
        raise DataError(f"{path.name} is nested too deeply; at most {DEEPEST} levels are read.") from None
    except OSError as fault:
        raise DataError(f"{path.name} cannot be read: {fault.strerror or type(fault).__name__}.") from fault
    except ValueError as fault:
        if isinstance(fault, DataError):
            raise
        raise DataError(f"{path.name} is not JSON that can be read: {fault}.") from None
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {twice[:60]!r} is given twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _bounded(content: Any) -> None:
    """Refuse what is nested too deeply, texts that cannot be written again and numbers that are none."""
    level: list[Any] = [content]
    for _ in range(DEEPEST):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise ValueError(f"it is nested more than {DEEPEST} levels deep")


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from node
        yield from node.values()
    elif isinstance(node, list):
        yield from node
    elif isinstance(node, str):
        node.encode()  # half a surrogate pair is no text
    elif isinstance(node, float) and node in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    elif isinstance(node, int) and node.bit_length() > 1000:
        raise ValueError("a number is too long")


def files_of(folder: Path) -> list[Path]:
    """Files in a folder or below it, sorted; links to folders are not followed, very deep or full ones refused."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        found += [path for path in map(here.joinpath, names) if path.is_file()]
        if len(found) > MOST_FILES:
            raise DataError(
                f"{folder.name or '.'}/ holds more than {MOST_FILES:,} files, which no sample does. Name the folder "
                "in which only the files of plants and experts lie."
            )
        if folders and len(here.relative_to(folder).parts) >= DEEPEST_FOLDER:
            raise DataError(
                f"{folder.name or '.'}/ holds folders more than {DEEPEST_FOLDER} deep. Put the files into one folder."
            )
    return sorted(found)
