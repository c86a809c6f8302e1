"""What forms and documents call the attributes of a plant, and the words they are answered with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import unit_of
from methodology.indicators.judgements import ROOT
from methodology.indicators.loading import read_yaml
from methodology.languages import Words, current, say

_LISTS = (("、", "zh"), (", ", "en"))


@lru_cache(maxsize=1)
def attribute_words() -> Mapping[str, Mapping[str, Any]]:
    """Names of attributes of plants in both languages, and the words they are answered with."""
    return read_yaml(Path(__file__).with_name("attribute_words.yaml"))


def attribute_name(name: str, language: str) -> str:
    """Name of an attribute of plants in `zh` or `en`."""
    return str(attribute_words().get(name, {}).get(language, name.replace("_", " ")))


def column_name(name: str, system: IndicatorSystem, language: str, *, unit: bool = False) -> str:
    """Name of an indicator or an attribute in `zh` or `en`, with its unit if asked for."""
    if name in system.ids:
        word, measured = str(getattr(system[name], f"name_{language}")), unit_of(system[name])
    else:
        word, measured = attribute_name(name, language), system.attributes.get(name, "text")
    between = "，" if language == "zh" else ", "
    return f"{word}{between}{measured}" if unit and measured not in ("", "text") else word


def choice_words(name: str, kind: str) -> dict[str, tuple[str, str, str]]:
    """Words an attribute is answered with: word of the system -> that of the list, its meaning in both languages."""
    known = attribute_words().get(name, {}).get("choices", {})
    found = {}
    for word in kind.split("|"):
        zh, en, means_zh, means_en = known.get(word, (word, "", "", ""))
        found[word] = (f"{zh} {en}".strip(), means_zh, means_en)
    return found


NO_REGISTER = "no register known"
"""Stands for the strata of an industry whose plants nobody has listed."""


def stratum_in_words(stratum: str, system: IndicatorSystem | None) -> str:
    """
    What a stratum of the industry is called: the answers that make it, one per attribute.

    Words that two attributes are answered with alike are told apart by the name of the attribute.
    """
    answers, attributes = stratum.split(" / "), system.strata if system else ()
    if len(answers) != len(attributes) or stratum == NO_REGISTER:
        return say(stratum)
    return " / ".join(
        answer_word(name, word)
        if answers.count(word) == 1
        else say(
            "{attribute}: {answer}", attribute=attribute_name(name, current()), answer=answer_word(name, word)
        )
        for name, word in zip(attributes, answers, strict=True)
    )


def stratum_chosen(stratum: str) -> str:
    """
    The stratum a run chose, `attribute=answer`, in the language that is spoken.

    Examples
    --------
    >>> stratum_chosen("route=all-scrap"), stratum_chosen("region=key|other")
    ('Process route: all scrap', 'Region: key region, other region')
    """
    attribute, _, answers = stratum.partition("=")
    told = say(", ").join(answer_word(attribute, word) for word in answers.split("|"))
    return say("{attribute}: {answer}", attribute=attribute_name(attribute, current()), answer=told)


def answer_word(attribute: str, word: str) -> str:
    """An answer in the language that is spoken."""
    zh, en, *_ = attribute_words().get(attribute, {}).get("choices", {}).get(word, (word, word))
    return say(Words(str(zh), str(en)))


def names_of(system: IndicatorSystem) -> dict[str, Words]:
    """What ids and English names in remarks of stages are called: of indicators, groups, attributes, corrections."""
    items: list[Any] = [*system.groups, *system.indicators]
    named = {item.id: Words(item.name_zh, item.name_en) for item in items}
    named |= {
        name: Words(attribute_name(name, "zh"), attribute_name(name, "en"))
        for name in system.attributes
        if name not in named
    }
    told = {
        item.id: Words(
            *(
                mark.join(column_name(name, system, language) for name in item.attributes or item.target)
                for mark, language in _LISTS
            )
        )
        for item in system.corrections
    }
    checks = {
        check.en: Words(check.zh, check.en) for check in system.consistency_checks if check.en and check.zh
    }
    nodes = {ROOT: Words("一级指标", "groups")}
    return named | {words.en: words for words in named.values()} | told | checks | nodes
