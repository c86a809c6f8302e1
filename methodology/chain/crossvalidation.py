"""Attainment among plants that did not calibrate the values they are judged by."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from methodology.chain.common_share import common_shares
from methodology.chain.sorted_sample import Spread
from methodology.errors import ParameterError
from methodology.indicators import LEVELS


def cross_validated(
    spread: Spread, targets: tuple[Fraction, Fraction, Fraction], *, folds: int, seed: int
) -> dict[str, float]:
    """
    Share of left-out plants that the whole standard puts at each level or better.

    Parameters
    ----------
    folds : int
        Parts of the sample; each is judged once by values calibrated on the others. At most one plant per fold.
    seed : int
        Shuffles plants into folds.

    Returns
    -------
    dict
        Level -> share of all plants; empty for a single plant, which nobody else can calibrate.

    Raises
    ------
    ParameterError
        If fewer than two folds are asked for.

    Notes
    -----
    Every fold is calibrated by the common marginal share, as the whole sample is.
    """
    if folds < 2 or folds != int(folds):
        raise ParameterError(f"folds is {folds}; a plant can be left out of its calibration with 2 or more.")
    if spread.plants < 2:
        return {}
    order = np.random.default_rng(seed).permutation(spread.plants)
    there = np.zeros((3, spread.plants), dtype=bool)
    for part in np.array_split(order, min(folds, spread.plants)):
        rest = np.setdiff1d(order, part)
        limits = common_shares(spread.subset(rest), targets).limits
        judged = spread.subset(part)
        for row in range(3):
            there[row, part] = judged.at_or_better(row, limits)
    return {str(level): float(there[row].mean()) for row, level in enumerate(LEVELS)}
