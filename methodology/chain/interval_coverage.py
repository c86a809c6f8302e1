"""How often intervals of joint values, and bands of frontiers, hold those of the population they are drawn from."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.common_share import JointAnswer, common_shares
from methodology.chain.critical import between, share_ends
from methodology.chain.frontier import curves_of
from methodology.chain.frontier_values import Setting
from methodology.chain.joint import read_targets, stated_values
from methodology.chain.sorted_sample import Spread, spread_on
from methodology.errors import ParameterError
from methodology.indicators import LEVELS, IndicatorSystem, Sample
from methodology.parameters import Footing
from methodology.thresholds.level_intervals import shared_tail
from methodology.thresholds.order_statistics import rank_interval

BANDS = ["plants", "level", "stated", "each", "whole", "error", "samples"]
_DUST = 1e-9
"""Binary dust of a strictness or a share."""
COLUMNS = ["plants", "level", "held", "error", "strict_open", "loose_open", "samples"]


@dataclass(frozen=True)
class Repetition:
    """
    Samples that a coverage is counted on.

    Attributes
    ----------
    sizes : sequence of int
        Plants of a sample, drawn with replacement unless `again` is false.
    samples : int
        Samples of each size; sample k of a size has a stream of its own.
    seed : int
    again : bool
        Whether a plant may be drawn again: as of an unlimited industry that is like the known plants.
    resamples : int
        Behind each band that is counted.
    """

    sizes: Sequence[int] = (15, 30, 60)
    samples: int = 200
    seed: int = 0
    again: bool = True
    resamples: int = 200

    def __post_init__(self) -> None:
        """Refuse a single sample, which has no error."""
        if self.samples < 2:
            raise ParameterError(f"samples is {self.samples}; a coverage with its error needs 2 or more.")

    def rows(self, size: int, plants: int) -> list[np.ndarray]:
        """Plants of each sample of a size, drawn from so many."""
        streams = np.random.SeedSequence([self.seed, size]).spawn(self.samples)
        drawn = [np.random.default_rng(stream) for stream in streams]
        if self.again:
            return [rng.integers(0, plants, size) for rng in drawn]
        return [rng.choice(plants, size, replace=False) for rng in drawn]


def joint_interval_coverage(
    everyone: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    *,
    targets: Mapping[str, float],
    confidence: float = 0.95,
    **drawn: Any,
) -> pd.DataFrame:
    """
    Count how often the interval of a joint value, choice of the share included, holds that of the population.

    Parameters
    ----------
    everyone : Sample or DataFrame of cells indexed by plant
        The population.
    targets : mapping of level to share
        The promise.
    confidence : float
        Of the intervals.
    **drawn
        Fields of `Repetition`, one by one: sizes, samples, seed.

    Returns
    -------
    DataFrame
        plants, level, held (share of values, over indicators and samples), error (two standard errors over samples, the
        indicators of one sample being no independent draws), strict_open, loose_open (share of intervals without that
        limit), samples (in which every indicator had a value).

    Raises
    ------
    ParameterError
        If there are fewer than two samples.
    """
    how = Repetition(**drawn)
    wanted = read_targets(targets)
    whole = spread_on(everyone, system, weights, Footing())
    truth = common_shares(whole, wanted).limits[:, whole.free]
    rows = []
    for size in how.sizes:
        found = []
        for places in how.rows(size, whole.plants):
            own = whole.subset(places)
            if all((cells.proven > 0)[own.free].all() for cells in own.judged):
                low, high = merit_intervals(own, system, common_shares(own, wanted), wanted, confidence)
                held = (low <= truth) & (truth <= high)
                found.append(np.stack([part.mean(axis=1) for part in (held, np.isinf(low), np.isinf(high))]))
        mean, spread = np.mean(found, axis=0), np.std(found, axis=0, ddof=1)
        for row, level in enumerate(LEVELS):
            error = 2 * spread[0, row] / len(found) ** 0.5
            rows.append((size, str(level), mean[0, row], error, mean[1, row], mean[2, row], len(found)))
    return pd.DataFrame(rows, columns=COLUMNS)


def merit_intervals(
    spread: Spread,
    system: IndicatorSystem,
    answer: JointAnswer,
    targets: tuple[Fraction, Fraction, Fraction],
    confidence: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Strict and loose limits of the joint values on the merit scale, shape (3, n_free); infinite where none exists."""
    shares = [found.share for found in answer.levels]
    ends = share_ends(spread, targets, confidence=confidence)
    values = between(stated_values(spread, system, answer.limits, shares), spread, ends)
    inner, columns = 1 - 2 * shared_tail(confidence), np.flatnonzero(spread.free)
    limits = np.stack([np.full((3, len(columns)), -np.inf), np.full((3, len(columns)), np.inf)])
    for row, level in enumerate(LEVELS):
        cells = spread.at(row)
        for place, column in enumerate(map(int, columns)):
            told = values[spread.ids[column], str(level)].read_between or (0.0, 1.0)
            ordered = cells.ordered(column)
            for end, share in enumerate(told):
                if 0 < share < 1:
                    found = rank_interval(int(cells.stated[column]), share, confidence=inner)
                    rank = (found.strict, found.loose)[end]
                    if rank is not None and rank <= len(ordered):
                        limits[end, row, place] = ordered[rank - 1]
    return limits[0], limits[1]


