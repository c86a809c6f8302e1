"""The calibration frontier: what the whole standard attains at every strictness, and where both promises lie on it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.bands import drawn_counts, exact_binomial, middle
from methodology.chain.calibration import rules_of
from methodology.chain.common_share import JointAnswer, attainable_shares, common_shares
from methodology.chain.critical import Curves, Path, along, counts_by_step
from methodology.chain.crossvalidation import cross_validated
from methodology.chain.joint import read_targets
from methodology.chain.sorted_sample import Spread, merit_bounds, spread_of
from methodology.errors import ParameterError
from methodology.indicators import LEVELS, IndicatorSystem, Sample, as_sample, merit_signs
from methodology.parameters import Parameters
from methodology.proposal import in_force_bounds, law_bounds

COLUMNS = [
    *("level", "strictness", "attained", "lower", "upper"),
    *("cross_validated", "industry", "unbounded"),
]
POINTS = [
    *("point", "level", "target", "strictness", "attained", "admissible", "lower", "upper"),
    *("strictest", "loosest", "rechosen_lower", "rechosen_upper", "cross_validated", "industry"),
]
MOST_STEPS = 200
"""Steps of a curve; of a large sample every so many-th is drawn, beside the points."""


@dataclass(frozen=True)
class Setting:
    """
    What a frontier is drawn under.

    Attributes
    ----------
    targets : mapping of level to share
        The promise, whose marginal and joint points are marked.
    level_one, cut
        Reading of the rule, as in `methodology.evaluation.evaluate`.
    bound_by_law, stratum, corrected
        As in `joint_thresholds`.
    in_force : bool
        No value looser than the index, norm or limit in force either.
    minimum : int
        k: no value looser than that of the k-th plant from the dirty end; 1 leaves this open.
    folds : int
        Folds of the cross-validated share; 0 leaves it out.
    confidence : float
        Of the band at each strictness.
    industry : Sample, optional
        All plants the sample was drawn from, where they are known, on the same footing.
    """

    targets: Mapping[str, float] = field(default_factory=lambda: {"I": 0.05, "II": 0.2, "III": 0.5})
    level_one: str | None = None
    cut: float | None = None
    bound_by_law: bool = True
    stratum: Mapping[str, str] | None = None
    corrected: bool = False
    in_force: bool = False
    minimum: int = 3
    folds: int = 5
    confidence: float = 0.95
    industry: Sample | None = None

    @classmethod
    def of(cls, choices: Parameters, *, industry: Sample | None = None, in_force: bool = False) -> Setting:
        """The setting of a run."""
        rules = {name: value for name, value in rules_of(choices).items() if name != "seed"}
        shares, minimum = choices.thresholds, choices.proposal.disclosure_minimum
        told: dict[str, Any] = {"confidence": shares.confidence, "industry": industry, "in_force": in_force}
        return cls(targets=shares.shares, minimum=minimum, **rules, **told)


class Frontier(pd.DataFrame):
    """
    A frontier that carries where the promises lie on it.

    Attributes
    ----------
    points : DataFrame
        One row per promise and level: point ("marginal", "joint"), level, target, strictness, attained (by the values
        as calibrated), admissible (by the curve at that strictness), lower, upper (band of the curve there), strictest,
        loosest (band of the strictness if it were chosen again; NaN for the marginal point, whose strictness is given),
        rechosen_lower, rechosen_upper (band of what the plants then attain), cross_validated, industry.
    """

    _metadata = ["points"]  # noqa: RUF012 - pandas' protocol

    points: pd.DataFrame

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        """Slices are plain tables: the points belong to the whole."""
        return pd.DataFrame


def frontier(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    *,
    levels: Sequence[str] = ("I", "II", "III"),
    resamples: int = 1000,
    seed: int = 0,
    setting: Setting | None = None,
) -> Frontier:
    """
    Draw the calibration frontier: the share of plants a whole standard attains against its strictness.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        Corrected beforehand where the run corrects.
    weights : DataFrame
        Columns indicator, weight (of the whole, sums to 1).
    levels : sequence of str
        Levels whose curves are wanted.
    resamples : int
        Samples of as many plants drawn with replacement, for the band.
    seed : int
        Of the resamples, each of which has a stream of its own, and of the folds.
    setting : Setting, optional
        Targets, rule, bounds and the industry; `Setting.of` reads them off a run.

    Returns
    -------
    Frontier
        level, strictness (one minus the share of plants each indicator lets through), attained (share of plants at the
        level or better), lower, upper, cross_validated (the same for plants left out), industry (the same for all
        plants; NaN where they are not known), unbounded (attained without any bound: what the bounds cost), from
        the loosest to the strictest; `.points` holds both promises.

    Raises
    ------
    DataError
        If a table is at fault, or no plant states a value of an indicator.
    ParameterError
        If a level, a target, the number of resamples or the minimum is none.

    Notes
    -----
    At each strictness every value of a level is read off the plants at one common share, kept within what is
    admissible. The other levels move along: on the straight way from the strictest values over the marginal and the
    joint point to the loosest ones (A-43), so that no level is solved before another and both points lie on the curves.

    Every count is exact. The band joins the range of the resamples, whose values are read anew, with the exact
    binomial interval of the count [1]_, because resamples of a sample in which no plant is at a level have none either.

    References
    ----------
    .. [1] Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404
    """
    chosen = setting or Setting()
    rows = _checked(levels, resamples, chosen)
    spread = spread_of(sample, system, weights, level_one=chosen.level_one, cut=chosen.cut)
    industry = chosen.industry
    everyone = None if industry is None else _open(industry, spread, system, weights, chosen)
    by_name = spread.subset(np.argsort(as_sample(sample, system).plants.astype(str), kind="stable"))
    work = _Frontier(spread, by_name, _bounds(spread, system, chosen), everyone, chosen, seed)
    drawn = drawn_counts(spread.plants, resamples, seed)
    parts = [work.level(row, drawn) for row in rows]
    out = Frontier(pd.concat([curve for curve, _ in parts], ignore_index=True))
    out.points = pd.DataFrame([one for _, own in parts for one in own], columns=POINTS).sort_values(
        "point", ascending=False, kind="stable", ignore_index=True
    )
    return out


def _checked(levels: Iterable[str], resamples: int, setting: Setting) -> list[int]:
    names = [str(level) for level in LEVELS]
    wanted = [levels] if isinstance(levels, str) else [str(level) for level in levels]
    if not wanted or not set(wanted) <= set(names):
        raise ParameterError(f"levels are {levels!r}; give some of {', '.join(names)}.")
    for name, count in (("resamples", resamples), ("minimum", setting.minimum)):
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
            raise ParameterError(f"{name} is {count!r}; give a whole number of at least 1.")
    if not 0 < setting.confidence < 1:
        raise ParameterError(f"confidence is {setting.confidence!r}; give a number between 0 and 1.")
    return [row for row, name in enumerate(names) if name in wanted]


def _open(
    plants: Sample, like: Spread, system: IndicatorSystem, weights: pd.DataFrame, setting: Setting
) -> Spread:
    """Plants that are only judged."""
    found = spread_of(plants, system, weights, level_one=setting.level_one, cut=setting.cut)
    return replace(found, rule=like.rule)


def _bounds(spread: Spread, system: IndicatorSystem, setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of the joint promise, and those that are admissible, on the merit scale."""
    signs = merit_signs(system)
    where: dict[str, Any] = {"stratum": setting.stratum, "corrected": setting.corrected}
    law = merit_bounds(law_bounds(system, **where), signs) if setting.bound_by_law else spread.bounds
    force = merit_bounds(in_force_bounds(system, **where), signs) if setting.in_force else spread.bounds
    return law, np.minimum(law, force)


