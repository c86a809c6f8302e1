"""A plant's values, thresholds and weights give scores and a level."""

from methodology.evaluation.attainment import (
    applicable_matrix,
    attainment,
    checked_limits,
    checked_sample,
    reached,
    reached_matrix,
    reaches,
    threshold_matrix,
)
from methodology.evaluation.exact import exact, exact_all
from methodology.evaluation.improvement import Explanation, explain, explain_all
from methodology.evaluation.levels import (
    LEVEL_NAMES,
    LEVEL_ONE_READINGS,
    Rule,
    Standing,
    blocked,
    decide,
    decision_rule,
    evaluate,
    groups_of,
    level_holds,
    limiting_mask,
)
from methodology.evaluation.scoring import EffectiveWeights, effective_weights, scores
from methodology.evaluation.weight_vector import weight_vector

__all__ = [
    "LEVEL_NAMES",
    "LEVEL_ONE_READINGS",
    "EffectiveWeights",
    "Explanation",
    "Rule",
    "Standing",
    "applicable_matrix",
    "attainment",
    "blocked",
    "checked_limits",
    "checked_sample",
    "decide",
    "decision_rule",
    "effective_weights",
    "evaluate",
    "exact",
    "exact_all",
    "explain",
    "explain_all",
    "groups_of",
    "level_holds",
    "limiting_mask",
    "reached",
    "reached_matrix",
    "reaches",
    "scores",
    "threshold_matrix",
    "weight_vector",
]
