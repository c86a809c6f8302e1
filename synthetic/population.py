"""The synthetic population of one system, and the truth about its quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.indicators import Direction, Indicator, IndicatorSystem, Kind
from synthetic.attributes import Draw, draw_attribute
from synthetic.copula import ranks
from synthetic.marginals import normal_scores
from synthetic.parts import built_values, place_in_works, standing
from synthetic.plants import Population, in_random_order, streams
from synthetic.recipe import Recipe
from synthetic.repair import repaired
from synthetic.values import as_reported, drawn_values, level_words

Floats = NDArray[np.float64]


def make_population(
    system: IndicatorSystem,
    recipe: Recipe,
    works: pd.DataFrame,
    parts: Mapping[str, Population] | None = None,
) -> Population:
    """
    Draw the population of one system.

    Parameters
    ----------
    system : IndicatorSystem
        Anchors, correlations and checks.
    recipe : Recipe
        Everything else.
    works : DataFrame as of `make_works`
    parts : mapping of system id to Population, optional
        Processes that the recipe builds on.

    Returns
    -------
    Population
        Plants named P01, P02, ... in a random order that begins with the sample.

    Notes
    -----
    Rests on A-70 (anchors), A-71 (dependence), A-73 (works) and A-74 (repairs).
    """
    rng = streams(recipe.seed)
    home = place_in_works(recipe, works, rng["works"])
    technology, draw = _of_works(recipe, home, works, rng["technology"])
    drawing = Draw(technology, {}, rng["attributes"])
    early = _early_attributes(recipe, system)
    for name in early:
        _add_attribute(name, recipe, drawing, home, works, parts or {})
    built = built_values(recipe, home, parts or {}, rng["parts"])
    values = as_reported(drawn_values(system, recipe, technology, drawing.columns, built, rng), system)
    values = as_reported(repaired(values, system, recipe.repairs, rng["repair"]), system)
    drawing.columns |= {name: level_words(values, name, system) for name in system.ids}
    for name in recipe.attributes:
        if name not in early:
            _add_attribute(name, recipe, drawing, home, works, parts or {})
    for absence in recipe.absences:
        gone = np.isin(drawing.columns[absence.attribute].astype(str), absence.words)
        values.loc[gone, absence.indicator] = np.nan
    attributes = pd.DataFrame({"works": home} | {name: drawing.columns[name] for name in recipe.attributes})
    made = Population(values, attributes, pd.Series(technology), pd.Series(draw))
    return in_random_order(made, recipe.sample, rng["order"])


def _add_attribute(
    name: str,
    recipe: Recipe,
    drawing: Draw,
    home: pd.Series,
    works: pd.DataFrame,
    parts: Mapping[str, Population],
) -> None:
    rule = recipe.attributes[name]
    if rule.standing:
        drawing.columns[name] = standing(rule, home, parts)
    else:
        region = home.map(works["region"]) if rule.works else None
        drawing.columns[name] = draw_attribute(rule, drawing, region)


def _early_attributes(recipe: Recipe, system: IndicatorSystem) -> list[str]:
    """Attributes that read no indicator, neither themselves nor through another attribute."""
    late = set(system.ids)
    for name, rule in recipe.attributes.items():
        if late.intersection(rule.reads):
            late.add(name)
    return [name for name in recipe.attributes if name not in late]


def _of_works(
    recipe: Recipe, home: pd.Series, works: pd.DataFrame, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Technology of each plant, even over the population, and its number in the draw."""
    n = recipe.population
    own, numbers = rng.standard_normal(n), rng.uniform(size=n)
    shared = home.map(works["technology"]).astype(float).to_numpy()
    strength = recipe.loadings.works
    mixed = np.where(np.isnan(shared), own, strength * shared + np.sqrt(1 - strength**2) * own)
    draw = home.map(works["draw"]).astype(float).to_numpy()
    return normal_scores((ranks(mixed) + 0.5) / n), np.where(np.isnan(draw), numbers, draw)


def true_quantiles(population: Population, system: IndicatorSystem, shares: Sequence[float]) -> pd.DataFrame:
    """
    Values that a share of the whole population reaches, by the attainment rule of the standard.

    Parameters
    ----------
    shares : sequence of float in (0, 1)

    Returns
    -------
    DataFrame
        indicator, share, value, unit, direction, plants: the best ceil(share * plants) of the `plants` to which the
        indicator applies reach `value`, a distance from the target for an interval indicator.
    """
    rows = []
    for indicator in system.indicators:
        if indicator.kind is Kind.QUALITATIVE:
            continue
        best_first = _best_first(population.values[indicator.id], indicator)
        for share in shares:
            count = int(np.ceil(round(share * len(best_first), 9)))
            value = best_first[count - 1]
            named = (indicator.id, share, value, indicator.unit, indicator.direction.value, len(best_first))
            rows.append(named)
    return pd.DataFrame(rows, columns=["indicator", "share", "value", "unit", "direction", "plants"])


def _best_first(column: pd.Series, indicator: Indicator) -> Floats:
    values = column.dropna().to_numpy()
    if indicator.direction is Direction.INTERVAL and indicator.target is not None:
        low, high = indicator.target
        # rounding undoes the noise of the subtraction, nothing else: values have four digits
        values = np.round(np.maximum(np.maximum(low - values, values - high), 0.0), 6)
    return np.sort(values) if indicator.better == "lower" else np.sort(values)[::-1]
