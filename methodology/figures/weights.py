"""What the weights 权重 are, and how far experts agree on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap

from methodology.figures import claims
from methodology.figures.canvas import (
    DATA,
    DATA_LIGHT,
    FAINT,
    SOFT,
    WARN,
    ClaimFigure,
    bare,
    beside,
    in_house_style,
    label_places,
    label_rows,
    named,
    rule_places,
    sheet,
)
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, percent, places_of, total
from methodology.indicators.judgements import ROOT
from methodology.languages import joined, later, say

DISAGREEMENT_NOTE = later(
    "Weight of the expert minus the weight used, percentage points. Orange: more; blue: less."
)
GROUP_TINTS = ("#f4f6f8", "#ffffff")


@in_house_style
def weights_spread(
    weights: pd.DataFrame,
    system: IndicatorSystem,
    experts: pd.DataFrame | None = None,
    *,
    title: str = "",
) -> ClaimFigure:
    """
    Show every weight of the whole, with the weight each expert alone would give.

    Parameters
    ----------
    weights : DataFrame
        As weights.csv: group, indicator, weight, local_weight.
    system : IndicatorSystem
        Order, names, groups; limiting indicators carry `*`.
    experts : DataFrame indexed by indicator, one column per expert, optional
        Weights of the whole by expert, under pseudonyms.

    Returns
    -------
    ClaimFigure
        `data`: group, indicator, weight, lowest, highest (over experts), in the order of the standard.
    """
    data = _weights_table(weights, system, experts)
    note = [
        say("Bar: weight used."),
        say("Dots: each expert alone; line: lowest to highest.") if experts is not None else "",
        say("*: limiting indicator."),
    ]
    figure, axes = sheet(
        title or claims.heaviest(data["weight"]),
        data,
        width=9.0,
        height=1.4 + 0.22 * len(data),
        note=joined(note),
    )
    rows = np.arange(len(data))
    _tint_groups(axes, data, system)
    axes.barh(rows, data["weight"], height=0.5, color=DATA_LIGHT)
    if experts is not None:
        axes.hlines(rows, data["lowest"], data["highest"], color=DATA, linewidth=1.2)
        for name in experts.columns:
            axes.plot(
                experts[name].reindex(data["indicator"]),
                rows,
                "o",
                color=DATA,
                markersize=3,
            )
    places = max(places_of(data["weight"]) - 2, 1)
    for row, weight in enumerate(data["weight"]):
        text = percent(weight, places=places)
        axes.text(1.015, row, text, va="center", transform=axes.get_yaxis_transform())
    label_rows(axes, [named(system[name]) for name in data["indicator"]], ends=(0.5, 0.5))
    axes.set_xlim(0, data[["weight", "highest"]].max().max() * 1.02)
    axes.set_xticks([])
    bare(axes)
    return figure


def _weights_table(
    weights: pd.DataFrame, system: IndicatorSystem, experts: pd.DataFrame | None
) -> pd.DataFrame:
    order = [name for name in system.ids if name in set(weights["indicator"])]
    data = weights.set_index("indicator").loc[order, ["group", "weight"]].reset_index()
    spread = experts.reindex(order) if experts is not None else pd.DataFrame(index=order)
    data["lowest"] = spread.min(axis=1).to_numpy(dtype=float)
    data["highest"] = spread.max(axis=1).to_numpy(dtype=float)
    return data[["group", "indicator", "weight", "lowest", "highest"]]


def _tint_groups(axes, data: pd.DataFrame, system: IndicatorSystem) -> None:
    names = {group.id: group.name for group in system.groups}
    for turn, group in enumerate(dict.fromkeys(data["group"])):
        rows = np.flatnonzero(data["group"] == group)
        axes.axhspan(rows[0] - 0.5, rows[-1] + 0.5, color=GROUP_TINTS[turn % 2], zorder=0)
        own = data["weight"].iloc[rows]
        share = percent(total(own), places=max(places_of(own) - 2, 1))
        # In points, not in shares of the axes: the layout then makes room for the text in one pass.
        axes.annotate(
            f"{names[group]}{' ' if len(rows) == 1 else chr(10)}{share}",
            (1, rows[0]),
            xycoords=axes.get_yaxis_transform(),
            xytext=(38, 0),
            textcoords="offset points",
            va="center",
            color=SOFT,
        )


@in_house_style
def expert_consistency(
    consistency: pd.DataFrame, system: IndicatorSystem, *, limit: float, title: str = ""
) -> ClaimFigure:
    """
    Show the consistency ratio of every expert at every node of the hierarchy against the limit.

    Parameters
    ----------
    consistency : DataFrame
        Columns expert, node, consistency_ratio; one row per judgement matrix 判断矩阵. NaN: a matrix too small to
        contradict itself.
    system : IndicatorSystem
        Names of the nodes.
    limit : float
        Largest ratio accepted, e.g. 0.10.

    Returns
    -------
    ClaimFigure
        `data`: the rows with a ratio, experts with the largest ratio first.
    """
    worst = (
        consistency.groupby("expert")["consistency_ratio"].max().sort_values(ascending=False, kind="stable")
    )
    data = consistency.dropna(subset="consistency_ratio").copy()
    data["expert"] = pd.Categorical(data["expert"], categories=list(worst.index), ordered=True)
    data = (
        data.sort_values(["expert", "node"], kind="stable").astype({"expert": object}).reset_index(drop=True)
    )
    figure, axes = sheet(
        title or claims.within_limit(data["consistency_ratio"], limit),
        data,
        width=8.0,
        height=1.6 + 0.3 * len(worst),
        note=say("One dot per judgement matrix; beside the figure: those above the limit."),
    )
    rows = data["expert"].map({name: row for row, name in enumerate(worst.index)}).to_numpy()
    over = data["consistency_ratio"].to_numpy() > limit
    axes.axvspan(0, limit, color="#eef4f8", zorder=0)
    axes.axvline(limit, color=WARN, linewidth=1)
    axes.scatter(data["consistency_ratio"], rows, s=22, c=np.where(over, WARN, DATA), zorder=3)
    nodes = {ROOT: say("groups")} | {group.id: group.name for group in system.groups}
    for expert, own in data[over].groupby("expert", sort=False):
        names = say(", ").join(
            f"{nodes[item.node]} {fixed(item.consistency_ratio, 2)}" for item in own.itertuples()
        )
        beside(axes, list(worst.index).index(expert), names, color=WARN)
    label_rows(axes, [str(name) for name in worst.index], ends=(0.6, 0.5))
    reach = max(limit * 1.6, data["consistency_ratio"].max() * 1.18)
    axes.set_xlim(-0.02 * reach, reach)  # room for a whole mark at 0
    axes.text(limit, -0.58, " " + say("limit {limit:g}", limit=limit), color=WARN, va="top")
    axes.set_xlabel(say("consistency ratio"))
    rule_places(axes, range(len(worst)), color=FAINT, width=0.5)
    bare(axes)
    return figure


@in_house_style
def disagreement_map(
    experts: pd.DataFrame | None,
    weights: pd.DataFrame,
    system: IndicatorSystem,
    *,
    title: str = "",
) -> ClaimFigure:
    """
    Show by how much each expert's weight of each indicator differs from the weight used.

    Parameters
    ----------
    experts : DataFrame indexed by indicator, one column per expert, or None
        Weights of the whole by expert, under pseudonyms; None where nobody was asked.
    weights : DataFrame
        As weights.csv.

    Returns
    -------
    ClaimFigure
        `data`: difference in percentage points, indicators by experts.
    """
    if experts is None or experts.empty:
        figure, axes = sheet(title or say("No expert was asked"), pd.DataFrame(), width=6.0, height=1.2)
        axes.text(0, 0.5, say("no expert was asked"))
        axes.set_axis_off()
        return figure
    used = weights.set_index("indicator")["weight"]
    order = [name for name in system.ids if name in experts.index and name in used.index]
    data = (experts.loc[order].sub(used.loc[order], axis=0) * 100).astype(float)
    reach = float(np.nanmax(np.abs(data.to_numpy()), initial=0.5))
    blank = say("Blank: judgements that give no weight to be used.") if data.isna().any(axis=None) else ""
    figure, axes = sheet(
        title or claims.farthest_expert(data, system),
        data,
        width=4.4 + 0.62 * data.shape[1],
        height=1.5 + 0.3 * len(data),
        note=joined([say(DISAGREEMENT_NOTE), blank]),
    )
    shading = LinearSegmentedColormap.from_list("difference", ["#2f7ebc", "#f7f7f7", "#c8690a"])
    axes.pcolormesh(data.to_numpy(), cmap=shading, vmin=-reach, vmax=reach, edgecolors="white", linewidth=1.2)
    for (row, column), value in np.ndenumerate(data.to_numpy()):
        if abs(value) >= reach / 4:
            axes.text(
                column + 0.5,
                row + 0.5,
                fixed(value, 1, signed=True),
                ha="center",
                va="center",
                in_layout=False,
            )
    axes.invert_yaxis()
    label_places(axes, np.arange(len(data)) + 0.5, [named(system[name]) for name in order])
    axes.set_xticks(np.arange(data.shape[1]) + 0.5, [str(name) for name in data.columns])
    axes.xaxis.tick_top()
    bare(axes)
    return figure
