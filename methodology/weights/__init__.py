"""Judgements and data become weights that sum to one."""

from methodology.weights.consensus import Concordance, consensus, kendall_w
from methodology.weights.pairwise import PairwiseBatch, PairwiseResult, ahp, ahp_batch
from methodology.weights.panel import PanelResult, group_ahp
from methodology.weights.repair import Suggestion

__all__ = [
    "Concordance",
    "PairwiseBatch",
    "PairwiseResult",
    "PanelResult",
    "Suggestion",
    "ahp",
    "ahp_batch",
    "consensus",
    "group_ahp",
    "kendall_w",
]
