"""Best-worst method: 2n - 3 comparisons instead of n(n - 1)/2, solved to the optimum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from methodology.errors import JudgementError, MethodError, Problem, raise_problems
from methodology.indicators.judgements import read_ratio
from methodology.weights.rules import best_worst_threshold

Model = Literal["linear", "nonlinear"]
MODELS = ("linear", "nonlinear")
Optimum = tuple[np.ndarray, float, np.ndarray, np.ndarray]
"""Weights, xi, and the least and greatest value of each weight over all optima."""
_TIE = 1e-9
_CONSISTENT = 1e-12


@dataclass(frozen=True)
class BestWorstResult:
    """
    Weights of one best-worst judgement and its consistency.

    Attributes
    ----------
    weights : array of shape (n,), or Series with the labels given
        Sum to 1; the centre of the optima where there are several.
    xi : float
        Optimal value of the model: 0 for a consistent judgement.
    lower, upper : like `weights`
        Range of each weight over all optima.
    input_consistency : float
        Largest ``|a_Bj a_jW - a_BW| / (a_BW^2 - a_BW)``: known from the answers alone.
    threshold : float or None
        Largest acceptable `input_consistency` for this size and scale, where one is published.
    output_consistency : float
        Optimal value of the nonlinear model over the largest one possible for a_BW.
    best, worst : item
        Best and worst item.
    model : str
        Model solved.
    """

    weights: np.ndarray | pd.Series
    xi: float
    lower: np.ndarray | pd.Series
    upper: np.ndarray | pd.Series
    input_consistency: float
    threshold: float | None
    output_consistency: float
    best: Any
    worst: Any
    model: str

    @property
    def centre(self) -> np.ndarray | pd.Series:
        """Middle of the range of each weight; need not sum to 1."""
        return (self.lower + self.upper) / 2

    @property
    def acceptable(self) -> bool | None:
        """Whether the answers contradict each other less than the threshold allows; None without a threshold."""
        return None if self.threshold is None else bool(self.input_consistency <= self.threshold)


def best_worst(
    best_to_others: Any,
    others_to_worst: Any,
    *,
    model: Model = "linear",
    scale: float | None = None,
    name: str = "",
) -> BestWorstResult:
    """
    Weights from comparisons of the best item with all others, and of all others with the worst.

    Parameters
    ----------
    best_to_others : sequence of n, or Series or mapping by item
        How many times as much the best item matters as each; 1 for itself.
    others_to_worst : sequence of n, or Series or mapping by item
        How many times as much each matters as the worst item; 1 for itself.
    model : {"linear", "nonlinear"}
        Smallest largest ``|w_B - a_Bj w_j|``, ``|w_j - a_jW w_W|`` [2]_, or the same of the ratios w_B/w_j and
        w_j/w_W [1]_.
    scale : float, optional
        Largest comparison allowed, e.g. 9. Not checked by default.
    name : str
        Whose judgement it is, for messages.

    Returns
    -------
    BestWorstResult
        `.weights`, `.xi`, their range over all optima and the consistency of the answers.

    Raises
    ------
    JudgementError
        If the two sequences do not fit together; every fault at once.
    MethodError
        If the model is unknown.

    Notes
    -----
    Both optima are exact, no penalty or iteration is involved (A-34). The nonlinear optimum is the largest root over
    pairs of comparisons, and often many weights share it; the linear one is a vertex in two unknowns. Consistency as in
    [3]_.

    References
    ----------
    .. [1] Rezaei (2015), doi:10.1016/j.omega.2014.11.009
    .. [2] Rezaei (2016), doi:10.1016/j.omega.2015.12.001
    .. [3] Liang, Brunelli and Rezaei (2020), doi:10.1016/j.omega.2019.102175

    Examples
    --------
    The third item is best, the first is worst:

    >>> result = best_worst([8, 2, 1], [1, 5, 8])
    >>> print(result.weights.round(4), round(result.xi, 4))
    [0.0714 0.3214 0.6071] 0.0357
    """
    if model not in MODELS:
        raise MethodError(f"There is no best-worst model {model!r}. Choose one of {', '.join(MODELS)}.")
    best_to_others, others_to_worst = (
        pd.Series(answers, dtype=object) if isinstance(answers, Mapping) else answers
        for answers in (best_to_others, others_to_worst)
    )
    labels = list(best_to_others.index) if isinstance(best_to_others, pd.Series) else None
    to_others, to_worst = _answers(best_to_others, others_to_worst, scale, name)
    best, worst = _ends(to_others, to_worst, labels, name)
    solve = _linear_optimum if model == "linear" else _nonlinear_optimum
    weights, xi, lower, upper = solve(to_others, to_worst, best, worst)
    top = to_others[worst]

    def labelled(values: np.ndarray) -> Any:
        return values if labels is None else pd.Series(values, index=labels)

    return BestWorstResult(
        weights=labelled(weights),
        xi=xi,
        lower=labelled(lower),
        upper=labelled(upper),
        input_consistency=_input_consistency(to_others, to_worst, top),
        threshold=best_worst_threshold(top, len(to_others)),
        output_consistency=_output_consistency(_nonlinear_xi(to_others, to_worst, best, worst), top),
        best=labels[best] if labels is not None else best + 1,
        worst=labels[worst] if labels is not None else worst + 1,
        model=model,
    )


def _answers(
    best_to_others: Any, others_to_worst: Any, scale: float | None, name: str
) -> tuple[np.ndarray, np.ndarray]:
    whose = f" of {name}" if name else ""
    if isinstance(best_to_others, pd.Series) and isinstance(others_to_worst, pd.Series):
        if set(best_to_others.index) != set(others_to_worst.index):
            raise JudgementError(
                f"The best-worst judgement{whose} compares different items with best and with worst."
            )
        if not best_to_others.index.equals(others_to_worst.index):
            others_to_worst = others_to_worst[best_to_others.index]
    pair = [[read_ratio(cell) for cell in side] for side in (best_to_others, others_to_worst)]
    if not 0 < len(pair[0]) == len(pair[1]):
        raise JudgementError(
            f"The best-worst judgement{whose} has {len(pair[0])} comparisons with the best item and {len(pair[1])} "
            "with the worst; every item needs both."
        )
    problems = []
    for values, given, what in zip(
        pair, (best_to_others, others_to_worst), ("best to", "to worst"), strict=True
    ):
        for place, (value, cell) in enumerate(zip(values, given, strict=True), start=1):
            if not value >= 1:
                problems.append(Problem(f"item {place}, {what}: {cell!r} is no number of at least 1."))
            elif scale is not None and value > scale:
                problems.append(Problem(f"item {place}, {what}: {value:g} exceeds the scale of {scale:g}."))
    raise_problems(JudgementError, f"The best-worst judgement{whose} cannot be used.", problems)
    return np.array(pair[0]), np.array(pair[1])


def _ends(
    to_others: np.ndarray, to_worst: np.ndarray, labels: list[Any] | None, name: str
) -> tuple[int, int]:
    """Places of the best and the worst item: where the comparison with itself is 1; among several, the extreme one."""
    whose = f" of {name}" if name else ""
    own_best, own_worst = np.flatnonzero(to_others == 1), np.flatnonzero(to_worst == 1)
    problems = []
    if not own_best.size:
        problems.append(Problem("no item is the best: none has 1 in the comparisons with the best item."))
    if not own_worst.size:
        problems.append(Problem("no item is the worst: none has 1 in the comparisons with the worst item."))
    raise_problems(JudgementError, f"The best-worst judgement{whose} cannot be used.", problems)
    best = int(own_best[np.argmax(to_worst[own_best])])
    worst = int(own_worst[np.argmax(to_others[own_worst])])
    if best == worst and max(to_others.max(), to_worst.max()) > 1:
        raise JudgementError(
            f"The best-worst judgement{whose} calls one item both best and worst, yet others differ."
        )
    if to_others[worst] != to_worst[best]:
        names = [str(labels[i]) if labels is not None else f"item {i + 1}" for i in (best, worst)]
        raise JudgementError(
            f"The best-worst judgement{whose} compares {names[0]} with {names[1]} twice and differently: "
            f"{to_others[worst]:g} among the comparisons of the best, {to_worst[best]:g} among those with the worst."
        )
    return best, worst


def _input_consistency(to_others: np.ndarray, to_worst: np.ndarray, top: float) -> float:
    if top == 1:
        return 0.0
    return float(np.abs(to_others * to_worst - top).max() / (top**2 - top))


def _output_consistency(xi: float, top: float) -> float:
    """`xi` over the largest possible, the root of x^2 - (1 + 2a) x + a^2 - a."""
    if top == 1:
        return 0.0
    return float(xi / ((1 + 2 * top - np.sqrt(1 + 8 * top)) / 2))


def _nonlinear_xi(to_others: np.ndarray, to_worst: np.ndarray, best: int, worst: int) -> float:
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


def _nonlinear_optimum(to_others: np.ndarray, to_worst: np.ndarray, best: int, worst: int) -> Optimum:
    """
    Weights of the nonlinear model.

    Notes
    -----
    The optimum fixes w_B/w_W, where two ranges touch, but leaves every other ratio w_j/w_W a range of its own. The
    weights given take the middle of each, which is itself an optimum; a normalised weight is least when all other items
    take their greatest ratio, and the reverse.
    """
    xi = _nonlinear_xi(to_others, to_worst, best, worst)
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


def _linear_optimum(to_others: np.ndarray, to_worst: np.ndarray, best: int, worst: int) -> Optimum:
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
