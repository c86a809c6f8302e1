"""Levels 级 of plants under a standard: scores, what blocks the next better one, and the shortest way to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import chain, combinations
from math import ceil, comb
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import DataError
from methodology.evaluation.attainment import checked_sample
from methodology.evaluation.decision import LEVEL_NAMES, NONE, Standing, blocked, decide
from methodology.evaluation.level_arrays import LevelInputs, level_basis
from methodology.indicators import LEVELS, IndicatorSystem, Sample


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
    basis = level_basis(plants, system, thresholds, weights, level_one=level_one, cut=cut)
    codes, points = decide(basis.standing, basis.rule), basis.standing.weights.scores(basis.standing.reached)
    return pd.DataFrame(
        {
            "plant": plants.plants.to_numpy(),
            **{f"Y_{level}": points[row] for row, level in enumerate(LEVELS)},
            "level": LEVEL_NAMES[codes],
            "limiting_failed": _failing(basis.standing, codes, np.array(system.ids, dtype=object)),
        }
    )


def attainment_of_whole(evaluation: pd.DataFrame) -> dict[str, float]:
    """
    Share of plants that the whole standard puts at each level or better.

    Parameters
    ----------
    evaluation : DataFrame
        Column level, as `methodology.evaluation.evaluate` writes it.

    Returns
    -------
    dict
        Level -> share.

    Raises
    ------
    DataError
        If no plant was evaluated.

    Examples
    --------
    >>> import pandas as pd
    >>> attainment_of_whole(pd.DataFrame({"level": ["I", "III", "none", "II"]}))
    {'I': 0.25, 'II': 0.5, 'III': 0.75}
    """
    if not len(evaluation):
        raise DataError("No plant was evaluated, so no share of plants can be stated.")
    return {name: count / len(evaluation) for name, count in plants_of_whole(evaluation).items()}


def plants_of_whole(evaluation: pd.DataFrame) -> dict[str, int]:
    """Count plants that the whole standard puts at each level or better; as `attainment_of_whole`."""
    names = [str(level) for level in LEVELS]
    return {name: int(evaluation["level"].isin(names[: row + 1]).sum()) for row, name in enumerate(names)}


def _failing(standing: Standing, codes: np.ndarray, ids: np.ndarray) -> list[str]:
    table = np.stack([blocked(standing, row) for row in range(3)])
    return [
        " ".join(ids[table[code - 1, plant]]) if code > 0 else "" for plant, code in enumerate(codes.tolist())
    ]


MOST_SETS = 50_000
"""Sets of equal size that are compared by effort; beyond it the heaviest weights are taken."""


@dataclass(frozen=True)
class Explanation:
    """
    The shortest way of one plant to a better level.

    Attributes
    ----------
    plant : str
    level : str
        Where it stands: I, II, III or none.
    to : str
        The level the smallest set leads to; empty for a plant at I.
    score, needed : float
        Y of `to` and the score it needs.
    blocking : tuple of str
        Limiting indicators that do not reach `to`.
    changes : DataFrame
        One row per indicator that has to improve: indicator, reason ("limiting", "rest at II", "score", "rest at II
        and score"), reach (the level it has to reach), state, value, threshold, change (in the unit of the indicator;
        NaN where nothing is reported), relative (change over the magnitude of the benchmark value).
    """

    plant: str
    level: str
    to: str
    score: float
    needed: float
    blocking: tuple[str, ...]
    changes: pd.DataFrame


def explain_all(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    weights: pd.DataFrame,
    *,
    level_one: str | None = None,
    cut: float | None = None,
) -> pd.DataFrame:
    """
    The shortest way of every plant to its next better level.

    Returns
    -------
    DataFrame
        Columns plant, level, to, score, needed, changes (number of indicators that must improve), limiting (ids that
        block), indicators (ids of the smallest set, separated by spaces).
    """
    rows = []
    for found in explanations(sample, system, thresholds, weights, level_one=level_one, cut=cut):
        ids = found.changes["indicator"]
        rows.append(
            (
                found.plant,
                found.level,
                found.to,
                found.score,
                found.needed,
                len(ids),
                " ".join(found.blocking),
                " ".join(ids),
            )
        )
    columns = ["plant", "level", "to", "score", "needed", "changes", "limiting", "indicators"]
    return pd.DataFrame(rows, columns=columns)


def explanations(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    weights: pd.DataFrame,
    *,
    level_one: str | None = None,
    cut: float | None = None,
) -> list[Explanation]:
    """
    Name the fewest indicators that lift each plant to its next better level, and by how much each must change.

    Parameters
    ----------
    sample, system, thresholds, weights, level_one, cut
        As in `evaluate`.

    Returns
    -------
    list of Explanation
        In the order of the sample; of a better level still where that takes fewer indicators.

    Notes
    -----
    No smaller set reaches the level or a better one: what limits, or is asked for by the newer reading of Level I,
    must improve, and the score is met by the heaviest of the rest. Among sets of that size the one with the fewest
    unreported cells and the smallest sum of relative changes is named (A-09), as long as there are at most 50 000.
    """
    plants = checked_sample(sample, system)
    basis = level_basis(plants, system, thresholds, weights, level_one=level_one, cut=cut)
    return [case.explanation() for case in _cases(plants, system, basis)]


def _cases(plants: Sample, system: IndicatorSystem, basis: LevelInputs) -> Iterator[_Case]:
    codes = decide(basis.standing, basis.rule)
    values = np.stack([plants.at(level).comparable(system)[list(system.ids)].to_numpy() for level in LEVELS])
    states = np.stack([plants.at(level).states[list(system.ids)].to_numpy() for level in LEVELS])
    for row, name in enumerate(plants.plants):
        yield _Case(basis, row, name, int(codes[row]), values[:, row], states[:, row])


class _Case:
    """One plant, with everything its level hangs on; what a level judges stands in the row of the level."""

    def __init__(
        self, basis: LevelInputs, place: int, name: Any, code: int, values: np.ndarray, states: np.ndarray
    ) -> None:
        self.basis, self.rule, self.name, self.code = basis, basis.rule, name, code
        self.values, self.states, self.limits = values, states, basis.thresholds.T
        self.merit = np.broadcast_to(basis.level_values[:, place], self.limits.shape)
        standing, weights = basis.standing, basis.standing.weights
        self.standing = replace(
            standing,
            reached=standing.reached[:, [place]],
            applicable=standing.applicable[[place]],
            weights=replace(weights, pattern=weights.pattern[[place]]),
        )
        self.whole = [int(weight) for weight in weights.whole[weights.pattern[place]]]
        self.total = int(weights.total[weights.pattern[place]])

    def explanation(self) -> Explanation:
        """The shortest way to the next better level, or to one that is better still."""
        if self.code == 0:
            return self._at_the_top()
        ways = [(row, self._way(row)) for row in range(self.code - 1, -1, -1)]
        row, chosen = min(ways, key=lambda way: len(way[1]))
        ids = self.basis.indicators
        barred = blocked(self.standing, row)[0] & (row < NONE - 1)
        return Explanation(
            str(self.name),
            str(LEVEL_NAMES[self.code]),
            str(LEVEL_NAMES[row]),
            self._score(row),
            float(self.rule.cuts[row]),
            tuple(ids[k] for k in np.flatnonzero(barred)),
            self._table(chosen),
        )

    def _at_the_top(self) -> Explanation:
        name, needed = str(self.name), float(self.rule.cuts[0])
        return Explanation(name, "I", "", self._score(0), needed, (), self._table([]))

    def _score(self, row: int) -> float:
        return float(self.standing.weights.scores(self.standing.reached)[row, 0])

    def _way(self, row: int) -> list[tuple[int, int, str]]:
        must = self._must(row)
        extra, upgraded = self._for_score(row, must)
        return [
            *(
                (k, row, "rest at II and score") if k in upgraded else (k, level, why)
                for k, level, why in must
            ),
            *((k, row, "score") for k in extra),
        ]

    def _failing(self, row: int) -> np.ndarray:
        return np.flatnonzero(self.standing.applicable[0] & ~self.standing.reached[row, 0])

    def _must(self, row: int) -> list[tuple[int, int, str]]:
        """(indicator, level to reach, reason) of what no score makes up for."""
        if row == NONE - 1:
            return []
        limiting = self.standing.limiting
        found = [(int(k), row, "limiting") for k in self._failing(row) if limiting[k]]
        if row == 0 and self.rule.strict:
            found += [(int(k), 1, "rest at II") for k in self._failing(1) if not limiting[k]]
        return found

    def _for_score(self, row: int, must: list[tuple[int, int, str]]) -> tuple[list[int], list[int]]:
        """Fewest further indicators for the score, and those of `must` that have to go beyond II for it."""
        moving = [k for k, level, _ in must if level == row]
        anyway = [k for k, level, _ in must if level != row]
        others = [int(k) for k in self._failing(row) if k not in moving and k not in anyway]
        sure = sum(self.whole[k] for k in (*np.flatnonzero(self.standing.reached[row, 0]), *moving))
        lacking = self.rule.cuts[row] * self.total / 100 - sure
        extra = self._smallest(others, lacking - sum(self.whole[k] for k in anyway), row)
        return extra, self._smallest(anyway, lacking - sum(self.whole[k] for k in extra), row)

    def _smallest(self, candidates: list[int], lacking: Fraction, row: int) -> list[int]:
        """Fewest candidates whose weights sum to `lacking`; of equally many, the easiest."""
        if lacking <= 0:
            return []
        efforts = {k: self._effort(k, row) for k in candidates}
        heavy = sorted(candidates, key=lambda k: (-self.whole[k], efforts[k]))
        weights = [self.whole[k] for k in heavy]
        size = next(n for n in range(1, len(heavy) + 1) if sum(weights[:n]) >= lacking)
        if comb(len(heavy), size) > MOST_SETS:
            return heavy[:size]
        sets = _sets(len(heavy), size)
        enough = sets[np.asarray(weights)[sets].sum(axis=1) >= ceil(lacking)]
        return min(
            ([heavy[place] for place in chosen] for chosen in enough.tolist()),
            key=lambda chosen: _total(efforts[k] for k in chosen),
        )

    def _effort(self, k: int, row: int) -> tuple[int, float]:
        """Whether nobody reported the cell, and else by how much of its benchmark value it must change."""
        change, size = self._change(k, row), abs(self.limits[row, k])
        if not np.isfinite(change):
            return True, 0.0
        return False, float(change / size) if size else float(change > 0)

    def _change(self, k: int, row: int) -> float:
        return float(self.merit[row, k] - self.limits[row, k])

    def _table(self, chosen: list[tuple[int, int, str]]) -> pd.DataFrame:
        states = ("measured", "below limit", "not reported", "not applicable")
        rows = []
        for k, row, reason in sorted(chosen):
            limit, change = float(self.limits[row, k] * self.basis.signs[k]), self._change(k, row)
            change = change if np.isfinite(change) else np.nan
            state, value = states[int(self.states[row, k])], float(self.values[row, k])
            relative = change / abs(limit) if limit else np.nan
            rows.append(
                (
                    self.basis.indicators[k],
                    reason,
                    str(LEVEL_NAMES[row]),
                    state,
                    value,
                    limit,
                    change,
                    relative,
                )
            )
        columns = ["indicator", "reason", "reach", "state", "value", "threshold", "change", "relative"]
        return pd.DataFrame(rows, columns=columns)


@lru_cache(maxsize=16)
def _sets(count: int, size: int) -> np.ndarray:
    """All sets of `size` of the first `count` numbers, one per row, in lexicographic order."""
    flat = np.fromiter(chain.from_iterable(combinations(range(count), size)), dtype=np.int64)
    return flat.reshape(-1, size)


def _total(efforts: Iterable[tuple[int, float]]) -> tuple[int, float]:
    """Cells that nobody reported, and the sum of relative changes, of one set."""
    parts = list(efforts)
    return sum(part[0] for part in parts), sum(part[1] for part in parts)
