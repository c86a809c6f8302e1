"""Units of indicators and conversions between them, each with its derivation."""

from methodology.units.conversion import Unit, convert, parse

__all__ = ["Unit", "convert", "parse"]
