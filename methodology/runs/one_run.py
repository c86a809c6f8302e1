"""One run in its staging folder: perform a stage, finish the run, or set it aside."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from methodology.errors import DataError, StageError
from methodology.evidence.build import DRAWN
from methodology.evidence.imports import without_extras
from methodology.indicators.plain_yaml import as_yaml
from methodology.parameters import Project, parameters_for
from methodology.results.records import Record
from methodology.results.stages import Stage
from methodology.results.store import (
    MANIFEST,
    PARAMETERS,
    copy,
    read_manifest,
    rename,
    write_json,
    write_whole,
)
from methodology.runs.discretion import refuse_names
from methodology.runs.fingerprints import REAL_DATA, declared_files, own_imports, recipe, record_for
from methodology.runs.hashing import file_digest
from methodology.runs.manifest import EVIDENCE, build_manifest, digests_of
from methodology.runs.notebooks import code_of
from methodology.runs.planning import Plan
from methodology.runs.progress import Event, Listener, ignore
from methodology.runs.provenance import write_crate
from methodology.runs.sealing import altered, contradictions

if TYPE_CHECKING:
    from methodology.runs.kernels.cold import ColdKernels
    from methodology.runs.kernels.papermill_engine import Job

Evidence = Callable[[Path], object]
_EVIDENCE_TURN = Lock()
"""Builders of documents share global state."""
_UNDECLARED = (
    "undeclared: a stage that reads parameters.yaml says `record=True` in methodology/results/stages.py\n"
)
"""Stands where a stage must not look; without it, it would take the defaults for the choices of the run."""


def import_engine() -> None:
    """Import what executes notebooks, and compile what checks them, which takes a moment."""
    with without_extras():
        from nbformat.validator import get_validator

        import methodology.runs.kernels.papermill_engine  # noqa: F401
    get_validator(4, 5)  # kept there


@dataclass
class Making:
    """
    A run while it is being made.

    Attributes
    ----------
    plan : Plan
        What is made.
    staging : Path
        Where; owned by this process.
    kernels : callable
        `kernels(name)` gives the kernels to use, started on first use.
    jobs : int
        Processes that may build its evidence at once.
    records : dict of stage name to (Record, reused)
        Finished stages.
    """

    plan: Plan
    staging: Path
    kernels: Callable[[str], ColdKernels]
    kernel: str = "cold"
    force: bool = False
    timeout: float | None = None
    progress: Listener = ignore
    jobs: int = 1
    records: dict[str, tuple[Record, bool]] = field(default_factory=dict)
    began: float = field(default_factory=monotonic)

    def announce(self) -> None:
        """Write the record of the choices; tell the listener what is coming."""
        write_whole(self.staging / PARAMETERS, as_yaml(self.plan.parameters.model_dump(mode="json")))
        for stage in self.plan.stages:
            latest = self.plan.cache.latest(self.plan.system, stage.name)
            self._tell("plan", stage, seconds=latest.seconds if latest else 0.0)

    def perform(self, stage: Stage) -> None:
        """
        Bring one stage about: from the cache if all that decides it is the same, otherwise by executing it.

        Raises
        ------
        StageError
            Names notebook, cell and the saved copy's name.
        """
        results = self.staging / "results"
        inputs = {file: file_digest(results / file) for file in stage.inputs}
        key = self.plan.key(stage, inputs)
        kept = None if self.force else self.plan.cache.fetch(key, self.staging, stage.notebook)
        if kept:
            self.records[stage.name] = (kept, True)
            self._tell("reused", stage)
            return
        began = monotonic()
        self._tell("start", stage)
        name = self._execute(stage)
        self._refuse_moved_ground(stage)
        record = Record(
            stage=stage.name,
            key=key,
            recipe=self.plan.recipes[stage.name],
            inputs=inputs,
            outputs=self._take_in(stage),
            notebook=file_digest(self.staging / "notebooks" / stage.notebook),
            seconds=round(monotonic() - began, 3),
            kernel=name,
            ended=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self.plan.cache.keep(record, self.staging, stage.notebook, self.plan.system)
        self.records[stage.name] = (record, False)
        self._tell("done", stage, seconds=record.seconds, message=self._warned(stage))

    def _warned(self, stage: Stage) -> str:
        """Where to read what a stage said on the side, if it did."""
        log = self.staging / "log" / f"{stage.name}.txt"
        said = log.is_file() and log.stat().st_size
        kept = self.plan.store.logs / self.plan.system / self.plan.id / log.name
        return f"with warnings, kept in {kept}" if said else ""

    def _refuse_moved_ground(self, stage: Stage) -> None:
        """A result must not be kept under the name of code or data that were edited while it was computed."""
        now, before = recipe(stage, self.plan.parameters, self.plan.project), self.plan.recipes[stage.name]
        changed = [label for label in before if now[label] != before[label]]
        if changed:
            raise StageError(
                f"{stage.notebook}: {' and '.join(changed)} changed while it ran, so its results belong to neither "
                "version. Run again."
            )

    def _tell(self, kind: str, stage: Stage | None = None, **more: object) -> None:
        self.progress(Event(kind, self.plan.system, stage.name if stage else "", **more))  # type: ignore[arg-type]

    def _execute(self, stage: Stage) -> str:
        """Execute a notebook and save it; return the kind of kernel used. A dead warm kernel gets a cold successor."""
        kernels = self.kernels(self.kernel)
        import_engine()
        from methodology.runs.kernels.papermill_engine import DeadKernelError, execute

        saved = self.staging / "notebooks" / stage.notebook
        job = self._job(stage, kernels)
        try:
            try:
                write_whole(saved, execute(job))
            except DeadKernelError:
                if kernels.name == "cold":
                    raise StageError(f"{stage.notebook}: its kernel died{_last_words(job.log)}") from None
                kernels = self.kernels("cold")
                job = self._job(stage, kernels)
                write_whole(saved, execute(job))
        except DeadKernelError:
            self._save_failed(job, saved, "The kernel died twice.")
            raise StageError(f"{stage.notebook}: its kernel died twice{_last_words(job.log)}") from None
        except StageError as fault:
            self._save_failed(job, saved, str(fault))
            raise
        return kernels.name

    def _save_failed(self, job: Job, saved: Path, message: str) -> None:
        from methodology.runs.kernels.papermill_engine import failed_text

        with suppress(OSError):  # a full disk must not hide the first fault
            write_whole(saved, failed_text(job, message))

    def _job(self, stage: Stage, kernels: ColdKernels) -> Job:
        from methodology.runs.kernels.papermill_engine import Job

        cwd, view = self.plan.project.workplace, self._view(stage)
        notebook = self.plan.project.notebooks / stage.notebook
        log = self.staging / "log" / f"{stage.name}.txt"
        log.parent.mkdir(exist_ok=True)
        return Job(
            notebook=notebook,
            handed=parameters_for(self.plan.parameters, stage.name),
            folder=seen_from(cwd, view),
            cwd=cwd,
            log=log,
            kernels=kernels,
            language=self.plan.parameters.language,
            imports=[name for code in code_of(notebook) for name in own_imports(code)],
            private=private_places(self.staging, view, self.plan.project, kernels.place),
            readable=[str(place) for place in (view.resolve(), kernels.place, *self._declared(stage))],
            timeout=self.timeout,
            on_cell=lambda cell, cells: self._tell("cell", stage, cell=cell, cells=cells),
        )

    def _declared(self, stage: Stage) -> list[Path]:
        return list(declared_files(stage, self.plan.parameters, self.plan.project).values())

    def _view(self, stage: Stage) -> Path:
        """A folder that looks like the run, with what the stage declares and nothing else."""
        view = self.staging / "view" / stage.name / self.plan.id
        shutil.rmtree(view, ignore_errors=True)
        for file in stage.inputs:
            copy(self.staging / "results" / file, view / "results" / file)
        record = as_yaml(record_for(stage, self.plan.parameters)) if stage.record else _UNDECLARED
        write_whole(view / PARAMETERS, record)
        return view

    def _take_in(self, stage: Stage) -> dict[str, str]:
        """Digests of what the stage wrote; it must have kept its promises and written nothing of another's."""
        view = self.staging / "view" / stage.name / self.plan.id / "results"
        files = [path.relative_to(view).as_posix() for path in sorted(view.rglob("*")) if path.is_file()]
        own = [file for file in files if file not in stage.inputs and not Path(file).name.startswith(".")]
        faults = [
            f"promised results/{name} and did not write it"
            for name in stage.outputs
            if not list(view.glob(name))
        ]
        faults += [f"wrote results/{file}, which it does not declare" for file in own if not stage.owns(file)]
        if faults:
            raise StageError(f"{stage.notebook} {'; it '.join(faults)}. See methodology/results/stages.py.")
        for file in own:
            copy(view / file, self.staging / "results" / file)
        return {file: file_digest(view / file) for file in own}

    def finish(
        self, evidence: Evidence | None = None, afterwards: Callable[[Path], object] | None = None
    ) -> Path:
        """
        Write the record and the evidence, move the run into place, then make ready what the caller wants of it.

        Raises
        ------
        StageError
            If the same inputs have given other results before: then one of the two cannot be trusted.
        """
        plan = self.plan
        records = [self.records[stage.name] for stage in plan.stages]
        self._keep_logs()
        self._clear_away()
        manifest = build_manifest(
            self.staging,
            plan.parameters,
            plan.project,
            records,
            seconds=monotonic() - self.began,
            stages=plan.stages,
        )
        write_json(self.staging / MANIFEST, manifest)
        self._refuse_other_results(manifest["outputs"])
        if evidence is not None:
            self._tell("evidence")
            try:
                self._build(evidence)
            except Exception as fault:
                text = f"The evidence could not be built: {type(fault).__name__}: {fault}"
                raise StageError(text) from fault
            manifest |= {
                "evidence": digests_of(self.staging, EVIDENCE),
                "seconds": round(monotonic() - self.began, 2),
            }
            write_json(self.staging / MANIFEST, manifest)
        write_crate(self.staging, manifest)
        self._refuse_what_is_not_recorded()
        refuse_names(self.staging, plan.parameters, plan.project)
        folder = plan.store.publish(self.staging, plan.folder)
        if afterwards is not None and self._executed:
            with suppress(Exception):  # the caller finds nothing ready, does it itself and says what is wrong
                self.kernels(self.kernel).carry_out(afterwards, folder)
        self._tell("published", seconds=manifest["seconds"])
        return folder

    def _build(self, evidence: Evidence) -> None:
        """Where kernels were forked, in more processes like them, which have imported already what evidence needs."""
        apart = self._executed and self.jobs > 1 and self.kernels(self.kernel).name == "forked"
        try:
            for tasks in (apart and getattr(evidence, "steps", None)) or [(evidence,)]:
                with ThreadPoolExecutor(min(self.jobs, len(tasks))) as pool:
                    list(pool.map(self._carry_out, tasks))
        finally:
            shutil.rmtree(self.staging / DRAWN, ignore_errors=True)

    def _carry_out(self, task: Evidence) -> None:
        if self._executed and self.kernels(self.kernel).carry_out(task, self.staging.resolve()):
            return
        if self._executed:
            self.kernels(self.kernel)  # not if the run was stopped
        with _EVIDENCE_TURN:
            task(self.staging)

    @property
    def _executed(self) -> bool:
        """Whether anything had to be executed, so that kernels are there."""
        return any(not reused for _, reused in self.records.values())

    def _clear_away(self) -> None:
        """Remove logs and views; what a dying kernel still holds open, as Windows forbids, stands aside instead."""
        for temporary in ("log", "view"):
            place = self.staging / temporary
            shutil.rmtree(place, ignore_errors=True)
            if place.exists():
                rename(place, self.plan.store.aside(self.staging, temporary))

    def _refuse_what_is_not_recorded(self) -> None:
        """A run is published as its record describes it, with no file more or less."""
        wrong = altered(self.staging, read_manifest(self.staging))
        if self.plan.name:
            wrong.pop(MANIFEST, None)  # it keeps the name of the run it repeats
        faults = "; ".join(f"{name} {fault}" for name, fault in list(wrong.items())[:5])
        if wrong.keys() == {MANIFEST}:
            raise StageError(
                f"Code, data or packages of the workbench were changed while the run was made ({faults}). Run again."
            )
        if wrong:
            raise StageError(
                f"The run is not what its record says ({faults}): something wrote into its folder while it was made. "
                f"Run again; evidence of your own belongs below {' or '.join(EVIDENCE)}."
            )

    def _keep_logs(self) -> None:
        """Take the stages' logs out of the run: warnings must not vanish, but they are no result."""
        logs, kept = self.staging / "log", self.plan.store.logs / self.plan.system / self.plan.id
        for log in logs.glob("*.txt"):
            if log.stat().st_size:
                copy(log, kept / log.name)

    def _refuse_other_results(self, outputs: dict[str, str]) -> None:
        try:
            manifest = read_manifest(self.plan.folder)
        except DataError:
            return
        before = manifest["outputs"]
        if manifest["run"] != self.plan.id or any(contradictions(manifest)):
            return
        names = sorted(name for name in before.keys() | outputs if before.get(name) != outputs.get(name))
        if names:
            raise StageError(
                f"The same inputs gave other results than before in {', '.join(names)}. The earlier run stays; "
                "look for something unseeded, or dependent on the time, the order of files or the number of threads."
            )

    def set_aside(self, fault: BaseException) -> Path:
        """Keep what there is of a failed run, with its log and what happened."""
        with suppress(OSError):
            write_whole(self.staging / "error.txt", f"{type(fault).__name__}: {fault}\n")
        return self.plan.store.set_aside(self.staging, "failed")


