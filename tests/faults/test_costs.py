"""Whatever is received, the work before it is refused is bounded: what is done is counted, not timed."""

from __future__ import annotations

import io
import itertools
import struct
import subprocess
import sys
import zipfile

import pytest
from test_bad_samples_hostile import HEAD, SYSTEM, TABLE, csv_file, good_workbook, packed, refused, with_sheet

from methodology.errors import DataError, ParameterError, Problem, WorkbenchError, listed
from methodology.indicators.plain_files import read_json
from methodology.runs.sweeps import design
from methodology.runs.sweeps.design import MOST_POINTS, Sweep
from methodology.sample import check_sample
from methodology.sample.header import split_unit
from methodology.spreadsheets import archives, ods_tables, workbook_xml
from methodology.spreadsheets.xls_records import inspect_xls

SHEET = "xl/worksheets/sheet1.xml"
OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = b"</sheetData></worksheet>"
WHY = "Exercises the bounds in a test."


def sheet(inner):
    return lambda _: OPEN + inner + CLOSE


class Steps:
    """Counts what the interpreter executes."""

    def __init__(self, monkeypatch, place, name):
        self.count = 0
        before = getattr(place, name)

        def counted(*words, **more):
            self.count += 1
            return before(*words, **more)

        monkeypatch.setattr(place, name, counted)


CHECKED = """
import sys
from methodology.cli import main
system, *tables = sys.argv[1:]
for table in tables:
    sys.argv = ["workbench", "check", table, "--system", system]
    try:
        main()
    except SystemExit as end:
        print(end.code, flush=True)
    print(end="\\f", file=sys.stderr, flush=True)
"""


def test_a_header_made_of_blanks_or_brackets_is_refused(tmp_path):
    headers = [f"plant{' ' * 9000}[", f"a{' /' * 4500}[", "(" * 9000, "[" * 5000 + "]" * 4000]
    tables = []
    for place, header in enumerate(headers):
        (tmp_path / str(place)).mkdir()
        tables.append(str(csv_file(tmp_path / str(place), TABLE.replace("voc", header))))
    # with the cubic pattern it was made against, one cell of 9,000 blanks takes days
    done = subprocess.run(
        [sys.executable, "-c", CHECKED, SYSTEM.id, *tables],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.stdout.split() == ["2"] * len(headers), done.stderr
    said = done.stderr.split("\f")[:-1]
    assert ["row 1" in one for one in said] == [True] * len(headers)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("energy [kgce/t]", ("energy", "kgce/t")),
        ("energy/(kgce/t)", ("energy", "kgce/t")),
        ("能耗(单位:kgce/t)", ("能耗", "kgce/t")),
        ("能耗【 单位 kgce/t 】", ("能耗", "kgce/t")),
        ("energy (gross) [GJ/t]", ("energy (gross)", "GJ/t")),
        ("(kgce/t)", ("(kgce/t)", "")),
        ("energy", ("energy", "")),
        ("energy ]", ("energy ]", "")),
        ("[" * 2000 + "]", ("[" * 2000 + "]", "")),
    ],
)
def test_a_unit_stands_in_the_last_pair_of_brackets(text, found):
    assert split_unit(text) == found


@pytest.mark.parametrize(
    "cell", ["a" + " " * 9_900 + "b", " ".join(["ab"] * 3300), "1" * 9_900, "1," * 4_900]
)
def test_a_long_cell_is_refused_unsearched(tmp_path, cell):
    rows = "".join(f'P{number},"{cell}",1,1,1,1\n' for number in range(200))
    assert "more cells of this column" in refused(csv_file(tmp_path, ",".join(HEAD) + "\n" + rows))


