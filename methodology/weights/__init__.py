"""Judgements and data become weights that sum to one."""

from methodology.weights.ahp import PairwiseResult, ahp
from methodology.weights.best_worst_method import BestWorstResult, best_worst
from methodology.weights.combination import combine, convex, game_theoretic, multiplicative
from methodology.weights.consensus import Concordance, consensus, kendall_w
from methodology.weights.delphi import DelphiResult, budget_shares, delphi, feedback
from methodology.weights.derive import (
    JUDGED,
    JUDGING,
    METHODS,
    SideBySide,
    WeightsResult,
    blended,
    derive_weights,
    methods_side_by_side,
    source,
    weights_table,
)
from methodology.weights.entropy_critic import critic, entropy
from methodology.weights.from_sample import data_weights, equal_weights
from methodology.weights.group_ahp import PanelResult, group_ahp
from methodology.weights.hierarchy import HierarchyResult, hierarchy_weights
from methodology.weights.inconsistency import Suggestion
from methodology.weights.nodes import consistency_by_node
from methodology.weights.principal_component import principal_component
from methodology.weights.rounding import largest_remainder, publish
from methodology.weights.rules import random_index_tables

__all__ = [
    "JUDGED",
    "JUDGING",
    "METHODS",
    "BestWorstResult",
    "Concordance",
    "DelphiResult",
    "HierarchyResult",
    "PairwiseResult",
    "PanelResult",
    "SideBySide",
    "Suggestion",
    "WeightsResult",
    "ahp",
    "best_worst",
    "blended",
    "budget_shares",
    "combine",
    "consensus",
    "consistency_by_node",
    "convex",
    "critic",
    "data_weights",
    "delphi",
    "derive_weights",
    "entropy",
    "equal_weights",
    "feedback",
    "game_theoretic",
    "group_ahp",
    "hierarchy_weights",
    "kendall_w",
    "largest_remainder",
    "methods_side_by_side",
    "multiplicative",
    "principal_component",
    "publish",
    "random_index_tables",
    "source",
    "weights_table",
]
