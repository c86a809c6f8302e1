"""Fit the texts of figures by their length, Chinese and Latin ones: in lines, in keys, beside the ends of bars."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes

LETTER, SIGN = 0.075, 0.5
"""Inches of a letter, and of a mark in a key with the gaps around it."""
WORD = re.compile(
    r"[（“]*(?:\d[\d.,]*(?: \| \d[\d.,]*)* %|[^\s（）“”\u3000-\u9fff\uff00-\uffef]+|[\u3000-\u9fff\uff00-\uffef])"
    r"[，。；：、）”]*"
)
"""What is never broken: a word, percentages, or a Chinese sign, with brackets before and punctuation behind it."""


def wrapped(text: str, width: int) -> str:
    """
    Break a text into lines of at most so many letters, a Chinese sign counted as 1.8 of them.

    Examples
    --------
    >>> print(wrapped("每项指标的基准值，以及达到该值的企业比例。", 20))
    每项指标的基准值，以及
    达到该值的企业比例。
    """
    lines, end, long = [""], 0, 0.0
    for found in WORD.finditer(text):
        word = found.group()
        gap = text[end : found.start()] if lines[-1] else ""
        new = len(gap) + letters(word)
        if lines[-1] and long + new > width:
            lines.append("")
            gap, new, long = "", new - len(gap), 0.0
        lines[-1] += gap + word
        end, long = found.end(), long + new
    return "\n".join(lines)


def balanced(text: str, width: int) -> str:
    """
    Break a text into as few lines as `wrapped` does, about equally long: no last line holds a single sign.

    Examples
    --------
    >>> print(balanced("每项指标的基准值，以及达到该值的企业比例。", 34))
    每项指标的基准值，以及
    达到该值的企业比例。
    """
    lines = wrapped(text, width).count("\n")
    while width > 4 and wrapped(text, width - 2).count("\n") == lines > 0:
        width -= 2
    return wrapped(text, width)


def letters(text: str) -> float:
    """How wide a text is, in Latin letters."""
    return sum(1.8 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def key_above(axes: Axes, **what: Any) -> None:
    """Put the key above the axes, in as many columns as stand within the figure; `what` as `Axes.legend` takes it."""
    shown = what.get("handles") or axes.get_legend_handles_labels()[0]
    wide = [LETTER * letters(str(one.get_label())) + SIGN for one in shown]
    beside = max(
        (letters(one.get_text()) for one in axes.texts if one.get_horizontalalignment() == "right"), default=0
    )
    room = axes.figure.get_figwidth() - LETTER * beside - SIGN  # type: ignore[union-attr]
    columns = next((count for count in range(len(wide), 1, -1) if _across(wide, count) <= room), 1)
    columns = math.ceil(len(wide) / math.ceil(len(wide) / columns)) if wide else 1  # rows about equally long
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, columnspacing=1.2, **what)


def _across(wide: Sequence[float], columns: int) -> float:
    """Inches of a key that is filled column by column, the first ones with one more."""
    long, more = divmod(len(wide), columns)
    ends = [long * column + min(column, more) for column in range(columns + 1)]
    return sum(max(wide[start:end]) for start, end in pairwise(ends))


Said = tuple[float, str]
"""A place along an axis, and what is written there."""


def roomy(left: Sequence[Said], right: Sequence[Said], inches: float) -> tuple[float, float]:
    """
    Give the limits of an axis, so many inches long, that holds what is written to the left and to the right of places.

    Examples
    --------
    >>> low, high = roomy([(-1.0, "")], [(1.0, "nine letters"), (math.nan, "nowhere")], 6.0)
    >>> (low, round(high, 2))
    (-1.0, 1.35)
    """
    kept = [[(at, text) for at, text in side if math.isfinite(at)] for side in (left, right)]
    to_left, to_right = (
        [(at, min(0.42, LETTER * letters(text) / inches)) for at, text in side] for side in kept
    )
    places = [at for at, _ in (*to_left, *to_right)] or [0.0]
    low, high = min(places), max(places)
    for _ in range(30):  # the longer the axis, the more of it a text takes
        long = high - low
        low = min([low, *(at - part * long for at, part in to_left)])
        high = max([high, *(at + part * long for at, part in to_right)])
    return (low, high) if high > low else (low - 1.0, high + 1.0)
