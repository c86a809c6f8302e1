"""The joint promise: benchmark values with which the whole standard puts the wanted share of plants at each level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.common_share import JointAnswer, common_shares
from methodology.chain.crossvalidation import cross_validated
from methodology.chain.sorted_sample import Spread, spread_of
from methodology.errors import DataError, ParameterError
from methodology.evaluation import exact
from methodology.indicators import LEVELS, CellState, IndicatorSystem, Sample, as_sample, merit_signs
from methodology.proposal import law_bounds

BOUND_NOTE = "bound by law: no interval, the sample did not set it"


class JointThresholds(pd.DataFrame):
    """
    A thresholds table that carries what the joint calibration found.

    Attributes
    ----------
    marginal_share : dict
        Level -> common marginal share of the plants behind each indicator.
    attainment : dict
        Level -> share of the sample the whole standard puts at that level or better; the column of the same name is
        `table["attainment"]`.
    targets : dict
        Level -> wanted share.
    cross_validated : dict
        Level -> the same share for plants that were left out of the calibration; empty if not asked for.
    explanation : dict
        Level -> why the attainment is not within one plant of the target; empty text where it is.
    loosened_by_silence : dict
        Level -> values that are looser than they would be if cells that are not reported were left out of the scores.
    """

    _metadata = [  # noqa: RUF012 - pandas' protocol
        *("marginal_share", "attainment", "targets", "cross_validated", "explanation", "loosened_by_silence"),
    ]

    marginal_share: dict[str, float]
    attainment: dict[str, float]
    targets: dict[str, float]
    cross_validated: dict[str, float]
    explanation: dict[str, str]
    loosened_by_silence: dict[str, int]

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        """Slices and sums are plain tables: what was found holds for the whole table only."""
        return pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """One row per level: level, target, marginal_share, attainment, cross_validated, explanation."""
        rows = [
            (
                level,
                target,
                self.marginal_share[level],
                self.attainment[level],
                self.cross_validated.get(level, np.nan),
                self.explanation[level],
            )
            for level, target in self.targets.items()
        ]
        columns = ["level", "target", "marginal_share", "attainment", "cross_validated", "explanation"]
        return pd.DataFrame(rows, columns=columns)


def joint_thresholds(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    *,
    targets: Mapping[str, float] | Sequence[float],
    bound_by_law: bool = False,
    stratum: Mapping[str, str] | None = None,
    corrected: bool = False,
    level_one: str | None = None,
    cut: float | None = None,
    folds: int = 5,
    seed: int = 0,
    interval: str = "order-statistic",
    confidence: float = 0.95,
    population: int | None = None,
) -> JointThresholds:
    """
    Calibrate benchmark values so that the whole standard keeps its promise.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        One column per indicator, in the unit of the system.
    system : IndicatorSystem
        Groups, directions, limiting indicators, decision rule and comparators.
    weights : DataFrame
        Columns indicator, weight (of the whole, sums to 1).
    targets : mapping or sequence of three
        Wanted share of plants at Levels I, II and III, each or better, e.g. `{"I": .05, "II": .20, "III": .50}`.
    bound_by_law : bool
        No value looser than a comparator that binds its level.
    stratum, corrected
        Where the plants stand and whether their values are corrected; decides which comparators bind.
    folds : int
        Folds of the cross-validated attainment; 0 leaves it out.
    seed : int
        Shuffles plants into folds.
    interval, confidence, population
        Interval of each value at its own share, as in `methodology.thresholds`.

    Returns
    -------
    JointThresholds
        The columns of thresholds.csv, with `.marginal_share`, `.attainment`, `.targets`, `.cross_validated`,
        `.explanation` and `.loosened_by_silence` by level.

    Raises
    ------
    DataError
        If a table is at fault, or no plant states a value of a quantitative indicator.
    ParameterError
        If targets do not rise from I to III within (0, 1).

    Notes
    -----
    For each level the smallest common marginal share is chosen at which at least ceil(target * n) plants are at that
    level or better. Where one step of that share moves several plants at once, indicators are loosened one by one in
    the order of the standard until the target is met (A-51). A target out of reach is not an error: the table then
    attains the most that is possible and `.explanation` names what is in the way.

    A cell that is not reported holds its plant back at full weight (A-04), and the values of the others are loosened
    until enough plants are there all the same: `.loosened_by_silence` counts those values (A-24).

    In-sample attainment is optimistic: read `.cross_validated` beside it.
    """
    wanted = read_targets(targets)
    bounds = law_bounds(system, stratum=stratum, corrected=corrected) if bound_by_law else None
    plants = as_sample(sample, system)
    how: dict[str, Any] = {"bounds": bounds, "level_one": level_one, "cut": cut}
    spread = spread_of(plants, system, weights, **how)
    answer = common_shares(spread, wanted)
    heard = without_silence(plants)
    spoken = answer if heard is plants else common_shares(spread_of(heard, system, weights, **how), wanted)
    shares = cross_validated(spread, wanted, folds=folds, seed=seed) if folds else {}
    table = thresholds_of(
        sample, system, spread, answer, interval=interval, confidence=confidence, population=population
    )
    return _carrying(table, spread, answer, wanted, shares, spoken.limits)


def without_silence(sample: Sample) -> Sample:
    """
    The same plants as if what they do not report did not apply to them; the sample itself if nobody is silent.

    A plant that reports nothing at all stays as it is: without a cell it could not be judged.
    """
    silent = sample.states == CellState.NOT_REPORTED
    silent.loc[(sample.states > CellState.BELOW_LIMIT).all(axis=1)] = False
    if not silent.to_numpy().any():
        return sample
    return replace(sample, states=sample.states.mask(silent, int(CellState.NOT_APPLICABLE)))


def read_targets(targets: Mapping[str, float] | Sequence[float]) -> tuple[Fraction, Fraction, Fraction]:
    """
    Targets of Levels I, II, III as exact shares.

    Raises
    ------
    ParameterError
        If one is missing or they do not rise within (0, 1).

    Examples
    --------
    >>> read_targets({"I": 0.05, "II": 0.2, "III": 0.5})
    (Fraction(1, 20), Fraction(1, 5), Fraction(1, 2))
    """
    names = [str(level) for level in LEVELS]
    if isinstance(targets, Mapping):
        given: dict[str, Any] = {str(name): share for name, share in targets.items()}
    else:
        told = list(targets) if isinstance(targets, Iterable) and not isinstance(targets, str) else []
        given = dict(zip(names, told, strict=False)) if len(told) == len(names) else {}
    if set(given) != set(names):
        raise ParameterError(f"targets are {targets!r}; give one share for each of I, II and III.")
    try:
        first, second, third = (exact(given[name]) for name in names)
    except (DataError, TypeError, ValueError) as fault:
        raise ParameterError(f"targets are {targets!r}; shares are numbers between 0 and 1.") from fault
    if not 0 < first <= second <= third < 1:
        raise ParameterError(f"targets are {targets!r}; shares must rise from I to III between 0 and 1.")
    return first, second, third


def decimal_share(share: Fraction) -> float:
    """
    Share as a decimal of at most nine digits that asks for the same plants.

    Examples
    --------
    >>> decimal_share(Fraction(7, 30)), decimal_share(Fraction(1))
    (0.233333333, 0.999999999)
    """
    return min(floor(share * 10**9), 10**9 - 1) / 10**9


def thresholds_of(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    spread: Spread,
    answer: JointAnswer,
    *,
    interval: str,
    confidence: float,
    population: int | None,
) -> pd.DataFrame:
    """
    Table of an answer, each value with the interval of the share it is read at.

    That is the common share of its level, or the share of plants that reach it where it was moved off that share. A
    value that law sets is read off no plants and has no interval (A-25).
    """
    from methodology.thresholds import StatedValue, stated_table

    signs = merit_signs(system)
    values: dict[tuple[str, str], StatedValue] = {}
    for row, level in enumerate(LEVELS):
        promised = decimal_share(answer.levels[row].share)
        limits, ranks = answer.limits[row], spread.at(row).ranks(answer.levels[row].share)
        for column in map(int, np.flatnonzero(spread.free)):
            share, note = _read_at(spread, row, column, float(limits[column]), int(ranks[column]))
            moved = share if share is not None and note else promised
            value = float(limits[column] * signs[column]) + 0.0
            values[system.ids[column], str(level)] = StatedValue(
                value, moved, share if note else promised, note
            )
    return stated_table(
        as_sample(sample, system),
        system,
        values,
        interval=interval,
        confidence=confidence,
        population=population,
    )


def _read_at(spread: Spread, row: int, column: int, merit: float, rank: int) -> tuple[float | None, str]:
    """Share of plants whose quantile a value is if it is not the one at the common share, and why it is not."""
    cells = spread.at(row)
    ordered = cells.ordered(column)
    if rank <= len(ordered) and merit == ordered[rank - 1]:
        return None, ""
    reached = int((ordered <= merit).sum())
    if merit == spread.bounds[row, column] or not reached:
        return None, BOUND_NOTE
    return decimal_share(Fraction(reached, int(cells.stated[column]))), "off the common share"


def _carrying(
    table: pd.DataFrame,
    spread: Spread,
    answer: JointAnswer,
    wanted: tuple[Fraction, Fraction, Fraction],
    cross: dict[str, float],
    spoken: np.ndarray,
) -> JointThresholds:
    out = JointThresholds(table)
    names = [str(level) for level in LEVELS]
    pairs = list(zip(names, answer.levels, strict=True))
    out.marginal_share = {name: decimal_share(found.share) for name, found in pairs}
    out.attainment = {name: found.attained / spread.plants for name, found in pairs}
    out.targets = {name: float(share) for name, share in zip(names, wanted, strict=True)}
    out.cross_validated = cross
    out.explanation = {name: found.explanation for name, found in pairs}
    looser = np.count_nonzero((answer.limits > spoken) & spread.free, axis=1)
    out.loosened_by_silence = dict(zip(names, looser.tolist(), strict=True))
    return out
