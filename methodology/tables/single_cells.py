"""Single cells: which moves a value most, what each doubt would do, whom to ask next."""

from __future__ import annotations

import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, number, unit_text
from methodology.languages import later, retold, say
from methodology.sample.attribute_words import names_of
from methodology.tables.overview import Overview, in_both_languages, overview

MOST = 15
"""Rows that are printed of those that move values; results hold all."""
SIDES = later("in standard deviations between plants, + looser, − stricter")


@in_both_languages
def cell_influence_overview(influence: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    The cells that move their value most, and how many wrong cells these values stand.

    Parameters
    ----------
    influence : DataFrame
        As `methodology.chain.robustness.cell_influence` returns it.

    Returns
    -------
    Overview
        At most 15 rows, the value that moves farthest on top.
    """
    farthest = influence["shift"].abs().sort_values(ascending=False, kind="stable").index[:MOST]
    rows = [
        {
            "indicator": system[row.indicator].name,
            "level": row.level,
            "value": f"{number(row.value)} {unit_text(row.unit)}",
            "without the cell": f"{number(row.without)} {unit_text(row.unit)}" if row.plant else "",
            "moves": _signed(row.shift) if row.plant else "",
            "of plant": row.plant,
            "the cell": system[row.cell].name if row.cell else say("no single cell"),
            "cells that move it": say("{moving} of {cells}", moving=row.moving, cells=row.looked_at),
            "wrong cells it stands": _stands(row.clean, row.dirty),
        }
        for row in influence.loc[farthest].itertuples()
    ]
    legend = [
        say(
            "moves: {sides}, if the cell were not reported; counted through the whole calibration; the {shown} of "
            "{values} values that move farthest",
            sides=say(SIDES),
            shown=len(rows),
            values=len(influence),
        ),
        say(
            "wrong cells it stands: how many cells may be wrong towards the clean, and towards the dirty end, before "
            "the value can be carried past all other plants; the share of plants held"
        ),
    ]
    return overview(rows, list(rows[0]) if rows else ["indicator"], legend)


@in_both_languages
def resolved_doubts_overview(doubts: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    What resolving each open doubt would do, those that move values farthest.

    Parameters
    ----------
    doubts : DataFrame
        As `methodology.chain.robustness.resolved_doubts` returns it.

    Returns
    -------
    Overview
        At most 15 rows.
    """
    rows = [
        {
            "doubt": retold(row.doubt.partition(": ")[0], names_of(system)),
            "plant": row.plant,
            "indicator": system[row.indicator].name if row.indicator else say("several"),
            "if it were": say(row.way),
            "values moved": row.moved,
            "the farthest": _signed(row.shift) if row.moved else "",
            "other plants at another level": row.levels,
        }
        for row in doubts.head(MOST).itertuples()
    ]
    idle = int((doubts["moved"] == 0).sum())
    legend = [
        say("the farthest: {sides}", sides=say(SIDES)),
        say(
            "{ways} ways to resolve a doubt, of which {idle} move no value; shown are the {shown} farthest",
            ways=len(doubts),
            idle=idle,
            shown=len(rows),
        ),
    ]
    if not rows:
        return overview([], ["doubt"], [say("no doubt is open")])
    return overview(rows, list(rows[0]), legend)


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
        ),
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
        else say("a limit is the value")
    )
