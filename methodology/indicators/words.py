"""The words of a standard: levels, directions, kinds and the four states of a cell."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any

from methodology.languages import NUMERALS, Words, say


class Level(StrEnum):
    """Level 级 of cleaner production; `NONE` is a plant that reaches none."""

    I = "I"  # noqa: E741
    II = "II"
    III = "III"
    NONE = "none"


LEVELS = (Level.I, Level.II, Level.III)


def sign_of(better: str) -> float:
    """
    What a value is multiplied with so that smaller is cleaner: +1 where lower is better, -1 where higher is.

    Examples
    --------
    >>> sign_of("lower"), sign_of("higher")
    (1.0, -1.0)
    """
    return -1.0 if better == "higher" else 1.0


NO_LEVEL = Words("未达级", "none")
"""What a plant is at that reaches no level."""
SYNTHETIC = "合成数据 synthetic data"
"""Stands on every page, document and figure whose plants or experts are made up."""


def level_word(level: object) -> str:
    """
    What a level is called in keys and over panels.

    Examples
    --------
    >>> level_word(Level.II), level_word("none")
    ('Level II', 'none')
    """
    return say(NO_LEVEL) if str(level) == str(Level.NONE) else say("Level {level}", level=str(level))


def level_zh(level: object) -> str:
    """
    A level as a Chinese sentence writes it.

    Examples
    --------
    >>> level_zh(Level.II)
    'Ⅱ级'
    """
    return f"{NUMERALS.get(str(level), level)}级"


def spoken_name(named: Any) -> str:
    """Name of an indicator, a group or a system in the language that is spoken."""
    return say(Words(named.name_zh, named.name_en))


class Direction(StrEnum):
    """Which values are cleaner."""

    LOWER = "lower"
    HIGHER = "higher"
    INTERVAL = "interval"


class Kind(StrEnum):
    """How an indicator is stated."""

    QUANTITATIVE = "quantitative"
    QUALITATIVE = "qualitative"


class CellState(IntEnum):
    """The four states of a cell, never merged."""

    MEASURED = 0
    BELOW_LIMIT = 1
    NOT_REPORTED = 2
    NOT_APPLICABLE = 3
