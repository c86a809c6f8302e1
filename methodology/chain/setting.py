"""What a frontier is drawn under: the promise, what is admissible, and what is known of the industry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from methodology.indicators import Sample
from methodology.parameters import Footing, Parameters
from methodology.parameters.model import ThresholdChoices


@dataclass(frozen=True)
class Setting:
    """
    What a frontier is drawn under.

    Attributes
    ----------
    targets : mapping of level to share
        The promise, whose marginal and joint points are marked.
    footing : Footing
        The rule, what is admissible, the folds of the cross-validated share, and how many plants the industry has.
    confidence : float
        Of the bands, which are to hold the whole curve of a level.
    industry : Sample, optional
        All plants the sample was drawn from, where they are known, on the same footing.
    choices : section `thresholds` of a run, optional
        The point it proposes; the joint promise without one.
    """

    targets: Mapping[str, float] = field(default_factory=lambda: {"I": 0.05, "II": 0.2, "III": 0.5})
    footing: Footing = field(default_factory=lambda: Footing(bound_by_law=True, minimum=3))
    confidence: float = 0.95
    industry: Sample | None = None
    choices: ThresholdChoices | None = None

    @classmethod
    def of(cls, choices: Parameters, *, industry: Sample | None = None, **changes: Any) -> Self:
        """The setting of a run; with other fields of its footing where they are stated."""
        shares, footing = choices.thresholds, Footing.of(choices, **changes)
        return cls(shares.shares, footing, shares.confidence, industry, shares)
