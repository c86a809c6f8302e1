"""Break the texts of figures into lines, Chinese and Latin ones."""

from __future__ import annotations

import re
import unicodedata

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


def letters(text: str) -> float:
    """How wide a text is, in Latin letters."""
    return sum(1.8 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
