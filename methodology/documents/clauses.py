"""A document as a list of clauses: texts with computed values, tables, figures and formulas, numbered, referred to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from docx.enum.section import WD_SECTION

from methodology.documents.chinese import wide
from methodology.documents.equations import Symbol, equation
from methodology.documents.word_parts import (
    TWIPS_PER_CM,
    Grid,
    clean,
    field_xml,
    marked_xml,
    picture,
    place_xml,
    run_xml,
    table,
    text_width,
)
from methodology.findings.drawn import Drawn
from methodology.indicators.loading import read_yaml
from methodology.languages import apart

HEADINGS = {"h1": "Heading 1", "h2": "Heading 2", "h3": "Heading 3"} | {
    "front": "Front",
    "annex": "Annex",
    "unlisted": "Unlisted",
}
PARAGRAPHS = {"p": "Body Text", "lead": "Lead", "where": "Where", "plain": "Normal", "english": "Normal"}
ENGLISH = '<w:lang w:val="en-US"/>'
LETTERS = "ABCDEFGH"
CAPTIONS = {"table": "表", "figure": "图", "formula": "式"}
_REFERENCE = re.compile(r"\[\[([a-z0-9_]+)\]\]")
_CONTENTS = ("h1", "front", "annex")
FOREWORD = "Ⅱ"
"""Its page, right behind that of the contents; LibreOffice would count it in other numerals than the page shows."""


@dataclass(frozen=True)
class Ref:
    """A place of the document that a text names by its number."""

    name: str


Piece = str | Ref | Symbol


@dataclass(frozen=True)
class Clause:
    """
    One part of a document.

    Attributes
    ----------
    kind : str
        h1, h2, h3 (numbered headings), front, annex, unlisted (other headings, the last in no list of contents), p,
        lead (stays with what follows), where, plain, english (paragraphs), table, figure, formula, contents, page (the
        heading behind it begins one), part (a new section of pages, counted from one).
    pieces : sequence
        Text, with references and symbols; the caption of a table; of a figure nothing.
    name : str
        What a reference calls it; a figure is found by its name and referred to as figure_name.
    grid : Grid, optional
        Of a table.
    math : str
        Of a formula.
    """

    kind: str
    pieces: Sequence[Piece] = ()
    name: str = ""
    grid: Grid | None = None
    math: str = ""


@dataclass(frozen=True)
class Told:
    """
    What a text asks for.

    Attributes
    ----------
    values : mapping of name to str
        What stands in braces.
    grids : mapping of name to Grid
        Tables.
    parts : mapping of name to clauses
        What is inserted whole.
    formulas : mapping of name to str
        Formulas, as `equations` writes them.
    holds : set of str
        Conditions that hold.
    """

    values: Mapping[str, str]
    grids: Mapping[str, Grid] = field(default_factory=dict)
    parts: Mapping[str, Sequence[Clause]] = field(default_factory=dict)
    formulas: Mapping[str, str] = field(default_factory=dict)
    holds: frozenset[str] = frozenset()


def clauses(name: str, told: Told) -> list[Clause]:
    """
    Read a text of this folder and fill in what was computed.

    Parameters
    ----------
    name : str
        File of clauses, each one a kind with its text; `name`; `if` (a condition, reversed by `not`).
    told : Told
        A value is put in as it is: no brace or bracket in it means anything.
    """
    found: list[Clause] = []
    for one in read_yaml(Path(__file__).with_name(name))["clauses"]:
        wanted = str(one.get("if", ""))
        if wanted and (wanted.removeprefix("not ") in told.holds) == wanted.startswith("not "):
            continue
        kind, text = next((key, value) for key, value in one.items() if key not in ("name", "if"))
        if kind == "insert":
            found += told.parts[text]
        elif kind in ("figure", "part", "page", "contents"):
            found.append(Clause(kind, name=str(text or "")))
        else:
            own = str(one.get("name", ""))
            math = told.formulas[own] if kind == "formula" else ""
            grid = told.grids[own] if kind == "table" else None
            found.append(Clause(kind, list(_filled(str(text), told.values)), own, grid, math))
    return found


def _filled(text: str, values: Mapping[str, str]) -> Iterator[Piece]:
    """The text and its references; values go in last, so that none of them is read as a text."""
    for place, part in enumerate(_REFERENCE.split(text)):
        yield Ref(part) if place % 2 else part.format_map(values)


@dataclass
class Paper:
    """Clauses on their way into a Word document."""

    document: Any
    clauses: Sequence[Clause]
    drawn: Mapping[str, Drawn] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> dict[int, str]:
        """Number of every clause that has one, by its place: 5.2, 3 (of 表3), 附录A, A.1 (of the first table there)."""
        count: Counter[str] = Counter()
        depth, found, annex = [0, 0, 0], {}, ""
        for place, clause in enumerate(self.shown):
            if clause.kind in ("h1", "h2", "h3"):
                level = int(clause.kind[1]) - 1
                depth[level:] = [depth[level] + 1, *[0] * (2 - level)]
                found[place] = ".".join(map(str, depth[: level + 1]))
            elif clause.kind == "annex":
                annex = f"{LETTERS[count['annex']]}."
                found[place] = f"附录{annex[0]}"
                count["annex"] += 1
            elif clause.kind in CAPTIONS:
                count[clause.kind + annex] += 1
                found[place] = f"{annex}{count[clause.kind + annex]}"
        return found

    @cached_property
    def shown(self) -> list[Clause]:
        """Clauses without figures that were not drawn."""
        return [c for c in self.clauses if c.kind != "figure" or c.name in self.drawn]

    @cached_property
    def places(self) -> dict[str, int]:
        """Place of every clause with a name."""
        found = enumerate(self.shown)
        return {("figure_" if c.kind == "figure" else "") + c.name: place for place, c in found if c.name}

    def write(self) -> None:
        """Write every clause; `part` begins a new section of pages."""
        for place, clause in enumerate(self.shown):
            if clause.kind in HEADINGS:
                self._heading(place, clause)
            elif clause.kind in PARAGRAPHS:
                look = ENGLISH if clause.kind == "english" else ""
                place_xml(self.document, self._runs(clause.pieces, look), style=PARAGRAPHS[clause.kind])
            elif clause.kind == "table":
                self._caption(place, self._runs(clause.pieces))
                own = clause.grid
                assert own is not None  # noqa: S101 - a table has a grid, for the type checker
                table(self.document, own)
                place_xml(self.document, "", style="Normal")
            elif clause.kind == "figure":
                figure = self.drawn[clause.name]
                for part in figure.parts:
                    picture(self.document, part, figure.claim, last=part is figure.parts[-1])
                basis = apart(figure.basis).zh
                self._caption(place, run_xml(f"{figure.claim}（{basis}）" if basis else figure.claim))
            elif clause.kind == "formula":
                self._formula(place, clause)
            elif clause.kind == "contents":
                self._contents()
            elif clause.kind == "part":
                self.document.add_section(WD_SECTION.NEW_PAGE)

    def _runs(self, pieces: Iterable[Piece], look: str = "") -> str:
        return "".join(
            run_xml(piece if look else wide(piece), look)
            if isinstance(piece, str)
            else self._reference(piece)
            if isinstance(piece, Ref)
            else _symbol(piece)
            for piece in pieces
        )

    def _reference(self, ref: Ref) -> str:
        place = self.places.get(ref.name, -1)
        if place < 0:
            return run_xml("（略）")
        kind, number = self.shown[place].kind, self.numbers[place]
        if kind in ("h1", "h2", "h3"):
            counted = field_xml(f"REF {_mark(place)} \\r \\h", number)
            return run_xml("第") + counted + run_xml("章") if kind == "h1" else counted
        shown = (
            number
            if kind == "annex"
            else f"（{number}）"
            if kind == "formula"
            else f"{CAPTIONS[kind]}{number}"
        )
        before = run_xml("式") if kind == "formula" else ""
        return before + field_xml(f"REF {_mark(place)} \\h", shown)

    def _heading(self, place: int, clause: Clause) -> None:
        runs = self._runs(clause.pieces)
        if clause.kind == "annex":
            runs = marked_xml(run_xml(self.numbers[place]), _mark(place), place) + run_xml("\n") + runs
        else:
            runs = marked_xml(runs, _mark(place), place)
        turned = (
            place > 0 and self.shown[place - 1].kind == "page"
        )  # a break of its own may be alone on a page
        place_xml(
            self.document,
            runs,
            style=HEADINGS[clause.kind],
            layout="<w:pageBreakBefore/>" if turned else "",
        )

    def _caption(self, place: int, text: str) -> None:
        word = CAPTIONS[self.shown[place].kind]
        label = run_xml(word) + _sequence(word, self.numbers[place])
        keep = "<w:keepNext/>" if word == "表" else '<w:keepNext w:val="0"/>'
        place_xml(
            self.document,
            marked_xml(label, _mark(place), place) + run_xml("　") + text,
            style="Caption",
            layout=keep,
        )

    def _formula(self, place: int, clause: Clause) -> None:
        width = text_width(self.document) * TWIPS_PER_CM
        stops = (("center", width / 2), ("right", width))
        tabs = "".join(f'<w:tab w:val="{side}" w:pos="{at:.0f}"/>' for side, at in stops)
        number = run_xml("（") + _sequence("式", self.numbers[place]) + run_xml("）")
        runs = f"<w:r><w:tab/></w:r>{equation(clause.math)}<w:r><w:tab/></w:r>{marked_xml(number, _mark(place), place)}"
        place_xml(self.document, runs, style="Formula", layout=f"<w:tabs>{tabs}</w:tabs>")

    def _contents(self) -> None:
        """The table of contents: number and page of every heading are fields, each known once the file is read."""
        width = text_width(self.document) * TWIPS_PER_CM
        tabs = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{width:.0f}"/></w:tabs>'
        body = max((place for place, one in enumerate(self.shown) if one.kind == "part"), default=0)
        for place, clause in enumerate(self.shown):
            if clause.kind not in _CONTENTS:
                continue
            title = " ".join("".join(piece for piece in clause.pieces if isinstance(piece, str)).split("\n"))
            number, how = self.numbers.get(place, ""), "\\h" if clause.kind == "annex" else "\\r \\h"
            counted = field_xml(f"REF {_mark(place)} {how}", number) + run_xml(" ") if number else ""
            page = field_xml(f"PAGEREF {_mark(place)} \\h", "") if place >= body else run_xml(FOREWORD)
            link = f'w:anchor="{_mark(place)}" w:history="1"'
            line = f"<w:hyperlink {link}>{counted}{run_xml(title)}<w:r><w:tab/></w:r>{page}</w:hyperlink>"
            place_xml(self.document, line, style="toc 1", layout=tabs)


def _sequence(word: str, number: str) -> str:
    """A number that Word counts; in an annex behind its letter, and anew."""
    annex, _, last = number.rpartition(".")
    return (run_xml(f"{annex}.") if annex else "") + field_xml(f"SEQ {word}{annex} \\* ARABIC", last)


def _mark(place: int) -> str:
    return f"_Ref{place:05d}"


def _symbol(symbol: Symbol) -> str:
    below = run_xml(symbol.below, '<w:vertAlign w:val="subscript"/>') if symbol.below else ""
    return run_xml(symbol.letter, "<w:i/>") + below


def undated(document: Any, title: str) -> None:
    """Name the document; take away the dates of the template, which say nothing about this one."""
    core = document.core_properties
    core.title, core.author, core.comments, core.last_modified_by = (
        clean(title),
        "清洁生产评价指标体系工作组",
        "",
        "",
    )
    for child in list(core._element):
        if child.tag.endswith(("}created", "}modified")):
            core._element.remove(child)
