"""Calibrate benchmark values under a promise: each indicator alone, the level of the whole rule, or a chosen point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.common_share import JointAnswer, LevelAnswer, common_shares, limits_at, nested
from methodology.chain.covariates import read_off
from methodology.chain.joint import (
    COUNTING,
    JointThresholds,
    carrying,
    joint_thresholds,
    left_out,
    read_targets,
    refuse_smooth,
    stated_values,
)
from methodology.chain.sorted_sample import Spread, spread_on
from methodology.errors import MethodError, ParameterError
from methodology.evaluation import attainment_of_whole, evaluate
from methodology.evaluation.exact import exact
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.indicators.cells import merit_signs
from methodology.parameters import Footing
from methodology.parameters.model import ThresholdChoices
from methodology.sample.doubtful_values import suspicions
from methodology.thresholds.flags import join
from methodology.thresholds.given_values import stated_table
from methodology.thresholds.table import thresholds_table

PROMISES = ("marginal", "joint")
IN_DOUBT = "the figure of a cell in doubt: ask its plant"
SHARE = "share"
SIDE_BY_SIDE = [
    *("promise", "level", "target", "marginal_share", "whole_share", "plants"),
    *("cross_validated", "industry", "explanation", "chosen"),
]


def calibrate(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    *,
    promise: str | None = None,
    footing: Footing | None = None,
    **rules: Any,
) -> pd.DataFrame:
    """
    Calibrate benchmark values under the promise a run chooses.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        Corrected beforehand where the run corrects.
    weights : DataFrame
        Columns indicator, weight; only the joint promise needs them.
    choices : section `thresholds` of the parameters
        Shares, method, interval, confidence, promise, below_limit.
    promise : {"marginal", "joint", "strictness", "values"}, optional
        Instead of the one in `choices`; the last two are points a group chose.
    footing : Footing, optional
        `Footing.of` reads it off a run. Values of the marginal promise are read off the plants alone: a bound moves
        each by itself, which the proposal does and says. The others have to know bounds beforehand, or the proposal
        would break the promise by tightening (A-46).
    **rules
        Fields of the footing, one by one.

    Returns
    -------
    DataFrame
        The thresholds table; under the joint promise a `JointThresholds`.

    Raises
    ------
    MethodError
        If the promise is unknown, or the joint promise is asked of a method that does not count plants.
    """
    chosen = choices.promise if promise is None else promise
    ground = (footing or Footing()).changed(**rules)
    if chosen not in (*PROMISES, *POINTS):
        raise MethodError(f"promise is {chosen!r}; choose one of {', '.join((*PROMISES, *POINTS))}.")
    if chosen == "marginal":
        return thresholds_table(
            sample,
            system,
            shares=choices.shares,
            method=choices.method,
            interval=choices.interval,
            confidence=choices.confidence,
            below_limit=choices.below_limit,
            population=ground.population or None,
            seed=ground.seed,
            reason=choices.expert_reason,
        )
    refuse_smooth(choices)
    if chosen in POINTS:
        return chosen_point(sample, system, weights, choices, by=chosen, footing=ground)
    how: dict[str, Any] = {"interval": choices.interval, "confidence": choices.confidence, "footing": ground}
    return joint_thresholds(sample, system, weights, targets=choices.shares, **how)


def calibrate_both(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    **rules: Any,
) -> dict[str, pd.DataFrame]:
    """
    Calibrate benchmark values under the marginal and the joint promise, and at the point a group chose.

    Parameters
    ----------
    sample, system, weights, choices
        As in `calibrate`.
    **rules
        Keywords of `calibrate`.

    Returns
    -------
    dict of promise to DataFrame
        Thresholds tables, "marginal" first, a point by strictness or values last. Joint values count plants that reach
        a value, so that they are read with method "attainment" and limits as limits, whatever a run chooses for
        marginal ones. A value that is the figure of a cell in doubt says so in its flag.

    Raises
    ------
    MethodError
        If the run promises jointly and its method does not count plants.
    """
    if choices.promise != "marginal":
        refuse_smooth(choices)
    counting = choices.model_copy(update=COUNTING)
    used = {"marginal": choices, "joint": counting} | (
        {choices.promise: choices} if choices.promise in POINTS else {}
    )
    tables = {p: calibrate(sample, system, weights, own, promise=p, **rules) for p, own in used.items()}
    figures = _in_doubt(as_sample(sample, system), system)
    for table in tables.values():
        stated = zip(table["flag"], table["indicator"], table["value"], strict=True)
        table["flag"] = [join([flag, IN_DOUBT if tuple(one) in figures else ""]) for flag, *one in stated]
    return tables


def _in_doubt(sample: Sample, system: IndicatorSystem) -> set[tuple[str, float]]:
    """Indicator and figure of every cell that is in doubt by itself, e.g. as a likely slip of unit."""
    found = suspicions(sample, system)
    cells = found[
        (found["indicator"] != "") & (found["severity"] != "info") & found["plant"].isin(sample.plants)
    ]
    return {(row.indicator, sample.values.loc[row.plant, row.indicator]) for row in cells.itertuples()}


def stacked(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Both promises in one table, to be kept and taken apart again.

    Parameters
    ----------
    tables : mapping of promise to DataFrame
        As `calibrate_both` gives them.

    Returns
    -------
    DataFrame
        Columns promise, share (of plants each indicator lets through) and those of thresholds.csv.

    See Also
    --------
    taken_apart : the way back.
    """
    joint = _joint_of(tables)
    parts = []
    for promise, table in tables.items():
        part = pd.DataFrame(table)
        part.insert(0, "promise", promise)
        part.insert(1, SHARE, part["level"].map(getattr(table, "marginal_share", joint.targets)))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _joint_of(tables: Mapping[str, pd.DataFrame]) -> JointThresholds:
    joint = tables["joint"]
    if not isinstance(joint, JointThresholds):
        raise MethodError(
            "The joint table carries no findings. Give the tables as calibrate_both makes them."
        )
    return joint


