"""Before anything runs: what a run is called, what of it is up to date, and why the rest is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from methodology.errors import DataError
from methodology.parameters import Parameters, Project
from methodology.results.records import Record
from methodology.results.stages import STAGES, Stage, needs
from methodology.results.store import Store, read_manifest
from methodology.runs.cache import Cache, reasons
from methodology.runs.discretion import without_names
from methodology.runs.fingerprints import (
    imports_file,
    making_digest,
    recipe,
    remembered_imports,
    run_id,
    stage_key,
)
from methodology.runs.sealing import altered


@dataclass(frozen=True)
class Plan:
    """
    One run before it is made.

    Attributes
    ----------
    parameters : Parameters
        Its choices.
    project : Project
        Where notebooks, systems and data stand.
    store : Store
        Where it will stand.
    """

    parameters: Parameters
    project: Project
    store: Store
    stages: tuple[Stage, ...] = STAGES
    name: str = ""
    """Name of the run, if it is not to be derived: a run that is verified keeps its own."""

    @cached_property
    def recipes(self) -> dict[str, dict[str, str]]:
        """What decides each stage, apart from its input tables."""
        with remembered_imports(imports_file(self.store.cache)):
            making_digest()  # kept as well: the name of the run asks for it
            return {stage.name: recipe(stage, self.parameters, self.project) for stage in self.stages}

    @cached_property
    def id(self) -> str:
        """Name of the run: the same inputs have the same name."""
        return self.name or run_id(self.recipes, self.parameters.model_dump(mode="json"))

    @property
    def system(self) -> str:
        """Id of the indicator system."""
        return self.parameters.system

    @property
    def folder(self) -> Path:
        """Where the complete run stands."""
        return self.store.folder(self.system, self.id)

    @property
    def cache(self) -> Cache:
        """Finished stages of all runs."""
        return Cache(self.store.cache)

    def key(self, stage: Stage, inputs: Mapping[str, str]) -> str:
        """Key of a stage with these input tables."""
        return stage_key(self.recipes[stage.name], inputs, self.id if stage.names_run else "")

    def is_complete(self, *, evidence: bool = False) -> bool:
        """
        Whether the run is there with all its files, each as it was recorded.

        Parameters
        ----------
        evidence : bool
            Whether it must have evidence.
        """
        try:
            manifest = read_manifest(self.folder)
        except DataError:
            return False
        whole = bool(manifest["evidence"]) or not evidence
        return manifest["run"] == self.id and whole and not altered(self.folder, manifest)


@dataclass(frozen=True)
class Verdict:
    """Whether a stage would be reused, and if not, why."""

    stage: str
    fresh: bool
    reasons: tuple[str, ...] = ()


def explain(
    parameters: Parameters,
    *,
    runs_dir: Path,
    project: Project | None = None,
    stages: tuple[Stage, ...] = STAGES,
) -> list[Verdict]:
    """
    Say for each stage whether it would be reused, without running anything.

    Returns
    -------
    list of Verdict
        In the order of the stages; a stage behind a stale one is stale unless its tables turn out the same.
    """
    project = project or Project.around()
    plan = Plan(without_names(parameters, project), project, Store(Path(runs_dir)), stages)
    fresh: dict[str, Record] = {}
    verdicts = []
    for stage in stages:
        stale = [before.name for before in needs(stage, stages) if before.name not in fresh]
        latest = plan.cache.latest(plan.system, stage.name)
        if stale:
            because = reasons(plan.recipes[stage.name], None, latest) if latest else ["it has not run here"]
            verdicts.append(Verdict(stage.name, False, (*because, f"{', '.join(stale)} will run first")))
            continue
        outputs = {name: value for record in fresh.values() for name, value in record.outputs.items()}
        inputs = {file: outputs[file] for file in stage.inputs}
        record = plan.cache.peek(plan.key(stage, inputs))
        if record:
            fresh[stage.name] = record
            verdicts.append(Verdict(stage.name, True))
        else:
            because = reasons(plan.recipes[stage.name], inputs, latest)
            verdicts.append(Verdict(stage.name, False, tuple(because or ["it belongs to another run"])))
    return verdicts


def why_lines(parameters: Parameters, project: Project, runs_dir: Path) -> list[str]:
    """What `--why` prints: one line per stage."""
    verdicts = explain(parameters, runs_dir=runs_dir, project=project)
    return [
        f"{parameters.system}  {verdict.stage}: "
        + ("up to date" if verdict.fresh else "; ".join(verdict.reasons))
        for verdict in verdicts
    ]
