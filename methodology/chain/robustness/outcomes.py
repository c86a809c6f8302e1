"""Levels of the same plants under many sets of choices: whatever two sets share is derived once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.calibration import POINTS, given_limits, shares_asked
from methodology.chain.common_share import SOLVING_ORDER, LevelAnswer, limits_at, nested, solve_level
from methodology.chain.joint import refuse_smooth
from methodology.chain.sorted_sample import Spread, merit_bounds, spread_of
from methodology.evaluation import decision_rule
from methodology.evaluation.attainment import checked_limits, checked_sample
from methodology.evaluation.decision import LEVEL_NAMES, decide
from methodology.evaluation.exact import exact
from methodology.evaluation.level_arrays import table_weights
from methodology.indicators import LEVELS, IndicatorSystem, Judgements, Sample
from methodology.indicators.cells import merit_signs
from methodology.parameters import Footing, Parameters
from methodology.parameters.model import Section, ThresholdChoices, WeightChoices
from methodology.proposal.bounds import value_bounds
from methodology.sensitivity.sizes import between_plants_of
from methodology.thresholds.table import stated_columns, value_matrix
from methodology.weights.derive import WeightsResult, blended, source
from methodology.weights.rounding import publish

_BLENDING = frozenset({"method", "combine_with", "combination", "expert_share", "decimals"})
"""Choices about weights that decide what is made of a panel, not what it says."""
_NO_VALUE = frozenset(
    {
        *("promise", "interval", "confidence", "expert_reason", "share_I", "share_II", "share_III"),
        *("strictness_I", "strictness_II", "strictness_III", "given", "point_reason"),
    }
)
"""Choices that move no value of the marginal promise, and the shares, which stand in a key by themselves."""


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

    @cached_property
    def averages(self) -> dict[str, float]:
        """Over the plants: mean_Y_I, mean_Y_II, mean_Y_III (points), share_I, share_II, share_III (or better)."""
        means, counts = self.scores.mean(axis=1), np.bincount(self.levels, minlength=4).cumsum()
        shares = counts[: len(LEVELS)] / len(self.levels)
        told = zip(LEVELS, means.tolist(), shares.tolist(), strict=True)
        rows = [(str(level), mean, share) for level, mean, share in told]
        return {f"mean_Y_{name}": mean for name, mean, _ in rows} | {
            f"share_{name}": share for name, _, share in rows
        }


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
    once per level and what decides it. Same levels as the stages one after the other. What is kept is found again by
    whole sections of the choices without the fields that are named as not read, so that a new choice is never
    overlooked.
    """

    def __init__(
        self, sample: Sample | pd.DataFrame, system: IndicatorSystem, judgements: Judgements | None
    ) -> None:
        self.sample, self.system, self.judgements = checked_sample(sample, system), system, judgements
        self._signs = merit_signs(system)
        self._kept: dict[Hashable, Any] = {}
        self._near: dict[int, Fraction] = {}
        """Share last found for each level: the next search begins there."""

    @property
    def plants(self) -> tuple[str, ...]:
        """Ids of the plants, in the order of `Decided.levels`."""
        return tuple(str(name) for name in self.sample.plants)

    @cached_property
    def between(self) -> np.ndarray:
        """Standard deviation between plants of every indicator, in its unit; shape (n_indicators,)."""
        return between_plants_of(self.sample, self.system)

    def decided(self, parameters: Parameters) -> Decided:
        """
        Levels, scores and values under one set of choices.

        Raises
        ------
        WorkbenchError
            If these choices cannot be made on this sample.
        """
        spread = self._spread(parameters)
        limits = self._limits(parameters, spread)
        return self._once(
            ("decided", self._printed(parameters.weights), spread.rule, limits.tobytes()),
            lambda: decided_on(spread, limits, self._signs),
        )

    def derived(self, choices: WeightChoices) -> WeightsResult:
        """Weights before rounding, with the panel behind them; the rounding of `choices` is not looked at."""
        plain = choices.model_copy(update={"decimals": WeightChoices().decimals})
        read = _key(plain, _BLENDING)
        find = partial(source, self.system, self.judgements, self.sample, plain)
        return self._once(
            ("weights", plain),
            lambda: blended(
                self.system, plain, lambda method: self._once(("source", method, read), partial(find, method))
            ),
        )

    def weights(self, choices: WeightChoices) -> pd.DataFrame:
        """The table of weights.csv."""
        return self._once(
            ("published", choices), lambda: publish(self.derived(choices).table, choices.decimals)
        )

    def admissible(self, spread: Spread, parameters: Parameters) -> Spread:
        """Plants with what the joint promise may choose of them."""
        ground = _ground(parameters)
        bounds = self._once(
            ("bounds", ground), lambda: merit_bounds(value_bounds(self.system, ground), self._signs)
        )
        return replace(spread, bounds=bounds, minimum=ground.minimum, fewest=ground.minimum)

    def _spread(self, parameters: Parameters) -> Spread:
        rule = parameters.evaluation

        def ruled() -> Spread:
            found = decision_rule(self.system, level_one=rule.level_one, cut=rule.cut)
            return replace(self._weighed(parameters.weights), rule=found)

        return self._once(("spread", self._printed(parameters.weights), rule), ruled)

    def _weighed(self, choices: WeightChoices) -> Spread:
        """The sample is sorted once, whatever the weights."""

        def weighed() -> Spread:
            table = self.weights(choices)
            found = self._once("sorted", lambda: spread_of(self.sample, self.system, table))
            effective = table_weights(found.standing.applicable, self.system, table, plants=self.plants)
            return replace(found, standing=replace(found.standing, weights=effective))

        return self._once(("weighed", self._printed(choices)), weighed)

    def _printed(self, choices: WeightChoices) -> bytes:
        """Published weights, as a key."""
        return self._once(
            ("printed", choices), lambda: self.weights(choices)["weight"].to_numpy(dtype=float).tobytes()
        )

    def _limits(self, parameters: Parameters, spread: Spread) -> np.ndarray:
        """Values on the merit scale, shape (3, n_indicators)."""
        choices = parameters.thresholds
        if choices.promise == "marginal":
            return self._marginal(choices)
        if choices.promise in POINTS:
            return self._chosen(parameters, spread)
        refuse_smooth(choices)
        return self._joint(parameters, spread)

    def _marginal(self, choices: ThresholdChoices) -> np.ndarray:
        shares = choices.shares
        keys = [("value", *one, _key(choices, _NO_VALUE)) for one in shares.items()]
        if not all(key in self._kept for key in keys):
            columns = self._once("columns", lambda: stated_columns(self.sample, self.system))
            how = {"method": choices.method, "below_limit": choices.below_limit}
            found = checked_limits(self.system, value_matrix(columns, self.system, shares, **how))
            self._kept |= zip(keys, found * self._signs, strict=True)
        return np.stack([self._kept[key] for key in keys])

    def _chosen(self, parameters: Parameters, spread: Spread) -> np.ndarray:
        """Values of a point that a group chose; what is given by values stands on the joint promise."""
        choices, plants = parameters.thresholds, self.admissible(spread, parameters)
        if choices.promise == "strictness":
            return limits_at(plants, shares_asked(choices))
        return given_limits(plants, self.system, choices, self._joint(parameters, spread))

    def _joint(self, parameters: Parameters, spread: Spread) -> np.ndarray:
        limits = np.full((3, len(self.system.ids)), np.nan)
        shares, rule = list(parameters.thresholds.shares.values()), spread.rule
        seen = (self._printed(parameters.weights), _ground(parameters))
        own = [(*seen, rule.told[row], shares[row]) for row in range(3)]
        keys = [(*own[0], own[1], rule), own[1], own[2]]
        spread = self._once(
            ("bounded", *seen[:2], parameters.evaluation), lambda: self.admissible(spread, parameters)
        )
        second: LevelAnswer | None = None
        for row in SOLVING_ORDER:
            before, near = second, self._near.get(row)
            limits[row], answer = self._once(
                ("joint", row, keys[row]),
                partial(solve_level, spread, row, limits, exact(shares[row]), before, near),
            )
            self._near[row] = answer.share
            second = answer if row == 1 else second
        return nested(limits)

    def _once(self, key: Hashable, find: Callable[[], Any]) -> Any:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = find()
        return found


def _ground(parameters: Parameters) -> Footing:
    """What is admissible, whatever the rule: what the loosest values hang on, as a key."""
    return Footing.of(parameters, level_one=None, cut=None)


def _key(section: Section, unread: frozenset[str]) -> tuple[Hashable, ...]:
    """What a section chooses, without the fields that are not read."""
    return tuple(getattr(section, name) for name in type(section).model_fields if name not in unread)


def decided_on(spread: Spread, limits: np.ndarray, signs: np.ndarray) -> Decided:
    """Levels of the plants of `spread` under values on the merit scale, shape (3, n_indicators)."""
    standing = spread.standing.with_reached(spread.reached(limits))
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
    return found.averages | {"moved": float(np.count_nonzero(found.levels != np.asarray(base)))}


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
