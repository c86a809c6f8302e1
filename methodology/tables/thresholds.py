"""Benchmark values 基准值 with their intervals, over years, and the two promises side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from methodology.indicators import LEVELS, IndicatorSystem, Kind
from methodology.indicators.display import (
    fixed,
    number,
    off_target,
    percent,
    unit_of,
    unit_text,
)
from methodology.languages import Words, later, retold, say
from methodology.parameters.words import setting_in_words
from methodology.sample.attribute_words import names_of
from methodology.tables.overview import Overview, in_both_languages, overview
from methodology.tables.sample import LIMITING, starred

FINITE_ONLY = later("–: the method counts the plants of a finite population, and is tried on no other")
MISSING_LIMIT = re.compile(r"no (lower|upper|lower or upper) limit exists")


def interval_text(lower: float | None, upper: float | None, n: int) -> str:
    """
    Write an interval, or say which limit does not exist with how many plants.

    Examples
    --------
    >>> interval_text(361.2, 372.9, 30)
    '361.2 - 372.9'
    >>> interval_text(None, 372.9, 20)
    'up to 372.9; no lower limit exists with n = 20'
    >>> interval_text(None, float("nan"), 6)
    'no lower or upper limit exists with n = 6'
    """
    low, high = (value is not None and np.isfinite(value) for value in (lower, upper))
    if low and high:
        return f"{number(lower)} - {number(upper)}"
    if high:
        return say("up to {upper}; no lower limit exists with n = {n}", upper=number(upper), n=n)
    if low:
        return say("from {lower}; no upper limit exists with n = {n}", lower=number(lower), n=n)
    return say("no lower or upper limit exists with n = {n}", n=n)


@in_both_languages
def thresholds_overview(thresholds: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    Show every benchmark value with its interval, confidence and the plants that reach it.

    Parameters
    ----------
    thresholds : DataFrame
        As thresholds.csv.
    system : IndicatorSystem
        Order, names and units; qualitative indicators are left out.

    Returns
    -------
    Overview
        One row per quantitative indicator and level: unit, level, value, interval, confidence, reached by, note.
    """
    known = thresholds.set_index(["indicator", "level"])
    rows = []
    for name in system.ids:
        if system[name].kind is Kind.QUALITATIVE:
            continue
        for level in (level for level in LEVELS if (name, str(level)) in known.index):
            rows.append(_threshold_row(known.loc[(name, str(level))], system, name, str(level)))
    columns = ["indicator", "unit", "level", "value", "interval", "confidence", "reached by", "note"]
    qualitative = sum(1 for item in system.indicators if item.kind is Kind.QUALITATIVE)
    legend = (
        [
            say(
                "{qualitative} qualitative indicators have described levels and are not listed",
                qualitative=qualitative,
            )
        ]
        if qualitative
        else []
    )
    return overview(rows, columns, [*legend, say(LIMITING)], once=["indicator", "unit"])


def _threshold_row(row: pd.Series, system: IndicatorSystem, name: str, level: str) -> dict[str, str]:
    known = row["interval"] != "none"
    reached = say(
        "{reached} of {plants} ({share})",
        reached=int(row["attained"]),
        plants=int(row["n"]),
        share=percent(row["attainment"]),
    )
    return {
        "indicator": starred(system[name]) + off_target(system[name]),
        "unit": unit_of(system[name]),
        "level": level,
        "value": number(row["value"]),
        "interval": interval_text(row["lower"], row["upper"], int(row["n"]))
        if known
        else say("none computed"),
        "confidence": percent(row["confidence"]),
        "reached by": reached,
        "note": _note(row["flag"], names_of(system), known),
    }


def _note(flag: object, names: Mapping[str, Words], interval_shown: bool) -> str:
    """The flags of a row, without the missing limits that its interval names already."""
    parts = flag.split("; ") if isinstance(flag, str) and flag else []
    return say("; ").join(
        retold(part, names) for part in parts if not (interval_shown and MISSING_LIMIT.match(part))
    )


