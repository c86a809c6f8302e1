"""Texts as a Chinese document prints them: the Chinese part, full-width signs, units set, settings in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from methodology.findings.promises import NUMERALS
from methodology.indicators.display import number, percent, unit_text
from methodology.languages import by_line, speaking
from methodology.parameters.words import choice_in_words, setting_in_words

_FIRST_PART = re.compile(r".*[\u2e80-\u9fff\u3000-\u303f\uff00-\uffef％]\)?", re.DOTALL)
_HAN = "\u2e80-\u9fff\u3000-\u303f\uff00-\uffef"
_BRACKETS = re.compile(rf"(?:(?<=[{_HAN}])\(([^()]*)\)|\(([^()]*[{_HAN}][^()]*)\))")
_HALF = re.compile(rf"(?<=[{_HAN}])[:;,] ?|[:;,] ?(?=[{_HAN}])")
_FULL = {":": "：", ";": "；", ",": "，"}
_OXIDE = re.compile(r"(?<=[CNS]O)2(?!\d)")
_NUMBER = re.compile(r"\b((?:GB|HJ|YB)(?:/T)? ?[\d.]+(?:、[\d.]+)*)-(?=\d{4}(?!\d))")
"""Number of a standard up to its year, which Chinese documents set off by a dash."""
_LEVEL = re.compile(r"(?<![A-Za-z])(I{1,3})(?=级|、)")


def chinese(text: object) -> str:
    """
    The Chinese part of a text that may hold English behind it; all of it where there is none.

    Examples
    --------
    >>> chinese("转引 second-hand (4.3.2)"), chinese("通则(试行) 2013"), chinese("AHP")
    ('转引', '通则(试行)', 'AHP')
    """
    found = _FIRST_PART.match(str(text))
    return found[0] if found else str(text)


def sentences(text: str) -> str:
    """
    The Chinese sentences of a text in which English ones stand between them.

    Examples
    --------
    >>> sentences("企业为虚构。 The plants are made up. 权重不得引用。 Do not quote.")
    '企业为虚构。权重不得引用。'
    """
    return "".join(re.findall("[\u3400-\u9fff][^。A-Za-z]*。", text))


def has_chinese(text: object) -> bool:
    """Whether any of it is Chinese."""
    return _FIRST_PART.match(str(text)) is not None


def wide(text: str) -> str:
    """
    A Chinese text with the signs of its script, its units set.

    Examples
    --------
    >>> wide("热风炉(以NO2计)有效容积3000 m3"), wide("2014年指标体系II级"), wide("kg/(t·h)"), wide("GB 28663-2012")
    ('热风炉（以NO₂计）有效容积3000 m³', '2014年指标体系Ⅱ级', 'kg/(t·h)', 'GB 28663—2012')
    """
    closed = _BRACKETS.sub(
        lambda found: f"（{found[1] if found[1] is not None else found[2]}）",
        _NUMBER.sub(r"\1—", unit_text(text)),
    )
    signs = _HALF.sub(lambda found: _FULL[found[0][0]], closed)
    return _LEVEL.sub(lambda found: NUMERALS[found[1]], _OXIDE.sub("₂", signs))


def in_a_row(names: Sequence[str]) -> str:
    """
    Names one behind the other, told apart where one of them holds the sign itself.

    Examples
    --------
    >>> in_a_row(["焦比", "燃料比"]), in_a_row(["加热炉、热处理炉颗粒物", "水耗"])
    ('焦比、燃料比', '加热炉、热处理炉颗粒物；水耗')
    """
    return ("；" if "、" in "".join(names) else "、").join(names)


def setting(value: Any) -> str:
    """
    What a choice is set to, in Chinese words.

    Examples
    --------
    >>> setting(True), setting(()), setting(0.05), setting("AHP")
    ('是', '无', '0.05', 'AHP')
    """
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or (not isinstance(value, int | float) and not value):
        return "无"
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{setting(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "；".join(map(setting, value))
    with speaking("zh"):
        return setting_in_words(by_line(value).zh) if isinstance(value, str) else number(value, digits=9)


def shares(found: Mapping[str, float | None]) -> str:
    """Shares at the three levels, one after the other."""
    return "、".join(percent(found.get(level)).replace(" ", "\u00a0") for level in NUMERALS)


def choice_name(path: str) -> str:
    """A choice of a run by its Chinese name."""
    return next((text for text in choice_in_words(path) if has_chinese(text)), path)
