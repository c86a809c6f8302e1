"""What the sampled plants report: limits of detection, empty cells and a few errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from methodology.indicators import CellState, Indicator, IndicatorSystem, Kind, Sample
from methodology.indicators.expressions import parse
from synthetic.attributes import significant
from synthetic.plants import Population, streams
from synthetic.recipe import Recipe

HALF_LIMIT = "half_lod_or_zero"
COPIED = {"hourly_max_vs_mean": ("ultra_low", "mandatory_limit"), "rounding_to_norm": ("energy_norm",)}
"""Errors that write a comparator in place of the value, and the kinds of comparator copied."""


@dataclass(frozen=True)
class Reported:
    """The sample as reported, and the truth about its errors (plant, indicator, error, true, reported)."""

    sample: Sample
    errors: pd.DataFrame


def report(population: Population, system: IndicatorSystem, recipe: Recipe) -> Reported:
    """
    Turn the first plants of the population into a reported sample.

    Parameters
    ----------
    population : Population
        Named so that the sample comes first.

    Returns
    -------
    Reported
        Cells below the plant's stated limit, not reported (older technology leaves out more), not applicable, and
        one cell per error of the recipe.
    """
    plants = population.values.index[: recipe.sample]
    values = population.values.loc[plants].copy()
    states = pd.DataFrame(np.int8(CellState.MEASURED), index=plants, columns=values.columns)
    states[values.isna()] = np.int8(CellState.NOT_APPLICABLE)
    values = _as_measured(values, population.attributes.loc[plants], system)
    rng = streams(recipe.seed)
    limits = _stated_limits(population, recipe, rng["answers"]).loc[plants]
    for name in recipe.limits:
        below = (values[name] < limits[name]) & (states[name] == CellState.MEASURED)
        values[name] = values[name].mask(below, limits[name])
        states[name] = states[name].mask(below, np.int8(CellState.BELOW_LIMIT))
    empty = _left_out(population.technology.loc[plants], system, recipe, rng["answers"])
    empty &= (states != CellState.NOT_APPLICABLE).to_numpy()
    values, states = values.mask(empty), states.mask(empty, np.int8(CellState.NOT_REPORTED))
    sample = Sample(values, states, population.attributes.loc[plants])
    return _with_errors(sample, population, system, recipe, rng["errors"])


def _as_measured(values: pd.DataFrame, attributes: pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    """Values as plants report them that state another basis, e.g. their own oxygen content."""
    table = values.copy()
    for correction in system.corrections:
        if not correction.value:
            continue
        columns = {
            name: pd.to_numeric(attributes[name])
            for name in parse(correction.value).names
            if name in attributes
        }
        scale = parse(correction.value)({**columns, "value": pd.Series(1.0, index=table.index)})
        here = np.all([attributes[name] == word for name, word in correction.where.items()], axis=0)
        for name in correction.target:
            table.loc[here, name] = significant((table[name] / scale)[here].to_numpy(), 3)
    return table


def _stated_limits(population: Population, recipe: Recipe, rng: np.random.Generator) -> pd.DataFrame:
    """Detection limit each plant works with, per indicator."""
    n = len(population.values)
    found = {}
    for name, choice in recipe.limits.items():
        edges = np.cumsum(list(choice.values()))[:-1]
        found[name] = np.array(list(choice))[np.searchsorted(edges, rng.uniform(size=n))]
    return pd.DataFrame(found, index=population.values.index)


def _left_out(
    technology: pd.Series, system: IndicatorSystem, recipe: Recipe, rng: np.random.Generator
) -> np.ndarray:
    """Cells without an answer: some plants, more often those of older technology, leave out several."""
    n = len(technology)
    careless = technology.to_numpy() + rng.standard_normal(n)
    plants = np.argsort(careless, kind="stable")[: round(recipe.missing.plants * n)]
    chance = np.where(
        [indicator.limiting for indicator in system.indicators], recipe.missing.limiting, recipe.missing.cells
    )
    empty = np.zeros((n, len(chance)), dtype=bool)
    empty[plants] = rng.uniform(size=(len(plants), len(chance))) < chance
    return empty


def _with_errors(
    sample: Sample,
    population: Population,
    system: IndicatorSystem,
    recipe: Recipe,
    rng: np.random.Generator,
) -> Reported:
    values, states = sample.values.copy(), sample.states.copy()
    rows: list[tuple[str, str, str, float, float]] = []
    for error in recipe.errors:
        wanted = CellState.BELOW_LIMIT if error == HALF_LIMIT else CellState.MEASURED
        hit = [
            (plant, name)
            for name in next(item.affects for item in system.reporting_errors if item.error == error)
            for plant in values.index[states[name] == wanted]
            if system[name].kind is Kind.QUANTITATIVE and plant not in {row[0] for row in rows}
        ]
        plant, name = hit[rng.integers(len(hit))]
        true = float(population.values.loc[plant, name])
        factors = recipe.error_factors.get(error) or next(
            item.factors for item in system.reporting_errors if item.error == error
        )
        reported = _misreported(error, float(values.loc[plant, name]), system[name], factors, rng)
        values.loc[plant, name], states.loc[plant, name] = reported, np.int8(CellState.MEASURED)
        rows.append((plant, name, error, true, reported))
    errors = pd.DataFrame(rows, columns=["plant", "indicator", "error", "true", "reported"])
    return Reported(Sample(values, states, sample.attributes), errors)


def _misreported(
    error: str, value: float, indicator: Indicator, factors: Sequence[float], rng: np.random.Generator
) -> float:
    if error == HALF_LIMIT:
        return value / 2
    if error in COPIED:
        kinds = COPIED[error]
        limits = [c.value for c in indicator.comparators if c.kind in kinds and isinstance(c.value, float)]
        return min(limits, key=lambda limit: abs(limit - value))
    shrinking = [factor for factor in factors if abs(factor) < 1] or list(factors)
    return float(f"{value * shrinking[rng.integers(len(shrinking))]:.4g}")
