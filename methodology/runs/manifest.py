"""The record of a run: what went in, what came out, where and how long; no host, user or absolute path."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from methodology import __version__
from methodology.parameters import Parameters, Project
from methodology.parameters.project import CARRIED
from methodology.results.records import FORMAT, Record
from methodology.results.stages import STAGES, Stage
from methodology.results.store import INTERNAL, PUBLIC
from methodology.runs.environment import environment
from methodology.runs.fingerprints import PACKAGE, data_files, making_digest
from methodology.runs.hashing import digest, files_below, is_left_behind, text_digest

RESULTS = ("results", "notebooks")
EVIDENCE = (PUBLIC, INTERNAL)
_GIT_LIMIT = 20


def build_manifest(
    staging: Path,
    parameters: Parameters,
    project: Project,
    records: Sequence[tuple[Record, bool]],
    *,
    seconds: float,
    stages: tuple[Stage, ...] = STAGES,
) -> dict[str, Any]:
    """
    Describe a run whose stages are done.

    Parameters
    ----------
    records : sequence of (Record, bool)
        Each stage, and whether it was reused rather than executed.
    seconds : float
        Duration of the whole run so far.
    """
    read = {stage.name: data_files(stage, parameters, project) for stage in stages}
    return {
        "format": FORMAT,
        "run": staging.name,
        "system": parameters.system,
        "why": parameters.why,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 2),
        "seeds": {"root": parameters.seed},
        "parameters": parameters.model_dump(mode="json"),
        "code": code_state(project.base),
        "environment": environment() | {"cores": os.cpu_count(), "lock": _lock(project.base)},
        "inputs": {name: value for files in read.values() for name, value in files.items()},
        "notebooks": {stage.notebook: text_digest(project.notebooks / stage.notebook) for stage in stages},
        "stages": [
            record.model_dump(mode="json") | {"data": list(read[record.stage]), "reused": reused}
            for record, reused in records
        ],
        "outputs": digests_of(staging, RESULTS),
        "evidence": {},
    }


def digests_of(folder: Path, parts: Sequence[str]) -> dict[str, str]:
    """Digest of every file below some parts of a run, by its path in the run."""
    return {f"{part}/{name}": value for part in parts for name, value in files_below(folder / part).items()}


def code_state(root: Path) -> dict[str, Any]:
    """Version, digest of the package, commit, and whether the tree differed from it (None: not known)."""
    package = {
        path.relative_to(PACKAGE).as_posix(): text_digest(path)
        for path in sorted(PACKAGE.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and not is_left_behind(path.name)
    }
    carried = (
        root.name == CARRIED
    )  # what a wheel brought is no checkout, whatever repository it was installed in
    commit = None if carried else _git(root, "rev-parse", "--verify", "HEAD")
    changes = _git(root, "status", "--porcelain", "-z") if commit else None
    return {
        "version": __version__,
        "package": digest(package),
        "making": making_digest(),
        "commit": commit.decode("ascii", "replace").strip() if commit else None,
        "clean": None if changes is None else not changes,
    }


def _git(root: Path, *words: str) -> bytes | None:
    """What git answers, as bytes: names of files come in any encoding. Nothing of the repository is run or written."""
    quiet = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotePath=true"]
    try:
        done = subprocess.run(
            ["git", *quiet, "-C", str(root), *words],  # noqa: S607 - looked up where the user has it
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_GIT_LIMIT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _lock(root: Path) -> str | None:
    lock = root / "requirements.lock"
    return text_digest(lock) if lock.is_file() else None
