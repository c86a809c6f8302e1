"""Which level plants reach, and what holds them back."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import (
    FAINT,
    INK,
    RULE,
    ClaimFigure,
    bare,
    in_house_style,
    label_places,
    label_rows,
    named,
    sheet,
)
from methodology.figures.looks import LEVEL_COLOURS, LEVEL_MARKS, LEVEL_SIZES, level_key
from methodology.indicators import LEVELS, IndicatorSystem, Level
from methodology.indicators.display import fixed
from methodology.indicators.words import level_word
from methodology.languages import later, say

BY_SCORE = later("score alone")


@in_house_style
def level_scores(
    evaluation: pd.DataFrame,
    *,
    cuts: dict[str, float],
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show the three scores of every plant against the cuts, plants sorted by level and score.

    Parameters
    ----------
    evaluation : DataFrame
        As evaluation.csv; `plant` a column or the index.
    cuts : mapping of level to score
        Scores that decide, e.g. {"I": 85, "II": 85, "III": 100}.
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: plant, Y_I, Y_II, Y_III, level, limiting_failed in the order drawn.
    """
    data = _sorted(evaluation)
    figure, axes = sheet(
        claims.on_basis(title or claims.levels_reached(data["level"]), basis),
        data,
        plants=True,
        width=9.0,
        height=1.9 + 0.19 * len(data),
        note=say(
            "Filled: the score meets its cut; hollow: it does not. Band: level reached. "
            "!: a limiting indicator blocks the next level."
        ),
    )
    axes.hlines(data.index, data["Y_I"], data["Y_III"], color=FAINT, linewidth=1, zorder=1)
    for level, size in LEVEL_SIZES.items():
        scores = data[f"Y_{level}"].to_numpy(dtype=float)
        face = np.where(scores >= cuts[level], LEVEL_COLOURS[level], "white")
        look = {"marker": LEVEL_MARKS[level], "edgecolors": LEVEL_COLOURS[level], "linewidths": 1.1}
        axes.scatter(scores, data.index, s=size**2, c=face, zorder=3, **look)
    for cut in sorted(set(cuts.values())):
        of = say(", ").join(say("{level}", level=level) for level in LEVELS if cuts[level] == cut)
        axes.axvline(cut, color=INK, linewidth=0.9, zorder=0)
        axes.text(cut, -1.1, f"{of} ≥ {cut:g} ", ha="right", va="bottom")
    _level_band(axes, data)
    axes.set_ylim(len(data) - 0.4, -1.0)
    axes.set_xlim(min(0.0, float(data["Y_I"].min())) - 1, 109)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel(say("composite index Y"))
    axes.legend(
        handles=level_key(lambda level: f"Y_{level}"), loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3
    )
    bare(axes)
    return figure


def _level_band(axes, data: pd.DataFrame) -> None:
    """The level of each plant as a colour and a word at the right end of its row."""
    colours = [LEVEL_COLOURS[Level(level)] for level in data["level"]]
    axes.barh(range(len(data)), 2.6, left=103, height=0.96, color=colours, clip_on=False)
    for row, item in enumerate(data.itertuples()):
        sign = " !" if item.limiting_failed else ""
        axes.text(
            106.6,
            row,
            f"{say('{level}', level=item.level) if item.level != Level.NONE else say('none')}{sign}",
            va="center",
        )
    label_places(axes, range(len(data)), [str(plant) for plant in data["plant"]])


def _sorted(evaluation: pd.DataFrame) -> pd.DataFrame:
    data = evaluation if "plant" in evaluation else evaluation.rename_axis("plant").reset_index()
    data = data.assign(limiting_failed=data["limiting_failed"].fillna(""))
    rank = data["level"].map({str(level): place for place, level in enumerate(Level)})
    order = data.assign(rank=rank).sort_values(
        ["rank", "Y_I", "Y_II", "Y_III"], ascending=[True, False, False, False], kind="stable"
    )
    columns = ["plant", "Y_I", "Y_II", "Y_III", "level", "limiting_failed"]
    return order[columns].reset_index(drop=True)


