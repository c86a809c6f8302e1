"""Write HTML inside Markdown that no text of a run can close, and tables that become cards on a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape


def raw_html(content: str) -> str:
    """A part of a Markdown page that is HTML already; without a backtick in it nothing closes its fence."""
    return f"```{{raw}} html\n{content.replace('`', '&#96;')}\n```"


def raw_script(content: str) -> str:
    """HTML with a script in it, whose backticks mean something: its fence is longer than any run of them."""
    fence = "`" * (3 + max(map(len, re.findall("`+", content)), default=0))
    return f"{fence}{{raw}} html\n{content}\n{fence}"


def plain(text: str) -> str:
    """Text inside a Markdown heading: one line, every sign literal."""
    return "".join(
        f"\\{sign}" if sign in r"\`*_{}[]<>()#+-.!|$&~" else sign for sign in " ".join(text.split())
    )


def lines(text: str) -> str:
    """Text with its line breaks, every sign literal."""
    return escape(text).replace("\n", "<br>")


def anchor(indicator: str) -> str:
    """Where the page of indicators speaks of one."""
    return f"ind-{indicator.replace('_', '-')}"


def cards(header: Sequence[str], rows: Iterable[Sequence[str]], *, kind: str = "") -> str:
    """
    A table whose rows become cards where the screen is narrow: each cell then carries its heading.

    Parameters
    ----------
    header : sequence of texts
        Plain text; a line break separates two languages.
    rows : iterable of sequences of HTML
        Cells, escaped already; an empty one is left out of a card.
    kind : str
        Further class of the table.
    """
    head = "".join(f"<th>{lines(name)}</th>" for name in header)
    labels = [escape(name.replace("\n", " "), quote=True) for name in header]
    body = "".join(_row(labels, row) for row in rows)
    return f'<table class="cards {kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(labels: Sequence[str], row: Sequence[str]) -> str:
    first, *rest = row
    cells = "".join(
        f'<td data-label="{label}">{cell}</td>' if cell else '<td class="blank"></td>'
        for label, cell in zip(labels[1:], rest, strict=True)
    )
    return f"<tr><th>{first}</th>{cells}</tr>"
