"""thresholds.csv: every indicator at every level, with interval, attainment and flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from methodology.arguments import Floats, choice, count, exact_share, probability
from methodology.errors import DataError, ParameterError, Problem, raise_problems
from methodology.indicators import LEVELS, Indicator, IndicatorSystem, Kind, Sample, as_sample
from methodology.indicators.cells import QUALITATIVE_CODES, merits
from methodology.thresholds.censored import METHODS as BELOW_LIMIT
from methodology.thresholds.estimates import level_values
from methodology.thresholds.flags import (
    QUALITATIVE,
    column_flags,
    counted_twice,
    join,
    level_flags,
    outside_flag,
    partly_corrected,
    reporting,
    same_value_flags,
)
from methodology.thresholds.indicator_sample import Readings, read_columns
from methodology.thresholds.intervals import METHODS as INTERVALS
from methodology.thresholds.level_intervals import (
    NO_INTERVAL,
    LevelInterval,
    level_interval,
    plant_weights,
    weighted_levels,
)
from methodology.thresholds.quantiles import METHODS

COLUMNS = (
    *("indicator", "level", "value", "lower", "upper", "interval", "confidence", "attained", "n"),
    *("attainment", "unit", "direction", "flag"),
)


def thresholds_table(
    sample: Sample | pd.DataFrame,
    system: IndicatorSystem,
    *,
    shares: Mapping[str, float],
    weights: pd.Series | None = None,
    **estimation: Any,
) -> pd.DataFrame:
    """
    Calibrate the benchmark values 基准值 of every indicator on a sample.

    Parameters
    ----------
    sample : Sample or DataFrame of cells indexed by plant
        Corrected beforehand where the run corrects, see `correct`.
    system : IndicatorSystem
        Units, directions, kinds and known mixtures.
    shares : mapping of level to share in (0, 1)
        Share of plants that should reach I, II and III, rising.
    weights : Series indexed by plant, optional
        Plants of the industry that each plant stands for, see `stratum_weights`; needs method "attainment".
    **estimation
        Fields of `Estimation`, one by one: method, interval, confidence, below_limit, population, seed, reason.

    Returns
    -------
    DataFrame
        Columns of thresholds.csv, three rows per indicator in the order of the system. `n` counts the plants that
        state the indicator (A-24), `attained` those that reach the value by the rule of the evaluation (A-02).

    Raises
    ------
    DataError
        All indicators at once that no plant states, or whose value rests on cells that prove nothing.
    ParameterError
        If shares do not rise, a choice is unknown, or "bat-ael" has no reason.

    Notes
    -----
    A smooth method or model interval that an indicator does not allow gives way to attainment and order statistics;
    the columns `interval` and `flag` say so.
    """
    wanted, how = read_shares(shares), Estimation(**estimation)
    plants = as_sample(sample, system)
    stated = reporting(plants, system)
    refuse_silence(stated, len(plants.plants))
    masses = None if weights is None else plant_weights(plants, weights, how.method)
    twice = counted_twice(system)
    rows = {
        readings.indicator.id: _measured(readings, wanted, how, masses, twice.get(readings.indicator.id, ""))
        for readings in read_columns(plants, system)
    }
    refuse_unproven(rows)
    return whole_table(plants, system, rows)


def whole_table(
    sample: Sample, system: IndicatorSystem, rows: Mapping[str, list[dict[str, Any]]]
) -> pd.DataFrame:
    """
    Rows of the quantitative indicators and those of the described ones, in the order of the system.

    Parameters
    ----------
    rows : mapping of indicator to its three rows
        As `level_rows` returns them, for every quantitative indicator.
    """
    stated, twice, table = reporting(sample, system), counted_twice(system), merits(sample, system)
    every, partial = dict(rows), partly_corrected(sample, system)
    for indicator in system.indicators:
        if indicator.kind is Kind.QUALITATIVE:
            flag = join([QUALITATIVE, twice.get(indicator.id, "")])
            every[indicator.id] = _described(indicator, table[indicator.id], stated[indicator.id], flag)
    whole = [row for name in system.ids for row in every[name]]
    for row in whole:
        ids = partial.get((row["indicator"], row["level"]), [])
        row["flag"] = join([row["flag"], f"read with {', '.join(ids)}, granted at this level" if ids else ""])
    return pd.DataFrame(whole, columns=list(COLUMNS))


@dataclass(frozen=True)
class Estimation:
    """
    How values and intervals are read off the plants, checked.

    Attributes
    ----------
    method, interval, confidence, population, seed
        As in `quantile_threshold` and `threshold_interval`.
    below_limit : {"as-limit", "lognormal-mle", "ros", "kaplan-meier", "half-limit"}
        What stands for a cell below its detection limit.
    reason : str
        Why an expert reads the plants at these shares; needed by method "bat-ael" and printed beside every value.
    """

    method: str = "attainment"
    interval: str = "order-statistic"
    confidence: float = 0.95
    below_limit: str = "as-limit"
    population: int | None = None
    seed: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no choice."""
        choice("method", self.method, METHODS)
        choice("interval", self.interval, INTERVALS)
        probability("confidence", self.confidence)
        choice("below_limit", self.below_limit, BELOW_LIMIT)
        if self.population is not None:
            count("population", self.population)
        if self.method == "bat-ael" and not self.reason.strip():
            raise ParameterError(
                "method 'bat-ael' has no reason. An expert's reading has no formula: its reason is its only evidence. "
                "State `reason` (in a run: thresholds.expert_reason)."
            )

    @property
    def flag(self) -> str:
        """What is printed beside every value."""
        return f"expert reading: {self.reason.strip()}" if self.method == "bat-ael" else ""

    def bracket(self, readings: Readings, share: float) -> LevelInterval:
        """Interval of the value at one share."""
        return level_interval(
            readings,
            share,
            method=self.interval,
            confidence=self.confidence,
            population=self.population,
            seed=self.seed,
        )


