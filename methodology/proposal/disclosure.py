"""Disclosure guard: no published value may give away what a single plant reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from methodology.errors import MethodError
from methodology.proposal.rounding import clean, round_to_step

RULES = ("mean-of-k", "round", "withhold")
DOMINANCE = 0.5
"""A-49: no plant may make up more than this share of a published mean."""


@dataclass(frozen=True)
class Guarded:
    """
    What may be published in place of a value.

    Attributes
    ----------
    value : float
        NaN if withheld.
    step : float or None
        Step it is stated in; None if it is not rounded by the guard.
    breach : str
        What would have given a plant away; empty if nothing.
    action : str
        "none", or the rule that was applied: "mean-of-k", "round", "withhold", "keep-earlier".
    """

    value: float
    step: float | None
    breach: str
    action: str


def guard(
    value: float,
    merits: np.ndarray,
    *,
    sign: float,
    minimum: int,
    rule: str,
    step: float | None,
    earlier: tuple[float, int] | None = None,
) -> Guarded:
    """
    Check one value against the guard and apply the stated rule.

    Parameters
    ----------
    value : float
        Calibrated value in the unit of the indicator.
    merits : array of shape (n,)
        Sorted merits of the plants behind it, best first; smaller is cleaner.
    sign : {1.0, -1.0}
        value = sign * merit.
    minimum : int
        k, the fewest plants at or beyond a published value.
    rule : {"mean-of-k", "round", "withhold"}
        What happens on a breach.
    step : float, optional
        Engineering step of "round".
    earlier : (value, n), optional
        Published before, with the number of plants behind it.

    Returns
    -------
    Guarded

    Raises
    ------
    MethodError
        If the rule is unknown.

    Notes
    -----
    A-48: fewer than k plants at or beyond the value is a breach. "mean-of-k" publishes the mean of the k best plants,
    of more if one of them dominates it; "round" goes to the loose side, to the first multiple of the step that k
    plants reach, so that the published cell holds k plants; where neither is possible the value is withheld. A-50:
    with fewer than k plants more or less than in an earlier draft, the earlier value is kept: their difference would
    be one plant's figure.
    """
    if rule not in RULES:
        raise MethodError(f"disclosure_rule is {rule!r}; choose one of {', '.join(RULES)}.")
    if earlier is not None and differencing(value, len(merits), earlier, minimum):
        text = f"{len(merits)} plants against {earlier[1]} in the earlier draft: the difference tells single plants"
        return Guarded(earlier[0], None, text, "keep-earlier")
    reaching = int(np.count_nonzero(merits <= sign * value))
    if reaching >= minimum:
        return Guarded(value, None, "", "none")
    breach = f"{reaching} of {len(merits)} plants stand at or beyond the value, fewer than {minimum}"
    if rule == "mean-of-k":
        return _mean(merits, sign, minimum, breach)
    if rule == "round" and step is not None:
        return _widened(merits, sign, minimum, step, breach)
    return Guarded(np.nan, None, breach, "withhold")


def dirty_end(plants: ArrayLike, minimum: int) -> NDArray[np.int64]:
    """
    k: which plant from the dirty end no value is looser than.

    A tenth of the plants an indicator applies to, at least 2, so that no single slip is a benchmark, and at most
    `minimum`, which leaves the dirty end open if it is 1 (A-94).

    Examples
    --------
    >>> dirty_end([30, 17], 3).tolist(), int(dirty_end(30, 1))
    ([3, 2], 1)
    """
    return np.minimum(minimum, np.maximum(2, -(-np.asarray(plants, dtype=np.int64) // 10)))


def loosest_rank(merits: np.ndarray, k: int) -> int:
    """
    Plants that reach the loosest admissible value: that of the k-th plant from the dirty end, or a cleaner one.

    Parameters
    ----------
    merits : array of shape (n,)
        Sorted merits of the plants that state the indicator, best first; inf where a cell proves nothing.
    k : int
        As `dirty_end` says; 1 leaves the dirty end open.

    Notes
    -----
    A value that every plant reaches tells nobody apart: where all plants from the k-th on are equal, it is that of the
    next cleaner plant, if there is one.

    Examples
    --------
    >>> loosest_rank(np.arange(17.0), 2), loosest_rank(np.array([1.0, 2, 3, 3, 3]), 2), loosest_rank(np.ones(4), 2)
    (16, 2, 3)
    """
    plants = len(merits)
    return int(loosest_ranks(np.asarray(merits)[:, None], plants, k)[0]) if plants else 0


def loosest_ranks(merits: np.ndarray, plants: ArrayLike, k: ArrayLike) -> NDArray[np.int64]:
    """
    The same for many indicators at once.

    Parameters
    ----------
    merits : array of shape (n, n_indicators)
        Each column sorted, best first, and inf behind its plants.
    plants : int or array of shape (n_indicators,)
        Plants of each column.
    k : int or array of shape (n_indicators,)
    """
    last, end = np.asarray(plants, dtype=np.int64), np.asarray(k, dtype=np.int64)
    columns = np.arange(merits.shape[1])
    rank = np.maximum(last - end + 1, np.minimum(1, last))
    at = np.where(last > 0, merits[rank - 1, columns], np.inf)
    tied = (end > 1) & np.isfinite(at) & (at == merits[last - 1, columns])
    cleaner = np.count_nonzero(merits < at, axis=0)
    return np.where(tied & (cleaner > 0), cleaner, rank)


def differencing(value: float, plants: int, earlier: tuple[float, int], minimum: int) -> bool:
    """
    Whether comparing with an earlier draft would tell what fewer than `minimum` plants reported.

    Examples
    --------
    >>> differencing(387.0, 30, (388.0, 29), 3), differencing(387.0, 35, (388.0, 29), 3)
    (True, False)
    """
    return value != earlier[0] and 0 < abs(plants - earlier[1]) < minimum


def dominant_share(values: np.ndarray) -> float:
    """
    Largest share of one plant in a total of magnitudes.

    Examples
    --------
    >>> dominant_share(np.array([1.0, 1.0, 2.0]))
    0.5
    """
    total = float(np.abs(values).sum())
    return float(np.abs(values).max() / total) if total > 0 else 0.0


def _mean(merits: np.ndarray, sign: float, minimum: int, breach: str) -> Guarded:
    for k in range(minimum, len(merits) + 1):
        best = merits[:k]
        if not np.isfinite(best).all():
            break
        if dominant_share(best) <= DOMINANCE:
            return Guarded(clean(float(sign * best.mean())) + 0.0, None, breach, "mean-of-k")
    return Guarded(np.nan, None, breach, "withhold")


def _widened(merits: np.ndarray, sign: float, minimum: int, step: float, breach: str) -> Guarded:
    """The first multiple of `step` on the loose side that k plants reach."""
    if len(merits) < minimum or not np.isfinite(merits[minimum - 1]):
        return Guarded(np.nan, None, breach, "withhold")
    better = "lower" if sign > 0 else "higher"
    return Guarded(round_to_step(sign * merits[minimum - 1], step, better=better), step, breach, "round")
