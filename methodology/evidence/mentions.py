"""Let every mention of an assumption, a source or a term lead to where it is explained, and read what is said where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape, unescape
from html.parser import HTMLParser
from itertools import groupby

from methodology.evidence.markup import spoken
from methodology.languages import HAN, Words, short_title

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "path", "circle", "line", "rect", "wbr"})
_LEFT_ALONE = frozenset(
    {"a", "script", "style", "code", "pre", "h1", "h2", "h3", "summary", "button", "text", "th"}
)
"""Inside these nothing becomes a link."""
_HEADINGS = frozenset({"h1", "h2", "h3"})
_NEVER_A_LINK = _LEFT_ALONE - {"th"}
_UNREAD = frozenset({"script", "style", "pre", "nav"})
_TAG = re.compile(r"<[^>]*>")
_OTHER = {
    "zh": re.compile('<span lang="en">.*?</span>'),
    "en": re.compile('<span lang="zh-CN">.*?</span>'),
}
"""What a text in both languages says in the other one."""
_ASSUMPTION = re.compile(r"(?<![A-Za-z0-9_-])A-(\d{2,3})(?![A-Za-z0-9_-])")


class Mentions:
    """
    What a text may mention.

    Parameters
    ----------
    assumptions : container of str
        Numbers of those that have a place on the page of assumptions, as 03.
    sources : mapping of str to Words
        Title of each source by its key.
    terms : mapping of str to Words
        Terms by the place they are explained at.
    named : mapping of str to str
        Addresses of pages by the names that lead there where they stand alone, as in a table.
    """

    def __init__(
        self,
        assumptions: frozenset[str],
        sources: Mapping[str, Words],
        terms: Mapping[str, Words],
        named: Mapping[str, str] | None = None,
    ) -> None:
        self.named = {escape(name, quote=False): address for name, address in (named or {}).items()}
        self.assumptions = assumptions
        self.sources = sources
        self.terms = {text.casefold(): place for place, words in terms.items() for text in words}
        keys = "|".join(map(re.escape, sorted(sources, key=len, reverse=True)))
        self._source = re.compile(rf"(?<![A-Za-z0-9_-])(?:{keys})(?![A-Za-z0-9_-])") if keys else None
        said = sorted(self.terms, key=len, reverse=True)
        latin = "|".join(re.escape(text) for text in said if text.isascii())
        others = [re.escape(text) for text in said if not text.isascii()]
        pattern = "|".join([rf"\b(?:{latin})s?\b", *others])
        self._term = re.compile(pattern, re.IGNORECASE) if said else None

    def linked(self, html: str, page: str) -> tuple[str, list[tuple[str, Words]]]:
        """
        A page with links at what it mentions, a term once, and a place for every row of a table; and what it says.

        Its text stands piece by piece in either language, each with the id of the place that leads there: of the row or
        another element around it, or else of the heading above.
        """
        named = {name: address for name, address in self.named.items() if address != f"{page}.html"}
        reader = _Reader(self._replace, page, named)
        reader.feed(html)
        reader.close()
        return "".join(reader.written), list(reader.places())

    def _replace(self, text: str, language: str, page: str, seen: set[str]) -> str:
        """Escaped text with links; `seen` holds the terms that have theirs."""
        language = language or ("zh" if HAN.search(text) else "")
        text = _ASSUMPTION.sub(lambda found: self._assumption(found[1], language, page), text)
        if self._source is not None and page != "sources":
            text = self._source.sub(lambda found: self._titled(found[0], language), text)
        if self._term is not None and page != "terms" and "<a " not in text:
            text = self._term.sub(lambda found: self._explained(found[0], language or "en", seen), text)
        return text

    def _assumption(self, number: str, language: str, page: str) -> str:
        words = _in(language, Words(f"假设{int(number)}", f"assumption {int(number)}"))
        place = f"#A-{number}" if page == "assumptions" else f"assumptions.html#A-{number}"
        return f'<a href="{place}">{words}</a>' if number in self.assumptions else words

    def _titled(self, key: str, language: str) -> str:
        title = _in(language, Words(*map(short_title, self.sources[key])))
        return f'<a href="sources.html#source-{escape(key, quote=True)}">{title}</a>'

    def _explained(self, text: str, language: str, seen: set[str]) -> str:
        folded = text.casefold()
        place = self.terms.get(folded) or self.terms.get(folded.removesuffix("s"), "")
        if not place or f"{place}{language}" in seen:
            return text
        seen.add(f"{place}{language}")
        return f'<a class="term" href="terms.html#{place}">{text}</a>'


def _in(language: str, text: Words) -> str:
    """HTML of a text in the language around it; in both where that is neither."""
    return spoken(*text) if not language else escape(text.zh if language == "zh" else text.en)


class _Reader(HTMLParser):
    """Writes a page as it was read, its text replaced outside of what is left alone."""

    def __init__(
        self, replace: Callable[[str, str, str, set[str]], str], page: str, named: Mapping[str, str]
    ) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self._said: list[tuple[str, str, str]] = []
        self._replace, self._page, self._named = replace, page, named
        self._open: list[tuple[str, str, str]] = []
        self._heading, self._rows = "", 0
        self._seen: set[str] = set()
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._flush()
        above, language, place = self._open[-1] if self._open else ("", "", "")
        told, own, text = dict(attrs), dict(attrs).get("id") or "", self.get_starttag_text() or ""
        if tag == "tr" and above != "thead" and not own:
            self._rows += 1
            own = f"row{self._rows}"
            text = text.replace("<tr", f'<tr id="{own}"', 1)
        if tag in _HEADINGS:
            self._heading = own or self._heading
        self.written.append(text)
        if tag not in _VOID:
            spoken_here = {"zh-CN": "zh", "en": "en"}.get(told.get("lang") or "", "")
            self._open.append((tag, spoken_here or language, own or place))

    def handle_startendtag(self, _tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._flush()
        self.written.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._flush()
        self.written.append(f"</{tag}>")
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_entityref(self, name: str) -> None:
        self._text += f"&{name};"

    def handle_charref(self, name: str) -> None:
        self._text += f"&#{name};"

    def handle_comment(self, data: str) -> None:
        self._flush()
        self.written.append(f"<!--{data}-->")

    def close(self) -> None:
        super().close()
        self._flush()

    def _flush(self) -> None:
        text, self._text = self._text, ""
        if not text:
            return
        tags = {tag for tag, *_ in self._open}
        _, language, place = self._open[-1] if self._open else ("", "", "")
        address = self._named.get(text.strip().rstrip("*"))
        if address and not tags & _NEVER_A_LINK:
            text = f'<a href="{address}">{text}</a>'
        elif not tags & _LEFT_ALONE:
            text = self._replace(text, language, self._page, self._seen)
        self.written.append(text)
        if not tags & _UNREAD:
            zh, en = (
                unescape(_TAG.sub("", other.sub("", text))) if language in ("", own) else ""
                for own, other in _OTHER.items()
            )
            self._said.append((place or self._heading, zh, en))

    def places(self) -> Iterator[tuple[str, Words]]:
        """What is said at each place, in order."""
        for place, own in groupby(self._said, key=lambda piece: piece[0]):
            _, *both = zip(*own, strict=True)
            words = Words(*(" ".join(" ".join(texts).split()) for texts in both))
            if any(words):
                yield place, words
