"""The nearest other benchmark value at which some plant changes its level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from methodology.evaluation.level_arrays import LevelInputs
from methodology.evaluation.recounting import LEVEL_NAMES, Standing, own_reach, standing_of
from methodology.evaluation.written_weights import WholeWeights
from methodology.sensitivity.sizes import between_plants


def threshold_tipping(inputs: LevelInputs) -> pd.DataFrame:
    """
    How far each benchmark value can move, all others kept, before any plant changes its level.

    Parameters
    ----------
    inputs : LevelInputs
        From `level_inputs`.

    Returns
    -------
    DataFrame
        One row per indicator and level whose value exists: indicator, level, value; tighter, tighter_plant,
        tighter_change, tighter_share: a value any tighter than `tighter` changes that plant's level, e.g. "II -> III",
        and lies that share of `value` away, and tighter_spread standard deviations between plants, which no choice of
        unit or zero changes; looser and its kin: a value as loose as `looser` does. NaN and '' where no value in that
        direction changes anything.

    Notes
    -----
    Exact: a level can change only where a benchmark value passes the value of a plant.

    Examples
    --------
    >>> from methodology.sensitivity import level_inputs
    >>> inputs = level_inputs([[9.0], [11.0]], [[10, 20, 30]], [1.0], plants=["P1", "P2"])
    >>> row = threshold_tipping(inputs).iloc[0]
    >>> float(row["tighter"]), row["tighter_change"], float(row["looser"]), row["looser_plant"]
    (9.0, 'I -> II', 11.0, 'P2')
    """
    standing, whole = standing_of(inputs)
    own = own_reach(inputs)
    now, between = standing.levels(inputs, whole), between_plants(inputs.values)
    rows = []
    for j in range(inputs.shape[1]):
        for level in np.flatnonzero(np.isfinite(inputs.thresholds[j])):
            after = _flipped(inputs, standing, whole, own, j, int(level))
            rows.append(_row(inputs, j, int(level), float(between[j]), (own[level, :, j], now, after)))
    return pd.DataFrame(rows)


def _flipped(
    inputs: LevelInputs, standing: Standing, whole: WholeWeights, own: np.ndarray, j: int, level: int
) -> np.ndarray:
    """Level of every plant if its own cell (level, j) turned over; int (n_plants,)."""
    before = own[:, :, j]
    turned = before.copy()
    turned[level] = ~turned[level]
    change = np.logical_or.accumulate(turned, axis=0).astype(int) - np.logical_or.accumulate(before, axis=0)
    change[:, ~inputs.applicable[:, j]] = 0
    return standing.changed(inputs, whole, j, change).levels(inputs, whole)


def _row(
    inputs: LevelInputs, j: int, level: int, between: float, flips: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> dict[str, Any]:
    reached, now, after = flips
    value, sign = inputs.thresholds[j, level], inputs.signs[j]
    row: dict[str, Any] = {
        "indicator": inputs.indicators[j],
        "level": LEVEL_NAMES[level],
        "value": value * sign,
    }
    moved = (after != now) & ~np.isnan(inputs.values[:, j])
    for name, candidates in (
        ("tighter", np.flatnonzero(moved & reached)),
        ("looser", np.flatnonzero(moved & ~reached)),
    ):
        at, plant, change, share, spread = np.nan, "", "", np.nan, np.nan
        if candidates.size:
            first = candidates[np.argmin(np.abs(inputs.values[candidates, j] - value))]
            at, plant = inputs.values[first, j] * sign, inputs.plants[first]
            change = f"{LEVEL_NAMES[now[first]]} -> {LEVEL_NAMES[after[first]]}"
            away = abs(at - value * sign)
            share = away / abs(value) if value else np.nan
            spread = away / between
        row |= {
            name: at,
            f"{name}_plant": plant,
            f"{name}_change": change,
            f"{name}_share": share,
            f"{name}_spread": spread,
        }
    return row
