"""Execute one notebook with papermill, through an engine of our own kernels and record."""

from __future__ import annotations

import ast
import json
import re
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from papermill import PapermillExecutionError
from papermill import execute_notebook as papermill_execute
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.translators import PythonTranslator
from zmq import RECONNECT_IVL

from methodology.errors import StageError
from methodology.languages import FIRST, Language
from methodology.runs.kernels.cold import ColdKernels

ENGINE = "workbench"
SAVED_FOLDER = ".."
"""`folder` in a saved notebook: it stands in `notebooks/` of its run."""
_GUARD = "__import__('methodology.runs.kernels.declared_reads', fromlist=['watch'])"
_TRY_AGAIN = 5
"""Milliseconds between attempts to connect to a kernel that is starting."""
_KERNEL_FILE = re.compile(r"[^\s\"'(]*ipykernel_\d+[/\\]+\d+\.py")
_TITLE = "<span style='color: firebrick; font-size: 1.5em'>This stage failed in cell In [{count}].</span>"


@dataclass
class Job:
    """
    What one notebook is executed with, and what came of it.

    Attributes
    ----------
    notebook : Path
        The notebook; it is never written.
    handed : mapping
        Parameters without `folder`.
    folder : str
        Folder of the run as the kernel sees it from `cwd`.
    language : {"zh", "en"}
        Language its figures and tables are told in first.
    imports : sequence of str
        Modules the notebook imports itself; a warm kernel has them.
    private : sequence of (str, str)
        Places of this machine and what stands for them in the saved copy.
    executed : NotebookNode or None
        The notebook with its outputs so far, also after a failure.
    received : dict
        Values the parameters had in the kernel when the last cell was done.
    readable : sequence of str
        Files and folders its cells may read, besides the environment.
    undeclared : list of str
        What they read or started all the same.
    """

    notebook: Path
    handed: Mapping[str, Any]
    folder: str
    cwd: Path
    log: Path
    kernels: ColdKernels
    language: Language = "zh"
    private: Sequence[tuple[str, str]] = ()
    imports: Sequence[str] = ()
    timeout: float | None = None
    on_cell: Callable[[int, int], None] = lambda _cell, _cells: None
    executed: nbformat.NotebookNode | None = None
    received: dict[str, Any] = field(default_factory=dict)
    readable: Sequence[str] = ()
    undeclared: list[str] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        """Parameters with `folder`."""
        return {**self.handed, "folder": self.folder}


class _Client(PapermillNotebookClient):
    """papermill's client with our kernels; asks the kernel at the end what it has received."""

    def __init__(self, manager: NotebookExecutionManager, job: Job, **options: Any) -> None:
        self.job = job
        self._end = monotonic() + job.timeout if job.timeout else None
        super().__init__(
            manager,
            record_timing=False,
            shutdown_kernel="immediate",
            timeout_func=self._left,
            on_cell_execute=self._on_cell,
            **options,
        )

    def _left(self, _cell: Any) -> int | None:
        return None if self._end is None else max(1, round(self._end - monotonic()))

    def _on_cell(self, cell_index: int, **_: Any) -> None:
        code = [place for place, cell in enumerate(self.nb.cells) if cell.cell_type == "code"]
        self.job.on_cell(code.index(cell_index) + 1, len(code))

    def create_kernel_manager(self) -> Any:
        self.km = self.job.kernels.manager(self.job.imports)
        return self.km

    async def async_start_new_kernel_client(self) -> Any:
        """Without the last fifth of a second of nbclient, spent on messages that nothing here waits for."""
        self.kc = self.km.client()
        self.kc.context.setsockopt(
            RECONNECT_IVL, _TRY_AGAIN
        )  # a forked kernel is there before 100 ms are over
        self.kc.start_channels()
        end = monotonic() + self.startup_timeout
        while monotonic() < end:
            self.kc.kernel_info()
            try:
                await self.kc.get_shell_msg(timeout=1)
                await self.kc.get_iopub_msg(timeout=0.2)
            except Empty:
                if await self.km.is_alive():
                    continue
                break
            self.kc.allow_stdin = False
            return self.kc
        await self._async_cleanup_kernel()
        raise DeadKernelError("The kernel did not start.")

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def papermill_execute_cells(self) -> None:
        self._ask(f"{_GUARD}.watch({list(self.job.readable)!r})")
        super().papermill_execute_cells()
        if not self.nb.metadata.papermill.get("exception"):
            names = list(self.job.values)
            asked = f"__import__('json').dumps(dict({', '.join(f'{name}={name}' for name in names)}))"
            self.job.received = json.loads(self._ask(asked) or "{}")
            self.job.undeclared = self._ask(f"{_GUARD}.found()") or []

    def _ask(self, expression: str) -> Any:
        """Value of an expression in the kernel that is a plain literal; None if it has none."""
        message = self.kc.execute(
            "", silent=True, store_history=False, user_expressions={"asked": expression}
        )
        answer = self.wait_for_reply(message)["content"]["user_expressions"]["asked"]
        return ast.literal_eval(answer["data"]["text/plain"]) if answer["status"] == "ok" else None


