"""An indicator 二级指标 as typed, frozen data: what is measured, which end is cleaner, what it is held against."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from methodology.indicators.comparators import (
    Anchors,
    Bounds,
    Censoring,
    Comparator,
    Identifier,
    Model,
    Status,
    Text,
)
from methodology.indicators.quantities import Said
from methodology.indicators.words import LEVELS, Direction, Kind, Level, sign_of, spoken_name


class QualitativeLevel(Model):
    """Description of one level of a qualitative indicator in both languages."""

    zh: Text
    en: Text


class Indicator(Model):
    """Second-level indicator 二级指标."""

    id: Identifier
    group: Identifier
    name_zh: Text
    name_en: Text
    kind: Kind
    unit: Text
    direction: Direction
    limiting: bool = False
    weight: float = Field(gt=0, le=1)
    """Weight within its group; the weights of a group sum to 1."""
    weight_status: Status = "ASSUMED"
    definition: Text
    boundary: Text
    averaging: str = ""
    explained: Said | None = None
    """Definition and boundary in the plant's own words."""
    formula: str = ""
    """Expression over raw quantities and conventions, e.g. (coke+coal)/hot_metal; its unit is checked by pint."""
    applicability: str = "always"
    applies: dict[Identifier, tuple[str, ...]] = Field(default_factory=dict)
    """Attribute -> words with which the indicator applies; with others it does not."""
    evidence: str = ""
    censoring: Censoring = Censoring(possible=False)
    anchors: Anchors | None = None
    bounds: Bounds | None = None
    target: tuple[float, float] | None = None
    """Target interval where the direction is `interval`; benchmark values are distances from it."""
    target_status: Status | None = None
    step: float | None = Field(default=None, gt=0)
    """Engineering step a proposed value is rounded to; None derives one from the spread."""
    step_status: Status = "ASSUMED"
    levels: dict[Level, QualitativeLevel] | None = None
    shares: dict[Level, float] | None = None
    """Share of plants at each described level, for the synthetic population only."""
    shares_status: Status | None = None
    comparators: tuple[Comparator, ...] = ()
    note: str = ""
    loosened: float = Field(default=0.0, ge=0)
    """Most that a calibrated covariate may add on the loose side of a stated value, whatever silent plants hold."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        faults = []
        if self.kind is Kind.QUALITATIVE and (self.levels is None or set(self.levels) != set(LEVELS)):
            faults.append("a qualitative indicator describes levels I, II and III")
        if (self.direction is Direction.INTERVAL) != (self.target is not None):
            faults.append("`target` goes with `direction: interval`")
        if (
            self.bounds
            and self.anchors
            and not self.bounds.low <= self.anchors.p10 <= self.anchors.p90 <= self.bounds.high
        ):
            faults.append("bounds do not contain the anchors")
        if faults:
            raise ValueError(f"{self.id}: {'; '.join(faults)}")
        return self

    name = property(spoken_name)

    @property
    def better(self) -> Literal["lower", "higher"]:
        """Cleaner end of the comparable scale: lower for qualitative codes and distances from a target."""
        return "higher" if self.direction is Direction.HIGHER else "lower"

    @property
    def sign(self) -> float:
        """What a comparable value is multiplied with so that smaller is cleaner."""
        return sign_of(self.better)
