"""Texts kept as pictures stand where matplotlib would have written them."""

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from methodology.figures.glyphs import FAMILIES
from methodology.figures.writing import Canvas

pytestmark = pytest.mark.usefixtures("unhinted")
TEXTS = ["Coke ratio incl. nut coke*", "5.25 | 6.5  kg/t", "热风温度 in °C", "two\nlines", "gjpqy"]


@pytest.fixture
def unhinted():
    """Write as the house style does."""
    with rc_context({"text.hinting": "none", "text.parse_math": False}):
        yield


def inked(kind, text: str, **look) -> np.ndarray:
    """How dark each pixel is."""
    figure = Figure(figsize=(3.013, 1.507), dpi=150)
    figure.text(0.1, 0.3, text, fontfamily=FAMILIES, **look)
    canvas = kind(figure)
    canvas.draw()
    return 255.0 - np.asarray(canvas.buffer_rgba())[..., 0]


@pytest.mark.parametrize(
    "look", [{"fontsize": 7.5}, {"fontsize": 11, "fontweight": "bold"}, {"rotation": 90}]
)
@pytest.mark.parametrize("text", TEXTS)
def test_a_kept_text_stands_within_half_a_pixel_of_where_matplotlib_writes_it(text, look):
    ours, theirs = inked(Canvas, text, **look), inked(FigureCanvasAgg, text, **look)
    assert ours.shape == theirs.shape
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.05)
    for axis in (0, 1):
        places = np.arange(ours.shape[1 - axis])
        ours_at, theirs_at = (np.average(places, weights=ink.sum(axis=axis)) for ink in (ours, theirs))
        assert ours_at == pytest.approx(theirs_at, abs=0.51)


def test_a_text_measures_what_matplotlib_measures_but_for_the_side_of_its_first_letter():
    figure = Figure(dpi=120)
    text = figure.text(0.1, 0.3, "\n".join(TEXTS), fontfamily=FAMILIES, fontsize=8)
    boxes = [text.get_window_extent(kind(figure).get_renderer()).bounds for kind in (Canvas, FigureCanvasAgg)]
    assert boxes[0] == pytest.approx(boxes[1], abs=1.5)


@pytest.mark.parametrize(
    "look", [{"color": (0.2, 0.9, 0.1), "alpha": 0.5}, {"color": (0.2, 0.9, 0.1, 0.5)}, {"color": "#339911"}]
)
def test_colour_and_opacity_of_a_text_are_kept(look):
    look = {"fontsize": 30, **look}
    ours, theirs = inked(Canvas, "█", **look), inked(FigureCanvasAgg, "█", **look)
    assert ours.max() == pytest.approx(theirs.max(), abs=2)
