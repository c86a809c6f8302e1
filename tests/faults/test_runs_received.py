"""A run folder received from somebody is data: nothing of it is executed, followed or believed."""

from __future__ import annotations

import json
import os
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from toy_runs import BODIES, STAGES, WHY, choices, execute_run, make_project, toy_evidence, write_notebook
from trees import tree_of

from methodology.cli.app import say
from methodology.cli.running import propose_run
from methodology.cli.stopping import outcome_of
from methodology.errors import DataError, WorkbenchError
from methodology.results.store import read_manifest, write_json
from methodology.runs.comparison import diff, readable
from methodology.runs.drafts import propose
from methodology.runs.listing import list_runs, prune
from methodology.runs.progress import listener
from methodology.runs.provenance import write_crate
from methodology.runs.sealing import altered
from methodology.runs.verification import judging_project, verify
from methodology.tables.overview import render_text

pytestmark = pytest.mark.usefixtures("shared_kernels")

TWO = STAGES[:2]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("received") / "project")


@pytest.fixture(scope="module")
def made(project):
    return execute_run(
        choices(), runs_dir=project.root / "runs", project=project, stages=TWO, evidence=toy_evidence
    )


@pytest.fixture
def received(made, tmp_path):
    """A copy of a run, as it comes by mail: under another name, in another place."""
    return shutil.copytree(made, tmp_path / "inbox" / "mail")


