"""How far a weight can move before any plant changes its level: closed form, no draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from methodology.evaluation.decision import LEVEL_NAMES, NONE, decide, level_holds, unblocked
from methodology.evaluation.level_arrays import LevelInputs

_SAME = 1e-9
"""Relative distance within which a crossing is the present weight itself."""
_BEYOND = 1e-7
"""Relative step past a crossing, where the new level is read."""
_TINY = 1e-13


@dataclass(frozen=True)
class _Curve:
    """Score minus cut of every plant, times something positive: q0 + q1 x + q2 x**2 at a weight of x / (1 + x)."""

    q0: np.ndarray
    q1: np.ndarray
    q2: np.ndarray

    def holds(self, x: np.ndarray) -> np.ndarray:
        """Whether the cut is reached at `x`."""
        size = np.abs(self.q0) + np.abs(self.q1) * x + np.abs(self.q2) * x * x
        return self.q0 + x * (self.q1 + x * self.q2) >= -_TINY * size

    def roots(self) -> np.ndarray:
        """Positive real roots in ascending order, infinity where there is none; shape (2, n_plants)."""
        size = np.abs(self.q0) + np.abs(self.q1) + np.abs(self.q2)
        a, b, c = (np.where(np.abs(q) > _TINY * size, q, 0.0) for q in (self.q2, self.q1, self.q0))
        inside = b * b - 4 * a * c
        half = -(b + np.where(b >= 0, 1.0, -1.0) * np.sqrt(np.maximum(inside, 0.0))) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            pair = np.stack([half / a, c / half])
        real = np.isfinite(pair) & (pair > 0) & (inside >= 0)
        return np.sort(np.where(real, pair, np.inf), axis=0)


def weight_stability(inputs: LevelInputs) -> pd.DataFrame:
    """
    Range of each indicator's and each group's weight that keeps the level of every plant.

    Parameters
    ----------
    inputs : LevelInputs
        From `level_inputs`.

    Returns
    -------
    DataFrame
        Columns kind ("indicator" or "group"), name, weight, lower, upper, and per end the plant that changes first and
        how: lower_plant, lower_change, upper_plant, upper_change, e.g. "II -> III"; '' where the range ends at 0 or 1.
        All other weights keep their proportions. Weights of 0 have no row.

    Notes
    -----
    The score is a ratio of polynomials of degree at most 2 in the weight, so every crossing of the cut has a closed
    form. Limiting indicators and a score of 100 do not depend on the size of a weight. Rests on A-63.

    Examples
    --------
    >>> from methodology.evaluation.level_arrays import level_inputs
    >>> inputs = level_inputs([[1.0, 9.0]], [[1, 2, 3], [1, 2, 3]], [0.9, 0.1], indicators=["a", "b"])
    >>> weight_stability(inputs)[["kind", "name", "lower", "upper"]].round(3).values.tolist()
    [['indicator', 'a', 0.85, 1.0], ['indicator', 'b', 0.0, 0.15], ['group', 0, 1.0, 1.0]]
    """
    shares = inputs.weights / inputs.weights.sum()
    facts = _Facts.of(inputs)
    rows = [
        _row(facts, "indicator", inputs.indicators[j], shares[j], _indicator_curves(inputs, shares, int(j)))
        for j in np.flatnonzero(shares > 0)
    ]
    for group, name in enumerate(inputs.group_names):
        weight = shares[inputs.groups == group].sum()
        if weight > 0:
            rows.append(_row(facts, "group", name, weight, _group_curves(inputs, shares, group)))
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class _Facts:
    """Present levels (n_plants,); per level (3, n_plants): its condition holds, all but the score lets it."""

    inputs: LevelInputs
    now: np.ndarray
    held: np.ndarray
    free: np.ndarray

    @classmethod
    def of(cls, inputs: LevelInputs) -> _Facts:
        standing, rule = inputs.standing, inputs.rule
        held = np.stack([level_holds(standing, rule, level) for level in range(3)])
        free = np.stack([unblocked(standing, rule, level) for level in range(3)])
        return cls(inputs, decide(standing, rule), held, free)

    def after(self, plant: int, curves: list[_Curve], x: float) -> str:
        """How the level of a plant changes once the weight has passed `x`."""
        held = [
            self.free[level, plant] and bool(curves[level].holds(np.full(self.now.shape, x))[plant])
            if self.inputs.cuts[level] < 1
            else self.held[level, plant]
            for level in range(3)
        ]
        return f"{LEVEL_NAMES[self.now[plant]]} -> {LEVEL_NAMES[held.index(True) if any(held) else NONE]}"


def _row(facts: _Facts, kind: str, name: object, weight: float, curves: list[_Curve]) -> dict[str, object]:
    alone = weight >= 1 - _SAME
    ends: dict[str, tuple[float, int]] = {"lower": (1.0 if alone else 0.0, -1), "upper": (1.0, -1)}
    for level in [level for level in range(3) if facts.inputs.cuts[level] < 1 and not alone]:
        crossings = _crossings(curves[level], weight, facts.held[level])
        for end, crossing in zip(("lower", "upper"), crossings, strict=True):
            for plant in np.flatnonzero(facts.free[level] & (facts.now >= level) & np.isfinite(crossing)):
                nearer = crossing[plant] > ends[end][0] if end == "lower" else crossing[plant] < ends[end][0]
                if nearer:
                    ends[end] = (float(crossing[plant]), int(plant))
    row: dict[str, object] = {"kind": kind, "name": name, "weight": weight}
    row |= {end: value for end, (value, _) in ends.items()}
    for end, (value, first) in ends.items():
        beyond = value / (1 - value) * (1 - _BEYOND if end == "lower" else 1 + _BEYOND) if value < 1 else 0.0
        row[f"{end}_plant"] = "" if first < 0 else facts.inputs.plants[first]
        row[f"{end}_change"] = "" if first < 0 else facts.after(first, curves, beyond)
    return row


def _crossings(curve: _Curve, weight: float, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nearest weights below and above at which the cut is crossed; NaN where it never is; each (n_plants,)."""
    here = weight / (1 - weight)
    low, high = curve.roots()
    none = np.full(held.shape, np.nan)
    above, below = none.copy(), none.copy()
    for root, further in ((low, high), (high, np.full_like(high, np.inf))):
        beyond = np.where(np.isfinite(further), (root + further) / 2, 2 * root + 1)
        beyond = np.where(np.isfinite(beyond), beyond, 0.0)
        turns = (
            np.isfinite(root)
            & (root >= here * (1 - _SAME))
            & (further > root)
            & (curve.holds(beyond) != held)
        )
        above = np.where(np.isnan(above) & turns, np.maximum(root, here), above)
    for root, nearer_zero in ((high, low), (low, np.zeros_like(low))):
        inner = np.where(np.isfinite(root) & np.isfinite(nearer_zero), (root + nearer_zero) / 2, 0.0)
        turns = (
            np.isfinite(root)
            & (root <= here * (1 + _SAME))
            & (nearer_zero < root)
            & (curve.holds(inner) != held)
        )
        below = np.where(np.isnan(below) & turns, np.minimum(root, here), below)
    return below / (1 + below), above / (1 + above)


