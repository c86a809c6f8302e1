"""What one simulation does in every chunk of draws: prepared once, run on any thread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from methodology.errors import MethodError
from methodology.sensitivity.arguments import real_number
from methodology.sensitivity.inputs import LevelInputs
from methodology.sensitivity.ranks import RankLaws, rank_laws
from methodology.sensitivity.sizes import referred_to, relative_noise, sizes_of_noise
from methodology.sensitivity.whole import WholeWeights, whole_weights

if TYPE_CHECKING:
    from methodology.sensitivity import kernel

_BLOCKS = 4
"""Blocks of draws in one chunk, the unit that has a stream of its own."""
_MOST_INDICATORS = 1000
"""Roundings of more weights could overflow a 16-bit sum."""
_LEAST_CONCENTRATION = 0.5
"""Below it every gamma of a draw may underflow, and one indicator takes all the weight anyway."""


@dataclass(frozen=True)
class Plan:
    """
    Inputs of a simulation in the form the compiled count reads.

    Attributes
    ----------
    inputs : LevelInputs
    laws : RankLaws or None
        None when values are measured anew in every draw.
    whole : WholeWeights
    shapes : float array of shape (n_indicators,) or None
        Dirichlet parameters; None keeps weights fixed.
    threshold_deviations : float array of shape (n_indicators, 3)
    value_deviations : float array of shape (n_plants, n_indicators)
    central : bool
    """

    inputs: LevelInputs
    laws: RankLaws | None
    whole: WholeWeights
    shapes: np.ndarray | None
    threshold_deviations: np.ndarray
    value_deviations: np.ndarray
    central: bool

    @classmethod
    def of(
        cls,
        inputs: LevelInputs,
        weight_concentration: float | None,
        threshold_cv: npt.ArrayLike | None,
        measurement_cv: npt.ArrayLike | None,
        *,
        central: bool,
        noise_sizes: npt.ArrayLike | None = None,
    ) -> Plan:
        """Prepare a simulation; see `simulate_levels` for the meaning and the errors."""
        m = inputs.shape[1]
        if m > _MOST_INDICATORS:
            raise MethodError(f"{m} indicators are more than the {_MOST_INDICATORS} that can be simulated.")
        noise = relative_noise(threshold_cv, (m, 3), "threshold_cv")
        error = relative_noise(measurement_cv, (m,), "measurement_cv")
        measured = error.any()
        size = referred_to(noise_sizes, m)
        deviations = sizes_of_noise(inputs.thresholds, noise, size[:, None])
        return cls(
            inputs,
            None if measured else rank_laws(inputs, deviations),
            whole_weights(inputs.weights, inputs.groups, inputs.applicable),
            _dirichlet_shapes(inputs.weights, weight_concentration),
            deviations,
            sizes_of_noise(inputs.values, error, size) if measured else np.zeros((0, m)),
            central,
        )

    @property
    def chunk(self) -> int:
        """Draws in one chunk."""
        from methodology.sensitivity.kernel import LANES

        return _BLOCKS * LANES

    @cached_property
    def rule(self) -> kernel.Rule:
        """What each level asks for, for the compiled count."""
        from methodology.sensitivity import kernel

        cuts = self.inputs.cuts
        counting = np.flatnonzero(self.inputs.weights > 0)
        limiting = np.flatnonzero(self.inputs.limiting)
        every = [counting if cut >= 1 else counting[:0] for cut in cuts]
        rest = np.arange(self.inputs.shape[1] if self.inputs.level_one == "limiting-and-rest-at-two" else 0)
        lists = [np.union1d(limiting, every[0]), np.union1d(limiting, every[1]), every[2], rest]
        return kernel.Rule(
            shares=np.array([float(cut) for cut in cuts]),
            spare=np.array([float((1 - cut) * kernel.GRID) for cut in cuts]),
            scored=np.array([cut < 1 for cut in cuts]),
            must=np.concatenate(lists).astype(np.intp),
            bounds=np.cumsum([0, *map(len, lists)]),
            nested=cuts[0] >= cuts[1],
        )

    @cached_property
    def weighting(self) -> kernel.Weighting:
        """Weights and patterns of applicability for the compiled count, without the drawn weights."""
        from methodology.sensitivity import kernel

        order = np.argsort(self.whole.pattern, kind="stable")
        needed = np.stack([self.whole.needed(cut) for cut in self.inputs.cuts], axis=1).astype(float)
        return kernel.Weighting(
            drawn=np.zeros((0, self.inputs.shape[1], kernel.LANES)),
            groups=self.inputs.groups,
            masks=self.whole.masks,
            parts=self.whole.parts.astype(float),
            wholes=needed if self.shapes is None else np.zeros_like(needed),
            order=order,
            starts=np.searchsorted(self.whole.pattern[order], np.arange(len(self.whole.masks) + 1)),
        )


@dataclass
class Sums:
    """Whole-number sums over draws, equal in whatever order chunks are added."""

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
        return np.column_stack([self.counts, draws - self.counts.sum(axis=1)])

    def centres_over(self, draws: int) -> np.ndarray:
        """Mean drawn weights at each level, NaN where a plant never is; float (n_plants, 4, n_indicators)."""
        none = self.base - self.centres.sum(axis=1)
        sums = np.concatenate([self.centres, none[:, None, :]], axis=1).astype(float)
        sums[self.level_counts(draws) == 0] = np.nan
        return sums / np.where(np.isnan(sums), np.nan, sums).sum(axis=2, keepdims=True)


def run_chunk(plan: Plan, seed: np.random.SeedSequence, live: int, sums: Sums) -> None:
    """Draw one chunk from its own stream and add the levels of its first `live` draws to `sums`."""
    from methodology.sensitivity import kernel, streams
    from methodology.sensitivity.kernel import LANES

    state = streams.state_of(seed)
    plants, m = plan.inputs.shape
    drawn = streams.draw_weights(state, plan.shapes, (_BLOCKS, m, LANES))
    totals = np.zeros((_BLOCKS, 3, LANES), np.int32)
    base = _base(plan, drawn, live) if plan.central else np.zeros((0, m, LANES), np.int16)
    tally = kernel.Tally(sums.counts, totals, sums.centres, base)
    grid = kernel.empty_grid(m)
    if plan.laws is None:
        _count_measured(plan, state, drawn, grid, live, tally)
    else:
        cuts = np.empty((_BLOCKS, 3, m, LANES), plan.laws.ranks.dtype)
        streams.fill_cuts(state, plan.laws.fixed, plan.laws.steps, plan.laws.guide, plan.laws.noisy, cuts)
        kernel.count_chunk(
            plan.laws.ranks, cuts, plan.weighting._replace(drawn=drawn), grid, plan.rule, live, tally
        )
    _add_shares(totals.transpose(1, 0, 2).reshape(3, -1)[:, :live], plants, sums)
    sums.base += base.sum(axis=(0, 2), dtype=np.int64) if plan.central else 0


def _count_measured(
    plan: Plan, state: np.ndarray, drawn: np.ndarray, grid: kernel.Grid, live: int, tally: kernel.Tally
) -> None:
    from methodology.sensitivity import kernel, streams
    from methodology.sensitivity.kernel import LANES

    inputs, scheme, rule = plan.inputs, plan.weighting._replace(drawn=drawn), plan.rule
    m = inputs.shape[1]
    thresholds = np.empty((_BLOCKS, 3, m, LANES))
    streams.fill_thresholds(state, inputs.thresholds, plan.threshold_deviations, thresholds)
    for block in range(-(-live // LANES)):
        for pattern in range(len(scheme.starts) - 1):
            rows = scheme.order[scheme.starts[pattern] : scheme.starts[pattern + 1]]
            reached = np.empty((rows.size, 3, m, LANES), np.int16)
            streams.fill_reached(
                state,
                inputs.values[rows],
                plan.value_deviations[rows],
                inputs.applicable[rows],
                thresholds[block],
                reached,
            )
            lanes = min(live - block * LANES, LANES)
            kernel.count_reached(reached, scheme, pattern, grid, rule, lanes, block, tally)


def _dirichlet_shapes(weights: np.ndarray, concentration: float | None) -> np.ndarray | None:
    if concentration is None or np.isposinf(real_number(concentration, "weight_concentration")):
        return None
    if not concentration >= _LEAST_CONCENTRATION:
        raise MethodError(
            f"`weight_concentration` is {concentration}; give at least {_LEAST_CONCENTRATION}, "
            "or None to keep the weights fixed."
        )
    return concentration * weights / weights.sum()


def _base(plan: Plan, drawn: np.ndarray, live: int) -> np.ndarray:
    """Drawn weights of the whole on the grid, 0 beyond the live draws; int16 (blocks, m, LANES)."""
    from methodology.sensitivity.kernel import GRID, LANES

    m = plan.inputs.shape[1]
    weights = drawn if drawn.size else np.broadcast_to(plan.inputs.weights[:, None], (_BLOCKS, m, LANES))
    base = np.rint(weights * (GRID / weights.sum(axis=1, keepdims=True))).astype(np.int16)
    alive = np.arange(_BLOCKS * LANES).reshape(_BLOCKS, 1, LANES) < live
    return base * alive


def _add_shares(totals: np.ndarray, plants: int, sums: Sums) -> None:
    """Histogram over draws of the number of plants at each level; `totals` (3, draws)."""
    for level, numbers in enumerate([*totals, plants - totals.sum(axis=0)]):
        sums.share_counts[:, level] += np.bincount(numbers, minlength=plants + 1)
