"""The proposal: values to be published, beside what they were read from and what they are compared with."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from methodology.indicators import LEVELS, Indicator, IndicatorSystem, Kind
from methodology.indicators.display import MISSING, benchmark, number, percent, unit_of
from methodology.tables.overview import Overview, overview
from methodology.tables.sample import LIMITING, starred
from methodology.tables.thresholds import MISSING_LIMIT

PER_INDICATOR = ("id", "name_zh", "name_en", "unit", "direction", "limiting", "weight")
PER_LEVEL = ("proposed", "calibrated", "lower", "upper", "attainment", "reason")


def proposal_rows(proposal: Mapping[str, Any]) -> pd.DataFrame:
    """
    Flatten a proposal: one row per indicator and level, numbers as numbers.

    Parameters
    ----------
    proposal : mapping
        As proposal.json.

    Returns
    -------
    DataFrame
        indicator, name_zh, name_en, unit, direction, limiting, weight, level, proposed, calibrated, lower, upper,
        attainment, reason; absent numbers are NaN.
    """
    rows = []
    for item in proposal["indicators"]:
        shared = {name: item.get(name) for name in PER_INDICATOR}
        for level in map(str, LEVELS):
            own = item.get("levels", {}).get(level, {})
            rows.append({**shared, "level": level, **{name: own.get(name) for name in PER_LEVEL}})
    table = pd.DataFrame(rows).rename(columns={"id": "indicator"})
    numeric = ["weight", "proposed", "calibrated", "lower", "upper", "attainment"]
    table[numeric] = table[numeric].apply(pd.to_numeric, errors="coerce").astype(float)
    return table.assign(reason=table["reason"].fillna("").astype(str))


def proposed_values(
    proposal: Mapping[str, Any], system: IndicatorSystem, *, compact: bool = False
) -> Overview:
    """
    Show the proposed Level I, II and III values of every indicator, with the plants that reach them.

    Parameters
    ----------
    proposal : mapping
        As proposal.json.
    system : IndicatorSystem
        Steps for the decimals, kinds and names.
    compact : bool
        Shorten the English name, for terminals.

    Returns
    -------
    Overview
        One row per indicator: unit, weight, I, II, III, reached by (share of plants at each).
    """
    rows = []
    table = proposal_rows(proposal)
    for name, own in table.groupby("indicator", sort=False):
        indicator = system[str(name)]
        qualitative = indicator.kind is Kind.QUALITATIVE
        values = dict(zip(own["level"], own["proposed"], strict=True))
        rows.append(
            {
                "indicator": _short(indicator) if compact else starred(indicator),
                "指标": indicator.name_zh,
                "unit": unit_of(indicator),
                "weight": percent(own["weight"].iloc[0]),
                **{
                    level: "described" if qualitative else published(value, indicator)
                    for level, value in values.items()
                },
                "reached by": shares_text(own["attainment"]),
            }
        )
    columns = ["indicator", "指标", "unit", "weight", *map(str, LEVELS), "reached by"]
    promise = f", {proposal['promise']} promise" if "promise" in proposal else ""
    legend = [
        f"values as proposed (rounded){promise}",
        "reached by: share of the plants that reach I | II | III of this indicator",
        LIMITING,
    ]
    return overview(rows, columns, legend)


def shares_text(shares: Iterable[float]) -> str:
    """
    Several shares in one cell.

    Examples
    --------
    >>> shares_text([0.1034, 0.5, 1.0])
    '10.3 | 50 | 100 %'
    """
    texts = [percent(share).removesuffix(" %") for share in shares]
    return f"{' | '.join(texts)} %"


def published(value: float, indicator: Indicator) -> str:
    """A proposed value as the standard prints it, or `withheld`."""
    return benchmark(value, indicator) if math.isfinite(value) else "withheld"


def _short(indicator: Indicator) -> str:
    return textwrap.shorten(indicator.name, 36, placeholder="…") + ("*" if indicator.limiting else "")


def proposal_reasons(proposal: Mapping[str, Any], system: IndicatorSystem) -> Overview:
    """
    Set every proposed value beside the calibrated one, with the reason for any difference.

    Returns
    -------
    Overview
        One row per quantitative indicator and level: proposed, calibrated, reached by, reason.
    """
    rows = []
    for row in proposal_rows(proposal).itertuples():
        indicator = system[row.indicator]
        if indicator.kind is Kind.QUALITATIVE:
            continue
        rows.append(
            {
                "indicator": starred(indicator),
                "指标": indicator.name_zh,
                "unit": unit_of(indicator),
                "level": row.level,
                "proposed": published(row.proposed, indicator),
                "calibrated": number(row.calibrated),
                "reached by": percent(row.attainment),
                "reason": row.reason,
            }
        )
    columns = ["indicator", "指标", "unit", "level", "proposed", "calibrated", "reached by", "reason"]
    if all(row["calibrated"] == MISSING for row in rows):
        columns.remove("calibrated")
    return overview(rows, columns, [LIMITING], once=["indicator", "指标", "unit"])


def proposal_statistics(proposal: Mapping[str, Any], system: IndicatorSystem) -> Overview:
    """
    Say how far the sample carries every proposed value, without the figure of any single plant.

    Returns
    -------
    Overview
        One row per quantitative indicator and level: proposed, reached by (plants and share), interval (which limits
        exist, and the confidence reached), remarks.
    """
    rows = []
    for entry in proposal["indicators"]:
        indicator = system[entry["id"]]
        if indicator.kind is Kind.QUALITATIVE:
            continue
        for level, stated in entry["levels"].items():
            rows.append(
                {
                    "indicator": starred(indicator),
                    "指标": indicator.name_zh,
                    "unit": unit_of(indicator),
                    "level": level,
                    "proposed": published(_float(stated.get("proposed")), indicator),
                    "reached by": _plants(stated.get("attained"), entry.get("n"), stated.get("attainment")),
                    "interval": limits_text(stated, int(entry.get("n") or 0)),
                    "note": "; ".join(
                        flag for flag in stated.get("flags", ()) if not MISSING_LIMIT.match(flag)
                    ),
                }
            )
    columns = ["indicator", "指标", "unit", "level", "proposed", "reached by", "interval", "note"]
    return overview(rows, columns, [LIMITING], once=["indicator", "指标", "unit"])


def limits_text(stated: Mapping[str, Any], plants: int) -> str:
    r"""
    Say which limits of an interval exist, and with what confidence, but not where they lie.

    Examples
    --------
    >>> limits_text({"interval": "order-statistic", "confidence": 0.958, "lower": None, "upper": 7.0}, 30)
    '无下限（n = 30），置信度95.8 %\nno lower limit exists with n = 30; confidence 95.8 %'
    >>> limits_text({"interval": "order-statistic", "confidence": 0.958, "lower": 5.0, "upper": 7.0}, 30)
    '上下限均存在，置信度95.8 %\nboth limits exist; confidence 95.8 %'
    >>> limits_text({"interval": "order-statistic", "confidence": 0.958, "lower": None, "limits": ["upper"]}, 30)
    '无下限（n = 30），置信度95.8 %\nno lower limit exists with n = 30; confidence 95.8 %'
    """
    if stated.get("interval") in (None, "none"):
        return "未计算\nnone computed"
    known = stated.get("limits", [side for side in ("lower", "upper") if stated.get(side) is not None])
    missing = [side for side in ("lower", "upper") if side not in known]
    limits = f"no {' or '.join(missing)} limit exists with n = {plants}" if missing else "both limits exist"
    few = "、".join({"lower": "下限", "upper": "上限"}[side] for side in missing)
    zh = f"无{few}（n = {plants}）" if missing else "上下限均存在"
    confidence = percent(stated.get("confidence"))
    return f"{zh}，置信度{confidence}\n{limits}; confidence {confidence}"


def _plants(attained: float | None, plants: int | None, share: float | None) -> str:
    return (
        MISSING if attained is None or not plants else f"{int(attained)} of {int(plants)} ({percent(share)})"
    )


def _float(value: float | None) -> float:
    return math.nan if value is None else float(value)
