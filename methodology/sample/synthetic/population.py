"""The synthetic population of one system: true values of every plant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.indicators import Direction, Indicator, IndicatorSystem, Kind, Level
from methodology.sample.synthetic.attributes import Draw, draw_attribute, significant
from methodology.sample.synthetic.copula import (
    correlated_scores,
    even_shares,
    ranks,
    target_correlations,
)
from methodology.sample.synthetic.marginals import marginal, normal_scores, through_points
from methodology.sample.synthetic.recipe import AttributeRule, Built, Recipe, Stratified
from methodology.sample.synthetic.repair import repaired

Floats = NDArray[np.float64]
STREAMS = (
    "works",
    "technology",
    "scores",
    "jitter",
    "attributes",
    "repair",
    "order",
    "answers",
    "errors",
    "parts",
)
DIGITS = {"fine": 4, "coarse": 3}


@dataclass(frozen=True)
class Population:
    """
    Plants with their true values.

    Attributes
    ----------
    values : DataFrame of shape (n_plants, n_indicators)
        In the units of the system; 1, 2, 3, 4 for I, II, III, none; NaN where not applicable.
    attributes : DataFrame indexed by plant
        `works` and what the system asks for.
    technology : Series
        The latent factor; larger is newer.
    draw : Series
        The plants with the smallest numbers are the sample.
    """

    values: pd.DataFrame
    attributes: pd.DataFrame
    technology: pd.Series
    draw: pd.Series


def streams(seed: int) -> dict[str, np.random.Generator]:
    """Independent random streams from one seed, one per use, so that one more draw here moves nothing there."""
    children = np.random.SeedSequence(seed).spawn(len(STREAMS))
    return {name: np.random.default_rng(child) for name, child in zip(STREAMS, children, strict=True)}


def place_in_works(recipe: Recipe, works: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Works id of every plant, missing for a plant of its own; a works has at most one plant of a system."""
    inside = min(round(recipe.in_works * recipe.population), len(works))
    chosen = rng.permutation(works.index.to_numpy())[:inside].tolist()
    return pd.Series([*chosen, *[None] * (recipe.population - inside)], dtype=object)


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
        Processes that `recipe.built` adds up.

    Returns
    -------
    Population
        Plants named P01, P02, ... in a random order that begins with the sample.
    """
    rng = streams(recipe.seed)
    home = place_in_works(recipe, works, rng["works"])
    technology, draw = _of_works(recipe, home, works, rng["technology"])
    columns: dict[str, NDArray] = {}
    drawing = Draw(technology, columns, rng["attributes"])
    early = _early_attributes(recipe, system)
    for name in early:
        rule = recipe.attributes[name]
        region = home.map(works["region"]) if rule.works else None
        columns[name] = (
            _standing(rule, home, parts or {}) if rule.standing else draw_attribute(rule, drawing, region)
        )
    built = _built(recipe, home, parts or {}, rng["parts"])
    values = _values(system, recipe, technology, columns, built, rng)
    values = repaired(_rounded(values, system), system, recipe.repairs, rng["repair"])
    values = _rounded(values, system)
    columns |= {name: _level_words(values, name, system) for name in system.ids}
    for name in recipe.attributes:
        if name not in early:
            columns[name] = draw_attribute(recipe.attributes[name], drawing)
    for absence in recipe.absences:
        gone = np.isin(columns[absence.attribute].astype(str), absence.words)
        values.loc[gone, absence.indicator] = np.nan
    attributes = pd.DataFrame({"works": home, **{name: columns[name] for name in recipe.attributes}})
    return _in_order(Population(values, attributes, pd.Series(technology), pd.Series(draw)), recipe, rng)


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


def _standing(rule: AttributeRule, home: pd.Series, parts: Mapping[str, Population]) -> NDArray:
    """Whether the works has a plant in another system."""
    there = home.isin(parts[rule.column].attributes["works"].dropna())
    return np.where(there, rule.standing, rule.otherwise).astype(object)


def _values(
    system: IndicatorSystem,
    recipe: Recipe,
    technology: Floats,
    columns: Mapping[str, NDArray],
    built: Mapping[str, Floats],
    rng: Mapping[str, np.random.Generator],
) -> pd.DataFrame:
    target = target_correlations(system, recipe.loadings, first=list(built))
    n = len(technology)
    known = [technology, *(normal_scores((ranks(column) + 0.5) / n) for column in built.values())]
    scores = correlated_scores(np.column_stack(known), target.to_numpy(), rng["scores"])[:, 1:]
    shares = pd.DataFrame(even_shares(scores, rng["jitter"]), columns=target.columns[1:])
    for name, here in _applicable(recipe, columns).items():
        shares.loc[here, name] = (ranks(shares.loc[here, name].to_numpy()) + 0.5) / here.sum()
    found: dict[str, Floats] = {}
    for name in system.ids:
        if name in built:
            found[name] = built[name]
        elif system[name].kind is Kind.QUALITATIVE:
            found[name] = _levels(shares[name].to_numpy(), system[name])
        elif name in recipe.stratified:
            rule = recipe.stratified[name]
            found[name] = _by_stratum(shares[name].to_numpy(), rule, columns[rule.attribute], system[name])
        else:
            found[name] = marginal(system[name], recipe.marginals.get(name))(shares[name].to_numpy())
    return pd.DataFrame(found)


def _applicable(recipe: Recipe, columns: Mapping[str, NDArray]) -> dict[str, NDArray[np.bool_]]:
    """Plants an indicator applies to, where that is known before values are: the marginal is theirs."""
    return {
        item.indicator: ~np.isin(columns[item.attribute].astype(str), item.words)
        for item in recipe.absences
        if item.attribute in columns
    }


def _levels(shares: Floats, indicator: Indicator) -> Floats:
    """Codes 1 to 4 in the shares the system gives, the cleanest first."""
    edges = np.cumsum([(indicator.shares or {}).get(level, 0.0) for level in Level])[:-1]
    return 1.0 + np.searchsorted(edges, shares)


def _by_stratum(shares: Floats, rule: Stratified, words: NDArray, indicator: Indicator) -> Floats:
    """Values whose quantiles are those given for each stratum."""
    found = np.full(len(words), np.nan)
    for word, quantiles in rule.values.items():
        here = words == word
        within = (ranks(shares[here]) + 0.5) / max(here.sum(), 1)
        found[here] = through_points(within, list(zip((0.1, 0.5, 0.9), quantiles, strict=True)))
    bounds = indicator.bounds
    return np.clip(found, bounds.low, bounds.high) if bounds else found


def _built(
    recipe: Recipe, home: pd.Series, parts: Mapping[str, Population], rng: np.random.Generator
) -> dict[str, Floats]:
    found = {}
    for name, rule in recipe.built.items():
        outside = rule.offset + rule.spread * rng.standard_normal(len(home))
        found[name] = outside + rule.factor * _sum_of_parts(rule, home, parts)
    return found


def _sum_of_parts(rule: Built, home: pd.Series, parts: Mapping[str, Population]) -> Floats:
    """Sum of ratio times process value; a process the works does not have is bought at the population's median."""
    total = np.zeros(len(home))
    for term in rule.terms:
        part = parts[term.system]
        column = part.values[term.indicator]
        by_works = pd.Series(column.to_numpy(), index=part.attributes["works"]).loc[lambda s: s.index.notna()]
        total += term.ratio * home.map(by_works).astype(float).fillna(column.median()).to_numpy()
    return total


