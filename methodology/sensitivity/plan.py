"""Inputs of a simulation in the form that compiled code reads, prepared once, and the room each thread writes to."""

from __future__ import annotations

import math
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
from methodology.sensitivity.sizes import referred_to, relative_noise, sizes_of_noise

if TYPE_CHECKING:
    from methodology.sensitivity import kernel
    from methodology.sensitivity.kernel import Scratch
    from methodology.sensitivity.random_streams import CutLaws


_LINE = 64
"""Bytes of one line of the cache."""


def aligned(shape: tuple[int, ...], kind: npt.DTypeLike) -> np.ndarray:
    """Room that begins where a line of the cache does: a vector across two lines is loaded twice."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    room = np.empty(size + _LINE, np.uint8)
    first = -room.ctypes.data % _LINE
    return room[first : first + size].view(kind).reshape(shape)


def empty_scratch(groups: np.ndarray, costs: np.ndarray, kind: np.dtype, *, complete: bool) -> Scratch:
    """Room for indicators in `groups` with ranks of `kind`; `costs` as in `Rule`, `complete` as in `Weighting`."""
    from methodology.sensitivity.kernel import BLOCK, BLOCKS, FULL, LANES, TILE, Scratch

    m, terms = groups.size, costs.size
    drawn = aligned((m, LANES), float)
    table = aligned((BLOCKS, terms, 2, BLOCK), kind)
    table[:, :, 1] = np.where(costs == m, np.array(FULL).astype(kind), 0)[:, None]
    table[:, -1, 0] = 0
    return Scratch(
        drawn=drawn,
        weights=drawn if complete else aligned((m, LANES), float),
        sums=aligned((2, groups.max() + 1, LANES), float),
        scales=aligned((LANES,), float),
        table=table.reshape(BLOCKS, -1),
        lowest=np.zeros((4, m), kind),
        middle=np.zeros((4, m), kind),
        bars=np.full((4, m), np.iinfo(kind).max, kind),
        places=np.zeros((TILE, 3, 2 * m + 4), np.uint32),
        ranks=np.zeros((TILE, 3, 2 * m + 4), kind),
        lengths=np.zeros((TILE, 3), np.int32),
        lost=aligned((BLOCK,), np.uint16),
        flags=aligned((TILE + 3, BLOCK), np.int16),
        held=np.zeros(TILE, np.int64),
    )


@dataclass(frozen=True)
class Room:
    """What one thread writes to again and again; streams and scratch as plain tuples, see `kernel.count_chunk`."""

    streams: tuple[np.ndarray, ...]
    scratch: tuple[np.ndarray, ...]
    drawn: np.ndarray
    cuts: np.ndarray
    totals: np.ndarray
    limits: np.ndarray

    @classmethod
    def of(cls, plan: Plan) -> Room:
        """Room for chunks of `plan`."""
        from methodology.sensitivity.kernel import BLOCK, BLOCKS, LANES
        from methodology.sensitivity.random_streams import empty_streams

        m = plan.inputs.shape[1]
        kind = np.dtype(np.int16) if plan.laws is None else plan.laws.ranks.dtype
        complete = bool(plan.inputs.applicable.all())
        scratch = empty_scratch(plan.inputs.groups, plan.rule[0], kind, complete=complete)
        return cls(
            tuple(empty_streams(LANES)),
            tuple(scratch),
            scratch.drawn,
            aligned((3 * m, LANES), kind),
            aligned((3, BLOCKS, BLOCK), kind if len(plan.inputs.values) < np.iinfo(kind).max else np.int32),
            np.empty((3, m, LANES) if plan.laws is None else (0, 0, 0)),
        )


_MOST_INDICATORS = 1000
"""Roundings of more weights could overflow a 16-bit sum."""
_LEAST_CONCENTRATION = 0.5
"""Below it every gamma of a draw may underflow, and one indicator takes all the weight anyway."""
_BY_PATTERN = ("masks", "spare", "rounded", "grid", "parts", "wholes")
_EXACT = 2**52
"""Whole numbers and their sums stay exact in float64 up to here, with room for one doubling."""
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


def _dirichlet_shapes(weights: np.ndarray, concentration: float | None) -> np.ndarray:
    if concentration is None or np.isposinf(real_number(concentration, "weight_concentration")):
        return np.zeros(0)
    if not concentration >= _LEAST_CONCENTRATION:
        raise MethodError(
            f"`weight_concentration` is {concentration}; give at least {_LEAST_CONCENTRATION}, "
            "or None to keep the weights fixed."
        )
    return concentration * weights / weights.sum()


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
