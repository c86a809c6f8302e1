"""The proposal: values to be published, beside what they were read from and what they are compared with."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from methodology.indicators import LEVELS, Indicator, IndicatorSystem, Kind
from methodology.indicators.display import MISSING, benchmark, number, percent, unit_of
from methodology.languages import Told, later, say
from methodology.parameters.words import setting_in_words
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import LIMITING, starred

PER_INDICATOR = ("id", "name_zh", "name_en", "unit", "direction", "limiting", "weight")
PER_LEVEL = ("proposed", "calibrated", "lower", "upper", "attainment", "reason", "reason_zh")


_LIMITS = {
    (True, True): later("both limits exist"),
    (True, False): later("no upper limit exists with n = {n}"),
    (False, True): later("no lower limit exists with n = {n}"),
    (False, False): later("no lower or upper limit exists with n = {n}"),
}
"""Whether a lower and an upper limit exist, in words."""


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
        attainment, reason, reason_zh; absent numbers are NaN.
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
    return table.assign(**{name: table[name].fillna("").astype(str) for name in ("reason", "reason_zh")})


@in_both_languages
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
                "unit": unit_of(indicator),
                "weight": percent(own["weight"].iloc[0]),
                **{
                    level: say("described") if qualitative else published(value, indicator)
                    for level, value in values.items()
                },
                "reached by": shares_text(own["attainment"]),
            }
        )
    columns = ["indicator", "unit", "weight", *map(str, LEVELS), "reached by"]
    legend = [
        say("values as proposed (rounded): {promise}", promise=setting_in_words(proposal["promise"]))
        if "promise" in proposal
        else say("values as proposed (rounded)"),
        say("reached by: share of the plants that reach I | II | III of this indicator"),
        say(LIMITING),
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
    return benchmark(value, indicator) if math.isfinite(value) else say("withheld")


def _short(indicator: Indicator) -> str:
    return textwrap.shorten(indicator.name, 36, placeholder="…") + ("*" if indicator.limiting else "")


@in_both_languages
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
                "unit": unit_of(indicator),
                "level": row.level,
                "proposed": published(row.proposed, indicator),
                "calibrated": number(row.calibrated),
                "reached by": percent(row.attainment),
                "reason": Told(row.reason_zh or row.reason, row.reason),
            }
        )
    columns = ["indicator", "unit", "level", "proposed", "calibrated", "reached by", "reason"]
    if all(row["calibrated"] == MISSING for row in rows):
        columns.remove("calibrated")
    return overview(rows, columns, [say(LIMITING)], once=["indicator", "unit"])


def limits_text(stated: Mapping[str, Any], plants: int) -> str:
    """
    Say which limits of an interval exist, and with what confidence, but not where they lie.

    Examples
    --------
    >>> limits_text({"interval": "order-statistic", "confidence": 0.958, "lower": None, "upper": 7.0}, 30)
    'no lower limit exists with n = 30; confidence 95.8 %'
    >>> limits_text({"interval": "order-statistic", "confidence": 0.958, "lower": 5.0, "upper": 7.0}, 30)
    'both limits exist; confidence 95.8 %'
    >>> limits_text({"interval": "order-statistic", "confidence": 0.958, "lower": None, "limits": ["upper"]}, 30)
    'no lower limit exists with n = 30; confidence 95.8 %'
    """
    if stated.get("interval") in (None, "none"):
        return say("none computed")
    known = stated.get("limits", [side for side in ("lower", "upper") if stated.get(side) is not None])
    limits = say(_LIMITS["lower" in known, "upper" in known], n=plants)
    return say(
        "{limits}; confidence {confidence}", limits=limits, confidence=percent(stated.get("confidence"))
    )
