"""What the levels of plants are decided from, as checked arrays on one scale: smaller is cleaner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from methodology.arguments import numbers
from methodology.errors import DataError, Problem, raise_problems
from methodology.evaluation.attainment import (
    applicable_matrix,
    checked_sample,
    reached_levels,
    threshold_matrix,
)
from methodology.evaluation.decision import Rule, Standing, decision_rule, exact_cut
from methodology.evaluation.exact import exact_all
from methodology.evaluation.scoring import EffectiveWeights, effective_weights, weight_vector
from methodology.indicators import IndicatorSystem, Sample
from methodology.indicators.cells import level_merits, merits
from methodology.indicators.words import sign_of

_WEIGHT_ROUNDING = 0.005
"""Printed weights of three decimals may miss a total of 1 by this much; scores divide by the total."""


@dataclass(frozen=True)
class LevelInputs:
    """
    Everything a level is decided from.

    Attributes
    ----------
    values : float array of shape (n_plants, n_indicators)
        Smaller is cleaner; NaN where nothing is reported.
    level_values : float array of shape (3 or 1, n_plants, n_indicators)
        What I, II, III hold against their benchmark values: `values`, except where a norm grants corrections at some
        levels only.
    thresholds : float array of shape (n_indicators, 3)
        Benchmark values of I, II, III on the same scale; NaN where one does not exist.
    weights : float array of shape (n_indicators,)
        Weights of the whole.
    fractions : tuple of n_indicators Fractions
        The same as their authors wrote them (A-01).
    groups : int array of shape (n_indicators,)
        Group of each indicator, a position in `group_names`.
    limiting : bool array of shape (n_indicators,)
        Limiting indicators.
    applicable : bool array of shape (n_plants, n_indicators)
        False where an indicator does not apply.
    signs : float array of shape (n_indicators,)
        +1 where lower is better, -1 where values were negated.
    rule : Rule
        Cuts in points, reading of Level I.
    plants, indicators, group_names : tuples
        Names for tables; positions unless given.
    """

    values: np.ndarray
    level_values: np.ndarray
    thresholds: np.ndarray
    weights: np.ndarray
    fractions: tuple[Fraction, ...]
    groups: np.ndarray
    limiting: np.ndarray
    applicable: np.ndarray
    signs: np.ndarray
    rule: Rule
    plants: tuple[Any, ...]
    indicators: tuple[Any, ...]
    group_names: tuple[Any, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of plants and of indicators."""
        return self.values.shape[0], self.values.shape[1]

    @property
    def cuts(self) -> tuple[Fraction, ...]:
        """Score of each level as a share of 1."""
        return tuple(cut / 100 for cut in self.rule.cuts)

    def of(self, places: Sequence[int]) -> LevelInputs:
        """The same for some plants only."""
        rows = list(places)
        return replace(
            self,
            values=self.values[rows],
            level_values=self.level_values[:, rows],
            applicable=self.applicable[rows],
            plants=tuple(self.plants[row] for row in rows),
        )

    @cached_property
    def standing(self) -> Standing:
        """What `decide` reads."""
        return Standing(
            reached_levels(self.level_values, self.thresholds.T),
            self.applicable,
            self.limiting,
            effective_weights(self.fractions, self.groups.tolist(), self.applicable, plants=self.plants),
        )


def level_basis(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    weights: pd.DataFrame | pd.Series,
    *,
    level_one: str | None = None,
    cut: float | None = None,
) -> LevelInputs:
    """
    Turn tables of plants, benchmark values and weights into checked arrays.

    Parameters
    ----------
    sample, system, thresholds, weights, level_one, cut
        As in `evaluate`.

    Returns
    -------
    LevelInputs
        A cell below a limit that proves nothing (A-02) counts as not reported.
    """
    plants = checked_sample(sample, system)
    rule = decision_rule(system, level_one=level_one, cut=cut)
    limits = threshold_matrix(system, thresholds)
    fractions = weight_vector(system, weights)
    signs = np.array([indicator.sign for indicator in system.indicators])
    group_names, groups = _coded([indicator.group for indicator in system.indicators])
    return LevelInputs(
        values=_proven(merits(plants, system).to_numpy()),
        level_values=_proven(level_merits(plants, system)),
        thresholds=(limits * signs).T,
        weights=np.array([float(weight) for weight in fractions]),
        fractions=fractions,
        groups=groups,
        limiting=np.array([indicator.limiting for indicator in system.indicators]),
        applicable=applicable_matrix(plants, system),
        signs=signs,
        rule=rule,
        plants=tuple(str(name) for name in plants.plants),
        indicators=system.ids,
        group_names=group_names,
    )


