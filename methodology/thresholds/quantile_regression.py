"""Quantile regression with one slope for several shares, so that the lines of the levels never cross."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from methodology.arguments import Floats, probability
from methodology.errors import DataError, MethodError


def quantile_regression(
    values: ArrayLike, columns: ArrayLike, shares: Sequence[float], *, sign: int = 0
) -> tuple[Floats, Floats]:
    """
    Fit parallel regression quantiles: one intercept per share, slopes common to all.

    Parameters
    ----------
    values : array of shape (n,)
        What is explained, lower tail first: a share of the values lies at or below its line.
    columns : array of shape (n, m)
        What explains it, without a constant.
    shares : sequence of k floats in (0, 1)
        With a single share this is the regression quantile of [1]_; with several the composite one of [2]_.
    sign : {-1, 0, 1}
        Slopes are all at most 0, free, or all at least 0.

    Returns
    -------
    slopes, intercepts : arrays of shape (m,) and (k,)

    Raises
    ------
    DataError
        If there are no more values than slopes and intercepts.
    MethodError
        If the solver finds no optimum.

    Notes
    -----
    Exact: the minimum of sum_j sum_i rho_j(y_i - a_j - x_i b) is a linear program, solved to a vertex.

    References
    ----------
    .. [1] Koenker and Bassett (1978), doi:10.2307/1913643
    .. [2] Zou and Yuan (2008), doi:10.1214/07-AOS507

    Examples
    --------
    >>> slopes, intercepts = quantile_regression([1, 3, 4, 7, 9], [[0], [1], [2], [3], [4]], [0.5])
    >>> slopes.round(6).tolist(), intercepts.round(6).tolist()
    ([2.0], [1.0])
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, eye_array, hstack, kron

    y, x = np.asarray(values, dtype=float), np.asarray(columns, dtype=float)
    wanted = np.array([probability("share", share) for share in shares])
    (n, m), k = x.shape, len(wanted)
    if n <= m + k:
        raise DataError(f"{n} values do not carry {m} slopes and {k} levels; give at least {m + k + 1}.")
    which = kron(eye_array(k), np.ones((n, 1)))
    above = eye_array(n * k)
    equations = hstack([csr_array(np.tile(x, (k, 1))), which, above, -above], format="csr")
    costs = np.concatenate([np.zeros(m + k), np.repeat(wanted, n), np.repeat(1 - wanted, n)])
    slope = {-1: (None, 0), 0: (None, None), 1: (0, None)}[sign]
    bounds = [slope] * m + [(None, None)] * k + [(0, None)] * (2 * n * k)
    found = linprog(costs, A_eq=equations, b_eq=np.tile(y, k), bounds=bounds, method="highs")
    if not found.success:
        raise MethodError(f"The quantile regression of {n} values has no solution: {found.message}")
    return found.x[:m], found.x[m : m + k]
