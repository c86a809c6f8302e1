"""Units that a table brings along, e.g. `lb/MMBtu`: each a number of known units, checked by pint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from methodology.errors import UnitError
from methodology.units.conversion import convert
from methodology.units.table import known_unit

_STATED = re.compile(r"(?P<number>\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,2})?)\s*(?P<unit>\S.{0,59})", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z_ ]{0,29}", re.ASCII)
_LARGEST = Decimal("1e30")
"""Of a unit in another; a number that is larger, or nothing, is a slip."""
TOLERANCE = 1e-3
"""Relative difference from pint's own definition that is a rounding of the table and no other unit."""


@dataclass(frozen=True)
class OwnUnits:
    """Units of a table: each symbol as a number of a unit of the house."""

    factors: Mapping[str, tuple[Decimal, str]] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, stated: Mapping[str, str]) -> tuple[OwnUnits, dict[str, str]]:
        """
        Read the definitions of a table, in their order: later ones may use earlier ones.

        Parameters
        ----------
        stated : mapping of symbol to definition
            E.g. `{"lb": "0.45359237 kg", "short ton": "2000 lb"}`.

        Returns
        -------
        units, faults
            What is wrong, by symbol: no number of a known unit, a symbol the house has, or not what pint says of it.
        """
        units, faults = cls(), {}
        for symbol, text in stated.items():
            said = _STATED.fullmatch(text.strip())
            if known_unit(symbol):
                faults[symbol] = "is a unit that is known already and keeps its meaning"
            elif said is not None and not units.knows(said["unit"]):
                faults[symbol] = f"is stated in {said['unit']!r}, which is no known unit"
            elif said is None or not 1 / _LARGEST < (number := units._number(said)) < _LARGEST:
                faults[symbol] = f"is {text!r}; write a number and a unit, e.g. '0.45359237 kg'"
            else:
                here = (number, units.in_house(said["unit"])[1])
                units = cls({**units.factors, _plain(symbol): here})
                faults |= {symbol: fault} if (fault := _unlike_pint(symbol, *here)) else {}
        return units, faults

    def _number(self, said: re.Match[str]) -> Decimal:
        return Decimal(said["number"]) * self.in_house(said["unit"])[0]

    def knows(self, text: str) -> bool:
        """Whether a unit text is made of units of the table and of the house."""
        return known_unit(self.in_house(text)[1])

    def in_house(self, text: str) -> tuple[Decimal, str]:
        """
        A unit text as a number of a unit of the house.

        Examples
        --------
        >>> units, _ = OwnUnits.of({"lb": "0.45359237 kg"})
        >>> units.in_house("lb/t")
        (Decimal('0.45359237'), 'kg/t')
        """
        if known_unit(text):
            return Decimal(1), text
        if _plain(text) in self.factors:
            return self.factors[_plain(text)]
        factor, parts = Decimal(1), []
        for place, part in enumerate(re.split(r"[/／]", text)):
            number, house = self.factors.get(_plain(part), (Decimal(1), part.strip()))
            factor = factor / number if place else factor * number
            parts.append(house)
        return factor, "/".join(parts)

    def convert(self, value: Any, source: str, target: str) -> Any:
        """
        Convert a value or an array, as `methodology.units.convert` does for the units of the house.

        Raises
        ------
        UnitError
            If a unit is unknown, or the two are of different kinds.
        """
        (a, given), (b, wanted) = self.in_house(source), self.in_house(target)
        if source != given and not known_unit(given):
            raise UnitError(f"Unit {source!r} is not known; declare it under `units:` of the mapping.")
        converted = convert(value, given, wanted)
        return converted if a == b else converted * float(a / b)


def _plain(symbol: str) -> str:
    return " ".join(symbol.split())


@lru_cache(maxsize=1)
def _stock() -> Any:
    import pint

    return pint.UnitRegistry(non_int_type=Decimal)


@lru_cache(maxsize=256)
def _unlike_pint(symbol: str, number: Decimal, house: str) -> str:
    """What pint says of a word it knows, where that is something else; '' for words it does not know."""
    if not _WORD.fullmatch(symbol):
        return ""
    import pint

    try:
        known = _stock().Quantity(Decimal(1), _plain(symbol).replace(" ", "_")).to(house)
    except (pint.PintError, ValueError, TypeError, ArithmeticError, AttributeError):
        return ""
    if abs(known.magnitude / number - 1) <= Decimal(str(TOLERANCE)):
        return ""
    return f"is {number:f} {house} here, and {known.magnitude:.6g} {house} everywhere else"