def test_an_archive_that_hides_a_gigabyte_is_never_unpacked_beyond_what_it_states(tmp_path, monkeypatch):
    size = 300_000_000
    path = packed(tmp_path / "p.xlsx", good_workbook() | {"xl/media/a.bin": b"\0" * size})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 100)))
    import tracemalloc

    tracemalloc.start()
    try:
        assert "damaged" in refused(path)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_parts_are_counted_together_while_they_are_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_refuse_bombs", lambda *_: None)
    monkeypatch.setattr(archives, "LARGEST_UNPACKED", 1_000_000)
    bombs = {f"xl/media/{number}.bin": b"\0" * 400_000 for number in range(5)}
    assert "would unpack to" in refused(packed(tmp_path / "p.xlsx", good_workbook() | bombs))


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (b"<row>" + b"<c/>" * 7_000_000 + b"</row>", "more cells and formats than any sample"),
        (b"<row/>" * 7_000_000, "more cells and formats than any sample"),
        (b"<row>" + b"<c/>" * 1_100_000 + b"</row>", "holds more than 1,000,000 cells"),
        (b"<row/>" * 1_100_000, "reaches row 1,048,577"),
        (b"<x>" * 1000, "nested deeper than 100"),
        (
            b"<row " + b" ".join(b'a%d=""' % number for number in range(200_000)) + b"/>",
            "a tag or remark of more than",
        ),
        (b"<!--" + b"x" * 2_000_000 + b"-->", "a tag or remark of more than"),
    ],
    ids=["cells", "rows", "a million cells", "a million rows", "depth", "attributes", "remark"],
)
def test_a_sheet_that_unpacks_to_endless_tags_is_refused(tmp_path, monkeypatch, inner, said):
    steps = Steps(monkeypatch, workbook_xml._Worksheet, "start")
    assert said in refused(with_sheet(tmp_path / "p.xlsx", sheet(inner)))
    assert steps.count < 2_200_000


def test_endless_names_of_sheets_are_refused(tmp_path):
    part = b"<workbook><sheets>" + b'<sheet name="a" id="b"/>' * 100_000 + b"</sheets></workbook>"
    assert "names more than 2,000" in refused(
        packed(tmp_path / "p.xlsx", good_workbook() | {"xl/workbook.xml": part})
    )


def test_the_text_of_one_cell_is_not_gathered_without_end():
    reader = workbook_xml._Worksheet(archives.Meter("p.xlsx"), "s", [], {})
    reader.read(OPEN + b'<row><c t="e"><v>' + b"x" * 3_000_000 + b"</v></c></row>" + CLOSE)
    (kept,) = reader.surface.errors.values()
    assert len(kept) < 100_000


@pytest.mark.parametrize(
    "columns",
    [
        b'<col hidden="1" min="1" max="16384"/>' * 10_000,
        b'<col hidden="1" min="9" max="999999999"/>' * 10_000,
    ],
)
def test_hidden_columns_are_counted(columns):
    reader = workbook_xml._Worksheet(archives.Meter("p.xlsx"), "s", [], {})
    with pytest.raises(DataError, match="more cells and formats"):
        reader.read(b"<worksheet><cols>" + columns + b"</cols></worksheet>")


def test_a_repeated_hidden_row_is_marked_once(tmp_path):
    start = b'<d xmlns:t="t"><t:table t:name="a"><t:table-row t:number-rows-repeated="90000" t:visibility="collapse">'
    content = start + b"<t:table-cell>" + b"<p/>" * 100_000 + b"</t:table-cell></t:table-row></t:table></d>"
    surfaces = ods_tables.inspect_ods(content, "p.ods")
    assert len(surfaces["a"].hidden_rows) == 90_000


def _compound(**changes):
    """Header of a compound file whose allocation table refers to itself."""
    head = bytearray(512 * 40)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HH", head, 30, changes.get("power", 9), changes.get("mini", 6))
    struct.pack_into("<IIIIII", head, 48, 0, 0, 4096, 0, 0, 0xFFFFFFFF)
    struct.pack_into("<II", head, 68, 0, 0xFFFFFFFF)
    struct.pack_into("<109I", head, 76, *[0] * 109)
    return bytes(head)


@pytest.mark.parametrize("changes", [{}, {"power": 0}, {"power": 20}, {"mini": 0}])
def test_an_xls_whose_tables_run_in_circles_is_refused(changes):
    with pytest.raises(DataError):
        inspect_xls(_compound(**changes), "p.xls")


