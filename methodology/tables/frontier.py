"""The calibration frontier in numbers: its points, other readings of silence, and what each bound costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from methodology.indicators import IndicatorSystem
from methodology.indicators.display import benchmark, crossed, percent, round_percent, unit_of
from methodology.languages import later, say
from methodology.tables.overview import Overview, in_both_languages, overview

BOUND_NAMES = {
    "no bound": later("promise alone"),
    "law": later("within law"),
    "index": later("within the index"),
    "dirty end": later("k plants from the dirty end"),
    "silence": later("silence not paid for"),
    "proposed": later("as proposed"),
}
"""What `methodology.chain.proposing` adds one by one."""
SHARES = (1.0, 0.9, 0.75, 0.5, 0.25, 0.1)
COLUMNS = [round_percent(share) for share in SHARES]
WHOLE = later("the whole standard attains")
_OF_KNOWN = ("known", "finite_lower", "finite_upper", "expected", "expected_lower", "expected_upper")
"""Columns that older runs do not have."""


POINTS = {
    "marginal": later("each indicator alone"),
    "joint": later("the whole standard"),
    "proposed": later("as proposed"),
}


@in_both_languages
def frontier_overview(points: pd.DataFrame) -> Overview:
    """
    Where both promises and the proposed point lie on the frontier.

    Parameters
    ----------
    points : DataFrame
        `.points` of `methodology.chain.frontier`, or frontier_points.csv.

    Returns
    -------
    Overview
        One row per point and level: wanted, each indicator lets through (and between which shares the choice would
        fall with other plants), the whole standard as calibrated, within what is admissible, band, plants left out,
        what the plants would attain if the share were chosen on others, and of an industry that is known the band of
        its plants, how many of them are expected there, and how many are.
    """
    known = points.reindex(columns=[*dict.fromkeys([*points, *_OF_KNOWN])])
    rows = [
        {
            "point": say(POINTS[row.point]),
            "level": say("Level {level}", level=row.level),
            "wanted": percent(row.target),
            "each indicator lets through": percent(1 - row.strictness),
            "chosen on other plants": _ends(1 - row.strictest, 1 - row.loosest),
            "whole standard": percent(row.attained),
            "within the bounds": percent(row.admissible),
            "band": _ends(row.lower, row.upper),
            "band of the known plants": _ends(row.finite_lower, row.finite_upper),
            "if chosen on other plants": _ends(row.rechosen_lower, row.rechosen_upper),
            "plants left out": _known(row.cross_validated),
            "its uncertainty": _ends(row.crossed_lower, row.crossed_upper),
            "expected of the known plants": _between(row.expected, row.expected_lower, row.expected_upper),
            "whole industry": _known(row.industry),
        }
        for row in known.itertuples()
    ]
    shown = [name for name in rows[0] if any(row[name] for row in rows)]
    return overview(rows, shown, _point_legend(known), once=["point"])


def _point_legend(points: pd.DataFrame) -> list[str]:
    legend = [
        say(
            "shares of plants at the level or better; whole standard: as calibrated, marginal and joint within law "
            "alone; within the bounds: no value looser than law, the index or the plant counted from the dirty end"
        ),
        say(
            "band: where the curve of an unlimited industry lies, all its strictnesses at once, from samples drawn "
            "anew joined with the exact binomial interval of the count; chosen on other plants: the share other "
            "samples would need for the same promise, and what these plants would then attain"
        ),
        say(
            "drawn, and with an error of drawing: band and what is chosen on other plants; counted without any error: "
            "everything else, plants left out for one division of the plants into parts"
        ),
    ]
    if points["finite_lower"].notna().any():
        told = say(
            "known plants: the {known} of the industry, of which these were drawn without replacement (exact "
            "hypergeometric interval of the count); expected: those that were asked as they are, the others like "
            "plants left out, between what sampling alone explains (exact beta-binomial range)",
            known=f"{points['known'].max():.0f}",
        )
        legend.append(told)
    return legend


@in_both_languages
def silence_overview(silence: pd.DataFrame) -> Overview:
    """
    What the joint promise would choose under other readings of cells that are not reported.

    Parameters
    ----------
    silence : DataFrame
        As `methodology.chain.joint.silence_brackets`.

    Returns
    -------
    Overview
        One row per level, one column per reading.
    """
    rows: dict[str, dict[str, str]] = {}
    for row in silence.itertuples():
        name = say("Level {level}", level=row.level)
        rows.setdefault(name, {"level": name})[str(row.reading)] = f"{percent(row.share)} ({row.plants})"
    legend = [
        say("share each indicator lets through, and in brackets plants at the level or better"),
        say(
            "as calibrated: the share as if unreported cells were reached, values as if their plants were the "
            "cleanest, so that nobody loosens a value by saying less; reached, imputed, not reached: the same "
            "promise if each such cell were just that, plants counted likewise; imputed: where the plant stands on "
            "average in its other indicators"
        ),
    ]
    return overview(rows.values(), dict.fromkeys(name for row in rows.values() for name in row), legend)


@in_both_languages
def chosen_share_coverage(found: pd.DataFrame, *, confidence: float) -> Overview:
    """
    How often intervals of joint values hold the values of the population.

    Parameters
    ----------
    found : DataFrame
        As `methodology.chain.joint_interval_coverage` returns it.
    confidence : float
        Stated.

    Returns
    -------
    Overview
        One row per size of the sample and level.
    """
    rows = [
        {
            "plants": str(row.plants),
            "level": say("Level {level}", level=row.level),
            "stated": percent(confidence),
            "held": percent(row.held),
            "give or take": percent(row.error),
            "no strict limit": percent(row.strict_open),
            "no loose limit": percent(row.loose_open),
            "samples": str(row.samples),
        }
        for row in found.itertuples()
    ]
    legend = [
        say(
            "shares of the values of all indicators; give or take: two standard errors over the samples; a limit "
            "that does not exist counts as holding and is counted as open"
        )
    ]
    return overview(rows, list(rows[0]), legend, once=["plants"])


@in_both_languages
def band_coverage(found: pd.DataFrame) -> Overview:
    """
    How often the band of the frontier holds the curve of the population.

    Parameters
    ----------
    found : DataFrame
        As `methodology.chain.frontier_band_coverage` returns it.

    Returns
    -------
    Overview
        One row per level.
    """
    rows = [
        {
            "plants": str(row.plants),
            "level": say("Level {level}", level=row.level),
            "stated": percent(row.stated),
            "the whole curve held": percent(row.whole),
            "give or take": percent(row.error),
            "one strictness held": percent(row.each),
            "samples": str(row.samples),
        }
        for row in found.itertuples()
    ]
    legend = [
        say(
            "the whole curve held: samples whose band holds the curve at every strictness at once, which is what is "
            "stated; one strictness held: averaged over them; give or take: two standard errors over the samples"
        )
    ]
    return overview(rows, list(rows[0]), legend, once=["plants"])


@in_both_languages
def bounds_overview(
    costs: Iterable[Mapping[str, Any]],
    targets: Mapping[str, float],
    proposal: Mapping[str, Any] | None = None,
) -> Overview:
    """
    What each bound on the values costs, level by level.

    Parameters
    ----------
    costs : iterable of mappings
        Rows of `methodology.chain.proposing`, or `bounds` of proposal.json.
    targets : mapping of level to share
        The promise.
    proposal : mapping, optional
        As proposal.json: what plants attain that set no value, and how sure that is.

    Returns
    -------
    Overview
        One row per level: plants at it or better with one bound more in each column, and left-out plants beside the
        promise.
    """
    rows = {
        level: {"level": say("Level {level}", level=level), "wanted": percent(wanted)}
        for level, wanted in targets.items()
    }
    for told in costs:
        shown = f"{told['plants']} ({percent(told['attained'])})"
        rows[str(told["level"])][BOUND_NAMES[str(told["bound"])]] = shown
    left_out = {level: crossed(proposal, level) for level in rows} if proposal else {}
    for level, share in left_out.items():
        rows[level]["plants left out"] = share
    legend = [
        say("plants at the level or better, with one bound more in each column from left to right"),
        say("silence: values are not loosened for cells that are not reported"),
        *(
            [
                say(
                    "plants left out: those that set no value; in brackets the exact binomial interval of that count"
                )
            ]
            if left_out
            else []
        ),
    ]
    return overview(rows.values(), next(iter(rows.values())), legend)


@in_both_languages
def along_overview(curve: pd.DataFrame, values: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    What every indicator asks for along the frontier, from the loosest values to the strictest.

    Parameters
    ----------
    curve, values : DataFrame
        As `methodology.chain.frontier` and its `.along`: values as calibrated, figures of plants among them.

    Returns
    -------
    Overview
        Per level what the whole standard attains, then one row per indicator for levels with the same values.
    """
    rows, told = [], {item.id: dict[tuple[str, ...], list[str]]() for item in system.indicators}
    for level, own in curve.groupby("level", sort=False):
        strictness = own["strictness"].to_numpy()
        places = [int(np.flatnonzero(strictness <= 1 - share + 1e-9)[-1]) for share in SHARES]
        attained = own["attained"].to_numpy()[places]
        rows.append(
            {"indicator": say(WHOLE), "level": level}
            | dict(zip(COLUMNS, map(percent, attained), strict=True))
        )
        table = values[values["level"] == level].pivot(
            index="indicator", columns="strictness", values=f"value_{level}"
        )
        for name in table.index:
            shown = tuple(benchmark(float(v), system[name]) for v in table.loc[name, strictness[places]])
            told[name].setdefault(shown, []).append(str(level))
    for name, of_levels in told.items():
        for shown, levels in of_levels.items():
            head = {
                "indicator": system[name].name,
                "unit": unit_of(system[name]),
                "level": say(", ").join(say("{level}", level=level) for level in levels),
            }
            rows.append(head | dict(zip(COLUMNS, shown, strict=True)))
    legend = [
        say(
            "across: share of the plants each indicator lets through at least, stricter to the right; within what is "
            "admissible, as calibrated; a value that does not move is held by a bound or shared by many plants; levels "
            "with the same values stand together"
        )
    ]
    return overview(rows, ["indicator", "unit", "level", *COLUMNS], legend, once=["indicator", "unit"])


def _known(share: float) -> str:
    return percent(share) if share == share else ""


def _between(share: float, low: float, high: float) -> str:
    return f"{percent(share)} ({_ends(low, high)})" if share == share else ""


def _ends(low: float, high: float) -> str:
    return f"{percent(low).removesuffix(' %')} – {percent(high)}" if low == low else ""
