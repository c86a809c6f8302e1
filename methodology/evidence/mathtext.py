"""Formulas as drawings inside the page, made by matplotlib: nothing to load, nothing to run in the browser."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any

SIZE = 11.0
"""Points a formula is set in, to go with the text around it."""
_SPELLED = {
    r"\le": r"\leq",
    r"\ge": r"\geq",
    r"\ne": r"\neq",
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\operatorname": r"\mathrm",
    r"\lvert": "|",
    r"\rvert": "|",
    r"\bigl": "",
    r"\bigr": "",
    r"\to": r"\rightarrow",
}
"""Commands matplotlib knows under another name only."""
_COMMAND = re.compile(r"\\[A-Za-z]+")
_LETTER = {0: "", 1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}


@lru_cache(maxsize=512)
def formula_svg(tex: str) -> str:
    """
    Draw a formula as one SVG path, sized and aligned in em.

    Parameters
    ----------
    tex : str
        Formula without dollar signs, in the part of TeX that matplotlib understands.

    Returns
    -------
    str
        `<svg ...>`, or the source in `<code>` where matplotlib cannot set it.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath, text_to_path

    from methodology.figures.glyphs import drawing

    known = _COMMAND.sub(lambda found: _SPELLED.get(found[0], found[0]), " ".join(tex.split()))
    source = f"${known}$"
    try:
        with drawing():
            font = FontProperties(size=SIZE)
            path = TextPath((0, 0), source, size=SIZE, prop=font)
            width, height, descent = text_to_path.get_text_width_height_descent(source, font, ismath=True)
    except (ValueError, RuntimeError):
        return f"<code>{escape(tex.strip())}</code>"
    box = f"0 {-(height - descent):.2f} {width:.2f} {height:.2f}"
    style = f"width:{width / SIZE:.3f}em;height:{height / SIZE:.3f}em;vertical-align:{-descent / SIZE:.3f}em"
    return (
        f'<svg class="formula" role="img" aria-label="{escape(tex.strip(), quote=True)}" viewBox="{box}" '
        f'style="{style}"><path d="{_commands(path)}"/></svg>'
    )


def _commands(path: Any) -> str:
    """SVG path of a matplotlib path, turned the right way up."""
    parts = []
    for points, code in path.iter_segments(curves=True, simplify=False):
        letter = _LETTER[int(code)]
        numbers = (
            ""
            if letter == "Z"
            else " ".join(f"{x:.2f} {-y:.2f}" for x, y in zip(points[::2], points[1::2], strict=True))
        )
        parts.append(letter + numbers)
    return "".join(parts)
