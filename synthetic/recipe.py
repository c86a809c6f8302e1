"""What a synthetic population is made of, typed: one `recipe.yaml` beside each sample."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from methodology.errors import SystemDefinitionError
from methodology.indicators import IndicatorSystem
from methodology.indicators.comparators import Identifier, Model, Status, Text
from methodology.indicators.expressions import parse
from methodology.indicators.loading import problems_of, read_yaml

Share = float
Choice = dict[str, float]


class Knots(Model):
    """Points (share of plants, value) a marginal passes through, besides or instead of the anchors."""

    points: tuple[tuple[float, float], ...]
    scale: Literal["linear", "log"] = "log"
    anchors: bool = True
    """Whether p10, p50, p90 of the system are points as well."""


class Stratified(Model):
    """A marginal that differs between the values of an attribute: (p10, p50, p90) for each."""

    attribute: Identifier
    values: dict[str, tuple[float, float, float]]
    status: Status


class AttributeRule(Model):
    """How an attribute is drawn: exactly one of choose, given, medians, ranges, share, computed, standing."""

    works: bool = False
    """Copied from the works the plant belongs to; standalone plants use `choose`."""
    choose: Choice = Field(default_factory=dict)
    """Share of each word, the one of the newest technology first."""
    technology: float = Field(default=0, ge=0, lt=1)
    """How strongly `choose` and `sparse` follow the technology of the plant."""
    column: str = ""
    """Column read by `given`, `medians`, `ranges` and `prefer`."""
    given: dict[str, Choice] = Field(default_factory=dict)
    """Share of each word for every value of `column`."""
    medians: dict[str, float] = Field(default_factory=dict)
    """Median of a lognormal number for every value of `column`."""
    spread: float = Field(default=0, ge=0)
    """Standard deviation of the logarithm of that number."""
    ranges: dict[str, tuple[float, float]] = Field(default_factory=dict)
    """Range of an evenly spread number for every value of `column`; other plants have an empty cell."""
    share: Share = Field(default=0, ge=0, le=1)
    """Share of plants whose number is not zero; these lie high in `column`."""
    low: float = 0
    high: float = 0
    computed: str = ""
    """Expression over columns known before it."""
    standing: str = ""
    """Word for works that have a plant in the system named by `column`; others have `otherwise`."""
    otherwise: str = ""
    digits: int = 2

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns it needs."""
        return parse(self.computed).names if self.computed else (self.column,) if self.column else ()

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [bool(self.choose) or self.works, bool(self.given), bool(self.medians), bool(self.ranges)]
        kinds += [self.share > 0, bool(self.computed), bool(self.standing)]
        if sum(kinds) != 1:
            raise ValueError(
                "give exactly one of choose (or works), given, medians, ranges, share, computed, standing"
            )
        return self


class Absence(Model):
    """An indicator that does not apply to plants whose attribute has one of these words."""

    indicator: Identifier
    attribute: Identifier
    words: tuple[str, ...]


class Repair(Model):
    """Which indicator is moved where a plant breaks a consistency check of the system."""

    check: Identifier
    move: Identifier


class Term(Model):
    """One term of an indicator of works built from its processes: ratio times the value of that process."""

    system: Identifier
    indicator: Identifier
    ratio: float
    """Output of the process per unit of the works' output, e.g. t sinter per t steel."""


class Built(Model):
    """An indicator of works that is the sum over its processes, plus what is outside them."""

    terms: tuple[Term, ...]
    factor: float = 1
    offset: float = 0
    """Use outside the processes."""
    spread: float = Field(default=0, ge=0)
    """Standard deviation of that use over works."""
    status: Status


class Missing(Model):
    """Who leaves cells empty: a share of plants, older technology first, each cell with this probability."""

    plants: float = Field(ge=0, le=1)
    cells: float = Field(ge=0, lt=1)
    limiting: float = Field(ge=0, lt=1)
    """The same for limiting indicators, which are rarely left out."""


class Loadings(Model):
    """Correlation with the technology factor, towards cleaner values for newer technology."""

    works: float = Field(ge=0, lt=1)
    """Between the technology of a plant and that of its works."""
    quantitative: float = Field(ge=0, lt=1)
    qualitative: float = Field(ge=0, lt=1)
    gate: float = Field(ge=0, lt=1)
    """For pass-or-fail indicators."""
    own: dict[Identifier, float] = Field(default_factory=dict)
    """For indicators that differ from these."""


class Recipe(Model):
    """Everything about a synthetic sample that the indicator system does not say."""

    system: Identifier
    title_zh: Text
    title_en: Text
    status: Status
    seed: int
    year: int
    population: int = Field(ge=10)
    sample: int = Field(ge=5)
    in_works: float = Field(ge=0, le=1)
    """Share of plants that stand in a works of `data/reference/works.csv`."""
    loadings: Loadings
    attributes: dict[Identifier, AttributeRule]
    marginals: dict[Identifier, Knots] = Field(default_factory=dict)
    stratified: dict[Identifier, Stratified] = Field(default_factory=dict)
    built: dict[Identifier, Built] = Field(default_factory=dict)
    absences: tuple[Absence, ...] = ()
    repairs: tuple[Repair, ...] = ()
    limits: dict[Identifier, dict[float, float]] = Field(default_factory=dict)
    """Stated detection limit -> share of plants that work with it."""
    missing: Missing
    errors: tuple[Identifier, ...] = ()
    """Reporting errors put into the sample, one cell each, in the words of the catalogue."""
    error_factors: dict[Identifier, tuple[float, ...]] = Field(default_factory=dict)
    """Factors of errors for which the catalogue gives a formula instead."""
    notes: tuple[Text, ...] = ()

    def faults(self, system: IndicatorSystem) -> list[str]:
        """What the recipe names that the system does not know."""
        named = {
            "loadings.own": set(self.loadings.own),
            "marginals": set(self.marginals),
            "stratified": set(self.stratified),
            "built": set(self.built),
            "limits": set(self.limits),
            "absences": {item.indicator for item in self.absences},
            "repairs": {item.move for item in self.repairs},
        }
        faults = [
            f"{place}: {system.id} has no indicator {name!r}"
            for place, names in named.items()
            for name in sorted(names - set(system.ids))
        ]
        unknown = sorted(set(self.attributes) ^ (set(system.attributes) - {"works"}))
        faults += [f"attributes: {name!r} is not in both system and recipe" for name in unknown]
        checks = {check.id for check in system.consistency_checks if check.parsed}
        return faults + [f"repairs: no check {r.check!r}" for r in self.repairs if r.check not in checks]


def load_recipe(path: Path, system: IndicatorSystem) -> Recipe:
    """
    Load a recipe and check it against its system.

    Raises
    ------
    SystemDefinitionError
        Every fault of the file at once, each with its key.
    """
    try:
        recipe = Recipe.model_validate(read_yaml(path))
    except ValidationError as fault:
        message = f"{path.name} of {path.parent.name!r} is not a valid recipe."
        raise SystemDefinitionError(message, problems_of(fault, path.name)) from fault
    faults = recipe.faults(system)
    if faults:
        raise SystemDefinitionError(f"{path.name} of {path.parent.name!r}: {'; '.join(faults)}.")
    return recipe
