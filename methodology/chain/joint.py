"""The joint promise: benchmark values with which the whole standard puts the wanted share of plants at each level."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.common_share import JointAnswer, common_shares
from methodology.chain.covariates import read_off
from methodology.chain.critical import between, share_ends
from methodology.chain.sorted_sample import Cells, Spread, spread_on
from methodology.errors import DataError, MethodError, ParameterError
from methodology.evaluation.exact import exact
from methodology.indicators import LEVELS, IndicatorSystem, Sample, as_sample
from methodology.indicators.cells import merit_signs
from methodology.parameters import Footing
from methodology.parameters.model import ThresholdChoices
from methodology.thresholds.given_values import StatedValue, stated_table

BOUND_NOTE = "bound by law or index: no interval, the sample did not set it"
COUNTING = {"method": "attainment", "below_limit": "as-limit"}
"""Point estimate and reading of limits under which a value is the value of a plant."""
_SILENCE = ["level", "reading", "share", "plants"]


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
    silence : DataFrame
        What other readings of unreported cells would choose: see `silence_brackets`.
    """

    _metadata = [  # noqa: RUF012 - pandas' protocol
        *("marginal_share", "attainment", "targets", "cross_validated", "explanation", "silence"),
    ]

    marginal_share: dict[str, float]
    attainment: dict[str, float]
    targets: dict[str, float]
    cross_validated: dict[str, float]
    explanation: dict[str, str]
    silence: pd.DataFrame

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        """Slices and sums are plain tables: what was found holds for the whole table only."""
        return pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """One row per level: level, target, marginal_share, attainment, cross_validated, explanation."""
        names = ["marginal_share", "attainment", "cross_validated", "explanation"]
        rows = [
            (level, target, *(getattr(self, name).get(level, np.nan) for name in names))
            for level, target in self.targets.items()
        ]
        return pd.DataFrame(rows, columns=["level", "target", *names])


