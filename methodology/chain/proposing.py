"""The proposal of a run: rounded values, and what the whole rounded standard does with the sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from methodology import proposal
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
        The content of proposal.json, see `methodology.proposal.propose`.
    """
    plants = as_sample(sample, system)

    def evaluation(table: pd.DataFrame) -> pd.DataFrame:
        rule = choices.evaluation
        return evaluate(plants, system, table, weights, level_one=rule.level_one, cut=rule.cut)

    shares = choices.thresholds
    return proposal.propose(
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
