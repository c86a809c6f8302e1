"""Execute a run again, cold and without any cache, and compare everything with what was recorded."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from methodology.errors import DataError, StageError
from methodology.indicators.loading import problems_of, read_yaml
from methodology.parameters import Parameters, Project
from methodology.parameters.project import STUDY
from methodology.results.stages import STAGES, Stage
from methodology.results.store import PARAMETERS, Store, read_manifest
from methodology.runs.comparison import ABSENT, Difference, as_table, compare_files
from methodology.runs.environment import deciding, environment
from methodology.runs.fingerprints import PACKAGE, data_files
from methodology.runs.hashing import entries_below, text_digest
from methodology.runs.manifest import code_state
from methodology.runs.one_run import Evidence
from methodology.runs.planning import Plan
from methodology.runs.progress import Listener, ignore
from methodology.runs.schedule import KEPT, Execution, execute_plans
from methodology.runs.sealing import altered


def verify(
    folder: Path | str,
    *,
    jobs: int | None = None,
    evidence: Evidence | None = None,
    project: Project | None = None,
    kernel: str = "cold",
    progress: Listener = ignore,
    stages: tuple[Stage, ...] = STAGES,
) -> pd.DataFrame:
    """
    Execute a run again in a scratch folder and compare every result bit for bit, every cell output exactly.

    Method, notebooks, systems and data are those of `project`; of the folder only the record of the choices is used,
    and its files to be compared. Nothing outside the scratch folder is written.

    Parameters
    ----------
    folder : Path
        Folder of a complete run.
    evidence : callable
        If given, and the run has evidence, that is built again too and its files are compared.
    project : Project
        By default the one the command stands in, or that holds the package: see `judging_project`.

    Returns
    -------
    DataFrame
        What differs: file (index), place, recorded, found. Empty if the run repeats and is as it was recorded. Where
        anything differs, changed inputs are listed as well, since they may be the reason.

    Raises
    ------
    DataError
        If `folder` is not a complete run.
    StageError
        If a stage fails this time.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    project = project or judging_project(folder)
    parameters = recorded_parameters(folder, manifest)
    project.system(parameters.system)
    if not manifest["evidence"]:
        evidence = None
    wrong = altered(folder, manifest)
    found = [Difference(name, "", "as recorded", fault) for name, fault in wrong.items()]
    with tempfile.TemporaryDirectory(prefix="wb-verify-", ignore_cleanup_errors=True) as scratch:
        plan = Plan(parameters, project, Store(Path(scratch)), stages, name=manifest["run"])
        how = Execution(jobs=jobs, kernel=kernel, progress=progress, evidence=evidence)
        outcome = execute_plans([plan], how)[0]
        if outcome.error is not None or outcome.folder is None:
            raise _without_scratch(outcome.error) or DataError(f"{folder.name} could not be executed again.")
        found += _compared(folder, manifest, outcome.folder, with_evidence=evidence is not None)
    if found:
        found += changed_inputs(manifest, parameters, project, stages)
    return as_table(found, ("recorded", "found"))


def judging_project(folder: Path | str) -> Project:
    """
    The project a run is judged with: its study, the one the command stands in, or that of the package; never the run.

    Raises
    ------
    ParameterError
        If there is none but what stands in the folder judged.
    """
    judged = Path(folder).resolve()
    for above in judged.parents[2:3]:  # study/runs/<system>/<run> or study/drafts/<system>/<number>
        if judged.parents[1].name in ("runs", "drafts") and (above / STUDY).is_file():
            return Project(above)
    here = Project.around()
    root = here.root.resolve()
    return Project.around(PACKAGE) if judged in (root, *root.parents) else here


def _compared(
    folder: Path, manifest: dict[str, Any], again: Path, *, with_evidence: bool
) -> list[Difference]:
    """What differs between a run and its repetition; what is missing or a link has been told already."""
    repeated = read_manifest(again)
    parts = ("outputs", "evidence") if with_evidence else ("outputs",)
    names = {name for part in parts for name in (*manifest[part], *repeated[part])}
    there = set(entries_below(folder)[0])
    recorded = {**manifest["outputs"], **manifest["evidence"]}
    found = []
    for name in sorted(names):
        if name in there:
            found += compare_files(folder / name, again / name, name)
        elif name not in recorded:
            found.append(Difference(name, "", ABSENT, "was written this time"))
    return found


def _without_scratch(fault: Exception | None) -> Exception | None:
    """The fault of a stage without the place of its saved copy, which is gone with the scratch folder."""
    return StageError(str(fault).partition(KEPT)[0]) if isinstance(fault, StageError) else fault


def recorded_parameters(folder: Path, manifest: dict[str, Any]) -> Parameters:
    """
    The choices of a run.

    Raises
    ------
    DataError
        If `parameters.yaml` is not valid, or is not what the manifest says.
    """
    path = folder / PARAMETERS
    if path.is_symlink() or read_yaml(path, error=DataError) != manifest["parameters"]:
        raise DataError(
            f"{PARAMETERS} of run {folder.name} is not what its manifest records: it has been edited."
        )
    try:
        return Parameters.model_validate(manifest["parameters"])
    except ValidationError as fault:
        raise DataError(
            f"Run {folder.name} was made with choices this version does not know.",
            problems_of(fault, PARAMETERS),
        ) from fault


def changed_inputs(
    manifest: dict[str, Any], parameters: Parameters, project: Project, stages: tuple[Stage, ...]
) -> list[Difference]:
    """Data, notebooks, code and environment that are no longer what the run was made with."""
    now = {f"notebooks/{stage.notebook}": text_digest(project.notebooks / stage.notebook) for stage in stages}
    then = {f"notebooks/{name}": value for name, value in manifest["notebooks"].items()}
    now["methodology"], then["methodology"] = code_state(project.base)["package"], manifest["code"]["package"]
    then |= _flat(deciding(manifest["environment"]))
    now |= _flat(deciding(environment()))
    return changed_data(manifest, parameters, project, stages) + _changed(then, now)


def changed_data(
    manifest: dict[str, Any], parameters: Parameters, project: Project, stages: tuple[Stage, ...]
) -> list[Difference]:
    """Plants, experts, definitions and reference data that are no longer what the run was made from."""
    now: dict[str, str] = {}
    for stage in stages:
        now |= data_files(stage, parameters, project)
    return _changed(manifest["inputs"], now)


def _changed(then: dict[str, str], now: dict[str, str]) -> list[Difference]:
    return [
        Difference(name, "input", then.get(name, ABSENT)[:12], now.get(name, ABSENT)[:12])
        for name in sorted(then.keys() | now)
        if then.get(name) != now.get(name)
    ]


def _flat(described: dict[str, Any]) -> dict[str, str]:
    return {
        name: str(value) for name, value in (described | described["packages"]).items() if name != "packages"
    }
