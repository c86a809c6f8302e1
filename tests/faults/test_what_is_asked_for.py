"""A file that a command was asked to write appears whole, or not at all, and never over something that is there."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from evidence_toys import toy_tables
from test_runs_disk import small_disk  # noqa: F401 - a fixture
from typer.testing import CliRunner

from methodology.cli import drafting, plants
from methodology.cli.app import app
from methodology.documents.disposition import write_document
from methodology.errors import DataError
from methodology.evidence.draft_changes import write_changes
from methodology.evidence.plant_reports import write_plant_reports
from methodology.forms.annotated_copy import write_annotated_copy
from methodology.forms.comments import Comment, described, write_form
from methodology.parameters import Project
from methodology.results.outputs import appearing, refuse_taken
from methodology.runs.new_study import new_study
from methodology.spreadsheets.grid import Grid

ROOT = Path(__file__).resolve().parents[2]
RUN = toy_tables()
DRAFT = described(RUN.proposal, 1, "a" * 64)
PLANTS = ROOT / "data" / "samples" / "ironmaking" / "plants.csv"
ROWS = [["energy", "Ⅰ", "kgce/t", str(number), "2", "", "why"] for number in range(200)]
SAID = [Comment("总体 The whole draft", "", f"comment {number}", "", "") for number in range(200)]

WRITERS = {
    "reports": lambda path: write_plant_reports(path, RUN.sample, RUN.system, RUN.thresholds, RUN.weights),
    "changes.html": lambda path: write_changes(path, ("1", "2"), ROWS, None),
    "mapping.yaml": lambda path: plants.write_mapping(PLANTS, "ironmaking", path),
    "questionnaire.xlsx": lambda path: plants.write_template("ironmaking", path, experts=False),
    "experts.xlsx": lambda path: plants.write_template("ironmaking", path, experts=True),
    "annotated.xlsx": lambda path: write_annotated_copy(
        [Grid("t.csv", "t", [["x"] * 99] * 99)], [], [], path
    ),
    "form.xlsx": lambda path: drafting._whole(path, lambda part: write_form(DRAFT, part)),
    "table.docx": lambda path: drafting._whole(path, lambda part: write_document(SAID, DRAFT, part)),
    "study": lambda path: new_study(path, "ironmaking", plants=[PLANTS], project=Project(ROOT)),
}
"""What writes a thing, by what it is called."""
pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def in_project(monkeypatch):
    monkeypatch.chdir(ROOT)


def everything_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("room", [0, 2_000])
def test_a_full_disk_leaves_nothing_and_no_word_of_python_and_the_same_command_works_later(
    small_disk,  # noqa: F811
    name,
    room,
    capfd,
):
    flood = small_disk / "flood"
    with flood.open("wb", buffering=0) as stream:
        while (about := os.statvfs(small_disk)).f_bavail * about.f_frsize > room:
            stream.write(bytes(min(4096, about.f_bavail * about.f_frsize)))
    with pytest.raises((OSError, DataError), match=r"(?i)no space|cannot be written"):
        WRITERS[name](small_disk / name)
    gc.collect()
    assert everything_in(small_disk) == ["flood"]
    assert "Traceback" not in capfd.readouterr().err
    flood.unlink()
    WRITERS[name](small_disk / name)
    assert [path for path in everything_in(small_disk) if path.startswith(".") or ".part" in path] == []


@pytest.mark.parametrize("name", [name for name in WRITERS if name not in ("study", "reports")])
def test_who_is_stopped_while_writing_leaves_nothing(tmp_path, monkeypatch, name):
    def stopped(path, *_, **__):
        path.open("wb").close()
        raise KeyboardInterrupt

    for way in ("write_text", "write_bytes"):
        monkeypatch.setattr(Path, way, stopped)
    monkeypatch.setattr(plants.shutil, "copyfile", lambda _, target: stopped(Path(target)))
    with pytest.raises(KeyboardInterrupt):
        WRITERS[name](tmp_path / name)
    assert everything_in(tmp_path) == []


def taken(kind: str, path: Path) -> None:
    if kind == "a file":
        path.write_text("precious", encoding="utf-8")
    elif kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to("nowhere")


def untouched(path: Path) -> tuple[int, ...]:
    """What a change of it would change; when it was last read is none."""
    seen = os.lstat(path)
    return seen.st_mode, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


@pytest.mark.parametrize("kind", ["a file", "a folder", "a link that leads nowhere"])
@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("changes.html", "changes.html"),
        ("changes.html", "changes.csv"),
        ("mapping.yaml", "mapping.yaml"),
        ("questionnaire.xlsx", "questionnaire.xlsx"),
        ("annotated.xlsx", "annotated.xlsx"),
        ("form.xlsx", "form.xlsx"),
    ],
)
def test_nothing_that_is_there_is_written_over_or_written_through(tmp_path, kind, name, beside):
    taken(kind, tmp_path / beside)
    before = untouched(tmp_path / beside)
    ask = {
        "changes.html": drafting.refuse_unfit,
        "form.xlsx": drafting._new,
    }.get(name, WRITERS[name])
    with pytest.raises(DataError, match="exists"):
        ask(tmp_path / name)
    assert everything_in(tmp_path) == [beside]
    assert untouched(tmp_path / beside) == before


def test_the_command_that_compares_looks_first_whether_there_is_room_for_the_page(tmp_path):
    (tmp_path / "plants.csv").write_text("precious", encoding="utf-8")
    words = ["diff", str(tmp_path), str(tmp_path), "-o", str(tmp_path / "plants.html")]
    answer = CliRunner().invoke(app, words)
    assert "plants.csv exists" in str(answer.exception)
    assert (tmp_path / "plants.csv").read_text(encoding="utf-8") == "precious"


def test_a_folder_appears_in_an_empty_one_and_leaves_one_that_is_shown_elsewhere_alone(tmp_path):
    (tmp_path / "empty").mkdir()
    with appearing(tmp_path / "empty") as part:
        (part / "deep").mkdir(parents=True)
        (part / "deep" / "a.txt").write_text("a", encoding="utf-8")
    assert everything_in(tmp_path) == ["empty", "empty/deep", "empty/deep/a.txt"]
    assert refuse_taken(tmp_path / "free") == tmp_path / "free"
