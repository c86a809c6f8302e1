"""Conversions between units, computed by pint from `definitions.yaml`, and the units that a table brings along."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from methodology.errors import UnitError
from methodology.units.table import house_unit, known_unit, near_units, offered_units, split, unit_table

if TYPE_CHECKING:
    from pint import UnitRegistry

Value = TypeVar("Value")
_NO_UNIT = (
    ("O2", "Another oxygen reference is a correction, c * (21 - O2_ref) / (21 - O2_measured), not a unit."),
    ("%O", "Another oxygen reference is a correction, c * (21 - O2_ref) / (21 - O2_measured), not a unit."),
    (
        "@",
        "Conditions are stated beside a unit: temperature, humidity and oxygen are corrections, not units.",
    ),
    ("ppmv", "Parts per million by volume need the molar mass: state mg/m3 instead."),
)
"""Texts that look like units and are none, and what they are."""
FEWEST_OF_A_COLUMN, MOST_OF_A_COLUMN = 3, 0.8
"""So many values of a column, and such a share of them, tell in which unit it is (A-90)."""
_TWO_WAYS = {
    ("ton", "tons", "Ton", "TON"): ("a short ton (907.18 kg)", "a tonne (1000 kg)", "t"),
    ("MT", "mt", "mT"): ("a metric ton (1000 kg)", "a million tonnes", "t, kt or 万t"),
    ("wt",): ("ten thousand tonnes", "a share by weight", "万t or %"),
    ("cal", "Cal", "卡"): ("a calorie (4.1868 J)", "a kilocalorie", "kJ"),
    ("gal", "gallon", "加仑"): ("a gallon of the US (3.785 L)", "an imperial gallon (4.546 L)", "L"),
    ("斤",): ("half a kilogram", "a kilogram", "kg"),
}
"""Words for two units: both, and what to write instead."""
_STATED = re.compile(r"(?P<number>\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,2})?)\s*(?P<unit>\S.{0,59})", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z_ ]{0,29}", re.ASCII)
_LARGEST = Decimal("1e30")
"""Of a unit in another; a number that is larger, or nothing, is a slip."""
TOLERANCE = 1e-3
"""Relative difference from pint's own definition that is a rounding of the table and no other unit."""


@dataclass(frozen=True)
class Unit:
    """A unit as it is written in the house."""

    text: str
    """Normal spelling, e.g. `mg/m3` for `mg/Nm3`."""
    kind: str
    """Dimensionality; units of one kind convert into each other."""
    factor: Decimal
    """Value in base units of 1 in this unit; decimal, so that 12 mg/m3 is 12000 ug/m3 and not a little less."""
    product: str = ""
    """What the tonnes below the line are of, where that is said: `crude steel` for `kgce/t粗钢`."""


@lru_cache(maxsize=1)
def _registry() -> UnitRegistry:
    """The pint registry: the SI of pint and our own definitions; built on first use."""
    from pint import UnitRegistry

    registry: UnitRegistry = UnitRegistry(on_redefinition="raise", non_int_type=Decimal)
    for entry in unit_table().values():
        if "=" in entry.define and entry.word not in registry:
            registry.define(entry.define)
    return registry


def _refuse(text: object) -> UnitError:
    shown = str(text)
    for mark, reason in _NO_UNIT:
        if mark in shown:
            return UnitError(f"Unit {shown!r} is not known. {reason}")
    for spelt, (one, other, clear) in _TWO_WAYS.items():
        if not set(split(shown).unknown).isdisjoint(spelt):
            return UnitError(
                f"Unit {shown!r} can be read in two ways: as {one} or as {other}. Write {clear}, or state what it "
                "equals under `units:` of a mapping."
            )
    near = near_units(shown) if shown.strip() else []
    hint = f" Near matches: {', '.join(near)}." if near else ""
    faulty = [part for part in split(shown).unknown if part and part != shown]
    which = f" What is not understood is {', '.join(map(repr, faulty))}." if faulty else ""
    return UnitError(
        f"Unit {shown!r} is not known.{hint}{which} Write it with the symbols of "
        "methodology/units/definitions.yaml, e.g. kgce/t or 千克标准煤/吨; a product may follow a tonne below the line."
    )


@lru_cache(maxsize=512)
def parse(text: str) -> Unit:
    """
    Read a unit.

    Parameters
    ----------
    text : str
        Symbols joined by `/`, e.g. `kgce/t`, in Latin or Chinese words; a tonne below the line may name its product.

    Raises
    ------
    UnitError
        If a symbol is unknown; the message names near matches.

    Examples
    --------
    >>> parse("mg/Nm3").text
    'mg/m3'
    >>> parse("千克标准煤/吨").text
    'kgce/t'
    """
    said = split(text)
    if not said.known:
        raise _refuse(text)
    symbols = said.symbols
    base = _quantity(text).to_base_units()
    return Unit("/".join(symbols), str(base.dimensionality), Decimal(base.magnitude), said.product)


