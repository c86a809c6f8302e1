"""Tabulate the weights 权重 (the number printed is the number used) and the rounds of a Delphi 德尔菲."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, mark, percent, places_of, total
from methodology.indicators.judgements import ROOT
from methodology.languages import Words, later, say
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import LIMITING, starred
from methodology.weights.consensus import DelphiResult

_ROUNDS = ["judged", "round", "experts", "Kendall's W", "p", "verdict"]
SMALL = 0.001
"""Smaller p values are not told apart."""


@in_both_languages
def weights_overview(
    weights: pd.DataFrame,
    system: IndicatorSystem,
    experts: pd.DataFrame | None = None,
    stability: pd.DataFrame | None = None,
) -> Overview:
    """
    Show the weight of every indicator, of the whole and within its group.

    Parameters
    ----------
    weights : DataFrame
        As weights.csv: group, indicator, weight, local_weight.
    system : IndicatorSystem
        Order, names and groups.
    experts : DataFrame indexed by indicator, one column per expert, optional
        Weights of the whole by expert; adds the range over experts.
    stability : DataFrame indexed by indicator, optional
        without_lowest, without_highest: adds the range of the weight when one expert at a time is left out. Without
        judgements it holds neither, and adds nothing.

    Returns
    -------
    Overview
        One row per indicator: group and its weight, weight, within group, and the ranges of the experts. Weights
        that are those the system states itself carry the sign of their status.
    """
    own = weights.set_index("indicator")
    stated = system.weights.set_index("indicator")["weight"].reindex(own.index)
    taken_over = experts is None and bool(np.allclose(own["weight"], stated, rtol=0, atol=1e-9))
    groups = {group.id: group.name for group in system.groups}
    places = _places(weights)
    sums = {group: total(part) for group, part in weights.groupby("group")["weight"]}
    limits = ["without_lowest", "without_highest"]
    judged = stability[limits] if stability is not None and set(limits) <= set(stability) else None
    rows = []
    for name in (name for name in system.ids if name in own.index):
        row = {
            "indicator": starred(system[name]),
            "group": groups[own.loc[name, "group"]],
            "group weight": percent(sums[own.loc[name, "group"]], places=places),
            "weight": percent(own.loc[name, "weight"], places=places)
            + mark(system[name].weight_status if taken_over else ""),
            "within group": percent(own.loc[name, "local_weight"]),
        }
        if experts is not None and name in experts.index:
            row["experts"] = _range(experts.loc[name])
        if judged is not None:
            row["without one expert"] = _range(judged.loc[name])
        rows.append(row)
    columns = ["indicator", "group", "group weight", "weight", "within group"]
    shown = [*columns, *["experts"] * (experts is not None), *["without one expert"] * (judged is not None)]
    whole = percent(total(weights["weight"]), places=places)
    legend = [say("the weights sum to {whole}, those of a group to its weight", whole=whole), say(LIMITING)]
    if judged is not None:
        legend.append(say("without one expert: range of the experts' weights, neither rounded nor blended"))
    return overview(rows, shown, legend)


def _range(values: pd.Series) -> str:
    return f"{percent(values.min())} - {percent(values.max())}"


def _places(weights: pd.DataFrame) -> int:
    """Decimals of a percentage that print every weight in full, one at least."""
    return places_of((Decimal(repr(float(weight))).scaleb(2) for weight in weights["weight"]), least=1)


@in_both_languages
def rounds_overview(result: DelphiResult, system: IndicatorSystem) -> Overview:
    """
    Show for every node and round how far the experts agree, and whether they need be asked again.

    Parameters
    ----------
    result : DelphiResult
        As `methodology.weights.consensus` returns it.
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
    return overview(rows, _ROUNDS, legend if rows else [say("nobody shared out points")], once=["judged"])


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
