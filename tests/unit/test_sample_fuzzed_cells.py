"""Tables of drawn cells are read as a plain reader reads them, or refused: nothing is silently another number."""

from __future__ import annotations

import csv
import io
import random
import re

import openpyxl
import pytest
import xlsxwriter
from sample_toys import toy_system

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.sample import load
from methodology.spreadsheets import calamine_process, workbooks

SYSTEM = toy_system()
COLUMNS = ("process_energy", "dust", "slag_use", "furnace_class")
HEADERS = {
    "process_energy": ("process_energy", "工序能耗", "process_energy [kgce/t]", "工序能耗（千克标准煤／吨）"),
    "dust": ("dust", "指标dust", "DUST", "dust [mg/m3]"),
    "slag_use": ("slag_use [%]", "Slag use (%)", "指标slag_use[百分比]"),
    "furnace_class": ("furnace_class", "Furnace class"),
}
BAD = (
    *(
        "1,385",
        "12,5",
        "ND",
        "未检出",
        "0.5L",
        "≤3",
        ">5",
        "2024-03-12",
        "3月12日",
        "380~390",
        "约400",
        "#DIV/0!",
        "=A1",
    ),
    *(
        "TRUE",
        "inf",
        "NaN",
        "1e400",
        "1e-400",
        "1.2.3",
        "١٢",
        "1 234",
        "4.7²",
        "none at all",
        "<script>",
        "-",
        "/",
    ),
    *(
        "<-1",
        "<0",
        "< ",
        "12.5 mg",
        "35‰",
        "x" * 300,
        "\u202e12",
        "1٫5",
        "½",
        "--",
        "+-3",
        "0x10",
        "1_000",
        "1'000",
    ),
)
WIDE = str.maketrans("0123456789.<", "０１２３４５６７８９．＜")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")
SAYS_BOTH = ("can be read as", "of the other rows", "merged", "looks")


def good_cell(rng, name):
    """A cell that must be read, as text."""
    if name == "furnace_class":
        return rng.choice(["I", "II", "Ⅲ", "none", "n/a", "", "一级", "2"])
    kind = rng.random()
    if kind < 0.08:
        return rng.choice(["", " ", "\u3000"])
    if kind < 0.14:
        return rng.choice(["n/a", "不适用", "N/A"])
    value = {
        "process_energy": rng.uniform(250, 560),
        "dust": 10 ** rng.uniform(-3, 3),
        "slag_use": rng.uniform(2, 120),
    }
    text = f"{value[name]:.{rng.choice([1, 2, 4])}f}" if rng.random() < 0.8 else str(round(value[name]) + 1)
    text = f"<{text}" if name == "dust" and rng.random() < 0.2 and float(text) > 0 else text
    text = f"{text}%" if name == "slag_use" and rng.random() < 0.1 else text
    text = text.translate(WIDE) if rng.random() < 0.2 else text
    return f" {text} " if rng.random() < 0.1 else text


def plainly(cell, name):
    """State and number of a cell, in the plainest way; None where nothing may be read."""
    text = "" if cell is None else str(cell)
    text = text.translate(str.maketrans("０１２３４５６７８９．＜％", "0123456789.<%")).strip(" \u3000")
    if text == "":
        return CellState.NOT_REPORTED, None
    if text.lower() in ("n/a", "na", "不适用"):
        return CellState.NOT_APPLICABLE, None
    if name == "furnace_class":
        levels = {"I": 1, "II": 2, "Ⅲ": 3, "none": 4, "一级": 1, "2": 2, "2.0": 2}
        return (CellState.MEASURED, levels[text]) if text in levels else None
    below, text = text.startswith("<"), text.removeprefix("<").strip()
    text = text.removesuffix("%") if name == "slag_use" else text
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", text, re.ASCII):
        return None
    if below and float(text) <= 0:
        return None
    return (CellState.BELOW_LIMIT if below else CellState.MEASURED), float(text)


