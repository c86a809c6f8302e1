"""Where each level begins, how sure the sample makes it, and what the whole standard does with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import (
    FAINT,
    INK,
    RULE,
    SOFT,
    ClaimFigure,
    bare,
    beside,
    in_house_style,
    label_places,
    label_rows,
    named,
    panels,
    rule_places,
    share_axis,
    sheet,
)
from methodology.figures.looks import EACH, LEVEL_COLOURS, LEVEL_MARKS, LEVEL_SIZES, WHOLE, level_key
from methodology.indicators import CellState, Indicator, IndicatorSystem, Kind, Level, Sample
from methodology.indicators.comparators import Comparator
from methodology.indicators.display import mark, percent, round_percent, unit_of
from methodology.indicators.words import level_word
from methodology.languages import joined, say

LINE = {"arrowstyle": "-", "color": FAINT, "linewidth": 1.5}
SHARES = (0.05, 0.2, 0.5, 1.0)
"""Shares of plants that are written beside each panel."""


@in_house_style
def thresholds_on_sample(
    sample: Sample,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    *,
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show every benchmark value on the sorted plants it was read from, with its interval and the comparators.

    One panel per quantitative indicator: plants sorted from the cleanest, their value across, the share of plants
    reached up. A level has its mark; its interval is a bar, dashed with an arrow towards the side on which no limit
    exists. Comparators 对标值 on the same basis are ticks at the top, hollow when recalled or assumed.

    Parameters
    ----------
    sample : Sample
        Values in the units of the thresholds (corrected, if the run corrects).
    system : IndicatorSystem
        Names, directions and comparators.
    thresholds : DataFrame
        As thresholds.csv.
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: the rows of `thresholds` that are drawn.
    """
    shown = [name for name in system.ids if system[name].kind is Kind.QUANTITATIVE and name in sample.values]
    data = thresholds[thresholds["indicator"].isin(shown)].reset_index(drop=True)
    partly = [system[name].name for name in shown if any(name in own for own in sample.by_level.values())]
    granted = (
        say("{listed}: dots without the corrections granted at some levels.", listed=say(", ").join(partly))
        if partly
        else ""
    )
    figure, axes = panels(
        claims.on_basis(title or claims.values_shared(data), basis),
        data,
        len(shown),
        plants=True,
        note=joined(
            [
                say(
                    "Across: value, cleaner to the left. Up: share of plants that reach it. Dots: plants "
                    "(hollow: below a stated limit). Large marks: levels; bar: the interval; dashed arrow: no "
                    "limit exists on that side. Ticks at the top: comparators on the same basis (filled: "
                    "source read; hollow: recalled or assumed)."
                ),
                granted,
            ]
        ),
    )
    table = sample.comparable(system)
    for panel, name in zip(axes, shown, strict=True):
        below = sample.states[name] == CellState.BELOW_LIMIT
        own = data[data["indicator"] == name].set_index("level")
        _panel(panel, system[name], table[name], below, own)
    _level_key(figure)
    return figure


def _panel(axes, indicator: Indicator, values: pd.Series, below: pd.Series, own: pd.DataFrame) -> None:
    reported = values.dropna()
    ordered = reported.sort_values(ascending=indicator.better == "lower", kind="stable")
    shares = np.arange(1, len(ordered) + 1) / max(len(ordered), 1)
    hollow = below.reindex(ordered.index).to_numpy()
    axes.scatter(
        ordered,
        shares,
        s=7,
        c=np.where(hollow, "white", "#8d8d8d"),
        edgecolors="#8d8d8d",
        linewidths=0.6,
        zorder=2,
    )
    marks = _comparator_marks(indicator)
    limits = _span([*ordered, *own["value"], *own["lower"], *own["upper"]], [v for v, _, _ in marks])
    for level, size in LEVEL_SIZES.items():
        if level in own.index:
            _level_mark(axes, own.loc[level], Level(level), size, limits)
    for value, hollow_mark, stated in marks:
        if limits[0] <= value <= limits[1]:
            colour = LEVEL_COLOURS[stated] if stated else SOFT
            face = "white" if hollow_mark else colour
            axes.plot(
                value, 1.13, "v", markersize=4.5, markeredgecolor=colour, markerfacecolor=face, clip_on=False
            )
    axes.set_xlim(limits if indicator.better == "lower" else limits[::-1])
    axes.set_ylim(-0.06, 1.18)
    label_places(axes, SHARES, [round_percent(share) for share in SHARES])
    rule_places(axes, SHARES, color=RULE, width=0.6)
    axes.set_title(named(indicator, width=42))
    axes.set_xlabel(unit_of(indicator), labelpad=1)
    axes.locator_params(axis="x", nbins=4)
    bare(axes, "bottom")


