"""List the files of a folder that anybody may have sent: its depth and the number of its files are bounded."""

from __future__ import annotations

import os
from pathlib import Path

from methodology.errors import DataError

MOST_FILES, DEEPEST = 20_000, 20


def files_of(folder: Path) -> list[Path]:
    """
    Files in a folder or below it, sorted; folders that are links are not followed.

    Raises
    ------
    DataError
        If folders are nested more than 20 deep or hold more than 20,000 files.
    """
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        found += [path for path in map(here.joinpath, names) if path.is_file()]
        if len(found) > MOST_FILES:
            raise DataError(
                f"{folder.name or '.'}/ holds more than {MOST_FILES:,} files, which no sample does. Name the folder "
                "in which only the files of plants and experts lie."
            )
        if folders and len(here.relative_to(folder).parts) >= DEEPEST:
            raise DataError(
                f"{folder.name or '.'}/ holds folders more than {DEEPEST} deep. Put the files into one folder."
            )
    return sorted(found)