def unjudged(sample: Sample, system: IndicatorSystem, weights: pd.DataFrame | pd.Series) -> Standing:
    """
    What decides the levels of plants beside benchmark values: nothing is reached yet.

    Parameters
    ----------
    sample, system, weights
        As in `evaluate`.
    """
    applicable = applicable_matrix(sample, system)
    return Standing(
        np.zeros((3, *applicable.shape), dtype=bool),
        applicable,
        np.array([indicator.limiting for indicator in system.indicators]),
        table_weights(applicable, system, weights, plants=list(sample.plants)),
    )


def table_weights(
    applicable: np.ndarray, system: IndicatorSystem, weights: pd.DataFrame | pd.Series, plants: Sequence[str]
) -> EffectiveWeights:
    """Weights of a table, redistributed over what applies to each plant."""
    groups = [indicator.group for indicator in system.indicators]
    return effective_weights(weight_vector(system, weights), groups, applicable, plants=plants)


def _coded(labels: Sequence[Any]) -> tuple[tuple[Any, ...], np.ndarray]:
    """Labels in the order they come, and the position of each."""
    names = tuple(dict.fromkeys(labels))
    return names, np.array([names.index(label) for label in labels], dtype=np.intp)


def _proven(merit: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(merit), merit, np.nan)


@dataclass(frozen=True)
class Conventions:
    """
    What arrays of values, thresholds and weights mean: how indicators are read, and the rule.

    Attributes
    ----------
    better, groups, limiting, applicable, level_values, level_one, cut, scores
        As in `methodology.sensitivity.simulate_levels`.
    plants, indicators : sequences, optional
        Names for the tables that other functions make.
    """

    better: str | Sequence[str] = "lower"
    groups: Sequence[Any] | None = None
    limiting: npt.ArrayLike | None = None
    applicable: npt.ArrayLike | None = None
    level_values: npt.ArrayLike | None = None
    level_one: str | None = None
    cut: float | None = None
    scores: Sequence[float] | None = None
    plants: Sequence[Any] | None = None
    indicators: Sequence[Any] | None = None

    @property
    def rule(self) -> Rule:
        """The decision rule these choices make."""
        cut = None if self.cut is None else exact_cut(self.cut)
        return decision_rule(level_one=self.level_one, cut=cut, scores=self.scores)


def level_inputs(
    values: npt.ArrayLike, thresholds: npt.ArrayLike, weights: npt.ArrayLike, **conventions: Any
) -> LevelInputs:
    """
    Check arrays that levels are decided from, and turn them to one scale.

    Parameters
    ----------
    values, thresholds, weights
        As in `simulate_levels`.
    **conventions
        Fields of `Conventions`, one by one.

    Returns
    -------
    LevelInputs
        What `weight_stability`, `threshold_tipping`, `cut_sweep` and `limiting_sweep` read.

    Raises
    ------
    DataError
        All faults of shapes, values, weights, directions and limiting indicators at once.
    MethodError
        If `level_one`, `cut` or `scores` is not a choice of the decision rule.
    """
    how = Conventions(**conventions)
    table, limits, vector = (
        numbers(given, name)
        for given, name in ((values, "values"), (thresholds, "thresholds"), (weights, "weights"))
    )
    if table.ndim != 2:
        raise DataError(f"`values` has shape {table.shape}; it is a table of plants by indicators.")
    count, m = table.shape
    applies = np.ones(table.shape, bool) if how.applicable is None else np.asarray(how.applicable)
    judged = table[None] if how.level_values is None else numbers(how.level_values, "level_values")
    faults = _faults_of_shapes(table.shape, limits, vector, applies, judged)
    faults += _faults_of_lists(m, how.better, how.groups) + _faults_of_names(how.plants, count, "plants")
    faults += _faults_of_names(how.indicators, m, "indicators")
    raise_problems(DataError, "The arrays do not fit each other.", faults)
    directions = [how.better] * m if isinstance(how.better, str) else [str(word) for word in how.better]
    mask, faults = _limiting_mask(how.limiting, m)
    stated = {
        "values": table,
        "thresholds": limits,
        **({} if how.level_values is None else {"level_values": judged}),
    }
    faults += _faults_of_numbers(stated, directions) + _faults_of_weights(vector)
    raise_problems(DataError, "The inputs of the levels cannot be used.", faults)
    signs = np.array([sign_of(word) for word in directions])
    names, codes = _coded([0] * m if how.groups is None else list(how.groups))
    return LevelInputs(
        values=np.where(applies & np.isfinite(table), table, np.nan) * signs,
        level_values=np.where(applies & np.isfinite(judged), judged, np.nan) * signs,
        thresholds=limits * signs[:, None],
        weights=vector,
        fractions=exact_all(vector.tolist()),
        groups=codes,
        limiting=mask,
        applicable=applies.astype(bool),
        signs=signs,
        rule=how.rule,
        plants=tuple(range(count) if how.plants is None else how.plants),
        indicators=tuple(range(m) if how.indicators is None else how.indicators),
        group_names=names,
    )


