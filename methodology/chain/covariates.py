"""Values that move with a covariate, as corrections: fitted on a sample, and what they do to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from methodology.corrections import ADDEND_DECIMALS, VALUE_DECIMALS
from methodology.errors import DataError, Problem, raise_problems
from methodology.evaluation import reaches
from methodology.indicators import LEVELS, CellState, Direction, IndicatorSystem, Kind, Sample
from methodology.indicators.system import Correction
from methodology.parameters.model import Covariate, SampleChoices
from methodology.sample import correct
from methodology.thresholds import quantile_threshold
from methodology.thresholds.covariate import (
    CovariateCurve,
    added_at,
    covariate_bands,
    covariate_curve,
    curve_places,
    slope_test,
)

CALIBRATED = "calibrated on the sample"
"""Source of a correction that no norm states."""
FEWEST_PLANTS = 10
"""A slope read off fewer is that of two or three of them (A-26)."""
EFFECTS = (
    *("indicator", "by", "level", "unit", "plants", "reference", "flat", "value", "p_value"),
    *("reached_flat", "reached", "gained", "lost"),
)
_REFUSED = "Some values cannot move with the covariate the run states."


def with_covariates(system: IndicatorSystem, sample: Sample, choices: SampleChoices) -> IndicatorSystem:
    """
    Fit the covariates a run chooses, and add them to the corrections of its system.

    Parameters
    ----------
    system : IndicatorSystem
    sample : Sample
        As read, not corrected yet.
    choices : section `sample` of the parameters

    Returns
    -------
    IndicatorSystem
        `correct` then compares every plant with the values stated at the reference of each covariate: value(x) is the
        stated value plus the term of the plant, so that one number per level serves every later stage (A-26).

    Raises
    ------
    DataError
        All faults of all covariates at once.
    """
    if not choices.covariates:
        return system
    faults = [problem for item in choices.covariates for problem in _faults(item, sample, system)]
    raise_problems(DataError, _REFUSED, faults)
    corrected, fitted = correct(sample, system).sample, []
    for item in choices.covariates:
        try:
            fitted.append(_fitted(item, corrected, system))
        except DataError as error:
            faults.append(Problem(str(error), key=f"sample.covariates by {item.by!r}", column=item.indicator))
    raise_problems(DataError, _REFUSED, faults)
    return system.with_calibrated(fitted)


def system_of_run(system: IndicatorSystem, about: Mapping[str, Any]) -> IndicatorSystem:
    """The system with the corrections a run calibrated; `about` as its stage `sample` recorded them."""
    return system.with_calibrated(about.get("covariates") or ())


def covariate_effects(
    sample: Sample, system: IndicatorSystem, shares: Mapping[str, float], *, seed: int = 0
) -> pd.DataFrame:
    """
    Set values that move with a covariate beside flat ones: who reaches what, and whether the slope is worth having.

    Parameters
    ----------
    sample : Sample
        Corrected, the covariates among the corrections of `system`.
    shares : mapping of level to share
        Of plants that should reach the value of an indicator.
    seed : int
        Of the rearrangements behind p-values.

    Returns
    -------
    DataFrame
        One row per indicator with a covariate, and level: indicator, by, level, unit, plants (that state both),
        reference (of the covariate), flat (value without it), value (at the reference), p_value (see `slope_test`),
        reached_flat, reached (plants), gained, lost (plants that reach one value and not the other).
    """
    rows = []
    for correction in system.calibrated:
        name = correction.target[0]
        plain, adjusted, x, states = _compared(sample, system, name)
        better, form = system[name].better, _form(correction)
        p_value = slope_test(plain, x, shares, better=better, form=form, seed=seed)
        for level, share in shares.items():
            flat, value = (quantile_threshold(cells, share, better=better) for cells in (plain, adjusted))
            before, after = reaches(plain, states, flat, better), reaches(adjusted, states, value, better)
            told = (len(x), correction.reference, flat, value, p_value, int(before.sum()), int(after.sum()))
            moved = (int((after & ~before).sum()), int((before & ~after).sum()))
            rows.append((name, correction.attribute, level, system[name].unit, *told, *moved))
    return pd.DataFrame(rows, columns=list(EFFECTS))


def covariate_lines(
    sample: Sample,
    system: IndicatorSystem,
    shares: Mapping[str, float],
    *,
    confidence: float = 0.95,
    resamples: int = 400,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Values of every level along each covariate, with bands.

    Returns
    -------
    DataFrame
        Columns indicator, by, and those of `covariate_bands`.
    """
    parts = []
    for correction in system.calibrated:
        name = correction.target[0]
        plain, _, x, _ = _compared(sample, system, name)
        bands = covariate_bands(
            plain,
            x,
            shares,
            curve=CovariateCurve(correction.reference or 0.0, correction.points),
            better=system[name].better,
            form=_form(correction),
            confidence=confidence,
            resamples=resamples,
            seed=seed,
        )
        bands.insert(0, "indicator", name)
        bands.insert(1, "by", correction.attribute)
        parts.append(bands)
    columns = ["indicator", "by", "level", "covariate", "value", "lower", "upper", "flat"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _fitted(item: Covariate, corrected: Sample, system: IndicatorSystem) -> dict[str, Any]:
    """One covariate as a correction, in plain data."""
    values, covariate = _asked(item, corrected, system)
    curve = covariate_curve(
        values,
        covariate,
        dict(zip(map(str, LEVELS), item.shares, strict=True)),
        better=system[item.indicator].better,
        form=item.form,
        places=None if item.reference is None else (item.knots, item.reference),
    )
    return {
        "id": item.by,
        "target": (item.indicator,),
        "attribute": item.by,
        "points": curve.points,
        "unit": system[item.indicator].unit,
        "source": CALIBRATED,
        "status": "DERIVED",
        "reference": curve.reference,
        "form": item.form,
        "loosest": curve.loosest,
    }


def _asked(item: Covariate, sample: Sample, system: IndicatorSystem) -> tuple[pd.Series, pd.Series]:
    """Value and covariate of the plants an indicator applies to, NaN where they state none."""
    states = sample.states[item.indicator]
    asked = states != CellState.NOT_APPLICABLE
    values = sample.values[item.indicator].where(states <= CellState.BELOW_LIMIT).astype(float)
    return values[asked], covariate_of(sample, system, item.by)[asked]


def _form(correction: Correction) -> str:
    return correction.form or ("linear" if len(correction.points) == 2 else "piecewise")


def read_off(sample: Sample, system: IndicatorSystem) -> Sample:
    """
    Give the figures that values are read off, so that nobody loosens a value along a curve by saying less (A-24).

    Parameters
    ----------
    sample : Sample
        Corrected, the covariates among the corrections of `system`: by the strictest curve that silent plants leave
        possible, which is the one that is published.

    Returns
    -------
    Sample
        Corrected by the loosest such curve instead; the same where nothing is silent.
    """
    moved = sample
    for correction in system.calibrated:
        if correction.loosest:
            name = correction.target[0]
            x = covariate_of(sample, system, correction.attribute).to_numpy(dtype=float)
            loosest, strictest = (
                np.round(added_at(points, x), ADDEND_DECIMALS)
                for points in (correction.loosest, correction.points)
            )
            shift = np.nan_to_num(loosest - strictest)
            levels = {
                level: table.assign(**{name: np.round(table[name] - shift, VALUE_DECIMALS)})
                if name in table
                else table
                for level, table in moved.by_level.items()
            }
            values = moved.values.assign(**{name: np.round(moved.values[name] - shift, VALUE_DECIMALS)})
            moved = replace(moved, values=values, by_level=levels)
    return moved


def covariate_points(sample: Sample, system: IndicatorSystem, indicator: str) -> pd.DataFrame:
    """
    Plants behind a value that moves, as they stand before the covariate is taken off.

    Returns
    -------
    DataFrame
        Columns covariate and value; internal, for each row is a plant.
    """
    plain, _, x, _ = _compared(sample, system, indicator)
    return pd.DataFrame({"covariate": x, "value": plain})


def covariate_of(sample: Sample, system: IndicatorSystem, by: str) -> pd.Series:
    """A covariate in numbers, NaN where a plant does not measure it; all NaN where there is no such column."""
    if by in system.ids:
        return sample.values[by].where(sample.states[by] == CellState.MEASURED).astype(float)
    if by in sample.attributes:
        return pd.to_numeric(sample.attributes[by], errors="coerce")
    return pd.Series(np.nan, index=sample.plants)


def _compared(sample: Sample, system: IndicatorSystem, name: str) -> tuple[np.ndarray, ...]:
    """Values before and after the covariate is taken off, the covariate, and the state of each cell."""
    correction = next(c for c in system.calibrated if name in c.target)
    x = covariate_of(sample, system, correction.attribute)
    kept = (x.notna() & (sample.states[name] <= CellState.BELOW_LIMIT)).to_numpy()
    told = x[kept].to_numpy(dtype=float)
    values = sample.values.loc[kept, name].to_numpy(dtype=float)
    plain = np.round(values + added_at(correction.points, told), 9)  # the dust of two roundings
    return plain, values, told, sample.states.loc[kept, name].to_numpy()


def _faults(item: Covariate, sample: Sample, system: IndicatorSystem) -> Iterator[Problem]:
    place: dict[str, Any] = {"key": "sample.covariates", "column": item.indicator}
    if item.indicator not in system.ids:
        yield Problem(f"{item.indicator!r} is no indicator of {system.id!r}", **place)
        return
    indicator = system[item.indicator]
    if indicator.kind is Kind.QUALITATIVE or indicator.direction is Direction.INTERVAL:
        yield Problem(f"{item.indicator!r} is no plain number", **place, why="Only such a value can move.")
    corrected = {name for c in system.corrections if c.computable for name in c.target}
    if item.by == item.indicator or item.by in corrected:
        yield Problem(
            f"{item.by!r} is {'the indicator itself' if item.by == item.indicator else 'corrected itself'}",
            **place,
            why="A covariate is read as the plant reports it.",
        )
    if any(c.factor is not None for c in system.corrections if item.indicator in c.target):
        yield Problem(
            f"{item.indicator!r} is corrected by a factor", **place, why="A term cannot be added to it."
        )
    if any(comparator.binds for comparator in indicator.comparators):
        yield Problem(
            f"a mandatory limit binds {item.indicator!r}",
            **place,
            why="A value that moves could be looser than the law for some plants.",
            fix="Leave it flat; the law makes no difference between them.",
        )
    values, covariate = _asked(item, sample, system)
    told = covariate[values.notna() & covariate.notna()]
    if len(told) < FEWEST_PLANTS or told.nunique() < 2:
        known = f"{told.nunique()} different values of {item.by!r} among {len(told)} plants that state both"
        yield Problem(known, **place, fix=f"Choose a covariate that at least {FEWEST_PLANTS} plants state.")
    elif item.reference is None and covariate.isna().any():
        knots, reference = curve_places(covariate.dropna(), item.form)
        yield Problem(
            f"{int(covariate.isna().sum())} of {len(covariate)} plants do not state {item.by!r}",
            **place,
            why="Who does would decide where the curve begins, bends and ends, and loosen values by saying less.",
            fix=f"Ask them, or state it in the run, e.g. knots: {list(knots)}, reference: {reference:g}.",
        )
