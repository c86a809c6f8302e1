"""Units of indicators and conversions between them, each with its derivation."""

from methodology.units.conversion import Unit, convert, parse
from methodology.units.table import UnitEntry, known_unit, near_units, unit_table

__all__ = ["Unit", "UnitEntry", "convert", "known_unit", "near_units", "parse", "unit_table"]
