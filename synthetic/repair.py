"""Consistency checks hold in the synthetic population: the indicator named for it moves, as little as need be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.indicators import IndicatorSystem
from methodology.indicators.system import ConsistencyCheck
from synthetic.recipe import Repair

CANDIDATES = 2001
INSIDE = 0.08
"""Part of the allowed range next to the value in which a moved value is placed, so that none sits on an edge."""


def broken(check: ConsistencyCheck, columns: Mapping[str, object]) -> NDArray[np.bool_]:
    """Plants that break a check; not those for which a value is missing."""
    if check.parsed is None:
        raise ValueError(f"{check.id!r} is on raw quantities and cannot be computed.")
    names = check.parsed.names
    known = ~np.any([np.isnan(np.asarray(columns[name], dtype=float)) for name in names], axis=0)
    return known & ~np.asarray(check.parsed(columns), dtype=bool)


def repaired(
    values: pd.DataFrame, system: IndicatorSystem, repairs: Sequence[Repair], rng: np.random.Generator
) -> pd.DataFrame:
    """
    Move values until the checks hold, in the order of `repairs`.

    Parameters
    ----------
    values : DataFrame of shape (n_plants, n_indicators)
        True values, NaN where not applicable.

    Returns
    -------
    DataFrame of the same shape
        A plant that no value within the bounds would satisfy keeps its value.
    """
    table = values.copy()
    checks = {check.id: check for check in system.consistency_checks}
    for repair in repairs:
        check = checks[repair.check]
        also = [c for c in checks.values() if c.parsed and repair.move in c.parsed.names and c is not check]
        moved = table[repair.move].to_numpy().copy()
        for row in np.flatnonzero(broken(check, {name: table[name].to_numpy() for name in system.ids})):
            plant = {name: float(table[name].iloc[row]) for name in system.ids}
            moved[row] = _nearest(plant, repair.move, check, also, system, rng)
        table[repair.move] = moved
    return table


def _nearest(
    plant: Mapping[str, float],
    name: str,
    check: ConsistencyCheck,
    also: Sequence[ConsistencyCheck],
    system: IndicatorSystem,
    rng: np.random.Generator,
) -> float:
    """Value of `name` close to the present one at which `check` holds, and the others it is part of as well."""
    bounds = system[name].bounds
    if bounds is None:
        return plant[name]
    candidates = np.linspace(bounds.low, bounds.high, CANDIDATES)
    columns = {key: np.full(CANDIDATES, value) for key, value in plant.items()}
    columns[name] = candidates
    fits = ~broken(check, columns)
    together = fits & ~np.any([broken(other, columns) for other in also], axis=0) if also else fits
    allowed = candidates[together if together.any() else fits]
    if not len(allowed):
        return plant[name]
    by_distance = allowed[np.argsort(np.abs(allowed - plant[name]), kind="stable")]
    near = max(2, int(INSIDE * len(allowed)))
    return float(by_distance[rng.integers(1, near)] if len(by_distance) > near else by_distance[0])
