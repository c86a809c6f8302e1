"""Tables about other standards: the previous index, the law of today, values abroad, items to propose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, label_zh, mark, number, percent, unit_of, unit_text
from methodology.languages import Told, Words, later, retold, say
from methodology.series.claims import ASPECTS, REGION_WORDS
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import LIMITING, starred

KINDS = {"mandatory_limit": later("limit"), "ultra_low": later("ultra-low"), "energy_norm": later("norm")}


@in_both_languages
def staleness_overview(old: pd.DataFrame, systems: Sequence[IndicatorSystem]) -> Overview:
    """
    Values of the previous index beside the new ones, the law of today and the plants of today.

    Parameters
    ----------
    old : DataFrame
        As `methodology.series.staleness` returns it.
    systems : sequence of IndicatorSystem

    Returns
    -------
    Overview
        system, indicator, level, previous, proposed, unit, plants that reach the previous value, law, finding.
    """
    by_id = {system.id: system for system in systems}
    rows = []
    for row in old.itertuples():
        indicator = by_id[row.system][row.indicator]
        bound = np.isfinite(row.law)
        rows.append(
            {
                "system": by_id[row.system].name,
                "indicator": starred(indicator),
                "level": row.level,
                "previous": number(row.old) + mark(row.old_status),
                "proposed": number(row.new, step=indicator.step),
                "unit": unit_text(row.unit),
                "reach the previous": percent(row.reached),
                "law": f"{number(row.law)}{mark(row.law_status)}, {say(Told(label_zh(row.law_label), row.law_label))}"
                if bound
                else "",
                "previous is": _finding(row) if bound else "",
            }
        )
    columns = [
        *("system", "indicator", "level", "previous", "proposed", "unit", "reach the previous"),
        *("law", "previous is"),
    ]
    return overview(rows, columns, [say(LIMITING)], once=["system", "indicator"])


def _finding(row) -> str:
    words = say("looser than the law") if row.looser else say("not looser")
    return (
        say("{finding} (base value before corrections)", finding=words) if row.before_corrections else words
    )


@in_both_languages
def previous_levels(summary: pd.DataFrame) -> Overview:
    """
    Levels of the same works under the previous and under the new values.

    Parameters
    ----------
    summary : DataFrame
        As `Joined.summary` of `methodology.series` returns it.

    Returns
    -------
    Overview
        judged by, works at I, II, III and none, mean scores.
    """
    rows = [
        {
            "judged by": say(str(name)),
            **{level: int(row[level]) for level in ("I", "II", "III", "none")},
            **{
                say("mean Y_{level}", level=level): fixed(row[f"mean_Y_{level}"], 1)
                for level in ("I", "II", "III")
            },
        }
        for name, row in summary.iterrows()
    ]
    legend = [say("weights and limiting indicators of the previous index are not known to us (A-89)")]
    return overview(rows, list(rows[0]) if rows else ["judged by"], legend)


@in_both_languages
def values_abroad(values: pd.DataFrame, systems: Sequence[IndicatorSystem]) -> Overview:
    """
    Values of China, the EU, the US and Japan, process by process, with the reason where they cannot be compared.

    Parameters
    ----------
    values : DataFrame
        As `methodology.series.foreign_values` returns it.
    systems : sequence of IndicatorSystem

    Returns
    -------
    Overview
        process, indicator, unit, one column per region, not comparable because. Values are brought to one unit and
        one oxygen reference where both are stated, and `=` marks those on a common basis with the Chinese one.
        Indicators without a value from abroad are left out.
    """
    by_id = {system.id: system for system in systems}
    rows = []
    for (system, name), own in values.groupby(["system", "indicator"], sort=False):
        if set(own["region"]) == {"CN"}:
            continue
        indicator = by_id[system][name]
        cells = {
            word: say("; ").join(map(_cell, own[own["region"] == region].itertuples()))
            for region, word in REGION_WORDS.items()
        }
        why = own[own["region"] != "CN"].groupby("region", sort=False)["reason"].agg(_distinct)
        reasons = [
            say("{region}: {reason}", region=say(REGION_WORDS[str(region)]), reason=text)
            for region, text in why.items()
            if text
        ]
        rows.append(
            {
                "process": by_id[system].name,
                "indicator": starred(indicator),
                "unit": unit_of(indicator),
                **cells,
                "not comparable because": " | ".join(reasons),
            }
        )
    columns = ["process", "indicator", "unit", *REGION_WORDS.values(), "not comparable because"]
    legend = [
        say(LIMITING),
        say("= on a common basis with the Chinese value; others are shown and not compared"),
    ]
    return overview(rows, columns, legend, once=["process"])


def _cell(row) -> str:
    if np.isfinite(row.low):
        text = number(row.low) if row.low == row.high else f"{number(row.low)}-{number(row.high)}"
    else:
        text = f"{number(row.stated_low)} {row.stated_unit}"
    kind = f" {say(KINDS[row.kind])}" if row.kind in KINDS else ""
    same = " =" if row.common and row.region != "CN" else ""
    return f"{text}{mark(row.status)}{kind}{same}"


def _distinct(reasons: pd.Series) -> str:
    return say("; ").join(dict.fromkeys(retold(text) for text in reasons if text))


@in_both_languages
def gaps_abroad(gaps: pd.DataFrame, names: Mapping[str, Words]) -> Overview:
    """
    Why a region has no value for an aspect of a process.

    Parameters
    ----------
    gaps : DataFrame
        As `methodology.series.foreign_gaps` returns it.
    names : mapping of system id to label

    Returns
    -------
    Overview
        aspect, region, reason with its status, processes.
    """
    rows = [
        {
            "aspect": say(str(aspect)),
            "region": say(REGION_WORDS[str(region)]),
            "no value because": retold(reason or "nobody has looked") + mark(status),
            "processes": say("all")
            if len(own) == len(names)
            else say(", ").join(say(names[name]) for name in own["system"]),
        }
        for (aspect, region, reason, status), own in gaps.groupby(
            ["aspect", "region", "reason", "status"], sort=False
        )
    ]
    return overview(rows, ["aspect", "region", "no value because", "processes"], once=["aspect"])


@in_both_languages
def proposed_items(items: pd.DataFrame, names: Mapping[str, Words]) -> Overview:
    """
    Items to draft or revise.

    Parameters
    ----------
    items : DataFrame
        As `methodology.series.proposed_items` returns it.
    names : mapping of system id to label

    Returns
    -------
    Overview
        item, aspect, processes, documents, why.
    """
    rows = [
        {
            "item": f"{place}. {retold(row.action)}",
            "aspect": say(ASPECTS.get(row.aspect, row.aspect)),
            "processes": say(", ").join(say(names[name]) for name in row.processes.split()),
            "documents": say("; ").join(row.documents.split("; ")),
            "why": retold(row.why),
        }
        for place, row in enumerate(items.itertuples(), start=1)
    ]
    legend = [say("missing means missing from our list (A-86)")]
    return overview(rows, ["item", "aspect", "processes", "documents", "why"], legend)
