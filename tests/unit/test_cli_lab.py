"""The command that starts JupyterLab, and the page it opens on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from methodology.cli import lab, running
from methodology.cli.app import app
from methodology.cli.lab import START, lab_command, lab_environment, start_page, write_start_page
from methodology.errors import DataError, MethodError
from methodology.languages import FIRST
from methodology.parameters import Project

PAGE_CONFIG = (
    "from jupyterlab_server.config import get_static_page_config; print(get_static_page_config(level='all'))"
)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def study(tmp_path) -> Project:
    """A study with notebooks and no run."""
    folder = tmp_path / "hot <b>metal</b> [x](y)"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "study.yaml").write_text("system: ironmaking\n", encoding="utf-8")
    for name in ("01_sample", "what_if", "03_thresholds"):
        (folder / "notebooks" / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    return Project(folder)


def _with_runs(study, monkeypatch, *runs):
    """Records of runs as the store would give them, oldest first."""
    found = {
        study.root / "runs" / "ironmaking" / run: {
            "run": run,
            "system": "ironmaking",
            "created": day,
            "why": why,
        }
        for run, day, why in runs
    }
    for folder in found:
        (folder / "internal" / "site").mkdir(parents=True)
        (folder / "internal" / "site" / "index.html").write_text("", encoding="utf-8")
    monkeypatch.setattr(lab.Store, "readable", lambda _: (found, {}))


@pytest.mark.parametrize(
    ("words", "study", "options"),
    [
        ([], None, []),
        (["--no-browser", "--port", "8899"], None, ["--no-browser", "--port", "8899"]),
        (["mine", "--port=8899"], "mine", ["--port=8899"]),
        (["mine", "--", "--no-browser"], "mine", ["--no-browser"]),
        (["--", "--no-browser"], None, ["--no-browser"]),
    ],
    ids=str,
)
def test_options_of_jupyterlab_pass_through_beside_the_study(monkeypatch, words, study, options):
    heard = []
    monkeypatch.setattr(running, "open_lab", lambda *given, voila: heard.append((*given, voila)))
    assert CliRunner().invoke(app, ["lab", *words]).exit_code == 0
    assert CliRunner().invoke(app, ["lab", "--voila", *words]).exit_code == 0
    assert heard == [(Path(study) if study else None, options, voila) for voila in (False, True)]


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ([], "lab"),
        (["STUDY=../my study"], 'lab "../my study"'),
        (["OPTIONS=--no-browser --port 8899"], "lab --no-browser --port 8899"),
    ],
    ids=str,
)
def test_make_lab_hands_study_and_options_on_as_the_tutorial_writes_them(words, typed):
    alone = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "-n", "lab", *words]
    answer = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=True)
    assert " ".join(answer.stdout.splitlines()[-1].split()).endswith(f"/workbench {typed}")


def test_voila_serves_the_what_if_of_the_study_or_of_the_first_system(study, monkeypatch):
    monkeypatch.setattr(lab, "find_spec", lambda name: name)
    command = lab.voila_command(study, study.root, ["--port", "8899"])
    notebook = study.root / "notebooks" / "what_if.ipynb"
    assert command == [sys.executable, "-m", "voila", str(notebook), "--port", "8899"]
    notebook.unlink()
    with pytest.raises(DataError, match=r"what_if\.ipynb could not be written"):
        lab.voila_command(study, study.root)
    monkeypatch.setattr(lab, "find_spec", lambda _: None)
    with pytest.raises(MethodError, match="pip install 'voila>="):
        lab.voila_command(study, study.root)


def test_the_command_opens_the_start_page_is_quiet_about_news_and_lets_options_win(study):
    bare = lab_command(study.root)
    assert not any("default_url" in word for word in bare)
    assert write_start_page(study, study.root) == study.root / "runs" / START
    command = lab_command(study.root, ["--port", "8899"])
    assert command[:5] == [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(study.root)]
    assert "--LabApp.news_url=None" in command
    assert f"--LabApp.default_url=/lab/tree/runs/{START}" in command
    assert command[-2:] == ["--port", "8899"]
    assert not any(word in " ".join(command) for word in ("--ip", "token", "password", "allow_origin"))
    assert ("--allow-root" in command) == (getattr(os, "geteuid", lambda: 1)() == 0)


def test_jupyterlab_does_not_ask_about_news_and_keeps_what_is_configured_here(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    answer = subprocess.run(
        [sys.executable, "-c", PAGE_CONFIG],
        env=os.environ | lab_environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "announcements" in answer.stdout
    assert lab_environment(tmp_path)["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert lab_environment(tmp_path)["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(tmp_path)


def test_jupyterlab_knows_every_option_of_the_command(study):
    write_start_page(study, study.root)
    command = [*lab_command(study.root), "--show-config-json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=study.root)
    told = json.loads(answer.stdout)
    assert str(told["LabApp"]["news_url"]) == "None"
    assert told["LabApp"]["default_url"] == f"/lab/tree/runs/{START}"
    assert "Unrecognized" not in answer.stderr


def test_the_page_lists_runs_newest_first_with_links_and_notebooks_in_order(study, monkeypatch):
    _with_runs(study, monkeypatch, ("old", "2026-01-01", "first"), ("new", "2026-02-01", "a | b <script>"))
    page = start_page(study, study.root)
    assert page.index("| new |") < page.index("| old |")
    newest = study.root / "runs" / "ironmaking" / "new" / "internal" / "site" / "index.html"
    assert f"\n- {newest}\n" in unescape(page)
    assert "runs/pages.zip runs/ironmaking/new/internal\n" in page
    assert "| 2026-02-01 |" in page
    names = [
        name for name in ("01_sample", "03_thresholds", "what_if") if f"(../notebooks/{name}.ipynb)" in page
    ]
    assert names == ["01_sample", "03_thresholds", "what_if"]
    assert page.index("01_sample") < page.index("03_thresholds") < page.index("what_if")
    assert "02_weights" not in page


def test_no_text_of_a_run_or_name_of_a_study_means_anything_on_the_page(study, monkeypatch):
    _with_runs(study, monkeypatch, ("new", "2026-02-01", "a | b <script> [x](javascript:y)\n# head"))
    page = start_page(study, study.root)
    assert "<" not in page
    assert "](y)" not in page
    assert "](javascript" not in page
    assert not any(line.startswith("# head") for line in page.splitlines())


def test_the_page_begins_with_the_language_of_its_study(study):
    for language, heading in (("zh", "从这里开始 Start here"), ("en", "Start here 从这里开始")):
        (study.root / "study.yaml").write_text(
            f"system: ironmaking\nlanguage: {language}\n", encoding="utf-8"
        )
        page = write_start_page(Project(study.root), study.root).read_text(encoding="utf-8")
        assert page.splitlines()[0].endswith(heading)
        one, other = (page.index(text) for text in ("均为副本", "They are copies"))
        assert (one < other) == (language == "zh")


def test_the_page_says_what_to_do_where_there_is_no_run_in_both_languages(study):
    page = start_page(study, study.root)
    assert "workbench run" in page
    for zh, en in (
        ("自己的数据", "Your own data"),
        ("比较", "Compare"),
        ("按顺序", "order"),
    ):
        assert zh in page
        assert en in page


def test_the_tutorial_calls_notebooks_as_the_start_page_of_a_study_does(study):
    (study.root / "notebooks" / "scenarios.ipynb").write_text("{}", encoding="utf-8")
    (study.root / "study.yaml").write_text("system: ironmaking\nlanguage: zh\n", encoding="utf-8")
    write_start_page(Project(study.root), study.root)
    page, tutorial = (
        (study.root / "runs" / START).read_text(encoding="utf-8"),
        (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"),
    )
    for zh, en in (
        ("如果…会怎样", "what if a value were different"),
        ("情景并列比较", "scenarios side by side"),
    ):
        assert f"[{zh} {en}](" in page
        assert f"“{zh}”" in tutorial
        assert f"*{en}*" in tutorial


def test_a_folder_that_may_not_be_written_still_opens(study):
    (study.root / "runs").write_text("no folder", encoding="utf-8")
    assert write_start_page(study, study.root) is None
    assert not any("default_url" in word for word in lab_command(study.root))


def test_the_start_page_of_a_checkout_is_no_tracked_file():
    ignored = subprocess.run(["git", "check-ignore", "-q", f"runs/{START}"], cwd=ROOT, check=False)
    assert ignored.returncode == 0


def test_it_opens_in_the_study_the_checkout_one_stands_in_or_else_here(study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert lab.workplace(study) == study.root
    checkout = Project(ROOT)
    assert (
        lab.workplace(checkout) == tmp_path
    )  # from a wheel, or on a server: nothing beside the package is written
    monkeypatch.chdir(ROOT / "docs")
    assert lab.workplace(checkout) == ROOT
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert lab.workplace(checkout) == ROOT / "docs"


def test_notebooks_of_a_study_speak_its_language_first(study):
    (study.root / "study.yaml").write_text("system: ironmaking\nlanguage: en\n", encoding="utf-8")
    assert lab.first_language(Project(study.root)) == {FIRST: "en"}
    assert lab.first_language(Project(ROOT)) == {}


OVERRIDES = """
import json, os, sys, jupyterlab_server.settings_utils as told
for environment in json.loads(sys.argv[2]):
    os.environ.update(environment)
    print(told._get_overrides(sys.argv[1])[0])
