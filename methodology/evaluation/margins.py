"""How far each plant stands from each benchmark value: the continuous view beside the score."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.evaluation.reaching import checked_sample, threshold_matrix
from methodology.indicators import LEVELS, IndicatorSystem, Sample, merit_signs, merits


def margins(sample: Sample | pd.DataFrame, system: IndicatorSystem, thresholds: pd.DataFrame) -> pd.DataFrame:
    """
    State the margin of every plant to every benchmark value.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        Values in the unit of the system.
    system : IndicatorSystem
        Directions and targets.
    thresholds : DataFrame
        Columns indicator, level, value.

    Returns
    -------
    DataFrame
        Columns plant, indicator, level, value (comparable: a distance for interval indicators), threshold, margin (in
        the unit of the indicator; 0 or more where the value is reached; NaN where nothing is stated or proven),
        relative (margin over the magnitude of the benchmark value; NaN where that is 0), reached.

    Raises
    ------
    DataError
        If a table is at fault.

    Notes
    -----
    For a cell `<L` of a lower-is-better indicator the margin is the least it can be (A-02). Levels of qualitative
    indicators are one unit apart.
    """
    plants = checked_sample(sample, system)
    merit = merits(plants, system).to_numpy()
    limits = threshold_matrix(system, thresholds)
    room = limits[:, None, :] * merit_signs(system) - merit[None, :, :]
    size = np.abs(limits)[:, None, :] + np.zeros_like(room)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(size > 0, room / size, np.nan)
    known = np.isfinite(merit)[None, :, :] & np.ones_like(room, dtype=bool)
    levels, n, m = room.shape
    values = plants.comparable(system)[list(system.ids)].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "plant": np.tile(np.repeat(plants.plants.to_numpy(), m), levels),
            "indicator": np.tile(np.array(system.ids, dtype=object), levels * n),
            "level": np.repeat([str(level) for level in LEVELS], n * m),
            "value": np.tile(values.ravel(), levels),
            "threshold": np.repeat(limits, n, axis=0).ravel(),
            "margin": np.where(known, room, np.nan).ravel(),
            "relative": np.where(known, relative, np.nan).ravel(),
            "reached": (room >= 0).ravel(),
        }
    )