def _level_mark(axes, row: pd.Series, level: Level, size: float, limits: tuple[float, float]) -> None:
    if not np.isfinite(row["value"]):
        return
    colour, mark = LEVEL_COLOURS[level], LEVEL_MARKS[level]
    height = row["attainment"]
    for end, edge in ((row["lower"], limits[0]), (row["upper"], limits[1])):
        if np.isfinite(end):
            axes.plot([row["value"], end], [height, height], color=colour, linewidth=4, alpha=0.45, zorder=3,
                      solid_capstyle="butt")  # fmt: skip
        elif row["interval"] != "none":
            arrow = {"arrowstyle": "->", "linestyle": "--", "color": colour, "linewidth": 1, "shrinkA": 0}
            axes.annotate("", xy=(edge, height), xytext=(row["value"], height), arrowprops=arrow, zorder=3)
    rim = {"markeredgecolor": "white", "markeredgewidth": 0.5}
    axes.plot(row["value"], height, mark, color=colour, markersize=size, zorder=4, **rim)


def _level_key(figure: ClaimFigure) -> None:
    """Which mark is which level, under the claim."""
    place = (0.3 / figure.get_figwidth(), 1 - 0.6 / figure.get_figheight())
    figure.legend(
        handles=level_key(), loc="lower left", bbox_to_anchor=place, ncols=3, borderaxespad=0, borderpad=0
    )


def _comparator_marks(indicator: Indicator) -> list[tuple[float, bool, Level | None]]:
    """Values of the comparators on the same basis, whether each is hollow, and the level it claims."""
    return [
        (value, bool(mark(comparator.status)), comparator.level)
        for comparator in indicator.comparators
        if comparator.applies(corrected=True)
        for value in _values_of(comparator)
    ]


def _values_of(comparator: Comparator) -> tuple[float, ...]:
    return comparator.value if isinstance(comparator.value, tuple) else (comparator.value,)


def _span(values: list[float], extra: list[float]) -> tuple[float, float]:
    """Axis limits: all plants and levels, and comparators unless they would squeeze the plants below half."""
    core = np.array([v for v in values if np.isfinite(v)] or [0.0, 1.0])
    low, high = core.min(), core.max()
    width = (high - low) or abs(high) or 1.0
    near = [v for v in extra if low - 0.5 * width <= v <= high + 0.5 * width]
    low, high = min([low, *near]), max([high, *near])
    pad = 0.04 * ((high - low) or width)
    return float(low - pad), float(high + pad)


