"""Tables about other standards: the previous index, the law of today, values abroad, items to propose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, mark, number, percent, unit_of, unit_text
from methodology.tables.overview import Overview, overview
from methodology.tables.sample import LIMITING, starred

REGIONS = {"CN": "China", "EU": "EU", "US": "US", "JP": "Japan", "world": "world"}
KINDS = {"mandatory_limit": "limit", "ultra_low": "ultra-low", "energy_norm": "norm"}


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
                "law": f"{number(row.law)}{mark(row.law_status)}, {row.law_label}" if bound else "",
                "previous is": _finding(row) if bound else "",
            }
        )
    columns = [
        "system",
        "indicator",
        "level",
        "previous",
        "proposed",
        "unit",
        "reach the previous",
        "law",
        "previous is",
    ]
    return overview(rows, columns, [LIMITING], once=["system", "indicator"])


def _finding(row) -> str:
    words = "looser than the law" if row.looser else "not looser"
    return f"{words} (base value before corrections)" if row.before_corrections else words


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
            "judged by": name,
            **{level: int(row[level]) for level in ("I", "II", "III", "none")},
            **{f"mean Y_{level}": fixed(row[f"mean_Y_{level}"], 1) for level in ("I", "II", "III")},
        }
        for name, row in summary.iterrows()
    ]
    legend = ["weights and limiting indicators of the previous index are not known to us (A-89)"]
    return overview(rows, list(rows[0]) if rows else ["judged by"], legend)


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
            word: "; ".join(map(_cell, own[own["region"] == region].itertuples()))
            for region, word in REGIONS.items()
        }
        why = own[own["region"] != "CN"].groupby("region", sort=False)["reason"].agg(_distinct)
        reasons = [f"{REGIONS[region]}: {text}" for region, text in why.items() if text]
        rows.append(
            {
                "process": by_id[system].name,
                "indicator": starred(indicator),
                "unit": unit_of(indicator),
                **cells,
                "not comparable because": " | ".join(reasons),
            }
        )
    columns = ["process", "indicator", "unit", *REGIONS.values(), "not comparable because"]
    legend = [LIMITING, "= on a common basis with the Chinese value; others are shown and not compared"]
    return overview(rows, columns, legend, once=["process"])


def _cell(row) -> str:
    if np.isfinite(row.low):
        text = number(row.low) if row.low == row.high else f"{number(row.low)}-{number(row.high)}"
    else:
        text = f"{number(row.stated_low)} {row.stated_unit}"
    kind = f" {KINDS[row.kind]}" if row.kind in KINDS else ""
    same = " =" if row.common and row.region != "CN" else ""
    return f"{text}{mark(row.status)}{kind}{same}"


def _distinct(reasons: pd.Series) -> str:
    return "; ".join(dict.fromkeys(text for text in reasons if text))


def gaps_abroad(gaps: pd.DataFrame, names: Mapping[str, str]) -> Overview:
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
            "aspect": aspect,
            "region": REGIONS[region],
            "no value because": (reason or "nobody has looked") + mark(status),
            "processes": "all"
            if len(own) == len(names)
            else ", ".join(names[name] for name in own["system"]),
        }
        for (aspect, region, reason, status), own in gaps.groupby(
            ["aspect", "region", "reason", "status"], sort=False
        )
    ]
    return overview(rows, ["aspect", "region", "no value because", "processes"], once=["aspect"])


def proposed_items(items: pd.DataFrame, names: Mapping[str, str]) -> Overview:
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
            "item": f"{place}. {row.action}",
            "aspect": row.aspect,
            "processes": ", ".join(names[name] for name in row.processes.split()),
            "documents": row.documents,
            "why": row.why,
        }
        for place, row in enumerate(items.itertuples(), start=1)
    ]
    legend = ["missing means missing from our list (A-86)"]
    return overview(rows, ["item", "aspect", "processes", "documents", "why"], legend)
