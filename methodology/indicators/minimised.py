"""Values on one scale, smaller is cleaner, where cells that prove nothing stand for the dirtiest value there is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.indicators.cells import Sample
from methodology.indicators.system import IndicatorSystem
from methodology.indicators.words import LEVELS, CellState, Direction


def merit_signs(system: IndicatorSystem) -> np.ndarray:
    """+1 for an indicator whose lower values are cleaner, -1 for the others; shape (n_indicators,)."""
    return np.array([indicator.sign for indicator in system.indicators])


def merit_of(
    values: np.ndarray, states: np.ndarray, sign: float | np.ndarray, provable: bool | np.ndarray
) -> np.ndarray:
    """
    Turn cells to the scale on which a cell reaches `t` iff it is at most `sign * t`.

    Parameters
    ----------
    values, states : arrays of one shape
        Values on the scale of benchmark values, or the stated limit of a cell below it; `CellState` of each cell.
    sign : float, or array of shape (n_indicators,)
        +1 where lower is better, else -1.
    provable : bool, or array of shape (n_indicators,)
        Whether a stated limit proves anything: only where lower is better.

    Returns
    -------
    array of the same shape
        `inf` where no benchmark value can be reached: not reported, not applicable, or a limit that proves nothing.

    Notes
    -----
    Rests on A-02: `<L` reaches a lower-is-better value t iff L <= t. For a higher-is-better or an interval indicator
    `<L` leaves open how far below the value lies, so nothing is proven.

    Examples
    --------
    >>> merit_of(np.array([4.0, 5.0, 5.0]), np.array([0, 1, 2]), 1.0, True)
    array([ 4.,  5., inf])
    """
    counts = (states == CellState.MEASURED) | ((states == CellState.BELOW_LIMIT) & provable)
    return np.where(counts & ~np.isnan(values), values * sign, np.inf)


def merits(sample: Sample, system: IndicatorSystem) -> pd.DataFrame:
    """
    The cells of a sample, see `merit_of`; of an interval indicator the distance from its target.

    Parameters
    ----------
    sample : Sample
        Plants; every indicator of `system` is a column.
    system : IndicatorSystem
        Gives direction and target interval.

    Returns
    -------
    DataFrame of shape (n_plants, n_indicators)
    """
    ids = list(system.ids)
    comparable = sample.comparable(system)[ids].to_numpy(dtype=float)
    provable = np.array([indicator.direction is Direction.LOWER for indicator in system.indicators])
    table = merit_of(comparable, sample.states[ids].to_numpy(), merit_signs(system), provable)
    return pd.DataFrame(table, index=sample.plants, columns=ids)


def level_merits(sample: Sample, system: IndicatorSystem) -> np.ndarray:
    """
    `merits` as each level judges them: with the corrections a norm grants at this level only.

    Returns
    -------
    array of shape (3, n_plants, n_indicators), or (1, ...) where all levels judge the same values
    """
    levels = LEVELS if sample.by_level else LEVELS[:1]
    return np.stack([merits(sample.at(level), system).to_numpy() for level in levels])