def read_shares(shares: Mapping[str, float]) -> dict[str, float]:
    """
    Shares of the levels I, II and III, checked.

    Raises
    ------
    ParameterError
        If a level is missing or unknown, or the shares do not rise from I to III.
    """
    given = {str(level): share for level, share in shares.items()}
    if set(given) != {str(level) for level in LEVELS}:
        raise ParameterError(f"shares are given for {', '.join(given) or 'no level'}; give I, II and III.")
    ordered = {str(level): float(given[str(level)]) for level in LEVELS}
    fractions = [exact_share(share) for share in ordered.values()]
    if not fractions[0] < fractions[1] < fractions[2]:
        raise ParameterError(
            f"shares are {', '.join(f'{k} {v:g}' for k, v in ordered.items())}; they rise from I to III, for a plant "
            "that reaches a level reaches those below it."
        )
    return ordered


def _measured(
    readings: Readings, shares: dict[str, float], how: Estimation, masses: Floats | None, twice: str
) -> list[dict[str, Any]]:
    """Rows of a quantitative indicator."""
    if masses is None:
        points = level_values(readings, shares, method=how.method, below_limit=how.below_limit)
        values, notes = points.values, points.notes
        intervals = {level: how.bracket(readings.at(level), share) for level, share in shares.items()}
    else:
        values, intervals = weighted_levels(readings, masses, shares, how.confidence)
        notes = ()
    common = [*notes, *column_flags(readings), twice, how.flag]
    return level_rows(readings, shares, values, intervals, common)


def level_rows(
    readings: Readings,
    shares: Mapping[str, float],
    values: dict[str, float],
    intervals: Mapping[str, LevelInterval],
    common: list[str],
) -> list[dict[str, Any]]:
    """
    Rows of one quantitative indicator, counted and flagged.

    Parameters
    ----------
    readings : Readings
    shares : mapping of level to share
        What is promised of each value; too few plants at a value are flagged.
    values, intervals : mappings of level
    common : list of str
        Flags of all levels.
    """
    same = same_value_flags(values)
    rows = []
    for level in shares:
        value, limits, judged = values[level], intervals[level], readings.at(level)
        attained = judged.attained(value)
        own = [
            *level_flags(judged, shares[level], value, attained),
            outside_flag(value, limits.lower, limits.upper),
        ]
        flag = join([*own, *limits.notes, same[level], *common])
        rows.append(_row(readings.indicator, level, value, limits, (attained, judged.n), flag))
    return rows


