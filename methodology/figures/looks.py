"""One colour and one mark per level and per method, in every figure of every system, and how small letters may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

from matplotlib.lines import Line2D

from methodology.indicators import LEVELS, Level
from methodology.indicators.words import level_word

LEVEL_COLOURS = {Level.I: "#004a76", Level.II: "#3a8fc4", Level.III: "#efb045", Level.NONE: "#dedede"}
"""Fixed everywhere, pages too; from dark to light, told apart with every common colour blindness and in grey print."""
LEVEL_MARKS = {Level.I: "D", Level.II: "s", Level.III: "^"}
"""Diamond, square and triangle stand for levels and for nothing else; plants, shares and estimates are round."""
LEVEL_SIZES = {Level.III: 11.0, Level.II: 6.2, Level.I: 3.4}
"""Points across, from the lowest mark to the topmost: those of one place are seen inside one another."""
EACH, WHOLE = "o", "P"
"""What a single indicator and what the whole standard lets through, wherever both are shown."""
LETTERS = 8.7
"""Points of the smallest letters: nine points of a screen where figures are shown at 100 pixels to the inch."""

LINES = ("#222222", "#b26a00", "#4d7c3a", "#7a4e9c", "#a8433b", "#2a8c8c", "#6b6b6b", "#c07fa0")
MARKS = ("o", "v", "P", "X", "*", "<", "p", ">", "h")
METHODS = (
    *(
        "attainment",
        "harrell-davis",
        "hyndman-fan-7",
        "hyndman-fan-8",
        "lognormal",
        "normal",
        "gamma",
        "weibull",
    ),
    *("mean-of-best", "mact-floor", "bat-ael", "hyndman-fan-4", "hyndman-fan-5", "hyndman-fan-6"),
    *("order-statistic", "finite-population", "bootstrap-percentile", "bootstrap-bca", "hyndman-fan-9"),
    *("as-limit", "lognormal-mle", "ros", "kaplan-meier"),
    *("eu-ets", "us-mact-floor", "us-effluent", "eu-bat-ael"),
    *("ahp", "best-worst", "budget", "system", "entropy", "critic", "pca", "equal"),
    *("half-limit", "interpolated"),
)
"""Each has one colour and one mark in every figure of every system: its place here decides; new ones go to the end.
Those that are shown together stand near each other, so that their marks differ in grey too."""


def level_key(word: Callable[[Level], str] = level_word) -> list[Line2D]:
    """Which mark is which level, for a legend."""
    return [
        Line2D([], [], linestyle="", marker=LEVEL_MARKS[level], color=LEVEL_COLOURS[level], label=word(level))
        for level in LEVELS
    ]


def looks(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Colour and mark of each method; what is no method takes those that are free."""
    names = list(dict.fromkeys(names))
    known = {name: METHODS.index(name) for name in names if name in METHODS}
    free = (place for place in count() if place not in set(known.values()))
    places = {name: known[name] if name in known else next(free) for name in names}
    return {
        name: {"color": LINES[place % len(LINES)], "marker": MARKS[place % len(MARKS)]}
        for name, place in places.items()
    }
