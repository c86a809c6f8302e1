"""One table per claim: numbers as engineers write them, complete, with a legend; `render_text` for terminals."""

from methodology.tables.comparisons import proposal_comparisons
from methodology.tables.evaluation import covariates_overview, evaluation_overview, fragile_plants
from methodology.tables.frontier import (
    along_overview,
    band_coverage,
    bounds_overview,
    chosen_share_coverage,
    frontier_overview,
    silence_overview,
)
from methodology.tables.notes import (
    corrections_overview,
    doubts,
    level_grants_overview,
    next_steps_overview,
    notes_overview,
    refusals_overview,
)
from methodology.tables.overview import render_text
from methodology.tables.proposal import proposal_promises, proposal_reasons, proposal_rows, proposed_values
from methodology.tables.robustness import (
    acceptability_overview,
    leading_choices,
    left_out_overview,
    limiting_overview,
    noise_overview,
    threshold_spreads,
    untried_choices,
    value_choices,
)
from methodology.tables.sample import (
    cell_notes,
    excluded_plants,
    sample_overview,
    set_aside_register,
    strata_covered,
    what_was_read,
    years_spread,
)
from methodology.tables.single_cells import single_cells_overview, worth_asking_overview
from methodology.tables.thresholds import (
    coverage_by_method,
    over_years_overview,
    planning_overview,
    promises_side_by_side,
    study_by_size,
    thresholds_overview,
)
from methodology.tables.warning import warnings_overview
from methodology.tables.weights import rounds_overview, weights_overview

__all__ = [
    "acceptability_overview",
    "along_overview",
    "band_coverage",
    "bounds_overview",
    "cell_notes",
    "chosen_share_coverage",
    "corrections_overview",
    "covariates_overview",
    "coverage_by_method",
    "doubts",
    "evaluation_overview",
    "excluded_plants",
    "fragile_plants",
    "frontier_overview",
    "leading_choices",
    "left_out_overview",
    "level_grants_overview",
    "limiting_overview",
    "next_steps_overview",
    "noise_overview",
    "notes_overview",
    "over_years_overview",
    "planning_overview",
    "promises_side_by_side",
    "proposal_comparisons",
    "proposal_promises",
    "proposal_reasons",
    "proposal_rows",
    "proposed_values",
    "refusals_overview",
    "render_text",
    "rounds_overview",
    "sample_overview",
    "set_aside_register",
    "silence_overview",
    "single_cells_overview",
    "strata_covered",
    "study_by_size",
    "threshold_spreads",
    "thresholds_overview",
    "untried_choices",
    "value_choices",
    "warnings_overview",
    "weights_overview",
    "what_was_read",
    "worth_asking_overview",
    "years_spread",
]
