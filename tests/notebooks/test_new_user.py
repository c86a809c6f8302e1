"""The path of a new user, from a built wheel in an empty folder: every command of the how-to page, no source read."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
import zipfile
from contextlib import chdir
from html import unescape
from pathlib import Path

import filled_forms
import pandas as pd
import pytest

from methodology.parameters import Project

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = Project(ROOT).system("ironmaking")
QUICK = ("--set", "sensitivity.draws=2000", "--set", "sensitivity.sobol_n=32", "--progress", "quiet")
SECRETS = ("江南", "滨河", "问卷", "专家 1")
"""What names of plants, texts of their tables and names of files begin with."""


def built_wheel(place):
    from hatchling.build import build_wheel

    with chdir(ROOT):
        return place / build_wheel(str(place))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Where the wheel is unpacked, as an installation without its dependencies would."""
    place = tmp_path_factory.mktemp("site packages")
    with zipfile.ZipFile(built_wheel(place)) as archive:
        archive.extractall(place)
    return place


@pytest.fixture(scope="module")
def desk(installed, tmp_path_factory):
    """An empty folder with Chinese signs and a space in its path, and the command as it is installed."""
    return tmp_path_factory.mktemp("空 白"), installed


def workbench(desk, *words, inside="."):
    return typed(desk, (inside, words))


IN_TURN = """
import json, os, sys
from methodology.cli import main
for place, words in json.loads(sys.argv[1]):
    os.chdir(place)
    sys.argv = ["workbench", *words]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    print(end="\\f", flush=True)
"""


def typed(desk, *commands):
    """What commands answer, typed one after the other, each in its folder, until one fails; imports are paid once."""
    folder, installed = desk
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"}
    given = json.dumps([(str(folder / inside), words) for inside, words in commands])
    command = [sys.executable, "-c", IN_TURN, given]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    done.stdout = done.stdout.replace("\f", "") if len(commands) == 1 else done.stdout
    return done


def commands():
    """Every command of the how-to page, in order."""
    page = (ROOT / "docs" / "own-study.md").read_text(encoding="utf-8")
    return [shlex.split(line)[1:] for line in page.splitlines() if line.startswith("    workbench ")]


@pytest.fixture(scope="module")
def study(desk):
    """The study that the first commands of the page make, from templates filled in by a program."""
    folder, _ = desk
    blank, new = ([words for words in commands() if words[0] == name] for name in ("template", "new"))
    silent(typed(desk, *((".", words) for words in blank)))
    filled_forms.fill_questionnaires(folder / blank[0][-1], folder / "收回的问卷", SYSTEM)
    filled_forms.fill_expert_forms(folder / blank[1][-1], folder / "收回的咨询表", SYSTEM)
    silent(workbench(desk, *new[0]))
    return folder / "我的研究"


def silent(answer):
    assert (answer.returncode, answer.stderr) == (0, ""), answer.stderr


def test_the_page_names_every_step_from_blank_forms_to_a_draft():
    assert [words[0] for words in commands()] == [
        "template",
        "template",
        "new",
        "check",
        "run",
        "propose",
        "lab",
        "runs",
        "map",
        "check",
    ]


def test_from_blank_forms_to_a_study_without_any_fault(desk, study):
    assert len(list((study / "plants").iterdir())) == 12
    assert len(list((study / "experts").iterdir())) == 3
    answer = typed(desk, (".", ("check", study.name)), (study.name, ("check",)))
    silent(answer)
    by_name, inside, rest = answer.stdout.split("\f")
    assert rest == ""
    for said in (by_name, inside):
        assert "read 12 questionnaires: 12 plants" in said
        assert "3 experts" in said


def test_a_foreign_table_is_mapped_and_a_table_with_doubts_goes_back(desk, study):
    folder, _ = desk
    shutil.copy(ROOT / "data/samples/ironmaking/plants.csv", folder / "收回的表格.csv")
    mapped, annotated = (words for words in commands() if words[0] == "map" or "--annotate" in words)
    silent(typed(desk, (".", mapped), (".", annotated)))
    for words in (mapped, annotated):
        assert (folder / words[-1]).is_file()


def test_the_package_of_the_wheel_answers_and_not_the_checkout(desk, study):
    code = "import methodology, methodology.parameters as p; print(methodology.__file__); print(p.shipped())"
    _, installed = desk
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=study,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert all(line.startswith(str(installed)) for line in answer.stdout.splitlines()), answer.stdout


OPENED = """import sys; from methodology.cli import lab; from methodology.parameters import Project
project = Project.around(); place = lab.workplace(project)
print(lab.prepare(project, place)); print(*lab.lab_environment(place).values(), sep="\\n")"""


