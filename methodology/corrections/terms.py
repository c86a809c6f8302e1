"""What each declared correction comes to for each plant, and where that cannot be known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.arguments import Floats
from methodology.errors import Problem, SystemDefinitionError, raise_problems
from methodology.indicators import CellState, Direction, IndicatorSystem, Kind, Sample
from methodology.indicators.expressions import parse
from methodology.indicators.system import Correction

ADDEND_DECIMALS = 6
"""A-20: finer than any norm prints, coarse enough that sums and differences of such numbers are exact."""
VALUE_DECIMALS = 9
"""A-20: corrected values and thresholds are compared on this grid."""
QUOTIENT_DECIMALS = 12
Gap = tuple[str, str, str, str]
"""Plant, indicator, correction, attributes: a term that could not be computed."""


def refuse_targets(system: IndicatorSystem) -> None:
    """
    Refuse corrections of what is no plain number.

    Raises
    ------
    SystemDefinitionError
        All of them at once.
    """
    problems = [
        Problem(f"correction {c.id!r} targets {name!r}", why="Only a plain number can be corrected.")
        for c in system.corrections
        if c.computable
        for name in c.target
        if system[name].kind is Kind.QUALITATIVE or system[name].direction is Direction.INTERVAL
    ]
    raise_problems(SystemDefinitionError, f"Corrections of system {system.id!r} cannot be applied.", problems)


def readable_columns(sample: Sample, system: IndicatorSystem) -> dict[str, pd.Series]:
    """Attributes and measured indicators by name; cells below a limit tell no number."""
    measured = sample.values.where(sample.mask(CellState.MEASURED))
    found = {name: measured[name] for name in system.ids}
    return {**found, **{str(name): sample.attributes[name] for name in sample.attributes.columns}}


def skipped_corrections(system: IndicatorSystem, columns: dict[str, pd.Series]) -> Iterator[str]:
    """Corrections that nobody gets, each with its reason."""
    for c in system.corrections:
        absent = [name for name in c.attributes if name not in columns]
        if not c.computable:
            yield f"{c.id}: stated but not quantified"
        elif absent:
            yield f"{c.id}: the sample has no column {', '.join(absent)}"


def converted_values(
    sample: Sample, corrections: list[Correction], columns: dict[str, pd.Series], gaps: list[Gap]
) -> tuple[dict[str, Floats], dict[str, NDArray[np.bool_]]]:
    """
    Put values on the reference basis (e.g. of oxygen) by the corrections that convert what was reported.

    Returns
    -------
    values, unconverted : dicts of indicator id to array
        Converted values of the indicators concerned, and which of their cells could not be converted.
    """
    values: dict[str, Floats] = {}
    unconverted: dict[str, NDArray[np.bool_]] = {}
    for c in corrections:
        applies, unknown = _where(c, columns, len(sample.plants))
        expression = parse(c.value)
        known = {key: _numbers(columns[key]) for key in expression.names if key != "value"}
        for name in c.target:
            old = values.get(name, sample.values[name].to_numpy(dtype=float))
            new = np.asarray(expression({**known, "value": old}), dtype=float)
            lost = ~np.isnan(old) & (unknown | (applies & ~np.isfinite(new)))
            gaps += [(str(plant), name, c.id, ", ".join(c.attributes)) for plant in sample.plants[lost]]
            values[name] = np.where(applies & ~lost, np.round(new, QUOTIENT_DECIMALS), old)
            unconverted[name] = unconverted.get(name, np.zeros(len(old), dtype=bool)) | lost
    return values, unconverted


@dataclass(frozen=True)
class Term:
    """What the corrections of one indicator come to at one level; arrays of shape (n_plants,)."""

    addend: Floats
    factor: Floats
    unknown: NDArray[np.bool_]

    def corrected(self, values: Floats) -> Floats:
        """(x - addend) / factor; rounding takes the binary dust away before and after the division (A-20)."""
        plain = np.round(values - self.addend, VALUE_DECIMALS)
        divided = np.round(plain / self.factor, QUOTIENT_DECIMALS)
        return np.where(self.factor != 1, divided, np.where(self.addend != 0, plain, values))


def level_terms(
    sample: Sample,
    corrections: list[Correction],
    columns: dict[str, pd.Series],
    unconverted: dict[str, NDArray[np.bool_]],
    gaps: list[Gap],
) -> dict[str, Term]:
    """
    Addends and factors that `corrections` come to, by indicator; what cannot be computed is appended to `gaps`.

    Parameters
    ----------
    unconverted : dict of indicator id to bool array
        Cells that could not be converted to the reference basis.
    """
    size = len(sample.plants)
    found: dict[str, Term] = {
        name: Term(np.zeros(size), np.ones(size), lost) for name, lost in unconverted.items() if lost.any()
    }
    for c in corrections:
        applies, unknown = _where(c, columns, size)
        amount = _amount(c, columns, size)
        for name in c.target:
            before = found.get(name) or Term(np.zeros(size), np.ones(size), np.zeros(size, dtype=bool))
            stated = sample.values[name].notna().to_numpy()
            lost = stated & (unknown | (applies & ~np.isfinite(amount)))
            gaps += [(str(plant), name, c.id, ", ".join(c.attributes)) for plant in sample.plants[lost]]
            used = applies & ~lost
            addend = 0.0 if c.factor is not None else np.where(used, np.round(amount, ADDEND_DECIMALS), 0.0)
            factor = 1.0 if c.factor is None else np.where(used, c.factor, 1.0)
            found[name] = Term(
                np.round(before.addend + addend, ADDEND_DECIMALS),
                before.factor * factor,
                before.unknown | lost,
            )
    return found


def _where(
    correction: Correction, columns: dict[str, pd.Series], plants: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which plants a correction applies to, and of which that is unknown."""
    applies, unknown = np.ones(plants, dtype=bool), np.zeros(plants, dtype=bool)
    for name, wanted in correction.where.items():
        texts = _texts(columns[name])
        applies &= texts == wanted
        unknown |= texts == ""
    return applies & ~unknown, unknown


def _amount(correction: Correction, columns: dict[str, pd.Series], plants: int) -> Floats:
    """Addend of each plant, NaN where it cannot be computed; a factor counts as known."""
    if correction.factor is not None:
        return np.ones(plants)
    if correction.table:
        texts = _texts(columns[correction.attribute])
        return np.array([correction.table.get(text, np.nan) for text in texts])
    if correction.points:
        at, addends = zip(*sorted(correction.points), strict=True)
        return np.asarray(np.interp(_numbers(columns[correction.attribute]), at, addends))
    expression = parse(correction.addend)
    found = expression({name: _numbers(columns[name]) for name in expression.names})
    return np.broadcast_to(np.asarray(found, dtype=float), (plants,))


def _texts(column: pd.Series) -> NDArray[np.str_]:
    filled = column.astype(object).where(column.notna(), "")
    return np.array([str(cell).strip() for cell in filled], dtype=np.str_)


def _numbers(column: pd.Series) -> Floats:
    return np.asarray(pd.to_numeric(column, errors="coerce"), dtype=float)
