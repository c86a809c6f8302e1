"""Weights from the spread of the plants: entropy and CRITIC."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.weights.columns import Better, Missing, constant, normalised, plant_table, signs, unit_range

_LEVEL = 1e-12


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
        conflict = 1 - correlations(unit[:, varying])
        raw[varying] = np.nanstd(unit[:, varying], axis=0, ddof=1) * conflict.sum(axis=1)
        raw[raw < _LEVEL] = 0.0
    return normalised(raw, frame.columns, "CRITIC", repeating=list(frame.columns[varying]))


def correlations(values: np.ndarray) -> np.ndarray:
    """Pearson correlations over the plants that have both columns; 0 where fewer than three do."""
    known = ~np.isnan(values)
    if known.all():
        return np.atleast_2d(np.corrcoef(values, rowvar=False))
    matrix = pd.DataFrame(values).corr(min_periods=3).to_numpy(copy=True)
    matrix[np.isnan(matrix)] = 0.0
    np.fill_diagonal(matrix, 1.0)
    return matrix
