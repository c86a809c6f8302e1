"""A plant's values, thresholds and weights give scores and a level: the only place that decides."""

from methodology.evaluation.attainment import reaches
from methodology.evaluation.decision import decision_rule
from methodology.evaluation.level_arrays import level_basis
from methodology.evaluation.levels import (
    attainment_of_whole,
    evaluate,
    explain_all,
    explanations,
)

__all__ = [
    "attainment_of_whole",
    "decision_rule",
    "evaluate",
    "explain_all",
    "explanations",
    "level_basis",
    "reaches",
]
