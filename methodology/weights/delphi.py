"""Budget allocation and Delphi 德尔菲: points over rounds, agreement, and when to stop asking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from methodology.errors import JudgementError, Problem, raise_problems
from methodology.indicators.judgements import BUDGET_COLUMNS, POINTS
from methodology.weights.consensus import kendall_w
from methodology.weights.rules import rule

_PLACES = 6


@dataclass(frozen=True)
class DelphiResult:
    """
    What happened to the panel's points over the rounds.

    Attributes
    ----------
    items : DataFrame
        One row per round, node and item: round, node, item, n (experts), q1, median, q3 (shares of the node), change
        (of the median since the round before, NaN in the first), mean_change (mean absolute change of the experts).
    nodes : DataFrame
        One row per round and node: round, node, experts, w, chi2, p (Kendall's concordance; NaN for one expert, one
        item, or no order), settled, stop (nobody need be asked again), far_apart and moving (tuples of items that keep
        a node from being settled; moving is None in a first round, which has nothing to compare with).
    """

    items: pd.DataFrame
    nodes: pd.DataFrame


def budget_shares(budget: pd.DataFrame) -> pd.DataFrame:
    """
    Points as shares of what an expert spent on a node in a round.

    Parameters
    ----------
    budget : DataFrame
        Columns expert, round, node, item, points; points not negative.

    Returns
    -------
    DataFrame
        The same rows with share instead of points; shares of one expert, round and node sum to 1.

    Raises
    ------
    JudgementError
        If points are negative or missing, or an expert spent none; all at once.

    Examples
    --------
    >>> rows = [("E1", 1, "groups", "energy", 75), ("E1", 1, "groups", "water", 25)]
    >>> budget_shares(pd.DataFrame(rows, columns=["expert", "round", "node", "item", "points"]))["share"].tolist()
    [0.75, 0.25]
    """
    points = pd.to_numeric(budget["points"], errors="coerce").astype(float)
    wrong = (~(points >= 0) | ~np.isfinite(points)).to_numpy()
    problems = [
        Problem(f"expert {row.expert}, round {row.round}, {row.node}: {row.item} has {row.points!r} points.")
        for row in (budget[wrong].itertuples() if wrong.any() else ())
    ]
    keys = ["expert", "round", "node"]
    totals = points.groupby([budget[key] for key in keys]).transform("sum")
    if not problems and (totals <= 0).any():
        problems = [
            Problem(
                f"expert {expert} spent no point on {node} in round {turn}.",
                fix="Leave the expert out of the node.",
            )
            for expert, turn, node in budget.loc[totals <= 0, keys].drop_duplicates().itertuples(index=False)
        ]
    raise_problems(JudgementError, "Points of the budget allocation cannot be used.", problems)
    shares = budget[[*keys, "item"]].copy()
    shares["share"] = points / totals
    return shares.reset_index(drop=True)


def delphi(budget: pd.DataFrame | None) -> DelphiResult:
    """
    Follow a panel's points over its rounds.

    Parameters
    ----------
    budget : DataFrame or None
        Columns expert, round, node, item, points; None where nobody was asked.

    Returns
    -------
    DelphiResult
        Quartiles and change per item, concordance and the stopping rule per node.

    Raises
    ------
    JudgementError
        If points are unusable.

    Notes
    -----
    A node is settled once every item's interquartile range is at most a quarter of its median and its median moved by
    at most a tenth since the round before; asking stops there, or after three rounds (A-37). Concordance is reported
    and does not decide: strong agreement on the order can hide disagreement on the weights [1]_.

    References
    ----------
    .. [1] von der Gracht (2012), doi:10.1016/j.techfore.2012.04.013
    """
    shares = budget_shares(pd.DataFrame(columns=list(BUDGET_COLUMNS)) if budget is None else budget)
    items = _items(shares)
    rows = []
    for turn, node in items[["round", "node"]].drop_duplicates().itertuples(index=False):
        part = items[(items["round"] == turn) & (items["node"] == node)]
        rows.append((turn, node, *_concordance(shares, turn, node), *_verdict(part, turn)))
    names = ["round", "node", "experts", "w", "chi2", "p", "settled", "stop", "far_apart", "moving"]
    return DelphiResult(items=items, nodes=pd.DataFrame(rows, columns=names))


def _items(shares: pd.DataFrame) -> pd.DataFrame:
    keys = ["round", "node", "item"]
    grouped = shares.groupby(keys, sort=False)["share"]
    table = pd.DataFrame(
        {
            "n": grouped.size(),
            **{name: grouped.quantile(q) for name, q in (("q1", 0.25), ("median", 0.5), ("q3", 0.75))},
        }
    ).reset_index()
    table = table.sort_values("round", kind="stable")
    table["change"] = table.groupby(["node", "item"])["median"].diff()
    ordered = shares.sort_values("round", kind="stable")
    moved = ordered.groupby(["expert", "node", "item"])["share"].diff().abs()
    means = moved.groupby([ordered[key] for key in keys], sort=False).mean().rename("mean_change")
    return table.merge(means.reset_index(), on=keys, how="left")


def _concordance(shares: pd.DataFrame, turn: int, node: str) -> tuple[int, float, float, float]:
    part = shares[(shares["round"] == turn) & (shares["node"] == node)]
    wide = part.pivot(index="expert", columns="item", values="share").dropna()
    if min(wide.shape) < 2 or (wide.nunique(axis=1) == 1).all():
        return len(wide), np.nan, np.nan, np.nan
    agreement = kendall_w(wide.to_numpy())
    return len(wide), agreement.w, agreement.chi2, agreement.p


def _verdict(part: pd.DataFrame, turn: int) -> tuple[bool, bool, tuple[str, ...], tuple[str, ...] | None]:
    limit, dispersion = rule("delphi_change"), rule("delphi_dispersion")
    far = round(part["q3"] - part["q1"] - dispersion * part["median"], _PLACES) > 0
    apart = tuple(part.loc[far, "item"])
    if part["change"].isna().any():
        return False, False, apart, None
    moving = tuple(part.loc[round(part["change"].abs() - limit * part["median"], _PLACES) > 0, "item"])
    settled = not apart and not moving
    return settled, settled or turn >= rule("delphi_rounds"), apart, moving


def feedback(budget: pd.DataFrame, expert: str) -> pd.DataFrame:
    """
    The sheet an expert sees before the next round: the own points beside the panel's.

    Parameters
    ----------
    budget : DataFrame
        Columns expert, round, node, item, points.
    expert : str
        Pseudonym.

    Returns
    -------
    DataFrame
        Last round of each node the expert took part in: node, item, yours, q1, median, q3 (in points of 100), outside
        (whether yours lie outside the middle half of the panel).

    Raises
    ------
    JudgementError
        If the expert gave no points.

    Examples
    --------
    >>> given = {"E1": 80, "E2": 50, "E3": 40}
    >>> rows = [(name, 1, "groups", item, p) for name, a in given.items() for item, p in (("a", a), ("b", 100 - a))]
    >>> budget = pd.DataFrame(rows, columns=["expert", "round", "node", "item", "points"])
    >>> print(feedback(budget, "E1").drop(columns="node").to_string(index=False))
    item  yours   q1  median   q3  outside
       a   80.0 45.0    50.0 65.0     True
       b   20.0 35.0    50.0 55.0     True
    """
    shares = budget_shares(budget)
    if expert not in set(shares["expert"]):
        raise JudgementError(
            f"Expert {expert!r} gave no points. Known: {', '.join(sorted(set(shares['expert'])))}."
        )
    last = shares[shares["round"] == shares.groupby("node")["round"].transform("max")]
    items = _items(last)
    own = last[last["expert"] == expert].rename(columns={"share": "yours"})
    sheet = items.merge(own[["node", "item", "yours"]], on=["node", "item"], how="inner")
    outside = (sheet["yours"] < sheet["q1"]) | (sheet["yours"] > sheet["q3"])
    for name in ("yours", "q1", "median", "q3"):
        sheet[name] = (sheet[name] * POINTS).round(_PLACES)
    sheet["outside"] = outside
    return sheet[["node", "item", "yours", "q1", "median", "q3", "outside"]]
