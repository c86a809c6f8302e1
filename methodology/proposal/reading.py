"""A proposal read back: as tables to evaluate plants with, and as what may leave the house."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, raise_problems
from methodology.indicators import LEVELS, IndicatorSystem, Kind

_STAND_IN = "withheld: the next published level stands in"


def proposal_thresholds(
    proposal: Mapping[str, Any], system: IndicatorSystem | None = None, *, withheld: str = "next-level"
) -> pd.DataFrame:
    """
    Thresholds table of a proposal, to evaluate other plants with.

    Parameters
    ----------
    proposal : mapping
        As `propose` writes it.
    system : IndicatorSystem, optional
        Must be the system of the proposal.
    withheld : {"next-level", "skip"}
        A withheld value is replaced by the next looser published one, or its row is left out.

    Returns
    -------
    DataFrame
        Columns of thresholds.csv; `value` is the proposed value.

    Raises
    ------
    DataError
        All faults at once: a missing key, or a withheld value with nothing looser published; or if the proposal was
        made for another system.

    Notes
    -----
    A-53: without its own value a level cannot be told from the next; the flag says so.
    """
    _refuse_other(proposal, system)
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for entry in _entries(proposal, ("id", "levels")):
        published: Mapping[str, Any] | None = None
        own = []
        for level in reversed([str(level) for level in LEVELS]):
            stated = entry["levels"].get(level, {})
            flags = list(stated.get("flags", ()))
            if stated.get("proposed") is not None:
                published = stated
            elif withheld == "skip":
                continue
            elif published is None:
                problems.append(Problem(f"{entry['id']!r} has no published value at level {level} or looser"))
                continue
            else:
                flags = [_STAND_IN]
            own.append(_row(entry, level, published or {}, flags))
        rows.extend(reversed(own))
    raise_problems(DataError, "The proposal cannot be used to evaluate plants.", problems)
    return pd.DataFrame(rows)


def proposal_weights(proposal: Mapping[str, Any], system: IndicatorSystem | None = None) -> pd.DataFrame:
    """
    Weights table of a proposal.

    Parameters
    ----------
    proposal : mapping
        As `propose` writes it.
    system : IndicatorSystem, optional
        Must be the system of the proposal.

    Returns
    -------
    DataFrame
        Columns group, indicator, weight, local_weight.

    Raises
    ------
    DataError
        If an indicator has no group or no weight, or the proposal was made for another system.
    """
    _refuse_other(proposal, system)
    table = pd.DataFrame(
        [(e["group"], e["id"], float(e["weight"])) for e in _entries(proposal, ("id", "group", "weight"))],
        columns=["group", "indicator", "weight"],
    )
    return table.assign(local_weight=table["weight"] / table.groupby("group")["weight"].transform("sum"))


def public(proposal: Mapping[str, Any]) -> dict[str, Any]:
    """
    The proposal without any single plant's figure, for circulation as a draft.

    Returns
    -------
    dict
        Without calibrated values, limits of intervals, and counts at values that are not proposed; reasons and flags in
        their public wording. `limits` still says which limits exist.

    Notes
    -----
    A-48: an attainment quantile and both limits of an order-statistic interval each are one plant's own value.
    """
    indicators = [
        entry
        if entry["kind"] == str(Kind.QUALITATIVE)
        else {**entry, "levels": {name: _public(level) for name, level in entry["levels"].items()}}
        for entry in _entries(proposal, ("kind", "levels"))
    ]
    document = {**proposal, "indicators": indicators}
    if isinstance(proposal.get("promises"), Mapping):
        document["promises"] = {
            promise: {key: value for key, value in made.items() if key != "calibrated"}
            for promise, made in proposal["promises"].items()
        }
    return document


HIDDEN = ("calibrated", "lower", "upper", "calibrated_attained", "stricter_attained", "moves")
"""What a level of the public document has no value of."""
_COUNTS = re.compile(r"\d+ (?:of \d+ )?(?:plants?|different values|are wanted)|[nN] = \d+|(?<=among )\d+")
_FIGURE = re.compile(r"(?<![\w.-])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w-])")


def _public(level: Mapping[str, Any]) -> dict[str, Any]:
    # A reason without a mark is of an older document, whose first sentence held the calibrated value.
    told = [reason for reason in level["reasons"] if reason.get("public") or reason.get("public_en")]
    reasons = [
        {
            "en": reason.get("public_en") or reason["en"],
            "zh": reason.get("public_zh") or reason["zh"],
            "public": True,
        }
        for reason in told
    ]
    return {
        **level,
        **{name: None for name in HIDDEN if name in level},
        "limits": level.get("limits", [side for side in ("lower", "upper") if level.get(side) is not None]),
        "flags": [without_figures(flag) for flag in level.get("flags", ())],
        "reasons": reasons,
        "reason": " ".join(reason["en"] for reason in reasons),
        "reason_zh": "".join(reason["zh"] for reason in reasons),
    }


def without_figures(flag: str) -> str:
    """
    A remark on a value without the figures of plants; counts of plants stay.

    Examples
    --------
    >>> without_figures("does not discriminate: 3 of 30 plants tie at 20.5")
    'does not discriminate: 3 of 30 plants tie at …'
    """
    kept = [match.span() for match in _COUNTS.finditer(flag)]

    def hidden(match: re.Match[str]) -> str:
        counted = any(start <= match.start() and match.end() <= end for start, end in kept)
        return match.group() if counted else "…"

    return _FIGURE.sub(hidden, flag)


def _refuse_other(proposal: Mapping[str, Any], system: IndicatorSystem | None) -> None:
    if system is not None and proposal.get("system") != system.id:
        raise DataError(
            f"The proposal was made for system {proposal.get('system')!r}, not for {system.id!r}. "
            "Plants are evaluated under the system whose values were proposed."
        )


def _entries(proposal: Mapping[str, Any], keys: tuple[str, ...]) -> list[Mapping[str, Any]]:
    entries = proposal.get("indicators")
    if not isinstance(entries, list) or not entries:
        raise DataError("The proposal lists no indicators; it is not a proposal.json of the workbench.")
    problems = [
        Problem(f"indicator {number} has no {key!r}", column="indicators")
        for number, entry in enumerate(entries, start=1)
        for key in keys
        if not isinstance(entry, Mapping) or key not in entry
    ]
    raise_problems(DataError, "The proposal cannot be read.", problems)
    return entries


def _row(entry: Mapping[str, Any], level: str, stated: Mapping[str, Any], flags: list[str]) -> dict[str, Any]:
    def number(key: str) -> float:
        value = stated.get(key)
        return np.nan if value is None else float(value)

    return {
        "indicator": entry["id"],
        "level": level,
        "value": number("proposed"),
        "lower": number("lower"),
        "upper": number("upper"),
        "interval": stated.get("interval"),
        "confidence": number("confidence"),
        "attained": stated.get("attained"),
        "n": entry.get("n", 0),
        "attainment": number("attainment"),
        "unit": entry.get("unit", ""),
        "direction": entry.get("direction", ""),
        "flag": "; ".join(flags),
    }
