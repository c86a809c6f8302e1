"""A figure of made-up plants or experts says so at its foot, in both languages; one of real ones says nothing."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from drawn_texts import texts
from test_figures_claims import all_figures
from test_figures_vector import drawn
from test_figures_vector import texts as texts_of_svg

from methodology.figures import made_up, name_made_up
from methodology.figures.canvas import MADE_UP_LINE, WIDEST_SHEET, ClaimFigure
from methodology.figures.made_up import EXPERTS, PLANTS, made_up_line, saying
from methodology.findings.drawn import PAPER
from methodology.indicators.words import SYNTHETIC

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
BOTH = made_up_line({"synthetic": True}, {"synthetic": True})


def said(figure: ClaimFigure) -> list[str]:
    """What both pictures and both drawings of a figure say of made-up data."""
    pictures = [one.text for other in ("zh", "en") for one in texts_of_svg(figure.told(other).svg())]
    return [text for text in (*pictures, *texts(figure)) if text and SYNTHETIC in text]


@pytest.mark.parametrize(
    ("plants", "experts", "named"),
    [(True, False, [PLANTS]), (False, True, [EXPERTS]), (True, True, [PLANTS, EXPERTS])],
)
def test_a_figure_names_each_ingredient_that_is_made_up_and_no_other(plants, experts, named):
    with saying(made_up_line({"synthetic": plants}, {"synthetic": experts})):
        found = said(drawn())
    assert len(found) == 3
    assert all([name for name in (PLANTS, EXPERTS) if name in text] == named for text in found)


@pytest.mark.parametrize("panel", [None, {}, {"synthetic": False}])
def test_a_figure_of_real_plants_and_experts_is_the_one_without_any_line(panel):
    plain = drawn()
    with saying(made_up_line({"synthetic": False}, panel)):
        real = drawn()
    assert said(real) == []
    assert (real.png(), real.svg()) == (plain.png(), plain.svg())


def test_what_a_cell_of_a_notebook_names_stands_in_the_figures_of_the_next(monkeypatch):
    monkeypatch.setattr(made_up, "_of_the_process", "")

    async def cell(work):
        return work()

    async def notebook():
        await asyncio.create_task(cell(lambda: name_made_up({"synthetic": True}, {"synthetic": False})))
        return await asyncio.create_task(cell(drawn))

    assert len(said(asyncio.run(notebook()))) == 3
    name_made_up({"synthetic": False})
    assert said(drawn()) == []


def test_the_other_language_of_a_figure_bears_its_line_whenever_it_is_drawn():
    with saying(BOTH):
        figure = drawn()
    assert len(said(figure)) == 3


@pytest.fixture(scope="module")
def pairs():
    """Each figure without the line and with it, as wide as in notebooks and as on paper."""
    made = []
    for width in (WIDEST_SHEET.get(), PAPER):
        before = WIDEST_SHEET.set(width)
        plain = all_figures()
        with saying(BOTH):
            made += [(name, plain[name], marked) for name, marked in all_figures().items()]
        WIDEST_SHEET.reset(before)
    return made


def drawn_parts(figure):
    """The line at the foot, and where everything else of a figure is drawn, in inches from its top."""
    figure.png()
    renderer = figure.canvas.get_renderer()
    (line,) = [text for text in figure.texts if SYNTHETIC in text.get_text()] or [None]
    parts = [*figure.axes, *figure.legends, *(part for part in (figure._suptitle, figure._supxlabel) if part)]
    boxes = [part.get_tightbbox(renderer) for part in parts]
    high = figure.bbox.height
    return line, [((high - box.y1) / figure.dpi, (high - box.y0) / figure.dpi) for box in boxes]


def test_the_line_stands_below_all_else_inside_the_figure_and_moves_nothing(pairs):
    for name, plain, marked in pairs:
        line, parts = drawn_parts(marked)
        _, before = drawn_parts(plain)
        box = line.get_window_extent(marked.canvas.get_renderer())
        top = (marked.bbox.height - box.y1) / marked.dpi
        assert max(foot for _, foot in parts) <= top, name
        assert box.x1 < marked.bbox.x1, name
        assert box.y0 > 0, name
        assert marked.get_figheight() == pytest.approx(plain.get_figheight() + MADE_UP_LINE), name
        shifts = [
            abs(a - b) for one, two in zip(parts, before, strict=True) for a, b in zip(one, two, strict=True)
        ]
        assert max(shifts) <= 0.03, name


def test_the_line_stays_clear_of_all_else_where_a_figure_loses_its_title(pairs):
    for name, _, marked in pairs:
        if marked.get_layout_engine() is None:
            continue
        line, parts = drawn_parts(marked.untitled())
        box = line.get_window_extent(marked.canvas.get_renderer())
        # an emptied title has no room of its own
        assert max(foot for _, foot in parts) <= (marked.bbox.height - box.y1) / marked.dpi, name


def test_the_line_can_be_read_on_screen_and_on_paper():
    with saying(BOTH):
        figure = drawn()
    (line,) = [text for text in figure.texts if SYNTHETIC in text.get_text()]
    assert line.get_fontsize() >= 9


def cells_of(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


OF_NO_PLANT = {"method_coverage"}
"""Draws what simulations of methods say."""


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_names_what_is_made_up_before_its_first_figure(path):
    first = re.search(r"\b(?:series_)?figures\.(\w+)\(", "\n".join(cells_of(path)))
    assert (first[1] == "name_made_up") == (path.stem not in OF_NO_PLANT)
