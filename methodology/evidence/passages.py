"""Read finished files passage by passage, with all their parts, for the disclosure guard."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

CELLS = "¦"
"""Stands between the cells of a row."""
Cells = tuple[object, ...]
"""One row of a sheet."""

_BLOCKS = frozenset(
    {
        *("html", "head", "title", "header", "footer", "main", "nav", "section", "article", "aside"),
        *("address", "form", "option", "small"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "div", "hr", "figcaption", "details", "summary"),
        *("ul", "ol", "li", "dl", "dt", "dd"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td"),
        "text",  # of a drawing
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_SPOKEN = frozenset({"alt", "title", "aria-label", "content", "placeholder", "value", "label", "href"})
_TEXT_OF_SHEETS = frozenset(
    ["oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter", "f"]
)
_CODE = re.compile(r"&(?:[LCRBIUSEXY]|\d+|\"[^\"]*\"|K[0-9A-F]{6})")
"""Codes of a page header in a workbook, which stand right before its words."""
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


@dataclass(frozen=True)
class Passage:
    """
    A piece of text that belongs together.

    Attributes
    ----------
    place : str
        Where it stands, for a message.
    text : str
        Its words; cells of a table row are separated by a broken bar.
    row : bool
        Whether it is a row of a table; a row without a name of its own continues the one above.
    heading : bool
        Whether what follows belongs to it.
    owner : str
        More text that says which indicator it is of.
    """

    place: str
    text: str
    row: bool = False
    heading: bool = False
    owner: str = ""


@dataclass(frozen=True)
class Field:
    """A number with a name: a JSON value, or a cell below a heading."""

    place: str
    name: str
    value: float
    owner: str
    """Texts that say which indicator it is of."""


def read_passages(path: Path) -> Iterator[Passage | Field]:
    """
    Read a file of the evidence: pages, documents, workbooks, JSON, scripts, pictures.

    Yields
    ------
    Passage or Field
        Texts with their place, and numbers that have a name.
    """
    kind = path.suffix.lower()
    if kind in (".html", ".svg"):
        yield from _page(path.read_text(encoding="utf-8"))
    elif kind in (".docx", ".xlsx"):
        yield from _office(path.read_bytes(), kind)
    elif kind == ".json":
        yield from _json(json.loads(path.read_text(encoding="utf-8")), "", "")
    elif kind == ".png":
        yield from _picture(path.read_bytes(), "picture")
    elif kind in (".js", ".txt", ".md", ".css", ".yaml", ".csv"):
        yield from _script(path.read_text(encoding="utf-8"), whole=kind not in (".js", ".css"))
    else:
        raise ValueError(f"{path.name}: no rule says how a file of this kind is searched")


class _Reader(HTMLParser):
    """Flushes text where a block begins or ends; a row of a table is one passage."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Passage] = []
        self._text: list[str] = []
        self._rows = 0
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS and not self._rows:
            self._flush()
        if tag == "tr":
            self._rows += 1
        elif tag in ("td", "th", "br", "div", "p") and self._rows:
            self._text.append(f" {CELLS} " if tag in ("td", "th") else " ")
        if any(name == "lang" for name, _ in attrs):
            self._text.append(" ")  # two languages side by side are no number across them
        if tag in ("script", "style"):
            self._flush()
            self._hidden = tag
        for name, value in attrs:
            if value and (name in _SPOKEN or name.startswith("data-")):
                self.found.append(Passage(f"attribute {name} of <{tag}>", value))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._flush(place=f"<{tag}>")
            self._hidden = ""
        elif tag == "tr" and self._rows:
            self._rows -= 1
            self._flush(row=True, place="table row")
        elif tag in _BLOCKS and not self._rows:
            self._flush(heading=tag in _HEADINGS, place=f"<{tag}>")

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append(Passage("comment", data))

    def _flush(self, *, place: str = "text", row: bool = False, heading: bool = False) -> None:
        text = " ".join("".join(self._text).split())
        self._text.clear()
        if text:
            self.found.append(Passage(place, text, row, heading))


def _page(text: str) -> Iterator[Passage]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader._flush()
    yield from reader.found


def _script(text: str, *, whole: bool) -> Iterator[Passage]:
    if whole:
        yield from (Passage(f"line {place}", line) for place, line in enumerate(text.splitlines(), start=1))
    else:
        yield from (Passage("quoted text", piece) for piece in _quoted(text))


