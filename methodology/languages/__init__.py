"""The two languages of every text a reader meets: English stands in the code, Chinese in one catalogue beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

Language = Literal["zh", "en"]

FIRST = "WORKBENCH_LANGUAGE"
"""Variable of the environment that names the first language of a process; Chinese where it is not set."""
CATALOGUE = Path(__file__).with_name("zh_CN.po")
NUMERALS = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ"}
"""How Chinese writes the levels."""
_ID = re.compile(r"'[a-z][a-z0-9_]*'|[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_VALUE = "(?:(?!: )[^;])"
"""What fills a place in a remark, but for `listed`, which is several."""
HAN, _LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")
_HEADING = re.compile(r"^(#+ )([^\n]+)")
_NUMBERED = re.compile(r"^(\d+\. )")
_SIGNED = re.compile(r"^((?:\d+\.|[^\w\s]|ᶜ) )")
"""A number or a sign that stands before both languages."""
_spoken: ContextVar[Language] = ContextVar("spoken")


class Words(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str

    @property
    def same(self) -> bool:
        """Whether both languages write it alike, as they do numbers."""
        return self.zh == self.en


class Told(str):
    """English text that knows its Chinese: equal to the English wherever it is compared, told in either where shown."""

    zh: str

    def __new__(cls, zh: str, en: str) -> Self:
        """Take the two."""
        text = super().__new__(cls, en)
        text.zh = zh
        return text

    @property
    def en(self) -> str:
        """The English text itself."""
        return str(self)


def by_line(text: object) -> Words:
    r"""
    Take what a person wrote, in one language or in two: Chinese on the first line, its English on the next.

    Examples
    --------
    >>> by_line("按2024年数据测算。\nCalibrated on 2024."), by_line("采用 GB 28663").same, by_line("a trial").zh
    (Words(zh='按2024年数据测算。', en='Calibrated on 2024.'), True, 'a trial')
    """
    first, _, rest = str(text).strip().partition("\n")
    paired = bool(rest) and HAN.search(first) and len(_LATIN.findall(rest)) > 2 * len(HAN.findall(rest))
    return Words(first, rest) if paired else Words(str(text), str(text))


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
    if not _LATIN.search(en):
        return Words(text, text)
    sign = _SIGNED.match(zh)
    return Words(zh, en if sign is None or _SIGNED.match(en) else f"{sign[0]}{en}")


def is_chinese(text: str) -> bool:
    """Whether a text that may hold terms of the other language is Chinese."""
    return 2 * len(HAN.findall(text)) > len(_LATIN.findall(text))


def is_english(text: str) -> bool:
    """Whether a text that may hold terms of the other language is English."""
    return bool(_LATIN.search(text)) and not is_chinese(text)


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


def current() -> Language:
    """Language that is spoken now: that of the innermost `speaking`, or the first of this process."""
    return _spoken.get(None) or ("en" if os.environ.get(FIRST) == "en" else "zh")


def in_order(zh: str, en: str) -> tuple[str, str]:
    """
    Both texts, that of the language that is spoken first.

    Examples
    --------
    >>> with speaking("en"):
    ...     in_order("无", "none")
    ('none', '无')
    """
    return (en, zh) if current() == "en" else (zh, en)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language for a while."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def say(message: str | Words | Told, /, **values: Any) -> str:
    """
    Tell a message in the current language, its places filled in.

    Parameters
    ----------
    message : str, Words or Told
        English text as it stands in the catalogue, with `{places}`; or a text in both languages.
    **values
        What fills the places; a value in both languages is told in the current one, a level as Chinese writes it.

    Examples
    --------
    >>> with speaking("zh"):
    ...     say("Level {level}", level="II"), say("none"), say(Words("燃料比", "fuel ratio"))
    ('Ⅱ级', '无', '燃料比')
    """
    language = current()
    if isinstance(message, Words | Told):
        text = message.zh if language == "zh" else message.en
    else:
        text = message if language == "en" else _catalogue().get(message, message)
    if not values:
        return text
    return text.format(**{name: _told(value, language) for name, value in values.items()})


def both(told: Callable[[], str]) -> Words:
    """
    Tell something in both languages.

    Examples
    --------
    >>> both(lambda: say("Level {level}", level="I")).zh
    'Ⅰ级'
    """
    with speaking("zh"):
        chinese = told()
    with speaking("en"):
        return Words(chinese, told())


def joined(sentences: Iterable[str]) -> str:
    """Write sentences one behind another: Chinese leaves no blank between them."""
    return ("" if current() == "zh" else " ").join(sentence for sentence in sentences if sentence)


def later(message: str) -> str:
    """Mark a message that is told later, where it is not written out, so that the catalogue has it."""
    return message


def retold(text: str, names: Mapping[str, Words] | None = None) -> str:
    """
    Tell a text that a stage wrote in English, in the language that is spoken: the message it was made of is looked for.

    Remarks of stages and findings about tables are written in English; the catalogue alone has their messages.

    Parameters
    ----------
    names : mapping of str to Words, optional
        What ids and English names in the text are called.

    Examples
    --------
    >>> with speaking("zh"):
    ...     retold("no upper limit exists with n = 12; wa: one item, weight 1.", {"wa": Words("水资源", "Water")})
    'n = 12时不存在上限；水资源：只有一项，权重为1。'
    """
    known, names = _catalogue() if current() == "zh" else {}, names or {}
    if not text or text in known:
        return known.get(text, text)
    if text.removesuffix("*") in names:
        return say(names[text.removesuffix("*")]) + "*" * text.endswith("*")
    if (known or names) and (made := made_of(text)):
        message, values = made
        return say(message, **{name: retold(value, names) for name, value in values.items()})
    if "; " in text:
        return say("; ").join(retold(part, names) for part in text.split("; "))
    parts = text.split(", ")
    if len(parts) > 1 and all(part in names or part in NUMERALS for part in parts):
        return say(", ").join(retold(part, names) for part in parts)
    text = in_names(text, names)
    return NUMERALS.get(text, text) if known else text


def made_of(text: str) -> tuple[str, dict[str, str]] | None:
    """
    Find the message with places that a text was made of, and what fills them.

    Examples
    --------
    >>> made_of("no upper limit exists with n = 12"), made_of("a sentence of a plant's own")
    (('no upper limit exists with n = {n}', {'n': '12'}), None)
    """
    for first, last, pattern, message in _patterns():
        if text.startswith(first) and text.endswith(last) and (found := _compiled(pattern).fullmatch(text)):
            return message, found.groupdict()
    return None


def in_names(text: str, names: Mapping[str, Words]) -> str:
    """
    A text with what its ids are called, in brackets, in the language that is spoken.

    Examples
    --------
    >>> with speaking("en"):
    ...     in_names("coke_ratio ≤ fuel_ratio", {"fuel_ratio": Words("燃料比", "Fuel ratio")})
    'coke_ratio ≤ [Fuel ratio]'
    """
    return _ID.sub(lambda found: _named(found[0], names), text)


def _named(found: str, names: Mapping[str, Words]) -> str:
    """An id in a formula or a list, in brackets by its name."""
    name = names.get(found.strip("'"))
    return f"[{say(name)}]" if name else found


@cache
def _patterns() -> list[tuple[str, str, str, str]]:
    """
    Messages with places, those with the most letters of their own first: how they begin and end, pattern, message.

    Hundreds of patterns would take longer to compile than most processes look for them.
    """
    texts = {message: re.split(r"\{(\w+)[^}]*\}", message) for message in _catalogue() if "{" in message}
    own = {message: sum(map(str.isalpha, "".join(parts[::2]))) for message, parts in texts.items()}
    kept = sorted((message for message in texts if own[message] >= 5), key=lambda one: -own[one])
    return [(texts[one][0], texts[one][-1], _pattern(texts[one]), one) for one in kept]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


def _pattern(parts: list[str]) -> str:
    seen: set[str] = set()
    made = []
    for place, part in enumerate(parts):
        if place % 2 == 0:
            made.append(re.escape(part))
        else:
            made.append(
                f"(?P={part})" if part in seen else f"(?P<{part}>{'.' if part == 'listed' else _VALUE}+?)"
            )
            seen.add(part)
    return "".join(made)


def _told(value: Any, language: Language) -> Any:
    if isinstance(value, Words | Told):
        return value.zh if language == "zh" else value.en
    return NUMERALS.get(value, value) if language == "zh" and isinstance(value, str) else value


@cache
def _catalogue() -> dict[str, str]:
    """Chinese by English; read when the first Chinese text is told, once in a process."""
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as file:
        told = read_po(file)
    return {str(entry.id): str(entry.string) for entry in told if entry.id and entry.string}
