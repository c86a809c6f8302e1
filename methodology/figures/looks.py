"""One colour and one mark per method, in every figure of every system."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

LINES = ("#00507f", "#b26a00", "#4d7c3a", "#7a4e9c", "#a8433b", "#2a8c8c", "#6b6b6b", "#c07fa0")
MARKS = ("o", "s", "^", "v", "P", "X", "*", "<", "p", "h", ">")
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
    *(
        "mean-of-best",
        "mact-floor",
        "bat-ael",
        "hyndman-fan-4",
        "hyndman-fan-5",
        "hyndman-fan-6",
        "hyndman-fan-9",
    ),
    *(
        "as-limit",
        "lognormal-mle",
        "ros",
        "kaplan-meier",
        "half-limit",
        "order-statistic",
        "finite-population",
    ),
    *(
        "interpolated",
        "bootstrap-percentile",
        "bootstrap-bca",
        "eu-ets",
        "us-mact-floor",
        "us-effluent",
        "eu-bat-ael",
    ),
    *("ahp", "best-worst", "budget", "system", "entropy", "critic", "pca", "equal"),
)
"""Each has one colour and one mark in every figure of every system: its place here decides; new ones go to the end."""


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
