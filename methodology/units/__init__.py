"""Units of indicators and conversions between them, each with its derivation."""

from methodology.units.conversion import Unit, convert, parse, unit_of_result
from methodology.units.table import (
    UnitEntry,
    house_unit,
    known_unit,
    near_units,
    offered_units,
    product_of,
    unit_table,
)

__all__ = [
    "Unit",
    "UnitEntry",
    "convert",
    "house_unit",
    "known_unit",
    "near_units",
    "offered_units",
    "parse",
    "product_of",
    "unit_of_result",
    "unit_table",
]
