"""Files made to hurt: each is refused with one readable message, or read without harm."""

import io
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from methodology.errors import DataError
from methodology.indicators import load_system
from methodology.sample import check_sample, read_sample
from methodology.sample.reading import MOST_VALUES
from methodology.spreadsheets.archives import LARGEST_UNPACKED
from methodology.spreadsheets.grid import LARGEST_FILE

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = load_system(ROOT / "params" / "systems" / "us_steel_air.yaml")
HEAD = ["plant", *SYSTEM.ids]
ROW = ["A", 1, 1, 1, 1, 1]
TABLE = f"{','.join(HEAD)}\n{','.join(map(str, ROW))}\n"
SEED = 20240312


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_sample(path, SYSTEM)
    text = str(caught.value)
    assert len(text) < 20_000
    return text


def csv_file(folder: Path, text: str) -> Path:
    path = folder / "plants.csv"
    path.write_text(text, encoding="utf-8")
    return path


def good_workbook() -> dict[str, bytes]:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True})
    sheet = book.add_worksheet("plants")
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, ROW)
    book.close()
    with zipfile.ZipFile(memory) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def with_sheet(path: Path, change) -> Path:
    members = good_workbook()
    part = "xl/worksheets/sheet1.xml"
    return packed(path, members | {part: change(members[part])})


def test_the_untouched_workbook_is_read(tmp_path):
    assert list(read_sample(packed(tmp_path / "p.xlsx", good_workbook()), SYSTEM).plants) == ["A"]


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("http://example.invalid","x")',
        "=cmd|' /C calc'!A0",
        "+1+1",
        "@SUM(A1:A9)",
        "-1+1",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a\u0000b",
        "a\u001b[31mred",
        "x" * 5000,
    ],
)
def test_a_plant_whose_name_is_code_is_refused(tmp_path, name):
    quoted = name.replace('"', '""')
    text = refused(csv_file(tmp_path, TABLE + f'"{quoted}",1,1,1,1,1\n'))
    assert "row 3" in text or "zero bytes" in text
    assert "\u001b" not in text


def test_a_header_that_is_code_is_quoted_and_refused(tmp_path):
    text = refused(csv_file(tmp_path, TABLE.replace("voc", '"=1+1<b>"', 1)))
    assert "'=1+1<b>'" in text


def test_a_million_columns_are_refused(tmp_path):
    assert "at most 1,000 columns" in refused(
        csv_file(tmp_path, TABLE.replace("plant", "plant" + "," * 10**6, 1))
    )


def test_a_million_rows_are_refused(tmp_path):
    assert "at most 100,000 rows" in refused(csv_file(tmp_path, TABLE + "B,1,1,1,1,1\n" * 200_000))


def test_more_values_than_can_all_be_doubtful_are_refused(tmp_path):
    most = MOST_VALUES // 6
    rows = "".join(f"P{number},1,1,1,1,1\n" for number in range(most + 1))
    assert "300,006 values" in refused(csv_file(tmp_path, TABLE.splitlines(keepends=True)[0] + rows))


def test_a_file_too_large_is_not_opened(tmp_path):
    path = csv_file(tmp_path, TABLE)
    with path.open("r+b") as file:
        file.truncate(LARGEST_FILE + 1)
    assert "MB" in refused(path)


def test_a_cell_without_end_is_refused(tmp_path):
    assert "closed" in refused(csv_file(tmp_path, TABLE + '"B,1,1,1,1,1\n' * 3))
    assert "10,000" in refused(csv_file(tmp_path, TABLE + "B," + "1" * 20_000 + ",1,1,1,1\n"))


def test_zero_bytes_are_refused(tmp_path):
    assert "zero bytes" in refused(csv_file(tmp_path, TABLE + "\0"))


def test_bytes_of_no_encoding_are_refused(tmp_path):
    path = tmp_path / "plants.csv"
    path.write_bytes(TABLE.encode() + b"\xff\xff\xff\xff,1,1,1,1,1\n")
    assert "neither UTF-8 nor" in refused(path)


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path):
    bomb = {"xl/media/a.bin": b"\0" * (LARGEST_UNPACKED + 1)}
    path = packed(tmp_path / "p.xlsx", good_workbook() | bomb)
    assert path.stat().st_size < 10**6
    assert "would unpack to" in refused(path)


def test_an_archive_that_lies_about_its_sizes_is_refused(tmp_path):
    path = with_sheet(tmp_path / "p.xlsx", lambda sheet: sheet + b" " * 3_000_000)
    data = bytearray(path.read_bytes())
    true = struct.pack("<I", len(good_workbook()["xl/worksheets/sheet1.xml"]) + 3_000_000)
    assert true in data
    path.write_bytes(bytes(data).replace(true, struct.pack("<I", 100)))
    assert "damaged" in refused(path)


