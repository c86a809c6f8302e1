"""A run becomes a numbered draft: a copy that stays, with the run it came from."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from methodology.errors import DataError
from methodology.parameters import Project
from methodology.runs.manifest import altered
from methodology.runs.store import read_manifest, write_whole

FOLDER = "drafts"
RECORD = "draft.yaml"


def propose(folder: Path | str, *, project: Project | None = None) -> Path:
    """
    Make a run the next draft of its system.

    Parameters
    ----------
    folder : Path
        Folder of a complete run.

    Returns
    -------
    Path
        `drafts/<system>/<number>` in the project: a copy of the run with `draft.yaml` (number, run, date).

    Raises
    ------
    DataError
        If the folder is no complete run, or is no longer as it was recorded.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    faults = altered(folder, manifest)
    if faults:
        raise DataError(f"Run {folder.name} cannot become a draft: {'; '.join(faults)}. Run it again.")
    project = project or Project.around(folder)
    _guarded_against_the_last(manifest, project)
    drafts = project.root / FOLDER / manifest["system"]
    drafts.mkdir(parents=True, exist_ok=True)
    while True:
        number = 1 + max((int(path.name) for path in drafts.glob("[0-9]*") if path.name.isdigit()), default=0)
        part = drafts / f".part-{number:02d}-{os.getpid()}"
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(folder, part)
        stamp = datetime.now(UTC).date().isoformat()
        record = {"system": manifest["system"], "draft": number, "run": manifest["run"], "date": stamp}
        write_whole(part / RECORD, yaml.safe_dump(record, sort_keys=False))
        try:
            os.rename(part, drafts / f"{number:02d}")
        except OSError:  # another process took the number
            shutil.rmtree(part)
            if not (drafts / f"{number:02d}").exists():
                raise
            continue
        return drafts / f"{number:02d}"


def _guarded_against_the_last(manifest: Mapping[str, Any], project: Project) -> None:
    """A draft that was not compared with the one before can give plants away by its difference."""
    drafts = project.drafts(manifest["system"])
    last = max(drafts, default=0)
    compared = manifest["parameters"].get("proposal", {}).get("earlier_draft", 0)
    same = last and _record(drafts[last])["run"] == manifest["run"]
    if last and compared != last and not same:
        raise DataError(
            f"Draft {last} of {manifest['system']!r} is out, and run {manifest['run']} was not compared with it "
            f"(proposal.earlier_draft is {compared}). Two drafts a few plants apart tell those plants' figures. "
            f"Run again with --set proposal.earlier_draft={last}."
        )


def _record(draft: Path) -> dict[str, Any]:
    """What a draft says of itself: its system, number, run and date."""
    record: dict[str, Any] = yaml.safe_load((draft / RECORD).read_text(encoding="utf-8"))
    return record


def runs_of_drafts(root: Path) -> dict[str, list[str]]:
    """Numbers of the drafts below a project's root, by the run they came from."""
    found: dict[str, list[str]] = {}
    for path in sorted(root.glob(f"{FOLDER}/*/*/{RECORD}")):
        record = _record(path.parent)
        found.setdefault(str(record["run"]), []).append(str(record["draft"]))
    return found
