"""Formulas that live in the questionnaire: conversions, computed values, counters, plausibility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from methodology.indicators import Indicator, IndicatorSystem, Kind
from methodology.indicators import questionnaire_words as words
from methodology.indicators.computed import ALIKE
from methodology.indicators.expressions import Signs, parse
from methodology.units import parse as unit

SPREADSHEET = Signs(calls={"sum": "SUMPRODUCT", "min": "MIN", "max": "MAX"})


@dataclass(frozen=True)
class Place:
    """Where a raw quantity stands converted to the unit of the system: a cell, or a row of outlets."""

    cells: str
    factor: str = "1"
    """Of the chosen unit, for a row of outlets; a cell holds the converted amount itself."""


def base(text: str) -> float:
    """Value in base units of 1 in a unit."""
    return float(unit(text).factor)


def per_unit(chosen: str, wanted: str) -> str:
    """Factor from the unit chosen in a cell to the one wanted."""
    return f"IFERROR(VLOOKUP({chosen},'{words.UNITS}'!$A:$B,2,FALSE)/{base(wanted)!r},0)"


def converted(entry: str, chosen: str, wanted: str) -> str:
    """The amount in the unit wanted, empty while nothing is entered; counts have no unit to choose."""
    factor = per_unit(chosen, wanted) if chosen else "1"
    return f'=IF(ISNUMBER({entry}),{entry}*{factor},"")'


def computed(indicator: Indicator, system: IndicatorSystem, places: Mapping[str, Place]) -> str:
    """An indicator from raw quantities, empty while one of them is missing; '' without a formula."""
    if not indicator.formula:
        return ""
    formula = parse(indicator.formula)
    quantities = {quantity.id: quantity for quantity in system.quantities}
    cells = {
        name: f"{quantities[name].unit and base(quantities[name].unit)!r}*{places[name].factor}*{places[name].cells}"
        if name in quantities
        else repr(float(system.factors[name].value or 0) * base(system.factors[name].unit))
        for name in formula.names
    }
    given = [
        places[name].cells for name in formula.names if name in quantities and not quantities[name].outlet
    ]
    rows = [places[name].cells for name in formula.names if name in quantities and quantities[name].outlet]
    complete = [f"COUNT({','.join(given)})={len(given)}"] if given else []
    complete += (
        [f"COUNT({rows[0]})>0", *(f"COUNT({row})=COUNT({rows[0]})" for row in rows[1:])] if rows else []
    )
    bracketed = {name: f"({text})" for name, text in cells.items()}
    value = f"({formula.written(bracketed, SPREADSHEET)})/{base(indicator.unit)!r}"
    return f'=IF(AND({",".join(complete)}),IFERROR({value},""),"")'


def check_of_amount(entry: str) -> str:
    """Whether an amount is there and a number that can be."""
    return (
        f'=IF({entry}="","{words.MISSING}",IF(NOT(ISNUMBER({entry})),"{words.NO_NUMBER}",'
        f'IF({entry}<0,"{words.DOUBTFUL}","{words.FINE}")))'
    )


def check_of_words(entry: str) -> str:
    """Whether a word was chosen."""
    return f'=IF({entry}="","{words.MISSING}","{words.FINE}")'


def check_of_indicator(indicator: Indicator, entry: str, excused: str, chosen: str, calculated: str) -> str:
    """Whether a value is there, agrees with the computed one, and lies within its bounds."""
    if indicator.kind is Kind.QUALITATIVE:
        return check_of_words(entry)
    own = f"{entry}*{per_unit(chosen, indicator.unit)}"
    decimals = f'MAX(0,LEN({entry})-FIND(".",{entry}&"."))'
    apart = f"ABS({own}-{calculated})>MAX({ALIKE}*ABS({calculated}),0.501*10^-{decimals})"
    value = f"IF(ISNUMBER({entry}),{own},{calculated})"
    bounds = indicator.bounds
    outside = f"OR({value}<{bounds.low!r},{value}>{bounds.high!r})" if bounds else "FALSE"
    return (
        f'=IF({excused}<>"","{words.FINE}",IF(AND({entry}="",NOT(ISNUMBER({calculated}))),"{words.MISSING}",'
        f'IF(AND({entry}<>"",NOT(ISNUMBER({entry}))),"{words.NO_NUMBER}",'
        f'IF(IF(AND(ISNUMBER({entry}),ISNUMBER({calculated})),{apart},FALSE),"{words.DIFFERS}",'
        f'IF({outside},"{words.DOUBTFUL}","{words.FINE}")))))'
    )


def check_of_outlet(column: Sequence[str]) -> str:
    """Whether everything is told of an outlet of which anything is told."""
    count = f"COUNT({','.join(column)})"
    return f'=IF({count}=0,"",IF({count}<{len(column)},"{words.MISSING}","{words.FINE}"))'


def counter(cells: str) -> str:
    """How many cells of a sheet are missing, and how many to check."""
    return (
        f'="还差 still missing: "&COUNTIF({cells},"{words.MISSING}")&"    请核对 to check: "&'
        f'(COUNTIF({cells},"{words.DOUBTFUL}")+COUNTIF({cells},"{words.DIFFERS}")+COUNTIF({cells},"{words.NO_NUMBER}"))'
    )
