"""The questionnaire as a plant fills it in and the front door reads it back."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from questionnaires import IRON, SYSTEMS, cell_of, fill, invented

from methodology.forms.questionnaire import write_questionnaire
from methodology.indicators import CellState, IndicatorSystem, load_system
from methodology.indicators import questionnaire_words as words
from methodology.indicators.expressions import parse
from methodology.pseudonyms import make_key
from methodology.sample import account, check_sample, load, read_sample

SERIES = [path for path in SYSTEMS if path.stem != "us_steel_air"]
FUEL = {"hot_metal": 1_000_000, "coke": 340_000, "nut_coke": 30_000, "coal": 150_000}
STACKS = {
    "cast_house_pm_mean": [4.0, 10.0],
    "cast_house_flow": [300_000, 100_000],
    "cast_house_hours": [8000, 8000],
}


def faults(path: Path, system: IndicatorSystem = IRON) -> list[str]:
    return [problem.what for problem in check_sample(path, system)[0]]


@pytest.mark.parametrize("file", SERIES, ids=lambda file: file.stem)
def test_what_is_filled_in_is_read_back_equal_for_every_system(tmp_path, file):
    system = load_system(file)
    folder = tmp_path / "plants"
    folder.mkdir()
    told = {}
    for seed in (1, 2, 3):
        path = folder / f"{seed}.xlsx"
        write_questionnaire(system, path)
        entries, beside, outlets, typed = invented(system, seed)
        fill(path, entries, beside=beside, outlets=outlets)
        told[f"P{seed:02d}"] = (entries, outlets, typed)
    loaded = load(tmp_path, system)
    assert [p.what for p in loaded.problems if "outside" not in p.what] == []
    assert loaded.sample is not None
    sample = loaded.sample
    for plant, (entries, outlets, typed) in told.items():
        for name, (value, state) in typed.items():
            assert (sample.values.loc[plant, name], sample.states.loc[plant, name]) == (value, state)
        for indicator in system.indicators:
            if indicator.formula and sample.states.loc[plant, indicator.id] != CellState.NOT_APPLICABLE:
                assert sample.values.loc[plant, indicator.id] == pytest.approx(
                    by_hand(system, indicator.id, entries, outlets), rel=1e-9
                )
        for name, kind in system.attributes.items():
            expected = next(iter(kind.split("|"))) if "|" in kind else "W1" if kind == "text" else 12.5
            assert sample.attributes.loc[plant, name] == expected
    assert (sample.states != CellState.NOT_REPORTED).all(axis=None)


def by_hand(system: IndicatorSystem, name: str, entries: dict, outlets: dict) -> float:
    """An indicator by Python's own arithmetic on SI values, apart from the package's evaluator."""
    from methodology.units import parse as unit

    where = {q.id: q for q in system.quantities}
    columns = {}
    for item in parse(system[name].formula).names:
        if item in system.factors:
            columns[item] = float(system.factors[item].value) * float(unit(system.factors[item].unit).factor)
        else:
            factor = float(unit(where[item].unit).factor)
            given = outlets[item] if where[item].outlet else entries[item]
            columns[item] = np.array(given) * factor
    value = eval(  # noqa: S307 - a formula of the shipped systems
        system[name].formula, {"__builtins__": {}}, {**columns, "sum": np.sum, "min": min, "max": max}
    )
    return float(value) / float(unit(system[name].unit).factor)


def test_a_value_carries_the_cells_it_came_from(form):
    fill(form, {words.PLANT_ROW: "P01", **FUEL, "fresh_water": 0.5}, outlets=STACKS)
    origins = read_sample(form, IRON).origins.set_index(["indicator", "how"])
    book = openpyxl.load_workbook(form)
    cells = [cell_of(book, name, words.ENTRY).coordinate for name in ("coke", "nut_coke", "hot_metal")]
    assert origins.loc[("coke_ratio", "computed"), "cells"] == ", ".join(cells)
    assert origins.loc[("coke_ratio", "computed"), "sheet"] == words.RAW
    assert (
        origins.loc[("fresh_water", "typed"), "cells"] == cell_of(book, "fresh_water", words.ENTRY).coordinate
    )
    assert origins.loc[("cast_house_pm", "computed"), "sheet"] == words.OUTLETS
    assert "form" not in " ".join(origins["file"])


def test_units_chosen_from_the_list_are_converted(form):
    beside = {
        ("hot_metal", words.UNIT): "万t",
        ("coke", words.UNIT): "kg",
        ("fresh_water", words.UNIT): "万m³/t",
    }
    entries = {
        words.PLANT_ROW: "P01",
        "hot_metal": 100,
        "coke": 3.4e8,
        "nut_coke": 30_000,
        "fresh_water": 5e-5,
    }
    sample = read_sample(fill(form, entries, beside=beside), IRON)
    assert sample.values.loc["P01", "coke_ratio"] == pytest.approx(370)
    assert sample.values.loc["P01", "fresh_water"] == 0.5


def test_a_typed_value_that_differs_from_the_computed_one_is_a_fault_that_names_both(form):
    fill(form, {words.PLANT_ROW: "P01", **FUEL, "fuel_ratio": 512, "coke_ratio": 370})
    (fault,) = faults(form)
    book = openpyxl.load_workbook(form)
    assert f"{cell_of(book, 'fuel_ratio', words.ENTRY).coordinate}: 512 kg/t is entered" in fault
    assert "the raw data give 520 kg/t" in fault
    assert cell_of(book, "coal", words.ENTRY).coordinate in fault


def test_a_missing_raw_quantity_leaves_the_indicator_not_reported(form):
    fill(form, {words.PLANT_ROW: "P01", **{k: v for k, v in FUEL.items() if k != "nut_coke"}})
    sample = read_sample(form, IRON)
    assert sample.states.loc["P01", "fuel_ratio"] == CellState.NOT_REPORTED
    assert np.isnan(sample.values.loc["P01", "fuel_ratio"])


def test_limits_are_marked_beside_the_value_or_written_with_it(form):
    marked = {("cast_house_pm", words.BELOW): words.LESS}
    fill(form, {words.PLANT_ROW: "P01", "cast_house_pm": 1, "stove_so2": "<3"}, beside=marked)
    sample = read_sample(form, IRON)
    assert sample.states.loc["P01", ["cast_house_pm", "stove_so2"]].tolist() == [CellState.BELOW_LIMIT] * 2


def test_an_outlet_below_its_limit_makes_the_mean_a_limit(form):
    outlets = {**STACKS, f"cast_house_pm_mean.{words.LESS}": [words.LESS, None]}
    sample = read_sample(fill(form, {words.PLANT_ROW: "P01"}, outlets=outlets), IRON)
    assert sample.values.loc["P01", "cast_house_pm"] == 5.5
    assert sample.states.loc["P01", "cast_house_pm"] == CellState.BELOW_LIMIT


@pytest.mark.parametrize(
    ("entries", "beside", "said"),
    [
        ({"fresh_water": "不适用"}, {}, "applies to every plant"),
        (
            {"trt_power": 30},
            {("trt_power", words.NOT_APPLICABLE): words.NO},
            "entered and marked as not applicable",
        ),
        (
            {"top_pressure_recovery": "有 fitted"},
            {("trt_power", words.NOT_APPLICABLE): words.NO},
            "not applicable (n/a), but Top-pressure recovery: 有 fitted",
        ),
        ({"top_pressure_recovery": "无 none", "trt_power": 30}, {}, "has a value, but Top-pressure recovery"),
        ({"coke": "约340000"}, {}, "is approximate"),
        ({"coke": "<5"}, {}, "is no amount"),
        ({"process_energy": "<300"}, {}, "has no detection limit"),
        ({}, {("fresh_water", words.BELOW): "<"}, "marks a limit"),
        ({"region": "东部"}, {}, "is not one of the choices"),
        ({"capacity": 90000}, {}, "outside 1 to 50000"),
        ({"coke": 1}, {("coke", words.UNIT): "m³"}, "cannot be converted to 't'"),
        ({words.PLANT_ROW: None}, {}, "holds no name or code"),
        ({words.YEAR_ROW: 24}, {}, "is no year"),
        ({words.YEAR_ROW: "2023-2024"}, {}, "is no year"),
        ({"stove_nox": 30}, {("stove_nox", words.BELOW): "否"}, "'否' is not one of the choices"),
        ({}, {("trt_power", words.NOT_APPLICABLE): "适用"}, "'适用' is not one of the choices"),
        ({}, {("stove_nox", words.BELOW): "<0.5"}, "'<0.5' is not one of the choices"),
    ],
)
def test_what_cannot_be_is_a_fault_with_its_cell(form, entries, beside, said):
    fill(form, {words.PLANT_ROW: "P01", **entries}, beside=beside)
    (fault,) = faults(form)
    assert said in fault


def test_a_production_of_nothing_is_told_and_its_indicators_are_not_lost_in_silence(form):
    fill(form, {words.PLANT_ROW: "P01", **FUEL, "hot_metal": 0})
    assert faults(form) == ["C7: 0 is entered, and what is divided by it cannot be computed."]


@pytest.mark.parametrize("year", ["2024年", "２０２４", "2024年度", 2024.0])
def test_a_year_is_read_as_plants_write_it(form, year):
    assert faults(fill(form, {words.PLANT_ROW: "P01", "fresh_water": 0.5, words.YEAR_ROW: year})) == []


def _beside_the_form(sheet, row, column):
    sheet.cell(row, column + 30).value = 999


def _merged_with_the_next(sheet, row, column):
    sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)


def _row_hidden(sheet, row, column):
    sheet.row_dimensions[row].hidden = True


def _sheet_hidden(sheet, row, column):
    sheet.sheet_state = "hidden"


@pytest.mark.parametrize(
    ("change", "said", "refused"),
    [
        (_beside_the_form, "999.0 stands beside the columns of the form", True),
        (_merged_with_the_next, "are merged: one value stands for 2 questions", True),
        (_row_hidden, "1 filled rows are hidden and are read", False),
        (_sheet_hidden, "1 filled rows are hidden and are read", False),
    ],
)
def test_what_stands_beside_merged_or_hidden_is_never_passed_over(form, change, said, refused):
    fill(form, {words.PLANT_ROW: "P01", "fresh_water": 0.5})
    book = openpyxl.load_workbook(form)
    cell = cell_of(book, "fresh_water", words.ENTRY)
    change(cell.parent, cell.row, cell.column)
    book.save(form)
    problems, doubts = check_sample(form, IRON)
    assert any(said in finding.what for finding in (problems if refused else doubts))
    assert bool(problems) is refused


def _a_year_more(sheet, row, column):
    sheet.cell(5, column + 8).value, sheet.cell(row, column + 8).value = "2023年", 0.4


@pytest.mark.parametrize(
    ("code", "head", "value", "refused"),
    [
        ("fuel_ratio", words.PROOF, "531.2", True),
        ("fuel_ratio", words.PROOF, "2024年能源报表第3页", False),
        ("fuel_ratio", words.COMPUTED, 531.2, True),
        ("coke", words.CONVERTED, 340_000, True),
        ("coke", words.PROOF, 34, True),
        ("fresh_water", words.PROOF, 12, False),  # beside an entry it numbers a document
    ],
)
def test_a_number_below_another_head_is_no_empty_entry(form, code, head, value, refused):
    fill(form, {words.PLANT_ROW: "P01", "fresh_water": 0.5}, beside={(code, head): value})
    told = [fault for fault in faults(form) if "and the entry is empty" in fault]
    assert bool(told) is refused
    assert all(repr(head) in fault for fault in told)


def test_numbers_of_a_column_of_ones_own_are_refused_and_its_words_are_not(form):
    fill(form, {words.PLANT_ROW: "P01", "fresh_water": 0.5})
    book = openpyxl.load_workbook(form)
    cell = cell_of(book, "fresh_water", words.ENTRY)
    _a_year_more(cell.parent, cell.row, cell.column)
    book.save(form)
    (fault,) = faults(form)
    assert "0.4 stands beside the columns of the form" in fault
    cell.parent.cell(cell.row, cell.column + 8).value = "见附件"
    book.save(form)
    assert faults(form) == []


def test_what_the_form_computes_from_raw_data_is_no_entry_in_the_wrong_place(form):
    fill(form, {words.PLANT_ROW: "P01", **FUEL}, beside={("fuel_ratio", words.COMPUTED): 520})
    assert faults(form) == []


def test_equipment_that_is_not_there_makes_its_indicator_not_applicable(form):
    none = {"trt_electricity": 0, "bprt_saved": 0, "top_pressure_recovery": "无 none"}
    fill(form, {words.PLANT_ROW: "P01", **FUEL, **none})
    assert read_sample(form, IRON).states.loc["P01", "trt_power"] == CellState.NOT_APPLICABLE


def test_a_mean_converted_outlet_by_outlet_is_not_converted_again(tmp_path):
    system = load_system(SYSTEMS[0].with_name("sintering.yaml"))
    path = tmp_path / "form.xlsx"
    write_questionnaire(system, path)
    outlets = {"head_pm_mean": [5], "head_flow": [1e6], "head_oxygen": [17.5], "head_hours": [8000]}
    fill(path, {words.PLANT_ROW: "P01", "o2_basis": "已折算"}, outlets=outlets)
    assert read_sample(path, system).values.loc["P01", "head_pm"] == pytest.approx(5 * 5 / 3.5)
    (fault,) = faults(fill(path, {"o2_basis": "未折算"}), system)
    assert "烧结机头烟气颗粒物排放浓度" in fault
    assert "Oxygen basis of concentrations: 未折算 measured" in fault


def test_the_form_of_another_system_is_refused_in_one_sentence(form):
    (fault,) = faults(form, load_system(SYSTEMS[0].with_name("sintering.yaml")))
    assert "questionnaire of 'ironmaking', not of 'sintering'" in fault


def test_rows_that_were_deleted_are_named(form):
    fill(form, {words.PLANT_ROW: "P01"})
    book = openpyxl.load_workbook(form)
    book[words.RAW].delete_rows(cell_of(book, "coke", words.ENTRY).row)
    book.save(form)
    assert faults(form) == ["1 rows of the form are gone: coke."]


@pytest.mark.parametrize("head", [words.ENTRY, words.UNIT, words.BELOW, words.NOT_APPLICABLE])
def test_a_column_that_was_deleted_is_named_and_its_entries_are_not_passed_over(form, head):
    fill(form, {words.PLANT_ROW: "P01", "cast_house_pm": 1}, beside={("cast_house_pm", words.BELOW): "<"})
    book = openpyxl.load_workbook(form)
    book[words.INDICATORS].delete_cols(cell_of(book, "cast_house_pm", head).column)
    book.save(form)
    assert any(f"the column {head!r} is gone" in fault for fault in faults(form))


@pytest.mark.parametrize("seed", range(6))
def test_a_form_with_anything_anywhere_is_read_or_refused_and_never_a_traceback(form, seed):
    rng = np.random.default_rng(seed)
    odd = [
        "",
        "-",
        "NA",
        "1,385",
        "1.234.5",
        "５",
        "<",
        "＜5",
        "12%",
        "2024-03",
        "=1+1",
        "x" * 5000,
        -3,
        1e300,
        True,
        1e-9,
    ]
    book = openpyxl.load_workbook(form)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if (
                    cell.data_type != "f"
                    and rng.random() < 0.15
                    and not isinstance(cell, openpyxl.cell.MergedCell)
                ):
                    cell.value = odd[int(rng.integers(len(odd)))]
    book.save(form)
    loaded = load(form, IRON)
    assert loaded.problems


def test_two_forms_of_one_plant_are_refused_with_both_files(blank, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        fill(Path(shutil.copy(blank, tmp_path / name)), {words.PLANT_ROW: "P01"})
    assert faults(tmp_path) == ["the plant 'P01' is also in a.xlsx."]


def test_what_was_read_of_forms_is_said_in_one_line(blank, tmp_path):
    for name in ("P01", "P02"):
        fill(Path(shutil.copy(blank, tmp_path / f"{name}.xlsx")), {words.PLANT_ROW: name, **FUEL})
    assert str(account(tmp_path, IRON, named=True)) == (
        "read 2 questionnaires: 2 plants; cells: 4 measured, 0 below a limit, 42 not reported, "
        "0 not applicable."
    )


def test_a_blank_form_asks_for_the_plant_alone(form):
    assert len(faults(form)) == 1


def test_names_and_remarks_are_kept_from_publication(blank, tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    remark = {("coke", words.PROOF): "联系人王小明核对"}
    fill(Path(shutil.copy(blank, folder / "f1.xlsx")), {words.PLANT_ROW: "甲江钢铁", **FUEL}, beside=remark)
    make_key(folder / "own.key")
    (folder / "sample.yaml").write_text("key: own.key\n", encoding="utf-8")
    assert load(folder, IRON).names.secrets == {"甲江钢铁", "联系人王小明核对"}
    sample = read_sample(folder, IRON)
    assert set(sample.plants) == set(sample.origins["plant"]) == {"P01"}
    assert "甲江" not in sample.origins.to_csv()
