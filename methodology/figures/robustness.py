"""How far a choice, a weight or a value can move before a level flips."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from methodology.figures import claims
from methodology.figures.canvas import (
    DATA,
    DATA_LIGHT,
    INK,
    RULE,
    ClaimFigure,
    bare,
    in_house_style,
    label_rows,
    named,
    share_axis,
    sheet,
)
from methodology.figures.claims.words import two_digits
from methodology.figures.looks import EACH, LEVEL_COLOURS, WHOLE
from methodology.figures.wrapping import LETTER, letters, roomy
from methodology.indicators import IndicatorSystem, Level
from methodology.indicators.display import number, unit_of
from methodology.indicators.words import NO_LEVEL, level_word
from methodology.languages import say


@in_house_style
def weight_stability(
    stability: pd.DataFrame,
    system: IndicatorSystem,
    *,
    kind: str = "indicator",
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show the range each weight may take, others in proportion, without any plant changing its level.

    Parameters
    ----------
    stability : DataFrame
        Columns kind, name, weight, lower, upper, lower_plant, lower_change, upper_plant, upper_change.
    system : IndicatorSystem
        Names and order.
    kind : {"indicator", "group", "both"}
        Which rows are drawn; groups stand above indicators.
    basis : str
        Which values and plants the title speaks of, if it is not said elsewhere.

    Returns
    -------
    ClaimFigure
        `data`: the rows drawn, the narrowest range of each kind first.
    """
    own = stability if kind == "both" else stability[stability["kind"] == kind]
    data = (
        own.assign(width=own["upper"] - own["lower"])
        .sort_values("width", kind="stable")
        .sort_values("kind", kind="stable")  # groups before indicators
        .reset_index(drop=True)
    )
    names = [_name(system, item.kind, item.name) for item in data.itertuples()]
    figure, axes = sheet(
        claims.on_basis(title or claims.least_room(data, names), basis),
        data,
        plants=True,
        width=9.0,
        height=1.5 + 0.27 * len(data),
        note=say(
            "Bar: range in which every plant keeps its level, all other weights in proportion. Mark: the weight used. "
            "At an end: the plant that changes first, and how."
        ),
    )
    rows = np.arange(len(data))
    axes.barh(rows, data["width"], left=data["lower"], height=0.5, color=DATA_LIGHT)
    axes.plot(data["weight"], rows, EACH, color=DATA, markersize=5)
    flips = {end: list(map(_flip, data[f"{end}_plant"], data[f"{end}_change"])) for end in ("lower", "upper")}
    for row, item in enumerate(data.itertuples()):
        axes.text(item.lower, row, flips["lower"][row], ha="right", va="center")
        axes.text(item.upper, row, flips["upper"][row], ha="left", va="center")
    label_rows(axes, names)
    left, right = (list(zip(data[end], told, strict=True)) for end, told in flips.items())
    axes.set_xlim(roomy(left, right, 8.5 - LETTER * max(map(letters, names), default=0)))
    share_axis(axes)
    axes.grid(axis="x", color=RULE)
    bare(axes)
    return figure


def _name(system: IndicatorSystem, kind: str, name: str) -> str:
    if kind == "indicator":
        return named(system[name])
    found = next((group for group in system.groups if group.id == name), None)
    if found is None:
        return say("group {name}", name=name)
    return say("group: {name}", name=found.name)


def _distances(data: pd.DataFrame, kind: str, system: IndicatorSystem) -> list[str]:
    """Each distance in the unit of its indicator."""
    distances = data[f"{kind}_distance"].astype(float)
    return [
        f" · {number(two_digits(away))} {unit_of(system[name])}"
        for name, away in zip(data["indicator"], distances, strict=True)
    ]


def _flip(plant: str, change: str, away: str = "") -> str:
    """Who changes its level first, how, and how far away."""
    if not change:
        return ""
    before, _, after = (part.strip() for part in change.partition("->"))
    return f" {plant} {_level(before)} → {_level(after)}{away} "


def _level(level: str) -> str:
    return say(NO_LEVEL) if level == Level.NONE else say("{level}", level=level)


