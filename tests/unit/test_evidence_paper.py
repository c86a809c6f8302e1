"""Word files as they lie on paper: rows that stay together, figures that can be read, pages without a stray heading."""

import io
import re
from dataclasses import replace

import docx
import numpy as np
import pytest
from docx.oxml.ns import qn
from docx.shared import Inches
from evidence_toys import toy_run, toy_tables
from PIL import Image
from printed_pages import needs_a_printer, page_faults, printed

from methodology import figures
from methodology.documents.explanation import write_explanation
from methodology.documents.standard import write_standard
from methodology.documents.word_parts import MOST_HELD, SHORT, Grid, table
from methodology.documents.word_styles import new_document
from methodology.figures.canvas import MADE_UP_LINE
from methodology.figures.made_up import EXPERTS, PLANTS
from methodology.findings.contents import RunContents, read_run
from methodology.findings.drawn import PAPER, TALLEST, draw
from methodology.indicators.words import SYNTHETIC

RUN = toy_tables()
TOY_NAMES = ("the limit", "the old value")
"""Comparators of the toy system, which are named in English alone."""


@pytest.fixture(scope="module")
def contents(tmp_path_factory) -> RunContents:
    made = read_run(toy_run(tmp_path_factory.mktemp("runs") / "toy-run"), RUN.system)
    return made.public(lambda *_: False)


@pytest.fixture(scope="module")
def drawn(contents):
    return draw(contents, lambda *_: None)


def held(grid: Grid) -> list[bool]:
    """Whether each row stays on the page of the next."""
    rows = table(new_document(), grid).findall(qn("w:tr"))
    return [
        all(one.find(f".//{qn('w:keepNext')}") is not None for one in row.findall(qn("w:tc"))) for row in rows
    ]


def test_rows_of_one_thing_stay_together_and_the_last_with_the_notes():
    rows = [["a", "1" * SHORT], [None, "2"], [None, "3"], ["b", "1"], [None, "2"], ["c", "1"]]
    grid = Grid(("name", "level"), rows, (1, 1), notes=["* a note"])
    assert held(grid) == [True, True, True, False, True, False, True, False]
    assert held(Grid(("name", "level"), rows, (1, 1)))[-1] is False


def test_a_small_table_of_short_rows_is_not_parted():
    rows = [["a", "1"], ["b", "2"], ["c", "3"]]
    assert held(Grid(("name", "level"), rows, (1, 1))) == [True, True, True, False]
    assert held(Grid(("name", "level"), rows, (1, 1), notes=["* a note"])) == [True, True, True, True, False]
    assert not any(held(Grid(("name", "level"), rows * MOST_HELD, (1, 1)))[1:])


def test_what_is_longer_than_a_page_may_part_and_a_table_may_be_empty():
    long = [["a", "1"], *[[None, "2"]] * MOST_HELD]
    assert held(Grid(("name", "level"), long, (1, 1))) == [True, *[False] * len(long)]
    assert held(Grid(("name", "level"), [], (1, 1))) == [True]


def test_no_letter_of_a_figure_is_printed_below_seven_points(contents, drawn):
    path = write_explanation(contents, drawn, contents.folder / "explanation.docx")
    shown = docx.Document(str(path)).inline_shapes
    widths = {round(shape.width / Inches(1), 2) for shape in shown}
    assert widths
    for figure in drawn.values():
        letters = [float(size) for size in re.findall(r'font-size="([\d.]+)"', figure.svg.decode())]
        assert min(letters) * min(widths) / figure.inches >= 7
        assert figure.inches <= PAPER


def test_the_parts_of_a_tall_figure_are_the_figure_and_none_is_half_a_page(drawn):
    tall = figures.weights_spread(RUN.weights, RUN.system)
    whole = np.asarray(Image.open(io.BytesIO(tall.png())).convert("RGB"))
    parts = [np.asarray(Image.open(io.BytesIO(part)).convert("RGB")) for part in tall.slices(1.0)]
    assert len(parts) > 1
    assert np.array_equal(np.concatenate(parts), whole)
    for figure in drawn.values():
        for part in figure.parts:
            with Image.open(io.BytesIO(part)) as picture:
                assert picture.height / picture.info["dpi"][1] <= 2 * TALLEST


