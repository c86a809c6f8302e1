"""What a figure about plants or weights claims, computed from what it draws."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.figures.claims.words import two_digits, verb
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import number, percent


def widest(spread: pd.DataFrame, system: IndicatorSystem) -> str:
    """
    How wide plants spread in the indicator they differ most in, and in the one they differ least in.

    Parameters
    ----------
    spread : DataFrame
        Columns indicator, p10, median, p90.
    """
    width = (spread["p90"] - spread["p10"]) / spread["median"].abs().where(spread["median"] != 0)
    width = width.set_axis(spread["indicator"]).dropna()
    if width.empty:
        return "Plants around the median of each indicator"
    ends = [
        f"{percent(width[name], places=0)} of the median in {system[name].name_en}"
        for name in dict.fromkeys([width.idxmax(), width.idxmin()])
    ]
    return f"The middle 80 % of plants span {', '.join(ends)}"


def covered(coverage: pd.DataFrame) -> str:
    """
    How many of the known plants the sample holds, and which stratum it holds least and most of.

    Parameters
    ----------
    coverage : DataFrame
        Columns stratum, plants, known, share; the last row is the whole.

    Examples
    --------
    >>> rows = [("large", 3, 4, 0.75), ("small", 2, 16, 0.125), ("all", 5, 20, 0.25)]
    >>> covered(pd.DataFrame(rows, columns=["stratum", "plants", "known", "share"]))
    'The sample holds 5 of 20 known plants: from 12.5 % of small to 75 % of large'
    """
    whole, strata = coverage.iloc[-1], coverage.iloc[:-1].dropna(subset="share")
    if not np.isfinite(whole["known"]):
        return "The sample holds an unknown part of the industry: no register counts its plants"
    text = f"The sample holds {whole['plants']:.0f} of {whole['known']:.0f} known plants"
    if len(strata) < 2:
        return text
    shares = strata.set_index("stratum")["share"]
    if not round(shares.max() - shares.min(), 9):
        return f"{text}, {percent(shares.max())} of every stratum"
    ends = [f"{percent(shares[name])} of {name}" for name in (shares.idxmin(), shares.idxmax())]
    return f"{text}: from {' to '.join(ends)}"


def reordered(corrected: pd.DataFrame) -> str:
    """
    How many values change their rank by their correction.

    Parameters
    ----------
    corrected : DataFrame
        Columns indicator, reported, corrected.

    Examples
    --------
    >>> values = {"indicator": "energy", "reported": [3.0, 2.0, 1.0], "corrected": [1.5, 2.0, 1.0]}
    >>> reordered(pd.DataFrame(values))
    '2 of 3 corrected values change their rank among the plants'
    """
    known = corrected.dropna(subset=["reported", "corrected"])
    if known.empty:
        return "No correction applies to these plants"
    ranks = known.groupby("indicator")[["reported", "corrected"]].rank()
    moved = int((ranks["reported"] != ranks["corrected"]).sum())
    if not moved:
        return "Corrections leave the order of the plants as it was"
    changes = verb(moved, "changes its", "change their")
    return f"{moved} of {len(known)} corrected values {changes} rank among the plants"


def heaviest(weights: pd.Series) -> str:
    """
    How few indicators carry half of the weight.

    Examples
    --------
    >>> heaviest(pd.Series([0.3, 0.25, 0.25, 0.2]))
    'The 2 heaviest of 4 indicators carry 55 % of the weight'
    """
    ordered = np.sort(weights.to_numpy(dtype=float))[::-1]
    if len(ordered) < 2:
        return "One indicator carries the whole weight"
    shares = np.cumsum(ordered) / ordered.sum()
    count = int(np.searchsorted(np.round(shares, 9), 0.5)) + 1
    few = "heaviest" if count == 1 else f"{count} heaviest"
    carry = verb(count, "carries", "carry")
    return f"The {few} of {len(ordered)} indicators {carry} {percent(shares[count - 1])} of the weight"


def within_limit(ratios: pd.Series, limit: float) -> str:
    """
    How many judgement matrices are as consistent as is asked for.

    Examples
    --------
    >>> within_limit(pd.Series([0.02, 0.1, 0.4]), 0.1)
    '2 of 3 judgement matrices keep the consistency limit of 0.1'
    """
    kept = int((ratios <= limit).sum())
    if not len(ratios):
        return "No judgement matrix is large enough to contradict itself"
    if not kept:
        return f"None of {len(ratios)} judgement matrices keeps the consistency limit of {limit:g}"
    keep = verb(kept, "keeps", "keep")
    return f"{kept} of {len(ratios)} judgement matrices {keep} the consistency limit of {limit:g}"


def farthest_expert(differences: pd.DataFrame, system: IndicatorSystem) -> str:
    """
    How far an expert's weight lies from the one used, at most.

    Parameters
    ----------
    differences : DataFrame indexed by indicator, one column per expert
        Percentage points.
    """
    away = np.nan_to_num(np.abs(differences.to_numpy(dtype=float)))
    if not round(away.max(initial=0.0), 9):
        return "Every expert gives the weights used"
    row, column = np.unravel_index(away.argmax(), away.shape)
    name, expert = system[differences.index[row]].name_en, differences.columns[column]
    return f"Up to {number(two_digits(away.max()))} points from the weight used: {expert} on {name}"


def methods_apart(weights: pd.DataFrame, system: IndicatorSystem) -> str:
    """
    How far methods lie apart on one weight, at most.

    Parameters
    ----------
    weights : DataFrame indexed by indicator, one column per method
    """
    if weights.shape[1] < 2:
        return "Only one method gives weights here"
    apart = (weights.max(axis=1) - weights.min(axis=1)).round(9)
    if not apart.max() > 0:
        return f"All {weights.shape[1]} methods give the same weights"
    points = number(two_digits(100 * apart.max()))
    return f"{weights.shape[1]} methods lie up to {points} points apart: {system[apart.idxmax()].name_en}"
