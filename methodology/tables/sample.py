"""The sample 样本 and the weights 权重 as tables for readers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from methodology.indicators import CellState, Indicator, IndicatorSystem, Kind, Sample
from methodology.indicators.cells import QUALITATIVE_CODES
from methodology.indicators.display import number, percent, unit_of
from methodology.sample.checking import Account
from methodology.tables.overview import Overview, overview

LIMITING = "* limiting indicator 限定性指标"
_STATES_ZH = {
    "measured": "实测",
    "below a limit": "低于检出限",
    "not reported": "未填报",
    "not applicable": "不适用",
}
LEVEL_OF_CODE = {code: level for level, code in QUALITATIVE_CODES.items()}
_EFFECT = ("most moved", "I", "II", "III")
_BY_RULE = "rule of the run 运行规则"
_SEVERITIES = {"error": "error 错误", "warn": "doubtful 可疑", "info": "unusual 异常"}


def starred(indicator: Indicator) -> str:
    """English name, `*` behind a limiting indicator."""
    return indicator.name + ("*" if indicator.limiting else "")


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
    return LEVEL_OF_CODE[value] if indicator.kind is Kind.QUALITATIVE else number(value)


def what_was_read(read: Account) -> Overview:
    """
    Say which rows of the file became plants, and how many cells of each state they hold.

    Parameters
    ----------
    read : Account
        As `methodology.sample.account` gives it, before the choices of the run.

    Returns
    -------
    Overview
        of the file, 文件, value.
    """
    rows = [("file", "文件", read.file), ("sheet", "工作表", read.sheet)]
    rows += [("row of the header", "表头所在行", read.header), ("rows of plants", "企业所在行", read.used)]
    rows += [(f"rows skipped: each {why}", "未读取的行", where) for why, where in read.skipped.items()]
    rows += [("plants", "企业数", str(read.plants)), ("excluded", "剔除企业数", str(read.excluded))]
    rows += [(f"cells {state}", _STATES_ZH[state], str(count)) for state, count in read.states.items()]
    columns = ["of the file", "文件", "value"]
    return overview([dict(zip(columns, row, strict=True)) for row in rows if row[2]], columns)


def excluded_plants(sample: Sample) -> Overview:
    """
    List who is not in the sample, and why.

    Returns
    -------
    Overview
        plant, reason, decided by, on; both empty where a rule of the run decided.
    """
    rows = [
        {"plant": row.plant, "reason": row.reason, "decided by": row.by, "on": row.date}
        for row in sample.excluded.fillna("").itertuples()
    ]
    columns = ["plant", "reason", "decided by", "on"]
    return overview(rows, columns, [] if rows else ["no plant is excluded"])


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


def years_spread(spread: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    Show the spread within plants over years beside the spread between plants, and the drift.

    Parameters
    ----------
    spread : DataFrame
        As `methodology.sample.years_spread` returns it; empty for a sample of one year.

    Returns
    -------
    Overview
        indicator, 指标, unit, plants, between, within, share within, drift per year.
    """
    rows = [
        {
            "indicator": starred(system[str(row.Index)]),
            "指标": system[str(row.Index)].name_zh,
            "unit": unit_of(system[str(row.Index)]),
            "plants": row.plants,
            "between plants": _figure(row.between),
            "within plants": _figure(row.within),
            "share within": percent(row.share) if np.isfinite(row.share) else "",
            "drift per year": _figure(row.drift),
        }
        for row in spread.itertuples()
    ]
    columns = ["indicator", "指标", "unit", "plants", "between plants", "within plants", "share within"]
    legend = ["standard deviations; drift: median over plants of the slope of their years", LIMITING]
    one = ["the sample holds one year 样本只有一年的数据"]
    return overview(rows, [*columns, "drift per year"], legend if rows else one)


def _figure(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else ""


def doubt_effects(effects: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    List findings with what setting the cell, or the plant, aside would do to the values.

    Parameters
    ----------
    effects : DataFrame
        As `methodology.chain.doubt_effects` returns it.

    Returns
    -------
    Overview
        plant, finding, severity, most moved, I, II, III (relative change of the value, to one digit: more of them
        would tell the figure of the plant beside it).
    """
    rows = [
        {
            "plant": row.plant,
            "finding": f"{_named(row.indicator, system)}: {row.what}" if row.indicator else row.what,
            "severity": _SEVERITIES.get(str(row.severity), row.severity),
            **_effect(row, system),
        }
        for row in effects.itertuples()
    ]
    columns = ["plant", "finding", "severity", *_EFFECT]
    return overview(rows, columns, [] if rows else ["nothing is doubtful 没有可疑数据"])


def set_aside_register(register: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    List what was set aside, by whom, why, and what that did to the values.

    Parameters
    ----------
    register : DataFrame
        As `methodology.chain.set_aside_effects` returns it.

    Returns
    -------
    Overview
        plant, what (one indicator or the whole plant), reason, decided by, on, most moved, I, II, III (relative change
        of the value against the one with it, to one digit).
    """
    rows = [
        {
            "plant": row.plant,
            "what": _named(row.indicator, system) if row.indicator else "the whole plant 整个企业",
            "reason": row.reason,
            "decided by": row.by or _BY_RULE,
            "on": row.date,
            **_effect(row, system),
        }
        for row in register.itertuples()
    ]
    columns = ["plant", "what", "reason", "decided by", "on", *_EFFECT]
    return overview(rows, columns, [] if rows else ["nothing was set aside 没有剔除任何数据"])


def _effect(row: Any, system: IndicatorSystem) -> dict[str, str]:
    """The indicator that moves most, and by how much at each level."""
    moved = _named(row.most_moved, system) if row.most_moved else ""
    return {"most moved": moved, **{level: _change(getattr(row, level)) for level in ("I", "II", "III")}}


def _named(indicator: str, system: IndicatorSystem) -> str:
    return f"{system[indicator].name_zh} {system[indicator].name_en}"


def _change(value: float) -> str:
    return (
        f"{float(f'{100 * value:.1g}'):+g} %"
        if np.isfinite(value) and value
        else "unchanged"
        if value == 0
        else ""
    )
