"""Words of the reference data that the series shows, and what its figures claim, computed from what they draw."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from methodology.figures.claims.words import counted, verb
from methodology.languages import Words, later, say
from methodology.series.savings import ALL

REGION_WORDS = {
    "CN": later("China"),
    "EU": later("EU"),
    "US": later("US"),
    "JP": later("Japan"),
    "world": later("world"),
}
ASPECTS = {
    "cleaner-production": later("cleaner production"),
    "energy": later("energy"),
    "air": later("air"),
    "water": later("water"),
    "carbon": later("carbon"),
    "monitoring": later("monitoring"),
    "management": later("management"),
    "access": later("access"),
    "drafting": later("drafting"),
}
"""What the standards of a system are about."""
FIELD_WORDS = {
    "unit": later("unit"),
    "direction": later("direction"),
    "limiting": later("limiting mark"),
    "averaging": later("averaging"),
    "descriptions": later("described levels"),
}
"""In what the readings of one indicator differ."""
MEANS = (
    later("mean of a year"),
    later("mean of a year, corrected for the plant"),
    later("mean of an hour"),
    later("mean of an hour, kept in 95 % of hours"),
    later("mean of a day"),
    later("mean of test runs of some hours"),
    later("limit at any time"),
    later("mean of samples of some hours"),
    later("mean of samples of some hours, steady state"),
    later("volume of a month"),
)
"""Over which time a value is a mean, as `data/reference/bases.csv` says it."""


def stricter_whole(sums: pd.DataFrame) -> str:
    """
    How many values of the whole works are stricter than those of its processes added up.

    Parameters
    ----------
    sums : DataFrame
        Column room: value of the whole less those of the parts.

    Examples
    --------
    >>> stricter_whole(pd.DataFrame({"room": [-3.0, 20.0]}))
    '1 of 2 values of the whole is stricter than those of its parts together'
    """
    count = int((sums["room"] < 0).sum())
    if not count:
        return say("No value of the whole is stricter than those of its parts together")
    return say(
        "{count} of {values} values of the whole {verb} stricter than those of its parts together",
        count=count,
        values=len(sums),
        verb=verb(count, "is", "are"),
    )


def looser_than_law(relative: pd.Series) -> str:
    """
    How many values of the previous index are looser than the law.

    Parameters
    ----------
    relative : Series
        Distance from the limit, positive where looser; NaN where it has no scale.

    Examples
    --------
    >>> looser_than_law(pd.Series([0.2, -0.1, 0.0]))
    '1 of 3 values of the previous index is looser than the law of today'
    """
    known = relative.dropna()
    count = int((known > 0).sum())
    if known.empty:
        return say("No value of the previous index can be held against a law")
    if not count:
        return say("No value of the previous index is looser than the law of today")
    return say(
        "{count} of {values} values of the previous index {verb} looser than the law of today",
        count=count,
        values=len(known),
        verb=verb(count, "is", "are"),
    )


def on_common_basis(values: pd.DataFrame) -> str:
    """
    How many values from abroad rest on the basis of a Chinese one.

    Parameters
    ----------
    values : DataFrame
        Columns region, common.

    Examples
    --------
    >>> on_common_basis(pd.DataFrame({"region": ["CN", "EU", "US"], "common": [True, False, True]}))
    '1 of 2 values from abroad rests on the basis of a Chinese one'
    """
    abroad = values.loc[values["region"] != "CN", "common"].astype(bool)
    count = int(abroad.sum())
    if not count:
        return say("No value from abroad rests on the basis of a Chinese one")
    return say(
        "{count} of {values} values from abroad {verb} on the basis of a Chinese one",
        count=count,
        values=len(abroad),
        verb=verb(count, "rests", "rest"),
    )


def fields_open(states: pd.Series) -> str:
    """
    How many fields of the standards system have no standard, or an aged one.

    Parameters
    ----------
    states : Series
        "covered", "general", "aged" or "missing", one per process and aspect.

    Examples
    --------
    >>> fields_open(pd.Series(["covered", "missing", "missing", "general"]))
    'Of 4 fields 2 have no standard in the list, none an aged one'
    """
    missing, aged = (int((states == state).sum()) for state in ("missing", "aged"))
    return say(
        "Of {fields} fields {missing} {verb} no standard in the list, {aged} an aged one",
        fields=len(states),
        missing=counted(missing),
        verb=verb(missing, "has", "have"),
        aged=counted(aged),
    )


def saves_most(effects: pd.DataFrame, names: Mapping[str, Words]) -> str:
    """
    Which process would save most of the greatest number of quantities; what all of them save together is no process.

    Parameters
    ----------
    effects : DataFrame
        Columns process, quantity, value.
    names : mapping of process to name

    Examples
    --------
    >>> rows = [("a", "energy", 2.0), ("b", "energy", 1.0), ("a", "dust", 3.0)]
    >>> saves_most(pd.DataFrame(rows, columns=["process", "quantity", "value"]), {"a": Words("甲", "Alpha")})
    'Alpha would save most of 2 of 2 quantities'
    """
    first = (
        effects[effects["process"] != ALL]
        .dropna(subset=["value"])
        .sort_values("value", ascending=False, kind="stable")
    )
    leading = first.drop_duplicates("quantity")["process"].value_counts()
    if leading.empty:
        return say("No saving is known of any process")
    process = str(leading.index[0])
    return say(
        "{process} would save most of {count} of {quantities} quantities",
        process=say(names.get(process, process)),
        count=int(leading.iloc[0]),
        quantities=effects["quantity"].nunique(),
    )
