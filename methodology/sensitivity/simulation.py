"""Levels under drawn weights, noisy thresholds and measurement error: counted draw by draw."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from methodology.arguments import whole_number
from methodology.errors import DataError, raise_problems
from methodology.evaluation.attainment import disorder
from methodology.evaluation.decision import LEVEL_NAMES
from methodology.evaluation.level_arrays import level_inputs
from methodology.sensitivity.plan import Noise, Plan, Room, Sums, run_chunk
from methodology.sensitivity.seeds import Seed, root


@dataclass(frozen=True)
class LevelSimulation:
    """
    Levels of plants over all draws.

    Attributes
    ----------
    level_counts : int64 array of shape (n_plants, 4)
        Draws in which a plant is at I, II, III, none; each row sums to `draws`.
    draws : int
        Number of draws.
    share_counts : int64 array of shape (n_plants + 1, 4)
        Entry (k, level): draws in which exactly k plants are at the level; each column sums to `draws`.
    central_weights : float array of shape (n_plants, 4, n_indicators) or None
        Mean of the drawn weights over the draws that put a plant at a level; NaN where none does.
    """

    level_counts: np.ndarray
    draws: int
    share_counts: np.ndarray
    central_weights: np.ndarray | None = None

    @property
    def probabilities(self) -> np.ndarray:
        """Share of the draws at each level (level acceptability); float (n_plants, 4)."""
        return self.level_counts / self.draws

    @property
    def fragility(self) -> np.ndarray:
        """1 - probability of a plant's most frequent level; float (n_plants,)."""
        return 1 - self.probabilities.max(axis=1)

    def table(self, plants: Sequence[str] | None = None) -> pd.DataFrame:
        """Probabilities I, II, III, none and fragility, one row per plant, the most fragile first."""
        index = pd.Index(range(len(self.level_counts)) if plants is None else list(plants), name="plant")
        table = pd.DataFrame(self.probabilities, index=index, columns=list(LEVEL_NAMES))
        table["fragility"] = self.fragility
        return table.sort_values("fragility", ascending=False, kind="stable")

    def shares(self, probabilities: Sequence[float] = (0.05, 0.5, 0.95)) -> pd.DataFrame:
        """Distribution over draws of the share of plants at each level: its mean and quantiles, one row per level."""
        plants = len(self.share_counts) - 1
        steps = np.arange(plants + 1) / plants
        reached = np.cumsum(self.share_counts, axis=0)
        rows = {
            f"{share:g}": steps[(reached < share * self.draws).sum(axis=0).clip(max=plants)]
            for share in probabilities
        }
        return pd.DataFrame(
            {"mean": steps @ self.share_counts / self.draws, **rows},
            index=pd.Index(list(LEVEL_NAMES), name="level"),
        )


def simulate_levels(
    values: npt.ArrayLike,
    thresholds: npt.ArrayLike,
    weights: npt.ArrayLike,
    *,
    draws: int,
    seed: Seed,
    threads: int | None = None,
    **how: Any,
) -> LevelSimulation:
    """
    Count the level of every plant over draws of the weights, the thresholds and the measured values.

    Parameters
    ----------
    values : array of shape (n_plants, n_indicators)
        Measured values in the unit of each threshold; NaN where not reported: reaches nothing.
    thresholds : array of shape (n_indicators, 3)
        Benchmark values of I, II and III in this order, none looser than the next; NaN where one does not exist:
        nobody reaches it.
    weights : array of shape (n_indicators,)
        Weights of the whole, w_i * w_ij; sum 1.
    draws : int
        Number of draws.
    seed : int, SeedSequence or Generator
        The same seed gives the same counts, whatever `threads` is.
    threads : int, optional
        Threads to use; None takes every processor the process may use.
    better : {"lower", "higher"} or sequence of them
        Cleaner end of each indicator; lower unless stated.
    groups : sequence of length n_indicators, optional
        Group of each indicator; None puts all in one.
    limiting : bool mask or positions, optional
        Limiting indicators; positions name each one once.
    weight_concentration : float, optional
        Weights are drawn from Dirichlet(concentration * weights); the number of indicators with equal weights is the
        uniform law on the simplex. None or infinity keeps them fixed.
    threshold_cv : float, or array (n_indicators,) or (n_indicators, 3), optional
        Standard deviation of independent normal noise on each threshold, relative to its value.
    applicable : bool array of shape (n_plants, n_indicators), optional
        False where an indicator does not apply; its weight goes to its group, a whole group's to the other groups.
    measurement_cv : float or array of shape (n_indicators,), optional
        Standard deviation of independent normal error of each measured value, relative to it.
    noise_sizes : array of shape (n_indicators,), optional
        What both are relative to instead of each number, e.g. where an indicator changes its sign; NaN for the number
        itself.
    level_values : array of shape (3, n_plants, n_indicators), optional
        What I, II and III judge instead of `values`, where a correction is granted at some levels only; noise stays
        relative to `values`.
    level_one : {"limiting", "limiting-and-rest-at-two"}, optional
        Reading of Level I; None takes the rule's.
    cut : float, optional
        Score that Levels I and II ask for, in points; None takes the rule's.
    scores : sequence of three floats, optional
        Scores that I, II and III ask for, in points, where they are not one cut and 100; instead of `cut`.
    central_weights : bool
        Also average the drawn weights at each level.
    **how
        Of these, by name: fields of `Noise`, and of `methodology.evaluation.level_arrays.Conventions`.

    Returns
    -------
    LevelSimulation
        `level_counts` (n_plants, 4), probabilities, distribution of the shares.

    Raises
    ------
    DataError
        All faults of the arrays at once.
    MethodError
        If a number of draws or threads, a concentration, a seed, a cut or a reading cannot be used.

    Notes
    -----
    Reaching is cumulative in every draw: whoever reaches the drawn value of I reaches II and III. Without noise the
    counts are those of the exact evaluation. Rests on A-54 to A-59.

    Examples
    --------
    A plant at the threshold itself keeps Level I in half of the draws:

    >>> result = simulate_levels([[10.0]], [[10, 20, 30]], [1.0], draws=4000, threshold_cv=0.05, seed=1)
    >>> result.probabilities.round(1)
    array([[0.5, 0.5, 0. , 0. ]])
    """
    noise = Noise(**{name: how.pop(name) for name in list(how) if name in Noise.__dataclass_fields__})
    inputs = level_inputs(values, thresholds, weights, **how)
    faults = disorder(np.asarray(thresholds, dtype=float).T, inputs.signs, inputs.indicators)
    raise_problems(DataError, "The benchmark values contradict each other.", faults)
    count = whole_number(draws, "draws")
    workers = _processors() if threads is None else whole_number(threads, "threads")
    plan = Plan.of(inputs, noise, root(seed))
    sums = _run(plan, count, workers)
    return LevelSimulation(
        sums.level_counts(count),
        count,
        sums.share_counts,
        sums.centres_over(count) if noise.central_weights else None,
    )


def _run(plan: Plan, draws: int, workers: int) -> Sums:
    """Chunks dealt out to threads; each chunk has a stream of its own and sums are whole numbers."""
    from methodology.sensitivity.kernel import LANES

    chunks = -(-draws // LANES)
    workers = min(workers, chunks)

    def work(numbers: Iterable[int]) -> Sums:
        sums, room = Sums.empty(plan), Room.of(plan)
        for number in numbers:
            run_chunk(plan, number, min(draws - number * LANES, LANES), room, sums)
        return sums

    if workers == 1:
        return work(range(chunks))
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(work, [range(first, chunks, workers) for first in range(workers)]))
    return sum(parts[1:], parts[0])


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
