"""thresholds.csv of values found elsewhere: each with the interval of its own share, counted and flagged as any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from methodology.arguments import choice, probability
from methodology.indicators import LEVELS, IndicatorSystem, Sample
from methodology.thresholds.flags import column_flags, counted_twice, join
from methodology.thresholds.indicator_sample import Readings, read_columns
from methodology.thresholds.intervals import METHODS as INTERVALS
from methodology.thresholds.level_intervals import (
    NO_INTERVAL,
    LevelInterval,
    chosen_share_interval,
    level_interval,
)
from methodology.thresholds.table import level_rows, refuse_unproven, whole_table


@dataclass(frozen=True)
class StatedValue:
    """
    A benchmark value and what it stands for.

    Attributes
    ----------
    value : float
        In the unit of the indicator.
    promised : float in (0, 1)
        Share of plants wanted at the value; fewer are flagged.
    read_at : float in (0, 1) or None
        Share of plants whose quantile the value is, which its interval is of; None where the sample did not set it.
    note : str
        Flag of this value.
    read_between : (float, float), optional
        Strict and loose share between which `read_at` lies, where it was chosen from the plants.
    """

    value: float
    promised: float
    read_at: float | None
    note: str = ""
    read_between: tuple[float, float] | None = None


def stated_table(
    sample: Sample,
    system: IndicatorSystem,
    values: Mapping[tuple[str, str], StatedValue],
    *,
    interval: str = "order-statistic",
    confidence: float = 0.95,
    population: int | None = None,
    read_off: Sample | None = None,
) -> pd.DataFrame:
    """
    Put values into the form of thresholds.csv.

    Parameters
    ----------
    sample : Sample
        The plants behind the values.
    system : IndicatorSystem
    values : mapping of (indicator, level) to StatedValue
        For every quantitative indicator and level.
    interval, confidence, population
        As in `thresholds_table`.
    read_off : Sample, optional
        The figures values were read off, where they are not those that are judged: intervals are theirs.

    Returns
    -------
    DataFrame
        As `thresholds_table`. A value that the sample did not set has no interval.

    Raises
    ------
    DataError
        If a value is not finite: no plant proves that it is reached.
    ParameterError
        If a choice is unknown.
    """
    choice("interval", interval, INTERVALS)
    how: dict[str, Any] = {"method": interval, "confidence": probability("confidence", confidence)}
    how |= {"population": population}
    twice = counted_twice(system)
    rows = {}
    judged, figures = read_columns(sample, system), read_columns(read_off or sample, system)
    for readings, read in zip(judged, figures, strict=True):
        name = readings.indicator.id
        own = {str(level): values[name, str(level)] for level in LEVELS}
        found = {level: _interval(read.at(level), stated, how) for level, stated in own.items()}
        rows[name] = _noted(readings, own, found, [*column_flags(readings), twice.get(name, "")])
    refuse_unproven(rows)
    return whole_table(sample, system, rows)


def _interval(readings: Readings, stated: StatedValue, how: Mapping[str, Any]) -> LevelInterval:
    if stated.read_at is None:
        return NO_INTERVAL
    if stated.read_between is None:
        return level_interval(readings, stated.read_at, **how)
    return chosen_share_interval(readings, stated.read_between, **how)


def _noted(
    readings: Readings,
    own: Mapping[str, StatedValue],
    intervals: Mapping[str, LevelInterval],
    common: list[str],
) -> list[dict[str, Any]]:
    shares = {level: stated.promised for level, stated in own.items()}
    values = {level: stated.value for level, stated in own.items()}
    rows = level_rows(readings, shares, values, intervals, common)
    return [{**row, "flag": join([row["flag"], own[row["level"]].note])} for row in rows]
