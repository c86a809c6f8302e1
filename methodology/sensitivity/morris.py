"""Elementary effects: a cheap first look at many factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.sensitivity.arguments import whole_number
from methodology.sensitivity.factors import Factors, Model, run_model, scaled
from methodology.sensitivity.resampling import check_resampling, resample_counts, with_interval
from methodology.sensitivity.seeds import Seed, generator

_END = 0.01
"""Outermost probability of the grid: a distribution may have no finite end."""


def morris_effects(
    model: Model,
    factors: Mapping[str, Any],
    *,
    n: int,
    seed: Seed,
    levels: int = 4,
    resamples: int = 100,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """
    Elementary effects of each factor over `n` random trajectories.

    Parameters
    ----------
    model : callable
        Maps an array of shape (n, d) to one of shape (n,).
    factors : mapping of str to a scipy.stats distribution
        Independent; effects are per unit of probability, so factors of any unit compare.
    n : int
        Trajectories, at least 2; the model is run n * (d + 1) times.
    seed : int, SeedSequence or Generator
        Root of the trajectories and the resamples.
    levels : int
        Even number of equally spaced probabilities a factor can take, from 1 % to 99 %.
    resamples, confidence
        Of the interval of `mu_star`.

    Returns
    -------
    DataFrame indexed by factor
        Columns mu (mean effect), mu_star (mean absolute effect), mu_star_lower, mu_star_upper, sigma (standard
        deviation of the effects: 0 where a factor acts linearly and alone).

    Raises
    ------
    MethodError
        If the model returns a NaN or an infinite number, or an argument is out of range.

    Notes
    -----
    Steps of p / (2 (p - 1)) of the range on p levels [1]_; mu_star after [2]_. Rests on A-61 and A-64.

    References
    ----------
    .. [1] Morris (1991), doi:10.1080/00401706.1991.10484804
    .. [2] Campolongo, Cariboni and Saltelli (2007), doi:10.1016/j.envsoft.2006.10.004

    Examples
    --------
    >>> from scipy.stats import uniform
    >>> effects = morris_effects(lambda x: 3 * x[:, 0] - x[:, 1], {"a": uniform(), "b": uniform()}, n=8, seed=1)
    >>> effects[["mu", "mu_star", "sigma"]].round(6).values.tolist()
    [[3.0, 3.0, 0.0], [-1.0, 1.0, 0.0]]
    """
    check_resampling(resamples, confidence)
    space = Factors.of(factors, None)
    size = whole_number(n, "n", least=2)
    if whole_number(levels, "levels", least=2) % 2:
        raise MethodError(f"`levels` is {levels}; give an even number of levels.")
    starts, orders, step = _trajectories(size, len(space.names), int(levels), seed)
    effects, power = _effects(model, space, starts, orders, step)
    spread = resample_counts(size, resamples, seed) @ np.abs(effects) / size
    star, lower, upper = with_interval(spread, confidence)
    columns = {
        "mu": effects.mean(axis=0),
        "mu_star": star,
        "mu_star_lower": lower,
        "mu_star_upper": upper,
        "sigma": effects.std(axis=0, ddof=1),
    }
    return pd.DataFrame(
        {name: np.ldexp(column, power) for name, column in columns.items()},
        index=pd.Index(space.names, name="factor"),
    )


def _trajectories(n: int, d: int, levels: int, seed: Seed) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starting points and orders of shape (n, d), and steps with their sign, of shape (n, d)."""
    rng = generator(seed, 4)
    half = levels // 2
    spacing = (1 - 2 * _END) / (levels - 1)
    lows = rng.integers(0, half, (n, d))
    down = rng.integers(0, 2, (n, d))
    starts = _END + (lows + down * half) * spacing
    orders = rng.permuted(np.tile(np.arange(d), (n, 1)), axis=1)
    return starts, orders, (1 - 2 * down) * (half * spacing)


def _effects(
    model: Model, space: Factors, starts: np.ndarray, orders: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, int]:
    """Elementary effects of shape (n, d) over a power of two, and its exponent."""
    rows = np.arange(len(starts))
    points = starts.copy()
    runs = [run_model(model, space.values(points), space.names, "the starting points", None)]
    for turn in range(starts.shape[1]):
        points[rows, orders[:, turn]] += step[rows, orders[:, turn]]
        place = f"step {turn + 1} of the trajectories"
        runs.append(run_model(model, space.values(points), space.names, place, None))
    path, powers = scaled(*runs)
    effects = np.empty(starts.shape)
    for turn in range(starts.shape[1]):
        moved = orders[:, turn]
        effects[rows, moved] = (path[turn + 1] - path[turn])[:, 0] / step[rows, moved]
    return effects, int(powers[0])
