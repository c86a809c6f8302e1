"""One node of the hierarchy: what the panel says there, whichever way it was asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import JudgementError, Problem, raise_problems
from methodology.indicators import IndicatorSystem, Judgements
from methodology.indicators.display import fixed
from methodology.indicators.judgements import SCALE, nodes_of
from methodology.weights.ahp import ahp
from methodology.weights.best_worst_method import BestWorstResult, best_worst
from methodology.weights.consensus import budget_shares, consensus
from methodology.weights.group_ahp import Aggregation, PanelResult, group_ahp


@dataclass(frozen=True)
class NodePanel:
    """
    What the panel says at one node.

    Attributes
    ----------
    weights : Series indexed by item
        Sum to 1.
    individual : DataFrame (experts, items)
        Weights each expert gives, excluded ones too.
    experts : DataFrame indexed by expert
        Columns consistency_ratio (NaN where the way of asking has none), excluded.
    without : DataFrame (experts who count, items)
        Weights of the panel without each of them.
    consensus : float
        Agreement of those who count.
    consistency_ratio : float
        Of the group matrix; NaN where there is none.
    notes : tuple of str
        Who is left out and why, what was completed.
    """

    weights: pd.Series
    individual: pd.DataFrame
    experts: pd.DataFrame
    without: pd.DataFrame
    consensus: float
    consistency_ratio: float
    notes: tuple[str, ...]


def single(node: str, item: str) -> NodePanel:
    """The only item of a node weighs 1; nobody need say so."""
    nobody = pd.DataFrame(columns=[item], dtype=float)
    empty = pd.DataFrame({"consistency_ratio": pd.Series(dtype=float), "excluded": pd.Series(dtype=bool)})
    return NodePanel(
        pd.Series({item: 1.0}), nobody, empty, nobody, 1.0, np.nan, (f"{node}: one item, weight 1.",)
    )


def pairwise_node(judgements: Judgements, node: str, items: Sequence[str], choices: Any) -> NodePanel | None:
    """The panel's pairwise comparisons at one node; None if nobody made any."""
    rows = judgements.pairwise[judgements.pairwise["node"] == node]
    if not len(rows):
        return None
    matrices = _matrices(rows, node, items)
    try:
        panel = group_ahp(
            matrices,
            how=choices.aggregation,
            labels=items,
            expert_weights=_counts(judgements, matrices),
            consistency_limit=choices.consistency_limit,
            random_index=choices.random_index,
            priority=choices.priority,
            scale=SCALE,
        )
    except JudgementError as error:
        raise JudgementError(f"Node {node!r}: {error}") from error
    return NodePanel(
        weights=pd.Series(panel.weights, index=list(items)),
        individual=panel.individual,
        experts=panel.consistency[["consistency_ratio", "excluded"]],
        without=panel.leave_one_out,
        consensus=panel.consensus,
        consistency_ratio=panel.consistency_ratio,
        notes=_notes(node, panel, choices.consistency_limit),
    )


def _counts(judgements: Judgements, experts: Iterable[str]) -> list[float]:
    """How much each expert counts; 1 for one who is not listed."""
    weights = dict(zip(judgements.experts["expert"], judgements.experts["weight"].astype(float), strict=True))
    return [weights.get(expert, 1.0) for expert in experts]


def _matrices(rows: pd.DataFrame, node: str, items: Sequence[str]) -> dict[str, np.ndarray]:
    """Comparisons by expert as matrices; pairs nobody compared stay NaN."""
    place = {item: k for k, item in enumerate(items)}
    unknown = sorted((set(rows["a"]) | set(rows["b"])) - set(place))
    raise_problems(
        JudgementError,
        f"Items do not belong to node {node!r}.",
        [Problem(f"{name!r} is compared.") for name in unknown],
    )
    matrices: dict[str, np.ndarray] = {}
    for expert, a, b, value in zip(rows["expert"], rows["a"], rows["b"], rows["value"], strict=True):
        matrix = matrices.setdefault(expert, np.full((len(items), len(items)), np.nan))
        matrix[place[a], place[b]] = value
    return matrices


def _notes(node: str, panel: PanelResult, limit: float) -> tuple[str, ...]:
    notes = []
    for expert in panel.excluded:
        result = panel.results[expert]
        advice = f" Worst judgement: {result.worst}." if result.worst else ""
        notes.append(
            f"{node}: {expert} is left out, consistency ratio {fixed(result.consistency_ratio, 3)} exceeds {limit:g}."
            + advice
        )
    for expert, result in panel.results.items():
        if result.completed:
            pairs = ", ".join(f"{a} over {b} = {fixed(value, 2)}" for a, b, value in result.completed)
            notes.append(f"{node}: {expert} left comparisons out; completed as {pairs}.")
    return tuple(notes)


