"""Runs through papermill: stages in order, systems side by side, whole folders or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from methodology.errors import ParameterError, StageError, WorkbenchError
from methodology.parameters import Parameters, Project
from methodology.results.stages import EXPERTS, STAGES, Stage, needs
from methodology.results.store import Store
from methodology.runs.asides import kept_apart
from methodology.runs.discretion import without_names
from methodology.runs.fingerprints import imported_modules, own_imports
from methodology.runs.kernels.threads import processors, usual_jobs
from methodology.runs.notebooks import check_notebooks, code_of
from methodology.runs.one_run import Evidence, Making, import_engine
from methodology.runs.planning import Plan
from methodology.runs.progress import Event, Listener, ignore

if TYPE_CHECKING:
    from methodology.runs.kernels.cold import ColdKernels

KERNELS = ("auto", "cold", "forked")
KEPT = "\nWhat there is of the run is kept in "
REHEARSED = {
    "methodology.results.results": "methodology.runs.kernels.rehearsal:table_modules",
    "methodology.figures.canvas": "methodology.runs.kernels.rehearsal:draw",
    "methodology.sensitivity.simulation": "methodology.runs.kernels.rehearsal:simulate",
    "methodology.units.conversion": "methodology.runs.kernels.rehearsal:read_unit",
}
"""What the parent of forked kernels does once when notebooks can reach a module."""
LOOKED_WITH = (
    "methodology.runs.ingredients",
    "methodology.sample",
    REHEARSED["methodology.units.conversion"],
)
"""What it has imported before runs are looked at, which needs all of it, as the stages do."""
SELDOM = ("scipy.stats",)
"""What the parent leaves to the few kernels that need it: it takes a fifth of all its imports."""
EVIDENCE_READY = "methodology.evidence.build:make_ready"
"""What it does besides when evidence will be built."""


@dataclass(frozen=True)
class Outcome:
    """
    What became of one run.

    Attributes
    ----------
    folder : Path or None
        The complete run, or None if it failed.
    error : Exception or None
        Why it failed.
    unchanged : bool
        Whether it was there already.
    """

    parameters: Parameters
    folder: Path | None = None
    error: Exception | None = None
    unchanged: bool = False


@dataclass(frozen=True)
class Execution:
    """
    How stages are carried out.

    Attributes
    ----------
    jobs : int, optional
        Independent stages at a time; by default as many as there are processors, at most two.
    force : bool
        Execute again what is up to date; other results than before are an error.
    kernel : {"auto", "cold", "forked"}
        How kernels come about; "auto" is forked where the system can.
    progress : callable
        Hears an `Event` per step.
    evidence : callable
        `evidence(folder)` adds the evidence to the finished run before it is moved into place. If it has `steps`,
        tuples of such callables, those of one step are carried out at once where kernels are forked.
    check : callable
        `check(runs)` refuses runs that never came about, before anything is computed.
    afterwards : callable
        `afterwards(folder)` makes ready what the caller wants of a run that is in place. Called only where there is a
        process that has imported everything: a caller that finds nothing ready does it itself.
    timeout : float
        Most seconds for one stage.
    """

    jobs: int | None = None
    force: bool = False
    kernel: str = "auto"
    progress: Listener = ignore
    evidence: Evidence | None = None
    check: Callable[[Sequence[Parameters]], None] | None = None
    afterwards: Callable[[Path], object] | None = None
    timeout: float | None = None

    def __post_init__(self) -> None:
        """Refuse a kernel that does not exist."""
        if self.kernel not in KERNELS:
            raise ParameterError(f"There is no kernel {self.kernel!r}. Choose one of {', '.join(KERNELS)}.")

    @property
    def at_once(self) -> int:
        """Stages at a time."""
        return self.jobs or usual_jobs()


def execute_runs(
    runs: Sequence[Parameters],
    *,
    runs_dir: Path | str,
    project: Project | None = None,
    stages: tuple[Stage, ...] = STAGES,
    **how: Any,
) -> list[Outcome]:
    """
    Make several runs with `jobs` stages at a time; one that fails does not stop the others.

    Parameters
    ----------
    runs : sequence of Parameters
        All choices of each.
    runs_dir : Path
        Folder of runs; a run becomes `runs_dir/<system>/<run id>`.
    **how
        Fields of `Execution`, one by one.

    Returns
    -------
    list of Outcome
        In the order of `runs`; the error of a failed stage names notebook, cell and the saved copy.

    Raises
    ------
    ParameterError
        If notebooks and parameters disagree; nothing has been started then.
    """
    project = project or Project.around()
    store, chosen = Store(Path(runs_dir)), Execution(**how)
    plans = [Plan(without_names(parameters, project), project, store, stages) for parameters in runs]
    fresh = [
        parameters for parameters, plan in zip(runs, plans, strict=True) if chosen.force or _is_new(plan)
    ]
    panel = any(EXPERTS[0] in stage.files for stage in stages)
    return execute_plans(plans, chosen, partial(_refuse_unfit, fresh, project, panel, chosen.check))


def _is_new(plan: Plan) -> bool:
    """Whether a run with these inputs never came about: one that did was looked at before it was made."""
    try:
        return not (plan.store.has_runs(plan.system) and plan.folder.is_dir())
    except WorkbenchError:
        return True  # the look at it says more of the fault


def _refuse_unfit(
    runs: Sequence[Parameters],
    project: Project,
    panel: bool,
    check: Callable[[Sequence[Parameters]], None] | None,
    _: Path | None = None,
) -> None:
    """Look at the systems and the ingredients of runs that are to be made."""
    if runs and check is not None:
        check(runs)
    for parameters in runs:
        project.system(parameters.system)
    if runs and panel:
        from methodology.runs.ingredients import refuse_ingredients  # pandas and all that reads forms

        refuse_ingredients(runs, project)


def execute_plans(
    plans: Sequence[Plan], how: Execution, look: Callable[[Path], None] | None = None
) -> list[Outcome]:
    """Carry plans out once `look` has found nothing to refuse; see `execute_runs`."""
    source = _Kernels(how.at_once, plans, [] if how.evidence is None else [EVIDENCE_READY])
    with ExitStack() as stack:
        for plan in plans[:1]:
            store = plan.store
            stack.enter_context(kept_apart(store.logs / "runner.txt", store.cache / "matplotlib"))
        stack.callback(source.stop)
        kernels = None
        if how.force or not all(plan.store.has_runs(plan.system) for plan in plans):
            with suppress(OSError, ParameterError):  # the first stage will say so
                kernels = source(
                    how.kernel
                )  # what is certain to be needed gets ready while the plans are made
        for plan in plans:
            check_notebooks(plan.project.notebooks, plan.stages)
        if look is not None:
            _look(look, kernels, plans)
        schedule = _Schedule(how)
        made = {plan.id: plan for plan in plans}.values()
        each = max(1, how.at_once // len(made)) if made else 1  # of several runs each has another beside it
        for plan in sorted(made, key=lambda plan: (plan.system, plan.id)):
            chosen = (how.kernel, how.force, how.timeout, how.progress, each)
            making = Making(plan, plan.folder, source, *chosen)
            schedule.add(plan, stack, making)
        schedule.work(source.ready, source.stop)
    return [schedule.outcomes[plan.id] for plan in plans]


def _look(look: Callable[[Path], None], kernels: ColdKernels | None, plans: Sequence[Plan]) -> None:
    """Look in a process that imports what that needs anyway, while this one makes its plans; here if there is none."""
    with ThreadPoolExecutor(1) as apart:
        found = apart.submit(kernels.carry_out, look, Path(), LOOKED_WITH) if kernels else None
        with suppress(WorkbenchError):  # raised again when the runs begin, if nothing is refused before
            for plan in plans:
                _ = plan.id
        if found is not None:
            import_engine()  # the first stage waits for it as well
        if found is None or not found.result():
            look(Path())


class _Kernels:
    """Kernels by name, started when first asked for and all gone at the end."""

    def __init__(self, jobs: int, plans: Sequence[Plan], last: list[str]) -> None:
        self._last = last
        self._cores = max(1, processors() // jobs)
        self._plans = plans
        self._started: dict[str, ColdKernels] = {}
        self._behind: list[str] = []
        self._lock = Lock()
        self._stopped = False

    def __call__(self, name: str) -> ColdKernels:
        with self._lock:
            if self._stopped:
                raise StageError("The run was stopped.")
            if name not in self._started:
                self._started[name] = _start(name, self._cores)
                named = [module for code in _codes(self._plans) for module in own_imports(code)]
                self._started[name].prepare([*named, *self._behind])
            return self._started[name]

    def ready(self) -> None:
        """Tell the kernels of what lies behind their notebooks' imports, which takes a moment to find."""
        behind = [name for name in imported_modules(_codes(self._plans)) if name not in SELDOM]
        behind += [rehearsal for module, rehearsal in REHEARSED.items() if module in behind] + self._last
        with self._lock:
            self._behind = behind
            for kernels in self._started.values():
                kernels.prepare(behind)

    def stop(self) -> None:
        """Kill what runs and start nothing any more."""
        with self._lock:
            self._stopped = True
            for kernels in self._started.values():
                kernels.close()
            self._started.clear()


