"""One table per claim: numbers as engineers write them, complete, with a legend; `render_text` for terminals."""

from methodology.tables.comparisons import comparator_text, proposal_comparisons
from methodology.tables.covariates import covariates_overview
from methodology.tables.evaluation import (
    evaluation_overview,
    fragile_plants,
)
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
    promises_table,
    refusals_overview,
    worst_case_overview,
)
from methodology.tables.outcome import outcome_overview, outcome_sentences
from methodology.tables.over_years import over_years_overview
from methodology.tables.overview import Overview, overview, render_html, render_text
from methodology.tables.promises import proposal_promises
from methodology.tables.proposal import (
    proposal_reasons,
    proposal_rows,
    proposal_statistics,
    proposed_values,
    published,
    shares_text,
)
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
    spreads,
    strata_covered,
    what_was_read,
    years_spread,
)
from methodology.tables.single_cells import (
    cell_influence_overview,
    resolved_doubts_overview,
    worth_asking_overview,
)
from methodology.tables.thresholds import (
    coverage_by_method,
    interval_text,
    planning_overview,
    promises_side_by_side,
    study_by_size,
    thresholds_overview,
)
from methodology.tables.warning import WARNING_WORDS, summary_sentences, warnings_overview
from methodology.tables.weights import weights_overview, weights_without_one

__all__ = [
    "WARNING_WORDS",
    "Overview",
    "acceptability_overview",
    "along_overview",
    "band_coverage",
    "bounds_overview",
    "cell_influence_overview",
    "cell_notes",
    "chosen_share_coverage",
    "comparator_text",
    "corrections_overview",
    "covariates_overview",
    "coverage_by_method",
    "doubts",
    "evaluation_overview",
    "excluded_plants",
    "fragile_plants",
    "frontier_overview",
    "interval_text",
    "leading_choices",
    "left_out_overview",
    "level_grants_overview",
    "limiting_overview",
    "next_steps_overview",
    "noise_overview",
    "notes_overview",
    "outcome_overview",
    "outcome_sentences",
    "over_years_overview",
    "overview",
    "planning_overview",
    "promises_side_by_side",
    "promises_table",
    "proposal_comparisons",
    "proposal_promises",
    "proposal_reasons",
    "proposal_rows",
    "proposal_statistics",
    "proposed_values",
    "published",
    "refusals_overview",
    "render_html",
    "render_text",
    "resolved_doubts_overview",
    "sample_overview",
    "shares_text",
    "silence_overview",
    "spreads",
    "strata_covered",
    "study_by_size",
    "summary_sentences",
    "threshold_spreads",
    "thresholds_overview",
    "untried_choices",
    "value_choices",
    "warnings_overview",
    "weights_overview",
    "weights_without_one",
    "what_was_read",
    "worst_case_overview",
    "worth_asking_overview",
    "years_spread",
]
