"""The sample 样本 and the weights 权重 as tables for readers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from methodology.indicators import CellState, Indicator, IndicatorSystem, Kind, Sample
from methodology.indicators.display import mark, number, percent, unit_of
from methodology.tables.overview import Overview, overview

LIMITING = "* limiting indicator 限定性指标"
LEVEL_NAMES = {1.0: "I", 2.0: "II", 3.0: "III", 4.0: "none"}


def starred(indicator: Indicator) -> str:
    """English name, `*` behind a limiting indicator."""
    return indicator.name_en + ("*" if indicator.limiting else "")


def sample_overview(sample: Sample, system: IndicatorSystem) -> Overview:
    """
    Count the four states of every indicator, and show its range.

    Parameters
    ----------
    sample : Sample
        Plants as read, exclusions made.
    system : IndicatorSystem
        Order, names and units.

    Returns
    -------
    Overview
        One row per indicator: unit, measured, below limit, not reported, not applicable, median. A cell below its
        limit counts as the limit; a described level is written as I, II, III or none. Extremes are not shown: each
        is the figure of one plant.
    """
    rows = [_sample_row(sample, system[name]) for name in system.ids if name in sample.values]
    columns = [
        "indicator",
        "指标",
        "unit",
        "measured",
        "below limit",
        "not reported",
        "not applicable",
        "median",
    ]
    count = f"{len(sample.plants)} plants, {len(sample.excluded)} excluded"
    return overview(rows, columns, [count, LIMITING])


def _sample_row(sample: Sample, indicator: Indicator) -> dict[str, object]:
    states, values = sample.states[indicator.id], sample.values[indicator.id].dropna()
    counts = {state: int((states == state).sum()) for state in CellState}
    row: dict[str, object] = {
        "indicator": starred(indicator),
        "指标": indicator.name_zh,
        "unit": unit_of(indicator),
        "measured": counts[CellState.MEASURED],
        "below limit": counts[CellState.BELOW_LIMIT],
        "not reported": counts[CellState.NOT_REPORTED],
        "not applicable": counts[CellState.NOT_APPLICABLE],
    }
    if len(values):
        middle = values.quantile(
            0.5, interpolation="lower" if indicator.kind is Kind.QUALITATIVE else "linear"
        )
        row["median"] = _written(middle, indicator)
    return row


def _written(value: float, indicator: Indicator) -> str:
    return LEVEL_NAMES[value] if indicator.kind is Kind.QUALITATIVE else number(value)


def excluded_plants(sample: Sample) -> Overview:
    """
    List who is not in the sample, and why.

    Returns
    -------
    Overview
        plant, reason.
    """
    rows = [{"plant": row.plant, "reason": row.reason} for row in sample.excluded.itertuples()]
    return overview(rows, ["plant", "reason"], [] if rows else ["no plant is excluded"])


def weights_overview(
    weights: pd.DataFrame, system: IndicatorSystem, experts: pd.DataFrame | None = None
) -> Overview:
    """
    Show the weight of every indicator, of the whole and within its group.

    Parameters
    ----------
    weights : DataFrame
        As weights.csv: group, indicator, weight, local_weight.
    system : IndicatorSystem
        Order, names and groups.
    experts : DataFrame indexed by indicator, one column per expert, optional
        Weights of the whole by expert; adds the range over experts.

    Returns
    -------
    Overview
        One row per indicator: group, weight, within group, and the experts' range. Weights that are those the system
        states itself carry the sign of their status.
    """
    own = weights.set_index("indicator")
    stated = system.weights.set_index("indicator")["weight"].reindex(own.index)
    taken_over = experts is None and bool(np.allclose(own["weight"], stated, rtol=0, atol=1e-9))
    groups = {group.id: f"{group.name_en} {group.name_zh}" for group in system.groups}
    rows = []
    for name in (name for name in system.ids if name in own.index):
        row = {
            "indicator": starred(system[name]),
            "指标": system[name].name_zh,
            "group": groups[own.loc[name, "group"]],
            "weight": percent(own.loc[name, "weight"])
            + mark(system[name].weight_status if taken_over else ""),
            "within group": percent(own.loc[name, "local_weight"]),
        }
        if experts is not None and name in experts.index:
            row["experts"] = f"{percent(experts.loc[name].min())} - {percent(experts.loc[name].max())}"
        rows.append(row)
    columns = ["indicator", "指标", "group", "weight", "within group"]
    total = f"the weights sum to {percent(weights['weight'].sum())}"
    return overview(rows, [*columns, *(["experts"] if experts is not None else [])], [total, LIMITING])


def cell_notes(notes: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    What was done to single cells on the way in, without the cell itself.

    Parameters
    ----------
    notes : DataFrame
        As `Sample.notes`: plant, indicator, what, reason.

    Returns
    -------
    Overview
        plant, indicator, what, because; a recalled or assumed bound carries its sign.
    """
    rows = [
        {
            "plant": row.plant or "all",
            "indicator": starred(system[row.indicator]) if row.indicator in system.ids else row.indicator,
            "what": row.what,
            "because": row.reason,
        }
        for row in notes.itertuples()
    ]
    legend = [] if rows else ["every cell is taken as it was stated"]
    return overview(rows, ["plant", "indicator", "what", "because"], legend)


