"""Drafts that follow one another."""

from __future__ import annotations

import json

import pytest

from methodology.errors import DataError, ParameterError
from methodology.parameters import Project
from methodology.runs.drafts import RECORD, _guarded_against_the_last


@pytest.fixture
def project(tmp_path):
    (tmp_path / "params" / "systems").mkdir(parents=True)
    folder = tmp_path / "drafts" / "toy" / "02" / "results"
    folder.mkdir(parents=True)
    (folder / "proposal.json").write_text('{"run": "first"}', encoding="utf-8")
    record = {"system": "toy", "draft": 2, "run": "first", "date": "2026-01-01"}
    (folder.parent / RECORD).write_text(json.dumps(record), encoding="utf-8")
    return Project(tmp_path)


def _manifest(run, earlier):
    return {"run": run, "system": "toy", "parameters": {"proposal": {"earlier_draft": earlier}}}


def test_a_run_that_was_not_compared_with_the_last_draft_is_refused(project):
    with pytest.raises(DataError, match="earlier_draft=2"):
        _guarded_against_the_last(_manifest("second", 0), project)


def test_a_run_that_was_compared_may_become_the_next_draft(project):
    _guarded_against_the_last(_manifest("second", 2), project)


def test_the_same_run_again_tells_nothing_new(project):
    _guarded_against_the_last(_manifest("first", 0), project)


def test_the_first_draft_has_nothing_to_be_compared_with(tmp_path):
    _guarded_against_the_last(_manifest("second", 0), Project(tmp_path))


def test_a_draft_is_found_by_its_number(project):
    assert project.draft("toy", 2) == {"run": "first"}
    assert project.draft("toy", 0) is None


def test_a_draft_that_is_not_there_is_named_with_those_that_are(project):
    with pytest.raises(ParameterError, match="Drafts: 2"):
        project.draft("toy", 7)
