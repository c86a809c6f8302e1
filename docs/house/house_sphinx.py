"""The handbook's own Sphinx extension: theme, search in two languages, formulas without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

from methodology.evidence.mathtext import formula_svg

THEME = "house"
SEARCH = "workbench"
_PIECE = re.compile(r"[一-鿿]+|[^\W一-鿿]+")


class BilingualSearch(SearchLanguage):
    """English by words, Chinese by single characters and pairs; the same split in Python and in JavaScript.

    Sphinx's own Chinese search needs a dictionary, and its page looks for a stemmer that is not there.
    """

    lang = SEARCH
    language_name = "Bilingual"
    js_splitter_code = """
function splitQuery(query) {
  const found = [];
  for (const piece of query.match(/[\\u4e00-\\u9fff]+|[^\\s\\u4e00-\\u9fff]+/gu) || []) {
    if (!/[\\u4e00-\\u9fff]/.test(piece)) {
      found.push(...(piece.match(/[\\p{L}\\p{N}_]+/gu) || []));
    } else if (piece.length === 1) {
      found.push(piece);
    } else {
      for (let i = 0; i + 1 < piece.length; i++) found.push(piece.slice(i, i + 2));
    }
  }
  return found;
}
"""

    def split(self, input: str) -> list[str]:
        """Words, characters and pairs of characters."""
        found: list[str] = []
        for piece in _PIECE.findall(input):
            if "一" <= piece[0] <= "鿿":
                found.extend(piece)
                found.extend(piece[place : place + 2] for place in range(len(piece) - 1))
            else:
                found.append(piece)
        return found

    def word_filter(self, word: str) -> bool:
        """Keep everything but numbers, and what is left of one behind its point; one Chinese character is a word."""
        return not word[:1].isdigit()


def _inline(writer: Any, node: nodes.Element) -> None:
    writer.body.append(formula_svg(node.astext()))
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.Element) -> None:
    writer.body.append(f'<div class="formula-block">{formula_svg(node.astext())}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the parts with Sphinx."""
    app.add_html_theme(THEME, str(Path(__file__).parent))
    app.add_search_language(BilingualSearch)
    app.add_html_math_renderer("drawn", (_inline, None), (_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
