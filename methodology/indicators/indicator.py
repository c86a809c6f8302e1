"""An indicator 二级指标 as typed, frozen data: what is measured, which end is cleaner; raw quantities 原始数据."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from methodology.errors import SystemDefinitionError, UnitError
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
from methodology.indicators.expressions import Expression, parse
from methodology.indicators.words import LEVELS, Direction, Kind, Level, sign_of, spoken_name


class Said(Model):
    """A sentence in both languages."""

    zh: Text
    en: Text


class Outlet(Model):
    """A kind of stack or other point of which a plant has several, each with quantities of its own."""

    id: Identifier
    name_zh: Text
    name_en: Text


class Quantity(Model):
    """Raw quantity of the year."""

    id: Identifier
    name_zh: Text
    name_en: Text
    unit: Text
    kind: Literal["output", "energy", "material", "water", "residue", "operation", "concentration", "gas"]
    outlet: str = ""
    """Kind of outlet it is told of, one value per outlet; empty: one value per plant."""
    signed: bool = False
    """Whether it may be negative: what is bought less what is sold."""
    explained: Said | None = None


def faults_of_formulas(
    formulas: Mapping[str, tuple[str, str]],
    quantities: Sequence[Quantity],
    factors: Mapping[str, str],
    outlets: Sequence[Outlet] = (),
) -> Iterator[str]:
    """
    Find what is wrong with raw quantities and with the formulas over them; both units are named where they do not fit.

    `formulas` maps an indicator to its formula and unit, `factors` a conversion factor to its unit.
    """
    known = {outlet.id for outlet in outlets}
    where = {quantity.id: quantity.outlet for quantity in quantities}
    yield from (
        f"quantity {q.id}: unknown outlet {q.outlet!r}" for q in quantities if q.outlet not in {"", *known}
    )
    yield from (f"quantity {name!r} has the id of a convention" for name in where if name in factors)
    units = {**factors, **{quantity.id: quantity.unit for quantity in quantities}}
    for indicator, (text, unit) in formulas.items():
        try:
            formula = parse(text)
        except SystemDefinitionError as fault:
            yield f"{indicator}: {fault}"
            continue
        unknown = [name for name in formula.names if name not in units]
        if unknown:
            named = ", ".join(map(repr, unknown))
            yield f"{indicator}: the formula names {named}, no quantity or convention of the system"
            continue
        try:
            _hold_to_outlets(formula, where)
            _hold_to_unit(formula, units, unit)
        except (SystemDefinitionError, UnitError) as fault:
            yield f"{indicator}: {fault}"


def _hold_to_outlets(formula: Expression, where: Mapping[str, str]) -> None:
    kinds = {where[name] for name in formula.names if where.get(name)}
    loose = [name for name in formula.outside_sums if where.get(name)]
    if len(kinds) > 1:
        raise SystemDefinitionError(
            f"the formula mixes the outlets {', '.join(sorted(kinds))}; sum over one kind."
        )
    if loose:
        raise SystemDefinitionError(f"{loose[0]!r} is told of each outlet: put it into sum(...).")


def _hold_to_unit(formula: Expression, units: Mapping[str, str], unit: str) -> None:
    from methodology.units.conversion import unit_of_result  # pint takes half a second to import

    read = {name: units[name] for name in formula.names}
    unit_of_result(formula.text, lambda columns, number: formula.value(columns, number=number), read, unit)


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
