"""A proposal that somebody handed in is used as it was recorded and as its system means it, or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from proposal_toys import proposal_of
from toy_runs import STAGES, choices, execute_run, make_project, toy_evidence

from methodology.cli.plants import evaluate_plants
from methodology.errors import DataError, ParameterError, WorkbenchError
from methodology.parameters import Project
from methodology.runs.drafts import propose
from methodology.runs.hashing import file_digest
from methodology.runs.proposals import read_proposal, refuse_contradiction, vouched_for

pytestmark = pytest.mark.usefixtures("shared_kernels")

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "samples" / "ironmaking"


@pytest.fixture(scope="module")
def system():
    return Project(ROOT).system("ironmaking")


@pytest.fixture
def written(tmp_path):
    """Write a proposal as JSON, or a text as it is; return its path."""

    def write(content):
        path = tmp_path / "proposal.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def _changed(system, **entry):
    proposal = proposal_of(system)
    proposal["indicators"][0] |= entry
    return proposal


LEVEL = {"proposed": 1.0, "flags": []}
WRONG = [
    *({"weight": value} for value in ("0.1", None, True, [], -0.1, 2, 0.9, float("nan"))),
    *({"levels": value} for value in ([], None, {}, {"I": LEVEL}, {"I": 1}, {"IV": LEVEL})),
    *(
        {"levels": dict.fromkeys(("I", "II", "III"), LEVEL | other)}
        for other in ({"proposed": "1"}, {"flags": 5})
    ),
    *(
        {"levels": dict.fromkeys(("I", "II", "III"), LEVEL | other)}
        for other in ({"proposed": [1]}, {"lower": "x"})
    ),
    *({"direction": value} for value in ("higher", "sideways", None, 1)),
    *({"kind": value} for value in ("described", "", None)),
    *({"group": value} for value in ("energy2", "", None)),
    *({"unit": value} for value in ("t", "", None)),
    *({"limiting": value} for value in (None, "no", 1)),
    *({"id": value} for value in ("nobody", "../x", "", None)),
    {"n": "many"},
]


@pytest.mark.parametrize("entry", WRONG, ids=range(len(WRONG)))
def test_a_proposal_with_one_fault_is_refused_with_one_message(system, written, monkeypatch, entry):
    monkeypatch.chdir(ROOT)
    with pytest.raises(DataError):
        evaluate_plants(written(_changed(system, **entry)), SAMPLE)


def test_a_proposal_that_turns_a_direction_is_told_what_the_system_states(system, written):
    proposal = read_proposal(written(_changed(system, direction="higher")))
    name = system.indicators[0].id
    with pytest.raises(DataError, match=f"direction of '{name}' is 'higher'; the system states 'lower'"):
        refuse_contradiction(proposal, system, "proposal.json")


def test_an_indicator_left_out_or_listed_twice_is_refused(system, written):
    proposal = proposal_of(system)
    twice = {**proposal, "indicators": [*proposal["indicators"], proposal["indicators"][0]]}
    with pytest.raises(DataError, match="listed more than once"):
        read_proposal(written(twice))
    fewer = proposal_of(system)
    gone = fewer["indicators"].pop()
    fewer["indicators"][0]["weight"] += gone["weight"]
    with pytest.raises(DataError, match=f"'{gone['id']}' is not in it"):
        refuse_contradiction(read_proposal(written(fewer)), system, "proposal.json")


def test_weights_may_miss_one_by_what_printing_costs(system, written):
    missed = proposal_of(system)
    missed["indicators"][0]["weight"] += 0.004
    read_proposal(written(missed))
    missed["indicators"][0]["weight"] += 0.002
    with pytest.raises(DataError, match=r"weights sum to 1\.006"):
        read_proposal(written(missed))


@pytest.mark.parametrize(
    "text",
    [
        '{"system": "ironmaking", "system": "coking", "indicators": []}',
        '{"system": "ironmaking", "indicators": ' + "[" * 20_000 + "]" * 20_000 + "}",
        '{"system": "ironmaking", "indicators": [], "n": ' + "9" * 5000 + "}",
        '{"system": "ironmaking", "indicators": [], "n": 1e999}',
        '{"system": "ironmaking", "indicators": [], "parameters": []}',
        '{"system": "ironmaking", "indicators": [], "parameters": {"sample": null}}',
        '{"system": "../ironmaking", "indicators": [{}]}',
        '{"system": "ironmaking", "indicators": "' + "x" * 5_000_000 + '"}',
    ],
    ids=["twice", "deep", "digits", "infinite", "list", "null", "place", "large"],
)
def test_json_that_is_no_plain_proposal_is_refused(written, monkeypatch, text):
    monkeypatch.chdir(ROOT)
    with pytest.raises(WorkbenchError):
        evaluate_plants(written(text), SAMPLE)


def test_a_proposal_without_a_record_is_used_and_said_to_be_vouched_for_by_nothing(
    system, written, monkeypatch, capsys
):
    monkeypatch.chdir(ROOT)
    evaluate_plants(written(proposal_of(system)), SAMPLE)
    said = capsys.readouterr().out
    assert "nothing vouches for its values" in said
    assert "Share of plants at each level" in said


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("vouched") / "project")


@pytest.fixture(scope="module")
def made(project):
    return execute_run(
        choices(), runs_dir=project.root / "runs", project=project, stages=STAGES, evidence=toy_evidence
    )


@pytest.fixture
def copied(made, tmp_path):
    return shutil.copytree(made, tmp_path / "run")


PLACES = ["results/proposal.json", "public/proposal.json", "internal/proposal.json"]
COPIED_FOR_THE_PAGE = "public/site/index.html"
"""Stands where the page has its copy of proposal.json."""


@pytest.mark.parametrize("place", [*PLACES, COPIED_FOR_THE_PAGE])
def test_a_proposal_in_a_run_is_the_one_that_was_recorded_or_is_refused(copied, place):
    assert vouched_for(copied / place)
    (copied / place).write_bytes((copied / place).read_bytes() + b"\n")
    with pytest.raises(DataError, match="has been altered since it was recorded"):
        vouched_for(copied / place)


def test_a_proposal_in_a_draft_is_the_one_that_was_recorded_or_is_refused(made, project, tmp_path):
    here = Project(shutil.copytree(project.root, tmp_path / "project"))
    draft = propose(made, project=here, stages=STAGES, evidence=toy_evidence, kernel="auto")
    assert vouched_for(draft / "proposal.json")
    (draft / "proposal.json").write_text('{"system": "toy"}')
    with pytest.raises(DataError, match="has been altered since it was recorded"):
        vouched_for(draft / "proposal.json")


def test_a_proposal_added_to_a_run_is_refused(copied):
    for place in ("results/mine.json", "mine.json"):
        shutil.copy(copied / "results" / "proposal.json", copied / place)
        with pytest.raises(DataError, match="is not part of what was recorded"):
            vouched_for(copied / place)


def test_a_proposal_beside_a_damaged_record_is_refused(copied):
    (copied / "manifest.json").write_text("{")
    with pytest.raises(DataError):
        vouched_for(copied / "results" / "proposal.json")


def test_a_run_that_brings_a_system_along_is_not_judged_by_it(copied, project, monkeypatch):
    path, record = copied / "results" / "proposal.json", copied / "manifest.json"
    path.write_text(json.dumps(proposal_of(project.system("toy"))), encoding="utf-8")
    manifest = json.loads(record.read_text(encoding="utf-8"))
    manifest["outputs"]["results/proposal.json"] = file_digest(path)
    record.write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copytree(project.root / "params", copied / "params")
    monkeypatch.chdir(copied)
    with pytest.raises(ParameterError, match="There is no indicator system 'toy'"):
        evaluate_plants(path, copied)
