"""Findings about what was sent, told in Chinese beside the English: `check` lists them for whoever has to mend a table.

The rooms that find them write English, whose messages stand in the catalogue. A test finds every piece of each in the
code that writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from methodology.errors import MOST_OF_A_KIND, Problem
from methodology.languages import later, made_of, retold, say, speaking

_ADDRESS = re.compile(r"([A-Z]{1,3}\d{1,7}): (.+)", re.S)
_GIVEN = re.compile(r"(.+) \(given: (.+)\)", re.S)
_NOT_YAML = re.compile(r"(.+?)(?:: the value)? is not plain YAML: (?:line (\d+): )?(.+)\.", re.S)
_MORE = re.compile(r"(.+?\.) (The same in \d+ more places?.*)", re.S)
_PLACE, _QUOTED = re.compile(r"\{\w+[^}]*\}"), re.compile("`.*?`|'.*?'")
_PROSE = re.compile(r"[a-z]{3,} [a-z]{2,} [a-z]{3,}")
_TELLING = 16
"""Letters of a message's own that no other text has by chance."""
_SEVERITY = re.compile(r"\[(error|warn|info)] (.+)", re.S)
_SEVERITIES = {"error": later("error"), "warn": later("doubtful"), "info": later("unusual")}


def in_chinese(finding: Problem) -> str:
    """
    A finding with its place in Chinese; '' where nobody has said it in Chinese.

    Examples
    --------
    >>> in_chinese(Problem("'5 ppm' has text after the number.", file="a.xlsx", row=7, fix="Enter its value."))
    "a.xlsx，第7行：'5 ppm'的数字后面还有文字。请填数值。"
    """
    unread = _NOT_YAML.fullmatch(finding.what)
    if unread:
        file, line, what = unread.groups()
        finding = replace(finding, what=what, file=finding.file or file, line=int(line) if line else None)
    with speaking("zh"):
        severity, what = _with_severity(finding.what)
        sentences = [what, *(_retold(text) for text in (finding.why, finding.fix) if text)]
        if not what:
            return ""
        place = "，".join(_places(finding))
        return f"{place}{'：' * bool(place)}{severity}{''.join(sentences)}"


def all_in_chinese(findings: Iterable[Problem]) -> list[str]:
    """The faults of an input in Chinese below a heading, as far as they are known in it; no line where none is."""
    told = dict.fromkeys(filter(None, map(in_chinese, islice(findings, MOST_OF_A_KIND))))
    return ["中文：", *(f"  - {line}" for line in told)] if told else []


def note_in_chinese(finding: Problem) -> str:
    """A doubt as a note in Chinese; '' where nobody has said it in Chinese."""
    with speaking("zh"):
        told = in_chinese(finding)
        return say("note: {finding}", finding=told) if told else ""


def _with_severity(what: str) -> tuple[str, str]:
    """How grave a finding is, and what it is; '' where its Chinese is not known."""
    found = _SEVERITY.fullmatch(what)
    if not found:
        return "", _retold(what)
    bare = found[2] if _MORE.fullmatch(found[2]) else found[2].removesuffix(".")
    told = _retold(bare) or _retold(found[2])
    return f"【{say(_SEVERITIES[found[1]])}】", f"{told}。" if told and told[-1:] != "。" else told


def _retold(text: str) -> str:
    """A text in Chinese; '' where no message of the catalogue reads like it as a whole."""
    more = _MORE.fullmatch(text)
    first = _retold(more[1]) if more else ""
    if more and first:
        return first.removesuffix("。") + "。" + retold(f"- {more[2]}").removeprefix("-").strip()
    for whole in (text, f"{text}.", text.removesuffix(".")):
        if (told := say(whole)) != whole or (told := _made(whole)):
            return told
    given = _GIVEN.fullmatch(text)
    if given and (told := _retold(given[1])):
        return say("{what} (given: {given})", what=told, given=given[2])
    address = _ADDRESS.fullmatch(text)
    return f"{address[1]}：{told}" if address and (told := _retold(address[2])) else ""


def _made(text: str) -> str:
    """A text that was made of a message, in Chinese; '' where that leaves English: a short message fits many a text."""
    made = made_of(text)
    told = retold(text) if made else text
    own = sum(map(str.isalpha, _PLACE.sub("", made[0]))) if made else 0
    return "" if told == text or (own < _TELLING and _PROSE.search(_QUOTED.sub("", told))) else told


def _places(finding: Problem) -> Iterable[str]:
    """Where a finding stands, part by part."""
    if finding.file:
        yield retold(finding.file)
    if finding.sheet:
        yield say("sheet {sheet}", sheet=finding.sheet)
    if finding.row is not None:
        yield say("row {row}", row=finding.row)
    if finding.column:
        yield say("column {column}", column=finding.column)
    if finding.plant:
        yield say("plant {plant}", plant=finding.plant)
    if finding.line is not None:
        yield say("line {line}", line=finding.line)
    if finding.key:
        yield finding.key
