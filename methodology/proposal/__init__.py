"""Rounded values beside the values in force, each with its reason."""

from methodology.proposal.bounds import binding_comparator, value_bounds
from methodology.proposal.comparators import comparators_beside
from methodology.proposal.decisions import with_decisions
from methodology.proposal.disclosure import (
    Guarded,
    differencing,
    dirty_end,
    dominant_share,
    guard,
    loosest_rank,
)
from methodology.proposal.document import propose
from methodology.proposal.proposed_values import Settled, settle
from methodology.proposal.reading import proposal_thresholds, proposal_weights, public
from methodology.proposal.rounding import derived_step, fitting_step, round_to_step, step_of
from methodology.proposal.warning import KINDS, Outlook, warnings_of

__all__ = [
    "KINDS",
    "Guarded",
    "Outlook",
    "Settled",
    "binding_comparator",
    "comparators_beside",
    "derived_step",
    "differencing",
    "dirty_end",
    "dominant_share",
    "fitting_step",
    "guard",
    "loosest_rank",
    "proposal_thresholds",
    "proposal_weights",
    "propose",
    "public",
    "round_to_step",
    "settle",
    "step_of",
    "value_bounds",
    "warnings_of",
    "with_decisions",
]
