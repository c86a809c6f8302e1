"""Texts of a figure as pictures that are kept: written glyph by glyph anew they take half of its time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font, LoadFlags

from methodology.figures.glyphs import use_own_fonts

SUBPIXELS = 64
"""Lengths of fonts come in these parts of a pixel."""


class Canvas(FigureCanvasAgg):
    """A canvas whose texts are measured and drawn once each, however often and in however many figures they stand."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self._own = _Renderer(*self.get_width_height(physical=True), figure.dpi)

    def get_renderer(self) -> RendererAgg:
        """Give the one renderer: the size of the figure does not change."""
        return self._own


class _Renderer(RendererAgg):
    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> Any:
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        return text_measures(s, prop, self.dpi)

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        *more: Any,
        **named: Any,
    ) -> None:
        if angle or named.get("ismath") or any(more[:1]):
            return super().draw_text(gc, x, y, s, prop, angle, *more, **named)
        _, covered, (right, down) = _written(s, *_font(prop, self.dpi))
        *colour, opacity = gc.get_rgb()
        picture = np.empty((*covered.shape, 4), dtype=np.uint8)
        picture[..., :3] = np.round(np.multiply(colour, 255))
        picture[..., 3] = covered * opacity
        foot = round(y) - down + len(covered)
        return self.draw_image(gc, round(x - right), self.height - foot, picture[::-1])

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        """Matplotlib asks for it where it is there, and reads the tables of the font for every text where not."""
        return line_metrics(prop, self.dpi)


def text_measures(text: str, prop: FontProperties, dpi: float) -> tuple[float, float, float]:
    """Width, height and descent of one line in pixels."""
    return _written(text, *_font(prop, dpi))[0]


def line_metrics(prop: FontProperties, dpi: float) -> tuple[float, float, float]:
    """Ascent, descent and gap of a line in pixels."""
    return _line(*_font(prop, dpi))


def _font(prop: FontProperties, dpi: float) -> tuple[tuple[str, ...], Any, float, float]:
    return tuple(prop.get_family()), prop.get_weight(), prop.get_size_in_points(), dpi


@lru_cache(maxsize=64)
def _files(families: tuple[str, ...], weight: Any) -> list[Any]:
    use_own_fonts()
    return [findfont(FontProperties(family=[name], weight=weight)) for name in families]


def _set(text: str, families: tuple[str, ...], weight: Any, size: float, dpi: float) -> FT2Font:
    font = get_font(_files(families, weight))
    font.clear()
    font.set_size(size, dpi)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return font


@lru_cache(maxsize=256)
def _blank(families: tuple[str, ...], weight: Any, size: float, dpi: float) -> float:
    return _set(" ", families, weight, size, dpi).get_width_height()[0] / SUBPIXELS


@lru_cache(maxsize=4096)
def _written(
    text: str, families: tuple[str, ...], weight: Any, size: float, dpi: float
) -> tuple[tuple[float, float, float], np.ndarray, tuple[float, int]]:
    """
    Width, height and descent of a text, how far it covers each pixel, and where in that picture the text begins.

    A blank goes before it: glyphs that reach to the left of where the text begins would be moved by a pixel.
    """
    blank = _blank(families, weight, size, dpi)
    font = _set(f" {text}", families, weight, size, dpi)
    width, height = (length / SUBPIXELS for length in font.get_width_height())
    descent = font.get_descent() / SUBPIXELS
    font.draw_glyphs_to_bitmap(antialiased=True)
    return (width - blank, height, descent), font.get_image().copy(), (blank, int(height - descent) + 1)


@lru_cache(maxsize=256)
def _line(families: tuple[str, ...], weight: Any, size: float, dpi: float) -> tuple[float, float, float]:
    """Ascent, descent and gap of a line in pixels, as the first of the fonts states them."""
    font = get_font(_files(families, weight))
    table: Any = font.get_sfnt_table("OS/2")
    scale = size * dpi / 72 / font.units_per_EM
    return table["sTypoAscender"] * scale, -table["sTypoDescender"] * scale, table["sTypoLineGap"] * scale
