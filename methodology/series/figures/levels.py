"""The members of the series side by side: their levels, and whether whole and parts agree."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import (
    DATA_LIGHT,
    FAINT,
    INK,
    RULE,
    WARN,
    ClaimFigure,
    bare,
    beside,
    in_house_style,
    label_rows,
    sheet,
)
from methodology.figures.evaluation import stack_of_levels
from methodology.figures.looks import LEVEL_COLOURS
from methodology.indicators import Level
from methodology.indicators.display import number, round_percent, said_unit
from methodology.languages import Words, say
from methodology.sample.attribute_words import stratum_chosen
from methodology.series import claims as series_claims


@in_house_style
def series_levels(levels: pd.DataFrame, names: Mapping[str, Words], *, title: str = "") -> ClaimFigure:
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
        height=1.6 + 0.22 * len(data),
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
    )
    for row in np.flatnonzero(_firsts(data))[1:]:
        axes.axhline(row - 0.5, color=FAINT, linewidth=0.8)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4)
    return figure


def _firsts(data: pd.DataFrame) -> np.ndarray:
    return (~data["system"].duplicated()).to_numpy()


def _pair_label(item, first: bool, names: Mapping[str, Words]) -> str:
    stratum = stratum_chosen(item.stratum) if item.stratum else ""
    name = f"{say(names[item.system])} ({item.plants})" if first else stratum
    return f"{name}  {claims.method_in_words(item.promise)}"


@in_house_style
def parts_against_whole(sums: pd.DataFrame, *, title: str = "") -> ClaimFigure:
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
        height=1.7 + 0.23 * len(data),
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
            unit=said_unit(item.unit),
        )
        beside(axes, row, text, color=WARN if item.room < 0 else INK)
    label_rows(
        axes,
        [
            say("{relation}, Level {level}", relation=say(item.relation), level=item.level)
            for item in data.itertuples()
        ],
    )
    axes.set_xlim(0, max(1.05, float(data["share"].max()) * 1.02))
    axes.xaxis.set_major_formatter(lambda share, _: round_percent(share))
    axes.grid(axis="x", color=RULE)
    bare(axes)
    return figure
