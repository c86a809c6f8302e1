"""What is kept between runs is bound to its content: what is damaged or edited is a miss, and never an error."""

from __future__ import annotations

import json
import shutil

import pytest
from toy_runs import STAGES, choices, execute_run, make_project
from trees import tree_of

from methodology.results.store import Store, write_json
from methodology.runs import planning
from methodology.runs.cache import Cache
from methodology.runs.listing import prune
from methodology.runs.planning import explain
from methodology.runs.printed import keep_printed, printed

pytestmark = pytest.mark.usefixtures("shared_kernels")

TWO = STAGES[:2]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("kept") / "project")


@pytest.fixture(scope="module")
def made(project):
    return execute_run(choices(), runs_dir=project.root / "runs", project=project, stages=TWO)


@pytest.fixture
def store(project, made, tmp_path):
    """A copy of the store that may be spoilt, with its finished stages and without the run."""
    place = shutil.copytree(project.root / "runs", tmp_path / "runs")
    shutil.rmtree(place / "toy")
    return Store(place)


@pytest.fixture
def entry(store):
    """The finished stage that wrote the weights."""
    (path,) = store.cache.glob("??/*/results/weights.csv")
    return path.parents[1]


def _run_again(store, project, made):
    """Execute the run; return the stages that were executed rather than taken over."""
    heard = []
    folder = execute_run(choices(), runs_dir=store.root, project=project, stages=TWO, progress=heard.append)
    assert folder.name == made.name
    assert tree_of(folder / "results") == tree_of(made / "results")
    return [event.stage for event in heard if event.kind == "done"]


def _forge_table(entry):
    """A value of a table, and the digest that the record has of it."""
    import hashlib

    path = entry / "results" / "weights.csv"
    path.write_text(path.read_text().replace("0.5", "0.4"))
    record = json.loads((entry / "record.json").read_text())
    record["record"]["outputs"]["weights.csv"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (entry / "record.json").write_text(json.dumps(record))


def _point_outside(entry):
    record = json.loads((entry / "record.json").read_text())
    record["record"]["outputs"]["../../../../victim.csv"] = "0" * 64
    (entry / "record.json").write_text(json.dumps(record))


def _write(text):
    def damage(entry):
        (entry / "record.json").write_text(text)

    return damage


def _add_file(entry):
    (entry / "results" / "extra.csv").write_text("a\n")


def _truncate(entry):
    (entry / "notebook.ipynb").write_bytes((entry / "notebook.ipynb").read_bytes()[:100])


def _delete(entry):
    (entry / "results" / "weights.csv").unlink()


def _of_another_key(entry):
    other = entry.parent.parent / "00" / ("0" * 64)
    shutil.copytree(entry, other)
    shutil.rmtree(entry)
    other.rename(entry)
    record = json.loads((entry / "record.json").read_text())
    (entry / "record.json").write_text(json.dumps(record["record"]))


DAMAGES = [
    *(_forge_table, _point_outside, _add_file, _truncate, _delete, _of_another_key),
    *map(_write, ["", "{", "[1,2]", "null", "[" * 5000, "1" * 6000, '{"record": {}, "seal": ""}', "\x00"]),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=range(len(DAMAGES)))
def test_a_finished_stage_that_was_damaged_or_edited_is_executed_again(
    store, entry, project, made, tmp_path, damage
):
    (tmp_path / "victim.csv").write_text("mine")
    damage(entry)
    explain(choices(), runs_dir=store.root, project=project, stages=TWO)
    assert _run_again(store, project, made) == ["weights"]
    assert (tmp_path / "victim.csv").read_text() == "mine"


def test_finished_stages_that_are_intact_are_taken_over(store, project, made):
    assert _run_again(store, project, made) == []


@pytest.mark.parametrize("text", ["{", "[1,2]", "", "1" * 6000, '{"key": "../../x"}'])
def test_damaged_records_of_what_ran_last_and_of_imports_are_no_obstacle(
    store, project, made, text, monkeypatch
):
    monkeypatch.setattr(planning, "imports_file", lambda cache: cache / "imports.json")
    explain(choices(), runs_dir=store.root, project=project, stages=TWO)
    for path in (*store.cache.glob("latest/*/*.json"), store.cache / "imports.json"):
        path.write_text(text)
    explain(choices(), runs_dir=store.root, project=project, stages=TWO)
    _run_again(store, project, made)
    for path in (*store.cache.glob("latest/*/*.json"), store.cache / "imports.json"):
        path.write_text(text)
    prune(store.root)
    _run_again(store, project, made)


def test_a_record_is_found_by_its_key_alone(store, entry):
    cache = Cache(store.cache)
    assert cache.peek(entry.name).stage == "weights"
    assert cache.peek("0" * 64) is None
    moved = entry.parent.parent / "00" / ("0" * 64)
    shutil.copytree(entry, moved)
    assert cache.peek("0" * 64) is None


def test_a_text_kept_of_a_run_is_used_only_as_it_was_kept_and_for_the_same_record(tmp_path):
    store, folder = Store(tmp_path / "runs"), tmp_path / "runs" / "toy" / "0123456789ab"
    write_json(folder / "manifest.json", {"run": 1})
    assert printed(store, folder) is None
    keep_printed(store, folder, "Level I 490\n")
    assert printed(store, folder) == "Level I 490\n"
    (kept,) = (store.cache / "printed").iterdir()
    whole = kept.read_text()
    for text in (whole.replace("490", "430"), "{", "[]", ""):
        kept.write_text(text)
        assert printed(store, folder) is None
    kept.write_text(whole)
    write_json(folder / "manifest.json", {"run": 2})
    assert printed(store, folder) is None
