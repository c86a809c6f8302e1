"""What a user types, sees and gets back."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from methodology.cli.app import app
from methodology.cli.stopping import outcome_of
from methodology.runs.kernels import threads
from methodology.runs.schedule import Execution

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    returncode: int
    stdout: str
    stderr: str


def workbench(*words: str) -> Answer:
    """A command in the folder of the project, in this process: to its exit code, as `workbench` has it."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(ROOT), redirect_stdout(out), redirect_stderr(err):
        code = outcome_of(lambda: app(list(words), standalone_mode=False))
    return Answer(code, out.getvalue(), err.getvalue())


def test_help_names_every_command():
    command = [sys.executable, "-c", "from methodology.cli import main; main()", "--help"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert answer.returncode == 0
    commands = ("run", "check", "template", "verify", "diff", "sweep", "evaluate", "outcome", "propose")
    commands += ("runs", "lab", "new")
    assert not [name for name in commands if f"  {name} " not in answer.stdout]


@pytest.mark.parametrize("command", ["run", "verify", "sweep", "propose"])
def test_help_says_how_many_jobs_there_are_without_naming_those_of_this_machine(command, monkeypatch):
    told = set()
    for count in (1, 8):
        monkeypatch.setattr(threads, "processors", lambda count=count: count)
        told.add(workbench(command, "--help").stdout)
    (text,) = told
    assert "as many as there are processors, at most two" in " ".join(text.split())


@pytest.mark.parametrize(("there", "taken"), [(1, 1), (2, 2), (8, 2)])
def test_a_run_takes_both_of_two_processors_unless_told_otherwise(there, taken, monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: there)
    assert (Execution().at_once, Execution(jobs=5).at_once) == (taken, 5)


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("run", "params/runs/nowhere.yaml"),
        ("run", "params/runs/ironmaking.yaml", "--set", "thresholds.shareI=0.1"),
        ("run", "params/runs/ironmaking.yaml", "--set", "thresholds.share_I=a lot"),
        ("run", "params/runs/ironmaking.yaml", "--jobs", "0"),
        ("check", "data/samples/ironmaking", "--system", "nowhere"),
        ("check", "data/samples/nowhere", "--system", "ironmaking"),
        ("template", "ironmaking", "-o", "questionnaire.docx"),
        ("template", "nowhere", "-o", "questionnaire.xlsx"),
        ("evaluate", "nowhere.json", "data/samples/ironmaking"),
        ("evaluate", "pyproject.toml", "data/samples/ironmaking"),
        ("outcome", "nowhere.json", "data/samples/ironmaking"),
        ("outcome", "pyproject.toml", "data/samples/ironmaking"),
        ("verify", "docs"),
        ("diff", "docs", "tests"),
        ("propose", "docs"),
        ("sweep", "params/sweeps/nowhere.yaml"),
        ("runs", "nonsense"),
        ("runs", "--runs", "pyproject.toml"),
        ("run", "params/runs/ironmaking.yaml", "--runs", "pyproject.toml"),
        ("run", "params/runs/ironmaking.yaml", "--progress", "nonsense"),
        ("run", "params"),
        ("sweep", "params/sweeps/noise.yaml", "--runs", "pyproject.toml"),
        ("key", "nowhere/plants.key"),
        ("new", "docs", "--system", "ironmaking"),
        ("new", "docs/mine", "--system", "ironmaking"),
        ("run",),
        ("check", "data/samples/ironmaking"),
        ("propose",),
        ("lab", "docs"),
    ],
    ids=" ".join,
)
def test_a_mistake_is_exit_code_2_and_a_message_without_a_traceback(words):
    answer = workbench(*words)
    assert answer.returncode == 2, answer.stderr
    assert answer.stderr.strip()
    assert "Traceback" not in answer.stderr


def test_the_shipped_sample_has_no_problem():
    answer = workbench("check", "data/samples/ironmaking", "--system", "ironmaking")
    assert answer.returncode == 0
    assert "no problem" in answer.stdout


def test_check_names_file_row_and_column_of_every_problem_at_once(tmp_path):
    source = (
        (ROOT / "data" / "samples" / "ironmaking" / "plants.csv").read_text(encoding="utf-8").splitlines()
    )
    header = source[0].split(",")
    first = source[1].split(",")
    first[header.index("fuel_ratio")] = "about 500"
    path = tmp_path / "plants.csv"
    path.write_text("\n".join([source[0], ",".join(first), source[2], source[2]]) + "\n", encoding="utf-8")
    answer = workbench("check", str(path), "--system", "ironmaking")
    assert answer.returncode == 2
    assert "about 500" in answer.stderr
    assert "row 2" in answer.stderr
    assert "fuel_ratio" in answer.stderr
    assert "P02" in answer.stderr


def test_a_template_is_written_once_and_never_over_somebodys_answers(tmp_path):
    path = tmp_path / "questionnaire.xlsx"
    assert workbench("template", "ironmaking", "-o", str(path)).returncode == 0
    content = path.read_bytes()
    again = workbench("template", "ironmaking", "-o", str(path))
    assert again.returncode == 2
    assert path.read_bytes() == content


def test_the_expert_form_is_a_workbook(tmp_path):
    path = tmp_path / "experts.xlsx"
    assert workbench("template", "ironmaking", "--experts", "-o", str(path)).returncode == 0
    assert path.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("command", ["evaluate", "outcome"])
def test_json_that_is_no_proposal_is_refused(tmp_path, command):
    path = tmp_path / "proposal.json"
    path.write_text(json.dumps([1, 2]), encoding="utf-8")
    answer = workbench(command, str(path), "data/samples/ironmaking")
    assert answer.returncode == 2
    assert "not a proposal" in answer.stderr


def test_a_key_is_made_once_and_never_shown(tmp_path):
    made = workbench("key", str(tmp_path / "plants.key"))
    assert made.returncode == 0
    assert "`key: plants.key`" in made.stdout
    content = (tmp_path / "plants.key").read_text(encoding="ascii").strip()
    assert len(content) == 64
    assert content not in made.stdout + made.stderr
    again = workbench("key", str(tmp_path / "plants.key"))
    assert again.returncode == 2
    assert "exists" in again.stderr


def test_check_names_the_plants_to_whoever_holds_the_table(tmp_path):
    table = (ROOT / "data" / "samples" / "ironmaking" / "plants.csv").read_text(encoding="utf-8")
    (tmp_path / "plants.csv").write_text(
        table.replace("\nP29,", "\n江南钢铁,"), encoding="utf-8", newline="\n"
    )
    refused = workbench("check", str(tmp_path), "--system", "ironmaking")
    assert refused.returncode == 2
    assert "1 of 30 plant ids" in refused.stderr
    assert workbench("key", str(tmp_path / "plants.key")).returncode == 0
    (tmp_path / "sample.yaml").write_text("key: plants.key\n", encoding="utf-8", newline="\n")
    checked = workbench("check", str(tmp_path), "--system", "ironmaking")
    assert checked.returncode == 0
    assert "'江南钢铁'" in checked.stdout
