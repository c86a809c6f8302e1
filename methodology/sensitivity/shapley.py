"""Shapley effects: shares of the variance that sum to one, for dependent factors too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from methodology.arguments import whole_number
from methodology.errors import MethodError
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
from methodology.sensitivity.seeds import Seed, generator

_FEW = 4
"""Up to so many groups every subset is run; more take random orders."""
_ORDERS = 256
Redraw = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Maps rows (positions in the sample) and a mask of factors to values with the masked factors drawn anew."""
Sampler = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]
"""Maps values (n, d), a mask (d,) and a generator to values with the masked columns drawn given the others."""


def shapley_effects(
    model: Model,
    factors: Mapping[str, Any],
    *,
    n: int,
    seed: Seed,
    dependence: npt.ArrayLike | Sampler | None = None,
    groups: Mapping[str, str] | None = None,
    outputs: Sequence[str] | None = None,
    **interval: Any,
) -> pd.DataFrame:
    """
    Shapley effects of the factors of a model.

    Parameters
    ----------
    model : callable
        Maps an array of shape (n, d) to one of shape (n,), columns in the order of `factors`.
    factors : mapping of str to a scipy.stats distribution
        Marginal distributions.
    n : int
        Sample, at least 2; up to 4 factors or groups the model is run n * 2**k times, with more n * (k + 1) times.
    seed : int, SeedSequence or Generator
        Root of the sample, the orders and the resamples.
    dependence : array of shape (d, d) or callable, optional
        Correlation matrix of a Gaussian copula, or `sampler(values, mask, rng)` that draws the masked columns given
        the others (all columns masked: the joint distribution; `factors` then only names the columns).
        None: independent.
    groups : mapping of factor to group, optional
        Factors that count as one, e.g. all weights.
    outputs : sequence of str, optional
        Names of several outputs; the model then returns (n, len(outputs)).
    **interval
        As for `sobol_indices`.

    Returns
    -------
    DataFrame indexed by factor (by output and factor if there are `outputs`)
        Columns shapley, shapley_lower, shapley_upper; `shapley` sums to 1. All are exactly 0 for a constant model:
        there is no variance to share.

    Raises
    ------
    MethodError
        If the model returns a NaN or an infinite number (the draw is named), or an argument is out of range.

    Notes
    -----
    The cost of a set u is E[Var(Y | all but u)] = E[(f(x) - f(x with u redrawn given the rest))**2] / 2, so one
    redrawn point per set is enough [1]_, [2]_. A resample in which the output does not move counts as 0 in the
    intervals. Rests on A-61 and A-62.

    References
    ----------
    .. [1] Song, Nelson and Staum (2016), doi:10.1137/15M1048070
    .. [2] Goda (2021), doi:10.1016/j.ress.2020.107220

    Examples
    --------
    >>> from scipy.stats import norm
    >>> table = shapley_effects(lambda x: 2 * x[:, 0] + x[:, 1], {"a": norm(), "b": norm()}, n=2048, seed=1)
    >>> table["shapley"].round(2).to_dict()
    {'a': 0.8, 'b': 0.2}
    """
    spread, space, wide = Resampling(**interval), Factors.of(factors, groups), count_of(outputs)
    size = whole_number(n, "n", least=2)
    kept, redraw, exchangeable = _sampling(space, size, seed, dependence)

    def run(values: np.ndarray, place: str) -> np.ndarray:
        return run_model(model, values, space.names, place, wide)

    shares, total = (
        _by_subsets(run, space, kept, redraw, exchangeable)
        if len(space.groups) <= _FEW
        else _by_orders(run, space, kept, redraw, exchangeable, seed)
    )
    counts = resample_counts(size, spread.resamples, seed)
    columns = []
    for output in range(total.shape[1]):
        means = counts @ np.column_stack([shares[:, :, output], total[:, output]])
        columns.append(with_interval("shapley", _over(means[:, :-1], means[:, -1:]), spread.confidence))
    return table_of_outputs(columns, space.groups, outputs)


