"""What another method or another footing would have given: weights by method, values before and after correction."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import (
    DATA,
    DATA_LIGHT,
    FAINT,
    RULE,
    SOFT,
    ClaimFigure,
    bare,
    in_house_style,
    label_rows,
    named,
    sheet,
)
from methodology.figures.looks import looks
from methodology.figures.wrapping import key_above
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import round_percent, unit_of
from methodology.languages import joined, say


class Corrected(Protocol):
    """What `methodology.sample.correct` returns, as far as it is drawn."""

    @property
    def terms(self) -> pd.DataFrame:
        """Columns plant, indicator, level, reported, factor, addend, corrected."""


@in_house_style
def methods_side_by_side(
    weights: pd.DataFrame,
    system: IndicatorSystem,
    *,
    chosen: str,
    title: str = "",
) -> ClaimFigure:
    """
    Show the weight of every indicator under every method that gives one.

    Parameters
    ----------
    weights : DataFrame indexed by indicator, one column per method
        Weights of the whole, each column sums to 1.
    chosen : str
        Column whose marks are filled.

    Returns
    -------
    ClaimFigure
        `data`: indicator, one column per method.
    """
    data = weights.reindex([name for name in system.ids if name in weights.index])
    figure, axes = sheet(
        title or claims.methods_apart(data, system),
        data.rename_axis("indicator").reset_index(),
        width=9.0,
        height=1.8 + 0.26 * len(data),
        note=say(
            "One mark per method; filled: the method of this run. Where marks lie apart, the method matters."
        ),
    )
    rows = np.arange(len(data))
    axes.hlines(rows, data.min(axis=1), data.max(axis=1), color=RULE, linewidth=3, zorder=1)
    for method, look in looks(map(str, data.columns)).items():
        axes.plot(
            data[method],
            rows,
            linestyle="",
            markerfacecolor=look["color"] if method == chosen else "white",
            markersize=6 if method == chosen else 5,
            label=claims.method_in_words(method),
            zorder=4 if method == chosen else 3,
            **look,
        )
    label_rows(axes, [named(system[name]) for name in data.index], ends=(0.5, 0.5))
    axes.set_xlim(left=-0.015 * float(data.max(axis=None)))
    axes.xaxis.set_major_formatter(lambda share, _: round_percent(share))
    axes.grid(axis="x", color=RULE)
    key_above(axes)
    bare(axes)
    return figure


@in_house_style
def corrected_values(
    corrections: Corrected,
    system: IndicatorSystem,
    *,
    used: bool = True,
    title: str = "",
) -> ClaimFigure:
    """
    Join the reported value of every plant with its corrected one, for each corrected indicator.

    Parameters
    ----------
    corrections : Corrections
        Terms of the plants.
    used : bool
        Whether the run goes on with the corrected values.

    Returns
    -------
    ClaimFigure
        `data`: plant, indicator, reported, corrected, at the level the correction is first granted at.
    """
    terms = corrections.terms.drop_duplicates(["plant", "indicator"])
    data = terms[["plant", "indicator", "reported", "corrected"]].reset_index(drop=True)
    names = list(dict.fromkeys(data["indicator"]))
    note = joined(
        [
            say("One line per plant, clean end down."),
            say("The run goes on with the corrected values.")
            if used
            else say("The run goes on with the reported values."),
        ]
    )
    columns = min(max(len(names), 1), 3)
    rows = -(-max(len(names), 1) // columns)
    figure, axes = sheet(
        title or claims.reordered(data),
        data,
        plants=True,
        width=3.4 * columns + 0.8,
        height=3.6 * rows + 0.6,
        nrows=rows,
        ncols=columns,
        note=note,
        squeeze=False,
    )
    for place, panel in enumerate(axes.flat):
        if place < len(names):
            _slopes(panel, data[data["indicator"] == names[place]], system, names[place])
        else:
            panel.set_axis_off()
    if not names:
        axes[0, 0].text(0.5, 0.5, say("no correction applies to these plants"), ha="center", color=SOFT)
    return figure


def _slopes(axes, own: pd.DataFrame, system: IndicatorSystem, name: str) -> None:
    crossing = own["reported"].rank().ne(own["corrected"].rank())
    for item, moved in zip(own.itertuples(), crossing, strict=True):
        colour, width = (DATA, 1.1) if moved else (DATA_LIGHT, 0.8)
        axes.plot(
            [0, 1], [item.reported, item.corrected], color=colour, linewidth=width, marker="o", markersize=3
        )
    axes.set_xticks([0, 1], [say("reported"), say("corrected")])
    axes.set_xlim(-0.25, 1.25)
    axes.set_title(named(system[name]))
    axes.set_ylabel(unit_of(system[name]))
    if system[name].better == "higher":
        axes.invert_yaxis()
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    bare(axes)
