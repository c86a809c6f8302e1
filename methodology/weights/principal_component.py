"""Weights from the first principal component, where its loadings are weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.indicators.display import fixed
from methodology.weights.columns import Better, Missing, constant, plant_table, signs, unit_range
from methodology.weights.entropy_critic import correlations
from methodology.weights.rules import rule

_ZERO = 1e-9


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
    eigenvalues, vectors = np.linalg.eigh(correlations(values))
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
