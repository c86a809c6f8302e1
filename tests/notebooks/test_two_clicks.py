"""From every number of a table of the site plants, source and notebook cell are at most two clicks away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from shipped import ROOT

from methodology.parameters import Project

NUMBERED = re.compile("index|indicators|weights|indicator-.*|group-.*|expert-.*")
"""Pages that print values, weights and shares."""
ABOUT = ("claims", "choices", "files")
"""Chapters of the front page that print no result."""
SYSTEM = Project.around(ROOT).system("ironmaking")
COMPARED = {f"indicator-{item.id.replace('_', '-')}" for item in SYSTEM.indicators if item.comparators}


class Row(NamedTuple):
    """Part of a page, with what it says and where it leads in one language."""

    section: str
    text: str
    leads: tuple[str, ...]


class Walker(HTMLParser):
    """Rows of tables and points of the answers, as one language shows them, and the links of every section."""

    def __init__(self, language: str) -> None:
        super().__init__(convert_charrefs=True)
        self.other = {"zh": "en", "en": "zh-CN"}[language]
        self.rows: list[Row] = []
        self.sections: dict[str, list[str]] = {"": []}
        self.places: set[str] = set()
        self.dots = 0
        self._section, self._hidden, self._inside = "", 0, 0
        self._text, self._leads = "", list[str]()

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.places.add(told.get("id") or "")
        self.dots += tag == "circle"
        if tag in ("main", "nav"):
            self._inside += 1 if tag == "main" else -1
        if self._hidden or (told.get("lang") == self.other and tag != "html"):
            self._hidden += tag not in ("br", "img", "input", "hr")
        elif tag == "h2":
            self._section = told.get("id") or ""
            self.sections[self._section] = []
        elif tag in ("tr", "li"):
            self._text, self._leads = "", []
        elif tag == "a" and self._inside > 0 and told.get("href"):
            self._leads.append(told["href"])
            self.sections[self._section].append(told["href"])

    def handle_endtag(self, tag):
        if tag in ("main", "nav"):
            self._inside -= 1 if tag == "main" else -1
        self._hidden -= bool(self._hidden)
        if tag in ("tr", "li") and self._inside > 0:
            self.rows.append(Row(self._section, " ".join(self._text.split()), tuple(self._leads)))

    def handle_data(self, data):
        self._text += "" if self._hidden else data


@cache
def walked(path: Path, language: str) -> Walker:
    walker = Walker(language)
    walker.feed(path.read_text(encoding="utf-8"))
    return walker


def shows(site: Path, address: str, language: str) -> Iterator[str]:
    """What stands at an address: plants of an indicator, a source, the cell of a notebook."""
    name, _, place = address.partition("#")
    if name.endswith(".html"):
        walker = walked(site / name, language)
        assert place in walker.places or not place, address
        if name.startswith("indicator-") and "plants" in walker.places:
            assert walker.dots or site.parent.name == "public", name
            yield f"plants of {name.removesuffix('.html')}"
        if name.startswith(("group-", "expert-")) and "cells" in walker.places:
            yield "judgements"
        if place.startswith(("source-", "cell-")):
            yield place.partition("-")[0]


def links(site: Path, address: str, language: str, sections: tuple[str, ...] = ()) -> Iterator[str]:
    """Where a page leads, or some of its sections."""
    name = address.partition("#")[0]
    if name.endswith(".html"):
        own = walked(site / name, language).sections
        for place in sections or own:
            yield from (f"{name}{found}" if found.startswith("#") else found for found in own[place])


def reached(site: Path, page: str, row: Row, language: str) -> set[str]:
    """What is shown where a row stands, behind one click in it or around it, and behind another."""
    around = () if page.startswith("indicator-") else ("", row.section)
    own = {f"{page}{lead}" if lead.startswith("#") else lead for lead in row.leads}
    near = own | {*links(site, page, language, around)}
    return set(shows(site, page, language)).union(*(at_and_behind(site, first, language) for first in near))


@cache
def at_and_behind(site: Path, address: str, language: str) -> set[str]:
    """What an address shows, and what those show that it leads to; many rows lead to the same few."""
    second = links(site, address, language)
    return set(shows(site, address, language)).union(*(shows(site, other, language) for other in second))


@pytest.fixture(scope="module")
def run(run_shipped) -> Path:
    return Path(run_shipped("joint").stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("which", ["public", "internal"])
def test_from_every_printed_number_plants_source_and_notebook_cell_are_two_clicks_away(run, which, language):
    site, walks = run / which / "site", 0
    for path in sorted(path for path in site.glob("*.html") if NUMBERED.fullmatch(path.stem)):
        for row in walked(path, language).rows:
            if not re.search(r"\d", row.text) or row.section in ABOUT:
                continue
            walks += 1
            found = reached(site, path.name, row, language)
            named = {lead.partition(".")[0] for lead in row.leads if lead.startswith("indicator-")}
            named |= {path.stem} if path.stem.startswith("indicator-") else set()
            wanted = {f"plants of {name}" for name in named} | ({"source"} if named & COMPARED else set())
            judged = {"judgements"} if path.stem.startswith(("group-", "expert-")) else set()
            assert wanted | (judged | {"cell"} if which == "internal" else set()) <= found, (path.name, row)
    assert walks > 150
