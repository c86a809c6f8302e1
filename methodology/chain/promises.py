"""Both promises of a standard: each indicator alone, and the level the whole rule gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from methodology.chain.joint import joint_thresholds
from methodology.errors import DataError, MethodError
from methodology.evaluation import evaluate
from methodology.indicators import LEVELS, IndicatorSystem, Sample, as_sample
from methodology.parameters import Parameters, ThresholdChoices
from methodology.thresholds import thresholds_table

PROMISES = ("marginal", "joint")
SIDE_BY_SIDE = [
    *("promise", "level", "target", "marginal_share", "whole_share", "plants"),
    *("cross_validated", "industry", "explanation"),
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
    _refuse_smooth(choices)
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
    names = [str(level) for level in LEVELS]
    return {name: float(evaluation["level"].isin(names[: row + 1]).mean()) for row, name in enumerate(names)}


def both_promises(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    *,
    level_one: str | None = None,
    cut: float | None = None,
    bound_by_law: bool = False,
    stratum: Mapping[str, str] | None = None,
    corrected: bool = False,
    folds: int = 5,
    seed: int = 0,
    industry: Sample | None = None,
) -> pd.DataFrame:
    """
    Set the marginal and the joint promise side by side.

    Parameters
    ----------
    sample, system, weights, choices, level_one, cut, bound_by_law, stratum, corrected, folds, seed
        As in `calibrate`.
    industry : Sample, optional
        All plants the sample was drawn from, where they are known, on the same footing.

    Returns
    -------
    DataFrame
        One row per promise and level: promise, level, target, marginal_share (of the plants behind each indicator),
        whole_share and plants (the whole standard puts at that level or better), cross_validated (the same for plants
        left out of the joint calibration; NaN for the marginal promise), industry (the same for the whole industry;
        NaN where it is not known), explanation.
    """
    marginal = calibrate(sample, system, weights, choices, promise="marginal", seed=seed)
    joint = joint_thresholds(
        sample,
        system,
        weights,
        targets=(choices.share_I, choices.share_II, choices.share_III),
        bound_by_law=bound_by_law,
        stratum=stratum,
        corrected=corrected,
        level_one=level_one,
        cut=cut,
        folds=folds,
        seed=seed,
    )

    def attained_by(plants: Sample | pd.DataFrame, table: pd.DataFrame) -> dict[str, float]:
        return attainment_of_whole(evaluate(plants, system, table, weights, level_one=level_one, cut=cut))

    whole, plants = attained_by(sample, marginal), len(as_sample(sample, system).plants)
    everyone = [{} if industry is None else attained_by(industry, table) for table in (marginal, joint)]
    rows: list[tuple[object, ...]] = []
    for level, target in joint.targets.items():
        counted = (whole[level], round(whole[level] * plants), None, everyone[0].get(level), "")
        rows.append(("marginal", level, target, target, *counted))
    for level, target in joint.targets.items():
        share, found = joint.marginal_share[level], joint.attainment[level]
        told = (joint.cross_validated.get(level), everyone[1].get(level), joint.explanation[level])
        rows.append(("joint", level, target, share, found, round(found * plants), *told))
    return pd.DataFrame(rows, columns=SIDE_BY_SIDE).astype({"cross_validated": float, "industry": float})


def _refuse_smooth(choices: ThresholdChoices) -> None:
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
        Keywords level_one, cut, seed, bound_by_law, stratum and corrected of `calibrate` and `both_promises`.

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
        Keywords `stratum` and `corrected` of `calibrate`, `both_promises` and `propose`.

    Examples
    --------
    >>> footing({"stratum": "region=key", "corrected": True})
    {'stratum': {'region': 'key'}, 'corrected': True}
    """
    attribute, _, value = str(about.get("stratum", "")).partition("=")
    return {"stratum": {attribute: value} if value else None, "corrected": bool(about.get("corrected"))}
