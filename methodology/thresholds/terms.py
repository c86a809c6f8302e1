"""What each declared correction comes to for each plant, and where that cannot be known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.errors import Problem, SystemDefinitionError, raise_problems
from methodology.indicators import CellState, Correction, Direction, IndicatorSystem, Kind, Sample
from methodology.indicators.expressions import parse
from methodology.thresholds.inputs import Floats

ADDEND_DECIMALS = 6
"""A-20: finer than any norm prints, coarse enough that sums and differences of such numbers are exact."""
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
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Put values on the reference basis (e.g. of oxygen) by the corrections that convert what was reported.

    Returns
    -------
    values, unconverted : DataFrames of the shape of the sample
        Converted values, and which cells could not be converted.
    """
    values = sample.values.copy()
    unconverted = pd.DataFrame(False, index=sample.plants, columns=values.columns)
    for c in (c for c in corrections if c.value):
        applies, unknown = _where(c, columns, sample.plants)
        for name in c.target:
            known = {key: _numbers(columns[key]) for key in parse(c.value).names if key != "value"}
            new = np.asarray(parse(c.value)({**known, "value": values[name].to_numpy()}), dtype=float)
            stated = values[name].notna().to_numpy()
            lost = stated & (unknown | (applies & ~np.isfinite(new)))
            gaps += [(str(plant), name, c.id, ", ".join(c.attributes)) for plant in sample.plants[lost]]
            values[name] = np.where(applies & ~lost, np.round(new, QUOTIENT_DECIMALS), values[name])
            unconverted[name] |= lost
    return values, unconverted


@dataclass(frozen=True)
class Terms:
    """Addends, factors and unknown cells of one level; columns are the corrected indicators."""

    addend: pd.DataFrame
    factor: pd.DataFrame
    unknown: pd.DataFrame


def level_terms(
    sample: Sample,
    corrections: list[Correction],
    columns: dict[str, pd.Series],
    unconverted: pd.DataFrame,
    gaps: list[Gap],
) -> Terms:
    """
    Addends and factors that `corrections` come to; what cannot be computed is appended to `gaps`.

    Parameters
    ----------
    unconverted : boolean DataFrame of the shape of the sample
        Cells that could not be converted to the reference basis.
    """
    targets = dict.fromkeys(name for c in corrections for name in c.target)
    targets.update(dict.fromkeys(unconverted.columns[unconverted.any()]))
    blank = pd.DataFrame(0.0, index=sample.plants, columns=list(targets))
    terms = Terms(blank, blank + 1.0, unconverted[list(targets)].copy())
    for c in corrections:
        applies, unknown = _where(c, columns, sample.plants)
        amount = _amount(c, columns, len(sample.plants))
        for name in c.target:
            stated = sample.values[name].notna().to_numpy()
            lost = stated & (unknown | (applies & ~np.isfinite(amount)))
            gaps += [(str(plant), name, c.id, ", ".join(c.attributes)) for plant in sample.plants[lost]]
            used = applies & ~lost
            if c.factor is not None:
                terms.factor[name] *= np.where(used, c.factor, 1.0)
            else:
                terms.addend[name] += np.where(used, np.round(amount, ADDEND_DECIMALS), 0.0)
            terms.unknown[name] |= lost
    return replace(terms, addend=terms.addend.round(ADDEND_DECIMALS))


def _where(
    correction: Correction, columns: dict[str, pd.Series], plants: pd.Index
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which plants a correction applies to, and of which that is unknown."""
    applies, unknown = np.ones(len(plants), dtype=bool), np.zeros(len(plants), dtype=bool)
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
