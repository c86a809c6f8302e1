"""What setting a doubtful value aside would do to the benchmark values, and what it did where it was set aside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.parameters.model import Parameters, SampleChoices, ThresholdChoices
from methodology.sample import correct, read_sample
from methodology.sample.doubtful_values import suspicions
from methodology.sample.exclusion import SET_ASIDE, with_whom
from methodology.sensitivity.sizes import between_plants
from methodology.thresholds.estimates import level_values
from methodology.thresholds.indicator_sample import read_columns

MOST_FINDINGS = 100
_GRAVE = {"error": 0, "warn": 1, "info": 2}
EFFECT = ("most_moved", "I", "II", "III")
REGISTER = ("plant", "indicator", "reason", "by", "date", *EFFECT)
COLUMNS = ("plant", "indicator", "check", "severity", "what", *EFFECT)


def doubt_effects(
    sample: Sample, system: IndicatorSystem, choices: ThresholdChoices, *, most: int = MOST_FINDINGS
) -> pd.DataFrame:
    """
    Calibrate again without each doubtful cell, or without the plant where a finding is about its whole row.

    Parameters
    ----------
    sample : Sample
        As calibrated. What `suspicions` finds about a whole column has no effect of its own and is left out.
    choices : ThresholdChoices
        Shares, method and reading of limits. Each indicator is calibrated alone (marginal promise).
    most : int
        Findings whose effect is computed, the gravest first.

    Returns
    -------
    DataFrame
        plant, indicator, check, severity, what, and of the indicator that moves most (`most_moved`) how far its value
        moves at each level, in standard deviations between the plants that are left, positive where looser; NaN where
        no value is left or plants do not differ. No value itself is repeated.
    """
    base = _values(sample, system, choices, frozenset(system.ids))
    effects: dict[tuple[str, str], tuple[object, ...]] = {}
    rows = []
    found = suspicions(sample, system)
    found = found[found["plant"].isin(sample.plants)]
    gravest = found.sort_values("severity", key=lambda names: names.map(_GRAVE), kind="stable").head(most)
    for doubt in gravest.sort_index().itertuples():
        plant, indicator = str(doubt.plant), str(doubt.indicator)
        if (plant, indicator) not in effects:
            names = [indicator] if indicator else list(base.columns)
            left = _without(sample, plant, names)
            without = _values(left, system, choices, frozenset(names))
            effects[plant, indicator] = _largest(base, without, left, system)
        rows.append((plant, indicator, doubt.check, doubt.severity, doubt.what, *effects[plant, indicator]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def set_aside_effects(
    sample: Sample, place: Path, system: IndicatorSystem, parameters: Parameters
) -> pd.DataFrame:
    """
    Register of what a run set aside, and what that did to the values.

    Parameters
    ----------
    sample : Sample
        As calibrated.
    place : Path
        Where its plants stand: what was set aside is read there once more.
    parameters : Parameters
        Choices of the run.

    Returns
    -------
    DataFrame
        plant, indicator ("" for a whole plant), reason, by and date ("" where a rule decided), and of the indicator
        that moved most (`most_moved`) how far its value moved at each level, as in `doubt_effects`, against the value
        with that cell, or that plant, taken back in. Plants outside the stratum or without the years wanted are no part
        of it.
    """
    aside = sample.notes[(sample.notes["what"] == SET_ASIDE) & sample.notes["plant"].isin(sample.plants)]
    named = {str(item.plant): item for item in sample.excluded.itertuples()}
    if not (len(aside) or parameters.sample.exclude):
        return pd.DataFrame(columns=list(REGISTER))
    everyone = with_set_aside(place, system, parameters.sample, bounds="flag")
    choices, rows = parameters.thresholds, []
    base = _values(sample, system, choices, frozenset(system.ids))
    for plant in (plant for plant in named if plant in everyone.plants):
        item = named[plant]
        before = _values(_with_plant(sample, everyone, plant), system, choices, frozenset(system.ids))
        rows.append((plant, "", item.reason, item.by, item.date, *_largest(before, base, sample, system)))
    decided = {(item.indicator, with_whom(item)): item for item in parameters.sample.exclude}
    for note in aside.itertuples():
        plant, name = str(note.plant), str(note.indicator)
        item = decided.get((name, str(note.reason)))
        told = (item.reason, item.by, item.date) if item else (note.reason, "", "")
        before = _values(with_value(sample, everyone, plant, name), system, choices, frozenset((name,)))
        own = base[base.columns.intersection([name])]
        rows.append((plant, name, *told, *_largest(before, own, sample, system)))
    return pd.DataFrame(rows, columns=list(REGISTER))


def with_set_aside(place: Path, system: IndicatorSystem, choices: SampleChoices, **other: str) -> Sample:
    """The plants of a run with all that it set aside by name, on its footing; under other choices where stated."""
    everyone = read_sample(place, system, choices=choices.model_copy(update={"exclude": (), **other}))
    return correct(everyone, system).sample if choices.correction else everyone


def _with_plant(sample: Sample, everyone: Sample, plant: str) -> Sample:
    own = everyone.take([plant])
    return replace(
        sample,
        values=pd.concat([sample.values, own.values[sample.values.columns]]),
        states=pd.concat([sample.states, own.states[sample.states.columns]]),
        attributes=pd.concat([sample.attributes, own.attributes]),
        by_level={level: pd.concat([t, own.by_level[level]]) for level, t in sample.by_level.items()},
    )


def with_value(sample: Sample, everyone: Sample, plant: str, name: str) -> Sample:
    """A sample with one value of a plant as another sample has it."""
    values, states = sample.values.copy(), sample.states.copy()
    values.loc[plant, name] = everyone.values.loc[plant, name]
    states.loc[plant, name] = everyone.states.loc[plant, name]
    by_level = {level: table.copy() for level, table in sample.by_level.items()}
    for level, table in by_level.items():
        if name in table:
            table.loc[plant, name] = everyone.by_level[level].loc[plant, name]
    return replace(sample, values=values, states=states, by_level=by_level)


def _values(
    sample: Sample, system: IndicatorSystem, choices: ThresholdChoices, names: Collection[str]
) -> pd.DataFrame:
    """Values by level (rows) and indicator; NaN where nobody states the indicator."""
    found = {}
    for readings in read_columns(sample, system):
        name = readings.indicator.id
        if name in names and sample.values[name].notna().any():
            points = level_values(
                readings, choices.shares, method=choices.method, below_limit=choices.below_limit
            )
            found[name] = points.values
    return pd.DataFrame(found)


def _without(sample: Sample, plant: str, names: list[str]) -> Sample:
    values, states = sample.values.copy(), sample.states.copy()
    values.loc[plant, names] = np.nan
    states.loc[plant, names] = int(CellState.NOT_REPORTED)
    return replace(sample, values=values, states=states)


def _largest(
    base: pd.DataFrame, found: pd.DataFrame, left: Sample, system: IndicatorSystem
) -> tuple[object, ...]:
    """Indicator whose values move most among the plants that are left, and how far at every level."""
    common = [name for name in found.columns if name in base.columns]
    between = between_plants(left.values[common].to_numpy(dtype=float))
    moved = (found[common] - base[common]) * [system[name].sign for name in common]
    spreads = (moved / between).where(moved != 0, moved)
    sizes = spreads.abs().max()
    if not len(sizes.dropna()):
        return ("", np.nan, np.nan, np.nan)
    name = str(sizes.idxmax())
    return (name, *(float(spreads.loc[level, name]) for level in ("I", "II", "III")))
