"""What setting a doubtful value aside would do to the benchmark values: the effect beside each finding."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.parameters.model import ThresholdChoices
from methodology.sample.doubtful_values import suspicions
from methodology.thresholds.estimates import level_values
from methodology.thresholds.indicator_sample import read_columns

COLUMNS = ("plant", "indicator", "check", "severity", "what", "most_moved", "I", "II", "III")


def doubt_effects(sample: Sample, system: IndicatorSystem, choices: ThresholdChoices) -> pd.DataFrame:
    """
    Calibrate again without each doubtful cell, or without the plant where a finding is about its whole row.

    Parameters
    ----------
    sample : Sample
        As calibrated. What `suspicions` finds about a whole column has no effect of its own and is left out.
    choices : ThresholdChoices
        Shares, method and reading of limits. Each indicator is calibrated alone (marginal promise).

    Returns
    -------
    DataFrame
        plant, indicator, check, severity, what, and of the indicator that moves most (`most_moved`) the relative
        change of its value at each level; NaN where no value is left or it is zero. No value itself is repeated.
    """
    base = _values(sample, system, choices, frozenset(system.ids))
    effects: dict[tuple[str, str], tuple[object, ...]] = {}
    rows = []
    for doubt in suspicions(sample, system).itertuples():
        plant, indicator = str(doubt.plant), str(doubt.indicator)
        if plant not in sample.plants:
            continue
        if (plant, indicator) not in effects:
            names = [indicator] if indicator else list(base.columns)
            found = _values(_without(sample, plant, names), system, choices, frozenset(names))
            effects[plant, indicator] = _largest(base, found)
        rows.append((plant, indicator, doubt.check, doubt.severity, doubt.what, *effects[plant, indicator]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


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


def _largest(base: pd.DataFrame, found: pd.DataFrame) -> tuple[object, ...]:
    """Indicator whose values move most, and the relative change at every level."""
    common = [name for name in found.columns if name in base.columns]
    before = base[common].where(base[common] != 0)
    changes = ((found[common] - before) / before.abs()).replace([np.inf, -np.inf], np.nan)
    sizes = changes.abs().max()
    if not len(sizes.dropna()):
        return ("", np.nan, np.nan, np.nan)
    name = str(sizes.idxmax())
    return (name, *(float(changes.loc[level, name]) for level in ("I", "II", "III")))
