"""Which cells reach a benchmark value: one rule for every room that counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.indicators.cells import Sample
from methodology.indicators.system import IndicatorSystem
from methodology.indicators.words import CellState, Direction


def merit_signs(system: IndicatorSystem) -> np.ndarray:
    """+1 for an indicator whose lower values are cleaner, -1 for the others; shape (n_indicators,)."""
    return np.array([-1.0 if indicator.better == "higher" else 1.0 for indicator in system.indicators])


def merits(sample: Sample, system: IndicatorSystem) -> pd.DataFrame:
    """
    Values on one scale: smaller is cleaner, and a cell reaches `t` iff its merit is at most `sign * t`.

    Parameters
    ----------
    sample : Sample
        Plants; every indicator of `system` is a column.
    system : IndicatorSystem
        Gives direction and target interval.

    Returns
    -------
    DataFrame of shape (n_plants, n_indicators)
        Value, or its negative where higher is better, or the distance from the target interval. `inf` where no
        benchmark value can be reached: not reported, not applicable, or a stated limit that proves nothing.

    Notes
    -----
    Rests on A-02: `<L` reaches a lower-is-better value t iff L <= t. For a higher-is-better or an interval indicator
    `<L` leaves open how far below the value lies, so nothing is proven.

    Examples
    --------
    A cell `<5` has merit 5 where lower is better: it reaches 5 and 6, but 4 is not proven.
    """
    ids = list(system.ids)
    comparable = sample.comparable(system)[ids].to_numpy(dtype=float)
    states = sample.states[ids].to_numpy()
    provable = np.array([indicator.direction is Direction.LOWER for indicator in system.indicators])
    counts = (states == CellState.MEASURED) | ((states == CellState.BELOW_LIMIT) & provable)
    table = np.where(counts & ~np.isnan(comparable), comparable * merit_signs(system), np.inf)
    return pd.DataFrame(table, index=sample.plants, columns=ids)