def drawn(rng):
    """Header, rows, and whether a cell among them must not be read."""
    columns = rng.sample(COLUMNS, len(COLUMNS))
    header = [rng.choice(("plant", "企业", "企业名称")), *(rng.choice(HEADERS[name]) for name in columns)]
    rows = [[f"P{n:02d}", *(good_cell(rng, name) for name in columns)] for n in range(rng.randint(3, 25))]
    bad = rng.randint(1, 3) if rng.random() < 0.5 else 0
    for _ in range(bad):
        row, at = rng.randrange(len(rows)), rng.randrange(1, 5)
        rows[row][at] = rng.choice(BAD)
    hold = any(
        plainly(cell, name) is None for row in rows for cell, name in zip(row[1:], columns, strict=True)
    )
    return columns, header, rows, hold


def as_csv(rng, path, header, rows):
    encoding, delimiter = rng.choice(ENCODINGS), rng.choice(",;\t")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=rng.choice(["\n", "\r\n"]))
    writer.writerows([*[["某省调查表", *[""] * 4]] * rng.randint(0, 2), header, *rows])
    path = path / "plants.csv"
    path.write_bytes(text.getvalue().encode(encoding, errors="replace"))
    again = path.read_bytes().decode(encoding)
    return path, [
        row for row in csv.reader(io.StringIO(again), delimiter=delimiter) if row and row[0][:1] == "P"
    ]


def as_workbook(rng, path, header, rows, columns):
    """Numbers as numbers, texts as texts, percentages as formats."""
    path = path / "plants.xlsx"
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False})
    sheet, percent = book.add_worksheet(), book.add_format({"num_format": "0.00%"})
    for row, cells in enumerate([header, *rows]):
        for at, cell in enumerate(cells):
            number = re.fullmatch(r"\d+\.\d+", cell) if row and at else None
            if number and columns[at - 1] == "slag_use" and rng.random() < 0.3:
                sheet.write_number(row, at, float(cell) / 100, percent)
            elif number and rng.random() < 0.7:
                sheet.write_number(row, at, float(cell))
            else:
                sheet.write_string(row, at, cell)
    book.close()
    read = openpyxl.load_workbook(path).active
    again = [
        [
            round(c.value * 100, 10)
            if "%" in c.number_format and isinstance(c.value, int | float)
            else c.value
            for c in row
        ]
        for row in read.iter_rows(min_row=2, max_col=5)
    ]
    return path, again


def fuzz(folder, cells, seed):
    rng, read, refused = random.Random(seed), 0, 0
    while read < cells:
        columns, header, rows, bad = drawn(rng)
        if rng.random() < 0.3:
            path, again = as_workbook(rng, folder, header, rows, columns)
        else:
            path, again = as_csv(rng, folder, header, rows)
        read += 4 * len(rows)
        try:
            loaded = load(path, SYSTEM)
            problems = list(loaded.problems)
        except DataError as fault:
            problems = [fault]
        if problems:
            refused += 1
            assert bad or all(any(word in str(p) for word in SAYS_BOTH) for p in problems), (
                seed,
                problems,
                rows,
            )
            continue
        assert not bad, (seed, rows)
        sample = loaded.sample
        assert list(sample.plants) == [row[0] for row in again]
        for row in again:
            for name, cell in zip(columns, row[1:], strict=True):
                state, number = plainly(cell, name)
                assert sample.states.loc[row[0], name] == state, (seed, name, cell)
                if number is not None:
                    assert sample.values.loc[row[0], name] == pytest.approx(number, rel=1e-9), (
                        seed,
                        name,
                        cell,
                    )
    return refused


@pytest.fixture
def in_process(monkeypatch):
    """Thousands of interpreters take an hour; the process apart has tests of its own."""
    monkeypatch.setattr(
        workbooks,
        "answers",
        lambda contents: [workbooks.json.loads(calamine_process.answer(content)) for content in contents],
    )


def test_two_thousand_drawn_cells_are_read_as_they_stand_or_refused(tmp_path, in_process):
    assert fuzz(tmp_path, 2_000, 20261128)


@pytest.mark.slow
def test_a_hundred_thousand_drawn_cells_are_read_as_they_stand_or_refused(tmp_path, in_process):
    assert fuzz(tmp_path, 100_000, 1)
