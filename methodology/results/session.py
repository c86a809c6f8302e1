"""A session in JupyterLab: a notebook opened first takes what it needs from the newest run, or has it computed.

runs/lab/<system>/     tables of a session, beside the runs; its notebooks may be opened in any order
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from methodology.errors import DataError
from methodology.indicators.shown import frames_too, is_attended
from methodology.languages import in_order
from methodology.results.stages import STAGES, writer_of
from methodology.results.store import PARAMETERS, Store, copy, read_manifest, write_whole

LAB = "lab"
"""Folder of the sessions, below the runs."""
_TAKEN = "taken.txt"
"""Names the run whose tables a session holds, as long as it holds no others."""
_LAST_LINES = 4


def is_session(folder: Path) -> bool:
    """Whether a folder holds the tables of a session that somebody works in."""
    return is_attended() and folder.resolve().parent.name == LAB


def take_newest_run(folder: Path) -> None:
    """
    Fill a session with the tables of the newest run of its system, unless it holds tables of its own.

    Notes
    -----
    All tables of one run or none: weights of one sample would not fit the plants of another.
    """
    frames_too()
    place = folder.resolve()
    taken, newest = place / _TAKEN, newest_run(folder, place.name)
    if newest is None:
        return
    if (place / "results").is_dir() and not taken.is_file():
        tell(
            f"表格为本次会话自己测算的，不取自{newest.name}。",
            f"The tables are this session's own, not those of {newest.name}; without runs/{LAB}/{place.name} they are.",
        )
        return
    if not taken.is_file() or taken.read_text(encoding="utf-8").strip() != newest.name:
        shutil.rmtree(place / "results", ignore_errors=True)
        for path in sorted((newest / "results").rglob("*")):
            if path.is_file():
                copy(path, place / path.relative_to(newest))
        copy(newest / PARAMETERS, place / PARAMETERS)
        write_whole(taken, f"{newest.name}\n")
    tell(f"表格取自最新一次测算{newest.name}。", f"Tables are taken from the newest run, {newest.name}.")


def newest_run(folder: Path, system: str) -> Path | None:
    """The newest run of a system beside a session, or None."""
    made = [run for run in Store(folder.resolve().parents[1]).runs() if run.parent.name == system]
    return made[-1] if made else None


def named_run(folder: Path, system: str, run: str) -> Path | None:
    """
    The run a notebook asks for, beside its session's folder.

    Parameters
    ----------
    run : str
        Id of a run; empty: the newest where somebody sits before the kernel, otherwise none.

    Raises
    ------
    DataError
        If there is no such run.
    """
    if not run:
        newest = newest_run(folder, system) if is_session(folder) else None
        if newest is not None:
            tell(f"所用为最新一次测算{newest.name}。", f"This is the newest run, {newest.name}.")
        return newest
    found = Store(folder.resolve().parents[1]).folder(system, run)
    read_manifest(found)
    return found


def compute(folder: Path, file: str) -> None:
    """
    Have an earlier notebook, as it stands beside this one, write a missing table; what it misses comes in the same way.

    Parameters
    ----------
    file : str
        Below `results/`.

    Raises
    ------
    DataError
        If the notebook fails; its executed copy stands in the session's folder.
    """
    stage, place = writer_of(file), folder.resolve()
    notebook = Path.cwd() / stage.notebook if stage else None
    if notebook is None or not notebook.is_file():
        return
    tell(f"缺少{file}，先运行{notebook.stem}。", f"results/{file} is missing: running {notebook.name} first.")
    place.mkdir(parents=True, exist_ok=True)
    saved = place / notebook.name
    command = [sys.executable, "-m", "papermill", str(notebook), str(saved), "--no-progress-bar"]
    done = subprocess.run(
        [*command, "--kernel", "python3", "--language", "python"],
        env=os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"},
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-_LAST_LINES:])
        raise DataError(f"{notebook.name}, which writes results/{file}, failed; see {saved.name}.\n{last}")


def forget_followers(folder: Path, file: str) -> None:
    """Remove the tables of a session that were made from an earlier `file`; they are computed when needed."""
    (folder / _TAKEN).unlink(missing_ok=True)
    waiting, results = [file], folder / "results"
    while waiting:
        changed = waiting.pop()
        for stage in STAGES:
            if changed not in stage.inputs:
                continue
            old = [path for pattern in stage.patterns for path in sorted(results.glob(pattern))]
            for path in old:
                path.unlink()
            waiting += [path.relative_to(results).as_posix() for path in old]


@cache
def tell(zh: str, en: str) -> None:
    """Say something where it is looked at, once per kernel, in the language that is spoken first."""
    from IPython.display import Markdown, display

    display(Markdown(" ".join(f"*{text}*" for text in in_order(zh, en))))
