"""Plants, years and runs kept apart: the model's benchmark values beside the count of plants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, number, unit_text
from methodology.languages import retold, say
from methodology.tables.overview import Overview, in_both_languages, overview


@in_both_languages
def over_years_overview(found: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    What a model of plants and years gives, beside what counting plants gives.

    Parameters
    ----------
    found : DataFrame
        As `methodology.thresholds.benchmarks_over_years` returns it.

    Returns
    -------
    Overview
        One row per indicator and level; one row without numbers where each plant has one value.
    """
    rows = [
        {
            "indicator": system[row.indicator].name,
            "plants and values": say("{plants} and {values}", plants=row.plants, values=row.values),
            "level": row.level,
            "model": _with_ends(row.value, row.lower, row.upper),
            "a new plant in one year": number(row.predicted),
            "counted on plants' means": _with_ends(row.counted, row.counted_lower, row.counted_upper),
            "unit": unit_text(row.unit),
            "factor between, within": _factors(row),
            "chains": retold(row.note)
            or say(
                "R-hat {r_hat}, {effective:.0f} effective draws",
                r_hat=fixed(row.r_hat, 3),
                effective=row.effective,
            ),
        }
        for row in found.itertuples()
    ]
    legend = [
        say(
            "model: value that the share of plants reaches in the long run, posterior median and interval (A-28); "
            "counted: the attainment quantile of the plants' means with its order-statistic interval, – where no "
            "limit exists"
        ),
        say("factor: one standard deviation of logarithms, between plants and between the years of one"),
    ]
    once = ["indicator", "plants and values", "unit", "factor between, within", "chains"]
    if not rows:
        return overview([], ["indicator"], [say("each plant has one value")])
    return overview(rows, list(rows[0]), legend, once=once)


def _with_ends(value: float, lower: float, upper: float) -> str:
    return (
        say("{value} ({lower} to {upper})", value=number(value), lower=number(lower), upper=number(upper))
        if value == value
        else ""
    )


def _factors(row: Any) -> str:
    spreads = (row.between, row.within)
    return (
        say(" and ").join(f"× {fixed(np.exp(spread), 2)}" for spread in spreads)
        if row.between == row.between
        else ""
    )
