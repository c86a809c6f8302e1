"""What other regulators would make of the same plants."""

from __future__ import annotations

import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import (
    FAINT,
    LEVEL_COLOURS,
    RULE,
    ClaimFigure,
    bare,
    bilingual,
    in_house_style,
    label_rows,
    rule_places,
    share_axis,
    sheet,
)
from methodology.figures.threshold_methods import LINES, MARKS
from methodology.indicators import IndicatorSystem, Level


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
        height=1.8 + 0.27 * max(len(names), 1),
        note="Share of plants of the sample that reach each value. Diamonds: the levels of this run. No mark: the rule "
        "does not hold for the indicator.",
    )
    rows = {name: row for row, name in enumerate(names)}
    for place, (rule, own) in enumerate(data.groupby("rule", sort=False)):
        at = own["indicator"].map(rows)
        if rule in ("I", "II", "III"):
            look = {"marker": "D", "color": LEVEL_COLOURS[Level(rule)], "markersize": 4.5, "zorder": 4}
        else:
            look = {"marker": MARKS[place % len(MARKS)], "color": LINES[place % len(LINES)], "markersize": 8}
            look |= {"markerfacecolor": "white", "zorder": 3}
        name = f"Level {rule}" if rule in ("I", "II", "III") else str(rule)
        axes.plot(own["attainment"], at, linestyle="", label=name, **look)
    label_rows(axes, [bilingual(system[name]) for name in names])
    axes.set_xlim(-0.03, 1.03)
    share_axis(axes)
    axes.grid(axis="x", color=RULE)
    rule_places(axes, range(len(names)), color=FAINT, width=0.5)
    if names:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=6)
    bare(axes)
    return figure
