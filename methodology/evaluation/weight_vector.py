"""The weights table, read once and checked before it decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.evaluation.exact import exact, numbers_in, refuse_columns
from methodology.indicators import IndicatorSystem

_ROUNDING = Fraction(1, 200)
"""Printed weights of three decimals may miss 1 by this much; scores divide by their exact total."""


def weight_vector(system: IndicatorSystem, weights: pd.DataFrame | pd.Series) -> tuple[Fraction, ...]:
    """
    Weights of the whole in the order of the system, exactly.

    Parameters
    ----------
    system : IndicatorSystem
        Gives order and groups.
    weights : DataFrame or Series
        Columns indicator and weight (group and local_weight are not needed), or a Series indexed by indicator.

    Raises
    ------
    DataError
        All faults at once: a missing, repeated, unknown, negative or empty weight, groups that contradict the
        system, or a total that is not 1.
    """
    table = _as_table(weights)
    problems = [*_faults_of_names(system, table), *_faults_of_groups(system, table)]
    problems += [
        Problem(f"{name!r} has weight {given}", column="weight", fix="Weights are 0 or more.")
        for name, weight, given in table[["indicator", "weight", "given"]].itertuples(index=False)
        if not np.isfinite(weight) or weight < 0
    ]
    raise_problems(DataError, "The weights table cannot be used.", problems)
    by_name = dict(zip(table["indicator"], table["weight"], strict=True))
    vector = tuple(exact(by_name[name]) for name in system.ids)
    total = sum(vector, Fraction(0))
    if abs(total - 1) > _ROUNDING:
        raise DataError(
            f"The weights of the {len(vector)} indicators sum to {float(total):.6g}, not to 1. "
            "Column 'weight' is the share in the whole, not in the group."
        )
    return vector


def heaviest_first(weights: Mapping[str, float]) -> tuple[str, ...]:
    """
    Indicators by weight, equal ones by id: an order that does not hang on how a standard lists its rows (A-51).

    Examples
    --------
    >>> heaviest_first({"water": 0.25, "energy": 0.5, "dust": 0.25})
    ('energy', 'dust', 'water')
    """
    return tuple(sorted(weights, key=lambda name: (-round(float(weights[name]), 12), name)))


def _as_table(weights: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Columns indicator, weight (a number, NaN where it is none) and given (as it was stated)."""
    if isinstance(weights, pd.Series):
        weights = pd.DataFrame({"indicator": list(weights.index), "weight": weights.to_numpy()})
    if not isinstance(weights, pd.DataFrame):
        raise DataError(
            f"The weights are a {type(weights).__name__}; give a DataFrame with columns indicator, weight, or a Series."
        )
    table = weights
    if "indicator" not in table.columns and table.index.name == "indicator":
        table = table.reset_index()
    refuse_columns(table, ("indicator", "weight"), "The weights table cannot be used.")
    return table.assign(
        indicator=[name if isinstance(name, str) else repr(name) for name in table["indicator"]],
        weight=numbers_in(table["weight"]),
        given=table["weight"],
    )


def _faults_of_names(system: IndicatorSystem, table: pd.DataFrame) -> list[Problem]:
    names = list(table["indicator"])
    found = [Problem(f"indicator {name!r} has no weight") for name in system.ids if name not in set(names)]
    found += [
        Problem(f"indicator {name!r} is not part of system {system.id!r}")
        for name in dict.fromkeys(names)
        if name not in system.ids
    ]
    found += [
        Problem(f"indicator {name!r} has more than one weight")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    return found


def _faults_of_groups(system: IndicatorSystem, table: pd.DataFrame) -> list[Problem]:
    """Groups may be labelled differently, but not cut differently: redistribution stays within a group."""
    if "group" not in table.columns or table["group"].isna().any():
        return []
    pairs = [
        (g, system[i].group)
        for g, i in zip(table["group"], table["indicator"], strict=True)
        if i in system.ids
    ]
    split = {theirs for theirs, _ in pairs if len({ours for g, ours in pairs if g == theirs}) > 1}
    split |= {ours for _, ours in pairs if len({theirs for theirs, g in pairs if g == ours}) > 1}
    return [
        Problem(
            f"group {group!r} does not hold the same indicators as in system {system.id!r}",
            column="group",
            why="Weights of what does not apply are redistributed within a group.",
        )
        for group in sorted(map(str, split))
    ]
