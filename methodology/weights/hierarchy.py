"""From judgements at every node to weights of the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import JudgementError, MethodError, Problem, raise_problems
from methodology.indicators import IndicatorSystem, Judgements
from methodology.indicators.judgements import ROOT, nodes_of
from methodology.weights.nodes import NodePanel, best_worst_node, budget_node, pairwise_node, single

ASKED = {
    "ahp": (pairwise_node, "pairwise.csv"),
    "best-worst": (best_worst_node, "best_worst.csv"),
    "budget": (budget_node, "budget.csv"),
}
"""Ways of asking experts: what reads the answers at one node, and the file they come in."""
_FACTS = ("consistency_ratio", "excluded")


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
        rows = [
            (name, node, item, panel.individual.loc[name, item], *panel.experts.loc[name, [*_FACTS]])
            for node, panel in self.panels.items()
            for name in panel.individual.index
            for item in panel.weights.index
        ]
        table = pd.DataFrame(rows, columns=["expert", "node", "item", "weight", *_FACTS])
        return table.astype({"weight": float, "consistency_ratio": float, "excluded": bool})

    @cached_property
    def consistency(self) -> pd.DataFrame:
        """One row per expert and node: expert, node, consistency_ratio, excluded."""
        first = self.experts.drop_duplicates(["expert", "node"])
        return first[["expert", "node", *_FACTS]].reset_index(drop=True)

    @cached_property
    def expert_weights(self) -> pd.DataFrame:
        """Weights of the whole each expert alone would give, (indicators, experts); NaN where one does not count."""
        return self._whole(_own)

    @cached_property
    def without(self) -> pd.DataFrame:
        """Weights of the whole of the panel without each expert, (indicators, experts)."""
        return self._whole(
            lambda panel, name: panel.without.loc[name] if name in panel.without.index else panel.weights
        )

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
        columns = ["node", "items", "experts", "excluded", "consistency_ratio", "consensus"]
        rows = []
        for node, panel in self.panels.items():
            out = " ".join(str(name) for name in panel.experts.index[panel.experts["excluded"].astype(bool)])
            sizes = (len(panel.weights), len(panel.individual))
            rows.append((node, *sizes, out, panel.consistency_ratio, panel.consensus))
        return pd.DataFrame(rows, columns=columns)

    def _whole(self, local: Callable[[NodePanel, str], pd.Series]) -> pd.DataFrame:
        """Weights of the whole by expert, from what `local` gives at each node; (indicators, experts)."""
        names = sorted({name for panel in self.panels.values() for name in panel.individual.index}, key=str)
        columns = {}
        for name in names:
            table = weight_table(
                self.system, {node: local(panel, name) for node, panel in self.panels.items()}
            )
            columns[name] = table.set_index("indicator")["weight"]
        return pd.DataFrame(columns, index=list(self.system.ids))


def hierarchy_weights(
    judgements: Judgements, system: IndicatorSystem, choices: Any, *, method: str = "ahp"
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


def _own(panel: NodePanel, name: str) -> pd.Series:
    if len(panel.weights) == 1:
        return panel.weights
    if name not in panel.individual.index or bool(panel.experts.loc[name, "excluded"]):
        return pd.Series(np.nan, index=panel.weights.index)
    return pd.Series(panel.individual.loc[name])
