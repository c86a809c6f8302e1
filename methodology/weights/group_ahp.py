"""Several experts' pairwise comparisons become one set of priorities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from methodology.errors import JudgementError, MethodError, Problem, raise_problems
from methodology.indicators.display import fixed
from methodology.weights.ahp import PairwiseResult, Priority, ahp, pairwise_figures
from methodology.weights.consensus import consensus

Aggregation = Literal["AIJ", "AIP", "AIP-arithmetic", "AIP-geometric"]
AGGREGATIONS = ("AIJ", "AIP-arithmetic", "AIP-geometric")


@dataclass(frozen=True)
class PanelResult:
    """
    What a panel says, and how far its members stand apart.

    Attributes
    ----------
    weights : array of shape (n,), or Series with the labels of the matrices
        Priorities of the group; sum to 1.
    lambda_max, consistency_index, consistency_ratio, geometric_consistency_index : float
        Of the group matrix (AIJ), or the mean over the experts who count (AIP).
    consensus : float
        Agreement of the experts who count, 0 to 1.
    individual : DataFrame of shape (n_experts, n)
        Priorities of each expert, excluded ones too.
    consistency : DataFrame indexed by expert
        Columns lambda_max, consistency_index, consistency_ratio, geometric_consistency_index, excluded.
    excluded : tuple
        Experts left out for their consistency ratio.
    spread : DataFrame indexed by item
        Columns lowest, q1, median, q3, highest over the experts who count, and without_lowest, without_highest: how far
        the group's priority moves when one of them is left out.
    leave_one_out : DataFrame of shape (n_counting, n)
        Priorities of the group without each expert; empty for a single one.
    how, random_index : str
        Choices made.
    results : dict
        `PairwiseResult` by expert.
    """

    weights: np.ndarray | pd.Series
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    geometric_consistency_index: float
    consensus: float
    individual: pd.DataFrame
    consistency: pd.DataFrame
    excluded: tuple[Any, ...]
    leave_one_out: pd.DataFrame
    how: str
    random_index: str
    results: dict[Any, PairwiseResult]

    @cached_property
    def spread(self) -> pd.DataFrame:
        """Worked out when asked for: a run looks at it for one of dozens of panels."""
        counting = [name not in self.excluded for name in self.individual.index]
        return _spread(self.individual[counting], self.leave_one_out)


def group_ahp(
    matrices: Any,
    *,
    how: Aggregation = "AIJ",
    expert_weights: Sequence[float] | None = None,
    experts: Sequence[Any] | None = None,
    consistency_limit: float | None = None,
    **options: Any,
) -> PanelResult:
    """
    Bring the matrices of several experts together.

    Parameters
    ----------
    matrices : sequence of k matrices of shape (n, n), or mapping from expert to matrix
        Each as for `ahp`; DataFrames must agree on their labels.
    how : {"AIJ", "AIP-arithmetic", "AIP-geometric"}
        Geometric mean of the matrices, or arithmetic or geometric mean of the priorities [1]_. "AIP" is short for
        "AIP-arithmetic".
    expert_weights : sequence of k, optional
        How much each expert counts; equal by default.
    experts : sequence of k, optional
        Names; 1, 2, ... by default.
    consistency_limit : float, optional
        Experts whose consistency ratio is larger are left out and named. All count by default.
    **options
        As for `ahp`: random_index, priority, scale, labels.

    Returns
    -------
    PanelResult
        `.weights`, `.lambda_max`, `.consistency_index`, `.consistency_ratio`, `.consensus` and more.

    Raises
    ------
    JudgementError
        If any matrix is at fault, the sizes differ, or no expert is left within the limit.
    MethodError
        If `how` is unknown.

    Notes
    -----
    The geometric mean is the only mean of matrices that keeps them reciprocal [2]_. An expert's missing comparisons are
    completed before aggregation, and an expert is left out of this matrix only, not of others (A-32).

    References
    ----------
    .. [1] Forman and Peniwati (1998), doi:10.1016/S0377-2217(97)00244-0
    .. [2] Aczel and Saaty (1983), doi:10.1016/0022-2496(83)90028-7

    Examples
    --------
    One expert says 4, the other 1; the group says 2:

    >>> group = group_ahp([[[1, 4], [1 / 4, 1]], [[1, 1], [1, 1]]])
    >>> print(group.weights.round(4), round(group.consensus, 2))
    [0.6667 0.3333] 0.84
    """
    how = "AIP-arithmetic" if how == "AIP" else how
    if how not in AGGREGATIONS:
        raise MethodError(f"There is no aggregation {how!r}. Choose one of {', '.join(AGGREGATIONS)}.")
    results = _individual(matrices, experts, options)
    random_index = options.get("random_index", "saaty-1980")
    priority: Priority = options.get("priority", "eigenvector")
    counts = _counts(expert_weights, list(results))
    consistency = _consistency(results, consistency_limit)
    counting = ~consistency["excluded"].to_numpy(dtype=bool)
    kept = _within(results, counting, consistency_limit)
    shares = counts[counting]
    rows, figures = _aggregate(kept, shares[None], how, random_index, priority)
    without = _leave_one_out(kept, shares, how, random_index, priority)
    items = list(without.columns)
    individual = pd.DataFrame(
        [np.asarray(r.weights) for r in results.values()], index=list(results), columns=items
    )
    labelled = isinstance(next(iter(results.values())).weights, pd.Series)
    return PanelResult(
        weights=pd.Series(rows[0], index=items) if labelled else rows[0],
        **{name: float(values[0]) for name, values in figures.items()},
        consensus=consensus(individual[counting], expert_weights=shares),
        individual=individual,
        consistency=consistency,
        excluded=tuple(name for name in results if name not in kept),
        leave_one_out=without,
        how=how,
        random_index=random_index,
        results=results,
    )


def _within(
    results: dict[Any, PairwiseResult], counting: np.ndarray, limit: float | None
) -> dict[Any, PairwiseResult]:
    """The experts who count, by rule; refused where nobody is left."""
    kept = {name: result for (name, result), counts in zip(results.items(), counting, strict=True) if counts}
    if not kept:
        raise JudgementError(
            f"No expert is left: every consistency ratio exceeds {limit:g} "
            f"({', '.join(f'{name}: {fixed(r.consistency_ratio, 3)}' for name, r in results.items())}). "
            "Ask the experts to look at their worst judgements again, or raise the limit."
        )
    return kept


def _individual(
    matrices: Any, experts: Sequence[Any] | None, options: dict[str, Any]
) -> dict[Any, PairwiseResult]:
    named = dict(matrices) if hasattr(matrices, "items") and not isinstance(matrices, pd.DataFrame) else None
    if named is None:
        stack = list(matrices)
        names = list(experts) if experts is not None else list(range(1, len(stack) + 1))
        if len(names) != len(stack) or len(set(names)) != len(names):
            raise JudgementError(f"{len(stack)} matrices have {len(set(names))} different names of experts.")
        named = dict(zip(names, stack, strict=True))
    if not named:
        raise JudgementError("There is no judgement matrix to aggregate.")
    results, problems = {}, []
    for name, matrix in named.items():
        try:
            results[name] = ahp(matrix, name=f"expert {name}", **options)
        except JudgementError as error:
            inner = [str(problem) for problem in error.problems] or [str(error)]
            problems += [Problem(f"expert {name}: {text}") for text in inner]
    raise_problems(JudgementError, "Judgement matrices of the panel cannot be used.", problems)
    if len({result.labels for result in results.values()}) > 1:
        raise JudgementError("The experts' matrices do not compare the same items in the same order.")
    return results


def _counts(expert_weights: Sequence[float] | None, names: list[Any]) -> np.ndarray:
    values = np.ones(len(names)) if expert_weights is None else np.asarray(expert_weights, dtype=float)
    if values.shape != (len(names),) or not np.isfinite(values).all() or (values <= 0).any():
        raise JudgementError(f"{len(names)} experts need as many positive weights; given: {list(values)}.")
    return values


_FIGURES = ("lambda_max", "consistency_index", "consistency_ratio", "geometric_consistency_index")


def _consistency(results: dict[Any, PairwiseResult], limit: float | None) -> pd.DataFrame:
    rows = [[getattr(result, name) for name in _FIGURES] for result in results.values()]
    table = pd.DataFrame(rows, index=list(results), columns=list(_FIGURES))
    table["excluded"] = False if limit is None else table["consistency_ratio"] > limit
    return table


def _aggregate(
    results: dict[Any, PairwiseResult], counts: np.ndarray, how: str, table: str, priority: Priority
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Priorities (m, n) and consistency figures (m,) of the group under m sets of expert weights (m, k)."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    if how == "AIJ":
        logs = np.log(np.stack([r.matrix for r in results.values()]))
        group = pairwise_figures(np.exp(np.einsum("mk,kij->mij", shares, logs)), table, priority)
        return group.weights, {name: getattr(group, name) for name in _FIGURES}
    rows = np.stack([np.asarray(r.weights) for r in results.values()])
    means = shares @ rows if how == "AIP-arithmetic" else np.exp(shares @ np.log(rows))
    figures = {name: shares @ [getattr(r, name) for r in results.values()] for name in _FIGURES}
    return means / means.sum(axis=1, keepdims=True), figures


def _leave_one_out(
    results: dict[Any, PairwiseResult], shares: np.ndarray, how: str, table: str, priority: Priority
) -> pd.DataFrame:
    """Priorities of the group without each expert in turn; no row for a single one."""
    items = list(next(iter(results.values())).labels)
    if len(results) < 2:
        return pd.DataFrame(columns=items, dtype=float)
    others = shares * (1 - np.eye(len(results)))
    rows, _ = _aggregate(results, others, how, table, priority)
    return pd.DataFrame(rows, index=list(results), columns=items)


def _spread(individual: pd.DataFrame, without: pd.DataFrame) -> pd.DataFrame:
    table = individual.quantile([0, 0.25, 0.5, 0.75, 1]).T
    table.columns = ["lowest", "q1", "median", "q3", "highest"]
    base = without if len(without) else individual
    table["without_lowest"], table["without_highest"] = base.min(), base.max()
    return table