class StageEngine(NBClientEngine):
    """The engine papermill finds under the name `workbench`."""

    @classmethod
    def execute_managed_notebook(  # noqa: D102 - papermill's method
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, job: Job, **_: Any
    ) -> None:
        job.executed = nb_man.nb
        with job.log.open("ab") as log:
            client = _Client(nb_man, job, kernel_name=kernel_name)
            environment = job.kernels.environment | {FIRST: job.language}
            client.execute(env=environment, cwd=str(job.cwd), stdout=log, stderr=log)


papermill_engines.register(ENGINE, StageEngine)


def execute(job: Job) -> str:
    """
    Execute one notebook; return its text as it is to be saved.

    Raises
    ------
    StageError
        If a cell fails or takes too long; `job.executed` then holds the notebook so far.
    DeadKernelError
        If the kernel died; whether to try again is the caller's choice.
    """
    try:
        done = papermill_execute(
            str(job.notebook),
            None,
            parameters=job.values,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            job=job,
        )
    except PapermillExecutionError as fault:
        raise StageError(
            f"{job.notebook.name}, cell In [{fault.exec_count}]: {fault.ename}: {fault.evalue}"
        ) from None
    except CellTimeoutError as fault:
        raise StageError(
            f"{job.notebook.name} took more than its {job.timeout:g} s and was stopped."
        ) from fault
    except RuntimeError as fault:
        if isinstance(fault, DeadKernelError) or "Kernel" in str(fault):
            raise DeadKernelError(str(fault)) from fault
        raise
    finally:
        ensure_event_loop().close()  # this thread's, which nbclient leaves open
    _compare(job)
    _refuse_undeclared(job)
    _refuse_asides(done, job)
    return saved_text(done, job)


def _compare(job: Job) -> None:
    """What a notebook had is what the record says, or there is no record."""
    differing = {name: value for name, value in job.values.items() if job.received.get(name) != value}
    if differing:
        shown = ", ".join(
            f"{name}: given {job.values[name]!r}, had {job.received.get(name)!r}" for name in differing
        )
        raise StageError(f"{job.notebook.name} did not compute with the parameters of the run ({shown}).")


def _refuse_undeclared(job: Job) -> None:
    """What a stage reads without declaring it would decide results under a name that does not say so."""
    if job.undeclared:
        raise StageError(
            f"{job.notebook.name} {'; it '.join(job.undeclared)}. Declare the file in methodology/results/stages.py."
        )


def _refuse_asides(notebook: nbformat.NotebookNode, job: Job) -> None:
    """What is said on the side differs between machines; it belongs in the log, and where it got past it, nowhere."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                shown = textwrap.shorten(output.text, 300, placeholder="…")
                raise StageError(
                    f"{job.notebook.name}, cell In [{cell.execution_count}] wrote to stderr, which would become part "
                    f"of the evidence: {shown!r}. Mend what it warns of, or display it if it is a result."
                )


def saved_text(notebook: nbformat.NotebookNode, job: Job) -> str:
    """
    Text of an executed notebook without anything that differs between two identical runs.

    Times, temporary files and places of this machine are left out; papermill's record keeps the parameters.
    """
    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    handed = {**job.handed, "folder": SAVED_FOLDER}
    if "language_info" in copy.metadata:  # a patch of Python changes no result
        copy.metadata.language_info["version"] = ".".join(map(str, sys.version_info[:2]))
    copy.metadata.papermill = {"parameters": handed, "version": copy.metadata.papermill.version}
    for cell in copy.cells:
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
            written = PythonTranslator.translate(job.folder)  # with escapes for Chinese letters
            cell.source = cell.source.replace(f"folder = {written}", f'folder = "{SAVED_FOLDER}"')
        for output in cell.get("outputs", []):
            _scrub(output, job.private)
    return nbformat.writes(copy) + "\n"


def _scrub(output: nbformat.NotebookNode, private: Sequence[tuple[str, str]]) -> None:
    """Replace this machine's places in the text of an output, in place."""

    def clean(text: str) -> str:
        for place, word in private:
            text = text.replace(place, word)
        return _KERNEL_FILE.sub("<cell>", text)

    if "text" in output:
        output.text = clean(output.text)
    if "traceback" in output:
        output.traceback = [clean(line) for line in output.traceback]
        output.evalue = clean(output.evalue)
    for kind, content in output.get("data", {}).items():
        if isinstance(content, str) and not kind.startswith("image/p"):
            output.data[kind] = clean(content)


def failed_text(job: Job, message: str) -> str:
    """Text of the notebook so far, with what happened on top."""
    if job.executed is None:
        return job.notebook.read_text(encoding="utf-8")
    text = json.loads(saved_text(job.executed, job))
    marked = any("papermill-error-cell-tag" in cell["metadata"].get("tags", []) for cell in text["cells"])
    if not marked:
        count = max((cell.get("execution_count") or 0 for cell in text["cells"]), default=0)
        source = f"{_TITLE.format(count=count)}\n\n```\n{message}\n```"
        cell = {"cell_type": "markdown", "id": "stage-failed", "metadata": {}, "source": [source]}
        text["cells"].insert(0, cell)
    return json.dumps(text, ensure_ascii=False, indent=1) + "\n"