def _faults_of_shapes(
    shape: tuple[int, ...], limits: np.ndarray, vector: np.ndarray, applies: np.ndarray, judged: np.ndarray
) -> list[Problem]:
    plants, m = shape
    found = []
    if not plants or not m:
        found.append(
            Problem(f"`values` has {plants} plants and {m} indicators", fix="Give at least one of each.")
        )
    if limits.shape != (m, 3):
        turned = "Transpose it." if limits.shape == (3, m) else ""
        what = f"`thresholds` has shape {limits.shape}, not ({m}, 3): one row per indicator"
        found.append(Problem(what, fix=turned))
    if vector.shape != (m,):
        found.append(Problem(f"`weights` has shape {vector.shape}, not ({m},)"))
    if applies.shape != shape or applies.dtype != bool:
        found.append(
            Problem(f"`applicable` is {applies.dtype} of shape {applies.shape}, not bool of ({plants}, {m})")
        )
    if judged.shape not in ((1, *shape), (3, *shape)):
        found.append(Problem(f"`level_values` has shape {judged.shape}, not (3, {plants}, {m})"))
    return found


def _faults_of_lists(m: int, better: str | Sequence[str], groups: Sequence[Any] | None) -> list[Problem]:
    found = [] if isinstance(better, str) else _faults_of_list(better, m, "better", "words")
    return found + ([] if groups is None else _faults_of_list(groups, m, "groups", "labels"))


def _faults_of_list(given: Any, m: int, name: str, what: str) -> list[Problem]:
    if np.ndim(np.asarray(given, dtype=object)) != 1:
        return [Problem(f"`{name}` is {given!r}", fix=f"Give {m} {what}, one for each indicator.")]
    return [] if len(given) == m else [Problem(f"`{name}` has {len(given)} {what} for {m} indicators")]


def _faults_of_names(names: Sequence[Any] | None, count: int, what: str) -> list[Problem]:
    if names is None or len(names) == count:
        return []
    return [Problem(f"`{what}` has {len(names)} names for {count} {what}")]


def _faults_of_numbers(tables: dict[str, np.ndarray], directions: Sequence[str]) -> list[Problem]:
    cleanest = np.array([-sign_of(word) * np.inf for word in directions])
    faulty = {
        name: np.isinf(table) if name == "thresholds" else table == cleanest for name, table in tables.items()
    }
    found = [
        Problem(
            f"`{name}` holds {tables[name][tuple(at)]} at {tuple(at.tolist())}",
            fix="Give NaN where there is no number.",
        )
        for name, cells in faulty.items()
        for at in np.argwhere(cells)[:1]
    ]
    return found + [
        Problem(f"indicator {j}: `better` is {word!r}", fix="Say 'lower' or 'higher'.")
        for j, word in enumerate(directions)
        if word not in ("lower", "higher")
    ]


def _faults_of_weights(vector: np.ndarray) -> list[Problem]:
    wrong = np.flatnonzero(~(np.isfinite(vector) & (vector >= 0)))
    if not wrong.size and abs(vector.sum() - 1) > _WEIGHT_ROUNDING:
        what = f"`weights` sum to {vector.sum():.6g}, not to 1"
        return [Problem(what, fix="Give each weight as a share of the whole.")]
    return [Problem(f"indicator {j}: its weight is {vector[j]}", fix="Weights are 0 or more.") for j in wrong]


def _limiting_mask(limiting: npt.ArrayLike | None, m: int) -> tuple[np.ndarray, list[Problem]]:
    """A mask from a mask or from positions."""
    mask = np.zeros(m, bool)
    given = np.asarray([] if limiting is None else limiting)
    if given.dtype == bool and given.size:
        if given.shape != (m,):
            return mask, [Problem(f"`limiting` is a mask of shape {given.shape} for {m} indicators")]
        return given.copy(), []
    if given.size and given.dtype.kind not in "iu":
        return mask, [Problem(f"`limiting` holds {given.dtype}", fix="Give a bool mask or whole positions.")]
    places = given.ravel().tolist()
    if len(set(places)) < len(places) or (m == given.size == 2 and set(places) == {0, 1}):
        return mask, [
            Problem(f"`limiting` is {places}: positions, or a mask in numbers?", fix="Give a bool mask.")
        ]
    wrong = [int(position) for position in given.ravel() if not 0 <= position < m]
    mask[[int(position) for position in given.ravel() if 0 <= position < m]] = True
    return mask, [Problem(f"`limiting` names position {position} of {m} indicators") for position in wrong]
