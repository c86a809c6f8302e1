"""What the series notebook prints, for tests that recompute it, and the shipped run, for every test that reads it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kept_kernels import Kept, kept_kernels
from series_pages import LABELS, PROMISES, amount, tables_of
from shipped import ROOT
from typer.testing import CliRunner

from methodology.cli.app import app

Command = Callable[..., subprocess.CompletedProcess[str]]
SHIPPED = (
    "params/runs/ironmaking.yaml",
    "--set",
    "sensitivity.draws=2000",
    "--set",
    "sensitivity.sobol_n=32",
)


def _workbench(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from methodology.cli import main; main()", *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def _in_this_process(kept: Kept, *words: str) -> subprocess.CompletedProcess[str]:
    with chdir(ROOT), kept_kernels(kept):
        done = CliRunner().invoke(app, words)
    return subprocess.CompletedProcess(
        words, done.exit_code, done.stdout, f"{done.stderr}\n{done.exception!r}"
    )


@pytest.fixture(scope="session")
def workbench() -> Command:
    """A command as a new user types it."""
    return _workbench


@pytest.fixture(scope="session")
def run_shipped(tmp_path_factory, kept) -> Command:
    """Run what is shipped under a promise; processes that test at once share the folder, and one of them makes it.

    The joint promise is proposed by default and run as a new user does; the other with what this process has imported.
    """
    base = tmp_path_factory.getbasetemp()
    runs = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shipped"

    @cache
    def made(promise: str, *more: str) -> subprocess.CompletedProcess[str]:
        run = _workbench if promise == "joint" else partial(_in_this_process, kept)
        jobs = "2" if promise == "joint" else "1"
        chosen = ("--set", f"thresholds.promise={promise}", "--jobs", jobs, "--runs", str(runs))
        done = run("run", *SHIPPED, *chosen, *more)
        assert done.returncode == 0, done.stderr[-3000:]
        return done

    return made


@pytest.fixture(scope="module")
def shown() -> Callable[[str], pd.DataFrame]:
    """The table of the notebook that has a column of this name, repeated cells filled in."""
    found = tables_of("series")

    def pick(column: str, *repeated: str) -> pd.DataFrame:
        (table,) = [table for table in found if column in table.columns]
        table[list(repeated)] = table[list(repeated)].replace("", np.nan).ffill()
        return table

    return pick


@pytest.fixture(scope="module")
def values(shown) -> dict[tuple[str, str], dict[str, float]]:
    """(system, English name) -> proposed value per promise and level, as the notebook prints them."""
    table = shown("each indicator alone: I | II | III", "system")
    found = {}
    for row in table.to_dict("records"):
        name = re.sub(r"[*†‡]+$", "", row["indicator"])
        for words, promise in PROMISES.items():
            numbers = [amount(text, name) for text in row[f"{words}: I | II | III"].split(" | ")]
            for level, number in zip(("I", "II", "III"), numbers, strict=True):
                found.setdefault((LABELS[row["system"]], name), {})[f"{promise} {level}"] = number
    return found
