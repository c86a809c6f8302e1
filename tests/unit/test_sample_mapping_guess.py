"""A first mapping is guessed from names and units, says why and how sure it is, and is a mapping that can be read."""

from pathlib import Path

import pytest
import xlsxwriter
from sample_toys import toy_system

from methodology.errors import DataError
from methodology.indicators import load_system
from methodology.sample import read_sample
from methodology.sample.description import Description
from methodology.sample.header import Vocabulary
from methodology.sample.mapping import read_mapping
from methodology.sample.mapping_guess import guess_mapping
from methodology.sample.sheets import read_grids

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = toy_system()
IRON = load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


def guessed(path, system=SYSTEM):
    return guess_mapping(read_grids(path, Vocabulary.of(system, Description())), system)


def words(guess):
    return {match.target: (match.header, match.confidence) for match in guess.matches}


def test_known_names_are_sure_and_the_mapping_reads_the_table(tmp_path):
    path = tmp_path / "plants.csv"
    head = "单位名称,工序能耗（GJ/t）,Dust,slag use [%],furnace_class,电话"
    path.write_text(f"{head}\n甲,12,4,98,I,1\n乙,11,5,97,II,2\n", encoding="utf-8")
    guess = guessed(path)
    assert words(guess)["process_energy"] == ("工序能耗(GJ/t)", "sure")
    assert guess.missing == ()
    assert guess.unused == ("电话",)
    (tmp_path / "mapping.yaml").write_text(guess.text, encoding="utf-8")
    (tmp_path / "sample.yaml").write_text("public: true\nsource: a test\n", encoding="utf-8")
    sample = read_sample(tmp_path, SYSTEM)
    assert sample.values.loc["甲", "process_energy"] == pytest.approx(12 * 34.1208, rel=1e-4)
    assert sample.values["slag_use"].to_dict() == {"甲": 98, "乙": 97}


def test_other_names_of_the_same_thing_are_likely_and_say_why(tmp_path):
    path = tmp_path / "survey.csv"
    head = "企业名称,热风炉氮氧化物（mg/m3）,出铁场颗粒物（mg/m3）,吨铁耗新水(m3/t)"
    path.write_text(f"某省调查表,,,\n{head}\n甲,110,5,0.4\n", encoding="utf-8")
    guess = guessed(path, IRON)
    found = words(guess)
    assert {found[name][1] for name in ("stove_nox", "cast_house_pm", "fresh_water")} == {"likely"}
    assert "fits mg/m³" in next(match.reason for match in guess.matches if match.target == "stove_nox")
    assert "header: 2" in guess.text
    assert "process_energy" in guess.missing


def test_a_unit_that_does_not_fit_speaks_against_a_name(tmp_path):
    path = tmp_path / "plants.csv"
    path.write_text("plant,Dust [GJ/t],Cast-house dust [mg/m3]\nA,1,2\nB,3,4\n", encoding="utf-8")
    assert words(guessed(path)).get("dust", ("", ""))[0] != "Dust [GJ/t]"


def test_what_is_not_found_stands_in_the_mapping_as_a_question(tmp_path):
    path = tmp_path / "plants.csv"
    path.write_text("plant,dust\nA,1\nB,2\n", encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(guessed(path).text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_sample(tmp_path, SYSTEM)
    assert {p.what.split("'")[1] for p in caught.value.problems} == {
        "process_energy",
        "slag_use",
        "furnace_class",
    }


def test_a_long_table_is_told_by_the_names_in_a_column(tmp_path):
    path = tmp_path / "long.csv"
    rows = [
        f"{p},{n},{v},{u}"
        for p in "AB"
        for n, v, u in (("Dust", 4, "mg/m3"), ("Process energy", 400, "kgce/t"))
    ]
    path.write_text("\n".join(["facility,pollutant,amount,unit", *rows]) + "\n", encoding="utf-8")
    text = guessed(path).text
    assert 'dust: {column: "amount", where: {"pollutant": "Dust"}, unit_column: "unit"}' in text


def test_the_year_and_an_id_of_two_columns_are_found(tmp_path):
    path = tmp_path / "plants.csv"
    path.write_text(
        "Facility Name,Unit ID,年份,dust\nA,1a,2023,1\nA,2a,2023,2\nB,1a,2023,2\n", encoding="utf-8"
    )
    text = guessed(path).text
    assert 'id: ["Facility Name", "Unit ID"]' in text
    assert 'year: "年份"' in text


def test_the_sheet_that_fits_best_is_taken_and_hidden_ones_are_not(tmp_path):
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, rows in (("说明", [["about"]]), ("data", [["plant", "dust"], ["A", 4]])):
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
    book.close()
    assert 'sheet: "data"' in guessed(path).text


@pytest.mark.parametrize("header", ['a"b', "a: b", "- x", "{x}", "#x", "x\ny", "&a", "*", "!!x", "'"])
def test_whatever_a_header_is_called_the_mapping_is_plain_yaml(tmp_path, header):
    path = tmp_path / "plants.xlsx"
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["plant", "dust", header])
    sheet.write_row(1, 0, ["A", 4, 5])
    book.close()
    (tmp_path / "mapping.yaml").write_text(guessed(path).text, encoding="utf-8")
    mapping, problems = read_mapping(tmp_path)
    assert not problems
    assert "dust" in mapping.columns
