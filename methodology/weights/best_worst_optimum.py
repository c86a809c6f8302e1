"""Kernels: exact optima of the two best-worst models. Arrays in, arrays out, no checks."""

from __future__ import annotations

import numpy as np

Optimum = tuple[np.ndarray, float, np.ndarray, np.ndarray]
"""Weights, xi, and the least and greatest value of each weight over all optima."""

_TIE = 1e-9
_CONSISTENT = 1e-12


def nonlinear_xi(to_others: np.ndarray, to_worst: np.ndarray, best: int, worst: int) -> float:
    """
    Optimal value of the nonlinear model, in closed form.

    Notes
    -----
    With r = w_B/w_W, item j fits for a given xi iff (a_Bj - xi)(a_jW - xi) <= r <= (a_Bj + xi)(a_jW + xi), and r itself
    must lie within xi of a_BW. The least xi for which all these ranges of r meet is the largest at which two of them
    just touch: a root of a quadratic for an item and a_BW, of a linear equation for two items.
    """
    others = [j for j in range(len(to_others)) if j not in (best, worst)]
    top, a, b = to_others[worst], to_others[others], to_worst[others]
    products, sums = a * b, a + b
    half = (sums + 1) / 2
    above = half - np.sqrt(np.maximum(half**2 - (products - top), 0.0))
    below = -half + np.sqrt(np.maximum(half**2 - (products - top), 0.0))
    pairs = (products[:, None] - products) / (sums[:, None] + sums)
    return float(max([0.0, *above[products > top], *below[products < top], *pairs.ravel()]))


def nonlinear_optimum(to_others: np.ndarray, to_worst: np.ndarray, best: int, worst: int) -> Optimum:
    """
    Weights of the nonlinear model.

    Notes
    -----
    The optimum fixes w_B/w_W, where two ranges touch, but leaves every other ratio w_j/w_W a range of its own. The
    weights given take the middle of each, which is itself an optimum; a normalised weight is least when all other items
    take their greatest ratio, and the reverse.
    """
    xi = nonlinear_xi(to_others, to_worst, best, worst)
    ratio = _ratio(to_others, to_worst, best, worst, xi)
    low, high = _item_ranges(to_others, to_worst, best, worst, xi, ratio)
    middle = (low + high) / 2
    lower, upper = low / (low + high.sum() - high), high / (high + low.sum() - low)
    return middle / middle.sum(), xi, lower, upper


def _ratio(to_others: np.ndarray, to_worst: np.ndarray, best: int, worst: int, xi: float) -> float:
    """w_B/w_W at the optimum: the one value that all ranges share, up to rounding."""
    if best == worst:
        return 1.0
    others = [j for j in range(len(to_others)) if j not in (best, worst)]
    top, a, b = to_others[worst], to_others[others], to_worst[others]
    low = max([top - xi, *(np.maximum(a - xi, 0) * np.maximum(b - xi, 0))])
    high = min([top + xi, *((a + xi) * (b + xi))])
    return float((low + high) / 2)


def _item_ranges(
    to_others: np.ndarray, to_worst: np.ndarray, best: int, worst: int, xi: float, ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest w_j/w_W of every item, with w_B/w_W = `ratio`."""
    with np.errstate(divide="ignore"):
        from_best = np.where(to_others > xi, ratio / np.maximum(to_others - xi, 0.0), np.inf)
    low = np.maximum(ratio / (to_others + xi), to_worst - xi)
    high = np.minimum(from_best, to_worst + xi)
    # Where the optimum pins an item, rounding may put one end past the other.
    pinned = np.where(high < low, (low + high) / 2, np.nan)
    low, high = np.where(np.isnan(pinned), low, pinned), np.where(np.isnan(pinned), high, pinned)
    for place, value in ((best, ratio), (worst, 1.0)):
        low[place] = high[place] = value
    return low, high


def linear_optimum(to_others: np.ndarray, to_worst: np.ndarray, best: int, worst: int) -> Optimum:
    """
    Weights of the linear model.

    Notes
    -----
    Divide all weights by xi: least xi is the greatest sum. Given x = w_B/xi and y = w_W/xi, every other item takes the
    largest value allowed, min(a_jW y + 1, (x + 1)/a_Bj), so a concave function of x and y alone is left, linear between
    a few lines. Its maximum lies where two of the lines cross; all crossings are tried at once. Where several share the
    maximum, the weights are their mean and the ranges span them.
    """
    top = to_others[worst]
    if best == worst or np.abs(to_others * to_worst - top).max() <= _CONSISTENT * top:
        weights = to_worst / to_worst.sum()
        return weights, 0.0, weights.copy(), weights.copy()
    others = np.array([j for j in range(len(to_others)) if j not in (best, worst)], dtype=int)
    points = _crossings(to_others[others], to_worst[others], top)
    scaled = np.empty((len(points), len(to_others)))
    scaled[:, best], scaled[:, worst] = points[:, 0], points[:, 1]
    scaled[:, others] = np.minimum(
        points[:, 1, None] * to_worst[others] + 1, (points[:, 0, None] + 1) / to_others[others]
    )
    totals = scaled.sum(axis=1)
    optima = scaled[totals >= totals.max() * (1 - _TIE)] / totals[totals >= totals.max() * (1 - _TIE), None]
    optima = np.unique(np.round(optima, 12), axis=0)
    weights = optima.mean(axis=0)
    return weights / weights.sum(), float(1 / totals.max()), optima.min(axis=0), optima.max(axis=0)


def _crossings(a: np.ndarray, b: np.ndarray, top: float) -> np.ndarray:
    """Feasible points (x, y) where two of the lines p x + q y = r meet, on which the sum changes its slope."""
    unit = np.ones_like(a)
    lines = np.vstack(
        [
            [[1.0, -top, 1.0], [1.0, -top, -1.0], [0.0, 1.0, 0.0]],
            np.column_stack([unit, -a * b, a - 1]),  # both upper ends of an item are equal
            np.column_stack([unit, -a * b, 1 + a]),  # the least from the best meets the most to the worst
            np.column_stack([unit, -a * b, -(1 + a)]),
        ]
    )
    i, j = np.triu_indices(len(lines), 1)
    p, q = lines[i], lines[j]
    determinant = p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]
    crossing = np.abs(determinant) > _CONSISTENT * top
    p, q, determinant = p[crossing], q[crossing], determinant[crossing]
    x = (p[:, 2] * q[:, 1] - p[:, 1] * q[:, 2]) / determinant
    y = (p[:, 0] * q[:, 2] - p[:, 2] * q[:, 0]) / determinant
    slack = _TIE * (1 + np.abs(x) + top * np.abs(y))
    with np.errstate(invalid="ignore"):
        gap = x[:, None] - a * b * y[:, None]
        fits = (np.abs(x - top * y) <= 1 + slack) & (y >= -slack) & (x >= -slack)
        fits &= (np.abs(gap) <= (1 + a) + slack[:, None] * (1 + a)).all(axis=1)
    return np.column_stack([x, y])[fits]
