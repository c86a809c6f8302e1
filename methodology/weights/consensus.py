"""How far a panel of experts agrees: one figure for priorities, one for ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from methodology.errors import DataError, MethodError, Problem, raise_problems
from methodology.weights.rules import rule


def consensus(priorities: Any, *, expert_weights: Any = None) -> float:
    """
    Agreement of experts' priorities, from 0 (everyone wants something else) to 1 (all the same).

    Parameters
    ----------
    priorities : array of shape (n_experts, n_items)
        Each row sums to 1.
    expert_weights : array of shape (n_experts,), optional
        How much each expert counts; equal by default.

    Returns
    -------
    float
        Shannon beta diversity mapped onto [0, 1].

    Notes
    -----
    With H_a the mean entropy of the experts and H_g the entropy of their mean, 1/exp(H_g - H_a) is 1 for identical
    experts [1]_. It is stretched so that 0 is the least value the 1-9 scale allows: exp(H_a) least when one item is 9
    times any other, exp(H_g) at most n. This is the revised form of the indicator of [2]_; priorities beyond the scale
    count as 0 (A-33).

    References
    ----------
    .. [1] Jost (2006), doi:10.1111/j.2006.0030-1299.14714.x
    .. [2] Goepel (2013), Proceedings of the International Symposium on the AHP, Kuala Lumpur; revised on bpmsg.com

    Examples
    --------
    >>> consensus([[0.6, 0.3, 0.1], [0.6, 0.3, 0.1]])
    1.0
    >>> round(consensus([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]]), 3)
    0.321
    """
    rows = np.asarray(priorities, dtype=float)
    counts = np.ones(len(rows)) if expert_weights is None else np.asarray(expert_weights, dtype=float)
    shares = counts / counts.sum()
    size = rows.shape[1]
    if size < 2:
        return 1.0
    alpha = float(shares @ _entropy(rows))
    gamma = float(_entropy(shares @ rows))
    scale = rule("consensus_scale")
    sharpest = np.full(size, 1.0)
    sharpest[0] = scale
    least = float(np.exp(_entropy(sharpest / sharpest.sum()))) / size
    similarity = min(np.exp(alpha - gamma), 1.0)
    return float(max((similarity - least) / (1 - least), 0.0))


def _entropy(rows: np.ndarray) -> np.ndarray:
    """Shannon entropy along the last axis; 0 ln 0 is 0."""
    safe = np.where(rows > 0, rows, 1.0)
    return -(rows * np.log(safe)).sum(axis=-1)


@dataclass(frozen=True)
class Concordance:
    """
    Kendall's coefficient of concordance and its test.

    Attributes
    ----------
    w : float
        0 (ranks unrelated) to 1 (all raters rank alike).
    chi2, p : float
        Test statistic with n_items - 1 degrees of freedom, and its p value under unrelated ranks.
    """

    w: float
    chi2: float
    p: float


def kendall_w(ranks: Any) -> Concordance:
    """
    Agreement of several raters who ranked the same items.

    Parameters
    ----------
    ranks : array of shape (n_raters, n_items)
        One row per rater. Ranks or scores: each row is ranked, ties share their mean rank.

    Returns
    -------
    Concordance
        `.w`, `.chi2`, `.p`.

    Raises
    ------
    DataError
        If a rank is missing or no number, or there are fewer than two raters or items.
    MethodError
        If every rater ranks all items alike, so that there is no order to agree on.

    Notes
    -----
    W = 12 S / (m^2 (n^3 - n) - m sum(t^3 - t)) with t the sizes of ties; chi2 = m (n - 1) W, an approximation that
    wants more than seven items [1]_.

    References
    ----------
    .. [1] Siegel and Castellan (1988), Nonparametric Statistics for the Behavioral Sciences, section 9.3

    Examples
    --------
    >>> round(kendall_w([[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]).w, 4)
    0.1619
    """
    try:
        table = np.asarray(ranks, dtype=float)
    except (TypeError, ValueError) as fault:
        raise DataError(f"Ranks are numbers, as many of every rater: {fault}.") from fault
    _refuse_ranks(table)
    from scipy.special import chdtrc  # scipy.stats would take seconds to import

    raters, items = table.shape
    ranked, tied = zip(*(_mean_ranks(row) for row in table), strict=True)
    totals = np.sum(ranked, axis=0)
    spread = float(((totals - totals.mean()) ** 2).sum())
    ties = float(sum((counts**3 - counts).sum() for counts in tied))
    largest = raters**2 * (items**3 - items) - raters * ties
    if largest <= 0:
        raise MethodError(
            "Every rater ranks all items alike: there is no order, so agreement on it has no meaning."
        )
    w = 12 * spread / largest
    chi2 = raters * (items - 1) * w
    return Concordance(w=w, chi2=chi2, p=float(chdtrc(items - 1, chi2)))


def _mean_ranks(row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ranks from 1 with ties sharing their mean, and the sizes of the ties."""
    _, places, counts = np.unique(row, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places], counts


def _refuse_ranks(table: np.ndarray) -> None:
    if table.ndim != 2 or min(table.shape) < 2:
        shape = " x ".join(str(side) for side in table.shape) or "a single number"
        raise DataError(
            f"Concordance needs at least 2 raters (rows) and 2 items (columns); the table is {shape}."
        )
    raise_problems(
        DataError,
        "Ranks are missing; a rater who left items out cannot be compared with the others.",
        [
            Problem(f"rater {i + 1} gave item {j + 1} no rank.", fix="Leave out the rater, or the item.")
            for i, j in np.argwhere(~np.isfinite(table))
        ],
    )
