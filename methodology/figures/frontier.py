"""What the choice of strictness costs: the attainment of the whole standard along the curve, its points marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import INK, RULE, SOFT, ClaimFigure, bare, in_house_style, sheet
from methodology.figures.looks import EACH, LEVEL_COLOURS, WHOLE
from methodology.indicators import Level
from methodology.indicators.display import percent, round_percent
from methodology.indicators.words import level_word
from methodology.languages import joined, later, say

MARKS = {"marginal": EACH, "joint": WHOLE, "proposed": "*"}
SIZES = {"marginal": 8, "joint": 9, "proposed": 14}
NONE = pd.Series([np.nan])
"""Stands for a column that older runs do not have."""
NAMES = {
    "marginal": later("each indicator"),
    "joint": later("whole standard"),
    "proposed": later("before rounding"),
}


@in_house_style
def calibration_frontier(
    curve: pd.DataFrame, points: pd.DataFrame, *, title: str = "", basis: str = ""
) -> ClaimFigure:
    """
    Show, per level, the share of plants the whole standard attains as its strictness rises.

    Parameters
    ----------
    curve : DataFrame
        As `methodology.chain.frontier` returns it, or as frontier.csv: shares of plants and no plant's figure.
    points : DataFrame
        Its `.points`, or frontier_points.csv.
    basis : str
        Which values are shown, e.g. "as calibrated"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: the rows of `curve`.
    """
    levels = list(dict.fromkeys(curve["level"]))
    told = {
        "finite_lower": say(
            "Darker band: the curve of the {known} known plants.",
            known=f"{points.get('known', NONE).max():.0f}",
        ),
        "cross_validated": say("Dashed: plants left out of the calibration."),
        "industry": say("Crosses: all plants of the industry."),
    }
    note = say(
        "Across: share of plants each indicator lets through, stricter to the right; all values of a level at one "
        "share and within what is admissible. Line: share of plants the whole standard puts at the level or better, "
        "with a band that is to hold the whole curve of an unlimited industry of such plants. "
        "Dotted: without the bounds. Circle: each indicator at the promised share; "
        "plus: the whole standard keeps the promise within law alone; star: the point that is proposed. Level rule: "
        "the promise."
    )
    note = joined([note, *(text for name, text in told.items() if curve.get(name, NONE).notna().any())])
    figure, axes = sheet(
        claims.on_basis(title or claims.choice_costs(points), basis),
        curve.reset_index(drop=True),
        width=9.0,
        height=4.0,
        ncols=len(levels),
        note=note,
        sharey=True,
        squeeze=False,
    )
    for panel, level in zip(axes[0], levels, strict=True):
        _curve(panel, curve[curve["level"] == level], LEVEL_COLOURS[Level(level)])
        _points(panel, points[points["level"] == level], LEVEL_COLOURS[Level(level)])
        panel.set_title(level_word(level))
    axes[0][0].set_ylabel(say("share of plants at the level or better"))
    return figure


def _curve(axes: Any, rows: pd.DataFrame, colour: str) -> None:
    across = rows["strictness"]
    for low, high in (("lower", "upper"), ("finite_lower", "finite_upper")):
        if rows.get(low, NONE).notna().any():
            band = {"step": "pre", "color": colour, "alpha": 0.22, "linewidth": 0}
            axes.fill_between(across, rows[low], rows[high], **band)
    axes.step(across, rows["unbounded"], where="pre", color=SOFT, linewidth=1, linestyle=":")
    axes.step(across, rows["cross_validated"], where="pre", color=colour, linewidth=1, linestyle="--")
    axes.step(across, rows["attained"], where="pre", color=colour, linewidth=2)
    known = rows.iloc[:: max(1, len(rows) // 12)]
    axes.plot(known["strictness"], known["industry"], "x", color=INK, markersize=4, zorder=3)
    places = np.linspace(0, 1, 5)
    axes.set_xticks(places, [round_percent(1 - place) for place in places])
    axes.set_yticks(places, [round_percent(place) for place in places])
    axes.set_xlim(-0.05, 1.05)
    axes.set_ylim(-0.05, 1.05)
    axes.set_xlabel(say("share each indicator lets through"))
    axes.grid(color=RULE)
    bare(axes)


def _points(axes: Any, rows: pd.DataFrame, colour: str) -> None:
    """The points of one level; what they attain stands in the corner that no falling curve reaches."""
    for point in rows.itertuples():
        axes.plot(
            point.strictness,
            point.attained,
            MARKS[point.point],
            label=f"{percent(point.attained)}  {say(NAMES[point.point])}",
            color=colour,
            markeredgecolor=INK,
            markersize=SIZES[point.point],
            linestyle="none",
            clip_on=False,
            zorder=5,
        )
    if len(rows):
        axes.axhline(rows["target"].iloc[0], color=INK, linewidth=0.8)
        axes.legend(loc="upper right", framealpha=0.9, edgecolor="none", markerscale=0.7)
