"""Awkward workbooks from the wild: each reads, or gives one clear error."""

import os
import re
from pathlib import Path

import pytest

from methodology.errors import DataError
from methodology.indicators import IndicatorSystem, load_system
from methodology.sample import check_sample, read_sample
from methodology.spreadsheets.workbooks import read_workbook

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("WORKBENCH_REAL_DATA", "") or "/nowhere")
FILES = sorted((REAL / "workbooks").glob("*.xls*"))
SMALL = [file for file in FILES if file.stat().st_size < 10**6]
pytestmark = pytest.mark.skipif(not FILES, reason="WORKBENCH_REAL_DATA is not set")
SYSTEM = load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


def system_of(**units: str) -> IndicatorSystem:
    base = {"group": "g", "kind": "quantitative", "direction": "lower", "definition": "d", "boundary": "b"}
    indicators = [
        base
        | {
            "id": name,
            "name_zh": f"指标{name}",
            "name_en": f"The {name}",
            "unit": unit,
            "weight": 1 / len(units),
        }
        for name, unit in units.items()
    ]
    group = {"id": "g", "name_zh": "组", "name_en": "Group", "weight": 1.0, "status": "ASSUMED"}
    content = {"id": "toy", "name_zh": "试", "name_en": "Toy", "functional_unit": "t", "sources": {}}
    return IndicatorSystem.model_validate(content | {"groups": [group], "indicators": indicators})


def sidecar(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_bytes((REAL / "workbooks" / name).read_bytes())
    (folder / "sample.yaml").write_text(f"table: {name}\n{text}", encoding="utf-8")
    return folder


@pytest.mark.parametrize("file", SMALL, ids=lambda file: file.name)
def test_every_sheet_can_be_looked_at(file):
    grids = read_workbook(file.read_bytes(), file.name)
    assert grids
    assert all(grid.rows for grid in grids)


@pytest.mark.parametrize("file", SMALL, ids=lambda file: file.name)
def test_a_workbook_about_something_else_gives_one_clear_error(file):
    (problem,), _ = check_sample(file, SYSTEM, named=True)
    assert file.name in str(problem)
    assert "workbench template ironmaking" in str(problem)


def test_eight_thousand_facilities_are_read_below_four_rows_of_prose(tmp_path):
    grid = read_workbook((REAL / "workbooks" / "us_ghgp_data_by_year.xlsx").read_bytes(), "x")[0]
    header = [str(cell) for cell in grid.rows[3]]
    wanted = next(cell for cell in header if cell.startswith("2014"))
    columns = f"columns: {{'{wanted}': emission}}\n"
    ignored = "\n".join(f"  - '{cell}'" for cell in header if cell not in (wanted, "Facility Id"))
    ignored += "\npublic: true\nsource: the US EPA's greenhouse gas reporting programme"
    text = f"sheet: Direct Emitters\nindex: Facility Id\n{columns}ignore:\n{ignored}\n"
    sample = read_sample(sidecar(tmp_path, "us_ghgp_data_by_year.xlsx", text), system_of(emission="t"))
    assert len(sample.plants) == 8546
    assert all(re.fullmatch(r"\d+", plant) for plant in sample.plants)


def test_failed_formulas_are_found_where_the_reader_says_empty():
    grid = read_workbook((REAL / "workbooks" / "readxl_types.xlsx").read_bytes(), "types")[2]
    assert grid.errors[16, 1] == "#DIV/0!"
    assert grid.cell(16, 1) == ""


def test_missing_value_words_are_questioned(tmp_path):
    folder = sidecar(tmp_path, "readxl_missing-values-xlsx.xlsx", "index: z\n")
    with pytest.raises(DataError) as caught:
        read_sample(folder, system_of(x="t", y="t"))
    words = [p for p in caught.value.problems if "'NA' can mean" in p.what]
    assert not words or all(p.row == 2 for p in words)
    assert any("no plant id" in p.what for p in caught.value.problems)


def test_dates_of_the_1904_system_are_refused_as_dates(tmp_path):
    grid = read_workbook((REAL / "workbooks" / "readxl_dates-1904.xls").read_bytes(), "dates")[0]
    assert all(cell.text.startswith("2000") for cell in grid.rows[0])


def test_hidden_columns_of_an_old_workbook_are_seen():
    grid = read_workbook((REAL / "workbooks" / "us_ghgrp_subpart_L.xls").read_bytes(), "L")[0]
    assert {7, 8, 9} <= grid.hidden_columns
    assert len(grid.merged) > 50


def test_duplicate_and_empty_headers_are_all_named(tmp_path):
    folder = sidecar(tmp_path, "readxl_names-need-repair-xls.xls", "index: 'c%&$'\ncolumns: {a b: ab}\n")
    with pytest.raises(DataError) as caught:
        read_sample(folder, system_of(ab="t"))
    text = str(caught.value)
    assert "names 'ab' again" in text
    assert "column C holds data and has no header" in text


def test_numbers_kept_as_text_are_read(tmp_path):
    text = "index: notes\ncolumns: {number as text: mass}\nignore: [number]\n"
    with pytest.raises(DataError) as caught:
        read_sample(sidecar(tmp_path, "readxl_big-texty-numbers-xlsx.xlsx", text), system_of(mass="t"))
    assert all("2147483647" not in problem.what for problem in caught.value.problems)
