"""Variance-based indices: which factor, alone and with all its interactions, moves the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from methodology.arguments import whole_number
from methodology.sensitivity.design import (
    Factors,
    Model,
    Resampling,
    count_of,
    resample_counts,
    run_model,
    scaled,
    table_of_outputs,
    unit_design,
    with_interval,
)
from methodology.sensitivity.seeds import Seed

_DUST = 1e-13
"""Variance of a resample, relative to its mean square, that is nothing but the rounding of sums."""


def sobol_indices(
    model: Model,
    factors: Mapping[str, Any],
    *,
    n: int,
    seed: Seed,
    groups: Mapping[str, str] | None = None,
    outputs: Sequence[str] | None = None,
    **interval: Any,
) -> pd.DataFrame:
    """
    First-order and total Sobol indices of a model with independent factors.

    Parameters
    ----------
    model : callable
        Maps an array of shape (n, d) to one of shape (n,), columns in the order of `factors`.
    factors : mapping of str to a scipy.stats distribution
        Frozen, independent; `scipy.stats.randint(0, k)` numbers k alternatives.
    n : int
        Base sample, at least 2; the model is run n * (number of factors or groups + 2) times. A power of two is best.
    seed : int, SeedSequence or Generator
        Root of the scrambling and the resamples.
    groups : mapping of factor to group, optional
        Factors that move together, e.g. all gamma variables that make up a weight vector.
    outputs : sequence of str, optional
        Names of several outputs; the model then returns (n, len(outputs)).
    **interval
        Fields of `Resampling`, one by one: resamples (100) behind the intervals, and their confidence (0.95).

    Returns
    -------
    DataFrame indexed by factor (by output and factor if there are `outputs`)
        Columns first, first_lower, first_upper, total, total_lower, total_upper: shares of the variance.

    Raises
    ------
    MethodError
        If the model returns a NaN or an infinite number (the draw is named), another shape, or an argument is out of
        range.

    Notes
    -----
    First order by Saltelli et al. (2010) on centred outputs, total by Jansen (1999). A factor that changes nothing has
    indices of exactly 0, and so has every factor of a constant model, in its intervals too: there is no variance to
    share. Rests on A-60 and A-61.

    References
    ----------
    .. [1] Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018
    .. [2] Jansen (1999), doi:10.1016/S0010-4655(98)00154-4

    Examples
    --------
    >>> from scipy.stats import uniform
    >>> table = sobol_indices(lambda x: 2 * x[:, 0] + x[:, 1], {"a": uniform(), "b": uniform()}, n=1024, seed=1)
    >>> table["total"].round(2).to_dict()
    {'a': 0.8, 'b': 0.2}
    """
    spread, space, wide = Resampling(**interval), Factors.of(factors, groups), count_of(outputs)
    size = whole_number(n, "n", least=2)
    (base, other, mixed), _ = scaled(*_evaluate(model, space, size, seed, wide))
    counts = resample_counts(len(base), spread.resamples, seed)
    columns = []
    for output in range(base.shape[1]):
        first, total = sobol_replicates(base[:, output], other[:, output], mixed[:, :, output], counts)
        ends = with_interval("first", first, spread.confidence)
        columns.append(ends | with_interval("total", total, spread.confidence))
    return table_of_outputs(columns, space.groups, outputs)


def sobol_replicates(
    base: np.ndarray, other: np.ndarray, mixed: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """
    First-order and total indices from outputs, for every row of resampling counts.

    Parameters
    ----------
    base, other : arrays of shape (n,)
        f(A) and f(B).
    mixed : array of shape (k, n)
        f(A with the columns of group i from B).
    counts : array of shape (r, n)
        How often each draw counts; each row sums to n.

    Returns
    -------
    first, total : arrays of shape (r, k)

    Examples
    --------
    >>> ones = np.ones((1, 4))
    >>> sobol_replicates(np.array([0.0, 1, 0, 1]), np.array([1.0, 1, 0, 0]), np.zeros((1, 4)) + [0, 1, 0, 1], ones)
    (array([[0.]]), array([[0.]]))
    """
    n, k = base.size, len(mixed)
    a, b = base - base[0], other - base[0]  # exactly 0 where nothing moves
    middle = (a.mean() + b.mean()) / 2
    a, b = a - middle, b - middle
    step = (mixed - base).T
    columns = np.column_stack([step * b[:, None], step, step**2, a, b, a**2 + b**2])
    means = counts @ columns / n
    cross, shift, squares = means[:, :k], means[:, k : 2 * k], means[:, 2 * k : 3 * k]
    centre = (means[:, -3] + means[:, -2]) / 2
    variance = means[:, -1] / 2 - centre**2
    flat = variance <= _DUST * means[:, -1]
    scale = np.where(flat, 1.0, variance)[:, None]
    first = (cross - centre[:, None] * shift) / scale  # Saltelli et al. (2010), table 2 (b), centred
    total = squares / 2 / scale  # Jansen (1999)
    return np.where(flat[:, None], 0.0, first), np.where(flat[:, None], 0.0, total)


def _evaluate(
    model: Model, space: Factors, n: int, seed: Seed, wide: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """f(A), f(B) of shape (n, outputs), and f(AB_i) of shape (groups, n, outputs)."""
    d = len(space.names)
    points = unit_design(n, 2 * d, seed)
    first, second = space.values(points[:, :d]), space.values(points[:, d:])
    base = run_model(model, first, space.names, "sample A", wide)
    other = run_model(model, second, space.names, "sample B", wide)
    mixed = np.empty((len(space.groups), *base.shape))
    for row, (group, columns) in enumerate(space.groups.items()):
        values = first.copy()
        values[:, columns] = second[:, columns]
        mixed[row] = run_model(model, values, space.names, f"sample A with {group!r} from B", wide)
    return base, other, mixed
