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
