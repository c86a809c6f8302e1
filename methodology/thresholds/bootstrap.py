"""Bootstrap limits of the Harrell-Davis value: shown beside the others to show that they do not hold."""

from __future__ import annotations

import numpy as np

from methodology.arguments import Floats, count
from methodology.errors import DataError
from methodology.thresholds.quantiles import harrell_davis_weights


def bootstrap_limits(
    rising: Floats, share: float, error: float, method: str, *, resamples: int, seed: int
) -> tuple[float, float]:
    """
    Percentile or BCa limits of the Harrell-Davis value.

    Parameters
    ----------
    rising : array of shape (n_plants,)
        Smallest value first; mirrored by the caller where higher is better.
    error : float
        Probability given up on each side.
    method : {"bootstrap-percentile", "bootstrap-bca"}

    Returns
    -------
    lower, upper : float

    Raises
    ------
    DataError
        If fewer than 3 values are given.

    References
    ----------
    .. [1] Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 13 and 14,
       doi:10.1201/9780429246593
    """
    if rising.size < 3:
        raise DataError(f"{rising.size} values are given; a bootstrap needs at least 3.")
    rng = np.random.default_rng(count("seed", seed, least=0))
    draws = np.sort(rng.choice(rising, size=(count("resamples", resamples), rising.size)), axis=1)
    estimates = np.sort(draws @ harrell_davis_weights(rising.size, share))
    places = np.array([error, 1 - error])
    if method == "bootstrap-bca":
        places = bca_places(rising, share, estimates, places)
    lower, upper = np.quantile(estimates, places)
    return float(lower), float(upper)


def bca_places(rising: Floats, share: float, estimates: Floats, places: Floats) -> Floats:
    """Probabilities that replace `places` after correcting for bias and acceleration."""
    from scipy.special import ndtr, ndtri

    n = rising.size
    found = rising @ harrell_davis_weights(n, share)
    # Ties count half; a share of 0 or 1 would send the bias to infinity.
    below = (np.searchsorted(estimates, found, "left") + np.searchsorted(estimates, found, "right")) / 2
    bias = ndtri(np.clip(below, 0.5, estimates.size - 0.5) / estimates.size)
    weights = harrell_davis_weights(n - 1, share)
    # Leaving plant i out: the ones before keep their weight, the ones after move up by one.
    before = np.concatenate([[0.0], np.cumsum(weights * rising[:-1])])
    after = np.concatenate([np.cumsum((weights * rising[1:])[::-1])[::-1], [0.0]])
    left_out = before + after
    gaps = left_out.mean() - left_out
    spread = (gaps**2).sum() ** 1.5
    acceleration = (gaps**3).sum() / (6 * spread) if spread > 0 else 0.0
    z = bias + ndtri(places)
    return np.asarray(ndtr(bias + z / (1 - acceleration * z)))
