"""Bootstrap of ratios of means: all resamples as one matrix product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from methodology.arguments import real_number, whole_number
from methodology.errors import MethodError
from methodology.sensitivity.seeds import Seed, generator


@dataclass(frozen=True)
class Resampling:
    """
    Resamples behind an interval, and its confidence.

    Raises
    ------
    MethodError
        If either has no meaning.
    """

    resamples: int = 100
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Refuse fewer than two resamples, and a confidence outside (0, 1)."""
        whole_number(self.resamples, "resamples", least=2)
        if not 0 < real_number(self.confidence, "confidence") < 1:
            raise MethodError(f"`confidence` is {self.confidence}; an interval has one inside (0, 1).")


def resample_counts(n: int, resamples: int, seed: Seed) -> np.ndarray:
    """
    How often each of `n` rows is taken: once each in row 0, then at random with replacement.

    Returns
    -------
    float array of shape (resamples + 1, n)
        Every row sums to `n`.
    """
    rng = generator(seed, 1)
    counts = np.ones((resamples + 1, n))
    for row in range(1, resamples + 1):
        counts[row] = np.bincount(rng.integers(0, n, n, dtype=np.int32), minlength=n)
    return counts


def with_interval(replicates: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Estimate, lower and upper end from an estimate (row 0) and its resamples, shape (resamples + 1, k).

    Notes
    -----
    Normal interval with the standard deviation of the resamples, which needs fewer of them than percentiles do.
    """
    from scipy.special import ndtri

    reach = ndtri(0.5 + confidence / 2) * replicates[1:].std(axis=0, ddof=1)
    return replicates[0], replicates[0] - reach, replicates[0] + reach
