"""Composite index Y_g 综合评价指数: weights, checked, redistributed over what applies, summed in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import gcd, lcm

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.evaluation.exact import exact, exact_all, numbers_in, refuse_columns
from methodology.indicators import IndicatorSystem

_LARGEST = 2**53
"""Whole numbers up to here are exact as float64, and their quotient is correctly rounded."""
_NEAR = 1e-6
"""Distance from the cut, in points of score, below which float64 is not trusted; its error is below 1e-11."""


@dataclass(frozen=True)
class EffectiveWeights:
    """
    Weights w_ij' after redistribution, exactly, one row per pattern of applicability.

    Attributes
    ----------
    whole : array of shape (n_patterns, n_indicators), int64 or object
        Weights of each pattern over the common denominator `total`; 0 where not applicable.
    total : array of shape (n_patterns,), int64 or object
        Sum of each row.
    pattern : int array of shape (n_plants,)
        Row of each plant.
    share : float array of shape (n_patterns, n_indicators)
        `whole / total`, for decisions that are far from the cut.
    patterns : bool array of shape (n_patterns, n_indicators)
        Which indicators apply.
    """

    whole: np.ndarray
    total: np.ndarray
    pattern: np.ndarray
    share: np.ndarray
    patterns: np.ndarray

    @cached_property
    def _shares(self) -> np.ndarray:
        """`share` of each plant, shape (n_plants, n_indicators)."""
        return self.share[self.pattern]

    def scores(self, reached: np.ndarray) -> np.ndarray:
        """Y_g of each level and plant, the float nearest to the exact value; shape (levels, plants)."""
        sums = self._sums(reached, np.arange(reached.shape[1]))
        return np.asarray(100 * sums / self.total[self.pattern], dtype=float)

    def at_least(self, reached: np.ndarray, cut: Fraction) -> np.ndarray:
        """
        Whether Y_g >= cut, decided exactly; shape (levels, plants).

        float64 decides where it is far from the cut, whole numbers where it is near.
        """
        rough, limit = 100 * np.einsum("lpi,pi->lp", reached, self._shares), float(cut)
        decided = rough >= limit
        close = np.abs(rough - limit) < _NEAR
        if not close.any():
            return decided
        if cut == 100:
            complete = (reached | (self._shares == 0)).all(axis=2)
            decided[complete] = True
            close &= ~complete
        near = np.flatnonzero(close.any(axis=0))
        if near.size:
            decided[:, near] = self._sums(reached[:, near], near) >= self.needed(cut)[self.pattern[near]]
        return decided

    def needed(self, cut: Fraction) -> np.ndarray:
        """Smallest sum of whole weights that is a score of at least `cut` points; shape (n_patterns,)."""
        sums = [-(-int(total) * cut.numerator // (100 * cut.denominator)) for total in self.total]
        return np.array(sums, dtype=self.total.dtype)

    def _sums(self, reached: np.ndarray, plants: np.ndarray) -> np.ndarray:
        sums = np.zeros(reached.shape[:2], dtype=self.whole.dtype)
        pattern = self.pattern[plants]
        for row in np.unique(pattern):
            chosen = pattern == row
            sums[:, chosen] = reached[:, chosen].astype(self.whole.dtype) @ self.whole[row]
        return sums


def effective_weights(
    weights: Sequence[float | Fraction],
    groups: Sequence[str],
    applicable: np.ndarray,
    *,
    plants: Sequence[str] | None = None,
) -> EffectiveWeights:
    """
    Redistribute the weights of indicators, and of whole groups, that do not apply.

    Parameters
    ----------
    weights : sequence of length n_indicators
        Weight of each indicator in the whole, w_i * w_ij; any positive total.
    groups : sequence of length n_indicators
        Group of each indicator.
    applicable : bool array of shape (n_plants, n_indicators)
        False where an indicator does not apply to a plant. Not reported is applicable: silence is not rewarded.
    plants : sequence of length n_plants, optional
        Names for messages.

    Returns
    -------
    EffectiveWeights
        w_ij' = w_ij / sum of w_ij applicable in the group, times the group's share among groups that apply at all.

    Raises
    ------
    DataError
        If nothing with a positive weight applies to a plant; names every such plant.

    Examples
    --------
    >>> import numpy as np
    >>> one = effective_weights([0.5, 0.25, 0.25], ["a", "b", "b"], np.array([[True, True, False]]))
    >>> one.share
    array([[0.5, 0.5, 0. ]])
    """
    given = _over_common_denominator(exact_all(weights))
    patterns, index = patterns_of(applicable, np.array([number > 0 for number in given]), plants)
    names = list(groups)
    whole = [_redistribute(given, names, pattern.tolist()) for pattern in patterns]
    totals = [sum(row) for row in whole]
    kind = np.int64 if all(100 * total < _LARGEST for total in totals) else object
    share = np.array([[part / total for part in row] for row, total in zip(whole, totals, strict=True)])
    shape = (len(whole), len(names))
    return EffectiveWeights(
        np.array(whole, dtype=kind).reshape(shape),
        np.array(totals, dtype=kind),
        index,
        share.reshape(shape),
        patterns,
    )


def patterns_of(
    applicable: np.ndarray, counting: np.ndarray, plants: Sequence[str] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """
    Patterns of applicability, one row each, and the row of each plant.

    Parameters
    ----------
    applicable, plants
        As in `effective_weights`.
    counting : bool array of shape (n_indicators,)
        Indicators with a weight.

    Raises
    ------
    DataError
        If nothing that counts applies to a plant.
    """
    known = np.ascontiguousarray(applicable, dtype=bool)
    patterns, index = _patterns(known.shape, known.tobytes())
    empty = ~(patterns & counting).any(axis=1)
    if empty.any():
        _refuse_empty(np.flatnonzero(empty[index]), plants)
    return patterns, index


@lru_cache(maxsize=8)
def _patterns(shape: tuple[int, ...], cells: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Different rows of applicability, and which of them each plant has; drawn weights ask again for the same."""
    applicable = np.frombuffer(cells, dtype=bool).reshape(shape)
    rows = np.ascontiguousarray(np.packbits(applicable, axis=1))
    _, first, index = np.unique(
        rows.view(f"V{rows.shape[1]}").reshape(-1), return_index=True, return_inverse=True
    )
    patterns = applicable[first]
    patterns.setflags(write=False)
    index.setflags(write=False)
    return patterns, index


