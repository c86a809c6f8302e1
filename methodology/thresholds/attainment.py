"""The attainment promise 达标率: the value enough of them reach."""

from __future__ import annotations

import numpy as np

from methodology.arguments import Better, Floats, needed
from methodology.errors import DataError


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
