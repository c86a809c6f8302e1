"""What one simulation does in every chunk of draws: prepared once, run on any thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from methodology.arguments import real_number
from methodology.errors import MethodError
from methodology.evaluation.level_arrays import LevelInputs
from methodology.evaluation.scoring import EffectiveWeights, patterns_of
from methodology.sensitivity.room import Room
from methodology.sensitivity.sizes import referred_to, relative_noise, sizes_of_noise

if TYPE_CHECKING:
    from methodology.sensitivity import kernel
    from methodology.sensitivity.random_streams import CutLaws

_MOST_INDICATORS = 1000
"""Roundings of more weights could overflow a 16-bit sum."""
_LEAST_CONCENTRATION = 0.5
"""Below it every gamma of a draw may underflow, and one indicator takes all the weight anyway."""
_BY_PATTERN = ("masks", "spare", "rounded", "grid", "parts", "wholes")
_EXACT = 2**52
"""Whole numbers and their sums stay exact in float64 up to here, with room for one doubling."""
_BASE_GRID = 32_000
"""Sum of the weights of one draw when central weights are averaged in whole numbers."""
_FEWEST_COLUMNS = 64


@dataclass(frozen=True)
class Noise:
    """
    What differs from draw to draw, as `simulate_levels` explains it.

    Attributes
    ----------
    weight_concentration, threshold_cv, measurement_cv, noise_sizes
        Of weights, thresholds and measured values.
    central_weights : bool
        Whether the drawn weights are averaged at each level.
    """

    weight_concentration: float | None = None
    threshold_cv: npt.ArrayLike | None = None
    measurement_cv: npt.ArrayLike | None = None
    noise_sizes: npt.ArrayLike | None = None
    central_weights: bool = False


@dataclass(frozen=True)
class Plan:
    """
    Inputs of a simulation in the form the compiled count reads.

    Attributes
    ----------
    inputs : LevelInputs
    laws : RankLaws or None
        None where plants are decided one by one: values measured anew in every draw, or others at each level.
    shapes : float array of shape (n_indicators,) or (0,)
        Dirichlet parameters; none keep weights fixed.
    threshold_deviations : float array of shape (n_indicators, 3)
    value_deviations : float array of shape (n_plants, n_indicators)
    rule, weighting, cuts : tuple
        `kernel.Rule`, `kernel.Weighting` and `streams.CutLaws` as plain tuples, see `kernel.count_chunk`.
    weightings : list of tuple
        The same for each plant alone, where there are no laws.
    key : uint64 array of shape (3,)
        Where the random streams start.
    central : bool
    """

    inputs: LevelInputs
    laws: RankLaws | None
    shapes: np.ndarray
    threshold_deviations: np.ndarray
    value_deviations: np.ndarray
    rule: tuple[Any, ...]
    weighting: tuple[Any, ...]
    cuts: tuple[np.ndarray, ...]
    weightings: list[tuple[Any, ...]]
    key: np.ndarray
    central: bool

    @classmethod
    def of(cls, inputs: LevelInputs, noise: Noise, seed: np.random.SeedSequence) -> Plan:
        """Prepare a simulation; see `simulate_levels` for the meaning and the errors."""
        from methodology.sensitivity.random_streams import key_of

        m = inputs.shape[1]
        if m > _MOST_INDICATORS:
            raise MethodError(f"{m} indicators are more than the {_MOST_INDICATORS} that can be simulated.")
        size = referred_to(noise.noise_sizes, m)
        moved = relative_noise(noise.threshold_cv, (m, 3), "threshold_cv")
        deviations = sizes_of_noise(inputs.thresholds, moved, size[:, None])
        error = relative_noise(noise.measurement_cv, (m,), "measurement_cv")
        apart = bool(error.any()) or len(inputs.level_values) > 1
        shapes = _dirichlet_shapes(inputs.weights, noise.weight_concentration)
        laws = None if apart else rank_laws(inputs, deviations)
        weighting = _weighting_of(inputs, drawn=shapes.size > 0)
        return cls(
            inputs,
            laws,
            shapes,
            deviations,
            sizes_of_noise(inputs.values, error, size) if apart else np.zeros((0, m)),
            tuple(_rule_of(inputs)),
            tuple(weighting),
            () if laws is None else tuple(laws.cuts),
            _alone(weighting) if apart else [],
            key_of(seed),
            noise.central_weights,
        )


def _rule_of(inputs: LevelInputs) -> kernel.Rule:
    """What each level asks for, as terms for the compiled count."""
    from methodology.sensitivity.kernel import Rule

    m, cuts, weighted = inputs.shape[1], inputs.cuts, inputs.weights > 0
    places = np.arange(m)
    costs = np.tile(np.where(weighted, places, m + 1), (4, 1))
    for level, cut in enumerate(cuts):
        costs[level, (inputs.limiting & (level < 2)) | (weighted & (cut >= 1))] = m
    costs[3] = m
    return Rule(
        costs=np.append(costs.ravel(), m + 1),
        shares=np.array([float(cut) for cut in cuts]),
        rest=inputs.rule.strict,
        nested=cuts[0] >= cuts[1],
    )


def _weighting_of(inputs: LevelInputs, *, drawn: bool) -> kernel.Weighting:
    """Patterns of applicability, and what may be lost of their weights on the 16-bit grid."""
    from methodology.sensitivity.kernel import FULL, Weighting

    m, scored = inputs.shape[1], np.array([cut < 1 for cut in inputs.cuts])
    if drawn:
        masks, pattern = patterns_of(inputs.applicable, inputs.weights > 0, inputs.plants)
        parts, needed = np.zeros(masks.shape), np.zeros((len(masks), 3))
        spare = np.tile([float(1 - cut) for cut in inputs.cuts], (len(masks), 1))
    else:
        effective = inputs.standing.weights
        masks, pattern = effective.patterns, effective.pattern
        parts, totals, needed = _as_floats(effective, inputs.rule.cuts)
        spare = np.where(scored, totals[:, None] - needed, 0.0)
    largest = spare.max(axis=1, keepdims=True)
    rounded = drawn | (largest[:, 0] >= FULL)
    room = FULL - 1 - 2 * (m + 4)  # what no sum of roundings can leave, see `kernel.hold_level`
    grid = np.where(rounded[:, None], room / np.maximum(largest, 1e-300), 1.0)
    order = np.argsort(pattern, kind="stable")
    return Weighting(
        groups=inputs.groups,
        masks=masks.astype(float),
        order=order,
        starts=np.searchsorted(pattern[order], np.arange(len(masks) + 1)),
        spare=np.rint(spare * grid).astype(np.int64),
        rounded=rounded,
        grid=grid[:, 0],
        parts=parts,
        wholes=needed,
        drawn=drawn,
        complete=bool(inputs.applicable.all()),
    )


def _as_floats(
    effective: EffectiveWeights, cuts: Sequence[Fraction]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole weights, their totals and the sums needed; too large for float64 they go on a grid, where sums may miss."""
    parts, totals = effective.whole.astype(object), effective.total.astype(object)
    needed = np.stack([effective.needed(cut) for cut in cuts], axis=1).astype(object)
    for row in np.flatnonzero(totals > _EXACT):
        parts[row] = [int(part) * _EXACT // totals[row] for part in parts[row]]
        totals[row] = sum(parts[row])
        needed[row] = [-(-totals[row] * c.numerator // (100 * c.denominator)) - len(parts[row]) for c in cuts]
    return parts.astype(float), totals.astype(float), needed.astype(float)


def _alone(weighting: kernel.Weighting) -> list[tuple[Any, ...]]:
    """The weighting of each plant alone, whose pattern is then the only one."""
    found: dict[int, tuple[Any, ...]] = {}
    for pattern, first in enumerate(weighting.starts[:-1]):
        own = slice(pattern, pattern + 1)
        parts = {name: getattr(weighting, name)[own] for name in _BY_PATTERN}
        alone = tuple(weighting._replace(order=np.zeros(1, np.intp), starts=np.array([0, 1]), **parts))
        found |= dict.fromkeys(weighting.order[first : weighting.starts[pattern + 1]].tolist(), alone)
    return [found[plant] for plant in range(len(found))]


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


def _dirichlet_shapes(weights: np.ndarray, concentration: float | None) -> np.ndarray:
    if concentration is None or np.isposinf(real_number(concentration, "weight_concentration")):
        return np.zeros(0)
    if not concentration >= _LEAST_CONCENTRATION:
        raise MethodError(
            f"`weight_concentration` is {concentration}; give at least {_LEAST_CONCENTRATION}, "
            "or None to keep the weights fixed."
        )
    return concentration * weights / weights.sum()


def _base(plan: Plan, drawn: np.ndarray, live: int) -> np.ndarray:
    """Weights of the whole on a grid for averaging, 0 beyond the live draws; int16 (n_indicators, n_draws)."""
    weights = np.broadcast_to(plan.inputs.weights[:, None], drawn.shape) if plan.shapes.size == 0 else drawn
    base = np.rint(weights * (_BASE_GRID / weights.sum(axis=0))).astype(np.int16)
    base[:, live:] = 0
    return base


@dataclass(frozen=True)
class RankLaws:
    """
    Ranks of plants, and the law of the number of plants each threshold lets through.

    Attributes
    ----------
    ranks : int16 or int32 array of shape (n_plants, n_indicators)
        How many plants are cleaner; the largest number of the type where nothing is reported; -1 where not applicable.
    cuts : CutLaws
        A threshold lets through whoever has a smaller rank than the cut drawn from these.
    """

    ranks: np.ndarray
    cuts: CutLaws


def rank_laws(inputs: LevelInputs, deviations: np.ndarray) -> RankLaws:
    """
    Rank the plants within each indicator, and find how noise on each threshold moves the last rank let through.

    Parameters
    ----------
    inputs : LevelInputs
        Values and thresholds.
    deviations : float array of shape (n_indicators, 3)
        Standard deviation of each threshold.

    Notes
    -----
    A plant with value x reaches g + s z, z standard normal, with probability Phi((g - x) / s). One uniform word per
    threshold and draw says how many plants are let through, by an alias table of these probabilities in whole parts
    of 2**32: the joint law over plants is that of the noisy threshold, to 2**-32, and cells without noise are exact.
    """
    from methodology.sensitivity.alias import fill_laws, rank_plants
    from methodology.sensitivity.random_streams import CutLaws

    plants, m = inputs.shape
    kind = np.int16 if plants < np.iinfo(np.int16).max else np.int32
    ranks = np.full((plants, m), np.iinfo(kind).max, dtype=kind)
    values = np.ascontiguousarray(inputs.values.T)
    order = np.argsort(values, axis=1)
    reported = np.zeros(m, np.intp)
    rank_plants(values, order, ranks, reported)
    ranks[~inputs.applicable] = -1
    noisy = np.argwhere(deviations.T > 0)
    bits = max(plants, _FEWEST_COLUMNS - 1).bit_length()
    fixed = np.empty((3, m), kind)
    tables = np.empty((len(noisy), 2**bits), np.uint64)
    ladders = np.take_along_axis(values, order, axis=1)
    scratch = np.empty((2, 2**bits), np.int64)
    fill_laws(ladders, reported, inputs.thresholds, deviations, fixed, tables, scratch)
    return RankLaws(ranks, CutLaws(fixed, noisy, tables))
