"""Every command of the tutorial and of the how-to pages runs as it is printed, in one study, page after page."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import filled_forms
import pytest
import yaml
from shipped import ROOT
from typer.testing import CliRunner

from methodology.cli.app import app
from methodology.parameters import Project

PAGES = ("tutorial", "draft", "own-system", "own-experts", "corrections", "sweeps", "review", "ci")
QUICK = ("--set", "sensitivity.draws=2000", "--set", "sensitivity.sobol_n=32", "--progress", "quiet")
ELSEWHERE = {"lab": "tests/unit/test_cli_lab.py", "--scheduler": "tests/faults/test_stopping.py"}
"""What waits for a person or a cluster, and the tests that start it."""
HAN = re.compile(r"[\u4e00-\u9fff]")
STEP = re.compile(r"^```yaml\n# (\S+)\n(.*?)^```|^    (cd \S+|workbench [^\n]+)$", re.MULTILINE | re.DOTALL)


def page_of(name):
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def steps(page):
    """Files to write and commands to type, in the order of the page."""
    return [(found[1], found[2], shlex.split(found[3] or "")) for found in STEP.finditer(page_of(page))]


def needs_a_run(words):
    made = any("<run>" in word or "/drafts/" in word for word in words)
    return made or words[0] == "propose" or (words[0] in ("run", "sweep") and "--why" not in words)


class Desk:
    """A folder in which somebody works through the pages."""

    def __init__(self, folder, workbench):
        self.folder, self.workbench, self.inside = folder, workbench, folder / "checkout"

    def placed(self, word):
        word = word.replace("<run>", self.newest().name if "<run>" in word else "")
        if word.startswith("../"):
            return str(self.folder / word.removeprefix("../"))
        return str(ROOT / word) if word.startswith("data/") else word

    def newest(self):
        runs = (self.folder / "my-study/runs/ironmaking").iterdir()
        return max(
            (path for path in runs if not path.name.startswith(".")), key=lambda path: path.stat().st_mtime
        )

    def write(self, name, content):
        """A file of its own, or lines of one that is there."""
        path = Path(self.placed(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        stated = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(
            yaml.safe_dump(stated | yaml.safe_load(content), allow_unicode=True), encoding="utf-8"
        )

    def type(self, words):
        if words[0] == "cd":
            self.inside = Path(self.placed(words[1]))
            return
        given = [self.placed(word) for word in words[1:]]
        if needs_a_run(words[1:]):
            answer = self.workbench(*given, *(QUICK if words[1] == "run" else ()), cwd=self.inside)
            code, said = answer.returncode, answer.stdout[-1500:] + answer.stderr[-3000:]
        else:  # in this process: nothing is loaded twice
            with chdir(self.inside):
                answer = CliRunner().invoke(app, given)
            code, said = answer.exit_code, f"{answer.output[-3000:]}\n{answer.exception!r}"
        assert code == 0, f"{shlex.join(words)}\n{said}"

    def follow(self, page, wanted):
        self.inside = ROOT
        for name, content, words in steps(page):
            if name:
                self.write(name, content)
            elif words[0] == "cd" or (not ELSEWHERE.keys() & set(words) and wanted(words[1:])):
                self.type(words)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, workbench):
    made = Desk(tmp_path_factory.mktemp("desk"), workbench)
    blank = made.folder / "blank.xlsx"
    assert CliRunner().invoke(app, ["template", "ironmaking", "--experts", "-o", str(blank)]).exit_code == 0
    (form, *_) = filled_forms.fill_expert_forms(
        blank, made.folder / "returned", Project(ROOT).system("ironmaking")
    )
    form.rename(made.folder / "returned" / "expert-1.xlsx")
    return made


@pytest.mark.parametrize("page", [*PAGES, "own-study"])
def test_each_chinese_paragraph_of_a_page_stands_right_before_its_english_sibling(page):
    text = page_of(page)
    assert re.match(rf"# [^a-z]*{HAN.pattern}.* [A-Z][^\u4e00-\u9fff]*\n", text)
    text = re.sub(r"^```.*?^```|^    .*?$|^\$\$.*?\$\$$|^\|.*?$", "", text, flags=re.MULTILINE | re.DOTALL)
    for heading in re.findall(r"^#+ .*$", text, re.MULTILINE):
        assert re.fullmatch(r"#+ [^a-z]*[\u4e00-\u9fff].* [A-Z][^\u4e00-\u9fff]*", heading), heading
    paragraphs = [
        part for part in re.split(r"\n\s*\n", re.sub(r"^#.*$", "", text, flags=re.MULTILINE)) if part.strip()
    ]
    chinese = [bool(HAN.search(re.sub(r"`[^`]*`", "", part))) for part in paragraphs]
    assert chinese == [True, False] * (len(chinese) // 2)


@pytest.mark.parametrize(("word", "path"), ELSEWHERE.items())
def test_what_is_not_typed_here_is_started_by_another_test(word, path):
    assert f'"{word}"' in (ROOT / path).read_text(encoding="utf-8")


def test_what_needs_no_run_works_as_the_tutorial_and_the_how_to_pages_print_it(desk):
    for page in PAGES:
        desk.follow(page, lambda words: not needs_a_run(words))


@pytest.mark.slow
def test_the_whole_of_the_tutorial_and_the_how_to_pages_works_as_printed(desk, tmp_path, workbench):
    whole = Desk(tmp_path, workbench)
    (desk.folder / "returned").rename(tmp_path / "returned")
    for page in PAGES:
        whole.follow(page, lambda _: True)


@pytest.mark.slow
def test_a_sweep_on_a_cluster_works_as_printed(tmp_path):
    pytest.importorskip("distributed")
    lines = re.findall(r"^    (dask \S.*|workbench sweep .*--scheduler.*)$", page_of("sweeps"), re.MULTILINE)
    assert [line.split()[0] for line in lines] == ["dask", "dask", "workbench"]
    sweep = next(yaml.safe_load(content) for name, content, _ in steps("sweeps") if name)
    few = {"parameters": {"sensitivity.threshold_cv": [0.0, 0.05]}, "systems": ["ironmaking"]}
    (tmp_path / "shares.yaml").write_text(yaml.safe_dump(sweep | few, allow_unicode=True), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    script = "\n".join(lines).replace("8786", port).replace("params/sweeps", str(tmp_path))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    typed = f"trap 'kill 0' EXIT\n{script} --runs {tmp_path / 'runs'}"
    done = subprocess.run(
        [shutil.which("bash"), "-c", typed],
        cwd=ROOT, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=300, start_new_session=True,
    )  # fmt: skip
    table = Path(done.stdout.strip().splitlines()[-1])
    assert len(table.read_text(encoding="utf-8").splitlines()) == 1 + 2, done.stderr[-2000:]
