"""The run without one plant, and without one expert."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from methodology.chain.calibration import calibrate, point_limits
from methodology.chain.common_share import JointAnswer
from methodology.chain.joint import counts_plants, read_targets
from methodology.chain.robustness.outcomes import Decided, Outcomes, decided_on
from methodology.chain.sorted_sample import Spread, spread_of
from methodology.evaluation.attainment import threshold_matrix
from methodology.indicators.cells import merit_signs
from methodology.parameters import Parameters
from methodology.weights.rounding import publish, with_local_weights

FEWEST_PLANTS = 3
"""Without one of fewer there is no spread left to read."""


def leave_one_plant_out(parameters: Parameters, outcomes: Outcomes) -> pd.DataFrame:
    """
    Calibrate without each plant in turn, and decide the others.

    Parameters
    ----------
    parameters : Parameters
        The run.
    outcomes : Outcomes
        Of its sample. Weights stay those of the run.

    Returns
    -------
    DataFrame
        Columns plant, output, base, value, change, the largest change first within each output: mean_Y_II of the other
        plants (points), moved (other plants at another level), shift (largest move of a benchmark value, in
        standard deviations between plants).
    """
    spread = run_spread(parameters, outcomes)
    base, between = outcomes.decided(parameters), outcomes.between
    rows: list[Any] = []
    for place, plant in enumerate(outcomes.plants if spread.plants >= FEWEST_PLANTS else ()):
        kept = np.delete(np.arange(spread.plants), place)
        if not all(cells.of(kept).stated[spread.free].all() for cells in spread.judged):
            continue  # the only plant behind a value
        found = decided_on(spread, _without(parameters, outcomes, spread, kept), merit_signs(outcomes.system))
        rows += _rows(plant, base, found, kept, between)
    return _sorted(rows, "plant")


def leave_one_expert_out(parameters: Parameters, outcomes: Outcomes) -> pd.DataFrame:
    """
    Derive weights without each expert in turn.

    Returns
    -------
    DataFrame
        As `leave_one_plant_out`, column expert first, for all plants; empty where no expert was asked. Weights blended
        with those of data are compared before they are blended.
    """
    panel = outcomes.derived(parameters.weights).panel
    base, between = outcomes.decided(parameters), outcomes.between
    rows: list[Any] = []
    without = panel.without if panel else pd.DataFrame()
    for expert in without.columns:
        weights = _table(outcomes, without[expert])
        spread = spread_of(
            outcomes.sample,
            outcomes.system,
            publish(weights, parameters.weights.decimals, finer=True),
            level_one=parameters.evaluation.level_one,
            cut=parameters.evaluation.cut,
        )
        everyone = np.arange(spread.plants)
        signs = merit_signs(outcomes.system)
        limits = _without(parameters, outcomes, spread, everyone)
        rows += _rows(str(expert), base, decided_on(spread, limits, signs), everyone, between)
    return _sorted(rows, "expert")


def run_spread(parameters: Parameters, outcomes: Outcomes, weights: pd.DataFrame | None = None) -> Spread:
    """The plants of a run, sorted for its calibration; under other weights if any are given."""
    found = spread_of(
        outcomes.sample,
        outcomes.system,
        outcomes.weights(parameters.weights) if weights is None else weights,
        level_one=parameters.evaluation.level_one,
        cut=parameters.evaluation.cut,
    )
    return found.plain if parameters.thresholds.promise == "marginal" else found


def counted_limits(
    parameters: Parameters, outcomes: Outcomes, spread: Spread, *, near: JointAnswer | None = None
) -> np.ndarray:
    """Values of a run that count plants, calibrated on some plants and cells, on the merit scale."""
    choices = parameters.thresholds
    if choices.promise != "marginal":
        return point_limits(outcomes.admissible(spread, parameters), outcomes.system, choices, near=near)
    return spread.marginal(read_targets(choices.shares))


def _without(parameters: Parameters, outcomes: Outcomes, spread: Spread, kept: np.ndarray) -> np.ndarray:
    """Values calibrated on some plants, on the merit scale."""
    choices = parameters.thresholds
    if choices.promise != "marginal" or counts_plants(choices):
        return counted_limits(parameters, outcomes, spread.subset(kept))
    plants = outcomes.sample.take([outcomes.sample.plants[row] for row in kept])
    table = calibrate(plants, outcomes.system, pd.DataFrame(), choices)
    return threshold_matrix(outcomes.system, table) * merit_signs(outcomes.system)


def _table(outcomes: Outcomes, weights: pd.Series) -> pd.DataFrame:
    """Weights of the whole by indicator, as the columns of weights.csv."""
    table = pd.DataFrame({"group": [item.group for item in outcomes.system.indicators]})
    table["indicator"] = list(outcomes.system.ids)
    table["weight"] = weights.loc[list(outcomes.system.ids)].to_numpy(dtype=float)
    return with_local_weights(table)


def _rows(
    who: str, base: Decided, found: Decided, kept: np.ndarray, between: np.ndarray
) -> Iterable[tuple[Any, ...]]:
    before, after = float(base.scores[1, kept].mean()), float(found.scores[1, kept].mean())
    moved = float((base.levels[kept] != found.levels[kept]).sum())
    known = np.isfinite(base.values) & np.isfinite(found.values) & ~np.isnan(between)
    shifts = (np.abs(found.values - base.values) / between)[known]
    return [
        (who, "mean_Y_II", before, after, after - before),
        (who, "moved", 0.0, moved, moved),
        (who, "shift", 0.0, float(shifts.max(initial=0.0)), float(shifts.max(initial=0.0))),
    ]


def _sorted(rows: list[tuple[Any, ...]], who: str) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[who, "output", "base", "value", "change"])
    order = table.assign(size=-table["change"].abs()).sort_values(["output", "size"], kind="stable").index
    return table.loc[order].reset_index(drop=True)
