"""The record of a run: what went in, what came out, where and how long; no host, user or absolute path."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from methodology import __version__
from methodology.parameters import Parameters, Project
from methodology.runs.cache import Record
from methodology.runs.identity import PACKAGE, data_files, digest, environment, file_digest, files_below
from methodology.runs.stages import STAGES, Stage
from methodology.runs.store import FORMAT

EVIDENCE_FREE = ("results", "notebooks")
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
        "code": code_state(project.root),
        "environment": environment() | {"cores": os.cpu_count(), "lock": _lock(project.root)},
        "inputs": {name: value for files in read.values() for name, value in files.items()},
        "notebooks": {stage.notebook: file_digest(project.notebooks / stage.notebook) for stage in stages},
        "stages": [
            asdict(record) | {"data": list(read[record.stage]), "reused": reused}
            for record, reused in records
        ],
        "outputs": {
            f"{part}/{name}": value
            for part in EVIDENCE_FREE
            for name, value in files_below(staging / part).items()
        },
        "evidence": {},
    }


def evidence_files(staging: Path) -> dict[str, str]:
    """Digest of every file the evidence added to a run."""
    own = {"manifest.json", "parameters.yaml", "ro-crate-metadata.json"}
    return {
        name: value
        for name, value in files_below(staging).items()
        if name.split("/")[0] not in EVIDENCE_FREE and name not in own
    }


def code_state(root: Path) -> dict[str, Any]:
    """Version, digest of the package, commit, and whether the tree differed from it (None: not known)."""
    package = {
        path.relative_to(PACKAGE).as_posix(): file_digest(path)
        for path in sorted(PACKAGE.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    commit = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain") if commit else None
    return {
        "version": __version__,
        "package": digest(package),
        "commit": commit,
        "clean": None if changes is None else not changes,
    }


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words],  # noqa: S607 - looked up where the user has it
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_GIT_LIMIT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _lock(root: Path) -> str | None:
    lock = root / "requirements.lock"
    return file_digest(lock) if lock.is_file() else None


def altered(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Results and notebooks of a run that are not as they were recorded."""
    wrong = []
    for name, value in manifest["outputs"].items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif file_digest(path) != value:
            wrong.append(f"{name} has been altered")
    return wrong