def _indicator_curves(inputs: LevelInputs, shares: np.ndarray, k: int) -> list[_Curve]:
    """One indicator at weight t, the others at 1 - t in their proportions; t : 1 - t = x : 1."""
    rest = np.where(np.arange(shares.size) == k, 0.0, shares)
    rest = rest / rest.sum() if rest.any() else rest
    mine = inputs.groups == inputs.groups[k]
    applies = inputs.applicable
    reached = inputs.standing.reached & applies
    p = applies[:, k].astype(float)
    whole, applying = rest[mine].sum(), applies[:, mine] @ rest[mine]
    curves = []
    for level in range(3):
        got, full = _other_groups(inputs, rest, reached[level], int(inputs.groups[k]))
        cut = float(inputs.cuts[level])
        r, s = reached[level][:, k].astype(float), reached[level][:, mine] @ rest[mine]
        # (t + u V)(t r + u s) + (u C - c (t + u V + u D))(t p + u a) with t = x, u = 1
        q2 = r - cut * p
        q1 = s + whole * r + (got - cut * (whole + full)) * p - cut * applying
        q0 = whole * s + (got - cut * (whole + full)) * applying
        silent = (p == 0) & (applying <= 0)
        curves.append(_Curve(np.where(silent, got - cut * full, q0), np.where(silent, 0.0, q1), q2))
    return curves


def _group_curves(inputs: LevelInputs, shares: np.ndarray, group: int) -> list[_Curve]:
    """One group at weight t, the others at 1 - t in their proportions."""
    mine = inputs.groups == group
    rest = np.where(mine, 0.0, shares)
    rest = rest / rest.sum() if rest.any() else rest
    reached = inputs.standing.reached & inputs.applicable
    applying = inputs.applicable[:, mine] @ shares[mine]
    curves = []
    for level in range(3):
        got, full = _other_groups(inputs, rest, reached[level], group)
        cut = float(inputs.cuts[level])
        inside = reached[level][:, mine] @ shares[mine]
        local = np.divide(inside, applying, out=np.zeros_like(inside), where=applying > 0)
        curves.append(_Curve(got - cut * full, np.where(applying > 0, local - cut, 0.0), np.zeros_like(got)))
    return curves


def _other_groups(
    inputs: LevelInputs, rest: np.ndarray, reached: np.ndarray, group: int
) -> tuple[np.ndarray, np.ndarray]:
    """Score and weight that all groups but one bring in, at proportions `rest`; each (n_plants,)."""
    got, full = np.zeros(len(reached)), np.zeros(len(reached))
    for other in range(len(inputs.group_names)):
        members = inputs.groups == other
        if other == group:
            continue
        applying = inputs.applicable[:, members] @ rest[members]
        inside = reached[:, members] @ rest[members]
        local = np.divide(inside, applying, out=np.zeros_like(inside), where=applying > 0)
        got += local * rest[members].sum()
        full += np.where(applying > 0, rest[members].sum(), 0.0)
    return got, full
