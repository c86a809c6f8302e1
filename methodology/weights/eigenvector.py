"""Kernels: stacks of judgement matrices to priorities and eigenvalues. No checks here."""

from __future__ import annotations

import numpy as np

_SQUARINGS = 4
_ROUNDS = 60
_GAP = 1e-13


def eigenvector(matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Principal right eigenvectors and eigenvalues of positive matrices.

    Parameters
    ----------
    matrices : array of shape (k, n, n)
        Positive, or at least irreducible with a positive diagonal.

    Returns
    -------
    priorities, eigenvalues
        Shapes (k, n), rows summing to 1, and (k,).

    Notes
    -----
    Power iteration on the 16th power of each matrix, the whole stack at once. After each round the Collatz-Wielandt
    bounds min (Aw)_i/w_i <= lambda <= max (Aw)_i/w_i enclose the eigenvalue [1]_; iteration ends when they meet, so
    the answer is certified and no convergence is assumed. Whatever is left goes to a general eigenvalue solver.

    References
    ----------
    .. [1] Collatz (1942), doi:10.1007/BF01180013
    """
    power = matrices
    for _ in range(_SQUARINGS):
        power = power @ power
        power = power / power.sum(axis=(1, 2), keepdims=True)
    # The stack runs along the last axis: memory is read in order.
    rows, powers = (np.ascontiguousarray(np.moveaxis(stack, 0, -1)) for stack in (matrices, power))
    weights = powers.sum(axis=1)
    for _ in range(_ROUNDS):
        weights = weights / weights.sum(axis=0)
        ratios = np.einsum("ijk,jk->ik", rows, weights) / weights
        low, high = ratios.min(axis=0), ratios.max(axis=0)
        open_ = high - low > _GAP * high
        if not open_.any():
            break
        weights = np.einsum("ijk,jk->ik", powers, weights)
    priorities, values = weights.T.copy(), (low + high) / 2
    for k in np.flatnonzero(open_):
        priorities[k], values[k] = _general(matrices[k])
    return priorities, values


def _general(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    return vector / vector.sum(), float(values[first].real)


def geometric_mean(matrices: np.ndarray) -> np.ndarray:
    """
    Row geometric means, each row of the result summing to 1; (k, n, n) to (k, n).

    References
    ----------
    .. [1] Crawford and Williams (1985), doi:10.1016/0022-2496(85)90002-1
    """
    means = np.exp(np.log(matrices).mean(axis=2))
    return means / means.sum(axis=1, keepdims=True)


def geometric_index(matrices: np.ndarray) -> np.ndarray:
    """
    Geometric consistency index of each matrix; (k, n, n) to (k,).

    References
    ----------
    .. [1] Aguaron and Moreno-Jimenez (2003), doi:10.1016/S0377-2217(02)00255-2
    """
    size = matrices.shape[1]
    if size < 3:
        return np.zeros(len(matrices))
    logs = np.log(matrices)
    means = logs.mean(axis=2)
    errors = logs - means[:, :, None] + means[:, None, :]
    # Every pair appears twice in the square.
    return (errors**2).sum(axis=(1, 2)) / ((size - 1) * (size - 2))
