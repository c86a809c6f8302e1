"""Proposed values beside the values in force and beside other standards."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from methodology.figures import claims
from methodology.figures.canvas import (
    INK,
    RULE,
    SOFT,
    ClaimFigure,
    bare,
    in_house_style,
    label_rows,
    named,
    rule_places,
    sheet,
)
from methodology.figures.looks import LEVEL_COLOURS, LEVEL_MARKS, LEVEL_SIZES, level_key
from methodology.figures.wrapping import key_above
from methodology.indicators import LEVELS, Indicator, IndicatorSystem, Kind, Level
from methodology.indicators.display import benchmark, mark, unit_of
from methodology.languages import later, say

PREVIOUS = "index_2014"
MARKERS = {"calibrated": "|", "previous": "P", "law": "X", "other": "v"}
LIFTS = {"calibrated": 0.0, "previous": -0.26}
"""What stands on the line of the proposed values or above it; all else stands below."""
WORDS = {
    "calibrated": later("as calibrated"),
    "previous": later("previous index"),
    "law": later("mandatory limit"),
    "other": later("norm or foreign value"),
}


@in_house_style
def proposal_ladder(
    proposed: pd.DataFrame,
    system: IndicatorSystem,
    *,
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show the three proposed values of every quantitative indicator on one ladder with its comparators 对标值.

    Each row has its own scale, cleaner to the left; comparators stated on another basis are not drawn.

    Parameters
    ----------
    proposed : DataFrame
        Columns indicator, level, proposed; one row per indicator and level. Column calibrated, if there: what was read
        off the plants, as a stroke.
    system : IndicatorSystem
        Names, units and comparators; hollow marks are recalled or assumed.
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: indicator, level, what (proposed, calibrated, previous, law, other), value, status, label, same: whether
        it is held against the proposed value.
    """
    data = _ladder_table(proposed, system)
    names = list(dict.fromkeys(data["indicator"]))
    figure, axes = sheet(
        claims.on_basis(title or claims.against_in_force(data, system), basis),
        data,
        plants=bool((data["what"] == "calibrated").any()),
        width=9.4,
        height=1.9 + 0.32 * len(names),
        note=say(
            "Each row has its own scale, cleaner to the left; values off the scale stand at its edge with an arrow. "
            "Hollow: recalled or assumed."
        ),
    )
    rule_places(axes, range(len(names)), color=RULE, width=1)
    for row, (name, own) in enumerate(data.groupby("indicator", sort=False)):
        _row(axes, row, own, system[str(name)])
    label_rows(axes, [named(system[name]) for name in names])
    axes.set_xlim(-0.06, 1.06)
    axes.set_xticks([])
    axes.set_xlabel(say("←  cleaner"), loc="left")
    key_above(axes, handles=_key(data))
    bare(axes)
    return figure


def _row(axes, row: int, own: pd.DataFrame, indicator: Indicator) -> None:
    new = own[own["what"] == "proposed"].set_index("level")["value"]
    place = _scale(own, new, indicator)
    axes.plot([place(new.min()), place(new.max())], [row, row], color=SOFT, linewidth=1.2, zorder=1)
    for item in own[own["what"] != "proposed"].itertuples():
        at = place(item.value)
        colour = LEVEL_COLOURS[Level(item.level)] if item.level else SOFT
        face = "white" if mark(item.status) else colour
        marker = MARKERS[item.what] if 0 <= at <= 1 else "<" if at < 0 else ">"
        axes.plot(
            np.clip(at, -0.035, 1.035),
            row + LIFTS.get(item.what, 0.26),
            marker,
            markersize=5 + LEVEL_SIZES[Level(item.level)] if marker == "|" else 6.5,
            markeredgewidth=1.0 if marker == "|" else 0.8,
            markeredgecolor=colour,
            markerfacecolor=face,
            zorder=3 - list(LEVELS).index(item.level) / 4 if marker == "|" else 2,
        )
    for level, size in LEVEL_SIZES.items():
        if str(level) not in new:
            continue
        value = new[str(level)]
        axes.plot(
            place(value),
            row,
            LEVEL_MARKS[level],
            color=LEVEL_COLOURS[level],
            markersize=size,
            markeredgecolor="white",
            markeredgewidth=0.5,
        )
    texts = " | ".join(
        benchmark(new[str(level)], indicator, digits=3) for level in LEVELS if str(level) in new
    )
    axes.text(1.08, row, f"{texts}  {unit_of(indicator)}", va="center", color=INK)


def _scale(own: pd.DataFrame, new: pd.Series, indicator: Indicator):
    """Map values to 0-1, cleaner left; comparators farther than two spans of the proposal fall off."""
    span = (new.max() - new.min()) or abs(new.max()) * 0.1 or 1.0
    near = own.loc[own["value"].between(new.min() - 2 * span, new.max() + 2 * span), "value"]
    low, high = near.min(), near.max()
    width = (high - low) or span

    def place(value: float) -> float:
        share = (value - low) / width
        return float(1 - share if indicator.better == "higher" else share)

    return place


def _ladder_table(proposed: pd.DataFrame, system: IndicatorSystem) -> pd.DataFrame:
    rows: list[tuple[str, str, str, float, str, str, bool]] = []
    for name in dict.fromkeys(proposed["indicator"]):
        indicator = system[name]
        own = proposed[(proposed["indicator"] == name) & proposed["proposed"].notna()]
        if indicator.kind is Kind.QUALITATIVE or not len(own):
            continue
        for what in own.columns.intersection(["proposed", "calibrated"], sort=False):
            known = own[own[what].notna()]
            rows += [
                (name, str(level), what, float(value), "", "", what == "proposed")
                for level, value in zip(known["level"], known[what], strict=True)
            ]
        rows += _comparator_rows(indicator)
    return pd.DataFrame(rows, columns=["indicator", "level", "what", "value", "status", "label", "same"])


def _comparator_rows(indicator: Indicator) -> list[tuple[str, str, str, float, str, str, bool]]:
    kinds = {PREVIOUS: "previous", "mandatory_limit": "law"}
    rows = []
    for item in indicator.comparators:
        if not (item.comparable or item.before_corrections):
            continue
        for value in item.value if isinstance(item.value, tuple) else (item.value,):
            what = kinds.get(item.kind, "other")
            same = item.comparable and indicator.target is None
            level = str(item.level or "")
            rows.append((indicator.id, level, what, float(value), item.status, item.label, same))
    return rows


def _key(data: pd.DataFrame) -> list[Line2D]:
    def sign(marker: str, label: str) -> Line2D:
        return Line2D([], [], linestyle="", marker=marker, color=SOFT, markersize=6.5, label=label)

    return level_key() + [
        sign(MARKERS[what], say(text)) for what, text in WORDS.items() if (data["what"] == what).any()
    ]