def _rounded(values: pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    """Values with as many digits as a questionnaire would show."""
    table = values.copy()
    for name in table:
        if system[name].kind is Kind.QUANTITATIVE:
            fine = table[name].abs().median() >= (50 if system[name].unit == "%" else 100)
            table[name] = significant(table[name].to_numpy(), DIGITS["fine" if fine else "coarse"])
    return table


def _level_words(values: pd.DataFrame, name: str, system: IndicatorSystem) -> NDArray:
    if system[name].kind is Kind.QUANTITATIVE:
        return values[name].to_numpy()
    return np.array([str(level) for level in Level], dtype=object)[values[name].to_numpy(dtype=int) - 1]


def _in_order(population: Population, recipe: Recipe, rng: Mapping[str, np.random.Generator]) -> Population:
    """Plants named in a random order, the sampled ones first: a name says nothing about a plant."""
    by_draw = np.argsort(population.draw.to_numpy(), kind="stable")
    sampled, rest = by_draw[: recipe.sample], by_draw[recipe.sample :]
    order = [*rng["order"].permutation(sampled), *rng["order"].permutation(rest)]
    names = pd.Index([f"P{number:02d}" for number in range(1, len(order) + 1)], name="plant")
    return Population(
        population.values.iloc[order].set_axis(names),
        population.attributes.iloc[order].set_axis(names),
        population.technology.iloc[order].set_axis(names),
        population.draw.iloc[order].set_axis(names),
    )


def true_quantiles(
    population: Population, system: IndicatorSystem, shares: tuple[float, ...]
) -> pd.DataFrame:
    """
    Values that a share of the whole population reaches, by the attainment rule of the standard.

    Returns
    -------
    DataFrame
        indicator, share, value, unit, direction, plants: the best ceil(share * plants) of `plants` to which the
        indicator applies reach `value`; distances from the target for an interval indicator.
    """
    rows = []
    for indicator in system.indicators:
        if indicator.kind is Kind.QUALITATIVE:
            continue
        values = population.values[indicator.id].dropna().to_numpy()
        if indicator.direction is Direction.INTERVAL and indicator.target is not None:
            low, high = indicator.target
            values = np.round(np.maximum(np.maximum(low - values, values - high), 0.0), 6)
        best_first = np.sort(values) if indicator.better == "lower" else np.sort(values)[::-1]
        for share in shares:
            count = int(np.ceil(round(share * len(values), 9)))
            rows.append(
                (
                    indicator.id,
                    share,
                    best_first[count - 1],
                    indicator.unit,
                    indicator.direction.value,
                    len(values),
                )
            )
    return pd.DataFrame(rows, columns=["indicator", "share", "value", "unit", "direction", "plants"])
