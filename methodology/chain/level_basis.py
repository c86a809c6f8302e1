"""Prepare the inputs of a run's levels for `sensitivity`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from methodology.evaluation import (
    applicable_matrix,
    checked_sample,
    decision_rule,
    groups_of,
    limiting_mask,
    threshold_matrix,
    weight_vector,
)
from methodology.indicators import IndicatorSystem, Kind, Sample, merits
from methodology.parameters import EvaluationChoices
from methodology.sensitivity import LevelInputs, level_inputs, threshold_tipping


def level_basis(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    weights: pd.DataFrame,
    evaluation: EvaluationChoices,
) -> LevelInputs:
    """
    Everything the levels of a run are decided from, as checked arrays.

    Parameters
    ----------
    sample, thresholds, weights
        As in `results/`.
    evaluation : section `evaluation` of the parameters
        Reading of Level I, cut.

    Returns
    -------
    LevelInputs
        For `sensitivity.weight_stability`, `threshold_tipping`, `cut_sweep`, `limiting_sweep`, `exact_levels`. A cell
        below a limit that proves nothing (A-02) counts as not reported.
    """
    plants, ids = checked_sample(sample, system), list(system.ids)
    rule = decision_rule(system, level_one=evaluation.level_one, cut=evaluation.cut)
    proven = np.isfinite(merits(plants, system).to_numpy())
    basis = level_inputs(
        np.where(proven, plants.comparable(system)[ids].to_numpy(dtype=float), np.nan),
        threshold_matrix(system, thresholds).T,
        [float(weight) for weight in weight_vector(system, weights)],
        better=[indicator.better for indicator in system.indicators],
        groups=groups_of(system),
        limiting=limiting_mask(system),
        applicable=applicable_matrix(plants, system),
        level_one=rule.level_one,
        plants=[str(name) for name in plants.plants],
        indicators=ids,
    )
    first, second, third = (cut / 100 for cut in rule.cuts)
    return replace(basis, cuts=(first, second, third))


def tipping_points(basis: LevelInputs, system: IndicatorSystem) -> pd.DataFrame:
    """
    How far each calibrated value can move before a plant changes its level, the nearest first.

    Parameters
    ----------
    basis : LevelInputs
        From `level_basis`.
    system : IndicatorSystem
        Tells described levels, which move by whole steps only and are left out.

    Returns
    -------
    DataFrame
        As `methodology.sensitivity.threshold_tipping`, ordered by the distance in standard deviations between plants to
        the nearer side, then to the other. A value read off a plant may be tightened by nothing at all before that
        plant is lost: its distance is 0.
    """
    described = [item.id for item in system.indicators if item.kind is Kind.QUALITATIVE]
    table = threshold_tipping(basis)
    if table.empty:
        return table
    kept = table[~table["indicator"].isin(described)]
    sides = kept[["tighter_spread", "looser_spread"]]
    order = pd.DataFrame({"nearer": sides.min(axis=1), "other": sides.max(axis=1)})
    return kept.loc[order.sort_values(["nearer", "other"], kind="stable").index].reset_index(drop=True)
