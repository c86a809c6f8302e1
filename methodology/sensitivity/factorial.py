"""Compute exact Sobol and Shapley shares of the variance over all combinations of alternatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import comb, prod

import numpy as np
import pandas as pd

from methodology.arguments import whole_number
from methodology.errors import MethodError
from methodology.sensitivity.design import Model, count_of, run_model, scaled, table_of_outputs

_PLACES = 12
"""Decimals of a share that do not depend on the order of sums."""
_DUST = 1e-13
"""Range of an output, relative to its size, that is nothing but the rounding of sums."""


def combinations_of(alternatives: Mapping[str, int]) -> np.ndarray:
    """
    List every combination of alternatives.

    Examples
    --------
    >>> combinations_of({"a": 2, "b": 2}).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    return np.indices(tuple(alternatives.values())).reshape(len(alternatives), -1).T


def factorial_effects(
    model: Model, alternatives: Mapping[str, int], *, outputs: Sequence[str] | None = None
) -> pd.DataFrame:
    """
    Exact Sobol indices and Shapley effects of a model with finitely many inputs.

    Parameters
    ----------
    model : callable
        Maps an array of shape (n, d) of the numbers of alternatives to one of shape (n,).
    alternatives : mapping of factor to int
        How many alternatives each factor has, numbered from 0; all equally probable, factors independent.
    outputs : sequence of str, optional
        Names of several outputs; the model then returns (n, len(outputs)).

    Returns
    -------
    DataFrame indexed by factor (by output and factor if there are `outputs`)
        Columns first, total, shapley, each with its kin _lower and _upper, which equal it: shares of the variance over
        all combinations; exactly 0 for an output that nothing moves.

    Raises
    ------
    MethodError
        If the model gives no finite number, or a factor has no alternative.

    Notes
    -----
    With v(S) the variance of E[Y | factors in S], first = v({i}), total = V - v(all but i) and the Shapley effect is
    the mean of v(S + i) - v(S) over all orders of the factors [1]_, all over V = v(all). first <= shapley <= total.

    References
    ----------
    .. [1] Owen (2014), doi:10.1137/130936233

    Examples
    --------
    >>> table = factorial_effects(lambda x: 2 * x[:, 0] + x[:, 0] * x[:, 1], {"a": 2, "b": 2})
    >>> table["shapley"].round(3).to_dict()
    {'a': 0.944, 'b': 0.056}
    """
    names = list(alternatives)
    sizes = tuple(
        whole_number(count, f"alternatives of {name!r}", least=1) for name, count in alternatives.items()
    )
    if not names:
        raise MethodError("No factor is given, so there is no variance to share.")
    points = combinations_of(alternatives).astype(float)
    (values,), _ = scaled(run_model(model, points, names, "all combinations", count_of(outputs)))
    explained = _explained(values.reshape(*sizes, -1))
    whole = explained[frozenset(range(len(names)))]
    scale = np.where(whole > 0, whole, 1.0)
    found = {
        "first": [explained[frozenset({i})] for i in range(len(names))],
        "total": [whole - explained[frozenset(range(len(names))) - {i}] for i in range(len(names))],
        "shapley": [_shapley(explained, len(names), i) for i in range(len(names))],
    }
    shares = {kind: np.round(np.array(parts) / scale, _PLACES) + 0.0 for kind, parts in found.items()}
    columns = [
        {f"{kind}{end}": part[:, k] for kind, part in shares.items() for end in ("", "_lower", "_upper")}
        for k in range(whole.size)
    ]
    return table_of_outputs(columns, names, outputs)


def _explained(values: np.ndarray) -> dict[frozenset[int], np.ndarray]:
    """Variance of each output that a set of factors explains, v(S), for every set S; arrays of shape (n_outputs,)."""
    factors = range(values.ndim - 1)
    flat = values.reshape(-1, values.shape[-1])
    still = np.ptp(flat, axis=0) <= _DUST * np.abs(flat).max(axis=0)
    # centred first: the dust of a large mean would count as variance
    values = values - values.mean(axis=tuple(factors), keepdims=True)
    found = {}
    for size in range(values.ndim):
        for chosen in combinations(factors, size):
            rest = tuple(axis for axis in factors if axis not in chosen)
            known = values.mean(axis=rest).reshape(prod(values.shape[axis] for axis in chosen), -1)
            found[frozenset(chosen)] = np.where(still, 0.0, (known**2).mean(axis=0))
    return found


def _shapley(explained: Mapping[frozenset[int], np.ndarray], factors: int, own: int) -> np.ndarray:
    others = [factor for factor in range(factors) if factor != own]
    gains = [
        (explained[frozenset((*chosen, own))] - explained[frozenset(chosen)])
        / comb(factors - 1, size)
        / factors
        for size in range(factors)
        for chosen in combinations(others, size)
    ]
    return np.sum(gains, axis=0)