def convert(value: Value, source: str, target: str) -> Value:
    """
    Convert a value, or an array of values, from one unit to another.

    Parameters
    ----------
    value : float or array of any shape
        In `source`.
    source, target : str
        Units of one kind.

    Returns
    -------
    float or array
        In `target`; unchanged where both are the same unit.

    Raises
    ------
    UnitError
        If a unit is unknown, or the two are of different kinds: kg/t is not kgCO2/t, a temperature (C) is not a
        difference of temperatures (K), a concentration at another oxygen reference is a correction, and an amount per
        tonne of iron is not one per tonne of steel.

    Examples
    --------
    >>> round(convert(1.0, "GJ/t", "kgce/t"), 4)
    34.1208
    >>> convert(0.25, "t/t", "kg/t")
    250.0
    """
    a, b = parse(source), parse(target)
    if a.kind != b.kind:
        raise UnitError(
            f"{source!r} cannot be converted to {target!r}: they measure different things. Report the value in the "
            "unit of the indicator, or correct the unit that is stated."
        )
    if a.product and b.product and a.product != b.product:
        raise UnitError(
            f"{source!r} cannot be converted to {target!r}: a tonne of {a.product} is not a tonne of {b.product}. "
            "Multiply by the output ratio of the plant, or correct the unit that is stated."
        )
    return value if a.text == b.text else value * float(a.factor / b.factor)  # type: ignore[operator,return-value]


def unit_mistaken(
    values: Sequence[float], given: str, wanted: str, bounds: tuple[float, float], formatted: bool = False
) -> str:
    """
    Say that the values of a column fit another unit and not the one they are read in; '' where they fit, or none does.

    Parameters
    ----------
    values : sequence of float
        As read, in `wanted`, NaN where there is none.
    given : str
        Unit they were read in: the one the table states, or `wanted`.
    bounds : (low, high)
        Between which values are possible, in `wanted`.
    formatted : bool
        Whether the format of the cells makes percentages of them.

    Notes
    -----
    A cell of the kind is a doubt and is set aside (A-91, A-93); with all of a column the indicator would be lost.

    Examples
    --------
    >>> unit_mistaken([12.1, 11.9, 13.2], "kgce/t", "kgce/t", (250, 560))
    'read in kgce/t, none of 3 values lies within 250 to 560 kgce/t; read in GJ/t, 3 do.'
    """

    def inside(factor: float) -> int:
        return sum(bounds[0] <= value * factor <= bounds[1] for value in known)

    known = [value for value in values if math.isfinite(value) and value != 0]
    if len(known) < FEWEST_OF_A_COLUMN or inside(1.0):
        return ""
    others = [*offered_units(wanted), *(("1",) if wanted == "%" else ())]
    units = (unit for unit in others if house_unit(unit) != house_unit(given))
    factors = {f"in {unit}": convert(1.0, unit, wanted) / convert(1.0, given, wanted) for unit in units}
    factors |= {"as stored, without the format of the cells": 0.01} if formatted else {}
    counts = {how: inside(factor) for how, factor in factors.items()}
    how = max(counts, key=lambda how: counts[how], default="")
    if not how or counts[how] < MOST_OF_A_COLUMN * len(known):
        return ""
    return (
        f"read in {given}, none of {len(known)} values lies within {bounds[0]:g} to {bounds[1]:g} {wanted}; read "
        f"{how}, {counts[how]} do."
    )


@lru_cache(maxsize=512)
def _quantity(text: str) -> Any:
    """One of a unit, as pint knows it."""
    registry = _registry()
    quantity: Any = registry.Quantity(Decimal(1))
    for position, symbol in enumerate(split(text).symbols):
        word = unit_table()[symbol].word
        step = registry.Quantity(Decimal(1), word) if word else registry.Quantity(Decimal(1))
        quantity = quantity / step if position else quantity * step
    return quantity


def unit_of_result(
    formula: str,
    evaluate: Callable[[Mapping[str, Any], Callable[[Any], Any]], Any],
    units: Mapping[str, str],
    wanted: str,
) -> None:
    """
    Hold a formula to the unit of its result, with units propagated by pint.

    Parameters
    ----------
    evaluate : callable
        Computes the formula over quantities; takes them by name, and what makes a quantity of a plain number.
    units : mapping of name to unit
        Units of what the formula reads.
    """
    from pint import DimensionalityError

    registry = _registry()
    columns = {
        name: _quantity(unit) * Decimal(101 + 7 * place) / 100  # all different, so that no difference is zero
        for place, (name, unit) in enumerate(units.items())
    }

    def number(value: Any) -> Any:
        return registry.Quantity(Decimal(repr(value))) if isinstance(value, int | float) else value

    try:
        result = evaluate(columns, number)
    except DimensionalityError as fault:
        raise UnitError(
            f"the formula {formula!r} sets {fault.units1} ({fault.dim1}) beside {fault.units2} ({fault.dim2}): they "
            "cannot be added or compared. Convert one of them by a factor that has a unit."
        ) from fault
    except ArithmeticError as fault:
        raise UnitError(f"the formula {formula!r} divides by nothing.") from fault
    if result.dimensionality != _quantity(wanted).dimensionality:
        raise UnitError(
            f"the formula {formula!r} gives {result.units:~}, the indicator is in {wanted!r}: a "
            f"{result.dimensionality} is no {_quantity(wanted).dimensionality}. Mend the formula or the unit."
        )


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
