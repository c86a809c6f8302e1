"""The joint promise as a mixed-integer program over the ranks of a small sample."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from methodology.chain.obstacles import unreachable
from methodology.chain.search import SOLVING_ORDER, JointAnswer, LevelAnswer, common_shares
from methodology.chain.spread import Spread
from methodology.errors import MethodError
from methodology.indicators import LEVELS

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_INFEASIBLE = 2
"""Status of scipy.optimize.milp."""


def integer_shares(
    spread: Spread, targets: tuple[Fraction, Fraction, Fraction], *, time_limit: float = 60.0
) -> JointAnswer:
    """
    Choose every benchmark value among the plants' own, as strict as possible, so that each level is attained.

    Parameters
    ----------
    spread : Spread
        The sorted sample.
    targets : three Fractions
        Wanted share of plants at Levels I, II and III, each or better.
    time_limit : float
        Seconds per level.

    Returns
    -------
    JointAnswer
        `share` of a level is the mean marginal share of its calibrated indicators.

    Raises
    ------
    MethodError
        If the solver proves no answer within the time, or its answer fails the exact recount.

    Notes
    -----
    Binary z[j, k] says that the value of indicator j is at its k-th distinct merit or looser, x[i] that plant i is at
    the level. A plant may count only if its weighted score meets the cut and every limiting indicator that applies is
    reached; at least ceil(target * n) plants count. Every indicator starts at the target's own marginal quantile and
    at the value of the next stricter level. Minimised: the sum of marginal shares over the indicators; without this
    objective the answer would not be unique. A target out of reach falls back on what the common share attains.
    """
    fallback = common_shares(spread, targets)
    limits = fallback.limits.copy()
    answers: dict[int, LevelAnswer] = {}
    for row in SOLVING_ORDER:
        wanted = ceil(targets[row] * spread.plants)
        if fallback.levels[row].attained < wanted:
            limits[row], answers[row] = fallback.limits[row], fallback.levels[row]
        else:
            limits[row], answers[row] = _level(spread, row, limits, targets[row], time_limit)
    return JointAnswer(limits, (answers[0], answers[1], answers[2]))


@dataclass(frozen=True)
class _Choice:
    """The values one indicator may take at one level, from strict to loose, and where its variables start."""

    column: int
    values: np.ndarray
    shares: np.ndarray
    start: int


def _level(
    spread: Spread, row: int, limits: np.ndarray, target: Fraction, time_limit: float
) -> tuple[np.ndarray, LevelAnswer]:
    wanted = ceil(target * spread.plants)
    high = np.minimum(spread.bounds[row], limits[1]) if row == 0 else spread.bounds[row]
    low = np.minimum(spread.limits(row, spread.ranks(target)), high)
    if row == 2:
        low = np.maximum(low, limits[1])
    start = np.where(spread.free, low, spread.fixed[row])
    already = spread.holds(1, limits) if row == 2 else np.zeros(spread.plants, dtype=bool)
    program = _Program(spread, row, limits, start, _choices(spread, start, high))
    missing = wanted - int(already.sum())
    chosen = program.solve(np.flatnonzero(~already), missing, time_limit) if missing > 0 else start
    if chosen is None:
        return _loosest(spread, row, limits, high, wanted)
    return chosen, _checked(spread, row, limits, chosen, wanted)


def _loosest(
    spread: Spread, row: int, limits: np.ndarray, high: np.ndarray, wanted: int
) -> tuple[np.ndarray, LevelAnswer]:
    """What is left where no choice of values serves: the loosest ones, and what is in the way."""
    table = limits.copy()
    table[row] = np.minimum(spread.limits(row, spread.stated), high)
    attained = int(spread.at_or_better(row, table).sum())
    note = unreachable(spread, row, table, wanted)
    return table[row], LevelAnswer(Fraction(1), spread.stated, attained, lambda: note)


def _choices(spread: Spread, low: np.ndarray, high: np.ndarray) -> list[_Choice]:
    found, start = [], 0
    for column in np.flatnonzero(spread.free):
        ordered = spread.ordered(int(column))
        inside = np.unique(ordered[(ordered > low[column]) & (ordered <= high[column])])
        values = np.concatenate([[low[column]], inside])
        shares = np.searchsorted(ordered, values, side="right") / max(int(spread.stated[column]), 1)
        found.append(_Choice(int(column), values, shares, start))
        start += len(inside)
    return found


def _checked(spread: Spread, row: int, limits: np.ndarray, chosen: np.ndarray, wanted: int) -> LevelAnswer:
    """The answer, counted again by the exact rule."""
    table = limits.copy()
    table[row] = chosen
    held = spread.holds(row, table)
    attained = int((held | spread.holds(1, table)).sum() if row == 2 else held.sum())
    if attained < wanted:
        raise MethodError(
            f"The mixed-integer program for level {LEVELS[row]} counted {wanted} plants, the exact rule {attained}: "
            "a score lies within the solver's tolerance of the cut. Use method 'common-share'."
        )
    ranks = np.array([int((spread.ordered(column) <= limit).sum()) for column, limit in enumerate(chosen)])
    free = spread.free & (spread.stated > 0)
    shares = [Fraction(int(rank), int(n)) for rank, n in zip(ranks[free], spread.stated[free], strict=True)]
    mean = sum(shares, Fraction(0)) / len(shares) if shares else Fraction(1)
    over = f"{attained} plants instead of {wanted}: no stricter choice of values attains the target."
    return LevelAnswer(mean, ranks, attained, lambda: over if attained - wanted >= 1 else "")


@dataclass(frozen=True)
class _Program:
    """The program of one level: which values to loosen, from `start` on."""

    spread: Spread
    row: int
    limits: np.ndarray
    start: np.ndarray
    choices: list[_Choice]

    @property
    def steps(self) -> int:
        """Variables that loosen a value by one step."""
        return sum(len(choice.values) - 1 for choice in self.choices)

    def solve(self, candidates: np.ndarray, missing: int, time_limit: float) -> np.ndarray | None:
        """Values of the level, shape (n_indicators,); None if no choice of values serves."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows = self._rows(candidates, missing)
        cost = np.concatenate([*(np.diff(c.shares) for c in self.choices), np.zeros(len(candidates))])
        answer = milp(
            cost,
            constraints=LinearConstraint(rows.matrix(), lb=np.array(rows.least)),
            integrality=np.ones(len(cost)),
            bounds=Bounds(0, 1),
            options={"time_limit": time_limit, "mip_rel_gap": 0.0},
        )
        if answer.status == _INFEASIBLE:
            return None
        if answer.x is None or not answer.success:
            raise MethodError(
                f"The mixed-integer program for level {LEVELS[self.row]} found no proven answer in {time_limit:g} s "
                f"({answer.message}). Use method 'common-share', a smaller sample or a larger time_limit."
            )
        taken = np.round(answer.x).astype(bool)
        chosen = self.start.copy()
        for choice in self.choices:
            loosened = int(taken[choice.start : choice.start + len(choice.values) - 1].sum())
            chosen[choice.column] = choice.values[loosened]
        return chosen

    def _rows(self, candidates: np.ndarray, missing: int) -> _Rows:
        rows = _Rows(self.steps + len(candidates))
        for choice in self.choices:
            for step in range(choice.start, choice.start + len(choice.values) - 2):
                rows.add({step: 1.0, step + 1: -1.0}, 0.0)
        for place, plant in enumerate(candidates):
            self._add_plant(rows, int(plant), self.steps + place)
        rows.add({self.steps + place: 1.0 for place in range(len(candidates))}, float(missing))
        return rows

    def _add_plant(self, rows: _Rows, plant: int, counted: int) -> None:
        """A plant counts only if its score meets the cut and nothing limiting stands against it."""
        spread, standing = self.spread, self.spread.standing
        merit = spread.merit[plant]
        share = 100 * standing.weights.share[standing.weights.pattern[plant]]
        surely = merit <= self.start
        by_column = {choice.column: choice for choice in self.choices}
        score: dict[int, float] = {}
        for column in np.flatnonzero(standing.applicable[plant] & ~surely):
            variable = _variable(by_column.get(int(column)), merit[column])
            if variable is not None and share[column] > 0:
                score[variable] = score.get(variable, 0.0) + float(share[column])
            if self.row < 2 and standing.limiting[column]:
                rows.add({counted: -1.0} if variable is None else {variable: 1.0, counted: -1.0}, 0.0)
        rows.add({**score, counted: float(share[surely].sum()) - float(spread.rule.cuts[self.row])}, 0.0)
        if self.row == 0 and spread.rule.level_one == "limiting-and-rest-at-two":
            rest = standing.applicable[plant] & ~standing.limiting
            if (merit[rest] > self.limits[1][rest]).any():
                rows.add({counted: -1.0}, 0.0)


class _Rows:
    """Rows `sum of coefficients * variables >= least` of a sparse system."""

    def __init__(self, variables: int) -> None:
        self.variables = variables
        self.least: list[float] = []
        self._data: list[float] = []
        self._places: tuple[list[int], list[int]] = ([], [])

    def add(self, coefficients: dict[int, float], least: float) -> None:
        """Append one row."""
        self._data += coefficients.values()
        self._places[0].extend([len(self.least)] * len(coefficients))
        self._places[1].extend(coefficients)
        self.least.append(least)

    def matrix(self) -> csr_array:
        """Coefficients, shape (n_rows, n_variables)."""
        from scipy.sparse import csr_array

        return csr_array((self._data, self._places), shape=(len(self.least), self.variables))


def _variable(choice: _Choice | None, merit: float) -> int | None:
    """Variable that says whether the value is loose enough for `merit`; None if no choice is."""
    if choice is None:
        return None
    step = int(np.searchsorted(choice.values, merit))
    return choice.start + step - 1 if 0 < step < len(choice.values) else None
