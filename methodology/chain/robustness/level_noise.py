"""Levels of the sample's plants when weights, benchmark values and measurements are uncertain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from methodology.evaluation.decision import LEVEL_NAMES, decide
from methodology.evaluation.level_arrays import LevelInputs
from methodology.indicators import IndicatorSystem, Kind, Level
from methodology.parameters.model import SensitivityChoices
from methodology.sensitivity import simulate_levels
from methodology.sensitivity.simulation import level_confidence
from methodology.sensitivity.sizes import between_plants

_DRAWS_PER_REPETITION = 100
_REPETITIONS = (25, 1000)
_CONFIDENCE_DRAWS = 1000


def level_draws(
    basis: LevelInputs,
    system: IndicatorSystem,
    choices: SensitivityChoices,
    *,
    seed: int,
    threads: int | None = None,
) -> pd.DataFrame:
    """
    Count how often each plant stands at each level.

    Parameters
    ----------
    basis : LevelInputs
        From `methodology.evaluation.level_basis`.
    choices : section `sensitivity` of the parameters
        draws, weight_concentration, threshold_cv, measurement_cv. Described levels carry no noise, nor does an
        indicator in which plants do not differ.
    seed : int
        Root of the streams; the same counts whatever `threads` is.

    Returns
    -------
    DataFrame indexed by plant
        Columns I, II, III, none: counts that sum to `choices.draws`.
    """
    result = simulate_levels(
        basis.values,
        basis.thresholds,
        basis.weights,
        **_rule(basis),
        **_noise(basis, system, choices),
        draws=choices.draws,
        weight_concentration=choices.weight_concentration,
        seed=seed,
        threads=threads,
    )
    return pd.DataFrame(
        result.level_counts,
        index=pd.Index(basis.plants, name="plant"),
        columns=[str(level) for level in Level],
    )


def level_acceptability(
    basis: LevelInputs,
    system: IndicatorSystem,
    choices: SensitivityChoices,
    *,
    seed: int,
    threads: int | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Ask what the levels would be if nothing were known about the weights.

    Parameters
    ----------
    basis, system, choices, seed, threads
        As in `level_draws`; its weights only decide the level a plant is compared with.

    Returns
    -------
    plants : DataFrame
        Columns plant, level (under the weights of the run), I, II, III, none (share of all possible weights that lead
        to each level: level acceptability), confidence (probability of `level` at the central weights of that level,
        values and measurements with their noise; NaN where no weights lead there).
    central : DataFrame
        Columns plant, level, indicator, weight: mean of the weights that lead to a level.

    Notes
    -----
    Weights are drawn uniformly from all that sum to one, without noise elsewhere [1]_.

    References
    ----------
    .. [1] Lahdelma and Salminen (2001), doi:10.1287/opre.49.3.444.11220
    """
    m = basis.shape[1]
    found = simulate_levels(
        basis.values,
        basis.thresholds,
        np.full(m, 1 / m),
        **_rule(basis),
        draws=choices.draws,
        weight_concentration=float(m),
        central_weights=True,
        seed=seed,
        threads=threads,
    )
    sure = level_confidence(
        basis, found, draws=min(choices.draws, _CONFIDENCE_DRAWS), seed=seed, **_noise(basis, system, choices)
    )
    now = decide(basis.standing, basis.rule)
    names = [str(level) for level in Level]
    plants = pd.DataFrame(found.probabilities, columns=names)
    plants.insert(0, "plant", list(basis.plants))
    plants.insert(1, "level", [names[code] for code in now])
    plants["confidence"] = sure.to_numpy()[np.arange(len(now)), now]
    return plants, _central(basis, found.central_weights)


def repetitions(choices: SensitivityChoices) -> int:
    """
    Repetitions of the whole chain that go with the draws of levels, which cost a hundredth each.

    Examples
    --------
    >>> repetitions(SensitivityChoices()), repetitions(SensitivityChoices(draws=100))
    (200, 25)
    """
    fewest, most = _REPETITIONS
    return min(max(choices.draws // _DRAWS_PER_REPETITION, fewest), most)


def _rule(basis: LevelInputs) -> dict[str, Any]:
    return {
        "groups": list(basis.groups),
        "limiting": basis.limiting,
        "applicable": basis.applicable,
        "level_values": basis.level_values,
        "level_one": basis.rule.level_one,
        "scores": list(basis.rule.scores.values()),
    }


def _noise(basis: LevelInputs, system: IndicatorSystem, choices: SensitivityChoices) -> dict[str, Any]:
    """Noise of each indicator in standard deviations between plants, which neither unit nor zero changes (A-57)."""
    measured = np.array([indicator.kind is Kind.QUANTITATIVE for indicator in system.indicators], dtype=float)
    return {
        "threshold_cv": choices.threshold_cv * measured,
        "measurement_cv": choices.measurement_cv * measured,
        "noise_sizes": np.nan_to_num(between_plants(basis.values)),
    }


def noise_in_units(basis: LevelInputs, system: IndicatorSystem, choices: SensitivityChoices) -> pd.DataFrame:
    """
    How large the noise on each indicator is in its unit.

    Parameters
    ----------
    basis : LevelInputs
        From `level_basis`.
    system : IndicatorSystem
        Described levels carry no noise and are left out.
    choices : section `sensitivity` of the parameters
        threshold_cv, measurement_cv.

    Returns
    -------
    DataFrame
        Columns indicator, between (standard deviation between plants; 0 where they do not differ), threshold and
        measurement (standard deviations of the noise on a benchmark value and on a plant), in the order of the system.
    """
    noise = _noise(basis, system, choices)
    table = pd.DataFrame({"indicator": list(basis.indicators), "between": noise["noise_sizes"]})
    table["threshold"] = noise["threshold_cv"] * table["between"]
    table["measurement"] = noise["measurement_cv"] * table["between"]
    kept = [item.kind is Kind.QUANTITATIVE for item in system.indicators]
    return table[kept].reset_index(drop=True)


def _central(basis: LevelInputs, central: np.ndarray | None) -> pd.DataFrame:
    rows: list[tuple[str, str, str, float]] = []
    columns = ["plant", "level", "indicator", "weight"]
    if central is None:
        return pd.DataFrame(rows, columns=columns)
    for plant, level in np.argwhere(np.isfinite(central).all(axis=2)):
        rows += [
            (basis.plants[plant], LEVEL_NAMES[level], name, float(weight))
            for name, weight in zip(basis.indicators, central[plant, level], strict=True)
        ]
    return pd.DataFrame(rows, columns=columns)