@dataclass(frozen=True)
class _Frontier:
    """One sample, as it came and by the names of its plants, which resamples and folds go by; what its curves share."""

    came: Spread
    open: Spread
    bounds: tuple[np.ndarray, np.ndarray]
    everyone: Spread | None
    setting: Setting
    seed: int

    @cached_property
    def lawful(self) -> Spread:
        return replace(self.open, bounds=self.bounds[0])

    @cached_property
    def bounded(self) -> Spread:
        return replace(self.open, bounds=self.bounds[1])

    @cached_property
    def targets(self) -> tuple[Fraction, Fraction, Fraction]:
        return read_targets(self.setting.targets)

    @cached_property
    def joint(self) -> JointAnswer:
        return common_shares(self.lawful, self.targets)

    @cached_property
    def crossed(self) -> dict[str, float]:
        """What plants left out of the joint calibration attain."""
        folds, came = self.setting.folds, replace(self.came, bounds=self.bounds[0])
        return cross_validated(came, self.targets, folds=folds, seed=self.seed) if folds else {}

    @cached_property
    def shares(self) -> list[Fraction]:
        """Steps of every curve: the shares at which a value moves, and those of the points."""
        steps = attainable_shares(self.open)
        places = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), MOST_STEPS)).astype(int))
        return sorted(
            {*(steps[int(k)] for k in places), *self.targets, *(a.share for a in self.joint.levels)}
        )

    def path(self, row: int) -> Path:
        """Shares of all levels along the curve of level `row`."""
        joint = [answer.share for answer in self.joint.levels]
        knots = [(self.targets[row], self.targets), (joint[row], tuple(joint))]
        first, second, third = (
            self.shares if level == row else [along(share, knots, level) for share in self.shares]
            for level in range(3)
        )
        return first, second, third

    def level(self, row: int, drawn: np.ndarray) -> tuple[pd.DataFrame, list[tuple[Any, ...]]]:
        """The curve of one level, and its points."""
        path, size = self.path(row), len(self.shares)
        curves = Curves(self.bounded, self.bounded, self.setting.minimum)
        once = np.ones((1, self.open.plants), dtype=np.int64)
        counts = partial(counts_by_step, steps=size)
        attained = counts(curves.first_steps(row, path, once), once)[0]
        first = curves.first_steps(row, path, drawn)
        again, there = counts(first, drawn), counts(first, np.ones_like(drawn))
        free = counts(Curves(self.open, self.open).first_steps(row, path, once), once)[0]
        low, high = self._band(attained, again)
        told = {
            "level": str(LEVELS[row]),
            "strictness": [float(1 - share) for share in self.shares],
            "attained": attained / self.open.plants,
            "lower": low,
            "upper": high,
            "cross_validated": self._left_out(row, path),
            "industry": self._industry(row, path),
            "unbounded": free / self.open.plants,
        }
        curve = pd.DataFrame(told, columns=COLUMNS)
        points = [self._marginal(row, curve), self._joint_point(row, curve, again, there)]
        return curve[::-1].reset_index(drop=True), points

    def _band(self, attained: np.ndarray, again: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        plants, tail = self.open.plants, (1 - self.setting.confidence) / 2
        low, high = middle(again, tail)
        below, above = exact_binomial(attained, plants, self.setting.confidence)
        return np.minimum(low / plants, below), np.maximum(high / plants, above)

    def _left_out(self, row: int, path: Path) -> np.ndarray | float:
        folds, plants = min(self.setting.folds, self.open.plants), self.open.plants
        if folds < 2:
            return np.nan
        parts = np.array_split(np.random.default_rng(self.seed).permutation(plants), folds)
        judged = np.zeros((folds, plants), dtype=np.int64)
        for fold, part in enumerate(parts):
            judged[fold, part] = 1
        curves = Curves(self.bounded, self.bounded, self.setting.minimum)
        first = curves.first_steps(row, path, 1 - judged)
        return counts_by_step(first, judged, len(self.shares)).sum(axis=0) / plants

    def _industry(self, row: int, path: Path) -> np.ndarray | float:
        if self.everyone is None:
            return np.nan
        once = np.ones((1, self.open.plants), dtype=np.int64)
        first = Curves(self.bounded, self.everyone, self.setting.minimum).first_steps(row, path, once)
        return counts_by_step(first, np.ones_like(first), len(self.shares))[0] / self.everyone.plants

    def _marginal(self, row: int, curve: pd.DataFrame) -> tuple[Any, ...]:
        limits = self.open.marginal(self.targets)
        at = curve.iloc[bisect_left(self.shares, self.targets[row])]
        nothing = [np.nan] * 4
        return (
            *self._told("marginal", row, at, limits),
            *nothing,
            at["cross_validated"],
            self._all(row, limits),
        )

    def _joint_point(
        self, row: int, curve: pd.DataFrame, again: np.ndarray, there: np.ndarray
    ) -> tuple[Any, ...]:
        """With the strictness each resample would choose to keep the promise, and what all plants then attain."""
        share, plants = self.joint.levels[row].share, self.open.plants
        at, tail = curve.iloc[bisect_left(self.shares, share)], (1 - self.setting.confidence) / 2
        enough = again >= ceil(self.targets[row] * plants)
        place = np.where(enough.any(axis=1), enough.argmax(axis=1), len(self.shares) - 1)
        loose, strict = (int(k) for k in middle(place, tail)[::-1])
        ends = middle(there[np.arange(len(there)), place] / plants, tail)
        strictness = curve["strictness"]
        known = self.crossed.get(str(LEVELS[row]), np.nan)
        limits = self.joint.limits
        found = (strictness[strict], strictness[loose], *map(float, ends), known, self._all(row, limits))
        return (*self._told("joint", row, at, limits), *found)

    def _told(self, point: str, row: int, at: pd.Series, limits: np.ndarray) -> tuple[Any, ...]:
        attained = float(self.open.at_or_better(row, limits).mean())
        here = (at["attained"], at["lower"], at["upper"])
        return (point, str(LEVELS[row]), float(self.targets[row]), at["strictness"], attained, *here)

    def _all(self, row: int, limits: np.ndarray) -> float:
        """What the industry attains under given values."""
        return np.nan if self.everyone is None else float(self.everyone.at_or_better(row, limits).mean())
