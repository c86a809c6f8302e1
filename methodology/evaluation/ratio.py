"""The ratio-type composite index of the first generation of systems, as a comparator beside the score."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from methodology.errors import MethodError, ParameterError, Problem, raise_problems
from methodology.evaluation.levels import groups_of
from methodology.evaluation.reaching import (
    applicable_matrix,
    checked_sample,
    reached_matrix,
    threshold_matrix,
)
from methodology.evaluation.scoring import effective_weights
from methodology.evaluation.weighing import weight_vector
from methodology.indicators import (
    LEVELS,
    CellState,
    Direction,
    Indicator,
    IndicatorSystem,
    Kind,
    Sample,
    merits,
)


def ratio_index(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    thresholds: pd.DataFrame,
    weights: pd.DataFrame,
    *,
    level: str = "II",
    leave_out: Collection[str] = (),
    cap: float | None = None,
) -> pd.DataFrame:
    """
    Sum weighted ratios of values to one set of benchmark values.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        Values in the unit of the system.
    system : IndicatorSystem
        Groups and directions.
    thresholds, weights : DataFrame
        As in `evaluate`.
    level : {"I", "II", "III"}
        Whose benchmark values are the base S_o.
    leave_out : collection of indicator ids
        Indicators a ratio makes no sense for; their weight is redistributed as if they did not apply.
    cap : float, optional
        Largest ratio that counts, so that one excellent value does not outweigh the rest.

    Returns
    -------
    DataFrame
        Columns plant, index (points; 100 is a plant at every benchmark value), capped (ratios that met the cap).

    Raises
    ------
    MethodError
        If an indicator that is not left out is stated as an interval, or has a benchmark value or a plant's value that
        is 0 or negative: a ratio of sign-changing quantities, such as converter energy, means nothing.
    ParameterError
        If `level`, `leave_out` or `cap` is unknown or out of range.

    Notes
    -----
    S_i = S_o / S_x where lower is better, S_x / S_o where higher is better, P = 100 * sum of K_i S_i (GB/T 20106-2006
    and the trial systems after it; recalled, A-08). A described level counts 1 if it is reached, a
    cell that is not reported 0. `<L` enters with L where lower is better, which understates the plant, and with 0 where
    higher is better. The index has no cliff and no limiting indicator: it ranks, it does not decide.
    """
    names = [str(known) for known in LEVELS]
    _refuse_choices(system, level, leave_out, cap)
    plants = checked_sample(sample, system)
    row = names.index(level)
    limits = threshold_matrix(system, thresholds)
    used = np.array([name not in leave_out for name in system.ids])
    _refuse(plants, system, limits[row], used)
    ratios = np.where(used, _ratios(plants, system, limits, row), 0.0)
    kept = ratios if cap is None else np.minimum(ratios, cap)
    effective = effective_weights(
        weight_vector(system, weights),
        groups_of(system),
        applicable_matrix(plants, system) & used,
        plants=list(plants.plants),
    )
    share = effective.share[effective.pattern]
    met = (ratios > kept) & (share > 0)
    return pd.DataFrame(
        {
            "plant": plants.plants.to_numpy(),
            "index": 100 * (share * kept).sum(axis=1),
            "capped": met.sum(axis=1),
        }
    )


def _refuse_choices(
    system: IndicatorSystem, level: str, leave_out: Collection[str], cap: float | None
) -> None:
    names = [str(known) for known in LEVELS]
    if level not in names:
        raise ParameterError(f"level is {level!r}; choose one of {', '.join(names)}.")
    if cap is not None and not cap > 0:
        raise ParameterError(f"cap is {cap}; the largest ratio is positive.")
    strangers = sorted(set(leave_out) - set(system.ids))
    if strangers:
        raise ParameterError(f"leave_out names {', '.join(strangers)}, not part of system {system.id!r}.")


def _ratios(plants: Sample, system: IndicatorSystem, limits: np.ndarray, row: int) -> np.ndarray:
    ids = list(system.ids)
    values = plants.values[ids].to_numpy(dtype=float)
    higher = np.array([indicator.better == "higher" for indicator in system.indicators])
    described = np.array([indicator.kind is Kind.QUALITATIVE for indicator in system.indicators])
    hit = reached_matrix(merits(plants, system), limits, system)[row]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(higher, values / limits[row], limits[row] / values)
    ratio = np.where(described, hit, ratio)
    unproven = higher & (plants.states[ids].to_numpy() == CellState.BELOW_LIMIT)
    return np.where(np.isnan(values) | unproven, 0.0, ratio)


def _refuse(plants: Sample, system: IndicatorSystem, base: np.ndarray, used: np.ndarray) -> None:
    problems = []
    for column, indicator in enumerate(system.indicators):
        if used[column] and indicator.kind is Kind.QUANTITATIVE:
            why = _fault(plants, indicator, float(base[column]))
            if why:
                problems.append(Problem(f"{indicator.id!r} {why}", fix="Name it in `leave_out`."))
    raise_problems(MethodError, "A ratio-type index cannot be formed.", problems)


def _fault(plants: Sample, indicator: Indicator, base: float) -> str:
    if indicator.direction is Direction.INTERVAL:
        return "is stated as an interval, which has no ratio"
    if base <= 0:
        return f"has the benchmark value {base:g}"
    stated = plants.states[indicator.id].to_numpy() <= CellState.BELOW_LIMIT
    values = plants.values[indicator.id].to_numpy(dtype=float)[stated]
    low = values.min() if values.size else 1.0
    return f"has values down to {low:g}" if low < 0 or (low == 0 and indicator.better == "lower") else ""
