"""A received folder that holds anything but plain files is told so: nothing in it is followed or waited for."""

from __future__ import annotations

import os
import shutil
import sys

import pandas as pd
import pytest
from toy_runs import STAGES, choices, execute_run, make_project, toy_evidence
from trees import tree_of

from methodology.cli.running import _shown
from methodology.errors import DataError
from methodology.indicators.plain_files import files_of
from methodology.runs.comparison import Difference, as_table, diff
from methodology.runs.drafts import propose
from methodology.runs.hashing import entries_below
from methodology.runs.listing import _flattened, list_runs, prune

pytestmark = [
    pytest.mark.usefixtures("shared_kernels"),
    pytest.mark.skipif(sys.platform != "linux", reason="makes what other systems do not have"),
]
RECORDS = ["manifest.json", "parameters.yaml", "ro-crate-metadata.json", "results/about.json"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("strange") / "project")


@pytest.fixture(scope="module")
def made(project):
    return execute_run(
        choices(), runs_dir=project.root / "runs", project=project, stages=STAGES[:1], evidence=toy_evidence
    )


@pytest.fixture
def received(made, tmp_path):
    return shutil.copytree(made, tmp_path / "runs" / "toy" / "mail")


def fifo(path):
    path.unlink()
    os.mkfifo(path)


def folder_of_that_name(path):
    path.unlink()
    path.mkdir()


def link_in_the_run(path):
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def unreadable(path):
    path.write_bytes(b"\xff\xfe\x00")


REPLACED = [fifo, folder_of_that_name, link_in_the_run, unreadable]


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("replaced", REPLACED)
def test_a_file_that_is_something_else_makes_no_draft_and_hides_no_other_run(
    received, made, project, replaced, name
):
    replaced(received / name)
    before = tree_of(project.root)
    with pytest.raises(DataError, match=r"mail|manifest"):
        propose(received, project=project)
    try:
        diff(received, made)
    except DataError as fault:
        assert len(str(fault)) < 500  # noqa: PT017 - what can be compared is compared
    assert "mail" in list_runs(received.parents[1]).index or name != "manifest.json"
    assert tree_of(project.root) == before


def deep(folder):
    os.makedirs(folder / "/".join(["d" * 50] * 40))


def deeper_than_a_path_can_name(folder):
    place = os.open(folder, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=place)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)


def twins_in_capitals(folder):
    shutil.copy(folder / "results" / "about.json", folder / "results" / "About.json")


def hard_link(folder):
    os.link(folder / "manifest.json", folder / "results" / "manifest.json")


def lying_name(folder):
    (folder / "public" / "proposal\u202excod.exe").write_text("x", encoding="utf-8")


def line_in_a_name(folder):
    (folder / "results" / "a\nDataError: all is well").write_text("x", encoding="utf-8")


def bytes_in_a_name(folder):
    with open(os.fsencode(folder) + b"/results/\xff\xfe", "wb"):
        pass


def thousands_of_files(folder):
    for number in range(3_000):
        (folder / "results" / f"{number}.csv").touch()


ADDED = [
    deep,
    deeper_than_a_path_can_name,
    twins_in_capitals,
    hard_link,
    lying_name,
    line_in_a_name,
    bytes_in_a_name,
    thousands_of_files,
]


@pytest.mark.parametrize("added", ADDED)
def test_what_was_added_makes_no_draft_and_is_told_in_a_few_plain_lines(received, made, project, added):
    added(received)
    with pytest.raises(DataError) as caught:
        propose(received, project=project)
    said = str(caught.value)
    assert "is no part of the run" in said
    assert len(said) < 6_000
    assert all(sign.isprintable() or sign == "\n" for sign in said)
    assert len(said.splitlines()) < 15
    diff(received, made)
    prune(received.parents[1])


def test_no_folder_is_looked_into_that_is_deeper_than_any_run(tmp_path):
    os.makedirs(tmp_path / "/".join(["d" * 50] * 40))
    (strange,) = entries_below(tmp_path)[1]
    assert 400 < len(strange) < 500


def test_of_many_differences_a_few_hundred_are_shown():
    many = as_table([Difference(f"{number}.csv", "", "a", "b") for number in range(5_000)])
    said = _shown(many)
    assert len(said.splitlines()) < 210
    assert "4,800 more are not shown." in said
    assert "more" not in _shown(pd.DataFrame(many.head(3)))


def deep_below(folder, levels):
    """Make folders in folders, one call each: no path of them all can be named at once."""
    place = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=place)
        inner = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)


def test_a_run_with_folders_deeper_than_programs_follow_is_pruned(project, made, tmp_path):
    store = tmp_path / "runs"
    run = shutil.copytree(made, store / "toy" / made.name)
    deep_below(run / "results", 1_200)
    assert prune(store) == [run]
    assert not run.exists()


def test_plants_sent_in_folders_deeper_than_programs_follow_are_refused_in_a_sentence(tmp_path):
    deep_below(tmp_path, 1_200)
    with pytest.raises(DataError, match="more than 20 deep"):
        files_of(tmp_path)
    shutil.rmtree(_raised(tmp_path))


def _raised(folder):
    """The folder, after what lies deep in it was brought up, so that it can be removed."""
    _flattened(folder)
    return folder


def test_more_files_than_any_sample_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("methodology.indicators.plain_files.MOST_FILES", 10)
    for number in range(11):
        (tmp_path / f"{number}.csv").touch()
    with pytest.raises(DataError, match="more than 10 files"):
        files_of(tmp_path)