def _edit(folder, **statements):
    """Change statements of a manifest by dotted name, written `code__commit`."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name, value in statements.items():
        *way, last = name.split("__")
        place = manifest
        for key in way:
            place = place[key]
        place[last] = value
    (folder / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    return manifest


def test_a_run_as_it_was_made_has_no_fault_wherever_it_stands(received):
    assert altered(received, read_manifest(received)) == {}


@pytest.mark.parametrize("run", ["{victim}", "../../../victim", "..", ".", "", "a/b", "C:\\victim", "0" * 13])
def test_a_run_that_is_named_like_a_place_deletes_nothing(received, project, tmp_path, run):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "letter.txt").write_text("dear")
    _edit(received, run=run.format(victim=victim))
    before = tree_of(tmp_path)
    with pytest.raises(DataError, match=r"manifest\.json"):
        verify(received, project=project, stages=TWO, kernel="auto")
    assert tree_of(tmp_path) == before


@pytest.mark.parametrize("system", ["../../x", "/x", "..", "con", "a/b", "A", ""])
@pytest.mark.parametrize("command", [propose, verify])
def test_a_system_that_is_named_like_a_place_is_written_nowhere(received, project, tmp_path, command, system):
    _edit(received, system=system)
    before = tree_of(tmp_path), tree_of(project.root)
    with pytest.raises(DataError):
        command(received, project=project)
    assert (tree_of(tmp_path), tree_of(project.root)) == before


def test_a_system_this_project_does_not_have_is_refused(received, project):
    _edit(received, system="other", parameters__system="other")
    (received / "parameters.yaml").write_text(
        (received / "parameters.yaml").read_text().replace("system: toy", "system: other")
    )
    with pytest.raises(WorkbenchError, match="no indicator system 'other'"):
        verify(received, project=project, stages=TWO, kernel="auto")


def test_method_and_data_that_a_run_brings_along_are_not_used(received, project, tmp_path, monkeypatch):
    for part in ("params", "data", "notebooks"):
        shutil.copytree(project.root / part, received / part, dirs_exist_ok=True)
    owned = tmp_path / "owned"
    write_notebook(type(project)(received), "weights", f"open({str(owned)!r}, 'w')\n{BODIES['weights']}")
    for place in (received, received / "results", project.root):
        monkeypatch.chdir(place)
        assert judging_project(received).root.resolve() != received.resolve()
    found = verify(received, stages=TWO, kernel="auto")
    assert not owned.exists()
    assert {"params/systems/toy.yaml", "data/samples/toy/plants.csv"} <= set(found.index)


def test_verifying_writes_nothing_outside_its_own_scratch_folder(received, project, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = tree_of(tmp_path), tree_of(project.root)
    heard = []
    assert (
        len(
            verify(
                received,
                project=project,
                stages=TWO,
                evidence=toy_evidence,
                progress=heard.append,
                kernel="auto",
            )
        )
        == 0
    )
    assert (tree_of(tmp_path), tree_of(project.root)) == before
    assert [event.kind for event in heard if event.stage == "weights"][:2] == ["plan", "start"]
    assert heard[-1].kind == "published"


def _replace_document(folder):
    (folder / "public" / "standard.docx").write_bytes(b"x")


def _script_page(folder):
    with (folder / "public" / "site" / "index.html").open("a") as page:
        page.write("<script>alert(1)</script>")


def _add_names(folder):
    (folder / "results" / "plants_real_names.csv").write_text("plant,name\nP1,Works\n")


def _add_page(folder):
    (folder / "public" / "site" / "extra.html").write_text("extra")


def _add_hidden(folder):
    (folder / "results" / ".hidden").write_text("extra")


def _add_folder(folder):
    (folder / "public" / "empty").mkdir()


def _lose_document(folder):
    (folder / "internal" / "standard.docx").unlink()


def _empty_crate(folder):
    (folder / "ro-crate-metadata.json").write_text("{}")


def _comment_on_parameters(folder):
    with (folder / "parameters.yaml").open("a") as record:
        record.write("# seen and approved\n")


def _link_table(folder):
    (folder / "results" / "weights.csv").unlink()
    (folder / "results" / "weights.csv").symlink_to("/etc/hostname")


def _link_folder(folder):
    shutil.move(folder / "public", folder.parent / "public")
    (folder / "public").symlink_to(folder.parent / "public")


def _edit_notebook(folder):
    path = folder / "notebooks" / "01_sample.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"nbformat_minor": 5', '"nbformat_minor": 4'))


CHANGES = [
    *(_replace_document, _script_page, _add_names, _add_page, _add_hidden, _add_folder, _lose_document),
    *(_empty_crate, _comment_on_parameters, _link_table, _link_folder, _edit_notebook),
]


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_a_file_changed_added_or_missing_anywhere_is_found_and_makes_no_draft(received, project, change):
    change(received)
    assert altered(received, read_manifest(received))
    with pytest.raises(DataError, match="cannot become a draft"):
        propose(received, project=project)
    assert not (project.root / "drafts" / "toy").exists()


FALSE = {
    "created": {"created": "2020-01-01T00:00:00+00:00"},
    "seconds": {"seconds": 0.5},
    "why": {"why": "Another reason altogether."},
    "commit": {"code__commit": "0" * 40},
    "clean": {"code__clean": True},
    "version": {"code__version": "9.9"},
    "package": {"code__package": "0" * 64},
    "making": {"code__making": "0" * 64},
    "python": {"environment__python": "3.99.0"},
    "patch": {"environment__python": "3.11.99"},
    "packages": {"environment__packages": {"numpy": "0.1"}},
    "cores": {"environment__cores": 4096},
    "seeds": {"seeds__root": 7},
    "inputs": {"inputs": {}},
    "run": {"run": "0" * 12},
    "choices": {"parameters__seed": 7},
}


@pytest.mark.parametrize("statements", FALSE.values(), ids=FALSE)
def test_a_false_statement_of_the_record_is_found(received, project, statements):
    _edit(received, **statements)
    assert altered(received, read_manifest(received))
    with pytest.raises(DataError):
        propose(received, project=project)


DECIDING = ("making", "python", "packages", "seeds", "inputs", "run", "choices", "why")


@pytest.mark.parametrize("statements", [FALSE[name] for name in DECIDING], ids=DECIDING)
def test_a_false_statement_that_decides_is_found_although_the_crate_was_written_to_fit(received, statements):
    manifest = _edit(received, **statements)
    write_crate(received, manifest)
    assert "contradicts itself" in altered(received, read_manifest(received))["manifest.json"]


def test_verify_tells_all_that_was_forged_at_once(received, project):
    for change in (_replace_document, _add_page, _add_names):
        change(received)
    _edit(received, **FALSE["created"], **FALSE["commit"])
    found = set(verify(received, project=project, stages=TWO, evidence=toy_evidence, kernel="auto").index)
    assert {
        *("public/standard.docx", "public/site/extra.html", "results/plants_real_names.csv"),
        "ro-crate-metadata.json",
    } <= found


ILL = [
    {"code": {}},
    {"code": None},
    {"code": []},
    {"environment": {"python": 3}},
    {"stages": {}},
    {"stages": [{}]},
    {"stages": None},
    {"inputs": []},
    {"outputs": {"results/a.csv": 1}},
    {"outputs": {"results/../../a.csv": "0" * 64}},
    {"outputs": {"results\\a.csv": "0" * 64}},
    {"outputs": {"/results/a.csv": "0" * 64}},
    {"outputs": {"results/NUL.csv": "0" * 64}},
    {"outputs": {"manifest.json": "0" * 64}},
    {"outputs": {"results/a.csv": "0" * 64, "results/A.csv": "0" * 64}},
    {"evidence": {"public/../x": "0" * 64}},
    {"evidence": "all of it"},
    {"seeds": {"root": "7"}},
    {"seconds": "long"},
    {"seconds": -1},
    {"created": "yesterday"},
    {"created": "0001-01-01T00:00:00+00:00"},
    {"notebooks": {}},
    {"parameters": []},
    {"run": None},
    {"why": 3},
    {"format": "2"},
    {"extra": 1},
]


@pytest.mark.parametrize("statements", ILL, ids=lambda statements: json.dumps(statements)[:40])
def test_an_ill_typed_record_is_one_message_everywhere_and_no_obstacle_to_other_runs(
    made, project, tmp_path, statements
):
    folder = shutil.copytree(made, tmp_path / "runs" / "toy" / "bad")
    shutil.copytree(made, tmp_path / "runs" / "toy" / made.name)
    _edit(folder, **statements)
    for command in (propose, verify):
        with pytest.raises(DataError, match=r"manifest\.json"):
            command(folder, project=project)
    with pytest.raises(DataError, match=r"manifest\.json"):
        diff(folder, made)
    table = list_runs(tmp_path / "runs")
    assert table["created"].to_dict()["bad"] == "unreadable"
    assert table.loc[made.name, "why"] == WHY
    prune(tmp_path / "runs")
    assert folder.is_dir()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[" * 100_000, '{"format": NaN}', '{"a": 1, "a": 2}', "\x00", '"\\ud800"']
)
def test_a_record_that_is_no_json_is_one_message(received, project, text):
    (received / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        verify(received, project=project, stages=TWO, kernel="auto")


def test_a_record_of_ten_megabytes_is_not_read(received, project):
    with (received / "manifest.json").open("a") as record:
        record.write(" " * 10_000_000)
    with pytest.raises(DataError, match="at most 5 MB"):
        verify(received, project=project, stages=TWO, kernel="auto")


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_pruning_follows_no_link_out_of_the_store(made, tmp_path):
    elsewhere = shutil.copytree(made, tmp_path / "elsewhere" / made.name)
    (tmp_path / "runs" / ".failed").mkdir(parents=True)
    (tmp_path / "runs" / "toy").symlink_to(elsewhere.parent)
    (tmp_path / "runs" / ".failed" / "toy").symlink_to(elsewhere.parent)
    (tmp_path / "runs" / ".cache").mkdir()
    (tmp_path / "runs" / ".cache" / "ab").symlink_to(elsewhere.parent)
    assert prune(tmp_path / "runs") == []
    assert (elsewhere / "manifest.json").is_file()


@pytest.mark.parametrize("damage", [_replace_document, _script_page, _lose_document, _add_page, _empty_crate])
def test_a_document_deleted_or_altered_is_restored_by_the_next_run(project, made, tmp_path, damage):
    runs = shutil.copytree(project.root / "runs", tmp_path / "runs")
    folder = runs / "toy" / made.name
    damage(folder)
    again = execute_run(choices(), runs_dir=runs, project=project, stages=TWO, evidence=toy_evidence)
    assert again == folder
    assert altered(folder, read_manifest(folder)) == {}
    assert (folder / "public" / "standard.docx").read_bytes() == (
        made / "public" / "standard.docx"
    ).read_bytes()


def test_a_record_that_fits_but_names_another_run_is_not_the_run(project, made, tmp_path):
    runs = shutil.copytree(project.root / "runs", tmp_path / "runs")
    folder = runs / "toy" / made.name
    manifest = read_manifest(folder)
    write_json(folder / "manifest.json", manifest | {"run": "0" * 12})
    execute_run(choices(), runs_dir=runs, project=project, stages=TWO, evidence=toy_evidence)
    assert read_manifest(folder)["run"] == made.name


STEERING = "a\nb\x1b[31m\u202e.csv"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", [STEERING.encode(), b"\xff\xfe.csv"], ids=["steers", "no-text"])
def test_a_name_that_steers_a_terminal_or_is_no_text_is_told_in_plain_letters(
    made, received, project, capfd, name
):
    with open(os.path.join(os.fsencode(received), b"results", name), "w") as file:
        file.write("x\n1\n")
    for command in (
        lambda: propose(received, project=project),
        lambda: say(render_text(readable(diff(made, received)["other tables"]))),
        lambda: say(render_text(readable(verify(received, project=project, stages=TWO, kernel="auto")))),
    ):
        assert outcome_of(command) in (0, 2)
        told = capfd.readouterr()
        text = told.out + told.err
        assert ".csv" in text
        assert not {sign for sign in text if sign != "\n" and not sign.isprintable()}
        assert "a\nb" not in text


@pytest.mark.parametrize("place", [".", "results/.."])
def test_a_run_one_stands_in_is_called_by_its_name(received, monkeypatch, place):
    monkeypatch.chdir(received)
    (received / "strange.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match=f"Run {received.name} cannot become a draft"):
        propose_run(Path(place))


def test_a_verification_says_stage_by_stage_how_far_it_is(project, made):
    out = StringIO()
    with listener("auto", out) as hears:
        assert verify(made, project=project, stages=TWO, kernel="auto", progress=hears).empty
    lines = out.getvalue().splitlines()
    for stage in TWO:
        own = [line for line in lines if stage.name in line.split()]
        assert "start" in own[0]
        assert re.search(r"done \(\d+\.\d s\)", own[-1])