@in_both_languages
def promises_side_by_side(
    thresholds: pd.DataFrame, whole: Mapping[str, float], *, promised: Mapping[str, float], basis: str = ""
) -> Overview:
    """
    Set the share of plants that reaches each indicator beside the share that reaches the whole standard.

    Parameters
    ----------
    thresholds : DataFrame
        Columns level, attainment, as thresholds.csv; described indicators count like the others.
    whole : mapping of level to share
        Share of plants the whole standard puts at the level or better.
    promised : mapping of level to share
        What the run promised.
    basis : str
        Which values are counted, e.g. "as calibrated, joint promise".

    Returns
    -------
    Overview
        One row per level: promised, reached by each indicator alone (median, lowest and highest over all indicators,
        described ones included), reached by the whole standard.
    """
    rows = []
    for level in map(str, LEVELS):
        shares = thresholds.loc[thresholds["level"] == level, "attainment"]
        rows.append(
            {
                "level": say("Level {level}", level=level),
                "promised": percent(promised.get(level)),
                "single indicator, median": percent(shares.median()),
                "lowest - highest": f"{percent(shares.min())} - {percent(shares.max())}",
                "the whole standard": percent(whole.get(level)),
            }
        )
    told = say("shares of plants at the level or better; single indicator: described ones included")
    return overview(
        rows, list(rows[0]), [told, *([say("values {basis}", basis=say(basis))] if basis else [])]
    )


@in_both_languages
def coverage_by_method(study: pd.DataFrame) -> Overview:
    """
    How often each kind of interval held the truth, by population, share and sample size.

    Parameters
    ----------
    study : DataFrame
        As `methodology.thresholds.coverage_study` returns it.

    Returns
    -------
    Overview
        One row per population, share and size; one column per method, with its Monte Carlo error behind ±.
    """
    methods = list(dict.fromkeys(study["method"]))
    heads = {name: setting_in_words(name) for name in methods}
    rows = []
    for (population, share, size), own in study.groupby(["population", "share", "n"], sort=False):
        found = own.set_index("method")
        rows.append(
            {
                "population": setting_in_words(population),
                "share": percent(share),
                "n": int(size),
                **{head: _held(found, name) for name, head in heads.items()},
            }
        )
    told = [say(FINITE_ONLY)] if any("–" in row.values() for row in rows) else []
    return overview(rows, ["population", "share", "n", *heads.values()], told, once=["population", "share"])


def _held(found: pd.DataFrame, method: str) -> str:
    if method not in found.index:
        return "–"
    own = found.loc[method]
    return f"{percent(own['coverage'])} ± {percent(own['standard_error'])}"


@in_both_languages
def study_by_size(study: pd.DataFrame, quantity: str, *, by: str = "method") -> Overview:
    """
    One quantity of a coverage study over share and sample size, the mean of what else differs.

    Parameters
    ----------
    study : DataFrame
        As `methodology.thresholds.coverage_study` returns it.
    quantity : str
        Column of `study`, a share.
    by : str
        Column of `study` whose values become columns.

    Returns
    -------
    Overview
        One row per share and size.

    Examples
    --------
    >>> study = pd.DataFrame({"share": 0.05, "n": [8, 20], "method": "normal", "bias": [0.1684, -0.002]})
    >>> study_by_size(study, "bias")["normal"].tolist()
    ['16.8 %', '−0.2 %']
    """
    heads = {name: setting_in_words(name) for name in dict.fromkeys(study[by])}
    none = dict.fromkeys(heads.values(), "–")
    rows = [
        {"share": percent(share), "n": int(size)}
        | none
        | {heads[name]: percent(mean) for name, mean in own.groupby(by)[quantity].mean().items()}
        for (share, size), own in study.groupby(["share", "n"], sort=True)
    ]
    return overview(rows, ["share", "n", *heads.values()], once=["share"])


