"""The series and other standards: what is covered, stale or set abroad, and what adoption would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from methodology.figures.canvas import (
    DATA,
    FAINT,
    INK,
    RULE,
    SOFT,
    WARN,
    ClaimFigure,
    bare,
    beside,
    in_house_style,
    label_rows,
    share_axis,
    sheet,
)
from methodology.figures.looks import LEVEL_COLOURS, LEVEL_MARKS, level_key
from methodology.figures.wrapping import key_above, wrapped
from methodology.indicators import IndicatorSystem, Level
from methodology.indicators.display import mark, number, said_unit, unit_of, unit_text
from methodology.indicators.words import sign_of
from methodology.languages import Words, later, say
from methodology.series import claims as series_claims
from methodology.series.claims import ASPECTS, REGION_WORDS

COVER_WORDS = {
    "covered": later("covered"),
    "general": later("general"),
    "aged": later("aged"),
    "missing": later("missing"),
}
COVER_COLOURS = {"covered": "#7fb2a3", "general": "#cfe2dc", "aged": "#ecc987", "missing": "#f3e3e1"}

STAMP = Words("合成数据 不得引用", "SYNTHETIC DATA")
ABREAST = 3
"""Panels beside each other."""

STALE_NOTE = later(
    "Distance of the old value from the mandatory limit, as a share of the limit; right of the line: looser. "
    "Limits of energy norms are base values, before the corrections of a plant. Hollow: the limit is recalled "
    "or assumed."
)


@in_house_style
def standards_map(
    cover: pd.DataFrame,
    *,
    processes: Mapping[str, Words],
    aspects: Sequence[str],
    title: str = "",
) -> ClaimFigure:
    """
    Show processes by aspects 标准体系: covered, aged or missing, with the numbers of the standards in the cells.

    Parameters
    ----------
    cover : DataFrame
        Columns process, aspect, state ("covered", "general", "aged"), numbers (text); a missing row is a gap.
    processes : mapping of id to label
        Rows, in order.
    aspects : sequence of str
        Columns, in order.

    Returns
    -------
    ClaimFigure
        `data`: process, aspect, state, numbers of every cell, gaps included.
    """
    known = {(item.process, item.aspect): (item.state, item.numbers) for item in cover.itertuples()}
    rows = [
        (process, aspect, *known.get((process, aspect), ("missing", "")))
        for process in processes
        for aspect in aspects
    ]
    data = pd.DataFrame(rows, columns=["process", "aspect", "state", "numbers"])
    figure, axes = sheet(
        title or series_claims.fields_open(data["state"]),
        data,
        packed=True,
        width=1.6 + 1.45 * len(aspects),
        height=1.8 + 0.5 * len(processes),
        note=say(
            "General: only rules for all processes. Aged: the newest standard is old, whatever policy is beside it, "
            "or no document is known to be in force. †: recalled, its text not read. Missing means missing from our "
            "list."
        ),
    )
    for place, item in enumerate(data.itertuples()):
        row, column = divmod(place, len(aspects))
        axes.barh(row, 0.96, left=column + 0.02, height=0.92, color=COVER_COLOURS[item.state])
        text = _first_three(item.numbers.split("; ")) if item.numbers else say("gap")
        axes.text(column + 0.5, row, text, ha="center", va="center", color=INK if item.numbers else WARN)
    axes.set_xticks(np.arange(len(aspects)) + 0.5, [say(ASPECTS.get(aspect, aspect)) for aspect in aspects])
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(processes)), list(map(say, processes.values())))
    axes.set_ylim(len(processes) - 0.5, -0.5)
    axes.set_xlim(0, len(aspects))
    states = data["state"].value_counts()
    handles = [
        Patch(color=colour, label=f"{say(COVER_WORDS[state])} ({states.get(state, 0)})")
        for state, colour in COVER_COLOURS.items()
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.02), ncols=4)
    bare(axes)
    return figure


def _first_three(numbers: list[str]) -> str:
    more = f" +{len(numbers) - 3}" if len(numbers) > 3 else ""
    return "\n".join(wrapped(number, 19) for number in numbers[:3]) + more


@in_house_style
def savings(
    effects: pd.DataFrame,
    names: Mapping[str, Words],
    *,
    synthetic: bool = False,
    title: str = "",
) -> ClaimFigure:
    """
    Show what adoption would save per process, with its interval.

    Parameters
    ----------
    effects : DataFrame
        Columns process (id of its system), quantity, unit, value, lower, upper. One panel per quantity.
    names : mapping of system id to name
    synthetic : bool
        Whether plants are made up: the figure is stamped, so that no number of it can be quoted without that.

    Returns
    -------
    ClaimFigure
        `data`: the columns.
    """
    data = effects[["process", "quantity", "unit", "value", "lower", "upper"]].reset_index(drop=True)
    quantities = list(dict.fromkeys(data["quantity"]))
    sizes = [int((data["quantity"] == quantity).sum()) for quantity in quantities]
    columns = min(ABREAST, len(quantities))
    most = [max(sizes[place : place + columns]) for place in range(0, len(sizes), columns)]
    figure, axes = sheet(
        title or series_claims.saves_most(data, names),
        data,
        packed=True,
        width=1.9 + 2.5 * columns,
        height=1.0 + sum(0.75 + 0.3 * size for size in most),
        nrows=len(most),
        ncols=columns,
        squeeze=False,
        note=say("Line: 95 % interval over which plants were asked. ‡: everything else is assumed."),
        gridspec_kw={"height_ratios": [size + 0.6 for size in most]},
    )
    for place, panel in enumerate(axes.flat):
        if place >= len(quantities):
            panel.set_axis_off()
            continue
        own = data[data["quantity"] == quantities[place]].reset_index(drop=True)
        _saved(panel, own, rows=most[place // columns])
        panel.set_yticks(own.index, [say(names.get(name, name)) for name in own["process"]])
        panel.set_title(f"{say(quantities[place])}, {said_unit(own['unit'].iloc[0])}")
        left = data.loc[data["quantity"] == quantities[max(place - 1, 0)], "process"]
        if place % columns and left.tolist() == own["process"].tolist():
            panel.set_yticklabels([])
    if synthetic:
        figure.text(
            0.5, 0.5, say(STAMP), size=34, rotation=18, color=WARN, alpha=0.25, ha="center", va="center"
        )
    return figure


def _saved(panel: Axes, own: pd.DataFrame, *, rows: int) -> None:
    panel.barh(own.index, own["value"], height=0.55, color=DATA)
    panel.hlines(own.index, own["lower"], own["upper"], color=INK, linewidth=1.2)
    ends = np.fmax(own["upper"], own["value"])
    for row, (end, value) in enumerate(zip(ends, own["value"], strict=True)):
        panel.text(end, row, f"  {number(value, digits=3)}", va="center")
    panel.set_ylim(rows - 0.4, -0.6)
    panel.set_xlim(min(0.0, float(own["lower"].min())), float(ends.max()) * 1.25 or 1.0)
    panel.locator_params(axis="x", nbins=4)
    panel.grid(axis="x", color=RULE)
    bare(panel)


@in_house_style
def staleness(old: pd.DataFrame, *, title: str = "") -> ClaimFigure:
    """
    Show values of the previous index against the mandatory limits in force.

    Parameters
    ----------
    old : DataFrame
        Columns label, label_zh, level, value, limit, better ("lower"/"higher"), unit, status (of the limit).

    Returns
    -------
    ClaimFigure
        `data`: the columns and `relative`: distance from the limit as a share of it, positive where looser.
    """
    sign = old["better"].map(sign_of)
    scale = old["limit"].abs().where(old["limit"] != 0)
    data = old.assign(relative=sign * (old["value"] - old["limit"]) / scale).reset_index(drop=True)
    labels = list(dict.fromkeys(data["label"]))
    figure, axes = sheet(
        title or series_claims.looser_than_law(data["relative"]),
        data,
        packed=True,
        width=9.0,
        height=1.9 + 0.27 * len(labels),
        note=say(STALE_NOTE),
    )
    axes.axvspan(0, 10, color="#f7efee", zorder=0)
    axes.axvline(0, color=WARN, linewidth=1)
    for row, label in enumerate(labels):
        own = data[data["label"] == label]
        for item in own.itertuples():
            colour = LEVEL_COLOURS[Level(item.level)]
            look = {"markeredgecolor": colour, "markerfacecolor": "white" if mark(item.status) else colour}
            axes.plot(item.relative, row, LEVEL_MARKS[Level(item.level)], markersize=7, **look)
        beside(
            axes,
            row,
            say(
                "limit {value} {unit}",
                value=number(own["limit"].iloc[0]),
                unit=unit_text(own["unit"].iloc[0]),
            ),
            color=SOFT,
        )
    axes.legend(handles=level_key(), loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    reach = float(data["relative"].abs().max()) * 1.15 or 1.0
    axes.set_xlim(-reach, reach)
    label_rows(axes, _labels(data))
    share_axis(axes)
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    bare(axes)
    return figure


def _labels(data: pd.DataFrame) -> list[str]:
    """Each indicator once, in the language that is spoken."""
    names = data.drop_duplicates("label")
    return [say(Words(zh, en)) for zh, en in zip(names["label_zh"], names["label"], strict=True)]


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
