"""What is said of a study before a run: mappings, years, annotated copies, consistency, codes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
from questionnaires import fill
from study_toys import NAMES, SHIPPED, SYSTEM

from methodology.chain import industry_coverage
from methodology.cli.plants import check_plants, consistency_of_blocks
from methodology.cli.studies import check_study, faults_of_study, run_file
from methodology.documents.explanation import _coverage
from methodology.errors import DataError, ParameterError
from methodology.forms.questionnaire import write_questionnaire
from methodology.indicators import Judgements
from methodology.indicators import questionnaire_words as words
from methodology.indicators.judgements import nodes_of
from methodology.parameters import load_run
from methodology.runs.ingredients import refuse_ingredients
from methodology.sample import load, read_sample


def test_a_method_that_asks_experts_without_any_is_refused_with_the_way_out(study):
    with pytest.raises(ParameterError, match=r"weights\.method=equal"):
        refuse_ingredients([load_run(run_file(study), ["weights.method=ahp"])], study)
    problems, said = faults_of_study(study, None)
    assert problems == []
    assert "experts/: no judgements, so weights come from elsewhere. 无专家表，权重另有来源。" in said


@pytest.mark.parametrize(("language", "first"), [("zh", "已读取"), ("en", "read ")])
def test_what_is_said_of_a_study_begins_with_its_language(study, language, first):
    stated = study.root / "study.yaml"
    text = re.sub("(?m)^language: .*$", f"language: {language}", stated.read_text(encoding="utf-8"))
    stated.write_text(text, encoding="utf-8", newline="\n")
    _, said = faults_of_study(study, None)
    assert next(line for line in said if line.startswith(("已读取", "read "))).startswith(first)


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
