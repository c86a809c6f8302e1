"""Git, odd names of files and other programs disturb no record."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
import xlsxwriter
from proposal_toys import proposal_of
from shipped import ROOT
from toy_runs import STAGES

from methodology.parameters import Project
from methodology.runs.manifest import code_state

pytestmark = pytest.mark.usefixtures("shared_kernels")


ONE = STAGES[:1]


@pytest.mark.parametrize("answer", ["名", "\udcff\udcfe", "é"])
def test_names_of_files_in_any_encoding_do_not_disturb_the_record(tmp_path, monkeypatch, answer):
    import subprocess

    def git(*words):
        subprocess.run(
            ["git", "-C", str(tmp_path), *words], check=True, capture_output=True, env=_no_identity(tmp_path)
        )

    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    git("init", "-q")
    git("-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-q", "--allow-empty", "-m", "first")
    git("config", "core.quotepath", "false")
    monkeypatch.setenv("LC_ALL", "C")
    state = code_state(tmp_path)
    assert (len(state["commit"]), state["clean"]) == (40, True)
    with open(os.fsencode(tmp_path) + b"/" + answer.encode("gbk", "surrogateescape"), "wb"):
        pass
    assert code_state(tmp_path)["clean"] is False


def _no_identity(home):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}


def test_without_git_the_commit_is_not_known(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    state = code_state(tmp_path)
    assert (state["commit"], state["clean"]) == (None, None)


def test_a_repository_starts_no_program_when_its_state_is_asked(tmp_path):
    import subprocess

    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    owned = tmp_path / "owned"
    folder = tmp_path / "repository"
    environment = _no_identity(tmp_path)
    identity_options = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    for words in (["init", "-q"], [*identity_options, "commit", "-q", "--allow-empty", "-m", "first"]):
        folder.mkdir(exist_ok=True)
        subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, env=environment)
    script = tmp_path / "monitor"
    script.write_text(f"#!/bin/sh\ntouch {owned}\n")
    script.chmod(0o755)
    subprocess.run(
        ["git", "-C", str(folder), "config", "core.fsmonitor", str(script)], check=True, env=environment
    )
    code_state(folder)
    assert not owned.exists()


def test_a_stage_may_read_a_workbook_it_declares_and_start_nothing_else(tmp_path):
    book = tmp_path / "plants.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("plants").write_row(0, 0, ["plant", "P01"])
    code = (
        "import subprocess, sys; from pathlib import Path; "
        "from methodology.runs.kernels.declared_reads import found, watch; "
        "from methodology.spreadsheets.workbooks import read_workbook; "
        "watch([sys.argv[1]]); path = Path(sys.argv[1]); "
        "grids = read_workbook(path.read_bytes(), path.name); print(grids[0].rows[0]); "
        "print(found())\n"
        "try:\n    subprocess.run([sys.executable, '-I', '-c', 'pass'])\nexcept PermissionError:\n    print(found())"
    )
    answer = subprocess.run([sys.executable, "-c", code, str(book)], capture_output=True, encoding="utf-8")
    assert answer.returncode == 0, answer.stderr
    row, before, after = answer.stdout.splitlines()
    assert row == "('plant', 'P01')"
    assert before == "[]"
    assert "which could read anything" in after


def test_settings_of_matplotlib_disturb_no_report_of_a_plant(tmp_path):
    system = Project(ROOT).system("ironmaking")
    (tmp_path / "proposal.json").write_text(json.dumps(proposal_of(system)), encoding="utf-8", newline="\n")
    rows = (ROOT / "data/samples/ironmaking/plants.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "plants.csv").write_text("\n".join(rows[:3]) + "\n", encoding="utf-8", newline="\n")
    answer = subprocess.run(
        [sys.executable, "-c", "from methodology.cli import main; main()", "evaluate"]
        + [str(tmp_path / name) for name in ("proposal.json", "plants.csv")]
        + ["-o", str(tmp_path / "reports")],
        cwd=ROOT,
        env=os.environ | {"MPLBACKEND": "nonsense", "MPLCONFIGDIR": os.path.join(os.devnull, "none")},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert len(list((tmp_path / "reports").iterdir())) == 4
