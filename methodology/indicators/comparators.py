"""The numbers a system carries beside its indicators: sources, bounds, anchors and comparators 对标值."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from methodology.indicators.words import Level

_PORTS = [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
DEVICES = frozenset(["con", "prn", "aux", "nul", *_PORTS])
"""Names Windows keeps for devices, whatever their suffix: no file or folder can bear one there."""


def no_device(name: str) -> str:
    """Refuse an id that could never be the name of a file."""
    if name in DEVICES:
        raise ValueError("is a name that Windows keeps for a device; add a word to it")
    return name


Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60), AfterValidator(no_device)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Status = Annotated[str, Field(pattern=r"^(SEEN|SEEN-2nd|RECALLED|RECALLED_[HML]|DERIVED|ASSUMED)( \(.*\))?$")]


class Model(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Source(Model):
    """Where a number was read."""

    title: Text
    address: str = ""
    status: Text


class Bounds(Model):
    """Values outside are physically impossible or a reporting error."""

    low: float
    high: float
    meaning: str = ""
    status: Status = "ASSUMED"


class Anchors(Model):
    """Quantiles of the value over plants; centre of a synthetic population."""

    p10: float
    p50: float
    p90: float
    shape: Literal["lognormal", "normal", "logit", "mixture"]
    source: tuple[str, ...]
    status_median: Status
    status_spread: Status
    period: str = ""


class Censoring(Model):
    """Whether values can lie below a detection limit."""

    possible: bool
    typical_lod: float | None = None
    unit: str = ""
    method: str = ""
    status: Status | None = None


class Comparator(Model):
    """Comparator 对标值: law, norm or foreign standard beside which a proposed value stands."""

    kind: Literal[
        "mandatory_limit",
        "ultra_low",
        "energy_norm",
        "efficiency_benchmark",
        "index_2014",
        "eu_bat_ael",
        "us_standard",
        "jp_standard",
        "access_criteria",
        "international_mean",
    ]
    label: Text
    value: float | tuple[float, float]
    unit: Text
    basis: Text
    source: Text
    status: Status
    year: int | None = None
    level: Level | None = None
    comparable: bool = True
    """False where the basis differs (averaging time, oxygen reference, boundary): shown, never compared."""
    before_corrections: bool = False
    """A base value of a norm that is judged after corrections: comparable with corrected values only."""
    binds: tuple[Level, ...] = ()
    """Levels whose proposed value may not be looser than this one; no claim that the basis is equal."""
    where: dict[str, str] = Field(default_factory=dict)
    """Attribute and text value of the plants it applies to, e.g. {charging: top}; empty: all plants."""
    o2_reference: str = ""
    note: str = ""

    def applies(self, stratum: Mapping[str, str] | None = None, *, corrected: bool = False) -> bool:
        """Whether it may be set beside values of `stratum` (attribute -> text), corrected or not."""
        known = stratum or {}
        in_place = all(known.get(name) == text for name, text in self.where.items())
        return in_place and (corrected if self.before_corrections else self.comparable)
