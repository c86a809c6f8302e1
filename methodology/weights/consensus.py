"""How far a panel of experts agrees: on priorities, on ranks, and on points over the rounds of a Delphi 德尔菲."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import DataError, JudgementError, MethodError, Problem, raise_problems
from methodology.indicators.judgements import BUDGET_COLUMNS, POINTS
from methodology.weights.rules import rule


def consensus(priorities: Any, *, expert_weights: Any = None) -> float:
    """
    Agreement of experts' priorities, from 0 (everyone wants something else) to 1 (all the same).

    Parameters
    ----------
    priorities : array of shape (n_experts, n_items)
        Each row sums to 1.
    expert_weights : array of shape (n_experts,), optional
        How much each expert counts; equal by default.

    Returns
    -------
    float
        Shannon beta diversity mapped onto [0, 1].

    Notes
    -----
    With H_a the mean entropy of the experts and H_g the entropy of their mean, 1/exp(H_g - H_a) is 1 for identical
    experts [1]_. It is stretched so that 0 is the least value the 1-9 scale allows: exp(H_a) least when one item is 9
    times any other, exp(H_g) at most n. This is the revised form of the indicator of [2]_; priorities beyond the scale
    count as 0 (A-33).

    References
    ----------
    .. [1] Jost (2006), doi:10.1111/j.2006.0030-1299.14714.x
    .. [2] Goepel (2013), Proceedings of the International Symposium on the AHP, Kuala Lumpur; revised on bpmsg.com

    Examples
    --------
    >>> consensus([[0.6, 0.3, 0.1], [0.6, 0.3, 0.1]])
    1.0
    >>> round(consensus([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]]), 3)
    0.321
    """
    rows = np.asarray(priorities, dtype=float)
    counts = np.ones(len(rows)) if expert_weights is None else np.asarray(expert_weights, dtype=float)
    shares = counts / counts.sum()
    size = rows.shape[1]
    if size < 2:
        return 1.0
    alpha = float(shares @ _entropy(rows))
    gamma = float(_entropy(shares @ rows))
    scale = rule("consensus_scale")
    sharpest = np.full(size, 1.0)
    sharpest[0] = scale
    least = float(np.exp(_entropy(sharpest / sharpest.sum()))) / size
    similarity = min(np.exp(alpha - gamma), 1.0)
    return float(max((similarity - least) / (1 - least), 0.0))


def _entropy(rows: np.ndarray) -> np.ndarray:
    """Shannon entropy along the last axis; 0 ln 0 is 0."""
    safe = np.where(rows > 0, rows, 1.0)
    return -(rows * np.log(safe)).sum(axis=-1)


@dataclass(frozen=True)
class Concordance:
    """
    Kendall's coefficient of concordance and its test.

    Attributes
    ----------
    w : float
        0 (ranks unrelated) to 1 (all raters rank alike).
    chi2, p : float
        Test statistic with n_items - 1 degrees of freedom, and its p value under unrelated ranks.
    """

    w: float
    chi2: float
    p: float


def kendall_w(ranks: Any) -> Concordance:
    """
    Agreement of several raters who ranked the same items.

    Parameters
    ----------
    ranks : array of shape (n_raters, n_items)
        One row per rater. Ranks or scores: each row is ranked, ties share their mean rank.

    Returns
    -------
    Concordance
        `.w`, `.chi2`, `.p`.

    Raises
    ------
    DataError
        If a rank is missing or no number, or there are fewer than two raters or items.
    MethodError
        If every rater ranks all items alike, so that there is no order to agree on.

    Notes
    -----
    W = 12 S / (m^2 (n^3 - n) - m sum(t^3 - t)) with t the sizes of ties; chi2 = m (n - 1) W, an approximation that
    wants more than seven items [1]_.

    References
    ----------
    .. [1] Siegel and Castellan (1988), Nonparametric Statistics for the Behavioral Sciences, section 9.3

    Examples
    --------
    >>> round(kendall_w([[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]).w, 4)
    0.1619
    """
    try:
        table = np.asarray(ranks, dtype=float)
    except (TypeError, ValueError) as fault:
        raise DataError(f"Ranks are numbers, as many of every rater: {fault}.") from fault
    _refuse_ranks(table)
    from scipy.special import chdtrc  # scipy.stats would take seconds to import

    raters, items = table.shape
    totals = pd.DataFrame(table).rank(axis=1).sum().to_numpy()
    spread = float(((totals - totals.mean()) ** 2).sum())
    ties = float(sum((np.unique(row, return_counts=True)[1] ** 3.0).sum() - items for row in table))
    largest = raters**2 * (items**3 - items) - raters * ties
    if largest <= 0:
        raise MethodError(
            "Every rater ranks all items alike: there is no order, so agreement on it has no meaning."
        )
    w = 12 * spread / largest
    chi2 = raters * (items - 1) * w
    return Concordance(w=w, chi2=chi2, p=float(chdtrc(items - 1, chi2)))


def _refuse_ranks(table: np.ndarray) -> None:
    if table.ndim != 2 or min(table.shape) < 2:
        shape = " x ".join(str(side) for side in table.shape) or "a single number"
        raise DataError(
            f"Concordance needs at least 2 raters (rows) and 2 items (columns); the table is {shape}."
        )
    raise_problems(
        DataError,
        "Ranks are missing; a rater who left items out cannot be compared with the others.",
        [
            Problem(f"rater {i + 1} gave item {j + 1} no rank.", fix="Leave out the rater, or the item.")
            for i, j in np.argwhere(~np.isfinite(table))
        ],
    )


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
