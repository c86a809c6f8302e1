"""What other regulators would make of the same plants."""

from __future__ import annotations

import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import (
    FAINT,
    RULE,
    ClaimFigure,
    bare,
    in_house_style,
    label_rows,
    named,
    rule_places,
    share_axis,
    sheet,
)
from methodology.figures.looks import LEVEL_COLOURS, LEVEL_MARKS, LEVEL_SIZES, looks
from methodology.figures.wrapping import key_above
from methodology.indicators import IndicatorSystem, Level
from methodology.indicators.words import level_word
from methodology.languages import say


@in_house_style
def regulators_beside(
    rules: pd.DataFrame,
    thresholds: pd.DataFrame,
    system: IndicatorSystem,
    *,
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show how many plants of the sample would reach the value each rule gives, beside the levels.

    Parameters
    ----------
    rules : DataFrame
        As `methodology.thresholds.regulators_side_by_side` returns it.
    thresholds : DataFrame
        As thresholds.csv.
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: indicator, rule (a level, or the name of a rule), attainment.
    """
    known = rules[rules["value"].notna()]
    names = [name for name in system.ids if name in set(known["indicator"])]
    levels = thresholds[thresholds["indicator"].isin(names)].rename(columns={"level": "rule"})
    columns = ["indicator", "rule", "attainment"]
    data = pd.concat([levels[columns], known[columns]], ignore_index=True)
    figure, axes = sheet(
        claims.on_basis(title or claims.other_plants(data), basis),
        data,
        width=9.0,
        height=1.8 + 0.26 * max(len(names), 1),
        note=say(
            "Share of plants of the sample that reach each value. Filled: the levels of this run. No mark: the rule "
            "does not hold for the indicator."
        ),
    )
    rows = {name: row for row, name in enumerate(names)}
    own_looks = looks(rule for rule in data["rule"] if rule not in ("I", "II", "III"))
    for rule, own in data.groupby("rule", sort=False):
        at = own["indicator"].map(rows)
        if rule in ("I", "II", "III"):
            look = {
                "marker": LEVEL_MARKS[Level(rule)],
                "color": LEVEL_COLOURS[Level(rule)],
                "markersize": LEVEL_SIZES[Level(rule)],
                "zorder": 7 - len(rule),
            }
        else:
            look = {**own_looks[str(rule)], "markersize": 8, "markerfacecolor": "white", "zorder": 3}
        name = level_word(rule) if rule in ("I", "II", "III") else claims.method_in_words(rule)
        axes.plot(own["attainment"], at, linestyle="", label=name, **look)
    label_rows(axes, [named(system[name]) for name in names])
    axes.set_xlim(-0.03, 1.03)
    share_axis(axes)
    axes.grid(axis="x", color=RULE)
    rule_places(axes, range(len(names)), color=FAINT, width=0.5)
    if names:
        key_above(axes)
    bare(axes)
    return figure
