"""What each bound on the values costs: plants of the whole standard, bound by bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from methodology.chain.chosen_point import point_limits
from methodology.chain.joint import left_out, read_targets
from methodology.chain.sorted_sample import Spread, spread_on
from methodology.indicators import LEVELS, IndicatorSystem, Sample
from methodology.parameters import Footing
from methodology.parameters.model import ThresholdChoices

COLUMNS = ["bound", "level", "plants", "attained"]
BOUNDS = ("no bound", "law", "index", "dirty end", "silence", "proposed")
"""Each beside all before it; the last is what guard and rounding leave."""


def bound_costs(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    footing: Footing,
) -> pd.DataFrame:
    """
    Calibrate the point of a run with one bound more each time, and count the plants it leaves.

    Parameters
    ----------
    sample, system, weights, choices
        As in `methodology.chain.calibrate`.
    footing : Footing
        With all bounds.

    Returns
    -------
    DataFrame
        bound (one of `BOUNDS` but the last), level, plants (at the level or better), attained (share of plants). Bounds
        the footing leaves open repeat what stands before them.
    """
    steps = {
        "no bound": footing.changed(bound_by_law=False, bound_by_index=False),
        "law": footing.changed(bound_by_index=False),
        "index": footing,
        "dirty end": footing,
        "silence": footing,
    }
    read = reader(system, choices)
    rows = []
    for bound, ground in steps.items():
        plants = spread_on(sample, system, weights, ground)
        if bound in BOUNDS[:3]:
            plants = replace(plants, minimum=1)
        limits = read(plants if bound == "silence" else _dirtiest(plants))
        for row, level in enumerate(LEVELS):
            there = plants.at_or_better(row, limits)
            rows.append((bound, str(level), int(there.sum()), float(there.mean())))
    return pd.DataFrame(rows, columns=COLUMNS)


def left_out_of_point(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    footing: Footing,
) -> dict[str, float]:
    """Share of plants at each level or better, each judged by values of the run's point read off the others."""
    if footing.folds < 2:
        return {}
    spread = spread_on(sample, system, weights, footing)
    return left_out(spread, reader(system, choices), folds=footing.folds, seed=footing.seed)


def reader(system: IndicatorSystem, choices: ThresholdChoices) -> Callable[[Spread], np.ndarray]:
    """How the point of a run reads values off sorted plants."""
    if choices.promise != "marginal":
        return lambda spread: point_limits(spread, system, choices)
    shares = read_targets(choices.shares)
    return lambda spread: spread.marginal(shares)


def _dirtiest(spread: Spread) -> Spread:
    """Unreported cells as cells that reach nothing: whoever keeps silent loosens the values of all."""
    return spread.plain.with_silent([np.full_like(cells.told, np.inf) for cells in spread.judged])
