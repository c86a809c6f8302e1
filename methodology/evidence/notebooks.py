"""Executed notebooks as pages: prose told apart by language, choices in a table, code folded, figures as drawn."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import cache, partial
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from methodology.errors import StageError
from methodology.evidence.markup import beside, spoken, told
from methodology.evidence.mathtext import formula_svg
from methodology.evidence.pages import Page, Section
from methodology.figures.canvas import DRAWINGS
from methodology.findings.addresses import cell_anchor, text_of
from methodology.findings.promises import choice_text
from methodology.languages import Words, apart, both, is_chinese, is_english
from methodology.parameters.words import choice_value_in_words
from methodology.syntax import tree_of

GZIP = 31
"""What zlib calls this packing."""
_CLAIM = re.compile(r"<Figure: (?P<claim>.*) \| data ")
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
_PAIRED = {"paragraph_open": "p", "list_item_open": "li"}
_GLUED = frozenset({"heading_open", "td_open", "th_open"})


def page_of(path: Path, names: Mapping[str, Words] | None = None) -> Page:
    """
    Read an executed notebook as a page; `names` says what ids in its choices are called.

    Raises
    ------
    StageError
        If the file is no notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return _page(path.stem, cells, names or {})
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as fault:
        raise StageError(f"{path.name} is no executed notebook: {fault}. Run the stage again.") from fault


def _page(name: str, cells: list[dict[str, Any]], names: Mapping[str, Words]) -> Page:
    title, parts = Words(name, name), [Section("", Words("", ""), "")]
    pictures: dict[str, bytes] = {}
    for place, cell in enumerate(cells):
        if cell["cell_type"] == "markdown":
            for depth, words, html in _chapters(text_of(cell["source"])):
                if depth == 1:
                    title = words
                elif depth == 2:
                    parts.append(Section(f"part-{len(parts)}", words, ""))
                parts[-1] = _longer(parts[-1], html)
        elif cell["cell_type"] == "code":
            injected = "injected-parameters" in cell.get("metadata", {}).get("tags", [])
            source = text_of(cell["source"])
            html = _choices(source, name, names) if injected else _code(cell, source, place, pictures)
            parts[-1] = _longer(parts[-1], html)
    return Page(name, title, parts[0].body, tuple(parts[1:]), "notebooks", pictures)


def _longer(section: Section, html: str) -> Section:
    return Section(section.id, section.heading, f"{section.body}\n{html}")


def _chapters(source: str) -> Iterator[tuple[int, Words, str]]:
    """What stands before a heading of the first two depths, and below each: depth, heading, HTML."""
    reader = _markdown()
    tokens = reader.parse(source)
    begins = [at for at, one in enumerate(tokens) if one.type == "heading_open" and one.tag in ("h1", "h2")]
    for start, end in zip([-1, *begins], [*begins, len(tokens)], strict=True):
        headed = start >= 0
        depth = int(tokens[start].tag[1]) if headed else 0
        words = apart(tokens[start + 1].content) if headed else Words("", "")
        own = tokens[start + 3 : end] if headed else tokens[:end]
        if headed or own:
            yield depth, words, reader.renderer.render(_told_apart(own), reader.options, {})


def prose(source: str) -> str:
    """Markdown as HTML, its languages told apart."""
    return "".join(html for _, _, html in _chapters(source))


@cache
def _markdown() -> MarkdownIt:
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    def drawn(content: str, options: Mapping[str, Any]) -> str:
        formula = formula_svg(content)
        return f'<div class="formula-block">{formula}</div>' if options["display_mode"] else formula

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return reader.use(dollarmath_plugin, renderer=drawn)


def _told_apart(tokens: list[Token]) -> list[Token]:
    """Mark paragraphs and items that stand in pairs, Chinese first; split headings and cells that hold both."""
    for kind in _PAIRED:
        blocks = [at for at, token in enumerate(tokens) if token.type == kind]
        for first, second in pairwise(blocks):
            pair = [_content(tokens, at) for at in (first, second)]
            together = tokens[first].level == tokens[second].level and not tokens[first].attrGet("lang")
            if together and is_chinese(pair[0]) and is_english(pair[1]):
                tokens[first].attrSet("lang", "zh-CN")
                tokens[second].attrSet("lang", "en")
    for at, token in enumerate(tokens):
        if token.type in _GLUED:
            words, inline = apart(tokens[at + 1].content), tokens[at + 1]
            if not words.same:
                html = beside(*(_markdown().renderInline(text) for text in words))
                inline.children = [Token("html_inline", "", 0, content=html)]
    return tokens


