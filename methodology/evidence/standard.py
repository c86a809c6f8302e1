"""Write the table a standard prints: groups, indicators, weights, three values; alike in Word and in the workbook."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

from methodology.evidence.contents import RunContents
from methodology.evidence.corrections import correction_notes
from methodology.evidence.word_parts import SUPER
from methodology.indicators import LEVELS, Indicator, Kind
from methodology.indicators.display import benchmark, unit_of

HEADER = (
    "一级指标\nGroup",
    "权重\nWeight",
    "二级指标\nIndicator",
    "单位\nUnit",
    "权重\nWeight",
    *(f"{sign}级\n{level}" for sign, level in zip("ⅠⅡⅢ", LEVELS, strict=True)),
)


def note_letters(notes: Iterable[str]) -> dict[str, str]:
    """A letter for each indicator with a note."""
    return {name: ascii_lowercase[place % len(ascii_lowercase)] for place, name in enumerate(notes)}


def standard_rows(contents: RunContents) -> list[list[str | None]]:
    """
    The table of the standard, row by row; None continues the cell above.

    Values carry their sign, and behind `SUPER` the letter of the note on their correction.
    """
    letters = note_letters(correction_notes(contents))
    rows: list[list[str | None]] = []
    own, weights = contents.by_indicator, contents.printed_weights
    for group in contents.system.groups:
        members = [i for i in contents.system.indicators if i.group == group.id and i.id in weights]
        for place, item in enumerate(members):
            total = str(contents.group_weight(group.id))
            head = [f"{group.name_zh}\n{group.name_en}", total] if place == 0 else [None, None]
            raised = f"{SUPER}{letters[item.id]}" if item.id in letters else ""
            values = [_value(item, own[item.id][str(level)]["proposed"], raised) for level in LEVELS]
            name = f"{item.name_zh}{'*' if item.limiting else ''}{raised}\n{item.name_en}"
            rows.append([*head, name, unit_of(item), str(weights[item.id]), *values])
    return rows


def _value(indicator: Indicator, value: float, raised: str) -> str:
    if indicator.kind is Kind.QUALITATIVE:
        return "见1.1"
    sign = "" if indicator.target else "≥" if indicator.better == "higher" else "≤"
    return f"{sign}{benchmark(value, indicator)}{raised}" if value == value else "–"
