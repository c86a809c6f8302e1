"""What the levels of plants rest on, as checked arrays on one scale: smaller is cleaner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from methodology.arguments import numbers, real_number
from methodology.errors import DataError, MethodError, Problem, raise_problems
from methodology.evaluation.written_weights import written
from methodology.indicators import LEVELS, default_rule

LEVEL_ONE_READINGS = ("limiting", "limiting-and-rest-at-two")
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
    thresholds : float array of shape (n_indicators, 3)
        Benchmark values of I, II, III on the same scale; NaN where one does not exist.
    weights : float array of shape (n_indicators,)
        Weights of the whole.
    groups : int array of shape (n_indicators,)
        Group of each indicator, a position in `group_names`.
    limiting : bool array of shape (n_indicators,)
        Limiting indicators.
    applicable : bool array of shape (n_plants, n_indicators)
        False where an indicator does not apply.
    signs : float array of shape (n_indicators,)
        +1 where lower is better, -1 where values were negated.
    cuts : tuple of three Fractions
        Score of each level as a share of 1.
    level_one : {"limiting", "limiting-and-rest-at-two"}
        Reading of Level I.
    plants, indicators, group_names : tuples
        Names for tables; positions unless given.
    """

    values: np.ndarray
    thresholds: np.ndarray
    weights: np.ndarray
    groups: np.ndarray
    limiting: np.ndarray
    applicable: np.ndarray
    signs: np.ndarray
    cuts: tuple[Fraction, Fraction, Fraction]
    level_one: str
    plants: tuple[Any, ...]
    indicators: tuple[Any, ...]
    group_names: tuple[Any, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of plants and of indicators."""
        return self.values.shape[0], self.values.shape[1]


def level_inputs(
    values: npt.ArrayLike,
    thresholds: npt.ArrayLike,
    weights: npt.ArrayLike,
    *,
    better: str | Sequence[str] = "lower",
    groups: Sequence[Any] | None = None,
    limiting: npt.ArrayLike | None = None,
    applicable: npt.ArrayLike | None = None,
    level_one: str | None = None,
    cut: float | None = None,
    scores: Sequence[float] | None = None,
    plants: Sequence[Any] | None = None,
    indicators: Sequence[Any] | None = None,
) -> LevelInputs:
    """
    Check everything levels are decided from, and turn it to one scale.

    Parameters
    ----------
    values, thresholds, weights, better, groups, limiting, applicable, level_one, cut, scores
        As in `simulate_levels`.
    plants, indicators : sequences, optional
        Names for the tables that other functions make.

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
    table, limits = numbers(values, "values"), numbers(thresholds, "thresholds")
    vector = numbers(weights, "weights")
    if table.ndim != 2:
        raise DataError(f"`values` has shape {table.shape}; it is a table of plants by indicators.")
    count, m = table.shape
    applies = np.ones(table.shape, bool) if applicable is None else np.asarray(applicable)
    raise_problems(
        DataError,
        "The arrays do not fit each other.",
        _faults_of_shapes(count, m, limits, vector, applies, better, groups)
        + _faults_of_names(plants, count, "plants")
        + _faults_of_names(indicators, m, "indicators"),
    )
    directions = [better] * m if isinstance(better, str) else [str(word) for word in better]
    mask, faults = _limiting_mask(limiting, m)
    faults += _faults_of_numbers(table, limits, vector, directions)
    raise_problems(DataError, "The inputs of the levels cannot be used.", faults)
    signs = np.array([-1.0 if word == "higher" else 1.0 for word in directions])
    labels = [0] * m if groups is None else list(groups)
    order = {label: code for code, label in enumerate(dict.fromkeys(labels))}
    return LevelInputs(
        values=np.where(applies & np.isfinite(table), table, np.nan) * signs,
        thresholds=limits * signs[:, None],
        weights=vector,
        groups=np.array([order[label] for label in labels], dtype=np.intp),
        limiting=mask,
        applicable=applies.astype(bool),
        signs=signs,
        cuts=decision_cuts(cut, scores),
        level_one=decision_reading(level_one),
        plants=tuple(range(count) if plants is None else plants),
        indicators=tuple(range(m) if indicators is None else indicators),
        group_names=tuple(order),
    )


def refuse_disorder(inputs: LevelInputs) -> None:
    """
    Refuse benchmark values of which a stricter level asks for less than a looser one.

    Raises
    ------
    DataError
        Names every such pair; a wrong `better` is the usual reason.
    """
    found = []
    for strict, loose in ((0, 1), (1, 2), (0, 2)):
        for j in np.flatnonzero(inputs.thresholds[:, strict] > inputs.thresholds[:, loose]):
            own = inputs.thresholds[j] * inputs.signs[j]
            found.append(
                Problem(
                    f"indicator {inputs.indicators[j]}: level {LEVELS[strict]} ({own[strict]:g}) is looser than "
                    f"level {LEVELS[loose]} ({own[loose]:g})",
                    fix="Give I, II, III in this order, and the end that is `better`.",
                )
            )
    raise_problems(DataError, "The benchmark values contradict each other.", found)


def decision_cuts(
    cut: float | None, scores: Sequence[float] | None = None
) -> tuple[Fraction, Fraction, Fraction]:
    """Scores of I, II, III as shares of 1: the rule's own, `cut` points for I and II, or three `scores`."""
    if cut is not None and scores is not None:
        raise MethodError(f"`cut` is {cut!r} and `scores` is {scores!r}; give one of them.")
    if scores is None:
        rule = default_rule().scores
        points = [rule[level] if cut is None or level == LEVELS[-1] else cut for level in LEVELS]
    else:
        points = list(np.ravel(np.asarray(scores, dtype=object)))
    if len(points) != len(LEVELS):
        raise MethodError(f"`scores` is {scores!r}; give the points that I, II and III ask for.")
    first, second, third = (_share_of_full(points) for points in points)
    return first, second, third


def _share_of_full(points: float) -> Fraction:
    if not 0 < real_number(points, "cut") <= 100:
        raise MethodError(f"A cut of {points} points is outside (0, 100].")
    return written(points) / 100


def decision_reading(level_one: str | None) -> str:
    """Reading of Level I: the rule's own unless stated."""
    reading = default_rule().level_one if level_one in (None, "system") else str(level_one)
    if reading not in LEVEL_ONE_READINGS:
        raise MethodError(
            f"Level I cannot be read as {level_one!r}. Readings: {', '.join(LEVEL_ONE_READINGS)}, or system."
        )
    return reading


def _faults_of_shapes(
    plants: int,
    m: int,
    limits: np.ndarray,
    vector: np.ndarray,
    applies: np.ndarray,
    better: str | Sequence[str],
    groups: Sequence[Any] | None,
) -> list[Problem]:
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
    if applies.shape != (plants, m) or applies.dtype != bool:
        found.append(
            Problem(f"`applicable` is {applies.dtype} of shape {applies.shape}, not bool of ({plants}, {m})")
        )
    if not isinstance(better, str):
        found += _faults_of_list(better, m, "better", "words")
    return found + ([] if groups is None else _faults_of_list(groups, m, "groups", "labels"))


def _faults_of_list(given: Any, m: int, name: str, what: str) -> list[Problem]:
    if np.ndim(np.asarray(given, dtype=object)) != 1:
        return [Problem(f"`{name}` is {given!r}", fix=f"Give {m} {what}, one for each indicator.")]
    return [] if len(given) == m else [Problem(f"`{name}` has {len(given)} {what} for {m} indicators")]


def _faults_of_names(names: Sequence[Any] | None, count: int, what: str) -> list[Problem]:
    if names is None or len(names) == count:
        return []
    return [Problem(f"`{what}` has {len(names)} names for {count} {what}")]


def _faults_of_numbers(
    table: np.ndarray, limits: np.ndarray, vector: np.ndarray, directions: Sequence[str]
) -> list[Problem]:
    cleanest = np.array([np.inf if word == "higher" else -np.inf for word in directions])
    found = [
        Problem(
            f"`{name}` holds {fault[tuple(at)]} at {tuple(at.tolist())}",
            fix="Give NaN where there is no number.",
        )
        for name, fault, at in (
            *(("values", table, at) for at in np.argwhere(table == cleanest)[:1]),
            *(("thresholds", limits, at) for at in np.argwhere(np.isinf(limits))[:1]),
        )
    ]
    found += [
        Problem(f"indicator {j}: `better` is {word!r}", fix="Say 'lower' or 'higher'.")
        for j, word in enumerate(directions)
        if word not in ("lower", "higher")
    ]
    wrong = np.flatnonzero(~(np.isfinite(vector) & (vector >= 0)))
    found += [
        Problem(f"indicator {j}: its weight is {vector[j]}", fix="Weights are 0 or more.") for j in wrong
    ]
    if not wrong.size and abs(vector.sum() - 1) > _WEIGHT_ROUNDING:
        found.append(
            Problem(
                f"`weights` sum to {vector.sum():.6g}, not to 1",
                fix="Give each weight as a share of the whole.",
            )
        )
    return found


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