def _start(name: str, cores: int) -> ColdKernels:
    from methodology.runs.kernels.cold import ColdKernels
    from methodology.runs.kernels.forked import ForkedKernels, can_fork

    if name == "cold" or (name == "auto" and not can_fork()):
        return ColdKernels(cores=cores)
    if not can_fork():
        raise ParameterError("Forked kernels need Linux here. Leave `kernel` at auto, or choose cold.")
    return ForkedKernels(cores=cores)


def _codes(plans: Sequence[Plan]) -> list[str]:
    """Code cells of all notebooks."""
    notebooks = {plan.project.notebooks / stage.notebook: None for plan in plans for stage in plan.stages}
    return [code for path in notebooks for code in code_of(path)]


@dataclass
class _Progress:
    """Where one run stands in the schedule."""

    making: Making
    release: Callable[[], None]
    waiting: list[Stage]
    running: int = 0
    fault: Exception | None = None


@dataclass
class _Schedule:
    """Starts every stage as soon as the tables it reads are there."""

    how: Execution
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    _open: list[_Progress] = field(default_factory=list)

    def add(self, plan: Plan, stack: ExitStack, making: Making) -> None:
        """Take a run in: own it, and see whether there is anything to do."""
        if not making.force and plan.is_complete(evidence=self.how.evidence is not None):
            self._unchanged(making)
            return
        owner = stack.enter_context(ExitStack())
        if not owner.enter_context(plan.store.owned(plan.system, plan.id, wait=False)):
            making.progress(Event("waiting", plan.system, message="another process makes the same run"))
            owner.enter_context(plan.store.owned(plan.system, plan.id))
            if plan.is_complete(evidence=self.how.evidence is not None):
                self._unchanged(making)
                owner.close()
                return
        making.staging = plan.store.begin(plan.system, plan.id)
        making.announce()
        self._open.append(_Progress(making, owner.close, list(plan.stages)))

    def _unchanged(self, making: Making) -> None:
        plan = making.plan
        self.outcomes[plan.id] = Outcome(plan.parameters, plan.folder, unchanged=True)
        making.progress(Event("unchanged", plan.system, message=plan.id))

    def work(self, ready: Callable[[], None], stop: Callable[[], None]) -> None:
        """Go on until every run is complete or has failed; an interruption stops everything at once."""
        futures: dict[Future[Path | None], _Progress] = {}
        pool = ThreadPoolExecutor(self.how.at_once, thread_name_prefix="stage")
        try:
            for run in self._open:
                self._start_ready(run, pool, futures)
            if futures:
                ready()
            while futures:
                finished, _ = wait(futures, return_when=FIRST_COMPLETED)
                for future in finished:
                    run = futures.pop(future)
                    run.running -= 1
                    self._take(run, future)
                    self._start_ready(run, pool, futures)
        except BaseException:
            stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _start_ready(self, run: _Progress, pool: ThreadPoolExecutor, futures: dict) -> None:
        making = run.making
        if run.fault is not None:
            if not run.running:
                self._failed(run)
            return
        if making.plan.id in self.outcomes:
            run.release()
            return
        if not run.waiting and not run.running:
            futures[pool.submit(making.finish, self.how.evidence, self.how.afterwards)] = run
            run.running += 1
            return
        for stage in list(run.waiting):
            if all(before.name in making.records for before in needs(stage, making.plan.stages)):
                run.waiting.remove(stage)
                futures[pool.submit(making.perform, stage)] = run
                run.running += 1

    def _take(self, run: _Progress, future: Future[Path | None]) -> None:
        fault = future.exception()
        if isinstance(fault, Exception):
            run.fault = run.fault or fault
        elif fault is not None:
            raise fault
        elif future.result() is not None:
            plan = run.making.plan
            self.outcomes[plan.id] = Outcome(plan.parameters, future.result())

    def _failed(self, run: _Progress) -> None:
        making, fault = run.making, run.fault or StageError("stopped")
        plan = making.plan
        kept = None
        with suppress(OSError):
            kept = making.set_aside(fault)
        if isinstance(fault, StageError):
            saved = f"{KEPT}{kept}." if kept else ""
            fault = StageError(f"{plan.system}: {fault}{saved}")
        self.outcomes[plan.id] = Outcome(plan.parameters, error=fault)
        making.progress(Event("failed", plan.system, message=str(fault)))
        run.release()
