"""Every judgement leads back to the cell it was read from, and no name of a person comes with it."""

import csv
import hashlib
from pathlib import Path

import openpyxl
import pytest
from filled_forms import fill_expert_forms

from methodology.forms.expert_form_layout import BEST_WORST, BUDGET, FIRST_COLUMN, ROUND_ROW, blocks
from methodology.forms.expert_form_writing import write_expert_form
from methodology.forms.judgement_tables import read_expert_form, read_judgements
from methodology.indicators import load_system
from methodology.indicators.judgements import JUDGED_COLUMNS, read_ratio
from methodology.results import Results

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data" / "judgements" / "ironmaking"
PERSON = "张三"
HOSTILE = f"<script>alert(1)</script>&{PERSON}.xlsx"


@pytest.fixture(scope="module")
def system():
    return load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


@pytest.fixture(scope="module")
def form(tmp_path_factory, system):
    """A form with all three kinds of answers, under a name that holds a person's."""
    folder = tmp_path_factory.mktemp("forms")
    write_expert_form(system, folder / "blank.xlsx")
    (path,) = fill_expert_forms(folder / "blank.xlsx", folder / "filled", system, codes=("E7",))
    book = openpyxl.load_workbook(path)
    points, best = blocks(system, BUDGET)[1], blocks(system, BEST_WORST)[1]
    for k in range(len(points.items)):
        book[BUDGET].cell(points.first + k + 1, FIRST_COLUMN + 1).value = 100 if k == 0 else 0
        forth, back = (1, 3) if k == 0 else (3, 1) if k == len(points.items) - 1 else (2, 2)
        book[BEST_WORST].cell(best.first + k + 1, FIRST_COLUMN + 1).value = forth
        book[BEST_WORST].cell(best.first + k + 1, FIRST_COLUMN + 2).value = back
    for row, end in ((1, best.items[0]), (2, best.items[-1])):
        book[BEST_WORST].cell(best.title + row + 1, FIRST_COLUMN + 1).value = end
    book[BUDGET].cell(ROUND_ROW + 1, 2).value = 2
    path.unlink()
    book.save(path.with_name(HOSTILE.replace("/", "∕")))
    return next(path.parent.iterdir())


def test_each_cell_of_a_form_that_is_named_holds_the_value_read_from_it(form, system):
    origins, book = read_expert_form(form, system).origins, openpyxl.load_workbook(form)
    assert list(origins) == list(JUDGED_COLUMNS)
    assert set(origins["asked"]) == {"pairwise", "best-worst", "budget"}
    for row in origins.itertuples():
        assert read_ratio(book[row.sheet][f"{row.column}{row.row}"].value or 0) == pytest.approx(
            row.value, nan_ok=True
        ) or (row.value == 0 and not book[row.sheet][f"{row.column}{row.row}"].value)
    assert len(origins.drop_duplicates(["sheet", "row", "column"])) == len(origins)
    assert set(origins.loc[origins["asked"] == "budget", "round"]) == {2}


def test_a_form_is_named_by_its_digest_and_the_expert_by_the_code_alone(form, system, tmp_path):
    origins = read_expert_form(form, system).origins
    assert set(origins["file"]) == {hashlib.sha256(form.read_bytes()).hexdigest()[:12]}
    assert set(origins["expert"]) == {"E7"}
    saved = Results(tmp_path).save("weights/judgements", origins).read_text(encoding="utf-8")
    assert PERSON not in saved
    assert "script" not in saved


def test_a_sheet_that_is_called_after_a_person_keeps_only_its_kind(form, system, tmp_path):
    book = openpyxl.load_workbook(form)
    for sheet in (sheet for sheet in book if sheet.title in ("pairwise", BUDGET, BEST_WORST)):
        sheet.title = f"{sheet.title} {PERSON}"
    book.save(tmp_path / "form.xlsx")
    origins = read_expert_form(tmp_path / "form.xlsx", system).origins
    assert set(origins["sheet"]) == {"pairwise …", "budget …", "best-worst …"}


def test_judgements_in_files_lead_back_to_file_row_and_column(system):
    origins = read_judgements(SHIPPED, system).origins
    lines = {
        name: list(csv.reader((SHIPPED / name).read_text(encoding="utf-8").splitlines()))
        for name in set(origins["file"])
    }
    assert set(lines) == {"pairwise.csv", "best_worst.csv", "budget.csv", "experts.csv"}
    for row in origins.itertuples():
        head, told = lines[row.file][0], lines[row.file][row.row - 1]
        assert read_ratio(told[head.index(row.column)]) == row.value or float(told[-1]) == 0 == row.value
        assert told[head.index("expert")] == row.expert
        assert not row.sheet


def test_origins_read_back_from_the_results_as_they_were_saved(system, tmp_path):
    origins = read_judgements(SHIPPED, system).origins
    Results(tmp_path).save("weights/judgements", origins)
    read = Results(tmp_path).load("weights/judgements")
    assert read.to_dict("records") == origins.to_dict("records")
