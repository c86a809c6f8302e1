"""A figure as SVG: its texts stay texts, each as long as the layout measured it, whatever font shows it."""

from __future__ import annotations

import io
import re
from typing import Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from methodology.figures.writing import Canvas, line_metrics, text_measures

POINTS = 72
"""Per inch: the unit of the drawing."""
FONTS = '"DejaVu Sans","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif'
"""What a browser is asked for; it has to have one, since none travels with the picture."""
_TAG = re.compile(r"<[^>]*>")
_NOT_IN_XML = re.compile("[^\\t\\n\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""Signs that would make the whole drawing unreadable."""
_FINE = re.compile(r"(\.\d\d)\d+")
"""Decimals below a hundredth of a point: nobody sees them, and processors differ in the last ones."""


def svg_of(figure: Figure, title: str, language: str) -> bytes:
    """
    Draw a figure as SVG, without date or version; the same figure gives the same bytes.

    Parameters
    ----------
    figure : Figure
        Its layout is made at its own resolution, as for a picture of pixels, and kept.
    title : str
        Name of the drawing, for those who hear it.
    language : str
        Of its texts, as HTML writes it.
    """
    usual, layout = figure.dpi, figure.get_layout_engine()
    Canvas(figure)
    if layout is not None:
        layout.execute(figure)
        figure.set_layout_engine("none")
    buffer = io.StringIO()
    try:
        figure.dpi = POINTS
        width, height = (side * POINTS for side in figure.get_size_inches())
        renderer = _Vector(width, height, buffer, metadata={"title": title})
        renderer.measured_at = usual
        figure.draw(renderer)
        renderer.finalize()
    finally:
        figure.dpi = usual
        figure.set_layout_engine(layout)
    drawn = _TAG.sub(lambda tag: _FINE.sub(r"\1", tag[0]), buffer.getvalue().partition("<svg ")[2])
    return f'<svg lang="{language}" {drawn}'.encode()


class _Vector(RendererSVG):
    measured_at: float = POINTS
    """Resolution whose measures of texts are kept already."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> Any:
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        scale = POINTS / self.measured_at
        return tuple(scale * length for length in text_measures(s, prop, self.measured_at))

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        return line_metrics(prop, POINTS)

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
        ismath = named.get("ismath") or any(more[:1])
        if ismath:
            return super().draw_text(gc, x, y, s, prop, angle, *more, **named)
        *colour, opacity = gc.get_rgb()
        long = self.get_text_width_height_descent(s, prop, ismath)[0]
        look = {
            "x": f"{x:.2f}",
            "y": f"{y:.2f}",
            "textLength": f"{long:.2f}",
            "lengthAdjust": "spacingAndGlyphs",
            "font-size": f"{prop.get_size_in_points():g}",
            "fill": to_hex(colour),
        }
        look |= {"font-weight": "bold"} if prop.get_weight() == "bold" else {}
        look |= {"fill-opacity": f"{opacity:.2f}"} if opacity < 1 else {}
        look |= {"transform": f"rotate({-angle:g} {x:.2f} {y:.2f})"} if angle else {}
        self.writer.element("text", _NOT_IN_XML.sub(" ", s), attrib=look)
        return None

    def _write_metadata(self, metadata: dict[str, str]) -> None:
        self.writer.element("title", _NOT_IN_XML.sub(" ", metadata["title"]))

    def _write_default_style(self) -> None:
        super()._write_default_style()
        self.writer.element("style", f"text{{font-family:{FONTS};white-space:pre}}")