def _quoted(text: str) -> Iterator[str]:
    for piece in _QUOTED.findall(text):
        with suppress(ValueError):  # an escape that only JavaScript knows: a text of the theme, never a run's
            yield json.loads(f'"{piece}"', strict=False)


def _picture(content: bytes, place: str) -> Iterator[Passage]:
    """Texts that travel inside a picture."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        image.load()
        for name, value in image.info.items():
            if isinstance(value, str | bytes):
                text = value if isinstance(value, str) else value.decode("utf-8", "replace")
                yield Passage(f"{place}, text {name!r}", text)


def _json(value: Any, place: str, owner: str) -> Iterator[Passage | Field]:
    name = place.rpartition(".")[2]
    if isinstance(value, Mapping):
        told = " ".join(str(value[key]) for key in ("id", "indicator") if key in value)
        for key, item in value.items():
            yield Passage(f"{place}.{key}", str(key))
            yield from _json(item, f"{place}.{key}".strip("."), f"{told or owner} {key}")
    elif isinstance(value, list):
        for item in value:
            yield from _json(item, place, owner)
    elif isinstance(value, str):
        yield Passage(place, value, owner=owner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Field(place, name, float(value), owner)


def _office(content: bytes, kind: str) -> Iterator[Passage | Field]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield from _member(name, archive.read(name))
    if kind == ".xlsx":
        yield from _sheets(content)


def _member(name: str, content: bytes) -> Iterator[Passage]:
    if name.endswith((".png", ".jpeg")):
        yield from _picture(content, name)
    elif not name.endswith((".xml", ".rels", ".vml")):
        raise ValueError(f"{name}: no rule says how a part of this kind is searched")
    elif name.startswith("word/") and "theme" not in name and name.endswith(".xml"):
        yield from _word_part(name, ElementTree.fromstring(content))  # noqa: S314 - written a moment ago
    elif not name.endswith(("styles.xml", "theme1.xml", "docProps/app.xml", "sharedStrings.xml")):
        sheet = name.startswith("xl/worksheets/")
        for node in ElementTree.fromstring(content).iter():  # noqa: S314
            tag = node.tag.rpartition("}")[2]
            if node.text and node.text.strip() and (not sheet or tag in _TEXT_OF_SHEETS):
                yield Passage(f"{name}, {tag}", _CODE.sub(" ", node.text) if sheet else node.text)
            if not sheet:
                yield from (
                    Passage(f"{name}, {key}", text) for key, text in node.attrib.items() if key == "name"
                )


def _word_part(name: str, root: ElementTree.Element) -> Iterator[Passage]:
    in_rows: set[int] = set()
    for row in root.iter(f"{_WORD}tr"):
        in_rows.update(map(id, row.iter()))
    for node in root.iter():
        tag = node.tag.rpartition("}")[2]
        if node.tag == f"{_WORD}tr":
            cells = (_said(cell) for cell in node.iter(f"{_WORD}tc"))
            yield Passage(f"{name}, table row", f" {CELLS} ".join(cells), row=True)
        elif node.tag == f"{_WORD}p" and id(node) not in in_rows:
            style = node.find(f"{_WORD}pPr/{_WORD}pStyle")
            heading = style is not None and "Heading" in style.get(f"{_WORD}val", "")
            yield Passage(f"{name}, paragraph", _said(node), heading=heading)
        elif tag == "docPr":
            yield Passage(
                f"{name}, picture", f"{node.get('descr', '')} {node.get('title', '')} {node.get('name', '')}"
            )


def _said(node: ElementTree.Element) -> str:
    parts = []
    for item in node.iter():
        if item.tag in (f"{_WORD}t", f"{_WORD}instrText", f"{_MATH}t") and item.text:
            parts.append(item.text)
        elif item.tag in (f"{_WORD}br", f"{_WORD}tab", f"{_WORD}p"):
            parts.append(" ")
    return "".join(parts)


def _sheets(content: bytes) -> Iterator[Passage | Field]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        yield Passage("name of a sheet", name)
        header: Cells = ()
        for place, cells in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1):
            texts = [cell for cell in cells if isinstance(cell, str) and cell]
            if any(text.split("\n")[0] in ("indicator", "指标", "二级指标") for text in texts):
                header = tuple(cells)
            yield Passage(f"sheet {name!r}, row {place}", f" {CELLS} ".join(texts), row=bool(header))
            owner = f" {CELLS} ".join(texts)
            for column, cell in enumerate(cells):
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    named = str(header[column]) if column < len(header) else ""
                    yield Field(f"sheet {name!r}, row {place}", named, float(cell), owner)
