"""Plants, years and runs kept apart: the model's benchmark values beside the count of plants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import fixed, number
from methodology.tables.overview import Overview, overview


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
            "plants and values": f"{row.plants} and {row.values}",
            "level": row.level,
            "model": _with_ends(row.value, row.lower, row.upper),
            "a new plant in one year": number(row.predicted),
            "counted on plants' means": _with_ends(row.counted, row.counted_lower, row.counted_upper),
            "unit": row.unit,
            "factor between, within": _factors(row),
            "chains": row.note or f"R-hat {fixed(row.r_hat, 3)}, {row.effective:.0f} effective draws",
        }
        for row in found.itertuples()
    ]
    legend = [
        "model: value that the share of plants reaches in the long run, posterior median and interval (A-28); counted: "
        "the attainment quantile of the plants' means with its order-statistic interval, – where no limit exists",
        "factor: one standard deviation of logarithms, between plants and between the years of one",
    ]
    once = ["indicator", "plants and values", "unit", "factor between, within", "chains"]
    nothing = [{"indicator": "none", "plants and values": "each plant has one value"}]
    return overview(
        rows or nothing,
        list(rows[0]) if rows else list(nothing[0]),
        legend if rows else [],
        once=once if rows else [],
    )


def _with_ends(value: float, lower: float, upper: float) -> str:
    return f"{number(value)} ({number(lower)} to {number(upper)})" if value == value else ""


def _factors(row: Any) -> str:
    spreads = (row.between, row.within)
    return (
        " and ".join(f"× {fixed(np.exp(spread), 2)}" for spread in spreads)
        if row.between == row.between
        else ""
    )