def best_worst_node(
    judgements: Judgements, node: str, items: Sequence[str], choices: Any
) -> NodePanel | None:
    """
    The panel's best-worst judgements at one node; None if nobody made any.

    Notes
    -----
    An expert whose input-based ratio exceeds the published threshold is left out. Priorities are averaged: there are no
    matrices to aggregate, so AIJ counts as AIP-arithmetic (A-40).
    """
    rows = judgements.best_worst[judgements.best_worst["node"] == node]
    if not len(rows):
        return None
    individual, experts, notes = {}, {}, []
    for expert, part in rows.groupby("expert", sort=False):
        result = _best_worst_of(part, expert, node, items)
        individual[expert] = result.weights
        left_out = result.acceptable is False
        experts[expert] = (result.input_consistency, left_out)
        if left_out:
            notes.append(
                f"{node}: {expert} is left out, input-based ratio {fixed(result.input_consistency, 3)} exceeds the "
                f"threshold {result.threshold:g}."
            )
    table = pd.DataFrame.from_dict(experts, orient="index", columns=["consistency_ratio", "excluded"])
    return _averaged(judgements, node, pd.DataFrame(individual).T, table, choices.aggregation, notes)


def _best_worst_of(rows: pd.DataFrame, expert: str, node: str, items: Sequence[str]) -> BestWorstResult:
    """One expert's best-worst judgement of a node."""
    vectors = rows.set_index("item").reindex(list(items))
    name = f"expert {expert} at node {node!r}"
    return best_worst(vectors["best_to_other"], vectors["other_to_worst"], scale=SCALE, name=name)


def budget_node(judgements: Judgements, node: str, items: Sequence[str], choices: Any) -> NodePanel | None:
    """The panel's points of the last round at one node; None if nobody gave any."""
    rows = judgements.budget[judgements.budget["node"] == node]
    if not len(rows):
        return None
    last = rows[rows["round"] == rows["round"].max()]
    wide = budget_shares(last).pivot(index="expert", columns="item", values="share")
    individual = wide.reindex(columns=list(items)).fillna(0.0)
    experts = pd.DataFrame({"consistency_ratio": np.nan, "excluded": False}, index=individual.index)
    notes: list[str] = []
    how: Aggregation = "AIP-arithmetic" if choices.aggregation == "AIJ" else choices.aggregation
    if how == "AIP-geometric" and (individual == 0).to_numpy().any():
        how = "AIP-arithmetic"
        notes.append(
            f"{node}: someone gave 0 points, which has no geometric mean; the arithmetic mean is taken."
        )
    return _averaged(judgements, node, individual, experts, how, notes)


def _averaged(
    judgements: Judgements,
    node: str,
    individual: pd.DataFrame,
    experts: pd.DataFrame,
    how: Aggregation,
    notes: list[str],
) -> NodePanel:
    counting = individual[~experts["excluded"].to_numpy(dtype=bool)]
    names, items = list(counting.index), list(counting.columns)
    if not names:
        ratios = ", ".join(
            f"{name}: {fixed(ratio, 3)}" for name, ratio in experts["consistency_ratio"].items()
        )
        raise JudgementError(f"Node {node!r}: no expert is left within the consistency threshold ({ratios}).")
    values, counts = counting.to_numpy(dtype=float), np.array(_counts(judgements, names))
    left = names if len(names) > 1 else []
    # Turned over and back, rows stay in memory as they were: the last bit of a mean hangs on it.
    without = [_mean(np.delete(values.T, k, axis=1).T, np.delete(counts, k), how) for k in range(len(left))]
    return NodePanel(
        weights=pd.Series(_mean(values, counts, how), index=items),
        individual=individual,
        experts=experts,
        without=pd.DataFrame(without, index=left, columns=items, dtype=float),
        consensus=consensus(values, expert_weights=counts),
        consistency_ratio=np.nan,
        notes=tuple(notes),
    )


def _mean(values: np.ndarray, counts: np.ndarray, how: str) -> np.ndarray:
    shares = counts / counts.sum()
    means = np.exp(shares @ np.log(values)) if how == "AIP-geometric" else shares @ values
    return np.asarray(means / means.sum())


def consistency_by_node(judgements: Judgements, system: IndicatorSystem, limit: float = 0.1) -> pd.DataFrame:
    """
    Measure how consistent each expert is at each node that was judged, complete or not.

    Parameters
    ----------
    limit : float
        Largest consistency ratio of pairwise comparisons; best-worst judgements have published thresholds.

    Returns
    -------
    DataFrame
        Columns expert, asked ("pairwise" or "best-worst"), node, consistency_ratio, limit, worst (the comparison that
        contradicts the others most, in words; '' if none does).
    """
    found: list[tuple[object, ...]] = []
    for node, items in nodes_of(system).items():
        pairs = judgements.pairwise[judgements.pairwise["node"] == node]
        for expert, matrix in _matrices(pairs, node, items).items():
            result = ahp(matrix, labels=items)
            worst = str(result.worst or "") if result.consistency_ratio > limit else ""
            found.append((expert, "pairwise", node, result.consistency_ratio, limit, worst))
        ends = judgements.best_worst[judgements.best_worst["node"] == node]
        for expert, part in ends.groupby("expert", sort=False):
            answer = _best_worst_of(part, expert, node, items)
            found.append((expert, "best-worst", node, answer.input_consistency, answer.threshold, ""))
    return pd.DataFrame(found, columns=["expert", "asked", "node", "consistency_ratio", "limit", "worst"])