def _redistribute(weights: Sequence[int], groups: Sequence[str], pattern: Sequence[bool]) -> list[int]:
    """Whole numbers in the proportions of w_ij * w_i / (what applies of group i), in lowest terms."""
    total: dict[str, int] = {}
    applying: dict[str, int] = {}
    for weight, group, applies in zip(weights, groups, pattern, strict=True):
        total[group] = total.get(group, 0) + weight
        applying[group] = applying.get(group, 0) + (weight if applies else 0)
    common = lcm(*(part for part in applying.values() if part))
    factor = {group: total[group] * (common // part) if part else 0 for group, part in applying.items()}
    parts = [
        weight * factor[group] if applies else 0
        for weight, group, applies in zip(weights, groups, pattern, strict=True)
    ]
    divisor = gcd(*parts) or 1
    return [part // divisor for part in parts]


def _over_common_denominator(parts: Sequence[Fraction]) -> list[int]:
    common = lcm(*(part.denominator for part in parts))
    return [part.numerator * (common // part.denominator) for part in parts]


def _refuse_empty(rows: np.ndarray, plants: Sequence[str] | None) -> None:
    names = [str(plants[row]) if plants is not None else f"row {row}" for row in rows]
    raise DataError(
        "No indicator applies to some plants, so no weight is left to score them with.",
        [
            Problem("every indicator is 'not applicable'", plant=name, fix="Exclude it with a reason.")
            for name in names[:5]
        ]
        + ([Problem(f"and {len(names) - 5} more")] if len(names) > 5 else []),
    )


_ROUNDING = Fraction(1, 200)
"""Printed weights of three decimals may miss 1 by this much; scores divide by their exact total."""


def weight_vector(system: IndicatorSystem, weights: pd.DataFrame | pd.Series) -> tuple[Fraction, ...]:
    """
    Weights of the whole in the order of the system, exactly.

    Parameters
    ----------
    system : IndicatorSystem
        Gives order and groups.
    weights : DataFrame or Series
        Columns indicator and weight (group and local_weight are not needed), or a Series indexed by indicator.

    Raises
    ------
    DataError
        All faults at once: a missing, repeated, unknown, negative or empty weight, groups that contradict the
        system, or a total that is not 1.
    """
    table = _as_table(weights)
    problems = [*_faults_of_names(system, table), *_faults_of_groups(system, table)]
    problems += [
        Problem(f"{name!r} has weight {given}", column="weight", fix="Weights are 0 or more.")
        for name, weight, given in table[["indicator", "weight", "given"]].itertuples(index=False)
        if not np.isfinite(weight) or weight < 0
    ]
    raise_problems(DataError, "The weights table cannot be used.", problems)
    by_name = dict(zip(table["indicator"], table["weight"], strict=True))
    vector = tuple(exact(by_name[name]) for name in system.ids)
    total = sum(vector, Fraction(0))
    if abs(total - 1) > _ROUNDING:
        raise DataError(
            f"The weights of the {len(vector)} indicators sum to {float(total):.6g}, not to 1. "
            "Column 'weight' is the share in the whole, not in the group."
        )
    return vector


def heaviest_first(weights: Mapping[str, float]) -> tuple[str, ...]:
    """
    Indicators by weight, equal ones by id: an order that does not hang on how a standard lists its rows (A-51).

    Examples
    --------
    >>> heaviest_first({"water": 0.25, "energy": 0.5, "dust": 0.25})
    ('energy', 'dust', 'water')
    """
    return tuple(sorted(weights, key=lambda name: (-round(float(weights[name]), 12), name)))


def _as_table(weights: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Columns indicator, weight (a number, NaN where it is none) and given (as it was stated)."""
    if isinstance(weights, pd.Series):
        weights = pd.DataFrame({"indicator": list(weights.index), "weight": weights.to_numpy()})
    if not isinstance(weights, pd.DataFrame):
        raise DataError(
            f"The weights are a {type(weights).__name__}; give a DataFrame with columns indicator, weight, or a Series."
        )
    table = weights
    if "indicator" not in table.columns and table.index.name == "indicator":
        table = table.reset_index()
    refuse_columns(table, ("indicator", "weight"), "The weights table cannot be used.")
    return table.assign(
        indicator=[name if isinstance(name, str) else repr(name) for name in table["indicator"]],
        weight=numbers_in(table["weight"]),
        given=table["weight"],
    )


def _faults_of_names(system: IndicatorSystem, table: pd.DataFrame) -> list[Problem]:
    names = list(table["indicator"])
    found = [Problem(f"indicator {name!r} has no weight") for name in system.ids if name not in set(names)]
    found += [
        Problem(f"indicator {name!r} is not part of system {system.id!r}")
        for name in dict.fromkeys(names)
        if name not in system.ids
    ]
    found += [
        Problem(f"indicator {name!r} has more than one weight")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    return found


def _faults_of_groups(system: IndicatorSystem, table: pd.DataFrame) -> list[Problem]:
    """Groups may be labelled differently, but not cut differently: redistribution stays within a group."""
    if "group" not in table.columns or table["group"].isna().any():
        return []
    pairs = [
        (g, system[i].group)
        for g, i in zip(table["group"], table["indicator"], strict=True)
        if i in system.ids
    ]
    split = {theirs for theirs, _ in pairs if len({ours for g, ours in pairs if g == theirs}) > 1}
    split |= {ours for _, ours in pairs if len({theirs for theirs, g in pairs if g == ours}) > 1}
    return [
        Problem(
            f"group {group!r} does not hold the same indicators as in system {system.id!r}",
            column="group",
            why="Weights of what does not apply are redistributed within a group.",
        )
        for group in sorted(map(str, split))
    ]
