"""Executed notebooks as pages: what papermill put in is shown as a table, code is folded, figures keep their size."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from methodology.errors import StageError
from methodology.evidence.markup import raw_html

_CLAIM = re.compile(r"<Figure: (?P<claim>.*) \| data ")
_HEADING = re.compile(r"^(#{1,2}) +(.+?) *#*$", re.MULTILINE)
NOT_A_CLAIM = ("what would change this answer", "save", "references", "inputs")
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


@dataclass(frozen=True)
class Page:
    """
    One notebook as a page of the site.

    Attributes
    ----------
    name : str
        File name without suffix.
    title : str
        First heading.
    claims : tuple of str
        Second-level headings: what the notebook says.
    content : dict
        The notebook to render.
    """

    name: str
    title: str
    claims: tuple[str, ...]
    content: dict[str, Any]


def page_of(path: Path) -> Page:
    """
    Read an executed notebook as a page.

    Raises
    ------
    StageError
        If the file is no notebook.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = content["cells"]
    except (ValueError, KeyError, TypeError) as fault:
        raise StageError(f"{path.name} is no executed notebook: {fault}. Run the stage again.") from fault
    headings = [
        (len(sign), text)
        for cell in cells
        if cell["cell_type"] == "markdown"
        for sign, text in _HEADING.findall(_text(cell["source"]))
    ]
    titles = [text for depth, text in headings if depth == 1]
    claims = tuple(
        text
        for depth, text in headings
        if depth == 2 and not text.casefold().rstrip(" ?.").endswith(NOT_A_CLAIM)
    )
    content["cells"] = [_shown(cell, place) for place, cell in enumerate(cells)]
    content["metadata"] = {
        key: value
        for key, value in content.get("metadata", {}).items()
        if key in ("kernelspec", "language_info")
    }
    return Page(path.stem, titles[0] if titles else path.stem, claims, content)


def _shown(cell: dict[str, Any], place: int) -> dict[str, Any]:
    if cell["cell_type"] != "code":
        return {**cell, "metadata": {}}
    if "injected-parameters" in cell.get("metadata", {}).get("tags", []):
        return _choices_cell(cell, place)
    outputs = [_stable(output) for output in cell.get("outputs", [])]
    return {**cell, "outputs": outputs, "metadata": {"tags": ["hide-input"], **_image_settings(outputs)}}


def _choices_cell(cell: dict[str, Any], place: int) -> dict[str, Any]:
    """The values a notebook was given, as a table; papermill's source writes Chinese as escapes."""
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(value)}</td></tr>"
        for name, value in given_values(_text(cell["source"])).items()
        if name != "folder"
    )
    table = f'<table class="choices"><caption>Choices of this run</caption>{rows}</table>'
    return {
        "cell_type": "markdown",
        "id": cell.get("id", f"choices-{place}"),
        "source": raw_html(table) if rows else "",
        "metadata": {},
    }


def given_values(source: str) -> Mapping[str, str]:
    r"""
    Names and values assigned in a cell of plain assignments; anything else is left out.

    Examples
    --------
    >>> given_values("# Parameters\nshare = 0.05\nname = '\\u6c34'\n")
    {'share': '0.05', 'name': '水'}
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return {}
    values = {}
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(target, ast.Name):
            try:
                value = ast.literal_eval(node.value)  # type: ignore[attr-defined]
            except (ValueError, TypeError):
                continue
            values[target.id] = value if isinstance(value, str) else repr(value)
    return values


def _stable(output: dict[str, Any]) -> dict[str, Any]:
    """An output without what differs between identical runs or cannot be shown."""
    plain = output.get("data", {}).get("text/plain")
    if plain is None:
        return output
    return {**output, "data": {**output["data"], "text/plain": _ADDRESS.sub("", _text(plain))}}


def _image_settings(outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """Size and description of the first figure of a cell, in the words of myst-nb."""
    for output in outputs:
        data = output.get("data", {})
        if "image/png" not in data:
            continue
        image = {}
        claim = _CLAIM.match(_text(data.get("text/plain", "")))
        if claim:
            image["alt"] = claim["claim"]
        width = output.get("metadata", {}).get("image/png", {}).get("width")
        if isinstance(width, int):
            image["width"] = f"{width}px"
        return {"mystnb": {"image": image}} if image else {}
    return {}


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
