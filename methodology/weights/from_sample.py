"""Weights that the plants themselves suggest, within every group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pandas as pd

from methodology.errors import MethodError, Problem, raise_problems
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.indicators.judgements import ROOT, nodes_of
from methodology.weights.columns import constant
from methodology.weights.entropy_critic import critic, entropy
from methodology.weights.hierarchy import weight_table
from methodology.weights.principal_component import principal_component

FromData = Literal["entropy", "critic", "pca", "equal"]


def _entropy(table: pd.DataFrame, better: dict[str, str]) -> pd.Series:
    return entropy(table, better=better, scale="range", missing="available")


def _critic(table: pd.DataFrame, better: dict[str, str]) -> pd.Series:
    return critic(table, better=better, missing="available")


def _pca(table: pd.DataFrame, better: dict[str, str]) -> pd.Series:
    return principal_component(table, better=better, missing="available")


_METHODS: dict[str, Callable[[pd.DataFrame, dict[str, str]], pd.Series]] = {
    "entropy": _entropy,
    "critic": _critic,
    "pca": _pca,
}


def data_weights(
    sample: Sample | pd.DataFrame, system: IndicatorSystem, method: FromData
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """
    Weigh indicators within their groups by what the sample shows.

    Parameters
    ----------
    sample : Sample or table of cells
        Plants.
    system : IndicatorSystem
        Groups, directions, and the weights of the groups: plants cannot say what a group is worth.
    method : {"entropy", "critic", "pca", "equal"}
        `equal` makes the groups equal too.

    Returns
    -------
    table : DataFrame
        As weights.csv, not rounded.
    notes : tuple of str
        What was decided on the way.

    Raises
    ------
    MethodError
        If the method is unknown, or loadings of a group are no weights; all groups at once.

    Notes
    -----
    On comparable values: distances for interval indicators, 1 to 4 for qualitative ones, the limit for a value below
    it. Each column uses the plants that report it. An indicator with fewer than two values, or the same value
    everywhere, weighs 0; a group in which all do is weighed equally (A-35).
    """
    if method == "equal":
        return equal_weights(system), ()
    if method not in _METHODS:
        raise MethodError(
            f"There is no data-driven method {method!r}. Choose {', '.join(_METHODS)} or equal."
        )
    values = as_sample(sample, system).comparable(system)
    local: dict[str, pd.Series] = {ROOT: pd.Series({group.id: group.weight for group in system.groups})}
    notes: list[str] = []
    problems: list[Problem] = []
    for group in system.groups:
        items = list(nodes_of(system)[group.id])
        try:
            local[group.id] = _within(values[items], system, method, group.id, notes)
        except MethodError as error:
            problems.append(Problem(f"group {group.id!r}: {error}"))
    raise_problems(MethodError, f"{method!r} gives no weights for every group of {system.id!r}.", problems)
    return weight_table(system, local), tuple(notes)


def _within(
    values: pd.DataFrame, system: IndicatorSystem, method: str, group: str, notes: list[str]
) -> pd.Series:
    if len(values.columns) == 1:
        return pd.Series({values.columns[0]: 1.0})
    telling = _telling(values)
    silent = [name for name in values.columns if name not in telling]
    if not telling:
        notes.append(f"{group}: no indicator tells the plants apart; weighed equally.")
        return pd.Series(1 / len(values.columns), index=values.columns)
    if silent:
        notes.append(f"{group}: {', '.join(silent)} weigh 0, fewer than two different values.")
    better: dict[str, Any] = {name: system[name].better for name in telling}
    return _METHODS[method](values[telling], better).reindex(values.columns, fill_value=0.0)


def _telling(values: pd.DataFrame) -> list[str]:
    reported = [name for name in values.columns if np.isfinite(values[name]).sum() >= 2]
    if not reported:
        return []
    fixed = constant(values[reported].to_numpy(dtype=float))
    return [name for name, same in zip(reported, fixed, strict=True) if not same]


def equal_weights(system: IndicatorSystem) -> pd.DataFrame:
    """Every group weighs the same, and every indicator of a group."""
    nodes = nodes_of(system)
    return weight_table(
        system, {node: pd.Series(1 / len(items), index=list(items)) for node, items in nodes.items()}
    )
