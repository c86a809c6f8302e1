"""What a figure about the robustness of levels claims, computed from what it draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from methodology.figures.claims.words import two_digits
from methodology.indicators import IndicatorSystem, Level
from methodology.indicators.display import number, percent, round_percent, unit_of
from methodology.languages import say
from methodology.parameters.words import choice_in_words

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
        return say("No choice moves the result when changed alone")
    verb = "moves" if moving == 1 else "move"
    whole, most = len(moves), say(choice_in_words(moves["factor"].iloc[0]))
    return say(
        "{moving} of {whole} choices {verb} the result when changed alone, none more than {most}",
        moving=moving,
        whole=whole,
        verb=verb,
        most=most,
    )


def variance(indices: pd.DataFrame) -> str:
    """
    Which factor explains most, and whether its share is exact or estimated.

    Parameters
    ----------
    indices : DataFrame indexed by factor
        Columns shapley, shapley_lower, shapley_upper, combinations; the largest first.
    """
    if not len(indices) or not indices["shapley"].iloc[0] > 0:
        return say("No choice moves this result")
    first = indices.iloc[0]
    share, lower, upper = (
        percent(min(max(float(first[f"shapley{end}"]), 0.0), 1.0)) for end in ("", "_lower", "_upper")
    )
    name = _capital(say(choice_in_words(str(indices.index[0]))))
    counted = f"{first['combinations']:.0f}"
    if first["combinations"]:
        return say(
            "{name} explains {share} of the variance over all {counted} combinations, no other more",
            name=name,
            share=share,
            counted=counted,
        )
    return say(
        "{name} explains an estimated {share} of the variance ({lower} to {upper}), no other more",
        name=name,
        share=share,
        lower=lower,
        upper=upper,
    )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


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
    told = {"unsure": unsure, "plants": len(shares), "sure": round_percent(SURE)}
    if levels is None:
        return say("{unsure} of {plants} plants are less than {sure} sure of any level", **told)
    likeliest = shares[[str(level) for level in Level]].idxmax(axis=1)
    other = int((likeliest != levels.reindex(shares.index)).sum())
    return say(
        "{unsure} of {plants} plants are less than {sure} sure of any level; {other} {verb} likelier at another",
        other=other,
        verb="stands" if other == 1 else "stand",
        **told,
    )


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
        return say("Every repetition gives the same share of plants at each level")
    row = spread.loc[width.idxmax()]
    return say(
        "Level {level} or better: {promised} of the plants promised, {p05} to {p95} in repetitions",
        level=row["level"],
        promised=percent(row["promised"]),
        p05=percent(row["p05"]),
        p95=percent(row["p95"]),
    )


def nearest_tipping(tipping: pd.DataFrame, system: IndicatorSystem) -> str:
    """
    The benchmark value that has to move least before a plant changes its level; those that may not move at all counted.

    Parameters
    ----------
    tipping : DataFrame
        Columns indicator, level, and for tighter and looser _distance and _spread: in the unit of the indicator and in
        standard deviations between plants, which rank; NaN where no value in that direction changes anything.
    """
    moves = [
        (float(row[f"{side}_spread"]), row[f"{side}_distance"], how, row)
        for _, row in tipping.iterrows()
        for side, how in (("tighter", say("tightening")), ("looser", say("loosening")))
        if pd.notna(row[f"{side}_spread"])
    ]
    if not moves:
        return say("No benchmark value, moved alone, changes a level")
    moves.sort(key=lambda move: move[0])
    at_once = [move for move in moves if move[0] == 0]
    told = _at_once(at_once, system) if at_once else {}
    if len(moves) == len(at_once):
        text = say("{how_at_once} {at_once} however little is enough to change the level of a plant", **told)
        return _capital(text)
    spread, distance, how, row = moves[len(at_once)]
    told |= {"how": how, "value": _value(row, system)}
    told["by"] = say(
        "{distance}, {far} standard deviations between plants",
        distance=f"{number(two_digits(distance))} {unit_of(system[row['indicator']])}",
        far=number(two_digits(spread)),
    )
    if not at_once:
        return _capital(say("{how} {value} by {by}, is enough to change the level of a plant", **told))
    text = say(
        "{how_at_once} {at_once} however little is enough; next, {how} {value} by {by}, is enough to change the level "
        "of a plant",
        **told,
    )
    return _capital(text)


def _at_once(moves: Sequence[Any], system: IndicatorSystem) -> dict[str, str]:
    """Values that lie on a plant, which any move at all loses or wins."""
    how = say(" or ").join(dict.fromkeys(move[2] for move in moves))
    which = _value(moves[0][3], system) if len(moves) == 1 else say("any of {count} values", count=len(moves))
    return {"how_at_once": how, "at_once": which}


def _value(row: pd.Series, system: IndicatorSystem) -> str:
    return say("{name} at Level {level}", name=system[row["indicator"]].name, level=row["level"])


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
        return say("No weight, moved alone, changes the level of any plant")
    place = int((ranges["upper"] - ranges["lower"]).idxmin())
    row = ranges.loc[place]
    return say(
        "{name} has the least room: with a weight of {lower} to {upper} every plant keeps its level",
        name=names[place],
        lower=percent(float(row["lower"])),
        upper=percent(float(row["upper"])),
    )


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
        return say("Plants at each level over the score that is asked for")
    parts = [say("{reached} at {score}", reached=int(reached[score]), score=number(score)) for score in near]
    return say("Plants at Level II or better: {listed} points", listed=say(", ").join(parts))
