"""What the tables of a run look like, as pandera schemas; checked whenever one is saved or loaded."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from methodology.errors import DataError, Problem

_LEVELS = ("I", "II", "III")
_SHOWN = 5
_RULES = {
    "field_uniqueness": "is given more than once",
    "multiple_fields_uniqueness": "indicator and level are given more than once",
    "column_in_schema": "is no column of this table",
    "column_in_dataframe": "column is missing",
    "column_ordered": "column is out of order",
    "not_nullable": "is missing",
}


def _number(*checks: pa.Check, nullable: bool = False) -> pa.Column:
    numeric = pa.Check(pd.api.types.is_numeric_dtype, element_wise=False, error="is not a column of numbers")
    return pa.Column(None, [numeric, *checks], nullable=nullable)


def _text(*among: str, unique: bool = False) -> pa.Column:
    return pa.Column(str, [pa.Check.isin(among)] if among else [], coerce=True, unique=unique)


def _sums_to_one(column: pd.Series) -> bool:
    return math.isclose(math.fsum(column), 1.0, abs_tol=1e-9)


def _local_sums(table: pd.DataFrame) -> pd.Series:
    sums = table.groupby("group")["local_weight"].transform(math.fsum)
    return (sums - 1.0).abs() < 1e-9


_share = pa.Check.in_range(0, 1, error="lies outside 0 to 1")
_count = pa.Check.ge(0, error="is negative")

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "weights": pa.DataFrameSchema(
        {
            "group": _text(),
            "indicator": _text(unique=True),
            "weight": _number(_share, pa.Check(_sums_to_one, error="weights do not sum to 1")),
            "local_weight": _number(_share),
        },
        checks=pa.Check(_local_sums, error="local weights of a group do not sum to 1"),
        strict=True,
        ordered=True,
    ),
    "thresholds": pa.DataFrameSchema(
        {
            "indicator": _text(),
            "level": _text(*_LEVELS),
            "value": _number(),
            "lower": _number(nullable=True),
            "upper": _number(nullable=True),
            "interval": _text(),
            "confidence": _number(_share, nullable=True),
            "attained": _number(_count),
            "n": _number(_count),
            "attainment": _number(_share, nullable=True),
            "unit": _text(),
            "direction": _text("lower", "higher", "interval"),
            "flag": _text(),
        },
        checks=pa.Check(
            lambda table: table["attained"] <= table["n"], error="more plants attained than counted"
        ),
        unique=["indicator", "level"],
        strict=True,
        ordered=True,
    ),
    "evaluation": pa.DataFrameSchema(
        {
            "plant": _text(unique=True),
            **{
                f"Y_{level}": _number(pa.Check.in_range(0, 100 + 1e-9, error="lies outside 0 to 100"))
                for level in _LEVELS
            },
            "level": _text(*_LEVELS, "none"),
            "limiting_failed": _text(),
        },
        checks=pa.Check(
            lambda table: (table["Y_I"] <= table["Y_II"] + 1e-9) & (table["Y_II"] <= table["Y_III"] + 1e-9),
            error="scores fall from a strict level to a looser one",
        ),
        strict=True,
        ordered=True,
    ),
}


def check(name: str, table: pd.DataFrame, file: str) -> pd.DataFrame:
    """
    Hold a table against its schema; tables without one pass.

    Raises
    ------
    DataError
        Every column at fault at once, each with its first offending rows.
    """
    schema = SCHEMAS.get(name)
    if schema is None:
        return table
    try:
        return schema.validate(table, lazy=True)
    except SchemaErrors as fault:
        raise DataError(
            f"The table {name!r} is not as the tables between rooms must be.",
            _problems(fault.failure_cases, file),
        ) from fault


def _problems(cases: pd.DataFrame, file: str) -> list[Problem]:
    cases = cases.assign(column=cases["column"].where(cases["schema_context"] != "DataFrameSchema", ""))
    found = []
    for key, rows in cases.groupby(["column", "check"], sort=False, dropna=False):
        column, rule = ("" if part is None or part != part else str(part) for part in key)  # type: ignore[union-attr]
        first = rows.drop_duplicates("index").head(_SHOWN)
        given = [
            _shown(case, index) for case, index in zip(first["failure_case"], first["index"], strict=True)
        ]
        left = rows["index"].nunique() - len(first)
        listed = f": {', '.join(text for text in given if text)}" if any(given) else ""
        tail = f" and {left} more" if left > 0 else ""
        found.append(Problem(f"{_RULES.get(rule, rule)}{listed}{tail}", file=file, column=column))
    return found


def _shown(value: Any, index: Any) -> str:
    """The faulty value with its row in the file; nothing where pandera only says that a check failed."""
    if index is None or pd.isna(index):
        return "" if isinstance(value, bool) or str(value).startswith("TypeError") else repr(value)
    return f"{value!r} in row {int(index) + 2}"
