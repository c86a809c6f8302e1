"""Levels of the sample's plants when weights, benchmark values and measurements are uncertain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.evaluation import applicable_matrix, checked_sample, groups_of, limiting_mask
from methodology.indicators import LEVELS, IndicatorSystem, Kind, Level, Sample
from methodology.parameters import EvaluationChoices, SensitivityChoices
from methodology.sensitivity import simulate_levels


def level_draws(
    sample: Sample,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    weights: pd.DataFrame,
    choices: SensitivityChoices,
    *,
    evaluation: EvaluationChoices,
    seed: int,
    threads: int | None = None,
) -> pd.DataFrame:
    """
    Count how often each plant stands at each level.

    Parameters
    ----------
    sample, thresholds, weights
        As in `results/`.
    choices : section `sensitivity` of the parameters
        draws, weight_concentration, threshold_cv, measurement_cv. Described levels carry no noise.
    evaluation : section `evaluation` of the parameters
        Reading of Level I, cut.
    seed : int
        Root of the streams; the same counts whatever `threads` is.

    Returns
    -------
    DataFrame indexed by plant
        Columns I, II, III, none: counts that sum to `choices.draws`.
    """
    plants = checked_sample(sample, system)
    measured = np.array([indicator.kind is Kind.QUANTITATIVE for indicator in system.indicators], dtype=float)
    wide = thresholds.pivot(index="indicator", columns="level", values="value").reindex(
        index=list(system.ids), columns=[str(level) for level in LEVELS]
    )
    result = simulate_levels(
        plants.comparable(system)[list(system.ids)].to_numpy(dtype=float),
        wide.to_numpy(dtype=float),
        weights.set_index("indicator")["weight"].reindex(list(system.ids)).to_numpy(dtype=float),
        better=[indicator.better for indicator in system.indicators],
        groups=groups_of(system),
        limiting=limiting_mask(system),
        applicable=applicable_matrix(plants, system),
        draws=choices.draws,
        weight_concentration=choices.weight_concentration,
        threshold_cv=choices.threshold_cv * measured,
        measurement_cv=choices.measurement_cv * measured,
        level_one=None if evaluation.level_one == "system" else evaluation.level_one,
        cut=evaluation.cut or None,
        seed=seed,
        threads=threads,
    )
    return pd.DataFrame(result.level_counts, index=plants.plants, columns=[str(level) for level in Level])
