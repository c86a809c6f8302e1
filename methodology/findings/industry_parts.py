"""Count the plants of the sample in every part of the industry, without telling how many a small part holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from methodology.findings.contents import RunContents
from methodology.indicators import IndicatorSystem
from methodology.languages import Words, both
from methodology.parameters.model import ProposalChoices
from methodology.sample.attribute_words import stratum_in_words

WHOLE = "all"
"""Row of coverage.csv that counts every part."""


class Part(NamedTuple):
    """A part of the industry: its name, and plants of the sample and known ones, None where that is not told."""

    name: Words
    plants: int | None
    known: int | None


def fewest_plants(contents: RunContents) -> int:
    """Plants below which a count is not published."""
    least = ProposalChoices().disclosure_minimum
    return int(contents.parameters.get("proposal", {}).get("disclosure_minimum", least))


def industry_parts(contents: RunContents) -> list[Part]:
    """Parts of the industry in the order of coverage.csv, the whole last; empty where the industry is not known."""
    table = contents.coverage
    rows = table.to_dict("records") if len(table) and table["known"].notna().any() else []
    counts = [int(row["plants"]) for row in rows if row["stratum"] != WHOLE]
    told = iter(published_counts(counts, fewest_plants(contents)))
    return [
        Part(
            _name(str(row["stratum"]), contents.system),
            int(row["plants"]) if row["stratum"] == WHOLE else next(told),
            int(row["known"]) if row["known"] == row["known"] else None,
        )
        for row in rows
    ]


def parts_chosen(contents: RunContents) -> pd.DataFrame:
    """Rows of coverage.csv of the parts a run was made of: all of them, or those of the stratum it chose."""
    table = contents.coverage
    parts = table[table["stratum"] != WHOLE]
    name, _, words = str(contents.parameters.get("sample", {}).get("stratum") or "").partition("=")
    if name not in contents.system.strata:
        return parts
    place = contents.system.strata.index(name)
    return parts[parts["stratum"].str.split(" / ").str[place].isin(words.split("|"))]


def parts_together(parts: pd.DataFrame) -> pd.Series:
    """Plants, known ones and their capacity of several parts of coverage.csv, and the shares that are in the sample."""
    names = [name for name in ("plants", "known", "capacity", "known_capacity") if name in parts]
    found = parts[names].sum(min_count=1).astype(float)
    found["share"] = found["plants"] / found["known"]
    if "known_capacity" in found:
        found["capacity_share"] = found["capacity"] / found["known_capacity"]
    return found


def _name(stratum: str, system: IndicatorSystem) -> Words:
    if stratum == WHOLE:
        return Words("合计", "all parts")
    return both(lambda: stratum_in_words(stratum, system))


def published_counts(counts: Sequence[int], fewest: int) -> list[int | None]:
    """
    Withhold counts of few plants, and as many others as keep them from being the rest of the published total.

    Parameters
    ----------
    counts : sequence of int
        Plants of each part; their sum is published.
    fewest : int
        Smallest count that is told; 0 is told as well.

    Returns
    -------
    list of int or None
        None where a count is withheld.

    Examples
    --------
    >>> published_counts([4, 12, 1, 1, 11, 1], 3)
    [None, 12, None, None, 11, None]
    >>> published_counts([1, 3, 5, 20], 3)
    [None, None, None, 20]
    >>> published_counts([4, 12, 0, 5], 3)
    [4, 12, 0, 5]
    """
    small = [place for place, count in enumerate(counts) if 0 < count < fewest]
    large = sorted(
        (place for place, count in enumerate(counts) if count >= fewest), key=lambda place: counts[place]
    )
    more = 1 if small else 0
    # What is left of the total has to leave room for more than one plant in each small part.
    while 0 < more < len(large) and sum(counts[place] for place in large[:more]) <= more * fewest:
        more += 1
    hidden = {*small, *large[:more]}
    return [None if place in hidden else count for place, count in enumerate(counts)]