def _content(tokens: list[Token], at: int) -> str:
    return next((token.content for token in tokens[at:] if token.type == "inline"), "")


def _code(cell: dict[str, Any], source: str, place: int, pictures: dict[str, bytes]) -> str:
    shown = [_output(output, pictures) for output in cell.get("outputs", [])]
    folded = (
        f'<details class="code"><summary>{spoken("代码", "Code")}</summary>{_highlighted(source)}</details>'
    )
    return f'<div class="cell" id="{cell_anchor(cell, place)}">{folded if source.strip() else ""}{"".join(shown)}</div>'


def _highlighted(source: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return str(highlight(source, PythonLexer(), HtmlFormatter(wrapcode=True)))


def _output(output: dict[str, Any], pictures: dict[str, bytes]) -> str:
    if output.get("output_type") == "stream":
        return f'<pre class="said">{escape(text_of(output["text"]))}</pre>'
    if output.get("output_type") == "error":
        return f'<pre class="said">{escape(str(output.get("evalue", "")))}</pre>'
    data = output.get("data", {})
    if "image/png" in data:
        return _figure(output, pictures)
    if "text/html" in data:
        return f'<div class="output">{text_of(data["text/html"])}</div>'
    plain = text_of(data.get("text/plain", ""))
    return f"<pre>{escape(_ADDRESS.sub('', plain))}</pre>" if plain else ""


def _figure(output: dict[str, Any], pictures: dict[str, bytes]) -> str:
    """A figure of ours as lines and words in the language of the page, any other as the picture it is."""
    data = output["data"]
    width = output.get("metadata", {}).get("image/png", {}).get("width")
    width = width if isinstance(width, int) else 0
    drawings = data.get(DRAWINGS)
    if not drawings:
        claim = _CLAIM.match(text_of(data.get("text/plain", "")))
        content = b64decode(text_of(data["image/png"]))
        return _kept(content, ".png", claim["claim"] if claim else "", width, pictures)
    zh, en = (
        _kept(zlib.decompress(b64decode(one["svg"]), GZIP), end, one["claim"], width, pictures)
        for one, end in ((drawings["zh"], ".svg"), (drawings["en"], "_en.svg"))
    )
    return beside(zh, en, tag="div")


def _kept(content: bytes, end: str, claim: str, width: int, pictures: dict[str, bytes]) -> str:
    name = f"{hashlib.sha256(content).hexdigest()}{end}"
    pictures[name] = content
    return picture(name, claim, width)


def picture(name: str, claim: str, width: int) -> str:
    """A picture with what it says as description; never shrunk: wider than a screen, it scrolls in its place."""
    size = f' width="{width}"' if width else ""
    address = f"_images/{escape(name, quote=True)}"
    return f'<a class="picture" href="{address}"><img src="{address}" alt="{escape(claim, quote=True)}"{size}></a>'


def _choices(source: str, page: str, names: Mapping[str, Words]) -> str:
    """The values a notebook was given, in words."""
    section = page.partition("_")[2]
    given = {name: value for name, value in given_values(source).items() if name != "folder"}
    rows = "".join(
        f"<tr><th>{told(_chosen(section, name))}</th>"
        f"<td>{told(both(partial(choice_value_in_words, value, names, f'{section}.{name}')))}</td></tr>"
        for name, value in given.items()
    )
    head = f"<summary>{spoken('本次测算的选择', 'Choices of this run')}</summary>"
    return f'<details class="code">{head}<table class="choices">{rows}</table></details>' if rows else ""


def _chosen(section: str, name: str) -> str:
    """What a choice is called: one of the run, of the stage, or else its name with spaces."""
    for path in (("", name), (section, name)):
        words = choice_text(*filter(None, path))
        if words != ".".join(filter(None, path)):
            return words
    return name.replace("_", " ")


def given_values(source: str) -> Mapping[str, Any]:
    r"""
    Names and values assigned in a cell of plain assignments; anything else is left out.

    Examples
    --------
    >>> given_values("# Parameters\nshare = 0.05\nname = '\\u6c34'\n")
    {'share': 0.05, 'name': '水'}
    """
    try:
        tree = tree_of(source)
    except (SyntaxError, ValueError):
        return {}
    values = {}
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(target, ast.Name):
            try:
                values[target.id] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
            except (ValueError, TypeError):
                continue
    return values
