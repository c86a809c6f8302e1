"""Execute a run again, cold and without any cache, and compare everything with what was recorded."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from methodology.errors import DataError
from methodology.indicators import problems_of, read_yaml
from methodology.parameters import Parameters, Project
from methodology.runs.comparison import Difference, as_table, compare_files
from methodology.runs.execution import execute_plans
from methodology.runs.identity import data_files, file_digest
from methodology.runs.making import Evidence
from methodology.runs.manifest import altered, code_state
from methodology.runs.planning import Plan
from methodology.runs.progress import Listener, ignore
from methodology.runs.stages import STAGES, Stage
from methodology.runs.store import PARAMETERS, Store, read_manifest


def verify(
    folder: Path | str,
    *,
    jobs: int = 1,
    evidence: Evidence | None = None,
    project: Project | None = None,
    kernel: str = "cold",
    progress: Listener = ignore,
    stages: tuple[Stage, ...] = STAGES,
) -> pd.DataFrame:
    """
    Execute a run again in a scratch folder and compare every result bit for bit, every cell output exactly.

    Parameters
    ----------
    folder : Path
        Folder of a complete run.
    evidence : callable
        If given, the evidence is built again too and its files are compared.

    Returns
    -------
    DataFrame
        What differs: file (index), place, recorded, found. Empty if the run repeats. Where results differ, changed
        inputs are listed as well, since they may be the reason.

    Raises
    ------
    DataError
        If `folder` is not a complete run.
    StageError
        If a stage fails this time.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    project = project or Project.around(folder)
    parameters = recorded_parameters(folder, manifest)
    found = [
        Difference(fault.partition(" ")[0], "", "as recorded", fault) for fault in altered(folder, manifest)
    ]
    with tempfile.TemporaryDirectory(prefix="wb-verify-", ignore_cleanup_errors=True) as scratch:
        plan = Plan(parameters, project, Store(Path(scratch)), stages, name=manifest["run"])
        outcome = execute_plans([plan], jobs=jobs, kernel=kernel, progress=progress, evidence=evidence)[0]
        if outcome.error is not None or outcome.folder is None:
            raise outcome.error or DataError(f"{folder.name} could not be executed again.")
        again = read_manifest(outcome.folder)
        names = manifest["outputs"].keys() | again["outputs"].keys()
        if evidence is not None:
            names |= manifest["evidence"].keys() | again["evidence"].keys()
        for name in sorted(names):
            found += compare_files(folder / name, outcome.folder / name, name)
    if found:
        found += changed_inputs(manifest, parameters, project, stages)
    return as_table(found, ("recorded", "found"))


def recorded_parameters(folder: Path, manifest: dict[str, Any]) -> Parameters:
    """
    The choices of a run.

    Raises
    ------
    DataError
        If `parameters.yaml` is not valid, or is not what the manifest says.
    """
    content = read_yaml(folder / PARAMETERS, error=DataError)
    if content != manifest["parameters"]:
        raise DataError(
            f"{PARAMETERS} of run {folder.name} is not what its manifest records: it has been edited."
        )
    try:
        return Parameters.model_validate(content)
    except ValidationError as fault:
        raise DataError(
            f"Run {folder.name} was made with choices this version does not know.",
            problems_of(fault, PARAMETERS),
        ) from fault


def changed_inputs(
    manifest: dict[str, Any], parameters: Parameters, project: Project, stages: tuple[Stage, ...]
) -> list[Difference]:
    """Data, notebooks and code that are no longer what the run was made with."""
    now: dict[str, str] = {}
    for stage in stages:
        now |= data_files(stage, parameters, project)
        now[f"notebooks/{stage.notebook}"] = file_digest(project.notebooks / stage.notebook)
    now["methodology"] = code_state(project.root)["package"]
    then = {
        **manifest["inputs"],
        **{f"notebooks/{name}": value for name, value in manifest["notebooks"].items()},
        "methodology": manifest["code"]["package"],
    }
    return [
        Difference(name, "input", then.get(name, "(absent)")[:12], now.get(name, "(absent)")[:12])
        for name in sorted(then.keys() | now)
        if then.get(name) != now.get(name)
    ]