def test_jupyterlab_has_its_start_page_notebooks_and_kernel_out_of_the_wheel(installed, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", OPENED], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    page = tmp_path / "runs" / "start.md"
    assert done.stdout.splitlines()[0] == str(page)
    ways = re.findall(r"\]\((lab/notebooks/[^)]+)\)", page.read_text(encoding="utf-8"))
    assert len(ways) == 10
    assert all((page.parent / way).is_file() for way in ways)
    own = installed / "methodology" / "cli" / "jupyter"
    assert str(own) in done.stdout
    for name in ("kernels/workbench/kernel.json", "labconfig/page_config.json", "voila.json"):
        assert (own / name).is_file()


@pytest.fixture(scope="module")
def made(desk, study):
    """The study after `run` and `propose`."""
    answer = workbench(desk, "run", study.name, *QUICK)
    assert answer.returncode == 0, answer.stderr
    proposed = workbench(desk, "propose", inside=study.name)
    assert proposed.returncode == 0, proposed.stderr
    return answer.stdout.splitlines()


@pytest.mark.slow
def test_the_page_opens_and_nothing_says_that_anything_is_made_up(desk, study, made):
    run = desk[0] / made[-1]
    assert run.parent == study / "runs" / "ironmaking"
    page = (run / "public" / "site" / "index.html").read_text(encoding="utf-8")
    assert "高炉炼铁" in page
    assert "12" in page
    assert not re.search("合成|虚构|made up by|synthetic data", page)
    assert (study / "drafts" / "ironmaking" / "01" / "site" / "index.html").is_file()
    listed = workbench(desk, "runs", inside=study.name)
    assert run.name in listed.stdout


@pytest.mark.slow
def test_the_page_of_an_expert_names_the_cells_of_the_form_and_not_its_file(desk, study, made):
    page = (desk[0] / made[-1] / "internal" / "site" / "expert-e1.html").read_text(encoding="utf-8")
    forms = [hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in (study / "experts").iterdir()]
    assert sum(form in page for form in forms) == 1
    assert not re.search(r"专家 ?\d\.xlsx", page)


@pytest.mark.slow
def test_no_file_of_the_study_but_what_was_sent_names_a_plant(study, made):
    key = (study / "plants.key").read_text(encoding="ascii").strip()
    files = [path for part in ("runs", "drafts") for path in (study / part).rglob("*") if path.is_file()]
    assert len(files) > 100
    found = {
        f"{path.relative_to(study).as_posix()}: {word}"
        for path in files
        for text in (path.relative_to(study).as_posix(), *_texts(path.name, path.read_bytes()))
        for word in (*SECRETS, key, str(study))
        if word in text
    }
    assert found == set()


def _texts(name, data):
    """Text of a file by other means than the guard's own, archives and their metadata included."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield f"{member.filename} {member.comment.decode('utf-8', 'replace')}"
                yield from _texts(member.filename, archive.read(member))
    elif name.endswith(".parquet"):
        yield pd.read_parquet(io.BytesIO(data)).reset_index().to_csv()
    elif name.endswith((".ipynb", ".json")):
        yield json.dumps(json.loads(data), ensure_ascii=False)
    else:
        text = data.decode("utf-8", errors="ignore")
        yield text
        yield re.sub(r"<[^>]*>", "", unescape(text))


@pytest.mark.slow
def test_a_second_run_keeps_everything_and_a_verification_repeats_it(desk, study, made):
    again = workbench(desk, "run", *QUICK, inside=study.name)
    assert again.stdout.splitlines()[-1].endswith(Path(made[-1]).name)
    verified = workbench(desk, "verify", made[-1], "--progress", "quiet")
    assert verified.returncode == 0, verified.stderr


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """A command of its own: the wheel and all it depends on, installed by pip where nothing else is."""
    place = tmp_path_factory.mktemp("apart")
    wheel = built_wheel(place)
    venv.create(place / "venv", with_pip=True)
    bin_ = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    install = [str(bin_ / "python"), "-m", "pip", "install", "--quiet", "--no-compile", str(wheel)]
    done = subprocess.run(install, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode and re.search(
        r"No matching distribution|Could not find a version|Max retries", done.stderr
    ):
        pytest.skip(f"pip reaches no packages here: {done.stderr.strip().splitlines()[-1][:200]}")
    assert done.returncode == 0, done.stderr
    return bin_ / "workbench"


@pytest.mark.slow
def test_in_an_environment_of_its_own_the_wheel_makes_a_study_from_forms_and_its_page(apart, tmp_path):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }

    def typed_apart(*words):
        done = subprocess.run(
            [str(apart), *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    typed_apart("template", "ironmaking", "-o", "blank.xlsx")
    typed_apart("template", "ironmaking", "--experts", "-o", "form.xlsx")
    filled_forms.fill_questionnaires(tmp_path / "blank.xlsx", tmp_path / "收回的问卷", SYSTEM)
    filled_forms.fill_expert_forms(tmp_path / "form.xlsx", tmp_path / "收回的咨询表", SYSTEM)
    typed_apart(
        "new", "研究", "--system", "ironmaking", "--plants", "收回的问卷", "--experts", "收回的咨询表"
    )
    said = typed_apart("check", "研究")
    assert "read 12 questionnaires: 12 plants" in said
    assert "3 experts" in said
    run = tmp_path / typed_apart("run", "研究", *QUICK).splitlines()[-1]
    page = (run / "public" / "site" / "index.html").read_text(encoding="utf-8")
    assert "高炉炼铁" in page
    assert not re.search("合成|虚构|made up by|synthetic data", page)
