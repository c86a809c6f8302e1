"""What moves a plant to another level: the nearest benchmark value, another cut, another limiting indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.evaluation.decision import LEVEL_NAMES, decide, exact_cut
from methodology.evaluation.level_arrays import LevelInputs
from methodology.indicators import IndicatorSystem, Kind
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
        tighter_change, tighter_distance: a value any tighter than `tighter` changes that plant's level, e.g.
        "II -> III", and lies that far from `value`, which is tighter_spread standard deviations between plants,
        whatever the unit and zero; looser and its kin: a value as loose as `looser` does. NaN and '' where no value in
        that direction changes anything.

    Notes
    -----
    Exact: a level can change only where a benchmark value passes the value of a plant.

    Examples
    --------
    >>> from methodology.evaluation.level_arrays import level_inputs
    >>> inputs = level_inputs([[9.0], [11.0]], [[10, 20, 30]], [1.0], plants=["P1", "P2"])
    >>> row = threshold_tipping(inputs).iloc[0]
    >>> float(row["tighter"]), row["tighter_change"], float(row["looser"]), row["looser_plant"]
    (9.0, 'I -> II', 11.0, 'P2')
    """
    own = inputs.level_values <= inputs.thresholds.T[:, None, :]
    now, between = decide(inputs.standing, inputs.rule), between_plants(inputs.values)
    judged = np.broadcast_to(inputs.level_values, own.shape)
    rows = []
    for j in range(inputs.shape[1]):
        for level in np.flatnonzero(np.isfinite(inputs.thresholds[j])):
            after = _flipped(inputs, own[:, :, j], j, int(level))
            found = (judged[level, :, j], own[level, :, j], now, after)
            rows.append(_row(inputs, j, int(level), float(between[j]), found))
    return pd.DataFrame(rows)


def tipping_points(basis: LevelInputs, system: IndicatorSystem) -> pd.DataFrame:
    """
    How far each calibrated value can move before a plant changes its level, the nearest first.

    Parameters
    ----------
    basis : LevelInputs
        From `level_basis`.
    system : IndicatorSystem
        Tells described levels, which move by whole steps only and are left out.

    Returns
    -------
    DataFrame
        As `threshold_tipping`, ordered by the distance in standard deviations between plants to the nearer side, then
        to the other. A value read off a plant may be tightened by nothing at all before that plant is lost: its
        distance is 0.
    """
    described = [item.id for item in system.indicators if item.kind is Kind.QUALITATIVE]
    table = threshold_tipping(basis)
    if table.empty:
        return table
    kept = table[~table["indicator"].isin(described)]
    sides = kept[["tighter_spread", "looser_spread"]]
    order = pd.DataFrame({"nearer": sides.min(axis=1), "other": sides.max(axis=1)})
    return kept.loc[order.sort_values(["nearer", "other"], kind="stable").index].reset_index(drop=True)


def _flipped(inputs: LevelInputs, own: np.ndarray, j: int, level: int) -> np.ndarray:
    """Level of every plant if its own cell (level, j) turned over; int (n_plants,)."""
    turned = own.copy()
    turned[level] = ~turned[level]
    reached = inputs.standing.reached.copy()
    reached[:, :, j] = np.logical_or.accumulate(turned, axis=0)
    return decide(inputs.standing.with_reached(reached), inputs.rule)


def _row(
    inputs: LevelInputs,
    j: int,
    level: int,
    between: float,
    found: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> dict[str, Any]:
    values, reached, now, after = found
    value, sign = inputs.thresholds[j, level], inputs.signs[j]
    row: dict[str, Any] = {
        "indicator": inputs.indicators[j],
        "level": LEVEL_NAMES[level],
        "value": value * sign,
    }
    moved = (after != now) & ~np.isnan(values)
    for name, candidates in (
        ("tighter", np.flatnonzero(moved & reached)),
        ("looser", np.flatnonzero(moved & ~reached)),
    ):
        at, plant, change, away, spread = np.nan, "", "", np.nan, np.nan
        if candidates.size:
            first = candidates[np.argmin(np.abs(values[candidates] - value))]
            at, plant = values[first] * sign, inputs.plants[first]
            change = f"{LEVEL_NAMES[now[first]]} -> {LEVEL_NAMES[after[first]]}"
            away = abs(at - value * sign)
            spread = away / between if away else 0.0
        row |= {
            name: at,
            f"{name}_plant": plant,
            f"{name}_change": change,
            f"{name}_distance": away,
            f"{name}_spread": spread,
        }
    return row


def cut_sweep(inputs: LevelInputs, cuts: Sequence[float]) -> pd.DataFrame:
    """
    Plants at each level when Levels I and II ask for another score.

    Parameters
    ----------
    inputs : LevelInputs
        From `level_inputs`.
    cuts : sequence of float
        Scores in (0, 100].

    Returns
    -------
    DataFrame indexed by cut
        Columns I, II, III, none (numbers of plants) and changed (plants at another level than under the rule).

    Raises
    ------
    MethodError
        If a cut is outside (0, 100], or there is none.

    Examples
    --------
    >>> from methodology.evaluation.level_arrays import level_inputs
    >>> inputs = level_inputs([[1.0, 9.0]], [[1, 2, 3], [1, 2, 3]], [0.8, 0.2])
    >>> cut_sweep(inputs, [80, 85])[["I", "none", "changed"]].values.tolist()
    [[1, 0, 1], [0, 1, 0]]
    """
    if not len(cuts):
        raise MethodError("`cuts` is empty; give at least one score.")
    standing, rule = inputs.standing, inputs.rule
    asked = [replace(rule, cuts=(exact_cut(cut), exact_cut(cut), rule.cuts[2])) for cut in cuts]
    codes = [decide(standing, other) for other in asked]
    return _counts(codes, decide(standing, rule), pd.Index([float(cut) for cut in cuts], name="cut"))


def limiting_sweep(inputs: LevelInputs) -> pd.DataFrame:
    """
    Plants at each level when one indicator more, or one less, is limiting.

    Parameters
    ----------
    inputs : LevelInputs
        From `level_inputs`.

    Returns
    -------
    DataFrame indexed by indicator
        Columns limiting (as it is now), I, II, III, none (numbers of plants once that is turned over), changed.

    Examples
    --------
    >>> from methodology.evaluation.level_arrays import level_inputs
    >>> inputs = level_inputs([[1.0, 2.0]], [[1, 2, 3], [1, 2, 3]], [0.9, 0.1], indicators=["a", "b"])
    >>> limiting_sweep(inputs)[["I", "II", "changed"]].values.tolist()
    [[1, 0, 0], [0, 1, 1]]
    """
    standing = inputs.standing
    turned = inputs.limiting ^ np.eye(inputs.shape[1], dtype=bool)
    codes = [decide(replace(standing, limiting=limiting), inputs.rule) for limiting in turned]
    now = decide(standing, inputs.rule)
    table = _counts(codes, now, pd.Index(inputs.indicators, name="indicator"))
    table.insert(0, "limiting", inputs.limiting)
    return table


def _counts(codes: Sequence[np.ndarray], now: np.ndarray, index: pd.Index) -> pd.DataFrame:
    table = pd.DataFrame(
        [np.bincount(code, minlength=4) for code in codes],
        index=index,
        columns=[str(name) for name in LEVEL_NAMES],
    )
    return table.assign(changed=[int((code != now).sum()) for code in codes])
