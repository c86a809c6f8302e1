"""Every value and weight is the same number on the page, in Word, in the workbook and in the file for machines."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from shipped import ROOT

from methodology.indicators.display import benchmark, percent
from methodology.parameters import Project
from methodology.tables.proposal import shares_text

LEVELS = ("I", "II", "III")
SYSTEM = Project.around(ROOT).system("ironmaking")
QUANTITATIVE = [item for item in SYSTEM.indicators if item.kind == "quantitative"]
Numbers = dict[str, tuple[str, ...]]


@pytest.fixture(scope="module", params=["public", "internal"])
def folder(request, run_shipped) -> Path:
    return Path(run_shipped("joint").stdout.strip().splitlines()[-1]) / request.param


@pytest.fixture(scope="module")
def entries(folder) -> dict[str, dict]:
    document = json.loads((folder / "proposal.json").read_text(encoding="utf-8"))
    return {entry["id"]: entry for entry in document["indicators"]}


@pytest.fixture(scope="module")
def values(entries) -> Numbers:
    """Values by the Chinese name of the indicator, as a reader sees them."""
    return {
        item.name_zh: tuple(benchmark(entries[item.id]["levels"][g]["proposed"], item) for g in LEVELS)
        for item in QUANTITATIVE
    }


def bare(text: object) -> str:
    """A name or a value without marks, signs of comparison and what stands on its second line."""
    return re.sub(r"^[≥≤]|\*.*$|[a-z]$", "", str(text).split("\n")[0]).strip()


def rows_of(table: list[list[str]]) -> Numbers:
    found = {bare(row[2]): tuple(map(bare, row[5:8])) for row in table}
    return {item.name_zh: found[item.name_zh] for item in QUANTITATIVE}


def test_the_table_of_the_standard_in_word_is_that_of_the_file(folder, values):
    table = Document(str(folder / "standard.docx")).tables[0]
    assert rows_of([[cell.text for cell in row.cells] for row in table.rows[1:]]) == values


def test_both_sheets_of_the_workbook_are_those_of_the_file(folder, entries, values):
    book = openpyxl.load_workbook(folder / "proposal.xlsx")
    standard = list(
        book.worksheets[0].iter_rows(min_row=3, max_row=2 + len(SYSTEM.indicators), values_only=True)
    )
    assert rows_of(standard) == values
    weights = {bare(row[2]): row[4] for row in standard}
    head, *rows = book["proposal 拟定值"].iter_rows(max_row=1 + len(SYSTEM.indicators), values_only=True)
    for row in (dict(zip(head, cells, strict=True)) for cells in rows):
        entry = entries[row["indicator"]]
        assert row["weight"] == pytest.approx(entry["weight"], abs=5e-13)
        assert weights[row["name_zh"]] == row["weight"]
        if entry["kind"] == "quantitative":
            assert [row[g] for g in LEVELS] == [entry["levels"][g]["proposed"] for g in LEVELS]


def test_the_list_on_the_site_and_the_page_of_each_indicator_are_those_of_the_file(folder, values):
    page = (folder / "site" / "indicators.html").read_text(encoding="utf-8")
    for item in QUANTITATIVE:
        row = page[page.index(f'<tr><th><a href="indicator-{item.id.replace("_", "-")}.html') :].split(
            "</tr>"
        )[0]
        assert tuple(map(unescape, re.findall(r"<b>([^<]*)</b>", row))) == values[item.name_zh]
        own = (folder / "site" / f"indicator-{item.id.replace('_', '-')}.html").read_text(encoding="utf-8")
        assert [value for value in values[item.name_zh] if f">{value}<" not in own] == []


def test_word_and_the_page_print_the_weights_of_the_file(folder, entries):
    table = Document(str(folder / "standard.docx")).tables[0]
    printed = {bare(row.cells[2].text): row.cells[4].text for row in table.rows[1:]}
    page = (folder / "site" / "weights.html").read_text(encoding="utf-8")
    for item in SYSTEM.indicators:
        assert float(printed[item.name_zh]) == pytest.approx(entries[item.id]["weight"], abs=5e-13)
        assert f">{printed[item.name_zh]}<" in page


def test_counts_and_shares_of_plants_are_those_of_the_file(folder, entries):
    head, *rows = openpyxl.load_workbook(folder / "proposal.xlsx")["proposal 拟定值"].iter_rows(
        values_only=True
    )
    sheet = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    reasons = next(
        table
        for table in Document(str(folder / "explanation.docx")).tables
        if table.rows[0].cells[-1].text == "理由"
    )
    told = [row.cells[4].text.replace("\u00a0", " ") for row in reasons.rows[1:-1]]  # below them, the signs
    index = (folder / "site" / "index.html").read_text(encoding="utf-8")
    counted = []
    for item in QUANTITATIVE:
        entry, own = entries[item.id], f"indicator-{item.id.replace('_', '-')}.html"
        page = (folder / "site" / own).read_text(encoding="utf-8")
        row = index[index.index(f'<tr><th><a href="{own}') :].split("</tr>")[0]
        assert row.endswith(f">{shares_text(entry['levels'][g]['attainment'] for g in LEVELS)}</td>")
        for g in LEVELS:
            count, share = entry["levels"][g]["attained"], entry["levels"][g]["attainment"]
            assert f">{count} / {entry['n']} ({percent(share)})<" in page
            assert sheet[item.id][f"reached {g}"] == pytest.approx(share)
            counted.append(f"{count}/{entry['n']}（{percent(share)}）")
    assert told == counted