def test_an_archive_of_too_many_parts_is_refused(tmp_path):
    parts = {f"xl/x{n}.xml": b"" for n in range(3000)}
    assert "parts" in refused(packed(tmp_path / "p.xlsx", good_workbook() | parts))


def test_a_far_cell_costs_a_message_and_no_memory(tmp_path):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = with_sheet(tmp_path / "p.xlsx", lambda sheet: sheet.replace(b"</sheetData>", far))
    assert "1,048,576" in refused(path)


@pytest.mark.parametrize(
    "cell",
    [
        b"<c r='XFD1048576'><v>1</v></c>",
        b'<c r="&#88;FD1048576"><v>1</v></c>',
        b'<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="XFD1048576"><x:v>1</x:v></x:c>',
    ],
)
def test_a_far_cell_is_found_however_it_is_written(tmp_path, cell):
    path = with_sheet(
        tmp_path / "p.xlsx", lambda s: s.replace(b"</sheetData>", b"<row>" + cell + b"</row></sheetData>")
    )
    assert "at most" in refused(path)


def test_a_formatted_empty_cell_far_away_does_no_harm(tmp_path):
    far = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    path = with_sheet(tmp_path / "p.xlsx", lambda sheet: sheet.replace(b"</sheetData>", far))
    assert list(read_sample(path, SYSTEM).plants) == ["A"]


def test_a_sheet_under_another_name_is_inspected_as_well(tmp_path):
    members = good_workbook()
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    members["xl/odd.bin"] = members.pop("xl/worksheets/sheet1.xml").replace(b"</sheetData>", far)
    rels = members["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet1.xml", b"odd.bin")
    assert "at most" in refused(packed(tmp_path / "p.xlsx", members | {"xl/_rels/workbook.xml.rels": rels}))


def test_an_entity_bomb_is_refused(tmp_path):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    path = with_sheet(
        tmp_path / "p.xlsx", lambda sheet: sheet.replace(b"<worksheet", bomb + b"<worksheet", 1)
    )
    assert "document type" in refused(path)


@pytest.mark.parametrize("content", [b"<html><table></table></html>", b"<?xml version='1.0'?><Workbook/>"])
def test_a_web_page_called_workbook_is_refused(tmp_path, content):
    (tmp_path / "plants.xls").write_bytes(content)
    assert "web page" in refused(tmp_path / "plants.xls")


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04garbage", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"]
)
def test_a_stump_of_a_workbook_is_refused(tmp_path, content):
    (tmp_path / "plants.xlsx").write_bytes(content)
    assert "damaged" in refused(tmp_path / "plants.xlsx")


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    assert "neither an .xlsx nor" in refused(packed(tmp_path / "p.xlsx", {"readme.txt": b"hello"}))


def test_a_workbook_called_csv_is_read_for_what_it_is(tmp_path):
    assert list(read_sample(packed(tmp_path / "plants.csv", good_workbook()), SYSTEM).plants) == ["A"]


@pytest.mark.parametrize(
    "table", ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "..\\secret.csv", "C:/x.csv"]
)
def test_a_sidecar_may_not_lead_out_of_its_folder(tmp_path, table):
    (tmp_path / "secret.csv").write_text(TABLE, encoding="utf-8")
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "sample.yaml").write_text(f"table: '{table}'\n", encoding="utf-8")
    assert "inside the folder" in refused(folder)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_may_not_lead_out_of_its_folder(tmp_path):
    (tmp_path / "secret.csv").write_text(TABLE, encoding="utf-8")
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "table.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "sample.yaml").write_text("table: table.csv\n", encoding="utf-8")
    assert "outside" in refused(folder)


def _pipe(path):
    os.mkfifo(path)


def _loop(path):
    path.symlink_to(path)


STRANGE = {
    "pipe": _pipe,
    "loop": _loop,
    "nowhere": lambda path: path.symlink_to("nowhere"),
    "zero": lambda path: path.symlink_to("/dev/zero"),
    "random": lambda path: path.symlink_to("/dev/urandom"),
    "passwords": lambda path: path.symlink_to("/etc/passwd"),
}


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices are no files there")
@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("name", ["plants.csv", "sample.yaml"])
def test_a_pipe_a_device_or_a_link_elsewhere_is_never_waited_for_nor_shown(tmp_path, make, name):
    if name == "sample.yaml":
        csv_file(tmp_path, TABLE)
    make(tmp_path / name)
    text = refused(tmp_path)
    assert "root:" not in text
    if name == "plants.csv":
        assert "root:" not in refused(tmp_path / name)


