"""A study is a folder of one's own: made whole or not at all, kept out of git, and read as it came."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
import toy_runs
from questionnaires import fill

from methodology.chain import industry_coverage
from methodology.cli.app import one_by_one
from methodology.cli.plants import check_plants, consistency_of_blocks
from methodology.cli.studies import check_study, faults_of_study, run_file, study_of
from methodology.errors import DataError, ParameterError
from methodology.evidence.contents import RunContents
from methodology.evidence.explanation import _coverage
from methodology.forms.questionnaire import write_questionnaire
from methodology.indicators import Judgements
from methodology.indicators.judgements import nodes_of
from methodology.parameters import Project, load_run
from methodology.results.stages import STAGES
from methodology.runs.fingerprints import data_files
from methodology.runs.ingredients import refuse_ingredients
from methodology.runs.lab_notebooks import copy_notebooks
from methodology.runs.new_study import new_study
from methodology.runs.verification import judging_project
from methodology.sample import check_sample, load, read_sample
from methodology.sample import questionnaire_words as words

ROOT = toy_runs.ROOT
SHIPPED = Project(ROOT)
PLANTS = ROOT / "data" / "samples" / "coking" / "plants.csv"
EXPERTS = ROOT / "data" / "judgements" / "coking"
SYSTEM = SHIPPED.system("coking")
NAMES = [f"江南{word}焦化有限公司" for word in "甲乙丙丁戊己庚辛壬癸子丑"]


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """Twelve tables of one named plant each."""
    folder = tmp_path_factory.mktemp("sent") / "plants"
    folder.mkdir()
    table = pd.read_csv(PLANTS, dtype=str, keep_default_na=False)
    for number, name in enumerate(NAMES):
        row = table.iloc[[number]].assign(plant=name)
        row.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8")
    return folder


@pytest.fixture
def study(tmp_path, sent):
    """A study of real plants that asks no experts."""
    return made(tmp_path / "我的 研究", sent)


def made(folder, *plants, experts=()):
    new_study(folder, "coking", plants=plants, experts=experts, project=SHIPPED)
    return Project(folder)


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


def test_a_method_that_asks_experts_without_any_is_refused_with_the_way_out(study):
    with pytest.raises(ParameterError, match=r"weights\.method=equal"):
        refuse_ingredients([load_run(run_file(study), ["weights.method=ahp"])], study)
    problems, said = faults_of_study(study, None)
    assert problems == []
    assert "experts/: no judgements, so weights come from elsewhere. 无专家表，权重另有来源。" in said


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
        "a first calibration",
        SYSTEM.note,
        "企业资料 Plants: the association, spring 2026",
        "专家判断 Judgements: 九位专家 nine experts；2026-05；the secretariat",
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
    made_now = copy_notebooks(study, load_run(run_file(study)))
    assert len(made_now) == 7
    weights = study.root / "notebooks" / "02_weights.ipynb"
    assert 'method = \\"equal\\"' in weights.read_text(encoding="utf-8")
    weights.write_text("worked in", encoding="utf-8")
    assert copy_notebooks(study, load_run(run_file(study))) == []
    assert weights.read_text(encoding="utf-8") == "worked in"


def test_years_in_files_of_their_own_become_years_of_their_plants(tmp_path):
    from sample_toys import toy_system

    from methodology.sample import load

    (tmp_path / "plants").mkdir()
    (tmp_path / "study.yaml").write_text("system: toy\n", encoding="utf-8")
    head = "plant,year,process_energy,dust,slag_use,furnace_class"
    for year, energy in ((2022, 400), (2023, 420)):
        rows = [f"P{n},{year},{energy + n},4,9{n},I" for n in range(3)]
        (tmp_path / "plants" / f"{year}.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    loaded = load(tmp_path / "plants", toy_system())
    assert not loaded.problems
    assert sorted(loaded.sample.years) == [2022, 2023]
    assert loaded.sample.values["process_energy"].to_dict() == {"P0": 420, "P1": 421, "P2": 422}
    (tmp_path / "plants" / "again.csv").write_text(f"{head}\nP1,2022,400,4,99,I\n", encoding="utf-8")
    (fault,) = load(tmp_path / "plants", toy_system()).problems
    assert "for 2022" in fault.what


def test_one_mapping_of_a_study_is_read_for_every_file_of_it(tmp_path):
    from sample_toys import toy_system

    from methodology.sample import load

    (tmp_path / "plants").mkdir()
    (tmp_path / "study.yaml").write_text("system: toy\n", encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(
        "id: Werk\ncolumns: {process_energy: {column: E, unit: GJ/t}, dust: {column: D}}\n"
        "absent: [slag_use, furnace_class]\nignore: rest\n",
        encoding="utf-8",
    )
    for plant in "AB":
        (tmp_path / "plants" / f"{plant}.csv").write_text(f"Werk,E,D,x\nP{plant},12,4,y\n", encoding="utf-8")
    loaded = load(tmp_path / "plants", toy_system())
    assert [p for p in loaded.problems if "code" not in p.what] == []
    assert loaded.sample.values["process_energy"].round(1).to_dict() == {"PA": 409.5, "PB": 409.5}


def test_annotated_copies_go_into_a_folder_of_the_study_that_git_ignores_and_nothing_that_came_is_changed(
    study, capsys
):
    place = study.root / "plants"
    damaged, doubtful = sorted(place.iterdir())[:2]
    spoil(damaged, "process_energy", "about 110")
    spoil(doubtful, "process_energy", "9999")
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    with pytest.raises(DataError, match="about 110"):
        check_study(study, Path("back to plants"))
    copies = study.root / "back to plants"
    made_of = {path.name for path in copies.iterdir()}
    assert made_of > {".gitignore", f"{damaged.name}.xlsx", f"{doubtful.name}.xlsx"}
    assert len(made_of) < 1 + len(before)  # of files with findings alone
    key = (study.root / "plants.key").read_text(encoding="ascii").strip()
    for path in copies.glob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            assert not any(key.encode() in archive.read(name) for name in archive.namelist())
    assert (copies / ".gitignore").read_text(encoding="ascii") == "*\n"
    cells = [
        cell for row in openpyxl.load_workbook(copies / f"{damaged.name}.xlsx").worksheets[1] for cell in row
    ]
    noted = [cell.comment.text for cell in cells if cell.comment]
    assert any("about 110" in text for text in noted)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    assert "annotated cells" in capsys.readouterr().out
    with pytest.raises(DataError, match="exists"):
        check_study(study, Path("back to plants"))
    with pytest.raises(DataError, match="would be read as plants"):
        check_study(study, Path("plants") / "back")


def spoil(table, column, text):
    """Another text in the one row of a table."""
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    rows.assign(**{column: text}).to_csv(table, index=False, encoding="utf-8")


def test_a_filled_questionnaire_is_annotated_at_the_cell_that_is_at_fault(tmp_path):
    blank = tmp_path / "blank.xlsx"
    write_questionnaire(SYSTEM, blank)
    form = fill(blank, {words.PLANT_ROW: "P01", "process_energy": "about 110"})
    with pytest.raises(DataError, match="about 110"):
        check_plants(form, "coking", tmp_path / "copy.xlsx")
    book = openpyxl.load_workbook(tmp_path / "copy.xlsx")
    noted = {cell.value: cell.comment.text for sheet in book for row in sheet for cell in row if cell.comment}
    assert "about 110" in noted
    assert "有误 fault" in noted["about 110"]


def test_what_a_run_names_and_the_plants_do_not_have_is_refused_before_any_kernel_starts(study):
    given = {
        "sample.exclude": [{"plant": "P77", "reason": "blown out in May"}],
        "sample.covariates": [{"indicator": "process_energy", "by": "no_such_column"}],
    }
    for key, value in given.items():
        name = key.partition(".")[2]
        chosen = load_run(run_file(study)).model_dump() | {"sample": {name: value}}
        with pytest.raises(ParameterError, match=r"P77|no_such_column"):
            refuse_ingredients([type(load_run(run_file(study))).model_validate(chosen)], study)


def test_the_language_of_a_study_is_that_of_its_runs(study):
    stated = study.root / "study.yaml"
    assert load_run(run_file(study)).language == "zh"
    stated.write_text(
        stated.read_text(encoding="utf-8").replace("language: zh", "language: en"), encoding="utf-8"
    )
    assert load_run(run_file(study)).language == "en"


def test_without_a_register_the_explanation_says_nothing_of_the_industry():
    coverage = industry_coverage(read_sample(SHIPPED.sample_folder("coking"), SYSTEM), SYSTEM, None)
    assert coverage["stratum"].tolist() == ["no register known"]
    assert set(_coverage(SimpleNamespace(coverage=coverage)).values()) == {""}


def test_whoever_holds_the_study_is_told_the_codes_that_choices_name_plants_by(study, capsys):
    check_study(study)
    codes = load(study.sample_folder(""), SYSTEM).codes
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("codes"))
    assert all(f"{codes[name]} = {name}" in line for name in NAMES)


def test_of_all_blocks_an_expert_judged_those_that_contradict_themselves_are_named():
    node, items = next((node, items) for node, items in nodes_of(SYSTEM).items() if len(items) >= 3)
    circle = [(items[0], items[1], 9.0), (items[1], items[2], 9.0), (items[0], items[2], 1 / 9)]
    rest = [(a, b, 1.0) for n, a in enumerate(items) for b in items[max(n + 1, 3) :]]
    pairs = [
        {"expert": "E1", "node": node, "a": a, "b": b, "value": value} for a, b, value in [*circle, *rest]
    ]
    even = [row | {"expert": "E2", "value": 1.0} for row in pairs]
    judgements = Judgements(pairwise=pd.DataFrame(pairs + even))
    assert len(consistency_of_blocks(judgements, SYSTEM)) == 2
    (line,) = consistency_of_blocks(judgements, SYSTEM, doubtful=True)
    assert line.startswith("E1, ")
    assert "above the limit" in line
