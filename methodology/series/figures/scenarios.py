"""Scenarios beside each other: values, and what they promise and keep."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from methodology.figures import claims
from methodology.figures.canvas import (
    FAINT,
    INK,
    RULE,
    SOFT,
    ClaimFigure,
    bare,
    in_house_style,
    label_rows,
    named,
    share_axis,
    sheet,
)
from methodology.figures.looks import LEVEL_COLOURS, looks
from methodology.indicators import LEVELS, IndicatorSystem
from methodology.indicators.display import round_percent, unit_of
from methodology.indicators.words import level_word
from methodology.languages import say

EDGE = 1.5
"""Shifts farther than this stand at the edge."""
ABREAST = 4
"""Names beside each other in a key."""


@in_house_style
def scenario_values(
    values: pd.DataFrame, system: IndicatorSystem, *, against: str, title: str = ""
) -> ClaimFigure:
    """
    Show how far the values of each scenario lie from those of one.

    Parameters
    ----------
    values : DataFrame
        Columns scenario, indicator, level, shift, as `methodology.series.scenarios.scenario_values` returns them.
    system : IndicatorSystem
        Names.
    against : str
        The scenario at zero.

    Returns
    -------
    ClaimFigure
        `data`: scenario, indicator, level, shift.
    """
    data = values[["scenario", "indicator", "level", "shift"]].reset_index(drop=True)
    names = [name for name in dict.fromkeys(data["scenario"]) if name != against]
    indicators = list(dict.fromkeys(data["indicator"]))
    figure, axes = sheet(
        title or claims.farthest_scenario(data, against),
        data,
        width=9.4,
        height=1.8 + 0.26 * len(indicators),
        ncols=3,
        sharey=True,
        note=say(
            "Distance from “{against}”, in spans between the best and the worst tenth of its "
            "plants; stricter to the left. Values off the scale stand at its edge.",
            against=claims.scenario_in_words(against),
        ),
    )
    own_looks = looks(names)
    for panel, level in zip(axes, LEVELS, strict=True):
        own = data[data["level"] == str(level)]
        panel.axvline(0, color=INK, linewidth=1)
        for place, name in enumerate(names):
            shift = own[own["scenario"] == name].set_index("indicator")["shift"].reindex(indicators)
            panel.plot(
                np.clip(shift, -EDGE, EDGE),
                np.arange(len(indicators)) + 0.13 * (place - (len(names) - 1) / 2),
                linestyle="",
                markersize=5,
                label=claims.scenario_in_words(name),
                **own_looks[name],
            )
        panel.set_xlim(-EDGE - 0.05, EDGE + 0.05)
        room = "" if level is not LEVELS[0] else "\n" * (1 + math.ceil(len(names) / ABREAST))  # for the key
        panel.set_title(room + level_word(level))
        panel.grid(axis="both", color=RULE)
        bare(panel)
    label_rows(axes[0], [named(system[name]) for name in indicators])
    key = axes[0].legend(loc="lower left", bbox_to_anchor=(-0.02, 1.05), ncols=ABREAST)
    key.set_in_layout(False)  # or the first panel would be as wide as the key
    return figure


@in_house_style
def scenario_attainment(attainment: pd.DataFrame, *, title: str = "") -> ClaimFigure:
    """
    Show, per scenario and level, the promised share beside the shares the whole standard reaches.

    Parameters
    ----------
    attainment : DataFrame
        Columns scenario, level, target, each_alone, sample, industry, as
        `methodology.series.scenarios.scenario_attainment` returns them.

    Returns
    -------
    ClaimFigure
        `data`: the columns.
    """
    names = list(dict.fromkeys(attainment["scenario"]))
    figure, axes = sheet(
        title or claims.sample_to_industry(attainment),
        attainment.reset_index(drop=True),
        width=9.4,
        height=1.9 + 0.32 * len(names),
        ncols=3,
        sharey=True,
        note=say(
            "Line: promised share. Filled: share of the plants of the sample that the whole standard puts at the "
            "level or better; hollow: the same in the whole synthetic industry; cross: share that reaches a single "
            "value (median of indicators)."
        ),
    )
    for panel, level in zip(axes, LEVELS, strict=True):
        own = attainment[attainment["level"] == str(level)].set_index("scenario").reindex(names)
        rows, colour = np.arange(len(names)), LEVEL_COLOURS[level]
        panel.hlines(rows, own["sample"], own["industry"], color=FAINT, linewidth=2, zorder=1)
        panel.vlines(own["target"], rows - 0.36, rows + 0.36, color=INK, linewidth=1.4, zorder=2)
        panel.plot(own["each_alone"], rows, "x", color=SOFT, markersize=5)
        panel.plot(own["sample"], rows, "o", color=colour, markersize=7, zorder=4)
        panel.plot(
            own["industry"],
            rows,
            "o",
            markeredgecolor=colour,
            markerfacecolor="white",
            markersize=7,
            zorder=3,
        )
        panel.set_title(say("Level {level} or better", level=level))
        panel.set_xlim(-0.03, 1.03)
        share_axis(panel)
        panel.set_xticks([0, 0.25, 0.5, 0.75])  # the end of a panel would stand on the beginning of the next
        panel.grid(axis="x", color=RULE)
        bare(panel)
    label_rows(axes[0], [claims.scenario_in_words(name) for name in names])
    axes[0].legend(handles=_key(), loc="lower left", bbox_to_anchor=(0, 1.1), ncols=2)
    return figure


@in_house_style
def value_sweep(
    sweep: pd.DataFrame,
    system: IndicatorSystem,
    *,
    indicator: str,
    level: str,
    proposed: float,
    asked: float,
    title: str = "",
) -> ClaimFigure:
    """
    Show the share of plants at each level while one benchmark value moves.

    Parameters
    ----------
    sweep : DataFrame
        Columns value, share_I, share_II, share_III, moved, as `methodology.series.what_if.value_sweep` returns them.
    system : IndicatorSystem
        Name, unit and direction of the indicator.
    indicator, level : str
        What moves.
    proposed, asked : float
        Where it stands, and where it was asked what it would do.

    Returns
    -------
    ClaimFigure
        `data`: the columns.
    """
    item = system[indicator]
    figure, axes = sheet(
        title or claims.value_room(sweep, proposed, item.name, unit_of(item), level),
        sweep.reset_index(drop=True),
        width=8.0,
        height=3.6,
        note=say(
            "Share of plants at the level or better, all other values, weights and the cut as proposed. Stricter "
            "to the left."
        ),
    )
    for name in LEVELS:
        axes.step(
            sweep["value"],
            sweep[f"share_{name}"],
            where="post",
            color=LEVEL_COLOURS[name],
            linewidth=2,
            label=say("Level {level} or better", level=name),
        )
    for value, line in ((proposed, "--"), (asked, ":")):
        axes.axvline(value, color=INK, linewidth=1, linestyle=line)
    axes.set_ylim(-0.02, 1.02)
    axes.yaxis.set_major_formatter(lambda share, _: round_percent(share))
    if item.better == "higher":
        axes.invert_xaxis()
    axes.set_xlabel(
        say(
            "Level {level} value of {name}, {unit} (dashed: as proposed; dotted: as asked)",
            level=level,
            name=item.name,
            unit=unit_of(item),
        )
    )
    axes.grid(axis="both", color=RULE)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    bare(axes)
    return figure


def _key() -> Sequence[Line2D]:
    def sign(marker: str, label: str, face: str) -> Line2D:
        return Line2D(
            [],
            [],
            linestyle="",
            marker=marker,
            markeredgecolor=SOFT,
            markerfacecolor=face,
            markersize=6,
            label=label,
        )

    return [
        sign("|", say("promised"), SOFT),
        sign("o", say("sample"), SOFT),
        sign("o", say("industry"), "white"),
        sign("x", say("single value"), SOFT),
    ]
