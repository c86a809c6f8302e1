"""The members of the series side by side: their levels, their values, and whether whole and parts agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from methodology.figures import claims
from methodology.figures.canvas import (
    DATA_LIGHT,
    FAINT,
    INK,
    LEVEL_COLOURS,
    RULE,
    SOFT,
    WARN,
    ClaimFigure,
    bare,
    beside,
    in_house_style,
    label_rows,
    sheet,
    wrapped,
)
from methodology.figures.evaluation import stack_of_levels
from methodology.indicators import LEVELS, IndicatorSystem, Level
from methodology.indicators.display import benchmark, mark, number, percent, unit_of
from methodology.indicators.words import level_word
from methodology.languages import Words, later, say
from methodology.series import claims as series_claims

BAND = "#eef2f5"


@in_house_style
def series_levels(
    levels: pd.DataFrame,
    names: Mapping[str, Words],
    *,
    title: str = "",
) -> ClaimFigure:
    """
    Show the share of plants at each level of every standard, one bar per promise.

    Parameters
    ----------
    levels : DataFrame
        Columns system, promise, stratum, plants, I, II, III, none, as `methodology.series.levels_across` returns
        them for all promises together.
    names : mapping of system id to label

    Returns
    -------
    ClaimFigure
        `data`: the columns, ordered by system and promise.
    """
    place = {name: row for row, name in enumerate(names)}
    data = levels.sort_values("system", key=lambda ids: ids.map(place), kind="stable", ignore_index=True)
    shares = data[[str(level) for level in Level]].astype(float).div(data["plants"], axis=0)
    figure, axes = sheet(
        title or claims.at_a_level(data),
        data,
        packed=True,
        width=9.0,
        height=1.6 + 0.3 * len(data),
        note=say(
            "Upper bar of a pair: each value keeps its share alone (marginal promise). Lower bar: the whole "
            "standard keeps it (joint promise). In brackets: plants of the sample."
        ),
    )
    stack_of_levels(axes, shares, height=0.72, least=0.045)
    axes.set_yticks(
        range(len(data)),
        [
            _pair_label(item, first, names)
            for item, first in zip(data.itertuples(), _firsts(data), strict=True)
        ],
        fontsize=7.5,
    )
    for row in np.flatnonzero(_firsts(data))[1:]:
        axes.axhline(row - 0.5, color=FAINT, linewidth=0.8)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4)
    return figure


def _firsts(data: pd.DataFrame) -> np.ndarray:
    return (~data["system"].duplicated()).to_numpy()


def _pair_label(item, first: bool, names: Mapping[str, Words]) -> str:
    name = f"{say(names[item.system])} ({item.plants})  " if first else f"{item.stratum}  "
    return f"{name}{claims.method_in_words(item.promise)}"


@in_house_style
def series_values(
    values: pd.DataFrame,
    systems: Sequence[IndicatorSystem],
    *,
    title: str = later("All proposed values of the series on one page"),
) -> ClaimFigure:
    """
    Show every proposed value of every standard against the spread of its plants.

    Parameters
    ----------
    values : DataFrame
        Columns system, indicator, level, value, best, worst, status, as `methodology.series.values_across`
        returns them for one promise.
    systems : sequence of IndicatorSystem
        Names, units and steps; one panel each.

    Returns
    -------
    ClaimFigure
        `data`: system, indicator, level, value, best, worst.
    """
    data = values[["system", "indicator", "level", "value", "best", "worst"]].reset_index(drop=True)
    counts = [values.loc[values["system"] == system.id, "indicator"].nunique() for system in systems]
    lines = [max(counts[row : row + 2]) for row in range(0, len(counts), 2)]
    figure, axes = sheet(
        title,
        data,
        packed=True,
        width=13.0,
        height=1.2 + sum(0.17 * count + 0.5 for count in lines),
        rows=len(lines),
        columns=2,
        note=say(
            "Each row has its own scale, cleaner to the left: the band reaches from the best to the worst tenth "
            "of the plants. Diamonds: proposed values of Levels I, II, III, written beside. * limiting. † the centre "
            "of the synthetic plants is recalled, ‡ assumed."
        ),
        squeeze=False,
        gridspec_kw={"height_ratios": lines},
    )
    for panel, system in zip(axes.flat, systems, strict=False):
        _page(panel, values[values["system"] == system.id], system)
    for panel in list(axes.flat)[len(systems) :]:
        panel.set_axis_off()
    return figure


def _page(axes: Axes, own: pd.DataFrame, system: IndicatorSystem) -> None:
    names = list(dict.fromkeys(own["indicator"]))
    axes.set_title(system.name, fontsize=9, fontweight="bold", pad=4)
    axes.axvspan(0, 1, color=BAND, zorder=0)
    for row, name in enumerate(names):
        indicator, mine = system[name], own[own["indicator"] == name].set_index("level")
        best, worst = mine["best"].iloc[0], mine["worst"].iloc[0]
        span = (worst - best) or 1.0
        at = {level: float((mine["value"][str(level)] - best) / span) for level in LEVELS}
        axes.plot([min(at.values()), max(at.values())], [row, row], color=SOFT, linewidth=0.8, zorder=1)
        for level in reversed(LEVELS):
            spot = np.clip(at[level], -0.28, 1.28)
            axes.plot(spot, row, "D", color=LEVEL_COLOURS[level], markersize=4.6, markeredgecolor="white")
        texts = [benchmark(mine["value"][str(level)], indicator, digits=3) for level in LEVELS]
        beside(axes, row, f"{' | '.join(texts)}  {unit_of(indicator)}", size=6.3)
    label_rows(axes, [_short(system, name, own) for name in names], size=6.3)
    axes.set_xlim(-0.32, 1.32)
    axes.set_xticks([])
    bare(axes)


def _short(system: IndicatorSystem, name: str, own: pd.DataFrame) -> str:
    indicator = system[name]
    status = own.loc[own["indicator"] == name, "status"].iloc[0]
    english = indicator.name if len(indicator.name) <= 46 else f"{indicator.name[:45]}…"
    return english + ("*" if indicator.limiting else "") + mark(status)


@in_house_style
def parts_against_whole(
    sums: pd.DataFrame,
    *,
    title: str = "",
) -> ClaimFigure:
    """
    Show the value of the whole works beside the values of its processes, added up.

    Parameters
    ----------
    sums : DataFrame
        Columns relation, level, whole, parts, correction, room, unit, as `methodology.series.sums_of_parts`
        returns them.

    Returns
    -------
    ClaimFigure
        `data`: the columns and `share`: (parts + correction) / whole.
    """
    data = sums.assign(share=(sums["parts"] + sums["correction"]) / sums["whole"]).reset_index(drop=True)
    figure, axes = sheet(
        title or series_claims.stricter_whole(data),
        data,
        packed=True,
        width=9.0,
        height=1.7 + 0.27 * len(data),
        note=say(
            "Bar: values of the processes times their output ratios (assumed), as a share of the value of the "
            "whole works; light part: corrections of a plant in the middle of the sample. Beyond the line the values "
            "contradict each other; what is left of it is room for everything outside the processes."
        ),
    )
    rows = np.arange(len(data))
    base = (data["parts"] / data["whole"]).to_numpy()
    colours = [LEVEL_COLOURS[Level(level)] for level in data["level"]]
    axes.barh(rows, base, height=0.6, color=colours)
    axes.barh(rows, data["share"] - base, left=base, height=0.6, color=DATA_LIGHT)
    axes.axvline(1, color=WARN, linewidth=1.2)
    for row, item in enumerate(data.itertuples()):
        text = say(
            "{parts} of {whole} {unit}",
            parts=number(item.parts + item.correction, digits=4),
            whole=number(item.whole, digits=4),
            unit=item.unit,
        )
        beside(axes, row, text, color=WARN if item.room < 0 else INK)
    label_rows(
        axes,
        [
            say("{relation}, Level {level}", relation=item.relation, level=item.level)
            for item in data.itertuples()
        ],
    )
    axes.set_xlim(0, max(1.05, float(data["share"].max()) * 1.02))
    axes.xaxis.set_major_formatter(lambda share, _: percent(share, places=0))
    axes.grid(axis="x", color=RULE)
    bare(axes)
    return figure


def _narrow(name: str) -> str:
    """A label in narrow lines."""
    return wrapped(name, 16)


@in_house_style
def works_levels(
    works: pd.DataFrame,
    names: Mapping[str, Words],
    *,
    title: str = "",
) -> ClaimFigure:
    """
    Show the level of each works as a whole beside the levels of its processes.

    Parameters
    ----------
    works : DataFrame indexed by works, one column per system, the whole first
        I, II, III, none, or '' where a works has no such plant among those judged.
    names : mapping of system id to label

    Returns
    -------
    ClaimFigure
        `data`: the table.
    """
    figure, axes = sheet(
        title or claims.worse_parts(works),
        works.reset_index(),
        packed=True,
        width=9.0,
        height=2.0 + 0.19 * len(works),
        plants=True,
        note=say(
            "One row per works that was sampled as a whole; its processes beside it. Empty: no such plant, or not "
            "sampled. Framed: a part that is worse than the whole. Works are synthetic."
        ),
    )
    order = {str(level): place for place, level in enumerate(Level)}
    for column, system in enumerate(works.columns):
        for row, level in enumerate(works[system]):
            if not level:
                continue
            worse = column > 0 and order[level] > order[works.iloc[row, 0]]
            left, width = column + 0.04 + (0 if column else -0.2), 0.92
            axes.barh(row, width, left=left, height=0.84, color=LEVEL_COLOURS[Level(level)])
            if worse:
                axes.barh(row, width, left=left, height=0.84, fill=False, edgecolor=WARN, linewidth=1.0)
            ink = "white" if level == str(Level.I) else INK
            axes.text(
                left + width / 2,
                row,
                say("{level}", level=level) if level in LEVELS else say("none"),
                ha="center",
                va="center",
                fontsize=6,
                color=ink,
            )
    places = [0.3 if not column else column + 0.5 for column in range(works.shape[1])]
    axes.set_xticks(places, [_narrow(say(names[system])) for system in works.columns], fontsize=7)
    axes.xaxis.tick_top()
    label_rows(axes, [str(name) for name in works.index], size=6.3)
    axes.set_xlim(-0.2, works.shape[1])
    handles: list[Artist] = [Patch(color=LEVEL_COLOURS[level], label=level_word(level)) for level in LEVELS]
    handles += [Patch(color=LEVEL_COLOURS[Level.NONE], label=level_word(Level.NONE))]
    handles += [
        Line2D([], [], marker="s", linestyle="", markerfacecolor="none", color=WARN, label=say("part worse"))
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.005), ncols=5)
    bare(axes)
    return figure
