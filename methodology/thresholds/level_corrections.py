"""Corrections that a norm grants at some levels only: what they change in the benchmark values of those levels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.errors import DataError
from methodology.evaluation import reaches
from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.thresholds.flags import partly_corrected
from methodology.thresholds.quantiles import best_first

COLUMNS = (
    "indicator",
    "level",
    "corrections",
    "plants",
    "n",
    "value",
    "reached",
    "reached_without",
    "value_without",
    "unit",
)


def level_grants(sample: Sample, system: IndicatorSystem, thresholds: pd.DataFrame) -> pd.DataFrame:
    """
    Say what the corrections granted at some levels only change there.

    Parameters
    ----------
    sample : Sample
        Corrected.
    system : IndicatorSystem
    thresholds : DataFrame
        Columns indicator, level, value: calibrated on `sample`.

    Returns
    -------
    DataFrame
        One row per indicator and level with such a correction: corrections (ids), plants (to whom they are granted), n
        (plants measured), value, reached (plants that reach it), reached_without (the same without the corrections),
        value_without (cleanest value that as many plants would then reach), unit.

    Raises
    ------
    DataError
        If `thresholds` lacks a value.

    Notes
    -----
    Rests on A-22.
    """
    calibrated = thresholds.set_index(["indicator", "level"])["value"]
    rows = []
    for (name, level), ids in partly_corrected(sample, system).items():
        if (name, level) not in calibrated.index:
            raise DataError(f"The thresholds have no value of {name!r} at level {level}.")
        measured = sample.mask(CellState.MEASURED)[name].to_numpy()
        common = sample.values[name].to_numpy(dtype=float)[measured]
        granted = sample.by_level[level][name].to_numpy(dtype=float)[measured]
        value, better = float(calibrated[name, level]), system[name].better
        states = np.full(len(common), CellState.MEASURED)
        reached = int(reaches(granted, states, value, better).sum())
        best = best_first(common, better)
        rows.append(
            {
                "indicator": name,
                "level": level,
                "corrections": ", ".join(ids),
                "plants": int((np.abs(granted - common) > 0).sum()),
                "n": len(common),
                "value": value,
                "reached": reached,
                "reached_without": int(reaches(common, states, value, better).sum()),
                "value_without": float(best[min(reached, best.size) - 1]) if reached else np.nan,
                "unit": system[name].unit,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
