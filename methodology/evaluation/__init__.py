"""A plant's values, thresholds and weights give scores and a level: the only place that decides."""

from methodology.evaluation.attainment import (
    applicable_matrix,
    attainment,
    checked_limits,
    checked_sample,
    reached_levels,
    reaches,
    threshold_matrix,
)
from methodology.evaluation.decision import (
    LEVEL_NAMES,
    Rule,
    Standing,
    decide,
    decision_rule,
    level_holds,
)
from methodology.evaluation.exact import exact, exact_all
from methodology.evaluation.improvement import Explanation, explain, explain_all, explanations
from methodology.evaluation.level_arrays import (
    LevelInputs,
    level_basis,
    level_inputs,
    table_weights,
    unjudged,
)
from methodology.evaluation.levels import attainment_of_whole, evaluate
from methodology.evaluation.scoring import EffectiveWeights, effective_weights
from methodology.evaluation.weight_vector import weight_vector

__all__ = [
    "LEVEL_NAMES",
    "EffectiveWeights",
    "Explanation",
    "LevelInputs",
    "Rule",
    "Standing",
    "applicable_matrix",
    "attainment",
    "attainment_of_whole",
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
    "explanations",
    "level_basis",
    "level_holds",
    "level_inputs",
    "reached_levels",
    "reaches",
    "table_weights",
    "threshold_matrix",
    "unjudged",
    "weight_vector",
]
