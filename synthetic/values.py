"""True values of the plants of one system, before the consistency checks are looked at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.indicators import Indicator, IndicatorSystem, Kind, Level
from synthetic.attributes import significant
from synthetic.copula import correlated_scores, even_shares, ranks, target_correlations
from synthetic.marginals import SHARES, marginal, normal_scores, through_points
from synthetic.plants import Streams
from synthetic.recipe import Recipe, Stratified

Floats = NDArray[np.float64]
FINE, COARSE = 4, 3
"""Significant digits of large and of small values."""
LARGE = {"%": 50.0, "": 100.0}
"""Median from which values of a unit count as large."""


def drawn_values(
    system: IndicatorSystem,
    recipe: Recipe,
    technology: Floats,
    columns: Mapping[str, NDArray],
    built: Mapping[str, Floats],
    rng: Streams,
) -> pd.DataFrame:
    """
    Draw every indicator of every plant.

    Parameters
    ----------
    technology : array of shape (n_plants,)
    columns : mapping
        Attributes known so far, for strata.
    built : mapping
        Indicators that are sums over processes; the others follow them.

    Returns
    -------
    DataFrame of shape (n_plants, n_indicators)
        Codes 1 to 4 for qualitative indicators.
    """
    shares = _shares(system, recipe, technology, built, rng)
    for name, here in _applicable(recipe, columns).items():
        shares.loc[here, name] = (ranks(shares.loc[here, name].to_numpy()) + 0.5) / here.sum()
    found: dict[str, Floats] = {}
    for name in system.ids:
        column = shares[name].to_numpy()
        if name in built:
            found[name] = built[name]
        elif system[name].kind is Kind.QUALITATIVE:
            found[name] = level_codes(column, system[name])
        elif name in recipe.stratified:
            rule = recipe.stratified[name]
            found[name] = by_stratum(column, rule, columns[rule.attribute], system[name])
        else:
            found[name] = marginal(system[name], recipe.marginals.get(name))(column)
    return pd.DataFrame(found)


def _shares(
    system: IndicatorSystem, recipe: Recipe, technology: Floats, built: Mapping[str, Floats], rng: Streams
) -> pd.DataFrame:
    """Share of plants with a lower value, per plant and indicator, tied by the copula."""
    target = target_correlations(system, recipe.loadings, first=list(built))
    n = len(technology)
    known = [technology, *(normal_scores((ranks(column) + 0.5) / n) for column in built.values())]
    scores = correlated_scores(np.column_stack(known), target.to_numpy(), rng["scores"])[:, 1:]
    return pd.DataFrame(even_shares(scores, rng["jitter"]), columns=target.columns[1:])


def _applicable(recipe: Recipe, columns: Mapping[str, NDArray]) -> dict[str, NDArray[np.bool_]]:
    """Plants an indicator applies to, where that is known before values are: the marginal is theirs."""
    return {
        item.indicator: ~np.isin(columns[item.attribute].astype(str), item.words)
        for item in recipe.absences
        if item.attribute in columns
    }


def level_codes(shares: Floats, indicator: Indicator) -> Floats:
    """Codes 1 to 4 in the shares the system gives, the cleanest first."""
    edges = np.cumsum([(indicator.shares or {}).get(level, 0.0) for level in Level])[:-1]
    return 1.0 + np.searchsorted(edges, shares).astype(float)


def by_stratum(shares: Floats, rule: Stratified, words: NDArray, indicator: Indicator) -> Floats:
    """Values whose quantiles are those given for each stratum."""
    found = np.full(len(words), np.nan)
    for word, quantiles in rule.values.items():
        here = words == word
        within = (ranks(shares[here]) + 0.5) / max(int(here.sum()), 1)
        found[here] = through_points(within, list(zip(SHARES, quantiles, strict=True)))
    bounds = indicator.bounds
    return np.clip(found, bounds.low, bounds.high) if bounds else found


def as_reported(values: pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    """Values with as many digits as a questionnaire would show."""
    table = values.copy()
    for name in system.ids:
        if system[name].kind is Kind.QUANTITATIVE:
            large = table[name].abs().median() >= LARGE.get(system[name].unit, LARGE[""])
            table[name] = significant(table[name].to_numpy(), FINE if large else COARSE)
    return table


def level_words(values: pd.DataFrame, name: str, system: IndicatorSystem) -> NDArray:
    """A column as plants would write it: levels in words, numbers as they are."""
    if system[name].kind is Kind.QUANTITATIVE:
        return values[name].to_numpy()
    words = np.array([str(level) for level in Level], dtype=object)
    return words[values[name].to_numpy(dtype=int) - 1]
