"""Word files as they lie on paper: rows that stay together, figures that can be read, pages without a stray heading."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import numpy as np
import pytest
from docx.oxml.ns import qn
from docx.shared import Inches
from evidence_toys import toy_run, toy_tables
from PIL import Image

from methodology import figures
from methodology.documents.explanation import write_explanation
from methodology.documents.standard import write_standard
from methodology.documents.word_parts import MOST_HELD, Grid, table
from methodology.documents.word_styles import new_document
from methodology.figures.canvas import MADE_UP_LINE
from methodology.figures.made_up import EXPERTS, PLANTS
from methodology.findings.contents import RunContents, read_run
from methodology.findings.drawn import PAPER, TALLEST, draw
from methodology.indicators.words import SYNTHETIC

RUN = toy_tables()
HEADING = re.compile(r"^(?:\d+(?:\.\d+)*\s+\S{2,20}|附录\s?[A-H]|表\s?\d+　.*)$")


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
    rows = [["a", "1"], [None, "2"], [None, "3"], ["b", "1"], [None, "2"], ["c", "1"]]
    grid = Grid(("name", "level"), rows, (1, 1), notes=["* a note"])
    assert held(grid) == [True, True, True, False, True, False, True, False]
    assert held(Grid(("name", "level"), rows, (1, 1)))[-1] is False


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


def printed(home: Path, *paths: Path) -> None:
    """Have LibreOffice print documents into a folder; it is started once."""
    where = f"-env:UserInstallation={home.as_uri()}"
    command = ["soffice", "--headless", where, "--convert-to", "pdf", "--outdir", str(home), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def pages(path: Path) -> list[list[str]]:
    """Lines of every printed page, without what stands in header and footer."""
    told = subprocess.run(
        ["pdftotext", "-layout", str(path.with_suffix(".pdf")), "-"], check=True, capture_output=True
    ).stdout.decode()
    found = [[line.strip() for line in page.splitlines() if line.strip()] for page in told.split("\f")]
    return [[line for line in page if not re.fullmatch(r"[\dIVX]+", line)] for page in found if page]


@pytest.mark.skipif(
    shutil.which("soffice") is None or shutil.which("pdftotext") is None,
    reason="no LibreOffice to print with",
)
def test_no_printed_page_is_empty_or_ends_with_a_heading(contents, drawn, tmp_path):
    paths = (
        write_standard(contents, tmp_path / "standard.docx"),
        write_explanation(contents, drawn, tmp_path / "explanation.docx"),
    )
    printed(tmp_path, *paths)
    for path in paths:
        made = pages(path)
        assert len(made) > 3
        for place, page in enumerate(made):
            assert len(page) > 3 or any(line.startswith("图") for line in page), (path.name, place)
            assert not HEADING.match(page[-1]), (path.name, place, page[-1])
