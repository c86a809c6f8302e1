"""One value of a proposal while it is being made: where it stands and what moved it there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from methodology.proposal.reasons import Reason


@dataclass(frozen=True)
class Settled:
    """
    One proposed value and how it came about.

    Attributes
    ----------
    value : float
        Proposed, in the unit of the indicator; NaN if withheld.
    step : float or None
        Step it is stated in.
    attained : int
        Plants of the sample that reach it.
    disclosure : str
        "none" or the rule the guard applied.
    reasons : tuple of Reason
        One sentence per step that moved or confirmed the value.
    moves : tuple of str
        What moved it, in order: "guard", "law", "rounding", "figure" (on from that of a single plant), "order".
    plants : int
        Plants that state the indicator at this level.
    before, stricter : int or None
        Plants that reach the calibrated value, and those that reach the next stricter step; None if it has no step.
    side : str
        Side it was rounded to, "loose" or "strict", where the other one was admissible as well; else empty.
    """

    value: float
    step: float | None
    attained: int
    disclosure: str
    reasons: tuple[Reason, ...]
    moves: tuple[str, ...] = ()
    before: int | None = None
    stricter: int | None = None
    plants: int = 0
    side: str = ""

    def moved(self, value: float, why: Reason, what: str) -> Settled:
        """The same with another value and one more reason."""
        moves = self.moves if value == self.value else (*self.moves, what)
        return replace(self, value=value, reasons=(*self.reasons, why), moves=moves)
