"""Judgements and data become weights that sum to one."""

from methodology.weights.ahp import ahp
from methodology.weights.best_worst_method import best_worst
from methodology.weights.consensus import delphi, kendall_w
from methodology.weights.derive import derive_weights, methods_side_by_side
from methodology.weights.from_sample import critic, entropy
from methodology.weights.group_ahp import group_ahp

__all__ = [
    "ahp",
    "best_worst",
    "critic",
    "delphi",
    "derive_weights",
    "entropy",
    "group_ahp",
    "kendall_w",
    "methods_side_by_side",
]