def frontier_band_coverage(
    everyone: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    *,
    setting: Setting,
    size: int = 30,
    **drawn: Any,
) -> pd.DataFrame:
    """
    Count how often the band of a frontier holds the curve of the population.

    Parameters
    ----------
    everyone : Sample or DataFrame of cells indexed by plant
        The population.
    setting : Setting
        Its bounds that hang on the number of plants are left open: with them a sample and its population are asked
        for different values. Where its footing knows a population, the band of a finite industry is counted, on samples
        drawn without replacement.
    size : int
        Plants of a sample.
    **drawn
        Fields of `Repetition`, one by one: samples, seed, resamples.

    Returns
    -------
    DataFrame
        One row per level: plants, level, stated, each (share of the strictnesses of a curve, averaged over samples),
        whole (share of the samples whose band holds the whole curve), error (two standard errors of it), samples. The
        curve of the population is its own: its other levels stand on its own way.

    Raises
    ------
    ParameterError
        If there are fewer than two samples.
    """
    finite = setting.footing.population is not None
    how = Repetition((size,), **{"again": not finite, **drawn})
    low, high = ("finite_lower", "finite_upper") if finite else ("lower", "upper")
    footing = setting.footing.changed(minimum=1, folds=0)
    whole = spread_on(everyone, system, weights, footing)
    lawful = spread_on(everyone, system, weights, footing.changed(bound_by_index=False))
    footing = footing.changed(population=whole.plants if finite else None)
    chosen = replace(setting, footing=footing, industry=None)
    truth = _by_level(curves_of(whole, lawful, system, chosen, resamples=1, seed=how.seed, most=sys.maxsize))
    held: dict[str, list[np.ndarray]] = {level: [] for level in truth}
    for number, rows in enumerate(how.rows(size, whole.plants)):
        own = whole.subset(rows), lawful.subset(rows)
        found = curves_of(*own, system, chosen, resamples=how.resamples, seed=number)
        for level, curve in _by_level(found).items():
            known = truth[level]
            # a share asks for the next whole plant: of the population's steps the next that is no stricter
            place = np.searchsorted(known.index, curve.index + _DUST, side="right") - 1
            there = known["attained"].to_numpy()[place]
            held[level].append(((curve[low] <= there + _DUST) & (there <= curve[high] + _DUST)).to_numpy())
    return pd.DataFrame([_band_row(size, level, own, setting) for level, own in held.items()], columns=BANDS)


def _by_level(curves: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(level): own.set_index("strictness").sort_index() for level, own in curves.groupby("level")}


def _band_row(size: int, level: str, held: list[np.ndarray], setting: Setting) -> tuple[object, ...]:
    each, whole = (np.array([read(one) for one in held]) for read in (np.mean, np.all))
    error = 2 * float(np.std(whole, ddof=1)) / len(held) ** 0.5
    return size, level, setting.confidence, float(each.mean()), float(whole.mean()), error, len(held)
