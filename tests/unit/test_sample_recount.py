"""Accepted tables are read again by a reader that shares no line with the workbench, cell by cell."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sample_toys import HEADER, indicator, toy_system

from methodology.indicators import CellState, IndicatorSystem, load_system
from methodology.indicators.loading import read_yaml
from methodology.sample import account, check_sample, load
from methodology.sample.loaded import Loaded

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(os.environ.get("WORKBENCH_REAL_DATA", "/nowhere")).parent / "findings" / "intake_cases"
TOY = toy_system()
LEVELS = {"I": 1, "II": 2, "III": 3, "none": 4}
WIDE = str.maketrans("０１２３４５６７８９．＜", "0123456789.<")


def rows_of(path: Path) -> list[list[object]]:
    """Cells as openpyxl or csv gives them; percentages as they are shown."""
    if path.suffix == ".csv":
        return [list(row) for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines())]
    (sheet,) = [s for s in openpyxl.load_workbook(path, data_only=True) if s.sheet_state == "visible"]
    percent = [["%" in c.number_format for c in row] for row in sheet.iter_rows()]
    values = [[c.value for c in row] for row in sheet.iter_rows()]
    return [
        [
            round(v * 100, 12) if p and isinstance(v, int | float) else v
            for v, p in zip(row, shown, strict=True)
        ]
        for row, shown in zip(values, percent, strict=True)
    ]


def state_of(cell: object) -> tuple[str, float]:
    """State and number of a cell, read in the plainest way."""
    text = "" if cell is None else str(cell).translate(WIDE).strip()
    if not text:
        return "not reported", math.nan
    if text == "n/a":
        return "not applicable", math.nan
    if text in LEVELS:
        return "measured", LEVELS[text]
    if text.startswith("<"):
        return "below a limit", float(text[1:])
    return "measured", float(text)


def recounted(path: Path, loaded: Loaded, marks: tuple[float, ...] = ()) -> int:
    """Compare every cell of an accepted table; the number of plants."""
    sample, rows = loaded.sample, rows_of(path)
    header = next(row for row in rows if "plant" in row and len([c for c in row if c]) > 2)
    found = {
        str(row[0]).strip(): row
        for row in rows
        if row and row != header and str(row[0]).strip() in sample.plants
    }
    assert list(found) == list(sample.plants)
    counts = dict.fromkeys(("measured", "below a limit", "not reported", "not applicable"), 0)
    for plant, row in found.items():
        for name in sample.values.columns:
            state, number = state_of(row[header.index(name)])
            if number in marks:
                state, number = "not reported", math.nan
            counts[state] += 1
            assert sample.values.loc[plant, name] == pytest.approx(number, rel=1e-14, nan_ok=True), (
                plant,
                name,
            )
    read = account(loaded, TOY, named=True)
    assert (read.states, read.plants) == (counts, len(found))
    return len(found)


TINY = "tiny_system_for_the_no_bounds_cases.yaml"
IRON = "ironmaking"
ACCEPTED = {
    "header_repeated_each_page.csv": (IRON, 20, ()),
    "footnote_row_note_zh.csv": (IRON, 20, ()),
    "four_questionnaires_pasted_together.xlsx": (IRON, 4, ()),
    "percent_format_all_cp_audit_implementation_rate.xlsx": (IRON, 20, ()),
    "percent_format_all_hot_metal_sulphur.xlsx": (IRON, 20, ()),
    "attribute_percent_format_ore_type.xlsx": (IRON, 20, ()),
    "cell_with_5000_spaces_hangs.csv": (IRON, 20, ()),
    "zeros_no_bounds.csv": (TINY, 4, ()),
    "marks_minus_999_in_xlsx/plants.xlsx": (TINY, 12, (-999,)),
    "marks_zero_in_xlsx/plants.xlsx": (TINY, 12, (0,)),
}
REFUSED = {
    "absurd_attributes_500_percent.csv": (IRON, "'-5' lies outside 1 to 50000 kt/a"),
    "sintering_o2_of_25_percent.csv": ("sintering", "'25' lies outside 0 to 20.9 %"),
    "hidden_full_sheet_visible_sample_sheet.xlsx": (IRON, "hidden sheets '全部' fit as well"),
    "hidden_only_data.xlsx": (IRON, "Hidden sheets are not read: '数据'"),
    "merged_value_over_four_plants.xlsx": (IRON, "one value stands for 4 plants"),
    "row_shorter_than_header.csv": (IRON, "the row ends after 6 of 24 columns"),
    "underflow_1e-400_becomes_0.csv": (IRON, "too small to be kept"),
    "superscript_footnote_mark_joins_number.xlsx": (IRON, "a raised or lowered sign"),
    "rtl_override_in_plant_id.csv": (IRON, "the invisible sign U+202E"),
    "plant_names_published": (TINY, "4 of 4 plant ids are no neutral codes"),
    "evaluate_total_and_footnote_rows.csv": ("air", "'合 计' reads like a summary"),
    **{
        f"summary_row_{name}.csv": (IRON, "reads like a summary or a note")
        for name in (
            *("Avg", "Grand_total", "detection_limit", "heji_colon", "heji_fullwidth_space"),
            *("heji_with_space", "industry_mean", "minimum"),
        )
    },
}
AIR = {"so2": "二氧化硫", "nox": "氮氧化物", "dust": "烟尘"}
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="the collected cases are not here")


def system_of(name: str) -> IndicatorSystem:
    if name == "air":
        own = [indicator(id, name_zh=zh, unit="mg/m3", weight=1 / 3) for id, zh in AIR.items()]
        return toy_system(indicators=own, attributes={})
    if name.endswith(".yaml"):
        return IndicatorSystem.model_validate(read_yaml(CASES / name))
    return load_system(ROOT / "params" / "systems" / f"{name}.yaml")


@needs_cases
@pytest.mark.parametrize("name", ACCEPTED)
def test_a_collected_case_that_is_accepted_is_read_cell_by_cell_as_it_stands(name):
    system, plants, marks = ACCEPTED[name]
    path = CASES / name
    loaded = load(path, system_of(system))
    assert not loaded.problems
    assert recounted(path, loaded, marks) == plants


@needs_cases
@pytest.mark.parametrize("name", REFUSED)
def test_a_collected_case_with_a_trap_is_refused_for_it(name):
    system, said = REFUSED[name]
    try:
        problems = load(CASES / name, system_of(system)).problems
    except ValueError as fault:
        problems = (fault,)
    assert any(said in str(problem) for problem in problems)


@needs_cases
def test_a_percentage_of_an_old_workbook_and_dust_of_a_formula_are_the_numbers_that_are_shown():
    shown = load(CASES / "percent_cells_in_xls.xls", system_of(IRON)).sample.values
    assert shown["cp_audit_implementation_rate"].tolist()[:2] == [81.9, 100]
    values = load(CASES / "binary_dust_from_formula.xlsx", system_of("air")).sample.values
    assert values.to_numpy().tolist() == [[2, 10, 1.5]] * 2


@needs_cases
def test_a_unit_above_the_table_of_a_system_without_bounds_is_said():
    problems, doubts = check_sample(
        CASES / "unit_line_above_table_no_bounds.csv", system_of(TINY), named=True
    )
    said = "\n".join(doubt.what for doubt in doubts)
    assert problems == []
    assert "'单位：GJ/t' stands above the table and is not read as the unit" in said
    assert "no bounds are known" in said


NUMBERS = st.one_of(
    st.integers(0, 560).map(str),
    st.decimals(0, 560, places=3).map(str),
    st.floats(0.001, 560).map(lambda value: f"<{value:.3g}"),
    st.sampled_from(["", "n/a", " 12.5 ", "３８０", "＜５", "1e2"]),
)
PLANT = st.tuples(NUMBERS, NUMBERS, NUMBERS, st.sampled_from([*LEVELS, "", "n/a"]))
BETWEEN = st.sampled_from(["", HEADER, "注：由企业填报,,,,", "P99,,,,", "填表人：张三,,审核人：李四,,"])
SLOW = [HealthCheck.function_scoped_fixture]


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(rows=st.lists(st.tuples(PLANT, BETWEEN), min_size=1, max_size=8), title=st.booleans())
def test_a_table_with_headings_notes_and_signatures_between_its_rows_is_read_as_it_stands(
    tmp_path, rows, title
):
    assume(all(any(cell for cell in cells) for cells, _ in rows))
    lines = ["某省调查表,,,,"] * title + [HEADER]
    for number, (cells, between) in enumerate(rows):
        lines += [",".join([f"P{number}", *cells]), between]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    loaded = load(path, TOY)
    assume(
        not any(word in p.what for p in loaded.problems for word in ("of the other rows", "can be read as"))
    )
    assert not loaded.problems
    assert recounted(path, loaded) == len(rows)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(
    rows=st.lists(
        st.tuples(st.floats(250, 560), st.floats(1e-6, 1e6), st.floats(0, 1.2), st.booleans()),
        min_size=1,
        max_size=5,
    )
)
def test_numbers_and_percentages_of_a_workbook_are_read_as_they_are_shown(tmp_path, rows):
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet, percent = book.add_worksheet(), book.add_format({"num_format": "0.00%"})
    sheet.write_row(0, 0, HEADER.split(","))
    for number, (energy, dust, share, shown) in enumerate(rows, start=1):
        sheet.write_row(number, 0, [f"P{number}", energy, dust, 100 * share, "I"])
        if shown:
            sheet.write_number(number, 3, share, percent)
    book.close()
    loaded = load(path, TOY)
    assume(
        not any(word in p.what for p in loaded.problems for word in ("of the other rows", "can be read as"))
    )
    assert not loaded.problems
    for number, (energy, dust, share, _) in enumerate(rows, start=1):
        expected = [float(f"{value:.16g}") for value in (energy, dust)]  # what a workbook stores
        assert loaded.sample.values.loc[f"P{number}"].tolist()[:2] == [
            float(f"{value:.15g}") for value in expected
        ]
        assert loaded.sample.values.loc[f"P{number}", "slag_use"] == pytest.approx(100 * share, rel=1e-14)


INVENTORY = "inventory_zero_is_not_reported"
AMOUNT = "{column: amount, unit_column: unit, where: {substance: %s}%s}"
OVER = f", per: {AMOUNT % ('product', ', into: t')}"
AS_MAPPED = "id: plant\ncolumns:\n" + "".join(
    f"  {name}: {AMOUNT % (name, OVER)}\n" for name in ("energy", "rate")
)


def inventory(folder: Path, marks: str) -> Path:
    """The collected table of amounts, described as such tables are now: its old sidecar is refused."""
    (folder / "plants.csv").write_bytes((CASES / INVENTORY / "inventory.csv").read_bytes())
    (folder / "mapping.yaml").write_text(AS_MAPPED + marks, encoding="utf-8")
    return folder


@needs_cases
@pytest.mark.parametrize("zeros_count", [True, False])
def test_zeros_of_an_inventory_are_said_or_are_not_reported_where_the_mapping_says_so(tmp_path, zeros_count):
    system = system_of(f"{INVENTORY}/tiny_inventory.yaml")
    folder = inventory(tmp_path, "" if zeros_count else "marks: {not_reported: ['0.0']}\n")
    with (CASES / INVENTORY / "inventory.csv").open(encoding="utf-8", newline="") as file:
        amounts = {(row["plant"], row["substance"]): float(row["amount"]) for row in csv.DictReader(file)}
    loaded = load(folder, system)
    assert not loaded.problems
    for plant in loaded.sample.plants:
        for name in ("energy", "rate"):
            wanted = amounts[plant, name] / amounts[plant, "product"]
            silent = wanted == 0 and not zeros_count
            assert (loaded.sample.states.loc[plant, name] == CellState.NOT_REPORTED) == silent
            assert silent or loaded.sample.values.loc[plant, name] == pytest.approx(wanted, rel=1e-12)
    said = [problem.what for problem in check_sample(folder, system)[1]]
    assert any("7 of 12 values are exactly 0" in what for what in said) == zeros_count
    assert any(what.startswith("flagged (7 cells)") for what in said) == zeros_count


@needs_cases
def test_the_old_sidecar_of_an_inventory_is_refused_with_what_takes_its_place():
    system = system_of(f"{INVENTORY}/tiny_inventory.yaml")
    told = [problem for problem in load(CASES / INVENTORY, system).problems if problem.key == "inventory"]
    assert "is described in mapping.yaml beside it" in str(told)