def joint_thresholds(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    *,
    targets: Mapping[str, float] | Sequence[float],
    interval: str = "order-statistic",
    confidence: float = 0.95,
    footing: Footing | None = None,
    **rules: Any,
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
    interval, confidence
        Interval of each value at the shares its own may have, as in `methodology.thresholds`. That of a known number of
        plants brackets share and value as of that many, any other both as of an unlimited industry.
    footing : Footing, optional
        The rule, what is admissible, folds and random source; without one only the sample bounds a value.
    **rules
        Fields of the footing, one by one.

    Returns
    -------
    JointThresholds
        The columns of thresholds.csv, with `.marginal_share`, `.attainment`, `.targets`, `.cross_validated` and
        `.explanation` by level.

    Raises
    ------
    DataError
        If a table is at fault, or no plant states a value of a quantitative indicator.
    ParameterError
        If targets do not rise from I to III within (0, 1).

    Notes
    -----
    For each level the smallest common marginal share is chosen at which at least ceil(target * n) plants are at that
    level or better; where the target is no more than one plant, as many as `minimum` of the footing says (A-24).
    Where one step of that share moves several plants at once, indicators are loosened one by one, the heaviest first,
    until the target is met (A-51). A target out of reach is not an error: the table then attains the most that is
    possible and `.explanation` names what is in the way.

    No plant loosens a value for others by reporting less (A-24): the share is chosen as if every unreported cell were
    reached, and values are read as if those who do not report were the cleanest. `.silence` says what other readings
    would give. The rule itself forgives nothing: `.attainment` counts an unreported cell as not reached (A-04).

    An interval includes the choice of the share (A-43): see `methodology.chain.critical.share_ends`.

    In-sample attainment is optimistic: read `.cross_validated` beside it.
    """
    wanted = read_targets(targets)
    ground = (footing or Footing()).changed(**rules)
    spread = spread_on(sample, system, weights, ground)
    answer = common_shares(spread, wanted)
    how = {"folds": ground.folds, "seed": ground.seed}
    crossed = left_out(spread, common_limits(wanted), **how) if ground.folds else {}
    values = stated_values(spread, system, answer.limits, [found.share for found in answer.levels])
    known = ground.population if interval == "finite-population" else None
    ends = share_ends(spread, wanted, confidence=confidence, population=known)
    plants = as_sample(sample, system)
    table = stated_table(
        plants,
        system,
        between(values, spread, ends),
        interval=interval,
        confidence=confidence,
        population=ground.population,
        read_off=read_off(plants, system),
    )
    return carrying(table, answer, wanted, crossed)


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


def counts_plants(choices: ThresholdChoices) -> bool:
    """Whether values are read off plants that are counted, see `COUNTING`."""
    return all(getattr(choices, name) == setting for name, setting in COUNTING.items())


def refuse_smooth(choices: ThresholdChoices) -> None:
    """
    Refuse choices under which the joint promise has no plants to count.

    Raises
    ------
    MethodError
        If the method or the reading of limits is not the one that counts plants.
    """
    if not counts_plants(choices):
        raise MethodError(
            f"The joint promise counts plants that reach a value, but the method is {choices.method!r} and values "
            f"below a limit are read by {choices.below_limit!r}. Choose method 'attainment' and below_limit "
            "'as-limit', or the marginal promise."
        )


def decimal_share(share: Fraction) -> float:
    """
    Share as a decimal of at most nine digits that asks for the same plants.

    Examples
    --------
    >>> decimal_share(Fraction(7, 30)), decimal_share(Fraction(1))
    (0.233333333, 0.999999999)
    """
    return min(floor(share * 10**9), 10**9 - 1) / 10**9


def stated_values(
    spread: Spread, system: IndicatorSystem, limits: np.ndarray, shares: Sequence[Fraction]
) -> dict[tuple[str, str], StatedValue]:
    """
    Values on the merit scale in the unit of each indicator, with the share of plants each is read at.

    That is the common share of its level, or the share of plants that reach it where it was moved off that share. A
    value that a bound sets is read off no plants and has no interval (A-25).
    """
    signs = merit_signs(system)
    values: dict[tuple[str, str], StatedValue] = {}
    for row, level in enumerate(LEVELS):
        promised, cells = decimal_share(shares[row]), spread.at(row)
        ranks = np.maximum(spread.asked_ranks(shares[row]) - spread.unreported(row), 1)
        for column in map(int, np.flatnonzero(spread.free)):
            merit = float(limits[row, column])
            share, note = _read_at(spread, row, column, merit, int(ranks[column]))
            there = Fraction(int((cells.ordered(column) <= merit).sum()), int(cells.stated[column]))
            reached = decimal_share(there) if there else promised
            moved = reached if note else min(reached, promised)
            value = float(merit * signs[column]) + 0.0
            values[system.ids[column], str(level)] = StatedValue(
                value, moved, share if note else promised, note
            )
    return values


def _read_at(spread: Spread, row: int, column: int, merit: float, rank: int) -> tuple[float | None, str]:
    """Share of plants whose quantile a value is if it is not the one at the common share, and why it is not."""
    cells = spread.at(row)
    ordered = cells.ordered(column)
    if rank <= len(ordered) and merit == ordered[rank - 1]:
        return None, ""
    reached = int((ordered <= merit).sum())
    if merit == spread.bounds[row, column] or not reached:
        return None, BOUND_NOTE
    note = "off the common share"
    if reached == spread.loosest(row)[column] < rank:
        note = f"{note}: at the loosest admissible plant"
    return decimal_share(Fraction(reached, int(cells.stated[column]))), note


def carrying(
    table: pd.DataFrame,
    answer: JointAnswer,
    wanted: tuple[Fraction, Fraction, Fraction],
    crossed: dict[str, float],
) -> JointThresholds:
    """A thresholds table with what was found beside it."""
    out, spread = JointThresholds(table), answer.spread
    names = [str(level) for level in LEVELS]
    out.marginal_share = {
        name: decimal_share(found.share) for name, found in zip(names, answer.levels, strict=True)
    }
    out.attainment = {name: found / spread.plants for name, found in zip(names, answer.attained, strict=True)}
    out.targets = {name: float(share) for name, share in zip(names, wanted, strict=True)}
    out.cross_validated = crossed
    out.explanation = {name: answer.explanation(row) for row, name in enumerate(names)}
    out.silence = silence_brackets(spread, wanted)
    return out


def common_limits(targets: tuple[Fraction, Fraction, Fraction]) -> Callable[[Spread], np.ndarray]:
    """How the common marginal share reads values off plants, as `left_out` asks for it."""
    return lambda plants: common_shares(plants, targets).limits


def left_out(
    spread: Spread, read: Callable[[Spread], np.ndarray], *, folds: int, seed: int
) -> dict[str, float]:
    """
    Cross-validate: share of plants at each level or better, each judged by values read off the other folds.

    Parameters
    ----------
    read : callable
        Values on the merit scale, read off some of the plants.
    folds : int
        Parts of the sample; at most one plant per fold.
    seed : int
        Shuffles plants into folds.

    Returns
    -------
    dict
        Level -> share of all plants; empty for a single plant, which nobody else can calibrate.

    Raises
    ------
    ParameterError
        If fewer than two folds are asked for.
    """
    if folds < 2 or folds != int(folds):
        raise ParameterError(f"folds is {folds}; a plant can be left out of its calibration with 2 or more.")
    if spread.plants < 2:
        return {}
    order = np.random.default_rng(seed).permutation(spread.plants)
    there = np.zeros((3, spread.plants), dtype=bool)
    for part in np.array_split(order, min(folds, spread.plants)):
        rest = np.setdiff1d(order, part)
        limits = read(spread.subset(rest))
        judged = spread.subset(part)
        for row in range(3):
            there[row, part] = judged.at_or_better(row, limits)
    return {str(level): float(there[row].mean()) for row, level in enumerate(LEVELS)}


def silence_brackets(spread: Spread, targets: tuple[Fraction, Fraction, Fraction]) -> pd.DataFrame:
    """
    Calibrate under every reading of cells that are not reported.

    Parameters
    ----------
    spread : Spread
        The sorted sample.
    targets : three Fractions
        Wanted share of plants at Levels I, II and III, each or better.

    Returns
    -------
    DataFrame
        level, reading ("as calibrated", "reached", "imputed", "not reached"), share (each indicator lets through),
        plants (at the level or better, by that reading). An imputed cell stands in its indicator where its plant stands
        on average in the others.
    """
    plain = spread.plain
    readings = {
        "as calibrated": spread,
        "reached": plain.with_silent([_cleanest(cells) for cells in plain.judged]),
        "imputed": plain.with_silent([imputed(cells) for cells in plain.judged]),
        "not reached": spread.reaching_nothing,
    }
    rows = []
    for name, plants in readings.items():
        answer = common_shares(plants, targets)
        for level, found, attained in zip(LEVELS, answer.levels, answer.attained, strict=True):
            rows.append((str(level), name, float(found.share), attained))
    return pd.DataFrame(rows, columns=_SILENCE).sort_values("level", kind="stable", ignore_index=True)


def imputed(cells: Cells) -> np.ndarray:
    """Merit of every cell if each plant stood in each indicator where it stands on average in those it reports."""
    told, columns = np.isfinite(cells.told), range(cells.told.shape[1])
    at_least = np.stack([np.searchsorted(cells.ordered(k), cells.told[:, k], "right") for k in columns])
    places = np.where(told, at_least.T / np.maximum(cells.proven, 1), np.nan)
    known = told.any(axis=1)
    mean = np.full(len(told), 0.5)
    mean[known] = np.nanmean(places[known], axis=1)
    ranks = np.maximum(np.ceil(mean[:, None] * cells.proven - 1e-9), 1).astype(int)
    return np.stack(
        [
            cells.ordered(k)[ranks[:, k] - 1] if cells.proven[k] else np.full(len(told), np.inf)
            for k in columns
        ],
        axis=1,
    )


def _cleanest(cells: Cells) -> np.ndarray:
    return np.where(np.isfinite(cells.told), cells.told, np.inf).min(axis=0)