def _over(shares: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Shares of the variance, (r, k) over (r, 1); 0 where there is none."""
    return np.divide(shares, variance, out=np.zeros_like(shares), where=variance > 0)


def _sampling(
    space: Factors, n: int, seed: Seed, dependence: npt.ArrayLike | Sampler | None
) -> tuple[np.ndarray, Redraw, bool]:
    """Base sample, redraw, and whether kept and fresh values may change places."""
    if callable(dependence):
        kept, redraw = _sampled(space, n, dependence, seed)
        if kept.shape != (n, len(space.names)):
            raise MethodError(f"The sampler returned shape {kept.shape}, not {(n, len(space.names))}.")
        return kept, redraw, False
    points = unit_design(n, 2 * len(space.names), seed)
    if dependence is None:
        return *_independent(space, points), True
    return *_gaussian_copula(space, points, dependence), False


def _by_subsets(
    run: Any, space: Factors, kept: np.ndarray, redraw: Redraw, exchangeable: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Share of each group and the variance, row by row, from all subsets: (n, k, outputs) and (n, outputs)."""
    names = list(space.groups)
    k, rows = len(names), np.arange(len(kept))
    runs = [run(kept, "the base sample")]
    for code in range(1, 2**k):
        mask = _mask(space, [group for bit, group in enumerate(names) if code >> bit & 1])
        runs.append(run(redraw(rows, mask), f"the sample with {_named(space, mask)} redrawn"))
    values, _ = scaled(*runs)
    bases = range(2**k if exchangeable else 1)
    costs = [sum((values[v] - values[v ^ u]) ** 2 for v in bases) / (2 * len(bases)) for u in range(2**k)]
    shares = np.zeros((len(kept), k, values[0].shape[1]))
    for bit in range(k):
        others = [1 << other for other in range(k) if other != bit]
        for size in range(k):
            weight = factorial(size) * factorial(k - size - 1) / factorial(k)
            for chosen in combinations(others, size):
                u = sum(chosen)
                shares[:, bit] += weight * (costs[u | 1 << bit] - costs[u])
    return shares, np.asarray(costs[2**k - 1])


def _by_orders(
    run: Any, space: Factors, kept: np.ndarray, redraw: Redraw, exchangeable: bool, seed: Seed
) -> tuple[np.ndarray, np.ndarray]:
    """As `_by_subsets`, from random orders in which groups are redrawn one after the other, each with its reverse."""
    names = list(space.groups)
    k, n = len(names), len(kept)
    rng = generator(seed, 3)
    half = [rng.permutation(k) for _ in range(max(1, min(_ORDERS, n) // 2))]
    orders = [order for one in half for order in (one, one[::-1])]
    parts = np.array_split(
        np.arange(n), len(orders)
    )  # neighbours in the sequence fill the cube, every k-th do not
    runs = [run(kept, "the base sample")]
    for step in range(k):
        values = np.empty_like(kept)
        for order, rows in zip(orders, parts, strict=True):
            mask = _mask(space, [names[group] for group in order[: step + 1]])
            values[rows] = redraw(rows, mask)
        runs.append(run(values, f"the sample with {step + 1} of {k} redrawn"))
    path, _ = scaled(*runs)
    shares = np.zeros((n, k, path[0].shape[1]))
    for step in range(k):
        before, after = path[step], path[step + 1]
        gain = (before - after) * (path[0] - (before + after) / 2)  # Goda (2021), algorithm 1
        if exchangeable:  # seen from the other end, the same path redraws the groups in reverse order
            gain = (gain + (after - before) * (path[-1] - (before + after) / 2)) / 2
        for order, rows in zip(orders, parts, strict=True):
            shares[rows, order[step]] = gain[rows]
    return shares, (path[0] - path[-1]) ** 2 / 2


def _mask(space: Factors, groups: Sequence[str]) -> np.ndarray:
    mask = np.zeros(len(space.names), bool)
    for group in groups:
        mask[space.groups[group]] = True
    return mask


def _named(space: Factors, mask: np.ndarray) -> str:
    return ", ".join(name for name, redrawn in zip(space.names, mask, strict=True) if redrawn)


def _independent(space: Factors, points: np.ndarray) -> tuple[np.ndarray, Redraw]:
    """Base sample and redraw of independent factors from points of shape (n, 2 d)."""
    d = len(space.names)
    kept, fresh = space.values(points[:, :d]), space.values(points[:, d:])
    return kept, lambda rows, mask: np.where(mask, fresh[rows], kept[rows])


def _gaussian_copula(
    space: Factors, points: np.ndarray, correlation: npt.ArrayLike
) -> tuple[np.ndarray, Redraw]:
    """
    Base sample and redraw under a Gaussian copula.

    Notes
    -----
    Given the kept latents k, the redrawn ones are normal with mean R_uk R_kk^-1 k and covariance
    R_uu - R_uk R_kk^-1 R_ku.
    """
    from scipy.special import ndtr, ndtri

    d = len(space.names)
    matrix = _correlation(correlation, d)
    normals = ndtri(points)
    latent = normals[:, :d] @ np.linalg.cholesky(matrix).T

    def redraw(rows: np.ndarray, mask: np.ndarray) -> np.ndarray:
        mixed = latent[rows].copy()
        gain = np.linalg.solve(matrix[np.ix_(~mask, ~mask)], matrix[np.ix_(~mask, mask)])
        spread = matrix[np.ix_(mask, mask)] - matrix[np.ix_(mask, ~mask)] @ gain
        fresh = normals[rows][:, d:][:, mask]
        mixed[:, mask] = mixed[:, ~mask] @ gain + fresh @ np.linalg.cholesky(spread).T
        return space.values(_inside(ndtr(mixed)))

    return space.values(_inside(ndtr(latent))), redraw


def _sampled(space: Factors, n: int, sampler: Sampler, seed: Seed) -> tuple[np.ndarray, Redraw]:
    """Base sample and redraw by a sampler of conditional distributions."""
    rng = generator(seed, 2)
    d = len(space.names)
    base = np.asarray(sampler(np.zeros((n, d)), np.ones(d, bool), rng), dtype=float)

    def redraw(rows: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return np.asarray(sampler(base[rows], mask, rng), dtype=float)

    return base, redraw


def _correlation(correlation: npt.ArrayLike, d: int) -> np.ndarray:
    matrix = np.asarray(correlation, dtype=float)
    if matrix.shape != (d, d):
        raise MethodError(
            f"`dependence` has shape {matrix.shape}; {d} factors need a correlation matrix ({d}, {d})."
        )
    if not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        raise MethodError(
            "`dependence` is no correlation matrix: it is not symmetric with 1 on the diagonal."
        )
    least = float(np.linalg.eigvalsh(matrix)[0])
    if not least > 0:
        raise MethodError(
            f"`dependence` is not positive definite (smallest eigenvalue {least:.3g}). "
            "Put factors that determine each other in one group instead."
        )
    return matrix


def _inside(points: np.ndarray) -> np.ndarray:
    """Probabilities kept inside (0, 1), where a latent normal rounds to an end."""
    return np.clip(points, np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
