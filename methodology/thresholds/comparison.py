"""Benchmark values side by side: by every method, by other regulators, without corrections of single levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from methodology.arguments import choice, needed
from methodology.errors import DataError
from methodology.evaluation import reaches
from methodology.indicators import CellState, IndicatorSystem, Sample, as_sample
from methodology.thresholds.censored import METHODS as BELOW_LIMIT
from methodology.thresholds.estimates import Points, level_values
from methodology.thresholds.flags import join, partly_corrected
from methodology.thresholds.indicator_sample import Readings, read_columns
from methodology.thresholds.quantiles import METHODS, best_first
from methodology.thresholds.regulators import (
    floor_sources,
    foreign_rules,
    lognormal_variability_factor,
    upper_prediction_limit,
)
from methodology.thresholds.table import read_shares

SHOWN: tuple[str, ...] = (
    *("attainment", "harrell-davis", "hyndman-fan-7", "hyndman-fan-8", "lognormal", "normal", "gamma"),
    *("weibull", "mean-of-best", "mact-floor"),
)


RULES: tuple[str, ...] = ("eu-ets", "us-mact-floor", "us-effluent", "eu-bat-ael")


def methods_side_by_side(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    shares: Mapping[str, float],
    *,
    methods: Sequence[str] = SHOWN,
) -> pd.DataFrame:
    """
    Calibrate each quantitative indicator by each method.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
    system : IndicatorSystem
    shares : mapping of level to share in (0, 1)
    methods : names of methods, see `quantile_threshold`

    Returns
    -------
    DataFrame
        Columns indicator, level, method, kind ("estimate", or "below a limit" for a treatment of limits), value,
        attained, n, attainment, wanted (plants the share asks for), unit, note. `value` is NaN where a method does not
        hold, with the reason in `note`. Indicators with values below a limit have rows for each treatment of limits
        as well.
    """
    wanted = read_shares(shares)
    for method in methods:
        choice("method", method, METHODS)
    rows: list[dict[str, Any]] = []
    for readings in read_columns(as_sample(sample, system), system):
        if not readings.n:
            continue
        for method in methods:
            found = level_values(readings, wanted, method=method)
            rows += _point_rows(readings, wanted, method, found, holds=found.method == method)
        for treatment in BELOW_LIMIT[1:] if readings.limits.size else ():
            found = level_values(readings, wanted, below_limit=treatment)
            rows += _point_rows(readings, wanted, treatment, found, holds=_treated(found, treatment))
    columns = [
        *("indicator", "level", "method", "kind", "value", "attained", "n", "attainment", "wanted"),
        *("unit", "note"),
    ]
    return pd.DataFrame(rows, columns=columns)


def regulators_side_by_side(sample: Sample | pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    """
    Read each quantitative indicator as regulators elsewhere would, one value and no levels.

    Returns
    -------
    DataFrame
        Columns indicator, rule, value, attained, n, attainment, unit, note. "eu-ets": mean of the 10 % best plants,
        rounded up. "us-mact-floor": upper (or lower) prediction limit of one further plant like the best 12 % or 5.
        "us-effluent": mean of the same plants times the lognormal variability factor of their spread. Each plant's
        yearly value stands for its runs or days, so variation within a plant is missing from both. "eu-bat-ael" has
        no formula: its value is NaN, and the note says what an expert has to state.
    """
    rows: list[dict[str, Any]] = []
    for readings in read_columns(as_sample(sample, system), system):
        for rule in RULES if readings.n else ():
            merit, note = _foreign_merit(readings, rule)
            attained = readings.attained(readings.sign * merit)
            rows.append(
                {
                    "indicator": readings.indicator.id,
                    "rule": rule,
                    "value": readings.sign * merit,
                    "attained": pd.NA if np.isnan(merit) else attained,
                    "n": readings.n,
                    "attainment": np.nan if np.isnan(merit) else attained / readings.n,
                    "unit": readings.indicator.unit,
                    "note": note,
                }
            )
    columns = ["indicator", "rule", "value", "attained", "n", "attainment", "unit", "note"]
    return pd.DataFrame(rows, columns=columns)


def _foreign_merit(readings: Readings, rule: str) -> tuple[float, str]:
    """Value of one rule on the merit scale, and what it rests on; NaN with the reason where it does not hold."""
    if rule == "eu-bat-ael":
        return np.nan, "no formula: an expert states rank and reason (method 'bat-ael')"
    best = float(foreign_rules()["ets"]["best_share"])
    chosen = readings.pessimistic[
        : needed(best, readings.n) if rule == "eu-ets" else floor_sources(readings.n)
    ]
    note = f"{chosen.size} best plants"
    if not np.isfinite(chosen).all():
        return np.nan, "some of the best plants only state a limit that proves nothing"
    if rule == "eu-ets":
        return float(chosen.mean()), note
    if chosen.size < 2:
        return np.nan, "fewer than 2 plants"
    if rule == "us-mact-floor":
        return upper_prediction_limit(chosen, future=1), note
    if readings.indicator.better == "higher" or readings.bounded or chosen[0] <= 0:
        return np.nan, "a variability factor is for positive emissions"
    if chosen[0] == chosen[-1]:
        return np.nan, "the best plants do not differ"
    cv = float(chosen.std(ddof=1) / chosen.mean())
    return float(chosen.mean()) * lognormal_variability_factor(cv), note


def _treated(found: Points, treatment: str) -> bool:
    return found.method == treatment or any(note.endswith(f": {treatment}") for note in found.notes)


def _point_rows(
    readings: Readings, shares: Mapping[str, float], method: str, found: Points, *, holds: bool
) -> list[dict[str, Any]]:
    rows = []
    for level, share in shares.items():
        value = found.values[level] if holds else np.nan
        judged = readings.at(level)
        attained = judged.attained(value) if holds else 0
        rows.append(
            {
                "indicator": readings.indicator.id,
                "level": level,
                "method": method,
                "kind": "below a limit" if method in BELOW_LIMIT else "estimate",
                "value": value,
                "attained": attained if holds else pd.NA,
                "n": judged.n,
                "attainment": attained / judged.n if holds else np.nan,
                "wanted": needed(share, judged.n),
                "unit": readings.indicator.unit,
                "note": join(found.notes),
            }
        )
    return rows


COLUMNS = (
    *("indicator", "level", "corrections", "plants", "n", "value", "reached", "reached_without"),
    *("value_without", "unit"),
)


def level_grants(sample: Sample, system: IndicatorSystem, thresholds: pd.DataFrame) -> pd.DataFrame:
    """
    Say what the corrections granted at some levels only change there.

    Parameters
    ----------
    sample : Sample
        Corrected.
    system : IndicatorSystem
    thresholds : DataFrame
        Columns indicator, level, value: calibrated on `sample`.

    Returns
    -------
    DataFrame
        One row per indicator and level with such a correction: corrections (ids), plants (to whom they are granted), n
        (plants measured), value, reached (plants that reach it), reached_without (the same without the corrections),
        value_without (cleanest value that as many plants would then reach), unit.

    Raises
    ------
    DataError
        If `thresholds` lacks a value.

    Notes
    -----
    Rests on A-22.
    """
    calibrated = thresholds.set_index(["indicator", "level"])["value"]
    rows = []
    for (name, level), ids in partly_corrected(sample, system).items():
        if (name, level) not in calibrated.index:
            raise DataError(f"The thresholds have no value of {name!r} at level {level}.")
        measured = sample.mask(CellState.MEASURED)[name].to_numpy()
        common = sample.values[name].to_numpy(dtype=float)[measured]
        granted = sample.by_level[level][name].to_numpy(dtype=float)[measured]
        value, better = float(calibrated[name, level]), system[name].better
        states = np.full(len(common), CellState.MEASURED)
        reached = int(reaches(granted, states, value, better).sum())
        best = best_first(common, better)
        rows.append(
            {
                "indicator": name,
                "level": level,
                "corrections": ", ".join(ids),
                "plants": int((np.abs(granted - common) > 0).sum()),
                "n": len(common),
                "value": value,
                "reached": reached,
                "reached_without": int(reaches(common, states, value, better).sum()),
                "value_without": float(best[min(reached, best.size) - 1]) if reached else np.nan,
                "unit": system[name].unit,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
