"""An indicator system 指标体系 as typed, frozen data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from methodology.indicators.comparators import Bounds, Identifier, Model, Source, Status, Text
from methodology.indicators.expressions import Expression, parse
from methodology.indicators.indicator import Indicator, Outlet, Quantity, faults_of_formulas
from methodology.indicators.shown import table_html
from methodology.indicators.words import LEVELS, Level, spoken_name
from methodology.languages import Words
from methodology.units.table import known_unit, near_units

if TYPE_CHECKING:
    import pandas as pd


class Convention(Model):
    """A convention every value of the system rests on, e.g. the calorific value of electricity."""

    id: Identifier
    zh: Text
    en: Text
    value: float | None = None
    unit: str = ""
    source: Text
    status: Status
    vintage: str = ""
    """Edition or year the value is of."""


class Group(Model):
    """First-level group 一级指标."""

    id: Identifier
    name_zh: Text
    name_en: Text
    weight: float = Field(gt=0, le=1)
    status: Status
    name = property(spoken_name)


class DecisionRule(Model):
    """Scores that decide a level, compared exactly in decimal arithmetic."""

    scores: dict[Level, float]
    level_one: Literal["limiting", "limiting-and-rest-at-two"] = "limiting"
    source: Text
    status: Text


class Correction(Model):
    """Declared correction of one indicator, as the norm that prints it adds it to its threshold.

    Exactly one of `addend`, `table`, `points`, `factor`, `value` says how; `computable: false` keeps a
    correction that is stated but not quantified.
    """

    id: Identifier
    target: tuple[Identifier, ...]
    levels: tuple[Level, ...] = LEVELS
    where: dict[str, str] = Field(default_factory=dict)
    """Attribute and text value a plant must have for the correction to apply, e.g. {charging: top}."""
    attribute: str = ""
    """Attribute read by `table`, `points` and `factor`."""
    addend: str = ""
    """Expression over attributes and indicators, in the unit of the target, added to the threshold."""
    table: dict[str, float] = Field(default_factory=dict)
    """Addend per text value of `attribute`."""
    points: tuple[tuple[float, float], ...] = ()
    """(attribute, addend) pairs, interpolated linearly and held constant outside."""
    factor: float | None = Field(default=None, gt=0)
    """Factor on the threshold."""
    value: str = ""
    """Expression that converts the reported value, itself called `value`: value*(21-16)/(21-o2_measured)."""
    computable: bool = True
    unit: str = ""
    source: Text
    status: Status
    note: str = ""
    reference: float | None = None
    """Of a correction that a run calibrates: value of `attribute` at which benchmark values are stated."""
    form: Literal["", "linear", "piecewise"] = ""
    """Likewise: what was fitted."""
    loosest: tuple[tuple[float, float], ...] = ()
    """Likewise: the loosest curve that silent plants leave possible, where `points` is the strictest one (A-26)."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        forms = (self.addend, self.table, self.points, self.factor is not None, self.value)
        if self.computable and sum(map(bool, forms)) != 1:
            raise ValueError(f"{self.id}: give exactly one of addend, table, points, factor, value")
        for text in (self.addend, self.value):
            if text:
                parse(text)
        return self

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the columns it reads, indicators among them."""
        read = [*self.where, *filter(None, (self.attribute,))]
        for text in filter(None, (self.addend, self.value)):
            read += [name for name in parse(text).names if name != "value"]
        return tuple(dict.fromkeys(read))


class Correlation(Model):
    """Target rank correlation of two indicators in the synthetic population."""

    a: Identifier
    b: Identifier
    rho: float = Field(ge=-1, le=1)
    status: Status


class ConsistencyCheck(Model):
    """Relation between indicators that holds in every plant; `raw` states one that needs raw quantities."""

    id: Identifier
    expression: str = ""
    raw: str = ""
    severity: Literal["error", "warn", "info"]
    zh: str = ""
    en: str = ""
    source: str = ""
    status: Status = "ASSUMED"
    """How its limits are known."""
    note: str = ""

    @cached_property
    def parsed(self) -> Expression | None:
        """The expression, or None for a check on raw quantities."""
        return parse(self.expression) if self.expression else None


class Tolerance(Model):
    """How far two figures of one plant may lie apart that state the same: a value typed, and the raw data behind it."""

    share: float = Field(default=1e-3, gt=0, le=0.2)
    """A-66: relative to the computed value; raw quantities are rounded too."""
    source: str = ""
    status: Status = "ASSUMED"
    note: str = ""


class ReportingError(Model):
    """A known way of reporting wrongly and the indicators it hits, for the generator and for hints."""

    error: Identifier
    affects: tuple[Identifier, ...]
    factors: tuple[float, ...] = ()


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _hint(unit: str) -> str:
    near = near_units(unit)
    return f" (near: {', '.join(near)})" if near else ""


_SHOWN = (
    *(Words("一级指标", "group"), Words("指标", "indicator"), Words("单位", "unit"), Words("优", "better")),
    *(Words("权重", "weight"), Words("代号", "id")),
)


class IndicatorSystem(Model):
    """Indicator system 指标体系 of one process."""

    id: Identifier
    name_zh: Text
    name_en: Text
    status: Literal["draft", "published"] = "draft"
    note: str = ""
    functional_unit: Text
    sources: dict[str, Source]
    groups: tuple[Group, ...]
    indicators: tuple[Indicator, ...]
    rule: DecisionRule | None = None
    conventions: tuple[Convention, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    """Raw quantities that plants are asked for; formulas of indicators read them."""
    attributes: dict[str, str] = Field(default_factory=dict)
    """What is asked of a plant besides indicators: attribute id -> unit, `text`, or `a|b|c` for a choice."""
    attribute_bounds: dict[str, Bounds] = Field(default_factory=dict)
    """Attribute id -> bounds; a number outside is refused. Shares lie between nothing and all in any case."""
    strata: tuple[str, ...] = ()
    """Attributes that split the plants into populations of their own."""
    corrections: tuple[Correction, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    consistency_checks: tuple[ConsistencyCheck, ...] = ()
    tolerance: Tolerance = Tolerance()
    reporting_errors: tuple[ReportingError, ...] = ()
    name = property(spoken_name)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        faults = [*self._faults_of_ids(), *self._faults_of_units(), *self._faults_of_weights()]
        faults += [*self._faults_of_sources(), *self._faults_of_quantities()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults_of_ids(self) -> list[str]:
        ids = [indicator.id for indicator in self.indicators]
        groups = {group.id for group in self.groups}
        known = set(ids) | set(self.attributes)
        faults = [f"indicator {name!r} is given twice" for name in _twice(ids)]
        faults += [f"{i.id}: unknown group {i.group!r}" for i in self.indicators if i.group not in groups]
        empty = sorted(groups - {i.group for i in self.indicators})
        faults += [f"group {name!r} has no indicator" for name in empty]
        faults += [
            f"attribute_bounds: {name!r} is no attribute with a unit"
            for name in self.attribute_bounds
            if self.attributes.get(name, "text") == "text" or "|" in self.attributes[name]
        ]
        for correction in self.corrections:
            faults += [
                f"correction {correction.id}: unknown target {t!r}" for t in correction.target if t not in ids
            ]
            if correction.computable:
                faults += [
                    f"correction {correction.id}: unknown attribute {name!r}"
                    for name in correction.attributes
                    if name not in known
                ]
        for pair in self.correlations:
            faults += [f"correlation names unknown indicator {n!r}" for n in (pair.a, pair.b) if n not in ids]
        for check in self.consistency_checks:
            names = check.parsed.names if check.parsed else ()
            faults += [f"check {check.id}: unknown column {name!r}" for name in names if name not in known]
        return faults

    def _faults_of_units(self) -> list[str]:
        used = [(i.id, i.unit) for i in self.indicators]
        used += [(f"{i.id} comparator {c.label!r}", c.unit) for i in self.indicators for c in i.comparators]
        numbers = ((n, unit) for n, unit in self.attributes.items() if unit != "text" and "|" not in unit)
        used += [(f"attribute {name}", unit) for name, unit in numbers]
        unknown = ((place, unit) for place, unit in used if not known_unit(unit))
        return [f"{place}: unknown unit {unit!r}{_hint(unit)}" for place, unit in unknown]

    def _faults_of_quantities(self) -> list[str]:
        ids = [*self.ids, *self.attributes, *(quantity.id for quantity in self.quantities)]
        faults = [f"{name!r} is given twice" for name in _twice(ids)]
        faults += [
            f"{i.id}: `applies` names {name}: {word}, which is no choice of the system"
            for i in self.indicators
            for name, words in i.applies.items()
            for word in words
            if word not in self.attributes.get(name, "").split("|")
        ]
        unreadable = [q for q in self.quantities if not known_unit(q.unit)]
        faults += [f"quantity {q.id}: unknown unit {q.unit!r}{_hint(q.unit)}" for q in unreadable]
        wrong = [c for c in self.factors.values() if not known_unit(c.unit)]
        faults += [f"convention {c.id}: unknown unit {c.unit!r}{_hint(c.unit)}" for c in wrong]
        if faults or not any(i.formula for i in self.indicators):
            return faults
        formulas = {i.id: (i.formula, i.unit) for i in self.indicators if i.formula}
        factors = {name: factor.unit for name, factor in self.factors.items()}
        return list(faults_of_formulas(formulas, self.quantities, factors, self.outlets))

    def _faults_of_weights(self) -> list[str]:
        faults = []
        if abs(sum(group.weight for group in self.groups) - 1) > 1e-6:
            faults.append(f"group weights sum to {sum(group.weight for group in self.groups):.4f}, not 1")
        for group in self.groups:
            total = sum(i.weight for i in self.indicators if i.group == group.id)
            if abs(total - 1) > 2e-3:
                faults.append(f"weights within group {group.id!r} sum to {total:.4f}, not 1")
        return faults

    def _faults_of_sources(self) -> list[str]:
        used = [(f"{i.id} comparator {c.label!r}", c.source) for i in self.indicators for c in i.comparators]
        used += [(f"{i.id} anchors", key) for i in self.indicators if i.anchors for key in i.anchors.source]
        used += [(f"correction {c.id}", c.source) for c in self.corrections]
        used += [(f"convention {c.id}", c.source) for c in self.conventions]
        return [f"{place}: unknown source {key!r}" for place, key in used if key not in self.sources]

    @cached_property
    def factors(self) -> dict[str, Convention]:
        """Conventions that are numbers: conversion factors that formulas may name."""
        return {c.id: c for c in self.conventions if c.value is not None}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Indicator ids in the order of the standard."""
        return tuple(indicator.id for indicator in self.indicators)

    def __getitem__(self, indicator: str) -> Indicator:
        return self._by_id[indicator]

    @cached_property
    def _by_id(self) -> dict[str, Indicator]:
        return {indicator.id: indicator for indicator in self.indicators}

    @property
    def calibrated(self) -> tuple[Correction, ...]:
        """Corrections that a run read off its plants, and no norm states."""
        return tuple(correction for correction in self.corrections if correction.reference is not None)

    def calibrated_record(self) -> list[dict[str, Any]]:
        """What a run calibrated, as plain data that `with_calibrated` reads."""
        kept = {
            "id",
            "target",
            "attribute",
            "points",
            "unit",
            "source",
            "status",
            "reference",
            "form",
            "loosest",
        }
        return [correction.model_dump(mode="json", include=kept) for correction in self.calibrated]

    def with_calibrated(self, found: Iterable[Mapping[str, Any]]) -> IndicatorSystem:
        """
        The same system with what a run calibrated in place of earlier such corrections.

        Parameters
        ----------
        found : iterable of mappings
            As `Correction.model_dump` writes them.
        """
        declared = tuple(c for c in self.corrections if c.reference is None)
        read = tuple(Correction.model_validate(one) for one in found)
        indicators = tuple(
            item.model_copy(update={"loosened": _loosest_term(item, read)}) for item in self.indicators
        )
        out = self.model_copy(update={"corrections": declared + read, "indicators": indicators})
        vars(out).pop("_by_id", None)  # a copy takes over what was computed
        return out

    @cached_property
    def limiting(self) -> tuple[str, ...]:
        """Ids of the limiting indicators 限定性指标."""
        return tuple(indicator.id for indicator in self.indicators if indicator.limiting)

    def _repr_html_(self) -> str:
        groups = {group.id: Words(group.name_zh, group.name_en) for group in self.groups}
        weights = self.weights.set_index("indicator")["weight"]
        rows: list[Sequence[Words | str | float]] = []
        for item in self.indicators:
            star, side = "*" * item.limiting, {"lower": "≤", "higher": "≥"}[item.better]
            name = Words(item.name_zh + star, item.name_en + star)
            rows.append([groups[item.group], name, item.unit, side, float(weights[item.id]), item.id])
        zh, en = f"{len(rows)}项指标，*为限定性指标", f"{len(rows)} indicators, * limiting"
        return table_html(Words(f"{self.name_zh}：{zh}", f"{self.name_en}: {en}"), _SHOWN, rows)

    @cached_property
    def weights(self) -> pd.DataFrame:
        """The system's own draft weights, in the columns of weights.csv."""
        import pandas as pd  # definitions are read by commands that answer before pandas is imported

        share = {group.id: group.weight for group in self.groups}
        totals: dict[str, float] = {}
        for i in self.indicators:
            totals[i.group] = totals.get(i.group, 0.0) + i.weight
        rows = [
            (i.group, i.id, share[i.group] * i.weight / totals[i.group], i.weight / totals[i.group])
            for i in self.indicators
        ]
        return pd.DataFrame(rows, columns=["group", "indicator", "weight", "local_weight"])


def _loosest_term(indicator: Indicator, corrections: Iterable[Correction]) -> float:
    """Most that calibrated corrections add on the loose side of a value of `indicator`."""
    terms = (
        max(indicator.sign * addend for _, addend in one.loosest or one.points)
        for one in corrections
        if one.reference is not None and indicator.id in one.target
    )
    return max(sum(terms), 0.0)
