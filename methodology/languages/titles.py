"""Tell apart what a person wrote in two languages: names, titles, sentences with Chinese before English."""

from __future__ import annotations

import re

from methodology.languages import Words, by_line

HAN = re.compile(r"[\u4e00-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_HEADING = re.compile(r"^(#+ )([^\n]+)")
_NUMBERED = re.compile(r"^(\d+\. )")
_SIGNED = re.compile(r"^((?:\d+\.|[^\w\s]|ᶜ) )")
"""A number or a sign that stands before both languages."""


def apart(text: str) -> Words:
    r"""
    Tell the languages of a text apart: Chinese first, English behind it.

    Examples
    --------
    >>> apart("热风烟气NOx(以NO2计) Hot-stove NOx (as NO2)").en, apart("级\nlevel").zh, apart("kg/t").same
    ('Hot-stove NOx (as NO2)', '级', True)
    >>> apart("1. 哪些企业？ Which plants?").en, apart("‡ 起草者设定 assumed by the drafters").en
    ('1. Which plants?', '‡ assumed by the drafters')
    """
    places = [found.end() for found in HAN.finditer(text)]
    ends = [found.start() for found in re.finditer(r"\s", text) if places and found.start() >= places[-1]]
    zh, en = (text[: ends[0]].strip(), text[ends[0] :].strip()) if ends else (text, "")
    if not _LETTER.search(en):
        return Words(text, text)
    sign = _SIGNED.match(zh)
    return Words(zh, en if sign is None or _SIGNED.match(en) else f"{sign[0]}{en}")


def is_chinese(text: str) -> bool:
    """Whether a text that may hold terms of the other language is Chinese."""
    return 2 * len(HAN.findall(text)) > len(_LETTER.findall(text))


def is_english(text: str) -> bool:
    """Whether a text that may hold terms of the other language is English."""
    return bool(_LETTER.search(text)) and not is_chinese(text)


def english_first(markdown: str) -> str:
    r"""
    Put English before Chinese in Markdown: in headings that hold both, and in paragraphs that stand in pairs.

    Examples
    --------
    >>> english_first("## 2. 权重 Weights\n\n由专家给出。\n\nGiven by experts.\n\n$$ x $$").split("\n\n")
    ['## 2. Weights 权重', 'Given by experts.', '由专家给出。', '$$ x $$']
    """
    blocks, place = [_HEADING.sub(_turned, block) for block in markdown.split("\n\n")], 0
    while place + 1 < len(blocks):
        first, second = blocks[place : place + 2]
        paired = not first.startswith("#") and is_chinese(first) and is_english(second)
        if paired:
            blocks[place : place + 2] = [second, first]
        place += 2 if paired else 1
    return "\n\n".join(blocks)


def _turned(heading: re.Match[str]) -> str:
    zh, en = apart(heading[2])
    return heading[0] if zh == en else f"{heading[1]}{en} {_NUMBERED.sub('', zh)}"


def parted(text: object) -> Words:
    r"""
    Tell the languages of what a person wrote apart: Chinese on a line of its own, or before its English.

    Examples
    --------
    >>> parted("九位专家\nnine experts").en, parted("九位专家 nine experts").zh, parted("the secretariat").zh
    ('nine experts', '九位专家', 'the secretariat')
    """
    pair = by_line(text)
    return apart(str(text)) if pair.same else pair


def short_title(title: str) -> str:
    """
    A title as a link says it: without what explains it.

    Examples
    --------
    >>> short_title("GB 28663-2012 emission standards; from memory"), short_title("2013年焦比361.4 kg/t，燃料比536.5")
    ('GB 28663-2012 emission standards', '2013年焦比361.4 kg/t')
    """
    return re.split(r"; | \(|, | as | — |；|，|(?<=.{7})（", title, maxsplit=1)[0]
