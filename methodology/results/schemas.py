"""What the tables of a run look like; checked whenever one is saved or loaded.

Own code: pandera does the same, but its import alone takes longer than many a notebook computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import fsum, isclose
from typing import Any

import pandas as pd

from methodology.errors import DataError, Problem

_LEVELS = ("I", "II", "III")
_SHOWN = 5
_DUST = 1e-9
"""Binary dust that sums of decimals may carry."""


@dataclass(frozen=True)
class Number:
    """A column of numbers within bounds; `nullable` ones may be missing."""

    low: float = -float("inf")
    high: float = float("inf")
    nullable: bool = False

    def faults(self, column: pd.Series) -> Iterator[str]:
        """What is wrong with a column, with its first offending rows."""
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            yield "is not a column of numbers"
            return
        if not self.nullable:
            yield from _rows("is missing", column, column.isna())
        outside = (column < self.low - _DUST) | (column > self.high + _DUST)
        yield from _rows(f"lies outside {self.low:g} to {self.high:g}", column, outside)


@dataclass(frozen=True)
class Text:
    """A column of texts, all `among` the given ones if any are."""

    among: tuple[str, ...] = ()
    unique: bool = False

    def faults(self, column: pd.Series) -> Iterator[str]:
        """What is wrong with a column, with its first offending rows."""
        yield from _rows("is missing", column, column.isna())
        if self.among:
            yield from _rows(
                f"is none of {', '.join(self.among)}", column, ~column.isin(self.among) & column.notna()
            )
        if self.unique:
            yield from _rows("is given more than once", column, column.duplicated(keep=False))


@dataclass(frozen=True)
class Schema:
    """Columns in their order, and rules that need several of them."""

    columns: dict[str, Number | Text]
    rules: dict[str, Callable[[pd.DataFrame], bool]]


def _rows(fault: str, column: pd.Series, wrong: pd.Series) -> Iterator[str]:
    places = [place for place, is_wrong in enumerate(wrong) if is_wrong]
    if places:
        # the header is row 1 of the file
        shown = ", ".join(f"{_plain(column.iloc[place])} in row {place + 2}" for place in places[:_SHOWN])
        more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        yield f"{fault}: {shown}{more}"


def _plain(value: Any) -> str:
    return repr(value.item() if hasattr(value, "item") else value)


def _one(values: pd.Series) -> bool:
    return isclose(fsum(values), 1.0, abs_tol=_DUST)


_share, _maybe, _count = Number(0, 1), Number(nullable=True), Number(low=0)

SCHEMAS: dict[str, Schema] = {
    "weights": Schema(
        {"group": Text(), "indicator": Text(unique=True), "weight": _share, "local_weight": _share},
        {
            "weights do not sum to 1": lambda table: _one(table["weight"]),
            "local weights of a group do not sum to 1": lambda table: all(
                _one(rows) for _, rows in table.groupby("group")["local_weight"]
            ),
        },
    ),
    "weights_methods": Schema(
        {
            **{name: Text() for name in ("method", "group", "indicator")},
            **dict.fromkeys(("weight", "local_weight"), _share),
        },
        {
            "weights of a method do not sum to 1": lambda table: all(
                _one(rows) for _, rows in table.groupby("method")["weight"]
            ),
            "a method weighs an indicator more than once": lambda table: (
                not table.duplicated(["method", "indicator"]).any()
            ),
        },
    ),
    "thresholds": Schema(
        {
            "indicator": Text(),
            "level": Text(_LEVELS),
            "value": Number(),
            "lower": _maybe,
            "upper": _maybe,
            "interval": Text(),
            "confidence": Number(0, 1, nullable=True),
            "attained": _count,
            "n": _count,
            "attainment": Number(0, 1, nullable=True),
            "unit": Text(),
            "direction": Text(("lower", "higher", "interval")),
            "flag": Text(),
        },
        {
            "more plants attained than counted": lambda table: bool((table["attained"] <= table["n"]).all()),
            "an indicator has a level more than once": lambda table: (
                not table.duplicated(["indicator", "level"]).any()
            ),
        },
    ),
    "evaluation": Schema(
        {
            "plant": Text(unique=True),
            **{f"Y_{level}": Number(0, 100) for level in _LEVELS},
            "level": Text((*_LEVELS, "none")),
            "limiting_failed": Text(),
        },
        {
            "scores fall from a strict level to a looser one": lambda table: bool(
                ((table["Y_I"] <= table["Y_II"] + _DUST) & (table["Y_II"] <= table["Y_III"] + _DUST)).all()
            )
        },
    ),
}


def check(name: str, table: pd.DataFrame, file: str) -> pd.DataFrame:
    """
    Hold a table against its schema; tables without one pass.

    Raises
    ------
    DataError
        Every fault of every column at once, each with its first offending rows; rules over several columns are only
        looked at when the columns are sound.
    """
    schema = SCHEMAS.get(name)
    if schema is None:
        return table
    problems = list(_column_faults(schema, table, file))
    if not problems:
        problems = [Problem(fault, file=file) for fault, holds in schema.rules.items() if not holds(table)]
    if problems:
        raise DataError(f"The table {name!r} is not as the tables between rooms must be.", problems)
    return table


def _column_faults(schema: Schema, table: pd.DataFrame, file: str) -> Iterator[Problem]:
    for name in table.columns.difference(schema.columns, sort=False):
        yield Problem("is no column of this table", file=file, column=str(name))
    for name, column in schema.columns.items():
        if name not in table.columns:
            yield Problem("is missing", file=file, column=name)
        else:
            yield from (Problem(fault, file=file, column=name) for fault in column.faults(table[name]))
    if set(table.columns) == set(schema.columns) and list(table.columns) != list(schema.columns):
        yield Problem(f"columns are not in the order {', '.join(schema.columns)}", file=file)
