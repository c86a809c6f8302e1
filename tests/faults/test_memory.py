"""The nastiest files under 20 MB, one kind for each reader: a command holds at most 1 GB and computes at most 30 s."""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from binary_workbooks import record, write_binary
from proposal_toys import proposal_of
from test_bad_samples_hostile import HEAD, good_workbook, packed
from test_costs import CLOSE, OPEN, SHEET
from toy_runs import ROOT, STAGES, choices, execute_run, make_project, toy_evidence

from methodology.parameters import Project

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")

MOST = 1_000_000
"""kB."""
LONGEST = 30
"""Seconds of the processor, of a command and what it starts."""
MEASURED = r"""
import atexit, re, resource, sys
def tell():
    own = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(use.ru_utime + use.ru_stime for use in uses)
    print("peak", own + uses[1].ru_maxrss, seconds, file=sys.stderr)
atexit.register(tell)
from methodology.cli import main
main()
"""
STRINGS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
BOOK = b"""<d xmlns:table="t" xmlns:office="o" xmlns:text="x"><office:body><office:spreadsheet>
<table:table table:name="a">%s</table:table></office:spreadsheet></office:body></d>"""


def workbook_of_one_long_text(path):
    """A million cells that name one text of 30,000 signs."""
    cells = b"<row>" + b'<c t="s"><v>0</v></c>' * 999 + b"</row>"
    more = {SHEET: OPEN + cells * 1000 + CLOSE, "xl/sharedStrings.xml": STRINGS % (b"x" * 30_000)}
    packed(path, good_workbook() | more)


def workbook_of_one_huge_text(path):
    packed(path, good_workbook() | {"xl/sharedStrings.xml": STRINGS % (b"x" * 95_000_000)})


def repeated_text(path):
    """One cell of 5,000 signs, repeated to a million."""
    cell = b'<table:table-cell office:value-type="string" table:number-columns-repeated="999"><text:p>%s</text:p>'
    row = b'<table:table-row table:number-rows-repeated="1000">%s</table:table-cell></table:table-row>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", BOOK % (row % (cell % (b"x" * 5000))))


def binary_workbook_of_one_long_text(path):
    """The same in the binary format: records in a compound file."""

    text = record(0xFC, struct.pack("<IIHB", 1, 1, 8000, 0) + b"x" * 8000)
    cells = b"".join(record(0xFD, struct.pack("<HHHI", r, c, 0, 0)) for r in range(1000) for c in range(200))
    write_binary(path, text, cells)


def text_of(content):
    """What writes a file; hundreds of megabytes are made where they are asked for, and held by no other test."""
    return lambda path: path.write_bytes(content())


HEADER = (",".join(HEAD) + "\n").encode()
SAMPLES = {
    "p.csv": text_of(lambda: b"," * 19_900_000),
    "quote.csv": text_of(lambda: HEADER + b'"' + b"abcdefgh,\n" * 1_980_000),
    "wrong.csv": text_of(
        lambda: HEADER + b"".join(b"P%d,x%d,?,-,=1,%s%d\n" % (n, n, b"a" * 150, n) for n in range(49_990))
    ),
    "wide.csv": text_of(lambda: HEADER + (b",".join([b"abcdefghijklmnopq"] * 999) + b"\n") * 999),
    "p.xlsx": workbook_of_one_long_text,
    "huge.xlsx": workbook_of_one_huge_text,
    "p.xlsm": workbook_of_one_long_text,
    "p.ods": repeated_text,
    "p.xls": binary_workbook_of_one_long_text,
}
DOCUMENTS = {
    "lists": lambda: b"[" + b"[]," * 1_600_000 + b"[]]",
    "numbers": lambda: b"[" + b"1," * 2_400_000 + b"1]",
    "brackets": lambda: b"[" * 4_900_000,
    "unknown keys": lambda: b'{"format":2,' + b",".join(b'"a%d":0' % n for n in range(380_000)) + b"}",
    "a key twice": lambda: (
        b'{"format":2,' + b",".join(b'"a%d":0' % n for n in range(380_000)) + b',"z":1,"z":2}'
    ),
    "escapes": lambda: b'{"format":2,"why":"' + b"\\u0041" * 800_000 + b'"}',
}


def texts():
    return pa.DictionaryArray.from_arrays(pa.array([0] * 200_000, pa.int32()), pa.array(["x" * 1_000_000]))


