"""Pages that explain: sources with their status, assumptions with their reasons, terms with their meaning."""

from __future__ import annotations

import re
from functools import cache, partial
from html import escape
from pathlib import Path

from methodology.evidence.markup import cards, spoken, told
from methodology.evidence.mentions import Mentions
from methodology.evidence.notebooks import prose
from methodology.evidence.pages import Page, Section, indicator_address, indicator_link
from methodology.findings.addresses import anchor
from methodology.findings.contents import RunContents
from methodology.indicators.display import said_known_how, several
from methodology.indicators.loading import read_yaml
from methodology.languages import Words, apart, both, by_line, say

_CHAPTER = re.compile(r"^# (?P<name>.+)$", re.MULTILINE)
_ASSUMPTION = re.compile(r"^## A-(?P<number>\d+) (?P<title>.+)$", re.MULTILINE)
_BROKEN = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef”])\n(?=[\u2e80-\u9fff\uff00-\uffef“])")
"""Where a line of Chinese is broken in the source; a page would show a blank there."""
_WEB = re.compile(r"https?://[^\s\"'<>]+")


def reference_pages(contents: RunContents) -> list[Page]:
    """Sources, assumptions where the project has them, and terms."""
    assumptions = [_assumptions(contents.assumptions)] if contents.assumptions else []
    return [_sources(contents), *assumptions, _terms()]


def mentions(contents: RunContents) -> Mentions:
    """What texts of the pages mention, and where it is explained."""
    numbers = frozenset(found["number"] for found in _ASSUMPTION.finditer(contents.assumptions))
    sources = {key: by_line(item.title) for key, item in contents.system.sources.items()}
    named = {
        name: indicator_address(item.id)
        for item in contents.system.indicators
        for name in (item.name_zh, item.name_en)
    }
    terms = {anchor(en): Words(zh, en) for zh, en, *_ in _known_terms()}
    return Mentions(numbers, sources, terms, named)


@cache
def _known_terms() -> tuple[tuple[str, str, str, str], ...]:
    rows = read_yaml(Path(__file__).with_name("terms.yaml"))["terms"]
    return tuple((row["zh"], row["en"], row["means_zh"], row["means_en"]) for row in rows)


def _terms() -> Page:
    rows = "".join(
        f'<dt id="{anchor(en)}"><b>{spoken(zh, en)}</b></dt><dd>{spoken(means_zh, means_en)}</dd>'
        for zh, en, means_zh, means_en in _known_terms()
    )
    return Page("terms", Words("术语", "Terms"), f'<dl class="facts terms">{rows}</dl>', (), "reference")


def _sources(contents: RunContents) -> Page:
    """Every source with what is known of it and the indicators that lean on it; an address is text, no link."""
    rows = []
    for key, item in contents.system.sources.items():
        users = [
            indicator_link(contents.system, one.id)
            for one in contents.system.indicators
            if any(comparator.source == key for comparator in one.comparators)
            or any(key == c.source and one.id in c.target for c in contents.system.corrections)
        ]
        address = f"<br><small>{escape(item.address)}</small>" if _WEB.match(item.address) else ""
        rows.append(
            [
                f'<span id="source-{escape(key, quote=True)}">{spoken(*by_line(item.title))}</span>{address}',
                told(both(partial(_status, item.status))),
                "<br>".join([*users, *_other_uses(contents, key)]) or "–",
            ]
        )
    about = (
        "每个来源都注明是否读过原文：“原文已读”指读过所引文本，“转引”指读过他人的转述，“凭记忆”指未核对。",
        "Each source says how it is known: read, second-hand (in a transcription), or recalled without a check.",
    )
    table = cards(["来源 source", "状态 status", "用于 used by"], rows, kind="sources")
    return Page("sources", Words("来源", "Sources"), f"<p>{spoken(*about)}</p>{table}", (), "reference")


def _other_uses(contents: RunContents, key: str) -> list[str]:
    """What else leans on a source: the conventions of the system, and its typical spreads, which no value rests on."""
    spread = sum(key in one.anchors.source for one in contents.system.indicators if one.anchors)
    spreads = (f"{spread}项指标的典型分布", f"typical spread of {several(spread, 'indicator')}")
    used = any(one.source == key for one in contents.system.conventions)
    return [*([spoken("约定值", "conventions")] if used else []), *([spoken(*spreads)] if spread else [])]


def _status(status: str) -> str:
    return said_known_how(say(by_line(status)))


def _assumptions(text: str) -> Page:
    parts = [
        Section(anchor(name), apart(name), _listed(body))
        for name, body in _split(_CHAPTER, text)
        if _ASSUMPTION.search(body)
    ]
    about = (
        "方法中不能由定理或已公布的规则得出的选择，每条有一个编号。",
        "Every choice of method that rests on judgement, and not on a theorem or a published rule, has a number.",
    )
    return Page(
        "assumptions", Words("假设", "Assumptions"), f"<p>{spoken(*about)}</p>", tuple(parts), "reference"
    )


def _listed(body: str) -> str:
    made = []
    for found, rest in zip(_ASSUMPTION.finditer(body), _ASSUMPTION.split(body)[3::3], strict=True):
        title, number = apart(found["title"]), int(found["number"])
        words = spoken(f"假设{number}　{title.zh}", f"Assumption {number}. {title.en}")
        made.append(f'<h3 id="A-{found["number"]}">{words}</h3>{prose(_BROKEN.sub("", rest))}')
    return "".join(made)


def _split(pattern: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    pieces = pattern.split(text)
    return list(zip(pieces[1::2], pieces[2::2], strict=True))
