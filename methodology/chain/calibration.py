"""Both promises of a standard: each indicator alone, and the level the whole rule gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from methodology.chain.joint import JointThresholds, joint_thresholds
from methodology.errors import MethodError
from methodology.evaluation import attainment_of_whole, evaluate
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.parameters import Parameters, ThresholdChoices
from methodology.thresholds import thresholds_table

PROMISES = ("marginal", "joint")
SHARE = "share"
SIDE_BY_SIDE = [
    *("promise", "level", "target", "marginal_share", "whole_share", "plants"),
    *("cross_validated", "industry", "loosened_by_silence", "explanation", "chosen"),
]


def calibrate(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    *,
    promise: str | None = None,
    population: int | None = None,
    level_one: str | None = None,
    cut: float | None = None,
    bound_by_law: bool = False,
    stratum: Mapping[str, str] | None = None,
    corrected: bool = False,
    folds: int = 5,
    seed: int = 0,
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
    promise : {"marginal", "joint"}, optional
        Instead of the one in `choices`.
    population, seed
        As in `methodology.thresholds.thresholds_table`.
    level_one, cut, bound_by_law, stratum, corrected, folds
        As in `joint_thresholds`; `rules_of` reads them off a run. Values of the marginal promise are read off the
        plants alone: a bound moves each by itself, which the proposal does and says. The joint promise has to know
        bounds beforehand, or the proposal would break it by tightening (A-46).

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
    shares = {"I": choices.share_I, "II": choices.share_II, "III": choices.share_III}
    if chosen not in PROMISES:
        raise MethodError(f"promise is {chosen!r}; choose one of {', '.join(PROMISES)}.")
    known = population or None
    if chosen == "marginal":
        return thresholds_table(
            sample,
            system,
            shares=shares,
            method=choices.method,
            interval=choices.interval,
            confidence=choices.confidence,
            below_limit=choices.below_limit,
            population=known,
            seed=seed,
            reason=choices.expert_reason,
        )
    refuse_smooth(choices)
    return joint_thresholds(
        sample,
        system,
        weights,
        targets=shares,
        bound_by_law=bound_by_law,
        stratum=stratum,
        corrected=corrected,
        level_one=level_one,
        cut=cut,
        folds=folds,
        seed=seed,
        interval=choices.interval,
        confidence=choices.confidence,
        population=known,
    )


def calibrate_both(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    **rules: Any,
) -> dict[str, pd.DataFrame]:
    """
    Calibrate benchmark values under the marginal and the joint promise.

    Parameters
    ----------
    sample, system, weights, choices
        As in `calibrate`.
    **rules
        Keywords of `calibrate`.

    Returns
    -------
    dict of promise to DataFrame
        Thresholds tables, "marginal" first. Joint values count plants that reach a value, so that they are read with
        method "attainment" and limits as limits, whatever a run chooses for marginal ones.

    Raises
    ------
    MethodError
        If the run promises jointly and its method does not count plants.
    """
    if choices.promise == "joint":
        refuse_smooth(choices)
    counting = choices.model_copy(update={"method": "attainment", "below_limit": "as-limit"})
    used = {"marginal": choices, "joint": counting}
    return {p: calibrate(sample, system, weights, used[p], promise=p, **rules) for p in PROMISES}


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
    joint = tables["joint"]
    if not isinstance(joint, JointThresholds):
        raise MethodError(
            "The joint table carries no findings. Give the tables as calibrate_both makes them."
        )
    shares = {"marginal": joint.targets, "joint": joint.marginal_share}
    parts = []
    for promise, table in tables.items():
        part = pd.DataFrame(table)
        part.insert(0, "promise", promise)
        part.insert(1, SHARE, part["level"].map(shares[promise]))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


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
    level_one: str | None = None,
    cut: float | None = None,
    industry: Sample | None = None,
) -> pd.DataFrame:
    """
    Set the marginal and the joint promise side by side.

    Parameters
    ----------
    tables : mapping of promise to DataFrame
        As `calibrate_both` gives them.
    sample, system, weights, level_one, cut
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
        whole industry; NaN where it is not known), loosened_by_silence (joint values that are looser than without
        cells that are not reported; NaN for the marginal promise), explanation, chosen (whether it is the run's).
    """

    def attained_by(plants: Sample | pd.DataFrame, table: pd.DataFrame) -> dict[str, float]:
        return attainment_of_whole(evaluate(plants, system, table, weights, level_one=level_one, cut=cut))

    joint = tables["joint"]
    if not isinstance(joint, JointThresholds):
        raise MethodError(
            "The joint table carries no findings. Give the tables as calibrate_both makes them."
        )
    plants = len(as_sample(sample, system).plants)
    rows: list[tuple[object, ...]] = []
    for promise in PROMISES:
        whole = attained_by(sample, tables[promise])
        known = {} if industry is None else attained_by(industry, tables[promise])
        for level, target in joint.targets.items():
            there = (whole[level], round(whole[level] * plants))
            told: tuple[object, ...] = (target, *there, None, known.get(level), None, "")
            if promise == "joint":
                crossed, silence = joint.cross_validated.get(level), joint.loosened_by_silence[level]
                share, why = joint.marginal_share[level], joint.explanation[level]
                told = (share, *there, crossed, known.get(level), silence, why)
            rows.append((promise, level, target, *told, promise == chosen))
    numbers = dict.fromkeys(("cross_validated", "industry", "loosened_by_silence"), float)
    return pd.DataFrame(rows, columns=SIDE_BY_SIDE).astype(numbers)


def refuse_smooth(choices: ThresholdChoices) -> None:
    """
    Refuse choices under which the joint promise has no plants to count.

    Raises
    ------
    MethodError
        If the method or the reading of limits is not the one that counts plants.
    """
    if choices.method != "attainment" or choices.below_limit != "as-limit":
        raise MethodError(
            f"The joint promise counts plants that reach a value, but the method is {choices.method!r} and values "
            f"below a limit are read by {choices.below_limit!r}. Choose method 'attainment' and below_limit "
            "'as-limit', or the marginal promise."
        )


def rules_of(parameters: Parameters) -> dict[str, Any]:
    """
    Everything outside the section `thresholds` that decides joint values: the rule, the law and the random source.

    Returns
    -------
    dict
        Keywords level_one, cut, seed, bound_by_law, stratum and corrected of `calibrate` and `calibrate_both`.

    Examples
    --------
    >>> rules = rules_of(Parameters(system="ironmaking", why="an example of rules"))
    >>> rules["bound_by_law"], rules["stratum"], rules["corrected"]
    (True, None, True)
    """
    rule, sample = parameters.evaluation, parameters.sample
    return {
        "level_one": rule.level_one,
        "cut": rule.cut,
        "seed": parameters.seed,
        "bound_by_law": parameters.proposal.bound_by_law,
        **footing({"stratum": sample.stratum, "corrected": sample.correction}),
    }


def footing(about: Mapping[str, Any]) -> dict[str, Any]:
    """
    What decides which comparators bind a sample: its stratum, and whether its values are corrected.

    Parameters
    ----------
    about : mapping
        As `methodology.sample.describe` returns it.

    Returns
    -------
    dict
        Keywords `stratum` and `corrected` of `calibrate`, `calibrate_both` and `propose`.

    Examples
    --------
    >>> footing({"stratum": "region=key", "corrected": True})
    {'stratum': {'region': 'key'}, 'corrected': True}
    """
    attribute, _, value = str(about.get("stratum", "")).partition("=")
    return {"stratum": {attribute: value} if value else None, "corrected": bool(about.get("corrected"))}
