"""Drafts that follow one another."""

from __future__ import annotations

import json

import pytest
from toy_runs import choices

from methodology.errors import DataError, ParameterError
from methodology.parameters import Project
from methodology.results.store import DRAFT
from methodology.runs.drafts import _guarded_against_the_last, runs_of_drafts

FIRST, SECOND = "0123456789ab", "ba9876543210"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "params" / "systems").mkdir(parents=True)
    folder = tmp_path / "drafts" / "toy" / "02"
    folder.mkdir(parents=True)
    (folder / "proposal.json").write_text(json.dumps({"run": FIRST}), encoding="utf-8")
    record = {"system": "toy", "draft": 2, "run": FIRST, "date": "2026-01-01", "files": {}}
    (folder / DRAFT).write_text(json.dumps(record), encoding="utf-8")
    return Project(tmp_path)


def _compared_with(draft):
    return choices(proposal={"earlier_draft": draft})


def test_a_run_that_was_not_compared_with_the_last_draft_is_refused(project):
    with pytest.raises(DataError, match="earlier_draft=2"):
        _guarded_against_the_last(SECOND, _compared_with(0), project)


def test_a_run_that_was_compared_may_become_the_next_draft(project):
    _guarded_against_the_last(SECOND, _compared_with(2), project)


def test_the_same_run_again_tells_nothing_new(project):
    _guarded_against_the_last(FIRST, _compared_with(0), project)


def test_the_first_draft_has_nothing_to_be_compared_with(tmp_path):
    _guarded_against_the_last(SECOND, _compared_with(0), Project(tmp_path))


def test_a_draft_whose_record_is_damaged_is_left_out_of_a_list_and_stops_pruning(project):
    (project.drafts("toy")[2] / DRAFT).write_text("run: [1]", encoding="utf-8")
    assert runs_of_drafts(project.root) == {}
    with pytest.raises(DataError, match="not as the workbench writes it"):
        runs_of_drafts(project.root, strict=True)


def test_a_draft_is_found_by_its_number(project):
    assert project.draft("toy", 2) == {"run": FIRST}
    assert project.draft("toy", 0) is None


def test_a_draft_that_is_not_there_is_named_with_those_that_are(project):
    with pytest.raises(ParameterError, match="Drafts: 2"):
        project.draft("toy", 7)
