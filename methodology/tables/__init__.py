"""One table per claim: numbers as engineers write them, complete, with a legend; `render_text` for terminals."""

from methodology.tables.abroad import (
    gaps_abroad,
    previous_levels,
    proposed_items,
    staleness_overview,
    values_abroad,
)
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
from methodology.tables.robustness import (
    acceptability_overview,
    leading_choices,
    left_out_overview,
    limiting_overview,
    threshold_spreads,
)
from methodology.tables.sample import excluded_plants, sample_overview, weights_overview
from methodology.tables.series import (
    industry_levels,
    parts_and_whole,
    room_left,
    savings_overview,
    series_values,
    sibling_values,
    sibling_words,
    strata_left_out,
)
from methodology.tables.thresholds import (
    coverage_by_method,
    interval_text,
    promises_side_by_side,
    thresholds_overview,
)

__all__ = [
    "Overview",
    "acceptability_overview",
    "choices_overview",
    "comparator_text",
    "comparators_overview",
    "corrections_overview",
    "coverage_by_method",
    "doubts",
    "evaluation_overview",
    "excluded_plants",
    "fragile_plants",
    "gaps_abroad",
    "industry_levels",
    "interval_text",
    "leading_choices",
    "left_out_overview",
    "level_counts",
    "limiting_overview",
    "next_steps_overview",
    "notes_overview",
    "overview",
    "parts_and_whole",
    "previous_levels",
    "promises_side_by_side",
    "promises_table",
    "proposal_comparisons",
    "proposal_promises",
    "proposal_reasons",
    "proposal_rows",
    "proposal_statistics",
    "proposed_items",
    "proposed_values",
    "published",
    "refusals_overview",
    "render_html",
    "render_text",
    "room_left",
    "sample_overview",
    "savings_overview",
    "sensitivity_overview",
    "series_values",
    "shares_text",
    "sibling_values",
    "sibling_words",
    "staleness_overview",
    "strata_left_out",
    "threshold_spreads",
    "thresholds_overview",
    "values_abroad",
    "weights_overview",
    "worst_case_overview",
]
