"""Which plant reaches which benchmark value, as tables and as the matrices behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from methodology.arguments import Better, cleaner_end
from methodology.errors import DataError, ParameterError, Problem, raise_problems
from methodology.evaluation.exact import numbers_in, refuse_columns
from methodology.indicators import LEVELS, CellState, IndicatorSystem, Kind, Sample, as_sample
from methodology.indicators.cells import QUALITATIVE_CODES, level_merits, merit_of, merit_signs
from methodology.indicators.words import sign_of


def reaches(
    values: ArrayLike, states: ArrayLike, threshold: ArrayLike, better: Better = "lower"
) -> NDArray[np.bool_]:
    """
    Say which cells of an indicator reach a benchmark value.

    Parameters
    ----------
    values : array, broadcastable with `threshold`
        Measured values, or the stated limit of a cell below it; NaN where there is none.
    states : array of the same shape
        `CellState` of each cell.
    threshold : array or float
        Benchmark value in the unit of `values`; NaN (no value) is reached by nobody.
    better : {"lower", "higher"}
        Which end of the scale is cleaner.

    Returns
    -------
    array of bool
        A cell `<L` reaches a lower-is-better value t when L <= t, for then it is proven (A-02). `<L` never proves a
        higher-is-better value. Not reported and not applicable cells reach nothing.

    Examples
    --------
    >>> reaches([4.0, 5.0, 5.0], [0, 1, 2], 5.0)
    array([ True,  True, False])
    """
    sign = sign_of(cleaner_end(better))
    merit = merit_of(np.asarray(values, dtype=float), np.asarray(states), sign, sign > 0)
    return np.asarray(merit <= sign * np.asarray(threshold, dtype=float))


def reached_levels(merit: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """
    Say which cells reach which levels.

    Parameters
    ----------
    merit : array of shape (3 or 1, n_plants, n_indicators)
        As `level_merits` gives it: what each level judges, or all of them.
    limits : array of shape (3, n_indicators)
        Benchmark values on the same scale.

    Returns
    -------
    bool array of shape (3, n_plants, n_indicators)
        Cumulative: what reaches I reaches II and III, also where a correction is granted at I and not at II (A-22). A
        value equal to the benchmark reaches it.
    """
    return np.logical_or.accumulate(merit <= limits[:, None, :], axis=0)


def attainment(
    sample: Sample | pd.DataFrame, system: IndicatorSystem, thresholds: pd.DataFrame
) -> pd.DataFrame:
    """
    Recount how many plants reach each benchmark value, as its level judges them.

    Returns
    -------
    DataFrame
        Columns indicator, level, attained (plants that reach the value), n (plants that state one: measured or below
        a limit), attainment (attained / n; NaN if no plant states one).
    """
    plants = checked_sample(sample, system)
    limits = threshold_matrix(system, thresholds) * merit_signs(system)
    counts = (level_merits(plants, system) <= limits[:, None, :]).sum(axis=1)
    stated = [(plants.at(level).states[list(system.ids)] <= CellState.BELOW_LIMIT).sum() for level in LEVELS]
    rows = []
    for column, name in enumerate(system.ids):
        for row, level in enumerate(LEVELS):
            count, n = int(counts[row, column]), int(stated[row][name])
            rows.append((name, str(level), count, n, count / n if n else np.nan))
    return pd.DataFrame(rows, columns=["indicator", "level", "attained", "n", "attainment"])


def checked_sample(sample: Sample | pd.DataFrame, system: IndicatorSystem) -> Sample:
    """The sample, with every indicator of `system` a column."""
    if not isinstance(system, IndicatorSystem):
        raise ParameterError(
            f"The indicator system is {system!r}, a {type(system).__name__}; give an IndicatorSystem, "
            "e.g. load_system('ironmaking')."
        )
    plants = as_sample(sample, system)
    missing = [name for name in system.ids if name not in plants.values.columns]
    raise_problems(
        DataError,
        "The sample does not cover the indicator system.",
        [
            Problem(f"indicator {name!r} of system {system.id!r} has no column", column=name)
            for name in missing
        ],
    )
    if plants.plants.has_duplicates:
        twice = plants.plants[plants.plants.duplicated()].unique()
        raise DataError(f"Plants given more than once: {', '.join(map(str, twice[:5]))}.")
    return plants


def applicable_matrix(sample: Sample, system: IndicatorSystem) -> np.ndarray:
    """False where an indicator does not apply; shape (n_plants, n_indicators)."""
    return sample.states[list(system.ids)].to_numpy() != CellState.NOT_APPLICABLE


def threshold_matrix(system: IndicatorSystem, thresholds: pd.DataFrame) -> np.ndarray:
    """
    Benchmark values as an array of shape (3, n_indicators), checked.

    Raises
    ------
    DataError
        All faults at once: missing, repeated, unknown, in another unit, or looser than the next level's.
    """
    _refuse_columns(thresholds)
    names, levels = (
        [_word(name) for name in thresholds["indicator"]],
        [str(level) for level in thresholds["level"]],
    )
    given = list(zip(names, levels, strict=True))
    problems = [*_strangers(system, given), *_unit_faults(system, thresholds)]
    raise_problems(DataError, "The thresholds table cannot be used.", problems)
    values = numbers_in(thresholds["value"])
    raise_problems(DataError, "The thresholds table cannot be used.", _no_numbers(thresholds, values))
    by_cell = dict(zip(given, values, strict=True))
    return checked_limits(
        system,
        np.array([[by_cell.get((name, str(level)), np.nan) for name in system.ids] for level in LEVELS]),
    )


def checked_limits(system: IndicatorSystem, limits: np.ndarray) -> np.ndarray:
    """
    Benchmark values of shape (3, n_indicators) with the codes of described levels put in where they are NaN.

    Raises
    ------
    DataError
        If a value is missing, or one of a level is looser than that of the next; all faults at once.
    """
    codes = np.array([[QUALITATIVE_CODES[level]] for level in LEVELS])
    described = np.array([indicator.kind is Kind.QUALITATIVE for indicator in system.indicators])
    limits = np.where(np.isnan(limits) & described, codes, limits)
    problems = [*_gaps(system, limits), *disorder(limits, merit_signs(system), system.ids)]
    raise_problems(DataError, "The thresholds table cannot be used.", problems)
    return limits


def _word(name: object) -> str:
    """An id as text; a list or another cell without an order becomes its own description, which no indicator has."""
    return name if isinstance(name, str) else repr(name)


def _refuse_columns(thresholds: pd.DataFrame) -> None:
    if not isinstance(thresholds, pd.DataFrame):
        raise DataError(
            f"The thresholds are a {type(thresholds).__name__}; give a DataFrame with columns indicator, level, value."
        )
    refuse_columns(thresholds, ("indicator", "level", "value"), "The thresholds table cannot be used.")


def _strangers(system: IndicatorSystem, given: list[tuple[str, str]]) -> list[Problem]:
    known, levels = set(system.ids), {str(level) for level in LEVELS}
    names, stated = dict.fromkeys(name for name, _ in given), dict.fromkeys(level for _, level in given)
    found = [
        Problem(f"indicator {name!r} is not part of system {system.id!r}", column="indicator")
        for name in names
        if name not in known
    ]
    found += [
        Problem(f"{level!r} is not a level", column="level", fix="Levels are I, II and III.")
        for level in stated
        if level not in levels
    ]
    found += [
        Problem(f"level {level} of {name!r} is given more than once")
        for (name, level), count in Counter(given).items()
        if count > 1
    ]
    return found


def _unit_faults(system: IndicatorSystem, thresholds: pd.DataFrame) -> list[Problem]:
    if "unit" not in thresholds.columns:
        return []
    pairs = thresholds[["indicator", "unit"]].drop_duplicates().itertuples(index=False)
    return [
        Problem(
            f"{name!r} is stated in {unit!r}, the system in {system[name].unit!r}",
            column="unit",
            fix="Convert the value.",
        )
        for name, unit in pairs
        if isinstance(unit, str) and unit and name in system.ids and unit != system[name].unit
    ]


def _no_numbers(thresholds: pd.DataFrame, values: np.ndarray) -> list[Problem]:
    """Cells that hold something, but no finite number; empty ones are gaps."""
    wrong = np.isinf(values) | (np.isnan(values) & thresholds["value"].notna().to_numpy())
    if not wrong.any():
        return []
    return [
        Problem(f"level {level} of {name!r} is {value!r}, which is no number", column="value")
        for name, level, value in thresholds.loc[wrong, ["indicator", "level", "value"]].itertuples(
            index=False
        )
    ]


def _gaps(system: IndicatorSystem, limits: np.ndarray) -> list[Problem]:
    gaps = np.isnan(limits)
    return [
        Problem(
            f"{system.ids[k]!r} has no value for level {', '.join(np.array(LEVELS)[gaps[:, k]])}",
            column="value",
        )
        for k in np.flatnonzero(gaps.any(axis=0))
    ]


def disorder(limits: np.ndarray, signs: np.ndarray, names: Sequence[Any]) -> list[Problem]:
    """
    Benchmark values of which a stricter level asks for less than a looser one.

    Parameters
    ----------
    limits : array of shape (3, n_indicators)
        In the unit of each indicator; NaN where one does not exist.
    signs : array of shape (n_indicators,)
    names : sequence of n_indicators names
    """
    signed = limits * signs
    found = []
    for strict, loose in ((0, 1), (1, 2), (0, 2)):
        wrong = (signed[strict] > signed[loose]) & (np.isnan(signed[1]) | (loose - strict == 1))
        for column in np.flatnonzero(wrong).tolist():
            found.append(
                Problem(
                    f"level {LEVELS[strict]} of {names[column]!r} ({limits[strict, column]:g}) is looser than "
                    f"level {LEVELS[loose]} ({limits[loose, column]:g})",
                    why="What reaches a level must reach those below it.",
                    fix="Give I, II, III in this order, and the end that is `better`.",
                )
            )
    return found
