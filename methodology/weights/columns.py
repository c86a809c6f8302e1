"""Tables of plants as the data-driven methods need them: numbers, a direction per column, known gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from methodology.errors import DataError, MethodError, Problem, raise_problems
from methodology.indicators.words import sign_of

Better = str | Sequence[str] | Mapping[Any, str]
Missing = Literal["refuse", "available"]
_FEWEST = 2
_DUST = 1e-13


def plant_table(table: Any, *, missing: Missing = "refuse") -> pd.DataFrame:
    """
    Read a table of shape (n_plants, n_indicators) as floats.

    Parameters
    ----------
    table : DataFrame or array
        One row per plant.
    missing : {"refuse", "available"}
        An empty cell is an error, or each column makes do with the plants it has.

    Raises
    ------
    DataError
        If cells are no numbers, infinite or missing, or a column has fewer than two values; all at once.
    MethodError
        If `missing` is unknown.
    """
    if missing not in ("refuse", "available"):
        raise MethodError(f"There is no rule {missing!r} for missing cells. Choose refuse or available.")
    if np.ndim(table) != 2:
        raise DataError(
            "The table of plants has no rows and columns: one row per plant, one column per indicator."
        )
    frame = table if isinstance(table, pd.DataFrame) else pd.DataFrame(np.asarray(table))
    if frame.columns.has_duplicates:
        raise DataError(
            f"Columns {list(frame.columns[frame.columns.duplicated()])} are given more than once."
        )
    numbers = frame.apply(pd.to_numeric, errors="coerce").astype(float)
    problems = []
    for column in numbers:
        values = numbers[column].to_numpy()
        empty = frame[column].isna().to_numpy()
        unusable = ~np.isfinite(values) & ~empty
        problems += [
            Problem(
                f"{str(frame[column].iloc[row])!r} is no finite number.",
                column=str(column),
                plant=str(frame.index[int(row)]),
            )
            for row in np.flatnonzero(unusable)
        ]
        if missing == "refuse" and empty.any():
            problems.append(_gaps(column, frame.index[empty], len(frame)))
        if (~empty & ~unusable).sum() < _FEWEST:
            problems.append(
                Problem(f"{(~empty & ~unusable).sum()} values; a spread needs 2.", column=str(column))
            )
    raise_problems(DataError, "The table of plants cannot be weighed.", problems)
    if not len(numbers.columns):
        raise DataError("The table of plants has no column.")
    return numbers


def _gaps(column: Any, plants: pd.Index, total: int) -> Problem:
    shown = ", ".join(str(plant) for plant in plants[:5]) + (", ..." if len(plants) > 5 else "")
    return Problem(
        f"no value for {len(plants)} of {total} plants ({shown}).",
        column=str(column),
        why="Weights would lean towards plants that report.",
        fix="Leave the plants or the column out, or say missing='available'.",
    )


def signs(better: Better, columns: Sequence[Any]) -> np.ndarray:
    """
    +1 for a column whose higher values are cleaner, -1 for the others; shape (n_indicators,).

    Examples
    --------
    >>> print(signs({"energy": "lower", "recovery": "higher"}, ["energy", "recovery"]))
    [-1.  1.]
    """
    if isinstance(better, str):
        words = [better] * len(columns)
    elif isinstance(better, Mapping):
        absent = [column for column in columns if column not in better]
        if absent:
            raise MethodError(f"`better` says nothing about columns {absent}.")
        words = [better[column] for column in columns]
    else:
        words = list(better)
    unknown = sorted({str(word) for word in words if word not in ("lower", "higher")})
    if unknown or len(words) != len(columns):
        raise MethodError(
            f"`better` is lower or higher for each of {len(columns)} columns; given: {better!r}."
        )
    return np.array([-sign_of(word) for word in words])


def unit_range(values: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """Columns stretched to [0, 1] with 1 the cleanest; NaN stays, a constant column becomes 0."""
    aligned = values * sign
    low, high = np.nanmin(aligned, axis=0), np.nanmax(aligned, axis=0)
    width = np.where(high > low, high - low, 1.0)
    return (aligned - low) / width


def constant(values: np.ndarray) -> np.ndarray:
    """True for columns whose values are all the same up to binary dust, whatever their unit."""
    width = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
    return width <= _DUST * np.nanmax(np.abs(values), axis=0)


def normalised(raw: np.ndarray, columns: pd.Index, what: str, *, repeating: Sequence[Any] = ()) -> pd.Series:
    """Weights in proportion to `raw`; refused where nothing tells the plants apart, or all columns tell the same."""
    total = float(raw.sum())
    if not total > 0:
        why = (
            "the columns {names} repeat each other: they tell the plants apart, but all in the same way, and only what "
            "differs from the others counts. Keep one of them, or use entropy or equal weights."
            if repeating
            else "no column of {names} tells the plants apart. Use equal weights."
        )
        names = [str(name) for name in repeating or columns]
        raise MethodError(f"{what} finds nothing to weigh: {why.format(names=names)}")
    return pd.Series(raw / total, index=columns)
