"""The sample 样本 and the weights 权重 as tables for readers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from methodology.indicators import CellState, Indicator, IndicatorSystem, Kind, Sample
from methodology.indicators.cells import QUALITATIVE_CODES
from methodology.indicators.display import number, percent, unit_of
from methodology.languages import by_line, later, retold, say
from methodology.sample.attribute_words import names_of, stratum_in_words
from methodology.sample.checking import Account
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.single_cells import SIDES

LIMITING = later("*: limiting indicator")
_STATES = {
    "measured": later("cells measured"),
    "below a limit": later("cells below a limit"),
    "not reported": later("cells not reported"),
    "not applicable": later("cells not applicable"),
}
LEVEL_OF_CODE = {code: level for level, code in QUALITATIVE_CODES.items()}
_EFFECT = (later("most moved"), "I", "II", "III")
FAR = 10
"""Spreads between plants beyond which the size of a move says nothing more."""
_BY_RULE = later("rule of the run")
SEVERITIES = {"error": later("error"), "warn": later("doubtful"), "info": later("unusual")}


def starred(indicator: Indicator) -> str:
    """English name, `*` behind a limiting indicator."""
    return indicator.name + ("*" if indicator.limiting else "")


@in_both_languages
def sample_overview(sample: Sample, system: IndicatorSystem) -> Overview:
    """
    Count the four states of every indicator, and show its range.

    Parameters
    ----------
    sample : Sample
        Plants as read, exclusions made.
    system : IndicatorSystem
        Order, names and units.

    Returns
    -------
    Overview
        One row per indicator: unit, measured, below limit, not reported, not applicable, median. A cell below its
        limit counts as the limit; a described level is written as I, II, III or none. Extremes are not shown: each
        is the figure of one plant.
    """
    rows = [_sample_row(sample, system[name]) for name in system.ids if name in sample.values]
    columns = ["indicator", "unit", "measured", "below limit", "not reported", "not applicable", "median"]
    count = say(
        "{plants} plants, {excluded} excluded", plants=len(sample.plants), excluded=len(sample.excluded)
    )
    return overview(rows, columns, [count, say(LIMITING)])


def _sample_row(sample: Sample, indicator: Indicator) -> dict[str, object]:
    states, values = sample.states[indicator.id], sample.values[indicator.id].dropna()
    counts = {state: int((states == state).sum()) for state in CellState}
    row: dict[str, object] = {
        "indicator": starred(indicator),
        "unit": unit_of(indicator),
        "measured": counts[CellState.MEASURED],
        "below limit": counts[CellState.BELOW_LIMIT],
        "not reported": counts[CellState.NOT_REPORTED],
        "not applicable": counts[CellState.NOT_APPLICABLE],
    }
    if len(values):
        middle = values.quantile(
            0.5, interpolation="lower" if indicator.kind is Kind.QUALITATIVE else "linear"
        )
        row["median"] = _written(middle, indicator)
    return row


def _written(value: float, indicator: Indicator) -> str:
    return LEVEL_OF_CODE[value] if indicator.kind is Kind.QUALITATIVE else number(value)


@in_both_languages
def what_was_read(read: Account) -> Overview:
    """
    Say which rows of the file became plants, and how many cells of each state they hold.

    Parameters
    ----------
    read : Account
        As `methodology.sample.account` gives it, before the choices of the run.

    Returns
    -------
    Overview
        of the file, value.
    """
    rows = [
        (say("file"), read.file),
        (say("sheet"), read.sheet),
        (say("row of the header"), read.header),
        (say("rows of plants"), read.used),
        *((say("rows skipped: each {why}", why=retold(why)), where) for why, where in read.skipped.items()),
        (say("plants"), str(read.plants)),
        (say("excluded"), str(read.excluded)),
        *((say(_STATES[state]), str(count)) for state, count in read.states.items()),
    ]
    columns = ["of the file", "value"]
    return overview([dict(zip(columns, row, strict=True)) for row in rows if row[1]], columns)


@in_both_languages
def excluded_plants(sample: Sample) -> Overview:
    """
    List who is not in the sample, and why.

    Returns
    -------
    Overview
        plant, reason, decided by, on; both empty where a rule of the run decided.
    """
    rows = [
        {"plant": row.plant, "reason": retold(say(by_line(row.reason))), "decided by": row.by, "on": row.date}
        for row in sample.excluded.fillna("").itertuples()
    ]
    columns = ["plant", "reason", "decided by", "on"]
    return overview(rows, columns, [] if rows else [say("no plant is excluded")])


@in_both_languages
def cell_notes(notes: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    What was done to single cells on the way in, without the cell itself.

    Parameters
    ----------
    notes : DataFrame
        As `Sample.notes`: plant, indicator, what, reason.

    Returns
    -------
    Overview
        plant, indicator, what, because; a recalled or assumed bound carries its sign.
    """
    names = names_of(system)
    rows = [
        {
            "plant": row.plant or say("all"),
            "indicator": starred(system[row.indicator]) if row.indicator in system.ids else row.indicator,
            "what": retold(row.what, names),
            "because": retold(row.reason, names),
        }
        for row in notes.itertuples()
    ]
    legend = [] if rows else [say("every cell is taken as it was stated")]
    return overview(rows, ["plant", "indicator", "what", "because"], legend)


