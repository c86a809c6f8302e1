"""Notebooks in JupyterLab may be opened in any order, and nothing that is tracked or was worked in is lost."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from methodology.cli.lab import START, lab_environment
from methodology.cli.lab_saving import keep_outputs
from methodology.errors import DataError, ParameterError
from methodology.parameters import Parameters, Project, choices_of, parameters_for
from methodology.results import Results, session
from methodology.results.stages import STAGES
from methodology.runs.lab_notebooks import ANNEXES, KERNEL, copy_notebooks, copy_shipped

ROOT = Path(__file__).resolve().parents[2]
CHOICES = Parameters(system="coking", why="to test sessions")
WRITES = (
    'system: str = "coking"\nfolder: str = "runs/lab/coking"',
    "from methodology.results import Results",
    'saved = Results(folder).save("about", {"by": system})',
)
REFUSES = 'from methodology.errors import DataError\nraise DataError("no plant is left")'


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """Somebody sits before the kernel; what it says."""
    monkeypatch.setenv("JPY_SESSION_NAME", "a notebook")
    said = []
    monkeypatch.setattr(session, "tell", lambda *words: said.append(words[1]))
    return said


@pytest.fixture
def lab(tmp_path) -> Path:
    return tmp_path / "runs" / "lab" / "coking"


def _run(lab, name, about, monkeypatch, *earlier):
    """A run of coking beside the sessions, with one table and its record."""
    folder = lab.parents[1] / "coking" / name
    (folder / "results").mkdir(parents=True)
    (folder / "results" / "about.json").write_text(json.dumps({"by": about}), encoding="utf-8")
    (folder / "parameters.yaml").write_text(f"# of {name}\n", encoding="utf-8")
    monkeypatch.setattr(session.Store, "runs", lambda _: [*earlier, folder])
    return folder


def _notebook(folder, *cells):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    made.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(made, folder / "01_sample.ipynb")


def test_a_notebook_opened_first_takes_all_tables_of_the_newest_run_of_its_system(lab, monkeypatch, told):
    other = lab.parents[1] / "ironmaking" / "newest"
    first = _run(lab, "first", "an old run", monkeypatch, other)
    second = _run(lab, "second", "the newest run", monkeypatch, first)
    assert Results(lab).load("about") == {"by": "the newest run"}
    assert (lab / "parameters.yaml").read_text(encoding="utf-8") == "# of second\n"
    assert told == ["Tables are taken from the newest run, second."]
    _run(lab, "third", "a run made later", monkeypatch, first, second)
    assert Results(lab).load("about") == {"by": "a run made later"}


def test_a_named_run_is_found_beside_the_session_and_an_unknown_one_refused(lab, monkeypatch):
    first = _run(lab, "first", "a run", monkeypatch)
    monkeypatch.setattr(session, "read_manifest", lambda folder: folder)
    assert session.named_run(lab.with_name("what_if"), "coking", "first") == first.resolve()
    assert session.named_run(lab.with_name("what_if"), "coking", "") == first
    monkeypatch.undo()
    with pytest.raises(DataError, match="'absent' is not the folder of a complete run"):
        session.named_run(lab.with_name("what_if"), "coking", "absent")


def test_a_session_with_tables_of_its_own_keeps_them_and_forgets_what_followed_from_others(lab, monkeypatch):
    run = _run(lab, "first", "a run", monkeypatch)
    (run / "results" / "weights.csv").write_text("stale", encoding="utf-8")
    (run / "results" / "thresholds.csv").write_text("stale", encoding="utf-8")
    (run / "results" / "evaluation.csv").write_text("stale", encoding="utf-8")
    results = Results(lab)
    results.save("about", {"by": "a run"} | {"more": 1})
    left = {path.name for path in (lab / "results").iterdir()}
    assert left == {"about.json"}  # what figures say of made-up plants stands in all that follows
    _run(lab, "second", "a later run", monkeypatch, run)
    assert Results(lab).load("about")["more"] == 1


def test_the_same_table_saved_again_forgets_nothing(lab, monkeypatch):
    run = _run(lab, "first", "a run", monkeypatch)
    (run / "results" / "thresholds.csv").write_text("still good", encoding="utf-8")
    results = Results(lab)
    saved = results.load("about")
    results.save("about", saved)
    (lab / "results" / "thresholds.csv").write_text("still good", encoding="utf-8")
    results.save("about", saved)
    assert (lab / "results" / "thresholds.csv").is_file()


def test_what_no_run_has_is_computed_by_the_notebook_that_writes_it(lab, tmp_path, monkeypatch, told):
    _notebook(tmp_path, *WRITES)
    monkeypatch.chdir(tmp_path)
    assert Results("runs/lab/coking").load("about") == {"by": "coking"}
    assert any("running 01_sample.ipynb first" in line for line in told)
    assert (lab / "01_sample.ipynb").is_file()


def test_a_notebook_that_refuses_says_why_and_where_it_can_be_read(lab, tmp_path, monkeypatch):
    _notebook(tmp_path, WRITES[0], REFUSES)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="no plant is left") as caught:
        Results(lab).load("about")
    assert "File " not in str(caught.value)
    assert "01_sample.ipynb" in str(caught.value)


def test_where_nobody_sits_before_the_kernel_a_missing_table_is_refused_as_ever(lab, monkeypatch):
    _run(lab, "first", "a run", monkeypatch)
    monkeypatch.delenv("JPY_SESSION_NAME")
    with pytest.raises(DataError, match="Run 01_sample first"):
        Results(lab).load("about")
    assert not lab.exists()


def test_the_folder_of_a_run_is_no_session(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="Run 01_sample first"):
        Results(tmp_path / "runs" / "coking" / "abc").load("about")


def test_a_mistake_is_shown_as_its_message_and_no_traceback():
    from IPython.core.interactiveshell import InteractiveShell

    shell, shown = InteractiveShell(), []
    shell._showtraceback = lambda _kind, _value, lines: shown.extend(lines)
    shell.run_cell(
        "from methodology.errors import ParameterError\nraise ParameterError('no\\x1b[31m system')",
        silent=True,
    )
    assert shown == [r"ParameterError: no\x1b[31m system"]


def test_a_mistake_in_a_parameters_cell_is_shown_in_both_languages():
    mistakes = {"share_I": 1.5, "promise": "jiont", "confidence": "x", "given": 3}
    with pytest.raises(ParameterError) as refused:
        choices_of("thresholds", mistakes)
    (shown,) = refused.value._render_traceback_()
    for en, zh in (
        ("share_I: should be below 1 (given: 1.5)", "参数单元格，share_I：应小于1，现为1.5"),
        ("promise: should be one of 'marginal', 'joint', ", "promise：应为以下之一：'marginal', 'joint', "),
        ("confidence: should be a number (given: 'x')", "confidence：应为数，现为'x'"),
        ("given: should be a list (given: 3)", "given：应为列表，现为3"),
    ):
        assert en in shown
        assert zh in shown


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    (folder / "params" / "systems").mkdir(parents=True)
    return Project(folder)


def test_copies_hold_the_choices_of_their_system_and_leave_the_originals_alone(project, tmp_path):
    before = {path.name: path.read_bytes() for path in project.notebooks.glob("*.ipynb")}
    both = {"ironmaking": CHOICES.model_copy(update={"system": "ironmaking"}), "coking": CHOICES}
    made = copy_shipped(project, tmp_path, both)
    assert len(made) == 2 * (len(STAGES) + 1) + len(ANNEXES)
    assert {path.name: path.read_bytes() for path in project.notebooks.glob("*.ipynb")} == before
    copy = nbformat.read(tmp_path / "lab" / "notebooks" / "coking" / "02_weights.ipynb", as_version=4)
    (given,) = [cell for cell in copy.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    chosen: dict[str, object] = {}
    exec(given.source, chosen)  # noqa: S102 - papermill's own cell
    assert chosen.items() >= parameters_for(CHOICES, "weights").items()
    assert (
        tmp_path / "lab" / "notebooks" / "coking" / str(chosen["folder"])
    ).resolve() == tmp_path / "lab" / "coking"
    assert dict(copy.metadata.kernelspec) == KERNEL
    assert copy_shipped(project, tmp_path, both) == []


def test_the_what_if_opens_on_the_promise_that_the_run_proposes(project, tmp_path):
    chosen = CHOICES.thresholds.model_copy(update={"promise": "marginal"})
    other = CHOICES.model_copy(update={"system": "ironmaking", "thresholds": chosen})
    copy_shipped(project, tmp_path, {"coking": CHOICES, "ironmaking": other})
    for system, promise in (("coking", "joint"), ("ironmaking", "marginal")):
        copy = nbformat.read(tmp_path / "lab" / "notebooks" / system / "what_if.ipynb", as_version=4)
        (given,) = [cell for cell in copy.cells if "injected-parameters" in cell.metadata.get("tags", [])]
        assert f'promise = "{promise}"' in given.source


def test_copies_of_a_study_in_english_are_read_in_english_first_and_compute_the_same(project, tmp_path):
    both = {}
    for language in ("zh", "en"):
        study = Project(tmp_path / language)
        (study.root / "params" / "systems").mkdir(parents=True)
        (study.root / "study.yaml").write_text("system: coking\n", encoding="utf-8")
        copy_notebooks(study, CHOICES.model_copy(update={"language": language}))
        folder = study.root / "notebooks"
        both[language] = {
            path.name: nbformat.read(path, as_version=4).cells for path in folder.glob("*.ipynb")
        }
    assert both["zh"].keys() == both["en"].keys()
    for name, cells in both["zh"].items():
        others = both["en"][name]
        assert re.match(r"# .*[\u4e00-\u9fff].* [A-Za-z]", cells[0].source), name
        assert re.match(r"# [^\u4e00-\u9fff]*[a-z].*[\u4e00-\u9fff]", others[0].source), name
        for cell, other in zip(cells, others, strict=True):
            assert sorted(cell.source) == sorted(other.source) or cell.cell_type == "code"
            if cell.cell_type == "code":
                assert ast.dump(ast.parse(cell.source)) == ast.dump(ast.parse(other.source)), name
    assert "\n# indicator system 指标体系\n" in "\n" + both["en"]["03_thresholds.ipynb"][1].source


def test_a_copy_worked_in_stays_until_its_original_changes_and_then_stands_aside(project, tmp_path):
    one = {"coking": CHOICES}
    copy_shipped(project, tmp_path, one)
    mine = tmp_path / "lab" / "notebooks" / "coking" / "01_sample.ipynb"
    mine.write_text(mine.read_text(encoding="utf-8").replace("plants", "PLANTS"), encoding="utf-8")
    worked, original = mine.read_text(encoding="utf-8"), project.notebooks / "01_sample.ipynb"
    assert copy_shipped(project, tmp_path, one) == []
    original.write_text(original.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert copy_shipped(project, tmp_path, one) == [mine]
    (kept,) = (mine.parent / "earlier").glob("01_sample_*.ipynb")
    assert kept.read_text(encoding="utf-8") == worked


def _cell(name, source, outputs=(), count=None, kind="code"):
    return {
        "id": name,
        "cell_type": kind,
        "source": source,
        "outputs": list(outputs),
        "execution_count": count,
        "metadata": {},
    }


def test_outputs_behind_a_cell_that_refuses_survive_unless_their_code_was_changed(tmp_path):
    shown, error = [{"output_type": "stream", "name": "stdout", "text": "7"}], [{"output_type": "error"}]
    names = ("before", "refuses", "behind", "edited")
    stored = [_cell(name, name, shown, 3) for name in names]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": stored}), encoding="utf-8")
    now = [_cell("before", "before"), _cell("refuses", "refuses", error, 1), _cell("behind", "behind")]
    now.append(_cell("edited", "other"))
    model = {"type": "notebook", "content": {"cells": now}}
    keep_outputs(model, "a.ipynb", SimpleNamespace(root_dir=str(tmp_path)))
    assert [cell["outputs"] for cell in now] == [[], error, shown, []]
    now[1]["outputs"], now[2]["outputs"] = [], []
    keep_outputs(model, "a.ipynb", SimpleNamespace(root_dir=str(tmp_path)))
    assert now[2]["outputs"] == []  # nothing refused: emptied by hand


SAVED = """import asyncio, json; from jupyter_server.serverapp import ServerApp
server = ServerApp(open_browser=False, root_dir=".", log_level=40)
server.initialize(argv=[], new_httpserver=False)
model = {"type": "notebook", "format": "json", "content": json.load(open("now.json"))}
asyncio.run(server.contents_manager.save(model, "a.ipynb"))"""


def test_the_server_that_the_command_starts_gives_outputs_back_when_it_saves(tmp_path):
    """As `workbench lab` tells Jupyter, with no word said by us in between."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in ("refuses", "behind")])
    made.cells[1].outputs = [nbformat.v4.new_output("stream", text="7")]
    made.cells[1].execution_count = 1
    nbformat.write(made, tmp_path / "a.ipynb")
    made.cells[0].outputs = [nbformat.v4.new_output("error", ename="DataError", evalue="", traceback=[])]
    made.cells[1].outputs, made.cells[1].execution_count = [], None
    (tmp_path / "now.json").write_text(nbformat.writes(made), encoding="utf-8")
    _started(ROOT, tmp_path, "-c", SAVED, HOME=str(tmp_path), **lab_environment(tmp_path))
    saved, kept = nbformat.read(tmp_path / "a.ipynb", as_version=4).cells
    assert saved.outputs[0].ename == "DataError"
    assert (kept.outputs[0].text, kept.execution_count) == ("7", 1)


