"""Benchmark values of a sample whose plants stand for different numbers of plants of the industry."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor

import numpy as np
import pandas as pd

from methodology.arguments import Floats
from methodology.errors import DataError, ParameterError
from methodology.indicators import Sample
from methodology.indicators.display import fixed
from methodology.thresholds.indicator_sample import Readings
from methodology.thresholds.level_intervals import LevelInterval, on_scale
from methodology.thresholds.order_statistics import rank_interval
from methodology.thresholds.quantiles import weighted_attainment_value

METHOD = "effective-ranks"


def effective_plants(weights: Floats) -> float:
    """
    Number of equally weighted plants that carry as much information, after Kish.

    References
    ----------
    .. [1] Kish (1965), Survey Sampling, section 8.2

    Examples
    --------
    >>> effective_plants(np.array([1.0, 1.0, 1.0, 3.0]))
    3.0
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def plant_weights(sample: Sample, weights: pd.Series, method: str) -> Floats:
    """
    Weights in the order of the plants, checked.

    Raises
    ------
    DataError
        If a plant has no weight or a weight is not positive.
    ParameterError
        If a method other than "attainment" is asked for.
    """
    if method != "attainment":
        raise ParameterError(
            f"method {method!r} does not take plant weights; use 'attainment', or leave the weights out."
        )
    given = weights.reindex(sample.plants).astype(float)
    without = given.index[~(given > 0)]
    if len(without):
        raise DataError(
            f"{len(without)} of {len(given)} plants have no positive weight ({', '.join(map(str, without[:5]))}). "
            "Every plant of the sample stands for at least itself: complete the register or the stratum."
        )
    return np.asarray(given, dtype=float)


def weighted_levels(
    readings: Readings, weights: Floats, shares: Mapping[str, float], confidence: float
) -> tuple[dict[str, float], dict[str, LevelInterval]]:
    """
    Weighted attainment values of one indicator, and their approximate limits.

    Parameters
    ----------
    readings : Readings
    weights : array of shape (n_plants,)
        One weight per plant of the sample.

    Returns
    -------
    values, intervals : dicts by level
        Limits are the order statistics of the effective number of plants, read off the weighted distribution: exact
        for equal weights, approximate otherwise (A-18).
    """
    values, intervals = {}, {}
    for level, share in shares.items():
        judged = readings.at(level)
        mass = weights[judged.places]
        effective = effective_plants(mass)
        # Never more plants than there are; equal weights give the whole number back but for rounding.
        plants = max(1, floor(round(effective, 9)))
        values[level] = judged.sign * weighted_attainment_value(judged.dirtiest, mass, share, "lower")
        ranks = rank_interval(plants, share, confidence=confidence)
        found = [
            np.nan if rank is None else weighted_attainment_value(merits, mass, rank / plants, "lower")
            for rank, merits in ((ranks.strict, judged.cleanest), (ranks.loose, judged.dirtiest))
        ]
        told = f"weighted: effective n = {fixed(effective, 1)}, confidence approximate"
        intervals[level] = on_scale(judged, found, plants, ranks.confidence, METHOD, (told,))
    return values, intervals
