"""Declared corrections: the norm adds them to its threshold, a calibration subtracts them from the plant's value."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.arguments import Floats, choice
from methodology.evaluation.attainment import reaches
from methodology.indicators import LEVELS, CellState, IndicatorSystem, Sample, as_sample
from methodology.indicators.display import mark
from methodology.sample.correction_terms import (
    VALUE_DECIMALS,
    Gap,
    Term,
    converted_values,
    level_terms,
    readable_columns,
    refuse_targets,
    skipped_corrections,
)

MISSING = ("not-reported", "uncorrected")


@dataclass(frozen=True)
class Corrections:
    """
    A sample before and after its declared corrections, both kept.

    Attributes
    ----------
    raw : Sample
        As reported.
    terms : DataFrame
        Columns plant, indicator, level, reported (converted to the reference basis), factor, addend, corrected; one
        row per plant, corrected indicator and level. NaN where a term is unknown.
    by_level : dict of level to Sample
        Corrected for each level; the same table three times where no correction depends on the level.
    sample : Sample
        Corrected once for all levels; corrections that a norm grants at some levels only are left out of it (A-22).
    missing : DataFrame
        Columns plant, indicator, correction, attribute: terms that could not be computed.
    skipped, partial : tuple of str
        Corrections not applied to anybody, each with its reason; corrections left out of `sample`.
    sources : tuple of str
        Source and status of every correction that was applied.
    """

    raw: Sample
    terms: pd.DataFrame
    by_level: dict[str, Sample]
    sample: Sample
    missing: pd.DataFrame
    skipped: tuple[str, ...]
    partial: tuple[str, ...]
    sources: tuple[str, ...] = ()

    @property
    def uniform(self) -> bool:
        """Whether one corrected sample serves all levels."""
        return all(
            self.sample.values.equals(other.values) and self.sample.states.equals(other.states)
            for other in self.by_level.values()
        )


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
    refuse_targets(system)
    columns = readable_columns(plants, system)
    usable = [c for c in system.corrections if c.computable and set(c.attributes) <= set(columns)]
    gaps: list[Gap] = []
    converting = [c for c in usable if c.value]
    converted, unconverted = converted_values(plants, converting, columns, gaps)
    terms = [c for c in usable if not c.value]
    parts = {
        str(level): level_terms(plants, [c for c in terms if level in c.levels], columns, unconverted, gaps)
        for level in LEVELS
    }
    everywhere = [c for c in terms if set(c.levels) == set(LEVELS)]
    common = level_terms(plants, everywhere, columns, unconverted, gaps)
    by_level = {level: _apply(plants, converted, part, missing, system) for level, part in parts.items()}
    lost = pd.DataFrame(gaps, columns=["plant", "indicator", "correction", "attribute"])
    return Corrections(
        raw=plants,
        terms=_long(plants, converted, parts, system),
        by_level=by_level,
        sample=replace(
            _apply(plants, converted, common, missing, system),
            years={
                year: correct(part, system, missing=missing).sample for year, part in plants.years.items()
            },
        ),
        missing=lost.drop_duplicates().reset_index(drop=True),
        skipped=tuple(skipped_corrections(system, columns)),
        partial=tuple(
            f"{c.id}: granted at level {', '.join(c.levels)} only" for c in terms if c not in everywhere
        ),
        sources=tuple(f"{c.id}: {c.source}, {c.status}{mark(c.status)}" for c in usable),
    )


def correction_addends(sample: Sample | pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    """
    Terms a norm would add for each plant.

    Returns
    -------
    DataFrame
        Columns plant, indicator, level, reported, factor, addend, corrected; see `Corrections.terms`.
    """
    return correct(sample, system, missing="uncorrected").terms


def norm_thresholds(corrections: Corrections, thresholds: pd.DataFrame) -> pd.DataFrame:
    """
    Thresholds as the norm states them for each plant: factor * base value + addend.

    Returns
    -------
    DataFrame
        The columns of `Corrections.terms` and `threshold`, in the unit of the indicator.
    """
    base = thresholds[["indicator", "level", "value"]].rename(columns={"value": "base"})
    table = corrections.terms.merge(base, on=["indicator", "level"], how="left", validate="many_to_one")
    table["threshold"] = (table["base"] * table["factor"] + table["addend"]).round(VALUE_DECIMALS)
    return table


def reached_by_norm(
    corrections: Corrections, system: IndicatorSystem, thresholds: pd.DataFrame
) -> pd.DataFrame:
    """
    Say which plant reaches what when the terms are added to the thresholds.

    Returns
    -------
    DataFrame
        Columns plant, indicator, level, reached: one row per row of `Corrections.terms`.
    """
    table = norm_thresholds(corrections, thresholds)
    reported = table["reported"].round(VALUE_DECIMALS)
    return _reached(table, reported, table["threshold"], corrections, system)


def reached_by_calibration(
    corrections: Corrections, system: IndicatorSystem, thresholds: pd.DataFrame
) -> pd.DataFrame:
    """
    Say which plant reaches what when the terms are subtracted from the plants' values.

    Returns
    -------
    DataFrame
        As `reached_by_norm`, and equal to it.
    """
    table = norm_thresholds(corrections, thresholds)
    return _reached(table, table["corrected"], table["base"], corrections, system)


def _reached(
    table: pd.DataFrame,
    values: pd.Series,
    limits: pd.Series,
    corrections: Corrections,
    system: IndicatorSystem,
) -> pd.DataFrame:
    out = table[["plant", "indicator", "level"]].copy()
    out["reached"] = False
    for name in dict.fromkeys(table["indicator"]):
        rows = table.index[table["indicator"] == name]
        states = corrections.raw.states[name].loc[table.loc[rows, "plant"]].to_numpy()
        unknown = table.loc[rows, "corrected"].isna().to_numpy()
        states = np.where(unknown, CellState.NOT_REPORTED, states)
        better = system[name].better
        out.loc[rows, "reached"] = reaches(values[rows], states, limits[rows].to_numpy(), better)
    return out


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
    values, states, notes = sample.values.assign(**converted), sample.states.copy(), []
    for name, term in terms.items():
        values[name] = term.corrected(values[name].to_numpy(dtype=float))
        if missing == "not-reported" and term.unknown.any():
            values.loc[term.unknown, name] = np.nan
            states.loc[term.unknown, name] = np.int8(CellState.NOT_REPORTED)
            reason = "an attribute that a declared correction reads is missing"
            notes += [
                (plant, name, "counted as not reported", reason) for plant in sample.plants[term.unknown]
            ]
    for name in dict.fromkeys([*converted, *terms]):
        beyond = _beyond(values[name].to_numpy(dtype=float), sample, name, system)
        if beyond.any():
            values.loc[beyond, name] = np.nan
            states.loc[beyond, name] = np.int8(CellState.NOT_REPORTED)
            reason = "the corrected value lies outside the bounds; check the attributes that corrections read"
            notes += [(plant, name, "counted as not reported", reason) for plant in sample.plants[beyond]]
    if not notes:
        return replace(sample, values=values)
    added = pd.DataFrame(notes, columns=["plant", "indicator", "what", "reason"], dtype=object)
    kept = pd.concat([sample.notes, added], ignore_index=True) if len(sample.notes) else added
    return replace(sample, values=values, states=states, notes=kept)


def _long(
    sample: Sample, converted: dict[str, Floats], parts: dict[str, dict[str, Term]], system: IndicatorSystem
) -> pd.DataFrame:
    """One row per corrected indicator, level and plant."""
    size = len(sample.plants)
    nothing = Term(np.zeros(size), np.ones(size), np.zeros(size, dtype=bool))
    targets = dict.fromkeys([*(name for part in parts.values() for name in part), *converted])
    rows = []
    for name in targets:
        reported = converted.get(name, sample.values[name].to_numpy(dtype=float))
        for level, part in parts.items():
            term = part.get(name, nothing)
            corrected = np.where(term.unknown, np.nan, term.corrected(reported))
            corrected = np.where(_beyond(corrected, sample, name, system), np.nan, corrected)
            rows.append(
                {
                    "plant": sample.plants.to_numpy(dtype=object),
                    "indicator": np.full(size, name, dtype=object),
                    "level": np.full(size, level, dtype=object),
                    "reported": reported,
                    "factor": term.factor,
                    "addend": term.addend,
                    "corrected": corrected,
                }
            )
    columns = ["plant", "indicator", "level", "reported", "factor", "addend", "corrected"]
    return pd.DataFrame({key: np.concatenate([row[key] for row in rows]) if rows else [] for key in columns})
