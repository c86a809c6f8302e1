"""One repetition of the whole chain: other plants answer, with other errors, other experts, and the rule runs again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from methodology.chain.bands import drawn_plants
from methodology.chain.chosen_point import point_limits
from methodology.chain.common_share import JointAnswer
from methodology.chain.joint import read_targets
from methodology.chain.sorted_sample import Cells, Spread
from methodology.evaluation.decision import decide
from methodology.evaluation.scoring import effective_weights
from methodology.indicators import IndicatorSystem
from methodology.parameters.model import ThresholdChoices
from methodology.proposal.rounding import fitting_step, round_to_step
from methodology.thresholds import quantile_threshold

WEIGHT_DECIMALS = 6
"""Decimals of drawn weights: enough for any standard, and exact to add up."""


@dataclass(frozen=True)
class Setting:
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


def repetition(setting: Setting, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """
    Run the chain once.

    Returns
    -------
    levels : int8 array of shape (n_plants,)
        Codes of all plants of the sample: 0, 1, 2 for I, II, III, 3 for none.
    values : array of shape (3, n_indicators)
        Benchmark values in the unit of each indicator.
    """
    spread = perturbed(setting, rng)
    spread = reweighted(spread, drawn_weights(setting, rng), setting.groups)
    calibrating = spread
    if setting.resample:
        calibrating = spread.subset(drawn_plants(spread.plants, setting.population, rng))
    return outcome(setting, spread, calibrating)


def outcome(setting: Setting, spread: Spread, calibrating: Spread) -> tuple[np.ndarray, np.ndarray]:
    """Levels of the plants of `spread` under values calibrated on `calibrating`, and these values."""
    limits = rounded(calibrated(setting, calibrating), setting)
    return decide(spread.standing.with_reached(spread.reached(limits)), spread.rule), limits * setting.signs


def drawn_weights(setting: Setting, rng: np.random.Generator) -> np.ndarray:
    """Weights of one repetition, spread around the published ones by a Dirichlet distribution."""
    mean = setting.weights
    if not setting.concentration:
        return mean
    drawn = np.zeros_like(mean)
    drawn[mean > 0] = rng.dirichlet(setting.concentration * mean[mean > 0] / mean.sum())
    return np.round(drawn, WEIGHT_DECIMALS)


def reweighted(spread: Spread, weights: np.ndarray, groups: tuple[str, ...]) -> Spread:
    """The same plants under other weights."""
    effective = effective_weights(weights.tolist(), groups, spread.standing.applicable)
    return replace(spread, standing=replace(spread.standing, weights=effective))


def perturbed(setting: Setting, rng: np.random.Generator) -> Spread:
    """The sample with errors of measurement."""
    if not setting.errors.any():
        return setting.spread
    error = setting.errors * rng.standard_normal(setting.values.shape[1:])
    low, high = setting.targets.T
    judged = tuple(
        _moved(cells, own + error, low, high, setting.signs)
        for cells, own in zip(setting.spread.judged, setting.values, strict=True)
    )
    return replace(setting.spread, judged=judged)


def _moved(cells: Cells, moved: np.ndarray, low: np.ndarray, high: np.ndarray, signs: np.ndarray) -> Cells:
    """Cells with other measured values, which are NaN where a cell is none; `low` and `high` are targets."""
    distance = np.maximum(np.maximum(low - moved, moved - high), 0.0)
    changed = np.where(np.isnan(low), moved * signs, distance)
    measured = ~np.isnan(moved)
    with np.errstate(invalid="ignore"):
        told = np.where(cells.told == cells.merit, changed, cells.told + (changed - cells.merit))
    return Cells(np.where(measured, changed, cells.merit), np.where(measured, told, cells.told))


def calibrated(setting: Setting, spread: Spread) -> np.ndarray:
    """Benchmark values on the merit scale, shape (3, n_indicators), under the promise of the run."""
    choices = setting.choices
    if choices.promise != "marginal":
        return point_limits(spread, setting.system, choices, near=setting.near)
    shares, spread = read_targets(choices.shares), spread.plain
    if choices.method == "attainment":
        return spread.marginal(shares)
    limits = spread.fixed.copy()
    for column in np.flatnonzero(spread.free):
        sign = setting.signs[column]
        for row, share in enumerate(shares):
            value = quantile_threshold(
                sign * spread.at(row).ordered(int(column)),
                float(share),
                better="lower" if sign > 0 else "higher",
                method=choices.method,
            )
            limits[row, column] = min(sign * value, spread.bounds[row, column])
    return np.minimum.accumulate(limits[::-1], axis=0)[::-1]


def rounded(limits: np.ndarray, setting: Setting) -> np.ndarray:
    """Limits rounded to the loose side where a step is given."""
    out = limits.copy()
    for column in np.flatnonzero(np.isfinite(setting.steps)):
        sign, step = setting.signs[column], float(setting.steps[column])
        better = "lower" if sign > 0 else "higher"
        values = [float(sign * limit) for limit in limits[:, column]]
        for row in np.flatnonzero(np.isfinite(limits[:, column])):
            fitting = fitting_step(step, values[row], values) if setting.derived[column] else step
            out[row, column] = sign * round_to_step(values[row], fitting, better=better)
    return out
