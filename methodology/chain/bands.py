"""How far a count would move with other plants: resamples, their middle, and the exact binomial interval."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from methodology.evaluation.exact import exact

TAILS = tuple(4 * 0.8**k for k in range(7, 22))
"""
Parts of the tail of a single step that the tail of a whole curve is looked for among, the widest first.

None is above one: where every plant of a sample is at a level, or none, its resamples never leave that count and would
let any tail pass.
"""
_DIGITS = 9
"""Decimals of a limit that is computed and not counted."""


def drawn_counts(plants: int, resamples: int, seed: int) -> np.ndarray:
    """How often each plant stands in each resample, int array of shape (resamples, plants)."""
    streams = np.random.SeedSequence(seed).spawn(resamples)
    rows = [np.random.default_rng(stream).integers(0, plants, size=plants) for stream in streams]
    return np.stack([np.bincount(row, minlength=plants) for row in rows])


def middle(values: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Values of the resamples between which all but a `tail` on either side lies."""
    ordered, size = np.sort(values, axis=0), len(values)
    left = min(int(_exactly(tail) * size), size - 1)
    return ordered[left], ordered[size - 1 - left]


def around_curve(
    attained: np.ndarray, again: np.ndarray, plants: int, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """
    Simultaneous band of a curve of shares.

    Parameters
    ----------
    attained : int array of shape (steps,)
        Plants of the sample at each step.
    again : int array of shape (resamples, steps)
        The same of each resample, whose values are read anew.
    plants : int
        Of the sample, and of each resample.
    confidence : float
        Share of the resamples whose whole curve the band holds.

    Returns
    -------
    lower, upper : arrays of shape (steps,)
        Shares.

    Notes
    -----
    At each step the middle of the resamples joined with the exact binomial interval of the count [1]_, because
    resamples of a sample in which no plant is at a level have none either, and where all are they all are. Both stand
    at one tail, the widest with which the wanted share of the resamples lies within at every step at once, and never
    above that of a single step. As of plants drawn from an unlimited industry: of a small one it errs on the wide side.

    References
    ----------
    .. [1] Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404
    """
    ordered, single = np.sort(again, axis=0) / plants, (1 - confidence) / 2
    low, high = ordered[0], ordered[-1]
    for tail in (min(single * part, 0.49) for part in TAILS):
        place = min(int(_exactly(tail) * len(ordered)), len(ordered) - 1)
        below, above = exact_binomial(attained, plants, 1 - 2 * tail)
        low = np.minimum(ordered[place], below)
        high = np.maximum(ordered[len(ordered) - 1 - place], above)
        within = ((low <= again / plants) & (again / plants <= high)).all(axis=1)
        if within.mean() >= confidence:
            break
    return low, high


def exact_binomial(counts: np.ndarray, plants: int, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """
    Exact binomial interval of each share.

    Examples
    --------
    >>> low, high = exact_binomial(np.array([0, 6]), 30, 0.95)
    >>> low.round(4), high.round(4)
    (array([0.    , 0.0771]), array([0.1157, 0.3857]))
    """
    from scipy.special import betaincinv  # what scipy.stats asks, which takes a second to import

    tail = (1 - confidence) / 2
    told = np.asarray(counts, dtype=float)
    low = np.where(told > 0, betaincinv(np.maximum(told, 1), plants - told + 1, tail), 0.0)
    high = np.where(told < plants, betaincinv(told + 1, np.maximum(plants - told, 1), 1 - tail), 1.0)
    return low.round(_DIGITS), high.round(_DIGITS)


def _exactly(tail: float) -> Fraction:
    """A tail without the binary dust of `(1 - confidence) / 2`."""
    return exact(float(f"{tail:.12g}"))
