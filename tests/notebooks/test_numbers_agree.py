"""Every value and weight is the same number on the page, in Word, in the workbook and in the file for machines."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from shipped import ROOT

from methodology.findings.contents import PROMISES
from methodology.forms.comments import described
from methodology.indicators.display import benchmark, number, percent, unit_text
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
def document(folder) -> dict:
    return json.loads((folder / "proposal.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def entries(document) -> dict[str, dict]:
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


def row_of(page: str, item) -> str:
    """The first row of a page that begins with the name of an indicator."""
    return re.search(rf'<tr[^>]*><th><a href="indicator-{item.id.replace("_", "-")}\.html.*?(?=</tr>)', page)[
        0
    ]


def plain(html: str) -> str:
    """Text of a part of a page in both languages, a blank between elements."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def sheet_of(folder: Path, start: str) -> list[tuple]:
    book = openpyxl.load_workbook(folder / "proposal.xlsx")
    (name,) = (name for name in book.sheetnames if name.startswith(start))
    return list(book[name].iter_rows(values_only=True))


def word_table(path: Path, *heads: str) -> list[list[str]]:
    """Rows of the table of a document that has these heads."""
    tables = [[[cell.text for cell in row.cells] for row in t.rows] for t in Document(str(path)).tables]
    (found,) = (table for table in tables if set(heads) <= set(table[0]))
    return [[cell.replace("\u00a0", " ") for cell in row] for row in found[1:]]


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
        row = row_of(page, item)
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
        row = row_of(index, item)
        assert row.endswith(f">{shares_text(entry['levels'][g]['attainment'] for g in LEVELS)}</td>")
        for g in LEVELS:
            count, share = entry["levels"][g]["attained"], entry["levels"][g]["attainment"]
            assert f">{count} / {entry['n']} ({percent(share)})<" in page
            assert sheet[item.id][f"reached {g}"] == pytest.approx(share)
            counted.append(f"{count}/{entry['n']}（{percent(share)}）")
    assert told == counted


def test_the_annex_the_sheet_that_evaluates_the_explanation_and_the_comment_form_print_the_same_values(
    folder, document, values
):
    annex = {row[2].rstrip("*"): row[5:8] for row in word_table(folder / "standard.docx", "Group weight")}
    score = {bare(row[1]): tuple(map(bare, row[4:7])) for row in sheet_of(folder, "评价") if row[1]}
    told = word_table(folder / "explanation.docx", "拟定值", "理由")
    forms = described(document, 1, "0" * 64).clauses
    for place, item in enumerate(QUANTITATIVE):
        wanted = values[item.name_zh]
        assert tuple(map(bare, annex[item.name_en])) == wanted == score[item.name_zh]
        assert tuple(row[3] for row in told[3 * place : 3 * place + 3]) == wanted
        form = forms[f"{item.name_zh} {item.name_en}"]
        assert form == tuple(f"{value} {unit_text(item.unit)}" for value in wanted)


def test_weights_of_groups_and_of_indicators_are_the_same_sums_everywhere(folder, entries):
    sheet = {row[1]: row for row in sheet_of(folder, "weights")[1:]}
    score = {bare(row[1]): row[3] for row in sheet_of(folder, "评价") if row[1]}
    chinese = {bare(row[2]): row for row in word_table(folder / "standard.docx", "一级指标权重值")}
    english = {row[2].rstrip("*"): row for row in word_table(folder / "standard.docx", "Group weight")}
    index = (folder / "site" / "index.html").read_text(encoding="utf-8")
    for group in SYSTEM.groups:
        members = [item for item in SYSTEM.indicators if item.group == group.id]
        total = sum(Decimal(repr(entries[item.id]["weight"])) for item in members)
        page = (folder / "site" / f"group-{group.id}.html").read_text(encoding="utf-8")
        lead = re.search(r'<p class="lead">(.*?)</p>', page)[1]
        assert total in map(Decimal, re.findall(r"(?<!\S)0\.\d+", plain(lead)))
        assert total in map(Decimal, re.findall(r"<b>(0\.\d+)</b>", index))
        for item in members:
            own, word = str(Decimal(repr(entries[item.id]["weight"]))), chinese[item.name_zh]
            assert Decimal(word[1]) == Decimal(english[item.name_en][1]) == total
            assert Decimal(word[4]) == Decimal(english[item.name_en][4]) == Decimal(own)
            assert (sheet[item.id][4], sheet[item.id][5]) == (float(own), pytest.approx(float(total)))
            assert score[item.name_zh] == float(own)
            for row in (row_of(index, item), row_of(page, item)):
                assert Decimal(own) in map(Decimal, re.findall(r">(0\.\d{3})<", row))


