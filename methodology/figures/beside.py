"""What other intervals and other regulators would make of the same plants."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import (
    FAINT,
    INK,
    LEVEL_COLOURS,
    RULE,
    ClaimFigure,
    bare,
    in_house_style,
    label_rows,
    looks,
    named,
    rule_places,
    share_axis,
    sheet,
)
from methodology.indicators import IndicatorSystem, Level
from methodology.indicators.words import level_word
from methodology.languages import say

FARTHEST = 1.6
"""Distances beyond this are cut and drawn as running on."""


@in_house_style
def interval_methods(
    intervals: pd.DataFrame,
    thresholds: pd.DataFrame,
    system: IndicatorSystem,
    *,
    level: str = "I",
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show the interval every method gives for one level, and where a method says that a limit does not exist.

    Parameters
    ----------
    intervals : DataFrame
        As `methodology.thresholds.intervals_side_by_side` returns it.
    thresholds : DataFrame
        As thresholds.csv: the values, and the distance between Levels I and III that limits are measured in.
    level : {"I", "II", "III"}
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: indicator, method, strict, loose (distance of each limit from the value, in distances from the Level I
        to the Level III value, positive where looser; NaN: no such limit exists).
    """
    data = _distances(intervals[intervals["level"] == level], thresholds, system, level)
    names, methods = list(dict.fromkeys(data["indicator"])), list(dict.fromkeys(data["method"]))
    figure, axes = sheet(
        claims.on_basis(title or claims.limits_missing(data), basis),
        data,
        width=9.0,
        height=1.9 + 0.38 * max(len(names), 1),
        note=say(
            "Level {level}. Across: distance of a limit from the value, 1 = from the Level I to "
            "the Level III value. A dashed line that leaves the figure: no limit exists on that "
            "side, or it lies farther out (arrow).",
            level=level,
        ),
    )
    axes.axvline(0, color=INK, linewidth=1)
    own_looks = looks(methods)
    for place, method in enumerate(methods):
        line = data[data["method"] == method]
        at = np.array([names.index(name) for name in line["indicator"]]) + _lift(place, len(methods))
        _bars(axes, at, line, own_looks[method]["color"], claims.method_in_words(method))
    label_rows(axes, [named(system[name], width=40) for name in names])
    loosest = float(np.nanmax(data["loose"].to_numpy(dtype=float), initial=0.2))
    axes.set_xlim(-FARTHEST, min(loosest, FARTHEST) + 0.05)
    axes.set_xlabel(say("←  stricter          looser  →"))
    rule_places(axes, np.arange(len(names) - 1) + 0.5, color=FAINT, width=0.5)
    if methods:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4)
    bare(axes)
    return figure


def _distances(
    own: pd.DataFrame, thresholds: pd.DataFrame, system: IndicatorSystem, level: str
) -> pd.DataFrame:
    """Limits as distances from the value; indicators whose Levels I and III are equal are left out."""
    values = thresholds.pivot(index="indicator", columns="level", values="value")
    scale = (values["III"] - values["I"]).abs()
    own = own[own["indicator"].isin(scale.index[scale > 0])]
    sign = np.array([system[name].sign for name in own["indicator"]])
    # An empty table has columns of text.
    base, unit = (own["indicator"].map(table).astype(float) for table in (values[level], scale))
    lower, upper = (sign * (own[end].astype(float) - base) / unit for end in ("lower", "upper"))
    strict, loose = lower.where(sign > 0, upper), upper.where(sign > 0, lower)
    data = own[["indicator", "method", "confidence"]].assign(strict=strict, loose=loose)
    held = own["note"].eq("") | strict.notna() | loose.notna()
    return data[held].drop(columns="confidence").reset_index(drop=True)


def _lift(place: int, methods: int) -> float:
    return (place - (methods - 1) / 2) * 0.78 / max(methods, 1)


def _bars(axes, rows: np.ndarray, line: pd.DataFrame, colour: str, method: str) -> None:
    strict, loose = line["strict"].to_numpy(), line["loose"].to_numpy()
    left, right = (np.clip(np.nan_to_num(end, nan=0.0), -FARTHEST, FARTHEST) for end in (strict, loose))
    axes.hlines(rows, left, right, color=colour, linewidth=2.6, label=method)
    for end, edge in ((strict, -FARTHEST), (loose, FARTHEST)):
        gone = np.isnan(end)
        axes.hlines(rows[gone], 0, 1.1 * edge, color=colour, linewidth=0.9, linestyles=(0, (3, 3)))
        far = np.abs(end) > FARTHEST
        axes.plot(
            np.full(far.sum(), edge * 0.985), rows[far], "<" if edge < 0 else ">", color=colour, markersize=3
        )


@in_house_style
def regulators_beside(
    rules: pd.DataFrame,
    thresholds: pd.DataFrame,
    system: IndicatorSystem,
    *,
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show how many plants of the sample would reach the value each rule gives, beside the levels.

    Parameters
    ----------
    rules : DataFrame
        As `methodology.thresholds.regulators_side_by_side` returns it.
    thresholds : DataFrame
        As thresholds.csv.
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: indicator, rule (a level, or the name of a rule), attainment.
    """
    known = rules[rules["value"].notna()]
    names = [name for name in system.ids if name in set(known["indicator"])]
    levels = thresholds[thresholds["indicator"].isin(names)].rename(columns={"level": "rule"})
    columns = ["indicator", "rule", "attainment"]
    data = pd.concat([levels[columns], known[columns]], ignore_index=True)
    figure, axes = sheet(
        claims.on_basis(title or claims.other_plants(data), basis),
        data,
        width=9.0,
        height=1.8 + 0.26 * max(len(names), 1),
        note=say(
            "Share of plants of the sample that reach each value. Diamonds: the levels of this run. No mark: the rule "
            "does not hold for the indicator."
        ),
    )
    rows = {name: row for row, name in enumerate(names)}
    own_looks = looks(rule for rule in data["rule"] if rule not in ("I", "II", "III"))
    for rule, own in data.groupby("rule", sort=False):
        at = own["indicator"].map(rows)
        if rule in ("I", "II", "III"):
            look = {"marker": "D", "color": LEVEL_COLOURS[Level(rule)], "markersize": 4.5, "zorder": 4}
        else:
            look = {**own_looks[str(rule)], "markersize": 8, "markerfacecolor": "white", "zorder": 3}
        name = level_word(rule) if rule in ("I", "II", "III") else claims.method_in_words(rule)
        axes.plot(own["attainment"], at, linestyle="", label=name, **look)
    label_rows(axes, [named(system[name]) for name in names])
    axes.set_xlim(-0.03, 1.03)
    share_axis(axes)
    axes.grid(axis="x", color=RULE)
    rule_places(axes, range(len(names)), color=FAINT, width=0.5)
    if names:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=6)
    bare(axes)
    return figure
