"""The proposal of a run: rounded values, and what the whole rounded standard does with the sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from methodology import proposal
from methodology.chain.promises import attainment_of_whole
from methodology.evaluation import evaluate
from methodology.indicators import IndicatorSystem, Sample, as_sample
from methodology.parameters import Parameters


def propose(
    thresholds: pd.DataFrame,
    weights: pd.DataFrame,
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    choices: Parameters,
    *,
    run: str = "",
    record: Mapping[str, Any] | None = None,
    stratum: Mapping[str, str] | None = None,
    corrected: bool = False,
    earlier: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """
    Round, bound and guard calibrated values, and count what the whole proposed standard attains.

    Parameters
    ----------
    thresholds, weights : DataFrame
        Columns as thresholds.csv and weights.csv.
    sample : Sample or DataFrame of cells indexed by plant
        The plants behind the values, corrected where the values are.
    choices : parameters of the run
        Sections thresholds (targets), evaluation (reading of Level I, cut) and proposal.
    run : str
        Id of the run.
    record : mapping, optional
        All choices, as they are to be recorded.
    stratum, corrected
        As in `methodology.proposal.law_bounds`.
    earlier : mapping, optional
        An earlier proposal; guards against differencing.

    Returns
    -------
    dict
        The content of proposal.json, see `methodology.proposal.propose`, and per level `joint_calibrated` (plants the
        calibrated values put at the level or better) and `joint_explanation` (why the proposed values put more than
        one plant more or fewer there; else empty).
    """
    plants = as_sample(sample, system)

    def evaluation(table: pd.DataFrame) -> pd.DataFrame:
        rule = choices.evaluation
        return evaluate(plants, system, table, weights, level_one=rule.level_one, cut=rule.cut)

    shares = choices.thresholds
    document = proposal.propose(
        thresholds,
        weights,
        plants,
        system,
        choices.proposal,
        evaluation=evaluation,
        run=run,
        parameters=record,
        targets={"I": shares.share_I, "II": shares.share_II, "III": shares.share_III},
        stratum=stratum,
        corrected=corrected,
        earlier=earlier,
    )
    return {**document, **_beside_calibrated(document, evaluation(thresholds))}


def _beside_calibrated(document: Mapping[str, Any], outcome: pd.DataFrame) -> dict[str, Any]:
    """What the calibrated values attain, and why the proposed ones attain something else."""
    before = {level: round(share * len(outcome)) for level, share in attainment_of_whole(outcome).items()}
    moved = {
        level: sum(
            entry["levels"][level]["proposed"] != entry["levels"][level]["calibrated"]
            for entry in document["indicators"]
        )
        for level in before
    }
    told = {
        level: f"The calibrated values put {before[level]} plants at level {level} or better, the proposed ones "
        f"{after}: rounding, law or the disclosure guard moved {moved[level]} values of it."
        if abs(after - before[level]) > 1
        else ""
        for level, after in document["joint_plants"].items()
    }
    return {"joint_calibrated": before, "joint_explanation": told}