@in_house_style
def blocking_indicators(
    evaluation: pd.DataFrame,
    system: IndicatorSystem,
    *,
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Count the plants each limiting indicator keeps from the next better level.

    A plant that no limiting indicator blocks, and that is not at Level I, is counted under `score alone`.

    Parameters
    ----------
    evaluation : DataFrame
        As evaluation.csv.
    system : IndicatorSystem
        Names of the indicators; limiting indicators that block nobody are shown with 0.
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: indicator, and the number of plants now at II, III and none that it blocks.
    """
    data = _blocking_table(evaluation, system)
    figure, axes = sheet(
        claims.on_basis(title or claims.most_blocking(data, system, len(evaluation)), basis),
        data,
        width=8.0,
        height=1.8 + 0.32 * len(data),
        note=say(
            "Number of plants kept from the next better level; a plant can be blocked by several indicators."
        ),
    )
    left = np.zeros(len(data))
    rows = np.arange(len(data))
    for level in (Level.II, Level.III, Level.NONE):
        counts = data[str(level)].to_numpy(dtype=float)
        axes.barh(
            rows,
            counts,
            left=left,
            height=0.6,
            color=LEVEL_COLOURS[level],
            label=say("now {level}", level=level_word(level)),
        )
        left += counts
    for row, total in enumerate(left):
        axes.text(total + 0.15, row, f"{int(total)}", va="center")
    names = [say(BY_SCORE) if name == BY_SCORE else named(system[name]) for name in data["indicator"]]
    label_rows(axes, names)
    axes.set_xlim(0, max(left.max() * 1.1, 1))
    axes.set_xticks([])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    bare(axes, "left")
    return figure


def _blocking_table(evaluation: pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    columns = [str(Level.II), str(Level.III), str(Level.NONE)]
    counts = {level: Counter() for level in columns}  # type: dict[str, Counter[str]]
    for level, failed in zip(evaluation["level"], evaluation["limiting_failed"].fillna(""), strict=True):
        if level in counts:
            counts[level].update(str(failed).split() or [BY_SCORE])
    data = pd.DataFrame(
        [(name, *(counts[level][name] for level in columns)) for name in (*system.limiting, BY_SCORE)],
        columns=["indicator", *columns],
    )
    order = data[columns].sum(axis=1).sort_values(ascending=False, kind="stable").index
    return data.loc[order].reset_index(drop=True)


@in_house_style
def level_shares(shares: pd.DataFrame, *, title: str = "", basis: str = "") -> ClaimFigure:
    """
    Show the share of plants at each level under several choices, one stacked bar each.

    Parameters
    ----------
    shares : DataFrame indexed by choice, columns I, II, III, none
        Shares or counts; each row is scaled to its sum.
    basis : str
        Which values and plants the title speaks of, if it is not said elsewhere.

    Returns
    -------
    ClaimFigure
        `data`: shares that sum to 1 per row.
    """
    data = shares[[str(level) for level in Level]].astype(float)
    data = data.div(data.sum(axis=1), axis=0)
    figure, axes = sheet(
        claims.on_basis(title or claims.between_choices(data), basis),
        data,
        width=8.0,
        height=1.7 + 0.32 * len(data),
    )
    stack_of_levels(axes, data, height=0.66, least=0.045)
    label_places(axes, range(len(data)), [claims.method_in_words(name) for name in data.index])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4)
    return figure


def stack_of_levels(axes, data: pd.DataFrame, *, height: float, least: float) -> None:
    """Bars of shares per row; a share is written where it is wide enough to hold its text."""
    left = np.zeros(len(data))
    for level in Level:
        part = data[str(level)].to_numpy(dtype=float)
        name = level_word(level)
        axes.barh(range(len(data)), part, left=left, height=height, color=LEVEL_COLOURS[level], label=name)
        for row in np.flatnonzero(part >= least):
            ink = "white" if level is Level.I else INK
            axes.text(
                left[row] + part[row] / 2,
                row,
                fixed(100 * part[row], 0),
                ha="center",
                va="center",
                color=ink,
                in_layout=False,
            )
        left += part
    axes.set_ylim(len(data) - 0.45, -0.55)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.grid(axis="x", color=RULE)
    bare(axes)