"""


def test_menus_of_an_english_study_stay_english(tmp_path):
    locales = {"": "zh_CN", "zh": "zh_CN", "en": "default"}
    environments = json.dumps([lab_environment(tmp_path, language) for language in locales])
    answer = subprocess.run(
        [sys.executable, "-c", OVERRIDES, str(tmp_path), environments],
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    for told, locale in zip(answer.stdout.splitlines(), locales.values(), strict=True):
        assert f"'locale': '{locale}'" in told
        assert "Markdown Preview" in told


def test_the_kernel_has_its_own_name_is_this_python_and_stands_in_no_home(tmp_path):
    lists = [sys.executable, "-m", "jupyter_client.kernelspecapp", "list", "--json"]
    environment = os.environ | lab_environment(tmp_path) | {"HOME": str(tmp_path)}
    answer = subprocess.run(lists, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(answer.stdout)["kernelspecs"]["workbench"]
    assert Path(found["resource_dir"]).is_relative_to(Path(lab.__file__).parent)
    assert (
        found["spec"]["argv"][0] == "python"
    )  # which jupyter_client replaces by the interpreter of the server
    assert not (tmp_path / ".local" / "share" / "jupyter" / "kernels").exists()


def _told_of_images():
    """What the Dockerfile and the start of a Binder tell Jupyter about where the workbench's own things stand."""
    (linked,) = re.findall(
        r"ln -s \"\$\((python .*?)\)\" /opt/jupyter", (ROOT / "Dockerfile").read_text("utf-8")
    )
    return {"Dockerfile": linked, "binder": "bash binder/start printenv JUPYTER_CONFIG_PATH"}