@in_both_languages
def planning_overview(*plans: pd.DataFrame) -> Overview:
    """
    How many plants carry which statement, and of which industry they are counted as a sample.

    Parameters
    ----------
    *plans : DataFrames
        As `methodology.thresholds.planning_table` returns them, e.g. for an industry of any size and for the known one.

    Returns
    -------
    Overview
        One row per industry and statement, one column per level; a dash where no sample is enough.

    Examples
    --------
    >>> plan = {"level": ["I", "II"], "share": 0.2, "statement": "limits on both sides", "plants": [None, 15]}
    >>> planning_overview(pd.DataFrame(plan).assign(population=80)).iloc[0].tolist()
    ['an industry of 80 plants', '–', '15']
    """
    together = pd.concat(plans)
    levels = list(dict.fromkeys(together["level"]))
    rows = [
        {"plants needed for": retold(str(statement)), "counted for": _industry(plan["population"].iloc[0])}
        | {
            say("Level {level}", level=level): number(None if pd.isna(plants) else plants)
            for level, plants in zip(own["level"], own["plants"], strict=True)
        }
        for plan in plans
        for statement, own in plan.groupby("statement", sort=False)
    ]
    legend = [
        say(
            "any size: plants drawn from so many that their number does not matter, as all intervals count but "
            "finite-population ones"
        ),
        say("a known number of plants: drawn without replacement, as finite-population intervals count"),
    ]
    if together["plants"].isna().any():
        legend.append(say("– no size that was tried is enough"))
    columns = ["plants needed for", "counted for", *(say("Level {level}", level=level) for level in levels)]
    return overview(rows, columns, legend)


def _industry(population: Any) -> str:
    return (
        say("an industry of any size")
        if pd.isna(population)
        else say("an industry of {population} plants", population=int(population))
    )


@in_both_languages
def over_years_overview(found: pd.DataFrame, system: IndicatorSystem) -> Overview:
    """
    What a model of plants and years gives, beside what counting plants gives.

    Parameters
    ----------
    found : DataFrame
        As `methodology.thresholds.benchmarks_over_years` returns it.

    Returns
    -------
    Overview
        One row per indicator and level; one row without numbers where each plant has one value.
    """
    rows = [
        {
            "indicator": system[row.indicator].name,
            "plants and values": say("{plants} and {values}", plants=row.plants, values=row.values),
            "level": row.level,
            "model": _with_ends(row.value, row.lower, row.upper),
            "a new plant in one year": number(row.predicted),
            "counted on plants' means": _with_ends(row.counted, row.counted_lower, row.counted_upper),
            "unit": unit_text(row.unit),
            "factor between, within": _factors(row),
            "chains": retold(row.note)
            or say(
                "R-hat {r_hat}, {effective:.0f} effective draws",
                r_hat=fixed(row.r_hat, 3),
                effective=row.effective,
            ),
        }
        for row in found.itertuples()
    ]
    legend = [
        say(
            "model: value that the share of plants reaches in the long run, posterior median and interval (A-28); "
            "counted: the attainment quantile of the plants' means with its order-statistic interval, – where no "
            "limit exists"
        ),
        say("factor: one standard deviation of logarithms, between plants and between the years of one"),
    ]
    once = ["indicator", "plants and values", "unit", "factor between, within", "chains"]
    if not rows:
        return overview([], ["indicator"], [say("each plant has one value")])
    return overview(rows, list(rows[0]), legend, once=once)


def _with_ends(value: float, lower: float, upper: float) -> str:
    return (
        say("{value} ({lower} to {upper})", value=number(value), lower=number(lower), upper=number(upper))
        if value == value
        else ""
    )


def _factors(row: Any) -> str:
    spreads = (row.between, row.within)
    return (
        say(" and ").join(f"× {fixed(np.exp(spread), 2)}" for spread in spreads)
        if row.between == row.between
        else ""
    )
