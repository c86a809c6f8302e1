"""Single cells: which move a value most and what each doubt would do, in one table; whom to ask next."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed
from methodology.languages import later, retold, say
from methodology.sample.attribute_words import names_of
from methodology.tables.overview import Overview, in_both_languages, overview

MOST = 15
"""Rows that are printed of those that move values; results hold all."""
NOT_REPORTED = later("not reported")
SIDES = later("in standard deviations between plants, + looser, − stricter")


@in_both_languages
def single_cells_overview(influence: pd.DataFrame, doubts: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    What single cells do to the values: the one that moves each most, and every open doubt resolved.

    Parameters
    ----------
    influence : DataFrame
        As `methodology.chain.robustness.cell_influence` returns it.
    doubts : DataFrame
        As `methodology.chain.robustness.resolved_doubts` returns it. A doubtful cell that is set aside is one that is
        not reported: it stands once, with its doubt.

    Returns
    -------
    Overview
        One row per cell and what it would be, at most 15, those that move a value farthest on top.
    """
    stands = {(row.indicator, row.level): _stands(row.clean, row.dirty) for row in influence.itertuples()}
    told = _changes(influence, doubts)
    order = told["shift"].abs().sort_values(ascending=False, kind="stable").index
    rows = [
        {
            "of plant": row.plant,
            "the cell": system[row.cell].name if row.cell else say("several"),
            "doubt": retold(row.doubt.partition(": ")[0], names_of(system)),
            "if it were": say(row.way),
            "moves farthest": say("{name} at Level {level}", name=system[row.most].name, level=row.level),
            "moves": _signed(row.shift),
            "wrong cells it stands": stands.get((row.most, row.level), ""),
            "other plants at another level": "" if row.levels < 0 else row.levels,
        }
        for row in told.loc[order].head(MOST).itertuples()
    ]
    idle = int((doubts["moved"] == 0).sum())
    cells = int(influence["looked_at"].max()) if len(influence) else 0
    legend = [
        say(
            "moves: {sides}; counted through the whole calibration; each of {cells} cells was left out and each doubt "
            "resolved in every way, {ways} in all, of which {idle} move no value; the {shown} farthest are shown",
            sides=say(SIDES),
            shown=len(rows),
            idle=idle,
            cells=cells,
            ways=len(doubts),
        ),
        say(
            "wrong cells it stands: how many cells may be wrong towards the clean, and towards the dirty end, before "
            "the value can be carried past all other plants; the share of plants held"
        ),
    ]
    return overview(rows, list(rows[0]) if rows else ["of plant"], legend)


def _changes(influence: pd.DataFrame, doubts: pd.DataFrame) -> pd.DataFrame:
    """Cells and what they would be, each once: plant, cell, doubt, way, most, level, shift, levels (-1: not asked)."""
    open_ones = doubts[doubts["moved"] > 0].rename(columns={"indicator": "cell"})
    aside = open_ones[open_ones["way"] == "set aside"]
    known = set(zip(aside["plant"], aside["cell"], strict=True))
    cells = influence[influence["plant"] != ""].rename(columns={"indicator": "most"})
    cells = cells.loc[cells["shift"].abs().sort_values(ascending=False, kind="stable").index]
    cells = cells.drop_duplicates(["plant", "cell"])
    fresh = [pair not in known for pair in zip(cells["plant"], cells["cell"], strict=True)]
    blank = cells[np.array(fresh, dtype=bool)].assign(doubt="", way=str(NOT_REPORTED), levels=-1)
    names = ["plant", "cell", "doubt", "way", "most", "level", "shift", "levels"]
    return pd.concat([open_ones[names], blank[names]], ignore_index=True)


@in_both_languages
def worth_asking_overview(asked: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    Which plants to ask next.

    Parameters
    ----------
    asked : DataFrame
        As `methodology.chain.robustness.worth_asking` returns it.

    Returns
    -------
    Overview
        One row per plant with silent cells.
    """
    rows = [
        {
            "ask plant": row.plant,
            "silent cells": row.silent,
            "expected narrowing": fixed(row.narrowing, 2),
            "most of it from": system[row.most].name if row.most else say("none"),
        }
        for row in asked.itertuples()
    ]
    legend = [
        say(
            "expected narrowing: of the brackets of all values together, in standard deviations between plants; a "
            "bracket reaches from the value with silent cells at the clean end to that with them at the dirty end"
        )
    ]
    if not rows:
        return overview([], ["ask plant"], [say("no cell is silent")])
    return overview(rows, list(rows[0]), legend)


def _signed(shift: float) -> str:
    return f"{'+' if shift > 0 else '−'}{fixed(abs(shift), 2)}"


def _stands(clean: float, dirty: float) -> str:
    return (
        say("{clean} and {dirty}", clean=f"{clean - 1:.0f}", dirty=f"{dirty - 1:.0f}")
        if clean == clean
        else say("a bound sets the value")
    )
