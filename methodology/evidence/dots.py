"""Draw the plants of one indicator as dots beside its three values, in lines a browser draws: SVG in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import numpy as np
import pandas as pd

from methodology.evidence.markup import attribute
from methodology.findings.promises import NUMERALS
from methodology.indicators import LEVELS, CellState, Direction, Indicator, Kind
from methodology.indicators.cells import QUALITATIVE_CODES
from methodology.indicators.display import number, unit_of

WIDTH, _LEFT, _BASE, _TALLEST = 760, 24, 150, 96
"""Of the drawing, in pixels; letters in it are 12 pixels or 9 points high."""
_DOT = 5.0


def dots_svg(
    values: pd.Series,
    states: pd.Series,
    indicator: Indicator,
    proposed: Mapping[str, float],
    *,
    line: str = "",
) -> str:
    """
    Draw every plant that reported, hollow where only a limit is known, and the three values as lines.

    Parameters
    ----------
    values, states : Series indexed by plant
        Of the indicator, as the sample has them.
    indicator : Indicator
        Kind, unit and direction.
    proposed : mapping of level to float
        Values to be marked; none of a described indicator.
    line : str
        What stands at the foot where plants or experts are made up.
    """
    told = values[np.isfinite(values)].sort_values(kind="stable")  # or equals stand as the processor has them
    if told.empty:
        return ""
    described = indicator.kind is Kind.QUALITATIVE
    marks = {} if described else {name: v for name, v in proposed.items() if v is not None and np.isfinite(v)}
    ends = [*told, *marks.values()] if not described else list(QUALITATIVE_CODES.values())
    low, high = min(ends), max(ends)
    span = (high - low) or abs(high) or 1.0
    places = {plant: _LEFT + (value - low) / span * (WIDTH - 2 * _LEFT) for plant, value in told.items()}
    heights = _stacked(places.values())
    names = {code: NUMERALS.get(name, "–") for name, code in QUALITATIVE_CODES.items()}
    parts = [f'<line x1="0" x2="{WIDTH}" y1="{_BASE}" y2="{_BASE}" class="axis"/>']
    for (plant, x), height in zip(places.items(), heights, strict=True):
        hollow = " hollow" if states[plant] == CellState.BELOW_LIMIT else ""
        shown = names[told[plant]] if described else f"{'<' if hollow else ''}{number(told[plant])}"
        parts.append(
            f'<circle cx="{x:.1f}" cy="{_BASE - _DOT - height:.1f}" r="{_DOT - 0.5}" class="plant{hollow}">'
            f"<title>{escape(str(plant))}: {shown}</title></circle>"
        )
    parts += _lines(marks, low, span)
    parts += _scale(indicator, [low, high] if not described else [], described)
    foot = _BASE + 42
    if line:
        parts.append(f'<text x="{_LEFT}" y="{foot + 14}" class="made-up">{escape(line)}</text>')
        foot += 20
    title = attribute("aria-label", indicator.name_zh, indicator.name_en)
    return (
        f'<figure class="scroll"><svg class="dots" role="img" {title} viewBox="0 0 {WIDTH} {foot}" '
        f'width="{WIDTH}">{"".join(parts)}</svg></figure>'
    )


def _stacked(places: Iterable[float]) -> Sequence[float]:
    """How high each dot stands so that none covers another, as far as there is room."""
    columns: list[tuple[float, int]] = []
    for x in places:
        at = columns[-1] if columns and x - columns[-1][0] < 2 * _DOT - 1 else None
        columns.append((at[0], at[1] + 1) if at else (x, 0))
    step = min(2 * _DOT, _TALLEST / max(1, *(high for _, high in columns)))
    return [high * step for _, high in columns]


def _lines(marks: Mapping[str, float], low: float, span: float) -> list[str]:
    """The three values; one that stands where another does is told in the row below."""
    strokes, words, taken = [], [], list[float]()
    for level in map(str, LEVELS):
        if level in marks:
            x = _LEFT + (marks[level] - low) / span * (WIDTH - 2 * _LEFT)
            row = sum(abs(x - other) < 60 for other in taken)
            taken.append(x)
            side = ("start", 4) if x < WIDTH - 90 else ("end", -4)
            strokes.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="6" y2="{_BASE}" class="value level-{level}"/>'
            )
            words.append(
                f'<text x="{x + side[1]:.1f}" y="{16 + 15 * row}" text-anchor="{side[0]}" class="level-{level}">'
                f"{NUMERALS[level]} {number(marks[level])}</text>"
            )
    return strokes + words  # a number hides the lines it crosses


def _scale(indicator: Indicator, ends: Sequence[float], described: bool) -> list[str]:
    """Numbers at the ends of the axis and which end is cleaner; levels where they are described."""
    if described:
        spots = {
            code: _LEFT + (code - 1) / (len(QUALITATIVE_CODES) - 1) * (WIDTH - 2 * _LEFT)
            for code in QUALITATIVE_CODES.values()
        }
        parts = []
        for name, code in QUALITATIVE_CODES.items():
            below = (("zh-CN", "未达级"), ("en", "none"))
            words = (("", NUMERALS[name]),) if name in NUMERALS else below
            parts += [
                f'<text lang="{lang}" x="{spots[code]:.1f}" y="{_BASE + 18}" text-anchor="middle">{word}</text>'
                for lang, word in words
            ]
        return [part.replace(' lang=""', "") for part in parts]
    unit = escape(unit_of(indicator))
    parts = [
        f'<text x="{x}" y="{_BASE + 18}" text-anchor="{side}">{number(end)} {unit}</text>'
        for x, side, end in ((_LEFT, "start", ends[0]), (WIDTH - _LEFT, "end", ends[1]))
    ]
    right = indicator.direction is Direction.HIGHER
    x, side = (WIDTH - _LEFT, "end") if right else (_LEFT, "start")
    for language, word in (("zh-CN", "更清洁"), ("en", "cleaner")):
        shift = 0 if language == "zh-CN" else (-64 if right else 64)
        text = f"{word} →" if right else f"← {word}"
        parts.append(
            f'<text lang="{language}" x="{x + shift}" y="{_BASE + 36}" text-anchor="{side}">{text}</text>'
        )
    return parts
