"""Tables of the series: levels, values, siblings, coverage, savings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from methodology.indicators import LEVELS, IndicatorSystem
from methodology.indicators.display import (
    ASSUMED,
    benchmark,
    fixed,
    mark,
    number,
    percent,
    said_unit,
    unit_of,
    unit_text,
)
from methodology.languages import Told, Words, later, retold, say
from methodology.parameters.words import setting_in_words
from methodology.sample.attribute_words import stratum_in_words
from methodology.series.claims import FIELD_WORDS
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import LIMITING, starred

SYNTHETIC = later("plants are synthetic: these are numbers of the example, not of the industry")


@in_both_languages
def industry_levels(levels: pd.DataFrame, names: Mapping[str, Words]) -> Overview:
    """
    Estimate how many known plants reach each level now.

    Parameters
    ----------
    levels : DataFrame
        As `methodology.series.plants_at_levels` returns it, of all standards together.
    names : mapping of system id to label

    Returns
    -------
    Overview
        system, promise, level, in the sample, known plants (estimate with interval), synthetic truth.
    """
    rows = [
        {
            "system": names[row.system],
            "promise": setting_in_words(row.promise),
            "level or better": row.level,
            "in the sample": say("{plants} of {sampled}", plants=row.plants, sampled=row.sampled),
            "known plants": say(
                "{estimate} [{lower}, {upper}] of {known}",
                estimate=fixed(row.estimate, 0),
                lower=fixed(row.lower, 0),
                upper=fixed(row.upper, 0),
                known=row.known,
            )
            if row.known
            else say("no register"),
            "truth": number(row.truth),
        }
        for row in levels.itertuples()
    ]
    columns = ["system", "promise", "level or better", "in the sample", "known plants", "truth"]
    legend = [
        say("brackets: 95 % interval over which plants were asked"),
        say("truth: counted; {synthetic}", synthetic=say(SYNTHETIC)),
    ]
    return overview(rows, columns, legend, once=["system", "promise"])


@in_both_languages
def series_values(by_promise: Mapping[str, pd.DataFrame], systems: Sequence[IndicatorSystem]) -> Overview:
    """
    All proposed values of the series, both promises side by side.

    Parameters
    ----------
    by_promise : mapping of promise to DataFrame
        As `methodology.series.values_across` returns them.
    systems : sequence of IndicatorSystem

    Returns
    -------
    Overview
        system, indicator, unit, and per promise the values of I | II | III. A sign behind the name says that the
        centre of the synthetic plants was recalled or assumed.
    """
    rows = []
    wide = {
        promise: table.pivot(index=["system", "indicator"], columns="level", values="value")
        for promise, table in by_promise.items()
    }
    for system in systems:
        for indicator in system.indicators:
            key = (system.id, indicator.id)
            if any(key not in table.index for table in wide.values()):
                continue
            status = indicator.anchors.status_median if indicator.anchors else ""
            row = {
                "system": system.name,
                "indicator": starred(indicator) + mark(status),
                "unit": unit_of(indicator),
            }
            for promise, table in wide.items():
                values = [benchmark(table.loc[key, str(level)], indicator) for level in LEVELS]
                row[_values_of(promise)] = " | ".join(values)
            rows.append(row)
    columns = ["system", "indicator", "unit", *map(_values_of, wide)]
    return overview(rows, columns, [say(LIMITING), say(SYNTHETIC)], once=["system"])


@in_both_languages
def sibling_words(words: pd.DataFrame, systems: Sequence[IndicatorSystem]) -> Overview:
    """
    Ids that mean one thing in one system and another in a sibling.

    Parameters
    ----------
    words : DataFrame
        As `methodology.series.same_words` returns it.
    systems : sequence of IndicatorSystem

    Returns
    -------
    Overview
        indicator, differs in, reading, in the systems.
    """
    by_id = {system.id: system for system in systems}
    rows = [
        {
            "indicator": by_id[row.systems.split()[0]][row.indicator].name,
            "differs in": say(FIELD_WORDS.get(row.field, row.field)),
            "reading": say(row.reading),
            "in the systems": say(", ").join(by_id[name].name for name in row.systems.split()),
        }
        for row in words.itertuples()
    ]
    legend = [] if rows else [say("every id means the same everywhere")]
    columns = ["indicator", "differs in", "reading", "in the systems"]
    return overview(rows, columns, legend, once=["indicator", "differs in"])


@in_both_languages
def sibling_values(values: pd.DataFrame, names: Mapping[str, Words]) -> Overview:
    """
    Values that siblings propose for one and the same quantity.

    Parameters
    ----------
    values : DataFrame
        As `methodology.series.same_values` returns it.
    names : mapping of system id to label

    Returns
    -------
    Overview
        quantity, level, lowest and highest value with the system that has it, systems, finding.
    """
    rows = []
    for (quantity, level), own in values.groupby(["quantity", "level"], sort=False):
        low, high = own.loc[own["value"].idxmin()], own.loc[own["value"].idxmax()]
        rows.append(
            {
                "quantity": Told(own["quantity_zh"].iloc[0], str(quantity)),
                "level": level,
                "lowest": _proposed_by(low, names),
                "highest": _proposed_by(high, names),
                "systems": len(own),
                "they": say(own["verdict"].iloc[0]),
            }
        )
    columns = ["quantity", "level", "lowest", "highest", "systems", "they"]
    return overview(
        rows,
        columns,
        [say("signs: the centre of the plants; {synthetic}", synthetic=say(SYNTHETIC))],
        once=["quantity"],
    )


@in_both_languages
def room_left(sums: Mapping[str, pd.DataFrame]) -> Overview:
    """
    What a value of the whole leaves for everything outside the processes.

    Parameters
    ----------
    sums : mapping of promise to DataFrame
        As `methodology.series.sums_of_parts` returns them.

    Returns
    -------
    Overview
        promise, quantity, level, whole, parts, corrections, room, unit, they (agree, contradict).
    """
    rows = [
        {
            "promise": setting_in_words(promise),
            "quantity": say(row.relation),
            "level": row.level,
            "whole": number(row.whole),
            "parts": number(row.parts) + ASSUMED,
            "corrections": number(row.correction),
            "room": number(row.room),
            "unit": unit_text(row.unit),
            "they": say(row.verdict),
        }
        for promise, table in sums.items()
        for row in table.itertuples()
    ]
    columns = ["promise", "quantity", "level", "whole", "parts", "corrections", "room", "unit", "they"]
    return overview(
        rows, columns, [say("parts: with assumed output ratios (A-75)")], once=["promise", "quantity"]
    )


@in_both_languages
def turning_ratios(sums: pd.DataFrame) -> Overview:
    """
    How far the assumed output ratios could be off before a finding about whole and parts turns.

    Parameters
    ----------
    sums : DataFrame
        As `methodology.series.sums_of_parts` returns it.

    Returns
    -------
    Overview
        quantity, level, they (agree, contradict), and what turns it.
    """
    rows = [
        {
            "quantity": say(row.relation),
            "level": row.level,
            "they": say(row.verdict),
            "turns if all ratios were": say(
                "{share} larger" if row.factor > 1 else "{share} smaller", share=percent(abs(row.factor - 1))
            ),
        }
        for row in sums.itertuples()
    ]
    columns = ["quantity", "level", "they", "turns if all ratios were"]
    return overview(
        rows, columns, [say("the ratios are assumed {assumed} (A-75)", assumed=ASSUMED)], once=["quantity"]
    )


@in_both_languages
def parts_and_whole(counts: Mapping[str, pd.DataFrame]) -> Overview:
    """
    Count works whose whole and parts disagree.

    Parameters
    ----------
    counts : mapping of scope to DataFrame
        As `methodology.series.parts_and_whole` returns them, e.g. for the sample and for all known works.

    Returns
    -------
    Overview
        works, level, all parts reach it, of these the whole does not, the whole reaches it, of these a part does not.
    """
    rows = [
        {
            "works": say(scope),
            "level": row.level,
            "all parts reach it": row.parts,
            "but not the whole": row.whole_below,
            "the whole reaches it": row.whole,
            "but not every part": row.part_below,
        }
        for scope, table in counts.items()
        for row in table.itertuples()
    ]
    legend = [say("parts: the processes of a works that were judged")]
    return overview(rows, list(rows[0]) if rows else ["works"], legend, once=["works"])


@in_both_languages
def strata_left_out(coverage: pd.DataFrame, systems: Sequence[IndicatorSystem]) -> Overview:
    """
    Strata of the industry nobody in a sample stands for.

    Parameters
    ----------
    coverage : DataFrame
        As `methodology.series.series_coverage` returns it.
    systems : sequence of IndicatorSystem

    Returns
    -------
    Overview
        system, stratum, known plants, their share of the capacity.
    """
    by_id = {system.id: system for system in systems}
    whole = coverage.groupby("system", sort=False)["known_capacity"].last()
    rows = [
        {
            "system": by_id[row.system].name,
            "stratum": stratum_in_words(str(row.stratum), by_id[row.system]),
            "known plants": fixed(row.known, 0),
            "share of capacity": percent(row.known_capacity / whole[row.system]),
        }
        for row in coverage[coverage["plants"] == 0].itertuples()
    ]
    legend = [
        say("the other plants of the sample speak for them (A-88)")
        if rows
        else say("every stratum is represented")
    ]
    columns = ["system", "stratum", "known plants", "share of capacity"]
    return overview(rows, columns, legend, once=["system"])


@in_both_languages
def savings_overview(effects: pd.DataFrame, names: Mapping[str, Words]) -> Overview:
    """
    What adoption would save, with interval and what it rests on.

    Parameters
    ----------
    effects : DataFrame
        As `methodology.series.savings` returns it, of both promises together.
    names : mapping of system id to label

    Returns
    -------
    Overview
        saving, of, promise, saved with interval, unit, today, there already, note.
    """
    rows = [
        {
            "saving": say(row.saving),
            "of": say(names.get(row.system, row.system)),
            "promise": setting_in_words(row.promise),
            "saved": f"{_rough(row.total)} [{_rough(row.lower)}, {_rough(row.upper)}]{ASSUMED}",
            "unit": said_unit(row.unit),
            "of today": percent(row.total / row.now) if np.isfinite(row.now) else "",
            "there already": percent(row.beyond) if np.isfinite(row.beyond) else "",
            "needed for the level": say("yes") if row.limiting else say("not always"),
            "note": retold(row.note),
        }
        for row in effects.itertuples()
    ]
    columns = [
        *("saving", "of", "promise", "saved", "unit", "of today", "there already"),
        *("needed for the level", "note"),
    ]
    legend = [
        say("brackets: 95 % interval over which plants were asked; all else rests on A-88"),
        say(
            "needed: the indicator is limiting; another one need not reach the level, so its saving is an upper bound"
        ),
        say(SYNTHETIC),
    ]
    return overview(rows, columns, legend, once=["saving"])


def _proposed_by(row: pd.Series, names: Mapping[str, Words]) -> str:
    value = f"{number(row['value'])}{mark(row['status'])} {unit_text(row['unit'])}"
    return say("{value}, {system}", value=value, system=names[row["system"]])


def _values_of(promise: str) -> str:
    return say("{promise}: I | II | III", promise=setting_in_words(promise))


def _rough(value: float) -> str:
    return number(value, digits=3)
