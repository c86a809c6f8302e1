"""Values abroad 国外对标值 on a common basis where one exists, and the reason where none does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from methodology.errors import DataError, Problem, UnitError, raise_problems
from methodology.indicators import Direction, Indicator, IndicatorSystem
from methodology.indicators.comparators import Comparator
from methodology.indicators.display import unit_text
from methodology.units import convert

HOME = "CN"
KINDS = {
    "mandatory_limit": "CN",
    "ultra_low": "CN",
    "energy_norm": "CN",
    "eu_bat_ael": "EU",
    "us_standard": "US",
    "jp_standard": "JP",
    "international_mean": "world",
}
"""Region of each kind of comparator that is a value of today."""
AIR_OXYGEN = 21.0
"""% of oxygen in air by convention of the emission standards."""
_OXYGEN = re.compile(r"^\s*([0-9.]+)\s*%")
_IN_BOUNDARY = re.compile(r"O2 ([0-9.]+) %|([0-9.]+) % O2")
COLUMNS = (
    *("system", "indicator", "region", "kind", "label", "low", "high", "unit", "averaging", "oxygen"),
    *("stated_low", "stated_high", "stated_unit", "common", "reason", "year", "source", "status"),
)


@dataclass(frozen=True)
class _Time:
    """Over which time a value averages: the word that decides whether two are alike, and how it is written."""

    word: str
    en: str


@dataclass(frozen=True)
class _Home:
    """What others are held against: averaging time and oxygen reference (%) of the Chinese value."""

    averaging: _Time
    oxygen: float | None


def foreign_values(
    systems: Sequence[IndicatorSystem], bases: pd.DataFrame, international: pd.DataFrame
) -> pd.DataFrame:
    """
    Bring the values of China, the EU, the US and Japan to one unit and one oxygen reference.

    Parameters
    ----------
    systems : sequence of IndicatorSystem
        Their comparators are read.
    bases : DataFrame
        As `data/reference/bases.csv`: basis, averaging (a word that is the same for equal times), en.
    international : DataFrame
        As `data/reference/international.csv`: values that are no comparators, each with what differs.

    Returns
    -------
    DataFrame
        One row per value: system, indicator, region, kind, label, low, high (brought to the unit and the oxygen
        reference of the Chinese value, equal ends for a single value; NaN where that is impossible), unit,
        averaging, oxygen (% after conversion, NaN: none stated), stated_low, stated_high, stated_unit, common
        (whether it may be compared with the Chinese value), reason (why not; empty where it may), year, source, status.

    Raises
    ------
    DataError
        All bases that `bases` does not know.

    Notes
    -----
    c_ref = c (21 - O2_ref) / (21 - O2) is the only conversion besides units: averaging times are never converted,
    because how far an hourly limit lies above a yearly mean depends on the plant (A-80).
    """
    averaging = {row.basis: _Time(row.averaging, row.en) for row in bases.itertuples()}
    _refuse_unknown(systems, averaging)
    rows = []
    for system in systems:
        for indicator in system.indicators:
            today = [c for c in indicator.comparators if c.kind in KINDS and not c.where]
            if indicator.direction is Direction.INTERVAL or not today:
                continue
            home = _home(indicator, today, averaging)
            rows += [_row(system, indicator, item, home, averaging) for item in today]
    rows += [_other(systems, item, averaging) for item in international.to_dict("records")]
    place = {system.id: number for number, system in enumerate(systems)}
    table = pd.DataFrame([row for row in rows if row], columns=list(COLUMNS))
    return table.sort_values("system", key=lambda ids: ids.map(place), kind="stable", ignore_index=True)


def foreign_gaps(
    systems: Sequence[IndicatorSystem], values: pd.DataFrame, gaps: pd.DataFrame, aspects: Mapping[str, str]
) -> pd.DataFrame:
    """
    Say for every process, aspect and region without a value why there is none.

    Parameters
    ----------
    values : DataFrame
        As `foreign_values` returns it.
    gaps : DataFrame
        As `data/reference/international_gaps.csv`: region, aspect, process, reason, status.
    aspects : mapping of group id to aspect
        E.g. {"en": "energy"}.

    Returns
    -------
    DataFrame
        system, aspect, region, reason, status; reason is empty where nobody gave one.
    """
    groups = {(s.id, i.id): i.group for s in systems for i in s.indicators}
    have = {
        (row.system, aspects.get(groups[row.system, row.indicator], ""), row.region)
        for row in values.itertuples()
    }
    told = {
        (process, row.aspect, row.region): (row.reason, row.status)
        for row in gaps.itertuples()
        for process in row.process.split()
    }
    rows = []
    for system in systems:
        own = dict.fromkeys(aspects[i.group] for i in system.indicators if i.group in aspects)
        for aspect in own:
            for region in ("EU", "US", "JP"):
                key = (system.id, aspect, region)
                if key not in have:
                    rows.append((*key, *told.get(key, ("", ""))))
    return pd.DataFrame(rows, columns=["system", "aspect", "region", "reason", "status"])


def to_oxygen(value: float, oxygen: float, reference: float) -> float:
    """
    Restate a concentration at another oxygen content of the dry gas.

    Examples
    --------
    >>> round(to_oxygen(451, 15, 16), 1)
    375.8
    """
    return value * (AIR_OXYGEN - reference) / (AIR_OXYGEN - oxygen)


def oxygen_of(text: str) -> float | None:
    """
    Oxygen reference in %, if a text states one.

    Examples
    --------
    >>> oxygen_of("18 % (belt, grate-kiln)"), oxygen_of("")
    (18.0, None)
    """
    found = _OXYGEN.match(text)
    return float(found[1]) if found else None


def _home(indicator: Indicator, today: Sequence[Comparator], averaging: Mapping[str, _Time]) -> _Home | None:
    own = [c for c in today if KINDS[c.kind] == HOME]
    if not own:
        return None
    stated = [oxygen_of(c.o2_reference) for c in own]
    found = _IN_BOUNDARY.search(indicator.boundary)
    written = float(found[1] or found[2]) if found else None
    return _Home(averaging[own[0].basis], next((oxygen for oxygen in stated if oxygen is not None), written))


def _row(
    system: IndicatorSystem,
    indicator: Indicator,
    item: Comparator,
    home: _Home | None,
    averaging: Mapping[str, _Time],
) -> dict[str, object]:
    ends = item.value if isinstance(item.value, tuple) else (item.value, item.value)
    region = KINDS[item.kind]
    own = oxygen_of(item.o2_reference)
    if own is None and region == HOME and home is not None:
        own = home.oxygen
    reasons = [] if region == HOME else _differences(indicator, item, home, averaging[item.basis])
    try:
        low, high = (float(convert(end, item.unit, indicator.unit)) for end in ends)
    except UnitError:
        low = high = float("nan")
        reasons.insert(0, f"unit: {unit_text(item.unit)} against {unit_text(indicator.unit)}")
    if home is not None and home.oxygen is not None and own is not None:
        low, high = to_oxygen(low, own, home.oxygen), to_oxygen(high, own, home.oxygen)
        own = home.oxygen
    return {
        "system": system.id,
        "indicator": indicator.id,
        "region": region,
        "kind": item.kind,
        "label": item.label,
        "low": min(low, high),
        "high": max(low, high),
        "unit": indicator.unit,
        "averaging": averaging[item.basis].en,
        "oxygen": np.nan if own is None else own,
        "stated_low": float(min(ends)),
        "stated_high": float(max(ends)),
        "stated_unit": item.unit,
        "common": not reasons,
        "reason": "; ".join(reasons),
        "year": item.year,
        "source": item.source,
        "status": item.status,
    }


def _differences(indicator: Indicator, item: Comparator, home: _Home | None, averaging: _Time) -> list[str]:
    """What keeps a foreign value from being compared with the Chinese one."""
    if home is None:
        return ["; ".join(filter(None, ["no Chinese value to compare with", item.note]))]
    found = []
    if averaging.word != home.averaging.word:
        found.append(f"averaging time: {averaging.en} against {home.averaging.en}")
    if home.oxygen is not None and oxygen_of(item.o2_reference) is None and indicator.unit.endswith("/m3"):
        found.append(f"oxygen reference not stated (here {home.oxygen:g} %)")
    return found


def _other(
    systems: Sequence[IndicatorSystem], item: Mapping[str, object], averaging: Mapping[str, _Time]
) -> dict[str, object]:
    """A value that is no comparator of a system; empty where its system is not among those asked for."""
    known = {system.id: system for system in systems}
    if item["system"] not in known:
        return {}
    indicator = known[str(item["system"])][str(item["indicator"])]
    low, high = (float(str(item[end])) for end in ("low", "high"))
    return {
        **{
            name: item[name]
            for name in ("system", "indicator", "region", "label", "year", "source", "status")
        },
        "kind": "international",
        "low": float(convert(low, str(item["unit"]), indicator.unit)),
        "high": float(convert(high, str(item["unit"]), indicator.unit)),
        "unit": indicator.unit,
        "averaging": averaging[str(item["basis"])].en,
        "oxygen": np.nan,
        "stated_low": low,
        "stated_high": high,
        "stated_unit": item["unit"],
        "common": False,
        "reason": f"{item['differs']}: {item['reason']}",
    }


def _refuse_unknown(systems: Sequence[IndicatorSystem], averaging: Mapping[str, _Time]) -> None:
    raise_problems(
        DataError,
        "Values abroad cannot be compared.",
        [
            Problem(
                f"the basis {item.basis!r} of {item.label!r} is not listed in bases.csv",
                column=f"{system.id}.{indicator.id}",
                fix="Add a row that says over which time it averages.",
            )
            for system in systems
            for indicator in system.indicators
            for item in indicator.comparators
            if item.basis not in averaging
        ],
    )
