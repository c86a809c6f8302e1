"""From judgements at every node to weights of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from methodology.errors import JudgementError, MethodError, Problem, raise_problems
from methodology.indicators import IndicatorSystem, Judgements
from methodology.indicators.judgements import ROOT, nodes_of
from methodology.weights.nodes import Choices, NodePanel, best_worst_node, budget_node, pairwise_node, single

ASKED = {
    "ahp": (pairwise_node, "pairwise.csv"),
    "best-worst": (best_worst_node, "best_worst.csv"),
    "budget": (budget_node, "budget.csv"),
}
"""Ways of asking experts: what reads the answers at one node, and the file they come in."""


@dataclass(frozen=True)
class HierarchyResult:
    """
    Weights of a panel and everything an expert may ask about them, worked out when asked for.

    Attributes
    ----------
    table : DataFrame
        As weights.csv: group, indicator, weight, local_weight; not rounded.
    panels : dict of node to NodePanel
        What was found at every node.
    system : IndicatorSystem
        Groups and indicators.
    """

    table: pd.DataFrame
    panels: dict[str, NodePanel]
    system: IndicatorSystem

    @property
    def notes(self) -> tuple[str, ...]:
        """Who was left out and why, what was completed."""
        return tuple(note for panel in self.panels.values() for note in panel.notes)

    @cached_property
    def experts(self) -> pd.DataFrame:
        """One row per expert, node and item: expert, node, item, weight (in the node), consistency_ratio, excluded."""
        return _long(self.panels)

    @cached_property
    def consistency(self) -> pd.DataFrame:
        """One row per expert and node: expert, node, consistency_ratio, excluded."""
        columns = ["expert", "node", "consistency_ratio", "excluded"]
        return self.experts.drop_duplicates(["expert", "node"])[columns].reset_index(drop=True)

    @cached_property
    def expert_weights(self) -> pd.DataFrame:
        """Weights of the whole each expert alone would give, (indicators, experts); NaN where one did not judge."""
        return _by_expert(self.panels, self.system, self._names)

    @cached_property
    def without(self) -> pd.DataFrame:
        """Weights of the whole of the panel without each expert, (indicators, experts)."""
        return _without(self.panels, self.system, self._names)

    @cached_property
    def spread(self) -> pd.DataFrame:
        """By indicator: weight, lowest, median, highest (over experts), without_lowest, without_highest."""
        alone, without = self.expert_weights, self.without
        columns = {
            "weight": self.table.set_index("indicator")["weight"],
            "lowest": alone.min(axis=1),
            "median": alone.median(axis=1),
            "highest": alone.max(axis=1),
            "without_lowest": without.min(axis=1),
            "without_highest": without.max(axis=1),
        }
        return pd.DataFrame(columns).loc[list(self.system.ids)]

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """One row per node: node, items, experts, excluded, consistency_ratio, consensus."""
        return _nodes(self.panels)

    @property
    def _names(self) -> list[str]:
        return sorted({name for panel in self.panels.values() for name in panel.individual.index}, key=str)


def hierarchy_weights(
    judgements: Judgements, system: IndicatorSystem, choices: Choices, *, method: str = "ahp"
) -> HierarchyResult:
    """
    Weights of groups and of indicators within groups, from a panel's judgements.

    Parameters
    ----------
    judgements : Judgements
        What the experts said at every node.
    system : IndicatorSystem
        Groups and indicators.
    choices : object
        Attributes aggregation, priority, random_index, consistency_limit, as in the weights section of `Parameters`.
    method : str
        Which of the judgements count.

    Returns
    -------
    HierarchyResult
        `.table` and what lies behind it.

    Raises
    ------
    JudgementError
        If nobody judged a node of two or more items, or a judgement is at fault; all nodes at once.
    MethodError
        If the method is unknown.

    Notes
    -----
    The weight of an indicator is the weight of its group times its weight within the group. An expert above the
    consistency limit is left out of that node only (A-32).
    """
    if method not in ASKED:
        raise MethodError(f"{method!r} is no way of asking experts. Choose one of {', '.join(ASKED)}.")
    read, file = ASKED[method]
    panels: dict[str, NodePanel] = {}
    problems: list[Problem] = []
    for node, items in nodes_of(system).items():
        try:
            panel = single(node, items[0]) if len(items) == 1 else read(judgements, node, items, choices)
        except JudgementError as error:
            problems += error.problems or (Problem(str(error)),)
            continue
        if panel is None:
            problems.append(
                Problem(f"nobody judged node {node!r} ({', '.join(items)}).", file=file, fix="Ask the panel.")
            )
        else:
            panels[node] = panel
    raise_problems(
        JudgementError, f"The judgements on {system.id!r} do not give weights by {method!r}.", problems
    )
    table = weight_table(system, {node: panel.weights for node, panel in panels.items()})
    return HierarchyResult(table, panels, system)


def weight_table(system: IndicatorSystem, local: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Local weights by node, as the columns of weights.csv, in the order of the standard."""
    rows = [
        (i.group, i.id, float(local[ROOT][i.group] * local[i.group][i.id]), float(local[i.group][i.id]))
        for i in system.indicators
    ]
    return pd.DataFrame(rows, columns=["group", "indicator", "weight", "local_weight"])


def _by_expert(panels: dict[str, NodePanel], system: IndicatorSystem, names: list[str]) -> pd.DataFrame:
    """Weights of the whole by expert; a node the expert did not judge, or was left out of, leaves a gap."""
    columns = {}
    for name in names:
        local = {node: _own(panel, name) for node, panel in panels.items()}
        columns[name] = weight_table(system, local).set_index("indicator")["weight"]
    return pd.DataFrame(columns, index=list(system.ids))


def _own(panel: NodePanel, name: str) -> pd.Series:
    if len(panel.weights) == 1:
        return panel.weights
    if name not in panel.individual.index or bool(panel.experts.loc[name, "excluded"]):
        return pd.Series(np.nan, index=panel.weights.index)
    return pd.Series(panel.individual.loc[name])


def _without(panels: dict[str, NodePanel], system: IndicatorSystem, names: list[str]) -> pd.DataFrame:
    columns = {}
    for name in names:
        local = {
            node: pd.Series(panel.without.loc[name]) if name in panel.without.index else panel.weights
            for node, panel in panels.items()
        }
        columns[name] = weight_table(system, local).set_index("indicator")["weight"]
    return pd.DataFrame(columns, index=list(system.ids))


def _long(panels: dict[str, NodePanel]) -> pd.DataFrame:
    rows = [
        (
            name,
            node,
            item,
            float(panel.individual.loc[name, item]),
            float(panel.experts.loc[name, "consistency_ratio"]),
            bool(panel.experts.loc[name, "excluded"]),
        )
        for node, panel in panels.items()
        for name in panel.individual.index
        for item in panel.weights.index
    ]
    return pd.DataFrame(rows, columns=["expert", "node", "item", "weight", "consistency_ratio", "excluded"])


def _nodes(panels: dict[str, NodePanel]) -> pd.DataFrame:
    rows = [
        (
            node,
            len(panel.weights),
            len(panel.individual),
            " ".join(str(name) for name in panel.experts.index[panel.experts["excluded"].astype(bool)]),
            panel.consistency_ratio,
            panel.consensus,
        )
        for node, panel in panels.items()
    ]
    return pd.DataFrame(
        rows, columns=["node", "items", "experts", "excluded", "consistency_ratio", "consensus"]
    )
