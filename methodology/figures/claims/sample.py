"""What a figure about plants or weights claims, computed from what it draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from methodology.figures.claims.words import two_digits, verb
from methodology.indicators import CellState, IndicatorSystem
from methodology.indicators.display import number, percent
from methodology.languages import say


def cells_silent(states: pd.DataFrame, system: IndicatorSystem) -> str:
    """
    How many cells that apply are not reported, and which indicator misses most.

    Parameters
    ----------
    states : DataFrame
        One row per indicator, one column per plant: the code of each cell's state.
    """
    silent = (states == CellState.NOT_REPORTED).sum(axis=1)
    cells = int((states != CellState.NOT_APPLICABLE).sum(axis=None))
    if not silent.sum():
        return say("All {cells} cells that apply are reported", cells=cells)
    return say(
        "{silent} of {cells} cells that apply {verb} not reported; {name} misses {most}, none more",
        silent=int(silent.sum()),
        cells=cells,
        verb=verb(int(silent.sum()), "is", "are"),
        name=system[str(silent.idxmax())].name,
        most=int(silent.max()),
    )


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
        return say("Plants around the median of each indicator")
    ends = [
        say(
            "{width} of the median in {name}",
            width=percent(width[name], places=0),
            name=system[str(name)].name,
        )
        for name in dict.fromkeys([width.idxmax(), width.idxmin()])
    ]
    return say("The middle 80 % of plants span {listed}", listed=say(", ").join(ends))


def covered(coverage: pd.DataFrame, labels: Sequence[str]) -> str:
    """
    How many of the known plants the sample holds, and which stratum it holds least and most of.

    Parameters
    ----------
    coverage : DataFrame
        Columns plants, known, share; the last row is the whole.
    labels : sequence of str
        What each row is called.

    Examples
    --------
    >>> rows = pd.DataFrame([(3, 4, 0.75), (2, 16, 0.125), (5, 20, 0.25)], columns=["plants", "known", "share"])
    >>> covered(rows, ["large", "small", "all"])
    'The sample holds 5 of 20 known plants: from 12.5 % of small to 75.0 % of large'
    """
    whole, shares = coverage.iloc[-1], coverage["share"].set_axis(list(labels)).iloc[:-1].dropna()
    if not np.isfinite(whole["known"]):
        return say("The sample holds an unknown part of the industry: no register counts its plants")
    told = {"plants": f"{whole['plants']:.0f}", "known": f"{whole['known']:.0f}"}
    if len(shares) < 2:
        return say("The sample holds {plants} of {known} known plants", **told)
    if not round(shares.max() - shares.min(), 9):
        told["share"] = percent(shares.max())
        return say("The sample holds {plants} of {known} known plants, {share} of every stratum", **told)
    return say(
        "The sample holds {plants} of {known} known plants: from {least} of {low} to {most} of {high}",
        least=percent(shares.min()),
        low=str(shares.idxmin()),
        most=percent(shares.max()),
        high=str(shares.idxmax()),
        **told,
    )


def capacity_missed(coverage: pd.DataFrame) -> str:
    """
    How many samples hold less of the capacity than of the plants, so that large plants are missing.

    Parameters
    ----------
    coverage : DataFrame
        One row per sample: columns share, capacity_share; NaN where no register counts its plants.

    Examples
    --------
    >>> capacity_missed(pd.DataFrame({"share": [0.5, 0.4, np.nan], "capacity_share": [0.4, 0.4, np.nan]}))
    '1 of 2 samples holds a smaller share of the capacity than of the plants'
    """
    known = coverage[["share", "capacity_share"]].dropna()
    if known.empty:
        return say("The sample holds an unknown part of the industry: no register counts its plants")
    count = int((known["capacity_share"] < known["share"]).sum())
    if not count:
        return say("No sample holds a smaller share of the capacity than of the plants")
    return say(
        "{count} of {samples} samples {verb} a smaller share of the capacity than of the plants",
        count=count,
        samples=len(known),
        verb=verb(count, "holds", "hold"),
    )


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
        return say("No correction applies to these plants")
    ranks = known.groupby("indicator")[["reported", "corrected"]].rank()
    moved = int((ranks["reported"] != ranks["corrected"]).sum())
    if not moved:
        return say("Corrections leave the order of the plants as it was")
    return say(
        "{moved} of {values} corrected values {verb} rank among the plants",
        moved=moved,
        values=len(known),
        verb=verb(moved, "changes its", "change their"),
    )


def heaviest(weights: pd.Series) -> str:
    """
    How few indicators carry half of the weight.

    Examples
    --------
    >>> heaviest(pd.Series([0.3, 0.25, 0.25, 0.2]))
    'The 2 heaviest of 4 indicators carry 55.0 % of the weight'
    """
    ordered = np.sort(weights.to_numpy(dtype=float))[::-1]
    if len(ordered) < 2:
        return say("One indicator carries the whole weight")
    shares = np.cumsum(ordered) / ordered.sum()
    count = int(np.searchsorted(np.round(shares, 9), 0.5)) + 1
    told = {"count": count, "indicators": len(ordered), "share": percent(shares[count - 1])}
    if count == 1:
        return say("The heaviest of {indicators} indicators carries {share} of the weight", **told)
    return say("The {count} heaviest of {indicators} indicators carry {share} of the weight", **told)


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
        return say("No judgement matrix is large enough to contradict itself")
    if not kept:
        return say(
            "None of {matrices} judgement matrices keeps the consistency limit of {limit:g}",
            matrices=len(ratios),
            limit=limit,
        )
    return say(
        "{kept} of {matrices} judgement matrices {verb} the consistency limit of {limit:g}",
        kept=kept,
        matrices=len(ratios),
        verb=verb(kept, "keeps", "keep"),
        limit=limit,
    )


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
        return say("Every expert gives the weights used")
    row, column = np.unravel_index(away.argmax(), away.shape)
    name, expert = system[differences.index[row]].name, differences.columns[column]
    return say(
        "Up to {points} points from the weight used: {expert} on {name}",
        points=number(two_digits(away.max())),
        expert=expert,
        name=name,
    )


def methods_apart(weights: pd.DataFrame, system: IndicatorSystem) -> str:
    """
    How far methods lie apart on one weight, at most.

    Parameters
    ----------
    weights : DataFrame indexed by indicator, one column per method
    """
    if weights.shape[1] < 2:
        return say("Only one method gives weights here")
    apart = (weights.max(axis=1) - weights.min(axis=1)).round(9)
    if not apart.max() > 0:
        return say("All {methods} methods give the same weights", methods=weights.shape[1])
    points = number(two_digits(100 * apart.max()))
    return say(
        "{methods} methods lie up to {points} points apart: {name}",
        methods=weights.shape[1],
        points=points,
        name=system[str(apart.idxmax())].name,
    )