def test_intervals_and_calibrated_values_are_those_of_the_file_and_stand_in_the_internal_set_alone(
    folder, entries
):
    head, *rows = sheet_of(folder, "proposal")
    sheet = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    index = (folder / "site" / "index.html").read_text(encoding="utf-8")
    for item in QUANTITATIVE:
        page = (folder / "site" / f"indicator-{item.id.replace('_', '-')}.html").read_text(encoding="utf-8")
        ends = re.findall(r"<small>([^<]* - [^<]*)</small>", row_of(index, item))
        known, bounds = [], plain(page.partition('id="bounds"')[2].partition("<h2")[0])
        for level in LEVELS:
            told = entries[item.id]["levels"][level]
            low, high = (number(told[side]) for side in ("lower", "upper"))
            if folder.name == "public":
                assert (told["calibrated"], low, high) == (None, "–", "–")
                continue
            assert [sheet[item.id][f"{name} {level}"] for name in ("calibrated", "lower", "upper")] == [
                told[name] for name in ("calibrated", "lower", "upper")
            ]
            assert f">{number(told['calibrated'])}<" in page
            known += [f"{low} - {high}".replace("–", "…")] if {low, high} != {"–"} else []
            assert all(end == "–" or end in bounds for end in (low, high))
        assert ends == known


def test_shares_of_the_whole_standard_are_those_of_the_file(folder, document):
    told, promise = document["joint_attainment"], PROMISES[document["promise"]]
    whole = [percent(told[level]) for level in LEVELS]
    assert [document["joint_plants"][level] / document["plants"] for level in LEVELS] == pytest.approx(
        [told[level] for level in LEVELS]
    )
    index = (folder / "site" / "index.html").read_text(encoding="utf-8")
    verdict = plain(re.search(r'<div class="verdict">(.*?)</div>', index)[1])
    assert f"{'、'.join(whole)}" in verdict
    assert ", ".join(whole) in verdict
    bar = re.search(r'<div class="level-bar">(.*?)</div>', index)[1]
    shown = [float(share) for share in re.findall(r"flex-grow:([\d.]+)", bar)]
    parts = [told["I"], told["II"] - told["I"], told["III"] - told["II"], 1 - told["III"]]
    assert shown == pytest.approx([part for part in parts if part > 0], abs=1e-4)
    explained = word_table(folder / "explanation.docx", "取法", "拟达比例")
    own = [row for row in explained if row[0].startswith(f"{promise[0]}（本稿采用）")]
    head, *rows = sheet_of(folder, "promises")
    at = next(place for place, name in enumerate(head) if name.startswith("整套标准达到"))
    assert [row[-1] for row in own] == whole == [row[at] for row in rows[:3]]
    assert [row[2] for row in own] == [percent(document["targets"][level]) for level in LEVELS]


def test_what_values_are_compared_with_is_the_same_number_on_the_page_in_word_and_in_the_workbook(
    folder, entries
):
    word = word_table(folder / "explanation.docx", "对标值")
    book = sheet_of(folder, "comparators")[1:]
    count = 0
    for item in QUANTITATIVE:
        page = (folder / "site" / f"indicator-{item.id.replace('_', '-')}.html").read_text(encoding="utf-8")
        compared = plain(page.partition('id="compared"')[2].partition("<h2")[0])
        own = [row for row in word if row[0] == bare(row[0]) == item.name_zh]
        for other in item.comparators:
            ends = other.value if isinstance(other.value, tuple) else (other.value,)
            said = [number(end) for end in ends]
            assert all(end in compared for end in said), (item.id, other.label)
            assert any(all(end in row[2] for end in said) for row in own), (item.id, other.label)
            found = [row for row in book if str(row[0]).startswith(item.name_zh)]
            assert any(all(end in str(row[4]) for end in said) for row in found), (item.id, other.label)
            count += 1
    assert count > 20
