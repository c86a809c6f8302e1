"""Rounded values beside the values in force, each with its reason."""

from methodology.proposal.document import propose
from methodology.proposal.reading import proposal_thresholds

__all__ = [
    "proposal_thresholds",
    "propose",
]
