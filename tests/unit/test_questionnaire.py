import shutil
from pathlib import Path

import openpyxl
import pytest

from methodology.errors import DataError
from methodology.forms.questionnaire import BLANK_ROWS, HEAD, write_questionnaire
from methodology.indicators import CellState, Kind, load_system
from methodology.sample import check_sample, load, make_key, read_sample

ROOT = Path(__file__).resolve().parents[2]
SYSTEMS = sorted((ROOT / "params" / "systems").glob("*.yaml"))
IRON = load_system(ROOT / "params" / "systems" / "ironmaking.yaml")


@pytest.fixture
def form(tmp_path):
    path = tmp_path / "form.xlsx"
    write_questionnaire(IRON, path)
    return path


def filled(path: Path, rows: dict[str, dict[str, object]], units: dict[str, str] | None = None) -> Path:
    """The form as a plant would send it back."""
    book = openpyxl.load_workbook(path)
    sheet = book["plants"]
    columns = {cell.value: cell.column for cell in sheet[HEAD["id"] + 1]}
    for number, (plant, cells) in enumerate(rows.items(), start=HEAD["data"] + 1):
        sheet.cell(number, 1, plant)
        for name, value in cells.items():
            sheet.cell(number, columns[name], value)
    for name, unit in (units or {}).items():
        sheet.cell(HEAD["unit"] + 1, columns[name], unit)
    book.save(path)
    return path


def test_a_filled_questionnaire_is_read_back(form):
    rows = {
        "P01": {
            "process_energy": 387.5,
            "cast_house_pm": "<1",
            "trt_power": "n/a",
            "blast_furnace_class": "II",
        },
        "P02": {"process_energy": 401, "cast_house_pm": 4.5, "legal_compliance": "none", "region": "key"},
    }
    sample = read_sample(filled(form, rows), IRON)
    assert list(sample.plants) == ["P01", "P02"]
    assert sample.values["process_energy"].tolist() == [387.5, 401]
    assert sample.states.loc["P01", "cast_house_pm"] == CellState.BELOW_LIMIT
    assert sample.states.loc["P01", "trt_power"] == CellState.NOT_APPLICABLE
    assert sample.states.loc["P02", "trt_power"] == CellState.NOT_REPORTED
    assert sample.values.loc["P02", "legal_compliance"] == 4
    assert sample.attributes.loc["P02", "region"] == "key"


def test_a_unit_changed_in_its_row_is_converted(form):
    sample = read_sample(
        filled(form, {"P01": {"process_energy": 11.72304}}, {"process_energy": "GJ/t"}), IRON
    )
    assert sample.values.loc["P01", "process_energy"] == pytest.approx(400.0)


def test_the_shipped_sample_survives_the_form(form):
    sample = read_sample(ROOT / "data" / "samples" / "ironmaking", IRON)
    cells = sample.cells(IRON)
    rows = {
        str(plant): {
            name: float(text) if text.replace(".", "", 1).replace("-", "", 1).isdigit() else text or None
            for name, text in cells.loc[plant].items()
        }
        for plant in sample.plants
    }
    again = read_sample(filled(form, rows), IRON)
    assert again.values.equals(sample.values)
    assert again.states.equals(sample.states)


def test_a_blank_questionnaire_says_that_no_plant_is_in_it(form):
    problems, _ = check_sample(form, IRON)
    assert [problem.what for problem in problems] == ["there is no plant below the header."]


def test_the_example_row_is_left_out_and_said_so(form):
    _, warnings = check_sample(filled(form, {"P01": {"process_energy": 400}}), IRON)
    assert any("example row" in warning.what and warning.row == HEAD["example"] + 1 for warning in warnings)