def taken_apart(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The thresholds tables of both promises, as `stacked` put them together."""
    return {
        str(promise): own.drop(columns="promise").reset_index(drop=True)
        for promise, own in table.groupby("promise", sort=False)
    }


def both_promises(
    tables: Mapping[str, pd.DataFrame],
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    *,
    chosen: str = "",
    footing: Footing | None = None,
    industry: Sample | None = None,
    **rules: Any,
) -> pd.DataFrame:
    """
    Set the marginal and the joint promise side by side.

    Parameters
    ----------
    tables : mapping of promise to DataFrame
        As `calibrate_both` gives them.
    sample, system, weights, footing, **rules
        As in `calibrate`.
    chosen : str
        The promise of the run.
    industry : Sample, optional
        All plants the sample was drawn from, where they are known, on the same footing.

    Returns
    -------
    DataFrame
        One row per promise and level, all as calibrated: promise, level, target, marginal_share (of the plants behind
        each indicator), whole_share and plants (the whole standard puts at that level or better), cross_validated (the
        same for plants left out of the joint calibration; NaN for the marginal promise), industry (the same for the
        whole industry; NaN where it is not known), explanation, chosen (whether it is the run's).
    """
    ground, joint = (footing or Footing()).changed(**rules), _joint_of(tables)

    def attained_by(plants: Sample | pd.DataFrame, table: pd.DataFrame) -> dict[str, float]:
        found = evaluate(plants, system, table, weights, level_one=ground.level_one, cut=ground.cut)
        return attainment_of_whole(found)

    plants = len(as_sample(sample, system).plants)
    rows: list[tuple[object, ...]] = []
    for promise, table in tables.items():
        whole = attained_by(sample, table)
        known = {} if industry is None else attained_by(industry, table)
        for level, target in joint.targets.items():
            there = (whole[level], round(whole[level] * plants))
            told: tuple[object, ...] = (target, *there, None, known.get(level), "")
            if isinstance(table, JointThresholds):
                crossed, share, why = (
                    table.cross_validated.get(level),
                    table.marginal_share[level],
                    table.explanation[level],
                )
                told = (share, *there, crossed, known.get(level), why)
            rows.append((promise, level, target, *told, promise == chosen))
    numbers = dict.fromkeys(("cross_validated", "industry"), float)
    return pd.DataFrame(rows, columns=SIDE_BY_SIDE).astype(numbers)


def shares_asked(choices: ThresholdChoices) -> list[Fraction]:
    """Shares that the strictness of each level leaves, exactly."""
    return [1 - exact(one) for one in choices.strictness.values()]


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
        shares = shares_asked(choices)
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
        return limits_at(spread, shares_asked(choices))
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