def _row(
    indicator: Indicator, level: str, value: float, limits: LevelInterval, reached: tuple[int, int], flag: str
) -> dict[str, Any]:
    """One row, `reached` by so many plants of so many that state the indicator."""
    attained, n = reached
    ends = (limits.lower, limits.upper, limits.method, limits.confidence)
    share = attained / n if n else np.nan
    cells = (
        indicator.id,
        level,
        value,
        *ends,
        attained,
        n,
        share,
        indicator.unit,
        str(indicator.direction),
        flag,
    )
    return dict(zip(COLUMNS, cells, strict=True))


def _described(indicator: Indicator, merit: pd.Series, n: int, flag: str) -> list[dict[str, Any]]:
    """Rows of a qualitative indicator: its levels are described, so their codes are the values."""
    codes = {str(level): QUALITATIVE_CODES[level] for level in LEVELS}
    reached = {level: int((merit.to_numpy() <= code).sum()) for level, code in codes.items()}
    return [_row(indicator, k, code, NO_INTERVAL, (reached[k], n), flag) for k, code in codes.items()]


def refuse_silence(stated: dict[str, int], plants: int) -> None:
    """
    Refuse indicators that no plant states.

    Raises
    ------
    DataError
        All of them at once.
    """
    raise_problems(
        DataError,
        "Benchmark values cannot be calibrated.",
        [
            Problem(
                f"none of {plants} plants states {name!r}",
                column=name,
                why="A benchmark value is read off plants that state the indicator.",
                fix="Ask for the value again, or leave the indicator out of the system.",
            )
            for name, n in stated.items()
            if n == 0
        ],
    )


def refuse_unproven(rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """
    Refuse values that no plant proves.

    Raises
    ------
    DataError
        All of them at once.
    """
    raise_problems(
        DataError,
        "Benchmark values cannot be calibrated.",
        [
            Problem(
                f"level {row['level']} of {name!r} rests on plants that only state a limit, which proves nothing here",
                column=name,
                fix="Ask those plants for measured values, or lower the share.",
            )
            for name, own in rows.items()
            for row in own
            if not np.isfinite(row["value"])
        ],
    )


def stated_columns(sample: Sample | pd.DataFrame, system: IndicatorSystem) -> tuple[Readings, ...]:
    """
    What the plants state about every quantitative indicator.

    Raises
    ------
    DataError
        All indicators at once that no plant states.
    """
    plants = as_sample(sample, system)
    refuse_silence(reporting(plants, system), len(plants.plants))
    return tuple(read_columns(plants, system))


def value_matrix(
    columns: Sequence[Readings],
    system: IndicatorSystem,
    shares: Mapping[str, float],
    *,
    method: str = "attainment",
    below_limit: str = "as-limit",
) -> np.ndarray:
    """
    Benchmark values as `thresholds_table` finds them.

    Parameters
    ----------
    columns : sequence of Readings
        As `stated_columns` returns them.
    shares, method, below_limit
        As in `thresholds_table`, checked beforehand.

    Returns
    -------
    array of shape (3, n_indicators)
        In the unit of each indicator, in the order of the system; NaN for described ones.

    Raises
    ------
    DataError
        All values at once that no plant proves.
    """
    found = {
        one.indicator.id: level_values(one, shares, method=method, below_limit=below_limit).values
        for one in columns
    }
    refuse_unproven(
        {
            name: [{"level": level, "value": value} for level, value in values.items()]
            for name, values in found.items()
        }
    )
    return np.array(
        [[found.get(name, {}).get(str(level), np.nan) for name in system.ids] for level in LEVELS]
    )
