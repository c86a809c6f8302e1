"""What a figure about the robustness of levels claims, computed from what it draws."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from methodology.figures.claims.words import two_digits
from methodology.indicators import IndicatorSystem, Level
from methodology.indicators.display import number, percent

SURE = 0.9
"""Probability above which a plant counts as sure of its level; ASSUMED, said in the sentence."""


def choices_alone(moves: pd.DataFrame) -> str:
    """
    How many choices move the result, and which one most.

    Parameters
    ----------
    moves : DataFrame
        Columns factor, span; the largest span first.

    Examples
    --------
    >>> choices_alone(pd.DataFrame({"factor": ["promise", "cut"], "span": [3.0, 0.0]}))
    '1 of 2 choices moves the result when changed alone, none more than promise'
    """
    moving = int((moves["span"] > 0).sum())
    if not moving:
        return "No choice moves the result when changed alone"
    verb = "moves" if moving == 1 else "move"
    whole, most = len(moves), moves["factor"].iloc[0]
    return f"{moving} of {whole} choices {verb} the result when changed alone, none more than {most}"


def variance(indices: pd.DataFrame) -> str:
    """
    Which factor explains most.

    Parameters
    ----------
    indices : DataFrame indexed by factor
        Column total; the largest first.
    """
    if not len(indices) or not indices["total"].iloc[0] > 0:
        return "No choice moves this result"
    share = percent(round(min(float(indices["total"].iloc[0]), 1.0), 2))
    return f"{indices.index[0]} matters most: {share} of the variance, alone and together with others"


def screening(effects: pd.DataFrame) -> str:
    """
    Which factor is strongest, and how many act unevenly.

    Parameters
    ----------
    effects : DataFrame indexed by factor
        Columns mu_star, sigma; the largest mu_star first.
    """
    moving = effects[effects["mu_star"] > 0]
    if moving.empty:
        return "No factor moves this result"
    uneven = int((moving["sigma"] > moving["mu_star"]).sum())
    return (
        f"{moving.index[0]} has the strongest effect; {uneven} of the {len(moving)} factors that act "
        f"{'does' if uneven == 1 else 'do'} so unevenly"
    )


def fragility(shares: pd.DataFrame, levels: pd.Series | None) -> str:
    """
    How many plants are unsure of their level, and how many stand likelier at another than their own.

    Parameters
    ----------
    shares : DataFrame indexed by plant
        Probabilities I, II, III, none, and fragility.
    levels : Series indexed by plant or None
        Level without noise.
    """
    unsure = int((shares["fragility"] > 1 - SURE).sum())
    text = f"{unsure} of {len(shares)} plants are less than {percent(SURE)} sure of any level"
    if levels is None:
        return text
    likeliest = shares[[str(level) for level in Level]].idxmax(axis=1)
    other = int((likeliest != levels.reindex(shares.index)).sum())
    return f"{text}; {other} {'stands' if other == 1 else 'stand'} likelier at another"


def other_samples(spread: pd.DataFrame) -> str:
    """
    How far the share at one level ranges over repetitions, for the level with the widest range.

    Parameters
    ----------
    spread : DataFrame
        Columns level, promised, p05, p95.
    """
    width = spread["p95"] - spread["p05"]
    if not (width > 0).any():
        return "Every repetition gives the same share of plants at each level"
    row = spread.loc[width.idxmax()]
    return (
        f"Level {row['level']} or better: {percent(row['promised'])} of the plants promised, "
        f"{percent(row['p05'], places=0)} to {percent(row['p95'], places=0)} in repetitions"
    )


def nearest_tipping(tipping: pd.DataFrame, system: IndicatorSystem) -> str:
    """
    The benchmark value that has to move least before a plant changes its level.

    Parameters
    ----------
    tipping : DataFrame
        Columns indicator, level, tighter_share, looser_share, closest; the closest first.
    """
    if tipping.empty:
        return "No benchmark value, moved alone, changes a level"
    row = tipping.iloc[0]
    how = "Loosening" if row["looser_share"] == row["closest"] else "Tightening"
    return (
        f"{how} {system[row['indicator']].name_en} at Level {row['level']} by {percent(two_digits(row['closest']))} "
        "is enough to change the level of a plant"
    )


def least_room(ranges: pd.DataFrame, names: Sequence[str]) -> str:
    """
    The weight that can move least before a plant changes its level.

    Parameters
    ----------
    ranges : DataFrame
        Columns lower, upper, weight, lower_plant, upper_plant; numbered from 0.
    names : sequence of str
        What each row is called.
    """
    if ranges.empty or not (ranges[["lower_plant", "upper_plant"]] != "").any(axis=None):
        return "No weight, moved alone, changes the level of any plant"
    place = int((ranges["upper"] - ranges["lower"]).idxmin())
    row = ranges.loc[place]
    ends = " to ".join(percent(float(end)) for end in (row["lower"], row["upper"]))
    return f"{names[place]} has the least room: with a weight of {ends} every plant keeps its level"


def around_the_cut(sweep: pd.DataFrame, cut: float, *, step: float = 5.0) -> str:
    """
    Plants at Level II or better at the cut and beside it.

    Parameters
    ----------
    sweep : DataFrame indexed by cut
        Columns I, II: numbers of plants.
    """
    reached = (sweep["I"] + sweep["II"]).to_dict()
    near = [score for score in (cut - step, cut, cut + step) if score in reached]
    if cut not in near:
        return "Plants at each level over the score that is asked for"
    parts = [f"{int(reached[score])} at {number(score)}" for score in near]
    return f"Plants at Level II or better: {', '.join(parts)} points"


def without_one(changes: pd.DataFrame, who: str) -> str:
    """
    Whose absence moves the result most.

    Parameters
    ----------
    changes : DataFrame
        Column `who` and change; the largest change first.
    """
    moving = int((changes["change"] != 0).sum())
    if not moving:
        return f"No single {who} moves the result"
    row = changes.iloc[0]
    return f"Without {who} {row[who]} the result moves by {number(two_digits(row['change']))}, without no other by more"
