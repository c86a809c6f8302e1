"""Tabulate the weights 权重: the number printed is the number used."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import mark, percent, places_of, total
from methodology.languages import say
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import LIMITING, starred


@in_both_languages
def weights_overview(
    weights: pd.DataFrame, system: IndicatorSystem, experts: pd.DataFrame | None = None
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

    Returns
    -------
    Overview
        One row per indicator: group and its weight, weight, within group, and the experts' range. Weights that are
        those the system states itself carry the sign of their status.
    """
    own = weights.set_index("indicator")
    stated = system.weights.set_index("indicator")["weight"].reindex(own.index)
    taken_over = experts is None and bool(np.allclose(own["weight"], stated, rtol=0, atol=1e-9))
    groups = {group.id: group.name for group in system.groups}
    places = _places(weights)
    sums = {group: total(part) for group, part in weights.groupby("group")["weight"]}
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
            row["experts"] = f"{percent(experts.loc[name].min())} - {percent(experts.loc[name].max())}"
        rows.append(row)
    columns = ["indicator", "group", "group weight", "weight", "within group"]
    whole = percent(total(weights["weight"]), places=places)
    legend = [
        say("the weights sum to {whole}, those of a group to its weight", whole=whole),
        say(LIMITING),
    ]
    return overview(rows, [*columns, *(["experts"] if experts is not None else [])], legend)


@in_both_languages
def weights_without_one(stability: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    How far the weights move when one expert at a time is left out.

    Parameters
    ----------
    stability : DataFrame indexed by indicator
        weight (as published), without_lowest, without_highest; without judgements the weight alone.

    Returns
    -------
    Overview
        indicator, weight, lowest and highest without one.
    """
    judged = "without_lowest" in stability
    if not judged:
        stability = stability.assign(without_lowest=np.nan, without_highest=np.nan)
    places = _places(stability)
    rows = [
        {
            "indicator": starred(system[str(row.Index)]),
            "weight": percent(row.weight, places=places),
            "without one expert": f"{percent(row.without_lowest)} - {percent(row.without_highest)}",
        }
        for row in stability.itertuples()
    ]
    said = say(
        "weight: as published; without one expert: range of the experts' weights, neither rounded nor blended"
    )
    legend = [said if judged else say("no expert was asked"), say(LIMITING)]
    return overview(rows, ["indicator", "weight", "without one expert"], legend)


def _places(weights: pd.DataFrame) -> int:
    """Decimals of a percentage that print every weight in full, one at least."""
    return places_of((Decimal(repr(float(weight))).scaleb(2) for weight in weights["weight"]), least=1)
