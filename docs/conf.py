"""Build the handbook: pages of this folder, the picture of the rooms, and the reference from the docstrings."""

from __future__ import annotations

import re
import sys
import tomllib
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "house")]

project = "Cleaner-production workbench 清洁生产工作台"
html_title = project
language = "en"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "house_sphinx",
]
autodoc_typehints = "none"
autodoc_default_options = {
    "members": True,
    "imported-members": True,
    "exclude-members": "contextmanager, set, spread",
}
napoleon_numpy_docstring = True
napoleon_google_docstring = False
html_theme = "house"
html_static_path = ["../methodology/evidence/theme/static"]
html_math_renderer = "drawn"
html_search_language = "workbench"
html_show_search_summary = False
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "house"]
suppress_warnings = ["myst.xref_missing", "myst.header", "ref.python", "ref.citation"]


def rooms_svg() -> str:
    """Draw the rooms, one layer below the other, as the import contract in `pyproject.toml` orders them."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contract["tool"]["importlinter"]["contracts"][0]["layers"]
    width, height, gap = 760, 26, 8
    parts = []
    for row, layer in enumerate(layers):
        rooms = [room.strip().removeprefix("methodology.") for room in layer.split("|")]
        each = (width - gap * (len(rooms) - 1)) / len(rooms)
        for place, room in enumerate(rooms):
            x, y = place * (each + gap), row * (height + gap)
            parts.append(
                f'<rect x="{x:g}" y="{y}" width="{each:g}" height="{height}" rx="6" fill="#eef3f7" stroke="#4a6b82"/>'
                f'<text x="{x + each / 2:g}" y="{y + height / 2 + 4.5:g}" text-anchor="middle" font-size="13" '
                f'font-family="sans-serif" fill="#1b2a35">{escape(room)}</text>'
            )
    deep = len(layers) * (height + gap)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {width + 4} {deep}" role="img" '
        f'style="max-width:100%" aria-label="Rooms, each importing from those below it only">{"".join(parts)}</svg>'
    )


def _draw(_app: Any, _page: str, source: list[str]) -> None:
    source[0] = source[0].replace("<!-- rooms -->", f"```{{raw}} html\n{rooms_svg()}\n```")


def _cite_apart(_app: Any, _what: str, name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
    """Give each docstring references of its own: every one of them counts its sources from 1."""
    own = name.removeprefix("methodology.")
    lines[:] = [re.sub(r"\[(\d+)\](?=_)|(?<=^\.\. )\[(\d+)\]", rf"[{own}.\1\2]", line) for line in lines]


def setup(app: Any) -> None:
    """Register the picture of the rooms, and sources that are told apart."""
    app.connect("autodoc-process-docstring", _cite_apart, priority=400)
    app.connect("source-read", _draw)
