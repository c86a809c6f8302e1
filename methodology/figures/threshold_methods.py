"""What other methods would have said, and how often intervals hold the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from methodology.figures import claims
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
    named,
    rule_places,
    share_axis,
    sheet,
)
from methodology.figures.looks import looks
from methodology.figures.wrapping import key_above
from methodology.indicators import IndicatorSystem
from methodology.indicators.display import number, percent, round_percent, unit_of
from methodology.languages import Words, later, say
from methodology.sample.attribute_words import stratum_in_words

MOST = 6
"""Indicators drawn of those whose values differ by method; the others differ less."""

COVERAGE_NOTE = later(
    "Share of samples whose interval holds the truth, with twice its Monte Carlo error. Band: below the "
    "confidence promised."
)


@in_house_style
def coverage_of_intervals(
    study: pd.DataFrame,
    *,
    confidence: float = 0.95,
    title: str = "",
) -> ClaimFigure:
    """
    Show how often each kind of interval holds the true value, over sample size, share and population.

    Parameters
    ----------
    study : DataFrame
        Columns population, n, share, method, coverage, standard_error.
    confidence : float
        What the intervals promise.

    Returns
    -------
    ClaimFigure
        `data`: the six columns.
    """
    data = study[["population", "n", "share", "method", "coverage", "standard_error"]].reset_index(drop=True)
    populations, shares = list(dict.fromkeys(data["population"])), sorted(set(data["share"]))
    methods = list(dict.fromkeys(data["method"]))
    figure, axes = sheet(
        title or claims.coverage_kept(data, confidence),
        data,
        width=2.7 * len(shares) + 1.2,
        height=1.6 + 1.9 * len(populations),
        nrows=len(populations),
        ncols=len(shares),
        squeeze=False,
        sharex=True,
        sharey=True,
        note=say(COVERAGE_NOTE),
    )
    least = min(0.6, float(data["coverage"].min()) - 0.03)
    for (row, column), panel in np.ndenumerate(axes):
        own = data[(data["population"] == populations[row]) & (data["share"] == shares[column])]
        panel.axhspan(least, confidence, color="#f7efee", zorder=0)
        panel.axhline(confidence, color=WARN, linewidth=0.9)
        _coverage_lines(panel, own, methods, sorted(set(data["n"])))
        room = "" if row else "\n\n"  # for the key
        panel.set_title(
            room
            + say(
                "{population} · share {share}",
                population=claims.method_in_words(populations[row]),
                share=round_percent(shares[column]),
            ),
        )
        panel.set_ylim(least, 1.01)
        panel.yaxis.set_major_formatter(lambda share, _: round_percent(share))
        panel.grid(axis="y", color=RULE)
        bare(panel)
    for panel in axes[-1]:
        panel.set_xlabel(say("plants in the sample"))
    key = axes.flat[0].legend(loc="lower left", bbox_to_anchor=(-0.02, 1.1), ncols=len(methods))
    key.set_in_layout(False)  # or the first column would be as wide as the key
    return figure


def _coverage_lines(panel, own: pd.DataFrame, methods: Sequence[str], sizes: Sequence[int]) -> None:
    """One line per method, moved sideways a little so that the error bars stay apart."""
    own_looks = looks(methods)
    for place, method in enumerate(methods):
        line = own[own["method"] == method].sort_values("n")
        spots = np.searchsorted(sizes, line["n"]) + (place - len(methods) / 2) * 0.05
        error = 2 * line["standard_error"]
        panel.errorbar(
            spots,
            line["coverage"],
            error,
            **own_looks[method],
            markersize=5,
            linewidth=1.1,
            label=claims.method_in_words(method),
        )
    panel.set_xticks(range(len(sizes)), [str(size) for size in sizes])


@in_house_style
def threshold_methods(
    values: pd.DataFrame,
    system: IndicatorSystem,
    *,
    chosen: str,
    title: str = "",
    basis: str = "",
) -> ClaimFigure:
    """
    Show the value every method gives for Level II, relative to the chosen method, where methods differ most.

    Parameters
    ----------
    values : DataFrame
        Columns indicator, level, method, value; NaN where a method does not hold.
    chosen : str
        Method of the run: the middle line.
    basis : str
        Which values are shown, e.g. "as calibrated, joint promise"; stands behind the title.

    Returns
    -------
    ClaimFigure
        `data`: indicator, method, value, relative (share of the chosen value, positive where looser).
    """
    data, rest = _farthest_apart(_relative_values(values[values["level"] == "II"], system, chosen), system)
    base = data[data["method"] == chosen].set_index("indicator")["value"]
    names = [name for name in system.ids if name in base.index]
    told = say("the method used")
    claim = title or claims.farthest_value(data, system, chosen=chosen, told=told, level="II")
    figure, axes = sheet(
        claims.on_basis(claim, basis),
        data,
        width=9.0,
        height=1.9 + 0.27 * max(len(names), 1),
        note=say(
            "Level {level}, as a share of the value of {told} ({chosen}), which stands at the right.",
            level="II",
            told=told,
            chosen=claims.method_in_words(chosen),
        )
        + rest,
    )
    axes.axvline(0, color=INK, linewidth=1)
    rows = {name: row for row, name in enumerate(names)}
    others = [method for method in dict.fromkeys(data["method"]) if method != chosen]
    for method, look in looks(others).items():
        line = data[data["method"] == method]
        drawn = {"linestyle": "", "markersize": 5, "alpha": 0.85, "label": claims.method_in_words(method)}
        axes.plot(line["relative"], line["indicator"].map(rows), **drawn, **look)
    for name, row in rows.items():
        beside(axes, row, f"{number(base[name], digits=3)} {unit_of(system[name])}", color=SOFT)
    label_rows(axes, [named(system[name]) for name in names])
    share_axis(axes)
    axes.set_xlabel(say("←  stricter          looser  →"))
    rule_places(axes, range(len(names)), color=FAINT, width=0.5)
    if not names:
        axes.text(0, 0, say("no indicator has such values"), ha="center", va="center", color=SOFT)
    if others:
        key_above(axes)
    bare(axes)
    return figure


def _farthest_apart(data: pd.DataFrame, system: IndicatorSystem) -> tuple[pd.DataFrame, str]:
    """Rows of the indicators whose values differ most, and how many others differ by how much at most."""
    apart = data["relative"].abs().groupby(data["indicator"]).max().reindex(system.ids).dropna()
    nearer = apart.sort_values(ascending=False, kind="stable").iloc[MOST:]
    most = {"count": str(len(nearer)), "most": percent(nearer.max())}
    rest = say(" {count} more indicators differ by {most} at most.", **most) if len(nearer) else ""
    return data[~data["indicator"].isin(nearer.index)].reset_index(drop=True), rest


def _relative_values(values: pd.DataFrame, system: IndicatorSystem, chosen: str) -> pd.DataFrame:
    """Values of every method as a distance from the chosen one, looser to the right."""
    known = values[values["value"].notna()].drop_duplicates(["indicator", "method"])
    base = known[known["method"] == chosen].set_index("indicator")["value"]
    data = known.loc[known["indicator"].isin(base.index), ["indicator", "method", "value"]].reset_index(
        drop=True
    )
    at = data["indicator"].map(base).astype(float)
    sign = np.array([system[name].sign for name in data["indicator"]])
    return data.assign(relative=sign * (data["value"] - at) / at.abs().where(at != 0))


@in_house_style
def strata_coverage(
    coverage: pd.DataFrame,
    system: IndicatorSystem | None = None,
    *,
    names: Mapping[str, Words] | None = None,
    title: str = "",
) -> ClaimFigure:
    """
    Show the share of plants and of capacity that the sample covers in each stratum.

    Parameters
    ----------
    coverage : DataFrame
        Columns stratum, plants, known, share, capacity_share; the last row is the whole, unless strata are systems.
    system : IndicatorSystem, optional
        Its strata, for their names.
    names : mapping of stratum to name, optional
        Where strata are systems.

    Returns
    -------
    ClaimFigure
        `data`: the columns.
    """
    data = coverage[["stratum", "plants", "known", "share", "capacity_share"]].reset_index(drop=True)
    own = names or {}
    labels = [say(own[name]) if name in own else stratum_in_words(name, system) for name in data["stratum"]]
    figure, axes = sheet(
        title or (claims.capacity_missed(data) if own else claims.covered(data, labels)),
        data,
        width=8.0,
        height=1.7 + 0.32 * len(data),
        note=say("Bar: share of known plants; mark: share of capacity."),
    )
    rows = np.arange(len(data))
    axes.barh(rows, data["share"], height=0.55, color="#9fb3c2", label=say("plants"))
    axes.plot(
        data["capacity_share"],
        rows,
        "o",
        color=DATA,
        markersize=6,
        linestyle="",
        label=say("capacity"),
        clip_on=False,
    )
    for row, item in enumerate(data.itertuples()):
        told = {"plants": f"{item.plants:.0f}", "known": f"{item.known:.0f}"}
        known = np.isfinite(item.known)
        beside(axes, row, say("{plants} of {known}" if known else "{plants}, no register", **told))
    label_rows(axes, labels)
    axes.set_xlim(0, 1)
    share_axis(axes)
    axes.grid(axis="x", color=RULE)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    bare(axes)
    return figure
