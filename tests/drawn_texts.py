"""What a figure says in words, for the tests of its claims."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.text import Text
from reading import judged

from methodology.figures import ClaimFigure


def misread(figures: Mapping[str, ClaimFigure]) -> list[str]:
    """Texts that figures draw for a Chinese reader and should not: the other language, code, loose units."""
    told = {name: texts(figure.told("zh")) for name, figure in figures.items()}
    return [text for name, said in told.items() for _, _, text in judged(name, said, chinese=True)]


def texts(figure: Figure) -> list[str]:
    return [item.get_text() for item in figure.findobj(Text) if item.get_text()]
