"""Write HTML in two languages: every text that differs stands in a pair, and tables become cards on a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from methodology.languages import NUMERALS, Words, apart, by_line

_LEVEL = re.compile(r"(?<![A-Za-z])I{1,3}(?=级)")
"""A level in a Chinese text, which numbers levels by signs of its own."""


def lines(text: str) -> str:
    """Text with its line breaks, every sign literal."""
    return escape(text).replace("\n", "<br>")


def spoken(zh: str, en: str) -> str:
    """A text in both languages, every sign literal; once where they are alike or one is missing."""
    return beside(lines(_LEVEL.sub(lambda found: NUMERALS[found[0]], zh)), lines(en))


def numeral(level: str) -> str:
    """A level as either language writes it."""
    return spoken(NUMERALS.get(level, level), level)


def beside(zh: str, en: str, tag: str = "span") -> str:
    """HTML in both languages; once where they are alike or one is missing."""
    if zh == en or not (zh and en):
        return zh or en if tag == "span" else f"<{tag}>{zh or en}</{tag}>"
    return f'<{tag} lang="zh-CN">{zh}</{tag}><{tag} lang="en">{en}</{tag}>'


def told(text: str | Words) -> str:
    """A text as HTML, its languages told apart by their letters where it holds both, line by line or line over line."""
    pair = text if isinstance(text, Words) else by_line(text)
    if isinstance(text, Words) or (not pair.same and apart(pair.zh).same):
        return spoken(*pair)
    return "<br>".join(spoken(*apart(line)) for line in text.split("\n"))


def attribute(names: str, zh: str, en: str) -> str:
    """
    Write attributes that follow the switch of languages; without JavaScript they say both, as the page does.

    Examples
    --------
    >>> attribute("title", "搜索", "Search")
    'title="搜索 Search" data-in="title" data-zh="搜索" data-en="Search"'
    """
    zh, en = (escape(text, quote=True) for text in (zh, en))
    own = " ".join(f'{name}="{zh if zh == en else f"{zh} {en}"}"' for name in names.split())
    return f'{own} data-in="{names}" data-zh="{zh}" data-en="{en}"'


def link(address: str, text: str) -> str:
    """A link around HTML."""
    return f'<a href="{escape(address, quote=True)}">{text}</a>'


def cards(header: Sequence[str | Words], rows: Iterable[Sequence[str]], *, kind: str = "") -> str:
    """
    A table whose rows become cards where the screen is narrow: each cell then carries its heading.

    Parameters
    ----------
    header : sequence of texts
        Those in both languages are told apart by their letters.
    rows : iterable of sequences of HTML
        Cells, escaped already; an empty one is left out of a card.
    kind : str
        Further class of the table.
    """
    names = [name if isinstance(name, Words) else apart(name) for name in header]
    head = "".join(f"<th>{spoken(*name)}</th>" for name in names)
    labels = [
        f'data-zh="{escape(zh, quote=True)}" data-en="{escape(en, quote=True)}"'
        for zh, en in ((one.replace("\n", " ") for one in name) for name in names)
    ]
    body = "".join(_row(labels, row) for row in rows)
    return f'<table class="cards {kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(labels: Sequence[str], row: Sequence[str]) -> str:
    first, *rest = row
    cells = "".join(
        f"<td {label}>{cell}</td>" if cell else '<td class="blank"></td>'
        for label, cell in zip(labels[1:], rest, strict=True)
    )
    return f"<tr><th>{first}</th>{cells}</tr>"
