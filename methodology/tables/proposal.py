"""The proposal: values to be published, what they promise under either promise, and what a later sample reaches."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from methodology.indicators import LEVELS, Indicator, IndicatorSystem, Kind
from methodology.indicators.display import (
    MISSING,
    benchmark,
    crossed,
    fixed,
    number,
    percent,
    unit_of,
)
from methodology.languages import Told, Words, both, later, retold, say
from methodology.parameters.words import setting_in_words
from methodology.sample.attribute_words import names_of
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
_FOUND = {
    "as promised": later("as promised"),
    "reached by fewer": later("reached by fewer"),
    "reached by more": later("reached by more"),
    "cannot be told": later("cannot be told"),
}
_EXPECTED = later(
    "expected: plants that sampling alone explains, if the later plants are like the earlier ones (exact "
    "beta-binomial range of exceedances, no distribution assumed)"
)


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
def proposed_values(proposal: Mapping[str, Any], system: IndicatorSystem) -> Overview:
    """
    Show the proposed Level I, II and III values of every indicator, with the plants that reach them.

    Parameters
    ----------
    proposal : mapping
        As proposal.json.
    system : IndicatorSystem
        Steps for the decimals, kinds and names.

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
                "indicator": starred(indicator),
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
    '10.3 | 50.0 | 100.0 %'
    """
    texts = [percent(share).removesuffix(" %") for share in shares]
    return f"{' | '.join(texts)} %"


def published(value: float, indicator: Indicator) -> str:
    """A proposed value as the standard prints it, or `withheld`."""
    return benchmark(value, indicator) if math.isfinite(value) else say("withheld")


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
    Say which limits of an interval exist, and with what confidence (of none there is none), but not where they lie.

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
    if not known:
        return limits
    return say(
        "{limits}; confidence {confidence}", limits=limits, confidence=percent(stated.get("confidence"))
    )


@in_both_languages
def proposal_promises(proposal: Mapping[str, Any], system: IndicatorSystem) -> Overview:
    """
    Per promise and level: the wanted share, what each proposed value lets through, what the whole standard attains.

    Parameters
    ----------
    proposal : mapping
        As proposal.json; an older one knows the promise it proposes alone.
    system : IndicatorSystem
        Names.

    Returns
    -------
    Overview
        One row per promise and level: wanted, each indicator alone (lowest, median, highest, described ones included),
        the whole standard as proposed and as calibrated, note.
    """
    chosen = str(proposal.get("promise", ""))
    made = proposal.get("promises") or {chosen: _alone(proposal)}
    rows = []
    for promise in sorted(made, key=lambda name: name != chosen):
        for level, wanted in proposal["targets"].items():
            own = made[promise]
            rows.append(
                {
                    "promise": say(
                        "{promise}, proposed" if promise == chosen else "{promise}, beside it",
                        promise=setting_in_words(promise),
                    )
                    if promise
                    else say("proposed"),
                    "level": say("Level {level}", level=level),
                    "wanted": percent(wanted),
                    "single indicator": _range(own["each_alone"][level]),
                    "whole standard, as proposed": percent((own.get("attainment") or {}).get(level)),
                    "plants left out": crossed(proposal, level) if promise == chosen else "",
                    "as calibrated": percent((own.get("calibrated_attainment") or {}).get(level)),
                    "note": retold(proposal.get("joint_explanation", {}).get(level, ""), names_of(system))
                    if promise == chosen
                    else "",
                }
            )
    shown = [name for name in rows[0] if any(row[name] for row in rows)]
    legend = [
        say("shares of plants at the level or better; as proposed: after rounding, law and disclosure guard"),
        say(
            "plants left out: the same for plants that set none of the values they are judged by, as calibrated; in "
            "brackets the exact binomial interval of that count"
        ),
        say("single indicator: lowest | median | highest as proposed, described indicators included"),
    ]
    return overview(rows, shown, legend, once=["promise"])


def _range(alone: Mapping[str, float | None]) -> str:
    texts = [percent(alone[name]).removesuffix(" %") for name in ("lowest", "median", "highest")]
    return f"{' | '.join(texts)} %"


def _alone(proposal: Mapping[str, Any]) -> dict[str, Any]:
    """The only promise of an older proposal."""
    alone = {}
    for level in proposal["targets"]:
        shares = [item["levels"][level]["attainment"] for item in proposal["indicators"]]
        known = sorted(share for share in shares if share is not None)
        middle = len(known) // 2
        median = (known[middle] + known[~middle]) / 2 if known else None
        ends = (known[0], median, known[-1]) if known else (None, None, None)
        alone[level] = dict(zip(("lowest", "median", "highest"), ends, strict=True))
    plants = proposal.get("plants") or 0
    before = {
        level: count / plants for level, count in proposal.get("joint_calibrated", {}).items() if plants
    }
    return {"each_alone": alone, "attainment": proposal["joint_attainment"], "calibrated_attainment": before}


@in_both_languages
def outcome_overview(outcome: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    What a later sample reaches of an earlier proposal.

    Parameters
    ----------
    outcome : DataFrame
        As `methodology.chain.promise_outcome` or `methodology.chain.to_revise` returns it.

    Returns
    -------
    Overview
        indicator, level, value, promised, outcome, drift, expected, finding.
    """
    rows = [
        {
            "indicator": _name(row.indicator, system),
            "level": row.level,
            "value": _value(row, system),
            "promised": _share(row.promised, row.promised_plants, row.promised_n),
            "outcome": _share(row.reached, row.plants, row.n),
            "drift": _points(row.drift),
            "expected": f"{int(row.fewest)} – {int(row.most)}" if row.fewest == row.fewest else "",
            "finding": say(_FOUND[row.finding]),
        }
        for row in outcome.itertuples()
    ]
    columns = ["indicator", "level", "value", "promised", "outcome", "drift", "expected", "finding"]
    legend = [say(_EXPECTED), say("drift: outcome less promise, in points")]
    return overview(rows, columns, legend, once=["indicator"])


