"""Levels of plants, how sure they are, and who gains where a value moves with a covariate."""

from __future__ import annotations

import pandas as pd

from methodology.indicators import IndicatorSystem, Level
from methodology.indicators.display import fixed, number, percent, unit_text
from methodology.indicators.words import level_word
from methodology.languages import current, say
from methodology.sample.attribute_words import column_name
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


@in_both_languages
def covariates_overview(effects: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    Who reaches what when a value moves with a covariate, and whether the slope is worth having.

    Parameters
    ----------
    effects : DataFrame
        As `methodology.chain.covariate_effects` returns it.

    Returns
    -------
    Overview
        One row per indicator and level; one row without numbers where no value moves.
    """
    rows = [
        {
            "indicator": system[row.indicator].name,
            "moves with": say(
                "{covariate}; stated at {reference}",
                covariate=column_name(row.by, system, current(), unit=True),
                reference=number(row.reference),
            ),
            "as strong by chance": _chance(row.p_value),
            "level": row.level,
            "one value for all": number(row.flat),
            "at the reference": number(row.value),
            "unit": unit_text(row.unit),
            "reached by, before and after": say(
                "{reached_flat} and {reached} of {plants}",
                reached_flat=row.reached_flat,
                reached=row.reached,
                plants=row.plants,
            ),
            "gained and lost": say("{gained} and {lost}", gained=row.gained, lost=row.lost),
        }
        for row in effects.itertuples()
    ]
    if not rows:
        return overview([], ["indicator"], [say("no value moves with a covariate in this run")])
    legend = [
        say(
            "as strong by chance: how often plants rearranged at random show as strong a relation between the "
            "covariate and the levels they reach (p-value of a permutation test); a slope that chance explains is "
            "not worth its clause"
        ),
        say("bands: percentiles over other samples of as many plants, one covariate at a time"),
        say(
            "where plants do not state both, the strictest curve is taken that their answers could give, which may "
            "leave the band: saying less loosens no value"
        ),
    ]
    once = ["indicator", "moves with", "as strong by chance", "unit"]
    return overview(rows, list(rows[0]), legend, once=once)


def _chance(p: float) -> str:
    """How often a slope as strong comes by chance, in digits that mean something."""
    return say("below 0.001") if p < 0.001 else number(p, digits=2)
