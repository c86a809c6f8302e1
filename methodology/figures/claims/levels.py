"""What a figure about levels claims, computed from what it draws."""

from __future__ import annotations

import pandas as pd

from methodology.figures.claims.words import counted, method_in_words
from methodology.indicators import LEVELS, IndicatorSystem
from methodology.indicators.display import percent
from methodology.languages import say


def levels_reached(levels: pd.Series) -> str:
    """
    How many plants reach each level.

    Examples
    --------
    >>> levels_reached(pd.Series(["I", "none", "II", "none"]))
    'Of 4 plants 1 reaches Level I, 1 Level II, none Level III'
    """
    counts = [int((levels == level).sum()) for level in ("I", "II", "III")]
    if not sum(counts):
        return say("None of {count} plants reaches a level", count=len(levels))
    return say(
        "Of {plants} plants {I} {verb} Level I, {II} Level II, {III} Level III",
        plants=len(levels),
        verb="reaches" if counts[0] <= 1 else "reach",
        **{level: counted(count) for level, count in zip(("I", "II", "III"), counts, strict=True)},
    )


def most_blocking(blocked: pd.DataFrame, system: IndicatorSystem, plants: int) -> str:
    """
    The limiting indicator that keeps most plants from their next level.

    Parameters
    ----------
    blocked : DataFrame
        Columns indicator, II, III, none: plants now at each level; the indicator that blocks most first.
    plants : int
        Of the sample.
    """
    own = blocked[blocked["indicator"].isin(system.limiting)]
    total = int(own[["II", "III", "none"]].iloc[0].sum()) if len(own) else 0
    if not total:
        return say("No limiting indicator keeps a plant from its next level")
    return say(
        "{name} keeps {total} of {plants} plants from their next level; none keeps more",
        name=system[own["indicator"].iloc[0]].name,
        total=total,
        plants=plants,
    )


def between_choices(shares: pd.DataFrame) -> str:
    """
    How far the share at one level ranges over choices, for the level with the widest range.

    Parameters
    ----------
    shares : DataFrame indexed by choice
        Shares I, II, III, none of plants.

    Examples
    --------
    >>> shares = pd.DataFrame({"I": [0.0, 0.1], "II": [0.2, 0.1], "III": 0.0, "none": 0.8}, index=["ahp", "critic"])
    >>> between_choices(shares)
    'Level I or better: from 0.0 % (AHP) to 10.0 % (CRITIC) of the plants'
    """
    if len(shares) < 2:
        return say("Share of plants at each level")
    reached = shares[[str(level) for level in LEVELS]].cumsum(axis=1).set_axis([str(n) for n in shares.index])
    width = (reached.max() - reached.min()).round(9)
    if not width.max() > 0:
        return say("Every choice puts the same share of plants at each level")
    own = reached[width.idxmax()]
    low, high = own.idxmin(), own.idxmax()
    return say(
        "Level {level} or better: from {least} ({low}) to {most} ({high}) of the plants",
        level=width.idxmax(),
        least=percent(own[low]),
        low=method_in_words(low),
        most=percent(own[high]),
        high=method_in_words(high),
    )


def at_a_level(levels: pd.DataFrame) -> str:
    """
    How many plants reach any level under each promise.

    Parameters
    ----------
    levels : DataFrame
        Columns promise, plants, I, II, III: numbers of plants.

    Examples
    --------
    >>> both = {"promise": ["marginal", "joint"], "plants": 30, "I": [0, 1], "II": [0, 5], "III": [0, 9]}
    >>> at_a_level(pd.DataFrame(both))
    'Plants at a level: none of 30 with marginal values, 15 of 30 with joint values'
    """
    parts = []
    for promise, own in levels.groupby("promise", sort=False):
        reached = int(own[["I", "II", "III"]].to_numpy().sum())
        parts.append(
            say(
                "{reached} of {plants} with marginal values"
                if promise == "marginal"
                else "{reached} of {plants} with joint values",
                reached=counted(reached),
                plants=int(own["plants"].sum()),
            )
        )
    return (
        say("Plants at a level: {listed}", listed=say(", ").join(parts))
        if parts
        else say("No standard of the series to compare")
    )