def seen_from(cwd: Path, folder: Path) -> str:
    """`folder` relative to `cwd`; absolute where there is no way between them (two drives)."""
    try:
        return Path(os.path.relpath(folder, cwd)).as_posix()
    except ValueError:
        return folder.resolve().as_posix()


def private_places(staging: Path, view: Path, project: Project, temporary: Path) -> list[tuple[str, str]]:
    """Places of this machine and the words that stand for them in what is saved, longest first."""
    words = {
        seen_from(project.workplace, view): "<run>",
        str(view.resolve()): "<run>",
        str(staging.resolve()): "<run>",
        str(project.base.resolve()): "<workbench>" if project.is_study else "<project>",
        str(project.root.resolve()): "<project>",
        str(Path(sys.prefix).resolve()): "<environment>",
        sys.prefix: "<environment>",
        sys.base_prefix: "<python>",
        str(temporary): "<temporary>",
        os.path.expanduser("~"): "~",  # where there is no home it stays as it is
        os.environ.get(REAL_DATA, ""): f"<{REAL_DATA}>",
    }
    words |= {Path(place).as_posix(): word for place, word in words.items()}
    return sorted(
        ((place, word) for place, word in words.items() if len(place) > 3), key=lambda pair: -len(pair[0])
    )


def _last_words(log: Path) -> str:
    """The last line a dead kernel wrote, if any."""
    with suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if lines:
            return f" ({lines[-1][:200]})"
    return "; perhaps it was killed, or the machine ran out of memory"
