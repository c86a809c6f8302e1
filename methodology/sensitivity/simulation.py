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
from methodology.errors import DataError, MethodError, raise_problems
from methodology.evaluation.attainment import disorder
from methodology.evaluation.decision import LEVEL_NAMES
from methodology.evaluation.level_arrays import LevelInputs, level_inputs
from methodology.sensitivity.plan import Noise, Plan, Room
from methodology.sensitivity.seeds import Seed, child, root

_BASE_GRID = 32_000
"""Sum of the weights of one draw when central weights are averaged in whole numbers."""


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


@dataclass
class Sums:
    """
    Whole-number sums over draws, equal in whatever order chunks are added.

    `counts` (n_plants, 3) and `centres` (n_plants, 3, n_indicators) over draws at I, at I or II, at III.
    """

    counts: np.ndarray
    share_counts: np.ndarray
    centres: np.ndarray
    base: np.ndarray

    @classmethod
    def empty(cls, plan: Plan) -> Sums:
        """Zeros for `plan`."""
        plants, m = plan.inputs.shape
        wide = m if plan.central else 0
        return cls(
            np.zeros((plants, 3), np.int64),
            np.zeros((plants + 1, 4), np.int64),
            np.zeros((plants if wide else 0, 3, wide), np.int64),
            np.zeros(wide, np.int64),
        )

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.counts + other.counts,
            self.share_counts + other.share_counts,
            self.centres + other.centres,
            self.base + other.base,
        )

    def level_counts(self, draws: int) -> np.ndarray:
        """Counts of I, II, III, none; int64 (n_plants, 4)."""
        one, two, three = self.counts.T
        return np.column_stack([one, two - one, three, draws - two - three])

    def centres_over(self, draws: int) -> np.ndarray:
        """Mean drawn weights at each level, NaN where a plant never is; float (n_plants, 4, n_indicators)."""
        one, two, three = self.centres.transpose(1, 0, 2)
        sums = np.stack([one, two - one, three, self.base - two - three], axis=1).astype(float)
        sums[self.level_counts(draws) == 0] = np.nan
        return sums / np.where(np.isnan(sums), np.nan, sums).sum(axis=2, keepdims=True)


def run_chunk(plan: Plan, number: int, live: int, room: Room, sums: Sums) -> None:
    """Draw chunk `number` from its own streams and add the levels of its first `live` draws to `sums`."""
    from methodology.sensitivity import kernel, random_streams

    random_streams.start_chunk(plan.key, number, room.streams, plan.shapes, room.drawn)
    base = _base(plan, room.drawn, live) if plan.central else np.zeros((0, kernel.LANES), np.int16)
    base = base.reshape(len(base), kernel.BLOCKS, kernel.BLOCK)
    room.totals[:] = 0
    if plan.laws is None:
        _count_measured(plan, live, room, sums, base)
    else:
        random_streams.fill_cuts(room.streams, plan.cuts, room.cuts)
        tally = (sums.counts, room.totals, sums.centres, base)
        kernel.count_chunk(plan.laws.ranks, room.cuts, plan.weighting, plan.rule, live, room.scratch, tally)
    kernel.add_shares(room.totals.reshape(3, -1), live, sums.share_counts)
    if plan.central:
        sums.base += base.sum(axis=(1, 2), dtype=np.int64)


def _count_measured(plan: Plan, live: int, room: Room, sums: Sums, base: np.ndarray) -> None:
    """Count plant by plant: what each reaches in each draw stands where the cuts do, against a rank of 0."""
    from methodology.sensitivity import kernel, random_streams

    inputs, noise = plan.inputs, np.empty(kernel.LANES)
    random_streams.fill_thresholds(room.streams, inputs.thresholds, plan.threshold_deviations, room.limits)
    for plant, weighting in enumerate(plan.weightings):
        values = np.array(np.broadcast_to(inputs.level_values[:, plant], (3, inputs.shape[1])))
        deviations = plan.value_deviations[plant]
        random_streams.fill_reached(room.streams, values, deviations, room.limits, noise, room.cuts)
        ranks = np.where(inputs.applicable[plant], 0, -1).astype(np.int16)[None, :]
        own = slice(plant, plant + 1)
        tally = (sums.counts[own], room.totals, sums.centres[own], base)
        kernel.count_chunk(ranks, room.cuts, weighting, plan.rule, live, room.scratch, tally)


def _base(plan: Plan, drawn: np.ndarray, live: int) -> np.ndarray:
    """Weights of the whole on a grid for averaging, 0 beyond the live draws; int16 (n_indicators, n_draws)."""
    weights = np.broadcast_to(plan.inputs.weights[:, None], drawn.shape) if plan.shapes.size == 0 else drawn
    base = np.rint(weights * (_BASE_GRID / weights.sum(axis=0))).astype(np.int16)
    base[:, live:] = 0
    return base


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def level_confidence(
    inputs: LevelInputs,
    simulation: LevelSimulation,
    *,
    draws: int,
    seed: Seed,
    threshold_cv: npt.ArrayLike | None = None,
    measurement_cv: npt.ArrayLike | None = None,
    noise_sizes: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """
    Confidence factors of levels: how sure a plant is of a level at the central weights of that level.

    Parameters
    ----------
    inputs : LevelInputs
        What `simulation` was made from.
    simulation : LevelSimulation
        From `simulate_levels(..., central_weights=True)`.
    draws, seed, threshold_cv, measurement_cv, noise_sizes
        Noise that remains once the weights are fixed, as in `simulate_levels`.

    Returns
    -------
    DataFrame indexed by plant
        Columns I, II, III, none: probabilities; NaN where no weights lead to the level.

    Raises
    ------
    MethodError
        If `simulation` holds no central weights.
    """
    if simulation.central_weights is None:
        raise MethodError("The simulation holds no central weights; run it with `central_weights=True`.")
    seeds = root(seed)
    table = np.full((inputs.shape[0], 4), np.nan)
    for plant, level in np.argwhere(simulation.level_counts > 0):
        alone = simulate_levels(
            inputs.values[[plant]],
            inputs.thresholds,
            simulation.central_weights[plant, level],
            groups=list(inputs.groups),
            limiting=inputs.limiting,
            applicable=inputs.applicable[[plant]],
            level_values=inputs.level_values[:, [plant]],
            level_one=inputs.rule.level_one,
            scores=list(inputs.rule.scores.values()),
            draws=draws,
            threshold_cv=threshold_cv,
            measurement_cv=measurement_cv,
            noise_sizes=noise_sizes,
            seed=child(seeds, 4 * plant + level),
            threads=1,
        )
        table[plant, level] = alone.probabilities[0, level]
    return pd.DataFrame(table, index=pd.Index(inputs.plants, name="plant"), columns=list(LEVEL_NAMES))
