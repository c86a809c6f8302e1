"""What differs is said by file and place; what does not is not."""

from __future__ import annotations

import json
import shutil
from functools import partial

import pandas as pd
import pytest
from toy_runs import STAGES, choices, execute_run, make_project, notebook, toy_evidence

from methodology.cli.running import list_or_prune, propose_run
from methodology.errors import DataError
from methodology.parameters import Project
from methodology.results import Results
from methodology.results.store import Store, read_manifest, write_json
from methodology.runs.comparison import Difference, as_table, compare_files, diff, readable
from methodology.runs.drafts import propose, read_draft, runs_of_drafts
from methodology.runs.hashing import file_digest
from methodology.runs.listing import list_runs, prune
from methodology.runs.provenance import write_crate
from methodology.runs.sealing import altered
from methodology.runs.verification import verify
from methodology.tables.overview import render_text

pytestmark = pytest.mark.usefixtures("shared_kernels")

TWO = STAGES[:2]
REPEATED = {"stages": TWO, "evidence": toy_evidence, "kernel": "auto"}
"""How a run of this module is executed again."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("compared") / "project")


@pytest.fixture(scope="module")
def runs(project):
    """Two runs that differ in one choice, and the folder they stand in."""
    folder = project.root / "runs"
    made = [
        execute_run(parameters, runs_dir=folder, project=project, stages=TWO, evidence=toy_evidence)
        for parameters in (choices(), choices(weights={"decimals": 4}))
    ]
    return folder, made


@pytest.fixture
def copied(runs, tmp_path):
    """A copy of the first run that may be spoilt."""
    return shutil.copytree(runs[1][0], tmp_path / "runs" / "toy" / runs[1][0].name)


def test_a_run_repeats(runs, project):
    assert len(verify(runs[1][0], project=project, stages=TWO)) == 0


def test_what_a_system_leaves_in_folders_somebody_looked_at_is_no_part_of_a_run(runs, project, tmp_path):
    looked_at = shutil.copytree(project.root, tmp_path / "project")
    sample = looked_at / "data" / "samples" / "toy"
    for folder in (looked_at / "runs" / "toy" / runs[1][0].name, sample, looked_at / "notebooks"):
        for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
            (folder / name).write_bytes(b"\0 left behind")
    (folder / "Desktop.ini").write_bytes(b"left behind")
    heard = []
    again = {
        "runs_dir": looked_at / "runs",
        "project": Project(looked_at),
        "stages": TWO,
        "evidence": toy_evidence,
    }
    made = execute_run(choices(), progress=heard.append, **again)
    assert [event.kind for event in heard] == ["unchanged"]
    assert len(verify(made, project=Project(looked_at), stages=TWO)) == 0
    propose(made, project=Project(looked_at), **REPEATED)
    (made / "public" / "other.ini").write_bytes(b"[x]")
    with pytest.raises(DataError, match=r"public/other\.ini is no part of the run"):
        propose(made, project=Project(looked_at), **REPEATED)


def test_an_altered_result_is_found_with_its_place(copied, project):
    path = copied / "results" / "weights.csv"
    path.write_text(path.read_text().replace("g,b,0.5", "g,b,0.4999"))
    found = verify(copied, project=project, stages=TWO, kernel="auto")
    assert list(found.index) == ["results/weights.csv"] * 2
    assert found["place"].tolist() == ["", "b, weight"]
    assert found.iloc[1][["recorded", "found"]].tolist() == ["0.4999", "0.5"]


def test_an_altered_figure_or_output_is_found(copied, project):
    path = copied / "notebooks" / "01_sample.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("3 plants of toy", "4 plants of toy"), encoding="utf-8"
    )
    found = verify(copied, project=project, stages=TWO, kernel="auto")
    assert "cell 5, output 1, text" in found["place"].tolist()


def test_changed_data_are_named_when_results_differ(copied, project):
    plants = project.root / "data" / "samples" / "toy" / "plants.csv"
    before = plants.read_text()
    (copied / "results" / "weights.csv").write_text("spoilt")
    plants.write_text(before + "P9,1,1\n")
    try:
        found = verify(copied, project=project, stages=TWO, kernel="auto")
    finally:
        plants.write_text(before)
    assert "data/samples/toy/plants.csv" in found.index


def test_a_record_that_was_edited_is_refused(copied, project):
    path = copied / "parameters.yaml"
    path.write_text(path.read_text().replace("decimals: 3", "decimals: 5"))
    with pytest.raises(DataError, match="it has been edited"):
        verify(copied, project=project, stages=TWO, kernel="auto")


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    for command in (verify, propose, lambda folder: diff(folder, folder)):
        with pytest.raises(DataError, match="not the folder of a complete run"):
            command(tmp_path)


def test_a_run_that_holds_links_is_not_compared(copied, runs, tmp_path):
    (copied / "results" / "more.csv").symlink_to("/etc/hostname")
    with pytest.raises(DataError, match=r"links or devices, which are not followed: results/more\.csv"):
        diff(copied, runs[1][0])


def test_diff_names_the_choice_that_differs_and_nothing_else(runs):
    first, second = runs[1]
    changes = diff(first, second)
    assert changes["parameters"].to_dict("index") == {"weights.decimals": {"first": "3", "second": "4"}}
    assert [title for title, table in changes.items() if len(table)] == ["parameters"]


def test_diff_names_values_by_indicator_and_level(copied, runs):
    rows = pd.DataFrame({"indicator": ["a", "a"], "level": ["I", "II"], "value": [1.0, 2.0]})
    for folder, value in ((copied, 2.0), (runs[1][1], 2.5)):
        (folder / "results" / "thresholds.csv").write_text(
            rows.assign(value=[1.0, value]).to_csv(index=False)
        )
    table = diff(copied, runs[1][1])["thresholds"]
    (runs[1][1] / "results" / "thresholds.csv").unlink()
    assert table.to_dict("index") == {"a II, value": {"first": "2.0", "second": "2.5"}}


def test_metadata_that_names_the_environment_is_no_difference(tmp_path):
    paths = []
    for name, version in (("one", "3.11"), ("two", "3.13")):
        content = notebook([("x = 1", [])])
        content["metadata"]["language_info"] = {"version": version}
        paths.append(tmp_path / f"{name}.ipynb")
        paths[-1].write_text(json.dumps(content))
    assert compare_files(*paths, "n.ipynb") == []
    content["cells"][1]["source"] = "x = 2"
    paths[1].write_text(json.dumps(content))
    assert [item.place for item in compare_files(*paths, "n.ipynb")] == ["cell 2, source"]


def test_a_float_that_differs_in_its_last_bit_is_found(tmp_path):
    for name, value in (("one", 0.1 + 0.2), ("two", 0.3)):
        Results(tmp_path / name).save("levels", pd.DataFrame({"plant": ["P1"], "mean": [value]}))
    (found,) = compare_files(
        *(tmp_path / name / "results" / "levels.csv" for name in ("one", "two")), "levels.csv"
    )
    assert (found.place, found.first, found.second) == ("P1, mean", "0.30000000000000004", "0.3")


@pytest.mark.parametrize("spoilt", ["", "a,b\n1\n", "{", "\x00"])
def test_a_file_that_cannot_be_read_still_differs(tmp_path, spoilt):
    (tmp_path / "a.csv").write_text(spoilt)
    (tmp_path / "b.csv").write_text("a\n1\n")
    assert len(compare_files(tmp_path / "a.csv", tmp_path / "b.csv", "t.csv")) >= 1
    assert len(compare_files(tmp_path / "absent.csv", tmp_path / "b.csv", "t.csv")) == 1


def test_a_draft_is_numbered_and_keeps_its_run_from_pruning(runs, project, tmp_path):
    root = shutil.copytree(project.root, tmp_path / "project")
    here = type(project)(root)
    store = Store(root / "runs")
    first, second = store.runs()
    drafts = [propose(first, project=here, **REPEATED) for _ in range(2)]
    assert [path.name for path in drafts] == ["01", "02"]
    assert runs_of_drafts(root) == {first.name: ["1", "2"]}
    assert list_runs(store.root).loc[first.name, "drafts"] == "1, 2"
    assert [title for title, table in diff(first, drafts[0]).items() if len(table)] == []
    removed = prune(store.root)
    assert second in removed
    assert store.runs() == [first]


def test_a_draft_holds_what_is_public_and_its_digests_and_nothing_else(runs, project, tmp_path):
    here = type(project)(shutil.copytree(project.root, tmp_path / "project"))
    draft = propose(runs[1][0], project=here, **REPEATED)
    names = {path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file()}
    assert names == {"draft.yaml", "site/index.html", "standard.docx", "proposal.json"}
    assert (draft / "site" / "index.html").read_text() == "<p>public page</p>"
    assert read_draft(draft).files["standard.docx"] == file_digest(runs[1][0] / "public" / "standard.docx")


def test_the_list_of_runs_has_heads_in_both_languages_and_a_row_for_each(runs, capsys):
    store = runs[1][0].parent.parent
    list_or_prune("list", store)
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split("  ")[0] == "run 编号"
    assert all(words in head for words in ("system 体系", "created 时间", "commit 版本", "why 目的"))
    assert {row.split()[0] for row in rows} == {path.name for path in store.glob("toy/*")}


def test_propose_says_which_draft_it_is_and_what_to_open_and_ends_with_the_folder(
    runs, project, tmp_path, monkeypatch, capsys
):
    root = shutil.copytree(project.root, tmp_path / "project")
    monkeypatch.chdir(root)
    monkeypatch.setattr("methodology.runs.drafts.propose", partial(propose, **REPEATED))
    propose_run(runs[1][0])
    first, last = capsys.readouterr().out.splitlines()
    assert first == f"draft 01 of toy 第01稿; Word: {last}/standard.docx"
    assert last.endswith("drafts/toy/01")


def test_a_run_without_evidence_is_verified_without_it(project, tmp_path):
    made = execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO[:1])
    assert len(verify(made, project=project, stages=TWO[:1], evidence=toy_evidence, kernel="auto")) == 0


def test_a_run_without_evidence_cannot_become_a_draft(project, tmp_path):
    made = execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO[:1])
    with pytest.raises(DataError, match="no public evidence"):
        propose(made, project=project)


def test_a_run_that_was_altered_cannot_become_a_draft(copied, project):
    (copied / "results" / "weights.csv").unlink()
    with pytest.raises(DataError, match=r"results/weights\.csv is missing"):
        propose(copied, project=project)


def seal(folder, *names):
    """Write the digests of some files into the record of a run, as somebody would who wants them believed."""
    manifest = read_manifest(folder)
    for name in names:
        part = "outputs" if name.startswith(("results", "notebooks")) else "evidence"
        manifest[part][name] = file_digest(folder / name)
    for stage in manifest["stages"]:
        stage["outputs"] = {name: manifest["outputs"][f"results/{name}"] for name in stage["outputs"]}
    write_json(folder / "manifest.json", manifest)
    write_crate(folder, manifest)
    assert altered(folder, read_manifest(folder)) == {}


def _page(folder):
    page = folder / "public" / "site" / "index.html"
    page.write_text("<p>1150 kgce/t</p>", encoding="utf-8", newline="\n")
    seal(folder, "public/site/index.html")


def _table(folder):
    table = folder / "results" / "weights.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("b,0.5", "b,0.4999"), encoding="utf-8", newline="\n"
    )
    seal(folder, "results/weights.csv")


def _fewer(folder):
    (folder / "internal" / "standard.docx").unlink()
    manifest = read_manifest(folder)
    del manifest["evidence"]["internal/standard.docx"]
    write_json(folder / "manifest.json", manifest)
    seal(folder)


def _more(folder):
    (folder / "public" / "more.html").write_text("more", encoding="utf-8", newline="\n")
    seal(folder, "public/more.html")


FORGED = {
    "page": (_page, "public/site/index.html"),
    "table": (_table, "results/weights.csv, b, weight"),
    "fewer": (_fewer, "internal/standard.docx"),
    "more": (_more, "public/more.html"),
}


@pytest.mark.parametrize("change", FORGED)
def test_a_run_that_was_changed_and_sealed_again_to_fit_makes_no_draft(copied, project, change):
    forge, named = FORGED[change]
    forge(copied)
    heard = []
    with pytest.raises(DataError, match="executed again it gives other results") as caught:
        propose(copied, project=project, progress=heard.append, **REPEATED)
    assert named in str(caught.value)
    assert [event.kind for event in heard if event.stage == "weights"][:2] == ["plan", "start"]
    assert not (project.root / "drafts").exists()


def test_a_run_whose_plants_are_not_here_is_not_computed_and_makes_no_draft(runs, project, tmp_path):
    elsewhere = Project(shutil.copytree(project.root, tmp_path / "elsewhere"))
    plants = elsewhere.root / "data" / "samples" / "toy" / "plants.csv"
    heard = []
    for told in ("another", "not here"):
        if told == "another":
            plants.write_text("plant,a,b\nP9,1,2\n", encoding="utf-8", newline="\n")
        else:
            plants.unlink()
        with pytest.raises(DataError, match=f"data/samples/toy/plants.csv is {told}") as caught:
            propose(runs[1][0], project=elsewhere, progress=heard.append, **REPEATED)
        assert "from within the study" in str(caught.value)
    assert heard == []


def test_differences_are_read_with_six_digits_unless_more_tell_them_apart_and_fit_a_line():
    items = [
        Difference("weights.csv", "a, weight", "0.06896551724137931", "0.5"),
        Difference("weights.csv", "b, weight", "0.30000000000000004", "0.3"),
        Difference("n.ipynb", "cell 3, output 1, text/html", "x" * 500, "two\nlines"),
    ]
    table = readable(as_table(items))
    assert table.iloc[0, 1:].to_list() == ["0.0689655", "0.5"]
    assert table.iloc[1, 1:].to_list() == ["0.30000000000000004", "0.3"]
    assert table.iloc[2, 2] == "two lines"
    assert max(map(len, render_text(table).splitlines())) <= 160


def test_pruning_leaves_the_stages_executed_last(runs, project, tmp_path):
    root = shutil.copytree(project.root, tmp_path / "project")
    (root / "runs" / ".staging" / "toy" / "abandoned").mkdir(parents=True)
    prune(root / "runs")
    assert Store(root / "runs").runs() == []
    assert list((root / "runs" / ".staging").glob("*/*")) == []
    heard = []
    execute_run(
        choices(weights={"decimals": 4}),
        runs_dir=root / "runs",
        project=type(project)(root),
        stages=TWO,
        progress=heard.append,
    )
    assert [event.stage for event in heard if event.kind == "reused"] == ["sample", "weights"]
