"""Two sets of weights become one: convex, multiplicative, game-theoretic."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from methodology.errors import MethodError

Combination = Literal["convex", "multiplicative", "game"]
_SINGULAR = 1e-12


def convex(experts: Any, data: Any, share: float) -> Any:
    """
    `share` of the first set and the rest of the second.

    Raises
    ------
    MethodError
        If the share is not between 0 and 1.

    Examples
    --------
    >>> print(convex(np.array([0.6, 0.4]), np.array([0.2, 0.8]), 0.75).round(3))
    [0.5 0.5]
    """
    if not 0 <= share <= 1:
        raise MethodError(f"The experts' share is {share}; it lies between 0 and 1.")
    return share * experts + (1 - share) * data


def multiplicative(experts: Any, data: Any) -> Any:
    """
    Product of both sets, brought back to sum 1: what either calls nothing weighs nothing.

    Raises
    ------
    MethodError
        If no item has weight in both.

    Examples
    --------
    >>> print(multiplicative(np.array([0.5, 0.5]), np.array([0.2, 0.8])))
    [0.2 0.8]
    """
    product = experts * data
    total = float(product.sum())
    if not total > 0:
        raise MethodError(
            "The product of the two sets of weights is 0 everywhere: no item has weight in both."
        )
    return product / total


def game_theoretic(*sources: Any) -> tuple[Any, np.ndarray]:
    """
    The mix of several sets of weights that stands least far from each of them.

    Parameters
    ----------
    sources : arrays or Series of shape (n,)
        Two or more sets that sum to 1.

    Returns
    -------
    weights, coefficients
        Shape (n,), and the share of each source; both sum to 1.

    Raises
    ------
    MethodError
        If there are fewer than two sources.

    Notes
    -----
    Coefficients a solve sum_l a_l (w_k . w_l) = w_k . w_k for every k, and are scaled to sum 1 [1]_. A source with a
    negative coefficient takes no part: its absolute value would reward it for lying apart. Identical sources share
    equally (A-38).

    References
    ----------
    .. [1] the game-theoretic combination weighting of Chinese evaluation practice 博弈论组合赋权; recalled, primary
       source not read

    Examples
    --------
    >>> weights, shares = game_theoretic(np.array([0.6, 0.4]), np.array([0.3, 0.7]))
    >>> print(weights.round(4), shares.round(4))
    [0.4074 0.5926] [0.358 0.642]
    """
    if len(sources) < 2:
        raise MethodError(f"A game needs at least two sets of weights; {len(sources)} given.")
    rows = np.array([np.asarray(source, dtype=float) for source in sources])
    products = rows @ rows.T
    active = np.arange(len(rows))
    while True:
        block = products[np.ix_(active, active)]
        coefficients = np.linalg.lstsq(block, np.diag(block), rcond=_SINGULAR)[0]
        if (coefficients >= -_SINGULAR).all():
            break
        active = np.delete(active, int(np.argmin(coefficients)))
    shares = np.zeros(len(rows))
    shares[active] = np.maximum(coefficients, 0.0) / np.maximum(coefficients, 0.0).sum()
    mixed = shares @ rows
    return (pd.Series(mixed, index=sources[0].index) if isinstance(sources[0], pd.Series) else mixed), shares


def combine(
    experts: pd.DataFrame, data: pd.DataFrame, how: Combination, *, share: float = 0.5
) -> pd.DataFrame:
    """
    Blend two weight tables within every group; groups keep the weights of the first.

    Parameters
    ----------
    experts, data : DataFrame
        Columns group, indicator, weight, local_weight, the same indicators in both.
    how : {"convex", "multiplicative", "game"}
        How local weights are blended.
    share : float
        Share of `experts` in a convex combination.

    Returns
    -------
    DataFrame
        As weights.csv, in the order of `experts`.

    Raises
    ------
    MethodError
        If `how` is unknown, the tables name different indicators, or a product vanishes in a group.
    """
    if how not in ("convex", "multiplicative", "game"):
        raise MethodError(f"There is no combination {how!r}. Choose convex, multiplicative or game.")
    other = data.set_index("indicator")["local_weight"]
    if set(other.index) != set(experts["indicator"]):
        raise MethodError("The two tables of weights do not name the same indicators.")
    table = experts.copy()
    for group, rows in experts.groupby("group", sort=False):
        first = rows["local_weight"].to_numpy(dtype=float)
        second = other[rows["indicator"]].to_numpy(dtype=float)
        total = float(rows["weight"].sum())
        try:
            local = _blend(first, second, how, share)
        except MethodError as error:
            raise MethodError(f"Group {group!r}: {error}") from error
        table.loc[rows.index, "local_weight"] = local
        table.loc[rows.index, "weight"] = total * local
    return table


def _blend(first: np.ndarray, second: np.ndarray, how: str, share: float) -> np.ndarray:
    if how == "convex":
        return np.asarray(convex(first, second, share))
    if how == "multiplicative":
        return np.asarray(multiplicative(first, second))
    return np.asarray(game_theoretic(first, second)[0])