@pytest.mark.skipif(os.name == "nt", reason="images are built and started by a shell")
@pytest.mark.parametrize("command", _told_of_images().values(), ids=_told_of_images().keys())
def test_the_images_find_the_kernel_and_the_settings_of_the_workbench(command):
    way = {"PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))}
    alone = {name: text for name, text in os.environ.items() if not name.startswith("JUPYTER")} | way
    answer = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
    )
    told = Path(answer.stdout.strip())
    for name in ("kernels/workbench/kernel.json", "labconfig/page_config.json", "voila.json"):
        assert (told / name).is_file()


def test_what_the_images_copy_and_install_is_there():
    words = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in words if line.startswith("COPY") for word in line.split()[1:-1]]
    lists = re.findall(
        r"^-r (\S+)$", (ROOT / "binder/requirements.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert copied == ["requirements.lock", "."]
    assert [(ROOT / "binder" / name).resolve() for name in lists] == [ROOT / "requirements.lock"]
    assert "**/*.key" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert all(re.search(f"^{name}==", lock, re.MULTILINE) for name in ("hatchling", "editables"))


def test_committed_notebooks_name_the_kernel_that_every_jupyter_has():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert json.loads(path.read_text(encoding="utf-8"))["metadata"]["kernelspec"]["name"] == "python3"


def test_a_checkout_gets_copies_for_its_first_system_and_those_with_runs(tmp_path, monkeypatch):
    ran = tmp_path / "runs" / "coking" / "abc"
    monkeypatch.setattr(lab.Store, "runs", lambda _: [ran])
    monkeypatch.setattr(lab.Store, "readable", lambda _: ({}, {}))
    project = Project(ROOT)
    assert lab.prepare(project, tmp_path) == tmp_path / "runs" / START
    page = start_page(project, tmp_path)
    assert page.index("lab/notebooks/ironmaking/02_weights.ipynb") < page.index(
        "lab/notebooks/coking/02_weights.ipynb"
    )
    assert project.system("coking").name_zh in page
    assert "lab/notebooks/series.ipynb" in page
    assert (tmp_path / "runs" / "lab" / "coking" / "parameters.yaml").is_file()


def test_studies_beside_the_runs_are_named(study):
    assert "&lt;b&gt;" not in start_page(study, study.root.parent)
    assert "Studies there are" in start_page(study, study.root.parent)
