"""Values that move with a covariate, beside flat ones."""

from __future__ import annotations

import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import number
from methodology.sample.attribute_words import column_name
from methodology.tables.overview import Overview, overview


def covariates_overview(effects: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    Who reaches what when a value moves with a covariate, and whether the slope is worth having.

    Parameters
    ----------
    effects : DataFrame
        As `methodology.chain.covariate_effects` returns it.

    Returns
    -------
    Overview
        One row per indicator and level; one row without numbers where no value moves.
    """
    rows = [
        {
            "indicator": system[row.indicator].name,
            "moves with": f"{column_name(row.by, system, 'en', unit=True)}; stated at {number(row.reference)}",
            "as strong by chance": "below 0.001" if row.p_value < 0.001 else number(row.p_value, digits=2),
            "level": row.level,
            "one value for all": number(row.flat),
            "at the reference": number(row.value),
            "unit": row.unit,
            "reached by, before and after": f"{row.reached_flat} and {row.reached} of {row.plants}",
            "gained and lost": f"{row.gained} and {row.lost}",
        }
        for row in effects.itertuples()
    ]
    nothing = [{"indicator": "none", "moves with": "no value moves with a covariate in this run"}]
    legend = [
        "as strong by chance: how often plants rearranged at random show as strong a relation between the covariate "
        "and the levels they reach (p-value of a permutation test); a slope that chance explains is not worth its "
        "clause",
        "bands: percentiles over other samples of as many plants, one covariate at a time",
    ]
    return overview(
        rows or nothing,
        list(rows[0]) if rows else ["indicator", "moves with"],
        legend if rows else [],
        once=["indicator", "moves with", "as strong by chance", "unit"] if rows else [],
    )
