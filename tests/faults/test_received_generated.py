"""Records and proposals made by a program: each is read rightly or refused with one message, and nothing is touched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hostile_json import forged
from proposal_toys import plants_of, proposal_of
from toy_runs import STAGES, choices, execute_run, make_project, toy_evidence
from trees import tree_of

from methodology.chain.delivered import FINDINGS, promise_outcome
from methodology.errors import WorkbenchError
from methodology.evaluation import evaluate
from methodology.parameters import Project
from methodology.proposal import proposal_thresholds
from methodology.proposal.reading import proposal_weights
from methodology.results.store import read_manifest
from methodology.runs.cache import Cache
from methodology.runs.comparison import diff
from methodology.runs.drafts import propose, runs_of_drafts
from methodology.runs.fingerprints import remembered_imports
from methodology.runs.listing import list_runs
from methodology.runs.proposals import read_proposal, refuse_contradiction, vouched_for
from methodology.runs.sealing import altered
from methodology.runs.verification import recorded_parameters

pytestmark = pytest.mark.usefixtures("shared_kernels")

ROOT = Path(__file__).resolve().parents[2]
COUNTS = [pytest.param(300, id="some"), pytest.param(10_000, id="many", marks=pytest.mark.slow)]
SEED = 20261128


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("generated") / "project")


@pytest.fixture(scope="module")
def made(project):
    return execute_run(
        choices(), runs_dir=project.root / "runs", project=project, stages=STAGES[:1], evidence=toy_evidence
    )


@pytest.mark.parametrize("count", COUNTS)
def test_no_forged_record_of_a_run_is_followed_or_ends_in_another_error(project, made, tmp_path, count):
    folder = shutil.copytree(made, tmp_path / "runs" / "toy" / "forged")
    path = folder / "manifest.json"
    sound = json.loads(path.read_text(encoding="utf-8"))
    path.write_bytes(b"")
    before = tree_of(tmp_path), tree_of(project.root)
    read = 0
    for text in forged(sound, count, SEED):
        path.write_bytes(text)
        commands = [
            lambda: altered(folder, read_manifest(folder)),
            lambda: recorded_parameters(folder, read_manifest(folder)),
            lambda: diff(folder, made),
            lambda: propose(folder, project=project, stages=STAGES[:1]),
        ]
        for command in commands:
            read += _ends_well(command)
        list_runs(tmp_path / "runs")
    path.write_bytes(b"")
    assert (tree_of(tmp_path), tree_of(project.root)) == before
    assert read > count / 20


def test_a_run_with_a_forged_record_never_becomes_a_draft_unless_nothing_was_changed(project, made, tmp_path):
    folder = shutil.copytree(made, tmp_path / "forged")
    sound = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for text in forged(sound, 300, SEED + 1):
        (folder / "manifest.json").write_bytes(text)
        with pytest.raises(WorkbenchError):
            propose(folder, project=project, stages=STAGES[:1])


@pytest.mark.parametrize("count", COUNTS)
def test_no_forged_record_of_a_stage_of_imports_or_of_a_draft_ends_in_an_error(
    project, made, tmp_path, count
):
    cache = Cache(tmp_path / "cache")
    (entry,) = (path.parent for path in (project.root / "runs" / ".cache").glob("??/*/record.json"))
    kept = shutil.copytree(entry, tmp_path / "cache" / entry.parent.name / entry.name)
    sound = json.loads((kept / "record.json").read_text(encoding="utf-8"))
    latest = tmp_path / "cache" / "latest" / "toy" / "sample.json"
    latest.parent.mkdir(parents=True)
    drafts = tmp_path / "drafts" / "toy" / "01"
    drafts.mkdir(parents=True)
    for text in forged(sound, count, SEED + 2):
        for path in (kept / "record.json", latest, drafts / "draft.yaml", tmp_path / "imports.json"):
            path.write_bytes(text)
        found = cache.peek(entry.name)
        assert found is None or found.model_dump(mode="json") == sound["record"]
        cache.latest("toy", "sample")
        assert runs_of_drafts(tmp_path) == {}
        with remembered_imports(tmp_path / "imports.json"):
            pass


@pytest.mark.parametrize("count", COUNTS)
def test_no_forged_proposal_ends_in_another_error_or_judges_by_other_words(tmp_path, count):
    system = Project(ROOT).system("ironmaking")
    plants, path = plants_of(system), tmp_path / "proposal.json"
    used = 0
    for text in forged(proposal_of(system), count, SEED + 3):
        path.write_bytes(text)
        used += _ends_well(lambda: _judged(path, plants, system))
    assert count / 50 < used < count


def _judged(path, plants, system):
    """What `evaluate` and `outcome` do, without reading plants."""
    proposal = read_proposal(path)
    refuse_contradiction(proposal, system, path.name)
    assert not vouched_for(path)
    document, rule = proposal.model_dump(mode="json"), proposal.parameters.evaluation
    values, weights = proposal_thresholds(document, system), proposal_weights(document, system)
    table = evaluate(plants, system, values, weights, level_one=rule.level_one, cut=rule.cut)
    assert set(table["level"]) <= {"I", "II", "III", "none"}
    outcome = promise_outcome(document, plants, system, level_one=rule.level_one, cut=rule.cut)
    assert set(outcome["finding"]) <= set(FINDINGS)
    directions = {indicator.id: str(indicator.direction) for indicator in system.indicators}
    assert {entry.id: entry.direction for entry in proposal.indicators} == directions


def _ends_well(command):
    """Whether a command did its work; a refusal is one message of reasonable length."""
    said = ""
    try:
        command()
    except WorkbenchError as fault:
        said = str(fault)
    assert len(said) < 20_000
    return not said
