"""Whether siblings agree: the same word, the same quantity, and a whole that is the sum of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from methodology.indicators import LEVELS, Indicator, IndicatorSystem, Kind
from methodology.indicators.display import unit_of
from methodology.indicators.questionnaire_words import averaging
from methodology.languages import NUMERALS, Told
from methodology.series.members import Standard
from methodology.units import convert

_BETTER = {"lower": "越低越清洁", "higher": "越高越清洁", "interval": "在区间内为清洁"}
FIELDS: dict[str, Callable[[Indicator], Told]] = {
    "unit": lambda i: Told(unit_of(i), unit_of(i)),
    "direction": lambda i: Told(_BETTER[str(i.direction)], str(i.direction)),
    "limiting": lambda i: Told("限定性", "limiting") if i.limiting else Told("非限定性", "not limiting"),
    "averaging": lambda i: Told(averaging(i)[0] or i.averaging, i.averaging),
    "descriptions": lambda i: _descriptions(i),
}
"""What the same id must mean everywhere; definitions and boundaries name the product and differ by nature."""
AGREE, NOISE, CONTRADICT = "agree", "differ within what the samples can tell", "contradict"


def same_words(systems: Iterable[IndicatorSystem]) -> pd.DataFrame:
    """
    Find ids that mean one thing in one system and another in a sibling.

    Parameters
    ----------
    systems : iterable of IndicatorSystem

    Returns
    -------
    DataFrame
        One row per id, field and reading of it: indicator, field, reading, systems (ids joined by blanks), most
        (whether it is the reading of most systems). Empty where all agree.
    """
    by_id: dict[str, list[tuple[str, Indicator]]] = {}
    for system in systems:
        for indicator in system.indicators:
            by_id.setdefault(indicator.id, []).append((system.id, indicator))
    rows = []
    for name, uses in by_id.items():
        for field, read in FIELDS.items():
            readings: dict[Told, list[str]] = {}
            for system_id, indicator in uses:
                readings.setdefault(read(indicator), []).append(system_id)
            if len(readings) > 1:
                sizes = {reading: len(users) for reading, users in readings.items()}
                most = max(sizes, key=lambda reading: sizes[reading])
                rows += [
                    (name, field, reading, " ".join(users), reading == most)
                    for reading, users in readings.items()
                ]
    table = pd.DataFrame(rows, columns=["indicator", "field", "reading", "systems", "most"], dtype=object)
    return table.astype({"most": bool})  # a `reading` of strings would forget its Chinese


def same_quantities(
    systems: Sequence[IndicatorSystem], relations: pd.DataFrame
) -> list[list[tuple[str, str]]]:
    """
    Groups of (system, indicator) that are one and the same quantity.

    Parameters
    ----------
    relations : DataFrame
        As `data/reference/siblings.csv`; rows of kind `same` name pairs.

    Notes
    -----
    A-89: indicators are one quantity if id, unit, definition and boundary agree word for word, or if the table says so.
    """
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for system in systems:
        for item in system.indicators:
            if item.kind is Kind.QUANTITATIVE:
                key = (item.id, item.unit, item.definition, item.boundary)
                groups.setdefault(key, []).append((system.id, item.id))
    found = [group for group in groups.values() if len(group) > 1]
    known = {system.id for system in systems}
    for row in relations[relations["kind"] == "same"].itertuples():
        pair = [(row.whole_system, row.whole_indicator), (row.part_system, row.part_indicator)]
        if {system for system, _ in pair} <= known:
            found.append(pair)
    return _merged(found)


def _merged(groups: Iterable[list[tuple[str, str]]]) -> list[list[tuple[str, str]]]:
    """Groups that share a member as one, in the order met."""
    merged: list[list[tuple[str, str]]] = []
    for group in groups:
        touching = [other for other in merged if set(other) & set(group)]
        whole = list(dict.fromkeys(item for other in (*touching, group) for item in other))
        place = merged.index(touching[0]) if touching else len(merged)
        merged = [other for other in merged if other not in touching]
        merged.insert(place, whole)
    return merged


def same_values(standards: Sequence[Standard], relations: pd.DataFrame) -> pd.DataFrame:
    """
    Set the values that siblings propose for one and the same quantity side by side.

    Parameters
    ----------
    standards : sequence of Standard
        Under one promise.
    relations : DataFrame
        As in `same_quantities`.

    Returns
    -------
    DataFrame
        One row per quantity, level and system: quantity, quantity_zh, level, system, indicator, value, lower, upper
        (of the calibrated value; infinite where a limit does not exist), unit, status (how the centre of the plants is
        known), verdict of the quantity at that level.

    Notes
    -----
    Two values contradict each other if they differ and their intervals have nothing in common; else the samples cannot
    tell them apart.
    """
    by_id = {standard.id: standard for standard in standards}
    systems = [standard.member.system for standard in standards]
    rows: list[dict[str, Any]] = []
    for group in same_quantities(systems, relations):
        indicator = by_id[group[0][0]].member.system[group[0][1]]
        quantity = {"quantity": indicator.name_en, "quantity_zh": indicator.name_zh}
        for level in map(str, LEVELS):
            own = [_value_row(by_id[system], name, level) for system, name in group]
            verdict = _verdict(own)
            rows += [{**quantity, "level": level, **row, "verdict": verdict} for row in own]
    columns = [
        *("quantity", "quantity_zh", "level", "system", "indicator", "value", "lower", "upper", "unit"),
        *("status", "verdict"),
    ]
    return pd.DataFrame(rows, columns=columns)


def sums_of_parts(standards: Sequence[Standard], relations: pd.DataFrame) -> pd.DataFrame:
    """
    Hold a value of the whole against the values of its parts, added up with fixed output ratios.

    Parameters
    ----------
    standards : sequence of Standard
        Under one promise.
    relations : DataFrame
        Rows of kind `sum`: relation, whole_system, whole_indicator, part_system, part_indicator, ratio.

    Returns
    -------
    DataFrame
        One row per relation and level: relation, level, whole, parts (values added up), correction (what the
        corrections of a plant in the middle of each sample add to the parts), room (whole - parts - correction),
        unit, verdict. A relation with a part that is not among the standards is left out.

    Notes
    -----
    A-89: a works whose parts all stand exactly at a level needs `room` for everything outside its processes. Where room
    is negative, the values contradict each other: such a works cannot reach the level as a whole. Lower must be
    cleaner.
    """
    by_id = {standard.id: standard for standard in standards}
    rows = []
    for relation, own in relations[relations["kind"] == "sum"].groupby("relation", sort=False):
        first = own.iloc[0]
        if not {first["whole_system"], *own["part_system"]} <= set(by_id):
            continue
        whole = by_id[first["whole_system"]]
        unit = whole.member.system[first["whole_indicator"]].unit
        for level in map(str, LEVELS):
            value = whole.value(first["whole_indicator"], level)
            parts, correction = _added_up(own, by_id, level, unit)
            room = value - parts - correction
            verdict = CONTRADICT if room < 0 else AGREE
            factor = value / (parts + correction)
            rows.append((relation, level, value, parts, correction, room, factor, unit, verdict))
    columns = ["relation", "level", "whole", "parts", "correction", "room", "factor", "unit", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _added_up(own: pd.DataFrame, by_id: dict[str, Standard], level: str, unit: str) -> tuple[float, float]:
    """Values of the parts and their median corrections, each times its ratio, in the unit of the whole."""
    parts = correction = 0.0
    for row in own.itertuples():
        part = by_id[row.part_system]
        from_unit = part.member.system[row.part_indicator].unit
        terms = part.member.terms
        mine = terms[(terms["indicator"] == row.part_indicator) & (terms["level"] == level)]
        median = float(mine["addend"].median()) if len(mine) else 0.0
        parts += row.ratio * convert(part.value(row.part_indicator, level), from_unit, unit)
        correction += row.ratio * convert(median, from_unit, unit)
    return parts, correction


def _value_row(standard: Standard, indicator: str, level: str) -> dict[str, Any]:
    table, anchors = standard.calibrated, standard.member.system[indicator].anchors
    row = table[(table["indicator"] == indicator) & (table["level"] == level)].iloc[0]
    return {
        "system": standard.id,
        "indicator": indicator,
        "value": standard.value(indicator, level),
        "lower": -np.inf if np.isnan(row["lower"]) else float(row["lower"]),
        "upper": np.inf if np.isnan(row["upper"]) else float(row["upper"]),
        "unit": row["unit"],
        "status": anchors.status_median if anchors else "",
    }


def _verdict(rows: Sequence[dict[str, Any]]) -> str:
    if len({row["value"] for row in rows}) == 1:
        return AGREE
    apart = any(
        a["value"] != b["value"] and (a["upper"] < b["lower"] or b["upper"] < a["lower"])
        for a, b in combinations(rows, 2)
    )
    return CONTRADICT if apart else NOISE


def _descriptions(indicator: Indicator) -> Told:
    said = [(str(level), indicator.levels[level]) for level in LEVELS if indicator.levels]
    return Told(
        " / ".join(f"{NUMERALS[level]}级：{one.zh}" for level, one in said),
        " / ".join(f"{level}: {one.en}" for level, one in said),
    )