def test_a_value_that_the_sidecar_reads_as_none_is_told(tmp_path):
    path = csv_file(tmp_path, TABLE)
    marked = TABLE.splitlines()[1].split(",")[-1]
    (tmp_path / "sample.yaml").write_text(f"marks: {{not_reported: ['{marked}', '-']}}\n", encoding="utf-8")
    _, doubts = check_sample(path.parent, SYSTEM, named=True)
    told = [doubt for doubt in doubts if "1 of 1 cells hold a value and are read as none" in doubt.what]
    assert {doubt.column for doubt in told} == set(SYSTEM.ids)
    (tmp_path / "sample.yaml").write_text("marks: {not_reported: ['-']}\n", encoding="utf-8")
    assert not [d for d in check_sample(path.parent, SYSTEM, named=True)[1] if "as none" in d.what]


@pytest.mark.parametrize(
    "sidecar",
    [
        "!!python/object/apply:os.system ['true']",
        "a: &a [x, x]\nb: *a",
        "- a\n- b",
        "units: [1, 2",
        "table: 7",
        "units: {nox: [1]}",
        "real_data: true",
        "population: -1",
        "note: " + "x" * 2_100_000,
    ],
)
def test_a_hostile_sidecar_is_refused(tmp_path, sidecar):
    csv_file(tmp_path, TABLE)
    (tmp_path / "sample.yaml").write_text(sidecar, encoding="utf-8")
    assert "sample.yaml" in refused(tmp_path)


def test_a_folder_called_like_a_table_is_refused(tmp_path):
    (tmp_path / "plants.csv").mkdir()
    refused(tmp_path)
    refused(tmp_path / "plants.csv")


def test_a_unit_that_is_code_is_refused(tmp_path):
    text = refused(csv_file(tmp_path, TABLE.replace("nox", "nox [__import__('os')]", 1)))
    assert "row 1" in text


def test_damaged_workbooks_give_data_errors_and_nothing_else(tmp_path):
    rng = np.random.default_rng(SEED)
    whole = packed(tmp_path / "whole.xlsx", good_workbook()).read_bytes()
    path = tmp_path / "p.xlsx"
    for _ in range(20):
        data = bytearray(whole)
        for position in rng.integers(0, len(data), size=int(rng.integers(1, 20))):
            data[position] = int(rng.integers(0, 256))
        path.write_bytes(bytes(data[: int(rng.integers(len(data) // 2, len(data) + 1))]))
        check_sample(path, SYSTEM)


def test_damaged_sheets_give_data_errors_and_nothing_else(tmp_path):
    rng = np.random.default_rng(SEED)
    members = good_workbook()
    xml = [name for name in members if name.endswith((".xml", ".rels"))]
    for number in range(20):
        part = xml[int(rng.integers(len(xml)))]
        data = bytearray(members[part])
        for position in rng.integers(0, len(data), size=int(rng.integers(1, 10))):
            data[position] = int(rng.integers(32, 127))
        check_sample(packed(tmp_path / f"p{number}.xlsx", members | {part: bytes(data)}), SYSTEM)


def test_damaged_text_tables_give_data_errors_and_nothing_else(tmp_path):
    rng = np.random.default_rng(SEED)
    path = tmp_path / "plants.csv"
    for _ in range(200):
        data = bytearray((TABLE * 3).encode())
        for position in rng.integers(0, len(data), size=int(rng.integers(1, 20))):
            data[position] = int(rng.integers(0, 256))
        path.write_bytes(bytes(data))
        check_sample(path, SYSTEM)


REAL = Path(os.environ.get("WORKBENCH_REAL_DATA", "") or "/nowhere") / "workbooks"


@pytest.mark.skipif(not REAL.is_dir(), reason="WORKBENCH_REAL_DATA is not set")
@pytest.mark.parametrize("name", ["readxl_names-need-repair-xls.xls", "readxl_dates-1904.xls"])
def test_damaged_binary_workbooks_give_data_errors_and_nothing_else(tmp_path, name):
    rng = np.random.default_rng(SEED)
    whole = (REAL / name).read_bytes()
    path = tmp_path / "p.xls"
    for _ in range(20):
        data = bytearray(whole)
        for position in rng.integers(0, len(data), size=int(rng.integers(1, 200))):
            data[position] = int(rng.integers(0, 256))
        path.write_bytes(bytes(data))
        check_sample(path, SYSTEM)
