"""Rounded weights that still sum to exactly 1, group by group and over the whole."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from methodology.errors import MethodError

_FINEST = 15
"""Places a float still writes in full."""
_SAME = 9
"""Places in which remainders and weights that are the same agree, whatever order they were summed in."""


def largest_remainder(
    weights: Iterable[float], decimals: int, *, whole: Decimal = Decimal(1)
) -> list[Decimal]:
    """
    Round to `decimals` places so that the sum is exactly 1, or exactly `whole`.

    Parameters
    ----------
    weights : iterable of float
        Not negative; in proportion to what is wanted.
    decimals : int
        Places, 0 to 15.
    whole : Decimal
        What is shared out, of no more than `decimals` places.

    Returns
    -------
    list of Decimal
        Each within one unit of the last place; the units left over go to the largest remainders, then to the largest
        weights, then to the first. What differs in the dust of sums alone is equal.

    Raises
    ------
    MethodError
        If a weight is negative or no number, all are 0, or `decimals` is out of range.

    Examples
    --------
    >>> largest_remainder([1 / 3, 1 / 3, 1 / 3], 2)
    [Decimal('0.34'), Decimal('0.33'), Decimal('0.33')]
    >>> largest_remainder([2, 1], 3, whole=Decimal("0.091"))
    [Decimal('0.061'), Decimal('0.030')]
    """
    if not 0 <= decimals <= _FINEST:
        raise MethodError(f"{decimals} decimals cannot be published; choose 0 to {_FINEST}.")
    try:
        # The shortest decimal of a float is what a reader sees; its exact arithmetic has no dust.
        exact = [Fraction(repr(float(weight))) for weight in weights]
    except ValueError as error:
        raise MethodError("A weight is no finite number, so nothing can be published.") from error
    total = sum(exact, start=Fraction(0))
    if total <= 0 or min(exact) < 0:
        raise MethodError("Weights to publish are not negative, and not all 0.")
    units = int(whole.scaleb(decimals))
    quotas = [weight * units / total for weight in exact]
    counts = [int(quota) for quota in quotas]
    left = [round(quota - count, _SAME) for quota, count in zip(quotas, counts, strict=True)]
    order = sorted(range(len(exact)), key=lambda i: (-left[i], -round(exact[i] / total, _SAME), i))
    for i in order[: units - sum(counts)]:
        counts[i] += 1
    return [Decimal(count).scaleb(-decimals) for count in counts]


def with_local_weights(table: pd.DataFrame) -> pd.DataFrame:
    """A table of weights of the whole with the share of each in its group; 0 in a group without weight."""
    whole = table.groupby("group")["weight"].transform("sum")
    return table.assign(local_weight=(table["weight"] / whole).fillna(0.0))


def publish(table: pd.DataFrame, decimals: int = 3, *, finer: bool = False) -> pd.DataFrame:
    """
    Round a table of weights for print: the numbers printed are the numbers used.

    Parameters
    ----------
    table : DataFrame
        Columns group, indicator, weight, local_weight.
    decimals : int
        Places of the weights of groups and of indicators.
    finer : bool
        Take as many places more as it needs to print no positive weight as 0, instead of refusing.

    Returns
    -------
    DataFrame
        The same columns and order. Groups are rounded to sum to exactly 1, the weights of a group are then rounded once
        to sum to exactly the rounded weight of the group. The local weight is the quotient of the two.

    Raises
    ------
    MethodError
        If weights are negative or no numbers, or a positive weight would be printed as 0.

    Notes
    -----
    Rests on A-39.

    Examples
    --------
    >>> rows = [("a", "x", 1 / 3, 2 / 3), ("a", "y", 1 / 6, 1 / 3), ("b", "z", 1 / 2, 1.0)]
    >>> publish(pd.DataFrame(rows, columns=["group", "indicator", "weight", "local_weight"]), 2)["weight"].tolist()
    [0.33, 0.17, 0.5]
    """
    printed = _printed(table, decimals)
    lost = _lost(table, printed)
    if lost:
        places = range(decimals + 1, _FINEST)
        enough = next((more for more in places if not _lost(table, _printed(table, more))), _FINEST)
        if not finer:
            raise MethodError(_refusal(table, lost, decimals, enough))
        printed = _printed(table, enough)
    out = table.copy()
    out["weight"] = [float(weight) for weight in printed]
    whole = pd.Series(printed, index=table.index).groupby(table["group"]).transform("sum")
    out["local_weight"] = [
        float(Fraction(own) / Fraction(of)) if of else float(local)
        for own, of, local in zip(printed, whole, table["local_weight"], strict=True)
    ]
    return out


def _printed(table: pd.DataFrame, decimals: int) -> list[Decimal]:
    """Weights in the order of the table: groups first, then the indicators within each."""
    rows: dict[str, list[int]] = {}
    for row, group in enumerate(table["group"]):
        rows.setdefault(group, []).append(row)
    weights = table["weight"].tolist()
    totals = [float(np.sum([weights[row] for row in places])) for places in rows.values()]
    printed = [Decimal(0)] * len(weights)
    for places, total, whole in zip(rows.values(), totals, largest_remainder(totals, decimals), strict=True):
        own = [weights[row] for row in places]
        shares = largest_remainder(own, decimals, whole=whole) if total > 0 else [whole] * len(own)
        for row, share in zip(places, shares, strict=True):
            printed[row] = share
    return printed


def _lost(table: pd.DataFrame, printed: list[Decimal]) -> list[str]:
    """Indicators with a positive weight that would be printed as 0."""
    rows = zip(table["indicator"], table["weight"], printed, strict=True)
    return [name for name, weight, share in rows if weight > 0 and not share]


def _refusal(table: pd.DataFrame, lost: list[str], decimals: int, enough: int) -> str:
    weights = dict(zip(table["indicator"], table["weight"], strict=True))
    named = ", ".join(f"{name!r} ({float(weights[name]):.2g})" for name in lost)
    return (
        f"With {decimals} decimals the weight of {named} would be printed as 0, and an indicator of weight 0 counts "
        f"for nothing. Raise `weights.decimals` to {enough}, or give it the weight 0 on purpose."
    )