def test_figures_of_pages_and_of_word_name_what_is_made_up_and_those_of_real_plants_are_lower_by_that_line(
    contents, drawn
):
    real = draw(replace(contents, about={"synthetic": False}), lambda *_: None)
    assert len(drawn) == len(real) > 2
    for name, figure in drawn.items():
        for svg, other in ((figure.svg, real[name].svg), (figure.svg_en, real[name].svg_en)):
            assert f"{SYNTHETIC}：{PLANTS}" in svg.decode()
            assert EXPERTS not in svg.decode()
            assert SYNTHETIC not in other.decode()
        grown = inches_of(figure.parts) - inches_of(real[name].parts)
        assert grown == pytest.approx(MADE_UP_LINE, abs=0.02)


def inches_of(parts: tuple[bytes, ...]) -> float:
    """How high the parts of a figure stand below one another."""
    pictures = [Image.open(io.BytesIO(part)) for part in parts]
    return sum(picture.height / picture.info["dpi"][1] for picture in pictures)


def test_a_figure_without_rows_is_in_one_piece_for_a_cut_would_go_through_its_scale(drawn):
    assert {name for name, figure in drawn.items() if len(figure.parts) > 1} <= {"weights", "values"}


def test_per_cent_stays_on_the_line_of_its_number(contents, drawn):
    path = write_explanation(contents, drawn, contents.folder / "explanation.docx")
    told = [node.text for node in docx.Document(str(path)).element.body.iter(qn("w:t")) if node.text]
    assert any("\u00a0%" in text for text in told)
    assert not [text for text in told if re.search(r"\d %", text)]


@needs_a_printer
def test_no_printed_page_is_short_ends_with_a_heading_or_leaves_chinese(contents, drawn, tmp_path):
    for path in (
        write_standard(contents, tmp_path / "standard.docx"),
        write_explanation(contents, drawn, tmp_path / "explanation.docx"),
    ):
        found = [
            fault for fault in page_faults(path, tmp_path) if not any(name in fault[2] for name in TOY_NAMES)
        ]
        assert found == []


@needs_a_printer
def test_a_printed_list_of_contents_has_the_pages_of_its_chapters_and_the_foreword_its_own(
    contents, tmp_path
):
    made = printed(write_standard(contents, tmp_path / "standard.docx"), tmp_path)
    assert made[1].lines[0] == "目次"
    assert made[2].lines[0] == "前言"
    listed = dict(re.findall(r"(?m)^(.*?) ?\.{4,} ?(\S+)$", "\n".join(made[1].lines)))
    assert listed.pop("前言") == "Ⅱ"
    body = made[3:]
    assert {place: body[int(page) - 1] for place, page in listed.items()}
    for title, page in listed.items():
        words = title.split()
        assert any(
            line.split()[: len(words)] == words or line == words[-1] for line in body[int(page) - 1].lines
        ), title


@needs_a_printer
def test_what_is_wrong_on_a_page_is_seen(tmp_path):
    document = new_document()
    document.add_paragraph("目次", style="Unlisted")
    document.add_paragraph("重大分歧", style="Heading 1")
    document.add_paragraph("数据来源见下。 The values are made up.").paragraph_format.page_break_before = True
    document.add_paragraph("末页").paragraph_format.page_break_before = True
    document.save(str(tmp_path / "wrong.docx"))
    assert list(page_faults(tmp_path / "wrong.docx", tmp_path)) == [
        (1, "ends with a heading", "1 重大分歧"),
        (1, "is less than a third full", "1 重大分歧"),
        (2, "is less than a third full", "数据来源见下。 The values are made up."),
        (2, "is not in Chinese", "数据来源见下。 The values are made up."),
    ]