def lists():
    return pa.ListArray.from_arrays(pa.array([0, 90_000_000], pa.int32()), pa.nulls(90_000_000, pa.int8()))


DELTA = {"use_dictionary": False, "column_encoding": {"a": "DELTA_BYTE_ARRAY"}, "compression": None}


def table_of(column, **how):
    return lambda path: pq.write_table(pa.table({"a": column()}), path, **how)


COMPARED = {
    "results/a.csv": text_of(lambda: (b"1," * 1000 + b"1\n") * 2_400),
    "results/b.csv": text_of(lambda: b'a,b\n"' + b"abc,\n" * 900_000),
    "results/a.json": text_of(lambda: b"{" + b'"' + b"k" * 100_000 + b'":[' + b"1," * 900_000 + b"1]}"),
    "results/b.json": text_of(lambda: b"[" * 4_900_000),
    "notebooks/01_sample.ipynb": text_of(
        lambda: b'{"metadata":{},"cells":[' + b'{"source":"a"},' * 300_000 + b'{"source":"a"}]}'
    ),
    "results/sample.parquet": table_of(texts),
    "results/plain.parquet": table_of(texts, compression=None),
    "results/delta.parquet": table_of(
        lambda: pa.chunked_array([pa.array(["x" * 1_000_000] * 20)] * 30), **DELTA
    ),
    "results/lists.parquet": table_of(lists, compression=None),
}


def peak_of(words, folder):
    """Memory of a command, in kB, and what it said; nothing but a message may end it, and that soon."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert "fault of the workbench" not in done.stderr
    assert done.returncode in (0, 2), done.stderr
    said, _, used = done.stderr.rpartition("peak ")
    peak, seconds = used.split()
    assert float(seconds) < LONGEST
    return int(peak), done.stdout + said


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return make_project(tmp_path_factory.mktemp("memory") / "project")


@pytest.fixture(scope="module")
def made(project):
    return execute_run(
        choices(), runs_dir=project.root / "runs", project=project, stages=STAGES[:1], evidence=toy_evidence
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_costs_at_most_a_gigabyte_and_half_a_minute(tmp_path, name):
    SAMPLES[name](tmp_path / name)
    assert (tmp_path / name).stat().st_size < 20_000_000
    peak, said = peak_of(["check", tmp_path / name, "--system", "us_steel_air"], tmp_path)
    assert peak < MOST
    assert re.search("^DataError: ", said, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_record_or_a_proposal_costs_at_most_a_gigabyte(project, made, tmp_path, kind):
    folder = shutil.copytree(made, tmp_path / "mail")
    (folder / "manifest.json").write_bytes(DOCUMENTS[kind]())
    (tmp_path / "proposal.json").write_bytes(DOCUMENTS[kind]())
    plants = ROOT / "data" / "samples" / "ironmaking"
    for words in (["diff", folder, made], ["evaluate", tmp_path / "proposal.json", plants]):
        peak, said = peak_of(words, project.root)
        assert peak < MOST / 2
        assert re.search("^DataError: ", said, re.MULTILINE)


def test_many_indicators_in_a_proposal_cost_little(tmp_path):
    proposal = proposal_of(Project(ROOT).system("ironmaking"))
    proposal["indicators"] *= 1_500
    (tmp_path / "proposal.json").write_text(json.dumps(proposal), encoding="utf-8")
    words = ["evaluate", tmp_path / "proposal.json", ROOT / "data" / "samples" / "ironmaking"]
    peak, said = peak_of(words, tmp_path)
    assert peak < MOST / 2
    assert said.startswith("DataError: proposal.json ")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n.endswith("delta.parquet") else pytest.mark.slow) for n in COMPARED]
)
def test_a_file_of_a_run_costs_at_most_a_gigabyte_to_compare(project, made, tmp_path, name):
    folder = shutil.copytree(made, tmp_path / "mail")
    other = shutil.copytree(made, tmp_path / "other")
    COMPARED[name](folder / name)
    assert (folder / name).stat().st_size < 20_000_000
    (other / name).write_bytes(b"{}")
    peak, said = peak_of(["diff", folder, other], project.root)
    assert peak < MOST / 2
    assert "1 changed" in said or name.endswith(".ipynb")