def test_records_of_all_sheets_are_counted_together():
    from methodology.spreadsheets.xls_records import _records

    stream = struct.pack("<HH", 0x0809, 0) + struct.pack("<HH", 1, 0) * 1000
    with pytest.raises(DataError, match="more cells and formats"):
        list(_records(stream, 0, archives.Meter("p.xls", most=500)))


@pytest.mark.parametrize(
    "row",
    [
        lambda number: f"P{number % 3},1,1,1,1,1",
        lambda number: f"P{number},1,1,1,1,1,2",
        lambda number: f"P{number},x{number},?,-,=1,a",
        lambda number: f"<{number}>,1,1,1,1,1",
        lambda number: f",{number},1,1,1,1",
    ],
    ids=["twins", "too long", "no numbers", "no names", "nameless"],
)
def test_of_many_faults_of_a_kind_a_hundred_are_listed(tmp_path, row):
    rows = "\n".join(row(number) for number in range(2_000))
    text = refused(csv_file(tmp_path, f"{','.join(HEAD)}\n{rows}\n"))
    assert len(text.splitlines()) < 120
    assert "more faults are not listed" in text or "more cells of this column" in text


def test_doubts_are_listed_like_faults_and_their_rows_are_looked_up_once(tmp_path, monkeypatch):
    from methodology.sample.reading import Loaded

    steps = Steps(monkeypatch, Loaded.__dict__["_at"], "func")
    rows = "\n".join(f"P{number},-{number + 1},1,1,1,1" for number in range(1_000))
    problems, doubts = check_sample(csv_file(tmp_path, f"{','.join(HEAD)}\n{rows}\n"), SYSTEM)
    assert problems == []
    assert len(doubts) >= 1_000
    assert steps.count == 1
    assert len(listed(doubts)) < 320


def test_kinds_are_told_apart_by_their_words_and_not_by_their_values():
    faults = [Problem(f"'P{number}' is {number} years old.") for number in range(500)] + [
        Problem("It is blue.")
    ]
    lines = listed(faults)
    assert len(lines) == 102
    assert lines[100] == "It is blue."
    assert lines[101].startswith("400 more faults are not listed (500 in all read like: … is … years old.)")
    assert len(WorkbenchError("All", faults).problems) == 501


def test_of_very_many_kinds_a_thousand_faults_are_listed():
    words = ("".join(letters) for letters in itertools.product("abcdefghijklmno", repeat=3))
    lines = listed(Problem(f"It is {word}.") for word in words)
    assert (len(lines), lines[-1].split(".")[0]) == (1_001, "2,375 more faults are not listed")


@pytest.mark.parametrize(
    "plan",
    [
        {"parameters": {f"a.b{number}": list(range(29)) for number in range(6)}},
        {
            "design": "latin-hypercube",
            "points": MOST_POINTS + 1,
            "parameters": {"a.b": {"low": 0, "high": 1}},
        },
        {"design": "latin-hypercube", "points": 60_000, "systems": ["a", "b"], "parameters": {"a.b": [1]}},
    ],
    ids=["grid", "hypercube", "systems"],
)
def test_the_points_of_a_sweep_are_counted_before_they_are_made(tmp_path, monkeypatch, plan):
    import yaml

    steps = Steps(monkeypatch, design, "points_of")
    path = tmp_path / "s.yaml"
    path.write_text(yaml.safe_dump({"why": WHY, "systems": ["toy"], **plan}), encoding="utf-8")
    with pytest.raises(ParameterError, match="at most 100,000 are computed"):
        design.load_sweep(path)
    assert steps.count == 0


