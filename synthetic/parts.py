"""A works and its processes: which it has, and what of it is the sum over them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from synthetic.plants import Population
from synthetic.recipe import AttributeRule, Built, Recipe

Floats = NDArray[np.float64]


def place_in_works(recipe: Recipe, works: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Works id of every plant, missing for a plant of its own; a works has at most one plant of a system."""
    inside = min(round(recipe.in_works * recipe.population), len(works))
    chosen = rng.permutation(works.index.to_numpy())[:inside].tolist()
    return pd.Series([*chosen, *[None] * (recipe.population - inside)], dtype=object)


def standing(rule: AttributeRule, home: pd.Series, parts: Mapping[str, Population]) -> NDArray[np.object_]:
    """Whether the works has a plant in another system, in the two words of the rule."""
    there = home.isin(parts[rule.column].attributes["works"].dropna())
    return np.where(there, rule.standing, rule.otherwise).astype(object)


def built_values(
    recipe: Recipe, home: pd.Series, parts: Mapping[str, Population], rng: np.random.Generator
) -> dict[str, Floats]:
    """Indicators of works that are sums over their processes and what lies outside them."""
    found = {}
    for name, rule in recipe.built.items():
        outside = rule.offset + rule.spread * rng.standard_normal(len(home))
        found[name] = outside + rule.factor * sum_of_parts(rule, home, parts)
    return found


def sum_of_parts(rule: Built, home: pd.Series, parts: Mapping[str, Population]) -> Floats:
    """Sum of ratio times process value; a process the works lacks is bought at the population's median."""
    total = np.zeros(len(home))
    for term in rule.terms:
        part = parts[term.system]
        column = part.values[term.indicator]
        by_works = pd.Series(column.to_numpy(), index=part.attributes["works"])
        by_works = by_works[by_works.index.notna()]
        total += term.ratio * home.map(by_works).astype(float).fillna(column.median()).to_numpy()
    return total
