import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from filled_forms import fill_expert_forms
from reading import HALF_WIDTH, judged

from methodology.errors import DataError, JudgementError
from methodology.forms.expert_form_layout import (
    BEST_WORST,
    BUDGET,
    FIRST_COLUMN,
    PAIRWISE,
    blocks,
    sheet_name,
)
from methodology.forms.expert_form_writing import write_expert_form
from methodology.forms.judgement_tables import read_expert_form, read_expert_forms, read_judgements
from methodology.indicators import Judgements, load_system
from methodology.languages.findings import in_chinese
from methodology.spreadsheets.workbooks import read_workbook
from methodology.weights import ahp
from methodology.weights.rules import random_index
from synthetic.judgements import synthetic_judgements

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def system():
    return load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


@pytest.fixture(scope="module")
def judgements(system):
    made = synthetic_judgements(system, experts=2)
    return Judgements(made.experts, made.pairwise, made.budget[made.budget["round"] == 1], made.best_worst)


@pytest.fixture
def blank(tmp_path, system):
    path = tmp_path / "form.xlsx"
    write_expert_form(system, path)
    return path


def fill(path, system, judgements, experts, *, alone=False):
    """Type an expert's judgements into the open cells of a form, as a person would."""
    book = openpyxl.load_workbook(path)
    for expert in experts:
        mine = {
            kind: rows[rows["expert"] == expert]
            for kind, rows in vars(judgements).items()
            if kind != "experts"
        }
        sheets = {
            kind: book[sheet_name(kind, expert, alone=alone)] for kind in (PAIRWISE, BUDGET, BEST_WORST)
        }
        if alone:
            sheets[PAIRWISE]["B3"] = expert
        sheets[PAIRWISE]["B4"] = judgements.experts.set_index("expert").loc[expert, "field"]
        for block in blocks(system, PAIRWISE):
            for row in mine["pairwise"][mine["pairwise"]["node"] == block.node].itertuples():
                i, j = block.items.index(row.a), block.items.index(row.b)
                sheets[PAIRWISE].cell(block.first + i + 1, FIRST_COLUMN + j + 1, row.value)
        for block in blocks(system, BUDGET):
            for row in mine["budget"][mine["budget"]["node"] == block.node].itertuples():
                sheets[BUDGET].cell(
                    block.first + block.items.index(row.item) + 1, FIRST_COLUMN + 1, row.points
                )
        for block in blocks(system, BEST_WORST):
            for row in mine["best_worst"][mine["best_worst"]["node"] == block.node].itertuples():
                sheets[BEST_WORST].cell(block.title + 2, FIRST_COLUMN + 1, row.best)
                sheets[BEST_WORST].cell(block.title + 3, FIRST_COLUMN + 1, row.worst)
                place = block.first + block.items.index(row.item) + 1
                sheets[BEST_WORST].cell(place, FIRST_COLUMN + 1, row.best_to_other)
                sheets[BEST_WORST].cell(place, FIRST_COLUMN + 2, row.other_to_worst)
    book.save(path)


def change(path, sheet, cells):
    book = openpyxl.load_workbook(path)
    for address, value in cells.items():
        book[sheet][address] = value
        if isinstance(value, datetime):
            book[sheet][address].number_format = "yyyy-mm-dd"
    book.save(path)


def test_filled_forms_give_back_what_was_typed(tmp_path, system, judgements):
    path = tmp_path / "panel.xlsx"
    write_expert_form(system, path, experts=["E1", "E2"])
    fill(path, system, judgements, ["E1", "E2"])
    back = read_expert_form(path, system)
    for kind in ("experts", "pairwise", "budget", "best_worst"):
        keys = [name for name in ("expert", "node", "a", "b", "item") if name in getattr(back, kind)]
        one, other = (getattr(part, kind).sort_values(keys, ignore_index=True) for part in (judgements, back))
        pd.testing.assert_frame_equal(one, other, check_dtype=False)


