"""Levels of plants, and how sure they are."""

from __future__ import annotations

import pandas as pd

from methodology.indicators import IndicatorSystem, Level
from methodology.indicators.display import fixed, percent
from methodology.indicators.words import level_word
from methodology.languages import say
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import starred


@in_both_languages
def evaluation_overview(evaluation: pd.DataFrame, system: IndicatorSystem | None = None) -> Overview:
    """
    Show the scores, the level and the blocking indicators of every plant, best level first.

    Parameters
    ----------
    evaluation : DataFrame
        As evaluation.csv; `plant` a column or the index.
    system : IndicatorSystem, optional
        Names blocking indicators in words; ids without it.

    Returns
    -------
    Overview
        One row per plant: Y_I, Y_II, Y_III, level, blocked by.
    """
    flat = evaluation if "plant" in evaluation else evaluation.rename_axis("plant").reset_index()
    rank = flat["level"].map({str(level): place for place, level in enumerate(Level)})
    order = flat.assign(rank=rank).sort_values(
        ["rank", "Y_I", "Y_II", "Y_III"], ascending=[True, False, False, False], kind="stable"
    )
    rows = [
        {
            "plant": row.plant,
            **{name: fixed(getattr(row, name), 1) for name in ("Y_I", "Y_II", "Y_III")},
            "level": row.level,
            "blocked by": _named(row.limiting_failed, system),
        }
        for row in order.itertuples()
    ]
    counts = say(", ").join(
        f"{level_word(level)} {int((flat['level'] == str(level)).sum())}" for level in Level
    )
    legend = [
        say("plants per level: {counts}", counts=counts),
        say("blocked by: limiting indicators that bar the next better level"),
    ]
    return overview(rows, ["plant", "Y_I", "Y_II", "Y_III", "level", "blocked by"], legend)


def _named(failed: object, system: IndicatorSystem | None) -> str:
    ids = failed.split() if isinstance(failed, str) else []
    return say(", ").join(starred(system[name]).removesuffix("*") if system else name for name in ids)


@in_both_languages
def fragile_plants(level_draws: pd.DataFrame, levels: pd.Series | None = None, *, most: int = 10) -> Overview:
    """
    List the plants least sure of their level.

    Parameters
    ----------
    level_draws : DataFrame indexed by plant, columns I, II, III, none
        Counts of draws, or probabilities.
    levels : Series indexed by plant, optional
        Level without noise.
    most : int
        Plants to list at most.

    Returns
    -------
    Overview
        One row per plant that does not keep one level in every draw: level, probability of each level, fragility = 1 -
        the largest probability. The legend counts the others.
    """
    shares = level_draws[[str(level) for level in Level]].astype(float)
    shares = shares.div(shares.sum(axis=1), axis=0)
    fragility = (1 - shares.max(axis=1)).sort_values(ascending=False, kind="stable")
    rows = [
        {
            "plant": plant,
            "level": levels[plant] if levels is not None else "",
            **{str(level): percent(shares.loc[plant, str(level)]) for level in Level},
            "fragility": percent(fragility[plant]),
        }
        for plant in fragility.index[fragility > 0][:most]
    ]
    safe = int((fragility == 0).sum())
    columns = ["plant", *(["level"] if levels is not None else []), *map(str, Level), "fragility"]
    legend = [
        say("fragility: probability of any other level than the likeliest one"),
        say("{safe} of {plants} plants keep one level in every draw", safe=safe, plants=len(fragility)),
    ]
    return overview(rows, columns, legend)
