"""Dependence between indicators: a Gaussian copula from listed rank correlations and one technology factor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.indicators import Direction, IndicatorSystem, Kind, Level
from synthetic.recipe import Loadings

Floats = NDArray[np.float64]
TECHNOLOGY = "technology"
SMALLEST_EIGENVALUE = 1e-3


def loading(system: IndicatorSystem, name: str, loadings: Loadings) -> float:
    """Signed correlation of one indicator's value with newer technology."""
    indicator = system[name]
    if name in loadings.own:
        size = loadings.own[name]
    elif indicator.kind is Kind.QUALITATIVE:
        passed = (indicator.shares or {}).get(Level.II, 0.0) == 0.0
        size = loadings.gate if passed else loadings.qualitative
    else:
        size = 0.0 if indicator.direction is Direction.INTERVAL else loadings.quantitative
    return size if indicator.direction is Direction.HIGHER else -size


def target_correlations(
    system: IndicatorSystem, loadings: Loadings, first: Sequence[str] = ()
) -> pd.DataFrame:
    """
    Correlations wanted among the technology factor and all indicators, those named in `first` before the others.

    Listed pairs have their listed value; every other pair is correlated through technology alone. The rank
    correlation r becomes 2 sin(pi r / 6) on the normal scale, and the matrix the nearest that is positive definite.

    Returns
    -------
    DataFrame of shape (1 + n_indicators, 1 + n_indicators)
    """
    indicators = [*first, *(name for name in system.ids if name not in first)]
    names = [TECHNOLOGY, *indicators]
    loads = np.array([1.0, *(loading(system, name, loadings) for name in indicators)])
    matrix = np.outer(loads, loads)
    np.fill_diagonal(matrix, 1.0)
    table = pd.DataFrame(matrix, index=names, columns=names)
    for pair in system.correlations:
        table.loc[pair.a, pair.b] = table.loc[pair.b, pair.a] = 2 * np.sin(np.pi * pair.rho / 6)
    return pd.DataFrame(nearest_correlation(table.to_numpy()), index=names, columns=names)


def nearest_correlation(matrix: Floats, *, smallest: float = SMALLEST_EIGENVALUE) -> Floats:
    """
    Correlation matrix near `matrix` with no eigenvalue below `smallest`.

    Negative eigenvalues are raised and the diagonal is scaled back to one, once: the spectral method, enough
    where the listed correlations contradict each other only a little.

    Examples
    --------
    >>> nearest_correlation(np.array([[1.0, 0.5], [0.5, 1.0]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    values, vectors = np.linalg.eigh(matrix)
    if values[0] >= smallest:
        return matrix
    lifted = (vectors * np.maximum(values, smallest)) @ vectors.T
    scale = np.sqrt(np.diag(lifted))
    return lifted / np.outer(scale, scale)


def ranks(column: Floats) -> NDArray[np.int64]:
    """Position of each value, 0 for the smallest."""
    return np.argsort(np.argsort(column, kind="stable"), kind="stable")


def correlated_scores(given: Floats, target: Floats, rng: np.random.Generator) -> Floats:
    """
    Scores whose sample correlation is `target` and whose first columns are given.

    Parameters
    ----------
    given : array of shape (n_plants, k)
        Normal scores known beforehand: the technology, and indicators built from other systems.
    target : array of shape (d, d)
        Wanted correlations, the given columns first; needs n_plants > d. Where the given columns are correlated
        otherwise among themselves, the rest follows the nearest matrix that agrees with them.

    Returns
    -------
    array of shape (n_plants, d)

    References
    ----------
    .. [1] Iman and Conover (1982), doi:10.1080/03610918208812265
    """
    n, k = given.shape
    known = (given - given.mean(axis=0)) / given.std(axis=0)
    wanted = target.copy()
    wanted[:k, :k] = known.T @ known / n
    wanted = nearest_correlation(wanted)
    drawn = np.column_stack([known, rng.standard_normal((n, len(target)))[:, k:]])
    basis, triangle = np.linalg.qr(drawn - drawn.mean(axis=0))
    white = basis[:, k:] * np.sign(np.diag(triangle)[k:]) * np.sqrt(n)
    slopes = np.linalg.solve(wanted[:k, :k], wanted[:k, k:])
    rest = nearest_residual(wanted[k:, k:] - wanted[k:, :k] @ slopes)
    return np.column_stack([known, known @ slopes + white @ np.linalg.cholesky(rest).T])


def nearest_residual(matrix: Floats, *, smallest: float = SMALLEST_EIGENVALUE) -> Floats:
    """Covariance near `matrix` with no eigenvalue below `smallest`."""
    values, vectors = np.linalg.eigh(matrix)
    if values[0] >= smallest:
        return matrix
    return (vectors * np.maximum(values, smallest)) @ vectors.T


def even_shares(scores: Floats, rng: np.random.Generator) -> Floats:
    """
    Shares in (0, 1) in the order of `scores`, one in each n-th part, so that quantiles of few plants are true.

    Returns
    -------
    array of the shape of `scores`, columns treated one by one
    """
    n = scores.shape[0]
    order = np.column_stack([ranks(column) for column in scores.T])
    return (order + rng.uniform(0.05, 0.95, scores.shape)) / n
