"""Weights that a group states itself, one per indicator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from methodology.errors import MethodError, Problem, raise_problems
from methodology.indicators import IndicatorSystem

SLACK = 1e-6
"""How far stated weights may miss 1: they were rounded when they were written down."""


def given_weights(system: IndicatorSystem, given: Sequence[Any]) -> pd.DataFrame:
    """
    Weights as stated, brought to a sum of exactly one.

    Parameters
    ----------
    system : IndicatorSystem
    given : sequence of objects with `indicator` and `weight`
        One per indicator of the system.

    Returns
    -------
    DataFrame
        Columns of weights.csv, before rounding.

    Raises
    ------
    MethodError
        Indicators that are unknown, missing or named twice, and weights that do not sum to one; all at once.
    """
    names = [item.indicator for item in given]
    total = sum(item.weight for item in given)
    faults = [f"there is no indicator {name!r}" for name in dict.fromkeys(names) if name not in system.ids]
    faults += [f"{name!r} has no weight" for name in system.ids if name not in names]
    faults += [f"{name!r} is given twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if abs(total - 1) > SLACK:
        faults.append(f"the weights sum to {total:.6f}, not to 1")
    raise_problems(MethodError, "weights.given cannot be used.", [Problem(fault) for fault in faults])
    weights = pd.Series({item.indicator: item.weight / total for item in given})[list(system.ids)]
    table = pd.DataFrame({"group": [item.group for item in system.indicators], "indicator": list(system.ids)})
    table["weight"] = weights.to_numpy()
    whole = table.groupby("group")["weight"].transform("sum")
    table["local_weight"] = (table["weight"] / whole).fillna(0.0)
    return table
