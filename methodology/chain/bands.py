"""How far a count would move with other plants: resamples, their middle, and the exact binomial interval."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from methodology.evaluation.exact import exact

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


def exact_binomial(counts: np.ndarray, plants: int, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """
    Exact binomial interval of each share.

    Examples
    --------
    >>> low, high = exact_binomial(np.array([0, 6]), 30, 0.95)
    >>> low.round(4), high.round(4)
    (array([0.    , 0.0771]), array([0.1157, 0.3857]))
    """
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    told = np.asarray(counts, dtype=float)
    low = np.where(told > 0, beta.ppf(tail, np.maximum(told, 1), plants - told + 1), 0.0)
    high = np.where(told < plants, beta.ppf(1 - tail, told + 1, np.maximum(plants - told, 1)), 1.0)
    return low.round(_DIGITS), high.round(_DIGITS)


def _exactly(tail: float) -> Fraction:
    """A tail without the binary dust of `(1 - confidence) / 2`."""
    return exact(float(f"{tail:.12g}"))
