"""Corrections that a norm grants at some levels only: what they would do to the benchmark values of those levels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.errors import DataError
from methodology.evaluation import reaches
from methodology.indicators import CellState, IndicatorSystem, Sample
from methodology.thresholds.attainment import best_first
from methodology.thresholds.flags import not_granted

COLUMNS = (
    "indicator",
    "level",
    "corrections",
    "plants",
    "n",
    "value",
    "reached",
    "reached_if_granted",
    "value_if_granted",
    "unit",
)


def level_grants(
    terms: pd.DataFrame,
    sample: Sample,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
) -> pd.DataFrame:
    """
    Say what the corrections granted at some levels only would change there.

    Parameters
    ----------
    terms : DataFrame
        `Corrections.terms`: the corrected value of each plant at each level.
    sample : Sample
        Corrected once for all levels.
    system : IndicatorSystem
    thresholds : DataFrame
        Columns indicator, level, value: calibrated on `sample`.

    Returns
    -------
    DataFrame
        One row per indicator and level with such a correction: corrections (ids), plants (to whom they are granted), n
        (plants measured), value, reached (plants that reach it), reached_if_granted (the same with the corrections),
        value_if_granted (cleanest value that as many plants then reach), unit.

    Raises
    ------
    DataError
        If `thresholds` lacks a value.

    Notes
    -----
    Rests on A-22. Both ways of applying them agree plant by plant, see `reached_by_norm`.
    """
    calibrated = thresholds.set_index(["indicator", "level"])["value"]
    rows = []
    for (name, level), text in not_granted(system).items():
        own = terms[(terms["indicator"] == name) & (terms["level"] == level)].set_index("plant")
        if own.empty:
            continue
        if (name, level) not in calibrated.index:
            raise DataError(f"The thresholds have no value of {name!r} at level {level}.")
        measured = sample.mask(CellState.MEASURED)[name].to_numpy()
        common = sample.values[name].to_numpy(dtype=float)[measured]
        granted = own["corrected"].reindex(sample.plants).to_numpy(dtype=float)[measured]
        known = np.isfinite(granted)
        value, better = float(calibrated[name, level]), system[name].better
        states = np.full(len(common), CellState.MEASURED)
        reached = int(reaches(common, states, value, better).sum())
        best = best_first(granted[known], better)
        rows.append(
            {
                "indicator": name,
                "level": level,
                "corrections": text.removeprefix("correction ").partition(" is ")[0],
                "plants": int((np.abs(granted - common)[known] > 0).sum()),
                "n": len(common),
                "value": value,
                "reached": reached,
                "reached_if_granted": int(reaches(granted, states, value, better).sum()),
                "value_if_granted": float(best[min(reached, best.size) - 1]) if reached else np.nan,
                "unit": system[name].unit,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
