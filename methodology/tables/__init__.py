"""One table per claim: numbers as engineers write them, complete, with a legend; `render_text` for terminals."""

from methodology.tables.comparisons import comparator_text, comparators_overview, proposal_comparisons
from methodology.tables.evaluation import (
    evaluation_overview,
    fragile_plants,
    level_counts,
    sensitivity_overview,
)
from methodology.tables.notes import (
    choices_overview,
    corrections_overview,
    doubts,
    next_steps_overview,
    notes_overview,
    promises_table,
    proposal_promises,
    refusals_overview,
    worst_case_overview,
)
from methodology.tables.overview import Overview, overview, render_html, render_text
from methodology.tables.proposal import (
    proposal_reasons,
    proposal_rows,
    proposal_statistics,
    proposed_values,
    published,
    shares_text,
)
from methodology.tables.sample import excluded_plants, sample_overview, weights_overview
from methodology.tables.thresholds import (
    coverage_by_method,
    interval_text,
    promises_side_by_side,
    thresholds_overview,
)

__all__ = [
    "Overview",
    "choices_overview",
    "comparator_text",
    "comparators_overview",
    "corrections_overview",
    "coverage_by_method",
    "doubts",
    "evaluation_overview",
    "excluded_plants",
    "fragile_plants",
    "interval_text",
    "level_counts",
    "next_steps_overview",
    "notes_overview",
    "overview",
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
    "sample_overview",
    "sensitivity_overview",
    "shares_text",
    "thresholds_overview",
    "weights_overview",
    "worst_case_overview",
]