def test_as_many_points_as_are_allowed_are_allowed():
    values = list(range(100))
    sweep = Sweep(why=WHY, systems=["toy"], parameters={"a.b": values, "a.c": values, "a.d": list(range(10))})
    assert sweep.count == MOST_POINTS


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"seed": {"low": -1.7e308, "high": 1.7e308}}, "too wide to be divided"),
        ({"seed": {"low": 0, "high": 1.7e308}}, "seed"),
        ({"sensitivity.draws": {"low": 1e300, "high": 1e301}}, "draws"),
        ({"sensitivity.threshold_cv": {"low": 1e307, "high": 1e308}}, "threshold_cv"),
    ],
)
def test_a_range_beyond_numbers_is_refused(tmp_path, space, said):
    import yaml
    from shipped import ROOT

    from methodology.parameters import Project

    plan = {
        "why": WHY,
        "systems": ["ironmaking"],
        "design": "latin-hypercube",
        "points": 50,
        "parameters": space,
    }
    path = tmp_path / "s.yaml"
    path.write_text(yaml.safe_dump(plan), encoding="utf-8")
    with pytest.raises(ParameterError, match=said) as caught:
        design.runs_of(design.load_sweep(path), Project(ROOT), "s.yaml")
    assert len(str(caught.value)) < 6_000


def test_a_system_of_a_sweep_is_an_id_and_no_place():
    with pytest.raises(ValueError, match="systems"):
        Sweep(why=WHY, systems=["/etc/passwd"], parameters={"a.b": [1]})


def test_a_part_without_a_name_is_refused_with_one_message():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("x", b"1")
    nameless = made.getvalue().replace(b"x", b"\0")
    with pytest.raises(DataError, match="a part without a name"):
        archives.safe_members(nameless, "plants.xlsx")


def sheets_of(count, inner, *, same=False):
    """Parts of a workbook with `count` sheets, each with content of its own or all with one."""
    names = range(1, count + 1)
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" id="r{n}"/>' for n in names)
    links = "".join(
        f'<Relationship Id="r{n}" Target="worksheets/sheet{1 if same else n}.xml"/>' for n in names
    )
    return good_workbook() | {
        "xl/workbook.xml": f"<workbook><sheets>{sheets}</sheets></workbook>".encode(),
        "xl/_rels/workbook.xml.rels": f"<r>{links}</r>".encode(),
        **{f"xl/worksheets/sheet{n}.xml": OPEN + inner + CLOSE for n in names},
    }


FAR = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="999"><c r="ALK999"><v>1</v></c></row>'
MERGED = b'<mergeCell ref="A1:B2"/>' * 3_000


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (sheets_of(2, FAR), "its 2 sheets span 1,996,002 cells"),
        (sheets_of(3, FAR, same=True), "holds the sheet 's2' twice"),
        (
            sheets_of(1, FAR + b"</sheetData>" + MERGED + b"<sheetData>"),
            "merges cells in more than 2,000 places",
        ),
    ],
    ids=["many sheets", "one part twice", "merged"],
)
def test_cells_of_all_sheets_are_counted_together_and_merged_areas_too(tmp_path, members, said):
    assert said in refused(packed(tmp_path / "p.xlsx", members))


def test_a_table_named_twice_and_areas_merged_without_end_are_refused_in_ods_and_xls(tmp_path):
    cell = b'<t:table-cell t:number-columns-spanned="2" o:value-type="float"/>'
    table = b'<d xmlns:t="t" xmlns:o="o"><t:table t:name="a"><t:table-row>%s</t:table-row></t:table>%s</d>'
    with pytest.raises(DataError, match="merges cells in more than"):
        ods_tables.inspect_ods(table % (b"</t:table-row><t:table-row>".join([cell] * 3_000), b""), "p.ods")
    with pytest.raises(DataError, match="holds the sheet 'a' twice"):
        ods_tables.inspect_ods(table % (cell, b'<t:table t:name="a"/>'), "p.ods")
    surface = workbook_xml.Surface()
    with pytest.raises(DataError, match="merges cells in more than"):
        list(map(surface.merge, [("p.xls", "a")] * 3_000))


def test_a_key_given_twice_is_found_without_comparing_each_with_each(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(
        "{" + ",".join(f'"a{n}": 0' for n in range(300_000)) + ', "z": 1, "z": 2}', encoding="utf-8"
    )
    with pytest.raises(DataError, match="'z' is given twice"):  # each with each takes hours
        read_json(path)