def outcome_sentences(outcome: pd.DataFrame) -> list[Words]:
    """What came out in sentences: promise and outcome of each level, how many values lie apart, and would by chance."""
    own = outcome[outcome["indicator"] != ""]
    told = own[own["finding"] != "cannot be told"]
    fewer, more = (int((told["finding"] == name).sum()) for name in ("reached by fewer", "reached by more"))
    chance = fixed((1 - 0.95) * len(told), 1)
    whole = outcome[(outcome["indicator"] == "") & outcome["promised"].notna()]
    levels = [(row, told[told["level"] == row.level]) for row in whole.itertuples()]
    return [
        *(both(partial(_of_level, row, values)) for row, values in levels if len(values)),
        both(
            lambda: say(
                "Of {values} values, {fewer} are reached by fewer plants and {more} by more than sampling alone "
                "explains; at most about {chance} would be by chance.",
                values=len(told),
                fewer=fewer,
                more=more,
                chance=chance,
            )
        ),
    ]


def _of_level(row: Any, values: pd.DataFrame) -> str:
    """Promise and outcome of one level: of the whole standard, and of its values from the least to the most reached."""
    promised, reached = values["promised"], values["reached"]
    return say(
        "Level {level}: of the whole standard {promised} of the plants were promised and {reached} came; its values "
        "were promised to {least} to {most} of the plants, and {fewest} to {all_but} reach them.",
        level=row.level,
        promised=percent(row.promised),
        reached=percent(row.reached),
        least=percent(promised.min()),
        most=percent(promised.max()),
        fewest=percent(reached.min()),
        all_but=percent(reached.max()),
    )


def _points(share: float) -> str:
    """A difference of shares in points, with its sign."""
    return "" if share != share else f"{'+' if share >= 0 else '−'}{fixed(100 * abs(share), 1)}"


def _name(name: str, system: IndicatorSystem) -> str:
    return system[name].name if name else say("whole standard")


def _value(row: object, system: IndicatorSystem) -> str:
    name, value = str(getattr(row, "indicator", "")), float(getattr(row, "value", float("nan")))
    if not name:
        return ""
    described = system[name].kind is Kind.QUALITATIVE
    return (
        say("described") if described else f"{benchmark(value, system[name])} {unit_of(system[name])}".strip()
    )


def _share(share: float, plants: float, n: float) -> str:
    return f"{percent(share)} ({int(plants)}/{int(n)})" if share == share else ""
