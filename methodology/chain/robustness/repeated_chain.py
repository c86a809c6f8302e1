"""How sure the levels and benchmark values are: the whole chain repeated under everything that could have differed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
import pandas as pd

from methodology.chain.bands import drawn_plants
from methodology.chain.calibration import point_limits
from methodology.chain.common_share import JointAnswer, common_shares
from methodology.chain.joint import read_targets, refuse_smooth
from methodology.chain.sorted_sample import Cells, Spread, spread_on
from methodology.errors import ParameterError
from methodology.evaluation.decision import LEVEL_NAMES, decide
from methodology.evaluation.scoring import effective_weights
from methodology.indicators import LEVELS, CellState, IndicatorSystem, Kind, Sample, as_sample
from methodology.indicators.cells import merit_signs
from methodology.parameters import Footing
from methodology.parameters.model import ThresholdChoices
from methodology.proposal.rounding import fitting_step, round_to_step, step_of
from methodology.sensitivity.sizes import between_plants, between_plants_of
from methodology.thresholds import quantile_threshold

QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class ChainSimulation:
    """
    What the repetitions say.

    Attributes
    ----------
    plants : DataFrame
        Columns plant, level (as evaluated), p_I, p_II, p_III, p_none, p_change; the most fragile plant first.
    shares : DataFrame of shape (draws, 3)
        Share of plants the whole standard puts at I, II, III, each or better, one row per repetition.
    thresholds : DataFrame
        Columns indicator, level, value (as calibrated), mean, sd, p05, p50, p95, between (standard deviation between
        the plants of the sample).
    draws : int
    """

    plants: pd.DataFrame
    shares: pd.DataFrame
    thresholds: pd.DataFrame
    draws: int


@dataclass(frozen=True)
class Disturbance:
    """
    What differs between the repetitions of a chain.

    Attributes
    ----------
    draws : int
        Repetitions.
    population : int, optional
        Known plants of the industry; a complete survey is then not resampled.
    resample : bool
        Whether other plants are drawn to calibrate on.
    weight_concentration : float
        Dirichlet concentration around the weights; 0 keeps them.
    measurement_cv : float or mapping of indicator to float
        Standard deviation of an error of measurement, in standard deviations between plants (A-58).
    rounding : bool
        Round calibrated values to engineering steps, to the loose side.
    """

    draws: int = 500
    population: int | None = None
    resample: bool = True
    weight_concentration: float = 200.0
    measurement_cv: float | Mapping[str, float] = 0.1
    rounding: bool = True


def simulate_chain(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    *,
    seed: int,
    disturbance: Disturbance | None = None,
    footing: Footing | None = None,
) -> ChainSimulation:
    """
    Repeat calibration and evaluation with other plants, errors and weights.

    Parameters
    ----------
    sample, system, weights
        As in `joint_thresholds`.
    choices : section `thresholds` of the parameters
        Shares, promise and point estimate.
    seed : int
        Root of the random streams; each repetition has a child of its own.
    disturbance : Disturbance, optional
    footing : Footing, optional
        As in `methodology.chain.calibrate`.

    Returns
    -------
    ChainSimulation

    Raises
    ------
    ParameterError
        If draws, errors or the concentration are out of range, or the population is smaller than the sample.
    """
    plants, drawn, ground = as_sample(sample, system), disturbance or Disturbance(), footing or Footing()
    _refuse(drawn, len(plants.plants))
    if choices.promise == "marginal":
        ground = ground.changed(minimum=1)
    else:
        refuse_smooth(choices)
    spread = spread_on(plants, system, weights, ground)
    start = _start(plants, system, weights, choices, drawn, spread)
    children = np.random.SeedSequence(seed).spawn(drawn.draws)
    runs = [repetition(start, np.random.Generator(np.random.PCG64(child))) for child in children]
    levels, limits = np.stack([own for own, _ in runs]), np.stack([own for _, own in runs])
    base_levels, base_limits = outcome(start, spread, spread)
    return ChainSimulation(
        _fragility(plants.plants, base_levels, levels),
        _shares(levels),
        _spreads(system, base_limits, limits).merge(_between(plants, system), on="indicator"),
        drawn.draws,
    )


def _start(
    plants: Sample,
    system: IndicatorSystem,
    weights: pd.DataFrame,
    choices: ThresholdChoices,
    drawn: Disturbance,
    spread: Spread,
) -> Start:
    reported = _measured(plants, system)
    by_name = dict(zip(weights["indicator"], weights["weight"], strict=True))
    return Start(
        spread=spread,
        values=np.stack(
            [_measured(plants.at(level), system) for level in (LEVELS if plants.by_level else LEVELS[:1])]
        ),
        targets=np.array([i.target or (np.nan, np.nan) for i in system.indicators], dtype=float),
        signs=merit_signs(system),
        steps=_steps(system, reported) if drawn.rounding else np.full(len(system.ids), np.nan),
        derived=np.array([indicator.step is None for indicator in system.indicators]),
        groups=tuple(indicator.group for indicator in system.indicators),
        weights=np.array([float(by_name[name]) for name in system.ids]),
        concentration=drawn.weight_concentration,
        errors=_errors(system, drawn.measurement_cv) * np.nan_to_num(between_plants(reported)),
        population=drawn.population,
        resample=drawn.resample,
        system=system,
        choices=choices,
        near=common_shares(spread, read_targets(choices.shares)) if choices.promise != "marginal" else None,
    )


def _measured(plants: Sample, system: IndicatorSystem) -> np.ndarray:
    ids = list(system.ids)
    quantity = np.array([indicator.kind is Kind.QUANTITATIVE for indicator in system.indicators])
    measured = plants.states[ids].to_numpy() == CellState.MEASURED
    return np.where(measured & quantity, plants.values[ids].to_numpy(dtype=float), np.nan)


def _steps(system: IndicatorSystem, values: np.ndarray) -> np.ndarray:
    found = [
        step_of(indicator, column) if indicator.kind is Kind.QUANTITATIVE else None
        for indicator, column in zip(system.indicators, values.T, strict=True)
    ]
    return np.array([np.nan if step is None else step for step in found])


def _errors(system: IndicatorSystem, measurement_cv: float | Mapping[str, float]) -> np.ndarray:
    if isinstance(measurement_cv, Mapping):
        unknown = sorted(set(measurement_cv) - set(system.ids))
        if unknown:
            raise ParameterError(f"measurement_cv names {', '.join(unknown)}, not part of {system.id!r}.")
        given = [float(measurement_cv.get(name, 0.0)) for name in system.ids]
    else:
        given = [float(measurement_cv)] * len(system.ids)
    wrong = [error for error in given if not (np.isfinite(error) and error >= 0)]
    if wrong:
        raise ParameterError(f"measurement_cv is {wrong[0]}; a standard deviation is a number of 0 or more.")
    described = np.array([indicator.kind is Kind.QUALITATIVE for indicator in system.indicators])
    return np.where(described, 0.0, given)


def _refuse(drawn: Disturbance, plants: int) -> None:
    if not isinstance(drawn.draws, Integral) or drawn.draws < 1:
        raise ParameterError(f"draws is {drawn.draws!r}; give a whole number of 1 or more.")
    if drawn.population is not None and drawn.population < plants:
        raise ParameterError(f"The sample has {plants} plants, the population only {drawn.population}.")
    size = drawn.weight_concentration
    if not (np.isfinite(size) and size >= 0):
        raise ParameterError(
            f"weight_concentration is {size}; give 0 to keep the weights, or a positive number."
        )


def _fragility(names: pd.Index, base: np.ndarray, levels: np.ndarray) -> pd.DataFrame:
    chances = {f"p_{name}": (levels == code).mean(axis=0) for code, name in enumerate(LEVEL_NAMES)}
    table = pd.DataFrame({"plant": names.to_numpy(), "level": LEVEL_NAMES[base], **chances})
    table["p_change"] = (levels != base).mean(axis=0)
    return table.sort_values(["p_change", "plant"], ascending=[False, True], ignore_index=True)


def _shares(levels: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({str(level): (levels <= row).mean(axis=1) for row, level in enumerate(LEVELS)})


def _between(plants: Sample, system: IndicatorSystem) -> pd.DataFrame:
    return pd.DataFrame({"indicator": list(system.ids), "between": between_plants_of(plants, system)})


def _spreads(system: IndicatorSystem, base: np.ndarray, limits: np.ndarray) -> pd.DataFrame:
    rows = []
    for column, indicator in enumerate(system.indicators):
        if indicator.kind is Kind.QUALITATIVE:
            continue
        for row, level in enumerate(LEVELS):
            drawn = limits[:, row, column]
            known = drawn[np.isfinite(drawn)]
            marks = np.quantile(known, QUANTILES) if known.size else [np.nan] * len(QUANTILES)
            centre = (known.mean(), known.std()) if known.size else (np.nan, np.nan)
            rows.append((indicator.id, str(level), base[row, column], *centre, *marks))
    return pd.DataFrame(rows, columns=["indicator", "level", "value", "mean", "sd", "p05", "p50", "p95"])


WEIGHT_DECIMALS = 6
"""Decimals of drawn weights: enough for any standard, and exact to add up."""


@dataclass(frozen=True)
class Start:
    """
    What every repetition starts from, and what it draws.

    Attributes
    ----------
    spread : Spread
        The sample as it is.
    values : array of shape (3 or 1, n_plants, n_indicators)
        Measured values in the unit of each indicator as each level judges them; NaN where a cell is no measured
        quantity.
    targets : array of shape (n_indicators, 2)
        Target intervals; NaN where an indicator has none.
    signs, steps : arrays of shape (n_indicators,)
        Merit = sign * value; engineering steps, NaN where none is used.
    derived : bool array of shape (n_indicators,)
        Which steps no system declares: they are made to fit each value.
    groups : tuple of n_indicators str
    weights : array of shape (n_indicators,)
        Published weights.
    concentration : float
        Of the Dirichlet distribution around the weights; 0 keeps them.
    errors : array of shape (n_indicators,)
        Standard deviation of an error of measurement, in the unit of each indicator.
    population : int or None
        Known plants of the industry.
    resample : bool
        Whether other plants are drawn to calibrate on.
    system : IndicatorSystem
    choices : section `thresholds` of the parameters
        Promise, point estimate and shares.
    near : JointAnswer or None
        Under the joint promise, the answer of the sample as it is.
    """

    spread: Spread
    values: np.ndarray
    targets: np.ndarray
    signs: np.ndarray
    steps: np.ndarray
    derived: np.ndarray
    groups: tuple[str, ...]
    weights: np.ndarray
    concentration: float
    errors: np.ndarray
    population: int | None
    resample: bool
    system: IndicatorSystem
    choices: ThresholdChoices
    near: JointAnswer | None


def repetition(start: Start, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """
    Run the chain once.

    Returns
    -------
    levels : int8 array of shape (n_plants,)
        Codes of all plants of the sample: 0, 1, 2 for I, II, III, 3 for none.
    values : array of shape (3, n_indicators)
        Benchmark values in the unit of each indicator.
    """
    spread = perturbed(start, rng)
    spread = reweighted(spread, drawn_weights(start, rng), start.groups)
    calibrating = spread
    if start.resample:
        calibrating = spread.subset(drawn_plants(spread.plants, start.population, rng))
    return outcome(start, spread, calibrating)


def outcome(start: Start, spread: Spread, calibrating: Spread) -> tuple[np.ndarray, np.ndarray]:
    """Levels of the plants of `spread` under values calibrated on `calibrating`, and these values."""
    limits = rounded(calibrated(start, calibrating), start)
    return decide(spread.standing.with_reached(spread.reached(limits)), spread.rule), limits * start.signs


def drawn_weights(start: Start, rng: np.random.Generator) -> np.ndarray:
    """Weights of one repetition, spread around the published ones by a Dirichlet distribution."""
    mean = start.weights
    if not start.concentration:
        return mean
    drawn = np.zeros_like(mean)
    drawn[mean > 0] = rng.dirichlet(start.concentration * mean[mean > 0] / mean.sum())
    return np.round(drawn, WEIGHT_DECIMALS)


def reweighted(spread: Spread, weights: np.ndarray, groups: tuple[str, ...]) -> Spread:
    """The same plants under other weights."""
    effective = effective_weights(weights.tolist(), groups, spread.standing.applicable)
    return replace(spread, standing=replace(spread.standing, weights=effective))


def perturbed(start: Start, rng: np.random.Generator) -> Spread:
    """The sample with errors of measurement."""
    if not start.errors.any():
        return start.spread
    error = start.errors * rng.standard_normal(start.values.shape[1:])
    low, high = start.targets.T
    judged = tuple(
        _moved(cells, own + error, low, high, start.signs)
        for cells, own in zip(start.spread.judged, start.values, strict=True)
    )
    return replace(start.spread, judged=judged)


def _moved(cells: Cells, moved: np.ndarray, low: np.ndarray, high: np.ndarray, signs: np.ndarray) -> Cells:
    """Cells with other measured values, which are NaN where a cell is none; `low` and `high` are targets."""
    distance = np.maximum(np.maximum(low - moved, moved - high), 0.0)
    changed = np.where(np.isnan(low), moved * signs, distance)
    measured = ~np.isnan(moved)
    with np.errstate(invalid="ignore"):
        told = np.where(cells.told == cells.merit, changed, cells.told + (changed - cells.merit))
    return Cells(np.where(measured, changed, cells.merit), np.where(measured, told, cells.told))


def calibrated(start: Start, spread: Spread) -> np.ndarray:
    """Benchmark values on the merit scale, shape (3, n_indicators), under the promise of the run."""
    choices = start.choices
    if choices.promise != "marginal":
        return point_limits(spread, start.system, choices, near=start.near)
    shares, spread = read_targets(choices.shares), spread.plain
    if choices.method == "attainment":
        return spread.marginal(shares)
    limits = spread.fixed.copy()
    for column in np.flatnonzero(spread.free):
        sign = start.signs[column]
        for row, share in enumerate(shares):
            value = quantile_threshold(
                sign * spread.at(row).ordered(int(column)),
                float(share),
                better="lower" if sign > 0 else "higher",
                method=choices.method,
            )
            limits[row, column] = min(sign * value, spread.bounds[row, column])
    return np.minimum.accumulate(limits[::-1], axis=0)[::-1]


def rounded(limits: np.ndarray, start: Start) -> np.ndarray:
    """Limits rounded to the loose side where a step is given."""
    out = limits.copy()
    for column in np.flatnonzero(np.isfinite(start.steps)):
        sign, step = start.signs[column], float(start.steps[column])
        better = "lower" if sign > 0 else "higher"
        values = [float(sign * limit) for limit in limits[:, column]]
        for row in np.flatnonzero(np.isfinite(limits[:, column])):
            fitting = fitting_step(step, values[row], values) if start.derived[column] else step
            out[row, column] = sign * round_to_step(values[row], fitting, better=better)
    return out
