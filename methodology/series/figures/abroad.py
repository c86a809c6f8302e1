"""Values abroad 国外对标值 beside the Chinese ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from methodology.figures.canvas import (
    RULE,
    SOFT,
    ClaimFigure,
    bare,
    beside,
    in_house_style,
    label_rows,
    sheet,
)
from methodology.figures.wrapping import key_above
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import mark, unit_of
from methodology.languages import later, say
from methodology.series import claims as series_claims
from methodology.series.words import REGION_WORDS

MARKS = {"mandatory_limit": "X", "ultra_low": "P", "energy_norm": "X"}
REGION_COLOURS = {"CN": "#b5342b", "EU": "#2a8c8c", "US": "#4d7c3a", "JP": "#7a4e9c", "world": "#6b6b6b"}
LIFT = {"CN": 0.0, "EU": -0.24, "US": 0.24, "JP": 0.12, "world": -0.12}

NOTE = later(
    "At the oxygen reference of the Chinese limit where both are stated. Filled: on a common basis with "
    "the Chinese limit; hollow: another averaging time or oxygen reference, see the table. All of them are "
    "recalled or second-hand."
)


@in_house_style
def values_abroad(
    values: pd.DataFrame, systems: Sequence[IndicatorSystem], *, title: str = ""
) -> ClaimFigure:
    """
    Show limits of stacks of China, the EU, the US and Japan, brought to one unit and one oxygen reference.

    Parameters
    ----------
    values : DataFrame
        As `methodology.series.foreign_values` returns it; only indicators of concentration with a value from
        abroad are drawn.
    systems : sequence of IndicatorSystem
        Names.

    Returns
    -------
    ClaimFigure
        `data`: system, indicator, region, kind, low, high, unit, common, status of what is drawn.
    """
    data = _drawn(values)
    rows = list(dict.fromkeys(zip(data["system"], data["indicator"], strict=True)))
    figure, axes = sheet(
        title or series_claims.on_common_basis(data),
        data,
        packed=True,
        width=9.4,
        height=1.9 + 0.23 * len(rows),
        note=say(NOTE),
    )
    place = {key: row for row, key in enumerate(rows)}
    for item in data.itertuples():
        row = place[item.system, item.indicator] + LIFT[item.region]
        colour = REGION_COLOURS[item.region]
        face = colour if item.common else "white"
        if item.high > item.low:
            axes.plot([item.low, item.high], [row, row], color=colour, linewidth=1.4, zorder=2)
        ends = [item.low] if item.low == item.high else [item.low, item.high]
        axes.plot(
            ends,
            [row] * len(ends),
            MARKS.get(item.kind, "o"),
            color=colour,
            markerfacecolor=face,
            markersize=6,
            zorder=3,
        )
    by_id = {system.id: system for system in systems}
    label_rows(axes, [_label(by_id[system], indicator) for system, indicator in rows])
    for row, (system, indicator) in enumerate(rows):
        beside(axes, row, unit_of(by_id[system][indicator]), color=SOFT)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(axis="both", color=RULE)
    key_above(axes, handles=_key())
    bare(axes)
    return figure


def _drawn(values: pd.DataFrame) -> pd.DataFrame:
    stacks = values[values["unit"].str.endswith("/m3") & values["low"].notna() & (values["low"] > 0)]
    foreign = stacks[stacks["region"] != "CN"].groupby(["system", "indicator"]).size().index
    keys = list(zip(stacks["system"], stacks["indicator"], strict=True))
    kept = stacks[np.array([key in foreign for key in keys], dtype=bool)]
    names = ["system", "indicator", "region", "kind", "low", "high", "unit", "common", "status"]
    return kept[names].reset_index(drop=True)


def _label(system: IndicatorSystem, indicator: str) -> str:
    name = system[indicator].name
    short = name if len(name) <= 52 else f"{name[:51]}…"
    signs = {mark(item.status) for item in system[indicator].comparators}
    return f"{system.name}  {short}{''.join(sorted(signs))}"


def _key() -> list[Line2D]:
    def sign(marker: str, label: str, colour: str) -> Line2D:
        return Line2D([], [], linestyle="", marker=marker, color=colour, markersize=5.5, label=label)

    return [
        sign("X", say("China, limit"), REGION_COLOURS["CN"]),
        sign("P", say("China, ultra-low"), REGION_COLOURS["CN"]),
        *(sign("o", say(REGION_WORDS[region]), REGION_COLOURS[region]) for region in ("EU", "US", "JP")),
    ]