@in_both_languages
def strata_covered(coverage: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    How much of each stratum of the industry the sample holds.

    Parameters
    ----------
    coverage : DataFrame
        As `methodology.chain.delivered` returns it.

    Returns
    -------
    Overview
        stratum, plants of how many known, share of the plants, share of the capacity.
    """
    rows = [
        {
            "stratum": stratum_in_words(str(row.stratum), system),
            "plants": say("{plants} of {known}", plants=f"{row.plants:.0f}", known=f"{row.known:.0f}")
            if np.isfinite(row.known)
            else f"{row.plants:.0f}",
            "share of plants": percent(row.share),
            "share of capacity": percent(row.capacity_share),
        }
        for row in coverage.itertuples()
    ]
    return overview(rows, ["stratum", "plants", "share of plants", "share of capacity"])


@in_both_languages
def years_spread(spread: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    Show the spread within plants over years beside the spread between plants, and the drift.

    Parameters
    ----------
    spread : DataFrame
        As `methodology.sample.years_spread` returns it; empty for a sample of one year.

    Returns
    -------
    Overview
        indicator, unit, plants, between, within, share within, drift per year.
    """
    rows = [
        {
            "indicator": starred(system[str(row.Index)]),
            "unit": unit_of(system[str(row.Index)]),
            "plants": row.plants,
            "between plants": _figure(row.between),
            "within plants": _figure(row.within),
            "share within": percent(row.share) if np.isfinite(row.share) else "",
            "drift per year": _figure(row.drift),
        }
        for row in spread.itertuples()
    ]
    columns = ["indicator", "unit", "plants", "between plants", "within plants", "share within"]
    legend = [
        say("standard deviations; drift: median over plants of the slope of their years"),
        say(LIMITING),
    ]
    one = [say("the sample holds one year")]
    return overview(rows, [*columns, "drift per year"], legend if rows else one)


def _figure(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else ""


@in_both_languages
def doubt_effects(effects: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    List findings with what setting the cell, or the plant, aside would do to the values.

    Parameters
    ----------
    effects : DataFrame
        As `methodology.chain.doubt_effects` returns it.

    Returns
    -------
    Overview
        plant, finding, severity, most moved, I, II, III (move of the value in standard deviations between
        plants, to one digit: more of them would tell the figure of the plant beside it).
    """
    names = names_of(system)
    rows = [
        {
            "plant": row.plant,
            "finding": say(
                "{indicator}: {finding}",
                indicator=_named(row.indicator, system),
                finding=retold(row.what, names),
            )
            if row.indicator
            else retold(row.what, names),
            "severity": say(SEVERITIES.get(str(row.severity), str(row.severity))),
            **_effect(row, system),
        }
        for row in effects.itertuples()
    ]
    columns = ["plant", "finding", "severity", *_EFFECT]
    return overview(rows, columns, [say(SIDES) if rows else say("nothing is doubtful")])


@in_both_languages
def set_aside_register(register: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    List what was set aside, by whom, why, and what that did to the values.

    Parameters
    ----------
    register : DataFrame
        As `methodology.chain.set_aside_effects` returns it.

    Returns
    -------
    Overview
        plant, what (one indicator or the whole plant), reason, decided by, on, most moved, I, II, III (move of the
        value against the one with it, in standard deviations between plants, to one digit).
    """
    rows = [
        {
            "plant": row.plant,
            "what": _named(row.indicator, system) if row.indicator else say("the whole plant"),
            "reason": retold(say(by_line(row.reason)), names_of(system)),
            "decided by": row.by or say(_BY_RULE),
            "on": row.date,
            **_effect(row, system),
        }
        for row in register.itertuples()
    ]
    columns = ["plant", "what", "reason", "decided by", "on", *_EFFECT]
    return overview(rows, columns, [say(SIDES) if rows else say("nothing was set aside")])


def _effect(row: Any, system: IndicatorSystem) -> dict[str, str]:
    """The indicator that moves most, and by how much at each level."""
    moved = _named(row.most_moved, system) if row.most_moved else ""
    return {"most moved": moved, **{level: _change(getattr(row, level)) for level in ("I", "II", "III")}}


def _named(indicator: str, system: IndicatorSystem) -> str:
    return system[indicator].name


def _change(value: float) -> str:
    if abs(value) > FAR:
        return say("more than 10")
    return (
        f"{float(f'{value:.1g}'):+g}"
        if np.isfinite(value) and value
        else say("unchanged")
        if value == 0
        else ""
    )
