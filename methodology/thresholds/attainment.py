"""The attainment promise 达标率: which plants reach a value, and the value enough of them reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methodology.errors import DataError
from methodology.indicators import CellState
from methodology.thresholds.inputs import Better, Floats, cleaner_end, needed


def reaches(
    values: ArrayLike, states: ArrayLike, threshold: ArrayLike, better: Better = "lower"
) -> NDArray[np.bool_]:
    """
    Say which cells reach a benchmark value.

    Parameters
    ----------
    values : array, broadcastable with `threshold`
        Measured values, or the stated limit of a cell below it; NaN where there is none.
    states : array of the same shape
        `CellState` of each cell.
    threshold : array or float
        Benchmark value in the unit of `values`; NaN (no value) is reached by nobody.
    better : {"lower", "higher"}
        Which end of the scale is cleaner.

    Returns
    -------
    array of bool
        A cell `<L` reaches a lower-is-better value t when L <= t, for then it is proven (A-02). `<L` never proves a
        higher-is-better value. Not reported and not applicable cells reach nothing.

    Examples
    --------
    >>> reaches([4.0, 5.0, 5.0], [0, 1, 2], 5.0)
    array([ True,  True, False])
    """
    kinds = np.asarray(states)
    measured = kinds == CellState.MEASURED
    if cleaner_end(better) == "higher":
        return np.asarray(measured & (np.asarray(values, dtype=float) >= threshold))
    told = measured | (kinds == CellState.BELOW_LIMIT)
    return np.asarray(told & (np.asarray(values, dtype=float) <= threshold))


def attainment_value(ordered: Floats, share: float) -> float:
    """Value that at least `share` of the plants reach, `ordered` from the best plant to the worst."""
    return float(ordered[needed(share, ordered.size) - 1])


def best_first(values: Floats, better: Better) -> Floats:
    """Order values from the cleanest to the dirtiest."""
    return np.sort(values) if better == "lower" else np.sort(values)[::-1]


def weighted_attainment_value(values: Floats, weights: Floats, share: float, better: Better) -> float:
    """
    Cleanest value that plants with at least `share` of the whole weight reach.

    Parameters
    ----------
    values, weights : arrays of shape (n_plants,)
        Weights are plants of the industry that each plant of the sample stands for.

    Raises
    ------
    DataError
        If a weight is negative or all are zero.
    """
    if weights.shape != values.shape or not np.all(weights >= 0) or not weights.sum() > 0:
        raise DataError(
            f"Weights must be one non-negative number per plant with a positive sum; got {weights.size} weights "
            f"for {values.size} plants, smallest {weights.min() if weights.size else float('nan'):g}."
        )
    order = np.argsort(values if better == "lower" else -values, kind="stable")
    reached = np.cumsum(weights[order])
    # Sums of weights such as 1/3 miss the share by rounding only: one unit in the last place is forgiven.
    wanted = share * reached[-1]
    place = int(np.argmax(reached >= wanted - np.spacing(reached[-1]) * values.size))
    return float(values[order][place])
