"""One lower-is-better indicator with three round benchmark values, as often as a test wants it."""

from __future__ import annotations

import numpy as np

LADDER = np.array([[10.0, 20.0, 30.0]])
"""Benchmark values of one lower-is-better indicator."""


def ladder(count: int) -> np.ndarray:
    return np.repeat(LADDER, count, axis=0)
