"""Describe the corrections of an indicator beside its values, which hold for corrected figures only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from methodology.indicators import LEVELS, IndicatorSystem
from methodology.indicators.display import number, said_known_how, unit_text
from methodology.indicators.system import Correction
from methodology.languages import NUMERALS, retold, say, speaking
from methodology.sample.attribute_words import answer_word, column_name

if TYPE_CHECKING:
    from methodology.findings.contents import RunContents

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CALLS = frozenset({"min", "max", "abs"})


def correction_notes(contents: RunContents) -> dict[str, tuple[str, str]]:
    """
    Say of every corrected indicator that plants are compared after correction, for what, how, and by which source.

    Returns
    -------
    dict
        Indicator to a sentence in Chinese and one in English; empty where the run compares reported values.
    """
    system, notes = contents.system, {}
    for name in system.ids:
        applied = [item for item in system.corrections if name in item.target and item.computable]
        if not contents.about.get("corrected") or not applied:
            continue
        zh, en = (
            "；".join(_how(item, system, 0) for item in applied),
            "; ".join(_how(item, system, 1) for item in applied),
        )
        notes[name] = (
            f"按修正后的数值比较：企业数值须先扣除修正项，再与基准值比较，未修正的数值不能直接比较。修正项：{zh}。",
            "Compared after correction: the terms that follow are taken off a plant's value before it is compared; a "
            f"reported value cannot be set beside this one. Terms: {en}.",
        )
    return notes


def _how(item: Correction, system: IndicatorSystem, language: int) -> str:
    """One correction: the attributes it reads, its term, its source."""
    read = [name for name in item.attributes if name not in item.where]
    attributes = ("、", ", ")[language].join(_word(name, system, language) for name in read)
    with speaking(("zh", "en")[language]):
        where = say(", ").join(
            f"{_word(name, system, language)} = {answer_word(name, value)}"
            for name, value in item.where.items()
        )
        source = say(", ").join([retold(item.source), said_known_how(item.status)])
        attributes = attributes or say("condition of production")
    condition = (f"（{where}）", f" (where {where})")[language] if where else ""
    if set(item.levels) != set(LEVELS):
        levels = [str(level) for level in item.levels]
        condition += (
            f"（仅{'、'.join(NUMERALS[level] for level in levels)}级）",
            f" (at level {', '.join(levels)} only)",
        )[language]
    return (
        f"{attributes}{condition}：{_term(item, system, 0)}（{source}）",
        f"{attributes}{condition}: {_term(item, system, 1)} [{source}]",
    )[language]


def _term(item: Correction, system: IndicatorSystem, language: int) -> str:
    unit = f" {unit_text(item.unit)}" if item.unit else ""
    if item.addend or item.value:
        shown = (item.addend or item.value).replace("*", " × ").replace("-", " − ")
        return _NAME.sub(lambda found: _in_formula(found[0], system, language), shown) + unit
    if item.table:
        with speaking(("zh", "en")[language]):
            rows = [
                f"{answer_word(item.attribute, name)} {number(value)}" for name, value in item.table.items()
            ]
            return say(", ").join(rows) + unit
    if item.points:
        return _curve(item, _word(item.attribute, system, language), language)
    return f"× {number(item.factor)}"


def _curve(item: Correction, name: str, language: int) -> str:
    """A term that moves with an attribute, piece by piece; one of a run that is straight, from its reference on."""
    told: list[str] = []
    ends: list[str] = []
    for (left, low), (right, high) in pairwise(item.points):
        slope, at, there = (high - low) / (right - left), left, low
        if item.reference is not None and left <= item.reference <= right:
            at, there = item.reference, 0.0  # a curve of a run adds nothing at its reference
        start = f"{number(there, digits=6)} + " if there else ""
        piece = f"{start}{number(slope)} × ([{name}] − {number(at, digits=6)})"
        told.append(piece if slope else number(low, digits=6))
        ends.append(f"[{name}] {number(item.points[len(ends)][0], digits=6)} – {number(right, digits=6)}")
    pieces = [("{}（{}）", "{} ({})")[language].format(*pair) for pair in zip(told, ends, strict=True)]
    beyond = ("，超出范围的按端点计算", ", beyond as at the nearer end")[language]
    return f"{('；', '; ')[language].join(pieces)} {unit_text(item.unit)}{beyond}"


def _in_formula(name: str, system: IndicatorSystem, language: int) -> str:
    if name in _CALLS:
        return name
    return ("数值", "value")[language] if name == "value" else f"[{_word(name, system, language)}]"


def _word(name: str, system: IndicatorSystem, language: int) -> str:
    return column_name(name, system, ("zh", "en")[language])


def covariates_in_words(chosen: Sequence[Mapping[str, Any]], system: IndicatorSystem) -> str:
    """Which values move with what, as a run chose it: in Chinese, and in English on the next line."""
    lines = [
        mark.join(
            between.join(column_name(str(item[key]), system, language) for key in ("indicator", "by"))
            for item in chosen
        )
        for language, mark, between in (("zh", "；", "："), ("en", "; ", ": "))
    ]
    return "\n".join(filter(None, lines))