PARTS = ("methodology", "params", "notebooks", "data", ".gitignore")
PREPARED = """from methodology.cli import lab; from methodology.parameters import Project
project = Project.around(); place = lab.workplace(project)
print(project.root, place, lab.prepare(project, place), sep="\\n")"""


@pytest.fixture
def checkout(tmp_path) -> Path:
    """What a session needs of this checkout, elsewhere."""
    made = tmp_path / "server" / "checkout"
    made.mkdir(parents=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, made / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, made)
    return made


def _started(checkout, place, *words, prefix=(), **more):
    """What a program of the checkout prints, started in a folder."""
    environment = os.environ | {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"} | more
    command = [*prefix, sys.executable, *words]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _may_write(tree, allowed):
    for path in (tree, *tree.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IWUSR if allowed else mode & ~0o222)


def _held_to_permissions():
    """What has a program held to permissions where everything is allowed to us."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root writes whatever its mode")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@pytest.mark.skipif(os.name == "nt", reason="modes of files are those of POSIX")
@pytest.mark.parametrize("stands", ["server/checkout", pytest.param("home/work", marks=pytest.mark.slow)])
def test_another_user_of_a_server_works_in_a_folder_of_his_own_on_a_checkout_he_may_not_write(
    checkout, tmp_path, stands
):
    home = tmp_path / "home"
    (home / "work").mkdir(parents=True)
    mine = home if stands == "server/checkout" else home / "work"
    _may_write(checkout.parent, allowed=False)
    try:
        held = {"prefix": _held_to_permissions(), "HOME": str(home)}
        known = {path: path.stat().st_mtime_ns for path in checkout.rglob("*")}
        told = _started(checkout, tmp_path / stands, "-c", PREPARED, **held)
        assert {path: path.stat().st_mtime_ns for path in checkout.rglob("*")} == known
    finally:
        _may_write(checkout.parent, allowed=True)
    page = mine / "runs" / START
    assert told == [str(checkout), str(mine), str(page)]
    linked = re.findall(r"\]\((lab/notebooks/ironmaking/[^)]+)\)", page.read_text(encoding="utf-8"))
    assert len(linked) == len(STAGES) + 1
    assert all(os.access(page.parent / way, os.W_OK) for way in linked)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git says what was changed")
def test_opening_running_and_saving_a_notebook_dirties_no_tracked_file(checkout):
    git = ("git", "-C", str(checkout), "-c", "user.name=a", "-c", "user.email=a@b")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "as shipped")):
        subprocess.run([*git, *words], check=True)
    _started(checkout, checkout, "-c", PREPARED)
    opened = checkout / "runs" / "lab" / "notebooks" / "ironmaking" / "01_sample.ipynb"
    before = opened.read_bytes()
    words = ("--kernel", "python3", "--language", "python", "--no-progress-bar")
    _started(checkout, opened.parent, "-m", "papermill", opened.name, opened.name, *words)
    assert opened.read_bytes() != before
    assert (checkout / "runs" / "lab" / "ironmaking" / "results" / "sample.parquet").is_file()
    said = subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True, text=True)
    assert said.stdout == ""