def test_one_blank_form_serves_a_whole_panel(tmp_path, blank, system, judgements):
    paths = []
    for expert in ("E1", "E2"):
        paths.append(tmp_path / f"{expert}.xlsx")
        shutil.copy(blank, paths[-1])
        fill(paths[-1], system, judgements, [expert], alone=True)
        other = paths[-1]
        if expert == "E2":
            change(other, PAIRWISE, {"B3": "E2"})
    assert set(read_expert_forms(paths, system).pairwise["expert"]) == {"E1", "E2"}
    change(paths[1], PAIRWISE, {"B3": "E1"})
    with pytest.raises(JudgementError) as caught:
        read_expert_forms(paths, system)
    (fault,) = caught.value.problems  # one fault, not one per comparison
    assert (fault.file, f"{fault.column}{fault.row}") == ("E2.xlsx", "B3")
    assert "E1 is also in E1.xlsx" in fault.what


def test_forms_dropped_into_the_folder_count_with_the_files(tmp_path, system, judgements):
    folder = tmp_path / "ironmaking"
    folder.mkdir()
    for expert in ("E1", "E2"):
        write_expert_form(system, folder / f"{expert}.xlsx", experts=[expert])
        fill(folder / f"{expert}.xlsx", system, judgements, [expert], alone=True)
    (folder / "experts.csv").write_text("expert,field,weight\nE1,energy,3\n", encoding="utf-8")
    (folder / "~$E1.xlsx").write_bytes(b"lock")
    back = read_judgements(folder, system)
    assert back.experts.set_index("expert")["weight"].to_dict() == {"E1": 3, "E2": 1}
    assert len(back.pairwise) == len(judgements.pairwise)


def test_only_one_triangle_is_open_and_has_a_list(blank, system):
    sheet = openpyxl.load_workbook(blank)[PAIRWISE]
    assert sheet.protection.sheet
    listed = {str(area) for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges}
    for block in blocks(system, PAIRWISE):
        for i in range(len(block.items)):
            for j in range(len(block.items)):
                cell = sheet.cell(block.first + i + 1, FIRST_COLUMN + j + 1)
                assert cell.protection.locked == (i >= j)
                assert (cell.coordinate in listed) == (i < j)


def test_the_list_holds_the_seventeen_values_of_the_scale_as_numbers(blank):
    sheet = openpyxl.load_workbook(blank)["scale"]
    values = [cell.value for cell in sheet["A"]]
    assert values == pytest.approx([*range(9, 0, -1), *(1 / n for n in range(2, 10))])
    assert sheet.sheet_state == "hidden"


def test_the_same_system_gives_the_same_bytes(tmp_path, blank, system):
    again = tmp_path / "again.xlsx"
    write_expert_form(system, again)
    assert again.read_bytes() == blank.read_bytes()


@pytest.mark.parametrize("name", ["ironmaking", "coking", "us_steel_air"])
def test_what_an_expert_reads_is_set_as_elsewhere_and_names_no_id(tmp_path, name):
    write_expert_form(load_system(ROOT / "params" / "systems" / f"{name}.yaml"), tmp_path / "form.xlsx")
    said = []
    for sheet in openpyxl.load_workbook(tmp_path / "form.xlsx"):
        read = [cell for row in sheet.iter_rows() for cell in row if cell.column != 2 or sheet.max_column < 4]
        said += [cell.value for cell in read if isinstance(cell.value, str) and cell.value[:1] != "="]
    assert len(said) > 100
    assert list(judged("form", said, chinese=False)) == []
    assert [text for text in said if HALF_WIDTH.search(text)] == []


def test_an_empty_form_says_nothing(blank, system):
    with pytest.raises(JudgementError, match="nothing is filled in"):
        read_expert_form(blank, system)


def test_a_node_left_empty_is_no_judgement(blank, system):
    block = next(b for b in blocks(system, PAIRWISE) if b.node == "rm")
    change(blank, PAIRWISE, {f"D{block.first + 1}": 3})
    back = read_expert_form(blank, system)
    assert back.pairwise.to_dict("list") == {
        "expert": ["E1"],
        "node": ["rm"],
        "a": ["burden_fe_grade"],
        "b": ["ore_consumption"],
        "value": [3.0],
    }


