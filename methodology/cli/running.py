"""Commands about runs: run, verify, diff, sweep, propose, runs, lab."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from methodology.cli.app import say
from methodology.cli.studies import is_study, name_of, refuse_faulty, run_file, runs_of, study_of, system_of
from methodology.errors import ParameterError, StageError, WorkbenchError
from methodology.languages import FIRST, in_order, speaking
from methodology.parameters.project import Project
from methodology.results.store import Store
from methodology.runs.kernels.threads import SAME_ARITHMETIC
from methodology.runs.printed import keep_printed, printed

if TYPE_CHECKING:
    import pandas as pd

    from methodology.parameters import Parameters
    from methodology.runs.answered import Complete
    from methodology.runs.schedule import Outcome

_PAUSE = 0.3
_MOST_SHOWN = 200


def run_files(
    files: Sequence[Path],
    overrides: Sequence[str],
    *,
    why: bool,
    progress: str,
    runs: Path | None,
    **how: Any,
) -> None:
    """
    Check every file first, then execute as `Execution` says; a failing system does not stop the others.

    The same command with every file as it was is answered before anything of that, and without importing it.
    """
    from methodology.runs.answered import question

    place = files[0] if files else Path()
    around = Project.around(place if place.is_dir() else place.parent if place.exists() else ".")
    ask = partial(question, files, overrides, around, runs_of(around, runs))
    asked = None if why or how["force"] else ask()
    if asked is not None and (found := asked.answer()):
        _say_unchanged(found, progress, around, asked.store.root)
        return
    from methodology.parameters import load_run

    named, project = _named_runs(files)
    runs = runs_of(project, runs)
    _refuse_no_folder(runs)
    wanted = [load_run(file, overrides) for file in named]
    if why:
        refuse_faulty(project, wanted)
        _explain(wanted, project, runs)
        return
    outcomes = _execute(wanted, project, runs, progress, **how)
    _report(outcomes, project, runs)
    if asked is not None and project == around:
        asked.keep(outcomes, ask())


def _execute(
    wanted: Sequence[Parameters], project: Project, runs: Path, progress: str, **how: Any
) -> list[Outcome]:
    from methodology.evidence.build import EvidenceOf
    from methodology.runs.progress import listener
    from methodology.runs.schedule import execute_runs

    with listener(progress) as hears:
        return execute_runs(
            wanted,
            runs_dir=runs,
            project=project,
            progress=hears,
            evidence=EvidenceOf(project),
            check=partial(refuse_faulty, project),
            afterwards=partial(_make_ready, project=project, runs=runs),
            **how,
        )


def _named_runs(files: Sequence[Path]) -> tuple[list[Path], Project]:
    """Files of choices, with that of a study for its folder or for none, and the project they stand in."""
    named = [run_file(study_of(file)) if is_study(file) else file for file in files] or [
        run_file(study_of(None))
    ]
    projects = {Project.around(file.parent if file.parent.is_dir() else ".") for file in named}
    if len({project.root for project in projects}) > 1:
        raise ParameterError("These files belong to several studies or projects. Run one study at a time.")
    return named, projects.pop()


def _explain(wanted: Sequence[Parameters], project: Project, runs: Path) -> None:
    from methodology.runs.planning import why_lines

    for parameters in wanted:
        for line in why_lines(parameters, project, runs):
            say(line)


def _report(outcomes: Sequence[Outcome], project: Project, runs: Path) -> None:
    """Say what became of every run, and fail if one did."""
    from methodology.runs.answered import Complete

    found = [Complete(one.folder, one.parameters.language) for one in outcomes if one.folder is not None]
    _say_complete(found, len(outcomes), project, runs)
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    if len(failed) == 1:
        raise failed[0].error or StageError("A run failed.")
    if failed:
        faults = "\n\n".join(f"{outcome.parameters.system}: {outcome.error}" for outcome in failed)
        ours = all(isinstance(outcome.error, WorkbenchError) for outcome in failed)
        worst = min((getattr(outcome.error, "exit_code", 1) for outcome in failed), default=1)
        raise (ParameterError if ours and worst == 2 else StageError)(f"{len(failed)} runs failed.\n{faults}")


def _say_unchanged(found: Sequence[Complete], progress: str, project: Project, runs: Path) -> None:
    from methodology.runs.progress import Event, listener

    with listener(progress) as hears:
        for folder in sorted({run.folder for run in found}):
            hears(Event("unchanged", folder.parent.name, message=folder.name))
    _say_complete(found, len(found), project, runs)


def _say_complete(found: Sequence[Complete], wanted: int, project: Project, runs: Path) -> None:
    """Print the proposed values and what surprises in them, then what to open, the run folders last."""
    for run in found:
        with speaking(run.language):
            say(_told(run.folder, project, runs))
    if wanted > 1:
        say(f"{len(found)} of {wanted} runs are complete. 共{wanted}项，完成{len(found)}项。")
    for run in found:
        for path, words in _to_open(run.folder):
            say(f"{words}: {path}")
    for run in found:
        say(run.folder)


TO_OPEN = {
    "public/site/index.html": "Page 网页",
    "public/standard.docx": "Draft 征求意见稿 (Word)",
    "public/explanation.docx": "Explanation 编制说明 (Word)",
    "public/proposal.xlsx": "Workbook 工作簿 (Excel)",
    "internal/site/index.html": "Internal page 内部资料",
}
"""What a run makes for readers, and what it is called."""


def _to_open(folder: Path) -> list[tuple[Path, str]]:
    return [(folder / name, words) for name, words in TO_OPEN.items() if (folder / name).is_file()]


def _make_ready(folder: Path, *, project: Project, runs: Path) -> None:
    """Keep what will be said of a run."""
    from methodology.parameters import recorded

    with speaking(recorded(folder, folder.parent.name).language):
        _told(folder, project, runs)


def _told(folder: Path, project: Project, runs: Path) -> str:
    """
    What is said of a complete run.

    The text of a run is kept among the finished stages, bound to its record: see `runs.printed`.
    """
    kept = printed(Store(runs), folder)
    if kept is not None:
        return kept
    from methodology.tables import proposal_promises, proposed_values
    from methodology.tables.overview import render_text
    from methodology.tables.warning import summary_sentences

    system = project.system(folder.parent.name)
    proposal = json.loads((folder / "results" / "proposal.json").read_text(encoding="utf-8"))
    values = render_text(proposed_values(proposal, system))
    pairs = [in_order(zh, en) for en, zh in summary_sentences(proposal)]
    told = "".join(f"- {one}\n  {other}\n" for one, other in pairs)
    text = "\n\n".join(
        part for part in (values, render_text(proposal_promises(proposal, system)), told) if part
    )
    text = f"{text.rstrip()}\n"
    keep_printed(Store(runs), folder, text)
    return text


def verify_run(folder: Path, *, jobs: int | None, progress: str) -> None:
    """Execute again and compare; anything that differs is exit code 1."""
    from methodology.evidence.build import EvidenceOf
    from methodology.runs.progress import listener
    from methodology.runs.verification import judging_project, verify

    folder = _named(folder)
    project = judging_project(folder)
    with listener(progress) as hears:
        differences = verify(
            folder,
            jobs=jobs,
            project=project,
            progress=hears,
            evidence=EvidenceOf(project),
        )
    if len(differences):
        raise StageError(
            f"{folder} does not repeat: {len(differences)} results differ.\n{_shown(differences)}"
        )
    say(
        f"{folder}: executed again from notebooks and data of this project; every result, notebook and document is "
        "identical bit for bit, and the record is the one that follows from them. 重新运行的全部结果逐位一致。"
    )


def diff_runs(first: Path, second: Path) -> None:
    """Print what changed, one table per kind of change."""
    from methodology.runs.changes_in_words import in_words
    from methodology.runs.comparison import diff

    before, after = _named(first), _named(second)
    for name, table in in_words(diff(before, after), Path(after)).items():
        count = f"{len(table)} changed 有变化" if len(table) else "nothing changed 无变化"
        say(f"{name}: {count}")
        if len(table):
            say(_shown(table))


def _shown(table: pd.DataFrame) -> str:
    """A table of differences for a terminal, no longer than anybody reads: its makers decide how many there are."""
    from methodology.runs.comparison import readable
    from methodology.tables.overview import render_text

    more = len(table) - _MOST_SHOWN
    tail = f"\n{more:,} more are not shown. 另有 {more:,} 处未列出。" if more > 0 else ""
    return f"{render_text(readable(table.head(_MOST_SHOWN)))}{tail}"


def sweep_file(
    file: Path | None, *, scheduler: str, jobs: int | None, runs: Path | None, progress: str
) -> None:
    """Run a sweep; the last line printed is its table."""
    from methodology.runs.progress import listener
    from methodology.runs.sweeps.sweep import sweep

    if file is None or is_study(file):
        file = _sweep_of(study_of(file))
    runs = runs_of(Project.around(file.parent if file.parent.is_dir() else "."), runs)
    _refuse_no_folder(runs)
    with listener(progress) as hears:
        table = sweep(file, runs_dir=runs, scheduler=scheduler or None, jobs=jobs, progress=hears)
    points = json.loads((table.parent / "sweep.json").read_text(encoding="utf-8"))["points"]
    if twice := points["stated"] - points["computed"]:
        say(
            f"{twice:,} of {points['stated']:,} points say the same as another and stand once. "
            f"{points['stated']:,}个点中，{twice:,}个与其他点相同，只列一次。"
        )
    say(table)


def _sweep_of(study: Project) -> Path:
    """The one sweep a study states."""
    found = sorted((study.root / "params" / "sweeps").glob("*.yaml"))
    if len(found) == 1:
        return found[0]
    names = ", ".join(path.name for path in found) or "none"
    raise ParameterError(
        f"{study.root.name} has no single sweep in params/sweeps: {names}. Name the file; "
        f"{study.base / 'params' / 'sweeps' / 'noise.yaml'} shows one."
    )


def propose_run(
    folder: Path | None, decisions: Path | None = None, *, jobs: int | None = None, progress: str = "auto"
) -> None:
    """Say which draft it became and what to open; the last line is the folder."""
    from methodology.runs.drafts import propose
    from methodology.runs.progress import listener

    if folder is None or is_study(folder):
        folder = _newest(study_of(folder))
    with listener(progress) as hears:
        draft = propose(_named(folder), decisions=decisions, jobs=jobs, progress=hears)
    document = f"; Word: {draft / 'standard.docx'}" if (draft / "standard.docx").is_file() else ""
    say(f"draft {draft.name} of {draft.parent.name} 第{draft.name}稿{document}")
    say(draft)


def _newest(study: Project) -> Path:
    """The run of a study that was made last."""
    own, made = system_of(study), Store(runs_of(study, None)).readable()[0]
    made = {run: record for run, record in made.items() if record["system"] == own}
    if not made:
        raise ParameterError(
            f"{name_of(study)} has no run yet. Make one with `workbench run`. 尚无运行结果。"
        )
    return max(made, key=lambda run: str(made[run]["created"]))


_HEADS = {
    "system": "system 体系",
    "created": "created 时间",
    "seconds": "seconds 秒",
    "commit": "commit 版本",
    "drafts": "drafts 征求意见稿",
    "why": "why 目的",
}


def list_or_prune(action: str, runs: Path | None) -> None:
    """Print one line per run, or what was removed."""
    from methodology.runs.listing import list_runs, prune
    from methodology.tables.overview import render_text

    runs = runs_of(Project.around(), runs)
    _refuse_no_folder(runs)
    if action == "list" and not runs.exists():
        say(f"There are no runs in {runs} yet. 尚无运行结果。")
    elif action == "list":
        say(render_text(list_runs(runs).rename(columns=_HEADS).rename_axis("run 编号")))
    elif action == "prune":
        removed = prune(runs)
        say("\n".join(str(folder) for folder in removed) or "Nothing to remove. 没有可清理的内容。")
    else:
        raise ParameterError(f"`workbench runs {action}` is unknown. Write `list` or `prune`.")


def _named(folder: Path) -> Path:
    """A folder by its own name, which messages use; `.` and `..` have none."""
    return folder if folder.name not in ("", "..") else folder.resolve()


def _refuse_no_folder(runs: Path) -> None:
    if runs.exists() and not runs.is_dir():
        raise ParameterError(f"{runs} is no folder, so it holds no runs. Name one with --runs.")


def open_lab(study: Path | None, options: Sequence[str] = (), *, voila: bool = False) -> None:
    """Open JupyterLab, or the what-if alone, in the project or study, in this environment, until it is asked to end."""
    from methodology.cli.lab import (
        first_language,
        lab_command,
        lab_environment,
        prepare,
        voila_command,
        workplace,
    )

    project = study_of(study) if study is not None else Project.around()
    place = workplace(project)
    prepare(project, place)
    spoken = first_language(project)
    told = lab_environment(place, spoken.get(FIRST, ""))
    environment = os.environ | {"PYTHONHASHSEED": "0"} | dict(SAME_ARITHMETIC) | told | spoken
    command = voila_command(project, place, options) if voila else lab_command(place, options)
    # In a session of its own, so that Ctrl-C reaches us alone, who end it without its question and its tracebacks.
    # On Windows in a group of its own, and asked again and again: nothing interrupts a wait there.
    apart = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    pause = _PAUSE if os.name == "nt" else None
    code: int | None = None
    with subprocess.Popen(
        command, env=environment, cwd=place, start_new_session=True, creationflags=apart
    ) as lab:
        try:
            while code is None:
                with suppress(subprocess.TimeoutExpired):
                    code = lab.wait(pause)
        except KeyboardInterrupt:
            lab.terminate()
            with suppress(subprocess.TimeoutExpired):
                lab.wait(timeout=1.5)
            lab.kill()
            raise
    sys.exit(code)
