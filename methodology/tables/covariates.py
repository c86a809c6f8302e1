"""Values that move with a covariate, beside flat ones."""

from __future__ import annotations

import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import number, unit_text
from methodology.languages import current, say
from methodology.sample.attribute_words import column_name
from methodology.tables.overview import Overview, in_both_languages, overview


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


def _chance(p_value: float) -> str:
    return say("below 0.001") if p_value < 0.001 else number(p_value, digits=2)
