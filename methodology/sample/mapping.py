"""How a foreign layout becomes the table of a system, without code: `mapping.yaml` beside the data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from methodology.errors import DataError, Problem
from methodology.indicators.loading import problems_of, read_yaml
from methodology.parameters.project import PLANTS, STUDY
from methodology.sample.description import Marks, Model, Name
from methodology.units.conversion import OwnUnits

MAPPING = "mapping.yaml"


def _several(given: Any) -> Any:
    """One text or number where several may stand."""
    alone = isinstance(given, str | int | float) and not isinstance(given, bool)
    several = [given] if alone else given
    return tuple(map(_as_text, several)) if isinstance(several, list | tuple) else several


def _as_text(given: Any) -> Any:
    return str(given) if isinstance(given, int | float) and not isinstance(given, bool) else given


Names = Annotated[tuple[Name, ...], BeforeValidator(_several), Field(min_length=1, max_length=200)]
Conditions = Annotated[dict[Name, Names], Field(max_length=20)]
"""Header -> what its cell holds; `331*` is every text that begins so. All of them must be true of a row."""


class Amount(Model):
    """A number of a plant: which columns, which rows, and how several rows become one number."""

    column: Names
    """Header; several are added up."""
    unit: str = Field(default="", max_length=60)
    """Unit the column is in, if its header does not state it; of the mapping's own units too."""
    unit_column: str = Field(default="", max_length=200)
    """Column that states the unit of each row."""
    into: str = Field(default="", max_length=60)
    """Unit the amounts of all rows are brought to; needed beside `unit_column` where amounts are divided."""
    where: Conditions = Field(default_factory=dict)
    """Rows that count, e.g. {Substance: Carbon dioxide}."""
    over: Literal["one", "same", "sum", "mean"] = "one"
    """Several rows of a plant: a fault; all say the same; added up; averaged."""
    weight: str = Field(default="", max_length=200)
    """Column that weighs the mean, e.g. the flow of each outlet."""
    below_limit: Conditions = Field(default_factory=dict)
    """Column of flags -> signs that say the number is a detection limit."""

    @model_validator(mode="after")
    def _weighed(self) -> Amount:
        if self.weight and self.over != "mean":
            raise ValueError("`weight` needs `over: mean`")
        if self.unit and self.unit_column:
            raise ValueError("state `unit` or `unit_column`, not both")
        return self

    @property
    def read(self) -> tuple[str, ...]:
        """Every header the amount needs."""
        several = (*self.column, *self.where, *self.below_limit)
        return (*several, *(name for name in (self.unit_column, self.weight) if name))


class Column(Amount):
    """An indicator or an attribute of the system: one amount, a ratio of two, or words for codes."""

    per: Amount | None = None
    """What the amount is divided by."""
    codes: dict[Name, Names] = Field(default_factory=dict)
    """Word of the attribute -> codes, or beginnings of codes (`331*`), that mean it."""
    other: str = Field(default="", max_length=200)
    """Word for all other codes."""
    source: str = ""
    """Where the meaning of the codes was read."""
    status: str = ""

    @property
    def read(self) -> tuple[str, ...]:
        """Every header the column needs."""
        return (*super().read, *(self.per.read if self.per else ()))


class OwnUnit(Model):
    """A unit that the workbench does not have, as a number of one it has."""

    equals: Name
    """E.g. '0.45359237 kg'."""
    derivation: Annotated[str, Field(min_length=3, max_length=500)]
    """Why that is so."""
    status: str = ""


class Mapping(Model):
    """What the columns and rows of a foreign table mean."""

    system: str = ""
    sheet: str = ""
    header: Annotated[tuple[Annotated[int, Field(ge=1, le=1000)], ...], Field(max_length=4)] = ()
    """Rows of the header, as the spreadsheet counts them; empty: the row that names most columns."""
    id: Names
    """Column, or columns, that tell the plants apart."""
    year: str = ""
    """Column of the year; without it a table of several years needs `over: mean`."""
    keep: Conditions = Field(default_factory=dict)
    """Rows of the table that are read at all."""
    columns: Annotated[dict[Name, Column], Field(min_length=1, max_length=500)]
    """Indicator or attribute of the system -> where it comes from."""
    absent: tuple[Name, ...] = ()
    """Indicators the table says nothing about: not reported by anybody."""
    ignore: Literal["rest"] | tuple[Name, ...] = ()
    """Headers that are not read; `rest`: all that the mapping does not name."""
    marks: Marks = Marks()
    decimals: Literal["", "point"] = ""
    """`point`: every point in a number of this table is a decimal point, 1.149 too."""
    units: Annotated[dict[Name, OwnUnit], Field(max_length=50)] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _one_header(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("header"), int):
            return {**given, "header": [given["header"]]}
        return given

    @property
    def own_units(self) -> OwnUnits:
        """The units the mapping declares."""
        return OwnUnits.of({symbol: unit.equals for symbol, unit in self.units.items()})[0]

    @property
    def read(self) -> Iterator[str]:
        """Every header that is needed, once."""
        named = [name for column in self.columns.values() for name in column.read]
        return iter(dict.fromkeys((*self.id, *([self.year] if self.year else []), *self.keep, *named)))


def read_mapping(place: Path) -> tuple[Mapping | None, list[Problem]]:
    """
    Read the mapping beside the data; None where there is none, or it is at fault.

    The mapping of a study stands beside its `study.yaml`.
    """
    folder = place if place.is_dir() else place.parent
    file = folder / MAPPING
    if folder.name == PLANTS and (folder.parent / STUDY).is_file() and not file.is_file():
        file = folder.parent / MAPPING
    if not file.is_file():
        return None, []
    stated = read_yaml(file, error=DataError)
    try:
        mapping = Mapping.model_validate(stated)
    except ValidationError as fault:
        return None, problems_of(fault, MAPPING, Mapping.model_fields, stated=stated)
    _, faults = OwnUnits.of({symbol: unit.equals for symbol, unit in mapping.units.items()})
    return mapping, [
        Problem(f"{symbol!r} {fault}.", file=MAPPING, key=f"units.{symbol}", fix="Mend the definition.")
        for symbol, fault in faults.items()
    ]
