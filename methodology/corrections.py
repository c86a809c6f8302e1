"""Declared corrections: the norm adds them to its threshold, a calibration subtracts them from the plant's value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.arguments import Floats, choice
from methodology.errors import Problem, SystemDefinitionError, raise_problems
from methodology.indicators import LEVELS, CellState, Direction, IndicatorSystem, Kind, Sample, as_sample
from methodology.indicators.display import mark
from methodology.indicators.expressions import parse
from methodology.indicators.system import Correction

MISSING = ("not-reported", "uncorrected")
ADDEND_DECIMALS = 6
"""A-20: finer than any norm prints, coarse enough that sums and differences of such numbers are exact."""
VALUE_DECIMALS = 9
"""A-20: corrected values and thresholds are compared on this grid."""
QUOTIENT_DECIMALS = 12
_Note = tuple[str, str, str, str]
Gap = tuple[str, str, str, str]
"""Plant, indicator, correction, attributes: a term that could not be computed."""


@dataclass(frozen=True)
class Corrections:
    """A sample before and after its declared corrections, both kept."""

    raw: Sample
    """As reported."""
    terms: pd.DataFrame
    """Columns plant, indicator, level, reported (converted to the reference basis), factor, addend, corrected; one row
    per plant, corrected indicator and level. NaN where a term is unknown."""
    sample: Sample
    """Corrected; what a norm corrects at some levels only stands in its `by_level` (A-22)."""
    missing: pd.DataFrame
    """Columns plant, indicator, correction, attribute: terms that could not be computed."""
    skipped: tuple[str, ...]
    """Corrections not applied to anybody, each with its reason."""
    partial: tuple[str, ...]
    """Corrections applied at some levels only."""
    sources: tuple[str, ...] = ()
    """Source and status of every correction that was applied."""


def correct(
    sample: Sample | pd.DataFrame, system: IndicatorSystem, *, missing: str = "not-reported"
) -> Corrections:
    """
    Bring plants to the same footing by the corrections 修正 the system declares.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        With the attributes that the corrections read.
    system : IndicatorSystem
        `corrections` say what a norm adds to its threshold, here subtracted from the plant's value.
    missing : {"not-reported", "uncorrected"}
        What becomes of a plant whose attribute is empty: its cell counts as not reported, so that silence about an
        attribute is not rewarded (A-21), or it stays as it is.

    Returns
    -------
    Corrections
        Raw and corrected values side by side.

    Raises
    ------
    SystemDefinitionError
        If a correction targets a described or an interval indicator.

    Notes
    -----
    A norm judges x <= factor * L + addend; here x' = (x - addend) / factor is compared with L. Factors multiply and
    addends add up when several corrections hit one indicator. Terms are rounded to 6 decimals, so that both ways
    give every plant the same level, ties included (A-20).

    References
    ----------
    .. [1] GB 21256-2025, clause 4.3: the corrections of burden grade, ore type, scrap and product grade
    """
    choice("missing", missing, MISSING)
    plants = as_sample(sample, system)
    _refuse_targets(system)
    columns = _readable_columns(plants, system)
    usable = [c for c in system.corrections if c.computable and set(c.attributes) <= set(columns)]
    gaps: list[Gap] = []
    converting = [c for c in usable if c.value]
    converted, unconverted = _converted_values(plants, converting, columns, gaps)
    terms = [c for c in usable if not c.value]
    parts = {
        str(level): _level_terms(plants, [c for c in terms if level in c.levels], columns, unconverted, gaps)
        for level in LEVELS
    }
    everywhere = [c for c in terms if set(c.levels) == set(LEVELS)]
    partial = [c for c in terms if c not in everywhere]
    common = _level_terms(plants, everywhere, columns, unconverted, gaps)
    corrected = _apply(plants, converted, common, missing, system)
    own = {
        level: _apply(plants, converted, parts[level], missing, system).values[names]
        for level, names in partly_corrected(terms).items()
    }
    years = {year: correct(part, system, missing=missing).sample for year, part in plants.years.items()}
    lost = pd.DataFrame(gaps, columns=["plant", "indicator", "correction", "attribute"])
    return Corrections(
        raw=plants,
        terms=_long(plants, converted, parts, system),
        sample=replace(_judged_by_level(corrected, own), years=years),
        missing=lost.drop_duplicates().reset_index(drop=True),
        skipped=tuple(_skipped_corrections(system, columns)),
        partial=tuple(f"{c.id}: granted at level {', '.join(c.levels)} only" for c in partial),
        sources=tuple(f"{c.id}: {c.source}, {c.status}{mark(c.status)}" for c in usable),
    )


def partly_corrected(corrections: Iterable[Correction]) -> dict[str, list[str]]:
    """Level to the indicators that a norm corrects at this level and not at all; levels without one are left out."""
    partial = [c for c in corrections if c.computable and set(c.levels) != set(LEVELS)]
    found = {
        str(level): [name for c in partial if level in c.levels for name in c.target] for level in LEVELS
    }
    return {level: list(dict.fromkeys(names)) for level, names in found.items() if names}


def _judged_by_level(sample: Sample, own: dict[str, pd.DataFrame]) -> Sample:
    """The sample with what single levels judge instead, and a note for each cell that only they lack."""
    reason = "its correction at this level cannot be computed, or drives the value out of its bounds"
    notes = []
    for name in dict.fromkeys(name for table in own.values() for name in table.columns):
        stated = sample.states[name] <= CellState.BELOW_LIMIT
        missing = {level: stated & own[level][name].isna() for level in own if name in own[level]}
        for plant in sample.plants[np.logical_or.reduce(list(missing.values()))]:
            levels = ", ".join(level for level, lost in missing.items() if lost[plant])
            notes.append((plant, name, f"counted as not reported at level {levels}", reason))
    return replace(sample.noted(notes), by_level=own)


def _beyond(corrected: Floats, sample: Sample, name: str, system: IndicatorSystem) -> NDArray[np.bool_]:
    """Cells that a correction drove out of their bounds: what it reads is wrong, and the plant not the best."""
    bounds = system[name].bounds
    if bounds is None:
        return np.zeros(len(corrected), dtype=bool)
    raw = sample.values[name].to_numpy(dtype=float)
    measured = sample.states[name].to_numpy() == CellState.MEASURED

    def outside(values: Floats) -> NDArray[np.bool_]:
        return (measured & (values < bounds.low)) | (values > bounds.high)

    return outside(corrected) & ~outside(raw)


def _apply(
    sample: Sample,
    converted: dict[str, Floats],
    terms: dict[str, Term],
    missing: str,
    system: IndicatorSystem,
) -> Sample:
    """Corrected values; cells whose correction is unknown or leads out of the bounds count as not reported."""
    values, states, notes = sample.values.assign(**converted), sample.states.copy(), list[_Note]()

    def silence(cells: NDArray[np.bool_], name: str, reason: str) -> None:
        if cells.any():
            values.loc[cells, name] = np.nan
            states.loc[cells, name] = np.int8(CellState.NOT_REPORTED)
            notes.extend((plant, name, "counted as not reported", reason) for plant in sample.plants[cells])

    for name, term in terms.items():
        values[name] = term.corrected(values[name].to_numpy(dtype=float))
        if missing == "not-reported":
            silence(term.unknown, name, "an attribute that a declared correction reads is missing")
    for name in dict.fromkeys([*converted, *terms]):
        beyond = _beyond(values[name].to_numpy(dtype=float), sample, name, system)
        reason = "the corrected value lies outside the bounds; check the attributes that corrections read"
        silence(beyond, name, reason)
    return replace(sample, values=values, states=states).noted(notes)


def _long(
    sample: Sample, converted: dict[str, Floats], parts: dict[str, dict[str, Term]], system: IndicatorSystem
) -> pd.DataFrame:
    """One row per corrected indicator, level and plant."""
    size = len(sample.plants)
    targets = dict.fromkeys([*(name for part in parts.values() for name in part), *converted])
    rows = []
    for name in targets:
        reported = converted.get(name, sample.values[name].to_numpy(dtype=float))
        for level, part in parts.items():
            term = part.get(name) or Term.none(size)
            corrected = np.where(term.unknown, np.nan, term.corrected(reported))
            corrected = np.where(_beyond(corrected, sample, name, system), np.nan, corrected)
            named = (np.full(size, text, dtype=object) for text in (name, level))
            plants = sample.plants.to_numpy(dtype=object)
            rows.append((plants, *named, reported, term.factor, term.addend, corrected))
    columns = ["plant", "indicator", "level", "reported", "factor", "addend", "corrected"]
    parts_of = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return pd.DataFrame({k: np.concatenate(p) if p else [] for k, p in zip(columns, parts_of, strict=True)})


def _refuse_targets(system: IndicatorSystem) -> None:
    """Refuse corrections of what is no plain number."""
    problems = [
        Problem(f"correction {c.id!r} targets {name!r}", why="Only a plain number can be corrected.")
        for c in system.corrections
        if c.computable
        for name in c.target
        if system[name].kind is Kind.QUALITATIVE or system[name].direction is Direction.INTERVAL
    ]
    raise_problems(SystemDefinitionError, f"Corrections of system {system.id!r} cannot be applied.", problems)


def _readable_columns(sample: Sample, system: IndicatorSystem) -> dict[str, pd.Series]:
    """Attributes and measured indicators by name; cells below a limit tell no number."""
    measured, told = sample.measured(), sample.attributes
    return {name: measured[name] for name in system.ids} | {str(name): told[name] for name in told.columns}


def _skipped_corrections(system: IndicatorSystem, columns: dict[str, pd.Series]) -> Iterator[str]:
    """Corrections that nobody gets, each with its reason."""
    for c in system.corrections:
        absent = [name for name in c.attributes if name not in columns]
        if not c.computable:
            yield f"{c.id}: stated but not quantified"
        elif absent:
            yield f"{c.id}: the sample has no column {', '.join(absent)}"


def _converted_values(
    sample: Sample, corrections: list[Correction], columns: dict[str, pd.Series], gaps: list[Gap]
) -> tuple[dict[str, Floats], dict[str, NDArray[np.bool_]]]:
    """Put values on the reference basis (e.g. of oxygen) by the corrections that convert what was reported."""
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

    @classmethod
    def none(cls, size: int) -> Self:
        """No correction of so many plants."""
        return cls(np.zeros(size), np.ones(size), np.zeros(size, dtype=bool))

    def corrected(self, values: Floats) -> Floats:
        """(x - addend) / factor; rounding takes the binary dust away before and after the division (A-20)."""
        plain = np.round(values - self.addend, VALUE_DECIMALS)
        divided = np.round(plain / self.factor, QUOTIENT_DECIMALS)
        return np.where(self.factor != 1, divided, np.where(self.addend != 0, plain, values))


def _level_terms(
    sample: Sample,
    corrections: list[Correction],
    columns: dict[str, pd.Series],
    unconverted: dict[str, NDArray[np.bool_]],
    gaps: list[Gap],
) -> dict[str, Term]:
    """Addends and factors that `corrections` come to, by indicator; what cannot be computed is appended to `gaps`."""
    size = len(sample.plants)
    found = {n: replace(Term.none(size), unknown=lost) for n, lost in unconverted.items() if lost.any()}
    for c in corrections:
        applies, unknown = _where(c, columns, size)
        amount = _amount(c, columns, size)
        for name in c.target:
            before = found.get(name) or Term.none(size)
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
