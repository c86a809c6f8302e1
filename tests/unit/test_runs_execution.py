"""A run: in order, reproducible, whole, recorded as it was."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from toy_runs import BODIES, STAGES, choices, execute_run, make_project, toy_evidence, write_notebook

from methodology.errors import ParameterError, StageError
from methodology.evidence.build import DRAWN
from methodology.runs.hashing import file_digest
from methodology.runs.planning import explain
from methodology.runs.schedule import execute_runs

pytestmark = pytest.mark.usefixtures("shared_kernels")

NAMES = [stage.name for stage in STAGES]
TWO = STAGES[:2]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def project(place):
    return make_project(place / "project", systems=("toy", "other"))


@pytest.fixture(scope="module")
def heard():
    return []


@pytest.fixture(scope="module")
def made(place, project, heard):
    """One complete toy run."""
    return execute_run(
        choices(), runs_dir=place / "runs", project=project, stages=STAGES, progress=heard.append
    )


def _manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_a_run_folder_is_laid_out_as_designed(made):
    assert made.parent.name == "toy"
    assert re.fullmatch(r"[0-9a-f]{12}", made.name)
    names = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert {f"notebooks/{stage.notebook}" for stage in STAGES} <= names
    assert {
        "parameters.yaml",
        "manifest.json",
        "results/sample.parquet",
        "results/sensitivity/levels.csv",
    } <= names
    assert not any("view" in name or "log" in name for name in names)


def test_nothing_but_the_run_stands_among_runs(made, place):
    assert [path.name for path in sorted((place / "runs").iterdir()) if not path.name.startswith(".")] == [
        "toy"
    ]
    assert list((place / "runs" / ".staging").glob("*/*")) == []


def test_stages_run_in_order_and_tell_it(made, heard):
    assert [event.stage for event in heard if event.kind == "plan"] == NAMES
    ends = [event.stage for event in heard if event.kind == "done"]
    assert ends.index("weights") < ends.index("thresholds") < ends.index("sensitivity")
    cells = [
        (event.cell, event.cells) for event in heard if event.kind == "cell" and event.stage == "weights"
    ]
    assert cells == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert heard[-1].kind == "published"


def test_the_record_is_what_the_notebooks_received(made):
    manifest = _manifest(made)
    assert manifest["parameters"] == choices().model_dump(mode="json")
    assert yaml.safe_load((made / "parameters.yaml").read_text()) == manifest["parameters"]
    notebook = json.loads((made / "notebooks" / "05_sensitivity.ipynb").read_text())
    (injected,) = [
        cell for cell in notebook["cells"] if "injected-parameters" in cell["metadata"].get("tags", [])
    ]
    assert "draws = 1000\n" in injected["source"]
    assert 'folder = ".."\n' in injected["source"]


def test_every_input_and_output_is_hashed(made, project):
    manifest = _manifest(made)
    for name, value in manifest["outputs"].items():
        assert file_digest(made / name) == value
    assert len(manifest["outputs"]) == len(list((made / "results").rglob("*.*"))) + len(STAGES)
    for name, value in manifest["inputs"].items():
        assert file_digest(project.root / name) == value
    assert [stage["stage"] for stage in manifest["stages"]] == NAMES


def test_no_place_of_this_machine_is_in_what_is_kept(made):
    private = [os.path.expanduser("~"), str(made.parents[2]), sys.prefix, f"@{platform.node()}"]
    for path in [*made.rglob("*.ipynb"), *made.glob("*.*")]:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in private if word in text], path.name


def test_the_proposal_knows_the_run(made):
    assert json.loads((made / "results" / "proposal.json").read_text())["run"] == made.name


def test_an_unchanged_run_is_not_executed_again(made, place, project):
    heard = []
    before = (made / "manifest.json").stat().st_mtime_ns
    again = execute_run(
        choices(), runs_dir=place / "runs", project=project, stages=STAGES, progress=heard.append
    )
    assert (again, [event.kind for event in heard]) == (made, ["unchanged"])
    assert (made / "manifest.json").stat().st_mtime_ns == before


def test_stages_that_a_choice_does_not_touch_are_reused(made, place, project):
    heard = []
    other = choices(sensitivity={"draws": 2000})
    verdicts = {
        verdict.stage: verdict
        for verdict in explain(other, runs_dir=place / "runs", project=project, stages=STAGES)
    }
    execute_run(other, runs_dir=place / "runs", project=project, stages=STAGES, progress=heard.append)
    reused = [event.stage for event in heard if event.kind == "reused"]
    assert reused == ["sample", "weights", "thresholds", "evaluation"]
    assert {name for name, verdict in verdicts.items() if verdict.fresh} == set(reused)
    assert verdicts["sensitivity"].reasons == ("parameters changed",)


def test_a_reused_stage_is_marked_in_the_record(made, place, project):
    folder = execute_run(
        choices(why="The same numbers for another reason."),
        runs_dir=place / "runs",
        project=project,
        stages=STAGES,
    )
    reused = {stage["stage"]: stage["reused"] for stage in _manifest(folder)["stages"]}
    assert reused == dict.fromkeys(NAMES, True) | {"proposal": False}
    assert (folder / "results" / "weights.csv").read_bytes() == (
        made / "results" / "weights.csv"
    ).read_bytes()


def test_a_damaged_cache_is_executed_again(made, place, project):
    for entry in (place / "runs" / ".cache").glob("??/*/results/weights.csv"):
        entry.write_text("group,indicator,weight,local_weight\ng,a,1.0,1.0\n")
    (made / "results" / "weights.csv").write_text("spoilt")
    folder = execute_run(choices(), runs_dir=place / "runs", project=project, stages=STAGES)
    assert folder == made
    assert (made / "results" / "weights.csv").read_text().count("0.5") == 4


def test_forced_execution_gives_the_same_bytes(made, place, project):
    heard = []
    before = _manifest(made)["outputs"]
    execute_run(
        choices(), runs_dir=place / "runs", project=project, stages=STAGES, force=True, progress=heard.append
    )
    assert [event for event in heard if event.kind == "reused"] == []
    assert _manifest(made)["outputs"] == before


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_cold_and_forked_kernels_give_the_same_bytes_figures_included(made, place, project):
    cold = execute_run(choices(), runs_dir=place / "cold", project=project, stages=STAGES, kernel="cold")
    assert {stage["kernel"] for stage in _manifest(cold)["stages"]} == {"cold"}
    assert {stage["kernel"] for stage in _manifest(made)["stages"]} == {"forked"}
    assert _manifest(cold)["outputs"] == _manifest(made)["outputs"]


def test_one_job_gives_the_bytes_of_two(made, place, project):
    alone, both = (
        execute_run(choices(), runs_dir=place / f"jobs{jobs}", project=project, stages=STAGES, jobs=jobs)
        for jobs in (1, 2)
    )
    assert _manifest(alone)["outputs"] == _manifest(both)["outputs"] == _manifest(made)["outputs"]


def test_a_failing_system_does_not_stop_the_others(place, tmp_path):
    project = make_project(tmp_path / "project", systems=("toy", "other"))
    write_notebook(
        project, "weights", BODIES["weights"] + "\nif system == 'toy':\n    raise ValueError('no judgement')"
    )
    runs = [choices("toy"), choices("other")]
    failed, done = execute_runs(runs, runs_dir=tmp_path / "runs", project=project, jobs=2, stages=TWO)
    assert failed.folder is None
    assert isinstance(failed.error, StageError)
    assert done.error is None
    assert (done.folder / "results" / "weights.csv").is_file()


def test_a_failed_stage_is_named_with_cell_and_kept_copy(tmp_path):
    project = make_project(tmp_path / "project")
    write_notebook(project, "weights", "print('so far')\nraise ValueError('no judgement')")
    with pytest.raises(StageError) as caught:
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO)
    message = str(caught.value)
    assert "02_weights.ipynb, cell In [4]: ValueError: no judgement" in message
    kept = Path(re.search(r"kept in (.+)\.$", message)[1])
    notebook = json.loads((kept / "notebooks" / "02_weights.ipynb").read_text(encoding="utf-8"))
    assert "In [4]" in "".join(notebook["cells"][0]["source"])
    assert "so far" in str(notebook)
    assert (kept / "results" / "sample.parquet").is_file()
    assert (kept / "log" / "weights.txt").is_file()
    assert not (tmp_path / "runs" / "toy").exists()


def test_what_was_finished_before_a_failure_is_not_executed_again(tmp_path):
    project = make_project(tmp_path / "project")
    write_notebook(project, "weights", "raise ValueError")
    with pytest.raises(StageError):
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO)
    write_notebook(project, "weights", BODIES["weights"])
    heard = []
    execute_run(
        choices(),
        runs_dir=tmp_path / "runs",
        project=project,
        stages=TWO,
        progress=heard.append,
    )
    assert [event.stage for event in heard if event.kind == "reused"] == ["sample"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("x = 1", "promised results/weights.csv and did not write it"),
        (
            BODIES["weights"] + "\ninputs.save('stray', table)",
            "wrote results/stray.csv, which it does not declare",
        ),
        (BODIES["weights"] + "\nglobals()['decimals'] = 9", "decimals: given 3, had 9"),
        (BODIES["weights"] + "\ninputs.load('thresholds')", "Run 03_thresholds first"),
    ],
)
def test_a_stage_that_breaks_its_declaration_fails(tmp_path, body, said):
    project = make_project(tmp_path / "project")
    write_notebook(project, "weights", body)
    with pytest.raises(StageError, match=re.escape(said)):
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO)


def test_data_edited_while_a_stage_runs_is_noticed(tmp_path):
    project = make_project(tmp_path / "project")
    write_notebook(
        project, "sample", BODIES["sample"] + "\nopen('../data/samples/toy/plants.csv', 'a').write('P2')"
    )
    with pytest.raises(StageError, match="data changed while it ran"):
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO[:1])


def test_a_stage_has_an_outer_time_limit(tmp_path):
    project = make_project(tmp_path / "project")
    write_notebook(project, "sample", "import time\ntime.sleep(60)")
    with pytest.raises(StageError, match="took more than its 3 s"):
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO[:1], timeout=3)


def test_other_results_from_the_same_inputs_are_refused(tmp_path):
    project = make_project(tmp_path / "project")
    unseeded = BODIES["sample"].replace(
        'inputs.save("sample"', 'values["a"] *= np.random.random()\ninputs.save("sample"'
    )
    write_notebook(project, "sample", unseeded)
    made = execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO[:1])
    before = (made / "results" / "sample.parquet").read_bytes()
    with pytest.raises(StageError, match=r"other results than before in .*sample\.parquet"):
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO[:1], force=True)
    assert (made / "results" / "sample.parquet").read_bytes() == before


def test_evidence_is_added_before_the_run_appears_and_recorded(tmp_path):
    project = make_project(tmp_path / "project")

    def build(folder):
        assert folder.parent.parent.name == ".staging"
        toy_evidence(folder)

    made = execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=TWO[:1], evidence=build)
    evidence = _manifest(made)["evidence"]
    assert set(evidence) == {
        f"{part}/{name}"
        for part in ("public", "internal")
        for name in ("site/index.html", "standard.docx", "proposal.json")
    }
    assert evidence["public/site/index.html"] == file_digest(made / "public" / "site" / "index.html")
    heard = []
    again = {"runs_dir": tmp_path / "runs", "project": project, "stages": TWO[:1], "progress": heard.append}
    execute_run(choices(), evidence=build, **again)
    assert [event.kind for event in heard] == ["unchanged"]


def test_evidence_that_writes_beside_its_folders_leaves_no_run(tmp_path):
    project = make_project(tmp_path / "project")
    with pytest.raises(StageError, match=r"page\.html is no part of the run"):
        execute_run(
            choices(),
            runs_dir=tmp_path / "runs",
            project=project,
            stages=TWO[:1],
            evidence=lambda folder: (folder / "page.html").write_text("beside"),
        )
    assert not (tmp_path / "runs" / "toy").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_evidence_in_steps_is_carried_out_step_by_step_and_leaves_nothing_between(tmp_path):
    def half(number, folder):
        (folder / DRAWN).mkdir(exist_ok=True)
        (folder / DRAWN / number).touch()

    def whole(folder):
        assert {path.name for path in (folder / DRAWN).iterdir()} == {"0", "1"}
        toy_evidence(folder)

    built = SimpleNamespace(steps=((partial(half, "0"), partial(half, "1")), (whole,)))
    how = {"stages": TWO[:1], "kernel": "auto", "jobs": 2, "evidence": built}
    made = execute_run(
        choices(), runs_dir=tmp_path / "runs", project=make_project(tmp_path / "project"), **how
    )
    assert _manifest(made)["evidence"]
    assert not (made / DRAWN).exists()


def test_evidence_that_fails_leaves_no_run(tmp_path):
    project = make_project(tmp_path / "project")

    def build(folder):
        raise RuntimeError("no fonts")

    with pytest.raises(StageError, match="evidence could not be built: RuntimeError: no fonts"):
        execute_run(
            choices(),
            runs_dir=tmp_path / "runs",
            project=project,
            stages=TWO[:1],
            evidence=build,
        )
    assert not (tmp_path / "runs" / "toy").exists()


def test_an_unknown_system_and_an_unknown_kernel_are_refused_before_anything_starts(tmp_path):
    project = make_project(tmp_path / "project")
    with pytest.raises(ParameterError, match="no indicator system 'none'"):
        execute_run(choices("none"), runs_dir=tmp_path / "runs", project=project, stages=STAGES)
    with pytest.raises(ParameterError, match="no kernel 'warm'"):
        execute_run(choices(), runs_dir=tmp_path / "runs", project=project, stages=STAGES, kernel="warm")
    assert not (tmp_path / "runs").exists()
