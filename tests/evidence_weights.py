"""Weights read back from every document of a run, as a reader would add them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from pathlib import Path

import docx
import openpyxl

Weights = list[tuple[str, str, Decimal]]
"""Group, its printed sum ('' where none is printed), weight of one indicator."""


def of_word(folder: Path) -> Weights:
    """Table 1 of the draft: merged cells repeat the group, the last row holds the notes."""
    rows = [
        [cell.text for cell in row.cells]
        for row in docx.Document(str(folder / "standard.docx")).tables[0].rows
    ]
    return [(row[0], row[1], Decimal(row[4])) for row in rows[1:-1]]


def of_sheet(folder: Path, start: str, group: int | str, total: int | str, weight: int | str) -> Weights:
    """A sheet of the workbook, by names or numbers of columns; an empty group continues the one above."""
    book = openpyxl.load_workbook(folder / "proposal.xlsx")
    (name,) = (name for name in book.sheetnames if name.startswith(start))
    header, *rows = book[name].iter_rows(min_row=2 if start == "标准表" else 1, values_only=True)
    places = [
        header.index(column) if isinstance(column, str) and column else column
        for column in (group, total, weight)
    ]
    found: Weights = []
    for row in rows:
        if not isinstance(row[places[2]], int | float):
            continue
        own, told = row[places[0]], row[places[1]] if places[1] != "" else ""
        own, told = (own, told) if own else found[-1][:2]
        found.append((own, str(told or ""), Decimal(str(row[places[2]]))))
    return found


def of_json(folder: Path) -> Weights:
    """The file for machines."""
    made = json.loads((folder / "proposal.json").read_text(encoding="utf-8"), parse_float=Decimal)
    return [(entry["group"], "", entry["weight"]) for entry in made["indicators"]]


def of_page(folder: Path, page: str, kind: str) -> Weights:
    """A table of a page: rows in bold are groups."""
    text = (folder / "site" / page).read_text(encoding="utf-8")
    (table,) = re.findall(rf'<table class="cards {kind}[^"]*">(.*?)</table>', text, re.DOTALL)
    return list(_rows(table))


def _rows(table: str) -> Iterator[tuple[str, str, Decimal]]:
    group, total = "", ""
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table.split("</thead>")[1], re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        shown = [unescape(re.sub("<[^>]*>", "", cell)) for cell in cells]
        weight = next(cell for cell in shown[1:] if re.fullmatch(r"[01]\.\d+", cell))
        if "<b>" in cells[0]:
            group, total = shown[0], weight
        else:
            yield group, total, Decimal(weight)


def everywhere(run: Path) -> Iterator[tuple[str, Weights]]:
    """Every place of both sets that prints weights, with its name."""
    for which in ("public", "internal"):
        folder = run / which
        yield f"{which} Word", of_word(folder)
        yield f"{which} workbook, weights", of_sheet(folder, "weights", "group", "group_weight", "weight")
        yield f"{which} workbook, standard", of_sheet(folder, "标准表", 0, 1, 4)
        yield f"{which} workbook, proposal", of_sheet(folder, "proposal", "group", "", "weight")
        yield f"{which} JSON", of_json(folder)
        yield f"{which} front page", of_page(folder, "index.html", "values")
    yield "public page of weights", of_page(run / "public", "weights.html", "numbers")


def faults_of(weights: Weights) -> list[str]:
    """What does not add up."""
    found = [] if sum(weight for _, _, weight in weights) == 1 else ["the whole"]
    for group in dict.fromkeys(group for group, _, _ in weights):
        members = [(told, weight) for name, told, weight in weights if name == group]
        if members[0][0] and Decimal(members[0][0]) != sum(weight for _, weight in members):
            found.append(group)
    return found
