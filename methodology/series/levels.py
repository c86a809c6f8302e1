"""Levels and values of all members side by side, and of works that are followed through their processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from methodology.errors import DataError
from methodology.indicators import LEVELS, CellState, Kind, Level, Sample
from methodology.series.members import Standard


def levels_across(standards: Iterable[Standard]) -> pd.DataFrame:
    """
    Count the plants each standard puts at each level.

    Returns
    -------
    DataFrame
        system, promise, stratum, plants, and the counts I, II, III, none.
    """
    rows = []
    for standard in standards:
        rows.append(
            {
                "system": standard.id,
                "promise": standard.promise,
                "stratum": standard.member.parameters.sample.stratum,
                "plants": len(standard.evaluation),
                **at_each_level(standard.evaluation["level"]),
            }
        )
    return pd.DataFrame(rows)


def at_each_level(levels: pd.Series) -> dict[str, int]:
    """Count plants at I, II, III and none."""
    counts = levels.value_counts()
    return {str(level): int(counts.get(str(level), 0)) for level in Level}


def values_across(standards: Iterable[Standard]) -> pd.DataFrame:
    """
    Every proposed value of the series beside the spread of its plants.

    Returns
    -------
    DataFrame
        One row per quantitative indicator and level: system, promise, indicator, level, value, attainment, unit,
        limiting, best and worst (10 % and 90 % quantile of plants from the clean end; each a mean of three plants,
        so that no plant's figure is shown), status (how the centre of the synthetic population is known).
    """
    rows = []
    for standard in standards:
        system, sample = standard.member.system, standard.member.sample
        comparable = sample.comparable(system)
        for entry in standard.proposal["indicators"]:
            indicator = system[entry["id"]]
            if indicator.kind is Kind.QUALITATIVE:
                continue
            stated = sample.states[indicator.id] <= CellState.BELOW_LIMIT
            best, worst = _tenths(comparable.loc[stated, indicator.id].to_numpy(), indicator.better)
            for level in map(str, LEVELS):
                rows.append(
                    {
                        "system": standard.id,
                        "promise": standard.promise,
                        "indicator": indicator.id,
                        "level": level,
                        "value": entry["levels"][level]["proposed"],
                        "attainment": entry["levels"][level]["attainment"],
                        "unit": indicator.unit,
                        "limiting": indicator.limiting,
                        "best": best,
                        "worst": worst,
                        "status": indicator.anchors.status_median if indicator.anchors else "",
                    }
                )
    return pd.DataFrame(rows).astype({"value": float, "attainment": float})


def _tenths(values: np.ndarray, better: str) -> tuple[float, float]:
    """Means of three neighbours around the best and the worst tenth."""
    ordered = np.sort(values.astype(float))
    place = max(1, round(0.1 * (ordered.size - 1)))
    low = float(ordered[max(0, place - 1) : place + 2].mean())
    high = float(ordered[::-1][max(0, place - 1) : place + 2].mean())
    return (high, low) if better == "higher" else (low, high)


WORKS, CAPACITY = "works", "capacity"
_ORDER = {str(level): place for place, level in enumerate(Level)}


def works_levels(standards: Sequence[Standard], *, whole: str, industry: bool = False) -> pd.DataFrame:
    """
    Join the levels of the plants of one works.

    Parameters
    ----------
    standards : sequence of Standard
        Of the whole and of its processes, under one promise.
    whole : str
        Id of the system of the whole works.
    industry : bool
        Judge the whole synthetic population instead of the sample.

    Returns
    -------
    DataFrame indexed by works
        One column per system: I, II, III, none, or empty where the works has no such plant (among those judged). Works
        stand from the best level of the whole to the worst.

    Raises
    ------
    DataError
        If the whole is not among the standards, or its population is asked for and not known.

    Notes
    -----
    A-89: where a works has several plants of one process, the largest speaks for it. In the whole population, a process
    whose plants are real, or that names no works, is left out.
    """
    columns = {}
    for standard in standards:
        plants = standard.member.industry if industry else standard.member.sample
        if plants is None and standard.id != whole:
            continue
        if plants is None:
            raise DataError(f"The population of {standard.id!r} is not known: its plants are real.")
        levels = standard.levels_of(plants) if industry else standard.evaluation
        columns[standard.id] = _by_works(levels.set_index("plant")["level"], plants)
    if whole not in columns:
        raise DataError(f"{whole!r} is not among the standards: {', '.join(columns) or 'none'}.")
    table = pd.DataFrame(columns).reindex(columns[whole].index).fillna("").rename_axis(None)
    names = [whole, *(name for name in table if name != whole)]
    keys = pd.DataFrame({name: table[name].map(_ORDER).fillna(len(_ORDER)) for name in names})
    keys["mean"] = keys[names[1:]].where(keys[names[1:]] < len(_ORDER)).mean(axis=1)
    order = keys.sort_values([whole, "mean"], kind="stable").index
    return table.loc[order, names].rename_axis("name")


def parts_and_whole(works: pd.DataFrame, *, whole: str) -> pd.DataFrame:
    """
    Count works whose whole and parts disagree.

    Parameters
    ----------
    works : DataFrame
        As `works_levels` returns it.

    Returns
    -------
    DataFrame
        One row per level: level, parts (works whose judged parts all reach it), of these whole_below (whole worse
        than that), whole (works that reach it as a whole), of these part_below (some part worse than that).

    Examples
    --------
    W1 is at Level I in all its parts, but at Level II as a whole.

    >>> works = pd.DataFrame({"works": ["II", "I"], "iron": ["I", "I"], "steel": ["I", ""]}, index=["W1", "W2"])
    >>> parts_and_whole(works, whole="works").iloc[0].to_dict()
    {'level': 'I', 'parts': 2, 'whole_below': 1, 'whole': 1, 'part_below': 0}
    """
    parts = works.drop(columns=whole)
    rows = []
    for place, level in enumerate(LEVELS):
        names = [str(better) for better in LEVELS[: place + 1]]
        judged = (parts != "").any(axis=1)
        all_parts = (parts.isin(names) | (parts == "")).all(axis=1) & judged
        reached = works[whole].isin(names)
        rows.append(
            (
                str(level),
                int(all_parts.sum()),
                int((all_parts & ~reached).sum()),
                int(reached.sum()),
                int((reached & ~all_parts & judged).sum()),
            )
        )
    return pd.DataFrame(rows, columns=["level", "parts", "whole_below", "whole", "part_below"])


def plants_of_works(sample: Sample) -> Mapping[str, str]:
    """The plant that speaks for each works: the largest, the first of equals."""
    if WORKS not in sample.attributes:
        return {}
    table = sample.attributes[[WORKS]].assign(
        size=pd.to_numeric(sample.attributes[CAPACITY], errors="coerce").fillna(0.0)
    )
    table = table[table[WORKS].fillna("").astype(str).str.strip() != ""]
    largest = table.sort_values("size", ascending=False, kind="stable").drop_duplicates(WORKS)
    return dict(zip(largest[WORKS].astype(str), largest.index.astype(str), strict=True))


def _by_works(levels: pd.Series, sample: Sample) -> pd.Series:
    speakers = plants_of_works(sample)
    return pd.Series({works: levels[plant] for works, plant in sorted(speakers.items())}, dtype=object)
