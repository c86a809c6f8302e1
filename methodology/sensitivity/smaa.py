"""Confidence factors of levels (SMAA-2): how sure a level is at the weights that speak for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from methodology.errors import MethodError
from methodology.evaluation.decision import LEVEL_NAMES
from methodology.evaluation.level_arrays import LevelInputs
from methodology.sensitivity.seeds import Seed, child, root
from methodology.sensitivity.simulation import LevelSimulation, simulate_levels


def level_confidence(
    inputs: LevelInputs,
    simulation: LevelSimulation,
    *,
    draws: int,
    seed: Seed,
    threshold_cv: npt.ArrayLike | None = None,
    measurement_cv: npt.ArrayLike | None = None,
    noise_sizes: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """
    Confidence factors of levels: how sure a plant is of a level at the central weights of that level.

    Parameters
    ----------
    inputs : LevelInputs
        What `simulation` was made from.
    simulation : LevelSimulation
        From `simulate_levels(..., central_weights=True)`.
    draws, seed, threshold_cv, measurement_cv, noise_sizes
        Noise that remains once the weights are fixed, as in `simulate_levels`.

    Returns
    -------
    DataFrame indexed by plant
        Columns I, II, III, none: probabilities; NaN where no weights lead to the level.

    Raises
    ------
    MethodError
        If `simulation` holds no central weights.
    """
    if simulation.central_weights is None:
        raise MethodError("The simulation holds no central weights; run it with `central_weights=True`.")
    seeds = root(seed)
    table = np.full((inputs.shape[0], 4), np.nan)
    for plant, level in np.argwhere(simulation.level_counts > 0):
        alone = simulate_levels(
            inputs.values[[plant]],
            inputs.thresholds,
            simulation.central_weights[plant, level],
            groups=list(inputs.groups),
            limiting=inputs.limiting,
            applicable=inputs.applicable[[plant]],
            level_values=inputs.level_values[:, [plant]],
            level_one=inputs.rule.level_one,
            scores=list(inputs.rule.scores.values()),
            draws=draws,
            threshold_cv=threshold_cv,
            measurement_cv=measurement_cv,
            noise_sizes=noise_sizes,
            seed=child(seeds, 4 * plant + level),
            threads=1,
        )
        table[plant, level] = alone.probabilities[0, level]
    return pd.DataFrame(table, index=pd.Index(inputs.plants, name="plant"), columns=list(LEVEL_NAMES))
