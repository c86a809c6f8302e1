"""A point a group chose: a strictness of each level on the frontier, or values as given."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np
import pandas as pd

from methodology.chain.common_share import JointAnswer, LevelAnswer, common_shares, limits_at, nested
from methodology.chain.covariates import read_off
from methodology.chain.joint import JointThresholds, carrying, left_out, read_targets, stated_values
from methodology.chain.sorted_sample import Spread, spread_on
from methodology.errors import ParameterError
from methodology.evaluation.exact import exact
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.indicators.cells import merit_signs
from methodology.parameters import Footing
from methodology.parameters.model import ThresholdChoices
from methodology.thresholds.given_values import stated_table

POINTS = ("strictness", "values")


def chosen_point(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    *,
    by: str,
    footing: Footing,
) -> JointThresholds:
    """
    Read the values of a chosen point, and count what the whole standard then attains.

    Parameters
    ----------
    choices : section `thresholds` of the parameters
        The strictness of each level, or the values given.
    by : {"strictness", "values"}
        How the point is chosen.
    footing : Footing
        As in `joint_thresholds`. Values at a strictness stay within what is admissible; values given are taken as they
        are, and the proposal moves and names what is not admissible.

    Returns
    -------
    JointThresholds
        As `joint_thresholds`; the share each indicator lets through is NaN for given values, which have no interval.

    Raises
    ------
    ParameterError
        If a given value names no calibrated indicator, or levels are out of order.
    """
    wanted = read_targets(choices.shares)
    spread = spread_on(sample, system, weights, footing)
    if by == "strictness":
        shares = [1 - exact(one) for one in choices.strictness.values()]
        limits = limits_at(spread, shares)
    else:
        joint = common_shares(spread, wanted)
        shares = [found.share for found in joint.levels]
        limits = given_limits(spread, system, choices, joint.limits)
    first, second, third = (
        LevelAnswer(share, spread.asked_ranks(share), ceil(target * spread.plants))
        for share, target in zip(shares, wanted, strict=True)
    )
    answer = JointAnswer(spread, limits, (first, second, third))
    values = stated_values(spread, system, limits, shares)
    plants = as_sample(sample, system)
    table = stated_table(
        plants,
        system,
        values,
        interval=choices.interval,
        confidence=choices.confidence,
        population=footing.population,
        read_off=read_off(plants, system),
    )
    crossed: dict[str, float] = {}
    if by == "strictness" and footing.folds:
        crossed = left_out(
            spread, lambda rest: limits_at(rest, shares), folds=footing.folds, seed=footing.seed
        )
    out = carrying(table, answer, wanted, crossed)
    if by == "values":
        out.marginal_share = dict.fromkeys(out.marginal_share, np.nan)
    return out


def point_limits(
    spread: Spread, system: IndicatorSystem, choices: ThresholdChoices, *, near: JointAnswer | None = None
) -> np.ndarray:
    """Values on the merit scale under the joint promise, found from `near` on, or at the point a group chose."""
    if choices.promise == "strictness":
        return limits_at(spread, [1 - exact(one) for one in choices.strictness.values()])
    joint = common_shares(spread, read_targets(choices.shares), near=near).limits
    return given_limits(spread, system, choices, joint) if choices.promise == "values" else joint


def kept_as_given(spread: Spread, system: IndicatorSystem, choices: ThresholdChoices | None) -> Spread:
    """The same plants, given values being ones that nobody calibrates: they stay where a group put them."""
    if choices is None or choices.promise != "values":
        return spread
    known = given_limits(spread, system, choices, np.where(spread.free, np.nan, spread.fixed))
    return replace(spread, fixed=known)


def given_limits(
    spread: Spread, system: IndicatorSystem, choices: ThresholdChoices, others: np.ndarray
) -> np.ndarray:
    """Given values on the merit scale, the others as they are."""
    limits, signs = others.copy(), merit_signs(system)
    calibrated = [name for name, free in zip(spread.ids, spread.free, strict=True) if free]
    for one in choices.given:
        if one.indicator not in calibrated:
            raise ParameterError(
                f"thresholds.given names {one.indicator!r}, which {system.id!r} does not calibrate; "
                f"it calibrates {', '.join(calibrated)}."
            )
        column = spread.ids.index(one.indicator)
        merit = np.array([one.I, one.II, one.III]) * signs[column]
        if not (np.diff(merit) >= 0).all():
            raise ParameterError(
                f"thresholds.given of {one.indicator!r} is {one.I:g}, {one.II:g}, {one.III:g}: Level I is the "
                f"strictest, and {system[one.indicator].better} is better here."
            )
        limits[:, column] = merit
    return nested(limits)
