"""Scores and limiting indicators decide the level 级 of a plant."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from methodology.errors import MethodError
from methodology.evaluation.attainment import (
    applicable_matrix,
    checked_sample,
    reached_matrix,
    threshold_matrix,
)
from methodology.evaluation.exact import exact
from methodology.evaluation.scoring import EffectiveWeights, effective_weights
from methodology.evaluation.weight_vector import weight_vector
from methodology.indicators import LEVELS, IndicatorSystem, Level, Sample, default_rule, merits

LEVEL_ONE_READINGS = ("limiting", "limiting-and-rest-at-two")
LEVEL_NAMES = np.array(["I", "II", "III", "none"], dtype=object)
NONE = 3
"""Code of a plant that reaches no level; 0, 1, 2 are I, II, III."""


@dataclass(frozen=True)
class Rule:
    """Exact cuts of the three scores, and the reading of Level I."""

    cuts: tuple[Fraction, Fraction, Fraction]
    level_one: str

    @property
    def scores(self) -> dict[str, float]:
        """The cuts by level, for figures."""
        return {str(level): float(cut) for level, cut in zip(LEVELS, self.cuts, strict=True)}


@dataclass(frozen=True)
class Standing:
    """
    All a decision needs, as arrays.

    Attributes
    ----------
    reached : bool array of shape (3, n_plants, n_indicators)
    applicable : bool array of shape (n_plants, n_indicators)
    limiting : bool array of shape (n_indicators,)
    weights : EffectiveWeights
    """

    reached: np.ndarray
    applicable: np.ndarray
    limiting: np.ndarray
    weights: EffectiveWeights

    def with_reached(self, reached: np.ndarray) -> Standing:
        """The same plants under other benchmark values."""
        return Standing(reached, self.applicable, self.limiting, self.weights)


def evaluate(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    weights: pd.DataFrame | pd.Series,
    *,
    level_one: str | None = None,
    cut: float | None = None,
) -> pd.DataFrame:
    """
    Score plants against a standard and give each its level.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        One column per indicator, in the unit of the system; cells `12.5`, `<5`, empty (not reported), `n/a`.
    system : IndicatorSystem
        Groups, directions, limiting indicators and the decision rule.
    thresholds : DataFrame
        Columns indicator, level, value; qualitative indicators may be left out.
    weights : DataFrame
        Columns indicator, weight (of the whole, sums to 1).
    level_one : {"limiting", "limiting-and-rest-at-two"}, optional
        Reading of the Level I rule; None or "system" takes the system's.
    cut : float, optional
        Score that Levels I and II need; None or 0 takes the system's (85).

    Returns
    -------
    DataFrame
        Columns plant, Y_I, Y_II, Y_III (points, 0 to 100), level (I, II, III or none), limiting_failed (ids of the
        limiting indicators that block the next better level, separated by spaces).

    Raises
    ------
    DataError
        If a table is at fault, or nothing applies to a plant.
    MethodError
        If `level_one` or `cut` is unknown.

    Notes
    -----
    Y_g = sum_i w_i * sum_j w_ij' * 100 [x_ij reaches g]. Decided in this order: I if Y_I >= 85 and every limiting
    indicator reaches I; II likewise; III if Y_III = 100; none otherwise. Comparisons are exact in rational
    arithmetic (A-01). A limiting indicator that does not apply blocks nothing (A-05); one not reported blocks
    (A-04). A group that does not apply at all gives its weight to the other groups (A-06).

    References
    ----------
    .. [1] NDRC, MEP, MIIT (2013), guideline for cleaner-production evaluation index systems (recalled; see
       `rule.yaml` of the indicators).
    """
    plants = checked_sample(sample, system)
    rule = decision_rule(system, level_one=level_one, cut=cut)
    limits = threshold_matrix(system, thresholds)
    applicable = applicable_matrix(plants, system)
    standing = Standing(
        reached_matrix(merits(plants, system), limits, system),
        applicable,
        limiting_mask(system),
        effective_weights(
            weight_vector(system, weights), groups_of(system), applicable, plants=list(plants.plants)
        ),
    )
    codes = decide(standing, rule)
    points = standing.weights.scores(standing.reached)
    return pd.DataFrame(
        {
            "plant": plants.plants.to_numpy(),
            **{f"Y_{level}": points[row] for row, level in enumerate(LEVELS)},
            "level": LEVEL_NAMES[codes],
            "limiting_failed": _failing(standing, codes, np.array(system.ids, dtype=object)),
        }
    )


def decide(standing: Standing, rule: Rule) -> np.ndarray:
    """
    Level codes of plants: 0, 1, 2 for I, II, III and 3 for none.

    Returns
    -------
    int8 array of shape (n_plants,)
    """
    held = np.stack([level_holds(standing, rule, row) for row in range(3)])
    return np.where(held.any(axis=0), held.argmax(axis=0), NONE).astype(np.int8)


def level_holds(standing: Standing, rule: Rule, row: int) -> np.ndarray:
    """Whether the condition of level `row` (0, 1, 2) itself holds, whatever the other levels say."""
    enough = standing.weights.at_least(standing.reached[row : row + 1], rule.cuts[row])[0]
    if row == 2:
        return enough
    free = ~blocked(standing, row).any(axis=1)
    if row == 0 and rule.level_one == "limiting-and-rest-at-two":
        rest = standing.applicable & ~standing.limiting & ~standing.reached[1]
        free &= ~rest.any(axis=1)
    return enough & free


def blocked(standing: Standing, row: int) -> np.ndarray:
    """Limiting indicators that apply and do not reach level `row`; shape (n_plants, n_indicators)."""
    return standing.limiting & standing.applicable & ~standing.reached[row]


def decision_rule(system: IndicatorSystem, *, level_one: str | None = None, cut: float | None = None) -> Rule:
    """
    Cuts and reading of Level I, from the system unless stated.

    Raises
    ------
    MethodError
        If `level_one` is unknown or `cut` is outside (0, 100].
    """
    given = system.rule or default_rule()
    reading = given.level_one if level_one in (None, "system") else level_one
    if reading not in LEVEL_ONE_READINGS:
        raise MethodError(
            f"Level I cannot be read as {level_one!r}. Readings: {', '.join(LEVEL_ONE_READINGS)}, or system."
        )
    if cut is not None and (isinstance(cut, bool | str) or not 0 <= cut <= 100):
        raise MethodError(f"A cut of {cut!r} points is no number from 0 to 100.")
    scores = [exact(given.scores[level]) for level in (Level.I, Level.II, Level.III)]
    if cut:
        scores[0] = scores[1] = exact(cut)
    return Rule((scores[0], scores[1], scores[2]), reading)


def limiting_mask(system: IndicatorSystem) -> np.ndarray:
    """Bool of shape (n_indicators,)."""
    return np.array([indicator.limiting for indicator in system.indicators])


def groups_of(system: IndicatorSystem) -> tuple[str, ...]:
    """Group of each indicator, in the order of the system."""
    return tuple(indicator.group for indicator in system.indicators)


def _failing(standing: Standing, codes: np.ndarray, ids: np.ndarray) -> list[str]:
    table = np.stack([blocked(standing, row) for row in range(3)])
    return [
        " ".join(ids[table[code - 1, plant]]) if code > 0 else "" for plant, code in enumerate(codes.tolist())
    ]
