"""Dependence between indicators: a Gaussian copula from listed rank correlations and one technology factor."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from methodology.indicators import Direction, IndicatorSystem, Kind, Level
from methodology.sample.synthetic.marginals import normal_scores
from methodology.sample.synthetic.recipe import Loadings

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


def target_correlations(system: IndicatorSystem, loadings: Loadings) -> pd.DataFrame:
    """
    Correlations wanted among the technology factor and all indicators.

    Listed pairs have their listed value; every other pair is correlated through technology alone. The rank
    correlation r becomes 2 sin(pi r / 6) on the normal scale, and the matrix the nearest that is positive definite.

    Returns
    -------
    DataFrame of shape (1 + n_indicators, 1 + n_indicators)
    """
    names = [TECHNOLOGY, *system.ids]
    loads = np.array([1.0, *(loading(system, name, loadings) for name in system.ids)])
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


def correlated_scores(first: Floats, target: Floats, rng: np.random.Generator) -> Floats:
    """
    Scores whose sample correlation is exactly `target` and whose first column keeps the order of `first`.

    Parameters
    ----------
    first : array of shape (n_plants,)
        Given factor; only its order matters.
    target : array of shape (d, d)
        Positive definite; needs n_plants > d.

    Returns
    -------
    array of shape (n_plants, d)

    References
    ----------
    .. [1] Iman and Conover (1982), doi:10.1080/03610918208812265
    """
    n, d = len(first), len(target)
    drawn = rng.standard_normal((n, d))
    drawn[:, 0] = normal_scores((ranks(first) + 0.5) / n)
    centred = drawn - drawn.mean(axis=0)
    basis, triangle = np.linalg.qr(centred)
    white = basis * np.sign(np.diag(triangle)) * np.sqrt(n)
    return white @ np.linalg.cholesky(target).T


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
