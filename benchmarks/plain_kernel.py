"""The reference of `simulation.py`: what a plain kernel in float32 reaches, plants innermost and weights broadcast.

It draws with numpy's fastest generator in blocks, decides in float32 what lies at the cut, knows neither patterns of
applicability nor ties, and counts nothing but levels: less than `simulate_levels` does, as fast as it can be written
without a change of algorithm. A failed limiting indicator weighs more than everything that may be failed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

BLOCK = 256
"""Draws whose random numbers are made at once, and stay in the cache until they are used."""


@njit(nogil=True, cache=True, error_model="numpy")
def _count(
    values: np.ndarray,
    limits: np.ndarray,
    weights: np.ndarray,
    stops: np.ndarray,
    spare: float,
    counts: np.ndarray,
) -> None:
    """Add the levels of all plants to `counts` (3, n_plants); values (m, n_plants), limits (draws, 3, m)."""
    m, plants = values.shape
    lost = np.empty((3, plants), np.float32)
    nothing = np.float32(0)
    room = np.float32(spare)
    for draw in range(limits.shape[0]):
        lost[:] = nothing
        for j in range(m):
            first, second, third = limits[draw, 0, j], limits[draw, 1, j], limits[draw, 2, j]
            weight = stops[j] if stops[j] > 0 else weights[draw, j]
            for plant in range(plants):
                value = values[j, plant]
                lost[0, plant] += nothing if value <= first else weight
                lost[1, plant] += nothing if value <= second else weight
                lost[2, plant] += nothing if value <= third else np.float32(1)
        for plant in range(plants):
            one = np.int32(lost[0, plant] <= room)
            two = np.int32(lost[1, plant] <= room)
            three = np.int32(lost[2, plant] == nothing)
            counts[0, plant] += one
            counts[1, plant] += two & ~one
            counts[2, plant] += three & ~(one | two)


def plain_counts(
    values: np.ndarray,
    thresholds: np.ndarray,
    weights: np.ndarray,
    limiting: np.ndarray,
    *,
    draws: int,
    concentration: float,
    noise: float,
    cut: float,
    seed: int,
) -> np.ndarray:
    """Counts of I, II, III, none over draws, lower values being cleaner; int64 (n_plants, 4)."""
    rng = np.random.Generator(np.random.SFC64(seed))
    by_indicator = np.ascontiguousarray(values.T, dtype=np.float32)
    stops = np.where(limiting, np.float32(2), np.float32(0))
    centre = thresholds.T.astype(np.float32)
    spread = noise * np.abs(centre)
    shapes = (concentration * weights).astype(np.float32)
    counts = np.zeros((3, len(values)), np.int32)
    for start in range(0, draws, BLOCK):
        size = min(BLOCK, draws - start)
        drawn = np.stack([rng.standard_gamma(shape, size, dtype=np.float32) for shape in shapes], axis=1)
        drawn /= drawn.sum(axis=1, keepdims=True)
        limits = rng.standard_normal((size, *centre.shape), dtype=np.float32)
        limits *= spread
        limits += centre
        np.maximum.accumulate(limits, axis=1, out=limits)
        _count(by_indicator, limits, drawn, stops, 1 - cut, counts)
    return np.column_stack([counts.T.astype(np.int64), draws - counts.sum(axis=0)])
