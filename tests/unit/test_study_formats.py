"""Whatever kind of file plants send, `new` copies it and `check` reads the same numbers, or says why it does not."""

import datetime

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from binary_workbooks import binary_table
from questionnaires import fill
from test_sample_workbooks import ods

from methodology.cli.studies import check_study, faults_of_study
from methodology.forms.questionnaire import write_questionnaire
from methodology.indicators import questionnaire_words as words
from methodology.parameters import Project
from methodology.runs.new_study import new_study
from methodology.sample import load

SHIPPED = Project.around(__file__)
SYSTEM = SHIPPED.system("coking")
TABLE = pd.read_csv(SHIPPED.sample_folder("coking") / "plants.csv", dtype=str, keep_default_na=False).head(4)
ROWS = [list(TABLE.columns), *TABLE.to_numpy().tolist()]
NAME = "江南焦化"


def typed(cell):
    """A cell as a spreadsheet holds it."""
    try:
        return float(cell)
    except ValueError:
        return cell


TYPED = [ROWS[0], *[[NAME + row[0], *map(typed, row[1:])] for row in ROWS[1:]]]


def workbook(path, **options):
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet("数据")
    for at, row in enumerate(TYPED):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def macros(path):
    """A workbook that may carry macros, as a spreadsheet program saves one."""
    book = openpyxl.load_workbook(workbook(path.with_suffix(".xlsx")))
    path.with_suffix(".xlsx").unlink()
    book.vba_archive = None
    book.template = False
    book.save(path)
    return path


def text(coding, separator=","):
    def write(path):
        lines = [
            separator.join(map(str, row))
            for row in [ROWS[0], *[[NAME + row[0], *row[1:]] for row in ROWS[1:]]]
        ]
        path.write_bytes(("\r\n".join(lines) + "\r\n").encode(coding))
        return path

    return write


KINDS = {
    "a.xlsx": workbook,
    "1904.xlsx": lambda path: workbook(path, date_1904=True),
    "a.xlsm": macros,
    "a.xls": lambda path: binary_table(path, TYPED),
    "1904.xls": lambda path: binary_table(path, TYPED, epoch_1904=True),
    "a.ods": lambda path: ods(path, TYPED),
    "utf-8.csv": text("utf-8"),
    "with mark.csv": text("utf-8-sig"),
    "utf-16.txt": text("utf-16", "\t"),
    "gb18030.csv": text("gb18030"),
}


def study_of(tmp_path, name, write):
    sent = tmp_path / "sent"
    sent.mkdir()
    write(sent / name)
    new_study(tmp_path / "study", "coking", plants=[sent], experts=[], project=SHIPPED)
    return Project(tmp_path / "study")


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_is_read_as_the_same_numbers(tmp_path, capsys, name):
    study = study_of(tmp_path, name, KINDS[name])
    assert (study.root / "plants" / name).read_bytes() == (tmp_path / "sent" / name).read_bytes()
    check_study(study)
    assert "4 plants in rows 2-5" in capsys.readouterr().out
    sample, wanted = (
        load(study.sample_folder(""), SYSTEM).sample,
        load(SHIPPED.sample_folder("coking"), SYSTEM).sample,
    )
    assert list(sample.plants) == [NAME + plant for plant in TABLE["plant"]]
    for part in ("values", "states"):
        got, known = getattr(sample, part), getattr(wanted, part).head(4)
        pd.testing.assert_frame_equal(got.reset_index(drop=True), known.reset_index(drop=True))


def dated(path):
    """An amount that a spreadsheet turned into a date, in the calendar that begins with 1904."""
    column = ROWS[0].index("process_energy")
    if path.suffix == ".xls":
        rows = [TYPED[0], *[[*row[:column], 120.0, *row[column + 1 :]] for row in TYPED[1:]]]
        return binary_table(path, rows, epoch_1904=True, dates=column)
    book = xlsxwriter.Workbook(str(path), {"date_1904": True})
    sheet, shown = book.add_worksheet("数据"), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(TYPED):
        sheet.write_row(at, 0, row)
    sheet.write_datetime(2, column, datetime.datetime(2024, 3, 12), shown)
    book.close()
    return path


@pytest.mark.parametrize("name", ["dated.xlsx", "dated.xls"])
def test_a_number_that_became_a_date_of_1904_is_a_fault_that_says_so(tmp_path, name):
    study = study_of(tmp_path, name, dated)
    problems, _ = faults_of_study(study, None)
    assert any("is a date" in problem.what and problem.column == "process_energy" for problem in problems), (
        problems
    )


def form(path, plant):
    """A questionnaire of one plant with one entry."""
    write_questionnaire(SYSTEM, path)
    return fill(path, {words.PLANT_ROW: plant, "process_energy": 120.0, words.YEAR_ROW: 2024})


def mixed(tmp_path, *years):
    """Two copies of a form, a form of another plant, and a table of four plants in a study."""

    def write(path):
        for name, plant in (("甲", "甲焦化"), ("甲 - 副本", "甲焦化"), ("乙", "乙焦化")):
            form(path.with_name(f"{name}.xlsx"), plant)
        tables = [TABLE.assign(year=year) for year in years] or [TABLE]
        pd.concat(tables).to_csv(path, index=False, encoding="utf-8")

    return study_of(tmp_path, "补报.csv", write)


def test_a_form_that_was_copied_is_a_fault_beside_tables_too_and_names_its_file(tmp_path):
    problems, _ = faults_of_study(mixed(tmp_path), None)
    (twice,) = [problem for problem in problems if "already" in problem.what]
    assert {twice.file, twice.what.removeprefix("the plant stands in ").split(" already")[0]} == {
        "甲.xlsx",
        "甲 - 副本.xlsx",
    }


def test_forms_beside_a_table_of_several_years_are_not_dropped_in_silence(tmp_path):
    problems, _ = faults_of_study(mixed(tmp_path, 2023, 2024), None)
    assert any("3 questionnaires say one year each; other files hold several." in p.what for p in problems)


def test_a_finding_about_a_form_beside_a_table_names_the_file_of_the_form(tmp_path):
    loaded = load(mixed(tmp_path).sample_folder(""), SYSTEM)
    assert loaded.place("乙焦化", "process_energy")["file"] == "乙.xlsx"
