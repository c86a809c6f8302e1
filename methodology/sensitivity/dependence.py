"""Factors that depend on each other: how some are drawn anew while the others are kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from methodology.errors import MethodError
from methodology.sensitivity.design import Factors
from methodology.sensitivity.seeds import Seed, generator

Redraw = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Maps rows (positions in the sample) and a mask of factors to values with the masked factors drawn anew."""
Sampler = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]
"""Maps values (n, d), a mask (d,) and a generator to values with the masked columns drawn given the others."""


def independent(space: Factors, points: np.ndarray) -> tuple[np.ndarray, Redraw]:
    """Base sample and redraw of independent factors from points of shape (n, 2 d)."""
    d = len(space.names)
    kept, fresh = space.values(points[:, :d]), space.values(points[:, d:])
    return kept, lambda rows, mask: np.where(mask, fresh[rows], kept[rows])


def gaussian_copula(
    space: Factors, points: np.ndarray, correlation: npt.ArrayLike
) -> tuple[np.ndarray, Redraw]:
    """
    Base sample and redraw under a Gaussian copula.

    Parameters
    ----------
    space : Factors
        Marginal distributions.
    points : array of shape (n, 2 d)
        Uniform points: a base and a fresh half.
    correlation : array of shape (d, d)
        Correlation of the latent normals.

    Raises
    ------
    MethodError
        If `correlation` is no correlation matrix.

    Notes
    -----
    Given the kept latents k, the redrawn ones are normal with mean R_uk R_kk^-1 k and covariance
    R_uu - R_uk R_kk^-1 R_ku.
    """
    from scipy.special import ndtr, ndtri

    d = len(space.names)
    matrix = _checked(correlation, d)
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


def sampled(space: Factors, n: int, sampler: Sampler, seed: Seed) -> tuple[np.ndarray, Redraw]:
    """Base sample and redraw by a sampler of conditional distributions."""
    rng = generator(seed, 2)
    d = len(space.names)
    base = np.asarray(sampler(np.zeros((n, d)), np.ones(d, bool), rng), dtype=float)

    def redraw(rows: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return np.asarray(sampler(base[rows], mask, rng), dtype=float)

    return base, redraw


def _checked(correlation: npt.ArrayLike, d: int) -> np.ndarray:
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
