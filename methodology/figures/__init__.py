"""One figure per claim: tables in, a `ClaimFigure` out, the claim as its title and the data behind it in `.data`."""

from methodology.figures.canvas import LEVEL_COLOURS, ClaimFigure, digest
from methodology.figures.comparison import corrected_values, methods_side_by_side
from methodology.figures.evaluation import blocking_indicators, level_scores, level_shares
from methodology.figures.glyphs import chinese_family
from methodology.figures.proposal import proposal_ladder
from methodology.figures.sample import sample_spread, sample_states
from methodology.figures.sensitivity import level_probabilities, sobol, tornado
from methodology.figures.thresholds import attainment_promises, promise_gap, thresholds_on_sample
from methodology.figures.weights import expert_consistency, weights_spread

__all__ = [
    "LEVEL_COLOURS",
    "ClaimFigure",
    "attainment_promises",
    "blocking_indicators",
    "chinese_family",
    "corrected_values",
    "digest",
    "expert_consistency",
    "level_probabilities",
    "level_scores",
    "level_shares",
    "methods_side_by_side",
    "promise_gap",
    "proposal_ladder",
    "sample_spread",
    "sample_states",
    "sobol",
    "thresholds_on_sample",
    "tornado",
    "weights_spread",
]