@pytest.mark.parametrize("file", SYSTEMS, ids=lambda file: file.stem)
def test_every_system_has_a_questionnaire_with_all_its_columns(tmp_path, file):
    system = load_system(file)
    write_questionnaire(system, tmp_path / "form.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx")["plants"]
    ids = [cell.value for cell in sheet[HEAD["id"] + 1]]
    assert ids == ["plant", *system.attributes, *system.ids]
    names = [cell.value for cell in sheet[HEAD["zh"] + 1]]
    assert all(any(ord(sign) > 0x2E80 for sign in name) for name in names)
    problems, _ = check_sample(tmp_path / "form.xlsx", system)
    assert len(problems) == 1


def test_headers_are_locked_and_entries_are_open(form):
    sheet = openpyxl.load_workbook(form)["plants"]
    assert sheet.protection.sheet
    for part in ("zh", "en", "id"):
        assert all(cell.protection.locked for cell in sheet[HEAD[part] + 1])
    last = HEAD["data"] + BLANK_ROWS
    assert not any(cell.protection.locked for row in (HEAD["data"] + 1, last) for cell in sheet[row])


def test_described_levels_and_choices_have_drop_downs(form):
    sheet = openpyxl.load_workbook(form)["plants"]
    lists = [v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert lists.count('"I,II,III,none,n/a"') == sum(i.kind is Kind.QUALITATIVE for i in IRON.indicators)
    assert '"large,medium,small"' in lists


def test_no_text_of_a_system_becomes_a_formula(tmp_path):
    hostile = IRON.model_copy(update={"name_en": "=HYPERLINK(1)", "note": "=1+1"})
    first = hostile.indicators[1].model_copy(
        update={"name_en": "=1+1", "definition": "=cmd|x", "boundary": "http://x"}
    )
    hostile = hostile.model_copy(update={"indicators": (hostile.indicators[0], first)})
    write_questionnaire(hostile, tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert any(cell.value == "=cmd|x" for cell in cells)


def test_the_same_system_gives_the_same_bytes(form, tmp_path):
    write_questionnaire(IRON, tmp_path / "again.xlsx")
    assert form.read_bytes() == (tmp_path / "again.xlsx").read_bytes()


def test_examples_suggest_no_answer(form):
    sheet = openpyxl.load_workbook(form)["plants"]
    ids = [cell.value for cell in sheet[HEAD["id"] + 1]]
    shown = dict(zip(ids, [cell.value for cell in sheet[HEAD["example"] + 1]], strict=True))
    anchors = {i.id: {i.anchors.p10, i.anchors.p50, i.anchors.p90} for i in IRON.indicators if i.anchors}
    numbers = {name: float(text) for name, text in shown.items() if text and text[0].isdigit()}
    assert numbers
    assert not [name for name, value in numbers.items() if value in anchors.get(name, set())]


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(DataError, match="existing folder"):
        write_questionnaire(IRON, tmp_path / "nowhere" / "form.xlsx")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.slow
def test_libre_office_opens_the_form_and_keeps_its_cells(form, tmp_path):
    import subprocess

    filled(form, {"P01": {"process_energy": 400, "cast_house_pm": "<1"}})
    command = ["soffice", "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), str(form)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sample = read_sample(tmp_path / "form.ods", IRON)
    assert sample.values.loc["P01", "process_energy"] == 400
    assert sample.states.loc["P01", "cast_house_pm"] == CellState.BELOW_LIMIT


@pytest.mark.parametrize("path", SYSTEMS, ids=lambda path: path.stem)
def test_no_text_of_the_questionnaire_itself_is_taken_for_the_name_of_a_plant(path, tmp_path):
    system = load_system(path)
    folder = tmp_path / "own"
    folder.mkdir()
    write_questionnaire(system, folder / "plants.xlsx")
    filled(folder / "plants.xlsx", {"甲江钢铁": {}, "乙江钢铁": {}})
    make_key(folder / "own.key")
    (folder / "sample.yaml").write_text("key: own.key\n", encoding="utf-8")
    assert load(folder, system).names.secrets == {"甲江钢铁", "乙江钢铁"}
