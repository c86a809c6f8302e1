"""The calibration frontier: what the whole standard attains at every strictness, and where both promises lie on it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.bands import Drawn, a_plant_wider, around_curve, exact_binomial, middle
from methodology.chain.calibration import kept_as_given, point_limits, shares_asked
from methodology.chain.common_share import JointAnswer, attainable_shares, common_shares
from methodology.chain.critical import Curves, Path, along, counts_by_step
from methodology.chain.delivered import industry_expected
from methodology.chain.frontier_values import Setting, strictness_of, values_along
from methodology.chain.joint import common_limits, left_out, read_targets
from methodology.chain.sorted_sample import Spread, spread_on
from methodology.errors import ParameterError
from methodology.indicators import LEVELS, IndicatorSystem, Sample, as_sample

COLUMNS = [
    *("level", "strictness", "attained", "lower", "upper"),
    *("cross_validated", "industry", "unbounded", "finite_lower", "finite_upper"),
]
POINTS = [
    *("point", "level", "target", "strictness", "attained", "admissible", "lower", "upper"),
    *("finite_lower", "finite_upper"),
    *("strictest", "loosest", "rechosen_lower", "rechosen_upper", "cross_validated", "industry"),
]
NAMES = ["marginal", "joint", "proposed"]
MOST_STEPS = 200
"""Steps of a curve; of a large sample every so many-th is drawn, beside the points."""


class Frontier(pd.DataFrame):
    """
    A frontier that carries where the promises lie on it.

    Attributes
    ----------
    points : DataFrame
        One row per point and level: point ("marginal" and "joint" keep the promise, of each indicator and of the whole
        standard, within law alone; "proposed" is the run's point within all bounds), level, target, strictness,
        attained (by the values as calibrated), admissible (by the curve at that strictness), lower, upper (band of the
        curve there), strictest, loosest (band of the strictness if it were chosen again; NaN where it is given),
        rechosen_lower, rechosen_upper (band of what the plants then attain), cross_validated, industry, crossed_lower,
        crossed_upper (exact binomial interval of the count behind cross_validated: its uncertainty); and of an industry
        whose number of plants is known finite_lower, finite_upper (band of its curve there), known (its plants),
        expected, expected_lower, expected_upper (share of them to attain the values, see
        `methodology.chain.delivered.industry_expected`).
    along : DataFrame
        What each step asks of each calibrated indicator, see `methodology.chain.frontier_values.values_along`.
    """

    _metadata = ["points", "along"]  # noqa: RUF012 - pandas' protocol

    points: pd.DataFrame
    along: pd.DataFrame

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
        level, strictness (one minus the share of plants each indicator lets through, unreported cells among the
        cleanest), attained (share of plants at the
        level or better), lower, upper, cross_validated (the same for plants left out), industry (the same for all
        plants; NaN where they are not known), unbounded (attained without any bound: what the bounds cost),
        finite_lower, finite_upper (band of the curve of an industry of as many plants as the footing says; NaN where
        that is not known), from the loosest to the strictest; `.points` holds both promises and the proposed point,
        `.along` the values.

    Raises
    ------
    DataError
        If a table is at fault, or no plant states a value of an indicator.
    ParameterError
        If a level, a target, the number of resamples or the minimum is none, or the industry is smaller than the
        sample.

    Notes
    -----
    At each strictness every value of a level is read off the plants at one common share, kept within what is
    admissible. The other levels move along: on the straight way from the strictest values over the marginal and the
    proposed point, and looser ones from there to the loosest values (A-43), so that no level is solved before another
    and points lie on the curves. Where a point is chosen by values, those given stay along every curve.

    Every count is exact. Bands are those of a whole curve, since a point is chosen after looking at it: see
    `methodology.chain.bands.around_curve`. The first holds for an unlimited industry, plants to come included, the
    second for the plants there are.
    """
    chosen = setting or Setting()
    rows, footing = _checked(levels, resamples, chosen), chosen.footing
    spread = spread_on(sample, system, weights, footing)
    industry = chosen.industry
    everyone = None if industry is None else spread_on(industry, system, weights, footing)
    order = np.argsort(as_sample(sample, system).plants.astype(str), kind="stable")
    lawful = replace(spread_on(sample, system, weights, footing.changed(bound_by_index=False)), minimum=1)
    bounded = kept_as_given(spread, system, chosen.choices).subset(order)
    work = _Frontier(spread, bounded, lawful.subset(order), everyone, system, chosen, seed)
    drawn = Drawn.of(spread.plants, resamples, seed, footing.population)
    parts = [work.level(row, drawn) for row in rows]
    out = Frontier(pd.concat([curve for curve, _ in parts], ignore_index=True))
    told = pd.DataFrame([one for _, own in parts for one in own], columns=POINTS)
    order = told["point"].map(NAMES.index).sort_values(kind="stable").index
    out.points = _counted(told.loc[order].reset_index(drop=True), spread.plants, chosen)
    along = [values_along(work.bounded, system, row, work.path(row)) for row in rows]
    out.along = pd.concat(along, ignore_index=True)
    return out


def _counted(points: pd.DataFrame, plants: int, setting: Setting) -> pd.DataFrame:
    """Points with the interval of what left-out plants attain, a count of as many, and what the industry will."""
    counts, known = (points["cross_validated"] * plants).round(), setting.footing.population
    ends = exact_binomial(counts.fillna(0).to_numpy(), plants, setting.confidence)
    for name, end in zip(("crossed_lower", "crossed_upper"), ends, strict=True):
        points[name] = np.where(counts.isna(), np.nan, end)
    told = [
        (np.nan,) * 3
        if known is None or np.isnan(outside)
        else industry_expected(round(here * plants), int(outside), plants, known, setting.confidence)
        for here, outside in zip(points["attained"], counts, strict=True)
    ]
    points["known"] = np.nan if known is None else float(known)
    points[["expected", "expected_lower", "expected_upper"]] = np.array(told)
    return points


def curves_of(
    spread: Spread,
    lawful: Spread,
    system: IndicatorSystem,
    setting: Setting,
    *,
    resamples: int,
    seed: int,
    most: int = MOST_STEPS,
) -> pd.DataFrame:
    """
    Curves of all levels on sorted plants, within all bounds and within law alone, at no more than `most` steps.

    With one band: of the known plants of an industry where their number is known, else of an unlimited one.
    """
    work = _Frontier(spread, spread, lawful, None, system, setting, seed, most)
    known = setting.footing.population
    drawn = Drawn.of(spread.plants, resamples, seed, known)
    if known is not None:
        drawn = replace(drawn, unlimited=drawn.unlimited[:1])
    return pd.concat([work.level(row, drawn)[0] for row in range(len(LEVELS))], ignore_index=True)


def _checked(levels: Iterable[str], resamples: int, setting: Setting) -> list[int]:
    names = [str(level) for level in LEVELS]
    wanted = [levels] if isinstance(levels, str) else [str(level) for level in levels]
    if not wanted or not set(wanted) <= set(names):
        raise ParameterError(f"levels are {levels!r}; give some of {', '.join(names)}.")
    if isinstance(resamples, bool) or not isinstance(resamples, int | np.integer) or resamples < 1:
        raise ParameterError(f"resamples is {resamples!r}; give a whole number of at least 1.")
    if not 0 < setting.confidence < 1:
        raise ParameterError(f"confidence is {setting.confidence!r}; give a number between 0 and 1.")
    return [row for row, name in enumerate(names) if name in wanted]


@dataclass(frozen=True)
class _Frontier:
    """
    One sample, and what its curves share.

    Plants stand as they came for the folds, and by their names for resamples, within all bounds and within law alone.
    What a curve moves along is `bounded`, in which values that a group gave stay (see `kept_as_given`).
    """

    came: Spread
    bounded: Spread
    lawful: Spread
    everyone: Spread | None
    system: IndicatorSystem
    setting: Setting
    seed: int
    most: int = MOST_STEPS

    @cached_property
    def open(self) -> Spread:
        """Without any bound."""
        return _unbounded(self.bounded)

    @cached_property
    def targets(self) -> tuple[Fraction, Fraction, Fraction]:
        return read_targets(self.setting.targets)

    @cached_property
    def joint(self) -> JointAnswer:
        """The promise kept within law alone."""
        return common_shares(self.lawful, self.targets)

    @cached_property
    def proposed(self) -> tuple[list[Fraction], np.ndarray]:
        """Shares and values of the run's point."""
        choices, plants = self.setting.choices, self.came
        if choices is not None and choices.promise == "marginal":
            return list(self.targets), plants.marginal(self.targets)
        answer = common_shares(plants, self.targets)
        shares = [found.share for found in answer.levels]
        if choices is None or choices.promise == "joint":
            return shares, answer.limits
        if choices.promise == "strictness":
            shares = shares_asked(choices)
        return shares, point_limits(plants, self.system, choices)

    @cached_property
    def crossed(self) -> dict[str, dict[str, float]]:
        """What plants left out of the calibration attain at the joint and at the proposed point."""
        footing, came = self.setting.footing, self.came
        if not footing.folds:
            return {}
        law = replace(came, bounds=self.lawful.bounds, minimum=1)
        grounds = {"joint": law}
        choices = self.setting.choices
        if choices is None or choices.promise == "joint":
            grounds["proposed"] = came
        how = {"folds": footing.folds, "seed": self.seed}
        return {name: left_out(own, common_limits(self.targets), **how) for name, own in grounds.items()}

    @cached_property
    def shares(self) -> list[Fraction]:
        """Steps of every curve: the shares at which a value moves, and those of the points."""
        steps = attainable_shares(self.open)
        places = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), self.most)).astype(int))
        points = (*self.targets, *(found.share for found in self.joint.levels), *self.proposed[0])
        return sorted({*(steps[int(k)] for k in places), *points})

    def path(self, row: int) -> Path:
        """
        Shares of all levels along the curve of level `row`.

        Past the loosest point stricter levels stay where it leaves them, so that the curve of a sample whose point is
        at its end runs like that of an industry whose point is just before it.
        """
        chosen = self.proposed[0]
        knots = [(self.targets[row], self.targets), (chosen[row], tuple(chosen))]
        first, second, third = (
            self.shares
            if level == row
            else [
                along(share, knots, level, end=None if level < row else Fraction(1)) for share in self.shares
            ]
            for level in range(3)
        )
        return first, second, third

    def level(self, row: int, drawn: Drawn) -> tuple[pd.DataFrame, list[tuple[Any, ...]]]:
        """The curve of one level, and its points."""
        path, size = self.path(row), len(self.shares)
        curves = Curves(self.bounded, self.bounded)
        once = np.ones((1, self.bounded.plants), dtype=np.int64)
        counts = partial(counts_by_step, steps=size)
        attained = counts(curves.first_steps(row, path, once), once)[0]
        first = curves.first_steps(row, path, drawn.unlimited)
        again, there = counts(first, drawn.unlimited), counts(first, np.ones_like(drawn.unlimited))
        free = counts(Curves(self.open, self.open).first_steps(row, path, once), once)[0]
        low, high = self._band(attained, again)
        finite: tuple[np.ndarray | float, np.ndarray | float] = (np.nan, np.nan)
        if drawn.known is not None:
            again = counts(curves.first_steps(row, path, drawn.known), drawn.known)
            known = int(self.setting.footing.population or 0)
            finite = self._band(attained, again, known)
            if known > self.bounded.plants:
                finite = a_plant_wider(*finite, self.shares, self.bounded.plants)
        told = {
            "level": str(LEVELS[row]),
            "strictness": [strictness_of(share) for share in self.shares],
            "attained": attained / self.bounded.plants,
            "lower": low,
            "upper": high,
            "cross_validated": self._left_out(row, path),
            "industry": self._industry(row, path),
            "unbounded": free / self.bounded.plants,
            "finite_lower": finite[0],
            "finite_upper": finite[1],
        }
        curve = pd.DataFrame(told, columns=COLUMNS)
        return curve[::-1].reset_index(drop=True), self._points(row, curve, path, drawn.unlimited, there)

    def _band(
        self, attained: np.ndarray, again: np.ndarray, population: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        return around_curve(attained, again, self.bounded.plants, self.setting.confidence, population)

    def _left_out(self, row: int, path: Path) -> np.ndarray | float:
        folds, plants = min(self.setting.footing.folds, self.bounded.plants), self.bounded.plants
        if folds < 2:
            return np.nan
        parts = np.array_split(np.random.default_rng(self.seed).permutation(plants), folds)
        judged = np.zeros((folds, plants), dtype=np.int64)
        for fold, part in enumerate(parts):
            judged[fold, part] = 1
        first = Curves(self.bounded, self.bounded).first_steps(row, path, 1 - judged)
        return counts_by_step(first, judged, len(self.shares)).sum(axis=0) / plants

    def _industry(self, row: int, path: Path) -> np.ndarray | float:
        if self.everyone is None:
            return np.nan
        once = np.ones((1, self.bounded.plants), dtype=np.int64)
        first = Curves(self.bounded, self.everyone).first_steps(row, path, once)
        return counts_by_step(first, np.ones_like(first), len(self.shares))[0] / self.everyone.plants

    def _points(
        self, row: int, curve: pd.DataFrame, path: Path, drawn: np.ndarray, there: np.ndarray
    ) -> list[tuple[Any, ...]]:
        """The promise kept by each indicator, by the whole standard, and the proposed point."""
        alone = _unbounded(self.came).marginal(self.targets)
        shares, limits = self.proposed
        choices, level, never = self.setting.choices, str(LEVELS[row]), [np.nan] * 4
        again = (
            self._chosen_again(row, curve, path, drawn, there)
            if choices is None or choices.promise == "joint"
            else never
        )
        at = curve.iloc[bisect_left(self.shares, self.targets[row])]
        points = [
            (*self._told("marginal", row, at, alone), *never, at["cross_validated"], self._all(row, alone))
        ]
        for name, share, values, band in (
            ("joint", self.joint.levels[row].share, self.joint.limits, never),
            ("proposed", shares[row], limits, again),
        ):
            at = curve.iloc[bisect_left(self.shares, share)]
            known = self.crossed.get(name, {}).get(level, at["cross_validated"])
            points.append((*self._told(name, row, at, values), *band, known, self._all(row, values)))
        return points

    def _chosen_again(
        self, row: int, curve: pd.DataFrame, path: Path, drawn: np.ndarray, there: np.ndarray
    ) -> list[float]:
        """Band of the strictness each resample would choose to keep the promise, and of what all plants then attain."""
        tail, size = (1 - self.setting.confidence) / 2, len(self.shares)
        choosing = Curves(self.bounded.favoured, self.bounded.favoured, favoured=True)
        held = counts_by_step(choosing.own_steps(row, path, drawn), drawn, size)
        enough = held >= ceil(self.bounded.aim(self.targets[row]))
        place = np.where(enough.any(axis=1), enough.argmax(axis=1), size - 1)
        loose, strict = (int(k) for k in middle(place, tail)[::-1])
        ends = middle(there[np.arange(len(there)), place] / self.bounded.plants, tail)
        return [curve["strictness"][strict], curve["strictness"][loose], *map(float, ends)]

    def _told(self, point: str, row: int, at: pd.Series, limits: np.ndarray) -> tuple[Any, ...]:
        attained = float(self.bounded.at_or_better(row, limits).mean())
        here = tuple(at[["attained", "lower", "upper", "finite_lower", "finite_upper"]])
        return (point, str(LEVELS[row]), float(self.targets[row]), at["strictness"], attained, *here)

    def _all(self, row: int, limits: np.ndarray) -> float:
        """What the industry attains under given values."""
        return np.nan if self.everyone is None else float(self.everyone.at_or_better(row, limits).mean())


def _unbounded(spread: Spread) -> Spread:
    return replace(spread, bounds=np.full_like(spread.bounds, np.inf), minimum=1)
