"""Attributes of synthetic plants: strata, capacities and what corrections read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.indicators.expressions import parse
from synthetic.copula import even_shares, ranks
from synthetic.marginals import normal_scores
from synthetic.recipe import AttributeRule, Choice

Floats = NDArray[np.float64]


@dataclass
class Draw:
    """What attributes are drawn from: the plants' technology, the columns known so far and a random stream."""

    technology: Floats
    columns: dict[str, NDArray]
    rng: np.random.Generator

    def follow(self, strength: float) -> Floats:
        """Scores correlated with technology, newest last."""
        noise = self.rng.standard_normal(len(self.technology))
        return strength * self.technology + np.sqrt(1 - strength**2) * noise


def significant(values: Floats, digits: int) -> Floats:
    """Values rounded to so many significant digits."""
    return np.array([float(f"{value:.{digits}g}") for value in values])


def draw_attribute(rule: AttributeRule, draw: Draw, works: pd.Series | None = None) -> NDArray:
    """One attribute of every plant, as words or numbers; NaN where a number does not apply."""
    if rule.works or rule.choose:
        return _chosen(rule, draw, works)
    if rule.given:
        return _given(rule, draw)
    if rule.medians:
        middle = _looked_up(rule.medians, draw.columns[rule.column])
        noise = draw.rng.standard_normal(len(middle))
        return significant(middle * np.exp(rule.spread * noise), rule.digits)
    if rule.ranges:
        return _ranged(rule, draw)
    if rule.computed:
        return np.round(np.asarray(parse(rule.computed)(draw.columns), dtype=float), rule.digits)
    return _sparse(rule, draw)


def _words(shares: Floats, choice: Choice) -> NDArray:
    """The word whose cumulated share a plant falls into."""
    edges = np.cumsum(list(choice.values()))[:-1]
    return np.array(list(choice), dtype=object)[np.searchsorted(edges, shares)]


def _chosen(rule: AttributeRule, draw: Draw, works: pd.Series | None) -> NDArray:
    newest_first = even_shares(-draw.follow(rule.technology)[:, None], draw.rng)[:, 0]
    words = _words(newest_first, rule.choose)
    if rule.works and works is not None:
        return np.where(works.isna(), words, works)
    return words


def _given(rule: AttributeRule, draw: Draw) -> NDArray:
    shares = draw.rng.uniform(size=len(draw.technology))
    words = np.empty(len(shares), dtype=object)
    for value, choice in rule.given.items():
        here = draw.columns[rule.column] == value
        words[here] = _words(shares[here], choice)
    return words


def _looked_up(table: Mapping[str, float], words: NDArray) -> Floats:
    return np.array([table[word] for word in words], dtype=float)


def _ranged(rule: AttributeRule, draw: Draw) -> Floats:
    words = draw.columns[rule.column]
    low = np.array([rule.ranges[word][0] if word in rule.ranges else np.nan for word in words])
    high = np.array([rule.ranges[word][1] if word in rule.ranges else np.nan for word in words])
    return np.round(low + draw.rng.uniform(size=len(words)) * (high - low), rule.digits)


def _sparse(rule: AttributeRule, draw: Draw) -> Floats:
    """Mostly zero; the plants that have some lie high in `column`, since the norm says it costs energy."""
    n = len(draw.technology)
    height = draw.columns[rule.column] if rule.column else draw.rng.uniform(size=n)
    score = normal_scores((ranks(np.asarray(height, dtype=float)) + 0.5) / n) + draw.rng.standard_normal(n)
    chosen = ranks(score) >= n - round(rule.share * n)
    amounts = np.round(draw.rng.uniform(rule.low, rule.high, n), rule.digits)
    return np.where(chosen, amounts, 0.0)
