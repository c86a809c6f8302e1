"""The decision: scores and limiting indicators give a plant its level 级."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from methodology.arguments import real_number
from methodology.errors import MethodError
from methodology.evaluation.exact import exact
from methodology.evaluation.scoring import EffectiveWeights
from methodology.indicators import LEVELS, IndicatorSystem, Level
from methodology.indicators.loading import default_rule

LEVEL_ONE_READINGS = ("limiting", "limiting-and-rest-at-two")
LEVEL_NAMES = np.array([str(level) for level in Level], dtype=object)
NONE = 3
"""Code of a plant that reaches no level; 0, 1, 2 are I, II, III."""


@dataclass(frozen=True)
class Rule:
    """Exact cuts of the three scores in points, and the reading of Level I."""

    cuts: tuple[Fraction, Fraction, Fraction]
    level_one: str

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Kept, because a rule is part of many keys and fractions take long."""
        return hash((self.cuts, self.level_one))

    @cached_property
    def told(self) -> tuple[str, ...]:
        """The cuts as texts, which are quick to find again."""
        return tuple(map(str, self.cuts))

    @property
    def scores(self) -> dict[str, float]:
        """The cuts by level, for figures."""
        return {str(level): float(cut) for level, cut in zip(LEVELS, self.cuts, strict=True)}

    @property
    def strict(self) -> bool:
        """Whether Level I asks for the Level II value of every indicator that is not limiting."""
        return self.level_one == LEVEL_ONE_READINGS[1]


@dataclass(frozen=True)
class Standing:
    """
    All a decision needs, as arrays.

    Attributes
    ----------
    reached : bool array of shape (3, n_plants, n_indicators)
        Cumulative over levels, see `reached_levels`.
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
    return enough if row == 2 else enough & unblocked(standing, rule, row)


def unblocked(standing: Standing, rule: Rule, row: int) -> np.ndarray:
    """Whether nothing but the score can keep a plant from level `row`; bool (n_plants,)."""
    if row == 2:
        return np.ones(len(standing.applicable), dtype=bool)
    free = ~blocked(standing, row).any(axis=1)
    if row == 0 and rule.strict:
        rest = standing.applicable & ~standing.limiting & ~standing.reached[1]
        free &= ~rest.any(axis=1)
    return np.asarray(free)


def blocked(standing: Standing, row: int) -> np.ndarray:
    """Limiting indicators that apply and do not reach level `row`; shape (n_plants, n_indicators)."""
    return standing.limiting & standing.applicable & ~standing.reached[row]


def decision_rule(
    system: IndicatorSystem | None = None,
    *,
    level_one: str | None = None,
    cut: float | Fraction | None = None,
    scores: Sequence[float] | None = None,
) -> Rule:
    """
    Read the cuts and the reading of Level I, from the system unless stated.

    Parameters
    ----------
    system : IndicatorSystem, optional
        Without one, or without a rule of its own, the guideline's rule holds.
    level_one : {"limiting", "limiting-and-rest-at-two"}, optional
        None or "system" takes the rule's.
    cut : float, optional
        Points that Levels I and II ask for; None or 0 takes the rule's.
    scores : sequence of three floats, optional
        Points that I, II and III ask for, instead of `cut`.

    Raises
    ------
    MethodError
        If `level_one` is unknown, a cut is outside (0, 100], or both `cut` and `scores` are given.
    """
    given = (system.rule if system is not None else None) or default_rule()
    reading = given.level_one if level_one in (None, "system") else str(level_one)
    if reading not in LEVEL_ONE_READINGS:
        raise MethodError(
            f"Level I cannot be read as {level_one!r}. Readings: {', '.join(LEVEL_ONE_READINGS)}, or system."
        )
    if cut is not None and scores is not None:
        raise MethodError(f"`cut` is {cut!r} and `scores` is {scores!r}; give one of them.")
    points: list[Any] = [given.scores[level] for level in LEVELS]
    if scores is not None:
        points = list(np.ravel(np.asarray(scores, dtype=object)))
    if len(points) != len(LEVELS):
        raise MethodError(f"`scores` is {scores!r}; give the points that I, II and III ask for.")
    if cut is not None and (isinstance(cut, bool) or cut != 0):
        points[:2] = [cut, cut]
    first, second, third = (exact_cut(each) for each in points)
    return Rule((first, second, third), reading)


def exact_cut(points: float | Fraction) -> Fraction:
    """
    A score in points, as its author wrote it.

    Raises
    ------
    MethodError
        If it is no number in (0, 100].
    """
    if not 0 < real_number(points, "cut") <= 100:
        raise MethodError(f"A cut of {points} points is outside (0, 100].")
    return exact(points)