def test_every_fault_is_named_by_sheet_and_cell(blank, system):
    pairs = {b.node: b for b in blocks(system, PAIRWISE)}
    points = {b.node: b for b in blocks(system, BUDGET)}
    ends = {b.node: b for b in blocks(system, BEST_WORST)}
    cells = {
        PAIRWISE: {f"D{pairs['rm'].first + 1}": 12, f"D{pairs['en'].first + 1}": "more", "B3": "Dr Li"},
        BUDGET: {f"C{points['rm'].first + 1}": 70, f"C{points['rm'].first + 2}": 20, "B3": "two"},
        BEST_WORST: {
            f"C{ends['rm'].title + 2}": "burden_fe_grade",
            f"C{ends['rm'].title + 3}": "burden_fe_grade",
            f"C{ends['rm'].first + 1}": 1,
            f"D{ends['rm'].first + 1}": 0,
        },
    }
    for sheet, changes in cells.items():
        change(blank, sheet, changes)
    with pytest.raises(JudgementError) as caught:
        read_expert_form(blank, system)
    assert all(map(in_chinese, caught.value.problems))
    places = {(p.sheet, f"{p.column}{p.row}") for p in caught.value.problems}
    assert {
        (PAIRWISE, f"D{pairs['rm'].first + 1}"),
        (PAIRWISE, f"D{pairs['en'].first + 1}"),
        (PAIRWISE, "B3"),
        (BUDGET, f"C{points['rm'].first + 2}"),
        (BEST_WORST, f"C{ends['rm'].first + 1}"),
        (BEST_WORST, f"D{ends['rm'].first + 1}"),
        (BEST_WORST, f"D{ends['rm'].first + 2}"),
    } <= places


def test_a_fraction_taken_for_a_date_is_named(blank, system):
    block = next(b for b in blocks(system, PAIRWISE) if b.node == "rm")
    change(blank, PAIRWISE, {f"D{block.first + 1}": datetime(2026, 1, 3)})
    with pytest.raises(JudgementError, match="2026-01-03 is a date: the spreadsheet took a fraction for one"):
        read_expert_form(blank, system)


def test_a_form_of_another_system_is_refused(blank):
    other = load_system(ROOT / "params" / "systems" / "sintering.yaml")
    with pytest.raises(JudgementError, match="stands where the id"):
        read_expert_form(blank, other)


def test_what_is_no_form_is_refused(tmp_path, system):
    plain = tmp_path / "plants.xlsx"
    openpyxl.Workbook().save(plain)
    with pytest.raises(JudgementError, match="no expert form: it has no sheet 'pairwise'"):
        read_expert_form(plain, system)
    with pytest.raises(JudgementError, match="no file"):
        read_expert_form(tmp_path / "absent.xlsx", system)
    torn = tmp_path / "torn.xlsx"
    torn.write_bytes(plain.read_bytes()[:500])
    with pytest.raises(DataError, match="damaged"):
        read_expert_form(torn, system)


@pytest.mark.parametrize("experts", [["Li Wei"], ["E1", "E1"], []])
def test_experts_without_a_code_of_their_own_are_refused(tmp_path, system, experts):
    with pytest.raises(JudgementError, match="such as E1"):
        write_expert_form(system, tmp_path / "form.xlsx", experts=experts)


def test_a_folder_that_does_not_exist_is_named(tmp_path, system):
    with pytest.raises(DataError, match="Name an existing folder"):
        write_expert_form(system, tmp_path / "nowhere" / "form.xlsx")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice to compute the formulas")