@in_house_style
def attainment_promises(
    thresholds: pd.DataFrame,
    whole: Mapping[str, float],
    *,
    promised: Mapping[str, float],
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show, per level, the share of plants that reaches each indicator beside the share that reaches the standard.

    Parameters
    ----------
    thresholds : DataFrame
        As thresholds.csv; `attainment` of every indicator is one dot.
    whole : mapping of level to share
        Share of plants the whole standard puts at the level or better.
    promised : mapping of level to share
        What the run promised, e.g. {"I": 0.05, "II": 0.20, "III": 0.50}.
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: level, promised, indicator_lowest, indicator_median, indicator_highest, whole.
    """
    data = _promise_table(thresholds, whole, promised)
    figure, axes = sheet(
        claims.on_basis(title or claims.whole_against_each(data), basis),
        data,
        width=8.0,
        height=3.1,
        note=say(
            "Dots: share of plants that reaches one indicator, described ones included. Plus: share of plants that "
            "the whole standard puts at the level or better. Line: the share promised."
        ),
    )
    for row, item in enumerate(data.itertuples()):
        shares = thresholds.loc[thresholds["level"] == item.level, "attainment"]
        _promise_row(axes, row, item, np.sort(shares.to_numpy(dtype=float)))
    label_rows(axes, [level_word(level) for level in data["level"]])
    axes.set_xlim(-0.02, max(0.6, float(data[["indicator_highest", "promised"]].max().max()) * 1.05))
    share_axis(axes)
    axes.set_xlabel(say("share of plants"))
    axes.grid(axis="x", color=RULE)
    bare(axes)
    return figure


def _promise_row(axes, row: int, item: Any, dots: np.ndarray) -> None:
    colour = LEVEL_COLOURS[Level(item.level)]
    lift = np.resize([0, -0.12, 0.12, -0.22, 0.22], len(dots))
    axes.plot([item.promised] * 2, [row - 0.38, row + 0.38], color=INK, linewidth=1.4)
    axes.scatter(dots, row + lift, s=16, color=colour, alpha=0.65, linewidths=0)
    edge = {"markeredgecolor": INK, "markeredgewidth": 1}
    axes.plot(item.whole, row, WHOLE, color=colour, markersize=10, zorder=5, **edge)
    text = say(
        "each indicator {each}\nwhole standard {whole}",
        each=percent(item.indicator_median),
        whole=percent(item.whole),
    )
    beside(axes, row, text, x=1.02)
    axes.text(
        item.promised,
        row - 0.42,
        say("promised {promised}", promised=percent(item.promised)),
        color=SOFT,
    )


def _promise_table(
    thresholds: pd.DataFrame, whole: Mapping[str, float], promised: Mapping[str, float]
) -> pd.DataFrame:
    rows = []
    for level in ("I", "II", "III"):
        shares = thresholds.loc[thresholds["level"] == level, "attainment"]
        rows.append((level, promised[level], shares.min(), shares.median(), shares.max(), whole[level]))
    names = ["level", "promised", "indicator_lowest", "indicator_median", "indicator_highest", "whole"]
    return pd.DataFrame(rows, columns=names)


@in_house_style
def promise_gap(joint: pd.DataFrame, *, title: str = "", basis: str = "") -> ClaimFigure:
    """
    Show how far the common marginal share must move so that the whole standard keeps its promise, and where it does.

    Parameters
    ----------
    joint : DataFrame
        Columns level, target, marginal_share, attainment, one row per level; NaN marginal share: infeasible. Columns
        cross_validated and industry, if there, say what plants attain that set no value.
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: the columns.
    """
    columns = ["level", "target", "marginal_share", "attainment", "cross_validated", "industry"]
    data = joint.reindex(columns=columns).reset_index(drop=True)
    told = {
        "cross_validated": say("Hollow plus: plants left out of the calibration."),
        "industry": say("Cross: all plants of the industry."),
    }
    note = say(
        "Bar: wanted share of plants at the level or better. Dot: share of plants each single indicator must then let "
        "through. Filled plus: share of plants the whole standard reaches in the sample."
    )
    note = joined([note, *(text for name, text in told.items() if data[name].notna().any())])
    figure, axes = sheet(
        claims.on_basis(title or claims.each_indicator(data), basis), data, width=8.0, height=3.4, note=note
    )
    for row, item in enumerate(data.itertuples()):
        colour = LEVEL_COLOURS[Level(item.level)]
        axes.barh(row, item.target, height=0.5, color=colour, alpha=0.3)
        axes.plot(item.attainment, row, WHOLE, color=colour, markeredgecolor=INK, markersize=9, zorder=4)
        axes.plot(
            item.cross_validated, row + 0.2, WHOLE, color="white", markeredgecolor=INK, markersize=7, zorder=5
        )
        axes.plot(item.industry, row - 0.2, "X", color=colour, markeredgecolor=INK, markersize=8, zorder=5)
        if not np.isfinite(item.marginal_share):
            axes.text(item.target + 0.01, row, say("cannot be reached"), va="center")
            continue
        axes.annotate("", (item.marginal_share, row), (item.target, row), arrowprops=LINE)
        axes.plot(item.marginal_share, row, EACH, color=colour, markersize=8)
        text = say(
            "{target} of plants need {share} on each indicator",
            target=percent(item.target),
            share=percent(item.marginal_share),
        )
        axes.text(max(item.marginal_share, item.target) + 0.03, row, text, va="center")
    label_rows(axes, [level_word(level) for level in data["level"]], ends=(0.5, 0.5))
    axes.set_xlim(-0.02, 1.55)
    axes.set_xticks(np.linspace(0, 1, 6), [round_percent(share) for share in np.linspace(0, 1, 6)])
    bare(axes)
    return figure
