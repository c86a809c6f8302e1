"""Raw quantities 原始数据 of a plant: what its meters and books say, before any indicator is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from methodology.errors import SystemDefinitionError, UnitError
from methodology.indicators.comparators import Identifier, Model, Text
from methodology.indicators.expressions import Expression, parse


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
    Find what is wrong with raw quantities and with the formulas over them.

    Parameters
    ----------
    formulas : mapping of indicator to (formula, unit)
        Empty formulas are left out.
    factors : mapping of convention to unit
        Conversion factors that formulas may name.

    Yields
    ------
    str
        Unknown names, sums over two kinds of outlets, units that do not fit; both units are named.
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
