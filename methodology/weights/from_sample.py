"""Weights that the plants themselves suggest, within every group: entropy, CRITIC, first principal component, equal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from methodology.errors import MethodError, Problem, raise_problems
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.indicators.display import fixed
from methodology.indicators.judgements import ROOT, nodes_of
from methodology.weights.columns import Better, Missing, constant, normalised, plant_table, signs, unit_range
from methodology.weights.hierarchy import weight_table
from methodology.weights.rules import rule

FromData = Literal["entropy", "critic", "pca", "equal"]
_ZERO = 1e-9
_LEVEL = 1e-12


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
    weights = _METHODS[method](values[telling], better=better, missing="available")
    return weights.reindex(values.columns, fill_value=0.0)


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


def principal_component(table: Any, *, better: Better = "higher", missing: Missing = "refuse") -> pd.Series:
    """
    Weigh indicators by their loadings on what the plants differ in most.

    Parameters
    ----------
    table : DataFrame or array of shape (n_plants, n_indicators)
        One column per indicator.
    better : {"lower", "higher"}, or one per column
        Cleaner end of each column.
    missing : {"refuse", "available"}
        An empty cell is an error, or every correlation uses the plants it has.

    Returns
    -------
    Series indexed by column
        Sums to 1. A constant column weighs 0.

    Raises
    ------
    DataError
        If a value is missing or no number.
    MethodError
        If every column is constant; if loadings of both signs remain after all columns point to cleaner, so that some
        indicators would count against being cleaner; or if no component stands out, so that its direction is chance.

    Notes
    -----
    Loadings of the first eigenvector of the correlation matrix, columns turned so that more is cleaner, the sign of the
    vector chosen so that its sum is positive. Absolute values of loadings are not taken: they would hide a conflict
    (A-36). Caveats in [1]_.

    References
    ----------
    .. [1] OECD and JRC (2008), Handbook on Constructing Composite Indicators, doi:10.1787/9789264043466-en

    Examples
    --------
    >>> principal_component([[1, 10, 2], [2, 20, 4], [4, 41, 3], [6, 58, 7]]).round(2).tolist()
    [0.34, 0.34, 0.32]
    """
    frame = plant_table(table, missing=missing)
    values = unit_range(frame.to_numpy(), signs(better, list(frame.columns)))
    varying = np.flatnonzero(~constant(frame.to_numpy()))
    weights = np.zeros(len(frame.columns))
    if not varying.size:
        raise MethodError(
            f"No component can be found: no column of {list(frame.columns)} tells the plants apart. Use equal weights."
        )
    weights[varying] = _loadings(values[:, varying], [str(name) for name in frame.columns[varying]])
    return pd.Series(weights, index=frame.columns)


def _loadings(values: np.ndarray, names: list[str]) -> np.ndarray:
    if len(names) == 1:
        return np.ones(1)
    eigenvalues, vectors = np.linalg.eigh(_correlations(values))
    gap = float(eigenvalues[-1] / eigenvalues[-2] - 1) if eigenvalues[-2] > _ZERO else np.inf
    if gap < rule("component_gap"):
        raise MethodError(
            f"No component of {names} stands out: the first two eigenvalues are {fixed(eigenvalues[-1], 3)} and "
            f"{fixed(eigenvalues[-2], 3)}. The loadings would be chance; use critic or equal."
        )
    first = vectors[:, -1] * (-1.0 if vectors[:, -1].sum() < 0 else 1.0)
    against = {name: fixed(value, 2) for name, value in zip(names, first, strict=True) if value < -_ZERO}
    if against:
        raise MethodError(
            f"Loadings of {', '.join(against)} are negative ({'; '.join(against.values())}) although more is cleaner "
            "in every column: plants cleaner in one are dirtier in another, so loadings are not weights. Use critic, "
            "which counts conflict, or equal."
        )
    first = np.maximum(first, 0.0)
    return first / first.sum()


def entropy(
    table: Any,
    *,
    better: Better = "higher",
    scale: Literal["share", "range"] = "share",
    missing: Missing = "refuse",
) -> pd.Series:
    """
    Weigh indicators by how unevenly they are spread over the plants.

    Parameters
    ----------
    table : DataFrame or array of shape (n_plants, n_indicators)
        One column per indicator.
    better : {"lower", "higher"}, or one per column
        Cleaner end; only `scale="range"` reads it.
    scale : {"share", "range"}
        Proportions of the values themselves, which must not be negative and ignore direction; or of the values
        stretched to [0, 1] with 1 the cleanest, which any values allow.
    missing : {"refuse", "available"}
        An empty cell is an error, or each column uses the plants it has.

    Returns
    -------
    Series indexed by column
        Sums to 1. A constant column weighs 0.

    Raises
    ------
    DataError
        If a value is missing or no number.
    MethodError
        If a column is negative under `scale="share"`, or every column is constant.

    Notes
    -----
    e_j = -sum p ln p / ln m over the m plants of column j, with 0 ln 0 = 0 and nothing added inside the logarithm;
    weights in proportion to 1 - e_j [1]_. A change of units changes nothing (A-35).

    References
    ----------
    .. [1] Zavadskas and Podvezko (2016), doi:10.1142/S0219622016500036

    Examples
    --------
    The first indicator is the same everywhere and tells nothing:

    >>> entropy([[7, 1], [7, 2], [7, 6]]).tolist()
    [0.0, 1.0]
    """
    frame = plant_table(table, missing=missing)
    values = frame.to_numpy()
    if scale == "range":
        values = unit_range(values, signs(better, list(frame.columns)))
    elif scale != "share":
        raise MethodError(f"There is no scale {scale!r} for entropy. Choose share or range.")
    negative = [
        str(name) for name, low in zip(frame.columns, np.nanmin(values, axis=0), strict=True) if low < 0
    ]
    if negative:
        raise MethodError(
            f"Entropy of shares is not defined for negative values ({', '.join(negative)}). "
            "Say scale='range', which stretches every column to [0, 1] first."
        )
    totals = np.nansum(values, axis=0)
    shares = values / np.where(totals > 0, totals, 1.0)
    terms = np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1.0)), 0.0)
    counts = (~np.isnan(values)).sum(axis=0)
    divergence = 1 + np.nansum(terms, axis=0) / np.log(counts)
    return normalised(
        np.where(constant(frame.to_numpy()), 0.0, np.maximum(divergence, 0.0)), frame.columns, "Entropy"
    )


def critic(table: Any, *, better: Better = "higher", missing: Missing = "refuse") -> pd.Series:
    """
    Weigh indicators by their contrast and by how little they repeat the others.

    Parameters
    ----------
    table : DataFrame or array of shape (n_plants, n_indicators)
        One column per indicator.
    better : {"lower", "higher"}, or one per column
        Cleaner end of each column.
    missing : {"refuse", "available"}
        An empty cell is an error, or every standard deviation and correlation uses the plants it has.

    Returns
    -------
    Series indexed by column
        Sums to 1. A constant column weighs 0 and takes no part in correlations.

    Raises
    ------
    DataError
        If a value is missing or no number.
    MethodError
        If every column is constant, or all repeat each other.

    Notes
    -----
    On columns stretched to [0, 1] with 1 the cleanest, C_j = s_j sum_k (1 - r_jk) with the standard deviation s_j and
    Pearson's r [1]_. A single column that varies weighs 1. A change of units changes nothing (A-35).

    References
    ----------
    .. [1] Diakoulaki, Mavrotas and Papayannakis (1995), doi:10.1016/0305-0548(94)00059-H

    Examples
    --------
    Two indicators move together, the third against them:

    >>> critic([[1, 10, 9], [2, 20, 5], [4, 40, 1]]).round(2).tolist()
    [0.25, 0.25, 0.5]
    """
    frame = plant_table(table, missing=missing)
    unit = unit_range(frame.to_numpy(), signs(better, list(frame.columns)))
    fixed = constant(frame.to_numpy())
    raw = np.zeros(len(frame.columns))
    varying = np.flatnonzero(~fixed)
    if varying.size == 1:
        raw[varying] = 1.0
    elif varying.size:
        conflict = 1 - _correlations(unit[:, varying])
        raw[varying] = np.nanstd(unit[:, varying], axis=0, ddof=1) * conflict.sum(axis=1)
        raw[raw < _LEVEL] = 0.0
    return normalised(raw, frame.columns, "CRITIC", repeating=list(frame.columns[varying]))


def _correlations(values: np.ndarray) -> np.ndarray:
    """Pearson correlations over the plants that have both columns; 0 where fewer than three do."""
    known = ~np.isnan(values)
    if known.all():
        return np.atleast_2d(np.corrcoef(values, rowvar=False))
    matrix = pd.DataFrame(values).corr(min_periods=3).to_numpy(copy=True)
    matrix[np.isnan(matrix)] = 0.0
    np.fill_diagonal(matrix, 1.0)
    return matrix


_METHODS: dict[str, Callable[..., pd.Series]] = {
    "entropy": partial(entropy, scale="range"),
    "critic": critic,
    "pca": principal_component,
}
