"""Benchmark values of a sample that holds several years or runs of a plant: the hierarchical model beside the count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from methodology.arguments import Better
from methodology.errors import DataError
from methodology.indicators import IndicatorSystem, Kind
from methodology.thresholds.hierarchical import hierarchical_lognormal
from methodology.thresholds.intervals import threshold_interval
from methodology.thresholds.quantiles import quantile_threshold

OVER_YEARS = (
    *("indicator", "level", "unit", "plants", "values", "value", "lower", "upper", "predicted"),
    *("counted", "counted_lower", "counted_upper", "between", "within", "r_hat", "effective", "note"),
)

BEYOND = "beyond what is possible: not lognormal"


def benchmarks_over_years(
    tables: Mapping[str, pd.DataFrame],
    system: IndicatorSystem,
    shares: Mapping[str, float],
    *,
    confidence: float = 0.95,
    draws: int = 1500,
    seed: int = 20261122,
) -> pd.DataFrame:
    """
    Set the posterior of each benchmark beside the count of plants, where plants have several years or runs.

    Parameters
    ----------
    tables : mapping of indicator to DataFrame
        Long form, a row for every plant and year or run that states a value: plant, value, below_limit and, where
        strata are pooled, stratum; see `Sample.yearly`.

    Returns
    -------
    DataFrame
        One row per quantitative indicator with several values of some plant, and level: indicator, level, unit, plants,
        values, value (posterior median of what the share of plants reaches in the long run) with lower and upper,
        predicted (what a plant not asked yet reaches in one year with that probability), counted (attainment quantile
        of the plants' geometric means) with the limits of its order-statistic interval, which hold whatever hides below
        a detection limit (A-13), between and within (spreads of
        logarithms), r_hat and effective (worst of all parameters), note (why there is no model, that its chains do
        not agree, or that its value lies beyond the bounds of the indicator).
    """
    rows: list[dict[str, Any]] = []
    for name, table in tables.items():
        several = table.groupby("plant").size().max() if len(table) else 0
        if system[name].kind is Kind.QUANTITATIVE and several > 1:
            rows += _rows(name, table, system, shares, {"draws": draws, "seed": seed}, confidence)
    return pd.DataFrame(rows, columns=list(OVER_YEARS))


def _rows(
    name: str,
    table: pd.DataFrame,
    system: IndicatorSystem,
    shares: Mapping[str, float],
    how: Mapping[str, Any],
    confidence: float,
) -> list[dict[str, Any]]:
    base = {
        "indicator": name,
        "unit": system[name].unit,
        "plants": table["plant"].nunique(),
        "values": len(table),
    }
    strata = dict(zip(table["plant"], table["stratum"], strict=True)) if "stratum" in table else None
    try:
        found = hierarchical_lognormal(
            table["value"], table["plant"], below_limit=table["below_limit"], strata=strata, **how
        )
    except DataError as refusal:
        return [{**base, "level": level, "note": str(refusal)} for level in shares]
    worst = found.convergence[["r_hat", "effective"]].agg({"r_hat": "max", "effective": "min"}).to_dict()
    told = {"between": float(np.median(found.between)), "within": float(np.median(found.within)), **worst}
    note = "" if found.converged else "the chains do not agree: ask for more draws"
    bounds = system[name].bounds
    rows, better = [], system[name].better
    for level, share in shares.items():
        value, lower, upper = found.benchmark(share, better=better, confidence=confidence)
        beyond = bounds is not None and not bounds.low <= value <= bounds.high
        rows.append(
            {
                **base,
                **told,
                "level": level,
                "value": value,
                "lower": lower,
                "upper": upper,
                "note": note or (BEYOND if beyond else ""),
                "predicted": found.predictive(share, better=better, seed=int(how["seed"])),
                **_counted(table, share, better, confidence),
            }
        )
    return rows


def _counted(table: pd.DataFrame, share: float, better: Better, confidence: float) -> dict[str, float]:
    """Order statistics of the plants' means; one with a value below its limit may be anything from 0 to its limits."""
    by_plant = table.assign(log=np.log(table["value"])).groupby("plant")
    high = np.exp(by_plant["log"].mean().to_numpy())
    low = np.where(by_plant["below_limit"].any().to_numpy(), 0.0, high)
    ends = [threshold_interval(means, share, better=better, confidence=confidence) for means in (low, high)]
    value = quantile_threshold(high if better == "lower" else low, share, better=better)
    value, lower, upper = (end if end else np.nan for end in (value, ends[0].lower, ends[1].upper))
    return {"counted": value, "counted_lower": lower, "counted_upper": upper}
