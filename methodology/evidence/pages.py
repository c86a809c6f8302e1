"""A page of the site: a title, and sections under headings in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from methodology.evidence.markup import link, spoken
from methodology.findings.addresses import anchor
from methodology.indicators import IndicatorSystem
from methodology.languages import Words


@dataclass(frozen=True)
class Section:
    """
    Part of a page under a heading.

    Attributes
    ----------
    id : str
        Where links lead to.
    heading : Words
        In both languages.
    body : str
        HTML.
    """

    id: str
    heading: Words
    body: str


@dataclass(frozen=True)
class Page:
    """
    One page of the site.

    Attributes
    ----------
    name : str
        File name without suffix.
    title : Words
        In both languages.
    lead : str
        HTML before the first section.
    sections : tuple of Section
        In order.
    chapter : str
        Part of the navigation it is listed in: main, notebooks, reference; or the page it belongs to.
    pictures : mapping of str to bytes
        Pictures of the page by file name.
    """

    name: str
    title: Words
    lead: str = ""
    sections: tuple[Section, ...] = ()
    chapter: str = "main"
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where a link to it leads."""
        return f"{self.name}.html"

    @property
    def html(self) -> str:
        """All of its text."""
        parts = [f'<h2 id="{one.id}">{spoken(*one.heading)}</h2>\n{one.body}' for one in self.sections]
        return "\n".join([f"<h1>{spoken(*self.title)}</h1>", self.lead, *parts])


def sections(*parts: tuple[str, tuple[str, str], str]) -> tuple[Section, ...]:
    """Sections from (id, heading, HTML); those without HTML are left out."""
    return tuple(Section(name, Words(*words), body) for name, words, body in parts if body)


def indicator_address(name: str) -> str:
    """File of the page of an indicator."""
    return f"indicator-{anchor(name)}.html"


def indicator_link(system: IndicatorSystem, name: str) -> str:
    """The name of an indicator as a link to its page."""
    return link(indicator_address(name), spoken(system[name].name_zh, system[name].name_en))
