"""A study is a folder of one's own: made whole or not at all, kept out of git, and read as it came."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from study_toys import EXPERTS, NAMES, PLANTS, ROOT, SHIPPED, SYSTEM, made

from methodology.cli.app import one_by_one
from methodology.cli.studies import check_study, make_study, run_file, study_of
from methodology.errors import DataError, ParameterError
from methodology.findings.contents import RunContents
from methodology.parameters import Project, load_run
from methodology.results.stages import STAGES
from methodology.runs.fingerprints import data_files
from methodology.runs.ingredients import refuse_ingredients
from methodology.runs.lab_notebooks import copy_notebooks
from methodology.runs.new_study import new_study
from methodology.runs.verification import judging_project
from methodology.sample import check_sample, load, read_sample


def test_a_study_holds_what_was_sent_as_it_came_and_a_key_of_its_own(study, sent):
    root = study.root
    assert sorted(path.name for path in root.iterdir()) == sorted(
        [
            ".gitignore",
            "README.md",
            "drafts",
            "experts",
            "params",
            "plants",
            "plants.key",
            "runs",
            "study.yaml",
        ]
    )
    assert {path.name: path.read_bytes() for path in (root / "plants").iterdir()} == {
        path.name: path.read_bytes() for path in sent.iterdir()
    }
    if sys.platform != "win32":
        assert stat.S_IMODE((root / "plants.key").stat().st_mode) == 0o600
    assert load_run(run_file(study)).weights.method == "equal"


def test_the_readme_of_a_study_tells_the_next_three_commands_in_both_languages(study):
    text = (study.root / "README.md").read_text(encoding="utf-8")
    chinese, english = text.split("\n# ")
    for part in (chinese, english):
        commands = [line.split()[:2] for line in part.splitlines() if line.startswith("    workbench ")]
        assert commands == [["workbench", command] for command in ("check", "run", "propose")]
    assert SYSTEM.name_zh in chinese
    assert SYSTEM.name_en in english
    assert not re.search(r"[\u4e00-\u9fff]", english)


@pytest.mark.parametrize(("sent", "told"), [(1, "1 file of plants, 2 of experts"), (3, "3 files of plants")])
def test_a_new_study_says_how_many_files_it_was_made_of(tmp_path, sent, told, monkeypatch, capsys):
    copied = {"plants": ["a"] * sent, "experts": ["b"] * 2}
    monkeypatch.setattr("methodology.runs.new_study.new_study", lambda *_, **__: copied)
    make_study(tmp_path, SYSTEM, [], [])
    assert told in (said := capsys.readouterr().out)
    assert f"企业文件{sent}个，专家文件2个" in said


def test_git_sees_neither_plants_nor_experts_nor_the_key(study):
    if shutil.which("git") is None:
        pytest.skip("no git here")
    (study.root / "experts" / "专家.xlsx").write_bytes(b"form")
    (study.root / "register.csv").write_text("plant\n", encoding="utf-8")
    git = ["git", "-C", str(study.root)]
    subprocess.run([*git, "init", "-q"], check=True)
    seen = subprocess.run(
        [*git, "status", "-z", "--porcelain", "-uall"], check=True, capture_output=True
    ).stdout
    names = {entry[3:] for entry in seen.decode().split("\0") if entry}
    assert names == {".gitignore", "README.md", "study.yaml", "params/runs/coking.yaml"}


@pytest.mark.parametrize(
    ("folder", "system", "plants", "said"),
    [
        ("full", "coking", [], "is not empty"),
        ("full/note.txt", "coking", [], "is a file"),
        ("other/inside", "coking", [], "inside the study"),
        (str(ROOT / "mine"), "coking", [], "checkout of the workbench"),
        ("new", "cokery", [], "coking 焦化"),
        ("new", "coking", ["nowhere.xlsx"], "no file or folder"),
        ("new", "coking", ["broken.xlsx"], "broken.xlsx"),
        ("new", "coking", ["empty.csv"], "empty.csv is empty"),
        ("new", "coking", ["full", "full/note.txt"], "the same name"),
        ("new", "coking", [os.devnull], "no file that can be copied"),
        ("new", "coking", [".hidden.csv"], "no file that can be copied"),
    ],
)
def test_what_cannot_become_a_study_leaves_nothing_behind(
    tmp_path, monkeypatch, folder, system, plants, said
):
    monkeypatch.chdir(tmp_path)
    for name, content in {"full/note.txt": b"kept", "other/study.yaml": b"system: coking\n"}.items():
        Path(name).parent.mkdir()
        Path(name).write_bytes(content)
    Path("broken.xlsx").write_bytes(b"PK\x03\x04 cut off")
    for name in ("empty.csv", ".hidden.csv"):
        Path(name).write_bytes(b"")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises((DataError, ParameterError), match=said):
        new_study(Path(folder), system, plants=[Path(name) for name in plants], project=SHIPPED)
    assert sorted(tmp_path.rglob("*")) == before
    assert not (ROOT / "mine").exists()


def test_an_empty_folder_may_become_a_study_and_every_fault_is_said_at_once(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError) as caught:
        made(tmp_path / "empty", tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert len(caught.value.problems) == 2
    assert made(tmp_path / "empty", PLANTS).is_study


def test_a_shell_may_write_many_files_behind_one_option():
    words = ["x", "--plants", "a", "b", "--system", "s", "--experts", "c", "d", "--plants", "e"]
    spread = ["x", "--plants", "a", "--plants", "b", "--system", "s"]
    assert one_by_one(words) == [*spread, "--experts", "c", "--experts", "d", "--plants", "e"]


def test_twelve_files_are_read_as_the_one_table_they_make(study, sent, tmp_path):
    whole = pd.concat(
        [pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(sent.iterdir())]
    )
    one = made(tmp_path / "one", _written(whole, tmp_path / "all.csv"))
    shutil.copy(study.root / "plants.key", one.root / "plants.key")
    several, single = (read_sample(project.sample_folder(""), SYSTEM) for project in (study, one))
    pd.testing.assert_frame_equal(several.values, single.values)
    pd.testing.assert_frame_equal(several.states, single.states)
    pd.testing.assert_frame_equal(several.attributes, single.attributes, check_dtype=False)
    assert list(several.plants) == [f"P{number:02d}" for number in range(1, 13)]


def _written(table, path):
    table.to_csv(path, index=False, encoding="utf-8")
    return path


def test_a_plant_in_two_files_and_a_damaged_file_are_one_fault_each(study):
    folder = study.root / "plants"
    shutil.copy(folder / f"{NAMES[0]}.csv", folder / "copy.csv")
    (folder / "damaged.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (folder / "scan.pdf").write_bytes(b"%PDF")
    problems, _ = check_sample(load(folder, SYSTEM), SYSTEM, named=True)
    assert len(problems) == 2
    assert "damaged.xlsx" in problems[0].what
    assert problems[1].what == "the plant stands in copy.csv already."
    assert (problems[1].file, problems[1].row, problems[1].plant) == (f"{NAMES[0]}.csv", 2, NAMES[0])


def test_a_fault_in_one_of_many_files_names_file_and_row_to_the_user_and_no_plant_to_the_record(study):
    path = study.root / "plants" / f"{NAMES[4]}.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[0, SYSTEM.ids[3]] = "about 5"
    path.unlink()
    _written(table, path.with_name("滨河集团 反馈.csv"))
    with pytest.raises(DataError, match=r"滨河集团 反馈\.csv, row 2"):
        check_study(study)
    with pytest.raises(DataError) as caught:
        read_sample(study.sample_folder(""), SYSTEM)
    assert not any(word in str(caught.value) for word in ("滨河", "江南"))


def test_the_record_lists_what_was_sent_by_its_content_never_by_its_name(study):
    parameters = load_run(run_file(study))
    before = {stage.name: data_files(stage, parameters, study) for stage in STAGES}
    for number, path in enumerate(sorted((study.root / "plants").iterdir())):
        path.rename(path.with_name(f"{number}.csv"))
    after = {stage.name: data_files(stage, parameters, study) for stage in STAGES}
    assert before == after
    listed = [name for files in before.values() for name in files]
    assert len({name for name in listed if name.startswith("plants/")}) == 12
    assert not any("江南" in name or str(study.root) in name for name in listed)
    assert "study.yaml" in before["sample"]
    assert not any("register" in name for name in (*before["sample"], *before["thresholds"]))


def test_real_plants_are_not_judged_by_made_up_experts_unless_the_run_says_why(tmp_path, sent):
    study = made(tmp_path / "s", sent, experts=[EXPERTS])
    own = load_run(run_file(study))
    assert own.weights.method == "ahp"
    with pytest.raises(
        ParameterError, match=r"plants are real 真实 and the judgements of the experts are made up 虚构"
    ):
        refuse_ingredients([own], study)
    for way in (["why_mixed=a trial of the form"], ["weights.source=none", "weights.method=equal"]):
        refuse_ingredients([load_run(run_file(study), way)], study)
    refuse_ingredients([load_run(ROOT / "params" / "runs" / "coking.yaml")], SHIPPED)


def test_made_up_plants_are_not_judged_by_real_experts_either(tmp_path):
    study = made(tmp_path / "s", PLANTS, experts=[EXPERTS / "pairwise.csv"])
    text = (study.root / "study.yaml").read_text(encoding="utf-8")
    (study.root / "study.yaml").write_text(
        text.replace("synthetic: false ", "synthetic: true ", 1), encoding="utf-8"
    )
    with pytest.raises(
        ParameterError, match=r"plants are made up 虚构 and the judgements of the experts are real"
    ):
        refuse_ingredients([load_run(run_file(study))], study)


@pytest.mark.parametrize(
    ("plants", "experts", "named"),
    [
        (False, False, ()),
        (True, False, ("样本企业为虚构",)),
        (False, True, ("专家判断为虚构",)),
        (True, True, ("样本企业", "专家判断")),
    ],
)
def test_the_banner_names_each_made_up_ingredient_and_is_absent_where_none_is(plants, experts, named):
    contents = RunContents(
        Path("run"),
        SYSTEM,
        {"parameters": {"why_mixed": "a trial" if plants != experts else ""}},
        *(pd.DataFrame() for _ in range(3)),
        notebooks=(),
        about={"synthetic": plants},
        panel={"synthetic": experts},
    )
    assert bool(contents.made_up) == bool(named) == bool(contents.banner)
    assert all(text in contents.made_up for text in named)
    assert ("a trial" in contents.made_up) == (plants != experts)


def test_the_front_page_says_where_plants_and_judgements_come_from(tmp_path):
    given = {"source": "the association, spring 2026"}
    panel = {"panel": "九位专家 nine experts", "date": "2026-05", "source": "the secretariat", "experts": 9}
    parameters = {"parameters": {"why": "a first calibration"}}
    tables = (pd.DataFrame(),) * 3
    contents = RunContents(tmp_path, SYSTEM, parameters, *tables, notebooks=(), about=given, panel=panel)
    assert contents.asides == [
        ("a first calibration", "a first calibration"),
        tuple(SYSTEM.note.split("\n")),
        ("企业资料：the association, spring 2026", "Plants: the association, spring 2026"),
        (
            "专家判断：九位专家；2026-05；the secretariat",
            "Judgements: nine experts; 2026-05; the secretariat",
        ),
    ]
    assert "synthetic" not in SYSTEM.note


def test_a_study_has_its_own_systems_on_top_of_those_that_are_shipped(study):
    own = (
        (ROOT / "params" / "systems" / "coking.yaml")
        .read_text(encoding="utf-8")
        .replace("id: coking", "id: mine", 1)
    )
    (study.root / "params" / "systems" / "mine.yaml").write_text(own, encoding="utf-8")
    fresh = Project(study.root)
    assert {"mine", "coking", "ironmaking"} <= set(fresh.systems)
    assert fresh.system("mine").id == "mine"
    assert (fresh.base, fresh.notebooks) == (ROOT, ROOT / "notebooks")


def test_commands_find_the_study_they_stand_in_and_say_so_where_there_is_none(study, tmp_path, monkeypatch):
    monkeypatch.chdir(study.root / "params" / "runs")
    assert study_of(None).root == study.root.resolve()
    run = study.root / "runs" / "coking" / ("a" * 12)
    run.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert judging_project(run).root == study.root
    assert judging_project(study.root / "drafts" / "coking" / "01").root == study.root
    with pytest.raises(ParameterError, match="workbench new"):
        study_of(None)
    with pytest.raises(ParameterError, match="is no study"):
        study_of(study.root / "plants")


def test_the_run_of_a_study_is_named_like_its_system_or_the_only_one(study):
    runs = study.root / "params" / "runs"
    (runs / "coking.yaml").rename(runs / "first.yaml")
    assert run_file(study).name == "first.yaml"
    shutil.copy(runs / "first.yaml", runs / "second.yaml")
    with pytest.raises(ParameterError, match=r"first.yaml, second.yaml, and no coking.yaml"):
        run_file(study)


def test_notebooks_of_a_study_begin_with_its_choices_and_are_never_written_over(study):
    made_now = copy_notebooks(study, load_run(run_file(study)), "first")
    assert len(made_now) == 8
    scenarios = (study.root / "notebooks" / "scenarios.ipynb").read_text(encoding="utf-8")
    assert 'run = \\"first\\"' in scenarios
    assert 'against = \\"first\\"' in scenarios
    weights = study.root / "notebooks" / "02_weights.ipynb"
    assert 'method = \\"equal\\"' in weights.read_text(encoding="utf-8")
    weights.write_text("worked in", encoding="utf-8")
    assert copy_notebooks(study, load_run(run_file(study))) == []
    assert weights.read_text(encoding="utf-8") == "worked in"