@in_house_style
def tipping_points(
    tipping: pd.DataFrame,
    system: IndicatorSystem,
    *,
    most: int = 15,
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show how far each benchmark value can be tightened or loosened before a plant changes its level.

    Parameters
    ----------
    tipping : DataFrame
        Columns indicator, level, tighter_spread (in standard deviations between plants), tighter_distance (in the unit
        of the indicator), tighter_plant, tighter_change, looser_spread and its kin; NaN where no value in that
        direction changes anything.
    most : int
        Values to show, the closest first.
    basis : str
        Which values and plants the title speaks of, if it is not said elsewhere.

    Returns
    -------
    ClaimFigure
        `data`: the rows drawn, and `closest` = the smaller of the two distances; 0 for a value read off a plant that
        would be lost at once.
    """
    spreads = tipping[["tighter_spread", "looser_spread"]].astype(float)
    data = tipping.assign(closest=spreads.min(axis=1), farther=spreads.max(axis=1)).dropna(subset="closest")
    data = data.sort_values(["closest", "farther"], kind="stable").drop(columns="farther")
    data = data.head(most).reset_index(drop=True)
    figure, axes = sheet(
        claims.on_basis(title or claims.nearest_tipping(tipping, system), basis),
        data,
        plants=True,
        width=9.0,
        height=1.7 + 0.27 * max(len(data), 1),
        note=say(
            "Distance from the benchmark value at which the first plant changes its level, in standard deviations "
            "between plants; behind the plant: the same in the unit of the indicator."
        ),
    )
    colours, sides = [LEVEL_COLOURS[Level(level)] for level in data["level"]], []
    for kind, sign, side in (("tighter", -1, "right"), ("looser", 1, "left")):
        ends = sign * data[f"{kind}_spread"].astype(float)
        axes.barh(range(len(data)), ends, height=0.5, color=colours)
        texts = map(_flip, data[f"{kind}_plant"], data[f"{kind}_change"], _distances(data, kind, system))
        sides.append(list(zip(ends, texts, strict=True)))
        for row, (end, text) in enumerate(sides[-1]):
            if np.isfinite(end):
                axes.text(end, row, text, ha=side, va="center")
    labels = [
        f"{named(system[item.indicator])} · {say('{level}', level=item.level)}" for item in data.itertuples()
    ]
    label_rows(axes, labels)
    left, right = sides
    axes.set_xlim(roomy([(0.0, ""), *left], right, 8.5 - LETTER * max(map(letters, labels), default=0)))
    axes.axvline(0, color=INK, linewidth=1)
    axes.xaxis.set_major_formatter(lambda distance, _: number(abs(distance)))
    axes.set_xlabel(say("←  tighter          looser  →"))
    bare(axes)
    return figure


@in_house_style
def cut_sweep(sweep: pd.DataFrame, *, cut: float, title: str = "", basis: str = "") -> ClaimFigure:
    """
    Show the number of plants at each level over the score that Levels I and II need.

    Parameters
    ----------
    sweep : DataFrame indexed by cut
        Columns I, II, III, none: numbers of plants.
    cut : float
        The cut of the rule.
    basis : str
        Which values and plants the title speaks of, if it is not said elsewhere.

    Returns
    -------
    ClaimFigure
        `data`: the four columns.
    """
    data = sweep[[str(level) for level in Level]].astype(float)
    figure, axes = sheet(
        claims.on_basis(title or claims.around_the_cut(data, cut), basis),
        data,
        width=8.0,
        height=3.6,
        note=say("Number of plants at each level; line: cut of the rule."),
    )
    below = np.zeros(len(data))
    for level in Level:
        above = below + data[str(level)].to_numpy()
        name = level_word(level)
        axes.fill_between(
            data.index, below, above, step="post", color=LEVEL_COLOURS[level], label=name, linewidth=0
        )
        below = above
    axes.axvline(cut, color=INK, linewidth=1)
    axes.text(cut, below.max() * 1.02, say("the rule: {cut:g}", cut=cut).join("  "), va="bottom")
    axes.set_xlim(data.index.min(), data.index.max())
    axes.set_ylim(0, below.max() * 1.1)
    axes.set_xlabel(say("score needed for Levels I and II"))
    axes.set_ylabel(say("plants"))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.02), ncols=4)
    bare(axes)
    return figure


@in_house_style
def share_distribution(
    shares: pd.DataFrame,
    *,
    promised: Mapping[str, float],
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show how the share of plants at each level varies when the whole chain is repeated on other samples.

    Parameters
    ----------
    shares : DataFrame of shape (draws, 3)
        Columns I, II, III: share of plants at the level or better, one row per repetition.
    promised : mapping of level to share
        What the run promised.
    basis : str
        Which values and plants the title speaks of, if it is not said elsewhere.

    Returns
    -------
    ClaimFigure
        `data`: level, promised, p05, p25, p50, p75, p95.
    """
    names = [str(level) for level in Level if level is not Level.NONE]
    quantiles = shares[names].quantile([0.05, 0.25, 0.5, 0.75, 0.95]).T
    quantiles.columns = ["p05", "p25", "p50", "p75", "p95"]
    data = quantiles.rename_axis("level").reset_index()
    data.insert(1, "promised", [promised[name] for name in data["level"]])
    figure, axes = sheet(
        claims.on_basis(title or claims.other_samples(data), basis),
        data,
        width=8.0,
        height=3.0,
        note=say(
            "Thin bar: 5-95 % of {count} repetitions; thick bar: 25-75 %; mark: median; line: promised.",
            count=len(shares),
        ),
    )
    for row, item in enumerate(data.itertuples()):
        colour = LEVEL_COLOURS[Level(item.level)]
        axes.barh(row, item.p95 - item.p05, left=item.p05, height=0.18, color=colour, alpha=0.5)
        axes.barh(row, item.p75 - item.p25, left=item.p25, height=0.4, color=colour)
        axes.plot(item.p50, row, WHOLE, color="white", markeredgecolor=INK, markersize=8)
        axes.plot([item.promised] * 2, [row - 0.36, row + 0.36], color=INK, linewidth=1.4)
    label_rows(axes, [level_word(name) for name in data["level"]], ends=(0.5, 0.5))
    axes.set_xlim(-0.01, max(0.2, float(data[["p95", "promised"]].max().max()) * 1.08))
    share_axis(axes)
    axes.set_xlabel(say("share of plants at the level or better"))
    axes.grid(axis="x", color=RULE)
    bare(axes)
    return figure
