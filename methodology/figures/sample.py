"""What the sample 样本 holds: who reported what, and how far plants lie apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from methodology.figures import claims
from methodology.figures.canvas import (
    DATA,
    FAINT,
    INK,
    SOFT,
    WARN,
    ClaimFigure,
    bare,
    in_house_style,
    label_places,
    label_rows,
    named,
    sheet,
)
from methodology.figures.wrapping import key_above
from methodology.indicators import CellState, IndicatorSystem, Kind, Sample
from methodology.indicators.display import number, unit_of
from methodology.languages import by_line, later, retold, say

STATE_COLOURS = {
    CellState.MEASURED: "#d5dde3",
    CellState.BELOW_LIMIT: "#6a4c93",
    CellState.NOT_REPORTED: "#c8553d",
    CellState.NOT_APPLICABLE: "#f4f4f4",
}
STATE_WORDS = {
    CellState.MEASURED: later("measured"),
    CellState.BELOW_LIMIT: later("below a stated limit"),
    CellState.NOT_REPORTED: later("not reported"),
    CellState.NOT_APPLICABLE: later("not applicable"),
}


@in_house_style
def sample_states(
    sample: Sample,
    system: IndicatorSystem,
    *,
    flagged: pd.DataFrame | None = None,
    title: str = "",
) -> ClaimFigure:
    """
    Show every cell of the sample by its state, with excluded plants beside the table and flagged cells crossed.

    Parameters
    ----------
    sample : Sample
        Plants kept, and those excluded with a reason.
    system : IndicatorSystem
        Gives the order and the names of the indicators.
    flagged : DataFrame with columns plant, indicator, optional
        Cells that a check found doubtful.

    Returns
    -------
    ClaimFigure
        `data` has one row per indicator and one column per plant: the code of its state.
    """
    states = sample.states[[name for name in system.ids if name in sample.states]].T
    height = 1.7 + 0.28 * len(states) + (0.25 if len(sample.excluded) else 0)
    figure, axes = sheet(
        title or claims.cells_silent(states, system),
        states,
        plants=True,
        width=float(np.clip(3.6 + 0.2 * states.shape[1], 7.5, 9.4)),
        height=height,
        note=_states_note(sample),
    )
    axes.pcolormesh(
        states.to_numpy(dtype=float),
        cmap=ListedColormap([STATE_COLOURS[state] for state in CellState]),
        vmin=-0.5,
        vmax=3.5,
        edgecolors="white",
        linewidth=1.2,
    )
    axes.invert_yaxis()
    names = [named(system[name]) for name in states.index]
    label_places(axes, np.arange(len(states)) + 0.5, names)
    axes.set_xticks(np.arange(states.shape[1]) + 0.5, [str(plant) for plant in states.columns], rotation=90)
    bare(axes)
    _cross_flagged(axes, states, flagged)
    counts = {state: int((states.to_numpy() == state).sum()) for state in CellState}
    handles = [
        Patch(
            facecolor=STATE_COLOURS[s],
            edgecolor=FAINT,
            label=say("{state} ({count})", state=say(STATE_WORDS[s]), count=counts[s]),
        )
        for s in CellState
    ]
    key_above(axes, handles=handles, borderaxespad=0.3)
    return figure


def _cross_flagged(axes, states: pd.DataFrame, flagged: pd.DataFrame | None) -> None:
    if flagged is None or not len(flagged):
        return
    rows = states.index.get_indexer(flagged["indicator"])
    columns = states.columns.get_indexer(flagged["plant"])
    known = (rows >= 0) & (columns >= 0)
    axes.plot(columns[known] + 0.5, rows[known] + 0.5, "x", color=WARN, markersize=5, markeredgewidth=1.4)


def _states_note(sample: Sample) -> str:
    if not len(sample.excluded):
        return say("{plants} plants; none excluded.", plants=len(sample.plants))
    reasons = say("; ").join(
        f"{row.plant}: {retold(say(by_line(row.reason)))}" for row in sample.excluded.itertuples()
    )
    return say(
        "{plants} plants; {excluded} excluded ({reasons}).",
        plants=len(sample.plants),
        excluded=len(sample.excluded),
        reasons=reasons,
    )


@in_house_style
def sample_spread(
    sample: Sample,
    system: IndicatorSystem,
    *,
    title: str = "",
) -> ClaimFigure:
    """
    Show the spread of every quantitative indicator, scaled so that indicators can be compared.

    Each value is its distance from the median in units of the range from the 10 % to the 90 % quantile, turned so
    that cleaner is left. No plant is named. A hollow mark is a value below its stated limit.

    Returns
    -------
    ClaimFigure
        `data`: indicator, n, below_limit, p10, median, p90, unit, widest indicator (p90 - p10 over the median) first.
    """
    table = sample.comparable(system)
    data = _spread_table(table, sample, system)
    figure, axes = sheet(
        title or claims.widest(data, system),
        data,
        plants=True,
        width=9.4,
        height=1.5 + 0.27 * len(data),
        note=say(
            "Distance from the median in units of the 10-90 % range, clipped at ±1.5. Shaded: 10-90 %. "
            "Hollow: below a stated limit."
        ),
    )
    axes.axvline(0, color=FAINT, linewidth=1)
    for row, item in enumerate(data.itertuples()):
        sign = system[item.indicator].sign
        scale = (item.p90 - item.p10) or 1.0
        values = np.sort(sign * (table[item.indicator].to_numpy(dtype=float) - item.median) / scale)
        order = np.argsort(sign * table[item.indicator].to_numpy(dtype=float), kind="stable")
        hollow = (sample.states[item.indicator].to_numpy() == CellState.BELOW_LIMIT)[order]
        ends = sorted(sign * (np.array([item.p10, item.p90]) - item.median) / scale)
        axes.barh(row, ends[1] - ends[0], left=ends[0], height=0.5, color="#edf2f6", zorder=0)
        _strip(axes, np.clip(values, -1.5, 1.5), row, hollow)
        axes.text(1.6, row, _spread_text(item, system), va="center", color=SOFT)
    label_rows(axes, [named(system[name]) for name in data["indicator"]])
    axes.set_xlim(-1.55, 1.55)
    axes.set_xticks([-1.5, -1, -0.5, 0, 0.5, 1, 1.5])
    axes.set_xlabel(say("←  cleaner"), loc="left")
    axes.text(1.6, -0.75, say("median (10-90 %)"), color=INK, clip_on=False)
    bare(axes)
    return figure


def _spread_text(item, system: IndicatorSystem) -> str:
    numbers = f"{number(item.median, digits=3)} ({number(item.p10, digits=3)}-{number(item.p90, digits=3)})"
    return f"{numbers} {unit_of(system[item.indicator])}"


def _strip(axes, values: np.ndarray, row: int, hollow: np.ndarray) -> None:
    """Dots on one line, moved up and down in a fixed pattern so that neighbours stay visible."""
    lift = np.resize([0.0, 0.14, -0.14, 0.07, -0.07], len(values))
    kept = np.isfinite(values)
    colours = np.where(hollow, "white", DATA)
    axes.scatter(
        values[kept],
        row + lift[kept],
        s=14,
        c=colours[kept],
        edgecolors=DATA,
        linewidths=0.7,
    )


def _spread_table(table: pd.DataFrame, sample: Sample, system: IndicatorSystem) -> pd.DataFrame:
    rows = []
    for name in table.columns:
        values = table[name].dropna().to_numpy(dtype=float)
        if system[name].kind is Kind.QUALITATIVE or not len(values):
            continue
        low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
        below = int((sample.states[name] == CellState.BELOW_LIMIT).sum())
        rows.append((name, len(values), below, low, middle, high, unit_of(system[name])))
    data = pd.DataFrame(rows, columns=["indicator", "n", "below_limit", "p10", "median", "p90", "unit"])
    relative = (data["p90"] - data["p10"]) / data["median"].abs().where(data["median"] != 0)
    return data.loc[relative.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
