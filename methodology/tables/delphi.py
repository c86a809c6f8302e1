"""Tabulate the rounds of a Delphi 德尔菲: whether a panel settled, and what keeps it from it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed
from methodology.indicators.judgements import ROOT
from methodology.languages import Words, later, say
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.weights.delphi import DelphiResult

COLUMNS = ["judged", "round", "experts", "Kendall's W", "p", "verdict"]
SMALL = 0.001
"""Smaller p values are not told apart."""


@in_both_languages
def rounds_overview(result: DelphiResult, system: IndicatorSystem) -> Overview:
    """
    Show for every node and round how far the experts agree, and whether they need be asked again.

    Parameters
    ----------
    result : DelphiResult
        As `methodology.weights.delphi` returns it.
    system : IndicatorSystem
        Names of groups and indicators.

    Returns
    -------
    Overview
        judged, round, experts, Kendall's W, p, verdict.
    """
    names = {group.id: Words(group.name_zh, group.name_en) for group in system.groups}
    names |= {item.id: Words(item.name_zh, item.name_en) for item in system.indicators}
    places = [ROOT, *(group.id for group in system.groups)]
    nodes = result.nodes.sort_values(
        ["node", "round"], key=lambda column: column.map(places.index) if column.name == "node" else column
    )
    rows = [
        {
            "judged": say("the groups") if row.node == ROOT else say(names[row.node]),
            "round": str(row.round),
            "experts": str(row.experts),
            "Kendall's W": "" if math.isnan(row.w) else fixed(row.w, 2),
            "p": "" if math.isnan(row.p) else f"<{SMALL}" if row.p < SMALL else fixed(row.p, 3),
            "verdict": _verdict(row, names),
        }
        for row in nodes.itertuples()
    ]
    legend = [
        say("settled: half of the panel lies within a quarter of the median, which moved by a tenth at most"),
        say("Kendall's W: 1 where all experts order the items alike, 0 where orders have nothing in common"),
    ]
    return overview(rows, COLUMNS, legend if rows else [say("nobody shared out points")], once=["judged"])


def _verdict(row: Any, names: dict[str, Words]) -> str:
    if row.settled:
        return say("settled")
    parts = [
        say(message, names=_listed(items, names))
        for message, items in (
            (later("far apart: {names}"), row.far_apart),
            (later("still moving: {names}"), row.moving or ()),
        )
        if items
    ]
    if row.moving is None:
        parts.append(say("a first round has nothing to be compared with"))
    elif row.stop:
        parts.append(say("asked often enough"))
    return say("; ").join(parts)


def _listed(items: Iterable[str], names: dict[str, Words]) -> str:
    return say(", ").join(say(names[item]) for item in items)