def spreads(spread: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    The middle half of the plants of each indicator.

    Parameters
    ----------
    spread : DataFrame indexed by indicator
        n, q1, median, q3, as `methodology.sample.sample_overview` works them out.

    Returns
    -------
    Overview
        indicator, 指标, unit, plants, a quarter below, median, a quarter above.
    """
    rows = [
        {
            "indicator": starred(system[str(row.Index)]),
            "指标": system[str(row.Index)].name_zh,
            "unit": unit_of(system[str(row.Index)]),
            "plants": row.n,
            "a quarter below": number(row.q1),
            "median": number(row.median),
            "a quarter above": number(row.q3),
        }
        for row in spread.itertuples()
    ]
    columns = ["indicator", "指标", "unit", "plants", "a quarter below", "median", "a quarter above"]
    return overview(rows, columns, [LIMITING])


def strata_covered(coverage: pd.DataFrame) -> Overview:
    """
    How much of each stratum of the industry the sample holds.

    Parameters
    ----------
    coverage : DataFrame
        As `methodology.chain.industry_coverage` returns it.

    Returns
    -------
    Overview
        stratum, plants of how many known, share of the plants, share of the capacity.
    """
    rows = [
        {
            "stratum": row.stratum,
            "plants": f"{row.plants:.0f} of {row.known:.0f}"
            if np.isfinite(row.known)
            else f"{row.plants:.0f}",
            "share of plants": percent(row.share),
            "share of capacity": percent(row.capacity_share),
        }
        for row in coverage.itertuples()
    ]
    return overview(rows, ["stratum", "plants", "share of plants", "share of capacity"])


def weights_without_one(stability: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    How far the weights move when one expert at a time is left out.

    Parameters
    ----------
    stability : DataFrame indexed by indicator
        weight, without_lowest, without_highest, shares of the whole; without judgements the weight alone.

    Returns
    -------
    Overview
        indicator, 指标, weight, lowest and highest without one.
    """
    judged = "without_lowest" in stability
    if not judged:
        stability = stability.assign(without_lowest=np.nan, without_highest=np.nan)
    rows = [
        {
            "indicator": starred(system[str(row.Index)]),
            "指标": system[str(row.Index)].name_zh,
            "weight": percent(row.weight),
            "without one expert": f"{percent(row.without_lowest)} - {percent(row.without_highest)}",
        }
        for row in stability.itertuples()
    ]
    legend = [LIMITING] if judged else ["no expert was asked", LIMITING]
    return overview(rows, ["indicator", "指标", "weight", "without one expert"], legend)