def test_the_live_hint_agrees_with_the_room_of_weights(tmp_path, blank, system, judgements):
    fill(blank, system, judgements, ["E2"], alone=True)
    out = tmp_path / "computed"
    command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(blank)]
    subprocess.run([*command, f"-env:UserInstallation=file://{tmp_path}/profile"], check=True, timeout=120)
    sheets = {grid.sheet: grid for grid in read_workbook((out / blank.name).read_bytes(), blank.name)}
    for block in blocks(system, PAIRWISE):
        size = len(block.items)
        rows = judgements.pairwise[
            (judgements.pairwise["expert"] == "E2") & (judgements.pairwise["node"] == block.node)
        ]
        matrix = pd.DataFrame(np.nan, index=block.items, columns=block.items)
        for row in rows.itertuples():
            matrix.loc[row.a, row.b] = row.value
        expected = ahp(matrix, priority="geometric-mean")
        cells = [sheets[PAIRWISE].cell(block.first + k, FIRST_COLUMN + size + 1) for k in range(size)]
        shares = [cell.stored for cell in cells]
        np.testing.assert_allclose(np.array(shares, dtype=float), expected.weights, rtol=1e-9)
        if size > 2:
            hint = float(sheets[PAIRWISE].cell(block.last + 1, FIRST_COLUMN))
            estimate = (expected.matrix @ expected.weights / expected.weights).mean()
            index = random_index("saaty-1980", size)
            assert hint == pytest.approx((estimate - size) / (size - 1) / index, abs=1e-9)
            word = str(sheets[PAIRWISE].cell(block.last + 1, FIRST_COLUMN + 1))
            assert ("✓" in word) == (hint <= 0.1)
        assert "✓" in str(
            sheets[BUDGET].cell(next(b for b in blocks(system, BUDGET) if b.node == block.node).last + 1, 3)
        )


def _column_inserted(book, block):
    book[PAIRWISE].insert_cols(FIRST_COLUMN + 1)


def _column_inserted_among_points(book, block):
    book[BUDGET].insert_cols(FIRST_COLUMN + 1)


def _below_the_diagonal(book, block):
    book[PAIRWISE].cell(block.first + 1, FIRST_COLUMN + 2).value = None
    book[PAIRWISE].cell(block.first + 2, FIRST_COLUMN + 1).value = 7


def _mirror_changed(book, block):
    book[PAIRWISE].cell(block.first + 2, FIRST_COLUMN + 1).value = 7


def _diagonal_changed(book, block):
    book[PAIRWISE].cell(block.first + 1, FIRST_COLUMN + 1).value = 5


def _merged_answers(book, block):
    row, column = block.first + 1, FIRST_COLUMN + 2
    book[PAIRWISE].merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 1)


def _hidden(book, block):
    book[BUDGET].sheet_state = "hidden"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (_column_inserted, "of node 'pe' were moved, or what is printed was changed"),
        (_column_inserted_among_points, "columns of the budget block of node 'groups' were moved"),
        (_below_the_diagonal, "'7.0' stands below the diagonal and is not what D22 says"),
        (_mirror_changed, "'7.0' stands below the diagonal and is not what D22 says"),
        (_diagonal_changed, "of node 'pe' were moved, or what is printed was changed"),
        (_merged_answers, "the cells D22:E22 are merged: one value stands for several answers"),
        (_hidden, "the sheet is hidden and is not read"),
    ],
)
def test_answers_that_moved_or_stand_where_nothing_is_read_are_told_and_never_others(
    tmp_path, blank, system, changed, said
):
    """A column inserted before the answers would shift each of them to another pair."""
    (path,) = fill_expert_forms(blank, tmp_path / "filled", system, codes=["E1"])
    book = openpyxl.load_workbook(path)
    changed(book, next(block for block in blocks(system, PAIRWISE) if block.node == "pe"))
    book.save(path)
    with pytest.raises(JudgementError) as caught:
        read_expert_form(path, system)
    assert any(said in problem.what for problem in caught.value.problems)
    assert all(map(in_chinese, caught.value.problems))


def test_reciprocals_that_a_spreadsheet_wrote_below_the_diagonal_are_no_fault(tmp_path, blank, system):
    (path,) = fill_expert_forms(blank, tmp_path / "filled", system, codes=["E1"])
    untouched = read_expert_form(path, system).pairwise
    book = openpyxl.load_workbook(path)
    for block in blocks(system, PAIRWISE):
        for i in range(len(block.items)):
            for j in range(i):
                above = book[PAIRWISE].cell(block.first + j + 1, FIRST_COLUMN + i + 1).value
                if isinstance(above, int):
                    below = book[PAIRWISE].cell(block.first + i + 1, FIRST_COLUMN + j + 1)
                    below.value = round(1 / above, 3)
    book.save(path)
    pd.testing.assert_frame_equal(read_expert_form(path, system).pairwise, untouched)
