"""Rounded weights that still sum to exactly 1, group by group and over the whole."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from methodology.errors import MethodError


def largest_remainder(weights: Iterable[float], decimals: int) -> list[Decimal]:
    """
    Round to `decimals` places so that the sum is exactly 1.

    Parameters
    ----------
    weights : iterable of float
        Not negative; in proportion to what is wanted.
    decimals : int
        Places, 0 to 15.

    Returns
    -------
    list of Decimal
        Each within one unit of the last place; the units left over go to the largest remainders, then to the largest
        weights, then to the first.

    Raises
    ------
    MethodError
        If a weight is negative or no number, all are 0, or `decimals` is out of range.

    Examples
    --------
    >>> largest_remainder([1 / 3, 1 / 3, 1 / 3], 2)
    [Decimal('0.34'), Decimal('0.33'), Decimal('0.33')]
    """
    if not 0 <= decimals <= 15:
        raise MethodError(f"{decimals} decimals cannot be published; choose 0 to 15.")
    try:
        # The shortest decimal of a float is what a reader sees; its exact arithmetic has no dust.
        exact = [Fraction(repr(float(weight))) for weight in weights]
    except ValueError as error:
        raise MethodError("A weight is no finite number, so nothing can be published.") from error
    total = sum(exact, start=Fraction(0))
    if total <= 0 or min(exact) < 0:
        raise MethodError("Weights to publish are not negative, and not all 0.")
    units = 10**decimals
    quotas = [weight * units / total for weight in exact]
    whole = [int(quota) for quota in quotas]
    order = sorted(range(len(exact)), key=lambda i: (whole[i] - quotas[i], -exact[i], i))
    for i in order[: units - sum(whole)]:
        whole[i] += 1
    return [Decimal(count).scaleb(-decimals) for count in whole]


def publish(table: pd.DataFrame, decimals: int = 3) -> pd.DataFrame:
    """
    Round a table of weights for print.

    Parameters
    ----------
    table : DataFrame
        Columns group, indicator, weight, local_weight.
    decimals : int
        Places of the weights of groups, and of indicators within groups.

    Returns
    -------
    DataFrame
        The same columns and order. Local weights of each group sum to exactly 1 at `decimals` places, and so do the
        weights of the groups; the weight of the whole is their exact product (twice the places), so that it sums to
        exactly 1 and whoever multiplies the printed numbers finds the same.

    Raises
    ------
    MethodError
        If weights are negative or no numbers.

    Notes
    -----
    Rests on A-39.

    Examples
    --------
    >>> rows = [("a", "x", 1 / 3, 2 / 3), ("a", "y", 1 / 6, 1 / 3), ("b", "z", 1 / 2, 1.0)]
    >>> publish(pd.DataFrame(rows, columns=["group", "indicator", "weight", "local_weight"]), 2)["weight"].tolist()
    [0.335, 0.165, 0.5]
    """
    groups, weights, local = (table[name].tolist() for name in ("group", "weight", "local_weight"))
    rows: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    # summed as pandas sums a column: the last bit decides which remainder is larger
    totals = [float(np.sum([weights[row] for row in places])) for places in rows.values()]
    shares = dict(zip(rows, largest_remainder(totals, decimals), strict=True))
    printed = dict[int, Decimal]()
    for places in rows.values():
        printed |= zip(places, largest_remainder([local[row] for row in places], decimals), strict=True)
    out = table.copy()
    out["local_weight"] = [float(printed[row]) for row in range(len(table))]
    out["weight"] = [float(shares[group] * printed[row]) for row, group in enumerate(groups)]
    return out
