"""Levels of the same plants under many sets of choices: whatever two sets share is derived once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.promises import calibrate, rules_of
from methodology.chain.search import SOLVING_ORDER, LevelAnswer, solve_level
from methodology.chain.spread import Spread, merit_bounds, spread_of
from methodology.evaluation import LEVEL_NAMES, checked_sample, decide, decision_rule, exact, threshold_matrix
from methodology.indicators import LEVELS, IndicatorSystem, Judgements, Sample, merit_signs
from methodology.parameters import EvaluationChoices, Parameters, ThresholdChoices, WeightChoices
from methodology.proposal import law_bounds
from methodology.weights import WeightsResult, derive_weights, publish

COUNTING = ("attainment", "as-limit")
"""Point estimate and reading of limits under which a value is the value of a plant."""


@dataclass(frozen=True)
class Decided:
    """
    What one set of choices makes of the plants.

    Attributes
    ----------
    levels : int array of shape (n_plants,)
        0, 1, 2 for I, II, III; 3 for none.
    scores : array of shape (3, n_plants)
        Y_I, Y_II, Y_III in points.
    values : array of shape (3, n_indicators)
        Benchmark values in the unit of each indicator.
    """

    levels: np.ndarray
    scores: np.ndarray
    values: np.ndarray


class Outcomes:
    """
    The chain from weights to levels on one sample, as a function of all choices.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        As the stage `sample` left it.
    system : IndicatorSystem
    judgements : Judgements or None
        What the experts said, where anybody asked them.

    Notes
    -----
    Weights are derived once per set of choices about weights, values once per level, share and method, joint values
    once per level and what decides it. Intervals, which move no value, are left out. Same levels as `levels_under`.
    """

    def __init__(
        self, sample: Sample | pd.DataFrame, system: IndicatorSystem, judgements: Judgements | None
    ) -> None:
        self.sample, self.system, self.judgements = checked_sample(sample, system), system, judgements
        self._signs = merit_signs(system)
        self._kept: dict[Hashable, Any] = {}

    @property
    def plants(self) -> tuple[str, ...]:
        """Ids of the plants, in the order of `Decided.levels`."""
        return tuple(str(name) for name in self.sample.plants)

    def decided(self, parameters: Parameters) -> Decided:
        """
        Levels, scores and values under one set of choices.

        Raises
        ------
        WorkbenchError
            If these choices cannot be made on this sample.
        """
        spread = self._spread(parameters.weights, parameters.evaluation)
        limits = self._limits(parameters, spread)
        key = ("decided", self._printed(parameters.weights), spread.rule, limits.tobytes())
        return self._once(key, lambda: decided_on(spread, limits, self._signs))

    def derived(self, choices: WeightChoices) -> WeightsResult:
        """Weights before rounding, with the panel behind them; the rounding of `choices` is not looked at."""
        plain = choices.model_copy(update={"decimals": WeightChoices().decimals})
        return self._once(
            ("weights", plain.model_dump_json()),
            lambda: derive_weights(self.system, self.judgements, self.sample, plain),
        )

    def weights(self, choices: WeightChoices) -> pd.DataFrame:
        """The table of weights.csv."""
        return self._once(
            ("published", choices.model_dump_json()),
            lambda: publish(self.derived(choices).table, choices.decimals),
        )

    def bounds(self, parameters: Parameters) -> np.ndarray:
        """Loosest values the joint promise may choose, on the merit scale, shape (3, n_indicators)."""
        rules = rules_of(parameters)
        known = {name: rules[name] for name in ("stratum", "corrected")}
        bounds = self._once(("bounds", repr(known)), lambda: law_bounds(self.system, **known))
        return merit_bounds(bounds if rules["bound_by_law"] else np.full_like(bounds, np.nan), self._signs)

    def _spread(self, choices: WeightChoices, rule: EvaluationChoices) -> Spread:
        """Choices that give the same weights share one."""
        key = self._printed(choices)
        spread = self._once(
            ("spread", key), lambda: spread_of(self.sample, self.system, self.weights(choices))
        )
        return replace(spread, rule=decision_rule(self.system, level_one=rule.level_one, cut=rule.cut))

    def _printed(self, choices: WeightChoices) -> bytes:
        """Published weights, as a key."""
        return self._once(
            ("printed", choices.model_dump_json()),
            lambda: self.weights(choices)["weight"].to_numpy(dtype=float).tobytes(),
        )

    def _limits(self, parameters: Parameters, spread: Spread) -> np.ndarray:
        """Values on the merit scale, shape (3, n_indicators)."""
        choices = parameters.thresholds
        if choices.promise == "marginal":
            return np.stack([self._level(choices, str(level)) for level in LEVELS])
        if (choices.method, choices.below_limit) != COUNTING:
            calibrate(
                self.sample, self.system, self.weights(parameters.weights), choices
            )  # which says why not
        return self._joint(parameters, spread)

    def _level(self, choices: ThresholdChoices, level: str) -> np.ndarray:
        keys = {
            name: ("value", name, share, choices.method, choices.below_limit)
            for name, share in choices.shares.items()
        }
        if keys[level] not in self._kept:
            plain = choices.model_copy(update={"interval": ThresholdChoices().interval})
            table = calibrate(self.sample, self.system, pd.DataFrame(), plain, promise="marginal")
            limits = threshold_matrix(self.system, table) * self._signs
            self._kept |= {key: limits[row] for row, key in enumerate(keys.values())}
        return self._kept[keys[level]]

    def _joint(self, parameters: Parameters, spread: Spread) -> np.ndarray:
        limits = np.full((3, len(self.system.ids)), np.inf)
        spread = replace(spread, bounds=self.bounds(parameters))
        shares = [exact(share) for share in parameters.thresholds.shares.values()]
        seen: tuple[Hashable, ...] = (
            self._printed(parameters.weights),
            spread.rule.cuts,
            shares[1],
            spread.bounds.tobytes(),
        )
        keys = {1: seen, 0: (*seen, shares[0], spread.rule.level_one), 2: (*seen, shares[2])}
        second: LevelAnswer | None = None
        for row in SOLVING_ORDER:
            before = second
            limits[row], answer = self._once(
                ("joint", row, keys[row]),
                partial(solve_level, spread, row, limits, shares[row], before),
            )
            second = answer if row == 1 else second
        return limits

    def _once(self, key: Hashable, find: Callable[[], Any]) -> Any:
        if key not in self._kept:
            self._kept[key] = find()
        return self._kept[key]


def decided_on(spread: Spread, limits: np.ndarray, signs: np.ndarray) -> Decided:
    """Levels of the plants of `spread` under values on the merit scale, shape (3, n_indicators)."""
    standing = replace(spread.standing, reached=spread.merit[None, :, :] <= limits[:, None, :])
    return Decided(
        decide(standing, spread.rule), standing.weights.scores(standing.reached), limits * signs + 0.0
    )


def numbers_of(found: Decided, base: Sequence[int] | np.ndarray) -> dict[str, float]:
    """
    A set of choices in numbers.

    Parameters
    ----------
    found : Decided
    base : array of shape (n_plants,)
        Levels that `moved` is counted from.

    Returns
    -------
    dict
        mean_Y_I, mean_Y_II, mean_Y_III (points), share_I, share_II, share_III (of plants at the level or better),
        moved (plants at another level).
    """
    names = [str(level) for level in LEVELS]
    means = {f"mean_Y_{name}": float(found.scores[row].mean()) for row, name in enumerate(names)}
    shares = {f"share_{name}": float((found.levels <= row).mean()) for row, name in enumerate(names)}
    return {**means, **shares, "moved": float((found.levels != np.asarray(base)).sum())}


def levels_of(outcomes: Outcomes, parameters: Parameters) -> pd.Series:
    """
    Level of every plant under one set of choices.

    Returns
    -------
    Series indexed by plant
        I, II, III or none.
    """
    codes = outcomes.decided(parameters).levels
    return pd.Series(LEVEL_NAMES[codes], index=pd.Index(outcomes.plants, name="plant"), name="level")
